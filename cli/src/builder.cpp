// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "builder.hpp"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <format>
#include <iostream>
#include <utility>

#include "child.hpp"
#include "digest.hpp"
#include "error.hpp"

namespace presil::cli {
namespace {

namespace fs = std::filesystem;

/// Lines of a tool, cut from what it writes.
class LineReader {
 public:
  explicit LineReader(int descriptor) : descriptor_(descriptor) {}

  bool next(std::string& line) {
    for (;;) {
      if (const auto end = text_.find('\n'); end != std::string::npos) {
        line = text_.substr(0, end);
        text_.erase(0, end + 1);
        return true;
      }
      std::array<char, 4096> buffer;
      const auto got = read(descriptor_, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) {
        continue;
      }
      if (got <= 0) {
        line = std::exchange(text_, {});
        return !line.empty();
      }
      text_.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }

 private:
  int descriptor_;
  std::string text_;
};

/// Held while it lives; waits for whoever holds it.
class Lock {
 public:
  explicit Lock(const fs::path& file)
      : descriptor_(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    if (descriptor_ < 0 || flock(descriptor_, LOCK_EX) != 0) {
      throw Error(std::format("cannot lock {}: {}", file.string(), strerror(errno)));
    }
  }
  ~Lock() { close(descriptor_); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  int descriptor_;
};

bool is_step(const std::string& line) {
  return line.starts_with("[");
}

/// What ninja says about itself.
bool is_chatter(const std::string& line) {
  return line.starts_with("ninja: Entering") || line.starts_with("ninja: no work");
}

/// Sorted by name.
std::vector<fs::path> modules_in(const fs::path& folder) {
  std::vector<fs::path> modules;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".ko") {
      modules.push_back(entry.path());
    }
  }
  std::ranges::sort(modules);
  return modules;
}

}  // namespace

void Builder::run(const std::vector<std::string>& arguments, const std::string& what) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    throw Error("cannot make a pipe", ExitStatus::kInternal);
  }
  ChildStreams streams;
  streams.output_descriptor = ends[1];
  streams.death_signal = SIGTERM;  // ninja ends its compilers, and keeps its log whole
  auto child = Child::start(arguments, streams);
  close(ends[1]);

  // Steps are progress; everything else belongs to a step that failed or warned.
  constexpr std::size_t kPlainEvery = 50;
  std::string messages, last_step;
  std::size_t steps = 0;  // The first is ninja's look at its own files; it needs no line.
  LineReader lines(ends[0]);
  for (std::string line; lines.next(line);) {
    if (is_step(line)) {
      last_step = line;
      ++steps;
      progress_.update(std::format("{} {}", what, line));
      if (!progress_.terminal() && steps % kPlainEvery == 0) {
        progress_.note(std::format("{} {}", what, line.substr(0, line.find(']') + 1)));
      }
    } else if (!is_chatter(line)) {
      messages += line + "\n";
    }
  }
  close(ends[0]);
  progress_.clear();
  if (!child.wait().clean()) {
    std::cerr << last_step << (last_step.empty() ? "" : "\n") << messages << std::flush;
    throw Error(std::format("{} failed; the messages are above", what), ExitStatus::kBuildFailed);
  }
}

void Builder::build(const std::vector<std::string>& targets) {
  setenv("NINJA_STATUS", "[%f/%t] ", 1);
  std::vector<std::string> arguments = {"ninja", "-C", checkout_.build.string()};
  arguments.insert(arguments.end(), targets.begin(), targets.end());
  const Lock lock(checkout_.build / "launcher.lock");
  run(arguments, "build");
}

void Builder::check_driver(const RunOptions& options, const Kernel& kernel) {
  const auto& folder = options.driver;
  if (!folder.empty() && !fs::exists(folder / "Kbuild") && !fs::exists(folder / "Makefile")) {
    throw Error(std::format("--driver {}: no Kbuild file there", folder.string()));
  }
  if ((!folder.empty() || !kernel.pinned) && !fs::exists(kernel.headers() / "Makefile")) {
    throw Error(std::format("no headers of kernel {} at {}; a driver is built against them",
                            kernel.release, kernel.headers().string()));
  }
}

void Builder::build_guest(const std::vector<Accelerator>& accelerators, const RunOptions& options) {
  std::vector<std::string> targets;
  const auto add = [&](const std::string& target) {
    if (std::ranges::find(targets, target) == targets.end()) {
      targets.push_back(target);
    }
  };
  for (const auto& accelerator : accelerators) {
    add("lib/presil-pci.so");
    add(accelerator.program);
    for (const auto& program : accelerator.programs) {
      add(program);
    }
    if (options.driver.empty() && options.kernel.empty()) {
      for (const auto& module : accelerator.modules) {
        add(std::format("guest/modules/{}.ko", module));
      }
    }
  }
  if (!targets.empty()) {
    build(targets);
  }
}

std::vector<fs::path> Builder::driver_modules(const Accelerator& accelerator, const Kernel& kernel,
                                              const RunOptions& options) {
  std::vector<fs::path> modules;
  if (options.driver.empty() && kernel.pinned) {
    for (const auto& module : accelerator.modules) {
      modules.push_back(checkout_.build / "guest/modules" / (module + ".ko"));
    }
    return modules;
  }
  fs::path folder = options.driver;
  if (folder.empty()) {
    if (accelerator.driver.empty()) {
      return modules;
    }
    folder = checkout_.source / accelerator.driver;
  }
  modules = modules_in(build_driver(folder, kernel));
  if (modules.empty()) {
    throw Error(std::format("{} built no module; its Kbuild names none in obj-m", folder.string()),
                ExitStatus::kBuildFailed);
  }
  return modules;
}

fs::path Builder::build_driver(const fs::path& folder, const Kernel& kernel) {
  Sha256 key;
  key.add(fs::canonical(folder).string() + "\n" + fs::canonical(kernel.headers()).string());
  const fs::path out = checkout_.build / "guest/drivers" / key.hex().substr(0, 16);
  const fs::path fresh = out / "build";
  fs::create_directories(fresh);
  // Another run may just put these modules into its guest: whole files take their places at once.
  const Lock lock(out / "lock");
  run({(checkout_.source / "cmake/kernel-module.sh").string(), fs::canonical(folder).string(),
       fresh.string(), fs::canonical(kernel.headers()).string()},
      "driver");
  for (const auto& module : modules_in(out)) {
    if (!fs::exists(fresh / module.filename())) {
      fs::remove(module);
    }
  }
  for (const auto& module : modules_in(fresh)) {
    fs::rename(module, out / module.filename());
  }
  return out;
}

}  // namespace presil::cli
