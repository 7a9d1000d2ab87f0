// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// Address spaces: what is bound where, and what is refused.

#include "vm.hpp"

#include <cerrno>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "buffer.hpp"
#include "device.hpp"
#include "fake_kernel.hpp"

using Catch::Matchers::ContainsSubstring;
using kestrel::internal::Buffer;
using kestrel::internal::Device;
using kestrel::internal::Vm;

namespace {

constexpr std::uint32_t kReadWrite = DRM_KESTREL_VM_BIND_READ | DRM_KESTREL_VM_BIND_WRITE;

struct Bench {
  FakeKernel kernel;
  std::shared_ptr<Device> device = *Device::open(kernel, kernel.node);
  std::shared_ptr<Vm> vm = *Vm::create(device);
  std::unique_ptr<Buffer> buffer = *Buffer::create(device, 4 * 4096);
};

}  // namespace

TEST_CASE("vm: Ranges are bound, replaced and unbound", "[userspace][vm]") {
  Bench bench;
  CHECK(bench.vm->bind(0x10000, *bench.buffer, 0, 4 * 4096, kReadWrite));
  CHECK(bench.kernel.bound_pages() == 4);
  CHECK(bench.vm->bind(0x12000, *bench.buffer, 4096, 3 * 4096, DRM_KESTREL_VM_BIND_READ));
  CHECK(bench.kernel.bound_pages() == 5);
  CHECK(bench.vm->unbind(0x11000, 2 * 4096));
  CHECK(bench.kernel.bound_pages() == 3);
  CHECK(bench.vm->unbind(0, 1ull << 48));
  CHECK(bench.kernel.bound_pages() == 0);
  CHECK(bench.vm->unbind(0x10000, 4096));  // Nothing is there.
}

TEST_CASE("vm: The last page of the address space is one as any other", "[userspace][vm]") {
  Bench bench;
  CHECK(bench.vm->bind((1ull << 48) - 4096, *bench.buffer, 0, 4096, kReadWrite));
  CHECK_FALSE(bench.vm->bind((1ull << 48) - 4096, *bench.buffer, 0, 8192, kReadWrite));
}

TEST_CASE("vm: What is wrong is refused, and says where", "[userspace][vm]") {
  Bench bench;
  struct Wrong {
    std::uint64_t va, offset, length;
    std::uint32_t access;
  };
  const Wrong wrong =
      GENERATE(Wrong{0x10001, 0, 4096, kReadWrite}, Wrong{0x10000, 1, 4096, kReadWrite},
               Wrong{0x10000, 0, 4095, kReadWrite}, Wrong{0x10000, 0, 0, kReadWrite},
               Wrong{0x10000, 0, 5 * 4096, kReadWrite}, Wrong{0x10000, 4 * 4096, 4096, kReadWrite},
               Wrong{1ull << 48, 0, 4096, kReadWrite}, Wrong{~0ull << 12, 0, 8192, kReadWrite},
               Wrong{0x10000, 0, 4096, 0}, Wrong{0x10000, 0, 4096, 4});
  CAPTURE(wrong.va, wrong.offset, wrong.length, wrong.access);
  const auto bound =
      bench.vm->bind(wrong.va, *bench.buffer, wrong.offset, wrong.length, wrong.access);
  REQUIRE_FALSE(bound);
  CHECK(bound.error().code == EINVAL);
  CHECK(bench.kernel.bound_pages() == 0);
}

TEST_CASE("vm: The text of a refusal has the numbers", "[userspace][vm]") {
  Bench bench;
  CHECK_THAT(bench.vm->unbind(0x1f001, 4096).error().text,
             ContainsSubstring("unbinding 4096 bytes at 0x1f001: "));
}

TEST_CASE("vm: A buffer of another device is refused, whatever its handle", "[userspace][vm]") {
  Bench bench;
  const auto other = *Device::open(bench.kernel, bench.kernel.node);
  const auto buffer = *Buffer::create(other, 4096);
  const auto bound = bench.vm->bind(0, *buffer, 0, 4096, kReadWrite);
  REQUIRE_FALSE(bound);
  CHECK(bound.error().code == EINVAL);
}

TEST_CASE("vm: Memory stays where it is bound when its buffer goes", "[userspace][vm]") {
  Bench bench;
  REQUIRE(bench.vm->bind(0x10000, *bench.buffer, 0, 4096, kReadWrite));
  bench.buffer.reset();
  CHECK(bench.kernel.memories() == 1);
  CHECK(bench.vm->unbind(0x10000, 4096));
  CHECK(bench.kernel.memories() == 0);
}

TEST_CASE("vm: An address space goes with its object, and keeps its device open",
          "[userspace][vm]") {
  Bench bench;
  bench.buffer.reset();
  bench.device.reset();
  CHECK(bench.kernel.vms() == 1);
  bench.vm.reset();
  CHECK(bench.kernel.is_clean());
}
