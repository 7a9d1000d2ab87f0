// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// kestrel-uapi-load: processes with queues with jobs that wait for each other; are results right?

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "child.hpp"
#include "guest_time.hpp"
#include "ktap.hpp"
#include "load_board.hpp"
#include "load_wait.hpp"
#include "load_worker.hpp"

namespace {

constexpr char kHelp[] =
    "usage: kestrel-uapi-load PROCESSES QUEUES JOBS SEED\n"
    "\n"
    "PROCESSES with QUEUES each submit JOBS to each of them, which wait for random jobs of all of\n"
    "them by timelines and binary syncobjs and copy from them; then the results are checked, and\n"
    "how long a queue of low priority waits for busy ones of high priority is measured.\n"
    "Exit status: 0 all is right; 1 something is wrong; 2 wrong usage.\n";

constexpr int kProbes = 20;

bool read_numbers(char** texts, std::uint32_t* numbers, int count) {
  for (int i = 0; i < count; ++i) {
    char* end = nullptr;
    numbers[i] = static_cast<std::uint32_t>(std::strtoul(texts[i], &end, 10));
    if (end == texts[i] || *end != '\0')
      return false;
  }
  return numbers[0] > 0 && numbers[1] > 0 && numbers[2] > 0;
}

void run_load(const LoadSize& size, std::uint64_t seed) {
  LoadBoard board(size);
  Random random(seed);
  const std::int64_t begin_ns = now_ns();
  std::vector<std::unique_ptr<Child>> children;
  for (std::uint32_t process = 0; process < size.processes; ++process) {
    const std::uint64_t own_seed = random.next();
    children.push_back(std::make_unique<Child>([&board, process, own_seed] {
      set_yields(own_seed);
      LoadWorker(board, process, own_seed).work();
    }));
  }
  for (const auto& child : children)
    CHECK_EQ(child->wait(), 0);
  const std::int64_t time_ns = now_ns() - begin_ns;
  CHECK_EQ(board.wrong_slots(), 0u);
  std::printf("load: %" PRIu32 " jobs of %" PRIu32 " queues in %" PRId64 " us of guest time\n",
              size.rows() * size.jobs, size.rows(), time_ns / 1'000);
}

void run_wait() {
  const LowPriorityWait wait = measure_low_priority_wait(kProbes);
  std::printf("wait: low priority at most %" PRIu64 " records of others, %" PRId64
              " us of guest time\n",
              wait.records, wait.time_ns / 1'000);
}

}  // namespace

int main(int argc, char** argv) {
  std::uint32_t numbers[4] = {};
  if (argc != 5 || !read_numbers(argv + 1, numbers, 4)) {
    std::fputs(kHelp, stderr);
    return 2;
  }
  const LoadSize size{.processes = numbers[0], .queues = numbers[1], .jobs = numbers[2]};
  ktap::run_body(
      [&] {
        run_load(size, numbers[3]);
        run_wait();
      },
      __FILE__, __LINE__);
  for (const std::string& failure : ktap::failures())
    std::printf("failed: %s\n", failure.c_str());
  return ktap::failures().empty() ? 0 : 1;
}
