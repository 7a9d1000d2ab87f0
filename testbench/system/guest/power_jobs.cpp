// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// power-jobs HOW ROUNDS: puts the system to sleep while the accelerator has jobs, and looks whether
// all of them end well with the right results.
//
// HOW is freeze (suspend to idle, until the clock's alarm), or devices or platform: how far the
// kernel's own test of suspending goes. Prints a line for each round, with how many jobs had not
// ended when the system was awake again.

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "client.hpp"
#include "ktap.hpp"

namespace {

constexpr int kJobs = 12;
constexpr int kBusyCallsPerJob = 5;
/// Positions of one command, each a cycle: 1 ms at 1 GHz.
constexpr std::uint32_t kBusyCycles = 1'000 * 1'000;
constexpr std::uint64_t kCopyBytes = 8'192;

/// Adds up the same word again and again: takes a millisecond, and no memory.
Command busy_command() {
  Command busy = command(KESTREL_OPCODE_ACCUMULATE | KESTREL_ACCUMULATE_MODE_SUM
                                                         << KESTREL_ACCUMULATE_HEADER_MODE_SHIFT);
  busy[KESTREL_ACCUMULATE_COUNT_N / 4] = 1 | 1 << KESTREL_ACCUMULATE_COUNT_N_N1_SHIFT;
  busy[KESTREL_ACCUMULATE_COUNT_R01 / 4] = 1'000 | kBusyCycles / 1'000
                                                       << KESTREL_ACCUMULATE_COUNT_R01_R1_SHIFT;
  busy[KESTREL_ACCUMULATE_COUNT_R2 / 4] = 1;
  return busy;
}

bool write_text(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text << std::flush;
  return file.good();
}

bool sleep_and_wake(const std::string& how) {
  if (how == "freeze") {
    // Whole seconds: one might be over before the system sleeps.
    return write_text("/sys/class/rtc/rtc0/wakealarm", "+2") &&
           write_text("/sys/power/state", "freeze");
  }
  // The kernel would spend 5 s of every test in a busy loop.
  return write_text("/sys/module/suspend/parameters/pm_test_delay", "0") &&
         write_text("/sys/power/pm_test", how) && write_text("/sys/power/state", "freeze");
}

/// One job that has been submitted, and what it copies.
struct Started {
  std::unique_ptr<ClientBuffer> from, to;
  std::uint32_t done;
};

Started start_job(Client& client, unsigned seed) {
  Started started{client.make_buffer(kCopyBytes), client.make_buffer(kCopyBytes), 0};
  fill(started.from->bytes(), seed);
  Job job = client.job(Commands().copy(started.from->va, started.to->va, kCopyBytes));
  const drm_kestrel_call busy = client.place(Commands().add(busy_command()));
  job.calls.insert(job.calls.begin(), kBusyCallsPerJob, busy);
  started.done = client.start(job);
  return started;
}

void run_round(const std::string& how, unsigned round) {
  Client client;
  std::vector<Started> jobs;
  for (unsigned i = 0; i < kJobs; ++i)
    jobs.push_back(start_job(client, round * kJobs + i));

  REQUIRE(sleep_and_wake(how));
  const auto ended = client.device().queue_state(client.queue()).jobs;
  for (const auto& job : jobs) {
    CHECK_EQ(client.finish(job.done), 1);
    CHECK(std::ranges::equal(job.from->bytes(), job.to->bytes()));
  }
  std::printf("round %u: %llu of %d jobs had ended\n", round,
              static_cast<unsigned long long>(ended), kJobs);
  // A round that no job slept through says nothing.
  CHECK(ended < kJobs);
}

}  // namespace

int main(int argument_count, char** arguments) {
  const std::string how = argument_count == 3 ? arguments[1] : "";
  unsigned rounds = 0;
  if (argument_count == 3)
    std::from_chars(arguments[2], arguments[2] + std::strlen(arguments[2]), rounds);
  if ((how != "freeze" && how != "devices" && how != "platform") || rounds == 0) {
    std::fputs("usage: power-jobs freeze|devices|platform ROUNDS\n", stderr);
    return 2;
  }

  for (unsigned round = 1; round <= rounds; ++round)
    ktap::run_body([&] { run_round(how, round); }, __FILE__, __LINE__);
  for (const auto& failure : ktap::failures())
    std::printf("failed: %s\n", failure.c_str());
  return ktap::failures().empty() ? 0 : 1;
}
