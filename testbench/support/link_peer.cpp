// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "testbench/support/link_peer.hpp"

#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <format>

namespace presil::testbench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTimeout(LinkPeer::kTimeoutMs);

[[noreturn]] void fail(const char* what) {
  throw LinkError(std::format("{}: {}", what, std::strerror(errno)));
}

presil_message message_of(presil_message_type type, std::uint64_t time_ps) {
  presil_message message = {};
  message.header.type = type;
  message.header.time_ps = time_ps;
  return message;
}

}  // namespace

LinkPeer::LinkPeer(const std::filesystem::path& path, std::size_t memory_bytes,
                   std::uint32_t spin_ns, bool raw)
    : spin_ns_(spin_ns), memory_(memory_bytes), payload_(PRESIL_LINK_MAX_PAYLOAD) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  path.native().copy(address.sun_path, sizeof(address.sun_path) - 1);
  socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
    fail("connect");

  segment_fd_ = ::memfd_create("presil-link", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (segment_fd_ < 0 || ::ftruncate(segment_fd_, sizeof(presil_segment)) != 0 ||
      ::fcntl(segment_fd_, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    fail("segment");
  void* map =
      ::mmap(nullptr, sizeof(presil_segment), PROT_READ | PROT_WRITE, MAP_SHARED, segment_fd_, 0);
  if (map == MAP_FAILED)
    fail("segment");
  segment_ = static_cast<presil_segment*>(map);
  segment_->magic = PRESIL_LINK_MAGIC;
  segment_->version = PRESIL_LINK_VERSION;

  const presil_hello message = good_hello(spin_ns);
  if (!raw && (!hello(&message, sizeof(message), segment_fd_) || reply_.status != PRESIL_HELLO_OK))
    throw LinkError(std::format("the simulator declined the hello: {}", reply_.status));
}

LinkPeer::~LinkPeer() {
  close_socket();
  if (segment_)
    ::munmap(segment_, sizeof(*segment_));
  if (segment_fd_ >= 0)
    ::close(segment_fd_);
}

void LinkPeer::close_socket() {
  if (socket_ >= 0)
    ::close(socket_);
  socket_ = -1;
}

presil_hello LinkPeer::good_hello(std::uint32_t spin_ns) {
  presil_hello message = {};
  message.magic = PRESIL_LINK_MAGIC;
  message.version = PRESIL_LINK_VERSION;
  message.length = sizeof(message);
  message.segment_bytes = sizeof(presil_segment);
  message.spin_ns = spin_ns;
  return message;
}

bool LinkPeer::hello(const void* message, std::size_t bytes, int fd) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  iovec part = {.iov_base = const_cast<void*>(message), .iov_len = bytes};
  msghdr header = {};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (fd >= 0) {
    header.msg_control = control;
    header.msg_controllen = sizeof(control);
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(rights), &fd, sizeof(fd));
  }
  if (::sendmsg(socket_, &header, MSG_NOSIGNAL) != static_cast<ssize_t>(bytes))
    fail("hello");

  auto* const into = reinterpret_cast<std::byte*>(&reply_);
  for (std::size_t received = 0; received < sizeof(reply_);) {
    pollfd watch = {.fd = socket_, .events = POLLIN, .revents = 0};
    if (::poll(&watch, 1, kTimeoutMs) <= 0)
      throw LinkError("no reply to the hello");
    const ssize_t size = ::recv(socket_, into + received, sizeof(reply_) - received, 0);
    if (size <= 0)
      return false;
    received += static_cast<std::size_t>(size);
  }
  return true;
}

void LinkPeer::send(const presil_message& message, std::span<const std::byte> payload) {
  presil_box& box = segment_->to_simulator;
  box.message = message;
  if (!payload.empty())
    std::memcpy(box.payload, payload.data(), payload.size());
  __atomic_fetch_add(&box.sequence, 1, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&box.sleeping, __ATOMIC_SEQ_CST) != 0)
    ::syscall(SYS_futex, &box.sequence, FUTEX_WAKE, 1, nullptr, nullptr, 0);
}

bool LinkPeer::wait_for_message() {
  presil_box& box = segment_->to_qemu;
  const auto arrived = [&] {
    return __atomic_load_n(&box.sequence, __ATOMIC_SEQ_CST) != received_;
  };
  const auto start = Clock::now();
  while (Clock::now() - start < std::chrono::nanoseconds(spin_ns_)) {
    for (int round = 0; round < 64; ++round) {
      if (arrived())
        return true;
      __builtin_ia32_pause();
    }
    ::sched_yield();
  }

  __atomic_store_n(&box.sleeping, 1, __ATOMIC_SEQ_CST);
  bool gone = false;
  while (!arrived() && !gone && Clock::now() - start < kTimeout) {
    const timespec timeout = {.tv_sec = 0, .tv_nsec = 20'000'000};
    ::syscall(SYS_futex, &box.sequence, FUTEX_WAIT, received_, &timeout, nullptr, 0);
    pollfd watch = {.fd = socket_, .events = POLLRDHUP, .revents = 0};
    gone = ::poll(&watch, 1, 0) > 0;
  }
  __atomic_store_n(&box.sleeping, 0, __ATOMIC_SEQ_CST);
  if (!arrived() && !gone)
    throw LinkError("the simulator is silent");
  return arrived();
}

std::optional<presil_message> LinkPeer::receive() {
  if (!wait_for_message())
    return std::nullopt;
  const presil_box& box = segment_->to_qemu;
  if (++received_ != __atomic_load_n(&box.sequence, __ATOMIC_ACQUIRE))
    throw LinkError("the simulator sent two messages at once");
  const presil_message message = box.message;
  if (message.header.payload_bytes > PRESIL_LINK_MAX_PAYLOAD)
    throw LinkError(std::format("payload of {} bytes", message.header.payload_bytes));
  payload_.assign(reinterpret_cast<const std::byte*>(box.payload),
                  reinterpret_cast<const std::byte*>(box.payload) + message.header.payload_bytes);
  return message;
}

void LinkPeer::answer(const presil_message& upcall) {
  ++upcalls;
  presil_message message = message_of(PRESIL_ANSWER, upcall.header.time_ps);
  std::span<const std::byte> data;
  switch (upcall.header.type) {
    case PRESIL_UPCALL_MSIX:
      interrupts.push_back({upcall.header.time_ps, upcall.u.msix.vector});
      break;
    case PRESIL_UPCALL_ERROR:
      errors.push_back({upcall.header.time_ps, upcall.u.error.severity, upcall.u.error.status_bit});
      break;
    case PRESIL_UPCALL_DMA_READ:
    case PRESIL_UPCALL_DMA_WRITE: {
      const auto& dma = upcall.u.dma;
      const bool is_write = upcall.header.type == PRESIL_UPCALL_DMA_WRITE;
      if (upcall.header.payload_bytes != (is_write ? dma.len_bytes : 0))
        throw LinkError(std::format("DMA of {} bytes with a payload of {}", dma.len_bytes,
                                    upcall.header.payload_bytes));
      const bool is_memory = dma.addr >= kMemoryBase && dma.len_bytes <= memory_.size() &&
                             dma.addr - kMemoryBase <= memory_.size() - dma.len_bytes;
      message.u.answer.status = on_dma(upcall).value_or(
          is_memory ? PRESIL_STATUS_SUCCESS : PRESIL_STATUS_UNSUPPORTED_REQUEST);
      if (message.u.answer.status != PRESIL_STATUS_SUCCESS)
        break;
      dma_bytes += dma.len_bytes;
      const std::span place = std::span(memory_).subspan(dma.addr - kMemoryBase, dma.len_bytes);
      if (is_write)
        std::memcpy(place.data(), payload_.data(), place.size());
      else
        data = place;
      break;
    }
    default:
      throw LinkError(std::format("message of type {:#x}", upcall.header.type));
  }
  message.header.payload_bytes = static_cast<std::uint32_t>(data.size());
  send(message, data);
}

LinkPeer::Completion LinkPeer::call(const presil_message& message) {
  send(message);
  while (const auto incoming = receive()) {
    if (incoming->header.type == PRESIL_RETURN)
      return {.status = incoming->u.ret.status,
              .data = incoming->u.ret.data,
              .device_ps = incoming->header.time_ps,
              .next_ps = incoming->u.ret.next_ps};
    answer(*incoming);
  }
  throw LinkError("the simulator closed the link");
}

LinkPeer::Completion LinkPeer::read(std::uint64_t time_ps, std::uint64_t offset, std::uint32_t size,
                                    std::uint32_t bar) {
  presil_message message = message_of(PRESIL_CALL_MMIO_READ, time_ps);
  message.u.mmio.offset = offset;
  message.u.mmio.size = size;
  message.u.mmio.bar = bar;
  return call(message);
}

LinkPeer::Completion LinkPeer::write(std::uint64_t time_ps, std::uint64_t offset,
                                     std::uint64_t data, std::uint32_t size, std::uint32_t bar) {
  presil_message message = message_of(PRESIL_CALL_MMIO_WRITE, time_ps);
  message.u.mmio.offset = offset;
  message.u.mmio.data = data;
  message.u.mmio.size = size;
  message.u.mmio.bar = bar;
  return call(message);
}

LinkPeer::Completion LinkPeer::advance(std::uint64_t time_ps, bool stop_at_event) {
  presil_message message = message_of(PRESIL_CALL_ADVANCE, time_ps);
  message.u.advance.flags = stop_at_event ? PRESIL_ADVANCE_STOP_AT_EVENT : 0;
  return call(message);
}

LinkPeer::Completion LinkPeer::config(std::uint64_t time_ps, std::uint32_t flags,
                                      std::uint32_t mps_bytes, std::uint32_t mrrs_bytes,
                                      std::uint32_t power_state) {
  presil_message message = message_of(PRESIL_CALL_CONFIG, time_ps);
  message.u.config.flags = flags;
  message.u.config.mps_bytes = mps_bytes;
  message.u.config.mrrs_bytes = mrrs_bytes;
  message.u.config.power_state = power_state;
  return call(message);
}

LinkPeer::Completion LinkPeer::reset(std::uint64_t time_ps, presil_reset_kind kind) {
  presil_message message = message_of(PRESIL_CALL_RESET, time_ps);
  message.u.reset.kind = kind;
  return call(message);
}

LinkPeer::Completion LinkPeer::simple(std::uint64_t time_ps, presil_message_type type) {
  return call(message_of(type, time_ps));
}

void LinkPeer::quit(std::uint64_t time_ps) {
  simple(time_ps, PRESIL_CALL_QUIT);
  if (!closed_by_simulator())
    throw LinkError("the simulator spoke after QUIT");
}

bool LinkPeer::closed_by_simulator() {
  return !receive();
}

}  // namespace presil::testbench
