// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/app/options.hpp"

#include <format>
#include <iostream>
#include <optional>

#include "sim/base/error.hpp"
#include <CLI/CLI.hpp>

namespace presil {
namespace {

// A batch is one turn without a heartbeat, and the watchdog wants several a second.
constexpr unsigned kMaxBatchCycles = 10'000;

constexpr Picoseconds kDefaultLinkLatencyNs = 150;
constexpr Picoseconds kDefaultHostLatencyNs = 200;

WaveTrigger parse_trigger(const std::string& option, const std::string& text) {
  const auto trigger = WaveTrigger::parse(text);
  if (!trigger)
    throw Error(
        ExitStatus::kConfiguration,
        std::format("{} {}: expected a time like 120us, msix:N or write:OFFSET", option, text));
  return *trigger;
}

}  // namespace

Options parse_options(int argument_count, char** arguments) {
  Options options;
  std::string model = "rtl", waves_start, waves_stop, on_assert = "continue";
  std::vector<std::string> faults;
  Picoseconds link_latency_ns = kDefaultLinkLatencyNs, host_latency_ns = kDefaultHostLatencyNs;
  Picoseconds jitter_ns = 0;

  CLI::App app("Simulates an accelerator's RTL as a PCIe device of QEMU.");
  app.add_option("--description", options.description, "accelerator.toml of the accelerator")
      ->required();
  app.add_option("--socket", options.socket, "Unix socket to listen on for QEMU")->required();
  app.add_option("--events", options.events, "write the event log here");
  app.add_option("--summary", options.summary, "write a JSON summary here at the end");
  app.add_option("--model", model, "what is simulated: rtl or functional")
      ->check(CLI::IsMember({"rtl", "functional"}))
      ->capture_default_str();
  app.add_option("--waves", options.rtl.waves.file, "write waves (FST) here");
  app.add_option("--waves-start", waves_start,
                 "record from: a time like 120us, msix:N, write:OFFSET");
  app.add_option("--waves-stop", waves_stop, "record until, in the same form");
  app.add_option("--batch", options.rtl.batch_cycles, "clock cycles simulated at a stretch")
      ->check(CLI::Range(1u, kMaxBatchCycles))
      ->capture_default_str();
  app.add_option("--seed", options.rtl.seed, "of everything random")->capture_default_str();
  app.add_flag("--random-reset", options.rtl.random_reset,
               "registers without reset value start with random values");
  app.add_option("--slow", options.slow_factor, "stretch host time by this factor (for tests)")
      ->check(CLI::Range(1.0, 100'000.0));
  app.add_option("--link-latency-ns", link_latency_ns, "PCIe link, one way")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  app.add_option("--host-latency-ns", host_latency_ns, "root complex and memory, for a DMA read")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  app.add_option("--jitter-ns", jitter_ns,
                 "most that a DMA read or an interrupt takes longer, by the seed")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  app.add_option("--stall", options.rtl.stall_percent,
                 "random back-pressure on the AXI buses, percent")
      ->check(CLI::Range(0, 95))
      ->capture_default_str();
  app.add_option("--on-assert", on_assert, "what a failed RTL assertion does: continue or stop")
      ->check(CLI::IsMember({"continue", "stop"}))
      ->capture_default_str();
  app.add_option("--plusarg", options.rtl.plusargs,
                 "argument for the RTL, like +trace (repeatable)");
  app.add_option("--fault", faults, "break on purpose: KIND@WHEN (repeatable; for tests)");
  app.add_flag("--wait-debugger", options.wait_for_debugger, "wait until a debugger is attached");

  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::Success&) {
    std::cout << app.help();
    throw Finished();
  } catch (const CLI::ParseError& error) {
    throw Error(ExitStatus::kConfiguration, error.what());
  }

  options.model = model == "functional" ? ModelKind::kFunctional : ModelKind::kRtl;
  if (options.model == ModelKind::kFunctional && !options.rtl.waves.file.empty())
    throw Error(ExitStatus::kConfiguration, "--waves: a functional model has no wires to record");
  if (!waves_start.empty())
    options.rtl.waves.start = parse_trigger("--waves-start", waves_start);
  if (!waves_stop.empty())
    options.rtl.waves.stop = parse_trigger("--waves-stop", waves_stop);
  for (const std::string& fault : faults) {
    if (!options.faults.add(fault))
      throw Error(ExitStatus::kConfiguration, std::format("--fault {}: not understood", fault));
  }
  for (const std::string& plusarg : options.rtl.plusargs) {
    if (!plusarg.starts_with('+'))
      throw Error(ExitStatus::kConfiguration,
                  std::format("--plusarg {}: must start with +", plusarg));
  }
  options.rtl.stop_on_assert = on_assert == "stop";
  options.link_latency_ps = link_latency_ns * kPicosecondsPerNanosecond;
  options.host_latency_ps = host_latency_ns * kPicosecondsPerNanosecond;
  options.jitter_ps = jitter_ns * kPicosecondsPerNanosecond;
  return options;
}

}  // namespace presil
