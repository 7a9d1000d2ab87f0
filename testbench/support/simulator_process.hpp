// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// SimulatorProcess: a simulator program as a child, with its files in a folder of its own.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace presil::testbench {

/// Starts the program, and ends it at the latest in the destructor. Nothing is left behind.
class SimulatorProcess {
 public:
  /// Starts `program` on a socket in a new folder, and waits until it listens.
  /// \param description  its accelerator.toml
  /// \param arguments    added to the command line; "FOLDER/" in one stands for the new folder
  SimulatorProcess(const std::filesystem::path& program, const std::filesystem::path& description,
                   const std::vector<std::string>& arguments = {});
  SimulatorProcess(const SimulatorProcess&) = delete;
  SimulatorProcess& operator=(const SimulatorProcess&) = delete;
  ~SimulatorProcess();

  std::filesystem::path socket() const { return folder_ / "link.sock"; }
  std::filesystem::path folder() const { return folder_; }
  pid_t pid() const { return pid_; }

  /// Waits for the end.
  /// \returns the exit status; minus the signal's number when one ended it. Throws after 20 s.
  int wait();

  /// The event log, the summary, and what the program said on stdout and stderr.
  std::string events() const { return text("events.log"); }
  std::string summary() const { return text("summary.json"); }
  std::string output() const { return text("output"); }
  std::string errors() const { return text("errors"); }

 private:
  std::string text(const char* name) const;

  std::filesystem::path folder_;
  pid_t pid_ = -1;
  int status_ = 0;
};

}  // namespace presil::testbench
