// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Recorder: everything that crosses the link, one line a record.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <format>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "sim/base/time.hpp"
#include "sim/record/log_file.hpp"

namespace presil {

/// Counters of the summary; all since power-on.
struct Totals {
  std::uint64_t mmio_reads = 0;
  std::uint64_t mmio_writes = 0;
  std::uint64_t dma_bytes = 0;   ///< of DMA that was answered with success
  std::uint64_t interrupts = 0;  ///< MSI-X messages sent to QEMU
  std::uint64_t rtl_failures = 0;
};

/// Writes the event log. A record is `time_ps kind key=value ...`; times never go back. The log
/// holds nothing of the host (no wall clock, process id or path), since a run's digest is taken
/// over it.
///
/// Threads: one.
class Recorder {
 public:
  static constexpr std::uint64_t kMaxRtlRecords = 1000;

  /// \param path  the event log; empty: keep only the totals.
  explicit Recorder(const std::filesystem::path& path);

  /// A register access that is over; `data` is what was written or answered.
  void mmio_read(std::uint32_t bar, std::uint64_t offset, std::uint32_t size, std::uint32_t status,
                 std::uint64_t data);
  void mmio_write(std::uint32_t bar, std::uint64_t offset, std::uint32_t size, std::uint64_t data);

  /// One DMA message and its answer; the data are recorded as their XXH3 (64 bits).
  /// \param time_ps  of the clock edge; it may lie ahead of SystemC's time, within the present
  /// batch.
  void dma_read(Picoseconds time_ps, std::uint64_t addr, std::uint64_t attr, std::uint32_t status,
                std::span<const std::byte> data);
  void dma_write(Picoseconds time_ps, std::uint64_t addr, std::uint64_t attr, std::uint32_t status,
                 std::span<const std::byte> data);

  /// \param fate  "sent", or why it was not: "disabled", "refused", "lost".
  void msix(std::uint32_t vector, std::string_view fate);
  void error(std::string_view severity, std::uint32_t status_bit);
  void config(std::uint32_t flags, std::uint32_t mps_bytes, std::uint32_t mrrs_bytes,
              std::uint32_t power_state);
  void reset(std::string_view kind);

  /// Something worth a line that is no traffic: a completion timeout, a dropped late answer.
  void note(std::string_view kind, std::string_view text);

  /// An assertion, $stop, $fatal, $finish or a broken bus rule. Counts as failure unless $finish.
  /// The first kMaxRtlRecords are recorded, the rest only counted: a broken rule may break at every
  /// edge.
  /// \param time_ps  of the clock edge; it may lie ahead of SystemC's time, within the present
  /// batch.
  void rtl_message(Picoseconds time_ps, std::string_view kind, std::string_view text,
                   bool is_failure);

  /// Told of every MSI-X message that was sent.
  std::function<void()> on_msix_sent = [] {};

  const Totals& totals() const { return totals_; }
  /// Why recording stopped; empty: it did not.
  const std::string& failure() const { return file_ ? file_->failure() : failure_; }
  void close();

 private:
  template <typename... Arguments>
  void line(Picoseconds time_ps, std::format_string<Arguments...> format, Arguments... arguments);
  void dma(Picoseconds time_ps, const char* kind, std::uint64_t addr, std::uint64_t attr,
           std::uint32_t status, std::span<const std::byte> data);

  Totals totals_;
  std::unique_ptr<LogFile> file_;
  std::string failure_;  // Copied from the file when it is closed.
};

}  // namespace presil
