// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// prim_axi_checker: legal traffic passes, and each broken rule is found.

#include <cstdint>
#include <functional>
#include <memory>
#include <random>

#include <catch2/catch_test_macros.hpp>

#include "Vaxi_checker_bench.h"
#include "rtl_context.hpp"

namespace presil::testbench {
namespace {

/// Pins of the checker, with a write and a read that keep every rule.
class CheckerBench {
 public:
  CheckerBench() : context_(1), pins(std::make_unique<Vaxi_checker_bench>(&context_)) {
    // Inputs start random, like registers.
    pins->awvalid_i = pins->wvalid_i = pins->bvalid_i = pins->arvalid_i = pins->rvalid_i = 0;
    pins->awready_i = pins->wready_i = pins->bready_i = pins->arready_i = pins->rready_i = 0;
    pins->clk_i = pins->rst_ni = 0;
    context_.begin(*pins);
    clock();
    pins->rst_ni = 1;
  }
  ~CheckerBench() { context_.finish(*pins); }
  CheckerBench(const CheckerBench&) = delete;
  CheckerBench& operator=(const CheckerBench&) = delete;

  void clock() {
    pins->eval();
    pins->clk_i = 1;
    pins->eval();
    pins->clk_i = 0;
    pins->eval();
  }
  void offer_write() {
    pins->awvalid_i = 1;
    pins->awaddr_i = 0x1008;
    pins->awlen_i = 1;
    pins->awsize_i = 4;
    pins->awburst_i = 1;
  }
  void take_write() {
    pins->awready_i = 1;
    clock();
    pins->awvalid_i = pins->awready_i = 0;
  }
  void offer_data(bool last, std::uint16_t strb) {
    pins->wvalid_i = 1;
    pins->wstrb_i = strb;
    pins->wlast_i = last;
  }
  void take_data() {
    pins->wready_i = 1;
    clock();
    pins->wvalid_i = pins->wready_i = 0;
  }
  void answer() {
    pins->bvalid_i = pins->bready_i = 1;
    clock();
    pins->bvalid_i = pins->bready_i = 0;
  }
  void offer_read() {
    pins->arvalid_i = 1;
    pins->araddr_i = 0x2ff0;
    pins->arlen_i = 0;
    pins->arsize_i = 4;
    pins->arburst_i = 1;
  }
  void take_read() {
    pins->arready_i = 1;
    clock();
    pins->arvalid_i = pins->arready_i = 0;
  }
  void give_data() {
    pins->rvalid_i = pins->rready_i = pins->rlast_i = 1;
    clock();
    pins->rvalid_i = pins->rready_i = 0;
  }
  void write() {
    offer_write();
    take_write();
    offer_data(false, 0xff00);
    take_data();
    offer_data(true, 0xffff);
    take_data();
    answer();
  }
  void read() {
    offer_read();
    take_read();
    give_data();
  }
  [[nodiscard]] unsigned failed() const { return context_.assertions_failed(); }

 private:
  RtlContext context_;

 public:
  std::unique_ptr<Vaxi_checker_bench> pins;
};

}  // namespace

TEST_CASE("axi checker: anything may be offered, as long as it stays", "[hw][sva]") {
  CheckerBench bench;
  std::mt19937_64 random(1);
  Vaxi_checker_bench& m = *bench.pins;
  const auto wait = [&] {
    for (auto cycles = random() % 4; cycles > 0; --cycles)
      bench.clock();
  };
  for (int access = 0; access < 200; ++access) {
    const auto id = static_cast<std::uint8_t>(random() % 16);
    bench.offer_write();
    m.awid_i = id;
    m.awaddr_i = random() / 4096 * 4096 + 0x100;
    m.awlen_i = static_cast<std::uint8_t>(random() % 2);
    wait();
    bench.take_write();
    for (int beat = 0; beat <= m.awlen_i; ++beat) {
      for (auto& word : m.wdata_i.m_storage)
        word = static_cast<std::uint32_t>(random());
      bench.offer_data(beat == m.awlen_i, static_cast<std::uint16_t>(random()));
      wait();
      bench.take_data();
    }
    m.bvalid_i = 1;
    m.bresp_i = static_cast<std::uint8_t>(random() % 4);
    wait();
    bench.answer();

    bench.offer_read();
    m.araddr_i = random() / 16 * 16;
    wait();
    bench.take_read();
    m.rvalid_i = m.rlast_i = 1;
    for (auto& word : m.rdata_i.m_storage)
      word = static_cast<std::uint32_t>(random());
    wait();
    bench.give_data();
  }
  CHECK(bench.failed() == 0);
}

TEST_CASE("axi checker: legal traffic passes", "[hw][sva]") {
  CheckerBench bench;
  bench.write();
  bench.read();
  // Requests that wait, one that ends at the page's end, one of the greatest length.
  bench.offer_write();
  bench.pins->awaddr_i = 0xff0;
  bench.pins->awlen_i = 0;
  bench.clock();
  bench.clock();
  bench.take_write();
  bench.offer_data(true, 0);
  bench.clock();
  bench.take_data();
  bench.answer();
  bench.offer_read();
  bench.pins->araddr_i = 0x3000;
  bench.pins->arlen_i = 15;
  bench.take_read();
  bench.give_data();
  CHECK(bench.failed() == 0);
}

TEST_CASE("axi checker: each broken rule is found", "[hw][sva]") {
  struct Row {
    const char* rule;
    std::function<void(CheckerBench&)> act;
  };
  const Row rows[] = {
      {"AW vanishes",
       [](CheckerBench& b) { b.offer_write(), b.clock(), b.pins->awvalid_i = 0, b.clock(); }},
      {"AW changes",
       [](CheckerBench& b) { b.offer_write(), b.clock(), b.pins->awaddr_i = 0, b.clock(); }},
      {"AW changes its id",
       [](CheckerBench& b) { b.offer_write(), b.clock(), b.pins->awid_i = 5, b.clock(); }},
      {"AR vanishes",
       [](CheckerBench& b) { b.offer_read(), b.clock(), b.pins->arvalid_i = 0, b.clock(); }},
      {"AR changes",
       [](CheckerBench& b) { b.offer_read(), b.clock(), b.pins->arlen_i = 7, b.clock(); }},
      {"W vanishes",
       [](CheckerBench& b) {
         b.offer_write(), b.take_write(), b.offer_data(false, 0), b.clock(), b.pins->wvalid_i = 0,
                                                                             b.clock();
       }},
      {"W changes",
       [](CheckerBench& b) {
         b.offer_write(), b.take_write(), b.offer_data(false, 0), b.clock(),
             b.pins->wdata_i[3] ^= 1, b.clock();
       }},
      {"B vanishes",
       [](CheckerBench& b) {
         b.offer_write(), b.take_write(), b.offer_data(false, 0), b.take_data(),
             b.offer_data(true, 0);
         b.take_data(), b.pins->bvalid_i = 1, b.clock(), b.pins->bvalid_i = 0, b.clock();
       }},
      {"R changes",
       [](CheckerBench& b) {
         b.offer_read(), b.take_read(), b.pins->rvalid_i = 1, b.clock(), b.pins->rdata_i[0] ^= 1,
                                        b.clock();
       }},
      {"write of a wrong burst type",
       [](CheckerBench& b) { b.offer_write(), b.pins->awburst_i = 0, b.take_write(); }},
      {"read of a wrong burst type",
       [](CheckerBench& b) { b.offer_read(), b.pins->arburst_i = 2, b.take_read(); }},
      {"write wider than the bus",
       [](CheckerBench& b) { b.offer_write(), b.pins->awsize_i = 5, b.take_write(); }},
      {"read wider than the bus",
       [](CheckerBench& b) { b.offer_read(), b.pins->arsize_i = 5, b.take_read(); }},
      {"write too long",
       [](CheckerBench& b) { b.offer_write(), b.pins->awlen_i = 16, b.take_write(); }},
      {"read too long",
       [](CheckerBench& b) {
         b.offer_read(), b.pins->araddr_i = 0, b.pins->arlen_i = 16, b.take_read();
       }},
      {"write over a page's end",
       [](CheckerBench& b) { b.offer_write(), b.pins->awaddr_i = 0x1ff8, b.take_write(); }},
      {"read over a page's end",
       [](CheckerBench& b) {
         b.offer_read(), b.pins->arlen_i = 1, b.take_read(), b.offer_read(), b.pins->arlen_i = 2,
                         b.take_read();
       }},
      {"data without address", [](CheckerBench& b) { b.offer_data(true, 0), b.take_data(); }},
      {"WLAST early",
       [](CheckerBench& b) {
         b.offer_write(), b.take_write(), b.offer_data(true, 0), b.take_data();
       }},
      {"WLAST missing",
       [](CheckerBench& b) {
         b.offer_write(), b.take_write(), b.offer_data(false, 0), b.take_data(),
             b.offer_data(false, 0), b.take_data();
       }},
      {"strobe below the address",
       [](CheckerBench& b) {
         b.offer_write(), b.take_write(), b.offer_data(false, 0x0080), b.take_data();
       }},
      {"response to no write", [](CheckerBench& b) { b.answer(); }},
      {"response before the data",
       [](CheckerBench& b) { b.offer_write(), b.take_write(), b.answer(); }},
      {"data to no read", [](CheckerBench& b) { b.give_data(); }},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    CheckerBench bench;
    bench.read();
    bench.write();
    REQUIRE(bench.failed() == 0);
    row.act(bench);
    CHECK(bench.failed() >= 1);
  }
}

}  // namespace presil::testbench
