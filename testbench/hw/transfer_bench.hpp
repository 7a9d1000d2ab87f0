// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// TransferBench: the transfer engines and the scratchpad on a bus and a memory.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "Vtransfer_bench.h"
#include "rtl_context.hpp"
#include "transfer_model.hpp"

namespace presil::testbench {

/// How the bus treats a request that is not simply fulfilled.
struct Fate {
  bool refused = false;    ///< Else a bus error.
  std::uint8_t fault = 0;  ///< Of a refusal.
  std::uint8_t resp = 2;
  unsigned beat = 0;  ///< Of a read that fails.
};

/// How the bus behaves. Percentages are of cycles.
struct BusManner {
  unsigned stall_percent = 0;    ///< Not ready, or no data.
  unsigned contend_percent = 0;  ///< Another port of the scratchpad is busy.
  unsigned latency_cycles = 2;   ///< From a request, or a burst's last beat, to the answer.
  unsigned most_outstanding = 128;
  bool gate_clock = false;  ///< Stop the clock when nobody asks for it.
};

/// What an engine reported.
struct Outcome {
  bool done = false;
  unsigned cause = 0, resp = 0, fault = 0, access = 0;
  std::uint64_t addr = 0;
  unsigned cycles = 0;                 ///< From the start to the report.
  unsigned stopped = 0;                ///< Of them with the clock stopped.
  unsigned beats = 0;                  ///< Counted by the engine.
  std::vector<BurstRequest> requests;  ///< Taken or refused, in order.
};

class TransferBench {
 public:
  explicit TransferBench(std::uint64_t seed);
  ~TransferBench();
  TransferBench(const TransferBench&) = delete;
  TransferBench& operator=(const TransferBench&) = delete;

  /// Runs a LOAD or a STORE until it is done or has failed; then clears a failure.
  Outcome run(bool store, const Transfer& transfer);
  /// Begins one, and clears it after some cycles. The bus forgets everything, as the isolator's.
  void run_and_clear(bool store, const Transfer& transfer, unsigned cycles);

  /// Word of the scratchpad, through port A. `error`: its parity is wrong.
  TransferMemory::Beat read_word(unsigned word, bool* error = nullptr);
  void write_word(unsigned word, const TransferMemory::Beat& data);
  void wipe();
  void flip(unsigned word, unsigned bit);

  TransferMemory memory;
  BusManner manner;
  /// By the number of the request, of one command.
  std::map<std::size_t, Fate> fates;
  /// Broken rules of the bus.
  std::vector<std::string> violations;

 private:
  struct Burst {
    std::uint64_t addr;
    unsigned beats;
    std::uint64_t time;  ///< Not answered before.
    std::size_t number;
    std::uint64_t beat = 0;  ///< Next.
  };

  void start(bool store, const Transfer& transfer);
  void cycle();
  void clock();
  void drive_requests(bool store);
  void sample_requests(bool store, Outcome& outcome);
  void clear();
  [[nodiscard]] bool chance(unsigned percent) { return random_() % 100 < percent; }

  RtlContext context_;
  std::unique_ptr<Vtransfer_bench> model_;
  std::mt19937_64 random_;
  std::uint64_t time_ = 0;
  std::deque<Burst> reads_, writes_, responses_;
  std::size_t requests_ = 0;
  bool store_ = false;
  Outcome outcome_;
};

}  // namespace presil::testbench
