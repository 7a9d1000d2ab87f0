// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/tiling.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>

#include "nn/error.hpp"
#include "nn/view.hpp"

namespace kestrel::nn {
namespace {

constexpr std::int64_t kParameterBytes = 128;  // of sixteen channels
constexpr std::int64_t kMostRunBytes = 65535;
constexpr double kCommandCycles = 24;  // from one command of the compute engine to the next
/// A load or store ends when the bus has answered, and the next one begins only then.
constexpr double kLatencyCycles = 520;
/// A weight tile of 16 words is read while positions stream past.
constexpr std::int64_t kLeastPassCycles = 16;

/// Sizes of what lies on chip, and how many of each.
struct Space {
  std::int64_t activation = 0, weight = 0, result = 0, parameter = 0;
  std::int64_t activations = 1, weights = 1, results = 1;
};

/// Gives every buffer a bank to begin with while there are enough, so that what is used at the same
/// time lies in different ones. \returns false if it does not fit
bool place(const Space& space, const Device& device, std::int64_t alignment, Tiling& tiling) {
  std::int64_t next = 0;
  const auto take = [&](std::int64_t bytes) {
    const std::int64_t at = next;
    next += round_up(bytes, alignment);
    return at;
  };
  for (std::size_t i = 0; i < 2; ++i) {
    const auto count = static_cast<std::int64_t>(i) + 1;
    tiling.activations[i] =
        count <= space.activations ? take(space.activation) : tiling.activations[0];
    tiling.weights[i] = count <= space.weights ? take(space.weight) : tiling.weights[0];
    tiling.results[i] = count <= space.results ? take(space.result) : tiling.results[0];
  }
  tiling.parameters = take(space.parameter);
  return next <= device.scratchpad_bytes;
}

class Estimate {
 public:
  Estimate(const TilingProblem& problem, const Device& device)
      : problem_(problem), device_(device) {}

  /// Completes a candidate. \returns nothing if it does not fit
  std::optional<Tiling> operator()(Tiling tiling) const {
    const auto& [window, images, out_h, out_w, is_gathered, in_words, in_bytes, tile_words,
                 weight_words] = problem_;
    const auto tiles = static_cast<std::int64_t>(tile_words.size());
    const std::int64_t positions = tiling.rows * tiling.columns;
    if (positions > device_.accumulator_rows || tiling.columns * tiles * kWordBytes > kMostRunBytes)
      return std::nullopt;
    const std::int64_t in_rows =
        input_extent(tiling.rows, window.kernel_h, window.stride_h, window.dilation_h);
    const std::int64_t in_columns =
        input_extent(tiling.columns, window.kernel_w, window.stride_w, window.dilation_w);
    if (!is_gathered && in_columns * in_bytes > kMostRunBytes)
      return std::nullopt;
    const std::int64_t in_positions = in_rows * (is_gathered ? tiling.columns : in_columns);
    const std::int64_t most_words = *std::ranges::max_element(tile_words);
    const std::int64_t all_words =
        std::accumulate(tile_words.begin(), tile_words.end(), std::int64_t{0});
    std::int64_t pieces = 0;
    for (const std::int64_t words : tile_words)
      pieces += divide_up(words, tiling.chunk_words);
    const std::int64_t blocks =
        images * divide_up(out_h, tiling.rows) * divide_up(out_w, tiling.columns);
    const std::int64_t weight_bytes = problem_.taps() * weight_words * kWordBytes;

    Space space;
    space.activation =
        in_positions * kWordBytes *
        (tiling.loads_each_step ? std::min(tiling.chunk_words, most_words) : in_words);
    space.activations = (tiling.loads_each_step ? blocks * pieces : blocks) > 1 ? 2 : 1;
    space.weight = weight_bytes *
                   (tiling.keeps_weights ? all_words : std::min(tiling.chunk_words, most_words));
    space.weights = tiling.keeps_weights ? 1 : 2;
    space.result = positions * kWordBytes * (tiling.stores_each_tile ? 1 : tiles);
    space.results = (tiling.stores_each_tile ? blocks * tiles : blocks) > 1 ? 2 : 1;
    space.parameter = tiles * kParameterBytes;
    const bool has_banks = place(space, device_, device_.bank_bytes, tiling);
    if (!has_banks && !place(space, device_, kWordBytes, tiling))
      return std::nullopt;

    const auto d = [](std::int64_t value) { return static_cast<double>(value); };
    const std::int64_t pass_cycles =
        weight_words == 16 ? std::max(positions, kLeastPassCycles) : positions;
    const double compute = d(blocks) * (d(problem_.taps() * all_words * pass_cycles) +
                                        d(tiles * positions) + kCommandCycles * d(pieces + tiles));
    // What is gathered comes in runs of a few bytes, one in two cycles.
    const double block_load =
        is_gathered ? d(in_positions) * 2
                    : d(in_positions) * d(tiling.loads_each_step ? all_words : in_words);
    const double all_weights = d(weight_bytes * all_words) / 16;
    const double loads = d(tiling.loads_each_step ? blocks * pieces : blocks) +
                         (tiling.keeps_weights ? 2 : d(blocks * pieces));
    const double load = d(blocks) * block_load +
                        all_weights * (tiling.keeps_weights ? 1 : d(blocks)) +
                        kLatencyCycles * loads;
    const double stores = d(tiling.stores_each_tile ? blocks * tiles : blocks);
    const double store = d(blocks) * d(positions * tiles) * (tiling.stores_each_tile ? 2 : 1) +
                         kLatencyCycles * stores;
    const double first = (tiling.loads_each_step ? block_load / d(pieces) : block_load) +
                         all_weights / d(pieces) + 2 * kLatencyCycles;
    const double last = d(positions) * (tiling.stores_each_tile ? 1 : d(tiles)) + kLatencyCycles;
    tiling.cycles =
        std::max({compute * (has_banks ? 1 : 1.05), load - first, store - last}) + first + last;
    return tiling;
  }

 private:
  const TilingProblem& problem_;
  const Device& device_;
};

/// Sizes of equal pieces, from one piece on, each only once; with `doubling` only of 1, 2, 4, ...
std::vector<std::int64_t> piece_sizes(std::int64_t whole, bool doubling) {
  std::vector<std::int64_t> sizes;
  for (std::int64_t pieces = 1; pieces <= whole; pieces = doubling ? pieces * 2 : pieces + 1) {
    const std::int64_t size = divide_up(whole, pieces);
    if (sizes.empty() || sizes.back() != size)
      sizes.push_back(size);
    // The next number of pieces that makes a difference.
    if (!doubling && size > 1)
      pieces = std::max(pieces, divide_up(whole, size - 1) - 1);
  }
  if (sizes.back() != 1)
    sizes.push_back(1);
  return sizes;
}

}  // namespace

std::int64_t input_extent(std::int64_t positions, std::int64_t kernel, std::int64_t stride,
                          std::int64_t dilation) {
  return (positions - 1) * stride + (kernel - 1) * dilation + 1;
}

Tiling choose_tiling(const TilingProblem& problem, const Device& device) {
  const Estimate estimate(problem, device);
  const std::int64_t most_words = *std::ranges::max_element(problem.tile_words);
  std::optional<Tiling> best;
  for (const std::int64_t columns : piece_sizes(problem.out_w, true)) {
    for (const std::int64_t rows : piece_sizes(problem.out_h, false)) {
      if (rows * columns > device.accumulator_rows)
        continue;
      for (const std::int64_t chunk : piece_sizes(most_words, true)) {
        for (unsigned choice = 0; choice < 8; ++choice) {
          Tiling candidate;
          candidate.rows = rows;
          candidate.columns = columns;
          candidate.chunk_words = chunk;
          candidate.loads_each_step = (choice & 1) != 0;
          candidate.keeps_weights = (choice & 2) == 0;
          candidate.stores_each_tile = (choice & 4) != 0;
          // What is gathered is there as a whole.
          if (problem.is_gathered && (candidate.loads_each_step || chunk != most_words))
            continue;
          const auto found = estimate(candidate);
          if (found && (!best || found->cycles < best->cycles))
            best = found;
        }
      }
    }
  }
  if (!best)
    refuse("a window over {} words of channels does not fit into {} bytes on chip",
           problem.in_words, device.scratchpad_bytes);
  return *best;
}

}  // namespace kestrel::nn
