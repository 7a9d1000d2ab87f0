// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// operation-cost: does each operation of the driver's interface many times, and prints one line for
// each: name, repetitions, when they began and ended, and the least and greatest time of one.
//
// Times are of the time-stamp counter, which under the guest's clock counts nanoseconds since
// power-on, as the event log does in picoseconds: so a reader of both can count what crossed the
// link meanwhile.

#include <cstdint>
#include <cstdio>
#include <functional>
#include <limits>

#include "client.hpp"
#include "guest_time.hpp"
#include "ktap.hpp"

namespace {

/// Before what is measured, so that memory has been allocated and caches are filled.
constexpr int kWarmUps = 4;
/// Longer than the driver lets an idle device stay awake.
constexpr std::int64_t kUntilAsleepNs = 300 * kMillisecondNs;

std::uint64_t ticks() {
  std::uint32_t low = 0, high = 0;
  asm volatile("lfence; rdtsc" : "=a"(low), "=d"(high)::"memory");
  return std::uint64_t{high} << 32 | low;
}

void measure(
    const char* name, int repetitions, const std::function<void()>& operation,
    const std::function<void()>& before = [] {}) {
  for (int i = 0; i < kWarmUps; ++i) {
    before();
    operation();
  }
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max(), greatest = 0;
  const std::uint64_t begin = ticks();
  for (int i = 0; i < repetitions; ++i) {
    before();
    const std::uint64_t start = ticks();
    operation();
    const std::uint64_t span = ticks() - start;
    least = std::min(least, span);
    greatest = std::max(greatest, span);
  }
  std::printf("cost|%s|%d|%llu|%llu|%llu|%llu\n", name, repetitions,
              static_cast<unsigned long long>(begin), static_cast<unsigned long long>(ticks()),
              static_cast<unsigned long long>(least), static_cast<unsigned long long>(greatest));
}

/// Submits a job and waits for its end: two calls.
void run_job(const RawDevice& device, const Job& job, std::uint32_t done) {
  REQUIRE_EQ(job.submit(device), 0);
  REQUIRE_EQ(wait_syncobj(device, done, 10 * kSecondNs), 0);
}

void measure_jobs() {
  Client client;
  const RawDevice& device = client.device();
  const std::uint32_t done = make_syncobj(device);
  const auto job_of = [&](std::size_t calls) {
    Job job;
    job.queue_id = client.queue();
    job.calls.assign(calls, client.place(Commands().barrier()));
    job.out_syncs = {binary(done)};
    return job;
  };

  const Job empty = job_of(0), small = job_of(1), large = job_of(device.info().job_calls_max);
  measure("empty job", 50, [&] { run_job(device, empty, done); });
  measure("job of one command buffer", 50, [&] { run_job(device, small, done); });
  measure("job of as many command buffers as it may have", 20,
          [&] { run_job(device, large, done); });
  measure(
      "empty job, device asleep", 5, [&] { run_job(device, empty, done); },
      [] { sleep_ns(kUntilAsleepNs); });
}

void measure_memory() {
  Client client;
  const RawDevice& device = client.device();
  const auto bind_and_unbind = [&](std::uint64_t bytes) {
    const std::uint32_t handle = device.make_buffer(bytes);
    const std::uint64_t va = client.take_va(bytes, kHugePageBytes);
    return [&device, &client, handle, va, bytes] {
      REQUIRE_EQ(device.map(client.vm(), handle, va, bytes), 0);
      REQUIRE_EQ(device.unmap(client.vm(), va, bytes), 0);
    };
  };
  measure("bind and unbind 4 KiB", 50, bind_and_unbind(kPageBytes));
  measure("bind and unbind 2 MiB", 20, bind_and_unbind(kHugePageBytes));
  measure("create and close a buffer of 4 KiB", 50,
          [&] { REQUIRE_EQ(device.close_buffer(device.make_buffer(kPageBytes)), 0); });
}

void measure_queues() {
  Client client;
  const RawDevice& device = client.device();
  measure("create and destroy a queue", 20,
          [&] { REQUIRE_EQ(device.destroy_queue(device.make_queue(client.vm())), 0); });
  measure("create and destroy a VM", 50,
          [&] { REQUIRE_EQ(device.destroy_vm(device.make_vm()), 0); });
  measure("read the counters of a queue", 50, [&] { device.counters(client.queue()); });
}

}  // namespace

int main() {
  for (const auto& part : {measure_jobs, measure_memory, measure_queues})
    ktap::run_body(part, __FILE__, __LINE__);
  for (const auto& failure : ktap::failures())
    std::printf("failed: %s\n", failure.c_str());
  return ktap::failures().empty() ? 0 : 1;
}
