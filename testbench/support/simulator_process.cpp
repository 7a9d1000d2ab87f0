// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "testbench/support/simulator_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <format>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

extern char** environ;

namespace presil::testbench {
namespace {

constexpr std::chrono::seconds kTimeout(20);
constexpr std::chrono::milliseconds kPoll(2);

}  // namespace

SimulatorProcess::SimulatorProcess(const std::filesystem::path& program,
                                   const std::filesystem::path& description,
                                   const std::vector<std::string>& arguments) {
  std::string pattern = (std::filesystem::temp_directory_path() / "presil-test-XXXXXX").string();
  if (!::mkdtemp(pattern.data()))
    throw std::runtime_error("cannot make a folder for the test");
  folder_ = pattern;

  std::vector<std::string> line = {program.string(),
                                   "--description",
                                   description.string(),
                                   "--socket",
                                   socket().string(),
                                   "--events",
                                   (folder_ / "events.log").string(),
                                   "--summary",
                                   (folder_ / "summary.json").string()};
  for (std::string argument : arguments) {
    if (argument.starts_with("FOLDER/"))
      argument.replace(0, 6, folder_.string());
    line.push_back(argument);
  }
  std::vector<char*> pointers;
  for (std::string& argument : line)
    pointers.push_back(argument.data());
  pointers.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, (folder_ / "output").c_str(),
                                     O_WRONLY | O_CREAT, 0644);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, (folder_ / "errors").c_str(),
                                     O_WRONLY | O_CREAT, 0644);
  const int error =
      ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0)
    throw std::runtime_error(std::format("{}: {}", program.string(), std::strerror(error)));

  const auto start = std::chrono::steady_clock::now();
  while (output().find("listening on ") == std::string::npos) {
    if (::waitpid(pid_, &status_, WNOHANG) == pid_) {
      pid_ = -1;
      return;  // It ended instead; `wait` gives the status.
    }
    if (std::chrono::steady_clock::now() - start > kTimeout)
      throw std::runtime_error("the simulator does not listen: " + errors());
    std::this_thread::sleep_for(kPoll);
  }
}

SimulatorProcess::~SimulatorProcess() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, &status_, 0);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

int SimulatorProcess::wait() {
  const auto start = std::chrono::steady_clock::now();
  while (pid_ > 0 && ::waitpid(pid_, &status_, WNOHANG) != pid_) {
    if (std::chrono::steady_clock::now() - start > kTimeout)
      throw std::runtime_error("the simulator does not end");
    std::this_thread::sleep_for(kPoll);
  }
  pid_ = -1;
  return WIFEXITED(status_) ? WEXITSTATUS(status_) : -WTERMSIG(status_);
}

std::string SimulatorProcess::text(const char* name) const {
  std::ifstream stream(folder_ / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

}  // namespace presil::testbench
