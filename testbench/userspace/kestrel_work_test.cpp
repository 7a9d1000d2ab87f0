// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The C interface to address spaces, queues and jobs: what arrives at the device, what is refused.

#include <kestrel_regs.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <kestrel/kestrel.h>

#include "fake_kernel.hpp"
#include "kestrel_internal.hpp"

using Catch::Matchers::ContainsSubstring;

namespace {

constexpr std::uint64_t kCommandsVa = 0x10'0000;
constexpr std::uint64_t kDataVa = 0x7fff'0000'0000;

/// A VM with a buffer, a queue and memory for commands.
struct Bench {
  Bench() {
    REQUIRE(kestrel::internal::open_device_on(kernel, nullptr, &device) == 0);
    REQUIRE(kestrel_vm_create(device, &vm) == 0);
    REQUIRE(kestrel_buffer_create_private(vm, 8192, &buffer) == 0);
    REQUIRE(kestrel_vm_bind(vm, kDataVa, buffer, 0, 8192, KESTREL_READ | KESTREL_WRITE) == 0);
    REQUIRE(kestrel_queue_create(vm, KESTREL_PRIORITY_MEDIUM, &queue) == 0);
    REQUIRE(kestrel_commands_create(vm, kCommandsVa, 4096, &commands) == 0);
    REQUIRE(kestrel_timeline_create(device, &timeline) == 0);
  }
  ~Bench() {
    kestrel_device_close(device);
    kestrel_vm_destroy(vm);
    kestrel_buffer_destroy(buffer);
    kestrel_commands_destroy(commands);
    kestrel_timeline_destroy(timeline);
    kestrel_queue_destroy(queue);
    CHECK(kernel.is_clean());
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  char* data() { return static_cast<char*>(kestrel_buffer_data(buffer)); }

  /// A call that copies within the buffer.
  kestrel_call copy_call(std::uint32_t to, std::uint32_t from, std::uint32_t bytes) {
    kestrel_call call{};
    REQUIRE(kestrel_commands_load(commands, kDataVa + from, 0, bytes) == 0);
    REQUIRE(kestrel_commands_barrier(commands) == 0);
    REQUIRE(kestrel_commands_store(commands, kDataVa + to, 0, bytes) == 0);
    REQUIRE(kestrel_commands_end(commands, &call) == 0);
    return call;
  }

  FakeKernel kernel;
  kestrel_device* device = nullptr;
  kestrel_vm* vm = nullptr;
  kestrel_buffer* buffer = nullptr;
  kestrel_queue* queue = nullptr;
  kestrel_commands* commands = nullptr;
  kestrel_timeline* timeline = nullptr;
};

kestrel_job job_of(const std::vector<kestrel_call>& calls) {
  kestrel_job job{};
  job.calls = calls.data();
  job.call_count = calls.size();
  return job;
}

}  // namespace

TEST_CASE("kestrel work: Calls of a job run one after another", "[userspace][c]") {
  Bench bench;
  std::strcpy(bench.data(), "hover");
  const std::vector calls = {bench.copy_call(100, 0, 6), bench.copy_call(5000, 100, 6)};
  const kestrel_job job = job_of(calls);
  kestrel_fence* fence = nullptr;
  REQUIRE(kestrel_queue_submit(bench.queue, &job, &fence) == 0);
  CHECK(kestrel_fence_wait(fence, -1) == 0);
  CHECK(std::string(bench.data() + 5000) == "hover");
  kestrel_fence_destroy(fence);

  kestrel_counters counters{};
  CHECK(kestrel_queue_counters(bench.queue, &counters) == 0);
  CHECK(counters.calls == 2);
  kestrel_queue_state state{};
  CHECK(kestrel_queue_get_state(bench.queue, &state) == 0);
  CHECK(state.is_lost == 0);
  CHECK(state.jobs == 1);
}

TEST_CASE("kestrel work: Commands of the caller's making are executed as they are",
          "[userspace][c]") {
  Bench bench;
  std::array<std::uint32_t, 16> record = {0xff};  // No opcode.
  REQUIRE(kestrel_commands_barrier(bench.commands) == 0);
  REQUIRE(kestrel_commands_append(bench.commands, record.data(), 1) == 0);
  std::vector<kestrel_call> calls(1);
  REQUIRE(kestrel_commands_end(bench.commands, calls.data()) == 0);
  CHECK(calls[0].va == kCommandsVa);
  CHECK(calls[0].size_bytes == 128);

  const kestrel_job job = job_of(calls);
  kestrel_fence* fence = nullptr;
  REQUIRE(kestrel_queue_submit(bench.queue, &job, &fence) == 0);
  CHECK(kestrel_fence_wait(fence, -1) == -EIO);
  kestrel_fence_destroy(fence);

  kestrel_queue_state state{};
  CHECK(kestrel_queue_get_state(bench.queue, &state) == 0);
  CHECK(state.is_lost == 1);
  CHECK(state.has_fault == 1);
  CHECK(state.error == EIO);
  CHECK(state.cause == KESTREL_ERROR_CAUSE_ILLEGAL_OPCODE);
  CHECK(state.opcode == 0xff);
  CHECK(state.call == 0);
  CHECK(state.offset == 64);
  CHECK(kestrel_queue_submit(bench.queue, &job, nullptr) == -ECANCELED);
}

TEST_CASE("kestrel work: Commands that cannot be are refused when they are appended",
          "[userspace][c]") {
  Bench bench;
  CHECK(kestrel_commands_load(bench.commands, 0, 0, 0) == -EINVAL);
  CHECK(kestrel_commands_load(bench.commands, 0, 0, 65536) == -EINVAL);
  CHECK(kestrel_commands_store(bench.commands, 0, 1 << 18, 1) == -EINVAL);
  CHECK(kestrel_commands_store(bench.commands, 0, (1 << 18) - 9, 10) == -EINVAL);
  CHECK(kestrel_commands_store(bench.commands, 0, (1 << 18) - 10, 10) == 0);
  CHECK_THAT(kestrel_last_error(), ContainsSubstring("10 bytes at byte 262135"));
  CHECK(kestrel_commands_append(bench.commands, nullptr, SIZE_MAX / 64 + 2) == -ENOSPC);
  kestrel_commands_reset(bench.commands);
  kestrel_call call{};
  CHECK(kestrel_commands_end(bench.commands, &call) == -EINVAL);
}

TEST_CASE("kestrel work: Jobs wait for fences and timelines, and raise timelines",
          "[userspace][c]") {
  Bench bench;
  kestrel_queue* other = nullptr;
  REQUIRE(kestrel_queue_create(bench.vm, KESTREL_PRIORITY_LOW, &other) == 0);
  std::strcpy(bench.data(), "hover");
  const std::vector first = {bench.copy_call(100, 0, 6)};
  const std::vector second = {bench.copy_call(200, 100, 6)};
  const std::vector third = {bench.copy_call(300, 200, 6)};

  // The first waits for a point that the program raises, the second for the first's fence, the
  // third for a point that the second raises.
  kestrel_job job = job_of(first);
  const kestrel_sync start{nullptr, bench.timeline, 1}, middle{nullptr, bench.timeline, 2};
  job.waits = &start;
  job.wait_count = 1;
  kestrel_fence* fence = nullptr;
  CHECK(kestrel_queue_submit(other, &job, &fence) == -EINVAL);  // Nobody will raise it.
  CHECK(fence == nullptr);

  bench.kernel.hold_jobs = true;
  CHECK(kestrel_timeline_signal(bench.timeline, 1) == 0);
  REQUIRE(kestrel_queue_submit(other, &job, &fence) == 0);
  job = job_of(second);
  const kestrel_sync after_first{fence, nullptr, 0};
  job.waits = &after_first;
  job.wait_count = 1;
  job.signals = &middle;
  job.signal_count = 1;
  REQUIRE(kestrel_queue_submit(bench.queue, &job, nullptr) == 0);
  job = job_of(third);
  job.waits = &middle;
  job.wait_count = 1;
  kestrel_fence* last = nullptr;
  REQUIRE(kestrel_queue_submit(other, &job, &last) == 0);

  CHECK(kestrel_fence_wait(last, 5) == -ETIMEDOUT);
  CHECK(kestrel_timeline_wait(bench.timeline, 2, 5) == -ETIMEDOUT);
  bench.kernel.run_jobs();
  CHECK(kestrel_fence_wait(last, 5) == 0);
  CHECK(kestrel_timeline_wait(bench.timeline, 2, 5) == 0);
  std::uint64_t value = 0;
  CHECK(kestrel_timeline_value(bench.timeline, &value) == 0);
  CHECK(value == 2);
  CHECK(std::string(bench.data() + 300) == "hover");
  kestrel_fence_destroy(fence);
  kestrel_fence_destroy(last);
  kestrel_queue_destroy(other);
}

TEST_CASE("kestrel work: A job that makes no sense is refused", "[userspace][c]") {
  Bench bench;
  kestrel_fence* fence = nullptr;
  kestrel_job job{};
  REQUIRE(kestrel_queue_submit(bench.queue, &job, &fence) == 0);
  kestrel_device* other_device = nullptr;
  REQUIRE(kestrel::internal::open_device_on(bench.kernel, nullptr, &other_device) == 0);
  kestrel_timeline* other = nullptr;
  REQUIRE(kestrel_timeline_create(other_device, &other) == 0);

  const kestrel_sync none{}, both{fence, bench.timeline, 1}, no_point{nullptr, bench.timeline, 0};
  const kestrel_sync point_of_fence{fence, nullptr, 1}, elsewhere{nullptr, other, 1};
  const kestrel_sync of_fence{fence, nullptr, 0};
  const kestrel_call odd_address{kCommandsVa + 1, 64, 0}, odd_size{kCommandsVa, 65, 0};
  const kestrel_call empty{kCommandsVa, 0, 0}, padded{kCommandsVa, 64, 1};

  for (const kestrel_sync* sync : {&none, &both, &no_point, &point_of_fence, &elsewhere}) {
    job = {.calls = nullptr,
           .call_count = 0,
           .waits = sync,
           .wait_count = 1,
           .signals = nullptr,
           .signal_count = 0};
    CHECK(kestrel_queue_submit(bench.queue, &job, nullptr) == -EINVAL);
    job = {.calls = nullptr,
           .call_count = 0,
           .waits = nullptr,
           .wait_count = 0,
           .signals = sync,
           .signal_count = 1};
    CHECK(kestrel_queue_submit(bench.queue, &job, nullptr) == -EINVAL);
  }
  job = {.calls = nullptr,
         .call_count = 0,
         .waits = nullptr,
         .wait_count = 0,
         .signals = &of_fence,
         .signal_count = 1};
  CHECK(kestrel_queue_submit(bench.queue, &job, nullptr) == -EINVAL);
  for (const kestrel_call* call : {&odd_address, &odd_size, &empty, &padded}) {
    job = {.calls = call,
           .call_count = 1,
           .waits = nullptr,
           .wait_count = 0,
           .signals = nullptr,
           .signal_count = 0};
    CHECK(kestrel_queue_submit(bench.queue, &job, nullptr) == -EINVAL);
  }
  CHECK(bench.kernel.jobs() == 1);
  kestrel_fence_destroy(fence);
  kestrel_timeline_destroy(other);
  kestrel_device_close(other_device);
}

TEST_CASE("kestrel work: Fences and timelines go from device to device", "[userspace][c]") {
  Bench bench;
  kestrel_device* other_device = nullptr;
  REQUIRE(kestrel::internal::open_device_on(bench.kernel, nullptr, &other_device) == 0);
  bench.kernel.hold_jobs = true;
  kestrel_fence* fence = nullptr;
  const kestrel_job job{};
  REQUIRE(kestrel_queue_submit(bench.queue, &job, &fence) == 0);

  int fd = -1;
  REQUIRE(kestrel_fence_export(fence, &fd) == 0);
  kestrel_fence* other = nullptr;
  REQUIRE(kestrel_fence_import(other_device, fd, &other) == 0);
  bench.kernel.close(fd);
  CHECK(kestrel_fence_wait(other, 0) == -ETIMEDOUT);
  bench.kernel.run_jobs();
  CHECK(kestrel_fence_wait(other, 0) == 0);

  REQUIRE(kestrel_timeline_export(bench.timeline, &fd) == 0);
  kestrel_timeline* other_timeline = nullptr;
  REQUIRE(kestrel_timeline_import(other_device, fd, &other_timeline) == 0);
  bench.kernel.close(fd);
  CHECK(kestrel_timeline_signal(other_timeline, 3) == 0);
  CHECK(kestrel_timeline_wait(bench.timeline, 3, 0) == 0);

  kestrel_timeline_destroy(other_timeline);
  kestrel_fence_destroy(other);
  kestrel_fence_destroy(fence);
  kestrel_device_close(other_device);
}

TEST_CASE("kestrel work: What was unbound faults", "[userspace][c]") {
  Bench bench;
  const std::vector calls = {bench.copy_call(0, 4096, 16)};
  REQUIRE(kestrel_vm_unbind(bench.vm, kDataVa + 4096, 4096) == 0);
  CHECK(kestrel_vm_unbind(bench.vm, kDataVa + 1, 4096) == -EINVAL);
  const kestrel_job job = job_of(calls);
  kestrel_fence* fence = nullptr;
  REQUIRE(kestrel_queue_submit(bench.queue, &job, &fence) == 0);
  CHECK(kestrel_fence_wait(fence, -1) == -EIO);
  kestrel_queue_state state{};
  CHECK(kestrel_queue_get_state(bench.queue, &state) == 0);
  CHECK(state.va == kDataVa + 4096);
  kestrel_fence_destroy(fence);
}

TEST_CASE("kestrel work: A priority that the program may not have", "[userspace][c]") {
  Bench bench;
  bench.kernel.can_nice = false;
  kestrel_queue* queue = nullptr;
  CHECK(kestrel_queue_create(bench.vm, KESTREL_PRIORITY_HIGH, &queue) == -EACCES);
  CHECK(queue == nullptr);
}
