// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// What the harness costs beside the RTL: the same copy by the bare model in a loop and by the
// harness without QEMU, with the same AXI memory code and the same link timing, interleaved.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "bare_kestrel.hpp"
#include "copy_job.hpp"
#include "harness_kestrel.hpp"
#include "samples.hpp"

namespace presil::bench {
namespace {

constexpr std::uint32_t kCopyBytes = 2u << 20;
constexpr int kRounds = 7;

/// The best of several rounds: what the machine does beside them only adds.
struct Speed {
  std::uint64_t cycles = 0;  ///< of one round
  double cycles_per_s = 0;

  void add(std::uint64_t round_cycles, std::uint64_t host_ns) {
    cycles = round_cycles;
    cycles_per_s = std::max(cycles_per_s,
                            static_cast<double>(round_cycles) * 1e9 / static_cast<double>(host_ns));
  }
};

template <typename Round>
void measure(Speed& speed, CopyJob& job, Round round) {
  const auto begin = Clock::now();
  const std::uint64_t cycles = round();
  speed.add(cycles, nanoseconds(Clock::now() - begin));
  if (!job.take_result()) {
    std::cerr << "presil-bench-harness: the copy is wrong\n";
    std::exit(1);
  }
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

  Speed bare_speed, harness_speed;
  for (int i = 0; i < kRounds; ++i) {
    bare.reset();
    harness.reset();
    measure(bare_speed, job, [&] {
      for (const auto& [offset, value] : CopyJob::register_writes())
        bare.write(offset, value);
      return bare.run();
    });
    measure(harness_speed, job, [&] { return harness.run(); });
  }
  const double bare_ns = 1e9 / bare_speed.cycles_per_s;
  const double harness_ns = 1e9 / harness_speed.cycles_per_s;
  return {{"bytes", kCopyBytes},
          {"bare_cycles", bare_speed.cycles},
          {"harness_cycles", harness_speed.cycles},
          {"bare_ns_per_cycle", bare_ns},
          {"harness_ns_per_cycle", harness_ns},
          {"harness_extra_ns_per_cycle", harness_ns - bare_ns},
          {"harness_over_bare", bare_ns / harness_ns}};
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
