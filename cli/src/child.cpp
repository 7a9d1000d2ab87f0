// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "child.hpp"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <format>
#include <thread>
#include <utility>

#include "error.hpp"

namespace presil::cli {
namespace {

/// In the child, between fork and exec: only calls that are safe there.
[[noreturn]] void give_up(int report_descriptor) {
  const int error = errno;
  [[maybe_unused]] const auto written = write(report_descriptor, &error, sizeof error);
  _exit(127);
}

void redirect(int report_descriptor, const char* path, int flags, int target) {
  const int descriptor = open(path, flags | O_CLOEXEC, 0644);
  if (descriptor < 0 || dup2(descriptor, target) < 0) {
    give_up(report_descriptor);
  }
}

void set_up_streams(int report_descriptor, const ChildStreams& streams) {
  if (!streams.terminal) {
    redirect(report_descriptor, "/dev/null", O_RDONLY, STDIN_FILENO);
  }
  if (streams.output_descriptor >= 0) {
    if (dup2(streams.output_descriptor, STDOUT_FILENO) < 0 ||
        dup2(streams.output_descriptor, STDERR_FILENO) < 0) {
      give_up(report_descriptor);
    }
    return;
  }
  constexpr int kCreate = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND;
  if (!streams.standard_output.empty()) {
    redirect(report_descriptor, streams.standard_output.c_str(), kCreate, STDOUT_FILENO);
  }
  if (!streams.standard_error.empty()) {
    if (streams.standard_error == streams.standard_output) {
      dup2(STDOUT_FILENO, STDERR_FILENO);
    } else {
      redirect(report_descriptor, streams.standard_error.c_str(), kCreate, STDERR_FILENO);
    }
  }
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

}  // namespace

std::string ExitReport::text() const {
  if (signal != 0) {
    return std::format("signal {} ({})", signal, strsignal(signal));
  }
  return std::format("exit status {}", status);
}

Child Child::start(const std::vector<std::string>& arguments, const ChildStreams& streams) {
  std::vector<char*> pointers;
  for (const auto& argument : arguments) {
    pointers.push_back(const_cast<char*>(argument.c_str()));
  }
  pointers.push_back(nullptr);

  // Carries errno of a failed exec; closed by a successful one.
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) {
    throw Error(std::format("cannot make a pipe: {}", strerror(errno)), ExitStatus::kInternal);
  }
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) {
    throw Error(std::format("cannot start {}: {}", arguments[0], strerror(errno)),
                ExitStatus::kInternal);
  }
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, streams.death_signal);
    if (getppid() != parent) {
      _exit(127);  // presil died before the line above took effect.
    }
    // A hang is examined with eu-stack or gdb, which presil starts beside this process.
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    if (!streams.terminal) {
      setpgid(0, 0);  // Ctrl-C reaches presil alone, which ends its children in order.
    }
    set_up_streams(report[1], streams);
    execvp(pointers[0], pointers.data());
    give_up(report[1]);
  }

  close(report[1]);
  int error = 0;
  ssize_t got = 0;
  do {
    got = read(report[0], &error, sizeof error);
  } while (got < 0 && errno == EINTR);
  close(report[0]);
  Child child(pid, !streams.terminal);
  if (got == sizeof error) {
    child.wait();
    throw Error(std::format("cannot start {}: {}", arguments[0], strerror(error)),
                ExitStatus::kInternal);
  }
  return child;
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      leads_group_(other.leads_group_),
      report_(other.report_) {}

Child& Child::operator=(Child&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(leads_group_, other.leads_group_);
  std::swap(report_, other.report_);
  return *this;
}

Child::~Child() {
  if (pid_ > 0 && !poll()) {
    kill(pid_, SIGKILL);
    wait();
  }
}

bool Child::has_ended() const {
  siginfo_t info{};
  int result = 0;
  do {
    result = waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
  } while (result < 0 && errno == EINTR);
  return result == 0 && info.si_pid == pid_;
}

std::optional<ExitReport> Child::poll() {
  if (report_) {
    return report_;
  }
  if (!has_ended()) {
    return std::nullopt;
  }
  // Until it is reaped its number is nobody else's, and so is its group's.
  if (leads_group_) {
    kill(-pid_, SIGKILL);
  }
  int status = 0;
  rusage usage{};
  while (wait4(pid_, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  ExitReport report;
  report.status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  report.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  report.cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  report_ = report;
  return report_;
}

std::optional<ExitReport> Child::wait(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (;;) {
    if (auto report = poll()) {
      return report;
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      return std::nullopt;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

ExitReport Child::wait() {
  for (;;) {
    if (const auto report = wait(std::chrono::hours(1))) {
      return *report;
    }
  }
}

ExitReport Child::end(std::chrono::milliseconds patience) {
  signal(SIGTERM);
  if (const auto report = wait(patience)) {
    return *report;
  }
  signal(SIGKILL);
  return wait();
}

void Child::signal(int number) {
  if (!poll()) {
    kill(pid_, number);
  }
}

std::string output_of(const std::vector<std::string>& arguments) {
  const int memory = memfd_create("output", MFD_CLOEXEC);
  if (memory < 0) {
    throw Error(std::format("cannot make a memory file: {}", strerror(errno)),
                ExitStatus::kInternal);
  }
  ChildStreams streams;
  streams.output_descriptor = memory;
  const auto report = Child::start(arguments, streams).wait();
  std::string text(static_cast<std::size_t>(lseek(memory, 0, SEEK_END)), '\0');
  const auto got = pread(memory, text.data(), text.size(), 0);
  close(memory);
  if (!report.clean() || got != static_cast<ssize_t>(text.size())) {
    throw Error(std::format("{} ended with {}: {}", arguments[0], report.text(), text),
                ExitStatus::kInternal);
  }
  return text;
}

}  // namespace presil::cli
