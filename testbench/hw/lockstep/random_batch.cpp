// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "random_batch.hpp"

#include <catch2/catch_test_macros.hpp>

namespace presil::testbench {
namespace {

constexpr std::uint64_t kSlotBytes = 0x1000;
constexpr unsigned kSlots = 4;

}  // namespace

void RandomBatch::run() {
  const bool is_alone = scene_.parties.size() == 1 || one_in(random_, 2);
  if (is_alone) {
    Party& party = scene_.parties[random_() % scene_.parties.size()];
    if (one_in(random_, 5))
      suspend_and_submit(party);
    else
      submit(party, true);
    lockstep_.settle();
    while ((lockstep_.status(party) & KESTREL_QUEUE_STATUS_FAULT_STALLED) != 0)
      end_stall(party);
  } else {
    for (Party& party : scene_.parties)
      submit(party, false);
    lockstep_.settle();
  }
  lockstep_.compare();
  lockstep_.recover();
  if (!is_alone)
    empty_chip();
}

// Records of the ring: CALLs with programs of their own, fences, and what goes wrong in a ring.
void RandomBatch::submit(Party& party, bool is_alone) {
  const auto calls = static_cast<unsigned>(between(random_, 1, kSlots));
  for (unsigned slot = 0; slot < calls; ++slot) {
    const bool is_hostile = one_in(random_, 3);
    const bool may_leave = is_hostile && (is_alone || !party.stalls_faults());
    RandomProgram program(random_, party.territory(),
                          {.outside = may_leave ? 6u : 0u,
                           .corrupt = is_hostile && is_alone ? 8u : 0u,
                           .illegal = is_hostile ? 12u : 0u,
                           .misplaced = is_hostile && is_alone ? 12u : 0u});
    const auto commands = program.make(static_cast<unsigned>(between(random_, 1, 9)), is_alone);
    scene_.call(party, slot * kSlotBytes, commands);
    scene_.push(party, ring_record(party));
  }
  if (one_in(random_, 60))
    party.tail += 100;
  scene_.doorbell(party);
}

KestrelRecord RandomBatch::ring_record(Party& party) {
  KestrelRecord record = intact_ring_record(party);
  if (one_in(random_, 40)) {
    const auto bit = static_cast<unsigned>(random_() % 512);
    const unsigned offset = bit / 32 * 4;
    // Addresses stay, else it is anybody's memory that is written.
    if (offset != KESTREL_CONTROL_ADDR_LO && offset != KESTREL_CONTROL_ADDR_HI)
      record.put(offset, record.words()[offset / 4] ^ 1u << bit % 32);
  } else if (one_in(random_, 60)) {
    record.put_long(KESTREL_CONTROL_ADDR_LO, party.fence_addr() + 4);
  }
  return record;
}

KestrelRecord RandomBatch::intact_ring_record(Party& party) {
  if (party.is_user() && !one_in(random_, 12))
    return kestrel_nop();
  switch (random_() % 10) {
    case 0:
      return kestrel_nop();
    case 1:
      return kestrel_timestamp(party.time_addr());
    case 2:
    case 3:
      return wait_for_somebody(party);
    default:
      return kestrel_fence(party.fence_addr(), ++party.fence);
  }
}

/// For itself, or for another queue: for what that has got, or gets in this batch, or not yet.
KestrelRecord RandomBatch::wait_for_somebody(const Party& party) {
  const Party& other = scene_.parties[random_() % scene_.parties.size()];
  if (&other == &party || other.is_user())
    return kestrel_wait(party.fence_addr(), party.fence);
  return kestrel_wait(other.fence_addr(), other.fence + (one_in(random_, 3) ? 1 : 0));
}

// Suspended it runs nothing, however often its doorbell is written.
void RandomBatch::suspend_and_submit(Party& party) {
  scene_.write_register(KESTREL_REG_QUEUE_CONTROL(party.queue), KESTREL_QUEUE_CONTROL_SUSPEND);
  const std::uint32_t tail = party.tail;
  submit(party, true);
  lockstep_.finish();
  CHECK(lockstep_.status(party) == (KESTREL_QUEUE_STATUS_SUSPENDED | KESTREL_QUEUE_STATUS_PENDING));
  CHECK(party.tail != tail);
  party.state = State::kResumed;
  scene_.write_register(KESTREL_REG_QUEUE_CONTROL(party.queue), KESTREL_QUEUE_CONTROL_RESUME);
}

// Nothing is repaired here: directed batches do that.
void RandomBatch::end_stall(Party& party) {
  lockstep_.compare();
  const std::uint32_t control = KESTREL_REG_QUEUE_CONTROL(party.queue);
  switch (random_() % 4) {
    case 0:
      scene_.write_register(control, KESTREL_QUEUE_CONTROL_RETRY);
      break;
    case 1:
      scene_.reset_party(party);
      scene_.start_party(party);
      party.state = State::kReset;
      break;
    default:
      party.state = State::kAborted;
      scene_.write_register(control, KESTREL_QUEUE_CONTROL_ABORT);
  }
  lockstep_.settle();
}

/// Queues that compete may come in another order on either side, and so may be different ones
/// that were last on the engines. Two CALLs of different spaces, one after the other, even that
/// out.
void RandomBatch::empty_chip() {
  for (Party* party : {&scene_.parties.front(), &scene_.parties.back()}) {
    const KestrelRecord nop = kestrel_nop();
    scene_.call(*party, 0, {&nop, 1});
    scene_.doorbell(*party);
    lockstep_.settle();
  }
}

}  // namespace presil::testbench
