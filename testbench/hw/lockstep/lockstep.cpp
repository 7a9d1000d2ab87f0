// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "lockstep.hpp"

#include <algorithm>
#include <utility>

#include <catch2/catch_test_macros.hpp>

namespace presil::testbench {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint32_t kStalled = KESTREL_QUEUE_STATUS_FAULT_STALLED;

std::uint32_t field(std::uint32_t word, std::uint32_t mask) {
  return (word & mask) / (mask & -mask);
}

}  // namespace

Lockstep::Lockstep(std::uint64_t seed, Goals& goals)
    : stall_(seed % 2 == 0 ? Stall::kWith : Stall::kWithout),
      timing_(timing(seed)),
      rtl_(timing_),
      goals_(goals),
      scene_(seed, rtl_side(), model_.side) {
  for (const RefusedPage& page : scene_.refused_pages)
    rtl_.memory.add_fault(page.addr, page.addr + kPage, page.response, true, true);
  model_.refused_pages = scene_.refused_pages;
  scene_.start();
}

AxiTiming Lockstep::timing(std::uint64_t seed) {
  Random random(seed * 77 + 1);
  return {.stall_percent = seed % 2 == 0 ? static_cast<unsigned>(between(random, 1, 3)) * 15 : 0,
          .latency_cycles = static_cast<unsigned>(one_in(random, 3) ? 300 : between(random, 1, 40)),
          .interleave = one_in(random, 2),
          .seed = seed};
}

Side& Lockstep::rtl_side() {
  rtl_side_.memory = &rtl_.memory.memory();
  rtl_side_.write = [this](std::uint32_t offset, std::uint32_t value) {
    rtl_.write32(offset, value);
  };
  rtl_side_.read = [this](std::uint32_t offset) { return rtl_.read32(offset); };
  rtl_side_.settle = [this] {
    REQUIRE(rtl_.run_until([&] { return is_rtl_still(); }));
    rtl_.cycles(30);  // Interrupts leave last.
  };
  rtl_side_.time_ns = [this] { return rtl_.time_ns; };
  return rtl_side_;
}

bool Lockstep::is_rtl_still() {
  if ((rtl_.read32(KESTREL_REG_STATUS) & KESTREL_STATUS_IDLE) != 0)
    return true;
  bool is_stalled = false;
  each([&](const Party& party) {
    // A budget ends the stall without software.
    is_stalled =
        is_stalled || (party.stalls_faults() && (rtl_.queue_status(party.queue) & kStalled) != 0 &&
                       rtl_.read32(KESTREL_REG_QUEUE_BUDGET(party.queue)) == 0);
  });
  // What was asked for before comes yet.
  if (is_stalled)
    rtl_.cycles(timing_.latency_cycles + 200);
  return is_stalled;
}

void Lockstep::settle() {
  scene_.both([](Side& side) { side.settle(); });
}

void Lockstep::settle_hung() {
  // Some answers one after another: walks, a record, commands.
  rtl_.cycles(1000 + std::uint64_t{16} * timing_.latency_cycles);
  model_.side.settle();
}

void Lockstep::set_latency_ns(unsigned latency_ns) {
  rtl_.memory.timing().latency_cycles = latency_ns == 0 ? timing_.latency_cycles : latency_ns;
  model_.latency_ps = latency_ns * kPicosecondsPerNanosecond;
}

// ------------------------------------------------------------------------------------- comparison

void Lockstep::same(std::uint32_t offset, const char* name) {
  INFO(name);
  const std::uint32_t rtl = rtl_side_.read(offset), model = model_.side.read(offset);
  CHECK(rtl == model);
}

void Lockstep::compare(Party* only) {
  REQUIRE(model_.is_settled);
  const auto each_of_them = [&](const auto& action) {
    only != nullptr ? action(*only) : each(action);
  };
  each_of_them([&](const Party& party) { compare_queue(party); });
  same(KESTREL_REG_ERROR_QUEUES, "ERROR_QUEUES");
  same(KESTREL_REG_IRQ_STATUS, "IRQ_STATUS");
  for (unsigned vector = 0; vector < KestrelBench::kVectors; ++vector) {
    CAPTURE(vector);
    CHECK(rtl_.pulses(vector).size() == model_.pulses(vector));
  }
  each_of_them([&](Party& party) {
    even_out_time(party);
    note(party);
    compare_memory(party);
  });
  scene_.write_register(KESTREL_REG_IRQ_STATUS, 0x1ffff);
  compared_ns_ = {rtl_side_.time_ns(), model_.side.time_ns()};
}

void Lockstep::compare_queue(const Party& party) {
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
}

void Lockstep::compare_memory(const Party& party) {
  constexpr std::uint64_t kWritable = Party::kDestinationOffset + Party::kDestinationBytes;
  for (const auto& [first, bytes] :
       {std::pair(std::uint64_t{0}, kWritable), std::pair(Party::kRingOffset, kPage),
        std::pair(Party::kFenceOffset, kPage)}) {
    const auto rtl = rtl_side_.memory->read(party.bus + first, bytes);
    const auto model = model_.side.memory->read(party.bus + first, bytes);
    const auto [at, other] = std::ranges::mismatch(rtl, model);
    if (at != rtl.end())
      FAIL("queue " << party.queue << ": at " << first + (at - rtl.begin()) << " the RTL has "
                    << +*at << ", the model " << +*other);
  }
}

/// What TIMESTAMP has written differs: it was written by both since they were compared last, or by
/// neither.
void Lockstep::even_out_time(const Party& party) {
  const std::uint64_t rtl = rtl_side_.memory->read64(party.time_addr());
  const std::uint64_t model = model_.side.memory->read64(party.time_addr());
  CHECK((rtl != 0) == (model != 0));
  if (rtl != 0 && model != 0) {
    CHECK(rtl >= compared_ns_[0]);
    CHECK(rtl <= rtl_side_.time_ns());
    CHECK(model >= compared_ns_[1]);
    CHECK(model <= model_.side.time_ns());
  }
  scene_.write64(party.time_addr(), 0);
}

// ------------------------------------------------------------------------------------------ goals

/// Notes what a queue has completed and how it failed, and evens out what a STORE that the bus
/// refused has written.
void Lockstep::note(Party& party) {
  const std::uint32_t head = model_.side.read(KESTREL_REG_QUEUE_HEAD(party.queue));
  for (; party.noted < std::min<std::size_t>(head, party.submitted.size()); ++party.noted) {
    const Submitted& submitted = party.submitted[party.noted];
    goals_.hit({submitted.op, Outcome::kComplete, party.state}, stall_);
    for (const Op command : submitted.commands)
      goals_.hit({command, Outcome::kComplete, party.state}, stall_);
  }
  if ((status(party) & KESTREL_QUEUE_STATUS_ERROR) == 0)
    return;
  const std::uint32_t error = model_.side.read(KESTREL_REG_QUEUE_ERROR_CAUSE(party.queue));
  if (!party.is_failure_noted)
    note_failure(party, error);
  party.is_failure_noted = true;
  if (field(error, KESTREL_QUEUE_ERROR_CAUSE_CAUSE_MASK) == KESTREL_ERROR_CAUSE_WRITE_ERROR) {
    const auto bytes =
        rtl_side_.memory->read(party.bus + Party::kDestinationOffset, Party::kDestinationBytes);
    model_.side.memory->write(party.bus + Party::kDestinationOffset, bytes);
  }
}

void Lockstep::note_failure(Party& party, std::uint32_t error) {
  const std::uint32_t cause = field(error, KESTREL_QUEUE_ERROR_CAUSE_CAUSE_MASK);
  const std::uint32_t opcode = field(error, KESTREL_QUEUE_ERROR_CAUSE_OPCODE_MASK);
  const std::uint32_t access = field(error, KESTREL_QUEUE_ERROR_CAUSE_ACCESS_MASK);
  const bool is_in_call = (error & KESTREL_QUEUE_ERROR_CAUSE_IN_CALL) != 0;
  const Submitted* submitted =
      party.noted < party.submitted.size() ? &party.submitted[party.noted] : nullptr;
  const Outcome outcome = outcome_of(cause, field(error, KESTREL_QUEUE_ERROR_CAUSE_FAULT_MASK));

  // 0 is what was not read, or a NOP.
  bool is_unread = cause == KESTREL_ERROR_CAUSE_FETCH_ERROR ||
                   cause == KESTREL_ERROR_CAUSE_RING_CONFIG ||
                   cause == KESTREL_ERROR_CAUSE_RING_OVERRUN ||
                   (cause == KESTREL_ERROR_CAUSE_TRANSLATION && access == KESTREL_ACCESS_FETCH);
  if (cause == KESTREL_ERROR_CAUSE_BUDGET && opcode == KESTREL_OPCODE_NOP)
    is_unread = submitted == nullptr || submitted->op != Op::kRingNop;
  Op op = is_in_call ? command_op(opcode) : ring_op(opcode);
  if (is_unread)
    op = is_in_call ? Op::kUnread : Op::kRingUnread;
  goals_.hit({op, outcome, party.state}, stall_);

  // What comes before an aborted command has completed before it stalled.
  if (!is_in_call || submitted == nullptr || party.state == State::kAborted)
    return;
  // Every command is ordered behind those before it.
  const std::uint32_t offset = model_.side.read(KESTREL_REG_QUEUE_ERROR_OFFSET(party.queue));
  for (std::size_t i = 0;
       i < std::min<std::size_t>(offset / KESTREL_RECORD_BYTES, submitted->commands.size()); ++i)
    goals_.hit({submitted->commands[i], Outcome::kComplete, party.state}, stall_);
}

// --------------------------------------------------------------------------------------- recovery

void Lockstep::recover() {
  for (Party& party : scene_.parties) {
    const std::uint32_t before = status(party);
    if (before == 0)
      continue;
    scene_.reset_party(party);
    settle();
    scene_.start_party(party);
    if ((before & KESTREL_QUEUE_STATUS_ERROR) == 0)
      party.state = State::kReset;
  }
}

}  // namespace presil::testbench
