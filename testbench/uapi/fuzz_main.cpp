// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// kestrel-uapi-fuzz: random calls from several threads, after which the device still works.

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <thread>
#include <vector>

#include "client.hpp"
#include "fuzz_calls.hpp"
#include "ktap.hpp"

namespace {

constexpr char kHelp[] =
    "usage: kestrel-uapi-fuzz SEED COUNT\n"
    "\n"
    "Makes COUNT random calls on the device, in three threads that share three files, by SEED;\n"
    "prints how often each call ended how. Needs root.\n"
    "Exit status: 0 the device works afterwards, and no call gave an error that is not "
    "documented;\n"
    "1 else; 2 wrong usage.\n";

constexpr std::size_t kThreads = 3;
constexpr std::size_t kFiles = 3;

bool read_number(const char* text, std::uint64_t& number) {
  char* end = nullptr;
  number = std::strtoull(text, &end, 10);
  return end != text && *end == '\0';
}

FuzzTally fuzz(std::uint64_t seed, std::uint64_t count) {
  std::vector<FuzzFile> files(kFiles);
  std::deque<FuzzCalls> threads_calls;
  Random random(seed);
  for (std::size_t i = 0; i < kThreads; ++i)
    threads_calls.emplace_back(files, random.next());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    const std::uint64_t share = count / kThreads + (i < count % kThreads ? 1 : 0);
    threads.emplace_back([&calls = threads_calls[i], share] {
      for (std::uint64_t step = 0; step < share; ++step)
        calls.step();
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  FuzzTally tally;
  for (const FuzzCalls& calls : threads_calls)
    tally.add(calls.tally());
  return tally;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t seed = 0, count = 0;
  if (argc != 3 || !read_number(argv[1], seed) || !read_number(argv[2], count)) {
    std::fputs(kHelp, stderr);
    return 2;
  }

  int undocumented = 0;
  ktap::run_body(
      [&] {
        const FuzzTally tally = fuzz(seed, count);
        tally.print();
        undocumented = tally.print_undocumented();
        check_that_device_works();
      },
      __FILE__, __LINE__);
  for (const std::string& failure : ktap::failures())
    std::printf("failed: %s\n", failure.c_str());
  const bool works = ktap::failures().empty();
  std::printf("seed %llu, %llu steps: the device %s\n", static_cast<unsigned long long>(seed),
              static_cast<unsigned long long>(count), works ? "works" : "does not work");
  return works && undocumented == 0 ? 0 : 1;
}
