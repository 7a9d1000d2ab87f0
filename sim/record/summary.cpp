// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/record/summary.hpp"

#include <cerrno>
#include <cstring>
#include <format>
#include <fstream>
#include <system_error>

#include <nlohmann/json.hpp>

namespace presil {
namespace {

const char* result_name(ExitStatus status) {
  switch (status) {
    case ExitStatus::kQuit:
      return "ok";
    case ExitStatus::kSystem:
      return "system-error";
    case ExitStatus::kConfiguration:
      return "configuration-error";
    case ExitStatus::kRtlEnded:
      return "rtl-failed";
    case ExitStatus::kLinkDown:
      return "link-down";
    default:
      return "internal-error";
  }
}

}  // namespace

void Summary::write(const std::filesystem::path& file) const {
  const nlohmann::ordered_json json = {
      {"result", result_name(status)},
      {"reason", reason},
      {"device_ps", device_ps},
      {"rtl_cycles", rtl_cycles},
      {"rtl_cycles_skipped", rtl_cycles_skipped},
      {"rtl_failures", totals.rtl_failures},
      {"mmio_reads", totals.mmio_reads},
      {"mmio_writes", totals.mmio_writes},
      {"dma_bytes", totals.dma_bytes},
      {"interrupts", totals.interrupts},
  };

  std::filesystem::path unfinished = file;
  unfinished += ".new";
  std::ofstream stream(unfinished);
  // The reason may hold what the RTL said, which need not be UTF-8.
  stream << json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
  stream.close();
  std::error_code error;
  if (stream)
    std::filesystem::rename(unfinished, file, error);
  if (!stream || error) {
    const std::string problem = error ? error.message() : std::strerror(errno);
    std::filesystem::remove(unfinished, error);
    throw Error(ExitStatus::kSystem, std::format("summary {}: {}", file.string(), problem));
  }
}

}  // namespace presil
