// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// ComputeBench: kestrel's compute engine, and a scratchpad that is not always ready.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <random>

#include <catch2/catch_test_macros.hpp>

#include "Vkestrel_compute.h"
#include "compute_rendering.hpp"
#include "kestrel_records.hpp"
#include "rtl_context.hpp"

namespace presil::testbench {

/// What came of a command.
struct ComputeResult {
  std::uint32_t cause = 0;        // As in QUEUE_ERROR_CAUSE; 0: done.
  std::uint64_t cycles = 0;       // From start to done or failed.
  std::uint64_t busy = 0;         // COUNT_COMPUTE_BUSY.
  std::uint64_t macs16 = 0;       // COUNT_MACS / 16.
  std::uint64_t output_busy = 0;  // COUNT_OUTPUT_BUSY.
};

class ComputeBench {
 public:
  explicit ComputeBench(std::uint64_t seed, unsigned ready_percent = 100)
      : ready_percent_(ready_percent),
        random_(seed),
        context_(seed),
        model_(std::make_unique<Vkestrel_compute>(&context_)) {
    model_->clk_i = model_->clk_output_i = 0;
    model_->clear_i = model_->start_i = model_->wipe_i = 0;
    model_->flip_arm_i = model_->flip_forget_i = 0;
    model_->rst_ni = 0;
    context_.begin(*model_);
    clock();
    clock();
    model_->rst_ni = 1;
    model_->eval();
    for (SpadWord& word : rendering.words) {
      for (std::uint8_t& byte : word) {
        byte = static_cast<std::uint8_t>(random_());
      }
    }
    words = rendering.words;
  }
  ~ComputeBench() {
    context_.finish(*model_);
    CHECK(context_.assertions_failed() == 0);
  }
  ComputeBench(const ComputeBench&) = delete;
  ComputeBench& operator=(const ComputeBench&) = delete;

  /// One cycle: the scratchpad answers.
  void cycle() {
    model_->ra_ready_i = random_ready();
    model_->rb_ready_i = random_ready();
    model_->wv_ready_i = random_ready();
    model_->eval();
    // What is offered stays until it is taken, or the command failed.
    if (!model_->clear_i && !model_->failed_o) {
      CHECK((!held_a_ || (model_->ra_valid_o && model_->ra_addr_o == *held_a_)));
      CHECK((!held_b_ || (model_->rb_valid_o && model_->rb_addr_o == *held_b_)));
      CHECK((!held_v_ || (model_->wv_valid_o && model_->wv_addr_o == *held_v_)));
    }
    const bool a = model_->ra_valid_o && model_->ra_ready_i;
    const bool b = model_->rb_valid_o && model_->rb_ready_i;
    const bool v = model_->wv_valid_o && model_->wv_ready_i;
    held_a_ = held_b_ = held_v_ = std::nullopt;
    if (model_->ra_valid_o && !a) {
      held_a_ = model_->ra_addr_o;
    }
    if (model_->rb_valid_o && !b) {
      held_b_ = model_->rb_addr_o;
    }
    if (model_->wv_valid_o && !v) {
      held_v_ = model_->wv_addr_o;
    }
    counts_.busy += model_->compute_busy_o;
    counts_.macs16 += model_->macs16_o;
    counts_.output_busy += model_->output_active_o;
    ++counts_.cycles;
    // A read gives the word as it was before a write in the same cycle.
    const std::uint32_t a_addr = model_->ra_addr_o, b_addr = model_->rb_addr_o;
    const SpadWord a_word = a ? words[a_addr] : noise(), b_word = b ? words[b_addr] : noise();
    if (v) {
      CHECK(model_->wv_strb_o == 0xffff);
      std::memcpy(words[model_->wv_addr_o].data(), &model_->wv_data_o, 16);
    }
    model_->clk_i = model_->clk_output_i = 1;
    model_->eval();
    std::memcpy(&model_->ra_data_i, a_word.data(), 16);
    std::memcpy(&model_->rb_data_i, b_word.data(), 16);
    model_->ra_error_i = a ? a_addr == bad_word : random_() % 2;
    model_->rb_error_i = b ? b_addr == bad_word : random_() % 2;
    model_->clk_i = model_->clk_output_i = 0;
    model_->eval();
    if (!model_->clear_i) {
      model_->start_i = model_->wipe_i = model_->flip_arm_i = model_->flip_forget_i = 0;
    }
  }

  void start(const KestrelRecord& record) {
    std::memcpy(&model_->cmd_i, record.words().data(), 64);
    model_->start_i = 1;
    counts_ = {};
    cycle();
  }
  /// Carries a command out in hardware.
  ComputeResult run(const KestrelRecord& record) {
    start(record);
    while (!model_->done_o && !model_->failed_o) {
      REQUIRE(counts_.cycles < 1'000'000);
      REQUIRE(model_->busy_o);
      REQUIRE(model_->active_o);
      cycle();
    }
    CHECK(!(model_->done_o && model_->failed_o));
    counts_.cause = cause();
    if (model_->failed_o) {
      CHECK(!model_->busy_o);
      for (unsigned i = 0; i < 20; ++i) {
        cycle();
        CHECK(model_->failed_o);
        CHECK(!(model_->ra_valid_o || model_->rb_valid_o || model_->wv_valid_o));
      }
    } else {
      cycle();
      CHECK(!model_->done_o);
      CHECK(!model_->busy_o);
      CHECK(!model_->active_o);
    }
    return counts_;
  }
  /// Carries a command out in hardware and in the rendering, and compares the scratchpad.
  template <typename Command>
  ComputeResult run_both(const Command& command) {
    const ComputeResult result = run(command.record());
    if (rendering.execute(command)) {
      REQUIRE(result.cause == 0);
      REQUIRE(words == rendering.words);
    } else {
      REQUIRE(result.cause == KESTREL_ERROR_CAUSE_OPERAND_RANGE);
      recover();
    }
    return result;
  }
  /// As the front end does after a failure: clear, wipe; and the scratchpad is as it is.
  void recover() {
    clear();
    wipe();
    rendering.words = words;
  }
  void clear() {
    model_->clear_i = 1;
    for (unsigned i = 0; i < 3; ++i) {
      cycle();
    }
    model_->clear_i = 0;
    model_->start_i = 0;
    cycle();
    CHECK(!model_->busy_o);
    CHECK(!model_->active_o);
    CHECK(!model_->failed_o);
  }
  /// Forgets all accumulators, here and there.
  void wipe() {
    model_->wipe_i = 1;
    cycle();
    unsigned cycles = 0;
    while (model_->wiping_o) {
      REQUIRE(++cycles <= 256);
      CHECK(model_->busy_o);
      cycle();
    }
    CHECK(!model_->busy_o);
    for (auto& row : rendering.rows) {
      row.fill(0);
    }
  }
  /// The next write to a row of accumulators goes wrong in one bit.
  void flip(std::uint16_t row, std::uint16_t bit) {
    model_->flip_addr_i = row;
    model_->flip_bit_i = bit;
    model_->flip_arm_i = 1;
    cycle();
  }
  void forget_flip() {
    model_->flip_forget_i = 1;
    cycle();
  }

  /// Looks at all bits of a row of accumulators: with minus what they should be as bias and 1 as
  /// scale, what is left is small. Uses the words at 16368.
  void check_row(unsigned row) {
    constexpr std::uint32_t kParam = 16368;
    for (unsigned lane = 0; lane < 16; ++lane) {
      const std::uint32_t numbers[] = {7 * lane - 50 - rendering.rows[row][lane], 0x3f80'0000};
      for (unsigned i = 0; i < 2; ++i) {
        std::memcpy(&words[kParam + 4 * i + lane / 4][lane % 4 * 4], &numbers[i], 4);
      }
    }
    rendering.words = words;
    KestrelOutput output;
    output.per_channel = true;
    output.src = row;
    output.dst = kParam + 8;
    output.param_word = kParam;
    REQUIRE(run(output.record()).cause == 0);
    for (unsigned lane = 0; lane < 16; ++lane) {
      REQUIRE(static_cast<std::int8_t>(words[kParam + 8][lane]) == static_cast<int>(7 * lane) - 50);
    }
    rendering.words = words;
  }

  [[nodiscard]] Vkestrel_compute& pins() { return *model_; }
  [[nodiscard]] std::uint32_t cause() const { return model_->failure_o[2] >> 7; }
  std::uint64_t random() { return random_(); }

  std::vector<SpadWord> words;
  ComputeRendering rendering;
  std::optional<std::uint32_t> bad_word;  // Its parity is wrong.

 private:
  bool random_ready() { return ready_percent_ == 100 || random_() % 100 < ready_percent_; }
  SpadWord noise() {
    SpadWord word;
    const std::array<std::uint64_t, 2> bits{random_(), random_()};
    std::memcpy(word.data(), bits.data(), 16);
    return word;
  }
  void clock() {
    model_->clk_i = model_->clk_output_i = 1;
    model_->eval();
    model_->clk_i = model_->clk_output_i = 0;
    model_->eval();
  }

  unsigned ready_percent_;
  std::mt19937_64 random_;
  RtlContext context_;
  std::unique_ptr<Vkestrel_compute> model_;
  std::optional<std::uint32_t> held_a_, held_b_, held_v_;
  ComputeResult counts_;
};

/// A MATMUL of `positions` consecutive words by `passes` tiles.
inline KestrelAccumulate matmul(std::uint32_t positions, std::uint32_t passes) {
  KestrelAccumulate c;
  c.n = {positions, 1};
  c.s = {1, 0};
  c.r = {passes, 1, 1};
  c.t = {0, 0, 0};
  c.weight = 8192;
  return c;
}

}  // namespace presil::testbench
