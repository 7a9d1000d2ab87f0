// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "directed_program.hpp"

namespace presil::testbench {
namespace {

constexpr std::uint32_t kWordBytes = 16;
constexpr std::uint32_t kScratchpadWords = 16384, kRows = 1024;
/// What directed programs use on chip; harmless commands use words behind that.
constexpr std::uint32_t kWord = 4096, kRow = 64, kOtherWord = kWord + 64;
constexpr std::uint32_t kFirstReserved = 12, kLastReserved = 15;  // Bits of every header.

std::uint32_t some(Random& random, std::uint32_t low, std::uint32_t high) {
  return static_cast<std::uint32_t>(between(random, low, high));
}

/// Memory that may be read and written.
std::uint64_t good_addr(const Party& party, Random& random) {
  return party.va + Party::kDestinationOffset + 64 * (random() % 128);
}

KestrelRecord accumulate(std::uint32_t act, std::uint32_t acc, bool keep = false) {
  return KestrelAccumulate{
      .mode = KESTREL_ACCUMULATE_MODE_SUM, .keep = keep, .act = act, .acc = acc}
      .record();
}

KestrelRecord output(bool from_scratchpad, std::uint32_t src, std::uint32_t dst) {
  return KestrelOutput{.src_scratchpad = from_scratchpad, .src = src, .dst = dst, .scale = 0.5f}
      .record();
}

KestrelRecord intact(Op op, const Party& party, Random& random) {
  const std::uint64_t addr = good_addr(party, random);
  const std::uint32_t bytes = some(random, 1, 300);
  switch (op) {
    case Op::kLoad:
      return KestrelTransfer::run(addr, kWord * kWordBytes, bytes).load();
    case Op::kStore:
      return KestrelTransfer::run(addr, kWord * kWordBytes, bytes).store();
    case Op::kAccumulate:
      return accumulate(kWord, kRow);
    case Op::kOutput:
      return output(one_in(random, 2), kRow, kWord + 8);
    case Op::kSync:
      return kestrel_sync({});
    case Op::kBarrier:
      return kestrel_barrier();
    case Op::kCall:
      return KestrelRecord(KESTREL_OPCODE_CALL);
    case Op::kFence:
      return KestrelRecord(KESTREL_OPCODE_FENCE);
    case Op::kWait:
      return KestrelRecord(KESTREL_OPCODE_WAIT);
    case Op::kTimestamp:
      return KestrelRecord(KESTREL_OPCODE_TIMESTAMP);
    case Op::kUnknown:
      return KestrelRecord(one_in(random, 2)
                               ? some(random, KESTREL_OPCODE_TIMESTAMP + 1, KESTREL_OPCODE_LOAD - 1)
                               : some(random, KESTREL_OPCODE_BARRIER + 1, 255));
    default:
      return kestrel_nop();
  }
}

KestrelRecord with_illegal_field(Op op, const Party& party, Random& random) {
  KestrelRecord record = intact(op, party, random);
  const bool is_reserved = one_in(random, 2);
  if (!is_reserved && (op == Op::kLoad || op == Op::kStore))
    return record.put(KESTREL_TRANSFER_COUNT01, KESTREL_TRANSFER_COUNT01_N1_MASK, 0);
  if (!is_reserved && op == Op::kAccumulate)
    return record.put(KESTREL_ACCUMULATE_COUNT_R2, 0);
  if (!is_reserved && op == Op::kOutput)
    return record.put(KESTREL_OUTPUT_CLAMP, KESTREL_OUTPUT_CLAMP_MIN_MASK, 5)
        .put(KESTREL_OUTPUT_CLAMP, KESTREL_OUTPUT_CLAMP_MAX_MASK, 4);
  return record.put(0, 1u << some(random, kFirstReserved, kLastReserved), 1);
}

KestrelRecord out_of_range(Op op, const Party& party, Random& random) {
  const std::uint32_t beyond = some(random, kScratchpadWords, 65535);
  switch (op) {
    case Op::kLoad:
    case Op::kStore: {
      const std::uint64_t addr = good_addr(party, random);
      const auto run = KestrelTransfer::run(
          addr, kScratchpadWords * kWordBytes - some(random, 1, kWordBytes - 1), kWordBytes);
      return op == Op::kLoad ? run.load() : run.store();
    }
    case Op::kAccumulate:
      return one_in(random, 2) ? accumulate(beyond, kRow)
                               : accumulate(kWord, some(random, kRows, 65535));
    default:
      return one_in(random, 2) ? output(true, kWord, beyond) : output(false, kRows, kWord);
  }
}

/// Writes what is flipped, then reads it by `op`.
std::vector<KestrelRecord> with_wrong_parity(Op op, const Party& party, Random& random,
                                             Flip& flip) {
  const std::uint64_t addr = good_addr(party, random);
  flip = {
      .is_wanted = true, .is_accumulators = op != Op::kStore && one_in(random, 2), .place = kWord};
  std::vector<KestrelRecord> program = {
      KestrelTransfer::run(addr, kWord * kWordBytes, kWordBytes).load(), kestrel_barrier()};
  if (flip.is_accumulators) {
    flip.place = kRow;
    program.push_back(accumulate(kWord, kRow));
  }
  if (op == Op::kStore)
    program.push_back(KestrelTransfer::run(addr, kWord * kWordBytes, kWordBytes).store());
  else if (op == Op::kAccumulate)
    program.push_back(accumulate(kWord, kRow, flip.is_accumulators));
  else
    program.push_back(
        output(!flip.is_accumulators, flip.is_accumulators ? kRow : kWord, kWord + 8));
  return program;
}

/// SYNC hands a token on from a LOAD to a STORE.
std::vector<KestrelRecord> with_tokens(const Party& party, Random& random) {
  const std::uint64_t addr = good_addr(party, random);
  return {KestrelTransfer::run(addr, kWord * kWordBytes, 64, {.signal_next = true}).load(),
          kestrel_sync({.wait_prev = true, .signal_next = true}),
          KestrelTransfer::run(addr, kWord * kWordBytes, 64, {.wait_prev = true}).store()};
}

}  // namespace

Trap trap_of(Outcome outcome, Random& random) {
  switch (outcome) {
    case Outcome::kPermission:
      return Trap::kPermission;
    case Outcome::kTableFormat:
      return Trap::kTableFormat;
    case Outcome::kTableBus:
      return Trap::kTableBus;
    case Outcome::kFetchError:
    case Outcome::kReadError:
    case Outcome::kWriteError:
      return one_in(random, 2) ? Trap::kSlverr : Trap::kDecerr;
    default:
      return Trap::kNotPresent;
  }
}

std::uint64_t non_canonical(std::uint64_t addr, Random& random) {
  return addr | std::uint64_t{1} << between(random, 48, 63);
}

KestrelRecord transfer_at(bool is_load, std::uint64_t page, Random& random) {
  const std::uint32_t before = one_in(random, 2) ? 0 : some(random, 1, 200);
  const auto run =
      KestrelTransfer::run(page - before, kWord * kWordBytes, before + some(random, 1, 200));
  return is_load ? run.load() : run.store();
}

std::vector<KestrelRecord> harmless_program(const Party& party, Random& random, unsigned most) {
  std::vector<KestrelRecord> program;
  for (unsigned i = some(random, 0, most); i > 0; --i) {
    const std::uint64_t addr = good_addr(party, random);
    switch (random() % 4) {
      case 0:
        program.push_back(kestrel_nop());
        break;
      case 1:
        program.push_back(
            KestrelTransfer::run(addr, kOtherWord * kWordBytes, some(random, 1, 100)).load());
        break;
      default:
        program.push_back(kestrel_barrier());
    }
  }
  return program;
}

std::vector<KestrelRecord> hanging_program() {
  return {kestrel_sync({.wait_prev = true})};
}

std::vector<KestrelRecord> directed_program(Op op, Outcome outcome, const Party& party,
                                            Random& random, Flip& flip) {
  std::vector<KestrelRecord> program = harmless_program(party, random, 3);
  program.push_back(kestrel_barrier());
  const auto append = [&](const std::vector<KestrelRecord>& records) {
    program.insert(program.end(), records.begin(), records.end());
  };
  const bool is_load = op == Op::kLoad;
  if (outcome == Outcome::kIllegalField)
    program.push_back(with_illegal_field(op, party, random));
  else if (outcome == Outcome::kOperandRange)
    program.push_back(out_of_range(op, party, random));
  else if (outcome == Outcome::kParity)
    append(with_wrong_parity(op, party, random, flip));
  else if (outcome == Outcome::kNonCanonical)
    program.push_back(
        transfer_at(is_load, non_canonical(party.va + Party::kDestinationOffset, random), random));
  else if (outcome == Outcome::kReadError || outcome == Outcome::kWriteError ||
           is_translation(outcome))
    program.push_back(
        transfer_at(is_load, party.va + Party::trap_offset(trap_of(outcome, random)), random));
  else if (op == Op::kSync)
    append(with_tokens(party, random));
  else
    program.push_back(intact(op, party, random));
  program.push_back(kestrel_barrier());
  program.push_back(
      KestrelTransfer::run(good_addr(party, random), kOtherWord * kWordBytes, 48).store());
  return program;
}

}  // namespace presil::testbench
