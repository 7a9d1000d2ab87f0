// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The command line of kestrel-copy.

#include "options.hpp"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

namespace {

std::expected<Options, std::string> parse(std::vector<std::string> words) {
  words.insert(words.begin(), "kestrel-copy");
  std::vector<char*> argv;
  for (std::string& word : words)
    argv.push_back(word.data());
  const auto argc = static_cast<int>(argv.size());
  argv.push_back(nullptr);
  return parse_options(argc, argv.data());
}

}  // namespace

TEST_CASE("options: A file and where its copy goes", "[userspace][options]") {
  const auto options = parse({"from", "to"});
  REQUIRE(options);
  CHECK(options->action == Options::Action::kCopyFile);
  CHECK(options->file == "from");
  CHECK(options->dest == "to");
  CHECK(options->repeat == 1);
  CHECK_FALSE(options->device);
}

TEST_CASE("options: Every option is read", "[userspace][options]") {
  const auto options = parse({"--random", "1048573", "--seed", "9", "--offset", "3:4097",
                              "--repeat", "2", "--device", "/dev/accel/accel1"});
  REQUIRE(options);
  CHECK(options->action == Options::Action::kCopyRandom);
  CHECK(options->random_bytes == 1048573);
  CHECK(options->seed == 9);
  CHECK(options->source_offset == 3);
  CHECK(options->destination_offset == 4097);
  CHECK(options->repeat == 2);
  CHECK(options->device == "/dev/accel/accel1");
}

TEST_CASE("options: Help wins over what else is wrong", "[userspace][options]") {
  const auto options = parse({"--help", "--random"});
  REQUIRE(options);
  CHECK(options->action == Options::Action::kShowHelp);
}

TEST_CASE("options: What is wrong is said", "[userspace][options]") {
  struct Wrong {
    std::vector<std::string> words;
    std::string text;
  };
  const Wrong wrong =
      GENERATE(Wrong{{}, "no file; see --help"}, Wrong{{"a", "b", "c"}, "'c' is too much"},
               Wrong{{"--random", "1", "a"}, "'a' is too much"},
               Wrong{{"--random", "0"}, "--random 0 is less than 1"},
               Wrong{{"--random", "-1"}, "--random wants a number, not '-1'"},
               Wrong{{"--random", "1k"}, "--random wants a number, not '1k'"},
               Wrong{{"--random"}, "--random wants a value; see --help"},
               Wrong{{"--repeat", "0", "a"}, "--repeat 0 is less than 1"},
               Wrong{{"--offset", "1", "a"}, "--offset SRC:DST wants a number, not ''"},
               Wrong{{"--offset", "1:1048577", "a"}, "--offset 1:1048577 exceeds 1048576"},
               Wrong{{"--seed", "18446744073709551616", "a"},
                     "--seed wants a number, not '18446744073709551616'"},
               Wrong{{"--loud", "a"}, "'--loud' is no option; see --help"});
  CAPTURE(wrong.words);

  const auto options = parse(wrong.words);
  REQUIRE_FALSE(options);
  CHECK(options.error() == wrong.text);
}
