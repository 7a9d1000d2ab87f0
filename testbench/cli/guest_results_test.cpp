// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "guest_results.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

namespace presil::cli {
namespace {

TEST_CASE("output and exit record are told apart, however the stream is cut", "[cli][results]") {
  const std::string stream = "one\ntwo without end\x1epresil-exit: 42\n";
  const auto size = GENERATE(1u, 2u, 3u, 7u, 16u, 1000u);
  CAPTURE(size);
  GuestResults results;
  std::string output;
  for (std::size_t at = 0; at < stream.size(); at += size) {
    output += results.add(std::string_view(stream).substr(at, size));
    CHECK(results.exit_status().has_value() == (at + size >= stream.size()));
  }
  CHECK(output == "one\ntwo without end");
  CHECK(results.rest().empty());
  CHECK(results.exit_status() == 42);
}

TEST_CASE("output that looks like the record is output", "[cli][results]") {
  GuestResults results;
  const std::string fake = "\x1epresil-exit: 1\nmore\x1epresil-\x1e";
  std::string output = results.add(fake);
  output += results.add("\x1epresil-exit: 0\n");
  CHECK(output == fake);
  CHECK(results.exit_status() == 0);
}

TEST_CASE("output is not held back without need", "[cli][results]") {
  GuestResults results;
  CHECK(results.add("progress 10%") == "progress 10%");
  CHECK(results.add("\x1e") == "");
  CHECK(results.add("no record") == "\x1eno record");
}

TEST_CASE("a stream without record has no status, and loses nothing", "[cli][results]") {
  GuestResults results;
  CHECK(results.add("text\x1epresil-exit: 3") == "text");
  CHECK_FALSE(results.exit_status());
  CHECK(results.rest() == "\x1epresil-exit: 3");
}

}  // namespace
}  // namespace presil::cli
