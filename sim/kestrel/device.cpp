// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/device.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace presil::kestrel {
namespace {

/// From the end of a record to the decision for the next one: the counters are added.
constexpr std::uint64_t kRecordCycles = 40;
constexpr std::uint32_t kQueueBytes = KESTREL_REG_QUEUE_CONFIG(1) - KESTREL_REG_QUEUE_CONFIG(0);
constexpr std::uint32_t kSpaceBytes = KESTREL_REG_SPACE_CONFIG(1) - KESTREL_REG_SPACE_CONFIG(0);
constexpr std::uint32_t kDoorbellBytes =
    KESTREL_REG_DOORBELL_TAIL(1) - KESTREL_REG_DOORBELL_TAIL(0);
constexpr std::uint32_t kCounterBytes = 8;

/// Which element of an array of registers an offset lies in, and where in it.
struct Place {
  std::uint32_t index = 0, offset = 0;
};

std::optional<Place> within(std::uint32_t offset, std::uint32_t base, std::uint32_t element_bytes,
                            std::uint32_t elements) {
  if (offset < base || offset - base >= element_bytes * elements)
    return std::nullopt;
  return Place{(offset - base) / element_bytes, (offset - base) % element_bytes};
}

std::optional<Place> in_queue(std::uint32_t offset) {
  return within(offset, KESTREL_REG_QUEUE_CONFIG(0), kQueueBytes, kQueues);
}
std::optional<Place> in_space(std::uint32_t offset) {
  return within(offset, KESTREL_REG_SPACE_CONFIG(0), kSpaceBytes, kSpaces);
}
std::optional<Place> in_doorbell(std::uint32_t offset) {
  return within(offset, KESTREL_REG_DOORBELL_TAIL(0), kDoorbellBytes, kQueues);
}
std::optional<Place> in_counter(std::uint32_t offset) {
  return within(offset, KESTREL_REG_COUNT_RECORDS_LO, kCounterBytes, kCounters);
}

}  // namespace

Device::Device(Bus& bus, std::function<void(std::uint32_t vector)> raise,
               Picoseconds clock_period_ps)
    : clock_period_ps_(clock_period_ps),
      bus_(bus, now_ps_),
      interrupts_(std::move(raise)),
      registers_(interrupts_),
      spaces_(bus_, counts_) {}

void Device::reset() {
  engine_reset();
  registers_.reset();
  queues_ = {};
  bus_.reset();
  next_begin_ps_ = 0;
}

// -------------------------------------------------------------------------------------- registers

std::uint32_t Device::read_register(std::uint32_t offset) {
  if (const auto place = in_queue(offset))
    return queues_.read(place->index, place->offset, active_ && active_->queue == place->index);
  if (const auto place = in_space(offset))
    return spaces_[place->index].read(place->offset);
  if (const auto place = in_counter(offset))
    return counters_.read(2 * place->index + place->offset / 4);
  return registers_.read(offset, status());
}

void Device::write_register(std::uint32_t offset, std::uint32_t value) {
  if (const auto place = in_queue(offset)) {
    const bool is_control =
        place->offset == KESTREL_REG_QUEUE_CONTROL(0) - KESTREL_REG_QUEUE_CONFIG(0);
    is_control ? write_control(place->index, value)
               : queues_.write(place->index, place->offset, value);
  } else if (const auto bell = in_doorbell(offset)) {
    if (bell->offset == 0)
      ring(bell->index, value);
  } else if (const auto space = in_space(offset)) {
    if (!is_engine_resetting_)
      spaces_[space->index].write(space->offset, value);
  } else {
    perform(registers_.write(offset, value));
  }
}

DeviceStatus Device::status() const {
  bool is_resetting = is_engine_resetting_;
  for (std::uint32_t i = 0; i < kQueues; ++i)
    is_resetting = is_resetting || queues_[i].is_resetting;
  return {.is_idle = is_idle(),
          .is_resetting = is_resetting,
          .is_reset_stuck =
              is_stopping_ && now_ps_ - stop_ps_ >= kResetStuckNs * kPicosecondsPerNanosecond,
          .error_queues = queues_.error_queues(),
          .active_queue = queues_.picked_last(),
          .is_active = active_.has_value(),
          .time_ns = now_ns()};
}

bool Device::is_idle() const {
  return !active_ && !is_stopping_ && !queues_.any_ready();
}

void Device::write_control(std::uint32_t number, std::uint32_t value) {
  Queue& queue = queues_[number];
  if ((value & KESTREL_QUEUE_CONTROL_SUSPEND) != 0)
    queue.is_suspended = true;
  if ((value & KESTREL_QUEUE_CONTROL_RESUME) != 0)
    queue.is_suspended = false;
  if (queue.is_stalled && (value & (KESTREL_QUEUE_CONTROL_RETRY | KESTREL_QUEUE_CONTROL_ABORT))) {
    queue.is_stalled = false;
    (value & KESTREL_QUEUE_CONTROL_ABORT) != 0 ? active_->call->abort() : active_->call->retry();
  }
  if ((value & KESTREL_QUEUE_CONTROL_RESET) == 0)
    return;
  if (active_ && active_->queue == number) {
    queue.is_resetting = true;
    stop();
  } else if (!is_engine_resetting_) {
    queues_.reset(number);
    counters_.clear(number);
  }
}

void Device::ring(std::uint32_t number, std::uint32_t tail) {
  Queue& queue = queues_[number];
  if (queue.is_resetting)
    return;
  queue.tail = tail;
  queue.is_parked = false;
  if (active_ && active_->queue == number)
    active_->was_rung = true;
}

void Device::perform(RegisterEffect effect) {
  switch (effect) {
    case RegisterEffect::kReset:
      is_engine_resetting_ = true;
      for (std::uint32_t i = 0; i < kQueues; ++i)
        queues_[i].is_resetting = true;
      stop();
      break;
    case RegisterEffect::kInvalidate:
      spaces_.invalidate(registers_.invalidation());
      // The number of a space may get another owner, who is not to see what is on chip.
      if (registers_.invalidation().is_whole())
        owner_.reset();
      break;
    case RegisterEffect::kSnapshot:
      counters_.snapshot(registers_.snapshot_index());
      break;
    case RegisterEffect::kFlip:
      registers_.flips_accumulators()
          ? accumulators_.arm(registers_.flip_place(), registers_.flip_bit())
          : scratchpad_.arm(registers_.flip_place(), registers_.flip_bit());
      break;
    case RegisterEffect::kNone:
      break;
  }
}

// ----------------------------------------------------------------------------------------- record

Picoseconds Device::advance(Picoseconds now_ps) {
  now_ps_ = now_ps;
  for (;;) {
    if (is_stopping_) {
      if (now_ps_ < bus_.answered_ps())
        return bus_.answered_ps();
      end_stop();
    } else if (!active_) {
      if (!queues_.any_ready())
        return kNever;
      if (now_ps_ < next_begin_ps_)
        return next_begin_ps_;
      begin(*queues_.pick());
    } else if (now_ps_ >= deadline_ps()) {
      fail(Error{.failure = {.cause = KESTREL_ERROR_CAUSE_BUDGET}, .opcode = active_->opcode});
    } else if (const Picoseconds due_ps = step(); due_ps > now_ps_) {
      return std::min(due_ps, deadline_ps());
    }
  }
}

bool Device::run_until_idle(Picoseconds limit_ps) {
  const Picoseconds end_ps = limit_ps > kNever - now_ps_ ? kNever : now_ps_ + limit_ps;
  for (Picoseconds due_ps = now_ps_;;) {
    due_ps = advance(due_ps);
    if (due_ps == kNever)
      return true;
    if (due_ps > end_ps)
      return false;
  }
}

Picoseconds Device::deadline_ps() const {
  if (!active_ || queue().budget_ns == 0)
    return kNever;
  // Time is told in whole nanoseconds.
  const std::uint64_t begin_ns = active_->begin_ps / kPicosecondsPerNanosecond;
  return (begin_ns + queue().budget_ns) * kPicosecondsPerNanosecond;
}

void Device::begin(std::uint32_t number) {
  active_.emplace(number, now_ps_);
  const Queue& q = queue();
  if (q.ring_log2() == 0 || q.ring_log2() > kRingLog2Max ||
      q.ring_base % KESTREL_RECORD_BYTES != 0) {
    fail(Failure{.cause = KESTREL_ERROR_CAUSE_RING_CONFIG});
  } else if (q.tail - q.head > 1u << q.ring_log2()) {
    fail(Failure{.cause = KESTREL_ERROR_CAUSE_RING_OVERRUN});
  } else {
    fetch();
  }
}

void Device::fetch() {
  const Queue& q = queue();
  const std::uint64_t place = q.head & ((1u << q.ring_log2()) - 1);
  wait_for(spaces_.read({.addr = q.ring_base + place * KESTREL_RECORD_BYTES,
                         .space = q.is_user() ? q.space() : 0,
                         .is_privileged = !q.is_user(),
                         .kind = KESTREL_ACCESS_FETCH},
                        active_->record),
           Phase::kFetched);
}

void Device::wait_for(const Outcome& outcome, Phase next) {
  active_->failure = outcome.failure;
  active_->due_ps = now_ps_ + outcome.latency_ps;
  active_->phase = next;
}

Picoseconds Device::step() {
  if (now_ps_ < active_->due_ps)
    return active_->due_ps;
  if (active_->failure) {
    fail(active_->failure);
    return now_ps_;
  }
  switch (active_->phase) {
    case Phase::kFetched:
      execute();
      break;
    case Phase::kCall:
      return step_call();
    case Phase::kWritten:
      if (active_->opcode == KESTREL_OPCODE_FENCE) {
        queues_.unpark();
        interrupts_.set(queue().vector());
      }
      write_status();
      break;
    case Phase::kRead:
      active_->word >= ControlFields::decode(active_->record).value ? write_status() : park();
      break;
    case Phase::kStatus:
      write_status();
      break;
    case Phase::kStatusWritten:
      if (queue().is_user())
        interrupts_.set(queue().vector());
      complete();
      break;
  }
  return now_ps_;
}

void Device::execute() {
  active_->opcode = opcode_of(active_->record);
  if (const std::uint32_t cause = check_ring_record(active_->record, queue().is_user());
      cause != KESTREL_ERROR_CAUSE_NONE) {
    fail(Failure{.cause = cause});
    return;
  }
  const auto fields = ControlFields::decode(active_->record);
  switch (active_->opcode) {
    case KESTREL_OPCODE_CALL:
      begin_call(fields);
      break;
    case KESTREL_OPCODE_FENCE:
      write_word(fields.addr, fields.value, false, Phase::kWritten);
      break;
    case KESTREL_OPCODE_TIMESTAMP:
      write_word(fields.addr, now_ns(), false, Phase::kWritten);
      break;
    case KESTREL_OPCODE_WAIT:
      wait_for(spaces_.read({.addr = fields.addr,
                             .space = 0,
                             .is_privileged = true,
                             .kind = KESTREL_ACCESS_CONTROL},
                            std::as_writable_bytes(std::span(&active_->word, 1))),
               Phase::kRead);
      break;
    default:  // NOP
      active_->phase = Phase::kStatus;
      break;
  }
}

void Device::begin_call(const ControlFields& fields) {
  const std::uint32_t space = queue().space();
  active_->phase = Phase::kCall;
  if (owner_ != space) {
    wipe();
    active_->due_ps = now_ps_ + kWipeCycles * clock_period_ps_;
  }
  owner_ = space;
  ++counts_[kCalls];
  active_->call = std::make_unique<Call>(CallParts{.spaces = spaces_,
                                                   .scratchpad = scratchpad_,
                                                   .accumulators = accumulators_,
                                                   .counts = counts_,
                                                   .clock_period_ps = clock_period_ps_},
                                         fields.addr, fields.size, space,
                                         queue().is_set(KESTREL_QUEUE_CONFIG_STALL_FAULTS));
}

Picoseconds Device::step_call() {
  Call& call = *active_->call;
  const Picoseconds due_ps = call.advance(now_ps_);
  if (call.error()) {
    fail(*call.error());
  } else if (call.is_done()) {
    write_status();
  } else {
    if (auto stalled = call.stalled(); stalled && !queue().is_stalled) {
      stalled->index = queue().head;
      queue().error = *stalled;
      queue().is_stalled = true;
      interrupts_.set(registers_.error_vector());
    }
    return due_ps;
  }
  return now_ps_;
}

void Device::write_word(std::uint64_t addr, std::uint64_t value, bool as_queue, Phase next) {
  const bool as_user = as_queue && queue().is_user();
  wait_for(spaces_.write({.addr = addr,
                          .space = as_user ? queue().space() : 0,
                          .is_privileged = !as_user,
                          .kind = KESTREL_ACCESS_CONTROL},
                         std::as_bytes(std::span(&value, 1))),
           next);
}

void Device::write_status() {
  if (queue().is_set(KESTREL_QUEUE_CONFIG_WRITE_STATUS))
    write_word(queue().status_addr, queue().head + 1u, true, Phase::kStatusWritten);
  else
    complete();
}

void Device::complete() {
  ++queue().head;
  ++counts_[kRecords];
  end();
}

void Device::park() {
  // What was rung for may have been written after the word was read.
  queue().is_parked = !active_->was_rung;
  end();
}

void Device::end() {
  counts_[kBusyNs] = now_ns() - active_->begin_ps / kPicosecondsPerNanosecond;
  counters_.add(active_->queue, counts_);
  counts_ = {};
  active_.reset();
  next_begin_ps_ = now_ps_ + kRecordCycles * clock_period_ps_;
}

// ------------------------------------------------------------------------------------------- stop

void Device::fail(const Failure& failure) {
  fail(Error{.failure = failure, .opcode = active_->opcode});
}

void Device::fail(Error error) {
  stop_error_ = error;
  stop_error_.index = queue().head;
  stop();
}

void Device::stop() {
  if (!is_stopping_)
    stop_ps_ = now_ps_;
  is_stopping_ = true;
  // Of a CALL that is stopped nobody may see what it has left.
  if (active_ && active_->phase == Phase::kCall)
    owner_.reset();
  if (active_)
    active_->call.reset();
  // Nothing is under way: nothing is waited for.
  if (now_ps_ >= bus_.answered_ps())
    end_stop();
}

void Device::end_stop() {
  is_stopping_ = false;
  if (is_engine_resetting_) {
    engine_reset();
    return;
  }
  const std::uint32_t number = active_->queue;
  Queue& q = queues_[number];
  q.is_stalled = false;
  end();
  if (q.is_resetting) {
    queues_.reset(number);
    counters_.clear(number);
  } else {
    q.has_error = true;
    q.error = stop_error_;
    interrupts_.set(registers_.error_vector());
  }
}

void Device::engine_reset() {
  is_engine_resetting_ = is_stopping_ = false;
  active_.reset();
  for (std::uint32_t i = 0; i < kQueues; ++i)
    queues_.reset(i);
  registers_.engine_reset();
  counters_ = {};
  counts_ = {};
  spaces_.clear();
  wipe();
  scratchpad_.disarm();
  accumulators_.disarm();
  owner_.reset();
}

void Device::wipe() {
  scratchpad_.wipe();
  accumulators_.wipe();
}

BusAnswer Device::Watch::note(BusAnswer answer) {
  answered_ps_ = std::max(answered_ps_, now_ps_ + answer.latency_ps);
  return answer;
}

BusAnswer Device::Watch::read(std::uint64_t addr, std::span<std::byte> data, std::uint32_t user) {
  return note(bus_.read(addr, data, user));
}

BusAnswer Device::Watch::write(std::uint64_t addr, std::span<const std::byte> data,
                               std::uint32_t user) {
  return note(bus_.write(addr, data, user));
}

}  // namespace presil::kestrel
