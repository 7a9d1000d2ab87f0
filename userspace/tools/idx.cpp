// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "idx.hpp"

#include <zlib.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <span>

namespace kestrel::run {
namespace {

constexpr std::uint32_t kUnsignedBytes = 0x0800;
constexpr std::uint32_t kMostDimensions = 4;

struct Closer {
  void operator()(gzFile file) const { gzclose(file); }
};
using GzipFile = std::unique_ptr<gzFile_s, Closer>;

std::string reason(gzFile file) {
  int code = Z_OK;
  gzerror(file, &code);
  if (code == Z_ERRNO)
    return std::strerror(errno);
  // A file that is cut within its compressed form is Z_BUF_ERROR, one that holds too little none.
  return code == Z_OK || code == Z_BUF_ERROR ? "it ends too early" : "it is damaged";
}

bool read_all(gzFile file, std::span<std::uint8_t> into) {
  constexpr std::size_t kPiece = std::size_t{1} << 20;
  while (!into.empty()) {
    const auto wanted = static_cast<unsigned>(std::min(into.size(), kPiece));
    const int got = gzread(file, into.data(), wanted);
    if (got <= 0)
      return false;
    into = into.subspan(static_cast<std::size_t>(got));
  }
  return true;
}

bool read_number(gzFile file, std::uint32_t& number) {
  std::array<std::uint8_t, 4> bytes = {};
  if (!read_all(file, bytes))
    return false;
  number = std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
           std::uint32_t{bytes[2]} << 8 | bytes[3];
  return true;
}

}  // namespace

Outcome<Array> read_idx(const std::string& path, std::uint64_t first, std::uint64_t count) {
  const auto fail = [&path](const std::string& why) {
    return std::unexpected("'" + path + "': " + why);
  };
  const GzipFile file(gzopen(path.c_str(), "rb"));
  if (!file)
    return fail(std::strerror(errno));

  std::uint32_t magic = 0;
  if (!read_number(file.get(), magic))
    return fail(reason(file.get()));
  const std::uint32_t rank = magic & 0xff;
  if ((magic & ~0xffu) != kUnsignedBytes || rank == 0 || rank > kMostDimensions)
    return fail("no IDX file of bytes");
  Array array;
  for (std::uint32_t i = 0; i < rank; ++i) {
    std::uint32_t dimension = 0;
    if (!read_number(file.get(), dimension))
      return fail(reason(file.get()));
    array.shape.push_back(dimension);
  }
  const auto all = static_cast<std::uint64_t>(array.shape[0]);
  if (first > all || count > all - first) {
    return fail(std::to_string(count) + " entries from " + std::to_string(first) +
                " on are wanted, but it has " + std::to_string(all));
  }

  array.shape[0] = 1;
  const auto one = array_bytes(ElementType::kUint8, array.shape);
  if (!one)
    return fail(one.error());
  array.shape[0] = static_cast<std::int64_t>(count);
  const auto bytes = array_bytes(ElementType::kUint8, array.shape);
  if (!bytes)
    return fail(bytes.error());
  array.bytes.resize(*bytes);
  if (gzseek(file.get(), static_cast<z_off_t>(first * *one), SEEK_CUR) < 0 ||
      !read_all(file.get(), array.bytes)) {
    return fail(reason(file.get()));
  }
  return array;
}

}  // namespace kestrel::run
