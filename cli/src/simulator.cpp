// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "simulator.hpp"

#include <format>
#include <thread>

#include "error.hpp"

namespace presil::cli {
namespace {

namespace fs = std::filesystem;

/// The value of "devN/value" if N is `slot`; of "value", which means every device.
std::optional<std::string> for_slot(const std::string& text, std::size_t slot) {
  const auto slash = text.find('/');
  if (slash == std::string::npos || !text.starts_with("dev")) {
    return text;
  }
  if (text.substr(0, slash) != std::format("dev{}", slot)) {
    return std::nullopt;
  }
  return text.substr(slash + 1);
}

/// The last line that holds anything.
std::string last_line(std::string text) {
  text.erase(text.find_last_not_of('\n') + 1);
  return text.substr(text.rfind('\n') + 1);
}

Child start(const Checkout& checkout, const Accelerator& accelerator, std::size_t slot,
            const RunOptions& options, const RunFolder& folder) {
  fs::create_directories(folder.device(slot));
  ChildStreams streams;
  streams.standard_output = folder.device(slot) / "simulator.log";
  streams.standard_error = streams.standard_output;
  return Child::start(simulator_arguments(checkout, accelerator, slot, options, folder), streams);
}

}  // namespace

std::vector<std::string> simulator_arguments(const Checkout& checkout,
                                             const Accelerator& accelerator, std::size_t slot,
                                             const RunOptions& options, const RunFolder& folder) {
  const auto own = folder.device(slot);
  std::vector<std::string> arguments = {(checkout.build / "bin" / accelerator.program).string(),
                                        "--description",
                                        accelerator.description.string(),
                                        "--socket",
                                        folder.device_socket(slot).string(),
                                        "--events",
                                        (own / "events.log").string(),
                                        "--summary",
                                        (own / "simulator.json").string(),
                                        "--model",
                                        options.model,
                                        "--seed",
                                        std::to_string(options.seed),
                                        "--on-assert",
                                        options.on_assert};
  const auto add = [&](const char* name, const std::string& value) {
    arguments.insert(arguments.end(), {name, value});
  };
  if (options.waves) {
    add("--waves", (own / "waves.fst").string());
    if (!options.waves->start.empty()) {
      add("--waves-start", options.waves->start);
    }
    if (!options.waves->stop.empty()) {
      add("--waves-stop", options.waves->stop);
    }
  }
  if (options.batch_cycles) {
    add("--batch", std::to_string(*options.batch_cycles));
  }
  if (options.slow != 1.0) {
    add("--slow", std::format("{}", options.slow));
  }
  if (options.jitter_ns) {
    add("--jitter-ns", std::to_string(*options.jitter_ns));
  }
  if (options.random_reset) {
    arguments.push_back("--random-reset");
  }
  if (options.debugger == Debugger::kSimulator) {
    arguments.push_back("--wait-debugger");
  }
  for (const auto& fault : options.faults) {
    if (const auto value = for_slot(fault, slot)) {
      add("--fault", *value);
    }
  }
  for (const auto& plusarg : options.plusargs) {
    if (const auto value = for_slot(plusarg, slot)) {
      add("--plusarg", *value);
    }
  }
  arguments.insert(arguments.end(), options.simulator_args.begin(), options.simulator_args.end());
  return arguments;
}

Simulator::Simulator(const Checkout& checkout, const Accelerator& accelerator, std::size_t slot,
                     const RunOptions& options, const RunFolder& folder)
    : name_(accelerator.name),
      slot_(slot),
      folder_(folder.device(slot)),
      child_(start(checkout, accelerator, slot, options, folder)) {}

void Simulator::wait_until_listening(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (read_file(log()).find("listening on ") == std::string::npos) {
    const auto ended = child_.poll();
    if (ended || std::chrono::steady_clock::now() >= deadline) {
      throw Error(std::format("the simulator of {} {}: {} (log: {})", name_,
                              ended ? "ended with " + ended->text() : "does not listen",
                              last_line(read_file(log())), log().string()),
                  ExitStatus::kDeviceLost);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

std::optional<LinkSample> Simulator::sample() {
  if (!link_ && !child_.poll()) {
    if (auto link = LinkProgress::attach(child_.pid())) {
      link_.emplace(std::move(*link));
    }
  }
  if (!link_) {
    return std::nullopt;
  }
  return link_->sample();
}

}  // namespace presil::cli
