// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The C interface: numbers, the sentence behind them, and objects that go in any order.

#include <cerrno>
#include <cstring>
#include <string>
#include <thread>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <kestrel/kestrel.h>

#include "fake_kernel.hpp"
#include "kestrel_internal.hpp"

using Catch::Matchers::ContainsSubstring;

namespace {

kestrel_device* open_device(FakeKernel& kernel) {
  kestrel_device* device = nullptr;
  REQUIRE(kestrel::internal::open_device_on(kernel, nullptr, &device) == 0);
  return device;
}

}  // namespace

TEST_CASE("kestrel: A copy through the C interface", "[userspace][c]") {
  FakeKernel kernel;
  kestrel_device* device = open_device(kernel);
  kestrel_buffer* source = nullptr;
  kestrel_buffer* destination = nullptr;
  REQUIRE(kestrel_buffer_create(device, 100, &source) == 0);
  REQUIRE(kestrel_buffer_create(device, 100, &destination) == 0);
  CHECK(kestrel_buffer_size(source) == 4096);
  std::strcpy(static_cast<char*>(kestrel_buffer_data(source)), "hover");

  kestrel_fence* fence = nullptr;
  REQUIRE(kestrel_copy(device, destination, 8, source, 0, 6, &fence) == 0);
  CHECK(kestrel_fence_wait(fence, -1) == 0);
  CHECK(std::string(static_cast<char*>(kestrel_buffer_data(destination)) + 8) == "hover");

  // The device first: the others keep what they need.
  kestrel_device_close(device);
  kestrel_buffer_destroy(source);
  kestrel_fence_destroy(fence);
  CHECK_FALSE(kernel.is_clean());
  kestrel_buffer_destroy(destination);
  CHECK(kernel.is_clean());
}

TEST_CASE("kestrel: Destroying nothing does nothing", "[userspace][c]") {
  kestrel_device_close(nullptr);
  kestrel_buffer_destroy(nullptr);
  kestrel_fence_destroy(nullptr);
  kestrel_vm_destroy(nullptr);
  kestrel_queue_destroy(nullptr);
  kestrel_commands_destroy(nullptr);
  kestrel_timeline_destroy(nullptr);
}

TEST_CASE("kestrel: A failure leaves the output alone and has a sentence", "[userspace][c]") {
  FakeKernel kernel;
  kestrel_device* device = open_device(kernel);
  auto* const untouched = reinterpret_cast<kestrel_buffer*>(8);
  kestrel_buffer* buffer = untouched;

  CHECK(kestrel_buffer_create(device, 0, &buffer) == -EINVAL);
  CHECK(buffer == untouched);
  CHECK_THAT(kestrel_last_error(), ContainsSubstring("0 bytes"));
  kestrel_device_close(device);
}

TEST_CASE("kestrel: Every thread has its own last error", "[userspace][c]") {
  FakeKernel kernel;
  kernel.open_error = EACCES;
  kestrel_device* device = nullptr;
  REQUIRE(kestrel::internal::open_device_on(kernel, kernel.node.c_str(), &device) == -EACCES);

  std::string elsewhere = "not run";
  std::thread([&] { elsewhere = kestrel_last_error(); }).join();
  CHECK(elsewhere.empty());
  CHECK_THAT(kestrel_last_error(), ContainsSubstring(kernel.node));
}

TEST_CASE("kestrel: Properties are those of the device", "[userspace][c]") {
  FakeKernel kernel;
  kernel.info.interface_minor = 3;
  kernel.driver_minor = 6;
  kernel.info.job_syncs_max = 32;
  kestrel_device* device = open_device(kernel);
  std::uint64_t value = 0;
  struct Expected {
    kestrel_property property;
    std::uint64_t value;
  };
  const Expected expected =
      GENERATE(Expected{KESTREL_INTERFACE_MAJOR, 2}, Expected{KESTREL_INTERFACE_MINOR, 3},
               Expected{KESTREL_DRIVER_MAJOR, 1}, Expected{KESTREL_DRIVER_MINOR, 6},
               Expected{KESTREL_COHERENT, 1}, Expected{KESTREL_CLOCK_MHZ, 1000},
               Expected{KESTREL_DMA_BITS, 64}, Expected{KESTREL_VA_BITS, 48},
               Expected{KESTREL_PAGE_SIZES, 0x201000}, Expected{KESTREL_QUEUE_COUNT, 16},
               Expected{KESTREL_VM_COUNT, 15}, Expected{KESTREL_ARRAY_ROWS, 16},
               Expected{KESTREL_ARRAY_COLUMNS, 16}, Expected{KESTREL_SCRATCHPAD_BYTES, 1 << 18},
               Expected{KESTREL_ACCUMULATOR_ROWS, 1024}, Expected{KESTREL_CALL_TIME_MAX_MS, 500},
               Expected{KESTREL_JOB_CALLS_MAX, 64}, Expected{KESTREL_JOB_SYNCS_MAX, 32},
               Expected{KESTREL_BUFFER_BYTES_MAX, 64 << 20});
  CAPTURE(expected.property);
  CHECK(kestrel_device_get(device, expected.property, &value) == 0);
  CHECK(value == expected.value);
  CHECK(std::string(kestrel_device_path(device)) == kernel.node);
  CHECK(kestrel_device_get(device, static_cast<kestrel_property>(19), &value) == -EINVAL);
  kestrel_device_close(device);
}

TEST_CASE("kestrel: The end of a job that failed is its error", "[userspace][c]") {
  FakeKernel kernel;
  kernel.job_error = ETIME;
  kestrel_device* device = open_device(kernel);
  kestrel_buffer* buffer = nullptr;
  REQUIRE(kestrel_buffer_create(device, 4096, &buffer) == 0);
  kestrel_fence* fence = nullptr;
  REQUIRE(kestrel_copy(device, buffer, 0, buffer, 2048, 2048, &fence) == 0);
  CHECK(kestrel_fence_wait(fence, -1) == -ETIME);
  kestrel_fence_destroy(fence);
  kestrel_buffer_destroy(buffer);
  kestrel_device_close(device);
}

TEST_CASE("kestrel: The device's counters are for those who may see them", "[userspace][c]") {
  FakeKernel kernel;
  kestrel_device* device = open_device(kernel);
  kestrel_buffer* buffer = nullptr;
  REQUIRE(kestrel_buffer_create(device, 4096, &buffer) == 0);
  kestrel_fence* fence = nullptr;
  REQUIRE(kestrel_copy(device, buffer, 0, buffer, 2048, 2048, &fence) == 0);
  CHECK(kestrel_fence_wait(fence, -1) == 0);

  kestrel_counters counters{};
  CHECK(kestrel_device_counters(device, &counters) == 0);
  CHECK(counters.calls == 1);
  CHECK(counters.commands == 2);  // The barrier is no engine's.
  CHECK(counters.read_bytes == 2048);
  CHECK(counters.write_bytes == 2048);
  CHECK(counters.macs == 0);
  CHECK(counters.busy_ns > 0);

  kernel.can_monitor = false;
  CHECK(kestrel_device_counters(device, &counters) == -EACCES);
  CHECK(counters.calls == 1);
  kestrel_fence_destroy(fence);
  kestrel_buffer_destroy(buffer);
  kestrel_device_close(device);
  CHECK(kernel.is_clean());
}

TEST_CASE("kestrel: A buffer goes out and in as a descriptor", "[userspace][c]") {
  FakeKernel kernel;
  kestrel_device* device = open_device(kernel);
  kestrel_device* other = open_device(kernel);
  kestrel_buffer* buffer = nullptr;
  REQUIRE(kestrel_buffer_create(device, 4096, &buffer) == 0);
  int fd = -1;
  REQUIRE(kestrel_buffer_export(buffer, &fd) == 0);
  kestrel_buffer* imported = nullptr;
  REQUIRE(kestrel_buffer_import(other, fd, &imported) == 0);
  kernel.close(fd);
  std::strcpy(static_cast<char*>(kestrel_buffer_data(buffer)), "hover");
  CHECK(kestrel_buffer_sync(buffer, KESTREL_TO_DEVICE, 0, 4096) == 0);
  CHECK(kestrel_buffer_sync(buffer, 0, 0, 4096) == -EINVAL);
  CHECK(std::string(static_cast<char*>(kestrel_buffer_data(imported))) == "hover");
  kestrel_device_close(device);
  kestrel_device_close(other);
  kestrel_buffer_destroy(buffer);
  kestrel_buffer_destroy(imported);
  CHECK(kernel.is_clean());
}
