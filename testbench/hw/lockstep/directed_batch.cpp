// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "directed_batch.hpp"

#include <catch2/catch_test_macros.hpp>

#include "directed_program.hpp"

namespace presil::testbench {
namespace {

bool is_control(Op op) {
  return op == Op::kRingFence || op == Op::kRingWait || op == Op::kRingTimestamp;
}

}  // namespace

void DirectedBatch::run() {
  const std::uint64_t before = lockstep_.met(cell_);
  set_up();
  reach(cell_.state);
  expect(0);
  if (cell_.op == Op::kRingUnread)
    execute_unread_record();
  else if (is_in_ring(cell_.op))
    execute_record();
  else if (cell_.op == Op::kUnread)
    execute_unread_command();
  else
    execute_command();
  CHECK(lockstep_.met(cell_) > before);

  scene_.reset_party(party_);
  if (is_kernel_space_changed_)
    scene_.set_space(0, scene_.kernel_mode);
  if (is_own_space_changed_)
    scene_.set_space(party_.space, party_.mode);
  lockstep_.settle();
}

// ------------------------------------------------------------------------------------------ state

void DirectedBatch::set_up() {
  const bool is_of_call = !is_in_ring(cell_.op);
  const bool has_to_stall = cell_.state == State::kRetried || cell_.state == State::kAborted;
  const bool must_not_stall = !has_to_stall && is_of_call && is_translation(cell_.outcome);
  party_.config &= ~(KESTREL_QUEUE_CONFIG_USER | KESTREL_QUEUE_CONFIG_STALL_FAULTS |
                     KESTREL_QUEUE_CONFIG_WRITE_STATUS);
  if (is_user())
    party_.config |= KESTREL_QUEUE_CONFIG_USER;
  if (has_to_stall || (!must_not_stall && one_in(random_, 2)))
    party_.config |= KESTREL_QUEUE_CONFIG_STALL_FAULTS;
  if (one_in(random_, 2))
    party_.config |= KESTREL_QUEUE_CONFIG_WRITE_STATUS;
  scene_.reset_party(party_);
  lockstep_.settle();
  scene_.start_party(party_);
}

/// Where the cell leaves it open, at random.
bool DirectedBatch::is_user() {
  if (cell_.state == State::kUser)
    return true;
  if (cell_.state == State::kKernel || cell_.state == State::kUnparked)
    return false;
  if (is_control(cell_.op))
    return cell_.outcome == Outcome::kPrivileged;
  // There the record would lie in the space that is off.
  if (cell_.op == Op::kUnread && cell_.outcome == Outcome::kSpaceOff)
    return false;
  return one_in(random_, 2);
}

// -------------------------------------------------------------------------------------- execution

void DirectedBatch::execute_unread_record() {
  // What the ring would say, were it read; see Lockstep::note_failure().
  scene_.push(party_, kestrel_call(party_.va, KESTREL_RECORD_BYTES));
  switch (cell_.outcome) {
    case Outcome::kRingConfig:
      if (one_in(random_, 2))
        set_ring_base(party_.ring() + 4 * static_cast<std::uint64_t>(between(random_, 1, 15)));
      else
        set_config(party_.config & ~KESTREL_QUEUE_CONFIG_RING_LOG2_MASK);
      break;
    case Outcome::kRingOverrun:
      party_.tail += static_cast<std::uint32_t>(between(random_, 1u << Party::kRingLog2, 1000));
      break;
    case Outcome::kBudget:
      lockstep_.set_latency_ns(400);
      scene_.write_register(KESTREL_REG_QUEUE_BUDGET(party_.queue),
                            static_cast<std::uint32_t>(between(random_, 1, 300)));
      break;
    case Outcome::kSpaceOff:
      set_mode(party_.is_user() ? party_.space : 0, KESTREL_SPACE_MODE_OFF);
      break;
    default:
      set_ring_base(trap_addr(party_.queue_base()));
  }
  run_to_end();
}

void DirectedBatch::execute_record() {
  const Op op = cell_.op;
  if (cell_.outcome == Outcome::kBudget) {
    exceed_budget();
    return;
  }
  if (op == Op::kRingUnknown) {
    const bool is_of_buffers = one_in(random_, 2);
    scene_.push(party_,
                KestrelRecord(static_cast<std::uint32_t>(
                    is_of_buffers ? between(random_, KESTREL_OPCODE_LOAD, KESTREL_OPCODE_BARRIER)
                                  : between(random_, KESTREL_OPCODE_BARRIER + 1, 255))));
    run_to_end();
    return;
  }
  const bool is_bus = cell_.outcome == Outcome::kReadError || cell_.outcome == Outcome::kWriteError;
  const bool is_at_trap = is_bus || is_translation(cell_.outcome);
  // Its own address is where it goes wrong, or that of the status page after it.
  const bool is_own = is_at_trap && is_control(op) &&
                      (cell_.outcome == Outcome::kReadError || one_in(random_, 2)) &&
                      !(op == Op::kRingWait && cell_.outcome == Outcome::kWriteError);
  if (is_at_trap && !is_own) {
    set_status_addr(trap_addr(party_.queue_base()));
    set_config(party_.config | KESTREL_QUEUE_CONFIG_WRITE_STATUS);
  }
  if (is_control(op)) {
    push_control(is_own ? trap_addr(party_.bus)
                        : (op == Op::kRingTimestamp ? party_.time_addr() : party_.fence_addr()));
  } else if (cell_.outcome == Outcome::kIllegalField) {
    KestrelRecord record =
        op == Op::kRingNop ? kestrel_nop() : kestrel_call(party_.va, KESTREL_RECORD_BYTES);
    scene_.push(party_, record.put(0, 1u << between(random_, 8, 31), 1));
  } else if (op == Op::kRingNop) {
    scene_.push(party_, kestrel_nop());
  } else {
    std::vector<KestrelRecord> commands = harmless_program(party_, random_, 3);
    commands.push_back(kestrel_nop());
    call(commands);
  }
  run_to_end();
}

void DirectedBatch::push_control(std::uint64_t addr) {
  KestrelRecord record = kestrel_timestamp(addr);
  if (cell_.op == Op::kRingFence)
    record = kestrel_fence(addr, ++party_.fence);
  else if (cell_.op == Op::kRingWait)
    record = kestrel_wait(addr, 0);
  if (cell_.outcome == Outcome::kIllegalField) {
    if (one_in(random_, 2))
      record.put(0, 1u << between(random_, 8, 31), 1);
    else
      record.put_long(KESTREL_CONTROL_ADDR_LO, addr + 4);
  }
  scene_.push(party_, record);
}

// A CALL hangs, or stalls. Of other records the budget ends while their last access is under way:
// that needs memories which take as long on both sides, and translations that are known.
void DirectedBatch::exceed_budget() {
  const std::uint32_t budget = KESTREL_REG_QUEUE_BUDGET(party_.queue);
  if (cell_.op == Op::kRingCall) {
    scene_.write_register(budget, static_cast<std::uint32_t>(between(random_, 6000, 9000)));
    const std::uint64_t page = party_.va + Party::trap_offset(Trap::kPermission);
    const std::vector<KestrelRecord> stalled = {transfer_at(one_in(random_, 2), page, random_)};
    call(party_.stalls_faults() && one_in(random_, 2) ? stalled : hanging_program());
    run_to_end();
    return;
  }
  constexpr unsigned kLatencyNs = 400;
  set_config(party_.config | KESTREL_QUEUE_CONFIG_WRITE_STATUS);
  // Twice: the first may find one page's translation, and push it out by the other's.
  for (int i = 0; i < 2; ++i)
    scene_.push(party_, kestrel_nop());
  ring();
  step();
  lockstep_.set_latency_ns(kLatencyNs);
  scene_.write_register(budget, kLatencyNs * 3 / 2);
  if (cell_.op == Op::kRingNop)
    scene_.push(party_, kestrel_nop());
  else
    push_control(cell_.op == Op::kRingTimestamp ? party_.time_addr() : party_.fence_addr());
  run_to_end();
}

void DirectedBatch::execute_unread_command() {
  std::vector<KestrelRecord> commands = harmless_program(party_, random_, 3);
  const std::uint64_t before = commands.size() * KESTREL_RECORD_BYTES;
  commands.push_back(kestrel_nop());
  if (cell_.outcome == Outcome::kSpaceOff) {
    set_mode(party_.space, KESTREL_SPACE_MODE_OFF);
    call(commands);
  } else if (cell_.outcome == Outcome::kNonCanonical) {
    scene_.push(party_, kestrel_call(non_canonical(party_.va, random_), 2 * KESTREL_RECORD_BYTES));
  } else {
    const Trap trap = trap_of(cell_.outcome, random_);
    scene_.call(party_, Party::trap_offset(trap) - before, commands);
  }
  run_to_end();
}

void DirectedBatch::execute_command() {
  Flip flip;
  const auto commands = directed_program(cell_.op, cell_.outcome, party_, random_, flip);
  if (flip.is_wanted) {
    scene_.write_register(
        KESTREL_REG_PARITY_PLACE,
        flip.place | (flip.is_accumulators ? KESTREL_PARITY_PLACE_ACCUMULATORS : 0));
    const std::int64_t bits = flip.is_accumulators ? 512 : 128;
    scene_.write_register(
        KESTREL_REG_PARITY_FLIP,
        static_cast<std::uint32_t>(between(random_, 0, bits - 1)) | KESTREL_PARITY_FLIP_GO);
  }
  call(commands);
  run_to_end();
}

void DirectedBatch::run_to_end() {
  ring();
  lockstep_.settle();
  lockstep_.set_latency_ns(0);
  if (cell_.state == State::kAborted) {
    lockstep_.compare(&party_);
    expect(kStalledStatus);
    if (one_in(random_, 2)) {
      control(KESTREL_QUEUE_CONTROL_RETRY);
      step();
      expect(kStalledStatus);
    }
    party_.state = State::kAborted;
    control(KESTREL_QUEUE_CONTROL_ABORT);
    lockstep_.settle();
  }
  lockstep_.compare(&party_);
}

void DirectedBatch::set_mode(unsigned space, std::uint32_t mode) {
  (space == 0 ? is_kernel_space_changed_ : is_own_space_changed_) = true;
  scene_.set_space(space, mode);
}

/// Of the outcome, in the kernel's space or in the party's own; the kernel's has a table then.
std::uint64_t DirectedBatch::trap_addr(std::uint64_t base) {
  if (base == party_.bus && is_translation(cell_.outcome))
    set_mode(0, KESTREL_SPACE_MODE_TABLE);
  if (cell_.outcome == Outcome::kNonCanonical)
    return non_canonical(base + Party::kRingOffset, random_);
  return base + Party::trap_offset(trap_of(cell_.outcome, random_));
}

}  // namespace presil::testbench
