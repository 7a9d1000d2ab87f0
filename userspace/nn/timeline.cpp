// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/timeline.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "nn/view.hpp"

namespace kestrel::nn {
namespace {

/// From a request over the link to its first data.
constexpr std::int64_t kRoundTrip = 525;
/// From the last word that is stored to its answer, and the way to there.
constexpr std::int64_t kStoreCycles = 90;
/// From the last word that is loaded to the next command.
constexpr std::int64_t kLoadCycles = 20;
/// A run is walked in so many cycles at least; and so many runs can be asked for at a time.
constexpr std::int64_t kRunCycles = 2, kRequests = 128;
/// A burst of 256 bytes with its header on the link.
constexpr std::int64_t kBurstBytes = 256, kBurstCycles = 18;
/// A tile of weights is read, and positions go through the array and back to the accumulators.
constexpr std::int64_t kWeightCycles = 16, kAccumulateCycles = 12, kOutputCycles = 22;
/// From the end of a command to the start of the next one of its engine.
constexpr std::int64_t kNextCycles = 4;
/// From one command to the next at the dispatcher.
constexpr std::int64_t kDispatchCycles = 3;
/// Places for commands in front of an engine, with the one in execution, and in front of the
/// dispatcher; so many come by one request.
constexpr std::size_t kEnginePlaces = 4, kFetchPlaces = 8, kFetchedTogether = 4;

std::int64_t runs_of(const Transfer& transfer) {
  return transfer.counts[1] * transfer.counts[2] * transfer.counts[3] * transfer.counts[4];
}

std::int64_t cycles_of(const Transfer& transfer) {
  const std::int64_t run = transfer.counts[0], runs = runs_of(transfer);
  const std::int64_t words = runs * std::max(divide_up(run, kWordBytes), kRunCycles);
  const std::int64_t link = run * runs * kBurstCycles / kBurstBytes;
  const std::int64_t requests = runs * divide_up(run, kBurstBytes) * kRoundTrip / kRequests;
  return transfer.is_store ? std::max(words, link) + kStoreCycles
                           : kRoundTrip + std::max({words, link, requests}) + kLoadCycles;
}

std::int64_t cycles_of(const Accumulate& sums) {
  const bool is_product = sums.mode == KESTREL_ACCUMULATE_MODE_MATMUL;
  const std::int64_t positions = sums.positions[0] * sums.positions[1];
  const std::int64_t passes = sums.reduction[0] * sums.reduction[1] * sums.reduction[2];
  return passes * (is_product ? std::max(positions, kWeightCycles) : positions) +
         (is_product ? kWeightCycles : 0) + kAccumulateCycles;
}

std::int64_t cycles_of(const Output& output) {
  return output.counts[0] * output.counts[1] + kOutputCycles;
}

std::int64_t cycles_of(const Pipeline::Sync&) {
  return 1;
}

enum Engine : std::uint8_t { kLoad, kCompute, kStore };
enum Channel : std::uint8_t { kLoadToCompute, kComputeToLoad, kComputeToStore, kStoreToCompute };

/// Commands that stand in front of an engine, and when it will have done them.
class EngineTimes {
 public:
  /// When there is a place for one more.
  [[nodiscard]] std::int64_t has_place() const {
    return ends_.size() < kEnginePlaces ? 0 : ends_[ends_.size() - kEnginePlaces];
  }
  [[nodiscard]] std::int64_t is_free() const { return ends_.empty() ? 0 : ends_.back(); }
  void add(std::int64_t end) { ends_.push_back(end); }

 private:
  std::vector<std::int64_t> ends_;
};

}  // namespace

std::int64_t estimate_cycles(std::span<const Pipeline::Item> items) {
  std::array<EngineTimes, 3> engines;
  std::array<std::vector<std::int64_t>, 4> signals;
  std::array<std::size_t, 4> taken = {};
  const auto wait = [&](bool waits, Channel channel, std::int64_t& start) {
    if (waits && taken[channel] < signals[channel].size())
      start = std::max(start, signals[channel][taken[channel]]);
    taken[channel] += waits ? 1 : 0;
  };

  // A barrier stands in front of them.
  std::vector<std::int64_t> handed = {0};
  std::vector<std::int64_t> fetched(kFetchPlaces / kFetchedTogether, 0);
  for (const auto& [command, tokens] : items) {
    const std::size_t place = handed.size();
    if (place % kFetchedTogether == 0 && place >= kFetchPlaces)
      fetched.push_back(
          std::max(fetched.back() + 2, handed[place - kFetchedTogether - 1] + kRoundTrip));
    const auto* transfer = std::get_if<Transfer>(&command);
    const Engine at = transfer == nullptr ? kCompute : transfer->is_store ? kStore : kLoad;
    handed.push_back(std::max({handed.back() + kDispatchCycles, fetched[place / kFetchedTogether],
                               engines[at].has_place()}));
    std::int64_t start = std::max(handed.back(), engines[at].is_free() + kNextCycles);
    wait(tokens.wait_prev, at == kStore ? kComputeToStore : kLoadToCompute, start);
    wait(tokens.wait_next, at == kLoad ? kComputeToLoad : kStoreToCompute, start);
    const std::int64_t end =
        start + std::visit([](const auto& one) { return cycles_of(one); }, command);
    engines[at].add(end);
    if (tokens.signal_prev)
      signals[at == kStore ? kStoreToCompute : kComputeToLoad].push_back(end);
    if (tokens.signal_next)
      signals[at == kLoad ? kLoadToCompute : kComputeToStore].push_back(end);
  }
  return std::ranges::max(engines, {}, &EngineTimes::is_free).is_free();
}

}  // namespace kestrel::nn
