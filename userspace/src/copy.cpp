// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "copy.hpp"

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include <drm/kestrel_accel.h>

namespace kestrel::internal {
namespace {

// Large enough that starting a LOAD costs little, small enough that a short copy overlaps too.
constexpr std::uint64_t kPieceBytesMax = 32 << 10;
// Bursts end at multiples of this, so pieces should.
constexpr std::uint64_t kBlockBytes = 256;
constexpr std::uint64_t kSlots = 2;

// LOAD, BARRIER, STORE.
constexpr std::uint64_t kPieceRecords = 3;
// Three pages of commands: 2 MiB of data, far from the longest that a call may take.
constexpr std::uint64_t kCallPieces = 64;
constexpr std::uint64_t kSlotBytes = kCallPieces * kPieceRecords * KESTREL_RECORD_BYTES;
// So long a copy is one job; the memory for commands that are under way stays small.
constexpr std::uint64_t kJobCallsMax = 8;

bool fits(const Location& location, std::size_t length_bytes) {
  const std::size_t size_bytes = location.buffer.size_bytes();
  return length_bytes <= size_bytes && location.offset_bytes <= size_bytes - length_bytes;
}

Result<void> check(const Device& device, const Location& destination, const Location& source,
                   std::size_t length_bytes) {
  if (&destination.buffer.device() != &device || &source.buffer.device() != &device)
    return failure(EINVAL, "copying with a buffer of another device");
  if (destination.buffer.is_private() || source.buffer.is_private())
    return failure(EINVAL, "copying with a buffer that is private to a vm");
  if (length_bytes == 0)
    return failure(EINVAL, "copying nothing");
  if (!fits(destination, length_bytes) || !fits(source, length_bytes)) {
    return failure(EINVAL,
                   "copying " + std::to_string(length_bytes) + " bytes beyond the end of a buffer");
  }
  if (&destination.buffer == &source.buffer &&
      destination.offset_bytes < source.offset_bytes + length_bytes &&
      source.offset_bytes < destination.offset_bytes + length_bytes) {
    return failure(EINVAL, "copying between ranges that overlap");
  }
  return {};
}

}  // namespace

CopyEngine::CopyEngine(std::shared_ptr<Device> device) : device_(std::move(device)) {}

Result<std::unique_ptr<Fence>> CopyEngine::copy(Location destination, Location source,
                                                std::size_t length_bytes) {
  if (auto checked = check(*device_, destination, source, length_bytes); !checked)
    return std::unexpected(checked.error());
  for (const Location& location : {destination, source}) {
    if (auto synced = location.buffer.sync(DRM_KESTREL_BO_SYNC_TO_DEVICE, location.offset_bytes,
                                           length_bytes);
        !synced) {
      return std::unexpected(synced.error());
    }
  }

  const std::scoped_lock lock(lock_);
  if (auto prepared = prepare(); !prepared)
    return std::unexpected(prepared.error());
  retire();
  const auto to = attach(destination.buffer);
  if (!to)
    return std::unexpected(to.error());
  const auto from = attach(source.buffer);
  if (!from)
    return std::unexpected(from.error());

  auto fence = std::make_unique<Fence>(device_);
  fence->on_end = [self = shared_from_this()] {
    const std::scoped_lock relock(self->lock_);
    self->retire();
  };
  for (std::uint64_t done_bytes = 0; done_bytes < length_bytes;) {
    const Stretch rest{(*to)->va() + destination.offset_bytes + done_bytes,
                       (*from)->va() + source.offset_bytes + done_bytes, length_bytes - done_bytes};
    // Only a queue that was lost before is replaced: what it lost is not part of this copy.
    const auto started = start_job(rest, *fence, done_bytes == 0, {*to, *from});
    // Part of it has failed already; that part's error is the one to tell.
    if (!started && started.error().code == ECANCELED && done_bytes != 0)
      break;
    if (!started)
      return std::unexpected(started.error());
    done_bytes += *started;
  }
  return fence;
}

/// Whatever is missing of what copies need.
Result<void> CopyEngine::prepare() {
  if (piece_bytes() == 0) {
    return failure(ENODEV, "copying through a scratchpad of " +
                               std::to_string(device_->info().scratchpad_bytes) + " bytes");
  }
  if (!space_) {
    auto space = CopySpace::create(device_);
    if (!space)
      return std::unexpected(space.error());
    space_ = std::move(*space);
  }
  if (!timeline_) {
    auto timeline = Timeline::create(device_);
    if (!timeline)
      return std::unexpected(timeline.error());
    timeline_ = std::move(*timeline);
  }
  if (!queue_)
    return renew_queue();
  return {};
}

Result<void> CopyEngine::renew_queue() {
  // First, since the device may have no other.
  queue_.reset();
  auto queue = Queue::create(space_->vm(), DRM_KESTREL_QUEUE_PRIORITY_MEDIUM);
  if (!queue)
    return std::unexpected(queue.error());
  queue_ = std::move(*queue);
  return {};
}

Result<std::shared_ptr<Attachment>> CopyEngine::attach(Buffer& buffer) {
  if (!buffer.attachment) {
    auto attachment = Attachment::create(space_, buffer);
    if (!attachment)
      return attachment;
    buffer.attachment = std::move(*attachment);
  }
  return std::static_pointer_cast<Attachment>(buffer.attachment);
}

Result<CopyEngine::Slot> CopyEngine::take_slot() {
  if (!idle_.empty()) {
    Slot slot = std::move(idle_.back());
    idle_.pop_back();
    slot->reset();
    return slot;
  }
  const auto va = space_->allocate(kSlotBytes);
  if (!va)
    return std::unexpected(va.error());
  auto slot = Commands::create(space_->vm(), *va, kSlotBytes);
  if (!slot)
    space_->release(*va, kSlotBytes);
  return slot;
}

Result<drm_kestrel_call> CopyEngine::write_commands(Commands& commands,
                                                    const Stretch& stretch) const {
  const std::uint64_t piece_most_bytes = piece_bytes();
  std::uint64_t slot = 0;
  for (std::uint64_t done_bytes = 0; done_bytes < stretch.length_bytes;) {
    const auto bytes =
        static_cast<std::uint32_t>(std::min(stretch.length_bytes - done_bytes, piece_most_bytes));
    const auto scratchpad = static_cast<std::uint32_t>(slot * piece_most_bytes);
    for (const CommandRecord& record :
         {load_record(stretch.source + done_bytes, scratchpad, bytes), barrier_record(),
          store_record(stretch.destination + done_bytes, scratchpad, bytes)}) {
      if (auto appended = commands.append(record); !appended)
        return std::unexpected(appended.error());
    }
    done_bytes += bytes;
    slot = (slot + 1) % kSlots;
  }
  return commands.end();
}

/// Submits as much of a stretch as one job takes.
///
/// \returns how many bytes that was
Result<std::uint64_t> CopyEngine::start_job(
    const Stretch& stretch, Fence& fence, bool may_renew,
    const std::array<std::shared_ptr<Attachment>, 2>& attachments) {
  // Whatever may run out of memory comes before the job: from then on it needs what is in here.
  Running& running = running_.emplace_back(last_point_ + 1, std::vector<Slot>(), attachments);
  std::vector<drm_kestrel_call> calls;
  std::uint64_t done_bytes = 0;

  const auto start = [&]() -> Result<void> {
    const std::uint64_t calls_max =
        std::min<std::uint64_t>(kJobCallsMax, device_->info().job_calls_max);
    while (done_bytes < stretch.length_bytes && calls.size() < calls_max) {
      auto slot = take_slot();
      if (!slot)
        return std::unexpected(slot.error());
      const std::uint64_t bytes = std::min(stretch.length_bytes - done_bytes, call_bytes());
      const auto call = write_commands(
          **slot, {stretch.destination + done_bytes, stretch.source + done_bytes, bytes});
      running.slots.push_back(std::move(*slot));
      if (!call)
        return std::unexpected(call.error());
      calls.push_back(*call);
      done_bytes += bytes;
    }
    const auto handle = fence.add();
    if (!handle)
      return std::unexpected(handle.error());
    auto submitted = submit(calls, *handle, may_renew);
    if (!submitted)
      fence.drop_last();
    return submitted;
  };

  if (auto started = start(); !started) {
    for (Slot& slot : running.slots)
      idle_.push_back(std::move(slot));
    running_.pop_back();
    return std::unexpected(started.error());
  }
  ++last_point_;
  return done_bytes;
}

Result<void> CopyEngine::submit(std::span<const drm_kestrel_call> calls, std::uint32_t fence_handle,
                                bool may_renew) {
  std::array<drm_kestrel_sync, 2> signals{};
  signals[0].handle = fence_handle;
  signals[1].handle = timeline_->handle();
  signals[1].flags = DRM_KESTREL_SYNC_TIMELINE;
  signals[1].point = last_point_ + 1;

  auto submitted = queue_->submit(calls, {}, signals);
  if (submitted || submitted.error().code != ECANCELED || !may_renew)
    return submitted;
  if (auto renewed = renew_queue(); !renewed)
    return renewed;
  return queue_->submit(calls, {}, signals);
}

/// Takes back what jobs that have ended used.
void CopyEngine::retire() {
  if (running_.empty())
    return;
  const auto value = timeline_->value();
  if (!value)
    return;  // The device has gone, or memory is out: later, or never.
  while (!running_.empty() && running_.front().point <= *value) {
    for (Slot& slot : running_.front().slots)
      idle_.push_back(std::move(slot));
    running_.pop_front();
  }
}

std::uint64_t CopyEngine::piece_bytes() const {
  const std::uint64_t half_bytes = device_->info().scratchpad_bytes / kSlots;
  return std::min(half_bytes / kBlockBytes * kBlockBytes, kPieceBytesMax);
}

std::uint64_t CopyEngine::call_bytes() const {
  return kCallPieces * piece_bytes();
}

}  // namespace kestrel::internal
