// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/command.hpp"

#include <array>
#include <cstring>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <systemc>

// The model's library brings SystemC, which wants one.
int sc_main(int, char**) {
  return 0;
}

namespace presil::kestrel {
namespace {

using Record = std::array<std::byte, KESTREL_COMMAND_BYTES>;

Record record(std::initializer_list<std::uint32_t> words) {
  Record bytes{};
  std::memcpy(bytes.data(), words.begin(), words.size() * sizeof(std::uint32_t));
  return bytes;
}

std::uint32_t cause_of(const Record& bytes) {
  return Command::decode(bytes).check().cause;
}

TEST_CASE("a record is decoded field by field", "[sim][kestrel]") {
  const auto command = Command::decode(record({KESTREL_OPCODE_COPY, 1, 2, 3, 4, 5, 6, 7}));
  CHECK(command.opcode == KESTREL_OPCODE_COPY);
  CHECK(command.length == 1);
  CHECK(command.source == 0x3'0000'0002);
  CHECK(command.destination == 0x5'0000'0004);
  CHECK(command.value == 0x7'0000'0006);
  CHECK_FALSE(command.is_reserved_set);
}

TEST_CASE("what a command names may be anything, what it does not must be zero", "[sim][kestrel]") {
  struct Case {
    std::uint32_t opcode;
    std::array<bool, 7> named;  // Words 1 .. 7 of the record.
  };
  const auto wanted =
      GENERATE(Case{KESTREL_OPCODE_NOP, {}},
               Case{KESTREL_OPCODE_COPY, {true, true, true, true, true, false, false}},
               Case{KESTREL_OPCODE_FENCE, {false, false, false, true, true, true, true}});
  CHECK(cause_of(record({wanted.opcode})) == KESTREL_ERROR_CAUSE_NONE);
  for (std::size_t word = 1; word <= wanted.named.size(); ++word) {
    CAPTURE(wanted.opcode, word);
    auto bytes = record({wanted.opcode});
    bytes[4 * word] = std::byte{8};
    CHECK(cause_of(bytes) ==
          (wanted.named[word - 1] ? KESTREL_ERROR_CAUSE_NONE : KESTREL_ERROR_CAUSE_ILLEGAL_FIELD));
  }
  for (const std::size_t reserved : {1u, 3u, 0x20u, 0x3fu}) {
    CAPTURE(wanted.opcode, reserved);
    auto bytes = record({wanted.opcode});
    bytes[reserved] = std::byte{1};
    CHECK(cause_of(bytes) == KESTREL_ERROR_CAUSE_ILLEGAL_FIELD);
  }
}

TEST_CASE("a fence lies at a multiple of eight", "[sim][kestrel]") {
  for (std::uint32_t offset = 0; offset < 8; ++offset) {
    CAPTURE(offset);
    CHECK(cause_of(record({KESTREL_OPCODE_FENCE, 0, 0, 0, 0x1000 + offset})) ==
          (offset == 0 ? KESTREL_ERROR_CAUSE_NONE : KESTREL_ERROR_CAUSE_ILLEGAL_FIELD));
  }
}

TEST_CASE("an unknown opcode is told before its fields are looked at", "[sim][kestrel]") {
  CHECK(cause_of(record({3})) == KESTREL_ERROR_CAUSE_ILLEGAL_OPCODE);
  CHECK(cause_of(record({0xff, 1, 1, 1, 1, 1, 1, 1, 1})) == KESTREL_ERROR_CAUSE_ILLEGAL_OPCODE);
}

}  // namespace
}  // namespace presil::kestrel
