// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors
//
// How busy the array is in whole kernels, as the hardware counts it: with the MMU on, 4 KiB pages
// scattered over memory, 500 ns memory latency and 16 bytes a cycle. Results are checked, too.

#include <cstring>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "kestrel_bench.hpp"
#include "testbench/support/kestrel_programs.hpp"
#include "testbench/support/page_tables.hpp"

namespace presil::testbench {
namespace {

constexpr std::uint64_t kPage = PageTables::kPageBytes;
constexpr std::uint64_t kBase = 0x7000'0000'0000, kCommands = kBase - 0x100'0000;
constexpr std::uint64_t kBus = 0x40'0000'0000, kTables = 0x50'0000'0000;
constexpr std::uint64_t kProgramBytes = 4u << 20;

// Places among the COUNT_* registers.
constexpr unsigned kBusy = (KESTREL_REG_COUNT_BUSY_NS_LO - KESTREL_REG_COUNT_RECORDS_LO) / 8;
constexpr unsigned kComputeBusy =
    (KESTREL_REG_COUNT_COMPUTE_BUSY_LO - KESTREL_REG_COUNT_RECORDS_LO) / 8;
constexpr unsigned kMacs = (KESTREL_REG_COUNT_MACS_LO - KESTREL_REG_COUNT_RECORDS_LO) / 8;
constexpr unsigned kCommandCount =
    (KESTREL_REG_COUNT_COMMANDS_LO - KESTREL_REG_COUNT_RECORDS_LO) / 8;

/// Where the page of `va` lies: neighbours in the space are none on the bus.
std::uint64_t bus_of(std::uint64_t va) {
  const std::uint64_t page = (va - kCommands) / kPage;
  return kBus + (page * 0x9e37 % 0x1'0000) * kPage + va % kPage;
}

void write(KestrelBench& bench, std::uint64_t va, std::span<const std::byte> bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bench.memory.memory().at(bus_of(va + i)) = static_cast<std::uint8_t>(bytes[i]);
}

/// Runs it. \returns the share of cycles from the CALL's fetch to its end in which the array works.
double utilisation(const KestrelProgram& program) {
  KestrelBench bench({.latency_cycles = 500});
  SparseMemory& memory = bench.memory.memory();
  PageTables tables(kTables, memory);
  for (std::uint64_t va = kCommands; va < kBase + kProgramBytes; va += kPage)
    tables.map(va, bus_of(va), PageTables::kRead | PageTables::kWrite);
  bench.start();
  bench.set_space(1, KESTREL_SPACE_MODE_TABLE, tables.root());
  bench.start_queue(0);

  for (const auto& input : program.inputs)
    write(bench, input.addr, input.bytes);
  const auto commands = std::as_bytes(std::span(program.commands));
  write(bench, kCommands, commands);
  bench.push(0, kestrel_call(kCommands, static_cast<std::uint32_t>(commands.size())));
  bench.ring(0);
  REQUIRE(bench.run_until([&] { return bench.memory.reads_open() > 0; }));
  constexpr std::uint64_t kLimit = 2'000'000;
  for (const std::uint64_t limit = bench.now() + kLimit;
       bench.now() < limit && bench.queue_status(0) != 0;)
    bench.cycles(200);
  REQUIRE(bench.queue_status(0) == 0);

  for (const auto& result : program.results) {
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < result.bytes.size(); ++i)
      wrong += memory.at(bus_of(result.addr + i)) != static_cast<std::uint8_t>(result.bytes[i]);
    CHECK(wrong == 0);
  }
  const auto counters = bench.counters(0);
  CHECK(counters[kMacs] >= program.macs);
  CHECK(counters[kCommandCount] <= program.commands.size());
  CHECK(bench.counters(KestrelBench::kQueues) == counters);
  const double share =
      static_cast<double>(counters[kComputeBusy]) / static_cast<double>(counters[kBusy]);
  UNSCOPED_INFO(counters[kComputeBusy] << " of " << counters[kBusy] << " cycles");
  return share;
}

TEST_CASE("utilisation: a matrix product of 512 x 512 x 512", "[hw][utilisation]") {
  CHECK(utilisation(kestrel_gemm_program(kBase, 1)) >= 0.85);
}

TEST_CASE("utilisation: a convolution 3 x 3, 64 to 64 channels, on 28 x 28", "[hw][utilisation]") {
  CHECK(utilisation(kestrel_convolution_program(kBase, 1)) >= 0.75);
}

}  // namespace
}  // namespace presil::testbench
