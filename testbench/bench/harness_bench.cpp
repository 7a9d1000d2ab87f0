// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// What the harness costs beside the RTL: the same job by the bare model in a loop and by the
// harness without QEMU, with the same AXI memory code and the same link timing, interleaved. And
// how busy the job keeps the array, by the hardware's own counters.
//
// The jobs: a matrix product of 512 x 512 x 512, and a convolution of 3 x 3, 64 to 64 channels, on
// 28 x 28 pixels; both int8, through a page table, with memory 500 ns away.

#include <kestrel_regs.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "bare_kestrel.hpp"
#include "harness_kestrel.hpp"
#include "kestrel_job.hpp"
#include "samples.hpp"
#include "testbench/support/kestrel_programs.hpp"

namespace presil::bench {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kRounds = 9;
constexpr unsigned kSeed = 1;
/// Multipliers of the array.
constexpr double kArray = 256;

/// Host time per cycle of every round.
struct Rounds {
  std::uint64_t cycles = 0;  ///< of one round; all do the same
  std::vector<double> ns_per_cycle;
};

template <typename Round>
void measure(Rounds& rounds, KestrelJob& job, Round round) {
  const auto begin = Clock::now();
  rounds.cycles = round();
  const auto host_ns = nanoseconds(Clock::now() - begin);
  rounds.ns_per_cycle.push_back(static_cast<double>(host_ns) / static_cast<double>(rounds.cycles));
  if (!job.take_result()) {
    std::cerr << "presil-bench-harness: the result is wrong\n";
    std::exit(1);
  }
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

/// What the hardware counted of the latest job, and shares of the time with a record in execution.
Json counted(BareKestrel& bare, Picoseconds period_ps) {
  bare.take_counters();
  const auto busy_ns = bare.counter(KESTREL_REG_COUNT_BUSY_NS_LO);
  const double cycles =
      static_cast<double>(busy_ns * kPicosecondsPerNanosecond) / static_cast<double>(period_ps);
  const auto share = [&](std::uint32_t counter) {
    return static_cast<double>(bare.counter(counter)) / cycles;
  };
  return {{"commands", bare.counter(KESTREL_REG_COUNT_COMMANDS_LO)},
          {"busy_ns", busy_ns},
          {"macs", bare.counter(KESTREL_REG_COUNT_MACS_LO)},
          {"read_bytes", bare.counter(KESTREL_REG_COUNT_READ_BYTES_LO)},
          {"write_bytes", bare.counter(KESTREL_REG_COUNT_WRITE_BYTES_LO)},
          {"tlb_misses", bare.counter(KESTREL_REG_COUNT_TLB_MISSES_LO)},
          {"compute_busy", share(KESTREL_REG_COUNT_COMPUTE_BUSY_LO)},
          {"output_busy", share(KESTREL_REG_COUNT_OUTPUT_BUSY_LO)},
          {"load_busy", share(KESTREL_REG_COUNT_LOAD_BUSY_LO)},
          {"store_busy", share(KESTREL_REG_COUNT_STORE_BUSY_LO)},
          {"compute_waits_for_token", share(KESTREL_REG_COUNT_COMPUTE_TOKEN_LO)},
          {"waits_for_translation", share(KESTREL_REG_COUNT_TRANSLATION_LO)}};
}

/// Both of them, and what is compared.
struct Pair {
  BareKestrel bare;
  HarnessKestrel harness;
  Picoseconds period_ps;
};

Json measure_both(Pair& pair, testbench::KestrelProgram program) {
  KestrelJob job(std::move(program));
  pair.bare.set_job(job);

  // Each round is compared with its neighbour: the machine's speed changes from one to the next.
  Rounds bare_rounds, harness_rounds;
  std::vector<double> ratios, extra_ns;
  Json counters;
  for (int i = 0; i < kRounds; ++i) {
    pair.bare.reset();
    pair.harness.reset();
    measure(bare_rounds, job, [&] {
      for (const auto& [offset, value] : job.register_writes())
        pair.bare.write(offset, value);
      return pair.bare.run();
    });
    counters = counted(pair.bare, pair.period_ps);
    measure(harness_rounds, job, [&] { return pair.harness.run(job); });
    const double bare_ns = bare_rounds.ns_per_cycle.back();
    const double harness_ns = harness_rounds.ns_per_cycle.back();
    ratios.push_back(bare_ns / harness_ns);
    extra_ns.push_back(harness_ns - bare_ns);
  }
  return {{"macs", job.macs()},
          {"bare_cycles", bare_rounds.cycles},
          {"harness_cycles", harness_rounds.cycles},
          {"bare_ns_per_cycle", median(bare_rounds.ns_per_cycle)},
          {"harness_ns_per_cycle", median(harness_rounds.ns_per_cycle)},
          {"harness_extra_ns_per_cycle", median(extra_ns)},
          {"harness_over_bare", median(ratios)},
          {"utilization",
           static_cast<double>(job.macs()) / kArray / static_cast<double>(bare_rounds.cycles)},
          {"counters", counters}};
}

Json measure_all() {
  const auto description = Description::load(PRESIL_DESCRIPTION);
  const Picoseconds period_ps = description.personality.clock_period_ps;
  LinkModel link;
  link.femtoseconds_per_byte =
      femtoseconds_per_byte(description.personality.link_speed, description.personality.link_width);
  const auto events =
      std::filesystem::temp_directory_path() / ("presil-bench-" + std::to_string(::getpid()));
  Pair pair{
      .bare = {link, period_ps}, .harness = {link, description, events}, .period_ps = period_ps};
  std::filesystem::remove(events);  // It stays open, and leaves nothing behind.

  Json report;
  report["matrix_product"] =
      measure_both(pair, testbench::kestrel_gemm_program(KestrelJob::kBase, kSeed));
  report["convolution"] =
      measure_both(pair, testbench::kestrel_convolution_program(KestrelJob::kBase, kSeed));
  return report;
}

}  // namespace
}  // namespace presil::bench

int sc_main(int, char**) {
  std::cout << nlohmann::ordered_json{{"busy_rtl", presil::bench::measure_all()}}.dump() << "\n";
  return 0;
}

int main(int argument_count, char** arguments) {
  ::setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
  return sc_core::sc_elab_and_sim(argument_count, arguments);
}
