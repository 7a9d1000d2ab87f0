// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/window_layer.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

namespace kestrel::nn {
namespace {

constexpr std::int64_t kLanes = 16;
/// What takes less time to load than a command of its own.
constexpr std::int64_t kFewBytes = 8192;

class Emitter {
 public:
  Emitter(const WindowLayer& layer, const Device& device, ConstantImage& constants,
          Pipeline& pipeline)
      : layer_(layer),
        pipeline_(pipeline),
        problem_(problem_of(layer)),
        tiling_(choose_tiling(problem_, device)) {
    place_weights(constants);
    if (layer_.areas.empty())
      parameters_ = constants.add(
          pack_parameters(layer_.output.bias, layer_.output.scale, layer_.out.channels));
  }

  void emit() {
    for (std::int64_t image = 0; image < layer_.out.count; ++image) {
      for (std::int64_t top = 0; top < layer_.out.height; top += tiling_.rows) {
        for (std::int64_t left = 0; left < layer_.out.width; left += tiling_.columns) {
          block({.image = image,
                 .top = top,
                 .left = left,
                 .rows = std::min(tiling_.rows, layer_.out.height - top),
                 .columns = std::min(tiling_.columns, layer_.out.width - left)});
          ++blocks_;
        }
      }
    }
  }

 private:
  /// Output positions that are computed at a time.
  struct Block {
    std::int64_t image, top, left, rows, columns;
    [[nodiscard]] std::int64_t positions() const { return rows * columns; }
  };
  /// Some words of sixteen channels: one step.
  struct Piece {
    std::size_t tile;
    std::int64_t first, count;  // words of an input position
    bool is_first, is_last;     // of the tile
    std::int64_t weights;       // bytes from the start of all weights
  };

  static TilingProblem problem_of(const WindowLayer& layer) {
    TilingProblem problem{.window = layer.window,
                          .images = layer.out.count,
                          .out_h = layer.out.height,
                          .out_w = layer.out.width,
                          .is_gathered = layer.is_gathered,
                          .in_words = 0,
                          .in_bytes = layer.in.pixel_bytes,
                          .tile_words = {},
                          .weight_words = layer.mode == KESTREL_ACCUMULATE_MODE_MATMUL      ? 16
                                          : layer.mode == KESTREL_ACCUMULATE_MODE_DEPTHWISE ? 1
                                                                                            : 0};
    for (const auto& words : layer.tiles) {
      problem.in_words = std::max(problem.in_words, words.first + words.count);
      problem.tile_words.push_back(words.count);
    }
    return problem;
  }

  [[nodiscard]] std::int64_t taps_w() const {
    return layer_.is_gathered ? 1 : layer_.window.kernel_w;
  }
  [[nodiscard]] std::int64_t weight_bytes(std::int64_t words) const {
    return problem_.taps() * problem_.weight_words * words * kWordBytes;
  }

  /// Cuts the tiles to pieces, and lays their weights as they are read.
  void place_weights(ConstantImage& constants) {
    std::vector<std::byte> bytes;
    for (std::size_t tile = 0; tile < layer_.tiles.size(); ++tile) {
      const auto& words = layer_.tiles[tile];
      for (std::int64_t done = 0; done < words.count; done += tiling_.chunk_words) {
        const Piece piece{.tile = tile,
                          .first = words.first + done,
                          .count = std::min(tiling_.chunk_words, words.count - done),
                          .is_first = done == 0,
                          .is_last = done + tiling_.chunk_words >= words.count,
                          .weights = std::ssize(bytes)};
        pack(piece, bytes);
        pieces_.push_back(piece);
      }
    }
    all_weight_bytes_ = std::ssize(bytes);
    if (!bytes.empty())
      weights_ = constants.add(bytes);
  }

  void pack(const Piece& piece, std::vector<std::byte>& bytes) const {
    if (problem_.weight_words == 0)
      return;
    const auto channel = static_cast<std::int64_t>(piece.tile) * kLanes;
    const std::int64_t rows = problem_.weight_words;
    for (std::int64_t y = 0; y < layer_.window.kernel_h; ++y) {
      for (std::int64_t x = 0; x < taps_w(); ++x) {
        for (std::int64_t i = 0; i < piece.count * rows; ++i) {
          for (std::int64_t lane = 0; lane < kLanes; ++lane) {
            const std::int64_t in = rows == 1 ? channel + lane : piece.first * kLanes + i;
            const bool exists = channel + lane < layer_.out.channels;
            bytes.push_back(static_cast<std::byte>(exists ? layer_.weight(channel + lane, y, x, in)
                                                          : std::int8_t{0}));
          }
        }
      }
    }
  }

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
      if (tiling_.stores_each_tile || piece.tile + 1 == layer_.tiles.size())
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
    if (step == 0 && layer_.areas.empty())
      append(loads, side_by_side(false, parameters_, tiling_.parameters,
                                 std::ssize(layer_.tiles) * 2 * kLanes * 4));
    if (tiling_.keeps_weights && blocks_ == 0 && all_weight_bytes_ > 0)
      append(loads, kept_weights(step));
    if (!loads.empty())
      pipeline_.load(std::move(loads), after);
  }

  static void append(std::vector<Transfer>& to, const std::vector<Transfer>& more) {
    to.insert(to.end(), more.begin(), more.end());
  }

  [[nodiscard]] std::vector<Transfer> weights(const Piece& piece, std::int64_t scratchpad) const {
    return side_by_side(false, weights_ + static_cast<std::uint64_t>(piece.weights), scratchpad,
                        weight_bytes(piece.count));
  }

  /// The first piece's weights, so that it can begin, and all others with the second.
  [[nodiscard]] std::vector<Transfer> kept_weights(std::size_t step) const {
    const std::int64_t first = pieces_.size() == 1 || all_weight_bytes_ <= kFewBytes
                                   ? all_weight_bytes_
                                   : weight_bytes(pieces_[0].count);
    if (step == 0)
      return side_by_side(false, weights_, tiling_.weights[0], first);
    if (step == 1)
      return side_by_side(false, weights_ + static_cast<std::uint64_t>(first),
                          tiling_.weights[0] + first, all_weight_bytes_ - first);
    return {};
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
    const auto& window = layer_.window;
    if (layer_.is_gathered)
      return block.columns;
    return input_extent(block.columns, window.kernel_w, window.stride_w, window.dilation_w);
  }

  [[nodiscard]] std::vector<Transfer> activations(const Block& block, const Piece& piece,
                                                  std::size_t step) const {
    const auto& window = layer_.window;
    const Image& in = layer_.in;
    const std::int64_t y = block.top * window.stride_h - window.pad_top;
    const std::int64_t x = block.left * window.stride_w - window.pad_left;
    Transfer load;
    load.pad = layer_.pad;
    load.pitch = in.row_bytes;
    load.scratchpad = activation_place(step);
    load.address = layer_.in_address + static_cast<std::uint64_t>(block.image * in.image_bytes);
    const std::int64_t rows =
        input_extent(block.rows, window.kernel_h, window.stride_h, window.dilation_h);
    if (layer_.is_gathered) {
      const std::int64_t position = problem_.in_words * kWordBytes;
      load.height = in.height;
      load.width = in.width * in.channels;
      load.y = y;
      load.x = x * in.channels;
      load.counts = {window.kernel_w * in.channels, block.columns, rows, 1, 1};
      load.steps[0] = {.x = window.stride_w * in.channels, .y = 0, .scratchpad = position};
      load.steps[1] = {.x = 0, .y = 1, .scratchpad = block.columns * position};
      return {load};
    }
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
    const auto& window = layer_.window;
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
    sums.reduction = {piece.count, taps_w(), layer_.window.kernel_h};
    sums.position_strides = {(layer_.is_gathered ? 1 : window.stride_w) * position,
                             window.stride_h * row};
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
    return tiling_.stores_each_tile ? blocks_ * layer_.tiles.size() + piece.tile : blocks_;
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
    output.destination = result_place(piece) / kWordBytes +
                         (tiling_.stores_each_tile ? 0 : static_cast<std::int64_t>(piece.tile));
    if (layer_.areas.empty()) {
      output.is_per_channel = true;
      output.parameters =
          tiling_.parameters / kWordBytes + static_cast<std::int64_t>(piece.tile) * 8;
      output.counts = {block.positions(), 1};
      output.source_strides = {1, 0};
      output.destination_strides = {step, 0};
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
    const std::uint64_t address =
        layer_.out_address +
        static_cast<std::uint64_t>(block.image * out.image_bytes + block.top * out.row_bytes +
                                   block.left * out.pixel_bytes);
    const std::int64_t place = result_place(piece);
    if (!tiling_.stores_each_tile && block.columns == out.width &&
        out.row_bytes == out.width * out.pixel_bytes) {
      pipeline_.store(side_by_side(true, address, place, block.positions() * out.pixel_bytes));
      return;
    }
    Transfer store;
    store.is_store = true;
    store.address = address;
    store.pitch = out.row_bytes;
    store.height = block.rows;
    store.scratchpad = place;
    if (tiling_.stores_each_tile) {
      store.x = static_cast<std::int64_t>(piece.tile) * kWordBytes;
      store.width = block.columns * out.pixel_bytes;
      store.counts = {kWordBytes, block.columns, block.rows, 1, 1};
      store.steps[0] = {
          .x = block.columns == 1 ? 0 : out.pixel_bytes, .y = 0, .scratchpad = kWordBytes};
      store.steps[1] = {.x = 0, .y = 1, .scratchpad = block.columns * kWordBytes};
    } else {
      store.width = block.columns * out.pixel_bytes;
      store.counts = {store.width, block.rows, 1, 1, 1};
      store.steps[0] = {.x = 0, .y = 1, .scratchpad = store.width};
    }
    pipeline_.store({store});
  }

  const WindowLayer& layer_;
  Pipeline& pipeline_;
  const TilingProblem problem_;
  const Tiling tiling_;
  std::vector<Piece> pieces_;
  std::uint64_t weights_ = 0, parameters_ = 0;
  std::int64_t all_weight_bytes_ = 0;
  std::size_t blocks_ = 0, steps_ = 0;
};

}  // namespace

void emit_window_layer(const WindowLayer& layer, const Device& device, ConstantImage& constants,
                       Pipeline& pipeline) {
  Emitter(layer, device, constants, pipeline).emit();
}

}  // namespace kestrel::nn
