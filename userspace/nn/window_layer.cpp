// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/window_layer.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include "nn/error.hpp"
#include "nn/gather.hpp"
#include "nn/timeline.hpp"
#include "nn/window_plan.hpp"

namespace kestrel::nn {
namespace {

class Emitter {
 public:
  /// \param constants  address of the parameters, and behind them the weights
  Emitter(const WindowLayer& layer, const WindowPlan& plan, std::uint64_t constants,
          Pipeline& pipeline)
      : layer_(layer),
        gather_(plan.gather),
        problem_(plan.problem),
        tiling_(plan.tiling),
        pipeline_(pipeline),
        pieces_(cut_to_pieces(layer, plan)),
        all_weight_bytes_(pieces_.back().weights + pieces_.back().weight_bytes),
        constants_(constants) {}

  void emit() {
    for (std::int64_t image = 0; image < layer_.out.count; ++image) {
      for (std::int64_t top = 0; top < problem_.out_h; top += tiling_.rows) {
        for (std::int64_t left = 0; left < problem_.out_w; left += tiling_.columns) {
          block({.image = image,
                 .top = top,
                 .left = left,
                 .rows = std::min(tiling_.rows, problem_.out_h - top),
                 .columns = std::min(tiling_.columns, problem_.out_w - left)});
          ++blocks_;
        }
      }
    }
  }

 private:
  /// Output positions that are computed at a time; with patches, these.
  struct Block {
    std::int64_t image, top, left, rows, columns;
    [[nodiscard]] std::int64_t positions() const { return rows * columns; }
  };
  void block(const Block& block) {
    const std::size_t first_step = steps_;
    for (const Piece& piece : pieces_) {
      const std::size_t step = pipeline_.begin_step();
      ++steps_;
      load(block, piece, step, first_step);
      accumulate(block, piece, step);
      if (!piece.is_last)
        continue;
      wait_for_room(piece);
      output(block, piece);
      if (tiling_.stores_each_tile || piece.tile + 1 == problem_.tile_words.size())
        store(block, piece);
    }
  }

  /// What this step needs and nothing before it has brought.
  void load(const Block& block, const Piece& piece, std::size_t step, std::size_t first_step) {
    const bool begins_block = step == first_step;
    std::vector<Transfer> loads;
    std::optional<std::size_t> after;
    if (tiling_.loads_each_step || begins_block)
      loads = activations(block, piece, step);
    if (!tiling_.keeps_weights && all_weight_bytes_ > 0)
      append(loads, weights(piece, tiling_.weights[step % 2]));
    if (tiling_.loads_each_step || (!tiling_.keeps_weights && all_weight_bytes_ > 0)) {
      if (step >= 2)
        after = step - 2;
    } else if (begins_block && blocks_ >= 2) {
      // The last step of the block before the last.
      after = first_step - pieces_.size() - 1;
    }
    if (tiling_.keeps_weights)
      append(loads, kept_constants(step));
    else if (step == 0)
      append(loads, constants(0, problem_.parameter_bytes, tiling_.parameters));
    if (!loads.empty())
      pipeline_.load(std::move(loads), after);
  }

  static void append(std::vector<Transfer>& to, const std::vector<Transfer>& more) {
    to.insert(to.end(), more.begin(), more.end());
  }

  [[nodiscard]] std::vector<Transfer> constants(std::int64_t offset, std::int64_t bytes,
                                                std::int64_t scratchpad) const {
    return side_by_side(false, constants_ + static_cast<std::uint64_t>(offset), scratchpad, bytes);
  }
  [[nodiscard]] std::vector<Transfer> weights(const Piece& piece, std::int64_t scratchpad) const {
    return constants(problem_.parameter_bytes + piece.weights, piece.weight_bytes, scratchpad);
  }
  /// Of the parameters and the weights, all of which stay, what comes with this step.
  [[nodiscard]] std::vector<Transfer> kept_constants(std::size_t step) const {
    const std::size_t count = pieces_.size();
    const auto together = static_cast<std::size_t>(tiling_.pieces_together);
    if (step >= count || (together == 0 ? step != 0 : step != 0 && (step - 1) % together != 0))
      return {};
    const std::size_t last = together == 0 ? count
                             : step == 0   ? 1
                                           : std::min(step + together, count);
    const std::int64_t first = step == 0 ? 0 : problem_.parameter_bytes + pieces_[step].weights;
    const std::int64_t end =
        problem_.parameter_bytes + (last == count ? all_weight_bytes_ : pieces_[last].weights);
    return constants(first, end - first, tiling_.parameters + first);
  }

  [[nodiscard]] std::int64_t activation_place(std::size_t step) const {
    return tiling_.activations[(tiling_.loads_each_step ? step : blocks_) % 2];
  }
  /// Words of an input position in the scratchpad.
  [[nodiscard]] std::int64_t position_words(const Piece& piece) const {
    return tiling_.loads_each_step ? piece.count : problem_.in_words;
  }
  /// Input positions of a row.
  [[nodiscard]] std::int64_t in_columns(const Block& block) const {
    const auto& window = problem_.window;
    return input_extent(block.columns, window.kernel_w, window.stride_w, window.dilation_w);
  }
  [[nodiscard]] std::int64_t in_rows(const Block& block) const {
    const auto& window = problem_.window;
    return input_extent(block.rows, window.kernel_h, window.stride_h, window.dilation_h);
  }

  /// From the beginning of the block's image, of nothing yet.
  [[nodiscard]] Transfer load_of(const Block& block, std::size_t step) const {
    Transfer load;
    load.pad = layer_.pad;
    load.pitch = layer_.in.row_bytes;
    load.scratchpad = activation_place(step);
    load.address =
        layer_.in_address + static_cast<std::uint64_t>(block.image * layer_.in.image_bytes);
    return load;
  }

  [[nodiscard]] Transfer gathered(const Block& block, std::size_t step) const {
    const auto& window = layer_.window;
    const Image& in = layer_.in;
    const std::int64_t position = problem_.in_words * kWordBytes;
    const std::int64_t columns = in_columns(block);
    Transfer load = load_of(block, step);
    load.height = in.height;
    load.width = in.width * in.channels;
    load.y = block.top * gather_.rows * window.stride_h - window.pad_top;
    load.x = (block.left * gather_.columns * window.stride_w - window.pad_left) * in.channels;
    const std::int64_t run = gather_.pixel_columns * in.channels;
    load.counts = {run, columns, gather_.pixel_rows, in_rows(block), 1};
    load.steps[0] = {
        .x = gather_.columns * window.stride_w * in.channels, .y = 0, .scratchpad = position};
    load.steps[1] = {.x = 0, .y = 1, .scratchpad = run};
    load.steps[2] = {.x = 0, .y = gather_.pixel_rows, .scratchpad = columns * position};
    for (std::size_t i = 0; i < load.steps.size(); ++i) {
      if (load.counts[i + 1] == 1)
        load.steps[i] = {};
    }
    return load;
  }

  [[nodiscard]] std::vector<Transfer> activations(const Block& block, const Piece& piece,
                                                  std::size_t step) const {
    if (gather_.channels > 0)
      return {gathered(block, step)};
    const auto& window = layer_.window;
    const Image& in = layer_.in;
    const std::int64_t y = block.top * window.stride_h - window.pad_top;
    const std::int64_t x = block.left * window.stride_w - window.pad_left;
    const std::int64_t rows = in_rows(block);
    Transfer load = load_of(block, step);
    const std::int64_t first = tiling_.loads_each_step ? piece.first * kWordBytes : 0;
    const std::int64_t bytes = position_words(piece) * kWordBytes;
    // The first pixel that is inside is the origin, so that coordinates stay small.
    const std::int64_t top = std::max<std::int64_t>(y, 0), left = std::max<std::int64_t>(x, 0);
    const std::int64_t columns = in_columns(block);
    load.address += static_cast<std::uint64_t>(top * in.row_bytes + left * in.pixel_bytes + first);
    load.y = std::min<std::int64_t>(y, 0);
    load.x = std::min<std::int64_t>(x, 0) * in.pixel_bytes;
    load.height = std::clamp<std::int64_t>(in.height - top, 0, rows);
    const std::int64_t inside = std::clamp<std::int64_t>(in.width - left, 0, columns);
    load.width = inside == 0 ? 0 : (inside - 1) * in.pixel_bytes + bytes;
    if (bytes == in.pixel_bytes) {
      load.counts = {columns * bytes, rows, 1, 1, 1};
      load.steps[0] = {.x = 0, .y = 1, .scratchpad = columns * bytes};
    } else {
      load.counts = {bytes, columns, rows, 1, 1};
      load.steps[0] = {.x = columns == 1 ? 0 : in.pixel_bytes, .y = 0, .scratchpad = bytes};
      load.steps[1] = {.x = 0, .y = 1, .scratchpad = columns * bytes};
    }
    return {load};
  }

  void accumulate(const Block& block, const Piece& piece, std::size_t step) {
    const auto& window = problem_.window;
    Accumulate sums;
    sums.mode = layer_.mode;
    sums.is_unsigned = layer_.is_unsigned;
    sums.keeps = !piece.is_first;
    const std::int64_t position = position_words(piece);
    const std::int64_t row = in_columns(block) * position;
    sums.activation =
        activation_place(step) / kWordBytes + (tiling_.loads_each_step ? 0 : piece.first);
    sums.weight =
        (tiling_.keeps_weights ? tiling_.weights[0] + piece.weights : tiling_.weights[step % 2]) /
        kWordBytes;
    sums.positions = {block.columns, block.rows};
    sums.reduction = {piece.count, window.kernel_w, window.kernel_h};
    sums.position_strides = {window.stride_w * position, window.stride_h * row};
    sums.reduction_strides = {1, window.dilation_w * position, window.dilation_h * row};
    // What is never stepped over needs not fit.
    drop_unused(sums.positions, sums.position_strides);
    drop_unused(sums.reduction, sums.reduction_strides);
    pipeline_.compute(sums);
  }

  template <typename Array>
  static void drop_unused(const Array& counts, Array& strides) {
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] == 1)
        strides[i] = 0;
    }
  }

  /// Number of the store that writes this piece's results.
  [[nodiscard]] std::size_t store_of(const Piece& piece) const {
    return tiling_.stores_each_tile ? blocks_ * problem_.tile_words.size() + piece.tile : blocks_;
  }
  [[nodiscard]] std::int64_t result_place(const Piece& piece) const {
    return tiling_.results[store_of(piece) % 2];
  }

  void wait_for_room(const Piece& piece) {
    const std::size_t store = store_of(piece);
    if (store >= 2 && (tiling_.stores_each_tile || piece.tile == 0))
      pipeline_.wait_for_store(store - 2);
  }

  void output(const Block& block, const Piece& piece) {
    const std::int64_t step =
        tiling_.stores_each_tile ? 1 : static_cast<std::int64_t>(layer_.tiles.size());
    Output output;
    output.is_unsigned = layer_.output.is_unsigned;
    output.zero = layer_.output.zero;
    output.min = layer_.output.min;
    output.max = layer_.output.max;
    output.destination =
        result_place(piece) / kWordBytes + (tiling_.stores_each_tile ? 0 : piece.channels);
    if (layer_.areas.empty()) {
      output.is_per_channel = true;
      output.parameters = tiling_.parameters / kWordBytes + piece.channels * 8;
      output.counts = {block.positions(), 1};
      output.source_strides = {1, 0};
      output.destination_strides = {step, 0};
      if (gather_.positions() > 1) {
        const std::int64_t row = block.columns * gather_.columns * step;
        output.destination +=
            piece.position / gather_.columns * row + piece.position % gather_.columns * step;
        output.counts = {block.columns, block.rows};
        output.source_strides = {1, block.columns};
        output.destination_strides = {gather_.columns * step, gather_.rows * row};
      }
      pipeline_.compute(output);
      return;
    }
    const std::int64_t first_word = output.destination;
    for (const auto& area : layer_.areas) {
      const std::int64_t top = std::max(area.top, block.top),
                         bottom = std::min(area.bottom, block.top + block.rows),
                         left = std::max(area.left, block.left),
                         right = std::min(area.right, block.left + block.columns);
      if (top >= bottom || left >= right)
        continue;
      const std::int64_t first = (top - block.top) * block.columns + left - block.left;
      output.scale = area.scale;
      output.bias = layer_.output.bias[0];
      output.counts = {right - left, bottom - top};
      output.source = first;
      output.source_strides = {1, block.columns};
      output.destination = first_word + first * step;
      output.destination_strides = {step, block.columns * step};
      pipeline_.compute(output);
    }
  }

  void store(const Block& block, const Piece& piece) {
    const Image& out = layer_.out;
    const std::int64_t top = block.top * gather_.rows, left = block.left * gather_.columns;
    const std::int64_t rows = block.rows * gather_.rows, columns = block.columns * gather_.columns;
    const std::uint64_t address =
        layer_.out_address +
        static_cast<std::uint64_t>(block.image * out.image_bytes + top * out.row_bytes +
                                   left * out.pixel_bytes);
    const std::int64_t place = result_place(piece);
    Transfer store;
    store.is_store = true;
    store.address = address;
    store.pitch = out.row_bytes;
    // The last patches may reach beyond the image.
    store.height = std::min(rows, out.height - top);
    store.width = std::min(columns, out.width - left) * out.pixel_bytes;
    store.scratchpad = place;
    if (tiling_.stores_each_tile) {
      store.x = static_cast<std::int64_t>(piece.tile) * kWordBytes;
      store.counts = {kWordBytes, columns, rows, 1, 1};
      store.steps[0] = {.x = columns == 1 ? 0 : out.pixel_bytes, .y = 0, .scratchpad = kWordBytes};
      store.steps[1] = {.x = 0, .y = 1, .scratchpad = columns * kWordBytes};
    } else if (columns == out.width && out.row_bytes == out.width * out.pixel_bytes) {
      pipeline_.store(side_by_side(true, address, place, store.height * out.row_bytes));
      return;
    } else {
      const std::int64_t row = columns * out.pixel_bytes;
      store.counts = {row, rows, 1, 1, 1};
      store.steps[0] = {.x = 0, .y = 1, .scratchpad = row};
    }
    pipeline_.store({store});
  }

  const WindowLayer& layer_;
  const Gather& gather_;
  const TilingProblem& problem_;
  const Tiling& tiling_;
  Pipeline& pipeline_;
  const std::vector<Piece> pieces_;
  const std::int64_t all_weight_bytes_;
  const std::uint64_t constants_;
  std::size_t blocks_ = 0, steps_ = 0;
};

/// The plan whose commands take the least time by a closer estimate. One of very many steps is
/// taken as it is.
WindowPlan choose_plan(const WindowLayer& layer, const Device& device) {
  constexpr std::size_t kCandidates = 64, kMostSteps = 1024;
  const auto& window = layer.window;
  std::optional<WindowPlan> best;
  std::int64_t least = 0;
  for (const Gather& gather : layer.is_gathered ? best_gathers(window, layer.in.channels,
                                                               layer.out.height, layer.out.width)
                                                : std::vector{no_gather(window)}) {
    const TilingProblem problem = tiling_problem(layer, gather);
    for (const Tiling& tiling : find_tilings(problem, device, kCandidates)) {
      const WindowPlan plan{gather, problem, tiling};
      Pipeline trial;
      Emitter(layer, plan, 0, trial).emit();
      const bool is_long = trial.steps() > kMostSteps;
      if (is_long && best)
        break;
      const std::int64_t cycles =
          is_long ? std::numeric_limits<std::int64_t>::max() : estimate_cycles(trial.items());
      if (!best || cycles < least) {
        best = plan;
        least = cycles;
      }
      if (is_long)
        break;
    }
  }
  if (!best)
    refuse("a window over {} channels does not fit into {} bytes on chip", layer.in.channels,
           device.scratchpad_bytes);
  return *best;
}

}  // namespace

void emit_window_layer(const WindowLayer& layer, const Device& device, ConstantImage& constants,
                       Pipeline& pipeline) {
  const WindowPlan plan = choose_plan(layer, device);
  const std::vector<std::byte> bytes = pack_constants(layer, plan);
  const std::uint64_t address = bytes.empty() ? 0 : constants.add(bytes);
  Emitter(layer, plan, address, pipeline).emit();
}

}  // namespace kestrel::nn
