// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// RequantBench: kestrel's sixteen lanes of requantisation, compared with the rendering in C++.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <format>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "Vrequant_bench.h"
#include "requant_rendering.hpp"
#include "rtl_context.hpp"

namespace presil::testbench {

/// Where the numbers of a command come from.
struct RequantSource {
  bool bytes = false;
  bool is_unsigned = false;
  int zero = 0;
};

/// One lane's numbers.
struct RequantCase {
  std::uint32_t number = 0;  // An accumulator; or a byte, in bits 7:0.
  std::uint32_t bias = 0;
  std::uint32_t scale = 0;
  std::uint8_t residual = 0;
};

/// A byte minus its zero point.
inline std::int32_t requant_byte(std::uint8_t byte, bool is_unsigned, int zero) {
  return (is_unsigned ? byte : static_cast<std::int8_t>(byte)) - zero;
}

class RequantBench {
 public:
  static constexpr unsigned kLanes = 16;

  explicit RequantBench(std::uint64_t seed)
      : context_(seed), model_(std::make_unique<Vrequant_bench>(&context_)) {
    model_->clk_i = 0;
    model_->clear_i = model_->valid_i = model_->residual_i = 0;
    model_->rst_ni = 0;
    context_.begin(*model_);
    clock();
    clock();
    model_->rst_ni = 1;
    model_->eval();
  }
  ~RequantBench() {
    context_.finish(*model_);
    CHECK(context_.assertions_failed() == 0);
  }
  RequantBench(const RequantBench&) = delete;
  RequantBench& operator=(const RequantBench&) = delete;

  /// Begins a command; nothing may be under way.
  void configure(const RequantConfig& config, const RequantSource& source,
                 const RequantSource& residual_source) {
    REQUIRE(expected_.empty());
    config_ = config;
    source_ = source;
    residual_source_ = residual_source;
    model_->residual_mode_i = config.residual;
    model_->res_scale_i = config.res_scale;
    model_->out_zero_i = config.out_zero & 0x3ff;
    model_->min_i = config.min & 0x3ff;
    model_->max_i = config.max & 0x3ff;
  }

  /// Biases and scales are the command's: they change only when nothing is under way.
  void set_lanes(const std::array<RequantCase, kLanes>& cases) {
    REQUIRE(expected_.empty());
    for (unsigned i = 0; i < kLanes; ++i) {
      model_->bias_i[i] = cases[i].bias;
      model_->scale_i[i] = cases[i].scale;
    }
  }

  /// Sends a number to each lane, its residual first if there are residuals; cases have the lanes'
  /// biases and scales.
  void send(const std::array<RequantCase, kLanes>& cases) {
    if (config_.residual) {
      model_->valid_i = model_->residual_i = model_->bytes_i = 1;
      model_->unsigned_i = residual_source_.is_unsigned;
      model_->zero_i = residual_source_.zero & 0x1ff;
      for (unsigned i = 0; i < kLanes; ++i) {
        put_byte(i, cases[i].residual);
      }
      step();
    }
    model_->valid_i = 1;
    model_->residual_i = 0;
    model_->bytes_i = source_.bytes;
    model_->unsigned_i = source_.is_unsigned;
    model_->zero_i = source_.zero & 0x1ff;
    for (unsigned i = 0; i < kLanes; ++i) {
      put_byte(i, static_cast<std::uint8_t>(cases[i].number));
      model_->row_i[i] = cases[i].number;
    }
    expected_.push_back(cases);
    step();
    model_->valid_i = 0;
  }
  /// Lets a cycle go by.
  void idle() {
    model_->valid_i = 0;
    step();
  }
  /// Until all results are there.
  void drain() {
    for (unsigned i = 0; i < 6; ++i) {
      idle();
    }
    REQUIRE(expected_.empty());
  }

  /// Result of one case by itself, in a command of its own.
  int result_of(const RequantConfig& config, const RequantSource& source,
                const RequantSource& residual_source, const RequantCase& one) {
    std::array<RequantCase, kLanes> cases;
    cases.fill(one);
    configure(config, source, residual_source);
    set_lanes(cases);
    send(cases);
    drain();
    return latest_;
  }

  [[nodiscard]] int rendering(const RequantCase& one) const {
    const std::int32_t number = source_.bytes ? requant_byte(static_cast<std::uint8_t>(one.number),
                                                             source_.is_unsigned, source_.zero)
                                              : static_cast<std::int32_t>(one.number);
    return requantise(
        config_, number, static_cast<std::int32_t>(one.bias), one.scale,
        requant_byte(one.residual, residual_source_.is_unsigned, residual_source_.zero));
  }

  std::uint64_t compared = 0;

 private:
  void put_byte(unsigned lane, std::uint8_t byte) {
    std::uint32_t& word = model_->word_i[lane / 4];
    word = (word & ~(0xffu << lane % 4 * 8)) | std::uint32_t{byte} << lane % 4 * 8;
  }
  void clock() {
    model_->clk_i = 1;
    model_->eval();
    model_->clk_i = 0;
    model_->eval();
  }
  void step() {
    clock();
    if (!model_->valid_o) {
      return;
    }
    REQUIRE(!expected_.empty());
    for (unsigned i = 0; i < kLanes; ++i) {
      const RequantCase& one = expected_.front()[i];
      const auto is = static_cast<std::uint8_t>(model_->result_o[i / 4] >> i % 4 * 8);
      const int should_be = rendering(one);
      if (is != static_cast<std::uint8_t>(should_be)) {
        FAIL(std::format(
            "number {:#x} bias {:#x} scale {:#x} residual {:#x}, residuals {} scale "
            "{:#x}, zero {}, {} .. {}: is {:#x}, should be {}",
            one.number, one.bias, one.scale, one.residual, config_.residual, config_.res_scale,
            config_.out_zero, config_.min, config_.max, is, should_be));
      }
      latest_ = should_be;
    }
    compared += kLanes;
    expected_.pop_front();
  }

  RtlContext context_;
  std::unique_ptr<Vrequant_bench> model_;
  RequantConfig config_;
  RequantSource source_, residual_source_;
  std::deque<std::array<RequantCase, kLanes>> expected_;
  int latest_ = 0;
};

}  // namespace presil::testbench
