// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// PresilRun: the presil command as a test starts it, and the folder that it leaves.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "child.hpp"
#include <nlohmann/json.hpp>

namespace presil::system {

/// One record of an event log: "time_ps kind key=value ...".
struct Event {
  std::uint64_t time_ps = 0;
  std::string kind;
  std::string rest;

  /// The value of `key`, or "".
  [[nodiscard]] std::string value(const std::string& key) const;
  [[nodiscard]] std::uint64_t number(const std::string& key) const;
};

/// What a run left.
struct RunResult {
  int status = -1;       ///< of the presil command
  std::string output;    ///< the guest command's output
  std::string messages;  ///< what presil said on standard error
  std::filesystem::path folder;
  nlohmann::json summary;

  [[nodiscard]] std::string result() const { return summary.value("result", "none"); }
  [[nodiscard]] std::string digest() const { return summary.value("digest", "none"); }
  [[nodiscard]] std::uint64_t number(const char* key) const {
    return summary.value(key, std::uint64_t{0});
  }
  /// The guest command's exit status; -1 if it has none.
  [[nodiscard]] int guest_exit() const {
    const auto value = summary.find("guest_exit");
    return value != summary.end() && value->is_number() ? value->get<int>() : -1;
  }
  [[nodiscard]] std::string file(const std::string& name) const;
  [[nodiscard]] std::vector<Event> events(std::size_t slot = 0) const;
  /// Records of QEMU's side; their times are nanoseconds there.
  [[nodiscard]] std::vector<Event> device_log(std::size_t slot = 0) const;
};

/// A running presil command. Its folder is build/system-runs/<name>, emptied first; it stays.
class PresilRun {
 public:
  /// \param name       of the folder; each run of a test program needs its own
  /// \param arguments  of `presil`; --no-build, --out and so on are added
  PresilRun(const std::string& name, std::vector<std::string> arguments);
  /// \param launcher  started in place of this build's presil; it builds what it needs by itself
  PresilRun(const std::string& name, std::vector<std::string> arguments,
            const std::vector<std::string>& launcher);

  /// Waits until the file `name` in the run's folder contains `text`.
  /// \returns false when the run ended first.
  bool wait_for(const std::string& name, const std::string& text);

  /// The process of a simulator or of QEMU ("dev0", "qemu"); -1 if there is none.
  [[nodiscard]] pid_t process(const std::string& which) const;
  void signal(int number) { child_.signal(number); }
  [[nodiscard]] bool ended() { return child_.poll().has_value(); }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  RunResult finish();

 private:
  std::filesystem::path folder_, scratch_;
  cli::Child child_;
};

/// Runs `presil run OPTIONS -- COMMAND` to its end. COMMAND is a line for the guest's shell.
RunResult presil_run(const std::string& name, std::vector<std::string> options,
                     const std::string& command);

/// The build folder that this test program belongs to.
std::filesystem::path build_folder();
/// A program or file of the build.
std::string built(const std::string& name);

}  // namespace presil::system
