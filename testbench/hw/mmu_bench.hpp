// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// MmuBench: the memory path with a memory below it and four clients above it, that check each
/// answer and each access on the bus.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <unordered_set>

#include "Vmmu_bench.h"
#include "axi_memory.hpp"
#include "mmu_tables.hpp"
#include "rtl_context.hpp"

namespace presil::testbench {

/// A client's request.
struct BusRequest {
  std::uint64_t addr = 0;
  std::uint8_t len = 0;  ///< beats - 1
  std::uint8_t space = 0;
  bool privileged = false;
};

/// A page of data whose reads are answered SLVERR, and writes DECERR.
constexpr std::uint64_t kFaultyPage = 0x000f'0000'0000'0000;

/// Directions, and the two clients of each: fetch and load, store and control.
enum : unsigned { kReads = 0, kWrites = 1 };

class MmuBench {
 public:
  explicit MmuBench(const AxiTiming& timing);
  ~MmuBench();
  MmuBench(const MmuBench&) = delete;
  MmuBench& operator=(const MmuBench&) = delete;

  void set_space(unsigned index, const Space& space);

  /// One cycle of everything.
  void cycle();
  /// Cycles until no client waits for anything. Makes no new requests from `make`.
  void drain();
  /// Lets one client make one request, and runs until it is taken or refused; then its fault.
  unsigned request(unsigned direction, unsigned client, const BusRequest& request);
  /// Runs an invalidation to its end.
  void invalidate(bool all_spaces, bool range, unsigned space = 0, std::uint64_t first_va = 0,
                  std::uint64_t last_va = 0);
  /// Begins one with the next cycle; it ends while cycles go on.
  void start_invalidate(bool all_spaces, bool range, unsigned space, std::uint64_t first_va,
                        std::uint64_t last_va);
  /// Holds clear until the bus is quiet; `during` runs once everything is forgotten.
  void clear(const std::function<void()>& during = {});

  /// The client has a request that was not answered.
  [[nodiscard]] bool pending(unsigned direction, unsigned client) const {
    return clients_[direction][client].pending.has_value();
  }

  /// Next request of a client that has none, if it wants one.
  std::function<std::optional<BusRequest>(unsigned direction, unsigned client)> make;
  /// Beats of a client's reads that may be open.
  unsigned read_ahead_beats = 1024;
  bool stall_faults = false;
  bool retry = false, abort = false;  ///< in the next cycle
  unsigned write_data_percent = 100;  ///< chance of a client to have write data

  AxiMemory memory;
  PageTables tables;
  std::array<Space, 16> spaces;

  std::uint64_t cycles = 0, taken = 0, refused = 0, walk_reads = 0, misses = 0, stalls = 0;
  std::uint64_t aborted = 0, beats = 0, waited = 0, checked_beats = 0;
  std::array<std::uint64_t, 7> faults{};  ///< refusals by fault
  std::array<std::array<std::uint64_t, 2>, 2> taken_of{};

 private:
  struct Taken {
    BusRequest request;
    std::set<Outcome> outcomes;
  };
  struct Burst {
    std::uint64_t addr = 0;
    unsigned beats = 0, beat = 0;
    std::vector<std::uint32_t> data;  // Of writes.
  };
  struct Client {
    std::optional<BusRequest> pending;
    bool aborted = false;      // It was stalled, and is to be refused.
    std::deque<Taken> to_bus;  // Not seen on the bus yet.
    std::deque<Burst> on_bus;  // Reads; writes until the response.
    unsigned open_beats = 0;
  };
  struct WriteData {
    unsigned client;
    std::uint32_t data;
    bool last;
  };

  void drive();
  void check_answers(unsigned direction);
  void check_data();
  void check_stall();
  void check_bus();
  void check_busy();
  [[nodiscard]] std::set<Outcome> outcomes(unsigned direction, const BusRequest& request) const;
  void forget_clients();

  RtlContext context_;
  std::mt19937_64 random_;
  AxiFromManager pins_;
  std::array<std::array<Client, 2>, 2> clients_;
  std::deque<WriteData> write_data_;  // In the order of the requests.
  std::array<std::deque<std::vector<std::uint32_t>>, 2> bursts_data_;
  bool write_valid_ = false;
  std::size_t accesses_seen_ = 0;
  std::unordered_set<std::uint64_t> touched_;  // Beats of data that reads have filled.
  std::unordered_set<std::uint64_t> written_;  // Beats that writes may have changed.
  bool clearing_ = false, stalled_ = false, invalidating_ = false;
  std::array<std::uint64_t, 4> shown_{};  // Of a stall: access, address, fault, response.
  bool quiet_ = false;                    // It was not busy, and nothing happened to it.
  std::uint64_t inputs_ = 0, outputs_ = 0;

 public:
  std::unique_ptr<Vmmu_bench> model;
};

}  // namespace presil::testbench
