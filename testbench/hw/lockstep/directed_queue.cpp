// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "directed_queue.hpp"

#include <catch2/catch_test_macros.hpp>

namespace presil::testbench {
namespace {

constexpr std::uint64_t kProgramOffset = 0x8000;

}  // namespace

void DirectedQueue::reach(State state) {
  switch (state) {
    case State::kResumed:
      suspend();
      party_.state = State::kResumed;
      control(KESTREL_QUEUE_CONTROL_RESUME);
      step();
      break;
    case State::kUnparked:
      park();
      party_.state = State::kUnparked;
      unpark();
      break;
    case State::kRetried:
      stall();
      retry();
      break;
    case State::kReset:
      reset_pending();
      break;
    default:
      break;
  }
}

// A doorbell of a suspended queue runs nothing.
void DirectedQueue::suspend() {
  control(KESTREL_QUEUE_CONTROL_SUSPEND);
  const std::vector<KestrelRecord> commands = {kestrel_nop()};
  for (auto i = between(random_, 1, 3); i > 0; --i)
    one_in(random_, 2) ? scene_.push(party_, kestrel_nop()) : call(commands);
  ring();
  step();
  expect(KESTREL_QUEUE_STATUS_SUSPENDED | KESTREL_QUEUE_STATUS_PENDING);
}

void DirectedQueue::park() {
  scene_.write64(party_.word_addr(), random_() % 100);
  scene_.push(party_, kestrel_wait(party_.word_addr(), 100));
  for (auto i = between(random_, 1, 2); i > 0; --i) {
    ring();  // The same again has it look again.
    step();
    expect(KESTREL_QUEUE_STATUS_PARKED | KESTREL_QUEUE_STATUS_PENDING);
  }
}

// By another queue's FENCE, if there is one that may, or by software.
void DirectedQueue::unpark() {
  Party& other = scene_.parties[random_() % scene_.parties.size()];
  const std::uint64_t number = 100 + random_() % 100;
  if (!other.is_user()) {
    scene_.push(other, kestrel_fence(party_.word_addr(), number));
    scene_.doorbell(other);
    lockstep_.finish();
    return;
  }
  scene_.write64(party_.word_addr(), number);
  ring();
  step();
}

// A fetch, a LOAD or a STORE meets a page that software can repair.
void DirectedQueue::stall() {
  const Trap traps[] = {Trap::kNotPresent, Trap::kPermission, Trap::kTableFormat, Trap::kTableBus};
  stalled_at_ = traps[random_() % 4];
  const std::uint64_t at = Party::trap_offset(stalled_at_);
  std::vector<KestrelRecord> commands = harmless_program(party_, random_, 3);
  if (one_in(random_, 3)) {
    const std::uint64_t before = commands.size() * KESTREL_RECORD_BYTES;
    commands.push_back(kestrel_nop());
    commands.push_back(kestrel_barrier());
    scene_.call(party_, at - before, commands);
  } else {
    commands.push_back(kestrel_barrier());
    commands.push_back(transfer_at(one_in(random_, 2), party_.va + at, random_));
    call(commands);
  }
  ring();
  step();
  expect(kStalledStatus);
}

// Without a repair it stalls again.
void DirectedQueue::retry() {
  if (one_in(random_, 2)) {
    control(KESTREL_QUEUE_CONTROL_RETRY);
    step();
    expect(kStalledStatus);
  }
  scene_.repair(party_, stalled_at_);
  party_.state = State::kRetried;
  control(KESTREL_QUEUE_CONTROL_RETRY);
  step();
  scene_.spring(party_, stalled_at_);
}

// Suspended, parked, stalled, or in the middle of a CALL.
void DirectedQueue::reset_pending() {
  const bool is_user = party_.is_user();
  switch (random_() % 4) {
    case 0:
      suspend();
      break;
    case 1:
      is_user ? suspend() : park();
      break;
    case 2:
      party_.stalls_faults() ? stall() : suspend();
      break;
    default:
      call(hanging_program());
      ring();
      lockstep_.settle_hung();
      lockstep_.compare(&party_);
      expect(KESTREL_QUEUE_STATUS_RUNNING | KESTREL_QUEUE_STATUS_PENDING);
  }
  scene_.reset_party(party_);
  step();
  scene_.start_party(party_);
  party_.state = State::kReset;
}

// ------------------------------------------------------------------------------------- registers

void DirectedQueue::control(std::uint32_t bit) {
  scene_.write_register(KESTREL_REG_QUEUE_CONTROL(party_.queue), bit);
}

void DirectedQueue::ring() {
  scene_.doorbell(party_);
}

void DirectedQueue::set_config(std::uint32_t config) {
  scene_.write_register(KESTREL_REG_QUEUE_CONFIG(party_.queue),
                        config | KESTREL_QUEUE_CONFIG_ENABLE);
}

void DirectedQueue::set_ring_base(std::uint64_t addr) {
  scene_.write_register(KESTREL_REG_QUEUE_RING_BASE_LO(party_.queue),
                        static_cast<std::uint32_t>(addr));
  scene_.write_register(KESTREL_REG_QUEUE_RING_BASE_HI(party_.queue),
                        static_cast<std::uint32_t>(addr >> 32));
}

void DirectedQueue::set_status_addr(std::uint64_t addr) {
  scene_.write_register(KESTREL_REG_QUEUE_STATUS_ADDR_LO(party_.queue),
                        static_cast<std::uint32_t>(addr));
  scene_.write_register(KESTREL_REG_QUEUE_STATUS_ADDR_HI(party_.queue),
                        static_cast<std::uint32_t>(addr >> 32));
}

void DirectedQueue::call(std::span<const KestrelRecord> commands) {
  scene_.call(party_, kProgramOffset, commands);
}

void DirectedQueue::expect(std::uint32_t status) {
  CHECK(lockstep_.status(party_) == status);
}

}  // namespace presil::testbench
