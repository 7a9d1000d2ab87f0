// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/tiling.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>

#include "nn/view.hpp"

namespace kestrel::nn {
namespace {

constexpr std::int64_t kMostRunBytes = 65535;
constexpr double kCommandCycles = 24;  // from one command of the compute engine to the next
/// A load or store ends when the bus has answered, and the next one begins only then.
constexpr double kLatencyCycles = 520;
constexpr double kShortRunCycles = 4;
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
  // Weights that stay come together with the parameters, by one command.
  if (tiling.keeps_weights) {
    tiling.parameters = tiling.weights[0];
    tiling.weights[0] = tiling.weights[1] = tiling.parameters + space.parameter;
  } else {
    tiling.parameters = take(space.parameter);
  }
  return next <= device.scratchpad_bytes;
}

class Estimate {
 public:
  Estimate(const TilingProblem& problem, const Device& device)
      : problem_(problem),
        device_(device),
        most_words_(*std::ranges::max_element(problem.tile_words)),
        all_words_(std::accumulate(problem.tile_words.begin(), problem.tile_words.end(),
                                   std::int64_t{0})) {}

  [[nodiscard]] std::int64_t most_words() const { return most_words_; }
  /// Pieces of a block, when each sums so many words at most.
  [[nodiscard]] std::int64_t pieces(std::int64_t chunk_words) const {
    std::int64_t pieces = 0;
    for (const std::int64_t words : problem_.tile_words)
      pieces += divide_up(words, chunk_words);
    return pieces;
  }

  /// Completes a candidate. \returns nothing if it does not fit
  std::optional<Tiling> operator()(Tiling tiling, std::int64_t pieces) const {
    const auto& [window, images, out_h, out_w, gathered_runs, in_words, in_bytes, tile_words,
                 weight_words, parameter_bytes, may_store_each_tile] = problem_;
    const bool is_gathered = gathered_runs > 0;
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
    const std::int64_t in_positions = in_rows * in_columns;
    const std::int64_t blocks =
        images * divide_up(out_h, tiling.rows) * divide_up(out_w, tiling.columns);
    const std::int64_t weight_bytes = problem_.taps() * weight_words * kWordBytes;

    Space space;
    space.activation =
        in_positions * kWordBytes *
        (tiling.loads_each_step ? std::min(tiling.chunk_words, most_words_) : in_words);
    space.activations = (tiling.loads_each_step ? blocks * pieces : blocks) > 1 ? 2 : 1;
    space.parameter = parameter_bytes;
    space.weight =
        (tiling.keeps_weights ? space.parameter : 0) +
        weight_bytes *
            (tiling.keeps_weights ? all_words_ : std::min(tiling.chunk_words, most_words_));
    space.weights = tiling.keeps_weights ? 1 : 2;
    space.result = positions * kWordBytes * (tiling.stores_each_tile ? 1 : tiles);
    space.results = (tiling.stores_each_tile ? blocks * tiles : blocks) > 1 ? 2 : 1;
    const bool has_banks = place(space, device_, device_.bank_bytes, tiling);
    if (!has_banks && !place(space, device_, kWordBytes, tiling))
      return std::nullopt;

    const auto d = [](std::int64_t value) { return static_cast<double>(value); };
    const std::int64_t pass_cycles =
        weight_words == 16 ? std::max(positions, kLeastPassCycles) : positions;
    const double compute = d(blocks) * (d(problem_.taps() * all_words_ * pass_cycles) +
                                        d(tiles * positions) + kCommandCycles * d(pieces + tiles));
    // What is gathered comes in runs of a few bytes, so many of which are under way at a time.
    const double block_load =
        is_gathered ? d(in_positions * gathered_runs) * kShortRunCycles
                    : d(in_positions) * d(tiling.loads_each_step ? all_words_ : in_words);
    const double all_weights = d(weight_bytes * all_words_) / 16;
    // Weights that stay are loaded while the first block is computed.
    const std::int64_t weight_loads = !tiling.keeps_weights ? blocks * pieces + 1
                                      : tiling.pieces_together == 0
                                          ? 1
                                          : 1 + divide_up(pieces - 1, tiling.pieces_together);
    const double loads = d(tiling.loads_each_step ? blocks * pieces : blocks) + d(weight_loads);
    const double load = d(blocks) * block_load +
                        all_weights * (tiling.keeps_weights ? 1 : d(blocks)) +
                        kLatencyCycles * loads;
    const double stores = d(tiling.stores_each_tile ? blocks * tiles : blocks);
    const double store = d(blocks) * d(positions * tiles) * (tiling.stores_each_tile ? 2 : 1) +
                         kLatencyCycles * stores;
    const bool waits_for_all = tiling.keeps_weights && tiling.pieces_together == 0;
    const double first = (tiling.loads_each_step ? block_load / d(pieces) : block_load) +
                         (waits_for_all ? all_weights : all_weights / d(pieces)) +
                         2 * kLatencyCycles;
    const double last = d(positions) * (tiling.stores_each_tile ? 1 : d(tiles)) + kLatencyCycles;
    tiling.cycles =
        std::max({compute * (has_banks ? 1 : 1.05), load - first, store - last}) + first + last;
    return tiling;
  }

 private:
  const TilingProblem& problem_;
  const Device& device_;
  const std::int64_t most_words_, all_words_;
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

std::vector<Tiling> find_tilings(const TilingProblem& problem, const Device& device,
                                 std::size_t most) {
  const Estimate estimate(problem, device);
  std::vector<Tiling> found;
  const auto add = [&](const Tiling& candidate, std::int64_t pieces) {
    const auto tiling = estimate(candidate, pieces);
    if (!tiling || (found.size() == most && tiling->cycles >= found.back().cycles))
      return;
    // Of equals the first that was found stays first.
    found.insert(std::ranges::upper_bound(found, tiling->cycles, {}, &Tiling::cycles), *tiling);
    if (found.size() > most)
      found.pop_back();
  };
  for (const std::int64_t chunk : piece_sizes(estimate.most_words(), true)) {
    const std::int64_t pieces = estimate.pieces(chunk);
    // What is gathered is there as a whole.
    if (problem.gathered_runs > 0 && chunk != estimate.most_words())
      continue;
    for (const std::int64_t columns : piece_sizes(problem.out_w, true)) {
      for (const std::int64_t rows : piece_sizes(problem.out_h, false)) {
        if (rows * columns > device.accumulator_rows)
          continue;
        for (unsigned choice = 0; choice < 8; ++choice) {
          Tiling candidate;
          candidate.rows = rows;
          candidate.columns = columns;
          candidate.chunk_words = chunk;
          candidate.loads_each_step = (choice & 1) != 0;
          candidate.keeps_weights = (choice & 2) == 0;
          candidate.stores_each_tile = (choice & 4) != 0;
          if ((problem.gathered_runs > 0 && candidate.loads_each_step) ||
              (!problem.may_store_each_tile && candidate.stores_each_tile))
            continue;
          add(candidate, pieces);
          for (const std::int64_t together : {std::int64_t{1}, std::int64_t{2}, pieces - 1}) {
            if (!candidate.keeps_weights || together >= pieces ||
                together <= candidate.pieces_together)
              continue;
            candidate.pieces_together = together;
            add(candidate, pieces);
          }
        }
      }
    }
  }
  return found;
}

}  // namespace kestrel::nn
