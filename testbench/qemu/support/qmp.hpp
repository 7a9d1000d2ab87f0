// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// QEMU's monitor, as far as the tests need it.

#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace presil::test {

// Add arguments() to a machine before it starts; construct when it runs.
class Qmp {
 public:
  static std::string argument(const std::string& path) {
    return "unix:" + path + ",server=on,wait=off";
  }

  // Connects, waiting for QEMU to listen.
  explicit Qmp(const std::string& path,
               std::chrono::milliseconds patience = std::chrono::seconds(10));
  ~Qmp();
  Qmp(const Qmp&) = delete;
  Qmp& operator=(const Qmp&) = delete;

  // Sends a command without waiting for its answer.
  void send(const std::string& command, const nlohmann::json& arguments = nullptr);
  // The answer to the oldest unanswered command: its "return", or its "error".
  nlohmann::json answer();
  nlohmann::json call(const std::string& command, const nlohmann::json& arguments = nullptr) {
    send(command, arguments);
    return answer();
  }
  // A command of the human monitor; its output.
  std::string human(const std::string& line) {
    return call("human-monitor-command", {{"command-line", line}})["return"].get<std::string>();
  }
  // Waits for an event of that name.
  void wait_for(const std::string& event);

 private:
  nlohmann::json next();

  int socket_ = -1;
  std::string unread_;
  std::vector<std::string> events_;
};

}  // namespace presil::test
