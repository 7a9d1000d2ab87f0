// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Options: the command line, parsed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace presil::cli {

/// Where waves begin and end: a time ("120us"), "msix:N" or "write:OFFSET"; empty: the run's ends.
struct WaveWindow {
  std::string start;
  std::string stop;
};

enum class Iommu { kOff, kPassThrough, kStrict };
enum class Debugger { kNone, kGuest, kSimulator };

/// What a run is made from. Equal options on an equal checkout and environment give an equal run,
/// whatever `slow`, `batch_cycles`, `waves`, `keep`, `out` and `json` are.
struct RunOptions {
  std::vector<std::string> accelerators;  ///< names or paths, in slot order; empty: the first known
  std::optional<std::uint64_t> quantum_ns;
  std::optional<std::uint64_t> jitter_ns;
  bool free_running = false;  ///< guest time is the host's; such a run does not repeat
  unsigned cpus = 1;          ///< more than one only when free_running
  std::optional<WaveWindow> waves;
  std::uint64_t seed = 1;
  Iommu iommu = Iommu::kOff;
  std::uint32_t memory_mib = 512;
  std::string append;              ///< added to the kernel command line
  std::filesystem::path kernel;    ///< bzImage, or "debug"; empty: the environment's
  std::filesystem::path modules;   ///< of that kernel
  std::filesystem::path driver;    ///< folder with a Kbuild file; empty: the accelerator's own
  std::vector<std::string> files;  ///< SOURCE[:DESTINATION], put into the guest
  Debugger debugger = Debugger::kNone;
  bool random_reset = false;
  std::string model = "rtl";  ///< what the simulators simulate: rtl or functional
  std::string on_assert = "continue";
  bool keep = false;
  std::filesystem::path out;   ///< run folder; empty: a new one below runs/
  std::filesystem::path json;  ///< summary's second copy; "-": standard output
  double timeout_s = 600.0;    ///< guest seconds
  double hang_s = 60.0;        ///< host seconds without any progress
  bool build = true;

  // Test hooks: hidden in --help.
  bool attach = true;  ///< off: the same guest image, and no device
  std::optional<std::uint64_t> batch_cycles;
  double slow = 1.0;
  std::vector<std::string> faults;          ///< [devN/]KIND@WHEN
  std::vector<std::string> plusargs;        ///< [devN/]+name=value
  std::vector<std::string> simulator_args;  ///< handed through
  std::vector<std::string> qemu_args;       ///< handed through
  std::vector<std::string> device_args;     ///< properties of the PCIe device, "watchdog=500"

  /// The guest's command. One word is a shell line; several are run as they are. Empty: a shell
  /// for a person (`boot`).
  std::vector<std::string> command;
};

struct DemoOptions {
  std::optional<std::uint64_t> count;  ///< of what the demonstration goes through
};

struct TestOptions {
  std::string label;
  std::string name;
};

struct BenchOptions {
  std::filesystem::path json;
  int repeat = 5;
};

enum class Subcommand { kDemo, kTest, kBoot, kRun, kBench, kKernel, kDoctor };

struct Options {
  Subcommand subcommand = Subcommand::kRun;
  RunOptions run;
  DemoOptions demo;
  TestOptions test;
  BenchOptions bench;
};

/// Parses a command line.
///
/// \returns the options, or nothing when help or the version was asked for and printed.
/// \throws Error  anything that is wrong, in one line.
std::optional<Options> parse_options(int argc, const char* const* argv);

/// Splits "from:to"; a colon inside "msix:N" or "write:OFFSET" does not split.
///
/// \throws Error  neither a time nor an event.
WaveWindow parse_wave_window(std::string_view text);

/// "512", "512M" or "1G", as MiB. \throws Error  not a size from 128M to 64G.
std::uint32_t parse_memory_mib(std::string_view text);

}  // namespace presil::cli
