// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/commands.hpp"

#include <cstring>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include "nn/error.hpp"
#include "testbench/support/kestrel_records.hpp"

namespace kestrel::nn {
namespace {

namespace tb = presil::testbench;

/// The tests of the hardware have encoders of their own.
bool equal(const Command& command, const tb::KestrelRecord& record) {
  return std::memcmp(command.data(), record.words().data(), command.size()) == 0;
}

TEST_CASE("transfers are the records of the device", "[userspace][nn]") {
  Transfer transfer;
  transfer.pad = 0x85;
  transfer.pitch = -448;
  transfer.address = 0x1234'5678'9abc;
  transfer.height = 28;
  transfer.width = 0xffff;
  transfer.y = -3;
  transfer.x = -32768;
  transfer.counts = {1, 2, 3, 4, 5};
  transfer.steps = {{{-1, 127, 8388607}, {2, -128, -8388608}, {3, 1, 16}, {4, 0, 32}}};
  transfer.scratchpad = 0x3fff0;
  tb::KestrelTransfer wanted;
  wanted.tokens = {.wait_next = true, .signal_next = true};
  wanted.pad = 0x85;
  wanted.pitch = -448;
  wanted.addr = 0x1234'5678'9abc;
  wanted.height = 28;
  wanted.width = 0xffff;
  wanted.y0 = -3;
  wanted.x0 = -32768;
  wanted.n = {1, 2, 3, 4, 5};
  wanted.step = {{{-1, 127, 8388607}, {2, -128, -8388608}, {3, 1, 16}, {4, 0, 32}}};
  wanted.scratchpad = 0x3fff0;
  CHECK(equal(transfer.encode({.wait_next = true, .signal_next = true}), wanted.load()));
  transfer.is_store = true;
  transfer.pad = wanted.pad = 0;
  wanted.tokens = {.wait_prev = true, .signal_prev = true};
  CHECK(equal(transfer.encode({.wait_prev = true, .signal_prev = true}), wanted.store()));
}

TEST_CASE("sums are the records of the device", "[userspace][nn]") {
  Accumulate sums;
  sums.mode = KESTREL_ACCUMULATE_MODE_DEPTHWISE;
  sums.is_unsigned = sums.keeps = true;
  sums.activation = 16383;
  sums.weight = 77;
  sums.row = 1023;
  sums.positions = {9, 8};
  sums.position_strides = {-2, 32767};
  sums.reduction = {3, 5, 7};
  sums.reduction_strides = {1, -32768, 11};
  tb::KestrelAccumulate wanted;
  wanted.tokens = {true, true, true, true};
  wanted.mode = KESTREL_ACCUMULATE_MODE_DEPTHWISE;
  wanted.act_unsigned = wanted.keep = true;
  wanted.act = 16383;
  wanted.weight = 77;
  wanted.acc = 1023;
  wanted.n = {9, 8};
  wanted.s = {-2, 32767};
  wanted.r = {3, 5, 7};
  wanted.t = {1, -32768, 11};
  CHECK(equal(sums.encode({true, true, true, true}), wanted.record()));
}

TEST_CASE("outputs are the records of the device", "[userspace][nn]") {
  Output output;
  output.from_scratchpad = output.is_source_unsigned = output.has_residual = true;
  output.is_residual_unsigned = output.is_unsigned = output.is_per_channel = true;
  output.counts = {100, 2};
  output.source = 5;
  output.destination = 6;
  output.source_strides = {1, -7};
  output.destination_strides = {4, 400};
  output.residual = 9;
  output.parameters = 10;
  output.residual_strides = {2, 3};
  output.zero = 200;
  output.source_zero = 128;
  output.residual_zero = 255;
  output.min = 1;
  output.max = 254;
  output.scale = 0.37f;
  output.residual_scale = -1.5f;
  output.bias = -123456;
  tb::KestrelOutput wanted;
  wanted.src_scratchpad = wanted.src_unsigned = wanted.res = true;
  wanted.res_unsigned = wanted.out_unsigned = wanted.per_channel = true;
  wanted.n = {100, 2};
  wanted.src = 5;
  wanted.dst = 6;
  wanted.ss = {1, -7};
  wanted.ds = {4, 400};
  wanted.res_word = 9;
  wanted.param_word = 10;
  wanted.rs = {2, 3};
  wanted.out_zero = 200;
  wanted.src_zero = 128;
  wanted.res_zero = 255;
  wanted.min = 1;
  wanted.max = 254;
  wanted.scale = 0.37f;
  wanted.res_scale = -1.5f;
  wanted.bias = -123456;
  CHECK(equal(output.encode({}), wanted.record()));
}

TEST_CASE("commands without fields are the records of the device", "[userspace][nn]") {
  CHECK(equal(encode_sync({.wait_prev = true, .signal_prev = true}),
              tb::kestrel_sync({.wait_prev = true, .signal_prev = true})));
  CHECK(equal(encode_barrier(), tb::kestrel_barrier()));
}

TEST_CASE("a number that does not fit is refused, not cut off", "[userspace][nn]") {
  Transfer transfer;
  transfer.counts[0] = 65536;
  CHECK_THROWS_AS((void)transfer.encode({}), Refusal);
  CHECK_THROWS_MATCHES((void)transfer.encode({}), Refusal,
                       Catch::Matchers::Message("a layer is too large for the device: a command's "
                                                "field of 65535 does not hold 65536"));
  Accumulate sums;
  sums.position_strides[0] = 32768;
  CHECK_THROWS_AS((void)sums.encode({}), Refusal);
  sums.position_strides[0] = -32769;
  CHECK_THROWS_AS((void)sums.encode({}), Refusal);
  Output output;
  output.source = -1;
  CHECK_THROWS_AS((void)output.encode({}), Refusal);
}

}  // namespace
}  // namespace kestrel::nn
