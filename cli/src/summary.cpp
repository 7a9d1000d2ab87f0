// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "summary.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <format>
#include <fstream>
#include <vector>

#include "digest.hpp"
#include "error.hpp"
#include "shell_text.hpp"

namespace presil::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// Counters that simulators report and that add up over devices.
constexpr const char* kCounters[] = {"rtl_cycles",  "rtl_cycles_skipped", "mmio_reads",
                                     "mmio_writes", "dma_bytes",          "interrupts"};

Json read_json(const fs::path& file) {
  std::ifstream stream(file);
  auto json = Json::parse(stream, nullptr, false);
  return json.is_object() ? json : Json::object();
}

std::string run_digest(const RunFolder& folder, std::size_t devices) {
  std::vector<fs::path> files;
  for (std::size_t slot = 0; slot < devices; ++slot) {
    files.push_back(folder.device(slot) / "events.log");
  }
  files.push_back(folder.console());
  files.push_back(folder.results());
  // A run that ended early may lack some: an empty file then stands for it.
  for (const auto& file : files) {
    if (!fs::exists(file)) {
      write_file(file, "");
    }
  }
  return digest_of_files(files);
}

/// The guest's virtual clock when QEMU ended, from the device's own log.
std::uint64_t final_guest_ns(const fs::path& device_log) {
  std::ifstream file(device_log);
  std::uint64_t last = 0;
  for (std::string line; std::getline(file, line);) {
    last = std::max<std::uint64_t>(last, std::strtoull(line.c_str(), nullptr, 10));
  }
  return last;
}

double rounded(double seconds) {
  return std::round(seconds * 1000.0) / 1000.0;
}

Json device_summary(const DeviceOutcome& device, const RunFolder& folder) {
  auto own = read_json(folder.device(device.slot) / "simulator.json");
  Json json;
  json["name"] = device.name;
  json["slot"] = device.slot;
  json["simulator"] = device.simulator ? device.simulator->text() : "killed";
  json["lost"] = device.lost;
  for (auto& [key, value] : own.items()) {
    json[key] = value;
  }
  if (own.empty() && device.last) {
    // It died without a word: what it had counted in the segment is still there.
    json["device_ps"] = device.last->device_ps;
    json["rtl_cycles"] = device.last->rtl_cycles;
    json["rtl_cycles_skipped"] = device.last->rtl_cycles_skipped;
  }
  if (device.last) {
    json["advances"] = device.last->advances;
    json["timer_ticks"] = device.last->timer_ticks;
  }
  return json;
}

std::string bytes_text(std::uint64_t bytes) {
  if (bytes < 10'000) {
    return std::format("{} bytes", bytes);
  }
  return std::format("{:.1f} KiB", static_cast<double>(bytes) / 1024.0);
}

}  // namespace

Json make_summary(const SummaryContext& context, const Outcome& outcome) {
  const auto& options = context.plan.options;
  Json summary;
  summary["result"] = result_word(outcome.result);
  summary["reason"] = outcome.reason;
  summary["exit_status"] = exit_status_of(outcome.result, outcome.guest_exit.value_or(0));
  summary["guest_exit"] = outcome.guest_exit ? Json(*outcome.guest_exit) : Json();
  // A free-running run has none: nobody could see it again.
  summary["digest"] =
      options.free_running ? "" : run_digest(context.folder, outcome.devices.size());
  summary["digest_complete"] = outcome.complete;
  summary["environment"] = environment_id(context.checkout);
  summary["command"] = shell_line(options.command);

  std::uint64_t guest_ns = outcome.console_guest_ns, device_ps = 0;
  std::uint64_t totals[std::size(kCounters)] = {};
  Json devices = Json::array();
  for (const auto& device : outcome.devices) {
    auto json = device_summary(device, context.folder);
    guest_ns = std::max(guest_ns, final_guest_ns(context.folder.device(device.slot) / "qemu.log"));
    device_ps = std::max(device_ps, json.value("device_ps", std::uint64_t{0}));
    for (std::size_t i = 0; i < std::size(kCounters); ++i) {
      totals[i] += json.value(kCounters[i], std::uint64_t{0});
    }
    devices.push_back(std::move(json));
  }
  summary["guest_ns"] = guest_ns;
  summary["device_ns"] = device_ps / 1000;
  for (std::size_t i = 0; i < std::size(kCounters); ++i) {
    summary[kCounters[i]] = totals[i];
  }
  summary["host_s"] = {{"environment", rounded(context.checkout.environment_s)},
                       {"build", rounded(context.build_s)},
                       {"boot", rounded(outcome.boot_s)},
                       {"run", rounded(outcome.run_s)}};
  summary["cpu_s"] = {{"qemu", rounded(outcome.qemu_cpu_s)},
                      {"simulators", rounded(outcome.simulators_cpu_s)}};
  summary["model"] = options.model;
  summary["seed"] = options.seed;
  summary["cpus"] = options.cpus;
  summary["free_running"] = options.free_running;
  summary["memory_mib"] = options.memory_mib;
  summary["kernel"] = context.plan.kernel.release;
  summary["folder"] = context.folder.path().string();
  summary["devices"] = std::move(devices);
  return summary;
}

std::string summary_text(const Json& summary) {
  const auto number = [&](const char* key) { return summary.value(key, std::uint64_t{0}); };
  const auto& host = summary.at("host_s");
  std::string text;
  const auto line = [&](const char* key, const std::string& value) {
    text += std::format("{:<12} {}\n", key, value);
  };
  const auto reason = summary.at("reason").get<std::string>();
  line("result", summary.at("result").get<std::string>() + (reason.empty() ? "" : ": " + reason));
  const auto digest = summary.at("digest").get<std::string>();
  line("digest", digest.empty()
                     ? "none: a free-running run is like no other"
                     : digest + (summary.at("digest_complete").get<bool>() ? "" : " (incomplete)"));
  line("environment", summary.at("environment").get<std::string>());
  line("guest time", std::format("{:.6f} s", static_cast<double>(number("guest_ns")) * 1e-9));
  if (!summary.at("devices").empty()) {
    line("device time", std::format("{:.6f} s", static_cast<double>(number("device_ns")) * 1e-9));
    line("rtl cycles",
         std::format("{} run, {} skipped", number("rtl_cycles"), number("rtl_cycles_skipped")));
    line("link",
         std::format("{} reads, {} writes, {} by DMA, {} interrupts", number("mmio_reads"),
                     number("mmio_writes"), bytes_text(number("dma_bytes")), number("interrupts")));
  }
  line("host time",
       std::format("environment {:.1f} s, build {:.1f} s, boot {:.1f} s, run {:.1f} s",
                   host.at("environment").get<double>(), host.at("build").get<double>(),
                   host.at("boot").get<double>(), host.at("run").get<double>()));
  line("folder", summary.at("folder").get<std::string>());
  return text;
}

}  // namespace presil::cli
