// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/records.hpp"

#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "sim/kestrel/sizes.hpp"
#include "testbench/sim/kestrel/record_builder.hpp"

namespace presil::kestrel {
namespace {

constexpr std::uint32_t kNone = KESTREL_ERROR_CAUSE_NONE;
constexpr std::uint32_t kField = KESTREL_ERROR_CAUSE_ILLEGAL_FIELD;
constexpr std::uint32_t kOpcode = KESTREL_ERROR_CAUSE_ILLEGAL_OPCODE;
constexpr std::uint32_t kPrivileged = KESTREL_ERROR_CAUSE_PRIVILEGED;

constexpr unsigned kBits = KESTREL_RECORD_BYTES * 8;

/// Bits [first, last] of a record.
struct Bits {
  unsigned first, last;
};

Record flipped(Record record, unsigned bit) {
  record[bit / 8] ^= std::byte{1} << bit % 8;
  return record;
}

/// Every bit but those of the opcode and those in `named` has to be zero; flipping one in `named`
/// leaves the record legal.
template <typename Check>
void check_every_bit(const Record& record, const std::vector<Bits>& named, Check check) {
  REQUIRE(check(record) == kNone);
  for (unsigned bit = 8; bit < kBits; ++bit) {
    CAPTURE(bit);
    bool is_named = false;
    for (const auto& [first, last] : named)
      is_named |= first <= bit && bit <= last;
    CHECK(check(flipped(record, bit)) == (is_named ? kNone : kField));
  }
}

TransferFields legal_transfer(bool is_store) {
  auto fields = one_run(is_store, 0, 0, 3);
  for (auto& loop : fields.loops)
    loop.count = 3;
  return fields;
}

AccumulateFields legal_accumulate() {
  AccumulateFields fields;
  fields.positions = {3, 3};
  fields.reduction = {3, 3, 3};
  return fields;
}

OutputFields legal_output() {
  OutputFields fields;
  fields.positions = {3, 3};
  fields.min = -128;
  fields.max = 127;
  return fields;
}

TEST_CASE("what a command does not name has to be zero", "[sim][kestrel]") {
  // Counts of 3 have two bits, so that no flip of one makes a zero.
  SECTION("LOAD") {
    check_every_bit(make_transfer(legal_transfer(false)),
                    {{9, 9}, {11, 11}, {24, 271}, {288, 369}, {384, 511}}, check_command);
  }
  SECTION("STORE") {
    check_every_bit(make_transfer(legal_transfer(true)),
                    {{8, 8}, {10, 10}, {32, 271}, {288, 369}, {384, 511}}, check_command);
  }
  SECTION("ACCUMULATE") {
    check_every_bit(make_accumulate(legal_accumulate()),
                    {{8, 11}, {16, 19}, {32, 79}, {96, 207}, {224, 271}}, check_command);
  }
  SECTION("SYNC") {
    check_every_bit(make_order(KESTREL_OPCODE_SYNC), {{8, 11}}, check_command);
  }
  SECTION("BARRIER") {
    check_every_bit(make_order(KESTREL_OPCODE_BARRIER), {}, check_command);
  }
  SECTION("NOP") {
    check_every_bit(make_order(KESTREL_OPCODE_NOP), {}, check_command);
  }
}

TEST_CASE("OUTPUT's reserved bits have to be zero", "[sim][kestrel]") {
  const Record record = make_output(legal_output());
  REQUIRE(check_command(record) == kNone);
  for (const auto& [first, last] : std::vector<Bits>{{12, 15}, {22, 31}, {272, 287}, {416, 511}}) {
    for (unsigned bit = first; bit <= last; ++bit) {
      CAPTURE(bit);
      CHECK(check_command(flipped(record, bit)) == kField);
    }
  }
  for (const auto& [first, last] : std::vector<Bits>{
           {8, 11}, {17, 17}, {19, 19}, {21, 21}, {32, 223}, {256, 271}, {320, 415}}) {
    for (unsigned bit = first; bit <= last; ++bit) {
      CAPTURE(bit);
      CHECK(check_command(flipped(record, bit)) == kNone);
    }
  }
}

TEST_CASE("what a ring record does not name has to be zero", "[sim][kestrel]") {
  const auto check = [](const Record& record) { return check_ring_record(record, false); };
  SECTION("NOP") {
    check_every_bit(make_control(KESTREL_OPCODE_NOP), {}, check);
  }
  SECTION("CALL") {
    check_every_bit(make_control(KESTREL_OPCODE_CALL, 0xc0, 0x40), {{38, 63}, {70, 127}}, check);
  }
  SECTION("FENCE") {
    check_every_bit(make_control(KESTREL_OPCODE_FENCE), {{67, 191}}, check);
  }
  SECTION("WAIT") {
    check_every_bit(make_control(KESTREL_OPCODE_WAIT), {{67, 191}}, check);
  }
  SECTION("TIMESTAMP") {
    check_every_bit(make_control(KESTREL_OPCODE_TIMESTAMP), {{67, 127}}, check);
  }
}

TEST_CASE("opcodes have their place", "[sim][kestrel]") {
  for (std::uint32_t opcode = 0; opcode < 256; ++opcode) {
    CAPTURE(opcode);
    // Something is wrong with the fields, too: the opcode is looked at first.
    const Record record = to_record({opcode, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1});
    const bool in_both = opcode == KESTREL_OPCODE_NOP;
    const bool of_kernel = opcode >= KESTREL_OPCODE_FENCE && opcode <= KESTREL_OPCODE_TIMESTAMP;
    const bool of_ring = in_both || opcode == KESTREL_OPCODE_CALL || of_kernel;
    const bool of_buffer =
        in_both || (opcode >= KESTREL_OPCODE_LOAD && opcode <= KESTREL_OPCODE_BARRIER);
    CHECK(check_ring_record(record, false) == (of_ring ? kField : kOpcode));
    CHECK(check_ring_record(record, true) == (of_kernel ? kPrivileged
                                              : of_ring ? kField
                                                        : kOpcode));
    CHECK(check_command(record) == (of_buffer ? kField : of_ring ? kPrivileged : kOpcode));
  }
}

TEST_CASE("a CALL has whole records, at least one", "[sim][kestrel]") {
  const auto check = [](std::uint32_t size) {
    return check_ring_record(make_control(KESTREL_OPCODE_CALL, size), true);
  };
  CHECK(check(0) == kField);
  CHECK(check(32) == kField);
  CHECK(check(64) == kNone);
  CHECK(check(96) == kField);
  CHECK(check(0xffff'ffc0) == kNone);
}

TEST_CASE("no count is zero", "[sim][kestrel]") {
  for (const bool is_store : {false, true}) {
    auto fields = legal_transfer(is_store);
    fields.run_bytes = 0;
    CHECK(check_command(make_transfer(fields)) == kField);
    for (std::size_t i = 0; i < 4; ++i) {
      fields = legal_transfer(is_store);
      fields.loops[i].count = 0;
      CHECK(check_command(make_transfer(fields)) == kField);
    }
  }
  for (std::size_t i = 0; i < 5; ++i) {
    auto fields = legal_accumulate();
    (i < 2 ? fields.positions[i] : fields.reduction[i - 2]) = 0;
    CHECK(check_command(make_accumulate(fields)) == kField);
  }
  for (std::size_t i = 0; i < 2; ++i) {
    auto fields = legal_output();
    fields.positions[i] = 0;
    CHECK(check_command(make_output(fields)) == kField);
  }
}

TEST_CASE("OUTPUT's zero points and clamp are bytes of their kind", "[sim][kestrel]") {
  struct Case {
    std::int32_t value;
    bool is_signed, is_unsigned;
  };
  for (const auto& [value, is_signed, is_unsigned] : {Case{-129, false, false},
                                                      {-128, true, false},
                                                      {-1, true, false},
                                                      {0, true, true},
                                                      {127, true, true},
                                                      {128, false, true},
                                                      {255, false, true},
                                                      {256, false, false}}) {
    CAPTURE(value);
    for (const bool unsigned_kind : {false, true}) {
      const std::uint32_t wanted = (unsigned_kind ? is_unsigned : is_signed) ? kNone : kField;
      auto fields = legal_output();
      fields.is_unsigned = unsigned_kind;
      fields.min = 0;
      fields.max = unsigned_kind ? 255 : 127;
      fields.zero = value;
      CHECK(check_command(make_output(fields)) == wanted);
      fields.zero = 0;
      fields.min = fields.max = value;
      CHECK(check_command(make_output(fields)) == wanted);

      fields = legal_output();
      fields.source_zero = value;
      CHECK(check_command(make_output(fields)) == (value == 0 ? kNone : kField));
      fields.from_scratchpad = true;
      fields.is_source_unsigned = unsigned_kind;
      CHECK(check_command(make_output(fields)) == wanted);

      fields = legal_output();
      fields.residual_zero = value;
      fields.is_residual_unsigned = unsigned_kind;
      CHECK(check_command(make_output(fields)) == kNone);
      fields.has_residual = true;
      CHECK(check_command(make_output(fields)) == wanted);
    }
  }
  auto fields = legal_output();
  fields.min = 5;
  fields.max = 4;
  CHECK(check_command(make_output(fields)) == kField);
}

TEST_CASE("records are decoded field by field", "[sim][kestrel]") {
  std::mt19937 random(1);
  const auto u16 = [&random] { return static_cast<std::uint16_t>(random()); };
  const auto s16 = [&random] { return static_cast<std::int16_t>(random()); };
  for (int i = 0; i < 1000; ++i) {
    TransferFields transfer;
    transfer.is_store = random() % 2 != 0;
    transfer.pad = static_cast<std::uint8_t>(random());
    transfer.pitch = static_cast<std::int32_t>(random());
    transfer.addr = std::uint64_t{random()} << 32 | random();
    transfer.height = u16();
    transfer.width = u16();
    transfer.y = s16();
    transfer.x = s16();
    transfer.run_bytes = u16();
    transfer.scratchpad = random() % kScratchpadBytes;
    for (auto& loop : transfer.loops)
      loop = {.count = u16(),
              .y_step = static_cast<std::int8_t>(random()),
              .x_step = s16(),
              .scratchpad_step = static_cast<std::int32_t>(random()) >> 8};
    const Record record = make_transfer(transfer);
    CHECK(make_transfer(TransferFields::decode(record)) == record);
    const auto decoded = TransferFields::decode(record);
    CHECK(decoded.loops[3].scratchpad_step == transfer.loops[3].scratchpad_step);
    CHECK(decoded.loops[2].y_step == transfer.loops[2].y_step);
    CHECK(decoded.x == transfer.x);
    CHECK(decoded.pitch == transfer.pitch);

    AccumulateFields accumulate;
    accumulate.mode = random() % 4;
    accumulate.is_unsigned = random() % 2 != 0;
    accumulate.keeps = random() % 2 != 0;
    accumulate.activation = u16();
    accumulate.weight = u16();
    accumulate.row = u16();
    accumulate.positions = {u16(), u16()};
    accumulate.position_strides = {s16(), s16()};
    accumulate.reduction = {u16(), u16(), u16()};
    accumulate.reduction_strides = {s16(), s16(), s16()};
    const auto sums = AccumulateFields::decode(make_accumulate(accumulate));
    CHECK(make_accumulate(sums) == make_accumulate(accumulate));
    CHECK(sums.reduction_strides == accumulate.reduction_strides);
    CHECK(sums.weight == accumulate.weight);

    OutputFields output;
    output.positions = {u16(), u16()};
    output.source = {.first = u16(), .strides = {s16(), s16()}};
    output.destination = {.first = u16(), .strides = {s16(), s16()}};
    output.residual = {.first = u16(), .strides = {s16(), s16()}};
    output.parameters = u16();
    output.zero = s16();
    output.source_zero = s16();
    output.residual_zero = s16();
    output.min = s16();
    output.max = s16();
    output.scale = 0.25f * static_cast<float>(s16());
    output.residual_scale = 0.5f * static_cast<float>(s16());
    output.bias = static_cast<std::int32_t>(random());
    output.is_per_channel = random() % 2 != 0;
    const auto results = OutputFields::decode(make_output(output));
    CHECK(make_output(results) == make_output(output));
    CHECK(results.residual.strides == output.residual.strides);
    CHECK(results.source_zero == output.source_zero);
    CHECK(results.residual_scale == output.residual_scale);
  }
}

TEST_CASE("tokens are decoded bit by bit", "[sim][kestrel]") {
  for (std::uint32_t bits = 0; bits < 16; ++bits) {
    const auto tokens = TokenFields::decode(to_record({KESTREL_OPCODE_SYNC | bits << 8}));
    CHECK(tokens.waits_prev == ((bits & 1) != 0));
    CHECK(tokens.waits_next == ((bits & 2) != 0));
    CHECK(tokens.signals_prev == ((bits & 4) != 0));
    CHECK(tokens.signals_next == ((bits & 8) != 0));
  }
}

}  // namespace
}  // namespace presil::kestrel
