// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// View: where the elements of a tensor lie in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "nn/graph.hpp"

namespace kestrel::nn {

/// Bytes of a word, which is what the device computes with; lanes of one.
inline constexpr std::int64_t kWordBytes = 16;

constexpr std::int64_t round_up(std::int64_t value, std::int64_t to) {
  return (value + to - 1) / to * to;
}
constexpr std::int64_t divide_up(std::int64_t value, std::int64_t by) {
  return (value + by - 1) / by;
}

/// Each logical dimension is a mixed-radix number of factors, outermost first, each with a distance
/// in bytes. So a Transpose permutes dimensions, a Reshape regroups factors, and neither moves
/// anything.
class View {
 public:
  struct Factor {
    std::int64_t size;
    std::int64_t stride;  ///< bytes from one to the next
    bool operator==(const Factor&) const = default;
  };

  View() = default;

  /// As the device lays out what it writes: images (4 dimensions) pixel by pixel, H, then W, the
  /// channels innermost; else row by row. Channels, or the last dimension, take up whole words.
  static View in_words(const Shape& shape);
  /// The same without gaps: an image with its channels packed densely.
  static View dense_pixels(const Shape& shape);
  /// As in a file: row-major, without gaps.
  static View row_major(const Shape& shape);

  [[nodiscard]] Shape shape() const;
  [[nodiscard]] std::size_t rank() const { return dimensions_.size(); }
  [[nodiscard]] const std::vector<Factor>& dimension(std::size_t index) const {
    return dimensions_[index];
  }
  /// Bytes from the first to behind the last element.
  [[nodiscard]] std::int64_t span_bytes() const;

  [[nodiscard]] View permuted(std::span<const std::size_t> permutation) const;
  /// \returns nothing when the elements would have to move
  [[nodiscard]] std::optional<View> reshaped(const Shape& shape) const;

  /// Offsets of all elements, in row-major order of the indices.
  [[nodiscard]] std::vector<std::int64_t> offsets() const;
  /// Offsets of the elements of one dimension, all other indices being 0.
  [[nodiscard]] std::vector<std::int64_t> offsets_of(std::size_t dimension) const;

  bool operator==(const View&) const = default;

 private:
  explicit View(std::vector<std::vector<Factor>> dimensions);
  static View ordered(const Shape& shape, std::span<const std::size_t> outer_to_inner,
                      std::int64_t innermost_bytes);

  std::vector<std::vector<Factor>> dimensions_;  // without factors of size 1
};

/// A view as a run of images: what windows move over.
struct Image {
  std::int64_t count = 1, height = 1, width = 1, channels = 1;
  std::int64_t pixel_bytes = 0, row_bytes = 0, image_bytes = 0;

  /// \returns nothing unless the channels of a pixel lie side by side
  static std::optional<Image> of(const View& view);
};

/// A view as rows of bytes at one distance: what matrix products and sums work on.
struct Rows {
  std::int64_t count = 1;
  std::int64_t pitch_bytes = 0;
  std::int64_t words = 1;              ///< that hold one row
  std::vector<std::int64_t> elements;  ///< offset in the row of each element of the last dimension

  /// A row is the last dimension, or of an image a pixel.
  /// \returns nothing when rows overlap or lie at different distances
  static std::optional<Rows> of(const View& view);
};

}  // namespace kestrel::nn
