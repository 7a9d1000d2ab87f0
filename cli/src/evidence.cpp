// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "evidence.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>
#include <deque>
#include <format>
#include <fstream>

#include "checkout.hpp"
#include "child.hpp"
#include "error.hpp"
#include <nlohmann/json.hpp>

namespace presil::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kToolLimit(30);

bool run_tool(const std::vector<std::string>& arguments, const fs::path& output) {
  try {
    ChildStreams streams;
    streams.standard_output = output;
    streams.standard_error = output;
    auto child = Child::start(arguments, streams);
    const auto report = child.wait(kToolLimit);
    return report && report->clean() && fs::file_size(output) > 0;
  } catch (const Error&) {
    return false;  // The tool is missing; the caller tries the next.
  }
}

void write_stacks(const fs::path& output, pid_t process) {
  const auto number = std::to_string(process);
  // eu-stack ends with status 1 when one frame has no name, and has still printed the rest.
  run_tool({"eu-stack", "-p", number}, output);
  if (read_file(output).find("#1 ") != std::string::npos) {
    return;
  }
  run_tool({"gdb", "-p", number, "-batch", "-ex", "thread apply all bt"}, output);
}

std::string first_line(const fs::path& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

void write_threads(const fs::path& output, pid_t process) {
  std::ofstream file(output);
  std::error_code error;
  for (const auto& task : fs::directory_iterator(std::format("/proc/{}/task", process), error)) {
    file << std::format("thread {} {}: waits in {}; system call {}\n",
                        task.path().filename().string(), first_line(task.path() / "comm"),
                        first_line(task.path() / "wchan"), first_line(task.path() / "syscall"));
    file << "  " << first_line(task.path() / "stat") << "\n";
  }
}

void write_last_lines(const fs::path& output, const fs::path& log) {
  constexpr std::size_t kLines = 200;
  std::deque<std::string> lines;
  std::ifstream stream(log);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
    if (lines.size() > kLines) {
      lines.pop_front();
    }
  }
  std::ofstream file(output);
  for (const auto& line : lines) {
    file << line << "\n";
  }
}

/// A connection to QEMU's monitor, with a short patience: QEMU may be the one that hangs.
class Monitor {
 public:
  explicit Monitor(const fs::path& socket_path) : descriptor_(socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto text = socket_path.string();
    std::memcpy(address.sun_path, text.c_str(), std::min(text.size(), sizeof address.sun_path - 1));
    const timeval patience{3, 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    connected_ =
        connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    connected_ = connected_ && !ask(R"({"execute":"qmp_capabilities"})").empty();
  }
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;
  ~Monitor() { close(descriptor_); }

  /// What a monitor command prints; empty when the monitor does not answer.
  std::string command(const std::string& text) {
    if (!connected_) {
      return {};
    }
    const nlohmann::json request = {{"execute", "human-monitor-command"},
                                    {"arguments", {{"command-line", text}}}};
    const auto answer = nlohmann::json::parse(ask(request.dump()), nullptr, false);
    return answer.is_object() ? answer.value("return", std::string()) : std::string();
  }

 private:
  std::string ask(const std::string& request) {
    const auto line = request + "\n";
    if (send(descriptor_, line.data(), line.size(), MSG_NOSIGNAL) < 0) {
      return {};
    }
    for (;;) {
      if (const auto end = text_.find('\n'); end != std::string::npos) {
        const auto message = text_.substr(0, end);
        text_.erase(0, end + 1);
        if (message.find("\"return\"") != std::string::npos) {
          return message;  // Greetings and events are passed over.
        }
        continue;
      }
      std::array<char, 4096> buffer;
      const auto got = recv(descriptor_, buffer.data(), buffer.size(), 0);
      if (got <= 0) {
        return {};
      }
      text_.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }

  int descriptor_;
  bool connected_ = false;
  std::string text_;
};

}  // namespace

void gather_evidence(const fs::path& folder, const std::vector<Suspect>& suspects,
                     const fs::path& monitor_socket) {
  fs::create_directories(folder);
  for (const auto& suspect : suspects) {
    write_threads(folder / (suspect.name + ".threads"), suspect.process);
    write_stacks(folder / (suspect.name + ".stack"), suspect.process);
    if (!suspect.log.empty() && fs::exists(suspect.log)) {
      write_last_lines(folder / (suspect.name + ".last"), suspect.log);
    }
  }
  const auto registers = Monitor(monitor_socket).command("info registers");
  write_file(folder / "guest-registers.txt",
             registers.empty() ? "QEMU's monitor did not answer\n" : registers);
}

}  // namespace presil::cli
