// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "child.hpp"

#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "ktap.hpp"

namespace {

constexpr int kLongMs = 60'000;

void write_all(int fd, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t wrote = write(fd, text.data() + done, text.size() - done);
    if (wrote <= 0)
      return;
    done += static_cast<std::size_t>(wrote);
  }
}

[[noreturn]] void run_child(const std::function<void()>& body, int failures_fd) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  ktap::clear_failures();
  ktap::run_body(body, __FILE__, __LINE__);
  for (const std::string& failure : ktap::failures())
    write_all(failures_fd, failure + "\n");
  // Not exit(): what the parent has in its buffers is the parent's.
  _exit(0);
}

}  // namespace

Child::Child(const std::function<void()>& body) {
  int fds[2];
  REQUIRE(pipe(fds) == 0);
  std::fflush(stdout);
  pid_ = fork();
  REQUIRE(pid_ >= 0);
  if (pid_ == 0) {
    close(fds[0]);
    run_child(body, fds[1]);
  }
  close(fds[1]);
  failures_fd_ = fds[0];
}

Child::~Child() {
  if (pid_ > 0) {
    kill(SIGKILL);
    wait();
  }
}

void Child::kill(int signal) const {
  ::kill(pid_, signal);
}

int Child::wait() {
  std::string text;
  std::array<char, 4096> buffer;
  for (;;) {
    const ssize_t got = read(failures_fd_, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      break;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  close(failures_fd_);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  for (std::size_t start = 0, end; (end = text.find('\n', start)) != std::string::npos;
       start = end + 1) {
    ktap::note("in a child: " + text.substr(start, end - start));
  }
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

Event::Event() {
  REQUIRE(pipe(fds_) == 0);
}

Event::~Event() {
  close(fds_[0]);
  close(fds_[1]);
}

void Event::tell() const {
  write_all(fds_[1], ".");
}

void Event::wait() const {
  pollfd polled{.fd = fds_[0], .events = POLLIN, .revents = 0};
  int ready = 0;
  do {
    ready = poll(&polled, 1, kLongMs);
  } while (ready < 0 && errno == EINTR);
  REQUIRE(ready == 1);
  char byte = 0;
  REQUIRE(read(fds_[0], &byte, 1) == 1);
}

void drop_capability(unsigned capability) {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
  REQUIRE(syscall(SYS_capget, &header, data) == 0);
  data[CAP_TO_INDEX(capability)].effective &= ~CAP_TO_MASK(capability);
  data[CAP_TO_INDEX(capability)].permitted &= ~CAP_TO_MASK(capability);
  REQUIRE(syscall(SYS_capset, &header, data) == 0);
}

void send_descriptor(int socket, int fd) {
  char byte = 0;
  iovec part{.iov_base = &byte, .iov_len = 1};
  alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = space;
  message.msg_controllen = sizeof(space);
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &fd, sizeof(fd));
  REQUIRE(sendmsg(socket, &message, 0) == 1);
}

int receive_descriptor(int socket) {
  char byte = 0;
  iovec part{.iov_base = &byte, .iov_len = 1};
  alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = space;
  message.msg_controllen = sizeof(space);
  REQUIRE(recvmsg(socket, &message, MSG_CMSG_CLOEXEC) == 1);
  const cmsghdr* const header = CMSG_FIRSTHDR(&message);
  REQUIRE(header != nullptr && header->cmsg_type == SCM_RIGHTS);
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(header), sizeof(fd));
  return fd;
}
