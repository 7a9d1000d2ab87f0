// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Channel: messages out of and into the two boxes of the segment, and the wait between them.
#pragma once

#include <presil_link.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "sim/base/unique_fd.hpp"
#include "sim/link/segment.hpp"

namespace presil {

/// A message that was copied out of the segment, so that the peer cannot change it any more.
struct Message {
  presil_message head;
  std::array<std::byte, PRESIL_LINK_MAX_PAYLOAD>
      payload;  // The first header.payload_bytes are valid.
};

/// The simulator's ends of both boxes, and of the socket.
///
/// Threads: one.
/// Source: docs/protocol.md, "Sending and waiting".
class Channel {
 public:
  /// \param socket   its end-of-file means that the peer is gone.
  /// \param spin_ns  host time to spin before sleeping.
  Channel(UniqueFd socket, Segment segment, std::uint32_t spin_ns);

  void send(const presil_message& head, std::span<const std::byte> payload = {});

  /// Waits for the peer's next message.
  /// \returns false when none can come: the peer is gone, broke a rule of sending, or a signal
  /// asked
  ///          this program to end; `failure()` says which.
  bool receive(Message& message);

  /// Looks at the socket: is the peer still there? If not, `failure()` says so.
  bool peer_alive();

  /// What ended the link, in words for the user; empty: nothing did.
  const std::string& failure() const { return failure_; }

  presil_simulator_progress& progress() const { return segment_->simulator; }

  /// Ends the link for the peer.
  void close() { socket_.reset(); }

 private:
  bool wait_for_message();

  UniqueFd socket_;
  Segment segment_;
  std::uint32_t spin_ns_;
  std::uint32_t received_ = 0;  // Messages taken from the peer, modulo 2^32.
  std::string failure_;
};

}  // namespace presil
