// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// kestrel-run's command line: what it means, and what is wrong with it.

#include "run_options.hpp"

#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using kestrel::run::parse_run_options;
using kestrel::run::RunOptions;

namespace {

std::expected<RunOptions, std::string> parse(std::vector<std::string> words) {
  words.insert(words.begin(), "kestrel-run");
  std::vector<char*> argv;
  for (std::string& word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  return parse_run_options(static_cast<int>(words.size()), argv.data());
}

}  // namespace

TEST_CASE("run options: A model and inputs", "[userspace][run-options]") {
  const auto options = parse({"model", "one", "two"});
  REQUIRE(options);
  CHECK(options->model == "model");
  CHECK(options->inputs == std::vector<std::string>{"one", "two"});
  CHECK(options->first == 0);
  CHECK(options->count == 1);
  for (const auto* none : {&options->device, &options->images, &options->labels, &options->classes,
                           &options->output, &options->expected, &options->cache}) {
    CHECK_FALSE(*none);
  }
  CHECK_FALSE(options->wants_profile);
  CHECK_FALSE(options->wants_json);
  CHECK_FALSE(options->wants_help);
}

TEST_CASE("run options: Every option, long and short", "[userspace][run-options]") {
  const auto options =
      GENERATE(std::vector<std::string>{"--images", "i",  "--labels",  "l", "--first",   "4",
                                        "--count",  "16", "--classes", "c", "--profile", "--json",
                                        "--output", "o",  "--expect",  "e", "--cache",   "C",
                                        "--device", "d",  "model"},
               std::vector<std::string>{"model", "-Ii", "-Ll", "-f4", "-n", "16", "-cc", "-pj",
                                        "-oo", "-ee", "-CC", "-d", "d"});
  const auto parsed = parse(options);
  REQUIRE(parsed);
  CHECK(parsed->model == "model");
  CHECK(parsed->inputs.empty());
  CHECK(parsed->images == "i");
  CHECK(parsed->labels == "l");
  CHECK(parsed->first == 4);
  CHECK(parsed->count == 16);
  CHECK(parsed->classes == "c");
  CHECK(parsed->output == "o");
  CHECK(parsed->expected == "e");
  CHECK(parsed->cache == "C");
  CHECK(parsed->device == "d");
  CHECK(parsed->wants_profile);
  CHECK(parsed->wants_json);
}

TEST_CASE("run options: Help wins over what is wrong behind it", "[userspace][run-options]") {
  CHECK(parse({"-h", "--loud"})->wants_help);
  CHECK(parse({"--help"})->wants_help);
  CHECK_FALSE(parse({"--loud", "-h"}));
}

TEST_CASE("run options: What is wrong is said", "[userspace][run-options]") {
  struct Wrong {
    std::vector<std::string> words;
    std::string text;
  };
  const std::string with_images = "--labels, --first and --count go with --images";
  const Wrong wrong = GENERATE_COPY(
      Wrong{{}, "no model; see --help"}, Wrong{{"--json"}, "no model; see --help"},
      Wrong{{"model"}, "no input; see --help"},
      Wrong{{"model", "--images", "i", "one"}, "'one' is too much beside --images"},
      Wrong{{"model", "one", "--labels", "l"}, with_images},
      Wrong{{"model", "one", "--first", "1"}, with_images},
      Wrong{{"model", "one", "--count", "2"}, with_images},
      Wrong{{"--first", "-1"}, "--first wants a number, not '-1'"},
      Wrong{{"--first", "1e3"}, "--first wants a number, not '1e3'"},
      Wrong{{"--count", "0"}, "--count 0 is less than 1"},
      Wrong{{"--count", "many"}, "--count wants a number, not 'many'"},
      Wrong{{"--images", "i", "model", "--count", "1000001"}, "--count 1000001 exceeds 1000000"},
      Wrong{{"--images"}, "--images wants a value; see --help"},
      Wrong{{"model", "one", "-o"}, "-o wants a value; see --help"},
      Wrong{{"--loud", "model", "one"}, "'--loud' is no option; see --help"},
      Wrong{{"--json=1", "model", "one"}, "'--json=1': --json takes no value; see --help"});
  CAPTURE(wrong.words);
  const auto options = parse(wrong.words);
  REQUIRE_FALSE(options);
  CHECK(options.error() == wrong.text);
}

TEST_CASE("run options: The last data set may have any number", "[userspace][run-options]") {
  const auto options = parse({"-Ii", "model", "-n1000000", "--first", "18446744073709551615"});
  REQUIRE(options);
  CHECK(options->first == 18'446'744'073'709'551'615u);
  CHECK(options->count == 1'000'000);
}

TEST_CASE("run options: The help names every option, in lines of a terminal",
          "[userspace][run-options]") {
  const std::string help = kestrel::run::kRunHelp;
  for (const auto* word : {"-I, --images ", "-L, --labels ", "-f, --first ", "-n, --count ",
                           "-c, --classes ", "-p, --profile ", "-j, --json ", "-o, --output ",
                           "-e, --expect ", "-C, --cache ", "-d, --device ", "-h, --help "}) {
    CAPTURE(word);
    CHECK(help.find(word) != std::string::npos);
  }
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK(line.size() <= 96);
  }
}
