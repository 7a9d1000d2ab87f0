// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// IDX files: what is taken from them, and what is refused.

#include "idx.hpp"

#include <zlib.h>

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "testbench/support/temporary_folder.hpp"

using kestrel::run::read_idx;
using presil::testbench::TemporaryFolder;

namespace {

using Bytes = std::vector<std::uint8_t>;
using Shape = std::vector<std::int64_t>;

std::string number(std::uint32_t value) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8)
    text += static_cast<char>(value >> shift & 0xff);
  return text;
}

std::string header(std::initializer_list<std::uint32_t> numbers) {
  std::string text;
  for (const std::uint32_t value : numbers)
    text += number(value);
  return text;
}

/// Five entries of 2 x 3 bytes, which count up from 10.
std::string five() {
  std::string text = header({0x0803, 5, 2, 3});
  for (int i = 0; i < 30; ++i)
    text += static_cast<char>(10 + i);
  return text;
}

std::string gzipped(const std::string& text) {
  z_stream stream{};
  constexpr int kGzip = 15 + 16;  // The largest window, and gzip's header.
  REQUIRE(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) ==
          Z_OK);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  std::string whole = text;
  stream.next_in = reinterpret_cast<Bytef*>(whole.data());
  stream.avail_in = static_cast<uInt>(whole.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  REQUIRE(deflateEnd(&stream) == Z_OK);
  return packed;
}

struct Bench {
  /// \returns what is wrong with a file of that text, without its name
  std::string refusal(const std::string& text, std::uint64_t first = 0, std::uint64_t count = 1) {
    folder.write("file", text);
    return refusal_of("file", first, count);
  }
  std::string refusal_of(const std::string& name, std::uint64_t first = 0,
                         std::uint64_t count = 1) {
    const std::string path = folder.path(name).string();
    const auto array = read_idx(path, first, count);
    if (array)
      return "";
    REQUIRE(array.error().starts_with("'" + path + "': "));
    return array.error().substr(path.size() + 4);
  }

  TemporaryFolder folder;
};

}  // namespace

TEST_CASE("idx: Entries are taken from anywhere, compressed or not", "[userspace][idx]") {
  const TemporaryFolder folder;
  const bool is_packed = GENERATE(false, true);
  CAPTURE(is_packed);
  const auto path = folder.write("file", is_packed ? gzipped(five()) : five()).string();

  const auto first = read_idx(path, 0, 1);
  REQUIRE(first);
  CHECK(first->type == kestrel::run::ElementType::kUint8);
  CHECK(first->shape == Shape{1, 2, 3});
  CHECK(first->bytes == Bytes{10, 11, 12, 13, 14, 15});
  const auto last = read_idx(path, 3, 2);
  REQUIRE(last);
  CHECK(last->shape == Shape{2, 2, 3});
  CHECK(last->bytes == Bytes{28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39});
  CHECK(read_idx(path, 0, 5)->bytes.size() == 30);
  CHECK(read_idx(path, 5, 0)->bytes.empty());
}

TEST_CASE("idx: Of one dimension to four", "[userspace][idx]") {
  const TemporaryFolder folder;
  const auto labels = folder.write("labels", header({0x0801, 3}) + "abc").string();
  CHECK(read_idx(labels, 1, 2)->shape == Shape{2});
  CHECK(read_idx(labels, 1, 2)->bytes == Bytes{'b', 'c'});
  const auto colours = folder.write("colours", header({0x0804, 1, 3, 1, 2}) + "rRgGbB").string();
  CHECK(read_idx(colours, 0, 1)->shape == Shape{1, 3, 1, 2});
}

TEST_CASE("idx: What follows the entries that are wanted is not looked at", "[userspace][idx]") {
  const TemporaryFolder folder;
  std::string text = five();
  text.resize(text.size() - 1);
  const auto path = folder.write("file", text).string();
  CHECK(read_idx(path, 0, 4));
  CHECK_FALSE(read_idx(path, 0, 5));
}

TEST_CASE("idx: A file that ends too early is refused wherever that is", "[userspace][idx]") {
  Bench bench;
  const std::string whole = five();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(bench.refusal(whole.substr(0, size), 0, 5) == "it ends too early");
    CHECK(bench.refusal(gzipped(whole.substr(0, size)), 0, 5) == "it ends too early");
  }
  CHECK(bench.refusal(whole, 0, 5).empty());
}

TEST_CASE("idx: A compressed file that was cut or changed is refused", "[userspace][idx]") {
  Bench bench;
  std::string text = header({0x0803, 5, 20, 30});
  std::uint32_t state = 1;
  for (int i = 0; i < 3000; ++i)
    text += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  const std::string packed = gzipped(text);
  for (std::size_t size = 0; size < packed.size() - 8; size += 37) {
    CAPTURE(size);
    CHECK(bench.refusal(packed.substr(0, size), 0, 5) == "it ends too early");
  }
  // The gzip header is 10 bytes; a block of type 3 does not exist.
  std::string changed = packed;
  changed[10] = '\x07';
  CHECK(bench.refusal(changed, 0, 5) == "it is damaged");
  CHECK(bench.refusal(packed, 0, 5).empty());
}

TEST_CASE("idx: Other files are refused", "[userspace][idx]") {
  Bench bench;
  CHECK(bench.refusal("no such thing") == "no IDX file of bytes");
  for (const std::uint32_t magic : {0x0d03u, 0x0c01u, 0x0901u, 0x0800u, 0x0805u, 0x08ffu,
                                    0x00010803u, 0x01000803u, 0x03080000u}) {
    CAPTURE(magic);
    CHECK(bench.refusal(header({magic, 1, 1, 1, 1, 1}) + "x") == "no IDX file of bytes");
  }
  CHECK(bench.refusal_of("none") == "No such file or directory");
  CHECK(bench.refusal_of(".") == "Is a directory");
}

TEST_CASE("idx: Entries that are not there are refused with all numbers", "[userspace][idx]") {
  Bench bench;
  const std::string text = five();
  CHECK(bench.refusal(text, 5, 1) == "1 entries from 5 on are wanted, but it has 5");
  CHECK(bench.refusal(text, 3, 3) == "3 entries from 3 on are wanted, but it has 5");
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  CHECK(bench.refusal(text, kMost, 2) ==
        "2 entries from 18446744073709551615 on are wanted, but it has 5");
  CHECK(bench.refusal(text, 1, kMost) ==
        "18446744073709551615 entries from 1 on are wanted, but it has 5");
  CHECK(bench.refusal(header({0x0801, 0})) == "1 entries from 0 on are wanted, but it has 0");
}

TEST_CASE("idx: Sizes that only the header has exhaust nothing", "[userspace][idx]") {
  Bench bench;
  constexpr std::uint32_t kMost = 0xffff'ffff;
  const std::string large = "it holds more than 268435456 bytes";
  CHECK(bench.refusal(header({0x0804, kMost, kMost, kMost, kMost})) == large);
  CHECK(bench.refusal(header({0x0802, 1, (256u << 20) + 1})) == large);
  CHECK(bench.refusal(header({0x0802, kMost, 1000}), 0, 1'000'000) == large);
  // The last of four thousand million entries is far behind the end.
  CHECK(bench.refusal(header({0x0802, kMost, 1000}), kMost - 1, 1) == "it ends too early");
  // Nothing, many times.
  bench.folder.write("file", header({0x0803, kMost, 0, kMost}));
  const auto nothing = read_idx(bench.folder.path("file").string(), 7, 3);
  REQUIRE(nothing);
  CHECK(nothing->shape == Shape{3, 0, kMost});
  CHECK(nothing->bytes.empty());
}
