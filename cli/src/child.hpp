// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Child: a process that presil started and that never outlives it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace presil::cli {

/// Where a child's standard streams go. Empty paths: /dev/null for input, presil's own for output.
struct ChildStreams {
  std::filesystem::path standard_output;  ///< created or truncated
  std::filesystem::path standard_error;   ///< created or truncated; may equal standard_output
  int output_descriptor = -1;             ///< both outputs, instead of files; not taken over
  bool terminal = false;                  ///< keep presil's terminal and process group
  int death_signal = SIGKILL;             ///< sent to the child when presil dies
};

/// How a process ended.
struct ExitReport {
  int status = 0;      ///< exit status, when signal is 0
  int signal = 0;      ///< the signal that ended it, or 0
  double cpu_s = 0.0;  ///< user and system time it used, seconds

  [[nodiscard]] bool clean() const { return status == 0 && signal == 0; }
  /// "exit status 3" or "signal 9 (Killed)".
  [[nodiscard]] std::string text() const;
};

/// One process. Destroying it kills the process if it still runs, and reaps it. When it has ended,
/// what it started and left behind in its process group is killed as well.
class Child {
 public:
  /// Starts `arguments[0]`, found in PATH, in a process group of its own.
  ///
  /// \throws Error  the program cannot be started.
  static Child start(const std::vector<std::string>& arguments, const ChildStreams& streams);

  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  /// How it ended, or nothing while it runs. Never blocks.
  std::optional<ExitReport> poll();
  /// Waits at most `limit`; nothing when it still runs then.
  std::optional<ExitReport> wait(std::chrono::milliseconds limit);
  ExitReport wait();
  /// Asks by SIGTERM, insists by SIGKILL after `patience`; also when the process is stopped.
  ExitReport end(std::chrono::milliseconds patience);
  void signal(int number);

  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  Child(pid_t pid, bool leads_group) : pid_(pid), leads_group_(leads_group) {}
  [[nodiscard]] bool has_ended() const;

  pid_t pid_ = -1;            // -1 after a move.
  bool leads_group_ = false;  // Not with presil's terminal, whose group it shares.
  std::optional<ExitReport> report_;
};

/// What a small tool prints on standard output.
///
/// \throws Error  it cannot be started, or does not end with status 0.
std::string output_of(const std::vector<std::string>& arguments);

}  // namespace presil::cli
