// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/link/channel.hpp"

#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <format>
#include <utility>

#include "sim/base/signals.hpp"

namespace presil {
namespace {

// Sleeps are cut this short to look at the socket: nobody wakes the futex of a peer that was
// killed.
constexpr long kPeerCheckNs = 50'000'000;
// Waiting rounds between two looks at the clock, and between two offers of the core.
constexpr unsigned kRoundsPerClock = 64;

std::uint64_t host_ns() {
  timespec now = {};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u +
         static_cast<std::uint64_t>(now.tv_nsec);
}

void sleep_while_equal(std::uint32_t* word, std::uint32_t value) {
  const timespec timeout = {.tv_sec = 0, .tv_nsec = kPeerCheckNs};
  ::syscall(SYS_futex, word, FUTEX_WAIT, value, &timeout, nullptr, 0);
}

}  // namespace

Channel::Channel(UniqueFd socket, Segment segment, std::uint32_t spin_ns)
    : socket_(std::move(socket)), segment_(std::move(segment)), spin_ns_(spin_ns) {
  progress().process_id = static_cast<std::uint64_t>(::getpid());
}

void Channel::send(const presil_message& head, std::span<const std::byte> payload) {
  presil_box& box = segment_->to_qemu;
  box.message = head;
  if (!payload.empty())
    std::memcpy(box.payload, payload.data(), payload.size());
  // Sequentially consistent on both sides: either we see the peer asleep, or it sees our message.
  __atomic_fetch_add(&box.sequence, 1, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&box.sleeping, __ATOMIC_SEQ_CST) != 0)
    ::syscall(SYS_futex, &box.sequence, FUTEX_WAKE, 1, nullptr, nullptr, 0);
}

bool Channel::receive(Message& message) {
  if (!failure_.empty() || !wait_for_message())
    return false;

  presil_box& box = segment_->to_simulator;
  const std::uint32_t sent = __atomic_load_n(&box.sequence, __ATOMIC_ACQUIRE) - received_;
  if (sent != 1) {
    failure_ = std::format("the peer sent {} messages where one was due", sent);
    return false;
  }
  received_ += 1;

  message.head = box.message;
  const std::uint32_t bytes = message.head.header.payload_bytes;
  if (bytes > PRESIL_LINK_MAX_PAYLOAD) {
    failure_ =
        std::format("payload of {} bytes exceeds the limit of {}", bytes, PRESIL_LINK_MAX_PAYLOAD);
    return false;
  }
  std::memcpy(message.payload.data(), box.payload, bytes);
  return true;
}

bool Channel::wait_for_message() {
  presil_box& box = segment_->to_simulator;
  const auto arrived = [&] {
    return __atomic_load_n(&box.sequence, __ATOMIC_ACQUIRE) != received_;
  };

  if (arrived())
    return true;
  if (spin_ns_ != 0) {
    const std::uint64_t end_ns = host_ns() + spin_ns_;
    do {
      for (unsigned round = 0; round < kRoundsPerClock; ++round) {
        if (arrived())
          return true;
        __builtin_ia32_pause();
      }
      // The peer may be waiting for this very core.
      ::sched_yield();
    } while (host_ns() < end_ns);
  }

  __atomic_store_n(&box.sleeping, 1, __ATOMIC_SEQ_CST);
  while (__atomic_load_n(&box.sequence, __ATOMIC_SEQ_CST) == received_) {
    sleep_while_equal(&box.sequence, received_);
    if (termination_requested() != 0) {
      failure_ = "ended by a signal";
      break;
    }
    // What was sent before the end still counts, hence the look at the box after the socket.
    if (!peer_alive() && !arrived())
      break;
  }
  __atomic_store_n(&box.sleeping, 0, __ATOMIC_SEQ_CST);
  if (arrived() && termination_requested() == 0)
    failure_.clear();
  return failure_.empty();
}

bool Channel::peer_alive() {
  pollfd watch = {.fd = socket_.get(), .events = POLLIN | POLLRDHUP, .revents = 0};
  if (::poll(&watch, 1, 0) <= 0)
    return true;
  // After the hello nothing travels on the socket, so whatever is to be seen there is the end.
  failure_ = (watch.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0
                 ? "the peer closed the link"
                 : "the peer sent bytes on the socket after the hello";
  return false;
}

}  // namespace presil
