// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "nn/cache.hpp"

#include <fstream>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "nn/program_bytes.hpp"
#include "testbench/support/temporary_folder.hpp"
#include "testbench/userspace/nn/onnx_builder.hpp"

namespace kestrel::nn {
namespace {

std::string model(std::int64_t kernel = 2) {
  OnnxBuilder builder;
  builder.input("x", {1, 5, 4, 4}).output("y");
  OnnxBuilder::attribute(builder.node("MaxPool", {"x"}, "y"), "kernel_shape", {kernel, kernel});
  return builder.bytes();
}

std::span<const std::byte> bytes(const std::string& text) {
  return std::as_bytes(std::span(text));
}

struct Cache {
  presil::testbench::TemporaryFolder folder;
  ProgramCache cache{folder.path() / "new" / "cache"};
  std::string file = model();
  std::string key = program_key(bytes(file), {}, {});

  Result<PreparedProgram> prepare() const { return nn::prepare(bytes(file), {}, {}, &cache); }
};

TEST_CASE("the second time a model is not compiled", "[userspace][nn]") {
  const Cache one;
  const auto first = one.prepare();
  REQUIRE(first);
  CHECK_FALSE(first->was_cached);
  CHECK_FALSE(first->not_stored);
  const auto second = one.prepare();
  REQUIRE(second);
  CHECK(second->was_cached);
  CHECK(to_bytes(second->program) == to_bytes(first->program));
  // Nothing is left beside the file.
  const std::filesystem::directory_iterator files(one.folder.path() / "new" / "cache");
  CHECK(std::distance(begin(files), end(files)) == 1);
}

TEST_CASE("every input of compiling is in the key", "[userspace][nn]") {
  const std::string file = model(), other = model(3);
  const std::string key = program_key(bytes(file), {}, {});
  CHECK(key.size() == 64);
  CHECK(program_key(bytes(file), {}, {}) == key);
  CHECK(program_key(bytes(other), {}, {}) != key);
  CHECK(program_key(bytes(file), {.batch = 1}, {}) != key);
  CHECK(program_key(bytes(file), {}, {.device = {}, .base_address = 0}) != key);
  for (std::int64_t Device::* member :
       {&Device::scratchpad_bytes, &Device::accumulator_rows, &Device::bank_bytes,
        &Device::array_rows, &Device::array_columns}) {
    CompileOptions options;
    options.device.*member += 1;
    CHECK(program_key(bytes(file), {}, options) != key);
  }
}

TEST_CASE("a damaged file is compiled again, and replaced", "[userspace][nn]") {
  const Cache one;
  REQUIRE(one.prepare());
  const auto path = one.cache.path(one.key);
  std::string whole;
  {
    std::ifstream file(path, std::ios::binary);
    whole.assign(std::istreambuf_iterator<char>(file), {});
  }
  const auto put = [&](const std::string& contents) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << contents;
  };
  for (std::size_t at = 0; at < whole.size(); at += 7) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    put(damaged);
    REQUIRE_FALSE(one.cache.find(one.key));
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{20}, whole.size() - 1}) {
    put(whole.substr(0, size));
    REQUIRE_FALSE(one.cache.find(one.key));
  }
  const auto again = one.prepare();
  REQUIRE(again);
  CHECK_FALSE(again->was_cached);
  CHECK(one.prepare()->was_cached);
}

TEST_CASE("a file under another model's name is not taken", "[userspace][nn]") {
  const Cache one;
  REQUIRE(one.prepare());
  const std::string other = program_key(bytes(model(3)), {}, {});
  std::filesystem::copy(one.cache.path(one.key), one.cache.path(other));
  CHECK_FALSE(one.cache.find(other));
}

TEST_CASE("a cache that cannot be written to is no reason to fail", "[userspace][nn]") {
  const presil::testbench::TemporaryFolder folder;
  const auto file = folder.path() / "file";
  std::ofstream(file) << "in the way";
  const ProgramCache cache(file / "cache");
  const std::string one = model();
  const auto prepared = prepare(bytes(one), {}, {}, &cache);
  REQUIRE(prepared);
  REQUIRE(prepared->not_stored);
  CHECK(prepared->not_stored->text ==
        "cannot make folder " + (file / "cache").string() + ": Not a directory");
}

TEST_CASE("without a cache, or with a model that is refused", "[userspace][nn]") {
  const std::string one = model();
  CHECK(prepare(bytes(one), {}, {}, nullptr));
  CHECK(prepare(bytes(one.substr(0, 9)), {}, {}, nullptr).error().text ==
        "the model is no ONNX file, or damaged");
}

}  // namespace
}  // namespace kestrel::nn
