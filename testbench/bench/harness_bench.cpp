// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// What the harness costs beside the RTL: the same copy by the bare model in a loop and by the
// harness without QEMU, with the same AXI memory code and the same link timing, interleaved.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <vector>

#include "bare_kestrel.hpp"
#include "copy_job.hpp"
#include "harness_kestrel.hpp"
#include "samples.hpp"

namespace presil::bench {
namespace {

constexpr std::uint32_t kCopyBytes = 2u << 20;
constexpr int kRounds = 15;

/// Host time per cycle of every round.
struct Rounds {
  std::uint64_t cycles = 0;  ///< of one round; all do the same
  std::vector<double> ns_per_cycle;
};

template <typename Round>
void measure(Rounds& rounds, CopyJob& job, Round round) {
  const auto begin = Clock::now();
  rounds.cycles = round();
  const auto host_ns = nanoseconds(Clock::now() - begin);
  rounds.ns_per_cycle.push_back(static_cast<double>(host_ns) / static_cast<double>(rounds.cycles));
  if (!job.take_result()) {
    std::cerr << "presil-bench-harness: the copy is wrong\n";
    std::exit(1);
  }
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

nlohmann::ordered_json measure_both() {
  const auto description = Description::load(PRESIL_DESCRIPTION);
  LinkModel link;
  link.femtoseconds_per_byte =
      femtoseconds_per_byte(description.personality.link_speed, description.personality.link_width);
  CopyJob job(kCopyBytes);
  const auto events =
      std::filesystem::temp_directory_path() / ("presil-bench-" + std::to_string(::getpid()));
  BareKestrel bare(job, link, description.personality.clock_period_ps);
  HarnessKestrel harness(job, link, description, events);
  std::filesystem::remove(events);  // It stays open, and leaves nothing behind.

  // Each round is compared with its neighbour: the machine's speed changes from one to the next.
  Rounds bare_rounds, harness_rounds;
  std::vector<double> ratios, extra_ns;
  for (int i = 0; i < kRounds; ++i) {
    bare.reset();
    harness.reset();
    measure(bare_rounds, job, [&] {
      for (const auto& [offset, value] : CopyJob::register_writes())
        bare.write(offset, value);
      return bare.run();
    });
    measure(harness_rounds, job, [&] { return harness.run(); });
    const double bare_ns = bare_rounds.ns_per_cycle.back();
    const double harness_ns = harness_rounds.ns_per_cycle.back();
    ratios.push_back(bare_ns / harness_ns);
    extra_ns.push_back(harness_ns - bare_ns);
  }
  return {{"bytes", kCopyBytes},
          {"bare_cycles", bare_rounds.cycles},
          {"harness_cycles", harness_rounds.cycles},
          {"bare_ns_per_cycle", median(bare_rounds.ns_per_cycle)},
          {"harness_ns_per_cycle", median(harness_rounds.ns_per_cycle)},
          {"harness_extra_ns_per_cycle", median(extra_ns)},
          {"harness_over_bare", median(ratios)}};
}

}  // namespace
}  // namespace presil::bench

int sc_main(int, char**) {
  std::cout << nlohmann::ordered_json{{"busy_rtl", presil::bench::measure_both()}}.dump() << "\n";
  return 0;
}

int main(int argument_count, char** arguments) {
  ::setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
  return sc_core::sc_elab_and_sim(argument_count, arguments);
}
