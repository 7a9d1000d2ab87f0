// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/constants.hpp"

#include <algorithm>
#include <cstring>

namespace kestrel::nn {
namespace {

constexpr std::int64_t kMostRunBytes = 65520, kMostRuns = 256;

}  // namespace

std::uint64_t ConstantImage::add(std::span<const std::byte> bytes) {
  constexpr std::size_t kAlignment = 64;
  bytes_.resize((bytes_.size() + kAlignment - 1) / kAlignment * kAlignment);
  const std::uint64_t at = address_ + bytes_.size();
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return at;
}

std::vector<std::byte> pack_parameters(const std::vector<std::int32_t>& biases,
                                       const std::vector<float>& scales, std::int64_t channels) {
  constexpr std::size_t kLanes = 16, kValueBytes = 4;
  const auto count = static_cast<std::size_t>(channels);
  std::vector<std::byte> bytes((count + kLanes - 1) / kLanes * kLanes * 2 * kValueBytes);
  for (std::size_t i = 0; i < count; ++i) {
    std::byte* tile = &bytes[i / kLanes * kLanes * 2 * kValueBytes];
    std::memcpy(tile + i % kLanes * kValueBytes, &biases[biases.size() == 1 ? 0 : i], kValueBytes);
    std::memcpy(tile + (kLanes + i % kLanes) * kValueBytes, &scales[scales.size() == 1 ? 0 : i],
                kValueBytes);
  }
  return bytes;
}

std::vector<Transfer> side_by_side(bool is_store, std::uint64_t address, std::int64_t scratchpad,
                                   std::int64_t size_bytes) {
  std::vector<Transfer> transfers;
  while (size_bytes > 0) {
    // One command costs less than two: runs of one length, if there is one, else all but a rest.
    std::int64_t runs = divide_up(size_bytes, kMostRunBytes);
    while (runs <= kMostRuns && size_bytes % runs != 0)
      ++runs;
    std::int64_t run = size_bytes / runs;
    if (runs > kMostRuns) {
      runs = std::max<std::int64_t>(size_bytes / kMostRunBytes, 1);
      run = std::min(size_bytes, kMostRunBytes);
    }
    Transfer transfer;
    transfer.is_store = is_store;
    transfer.address = address;
    transfer.pitch = run;
    transfer.height = runs;
    transfer.width = run;
    transfer.counts = {run, runs, 1, 1, 1};
    transfer.steps[0] = {.x = 0, .y = 1, .scratchpad = run};
    transfer.scratchpad = scratchpad;
    transfers.push_back(transfer);
    address += static_cast<std::uint64_t>(run * runs);
    scratchpad += run * runs;
    size_bytes -= run * runs;
  }
  return transfers;
}

}  // namespace kestrel::nn
