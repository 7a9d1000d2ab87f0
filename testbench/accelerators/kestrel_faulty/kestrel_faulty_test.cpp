// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// kestrel_faulty: kestrel without plusargs, and each fault where it was asked for.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "Vkestrel_faulty.h"
#include "axi_memory.hpp"
#include "axil_driver.hpp"
#include "kestrel_regs.h"
#include "rtl_context.hpp"

namespace presil::testbench {
namespace {

constexpr std::uint64_t kRing = 0x10000;
constexpr std::uint32_t kRingLog2 = 4;

/// The accelerator with plusargs, a register bus and a memory.
class FaultyBench {
 public:
  explicit FaultyBench(std::vector<std::string> plusargs) : context_(1), memory_({}), axil_(1) {
    plusargs.insert(plusargs.begin(), "test");
    std::vector<const char*> arguments;
    for (const std::string& argument : plusargs) {
      arguments.push_back(argument.c_str());
    }
    context_.commandArgs(static_cast<int>(arguments.size()), arguments.data());
    model_ = std::make_unique<Vkestrel_faulty>(&context_);
    model_->clk_i = 0;
    model_->qreqn_i = 1;
    model_->rst_ni = 0;
    put(*model_, AxiToManager{});
    put(*model_, AxilToSubordinate{});
    clock();
    clock();
    model_->rst_ni = 1;
  }
  ~FaultyBench() { model_->final(); }
  FaultyBench(const FaultyBench&) = delete;
  FaultyBench& operator=(const FaultyBench&) = delete;

  /// A register's value, or nothing when no answer comes.
  std::optional<std::uint32_t> read32(std::uint32_t offset) {
    axil_.read_results.clear();
    axil_.post_read(offset);
    for (int i = 0; i < 100 && axil_.read_results.empty() && !ended(); ++i) {
      cycle();
    }
    if (axil_.read_results.empty()) {
      return std::nullopt;
    }
    return axil_.read_results[0].data;
  }
  /// One NOP: one request on the memory bus.
  void run_nop() {
    axil_.post_write(KESTREL_REG_SPACE_CONFIG(0), KESTREL_SPACE_MODE_BYPASS);
    axil_.post_write(KESTREL_REG_QUEUE_RING_BASE_LO(0), kRing);
    axil_.post_write(
        KESTREL_REG_QUEUE_CONFIG(0),
        KESTREL_QUEUE_CONFIG_ENABLE | kRingLog2 << KESTREL_QUEUE_CONFIG_RING_LOG2_SHIFT);
    axil_.post_write(KESTREL_REG_DOORBELL_TAIL(0), ++doorbell_);
    for (int i = 0; i < 200 && !ended(); ++i) {
      cycle();
    }
  }
  [[nodiscard]] bool ended() const { return context_.gotFinish(); }
  [[nodiscard]] unsigned assertions_failed() const { return context_.assertions_failed(); }

 private:
  void clock() {
    model_->eval();
    model_->clk_i = 1;
    model_->eval();
    model_->clk_i = 0;
  }
  void cycle() {
    put(*model_, memory_.drive());
    put(*model_, axil_.drive());
    model_->eval();
    AxiFromManager axi;
    AxilFromSubordinate axil;
    get(*model_, axi);
    get(*model_, axil);
    memory_.sample(axi);
    axil_.sample(axil);
    clock();
  }

  RtlContext context_;
  std::unique_ptr<Vkestrel_faulty> model_;
  AxiMemory memory_;
  AxilDriver axil_;
  std::uint32_t doorbell_ = 0;
};

}  // namespace

TEST_CASE("kestrel_faulty: without plusargs it is kestrel", "[hw][faulty]") {
  FaultyBench bench({});
  bench.run_nop();
  CHECK(bench.read32(KESTREL_REG_ID) == KESTREL_ID_MAGIC);
  CHECK(bench.read32(KESTREL_REG_QUEUE_HEAD(0)) == 1);
  CHECK(bench.assertions_failed() == 0);
  CHECK(!bench.ended());
}

TEST_CASE("kestrel_faulty: a register read is never answered, nor are later ones", "[hw][faulty]") {
  FaultyBench bench({"+fault=hang-read", "+fault_after=3"});
  CHECK(bench.read32(KESTREL_REG_ID));
  CHECK(bench.read32(KESTREL_REG_ID));
  CHECK(!bench.read32(KESTREL_REG_ID));
  CHECK(!bench.read32(KESTREL_REG_ID));
  CHECK(!bench.ended());
}

TEST_CASE("kestrel_faulty: an assertion fails once, and the run goes on", "[hw][faulty]") {
  FaultyBench bench({"+fault=assert", "+fault_after=2"});
  CHECK(bench.read32(KESTREL_REG_ID));
  CHECK(bench.assertions_failed() == 0);
  CHECK(bench.read32(KESTREL_REG_ID));
  CHECK(bench.assertions_failed() == 1);
  CHECK(bench.read32(KESTREL_REG_ID));
  CHECK(bench.assertions_failed() == 1);
  CHECK(!bench.ended());
}

TEST_CASE("kestrel_faulty: $finish ends the run at the chosen access to memory", "[hw][faulty]") {
  FaultyBench bench({"+fault=finish", "+fault_on=dma", "+fault_after=2"});
  CHECK(bench.read32(KESTREL_REG_ID));  // Not an event.
  bench.run_nop();
  CHECK(!bench.ended());
  bench.run_nop();
  CHECK(bench.ended());
}

}  // namespace presil::testbench
