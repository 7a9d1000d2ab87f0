// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "bench_command.hpp"

#include <algorithm>
#include <format>
#include <iostream>
#include <limits>
#include <regex>

#include "accelerator.hpp"
#include "builder.hpp"
#include "child.hpp"
#include "error.hpp"
#include "guest_command.hpp"
#include <nlohmann/json.hpp>

namespace presil::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Of the simulator: memory that is far away, so that many cycles pass between two accesses.
/// Devices are served in slot order, so what waits for memory all the time cannot run in parallel.
constexpr auto kFarMemory = "--host-latency-ns=50000";

/// Programs of testbench/bench; each prints one JSON object.
constexpr const char* kPrograms[] = {"presil-bench-harness", "presil-bench-link",
                                     "presil-bench-qemu"};

Json run_program(const Checkout& checkout, const std::string& name) {
  const auto text = output_of({(checkout.build / "bin" / name).string()});
  auto json = Json::parse(text, nullptr, false);
  if (!json.is_object()) {
    throw Error(std::format("{} printed no JSON: {}", name, text), ExitStatus::kInternal);
  }
  return json;
}

/// A command with the slot's number in place of every "{slot}".
std::string for_slot(const std::string& command, int slot) {
  static const std::regex place(R"(\{slot\})");
  return std::regex_replace(command, place, std::to_string(slot));
}

Json run_or_fail(const Checkout& checkout, const RunOptions& options, ProgressLine& progress) {
  const auto summary = run_guest(checkout, "bench", options, progress, false);
  if (summary.at("result") != "passed") {
    throw Error(
        std::format("a run of the bench failed: {}", summary.at("reason").get<std::string>()),
        static_cast<ExitStatus>(summary.at("exit_status").get<int>()));
  }
  return summary;
}

double boot_cpu_s(const Checkout& checkout, const RunOptions& options, ProgressLine& progress) {
  const auto summary = run_or_fail(checkout, options, progress);
  const auto& cpu = summary.at("cpu_s");
  return cpu.at("qemu").get<double>() + cpu.at("simulators").get<double>();
}

/// Interleaved, so that a change of the machine's load meets both kinds.
std::vector<BootPair> measure_boots(const Checkout& checkout, int repeat, ProgressLine& progress) {
  // The same guest image for both: only the device makes the difference.
  RunOptions with;
  with.command = {"true"};
  with.build = false;
  auto without = with;
  without.attach = false;
  std::vector<BootPair> boots;
  for (int i = 0; i < repeat; ++i) {
    progress.note(std::format("bench: boots {} of {}", i + 1, repeat));
    BootPair pair;
    pair.with_device_s = boot_cpu_s(checkout, with, progress);
    pair.without_device_s = boot_cpu_s(checkout, without, progress);
    boots.push_back(pair);
  }
  return boots;
}

/// Two devices of one kind work one after the other, then at the same time: half the host time
/// would be two simulators that never wait for anything.
Json measure_pair(const Checkout& checkout, const Accelerator& accelerator, int repeat,
                  ProgressLine& progress) {
  const auto first = for_slot(accelerator.bench_command, 0);
  const auto second = for_slot(accelerator.bench_command, 1);
  RunOptions in_turn;
  in_turn.accelerators = {accelerator.name, accelerator.name};
  in_turn.build = false;
  in_turn.simulator_args = {kFarMemory};
  in_turn.iommu = Iommu::kStrict;  // Contiguous bus addresses: the same work in both runs.
  in_turn.command = {std::format("{} && {}", first, second)};
  auto at_once = in_turn;
  at_once.command = {std::format("{} & other=$!; {} && wait $other", first, second)};
  const auto run_s = [&](const RunOptions& options) {
    return run_or_fail(checkout, options, progress).at("host_s").at("run").get<double>();
  };
  double in_turn_s = std::numeric_limits<double>::infinity(), at_once_s = in_turn_s;
  for (int i = 0; i < repeat; ++i) {
    progress.note(std::format("bench: two devices {} of {}", i + 1, repeat));
    in_turn_s = std::min(in_turn_s, run_s(in_turn));
    at_once_s = std::min(at_once_s, run_s(at_once));
  }
  return {{"in_turn_s", in_turn_s}, {"at_once_s", at_once_s}, {"ratio", at_once_s / in_turn_s}};
}

std::string joined(const std::string& prefix, const std::string& key) {
  return prefix.empty() ? key : std::format("{} {}", prefix, key);
}

/// The median and 99th percentile of every kind of host time.
void print_times(const std::string& prefix, const Json& report) {
  for (const auto& [key, value] : report.items()) {
    const auto name = joined(prefix, key);
    if (value.is_object() && value.contains("median_ns")) {
      std::cout << std::format("{:<42} {:>10.2f} {:>10.2f}\n", name,
                               value["median_ns"].get<double>() / 1000.0,
                               value["p99_ns"].get<double>() / 1000.0);
    } else if (value.is_object()) {
      print_times(name, value);
    }
  }
}

/// Everything else: counts as they are, the rest to three places.
void print_numbers(const std::string& prefix, const Json& report) {
  for (const auto& [key, value] : report.items()) {
    const auto name = joined(prefix, key);
    if (value.is_object() && !value.contains("median_ns")) {
      print_numbers(name, value);
    } else if (value.is_number_integer()) {
      std::cout << std::format("{:<42} {:>10}\n", name, value.dump());
    } else if (value.is_number()) {
      std::cout << std::format("{:<42} {:>10.3f}\n", name, value.get<double>());
    }
  }
}

}  // namespace

double boot_ratio(const std::vector<BootPair>& boots) {
  const auto with = std::ranges::min(boots, {}, &BootPair::with_device_s);
  const auto without = std::ranges::min(boots, {}, &BootPair::without_device_s);
  return with.with_device_s / without.without_device_s;
}

int bench_command(const Checkout& checkout, const BenchOptions& options, ProgressLine& progress) {
  if (!options.json.empty()) {
    check_writable("--json", options.json);
  }
  Builder builder(checkout, progress);
  builder.build({std::begin(kPrograms), std::end(kPrograms)});
  const auto accelerators = select_accelerators(checkout, {});
  builder.build_guest(accelerators, {});

  Json report;
  report["environment"] = environment_id(checkout);
  for (const auto* program : kPrograms) {
    progress.note(std::format("bench: {}", program));
    report[program] = run_program(checkout, program);
  }
  const auto boots = measure_boots(checkout, options.repeat, progress);
  Json pairs = Json::array();
  for (const auto& boot : boots) {
    pairs.push_back(
        {{"with_device_s", boot.with_device_s}, {"without_device_s", boot.without_device_s}});
  }
  report["boot"] = {{"cpu_with_device_over_without", boot_ratio(boots)}, {"cpu_s", pairs}};
  if (!accelerators.front().bench_command.empty()) {
    report["two_devices"] = measure_pair(checkout, accelerators.front(), options.repeat, progress);
  }

  std::cout << std::format("{:<42} {:>10} {:>10}\n", "host time, us", "median", "p99");
  for (const auto* program : kPrograms) {
    print_times("", report[program]);
  }
  std::cout << "\n";
  for (const auto& [key, value] : report.items()) {
    const bool program = std::ranges::find(kPrograms, key) != std::end(kPrograms);
    print_numbers(program ? "" : key, value);
  }
  if (!options.json.empty()) {
    write_file(options.json, report.dump(2) + "\n");
  }
  return 0;
}

}  // namespace presil::cli
