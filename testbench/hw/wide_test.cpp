// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// Addresses, values, times and PASIDs of any bits, through the whole part: from registers and
// records to the bus and, when an access fails, back into the error registers.

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "kestrel_bench.hpp"
#include "page_tables.hpp"

namespace presil::testbench {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint32_t kBytes = 256;  ///< copied by each job
constexpr std::uint64_t kBusPages = (std::uint64_t{1} << 52) / kPage;
constexpr std::uint64_t kSpacePages = (std::uint64_t{1} << 48) / kPage;

/// What fails in a job.
enum class Fails { kNothing, kRing, kCommands, kRead, kWrite, kFence, kCount };

/// Places of a job's parts. Those a user sees are addresses of its space.
struct Places {
  std::uint64_t ring, status, fence, stamp;
  std::uint64_t commands, source, destination;
};

/// One part, on which jobs are done one after another, each somewhere else.
class Wide {
 public:
  Wide() { bench.start(); }

  void job() {
    bench.time_ns = random_() >> 1;
    queue_ = random_() % KestrelBench::kQueues;
    space_ = 1 + static_cast<unsigned>(random_() % 15);
    mode_ = std::array{KESTREL_SPACE_MODE_BYPASS, KESTREL_SPACE_MODE_TABLE,
                       KESTREL_SPACE_MODE_PASID}[random_() % 3];
    pasid_ = static_cast<std::uint32_t>(random_() % (1u << 20));
    root_ = random_() % kBusPages * kPage;
    bench.set_space(space_, mode_, root_, pasid_);
    place();
    const auto fails =
        static_cast<Fails>(random_() % unsigned{static_cast<unsigned>(Fails::kCount)});
    CAPTURE(queue_, space_, mode_, static_cast<unsigned>(fails));
    const auto data = prepare(fails);
    submit();
    if (fails == Fails::kNothing)
      check_done(data);
    else
      check_failed(fails);
    bench.memory.clear_faults();
    REQUIRE(bench.reset_queue(queue_));
    forget_translations();
  }

  /// A record of 64 bytes of anything, in a ring and in a command buffer.
  void anything() {
    queue_ = random_() % KestrelBench::kQueues;
    space_ = 1;
    mode_ = KESTREL_SPACE_MODE_BYPASS;
    bench.set_space(space_, mode_);
    place();
    const bool in_ring = random_() % 2 == 0;
    write_any(in_ring ? places_.ring : places_.commands);
    if (!in_ring)
      bench.write_commands(places_.ring, std::array{kestrel_call(places_.commands, 64)});
    set_queue_up(0);
    bench.write32(KESTREL_REG_DOORBELL_TAIL(queue_), 1);
    REQUIRE(bench.settle(queue_));
    CHECK((bench.queue_status(queue_) & KESTREL_QUEUE_STATUS_ERROR) != 0);
    REQUIRE(bench.reset_queue(queue_));
  }

  KestrelBench bench;

 private:
  std::uint64_t aligned(std::uint64_t bytes) { return random_() / bytes * bytes; }

  /// Places on the bus for the kernel, and for the user in its space; each in a page of its own.
  void place() {
    const std::uint64_t last = kPage - kBytes;
    const auto somewhere = [&](std::uint64_t align) {
      const std::uint64_t page =
          mode_ == KESTREL_SPACE_MODE_TABLE ? random_() % kSpacePages * kPage : aligned(kPage);
      return page + random_() % last / align * align;
    };
    places_ = {.ring = aligned(kPage),
               .status = aligned(kPage) + random_() % last / 8 * 8,
               .fence = aligned(kPage) + random_() % last / 8 * 8,
               .stamp = aligned(kPage) + random_() % last / 8 * 8,
               .commands = somewhere(64),
               .source = somewhere(1),
               .destination = somewhere(1)};
  }

  /// Where the user's `addr` is on the bus; maps it if there are tables.
  std::uint64_t on_bus(PageTables& tables, std::uint64_t addr, bool is_mapped) {
    if (mode_ != KESTREL_SPACE_MODE_TABLE)
      return addr;
    const std::uint64_t page = random_() % kBusPages * kPage;
    if (is_mapped)
      tables.map(addr, page, PageTables::kRead | PageTables::kWrite);
    return page + addr % kPage;
  }

  void fault(std::uint64_t addr, bool reads) {
    const std::uint64_t page = addr / kPage * kPage;
    bench.memory.add_fault(page, page + kPage - 1, static_cast<std::uint8_t>(2 + random_() % 2),
                           reads, !reads);
  }

  /// Fills memory, and breaks what is to fail. \returns what is copied.
  std::vector<std::uint8_t> prepare(Fails fails) {
    SparseMemory& memory = bench.memory.memory();
    PageTables tables(root_, memory);
    const bool by_bus = mode_ != KESTREL_SPACE_MODE_TABLE || random_() % 2 == 0;
    const auto user = [&](std::uint64_t addr, bool is_broken, bool reads) {
      const std::uint64_t at = on_bus(tables, addr, !is_broken || by_bus);
      if (is_broken && by_bus)
        fault(at, reads);
      return at;
    };
    std::vector<std::uint8_t> data(kBytes);
    std::ranges::generate(data, [this] { return static_cast<std::uint8_t>(random_()); });
    memory.write(user(places_.source, fails == Fails::kRead, true), data);
    destination_ = user(places_.destination, fails == Fails::kWrite, false);
    value_ = random_();
    spad_ = static_cast<std::uint32_t>(random_() % 1000);
    KestrelTransfer load = KestrelTransfer::run(places_.source, spad_, kBytes);
    load.pad = static_cast<std::uint8_t>(random_());
    const std::array commands{load.load(), kestrel_barrier(),
                              KestrelTransfer::run(places_.destination, spad_, kBytes).store()};
    call_bytes_ =
        bench.write_commands(user(places_.commands, fails == Fails::kCommands, true), commands);
    bench.write_commands(places_.ring, std::array{kestrel_call(places_.commands, call_bytes_),
                                                  kestrel_timestamp(places_.stamp),
                                                  kestrel_fence(places_.fence, value_)});
    if (fails == Fails::kRing)
      fault(places_.ring, true);
    if (fails == Fails::kFence)
      fault(places_.fence, false);
    failed_by_bus_ = by_bus || fails == Fails::kRing || fails == Fails::kFence;
    return data;
  }

  void set_queue_up(std::uint32_t flags) {
    bench.write64(KESTREL_REG_QUEUE_RING_BASE_LO(queue_), places_.ring);
    bench.write64(KESTREL_REG_QUEUE_STATUS_ADDR_LO(queue_), places_.status);
    bench.write32(KESTREL_REG_QUEUE_BUDGET(queue_),
                  static_cast<std::uint32_t>(random_()) | 0x10'0000);
    bench.write32(KESTREL_REG_QUEUE_CONFIG(queue_),
                  KESTREL_QUEUE_CONFIG_ENABLE | flags | space_ << KESTREL_QUEUE_CONFIG_SPACE_SHIFT |
                      static_cast<std::uint32_t>(random_() % 4) << KESTREL_QUEUE_CONFIG_PRIO_SHIFT |
                      static_cast<std::uint32_t>(1 + random_() % 6)
                          << KESTREL_QUEUE_CONFIG_RING_LOG2_SHIFT |
                      2u << KESTREL_QUEUE_CONFIG_RING_LOG2_SHIFT);
  }

  void submit() {
    stalls_ = random_() % 2 == 0;
    set_queue_up(KESTREL_QUEUE_CONFIG_WRITE_STATUS |
                 (stalls_ ? KESTREL_QUEUE_CONFIG_STALL_FAULTS : 0));
    begin_ns_ = bench.time_ns;
    bench.write32(KESTREL_REG_DOORBELL_TAIL(queue_), 3);
    REQUIRE(bench.settle(queue_));
  }

  void check_done(const std::vector<std::uint8_t>& data) {
    const SparseMemory& memory = bench.memory.memory();
    CHECK(bench.queue_status(queue_) == 0);
    CHECK(memory.read(destination_, kBytes) == data);
    CHECK(memory.read64(places_.fence) == value_);
    CHECK(memory.read64(places_.stamp) > begin_ns_);
    CHECK(memory.read64(places_.stamp) <= bench.time_ns);
    CHECK(memory.read64(places_.status) == 3);
  }

  void check_failed(Fails fails) {
    std::uint32_t status = bench.queue_status(queue_);
    const std::uint64_t addr = failed_addr(fails);
    const bool stalls = stalls_ && !failed_by_bus_;
    CHECK(((status & KESTREL_QUEUE_STATUS_FAULT_STALLED) != 0) == stalls);
    CHECK(bench.read64(KESTREL_REG_QUEUE_ERROR_ADDR_LO(queue_)) == addr);
    if (stalls) {
      bench.write32(KESTREL_REG_QUEUE_CONTROL(queue_), KESTREL_QUEUE_CONTROL_ABORT);
      REQUIRE(bench.settle(queue_));
      status = bench.queue_status(queue_);
    }
    CHECK((status & KESTREL_QUEUE_STATUS_ERROR) != 0);
    CHECK(bench.read64(KESTREL_REG_QUEUE_ERROR_ADDR_LO(queue_)) == addr);
    const std::uint32_t cause = bench.read32(KESTREL_REG_QUEUE_ERROR_CAUSE(queue_));
    CHECK(((cause & KESTREL_QUEUE_ERROR_CAUSE_CAUSE_MASK) == KESTREL_ERROR_CAUSE_TRANSLATION) ==
          !failed_by_bus_);
    CHECK(bench.read32(KESTREL_REG_QUEUE_ERROR_INDEX(queue_)) == (fails == Fails::kFence ? 2 : 0));
  }

  /// A read or write that the bus refuses is told by the begin of its burst.
  [[nodiscard]] std::uint64_t failed_addr(Fails fails) const {
    switch (fails) {
      case Fails::kRing:
        return places_.ring;
      case Fails::kCommands:
        return places_.commands;
      case Fails::kRead:
        return places_.source;
      case Fails::kWrite:
        return places_.destination;
      default:
        return places_.fence;
    }
  }

  void write_any(std::uint64_t addr) {
    for (unsigned word = 0; word < 16; ++word)
      bench.memory.memory().write32(addr + 4 * word, static_cast<std::uint32_t>(random_()));
  }

  /// By a range around what was used, or of a whole space.
  void forget_translations() {
    std::uint64_t first = random_() % kSpacePages, last = random_() % kSpacePages;
    if (first > last)
      std::swap(first, last);
    bench.write64(KESTREL_REG_INVALIDATE_FIRST_LO, first * kPage);
    bench.write64(KESTREL_REG_INVALIDATE_LAST_LO, last * kPage);
    bench.write32(KESTREL_REG_INVALIDATE,
                  space_ | KESTREL_INVALIDATE_RANGE | KESTREL_INVALIDATE_GO);
    REQUIRE(bench.run_until(
        [&] { return (bench.read32(KESTREL_REG_STATUS) & KESTREL_STATUS_INVALIDATING) == 0; }));
    bench.invalidate(space_);
  }

  std::mt19937_64 random_{1};
  unsigned queue_ = 0, space_ = 1;
  std::uint32_t mode_ = 0, pasid_ = 0, spad_ = 0, call_bytes_ = 0;
  std::uint64_t root_ = 0, destination_ = 0, value_ = 0, begin_ns_ = 0;
  bool stalls_ = false, failed_by_bus_ = false;
  Places places_{};
};

TEST_CASE("wide: jobs anywhere in 64 bits of address and time, and what fails in them",
          "[hw][wide]") {
  Wide wide;
  for (int job = 0; job < 300; ++job) {
    CAPTURE(job);
    wide.job();
  }
}

TEST_CASE("wide: records of any bits do no harm", "[hw][wide]") {
  Wide wide;
  for (int record = 0; record < 200; ++record) {
    CAPTURE(record);
    wide.anything();
  }
}

}  // namespace
}  // namespace presil::testbench
