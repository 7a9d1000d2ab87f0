// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/link/listener.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <format>
#include <utility>

#include "sim/base/error.hpp"
#include "sim/base/signals.hpp"

namespace presil {
namespace {

using Clock = std::chrono::steady_clock;

// How often a wait for QEMU looks whether it should end.
constexpr int kSignalCheckMs = 100;

/// Waits until there is something to read. \returns false at the deadline, or when a signal came.
bool readable(int fd, Clock::time_point deadline) {
  for (;;) {
    pollfd watch = {.fd = fd, .events = POLLIN, .revents = 0};
    if (::poll(&watch, 1, kSignalCheckMs) > 0)
      return true;
    if (termination_requested() != 0 || Clock::now() >= deadline)
      return false;
  }
}

struct Hello {
  presil_hello message = {};
  UniqueFd segment;
};

/// Reads the hello and the descriptor that comes with its first byte.
std::expected<Hello, std::string> receive_hello(int socket, Clock::time_point deadline) {
  Hello hello;
  auto* const bytes = reinterpret_cast<std::byte*>(&hello.message);
  std::size_t received = 0;
  while (received < sizeof(hello.message)) {
    // The time is that of the whole: a peer that trickles bytes is given up as well.
    if (Clock::now() >= deadline || !readable(socket, deadline))
      return std::unexpected(
          std::format("no whole hello, {} of {} bytes came", received, sizeof(hello.message)));

    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    iovec part = {.iov_base = bytes + received, .iov_len = sizeof(hello.message) - received};
    msghdr header = {};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof(control);
    const ssize_t size = ::recvmsg(socket, &header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (size < 0 && (errno == EINTR || errno == EAGAIN))
      continue;
    if (size <= 0)
      return std::unexpected(
          std::format("no whole hello, {} of {} bytes came", received, sizeof(hello.message)));

    const cmsghdr* rights = CMSG_FIRSTHDR(&header);
    if (rights && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS &&
        rights->cmsg_len == CMSG_LEN(sizeof(int))) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(rights), sizeof(fd));
      hello.segment.reset(fd);
    }
    received += static_cast<std::size_t>(size);
  }
  return hello;
}

}  // namespace

Listener::Listener(std::filesystem::path path, std::chrono::milliseconds hello_limit)
    : path_(std::move(path)),
      hello_limit_(hello_limit),
      socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path_.native().size() >= sizeof(address.sun_path))
    throw Error(ExitStatus::kConfiguration,
                std::format("socket path {} has {} bytes, at most {} fit", path_.string(),
                            path_.native().size(), sizeof(address.sun_path) - 1));
  std::memcpy(address.sun_path, path_.c_str(), path_.native().size());

  // A socket left behind by a dead simulator is in the way; anything else is not ours to remove.
  struct stat status = {};
  if (::lstat(path_.c_str(), &status) == 0 && S_ISSOCK(status.st_mode))
    ::unlink(path_.c_str());
  if (!socket_ ||
      ::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      ::listen(socket_.get(), 1) != 0)
    throw Error(ExitStatus::kConfiguration,
                std::format("cannot listen on {}: {}", path_.string(), std::strerror(errno)));
}

Listener::~Listener() {
  if (socket_)
    ::unlink(path_.c_str());
}

std::expected<Channel, std::string> Listener::accept(const presil_personality& personality,
                                                     std::size_t reply_bytes) {
  if (!readable(socket_.get(), Clock::time_point::max()))
    return std::unexpected("ended by a signal");
  UniqueFd connection(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!connection)
    return std::unexpected(std::format("accept: {}", std::strerror(errno)));
  // One connection, one life: a second QEMU finds nobody.
  ::unlink(path_.c_str());
  socket_.reset();

  auto hello = receive_hello(connection.get(), Clock::now() + hello_limit_);
  if (!hello)
    return std::unexpected(hello.error());
  const presil_hello& message = hello->message;
  if (message.magic != PRESIL_LINK_MAGIC)
    return std::unexpected(
        std::format("hello starts with {:#x}, expected {:#x}", message.magic, PRESIL_LINK_MAGIC));

  presil_hello_reply reply = {};
  reply.magic = PRESIL_LINK_MAGIC;
  reply.version = PRESIL_LINK_VERSION;
  reply.length = sizeof(reply);
  reply.personality = personality;

  std::string problem;
  auto segment =
      std::expected<Segment, std::string>(std::unexpected("the hello brought no segment"));
  if (message.version != PRESIL_LINK_VERSION || message.length != sizeof(presil_hello)) {
    reply.status = PRESIL_HELLO_BAD_VERSION;
    problem =
        std::format("the peer speaks version {} ({} bytes of hello), this simulator {} ({})",
                    message.version, message.length, PRESIL_LINK_VERSION, sizeof(presil_hello));
  } else {
    if (hello->segment && message.segment_bytes == sizeof(presil_segment))
      segment = Segment::map(hello->segment);
    else if (hello->segment)
      segment =
          std::unexpected(std::format("the hello announces a segment of {} bytes, expected {}",
                                      message.segment_bytes, sizeof(presil_segment)));
    if (!segment) {
      reply.status = PRESIL_HELLO_BAD_SEGMENT;
      problem = segment.error();
    }
  }

  const auto sent = ::send(connection.get(), &reply, reply_bytes, MSG_NOSIGNAL);
  if (!problem.empty())
    return std::unexpected(problem);
  if (sent != static_cast<ssize_t>(sizeof(reply)))
    return std::unexpected("the reply to the hello could not be sent whole");
  return Channel(std::move(connection), std::move(*segment), message.spin_ns);
}

}  // namespace presil
