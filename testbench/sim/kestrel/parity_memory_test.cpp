// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/parity_memory.hpp"

#include <array>

#include <catch2/catch_test_macros.hpp>

namespace presil::kestrel {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

TEST_CASE("a memory reads what was written, and zero after a wipe", "[sim][kestrel]") {
  Scratchpad memory;
  Bytes bytes, read;
  bytes.fill(7);
  memory.write(kScratchpadBytes - 16, bytes);
  CHECK(memory.read(kScratchpadBytes - 16, read));
  CHECK(read == bytes);
  memory.fill(kScratchpadBytes - 8, 8, 9);
  memory.fill(kScratchpadBytes, 0, 9);
  CHECK(memory.word(kScratchpadWords - 1)[7] == 7);
  CHECK(memory.word(kScratchpadWords - 1)[8] == 9);
  memory.wipe();
  CHECK(memory.word(kScratchpadWords - 1)[7] == 0);
}

TEST_CASE("the next write of a word stores one bit wrongly, once", "[sim][kestrel]") {
  Scratchpad memory;
  Bytes bytes = {}, read;
  memory.arm(5, 19);
  memory.write(4 * 16, bytes);
  memory.write(6 * 16, bytes);
  CHECK(memory.word(5) != nullptr);
  memory.write(5 * 16, bytes);
  CHECK(memory.word(4) != nullptr);
  CHECK(memory.word(5) == nullptr);
  CHECK_FALSE(memory.read(5 * 16 + 15, std::span(read).first(1)));
  CHECK_FALSE(memory.read(4 * 16 + 15, std::span(read).first(2)));
  CHECK_FALSE(memory.read(5 * 16 + 15, std::span(read).first(2)));
  CHECK(memory.read(4 * 16, read));
  CHECK(memory.read(6 * 16, read));

  SECTION("the byte is written again") {
    memory.fill(5 * 16 + 2, 1, 0);
    CHECK(memory.word(5) != nullptr);
    CHECK(memory.word(5)[2] == 0);
  }
  SECTION("another byte is written") {
    memory.fill(5 * 16 + 3, 13, 1);
    memory.fill(5 * 16, 2, 1);
    CHECK(memory.word(5) == nullptr);
  }
  SECTION("the bit is flipped again by a write of another byte") {
    memory.arm(5, 19);
    memory.fill(5 * 16, 1, 1);
    REQUIRE(memory.word(5) != nullptr);
    CHECK(memory.word(5)[2] == 0);
  }
  SECTION("the memory is wiped") {
    memory.wipe();
    CHECK(memory.word(5) != nullptr);
  }
}

TEST_CASE("a flip that is forgotten does not happen", "[sim][kestrel]") {
  Accumulators memory;
  memory.arm(3, 511);
  memory.disarm();
  memory.fill(3 * 64, 64, 1);
  CHECK(memory.word(3) != nullptr);
}

TEST_CASE("an accumulator's parity covers its four bytes", "[sim][kestrel]") {
  Accumulators memory;
  memory.arm(3, 32);
  memory.fill(0, 64 * 8, 0);
  CHECK(memory.word(3) == nullptr);
  memory.fill(3 * 64 + 8, 56, 0);
  CHECK(memory.word(3) == nullptr);
  memory.fill(3 * 64, 64, 0);
  CHECK(memory.word(3) != nullptr);
}

}  // namespace
}  // namespace presil::kestrel
