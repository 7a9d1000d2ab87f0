// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/row_layer.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

#include "nn/error.hpp"

namespace kestrel::nn {
namespace {

/// Where pieces lie on chip, bytes: input, residual and results in two buffers each, which have
/// banks of their own, then constants.
constexpr std::int64_t kPieceBytes = 32 << 10;
constexpr std::array<std::int64_t, 2> kInputs = {0, kPieceBytes};
constexpr std::array<std::int64_t, 2> kResiduals = {2 * kPieceBytes, 3 * kPieceBytes};
constexpr std::array<std::int64_t, 2> kResults = {4 * kPieceBytes, 5 * kPieceBytes};
constexpr std::int64_t kConstants = 6 * kPieceBytes, kConstantBytes = 2 * kPieceBytes;
constexpr std::int64_t kParameterWords = 8;

/// Of moves, which have nothing but input and results.
constexpr std::int64_t kMoveBytes = 64 << 10;
constexpr std::array<std::int64_t, 2> kMoveInputs = {0, kMoveBytes};
constexpr std::array<std::int64_t, 2> kMoveResults = {2 * kMoveBytes, 3 * kMoveBytes};

Output output_of(const Requantisation& to, bool is_unsigned, std::int32_t zero) {
  Output output;
  output.from_scratchpad = true;
  output.is_source_unsigned = is_unsigned;
  output.source_zero = zero;
  output.is_unsigned = to.is_unsigned;
  output.zero = to.zero;
  output.min = to.min;
  output.max = to.max;
  output.scale = to.scale[0];
  return output;
}

std::vector<std::byte> bytes_of(std::span<const std::uint8_t> values) {
  const auto bytes = std::as_bytes(values);
  return {bytes.begin(), bytes.end()};
}

class RowEmitter {
 public:
  RowEmitter(const RowLayer& layer, ConstantImage& constants, Pipeline& pipeline)
      : layer_(layer),
        pipeline_(pipeline),
        has_scales_(layer.output.scale.size() > 1),
        has_constant_(layer.residual && !layer.residual->address) {
    std::vector<std::byte> bytes;
    if (has_scales_)
      bytes = pack_parameters({0}, layer.output.scale, layer.words * kWordBytes);
    else if (has_constant_)
      bytes = bytes_of(layer.residual->constant);
    if (std::ssize(bytes) > kConstantBytes || (is_by_words() && row_bytes() > kPieceBytes))
      refuse("rows of {} bytes with values of their own do not fit into {} bytes on chip",
             row_bytes(), kPieceBytes);
    if (bytes.empty())
      return;
    loads_ = side_by_side(false, constants.add(bytes), kConstants, std::ssize(bytes));
  }

  void emit() {
    const std::int64_t all = layer_.rows * row_bytes();
    const std::int64_t piece =
        is_by_words() ? kPieceBytes / row_bytes() * row_bytes() : kPieceBytes;
    for (std::int64_t done = 0; done < all; done += piece)
      step(done, std::min(piece, all - done));
  }

 private:
  [[nodiscard]] std::int64_t row_bytes() const { return layer_.words * kWordBytes; }
  /// A command for each word of a row, because each has a constant of its own.
  [[nodiscard]] bool is_by_words() const { return has_scales_ || has_constant_; }

  void step(std::int64_t offset, std::int64_t bytes) {
    const std::size_t step = pipeline_.begin_step();
    const auto at = static_cast<std::uint64_t>(offset);
    auto loads = std::exchange(loads_, {});
    const auto add = [&](std::uint64_t address, std::int64_t place) {
      const auto more = side_by_side(false, address + at, place, bytes);
      loads.insert(loads.end(), more.begin(), more.end());
    };
    add(layer_.in_address, kInputs[step % 2]);
    if (layer_.residual && layer_.residual->address)
      add(*layer_.residual->address, kResiduals[step % 2]);
    pipeline_.load(std::move(loads), step >= 2 ? std::optional(step - 2) : std::nullopt);
    if (step >= 2)
      pipeline_.wait_for_store(step - 2);
    for (std::int64_t word = 0; word < (is_by_words() ? layer_.words : 1); ++word)
      pipeline_.compute(output(step, word, bytes / kWordBytes));
    pipeline_.store(side_by_side(true, layer_.out_address + at, kResults[step % 2], bytes));
  }

  [[nodiscard]] Output output(std::size_t step, std::int64_t word, std::int64_t words) const {
    Output output = output_of(layer_.output, layer_.is_unsigned, layer_.in_zero);
    const std::int64_t stride = is_by_words() ? layer_.words : 1;
    output.counts = {words / stride, 1};
    output.source = kInputs[step % 2] / kWordBytes + word;
    output.destination = kResults[step % 2] / kWordBytes + word;
    output.source_strides = output.destination_strides = {stride, 0};
    if (has_scales_) {
      output.is_per_channel = true;
      output.parameters = kConstants / kWordBytes + word * kParameterWords;
    }
    if (layer_.residual) {
      output.has_residual = true;
      output.is_residual_unsigned = layer_.residual->quantisation.is_unsigned;
      output.residual_zero = layer_.residual->quantisation.zero;
      output.residual_scale = layer_.residual->quantisation.scale;
      output.residual =
          has_constant_ ? kConstants / kWordBytes + word : kResiduals[step % 2] / kWordBytes;
      output.residual_strides = {has_constant_ ? 0 : 1, 0};
    }
    return output;
  }

  const RowLayer& layer_;
  Pipeline& pipeline_;
  const bool has_scales_, has_constant_;
  std::vector<Transfer> loads_;  // of constants, before the first step
};

void emit_move(const MoveLayer& layer, Pipeline& pipeline) {
  const Image& in = layer.in;
  const Image& out = layer.out;
  const std::int64_t row_bytes = in.width * in.pixel_bytes;
  if (row_bytes > kMoveBytes)
    refuse("a row of pixels of {} bytes does not fit into {} bytes on chip", row_bytes, kMoveBytes);
  const std::int64_t most_rows = kMoveBytes / row_bytes;
  for (std::int64_t image = 0; image < in.count; ++image) {
    for (std::int64_t top = 0; top < in.height; top += most_rows) {
      const std::int64_t rows = std::min(most_rows, in.height - top);
      const std::size_t step = pipeline.begin_step();
      pipeline.load(
          side_by_side(false,
                       layer.in_address +
                           static_cast<std::uint64_t>(image * in.image_bytes + top * in.row_bytes),
                       kMoveInputs[step % 2], rows * row_bytes),
          step >= 2 ? std::optional(step - 2) : std::nullopt);
      if (step >= 2)
        pipeline.wait_for_store(step - 2);
      Output output = output_of(layer.output, layer.is_unsigned, layer.in_zero);
      output.counts = {rows * row_bytes / kWordBytes, 1};
      output.source = kMoveInputs[step % 2] / kWordBytes;
      output.destination = kMoveResults[step % 2] / kWordBytes;
      output.source_strides = output.destination_strides = {1, 0};
      pipeline.compute(output);

      Transfer store;
      store.is_store = true;
      store.address = layer.out_address +
                      static_cast<std::uint64_t>(image * out.image_bytes + top * out.row_bytes);
      store.pitch = out.row_bytes;
      store.height = rows;
      store.width = (in.width - 1) * out.pixel_bytes + in.channels;
      store.scratchpad = kMoveResults[step % 2];
      store.counts = {in.channels, in.width, rows, 1, 1};
      store.steps[0] = {
          .x = in.width == 1 ? 0 : out.pixel_bytes, .y = 0, .scratchpad = in.pixel_bytes};
      store.steps[1] = {.x = 0, .y = 1, .scratchpad = row_bytes};
      pipeline.store({store});
    }
  }
}

}  // namespace

void emit_row_layer(const RowLayer& layer, ConstantImage& constants, Pipeline& pipeline) {
  RowEmitter(layer, constants, pipeline).emit();
}

void emit_move_layers(const std::vector<MoveLayer>& layers, Pipeline& pipeline) {
  for (const MoveLayer& layer : layers)
    emit_move(layer, pipeline);
}

}  // namespace kestrel::nn
