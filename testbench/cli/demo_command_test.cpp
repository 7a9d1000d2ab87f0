// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "demo_command.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "error.hpp"
#include "temporary_folder.hpp"

namespace presil::cli {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;
using testbench::TemporaryFolder;

struct Bench {
  Bench() {
    checkout.source = folder.path();
    accelerator.name = "one";
    accelerator.demo_command = "one-run --count {count} net";
  }

  TemporaryFolder folder;
  Checkout checkout;
  Accelerator accelerator;
};

TEST_CASE("a demonstration goes through sixteen, or as many as are wanted", "[cli][demo]") {
  Bench bench;
  const auto command = [&](const DemoOptions& demo) {
    return demo_run(bench.checkout, bench.accelerator, {}, demo).command;
  };
  CHECK(command({}) == std::vector<std::string>{"one-run --count 16 net"});
  CHECK(command({.count = 200}) == std::vector<std::string>{"one-run --count 200 net"});
}

TEST_CASE("a demonstration without anything to count says so", "[cli][demo]") {
  Bench bench;
  bench.accelerator.demo_command = "one-copy";
  CHECK(demo_run(bench.checkout, bench.accelerator, {}, {}).command ==
        std::vector<std::string>{"one-copy"});
  CHECK_THROWS_MATCHES(
      demo_run(bench.checkout, bench.accelerator, {}, {.count = 3}), Error,
      MessageMatches(ContainsSubstring("--count: nothing is counted in one's demonstration")));
  bench.accelerator.demo_command.clear();
  CHECK_THROWS_MATCHES(demo_run(bench.checkout, bench.accelerator, {}, {}), Error,
                       MessageMatches(ContainsSubstring("no [demo] command")));
}

TEST_CASE("a demonstration brings its files, and those that were asked for", "[cli][demo]") {
  Bench bench;
  bench.folder.write("nets/net.onnx", "net");
  const auto outside = bench.folder.write("outside", "data").string();
  bench.accelerator.demo_files = {"nets/net.onnx", outside + ":root/inside"};
  RunOptions options;
  options.files = {"mine"};
  CHECK(demo_run(bench.checkout, bench.accelerator, options, {}).files ==
        std::vector<std::string>{(bench.folder.path() / "nets/net.onnx").string(),
                                 outside + ":root/inside", "mine"});
  bench.accelerator.demo_files.push_back("nets/none.onnx");
  CHECK_THROWS_MATCHES(demo_run(bench.checkout, bench.accelerator, options, {}), Error,
                       MessageMatches(ContainsSubstring("one's demonstration needs ") &&
                                      ContainsSubstring("nets/none.onnx, which is not there")));
}

TEST_CASE("the document is found among what else was printed", "[cli][demo]") {
  CHECK(demo_document("{\"a\": 1}\n") == "{\"a\": 1}");
  CHECK(demo_document("a warning\n3\n{\"a\": {}}\nan error\n") == "{\"a\": {}}");
  CHECK_FALSE(demo_document(""));
  CHECK_FALSE(demo_document("{\"a\": \n"));
  CHECK_FALSE(demo_document("[1]\nno such device\n"));
}

}  // namespace
}  // namespace presil::cli
