// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// The functional model in lockstep with the RTL: random command streams, some of them wrong, some
/// of them into memory that fails. What software can see afterwards has to be the same.

#include <kestrel_regs.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "testbench/support/link_peer.hpp"
#include "testbench/support/simulator_process.hpp"

namespace presil::testbench {
namespace {

constexpr std::uint64_t kMicrosecond = 1'000'000;
constexpr std::uint64_t kBase = LinkPeer::kMemoryBase;
constexpr std::uint64_t kRing = kBase;
constexpr std::uint32_t kRingLog2 = 4, kRingEntries = 1u << kRingLog2;
// One wrong bit does not lead to the ring, whose entries are fetched before their turn.
constexpr std::uint64_t kFences = kBase + 0xc000;
constexpr std::uint64_t kSource = kBase + 0x10000, kDestination = kBase + 0x50000;
constexpr std::uint64_t kAreaBytes = 0x40000;
// In the middle of either area: pages that answer with an error.
constexpr std::uint64_t kAbortPage = 0x20000, kNobodyPage = 0x30000, kPageBytes = 4096;

using Words = std::array<std::uint32_t, 8>;
using Random = std::mt19937;

std::uint32_t low(std::uint64_t value) {
  return static_cast<std::uint32_t>(value);
}

std::uint32_t high(std::uint64_t value) {
  return static_cast<std::uint32_t>(value >> 32);
}

/// One of the two: a simulator, and what a driver would do with it.
class Side {
 public:
  explicit Side(const char* model)
      : simulator_(PRESIL_SIMULATOR, PRESIL_DESCRIPTION, {"--model", model}),
        peer_(simulator_.socket()) {
    peer_.on_dma = [](const presil_message& upcall) -> std::optional<std::uint32_t> {
      const std::uint64_t offset = (upcall.u.dma.addr - kSource) % kAreaBytes;
      if (upcall.u.dma.addr < kSource)
        return std::nullopt;
      if (offset / kPageBytes == kAbortPage / kPageBytes)
        return PRESIL_STATUS_COMPLETER_ABORT;
      if (offset / kPageBytes == kNobodyPage / kPageBytes)
        return PRESIL_STATUS_UNSUPPORTED_REQUEST;
      return std::nullopt;
    };
    peer_.config(0, LinkPeer::kAllOn);
  }

  void set_up() {
    write(KESTREL_REG_RESET, KESTREL_RESET_SOFT);
    while (read(KESTREL_REG_STATUS) & KESTREL_STATUS_RESETTING) {
    }
    write(KESTREL_REG_RING_BASE_LO, low(kRing));
    write(KESTREL_REG_RING_BASE_HI, high(kRing));
    write(KESTREL_REG_RING_SIZE, kRingLog2);
    write(KESTREL_REG_IRQ_ENABLE, KESTREL_IRQ_ENABLE_FENCE | KESTREL_IRQ_ENABLE_ERROR);
    write(KESTREL_REG_CONTROL, KESTREL_CONTROL_ENABLE);
    pushed_ = 0;
  }

  void push(const Words& words) {
    const auto entry = at(kRing + pushed_++ % kRingEntries * KESTREL_COMMAND_BYTES);
    std::fill_n(entry.begin(), KESTREL_COMMAND_BYTES, std::byte{0});
    std::memcpy(entry.data(), words.data(), sizeof(words));
  }
  void ring(std::uint32_t extra = 0) { write(KESTREL_REG_DOORBELL, pushed_ + extra); }

  /// Until it is idle or has stopped with an error.
  void settle() {
    constexpr int kPolls = 2000;
    for (int i = 0; i < kPolls; ++i) {
      if (read(KESTREL_REG_STATUS) & (KESTREL_STATUS_IDLE | KESTREL_STATUS_ERROR))
        break;
      time_ps_ =
          std::max(time_ps_ + kMicrosecond, peer_.advance(time_ps_ + kMicrosecond).device_ps);
    }
    // Interrupts are still on the link when the status has changed.
    time_ps_ = peer_.advance(time_ps_ + kMicrosecond).device_ps;
  }

  /// Everything that software can see and that does not count time.
  std::vector<std::uint32_t> registers() {
    std::vector<std::uint32_t> values;
    for (std::uint32_t offset = 0; offset < 0x100; offset += 4) {
      static const std::set<std::uint32_t> kTimes = {KESTREL_REG_TIME_LO, KESTREL_REG_TIME_HI,
                                                     KESTREL_REG_COUNT_BUSY_LO,
                                                     KESTREL_REG_COUNT_BUSY_HI};
      values.push_back(kTimes.contains(offset) ? 0 : read(offset));
    }
    return values;
  }

  /// The vectors that were sent since the latest call, in order.
  std::vector<std::uint32_t> take_interrupts() {
    std::vector<std::uint32_t> vectors;
    for (const auto& interrupt : peer_.interrupts)
      vectors.push_back(interrupt.vector);
    peer_.interrupts.clear();
    return vectors;
  }

  std::uint32_t read(std::uint32_t offset) {
    const auto completion = peer_.read(time_ps_, offset);
    time_ps_ = completion.device_ps;
    return static_cast<std::uint32_t>(completion.data);
  }
  void write(std::uint32_t offset, std::uint32_t value) {
    time_ps_ = std::max(time_ps_, peer_.write(time_ps_, offset, value).device_ps);
  }

  std::span<std::byte> memory() { return peer_.memory(); }
  std::span<std::byte> at(std::uint64_t addr) { return memory().subspan(addr - kBase); }
  bool quit() {
    peer_.quit(time_ps_);
    return simulator_.wait() == 0;
  }

 private:
  SimulatorProcess simulator_;
  LinkPeer peer_;
  std::uint64_t time_ps_ = kMicrosecond;
  std::uint32_t pushed_ = 0;
};

std::uint32_t up_to(Random& random, std::uint32_t most) {
  return std::uniform_int_distribution<std::uint32_t>(0, most)(random);
}

bool one_in(Random& random, std::uint32_t count) {
  return up_to(random, count - 1) == 0;
}

/// A COPY that stays within its areas; now and then one of its two ends touches a page that fails:
/// which of several accesses that fail is reported depends on their timing.
Words random_copy(Random& random) {
  const std::uint32_t length = one_in(random, 3) ? up_to(random, 6000) : up_to(random, 300);
  const auto place = [&](bool fails) {
    if (fails)
      return (one_in(random, 2) ? kAbortPage : kNobodyPage) - up_to(random, length + 20);
    return std::uint64_t{up_to(random, static_cast<std::uint32_t>(kAbortPage) - 8192)};
  };
  const bool source_fails = one_in(random, 20),
             destination_fails = !source_fails && one_in(random, 20);
  const std::uint64_t from = kSource + place(source_fails);
  const std::uint64_t to = kDestination + place(destination_fails);
  return {KESTREL_OPCODE_COPY, length, low(from), high(from), low(to), high(to)};
}

Words random_fence(Random& random) {
  const std::uint32_t place = low(kFences) + 8 * up_to(random, 63);
  const auto value_low = static_cast<std::uint32_t>(random());
  const auto value_high = static_cast<std::uint32_t>(random());
  return {KESTREL_OPCODE_FENCE, 0, 0, 0, place, high(kFences), value_low, value_high};
}

/// One bit wrong: of the header, or of what must be zero or aligned.
void corrupt(Words& words, Random& random) {
  const bool is_copy = words[0] == KESTREL_OPCODE_COPY;
  // A longer COPY, or one from elsewhere, might fail at both its ends.
  const std::uint32_t first = is_copy ? 6 : 1;
  const std::uint32_t word = one_in(random, 3) ? 0 : first + up_to(random, 7 - first);
  words[word] ^= 1u << up_to(random, 31);
}

Words random_command(Random& random) {
  const std::uint32_t kind = up_to(random, 9);
  Words words = {};  // NOP
  if (kind < 5)
    words = random_copy(random);
  else if (kind < 8)
    words = random_fence(random);
  if (one_in(random, 30))
    corrupt(words, random);
  return words;
}

class Lockstep {
 public:
  explicit Lockstep(unsigned seed) : random_(seed) {
    const auto memory = rtl_.memory();
    std::ranges::generate(memory, [this] { return static_cast<std::byte>(random_()); });
    std::ranges::copy(memory, model_.memory().begin());
    both([](Side& side) { side.set_up(); });
  }

  /// Some commands, then a look at everything.
  void batch() {
    const std::uint32_t count = 1 + up_to(random_, 7);
    for (std::uint32_t i = 0; i < count; ++i) {
      const Words words = random_command(random_);
      both([&](Side& side) { side.push(words); });
    }
    // A doorbell that is too far ahead, or a ring of no size: errors of their own.
    const std::uint32_t extra = one_in(random_, 50) ? 100 : 0;
    const bool no_ring = one_in(random_, 50);
    both([&](Side& side) {
      if (no_ring)
        side.write(KESTREL_REG_RING_SIZE, 0);
      side.ring(extra);
      side.settle();
    });
    compare();
  }

  const std::set<std::uint32_t>& causes() const { return causes_; }
  void finish() {
    CHECK(rtl_.quit());
    CHECK(model_.quit());
  }

 private:
  template <typename Action>
  void both(Action action) {
    action(rtl_);
    action(model_);
  }

  void compare() {
    const auto registers = rtl_.registers();
    CHECK(model_.registers() == registers);
    CHECK(model_.take_interrupts() == rtl_.take_interrupts());
    const std::uint32_t cause =
        registers[KESTREL_REG_ERROR_CAUSE / 4] & KESTREL_ERROR_CAUSE_CAUSE_MASK;
    causes_.insert(cause);
    if (cause == KESTREL_ERROR_CAUSE_READ_ERROR || cause == KESTREL_ERROR_CAUSE_WRITE_ERROR) {
      // What a COPY that failed has written before is left open; nothing else is.
      const auto from = rtl_.at(kDestination).first(kAreaBytes);
      std::ranges::copy(from, model_.at(kDestination).begin());
    }
    REQUIRE(std::ranges::equal(rtl_.memory(), model_.memory()));
    if (cause != KESTREL_ERROR_CAUSE_NONE)
      both([](Side& side) { side.set_up(); });
  }

  Random random_;
  Side rtl_{"rtl"}, model_{"functional"};
  std::set<std::uint32_t> causes_;
};

TEST_CASE("the functional model does what the RTL does", "[sim][kestrel][lockstep]") {
  constexpr int kBatches = 400;  // About 1800 commands.
  std::set<std::uint32_t> causes;
  for (unsigned seed = 1; seed <= PRESIL_LOCKSTEP_SEEDS; ++seed) {
    CAPTURE(seed);
    Lockstep lockstep(seed);
    for (int i = 0; i < kBatches; ++i) {
      CAPTURE(i);
      lockstep.batch();
    }
    lockstep.finish();
    causes.insert(lockstep.causes().begin(), lockstep.causes().end());
  }
  // Every way to stop was met, so the comparison was worth something.
  for (const std::uint32_t cause :
       {KESTREL_ERROR_CAUSE_NONE, KESTREL_ERROR_CAUSE_ILLEGAL_OPCODE,
        KESTREL_ERROR_CAUSE_ILLEGAL_FIELD, KESTREL_ERROR_CAUSE_READ_ERROR,
        KESTREL_ERROR_CAUSE_WRITE_ERROR, KESTREL_ERROR_CAUSE_RING_CONFIG,
        KESTREL_ERROR_CAUSE_RING_OVERRUN}) {
    CAPTURE(cause);
    CHECK(causes.contains(cause));
  }
}

}  // namespace
}  // namespace presil::testbench
