// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "npy.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace kestrel::run {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlignment = 64;  // Of where the elements begin.

/// What follows 'key': in the header, a Python dictionary of literals.
std::string_view value_of(std::string_view header, std::string_view key) {
  const std::size_t at = header.find("'" + std::string(key) + "'");
  if (at == header.npos)
    return {};
  const std::size_t colon = header.find(':', at);
  if (colon == header.npos)
    return {};
  const std::size_t begin = header.find_first_not_of(' ', colon + 1);
  return begin == header.npos ? std::string_view() : header.substr(begin);
}

Outcome<ElementType> parse_type(std::string_view text) {
  if (text.empty())
    return std::unexpected("its header has no type");
  for (const auto& [name, type] : {std::pair{"'|u1'", ElementType::kUint8},
                                   {"'|i1'", ElementType::kInt8},
                                   {"'<f4'", ElementType::kFloat32}}) {
    if (text.starts_with(name))
      return type;
  }
  constexpr std::size_t kMostShown = 20;  // A header can be of any length.
  return std::unexpected("its elements are " +
                         std::string(text.substr(0, std::min(text.find(','), kMostShown))) +
                         "; only '|u1', '|i1' and '<f4' are supported");
}

Outcome<std::vector<std::int64_t>> parse_shape(std::string_view text) {
  const std::unexpected wrong(std::string("its header has no shape"));
  const std::size_t end = text.find(')');
  if (!text.starts_with('(') || end == text.npos)
    return wrong;
  std::vector<std::int64_t> shape;
  const char* const last = text.data() + end;
  for (const char* at = text.data() + 1; at < last;) {
    std::int64_t dimension = 0;
    const auto [stop, error] = std::from_chars(at, last, dimension);
    if (error != std::errc{})
      return wrong;
    shape.push_back(dimension);
    at = std::find_if_not(stop, last, [](char c) { return c == ',' || c == ' '; });
  }
  return shape;
}

}  // namespace

Outcome<Array> parse_npy(std::span<const std::uint8_t> file) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  constexpr std::size_t kVersion1Begin = 10, kVersion2Begin = 12;
  if (!text.starts_with(kMagic) || file.size() < kVersion2Begin)
    return std::unexpected("no .npy file");
  const bool is_short = file[6] == 1;
  if (file[6] < 1 || file[6] > 3)
    return std::unexpected("it is of version " + std::to_string(file[6]) +
                           " of the .npy format; 1 to 3 are supported");
  const std::size_t begin = is_short ? kVersion1Begin : kVersion2Begin;
  std::size_t length = 0;
  for (std::size_t i = begin; i-- > 8;)
    length = length << 8 | file[i];
  if (length > file.size() - begin)
    return std::unexpected("it ends within its header");
  const std::string_view header = text.substr(begin, length);

  const std::string_view order = value_of(header, "fortran_order");
  if (order.empty())
    return std::unexpected("its header has no order");
  if (!order.starts_with("False"))
    return std::unexpected("its elements are not in C order; numpy.ascontiguousarray() helps");
  const auto type = parse_type(value_of(header, "descr"));
  if (!type)
    return std::unexpected(type.error());
  auto shape = parse_shape(value_of(header, "shape"));
  if (!shape)
    return std::unexpected(shape.error());
  const auto bytes = array_bytes(*type, *shape);
  if (!bytes)
    return std::unexpected(bytes.error());
  const auto elements = file.subspan(begin + length);
  if (elements.size() != *bytes) {
    return std::unexpected("it has " + std::to_string(elements.size()) +
                           " bytes of elements, not " + std::to_string(*bytes));
  }
  return Array{*type, std::move(*shape), {elements.begin(), elements.end()}};
}

std::string npy_file(const Array& array) {
  const char* const type = array.type == ElementType::kFloat32 ? "<f4"
                           : array.type == ElementType::kInt8  ? "|i1"
                                                               : "|u1";
  std::string shape;
  for (std::size_t i = 0; i < array.shape.size(); ++i)
    shape += (i == 0 ? "" : " ") + std::to_string(array.shape[i]) + ",";
  if (array.shape.size() > 1)
    shape.pop_back();
  std::string header =
      std::string("{'descr': '") + type + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  constexpr std::size_t kBefore = 10;
  const std::size_t used = kBefore + header.size() + 1;
  header.append((kAlignment - used % kAlignment) % kAlignment, ' ');
  header += '\n';

  std::string file(kMagic);
  file +=
      {'\1', '\0', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  file += header;
  file.append(reinterpret_cast<const char*>(array.bytes.data()), array.bytes.size());
  return file;
}

}  // namespace kestrel::run
