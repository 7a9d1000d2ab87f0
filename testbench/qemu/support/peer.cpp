// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "support/peer.hpp"

#include <linux/futex.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace presil::test {

namespace {

constexpr int kPollMs = 5;

void check(bool ok, const char* what) {
  if (!ok) {
    throw std::runtime_error(std::string("peer: ") + what + ": " + std::strerror(errno));
  }
}

}  // namespace

presil_personality example_personality() {
  presil_personality p{};
  p.vendor_id = 0x1209;
  p.device_id = 0x0a0b;
  p.subsystem_vendor_id = 0x1af4;
  p.subsystem_id = 0x1100;
  p.class_code = 0x120001;
  p.revision = 0x5a;
  p.link_speed = 3;
  p.link_width = 4;
  p.msix_bar = 4;
  p.msix_vectors = 2;
  p.capabilities = PRESIL_CAP_PM | PRESIL_CAP_AER | PRESIL_CAP_FLR;
  p.serial_number = 0x0123'4567'89ab'cdef;
  p.clock_period_ps = 1000;
  p.bars[0] = {.size_bytes = 0x10000, .flags = PRESIL_BAR_64BIT, .reserved = 0};
  p.bars[2] = {.size_bytes = 0x1000, .flags = 0, .reserved = 0};
  std::strcpy(p.name, "example");
  return p;
}

Peer::Peer(std::string socket_path)
    : personality(example_personality()), path_(std::move(socket_path)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path_.copy(address.sun_path, sizeof(address.sun_path) - 1);
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  check(listener_ >= 0, "socket");
  check(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0, "bind");
  check(::listen(listener_, 1) == 0, "listen");
  reply = {.magic = PRESIL_LINK_MAGIC,
           .version = PRESIL_LINK_VERSION,
           .length = sizeof(reply),
           .status = PRESIL_HELLO_OK,
           .reserved = {},
           .personality = {}};
}

Peer::~Peer() {
  join();
  if (segment_ != nullptr) {
    ::munmap(segment_, sizeof(*segment_));
  }
  for (const int fd : {listener_, connection_}) {
    if (fd >= 0) {
      ::close(fd);
    }
  }
}

void Peer::start() {
  thread_ = std::thread([this] { serve(); });
}

void Peer::leave_to_child() {
  ::close(std::exchange(listener_, -1));
}

void Peer::join() {
  stop_ = true;
  if (thread_.joinable()) {
    thread_.join();
  }
}

void Peer::accept_connection() {
  pollfd wait{.fd = listener_, .events = POLLIN, .revents = 0};
  while (!stop_ && connection_ < 0) {
    if (::poll(&wait, 1, kPollMs) > 0) {
      connection_ = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    }
  }
}

bool Peer::exchange_hello() {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  iovec data{.iov_base = &hello, .iov_len = sizeof(hello)};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  if (::recvmsg(connection_, &message, MSG_WAITALL | MSG_CMSG_CLOEXEC) != sizeof(hello)) {
    return false;
  }
  const cmsghdr* rights = CMSG_FIRSTHDR(&message);
  if (rights == nullptr) {
    return false;
  }
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(rights), sizeof(fd));
  void* map = ::mmap(nullptr, sizeof(presil_segment), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::close(fd);
  check(map != MAP_FAILED, "mmap");
  segment_ = static_cast<presil_segment*>(map);
  reply.personality = personality;
  return ::send(connection_, &reply, sizeof(reply), MSG_NOSIGNAL) == sizeof(reply);
}

void Peer::beat() {
  __atomic_add_fetch(&segment_->simulator.heartbeat, 1, __ATOMIC_RELAXED);
}

bool Peer::next_message(presil_message& message, std::span<uint8_t> payload) {
  presil_box& box = segment_->to_simulator;
  while (__atomic_load_n(&box.sequence, __ATOMIC_ACQUIRE) == received_) {
    const timespec interval{.tv_sec = 0, .tv_nsec = kPollMs * 1'000'000L};
    __atomic_store_n(&box.sleeping, 1u, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&box.sequence, __ATOMIC_SEQ_CST) == received_) {
      ::syscall(SYS_futex, &box.sequence, FUTEX_WAIT, received_, &interval, nullptr, 0);
    }
    char byte;
    if (__atomic_load_n(&box.sequence, __ATOMIC_ACQUIRE) == received_ &&
        ::recv(connection_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0) {
      return false;
    }
  }
  __atomic_store_n(&box.sleeping, 0u, __ATOMIC_RELAXED);
  received_ = __atomic_load_n(&box.sequence, __ATOMIC_ACQUIRE);
  message = box.message;
  std::copy_n(box.payload, std::min<size_t>(message.header.payload_bytes, payload.size()),
              payload.begin());
  return true;
}

void Peer::send(const presil_message& message, std::span<const uint8_t> payload) {
  presil_box& box = segment_->to_qemu;
  box.message = message;
  std::copy(payload.begin(), payload.end(), box.payload);
  __atomic_store_n(&box.sequence, ++sent_, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&box.sleeping, __ATOMIC_SEQ_CST) != 0) {
    ::syscall(SYS_futex, &box.sequence, FUTEX_WAKE, 1, nullptr, nullptr, 0);
  }
}

presil_message Peer::wait_for_answer() {
  presil_message message{};
  std::vector<uint8_t> payload(PRESIL_LINK_MAX_PAYLOAD);
  if (!next_message(message, payload)) {
    throw HangUp{};
  }
  return message;
}

uint32_t Peer::dma_read(uint64_t time_ps, uint64_t addr, std::span<uint8_t> data) {
  presil_message message{};
  message.header = {.type = PRESIL_UPCALL_DMA_READ, .payload_bytes = 0, .time_ps = time_ps};
  message.u.dma = {
      .addr = addr, .attr = 0, .len_bytes = static_cast<uint32_t>(data.size()), .reserved = 0};
  send(message);
  presil_message result{};
  if (!next_message(result, data)) {
    throw HangUp{};
  }
  return result.u.answer.status;
}

uint32_t Peer::dma_write(uint64_t time_ps, uint64_t addr, std::span<const uint8_t> data) {
  presil_message message{};
  const auto len_bytes = static_cast<uint32_t>(data.size());
  message.header = {
      .type = PRESIL_UPCALL_DMA_WRITE, .payload_bytes = len_bytes, .time_ps = time_ps};
  message.u.dma = {.addr = addr, .attr = 0, .len_bytes = len_bytes, .reserved = 0};
  send(message, data);
  return wait_for_answer().u.answer.status;
}

void Peer::msix(uint64_t time_ps, uint32_t vector) {
  presil_message message{};
  message.header = {.type = PRESIL_UPCALL_MSIX, .payload_bytes = 0, .time_ps = time_ps};
  message.u.msix = {.vector = vector, .reserved = 0};
  send(message);
  wait_for_answer();
}

void Peer::error(uint64_t time_ps, uint32_t severity, uint32_t status_bit) {
  presil_message message{};
  message.header = {.type = PRESIL_UPCALL_ERROR, .payload_bytes = 0, .time_ps = time_ps};
  message.u.error = {.severity = severity, .status_bit = status_bit, .header_log = {1, 2, 3, 4}};
  send(message);
  wait_for_answer();
}

Reply Peer::answer(const presil_message& call) {
  const auto choose = [&]() -> const Handler* {
    switch (call.header.type) {
      case PRESIL_CALL_MMIO_READ:
        return &on_read;
      case PRESIL_CALL_MMIO_WRITE:
        return &on_write;
      case PRESIL_CALL_ADVANCE:
        return &on_advance;
      case PRESIL_CALL_CONFIG:
        return &on_config;
      case PRESIL_CALL_RESET:
        return &on_reset;
      default:
        return &on_quit;
    }
  };
  if (const Handler* handler = choose(); *handler) {
    return (*handler)(*this, call);
  }
  Reply reply_to_call{.time_ps = call.header.time_ps};
  if (call.header.type == PRESIL_CALL_MMIO_READ) {
    reply_to_call.data = pattern(call.u.mmio.offset);
  }
  return reply_to_call;
}

void Peer::serve() {
  accept_connection();
  if (connection_ < 0 || !exchange_hello()) {
    return;
  }
  try {
    presil_message call{};
    do {
      call = wait_for_answer();
      {
        const std::lock_guard lock(calls_lock_);
        calls_.push_back(call);
      }
      // ADVANCE may end before its time; everything else happens at the guest's time or later.
      if (call.header.type != PRESIL_CALL_ADVANCE) {
        present_ps_ = std::max(present_ps_, call.header.time_ps);
      }
      const Reply r = answer(call);
      present_ps_ = std::max(present_ps_, r.time_ps);
      beat();
      presil_message ret{};
      ret.header = {.type = PRESIL_RETURN, .payload_bytes = 0, .time_ps = present_ps_};
      ret.u.ret = {.next_ps = std::max(r.next_ps, present_ps_),
                   .data = r.data,
                   .status = r.status,
                   .reserved = 0};
      send(ret);
    } while (call.header.type != PRESIL_CALL_QUIT);
  } catch (const HangUp&) {
    ::close(std::exchange(connection_, -1));
  }
}

std::vector<presil_message> Peer::calls() const {
  const std::lock_guard lock(calls_lock_);
  return calls_;
}

size_t Peer::count(uint32_t type) const {
  const auto all = calls();
  return static_cast<size_t>(
      std::ranges::count_if(all, [=](const presil_message& m) { return m.header.type == type; }));
}

}  // namespace presil::test
