// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/constants.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <numeric>

#include <catch2/catch_test_macros.hpp>

namespace kestrel::nn {
namespace {

TEST_CASE("constants lie at multiples of 64", "[userspace][nn]") {
  ConstantImage image(0x10000);
  const std::array<std::byte, 3> first = {std::byte{1}, std::byte{2}, std::byte{3}};
  CHECK(image.add(first) == 0x10000);
  CHECK(image.add(first) == 0x10040);
  const auto bytes = image.take();
  REQUIRE(bytes.size() == 67);
  CHECK(bytes[2] == std::byte{3});
  CHECK(bytes[64] == std::byte{1});
}

TEST_CASE("parameters are sixteen biases, then sixteen scales", "[userspace][nn]") {
  std::vector<std::int32_t> biases(18);
  std::iota(biases.begin(), biases.end(), -5);
  const auto bytes = pack_parameters(biases, {0.25f}, 18);
  REQUIRE(bytes.size() == 256);
  const auto word = [&](std::size_t index) {
    std::uint32_t value = 0;
    std::memcpy(&value, &bytes[4 * index], sizeof(value));
    return value;
  };
  CHECK(static_cast<std::int32_t>(word(0)) == -5);
  CHECK(word(15) == 10);
  CHECK(std::bit_cast<float>(word(16)) == 0.25f);
  CHECK(word(32) == 11);
  CHECK(word(33) == 12);
  // Channels that there are not.
  CHECK(word(34) == 0);
  CHECK(word(48 + 2) == 0);
}

/// Bytes of memory and of the scratchpad that transfers touch, in pairs.
std::vector<std::pair<std::uint64_t, std::int64_t>> touched(const std::vector<Transfer>& all) {
  std::vector<std::pair<std::uint64_t, std::int64_t>> pairs;
  for (const Transfer& transfer : all) {
    for (std::int64_t run = 0; run < transfer.counts[1]; ++run) {
      for (std::int64_t byte = 0; byte < transfer.counts[0]; ++byte)
        pairs.emplace_back(
            transfer.address + static_cast<std::uint64_t>(run * transfer.pitch + byte),
            transfer.scratchpad + run * transfer.steps[0].scratchpad + byte);
    }
  }
  return pairs;
}

TEST_CASE("bytes side by side are all transferred, each once", "[userspace][nn]") {
  for (const std::int64_t size : {1, 16, 65520, 65536, 73728, 70001, 16 * 8191, 262144}) {
    INFO(size);
    const auto transfers = side_by_side(false, 0x5000, 32, size);
    const auto pairs = touched(transfers);
    REQUIRE(std::ssize(pairs) == size);
    bool is_in_order = true;
    for (std::size_t i = 0; i < pairs.size(); ++i)
      is_in_order = is_in_order && pairs[i].first == 0x5000 + i &&
                    pairs[i].second == 32 + static_cast<std::int64_t>(i);
    CHECK(is_in_order);
    for (const Transfer& transfer : transfers) {
      CHECK(transfer.width == transfer.counts[0]);
      CHECK(transfer.height == transfer.counts[1]);
      CHECK_NOTHROW(transfer.encode({}));
    }
  }
}

TEST_CASE("what has runs of one length takes one transfer", "[userspace][nn]") {
  CHECK(side_by_side(false, 0, 0, 9216).size() == 1);
  CHECK(side_by_side(false, 0, 0, 73728).size() == 1);
  CHECK(side_by_side(true, 0, 0, 0).empty());
  CHECK(side_by_side(true, 0, 0, 64)[0].is_store);
}

}  // namespace
}  // namespace kestrel::nn
