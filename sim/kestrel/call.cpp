// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/call.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <span>

#include "sim/kestrel/accumulate.hpp"
#include "sim/kestrel/output.hpp"
#include "sim/kestrel/transfer.hpp"

namespace presil::kestrel {
namespace {

/// Commands that are fetched ahead: two requests of the largest size.
constexpr std::size_t kFetchAhead = 2 * kBlockBytes / KESTREL_RECORD_BYTES;

class Sync final : public Execution {
 public:
  Slice run() override {
    Slice slice;
    slice.is_done = true;
    return slice;
  }
};

std::unique_ptr<Execution> make_compute(const Record& record, const CallParts& parts) {
  switch (opcode_of(record)) {
    case KESTREL_OPCODE_ACCUMULATE:
      return std::make_unique<Accumulate>(AccumulateFields::decode(record), parts.scratchpad,
                                          parts.accumulators, parts.counts);
    case KESTREL_OPCODE_OUTPUT:
      return std::make_unique<Output>(OutputFields::decode(record), parts.scratchpad,
                                      parts.accumulators, parts.counts);
    default:
      return std::make_unique<Sync>();
  }
}

}  // namespace

Call::Call(const CallParts& parts, std::uint64_t addr, std::uint32_t size, std::uint32_t space,
           bool stalls_faults)
    : parts_(parts),
      addr_(addr),
      size_(size),
      space_(space),
      stalls_faults_(stalls_faults),
      load_(
          [this] {
            Engine::Setup setup = engine_setup();
            setup.from_next = &compute_to_load_;
            setup.to_next = &load_to_compute_;
            setup.busy_counter = kLoadBusy;
            setup.token_counter = kLoadToken;
            return setup;
          }(),
          parts.counts),
      store_(
          [this] {
            Engine::Setup setup = engine_setup();
            setup.from_prev = &compute_to_store_;
            setup.to_prev = &store_to_compute_;
            setup.busy_counter = kStoreBusy;
            setup.token_counter = kStoreToken;
            return setup;
          }(),
          parts.counts),
      compute_(
          [this] {
            Engine::Setup setup = engine_setup();
            setup.from_prev = &load_to_compute_;
            setup.from_next = &store_to_compute_;
            setup.to_prev = &compute_to_load_;
            setup.to_next = &compute_to_store_;
            setup.token_counter = kComputeToken;
            setup.make = [this](const Record& record) { return make_compute(record, parts_); };
            return setup;
          }(),
          parts.counts) {}

/// Of LOAD and STORE, but for the tokens.
Engine::Setup Call::engine_setup() const {
  Engine::Setup setup;
  setup.make = [this](const Record& record) {
    return std::make_unique<Transfer>(TransferFields::decode(record), space_, parts_.spaces,
                                      parts_.scratchpad, parts_.counts);
  };
  setup.clock_period_ps = parts_.clock_period_ps;
  setup.stalls_faults = stalls_faults_;
  return setup;
}

Picoseconds Call::advance(Picoseconds now_ps) {
  bool has_changed = true;
  while (has_changed && !is_done_ && !error_) {
    has_changed = fetch(now_ps);
    has_changed |= dispatch();
    for (Engine* engine : {&load_, &store_, &compute_})
      has_changed |= engine->advance(now_ps);
    has_changed |= take_error();
  }
  if (is_done_ || error_)
    return kNever;
  const Picoseconds fetch_ps = coming_.empty() ? kNever : coming_ps_;
  return std::min({fetch_ps, load_.due_ps(), store_.due_ps(), compute_.due_ps()});
}

bool Call::fetch(Picoseconds now_ps) {
  if (!coming_.empty()) {
    if (now_ps < coming_ps_)
      return false;
    fetched_.insert(fetched_.end(), coming_.begin(), coming_.end());
    coming_.clear();
    return true;
  }
  if (asked_ == size_ || fetch_error_ || fetch_stalled_ ||
      fetched_.size() > kFetchAhead - kBlockBytes / KESTREL_RECORD_BYTES)
    return false;

  std::array<std::byte, kBlockBytes> buffer;
  const std::uint64_t addr = addr_ + asked_;
  const auto data = std::span(buffer).first(burst_bytes(addr, size_ - asked_));
  const Outcome outcome = parts_.spaces.read(
      {.addr = addr, .space = space_, .is_privileged = false, .kind = KESTREL_ACCESS_FETCH}, data);
  if (outcome.failure) {
    const Error error = {
        .failure = outcome.failure, .opcode = 0, .is_in_call = true, .index = 0, .offset = asked_};
    const bool stalls = stalls_faults_ && outcome.failure.cause == KESTREL_ERROR_CAUSE_TRANSLATION;
    (stalls ? fetch_stalled_ : fetch_error_) = error;
    return true;
  }
  for (std::size_t i = 0; i < data.size(); i += KESTREL_RECORD_BYTES) {
    Fetched& command = coming_.emplace_back();
    command.offset = asked_;
    std::ranges::copy(data.subspan(i, KESTREL_RECORD_BYTES), command.record.begin());
    asked_ += KESTREL_RECORD_BYTES;
  }
  coming_ps_ = now_ps + outcome.latency_ps;
  return true;
}

bool Call::dispatch() {
  if (is_at_barrier_ || refused_) {
    if (!are_engines_empty())
      return false;
    is_at_barrier_ = false;
    error_ = refused_;
    return true;
  }
  if (fetched_.empty()) {
    if (fetch_error_) {
      refused_ = fetch_error_;
      return true;
    }
    is_done_ = asked_ == size_ && coming_.empty() && are_engines_empty();
    return is_done_;
  }

  const Fetched& command = fetched_.front();
  const std::uint32_t opcode = opcode_of(command.record);
  if (const std::uint32_t cause = check_command(command.record);
      cause != KESTREL_ERROR_CAUSE_NONE) {
    refused_ = Error{.failure = {.cause = cause},
                     .opcode = opcode,
                     .is_in_call = true,
                     .index = 0,
                     .offset = command.offset};
    return true;
  }
  if (opcode == KESTREL_OPCODE_BARRIER) {
    is_at_barrier_ = true;
  } else if (opcode != KESTREL_OPCODE_NOP) {
    Engine& engine = opcode == KESTREL_OPCODE_LOAD    ? load_
                     : opcode == KESTREL_OPCODE_STORE ? store_
                                                      : compute_;
    if (!engine.has_room())
      return false;
    engine.push(command.record, command.offset);
    ++parts_.counts[kCommands];
  }
  fetched_.pop_front();
  return true;
}

bool Call::are_engines_empty() const {
  return load_.is_empty() && store_.is_empty() && compute_.is_empty();
}

/// Of several that have failed by now the one of the lowest offset.
bool Call::take_error() {
  for (const Engine* engine : {&load_, &store_, &compute_}) {
    const auto error = engine->error();
    if (error && (!error_ || error->offset < error_->offset))
      error_ = error;
  }
  return error_.has_value();
}

std::optional<Error> Call::stalled() const {
  for (const Engine* engine : {&load_, &store_}) {
    if (auto error = engine->stalled())
      return error;
  }
  return fetch_stalled_;
}

void Call::retry() {
  load_.retry();
  store_.retry();
  fetch_stalled_.reset();
}

void Call::abort() {
  load_.abort();
  store_.abort();
  if (fetch_stalled_)
    fetch_error_ = fetch_stalled_;
  fetch_stalled_.reset();
}

}  // namespace presil::kestrel
