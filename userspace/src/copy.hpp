// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// CopyEngine: copies through the scratchpad, in command buffers of the library's own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "buffer.hpp"
#include "commands.hpp"
#include "copy_space.hpp"
#include "device.hpp"
#include "error.hpp"
#include "fence.hpp"
#include "queue.hpp"
#include "timeline.hpp"

namespace kestrel::internal {

/// A place in a buffer.
struct Location {
  Buffer& buffer;
  std::size_t offset_bytes;
};

/// What copies of one device need: a VM, a queue, memory for commands. Made at the first copy.
///
/// A copy goes through the scratchpad in pieces. LOAD and STORE of neighbouring pieces run side by
/// side in its two halves, and a BARRIER after each waits for both. Command memory is used again
/// once a timeline, which every job raises, says that its job has ended.
///
/// Threads: any.
class CopyEngine : public std::enable_shared_from_this<CopyEngine> {
 public:
  explicit CopyEngine(std::shared_ptr<Device> device);

  /// Starts a copy; a long one becomes several jobs, in order. A buffer stays bound for copies
  /// until it goes.
  ///
  /// \param length_bytes  more than 0
  /// \returns what ends with it, or EINVAL: a range is empty, leaves its buffer, or overlaps the
  ///   other one, or a buffer is private or of another device; ENOSPC: no queue is free
  Result<std::unique_ptr<Fence>> copy(Location destination, Location source,
                                      std::size_t length_bytes);

 private:
  /// Memory for the commands of one call.
  using Slot = std::unique_ptr<Commands>;

  /// What a job needs until it has ended.
  struct Running {
    std::uint64_t point;  // That it raises the timeline to.
    std::vector<Slot> slots;
    std::array<std::shared_ptr<Attachment>, 2> attachments;
  };

  /// A stretch of a copy: addresses in the VM.
  struct Stretch {
    std::uint64_t destination, source, length_bytes;
  };

  Result<void> prepare();
  Result<void> renew_queue();
  Result<std::shared_ptr<Attachment>> attach(Buffer& buffer);
  Result<Slot> take_slot();
  Result<drm_kestrel_call> write_commands(Commands& commands, const Stretch& stretch) const;
  Result<std::uint64_t> start_job(const Stretch& stretch, Fence& fence, bool may_renew,
                                  const std::array<std::shared_ptr<Attachment>, 2>& attachments);
  Result<void> submit(std::span<const drm_kestrel_call> calls, std::uint32_t fence_handle,
                      bool may_renew);
  void retire();
  std::uint64_t piece_bytes() const;
  std::uint64_t call_bytes() const;

  const std::shared_ptr<Device> device_;
  std::mutex lock_;  // For all that follows.
  std::shared_ptr<CopySpace> space_;
  std::unique_ptr<Timeline> timeline_;
  std::uint64_t last_point_ = 0;
  std::vector<Slot> idle_;
  std::deque<Running> running_;
  // The last member: it goes first, and with it whatever still uses the others.
  std::unique_ptr<Queue> queue_;
};

}  // namespace kestrel::internal
