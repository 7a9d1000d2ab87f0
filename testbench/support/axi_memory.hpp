// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// AxiMemory: an AXI4 subordinate with memory behind it, that can be slow, unruly and faulty.
#pragma once

#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "axi_signals.hpp"
#include "sparse_memory.hpp"

namespace presil::testbench {

/// How an AxiMemory behaves in time.
struct AxiTiming {
  unsigned stall_percent = 0;  ///< chance, each cycle, that a ready stays low or an answer waits
  unsigned latency_cycles =
      8;                    ///< from the request (reads) or the last data (writes) to the answer
  bool interleave = false;  ///< mix read data of different ids
  std::uint64_t seed = 1;
};

/// One burst, as it was requested.
struct AxiAccess {
  AxiRequest request;
  std::uint64_t cycle = 0;  ///< of the request's handshake
  bool write = false;
};

/// A subordinate for one manager with a 128-bit bus. Call drive(), let the model settle, sample()
/// what it drives, then clock it: once each cycle.
///
/// Write data reaches the memory when the response is offered, not before: a manager that does not
/// wait for responses is found out. Breaches of AXI by the manager are collected in violations().
class AxiMemory {
 public:
  explicit AxiMemory(const AxiTiming& timing) : timing_(timing), random_(timing.seed) {}

  const AxiToManager& drive();
  void sample(const AxiFromManager& pins);

  /// Forgets everything under way, as a reset of the interconnect does; memory stays.
  void reset();

  /// Answers `resp` to each read beat or write burst that touches [begin, end).
  void add_fault(std::uint64_t begin, std::uint64_t end, std::uint8_t resp, bool reads,
                 bool writes);
  void clear_faults() { faults_.clear(); }

  SparseMemory& memory() { return memory_; }
  AxiTiming& timing() { return timing_; }
  [[nodiscard]] const std::vector<AxiAccess>& accesses() const { return accesses_; }
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
  /// Requests taken whose last answer was not.
  [[nodiscard]] std::size_t reads_open() const { return reads_.size(); }
  [[nodiscard]] std::size_t writes_open() const { return writes_.size() + answers_.size(); }
  [[nodiscard]] std::size_t most_reads_open() const { return most_reads_open_; }
  /// Write beats with at least one strobe.
  [[nodiscard]] std::uint64_t beats_written() const { return beats_written_; }

 private:
  struct Fault {
    std::uint64_t begin, end;
    std::uint8_t resp;
    bool reads, writes;
  };
  struct Read {
    AxiRequest request;
    std::uint64_t due_cycle;
    unsigned beat = 0;
  };
  struct Beat {
    AxiData data;
    std::uint16_t strb;
  };
  struct Write {
    AxiRequest request;
    std::uint64_t due_cycle = 0;
    std::vector<Beat> beats;
  };

  bool stall() { return timing_.stall_percent != 0 && random_() % 100 < timing_.stall_percent; }
  void check(const AxiRequest& request, const char* kind);
  [[nodiscard]] std::uint8_t response(std::uint64_t begin, std::uint64_t end, bool write) const;
  std::size_t pick_read();
  void offer_read(std::size_t index);
  void offer_answer();

  AxiTiming timing_;
  std::mt19937_64 random_;
  SparseMemory memory_;
  AxiToManager pins_;
  std::vector<Fault> faults_;
  std::deque<Read> reads_;
  std::deque<Write> writes_;   // Data incomplete.
  std::deque<Write> answers_;  // Data complete, response not taken.
  std::size_t read_offered_ = 0;
  std::vector<AxiAccess> accesses_;
  std::vector<std::string> violations_;
  std::uint64_t cycle_ = 0, beats_written_ = 0;
  std::size_t most_reads_open_ = 0;
};

}  // namespace presil::testbench
