// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// kestrel-copy's comparison: it has to notice a device that copies wrongly.

#include "copier.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "data.hpp"
#include "fake_kernel.hpp"
#include "kestrel_internal.hpp"

using Catch::Matchers::ContainsSubstring;

namespace {

/// A kernel whose device does something else after each copy.
class LyingKernel final : public kestrel::internal::KernelInterface {
 public:
  std::function<void(std::vector<std::byte*>&)> lie = [](auto&) {};
  FakeKernel honest;

  int open(const char* path) override { return honest.open(path); }
  void close(int fd) override { honest.close(fd); }
  int duplicate(int fd) override { return honest.duplicate(fd); }
  std::int64_t size_bytes(int fd) override { return honest.size_bytes(fd); }
  int ioctl(int fd, unsigned long request, void* argument) override {
    const int result = honest.ioctl(fd, request, argument);
    if (request == DRM_IOCTL_KESTREL_SUBMIT)
      lie(mapped_);
    return result;
  }
  int map(int fd, std::uint64_t offset, std::size_t size_bytes, void** address) override {
    const int result = honest.map(fd, offset, size_bytes, address);
    if (result == 0)
      mapped_.push_back(static_cast<std::byte*>(*address));
    return result;
  }
  void unmap(void* address, std::size_t size_bytes) override { honest.unmap(address, size_bytes); }
  std::int64_t now_ns() override { return honest.now_ns(); }

 private:
  std::vector<std::byte*> mapped_;  // Source, destination, what else the library needs.
};

constexpr std::size_t kLength = 5000;
constexpr std::size_t kSourceOffset = 3;
constexpr std::size_t kDestinationOffset = 7;

struct Bench {
  Bench() {
    kestrel_device* opened = nullptr;
    REQUIRE(kestrel::internal::open_device_on(kernel, nullptr, &opened) == 0);
    device.emplace(opened);
    RandomInput(1, kLength).read(piece).value();
  }

  std::expected<std::span<const std::byte>, std::string> copy() {
    copier = Copier::create(*device, kLength, kSourceOffset, kDestinationOffset);
    REQUIRE(copier);
    return copier->copy(piece);
  }

  LyingKernel kernel;
  std::optional<kestrel::Device> device;
  std::vector<std::byte> piece = std::vector<std::byte>(kLength);
  std::expected<Copier, std::string> copier = std::unexpected("not made");
};

}  // namespace

TEST_CASE("copier: A faithful copy is given back", "[userspace][copier]") {
  Bench bench;
  const auto copied = bench.copy();
  REQUIRE(copied);
  CHECK(std::ranges::equal(*copied, bench.piece));
}

TEST_CASE("copier: Any wrong byte of the copy is noticed", "[userspace][copier]") {
  Bench bench;
  const std::size_t place = GENERATE(0u, 1u, kLength / 2, kLength - 1);
  bench.kernel.lie = [=](auto& mapped) {
    mapped[1][kDestinationOffset + place] ^= std::byte{0x10};
  };
  const auto copied = bench.copy();
  REQUIRE_FALSE(copied);
  CHECK_THAT(copied.error(), ContainsSubstring("byte " + std::to_string(place) + " is"));
}

TEST_CASE("copier: A byte beside the copy is noticed", "[userspace][copier]") {
  Bench bench;
  const std::size_t place =
      GENERATE(0u, kDestinationOffset - 1, kDestinationOffset + kLength, 12287u);
  bench.kernel.lie = [=](auto& mapped) { mapped[1][place] ^= std::byte{0x10}; };
  const auto copied = bench.copy();
  REQUIRE_FALSE(copied);
  CHECK(copied.error() == "memory beside the copy was written");
}

TEST_CASE("copier: A changed original is noticed", "[userspace][copier]") {
  Bench bench;
  bench.kernel.lie = [](auto& mapped) { mapped[0][kSourceOffset + 9] ^= std::byte{1}; };
  const auto copied = bench.copy();
  REQUIRE_FALSE(copied);
  CHECK(copied.error() == "the original has changed");
}

TEST_CASE("copier: A job that fails is said with its reason", "[userspace][copier]") {
  Bench bench;
  bench.kernel.honest.job_error = ETIME;
  const auto copied = bench.copy();
  REQUIRE_FALSE(copied);
  CHECK_THAT(copied.error(), ContainsSubstring("the copy failed: the device's job failed"));
}
