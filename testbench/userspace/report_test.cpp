// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// What kestrel-run shows, as a table and as JSON.

#include "report.hpp"

#include <limits>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <nlohmann/json.hpp>

using namespace kestrel::run;
namespace nn = kestrel::nn;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
using nlohmann::json;

namespace {

using Bytes = std::vector<std::uint8_t>;
using Reals = std::vector<float>;

/// Two inputs and two classes.
struct Bench {
  Bench() {
    examples[0].source = "one.png";
    examples[0].index = 4;
    examples[1] = examples[0];
    examples[1].source = "two.png";
    examples[1].index = 5;
    report.model_name = "net";
    report.model_sha256 = std::string(64, 'a');
    report.device = "a device";
    report.classes = {"Coat", "Ankle boot"};
    report.examples = &examples;
    report.rows = {output_row(4, {0xff, 0x80}, Reals{0.75f, 0.25f}, false),
                   output_row(5, {1, 2}, Reals{0, 1}, false)};
  }

  /// Two layers, of which the first is a convolution, each run twice, as jobs of their own.
  void add_profile() {
    nn::Program program;
    program.layers.resize(2);
    program.layers[0].node = "conv1";
    program.layers[0].type = "Conv";
    program.layers[0].shape = "1x8x28x28";
    program.layers[0].operations = 25'600;
    program.layers[0].is_convolution = true;
    program.layers[1].node = "pool1";
    program.layers[1].type = "MaxPool";
    program.layers[1].address = 0x10'0000;  // Not behind the first.
    report.profile.emplace(program, ArraySize{.clock_mhz = 1000, .cells = 256});
    kestrel_counters counts{};
    counts.busy_ns = 1000;
    counts.compute_busy = 250;
    counts.read_bytes = 11;
    counts.write_bytes = 22;
    counts.load_token = 33;
    counts.compute_token = 44;
    counts.store_token = 55;
    counts.translation = 66;
    for (int run = 0; run < 2; ++run)
      report.profile->add(std::vector{counts, counts});
  }

  std::vector<Example> examples{2};
  Report report;
};

}  // namespace

TEST_CASE("report: An input is a line, with its file", "[userspace][report]") {
  const Bench bench;
  CHECK(as_table(bench.report) ==
        "net on a device\n"
        " input  class           score\n"
        "     4  Coat           0.7500  one.png\n"
        "     5  Ankle boot     1.0000  two.png\n");
}

TEST_CASE("report: With labels it says what is right", "[userspace][report]") {
  Bench bench;
  bench.examples[0].label = 0;
  bench.examples[1].label = 0;
  const std::string table = as_table(bench.report);
  CHECK_THAT(table, ContainsSubstring("     4  Coat           0.7500  right\n"
                                      "     5  Ankle boot     1.0000  WRONG, is Coat\n"
                                      "1 of 2 right\n"));
  // A label that is none of the classes is wrong, too.
  bench.examples[1].label = 200;
  CHECK_THAT(as_table(bench.report), ContainsSubstring("WRONG, is 200\n1 of 2 right\n"));
}

TEST_CASE("report: Layers are lines of what one input cost", "[userspace][report]") {
  Bench bench;
  bench.add_profile();
  const std::string table = as_table(bench.report);
  CHECK_THAT(table, ContainsSubstring("\nlayer         operator                 cycles   busy%"));
  CHECK_THAT(table, ContainsSubstring(
                        "\nconv1         Conv                       1000    25.0    10.0         11"
                        "         22       33       44       55       66\n"
                        "pool1         MaxPool                    1000    25.0     0.0         11"
                        "         22       33       44       55       66\n"
                        "convolutions                             1000    25.0    10.0         11"
                        "         22       33       44       55       66\n"
                        "all                                      2000    25.0     5.0         22"
                        "         44       66       88      110      132\n"));
}

TEST_CASE("report: Without convolutions there is no line of them", "[userspace][report]") {
  Bench bench;
  nn::Program program;
  program.layers.resize(1);
  program.layers[0].node = "dense";
  bench.report.profile.emplace(program, ArraySize{.clock_mhz = 1000, .cells = 256});
  const std::string table = as_table(bench.report);
  CHECK_THAT(table, !ContainsSubstring("convolutions"));
  // Nothing ran, and nothing is divided by it.
  CHECK_THAT(table, !ContainsSubstring("nan") && ContainsSubstring("\nall "));
}

TEST_CASE("report: A comparison is the last line", "[userspace][report]") {
  Bench bench;
  bench.report.comparison = {.file = "net.npy", .compared = 2, .equal = 1, .first_difference = "x"};
  CHECK_THAT(as_table(bench.report), EndsWith("\n1 of 2 outputs equal those of net.npy\n"));
}

TEST_CASE("report: Names from files neither break lines nor steer a terminal",
          "[userspace][report]") {
  Bench bench;
  bench.add_profile();
  const std::string evil = "\x1b[2Jx\ny";
  bench.report.model_name = evil;
  bench.report.classes = {evil, evil};
  bench.examples[0].source = evil;
  bench.examples[1].label = 0;
  nn::Program program;
  program.layers.resize(1);
  program.layers[0].node = program.layers[0].type = evil;
  bench.report.profile.emplace(program, ArraySize{.clock_mhz = 1, .cells = 1});
  bench.report.comparison = {.file = evil, .compared = 1, .equal = 1, .first_difference = ""};
  const std::string table = as_table(bench.report);
  CHECK_THAT(table, StartsWith("?[2Jx?y on a device\n"));
  CHECK_THAT(table, !ContainsSubstring("\x1b") && !ContainsSubstring("x\ny"));
  CHECK_THAT(table, EndsWith("1 of 1 outputs equal those of ?[2Jx?y\n"));
}

TEST_CASE("report: JSON holds everything", "[userspace][report]") {
  Bench bench;
  bench.add_profile();
  bench.examples[0].label = 1;
  bench.examples[1].is_shown = true;
  bench.examples[1].bytes = {0, 1, 2, 255};
  bench.report.comparison = {.file = "net.npy", .compared = 2, .equal = 1, .first_difference = "x"};
  const std::string text = as_json(bench.report);
  CHECK(text.find('\n') == text.size() - 1);
  const auto document = json::parse(text);
  CHECK(document["model"] == json{{"name", "net"}, {"sha256", std::string(64, 'a')}});
  CHECK(document["device"] == "a device");
  CHECK(document["classes"] == json{"Coat", "Ankle boot"});
  CHECK(document["pictures"] == json::array({{{"index", 4},
                                              {"source", "one.png"},
                                              {"label", 1},
                                              {"predicted", 0},
                                              {"scores", {0.75, 0.25}},
                                              {"logits", {-1, -128}}},
                                             {{"index", 5},
                                              {"source", "two.png"},
                                              {"predicted", 1},
                                              {"scores", {0, 1}},
                                              {"logits", {1, 2}},
                                              {"pixels", "AAEC/w=="}}}));
  REQUIRE(document["layers"].size() == 2);
  CHECK(document["layers"][0] == json{{"name", "conv1"},
                                      {"operator", "Conv"},
                                      {"shape", "1x8x28x28"},
                                      {"convolution", true},
                                      {"cycles", 2000},
                                      {"compute_busy", 500},
                                      {"operations", 51'200},
                                      {"utilisation", 0.1},
                                      {"read_bytes", 22},
                                      {"write_bytes", 44},
                                      {"stalls",
                                       {{"load_token", 66},
                                        {"compute_token", 88},
                                        {"store_token", 110},
                                        {"translation", 132}}}});
  CHECK(document["convolution_utilisation"] == 0.1);
  CHECK(document["expected"] == json{{"file", "net.npy"}, {"compared", 2}, {"equal", 1}});
}

TEST_CASE("report: JSON without profile and comparison has neither", "[userspace][report]") {
  const Bench bench;
  const auto document = json::parse(as_json(bench.report));
  CHECK(document["layers"] == json::array());
  CHECK_FALSE(document.contains("convolution_utilisation"));
  CHECK_FALSE(document.contains("expected"));
}

TEST_CASE("report: Raw numbers have the sign of their type", "[userspace][report]") {
  Bench bench;
  bench.report.is_unsigned = true;
  CHECK(json::parse(as_json(bench.report))["pictures"][0]["logits"] == json{255, 128});
}

TEST_CASE("report: Whatever names hold, and scores are, it is JSON in ASCII",
          "[userspace][report]") {
  Bench bench;
  bench.report.classes = {"caf\xc3\xa9", "\xff\xfe\n\"\\"};
  bench.examples[0].source = std::string("\0\x1b", 2);
  bench.report.rows[0].scores = {std::numeric_limits<float>::quiet_NaN(),
                                 std::numeric_limits<float>::infinity()};
  const std::string text = as_json(bench.report);
  for (const char character : text)
    CHECK((character == '\n' || (character >= ' ' && character < 0x7f)));
  const auto document = json::parse(text);
  CHECK(document["classes"][0] == "caf\xc3\xa9");
  CHECK(document["pictures"][0]["source"] == std::string("\0\x1b", 2));
}

TEST_CASE("report: Base64 of every remainder", "[userspace][report]") {
  // RFC 4648, clause 10.
  const auto encoded = [](const std::string& text) {
    return base64(Bytes(text.begin(), text.end()));
  };
  CHECK(encoded("").empty());
  CHECK(encoded("f") == "Zg==");
  CHECK(encoded("fo") == "Zm8=");
  CHECK(encoded("foo") == "Zm9v");
  CHECK(encoded("foob") == "Zm9vYg==");
  CHECK(encoded("fooba") == "Zm9vYmE=");
  CHECK(encoded("foobar") == "Zm9vYmFy");
  CHECK(base64({0xfb, 0xff, 0xfe}) == "+//+");
}
