// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// The rules of docs/protocol.md for calls and answers, kept at their edges and broken one by one.

#include "sim/link/validate.hpp"

#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

namespace presil {
namespace {

constexpr std::uint64_t kLatest = std::uint64_t{1} << 62;

presil_message call_of(std::uint32_t type) {
  presil_message message = {};
  message.header.type = type;
  return message;
}

presil_message mmio_of(std::uint32_t type, std::uint32_t bar, std::uint64_t offset,
                       std::uint32_t size) {
  presil_message message = call_of(type);
  message.u.mmio.bar = bar;
  message.u.mmio.offset = offset;
  message.u.mmio.size = size;
  return message;
}

presil_message config_of(std::uint32_t flags, std::uint32_t mps_bytes, std::uint32_t mrrs_bytes,
                         std::uint32_t power_state) {
  presil_message message = call_of(PRESIL_CALL_CONFIG);
  message.u.config.flags = flags;
  message.u.config.mps_bytes = mps_bytes;
  message.u.config.mrrs_bytes = mrrs_bytes;
  message.u.config.power_state = power_state;
  return message;
}

presil_message answer_of(std::uint32_t status, std::uint32_t payload_bytes) {
  presil_message message = call_of(PRESIL_ANSWER);
  message.u.answer.status = status;
  message.header.payload_bytes = payload_bytes;
  return message;
}

/// A call of each type that breaks no rule.
presil_message good_call(std::uint32_t type) {
  switch (type) {
    case PRESIL_CALL_MMIO_READ:
    case PRESIL_CALL_MMIO_WRITE:
      return mmio_of(type, 0, 0x10, 4);
    case PRESIL_CALL_CONFIG:
      return config_of(0, 128, 512, 0);
    default:
      return call_of(type);
  }
}

bool is_call(std::uint32_t type) {
  return type >= PRESIL_CALL_MMIO_READ && type <= PRESIL_CALL_QUIT;
}

std::string mmio_rule(std::uint32_t bar, std::uint64_t offset, std::uint32_t size) {
  const std::string rule = broken_rule_of_call(mmio_of(PRESIL_CALL_MMIO_READ, bar, offset, size));
  CHECK(broken_rule_of_call(mmio_of(PRESIL_CALL_MMIO_WRITE, bar, offset, size)) == rule);
  return rule;
}

// ------------------------------------------------------------------------------------------ calls

TEST_CASE("the eight calls are calls, and nothing else is", "[sim][link]") {
  for (std::uint32_t type = 0; type <= 0x100; ++type) {
    CAPTURE(type);
    const std::string rule = broken_rule_of_call(good_call(type));
    CHECK(rule.empty() == is_call(type));
    if (!is_call(type))
      CHECK(rule.ends_with("where a call was due"));
  }
  CHECK(!broken_rule_of_call(call_of(UINT32_MAX)).empty());
}

TEST_CASE("no call has a payload", "[sim][link]") {
  const auto type =
      GENERATE(range(std::uint32_t{PRESIL_CALL_MMIO_READ}, std::uint32_t{PRESIL_CALL_QUIT + 1}));
  presil_message message = good_call(type);
  message.header.payload_bytes = 1;
  CHECK(broken_rule_of_call(message).ends_with("with a payload of 1 bytes, calls have none"));
}

TEST_CASE("no call is later than 2^62 ps", "[sim][link]") {
  const auto type =
      GENERATE(range(std::uint32_t{PRESIL_CALL_MMIO_READ}, std::uint32_t{PRESIL_CALL_QUIT + 1}));
  presil_message message = good_call(type);
  message.header.time_ps = kLatest;
  CHECK(broken_rule_of_call(message).empty());
  message.header.time_ps = kLatest + 1;
  CHECK(broken_rule_of_call(message).ends_with("later than any time allowed"));
  message.header.time_ps = PRESIL_LINK_NEVER;
  CHECK(!broken_rule_of_call(message).empty());
}

TEST_CASE("a register access has 1, 2, 4 or 8 bytes", "[sim][link]") {
  for (std::uint32_t size = 0; size <= 20; ++size) {
    CAPTURE(size);
    const bool expected = size == 1 || size == 2 || size == 4 || size == 8;
    CHECK(mmio_rule(0, 0, size).empty() == expected);
  }
  CHECK(mmio_rule(0, 0, 3) == "register access of 3 bytes, expected 1, 2, 4 or 8");
  CHECK(!mmio_rule(0, 0, 0x8000'0000).empty());
}

TEST_CASE("a register access may be anywhere in six BARs", "[sim][link]") {
  for (std::uint32_t bar = 0; bar < 6; ++bar)
    CHECK(mmio_rule(bar, 0x1'0000'0001, 8).empty());
  CHECK(mmio_rule(6, 0, 4) == "BAR 6, there are 6");
  CHECK(!mmio_rule(UINT32_MAX, 0, 4).empty());
}

TEST_CASE("a register access beyond 2^64 breaks a rule", "[sim][link]") {
  const std::uint32_t size = GENERATE(2u, 4u, 8u);
  CHECK(mmio_rule(0, UINT64_MAX - size + 1, size).empty());
  CHECK(mmio_rule(0, UINT64_MAX - size + 2, size).ends_with("past the end of any BAR"));
  CHECK(!mmio_rule(0, UINT64_MAX, size).empty());
}

TEST_CASE("of ADVANCE's flags one is known", "[sim][link]") {
  presil_message message = call_of(PRESIL_CALL_ADVANCE);
  message.u.advance.flags = PRESIL_ADVANCE_STOP_AT_EVENT;
  CHECK(broken_rule_of_call(message).empty());
  message.u.advance.flags = PRESIL_ADVANCE_STOP_AT_EVENT | 2;
  CHECK(broken_rule_of_call(message) == "ADVANCE flags 0x3, known are 0x1");
  message.u.advance.flags = 0x8000'0000;
  CHECK(!broken_rule_of_call(message).empty());
}

TEST_CASE("of CONFIG's flags four are known", "[sim][link]") {
  for (std::uint32_t bit = 0; bit < 32; ++bit) {
    CAPTURE(bit);
    CHECK(broken_rule_of_call(config_of(1u << bit, 128, 512, 0)).empty() == (bit < 4));
  }
  CHECK(broken_rule_of_call(config_of(0xf, 128, 512, 0)).empty());
}

TEST_CASE("CONFIG's sizes are powers of two from 128 to 4096", "[sim][link]") {
  const std::uint32_t good = GENERATE(128u, 256u, 512u, 1024u, 2048u, 4096u);
  CHECK(broken_rule_of_call(config_of(0, good, 128, 0)).empty());
  CHECK(broken_rule_of_call(config_of(0, 128, good, 0)).empty());
  const std::uint32_t bad = GENERATE(0u, 1u, 64u, 127u, 129u, 384u, 4095u, 8192u, 0x8000'0000u);
  CHECK(!broken_rule_of_call(config_of(0, bad, good, 0)).empty());
  CHECK(!broken_rule_of_call(config_of(0, good, bad, 0)).empty());
}

TEST_CASE("CONFIG's power state is D0 or D3hot", "[sim][link]") {
  for (std::uint32_t state = 0; state < 6; ++state) {
    CAPTURE(state);
    CHECK(broken_rule_of_call(config_of(0, 128, 512, state)).empty() == (state == 0 || state == 3));
  }
}

TEST_CASE("there are two kinds of RESET", "[sim][link]") {
  presil_message message = call_of(PRESIL_CALL_RESET);
  for (std::uint32_t kind = 0; kind < 4; ++kind) {
    message.u.reset.kind = kind;
    CHECK(broken_rule_of_call(message).empty() == (kind < 2));
  }
  CHECK(broken_rule_of_call(message) == "RESET of unknown kind 3");
}

TEST_CASE("reserved fields are not looked at", "[sim][link]") {
  presil_message message = call_of(PRESIL_CALL_ADVANCE);
  message.u.advance.reserved = 1;
  CHECK(broken_rule_of_call(message).empty());
  message = call_of(PRESIL_CALL_RESET);
  message.u.reset.reserved = 1;
  CHECK(broken_rule_of_call(message).empty());
}

// ---------------------------------------------------------------------------------------- answers

TEST_CASE("only an ANSWER answers an upcall", "[sim][link]") {
  const std::uint32_t type =
      GENERATE(0u, std::uint32_t{PRESIL_CALL_ADVANCE}, std::uint32_t{PRESIL_RETURN},
               std::uint32_t{PRESIL_UPCALL_MSIX}, 0xffu);
  CHECK(broken_rule_of_answer(call_of(type), 0).ends_with("where an answer was due"));
}

TEST_CASE("a read that succeeded brings its bytes, all of them", "[sim][link]") {
  const std::uint32_t bytes = GENERATE(1u, 128u, 4096u);
  CHECK(broken_rule_of_answer(answer_of(PRESIL_STATUS_SUCCESS, bytes), bytes).empty());
  CHECK(!broken_rule_of_answer(answer_of(PRESIL_STATUS_SUCCESS, bytes - 1), bytes).empty());
  CHECK(!broken_rule_of_answer(answer_of(PRESIL_STATUS_SUCCESS, bytes + 1), bytes).empty());
}

TEST_CASE("a read that failed, and every other upcall, brings none", "[sim][link]") {
  const std::uint32_t status = GENERATE(std::uint32_t{PRESIL_STATUS_UNSUPPORTED_REQUEST},
                                        std::uint32_t{PRESIL_STATUS_COMPLETER_ABORT},
                                        std::uint32_t{PRESIL_STATUS_COMPLETION_TIMEOUT});
  CHECK(broken_rule_of_answer(answer_of(status, 0), 128).empty());
  CHECK(broken_rule_of_answer(answer_of(status, 128), 128) ==
        "answer with a payload of 128 bytes, expected 0");
  CHECK(broken_rule_of_answer(answer_of(status, 0), 0).empty());
  CHECK(broken_rule_of_answer(answer_of(PRESIL_STATUS_SUCCESS, 0), 0).empty());
  CHECK(!broken_rule_of_answer(answer_of(PRESIL_STATUS_SUCCESS, 1), 0).empty());
}

TEST_CASE("an answer's status is one of four", "[sim][link]") {
  for (std::uint32_t status = 0; status <= 64; ++status) {
    CAPTURE(status);
    const bool expected = status == 0 || status == 1 || status == 4 || status == 16;
    CHECK(broken_rule_of_answer(answer_of(status, 0), 0).empty() == expected);
  }
  CHECK(!broken_rule_of_answer(answer_of(UINT32_MAX, 0), 0).empty());
}

}  // namespace
}  // namespace presil
