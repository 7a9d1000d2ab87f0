// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The library's system calls, on the kernel that the test runs on.

#include "kernel_interface.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "testbench/support/temporary_folder.hpp"

using kestrel::internal::running_kernel;
using presil::testbench::TemporaryFolder;

namespace {

constexpr std::size_t kPageBytes = 4096;

/// Whether a deadline at `deadline_ns` of the clock that the kernel waits by has passed within
/// `limit_ms` of now.
bool passes(std::int64_t deadline_ns, int limit_ms) {
  const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  itimerspec spec{};
  spec.it_value.tv_sec = deadline_ns / 1'000'000'000;
  spec.it_value.tv_nsec = deadline_ns % 1'000'000'000;
  REQUIRE(timerfd_settime(timer, TFD_TIMER_ABSTIME, &spec, nullptr) == 0);
  pollfd wait{.fd = timer, .events = POLLIN, .revents = 0};
  const bool passed = poll(&wait, 1, limit_ms) == 1;
  ::close(timer);
  return passed;
}

}  // namespace

TEST_CASE("kernel interface: A descriptor reads, writes, and ends at exec", "[userspace][kernel]") {
  const TemporaryFolder folder;
  const int fd = running_kernel().open(folder.write("node", "").c_str());
  REQUIRE(fd >= 0);
  CHECK((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR);
  CHECK((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
  running_kernel().close(fd);
  CHECK(fcntl(fd, F_GETFD) == -1);
}

TEST_CASE("kernel interface: A second descriptor outlives the first, and ends at exec",
          "[userspace][kernel]") {
  const TemporaryFolder folder;
  const int fd = running_kernel().open(folder.write("node", "hover").c_str());
  CHECK(running_kernel().size_bytes(fd) == 5);
  const int copy = running_kernel().duplicate(fd);
  running_kernel().close(fd);
  CHECK((fcntl(copy, F_GETFD) & FD_CLOEXEC) != 0);
  CHECK(running_kernel().size_bytes(copy) == 5);
  running_kernel().close(copy);
  CHECK(running_kernel().duplicate(copy) == -EBADF);
  CHECK(running_kernel().size_bytes(copy) == -EBADF);
}

TEST_CASE("kernel interface: A node that is not there is not made", "[userspace][kernel]") {
  const TemporaryFolder folder;
  CHECK(running_kernel().open((folder.path() / "node").c_str()) == -ENOENT);
  CHECK_FALSE(folder.holds("node"));
  CHECK(running_kernel().open(folder.path().c_str()) == -EISDIR);
}

TEST_CASE("kernel interface: A call's argument goes there and back", "[userspace][kernel]") {
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  REQUIRE(write(ends[1], "hover", 5) == 5);
  int waiting_bytes = 0;
  CHECK(running_kernel().ioctl(ends[0], FIONREAD, &waiting_bytes) == 0);
  CHECK(waiting_bytes == 5);
  CHECK(running_kernel().ioctl(ends[0], TIOCGWINSZ, &waiting_bytes) == -ENOTTY);
  close(ends[0]);
  close(ends[1]);
  CHECK(running_kernel().ioctl(ends[0], FIONREAD, &waiting_bytes) == -EBADF);
}

TEST_CASE("kernel interface: A mapping is shared, and begins at its offset",
          "[userspace][kernel]") {
  const TemporaryFolder folder;
  const int fd = running_kernel().open(
      folder.write("node", std::string(kPageBytes, 'a') + std::string(kPageBytes, 'b')).c_str());
  void* address = nullptr;
  REQUIRE(running_kernel().map(fd, kPageBytes, kPageBytes, &address) == 0);
  CHECK(*static_cast<char*>(address) == 'b');
  std::memcpy(address, "hover", 5);
  CHECK(folder.read("node").substr(kPageBytes - 1, 7) == "ahoverb");

  running_kernel().unmap(address, kPageBytes);
  CHECK(msync(address, kPageBytes, MS_ASYNC) == -1);  // Nothing is mapped there any more.
  running_kernel().close(fd);
}

TEST_CASE("kernel interface: A mapping that fails leaves the address alone",
          "[userspace][kernel]") {
  const TemporaryFolder folder;
  const int fd = running_kernel().open(folder.write("node", "").c_str());
  int nothing = 0;
  void* address = &nothing;
  CHECK(running_kernel().map(fd, 0, 0, &address) == -EINVAL);
  running_kernel().close(fd);
  CHECK(running_kernel().map(fd, 0, kPageBytes, &address) == -EBADF);
  CHECK(address == &nothing);
}

TEST_CASE("kernel interface: Its clock is the one that waits are measured by",
          "[userspace][kernel]") {
  constexpr std::int64_t kHourNs = 3'600'000'000'000;
  CHECK(passes(running_kernel().now_ns(), 20'000));
  CHECK_FALSE(passes(running_kernel().now_ns() + kHourNs, 0));
}
