// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// FrontBench: kestrel's front end between stand-ins for registers, bus, engines, isolator,
/// memories on chip and counters.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "Vfront_bench.h"
#include "front_program.hpp"
#include "front_records.hpp"
#include "kestrel_regs.h"
#include "rtl_context.hpp"
#include "sparse_memory.hpp"

namespace presil::testbench {

/// What ERROR_* of a queue say.
struct ErrorRegisters {
  unsigned cause = 0, resp = 0, fault = 0, access = 0, opcode = 0;
  bool in_call = false;
  std::uint32_t index = 0, offset = 0;
  std::uint64_t addr = 0;

  bool operator==(const ErrorRegisters&) const = default;
};
std::ostream& operator<<(std::ostream& out, const ErrorRegisters& error);

/// What an engine does with a command.
struct Fate {
  unsigned cycles = 5;
  /// It fails with this cause; or, with `stalls`, its translation faults first.
  unsigned cause = KESTREL_ERROR_CAUSE_NONE, resp = 0, fault = 0, access = 0;
  std::uint64_t addr = 0;
  bool stalls = false;
};

/// Addresses of which accesses fail.
struct BadRange {
  std::uint64_t first = 0, last = 0;
  /// Refused with this fault; or, with FAULT_NONE, answered with `resp`.
  unsigned fault = KESTREL_FAULT_NONE, resp = 0;
};

/// A 64-bit write as it arrived in memory.
struct ControlWrite {
  unsigned queue = 0;
  std::uint64_t addr = 0, value = 0;
  unsigned space = 0;
  bool privileged = false;

  bool operator==(const ControlWrite&) const = default;
};

/// How the stand-ins behave.
struct FrontOptions {
  std::uint64_t seed = 1;
  unsigned stall_percent = 20;
  unsigned latency_cycles = 20;   ///< At most.
  unsigned engine_cycles = 30;    ///< At most, unless `fate` says.
  unsigned counters_cycles = 34;  ///< At most.
  bool stop_clock = true;         ///< No clock edge unless something comes in or `busy_o` is high.
};

/// Registers of a queue.
struct QueueSetup {
  unsigned log2 = 4;
  bool user = false, stall_faults = false, write_status = false;
  unsigned space = 0, prio = 0, vector = 0;
  std::uint32_t budget = 0;
};

/// The front end and its stand-ins. Everything that breaks a rule between them is kept as a
/// violation, and fails the test at the end.
class FrontBench {
 public:
  static constexpr unsigned kQueues = 16;
  static constexpr unsigned kErrorVector = 16;

  explicit FrontBench(const FrontOptions& options = {});
  ~FrontBench();
  FrontBench(const FrontBench&) = delete;
  FrontBench& operator=(const FrontBench&) = delete;

  /// One cycle, in which the clock ticks if it is needed.
  void step();
  void steps(unsigned cycles);
  /// Steps until `reached`; gives up after `limit` cycles.
  [[nodiscard]] bool until(const std::function<bool()>& reached, unsigned limit = 20'000);
  /// Until no record is in execution, none can be, and no reset is under way.
  [[nodiscard]] bool until_idle(unsigned limit = 200'000);

  void write(std::uint32_t addr, std::uint32_t value);
  std::uint32_t read(std::uint32_t addr);
  void reset_engine();

  void set_up(unsigned queue, const QueueSetup& setup = {}, bool enable = true);
  static std::uint64_t ring_base(unsigned queue) { return 0x1'0000'0000 + queue * 0x40'0000ull; }
  static std::uint64_t status_page(unsigned queue) { return 0x2000'0008 + queue * 0x40ull; }
  /// Puts a record into the ring; ring() then writes the doorbell.
  void push(unsigned queue, const Record& record);
  void ring(unsigned queue);
  /// Puts a command buffer into memory, and makes the CALL of it.
  Record call(std::uint64_t addr, const std::vector<Record>& program);
  void control(unsigned queue, std::uint32_t bits) {
    write(KESTREL_REG_QUEUE_CONTROL(queue), bits);
  }
  std::uint32_t status(unsigned queue) { return read(KESTREL_REG_QUEUE_STATUS(queue)); }
  std::uint32_t head(unsigned queue) { return read(KESTREL_REG_QUEUE_HEAD(queue)); }
  [[nodiscard]] std::uint32_t tail(unsigned queue) const { return tails_[queue]; }
  ErrorRegisters error(unsigned queue);
  void write64(std::uint64_t addr, std::uint64_t value);
  /// Every engine that runs a command with a cause fails now, all in one cycle.
  void fail_together();

  SparseMemory memory;
  std::vector<BadRange> bad;
  bool bus_dead = false;  ///< Answers nothing any more.
  std::function<Fate(unsigned engine, const Record& command)> fate;

  /// What happened, since the test last cleared it.
  std::vector<ControlWrite> writes;
  std::array<unsigned, kQueues + 1> vectors{};
  std::vector<unsigned> begun;  ///< Queues of records, in order.
  std::vector<unsigned> cleared;
  unsigned done = 0, ended = 0, calls = 0, commands = 0, wipes = 0, starts = 0;
  unsigned clears = 0, token_waits = 0, edges = 0;
  std::function<void()> every_cycle;

  Vfront_bench& model() { return *model_; }
  std::uint64_t time_ns = 1000;
  std::uint64_t time_step_ns = 1;

 private:
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};

  struct Read {
    std::uint64_t addr = 0, due = 0;
    unsigned beats = 0, sent = 0;
    std::vector<std::uint8_t> bytes;  // As they were when the request was taken.
  };
  enum class WriteState { kIdle, kData, kResponse };
  struct Engine {
    bool running = false, failed = false, stalled = false, retried = false;
    std::uint64_t due = 0;
    Fate fate;
    Record command{};
  };

  /// As narrow as the pins of this design; what is wider would be a mistake of the test.
  static CData pin(unsigned value) { return static_cast<CData>(value); }
  bool chance(unsigned percent) { return random_() % 100 < percent; }
  std::uint64_t latency(unsigned most) { return cycle_ + 1 + (most == 0 ? 0 : random_() % most); }
  void violation(const std::string& what);
  void clock();
  [[nodiscard]] const BadRange* find(std::uint64_t first, std::uint64_t last, bool refusing) const;

  void drive_reads();
  void drive_writes();
  void drive_engines();
  void drive_rest();
  void sample();
  void sample_reads();
  void sample_writes();
  void sample_engines();
  void sample_record();
  void drop_all();

  FrontOptions options_;
  std::mt19937_64 random_;
  RtlContext context_;
  std::unique_ptr<Vfront_bench> model_;
  std::uint64_t cycle_ = 0;
  std::vector<std::string> violations_;
  std::array<std::uint32_t, kQueues> tails_{};
  std::array<unsigned, kQueues> logs_{};
  bool event_ = false;  // An input demands a clock edge.

  std::deque<Read> reads_;
  bool fetch_held_ = false, fetch_refuse_ = false, fetch_was_valid_ = false;
  std::uint64_t fetch_was_addr_ = 0;
  Record ring_record_{};
  WriteState write_state_ = WriteState::kIdle;
  std::uint64_t write_due_ = 0;
  ControlWrite write_;
  std::array<Engine, 3> engines_;
  ProgramChecker program_;
  bool open_ = false, done_ = false, in_call_ = false;
  std::uint64_t counters_until_ = 0, wiping_until_ = 0;
  enum class Contents { kUnknown, kEmpty, kOwned } contents_ = Contents::kUnknown;
  bool wiping_ = false;
  unsigned owner_ = 0;
};

}  // namespace presil::testbench
