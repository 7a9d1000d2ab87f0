// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// LinkEnd: QEMU's end of a link of which this process has both, without a listener.
#pragma once

#include <fcntl.h>
#include <linux/futex.h>
#include <presil_link.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

#include "sim/base/unique_fd.hpp"
#include "sim/link/segment.hpp"

namespace presil::testbench {

/// A memfd as QEMU would make it, unless told otherwise.
inline UniqueFd make_segment_fd(off_t bytes = sizeof(presil_segment),
                                int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL,
                                std::uint32_t magic = PRESIL_LINK_MAGIC,
                                std::uint32_t version = PRESIL_LINK_VERSION) {
  UniqueFd fd(::memfd_create("presil-test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  const std::uint32_t head[] = {magic, version};
  if (!fd || ::pwrite(fd.get(), head, sizeof(head), 0) != sizeof(head) ||
      ::ftruncate(fd.get(), bytes) != 0 || ::fcntl(fd.get(), F_ADD_SEALS, seals) != 0)
    throw std::runtime_error("cannot make a segment");
  return fd;
}

/// Sends what and when a case says, with or without regard to the rules.
class LinkEnd {
 public:
  LinkEnd() : segment_(map(fd_)) {
    int sockets[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
      throw std::runtime_error("cannot make a pair of sockets");
    socket_.reset(sockets[0]);
    other_socket_.reset(sockets[1]);
  }

  /// What the simulator's end is made of; once.
  UniqueFd take_other_socket() { return std::move(other_socket_); }
  Segment map_again() const { return map(fd_); }

  void send(const presil_message& message) {
    segment_->to_simulator.message = message;
    announce();
  }

  /// Says that a message is there, and wakes who waits for it.
  void announce() {
    presil_box& box = segment_->to_simulator;
    __atomic_fetch_add(&box.sequence, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&box.sleeping, __ATOMIC_SEQ_CST) != 0)
      ::syscall(SYS_futex, &box.sequence, FUTEX_WAKE, 1, nullptr, nullptr, 0);
  }

  /// Waits until the simulator's end has gone to sleep.
  void wait_for_sleep() const {
    while (__atomic_load_n(&segment_->to_simulator.sleeping, __ATOMIC_SEQ_CST) == 0)
      ::usleep(100);
  }

  presil_segment& segment() { return *segment_.operator->(); }
  int socket() const { return socket_.get(); }
  void close_socket() { socket_.reset(); }

 private:
  static Segment map(const UniqueFd& fd) {
    auto segment = Segment::map(fd);
    if (!segment)
      throw std::runtime_error(segment.error());
    return std::move(*segment);
  }

  UniqueFd fd_ = make_segment_fd();
  Segment segment_;
  UniqueFd socket_, other_socket_;
};

}  // namespace presil::testbench
