// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "presil_run.hpp"

#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include <catch2/catch_message.hpp>

#include "checkout.hpp"

namespace presil::system {
namespace {

namespace fs = std::filesystem;

std::vector<Event> read_events(const fs::path& file) {
  std::vector<Event> events;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    std::istringstream words(line);
    Event event;
    if (words >> event.time_ps >> event.kind) {
      std::getline(words, event.rest);
      events.push_back(std::move(event));
    }
  }
  return events;
}

fs::path empty_folder(const std::string& name) {
  const auto folder = build_folder() / "system-runs" / name;
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

std::vector<std::string> with_option(std::vector<std::string> arguments, const char* option) {
  arguments.insert(arguments.begin() + 1, option);
  return arguments;
}

cli::Child start(const fs::path& scratch, const fs::path& folder,
                 std::vector<std::string> arguments, const std::vector<std::string>& launcher) {
  // After the subcommand, before its own options and "--".
  arguments.insert(arguments.begin() + 1, {"--out", folder.string()});
  arguments.insert(arguments.begin(), launcher.begin(), launcher.end());
  cli::ChildStreams streams;
  streams.standard_output = scratch / "output";
  streams.standard_error = scratch / "messages";
  streams.death_signal = SIGTERM;
  return cli::Child::start(arguments, streams);
}

}  // namespace

std::string Event::value(const std::string& key) const {
  const auto at = rest.find(" " + key + "=");
  if (at == std::string::npos) {
    return {};
  }
  const auto start = at + key.size() + 2;
  return rest.substr(start, rest.find(' ', start) - start);
}

std::uint64_t Event::number(const std::string& key) const {
  return std::strtoull(value(key).c_str(), nullptr, 0);
}

std::string RunResult::file(const std::string& name) const {
  return fs::exists(folder / name) ? cli::read_file(folder / name) : std::string();
}

std::vector<Event> RunResult::events(std::size_t slot) const {
  return read_events(folder / ("dev" + std::to_string(slot)) / "events.log");
}

std::vector<Event> RunResult::device_log(std::size_t slot) const {
  return read_events(folder / ("dev" + std::to_string(slot)) / "qemu.log");
}

fs::path build_folder() {
  return fs::read_symlink("/proc/self/exe").parent_path().parent_path();
}

std::string built(const std::string& name) {
  return (build_folder() / name).string();
}

PresilRun::PresilRun(const std::string& name, std::vector<std::string> arguments,
                     const std::vector<std::string>& launcher)
    : folder_(empty_folder(name) / "run"),
      scratch_(folder_.parent_path()),
      child_(start(scratch_, folder_, std::move(arguments), launcher)) {}

PresilRun::PresilRun(const std::string& name, std::vector<std::string> arguments)
    : PresilRun(name, with_option(std::move(arguments), "--no-build"), {built("bin/presil")}) {}

bool PresilRun::wait_for(const std::string& name, const std::string& text) {
  for (;;) {
    const bool over = ended();  // Looked at first: the file is whole then.
    if (fs::exists(folder_ / name) &&
        cli::read_file(folder_ / name).find(text) != std::string::npos) {
      return true;
    }
    if (over) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

pid_t PresilRun::process(const std::string& which) const {
  const auto mark = which == "qemu" ? std::string("qemu-system-x86_64")
                                    : (folder_ / which / "events.log").string();
  std::error_code error;
  const auto presil = std::to_string(child_.pid());
  std::ifstream children("/proc/" + presil + "/task/" + presil + "/children");
  for (pid_t process = 0; children >> process;) {
    const auto file = "/proc/" + std::to_string(process) + "/cmdline";
    if (fs::exists(file, error) && cli::read_file(file).find(mark) != std::string::npos) {
      return process;
    }
  }
  return -1;
}

RunResult PresilRun::finish() {
  RunResult result;
  const auto report = child_.wait();
  result.status = report.signal == 0 ? report.status : 128 + report.signal;
  result.output = cli::read_file(scratch_ / "output");
  result.messages = cli::read_file(scratch_ / "messages");
  result.folder = folder_;
  result.summary = nlohmann::json::parse(result.file("summary.json"), nullptr, false);
  if (!result.summary.is_object()) {
    result.summary = nlohmann::json::object();
  }
  UNSCOPED_INFO("run folder " << folder_.string() << "\n" << result.messages);
  return result;
}

RunResult presil_run(const std::string& name, std::vector<std::string> options,
                     const std::string& command) {
  options.insert(options.begin(), "run");
  options.insert(options.end(), {"--", command});
  return PresilRun(name, std::move(options)).finish();
}

}  // namespace presil::system
