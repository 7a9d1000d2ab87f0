// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "random_program.hpp"

#include <algorithm>
#include <bit>

namespace presil::testbench {
namespace {

// What programs use of the memories on chip: little of it, so that commands meet each other's
// results; it ends where the scratchpad ends, and begins in another bank.
constexpr std::int64_t kWords = 192;
constexpr std::int64_t kFirstWord = 2048 - kWords / 2;
constexpr std::int64_t kRows = 96;
constexpr std::int64_t kFirstRow = 1024 - kRows;
constexpr std::int64_t kWordBytes = 16;
constexpr std::uint32_t kTokenBits =
    KESTREL_ORDER_HEADER_WAIT_PREV | KESTREL_ORDER_HEADER_WAIT_NEXT |
    KESTREL_ORDER_HEADER_SIGNAL_PREV | KESTREL_ORDER_HEADER_SIGNAL_NEXT;

std::uint32_t opcode(const KestrelRecord& record) {
  return record.words()[0] & KESTREL_ORDER_HEADER_OPCODE_MASK;
}

std::uint32_t half(std::uint32_t word, bool high) {
  return high ? word >> 16 : word & 0xffff;
}

/// Runs, or positions, of a command: so that no corrupted one takes for ever.
double work(const KestrelRecord& record) {
  const auto count = [&](std::uint32_t offset, bool high) {
    return std::max(1.0, static_cast<double>(half(record.words()[offset / 4], high)));
  };
  switch (opcode(record)) {
    case KESTREL_OPCODE_LOAD:
    case KESTREL_OPCODE_STORE:
      return count(KESTREL_TRANSFER_COUNT01, true) * count(KESTREL_TRANSFER_COUNT23, false) *
             count(KESTREL_TRANSFER_COUNT23, true) * count(KESTREL_TRANSFER_COUNT4, false) *
             (count(KESTREL_TRANSFER_COUNT01, false) / kWordBytes + 1);
    case KESTREL_OPCODE_ACCUMULATE:
      return count(KESTREL_ACCUMULATE_COUNT_N, false) * count(KESTREL_ACCUMULATE_COUNT_N, true) *
             count(KESTREL_ACCUMULATE_COUNT_R01, false) *
             count(KESTREL_ACCUMULATE_COUNT_R01, true) * count(KESTREL_ACCUMULATE_COUNT_R2, false);
    case KESTREL_OPCODE_OUTPUT:
      return count(KESTREL_OUTPUT_COUNT_N, false) * count(KESTREL_OUTPUT_COUNT_N, true);
    default:
      return 1;
  }
}

}  // namespace

std::vector<KestrelRecord> RandomProgram::make(unsigned count, bool is_alone) {
  program_.clear();
  has_last_ = false;
  if (!is_alone)
    clear_on_chip();
  for (unsigned i = 0; i < count; ++i)
    append_random();
  return program_;
}

// Everything that later commands may read: the words by padding, the rows by sums of them.
void RandomProgram::clear_on_chip() {
  append(Engine::kLoad,
         KestrelTransfer{.pad = static_cast<std::uint8_t>(random_()),
                         .n = {static_cast<std::uint32_t>(kWords * kWordBytes), 1, 1, 1, 1},
                         .scratchpad = kFirstWord * kWordBytes}
             .load());
  append(Engine::kCompute, KestrelAccumulate{.mode = KESTREL_ACCUMULATE_MODE_SUM,
                                             .act = kFirstWord,
                                             .acc = kFirstRow,
                                             .n = {kRows, 1},
                                             .s = {1, 0}}
                               .record());
}

void RandomProgram::append_random() {
  if (happens(hostility_.illegal)) {
    const KestrelRecord record(static_cast<std::uint32_t>(between(random_, 1, 40)));
    has_last_ = false;
    program_.push_back(kestrel_barrier());
    program_.push_back(record);
    program_.push_back(kestrel_barrier());
    return;
  }
  switch (random_() % 13) {
    case 0:
    case 1:
    case 2:
    case 3:
      return append(Engine::kLoad, transfer(true));
    case 4:
    case 5:
    case 6:
      return append(Engine::kStore, transfer(false));
    case 7:
    case 8:
      return append(Engine::kCompute, accumulate());
    case 9:
    case 10:
      return append(Engine::kCompute, output());
    case 11:
      return append(Engine::kCompute, kestrel_sync({}));
    default:
      program_.push_back(one_in(random_, 2) ? kestrel_nop() : kestrel_barrier());
      // A NOP orders nothing, but it is over at once.
      if (opcode(program_.back()) == KESTREL_OPCODE_BARRIER)
        has_last_ = false;
  }
}

void RandomProgram::append(Engine engine, KestrelRecord record) {
  if (happens(hostility_.corrupt))
    corrupt(record);
  order_after_last(engine, record);
  program_.push_back(record);
  has_last_ = true;
  last_ = engine;
}

void RandomProgram::order_after_last(Engine engine, KestrelRecord& record) {
  if (!has_last_ || engine == last_)
    return;
  KestrelRecord& before = program_.back();
  const bool is_neighbour = engine == Engine::kCompute || last_ == Engine::kCompute;
  const bool is_sound = opcode(before) != KESTREL_OPCODE_NOP;
  if (!is_neighbour || !is_sound || one_in(random_, 4)) {
    program_.push_back(kestrel_barrier());
    return;
  }
  const bool is_later_stage = engine > last_;
  before.put(KESTREL_ORDER_HEADER,
             is_later_stage ? KESTREL_ORDER_HEADER_SIGNAL_NEXT : KESTREL_ORDER_HEADER_SIGNAL_PREV,
             1);
  record.put(KESTREL_ORDER_HEADER,
             is_later_stage ? KESTREL_ORDER_HEADER_WAIT_PREV : KESTREL_ORDER_HEADER_WAIT_NEXT, 1);
}

KestrelRecord RandomProgram::transfer(bool is_load) {
  const bool is_source = is_load && !one_in(random_, 3);
  const std::uint64_t base = is_source ? territory_.source : territory_.destination;
  const auto bytes =
      static_cast<std::int64_t>(is_source ? territory_.source_bytes : territory_.destination_bytes);
  KestrelTransfer t;
  const bool is_long = one_in(random_, 4);
  t.n[0] = static_cast<std::uint32_t>(is_long ? between(random_, 1, 700) : between(random_, 1, 40));
  std::int64_t room = std::max<std::int64_t>(1, kWords * kWordBytes / t.n[0]);
  for (unsigned k = 1; k < 5; ++k) {
    t.n[k] = static_cast<std::uint32_t>(
        between(random_, 1, std::min<std::int64_t>(room, one_in(random_, 2) ? 1 : 6)));
    room = std::max<std::int64_t>(1, room / t.n[k]);
  }

  // Steps through the scratchpad: packed, spread, or over each other; from the other end at times.
  std::int64_t span = t.n[0], low = 0;
  for (unsigned k = 0; k < 4; ++k) {
    std::int64_t step = one_in(random_, 5) ? between(random_, 0, t.n[0]) : span;
    if (one_in(random_, 4))
      step += between(random_, 0, 20);
    if ((step * (t.n[k + 1] - 1)) + span > kWords * kWordBytes)
      step = 0;
    const std::int64_t reach = step * (t.n[k + 1] - 1);
    if (one_in(random_, 4)) {
      step = -step;
      low -= reach;
    }
    t.step[k].scratchpad = static_cast<int>(step);
    span += reach;
  }
  const std::int64_t free = kWords * kWordBytes - span;
  t.scratchpad = static_cast<std::uint32_t>(kFirstWord * kWordBytes - low +
                                            between(random_, 0, std::max<std::int64_t>(0, free)));

  // The picture: rows of `width` bytes; runs may begin before it and end behind it.
  t.height = static_cast<std::uint32_t>(between(random_, 1, 9));
  t.width = static_cast<std::uint32_t>(between(random_, 0, bytes / (t.height + 1)));
  t.pitch = static_cast<std::int32_t>(
      between(random_, t.width, std::max<std::int64_t>(t.width, bytes / t.height)));
  t.y0 = static_cast<std::int32_t>(between(random_, -2, 3));
  t.x0 = static_cast<std::int32_t>(between(random_, -24, 40));
  for (unsigned k = 0; k < 4; ++k) {
    t.step[k].y = static_cast<int>(one_in(random_, 2) ? 0 : between(random_, -2, 2));
    t.step[k].x = static_cast<int>(one_in(random_, 2) ? 0 : between(random_, -70, 200));
  }
  t.addr = base;
  if (one_in(random_, 5)) {  // Upside down.
    t.addr = base + static_cast<std::uint64_t>(t.pitch) * (t.height - 1);
    t.pitch = -t.pitch;
  }
  if (happens(hostility_.outside))
    t.addr += static_cast<std::uint64_t>(between(random_, -bytes, bytes));
  if (is_load)
    t.pad = static_cast<std::uint8_t>(random_());
  if (happens(hostility_.misplaced)) {
    t.scratchpad = static_cast<std::uint32_t>(between(random_, 0, (1 << 18) - 1));
    t.step[0].scratchpad = static_cast<int>(between(random_, -(1 << 23), (1 << 23) - 1));
  }
  return is_load ? t.load() : t.store();
}

std::uint32_t RandomProgram::word() {
  return static_cast<std::uint32_t>(kFirstWord + between(random_, 0, kWords / 4));
}

KestrelRecord RandomProgram::accumulate() {
  KestrelAccumulate a;
  a.mode = static_cast<std::uint32_t>(random_() % 4);
  a.act_unsigned = one_in(random_, 2);
  a.keep = one_in(random_, 3);
  a.act = word();
  a.weight = word();
  a.n[0] = static_cast<std::uint32_t>(between(random_, 1, one_in(random_, 3) ? 20 : 5));
  a.n[1] = static_cast<std::uint32_t>(between(random_, 1, 4));
  a.acc = static_cast<std::uint32_t>(kFirstRow + between(random_, 0, kRows - a.n[0] * a.n[1]));
  a.s[0] = static_cast<int>(between(random_, 0, 1));
  a.s[1] = static_cast<int>(between(random_, 0, 5));
  const std::int64_t tile = a.mode == KESTREL_ACCUMULATE_MODE_MATMUL ? 16 : 1;
  a.r[0] = static_cast<std::uint32_t>(between(random_, 1, 3));
  a.r[1] = static_cast<std::uint32_t>(between(random_, 1, tile == 16 ? 2 : 3));
  a.r[2] =
      static_cast<std::uint32_t>(one_in(random_, 3) ? between(random_, 1, tile == 16 ? 1 : 2) : 1);
  a.t[0] = static_cast<int>(between(random_, -2, 4));
  a.t[1] = static_cast<int>(between(random_, -2, 6));
  a.t[2] = static_cast<int>(between(random_, 0, 7));
  a.act += 10;  // Steps may go back as far as that.
  if (happens(hostility_.misplaced)) {
    if (one_in(random_, 2))
      a.acc = static_cast<std::uint32_t>(between(random_, 1000, 1100));
    else
      a.act = static_cast<std::uint32_t>(between(random_, 16370, 16400));
  }
  return a.record();
}

KestrelRecord RandomProgram::output() {
  KestrelOutput o;
  const bool is_scratchpad = one_in(random_, 2), has_res = one_in(random_, 3);
  const bool is_unsigned = one_in(random_, 2), src_unsigned = one_in(random_, 2),
             res_unsigned = one_in(random_, 2), per_channel = one_in(random_, 3);
  o.src_scratchpad = is_scratchpad;
  o.src_unsigned = src_unsigned;
  o.res = has_res;
  o.res_unsigned = res_unsigned;
  o.out_unsigned = is_unsigned;
  o.per_channel = per_channel;
  const auto zero_point = [&](bool of_unsigned) {
    return static_cast<std::int32_t>(of_unsigned ? between(random_, 0, 255)
                                                 : between(random_, -128, 127));
  };
  o.n[0] = static_cast<std::uint32_t>(between(random_, 1, 12));
  o.n[1] = static_cast<std::uint32_t>(between(random_, 1, 4));
  o.src = is_scratchpad ? word()
                        : static_cast<std::uint32_t>(kFirstRow + between(random_, 0, kRows - 48));
  o.dst = word();
  o.res_word = word();
  o.param_word = word();
  o.ss[0] = static_cast<std::int32_t>(between(random_, 0, 1));
  o.ss[1] = static_cast<std::int32_t>(between(random_, 0, 12));
  o.ds[0] = static_cast<std::int32_t>(between(random_, 0, 4));
  o.ds[1] = static_cast<std::int32_t>(between(random_, 0, 12));
  o.rs[0] = static_cast<std::int32_t>(between(random_, 0, 2));
  o.rs[1] = static_cast<std::int32_t>(between(random_, 0, 8));
  o.out_zero = zero_point(is_unsigned);
  o.src_zero = is_scratchpad ? zero_point(src_unsigned) : 0;
  o.res_zero = zero_point(res_unsigned);
  o.min = zero_point(is_unsigned);
  o.max = zero_point(is_unsigned);
  if (o.min > o.max)
    std::swap(o.min, o.max);
  const auto scale = [&] {
    if (one_in(random_, 12))
      return std::bit_cast<float>(
          static_cast<std::uint32_t>(random_()));  // Anything, not a number included.
    return static_cast<float>(between(random_, 1, 1 << 20)) * 0x1p-20f;
  };
  o.scale = scale();
  o.res_scale = scale();
  o.bias = static_cast<std::int32_t>(one_in(random_, 8) ? static_cast<std::int64_t>(random_())
                                                        : between(random_, -4000, 4000));
  if (happens(hostility_.misplaced))
    o.dst = static_cast<std::uint32_t>(between(random_, 16370, 16400));
  return o.record();
}

// A bit of the command, unless the command would then take for ever. The engine stays, so that the
// order of what follows holds.
void RandomProgram::corrupt(KestrelRecord& record) {
  KestrelRecord changed = record;
  const auto bit = static_cast<std::uint32_t>(random_() % (KESTREL_RECORD_BYTES * 8));
  const unsigned offset = bit / 32 * 4;
  changed.put(offset, record.words()[offset / 4] ^ 1u << bit % 32);
  constexpr double kMostWork = 6000;
  const bool same_engine = ((changed.words()[0] ^ record.words()[0]) &
                            (KESTREL_ORDER_HEADER_OPCODE_MASK | kTokenBits)) == 0;
  if (same_engine && work(changed) <= kMostWork)
    record = changed;
}

}  // namespace presil::testbench
