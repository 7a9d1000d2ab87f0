// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/view.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>
#include <utility>

namespace kestrel::nn {
namespace {

using Factors = std::vector<View::Factor>;

/// Joins neighbours that are one number, and drops what never counts.
Factors joined(const Factors& factors) {
  Factors result;
  for (const auto& factor : factors) {
    if (factor.size == 1)
      continue;
    if (!result.empty() && result.back().stride == factor.size * factor.stride)
      result.back() = {result.back().size * factor.size, factor.stride};
    else
      result.push_back(factor);
  }
  return result;
}

std::int64_t size_of(const Factors& factors) {
  std::int64_t size = 1;
  for (const auto& factor : factors)
    size *= factor.size;
  return size;
}

std::int64_t last_offset(const Factors& factors) {
  std::int64_t offset = 0;
  for (const auto& factor : factors)
    offset += (factor.size - 1) * factor.stride;
  return offset;
}

/// Offsets of all values of the number that the factors make.
std::vector<std::int64_t> all_offsets(const Factors& factors) {
  std::vector<std::int64_t> offsets = {0};
  for (const auto& factor : factors) {
    std::vector<std::int64_t> next;
    next.reserve(offsets.size() * static_cast<std::size_t>(factor.size));
    for (const std::int64_t offset : offsets) {
      for (std::int64_t i = 0; i < factor.size; ++i)
        next.push_back(offset + i * factor.stride);
    }
    offsets = std::move(next);
  }
  return offsets;
}

/// The only distance, or `otherwise` when there is nothing to go to. Nothing if there are several.
std::optional<std::int64_t> only_stride(const Factors& factors, std::int64_t otherwise) {
  if (factors.size() > 1)
    return std::nullopt;
  return factors.empty() ? otherwise : factors[0].stride;
}

}  // namespace

View::View(std::vector<std::vector<Factor>> dimensions) : dimensions_(std::move(dimensions)) {
  for (auto& factors : dimensions_)
    factors = joined(factors);
}

View View::ordered(const Shape& shape, std::span<const std::size_t> outer_to_inner,
                   std::int64_t innermost_bytes) {
  std::vector<Factors> dimensions(shape.size());
  std::int64_t stride = 1;
  for (std::size_t i = outer_to_inner.size(); i-- > 0;) {
    const std::size_t at = outer_to_inner[i];
    dimensions[at] = {{shape[at], stride}};
    stride = i + 1 == outer_to_inner.size() ? innermost_bytes : stride * shape[at];
  }
  return View(std::move(dimensions));
}

View View::in_words(const Shape& shape) {
  if (shape.size() == 4)
    return ordered(shape, std::array<std::size_t, 4>{0, 2, 3, 1}, round_up(shape[1], kWordBytes));
  std::vector<std::size_t> order(shape.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  return ordered(shape, order, shape.empty() ? 1 : round_up(shape.back(), kWordBytes));
}

View View::dense_pixels(const Shape& shape) {
  return ordered(shape, std::array<std::size_t, 4>{0, 2, 3, 1}, shape[1]);
}

View View::row_major(const Shape& shape) {
  std::vector<std::size_t> order(shape.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  return ordered(shape, order, shape.empty() ? 1 : shape.back());
}

Shape View::shape() const {
  Shape shape;
  for (const auto& factors : dimensions_)
    shape.push_back(size_of(factors));
  return shape;
}

std::int64_t View::span_bytes() const {
  std::int64_t last = 0;
  for (const auto& factors : dimensions_)
    last += last_offset(factors);
  return last + 1;
}

View View::permuted(std::span<const std::size_t> permutation) const {
  std::vector<Factors> dimensions;
  for (const std::size_t at : permutation)
    dimensions.push_back(dimensions_[at]);
  return View(std::move(dimensions));
}

std::optional<View> View::reshaped(const Shape& shape) const {
  Factors all;
  for (const auto& factors : dimensions_)
    std::ranges::copy(factors, std::back_inserter(all));
  all = joined(all);

  std::vector<Factors> dimensions;
  std::size_t next = 0;
  for (std::int64_t left : shape) {
    auto& factors = dimensions.emplace_back();
    while (left > 1) {
      if (next == all.size())
        return std::nullopt;
      Factor& factor = all[next];
      if (left % factor.size == 0) {
        factors.push_back(factor);
        left /= factor.size;
        ++next;
      } else if (factor.size % left == 0) {
        const std::int64_t inner = factor.size / left;
        factors.push_back({left, factor.stride * inner});
        factor.size = inner;
        left = 1;
      } else {
        return std::nullopt;
      }
    }
  }
  if (next != all.size())
    return std::nullopt;
  return View(std::move(dimensions));
}

std::vector<std::int64_t> View::offsets() const {
  Factors all;
  for (const auto& factors : dimensions_)
    std::ranges::copy(factors, std::back_inserter(all));
  return all_offsets(all);
}

std::vector<std::int64_t> View::offsets_of(std::size_t dimension) const {
  return all_offsets(dimensions_[dimension]);
}

std::optional<Image> Image::of(const View& view) {
  if (view.rank() != 4 || only_stride(view.dimension(1), 1) != 1)
    return std::nullopt;
  const Shape shape = view.shape();
  Image image{.count = shape[0], .height = shape[2], .width = shape[3], .channels = shape[1]};
  // What is not given, because there is but one pixel or row, follows from what lies inside it.
  const auto pixel = only_stride(view.dimension(3), round_up(image.channels, kWordBytes));
  if (!pixel)
    return std::nullopt;
  const auto row = only_stride(view.dimension(2), *pixel * image.width);
  if (!row)
    return std::nullopt;
  const auto next = only_stride(view.dimension(0), *row * image.height);
  if (!next || *pixel < image.channels || *row < *pixel * (image.width - 1) + image.channels)
    return std::nullopt;
  image.pixel_bytes = *pixel;
  image.row_bytes = *row;
  image.image_bytes = *next;
  return image;
}

std::optional<Rows> Rows::of(const View& view) {
  Factors outer;
  std::size_t inner = view.rank() - 1;
  std::vector<std::size_t> order(view.rank());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (view.rank() == 0)
    return std::nullopt;
  if (view.rank() == 4 && Image::of(view)) {
    inner = 1;
    order = {0, 2, 3, 1};
  }
  for (const std::size_t at : order) {
    if (at != inner)
      std::ranges::copy(view.dimension(at), std::back_inserter(outer));
  }
  outer = joined(outer);
  Rows rows{.count = size_of(outer), .elements = view.offsets_of(inner)};
  const std::int64_t row_bytes = last_offset(view.dimension(inner)) + 1;
  rows.words = divide_up(row_bytes, kWordBytes);
  const auto pitch = only_stride(outer, rows.words * kWordBytes);
  if (!pitch || *pitch < row_bytes)
    return std::nullopt;
  rows.pitch_bytes = *pitch;
  return rows;
}

}  // namespace kestrel::nn
