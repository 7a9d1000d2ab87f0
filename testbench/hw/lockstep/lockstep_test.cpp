// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// The RTL against the functional model: random queues, spaces and programs, with faults and random
// back-pressure. After each batch memory, registers and interrupts are the same.
//
// PRESIL_LOCKSTEP_SEED=n replays one seed, and prints what it submits.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "kestrel_bench.hpp"
#include "model_side.hpp"
#include "random_program.hpp"
#include "scene.hpp"

namespace presil::testbench {
namespace {

/// What the runs met; see kGoals.
using Coverage = std::map<std::string, std::uint64_t>;

class Lockstep {
 public:
  Lockstep(std::uint64_t seed, Coverage& coverage)
      : rtl_(timing(seed)), coverage_(coverage), scene_(seed, rtl_side(), model_.side) {
    for (const std::uint64_t page : scene_.refused_pages)
      rtl_.memory.add_fault(page, page + kPage, kestrel::kSlverr, true, true);
    model_.refused_pages = scene_.refused_pages;
    scene_.start();
  }

  /// Some records for one party alone, or for all at once; then a look at everything.
  void batch() {
    Random& random = scene_.random;
    const bool alone = scene_.parties.size() == 1 || one_in(random, 2);
    if (alone) {
      submit(scene_.parties[random() % scene_.parties.size()], true);
    } else {
      for (Party& party : scene_.parties)
        submit(party, false);
    }
    scene_.both([](Side& side) { side.settle(); });
    compare();
    if (!alone)
      empty_chip();
  }

  std::uint64_t commands = 0;
  bool is_verbose = false;

 private:
  static constexpr std::uint64_t kPage = 4096;
  static constexpr std::uint64_t kSlotBytes = 0x1000;
  static constexpr unsigned kSlots = 4;

  static AxiTiming timing(std::uint64_t seed) {
    Random random(seed * 77 + 1);
    return {
        .stall_percent = static_cast<unsigned>(between(random, 0, 3)) * 15,
        .latency_cycles = static_cast<unsigned>(one_in(random, 3) ? 300 : between(random, 1, 40)),
        .interleave = one_in(random, 2),
        .seed = seed};
  }

  Side& rtl_side() {
    rtl_side_.memory = &rtl_.memory.memory();
    rtl_side_.write = [this](std::uint32_t offset, std::uint32_t value) {
      rtl_.write32(offset, value);
    };
    rtl_side_.read = [this](std::uint32_t offset) { return rtl_.read32(offset); };
    rtl_side_.settle = [this] {
      REQUIRE(rtl_.run_until(
          [&] { return (rtl_.read32(KESTREL_REG_STATUS) & KESTREL_STATUS_IDLE) != 0; }));
      rtl_.cycles(30);  // Interrupts leave last.
    };
    return rtl_side_;
  }

  // The ring's records: CALLs with programs of their own, fences, and what goes wrong in a ring.
  void submit(Party& party, bool alone) {
    Random& random = scene_.random;
    const auto calls = static_cast<unsigned>(between(random, 1, kSlots));
    if (is_verbose)
      std::printf("queue %u%s\n", party.queue, alone ? ", alone" : "");
    for (unsigned slot = 0; slot < calls; ++slot) {
      const bool hostile = one_in(random, 3);
      RandomProgram program(random, party.territory(),
                            {.outside = hostile && alone ? 6u : 0u,
                             .corrupt = hostile && alone ? 8u : 0u,
                             .misplaced = hostile && alone ? 12u : 0u});
      const auto records = program.make(static_cast<unsigned>(between(random, 1, 9)), alone);
      Party place = party;
      place.bus += slot * kSlotBytes;
      scene_.write_commands(place, records);
      commands += records.size();
      for (const KestrelRecord& record : records)
        note(record);
      scene_.push(party,
                  kestrel_call(party.va + slot * kSlotBytes,
                               static_cast<std::uint32_t>(records.size() * KESTREL_RECORD_BYTES)));
      scene_.push(party, ring_record(party));
      commands += 2;
    }
    if (one_in(random, 60))
      party.tail += 100;
    scene_.doorbell(party);
  }

  KestrelRecord ring_record(Party& party) {
    Random& random = scene_.random;
    KestrelRecord record;
    switch (random() % 8) {
      case 0:
        record = kestrel_nop();
        break;
      case 1:
        record = kestrel_wait(party.fence_addr(), party.fence);
        break;
      default:
        record = kestrel_fence(party.fence_addr(), ++party.fence);
    }
    if (one_in(random, 40)) {
      const auto bit = static_cast<unsigned>(random() % 512);
      const unsigned offset = bit / 32 * 4;
      // Addresses stay, else it is anybody's memory that is written.
      if (offset != KESTREL_CONTROL_ADDR_LO && offset != KESTREL_CONTROL_ADDR_HI)
        record.put(offset, record.words()[offset / 4] ^ 1u << bit % 32);
    } else if (one_in(random, 60)) {
      record.put_long(KESTREL_CONTROL_ADDR_LO, party.fence_addr() + 4);
    }
    note(record);
    return record;
  }

  void note(const KestrelRecord& record) {
    ++coverage_["opcode " + std::to_string(record.words()[0] & 0xff)];
    if (!is_verbose)
      return;
    for (const std::uint32_t word : record.words())
      std::printf(" %08x", word);
    std::puts("");
  }

  /// Queues that compete may come in another order on either side, and so may be different ones
  /// that were last on the engines. Two CALLs of different spaces, one after the other, even that
  /// out.
  void empty_chip() {
    for (Party* party : {&scene_.parties.front(), &scene_.parties.back()}) {
      const KestrelRecord nop = kestrel_nop();
      scene_.write_commands(*party, {&nop, 1});
      scene_.push(*party, kestrel_call(party->va, KESTREL_RECORD_BYTES));
      scene_.doorbell(*party);
      scene_.both([](Side& side) { side.settle(); });
    }
  }

  void same(std::uint32_t offset, const char* name) {
    INFO(name);
    const std::uint32_t rtl = rtl_side_.read(offset), model = model_.side.read(offset);
    CHECK(rtl == model);
  }

  void compare() {
    REQUIRE(model_.is_settled);
    bool has_error = false;
    for (Party& party : scene_.parties) {
      const unsigned queue = party.queue;
      CAPTURE(queue);
      same(KESTREL_REG_QUEUE_STATUS(queue), "STATUS");
      same(KESTREL_REG_QUEUE_HEAD(queue), "HEAD");
      same(KESTREL_REG_QUEUE_TAIL(queue), "TAIL");
      same(KESTREL_REG_QUEUE_ERROR_CAUSE(queue), "ERROR_CAUSE");
      same(KESTREL_REG_QUEUE_ERROR_INDEX(queue), "ERROR_INDEX");
      same(KESTREL_REG_QUEUE_ERROR_OFFSET(queue), "ERROR_OFFSET");
      same(KESTREL_REG_QUEUE_ERROR_ADDR_LO(queue), "ERROR_ADDR_LO");
      same(KESTREL_REG_QUEUE_ERROR_ADDR_HI(queue), "ERROR_ADDR_HI");
      has_error |= look(party);
    }
    same(KESTREL_REG_ERROR_QUEUES, "ERROR_QUEUES");
    same(KESTREL_REG_IRQ_STATUS, "IRQ_STATUS");
    for (unsigned vector = 0; vector < KestrelBench::kVectors; ++vector) {
      CAPTURE(vector);
      CHECK(rtl_.pulses(vector).size() == model_.pulses(vector));
    }
    for (Party& party : scene_.parties) {
      const auto rtl = rtl_side_.memory->read(party.bus, Party::kTablesOffset);
      const auto model = model_.side.memory->read(party.bus, Party::kTablesOffset);
      const auto [at, other] = std::ranges::mismatch(rtl, model);
      if (at != rtl.end())
        FAIL("queue " << party.queue << ": at " << at - rtl.begin() << " the RTL has " << +*at
                      << ", the model " << +*other);
    }
    if (has_error)
      recover();
    scene_.write_register(KESTREL_REG_IRQ_STATUS, 0x1ffff);
  }

  /// Notes how a queue ended, and evens out what a STORE that the bus refused has written.
  bool look(const Party& party) {
    const std::uint32_t status = model_.side.read(KESTREL_REG_QUEUE_STATUS(party.queue));
    if ((status & KESTREL_QUEUE_STATUS_ERROR) == 0) {
      ++coverage_[(status & KESTREL_QUEUE_STATUS_PARKED) != 0 ? "parked" : "complete"];
      return (status & KESTREL_QUEUE_STATUS_PARKED) != 0;
    }
    const std::uint32_t error = model_.side.read(KESTREL_REG_QUEUE_ERROR_CAUSE(party.queue));
    const auto field = [&](std::uint32_t mask) { return (error & mask) / (mask & -mask); };
    const std::uint32_t cause = field(KESTREL_QUEUE_ERROR_CAUSE_CAUSE_MASK);
    std::string name = "cause " + std::to_string(cause);
    ++coverage_[name + " opcode " + std::to_string(field(KESTREL_QUEUE_ERROR_CAUSE_OPCODE_MASK))];
    if (cause == KESTREL_ERROR_CAUSE_TRANSLATION)
      name += " fault " + std::to_string(field(KESTREL_QUEUE_ERROR_CAUSE_FAULT_MASK));
    ++coverage_[name];
    if (cause == KESTREL_ERROR_CAUSE_WRITE_ERROR) {
      const auto bytes =
          rtl_side_.memory->read(party.bus + Party::kDestinationOffset, Party::kDestinationBytes);
      model_.side.memory->write(party.bus + Party::kDestinationOffset, bytes);
    }
    return true;
  }

  void recover() {
    for (Party& party : scene_.parties) {
      const std::uint32_t status = model_.side.read(KESTREL_REG_QUEUE_STATUS(party.queue));
      if (status == 0)
        continue;
      scene_.write_register(KESTREL_REG_QUEUE_CONTROL(party.queue), KESTREL_QUEUE_CONTROL_RESET);
      scene_.both([](Side& side) { side.settle(); });
      scene_.start_party(party);
    }
  }

  KestrelBench rtl_;
  ModelSide model_;
  Side rtl_side_;
  Coverage& coverage_;
  Scene scene_;
};

TEST_CASE("lockstep: the RTL does what the functional model does", "[hw][lockstep]") {
  constexpr std::uint64_t kCommands = PRESIL_LOCKSTEP_COMMANDS;
  constexpr std::uint64_t kManyCommands = 100'000;  // Enough to meet what is rare.
  constexpr int kBatches = 60;
  const char* only = std::getenv("PRESIL_LOCKSTEP_SEED");
  Coverage coverage;
  std::uint64_t commands = 0;
  for (std::uint64_t seed = only != nullptr ? std::strtoull(only, nullptr, 10) : 1;
       commands < kCommands; ++seed) {
    CAPTURE(seed);
    Lockstep lockstep(seed, coverage);
    lockstep.is_verbose = only != nullptr;
    for (int batch = 0; batch < kBatches; ++batch) {
      CAPTURE(batch);
      if (lockstep.is_verbose)
        std::printf("batch %d\n", batch);
      lockstep.batch();
    }
    commands += lockstep.commands;
    if (only != nullptr)
      return;
  }
  for (const auto& [what, count] : coverage)
    UNSCOPED_INFO(what << ": " << count);
  for (const char* goal :
       {"opcode 0", "opcode 1", "opcode 2", "opcode 3", "opcode 16", "opcode 17", "opcode 18",
        "opcode 19", "opcode 21", "complete", "cause 1", "cause 2", "cause 3", "cause 9"}) {
    CAPTURE(goal);
    CHECK(coverage.contains(goal));
  }
  if (kCommands < kManyCommands)
    return;
  for (const char* goal : {"parked", "cause 5", "cause 6", "cause 8", "cause 10 fault 2",
                           "cause 10 fault 3", "cause 10 fault 6"}) {
    CAPTURE(goal);
    CHECK(coverage.contains(goal));
  }
}

}  // namespace
}  // namespace presil::testbench
