// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Signals: waits end with EINTR or begin again, and calls that are interrupted do nothing by
// halves.

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>

#include "child.hpp"
#include "client.hpp"
#include "guest_time.hpp"
#include "ktap.hpp"

namespace {

volatile sig_atomic_t alarms = 0;

void count_alarm(int) {
  alarms = alarms + 1;
}

/// SIGALRM as long as this lives: after `first_us`, then every `interval_us` unless that is 0.
class Alarms {
 public:
  Alarms(int flags, suseconds_t first_us, suseconds_t interval_us) {
    alarms = 0;
    struct sigaction action = {};
    action.sa_handler = count_alarm;
    action.sa_flags = flags;
    REQUIRE(sigaction(SIGALRM, &action, &old_) == 0);
    const itimerval timer{.it_interval = {.tv_sec = 0, .tv_usec = interval_us},
                          .it_value = {.tv_sec = 0, .tv_usec = first_us}};
    REQUIRE(setitimer(ITIMER_REAL, &timer, nullptr) == 0);
  }
  Alarms(const Alarms&) = delete;
  Alarms& operator=(const Alarms&) = delete;
  ~Alarms() {
    const itimerval never{};
    setitimer(ITIMER_REAL, &never, nullptr);
    sigaction(SIGALRM, &old_, nullptr);
  }

 private:
  struct sigaction old_;
};

/// Repeats a call for as long as it is interrupted.
int repeat(const std::function<int()>& call) {
  int result = 0;
  do {
    result = call();
  } while (result == -EINTR);
  return result;
}

}  // namespace

TEST("signals: a wait for a job is interrupted, the job is not") {
  Client client;
  const std::uint32_t done = client.start(Commands().hang());
  {
    const Alarms alarm(0, 20'000, 0);
    CHECK_EQ(wait_syncobj(client.device(), done, 60 * kSecondNs), -EINTR);
    CHECK_EQ(alarms, 1);
  }
  CHECK_EQ(job_status(client.device(), done), 0);
  CHECK_EQ(client.finish(done), -ETIME);
}

TEST("signals: a wait that restarts goes on after each signal") {
  Client client;
  const std::uint32_t done = client.start(Commands().hang());
  const Alarms alarm(SA_RESTART, 20'000, 20'000);
  CHECK_EQ(wait_syncobj(client.device(), done, 60 * kSecondNs), 0);
  CHECK(alarms >= 2);
  CHECK_EQ(job_status(client.device(), done), -ETIME);
}

TEST("signals: a process that waits can be killed") {
  const Event ready;
  Child child([&] {
    Client client;
    const std::uint32_t done = client.start(Commands().hang());
    ready.tell();
    wait_syncobj(client.device(), done);
  });
  ready.wait();
  sleep_ns(10 * kMillisecondNs);
  child.kill(SIGKILL);
  CHECK_EQ(child.wait(), SIGKILL);
  check_that_device_works();
}

TEST("signals: every call under a storm of signals does all or nothing") {
  Client client;
  const RawDevice& device = client.device();
  constexpr std::uint64_t kBytes = 16 * kPageBytes;
  const auto from = client.make_buffer(kBytes);
  const auto to = client.make_buffer(kBytes);
  const std::uint64_t va = client.take_va(kBytes);
  const Job copy = client.job(Commands().copy(va, to->va, kBytes));
  const std::uint64_t jobs_before = device.queue_state(client.queue()).jobs;

  const Alarms storm(0, 100, 150);
  for (unsigned lap = 0; lap < 100; ++lap) {
    fill(from->bytes(), lap);
    drm_kestrel_bo_create create{};
    create.size = kBytes;
    CHECK_EQ(repeat([&] { return device.call(DRM_IOCTL_KESTREL_BO_CREATE, &create); }), 0);
    CHECK_EQ(repeat([&] { return device.map(client.vm(), from->memory.handle(), va, kBytes); }), 0);
    Job job = copy;
    const std::uint32_t done = make_syncobj(device);
    job.out_syncs = {binary(done)};
    CHECK_EQ(repeat([&] { return job.submit(device); }), 0);
    CHECK_EQ(wait_syncobj(device, done), 0);
    CHECK_EQ(job_status(device, done), 1);
    CHECK(std::ranges::equal(from->bytes(), to->bytes()));
    CHECK_EQ(repeat([&] { return device.unmap(client.vm(), va, kBytes); }), 0);
    CHECK_EQ(repeat([&] { return device.close_buffer(create.handle); }), 0);
    CHECK_EQ(destroy_syncobj(device, done), 0);
  }
  CHECK(alarms > 10);
  CHECK_EQ(device.queue_state(client.queue()).jobs, jobs_before + 100);
}

TEST("signals: queues are made and destroyed under a storm of signals") {
  Client client;
  const RawDevice& device = client.device();
  const Alarms storm(0, 100, 150);
  for (int lap = 0; lap < 400; ++lap) {
    drm_kestrel_queue_create create{};
    create.vm_id = client.vm();
    CHECK_EQ(repeat([&] { return device.call(DRM_IOCTL_KESTREL_QUEUE_CREATE, &create); }), 0);
    CHECK_EQ(repeat([&] { return device.destroy_queue(create.id); }), 0);
    drm_kestrel_vm_create vm{};
    CHECK_EQ(repeat([&] { return device.call(DRM_IOCTL_KESTREL_VM_CREATE, &vm); }), 0);
    CHECK_EQ(repeat([&] { return device.destroy_vm(vm.id); }), 0);
  }
  CHECK(alarms > 10);
}
