// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "bench_command.hpp"

#include <algorithm>
#include <format>
#include <iostream>

#include "accelerator.hpp"
#include "builder.hpp"
#include "child.hpp"
#include "error.hpp"
#include "guest_command.hpp"
#include <nlohmann/json.hpp>

namespace presil::cli {
namespace {

using Json = nlohmann::ordered_json;

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

double boot_cpu_s(const Checkout& checkout, const RunOptions& options, ProgressLine& progress) {
  const auto summary = run_guest(checkout, "bench", options, progress, false);
  if (summary.at("result") != "passed") {
    throw Error(
        std::format("a boot of the bench failed: {}", summary.at("reason").get<std::string>()),
        static_cast<ExitStatus>(summary.at("exit_status").get<int>()));
  }
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

void print_times(const std::string& prefix, const Json& report) {
  for (const auto& [key, value] : report.items()) {
    const auto name = prefix.empty() ? key : prefix + " " + key;
    if (value.is_object() && value.contains("median_ns")) {
      std::cout << std::format("{:<42} {:>10.2f} {:>10.2f}\n", name,
                               value["median_ns"].get<double>() / 1000.0,
                               value["p99_ns"].get<double>() / 1000.0);
    } else if (value.is_object()) {
      print_times(name, value);
    } else if (value.is_number()) {
      std::cout << std::format("{:<42} {:>10}\n", name, value.dump());
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
  Builder builder(checkout, progress);
  builder.build({std::begin(kPrograms), std::end(kPrograms)});
  builder.build_guest(select_accelerators(checkout, {}), {});

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
  report["boot"] = {{"ratio", boot_ratio(boots)}, {"cpu_s", pairs}};

  std::cout << std::format("{:<42} {:>10} {:>10}\n", "host time, us", "median", "p99");
  for (const auto* program : kPrograms) {
    print_times("", report[program]);
  }
  std::cout << std::format("{:<42} {:>10.3f}\n", "boot, cpu with device over without",
                           boot_ratio(boots));
  if (!options.json.empty()) {
    write_file(options.json, report.dump(2) + "\n");
  }
  return 0;
}

}  // namespace presil::cli
