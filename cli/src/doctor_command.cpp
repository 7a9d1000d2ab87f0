// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "doctor_command.hpp"

#include <sys/statvfs.h>
#include <unistd.h>

#include <chrono>
#include <format>
#include <fstream>
#include <iostream>
#include <thread>

#include "accelerator.hpp"
#include "child.hpp"
#include "error.hpp"
#include "kernel.hpp"
#include "kernel_modules.hpp"

namespace presil::cli {
namespace {

namespace fs = std::filesystem;

constexpr auto kRebuildEnvironment =
    "start presil by ./presil, which makes the environment; on PRESIL_ENV=host install the "
    "packages of env/packages.txt";
constexpr double kNeededDiskGib = 2.0;

Finding good(std::string text) {
  return {true, std::move(text), {}};
}
Finding bad(std::string text, std::string remedy) {
  return {false, std::move(text), std::move(remedy)};
}

/// The first line of what a tool says of itself.
Finding tool_version(const std::vector<std::string>& arguments) {
  try {
    const auto text = output_of(arguments);
    return good(text.substr(0, text.find('\n')));
  } catch (const Error& error) {
    return bad(error.what(), kRebuildEnvironment);
  }
}

Finding kernel() {
  const auto found = find_kernel({}, {});
  if (!fs::exists(found.headers() / "Makefile")) {
    return bad(std::format("{}, without headers", found.release), kRebuildEnvironment);
  }
  const auto modules = ModuleIndex(found.modules).closure({"drm"});
  return good(std::format("{}, with {} and headers", found.release,
                          modules.empty() ? "drm built in" : "modules"));
}

Finding writable(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (access(folder.c_str(), W_OK) != 0) {
    return bad(folder.string() + " is not writable", "change its owner, or set PRESIL_CACHE");
  }
  struct statvfs status{};
  statvfs(folder.c_str(), &status);
  const double gib = static_cast<double>(status.f_bavail) * static_cast<double>(status.f_frsize) /
                     (1024.0 * 1024.0 * 1024.0);
  const auto text = std::format("{}, {:.1f} GiB free", folder.string(), gib);
  return gib < kNeededDiskGib ? bad(text, std::format("free {:.0f} GiB there", kNeededDiskGib))
                              : good(text);
}

Finding build(const Checkout& checkout) {
  std::ifstream cache(checkout.build / "CMakeCache.txt");
  std::string type = "?", compiler = "?";
  for (std::string line; std::getline(cache, line);) {
    const auto value = line.substr(line.find('=') + 1);
    if (line.starts_with("CMAKE_BUILD_TYPE:")) {
      type = value;
    } else if (line.starts_with("CMAKE_CXX_COMPILER:")) {
      compiler = value;
    }
  }
  return good(std::format("{}, {} by {}", checkout.build.string(), type, compiler));
}

Finding accelerators(const Checkout& checkout) {
  std::string text;
  for (const auto& accelerator : discover_accelerators(checkout.source)) {
    const bool built = fs::exists(checkout.build / "bin" / accelerator.program);
    text += std::format("{}{} ({})", text.empty() ? "" : ", ", accelerator.name,
                        built ? "built" : "built on first use");
  }
  return text.empty() ? bad("none found", "add a folder with an accelerator.toml to hw/")
                      : good(text);
}

/// Whether the stacks of a process that presil started can be taken.
Finding evidence() {
  auto child = Child::start({"sleep", "60"}, {});
  try {
    output_of({"eu-stack", "-p", std::to_string(child.pid())});
    return good("stacks of a hung process can be taken");
  } catch (const Error& error) {
    return bad("eu-stack cannot look into a child process",
               "a hang will leave no stacks; set kernel.yama.ptrace_scope to 0 or 1");
  }
}

Finding machine() {
  const auto cores = std::thread::hardware_concurrency();
  const double gib = static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
                     static_cast<double>(sysconf(_SC_PAGESIZE)) / (1024.0 * 1024.0 * 1024.0);
  const auto text = std::format("{} cores, {:.1f} GiB of memory", cores, gib);
  return cores < 2 || gib < 2.0
             ? bad(text, "two cores and 2 GiB are what a run is made for; it will be slow")
             : good(text);
}

}  // namespace

std::vector<Check> doctor_checks(const Checkout& checkout) {
  return {
      {"environment", [&] { return good(environment_id(checkout)); }},
      {"machine", machine},
      {"kernel", kernel},
      {"qemu", [] { return tool_version({"qemu-system-x86_64", "--version"}); }},
      {"verilator", [] { return tool_version({"verilator", "--version"}); }},
      {"compiler", [] { return tool_version({"clang++-19", "--version"}); }},
      {"cmake", [] { return tool_version({"cmake", "--version"}); }},
      {"ninja", [] { return tool_version({"ninja", "--version"}); }},
      {"busybox", [] { return tool_version({"busybox"}); }},
      {"evidence", evidence},
      {"checkout", [&] { return writable(checkout.source); }},
      {"cache", [&] { return writable(checkout.cache); }},
      {"build", [&] { return build(checkout); }},
      {"accelerators", [&] { return accelerators(checkout); }},
  };
}

int doctor_command(const Checkout& checkout) {
  int problems = 0;
  for (const auto& check : doctor_checks(checkout)) {
    Finding finding;
    try {
      finding = check.look();
    } catch (const std::exception& error) {
      finding = bad(error.what(), kRebuildEnvironment);
    }
    std::cout << std::format("{:<4} {:<13} {}\n", finding.good ? "ok" : "BAD", check.name,
                             finding.text);
    if (!finding.good) {
      ++problems;
      std::cout << std::format("     {:<13} -> {}\n", "", finding.remedy);
    }
  }
  std::cout << (problems == 0 ? "all is there\n" : std::format("{} to put right\n", problems));
  return static_cast<int>(problems == 0 ? ExitStatus::kSuccess : ExitStatus::kBadInput);
}

}  // namespace presil::cli
