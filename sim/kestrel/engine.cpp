// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/engine.hpp"

#include <algorithm>

namespace presil::kestrel {
namespace {

/// From one command to the next.
constexpr std::uint64_t kCommandCycles = 8;

}  // namespace

void Engine::push(const Record& record, std::uint32_t offset) {
  commands_.push_back({record, offset});
}

bool Engine::advance(Picoseconds now_ps) {
  switch (state_) {
    case State::kWait:
      return !commands_.empty() && begin(now_ps);
    case State::kReady:
      run_slice(now_ps);
      return true;
    case State::kRun:
      if (now_ps < due_ps_)
        return false;
      end_slice();
      return true;
    case State::kSignal:
      return signal();
    default:
      return false;
  }
}

bool Engine::begin(Picoseconds now_ps) {
  const Record& record = commands_.front().record;
  tokens_ = TokenFields::decode(record);
  if ((tokens_.waits_prev && !setup_.from_prev->any()) ||
      (tokens_.waits_next && !setup_.from_next->any())) {
    waiting_since_ps_ = std::min(waiting_since_ps_, now_ps);
    return false;
  }
  if (waiting_since_ps_ != kNever)
    counts_[setup_.token_counter] += (now_ps - waiting_since_ps_) / setup_.clock_period_ps;
  waiting_since_ps_ = kNever;
  if (tokens_.waits_prev)
    setup_.from_prev->take();
  if (tokens_.waits_next)
    setup_.from_next->take();
  execution_ = setup_.make(record);
  answered_ps_ = now_ps + kCommandCycles * setup_.clock_period_ps;
  state_ = State::kReady;
  return true;
}

void Engine::run_slice(Picoseconds now_ps) {
  slice_ = execution_->run();
  if (setup_.stalls_faults && slice_.failure.cause == KESTREL_ERROR_CAUSE_TRANSLATION) {
    state_ = State::kStalled;
    return;
  }
  // Two slices are on the bus at a time: this one has the bus when the one before is answered.
  const Picoseconds busy_ps = now_ps + slice_.cycles * setup_.clock_period_ps;
  due_ps_ = std::max(busy_ps, answered_ps_);
  answered_ps_ = std::max(answered_ps_, now_ps + slice_.answer_ps);
  if (slice_.is_done || slice_.failure)
    due_ps_ = std::max(due_ps_, answered_ps_);
  if (setup_.busy_counter != kCounters)
    counts_[setup_.busy_counter] += (due_ps_ - now_ps) / setup_.clock_period_ps;
  state_ = State::kRun;
}

void Engine::end_slice() {
  if (slice_.failure)
    state_ = State::kFailed;
  else
    state_ = slice_.is_done ? State::kSignal : State::kReady;
}

bool Engine::signal() {
  bool has_changed = false;
  const auto put = [&has_changed](bool& signals, Tokens* tokens) {
    if (!signals || !tokens->has_room())
      return;
    tokens->put();
    signals = false;
    has_changed = true;
  };
  put(tokens_.signals_prev, setup_.to_prev);
  put(tokens_.signals_next, setup_.to_next);
  if (tokens_.signals_prev || tokens_.signals_next)
    return has_changed;
  commands_.pop_front();
  execution_.reset();
  state_ = State::kWait;
  return true;
}

std::optional<Error> Engine::error() const {
  return error_in(State::kFailed);
}

std::optional<Error> Engine::stalled() const {
  return error_in(State::kStalled);
}

std::optional<Error> Engine::error_in(State state) const {
  if (state_ != state)
    return std::nullopt;
  const Command& command = commands_.front();
  return Error{.failure = slice_.failure,
               .opcode = opcode_of(command.record),
               .is_in_call = true,
               .index = 0,
               .offset = command.offset};
}

void Engine::retry() {
  if (state_ == State::kStalled)
    state_ = State::kReady;
}

void Engine::abort() {
  if (state_ == State::kStalled)
    state_ = State::kFailed;
}

}  // namespace presil::kestrel
