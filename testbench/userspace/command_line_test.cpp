// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// What command lines have in common: numbers, durations, and the walk through the options.

#include "command_line.hpp"

#include <array>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

namespace {

struct Parsed {
  std::string seen;
  std::vector<std::string> rest;
  std::string error;
};

Parsed parse(std::vector<std::string> words) {
  static constexpr auto kOptions = std::to_array<option>({{"all", no_argument, nullptr, 'a'},
                                                          {"name", required_argument, nullptr, 'n'},
                                                          {"stop", no_argument, nullptr, 's'},
                                                          {nullptr, 0, nullptr, 0}});
  words.insert(words.begin(), "tool");
  std::vector<char*> argv;
  for (std::string& word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);

  Parsed parsed;
  const auto rest =
      parse_command_line(static_cast<int>(words.size()), argv.data(), ":an:s", kOptions.data(),
                         [&](int found, std::string_view text) -> std::expected<bool, std::string> {
                           if (text == "wrong")
                             return std::unexpected("that is wrong");
                           parsed.seen += static_cast<char>(found) + std::string(text);
                           return found != 's';
                         });
  if (rest) {
    parsed.rest.assign(rest->begin(), rest->end());
  } else {
    parsed.error = rest.error();
  }
  return parsed;
}

}  // namespace

TEST_CASE("command line: Options long and short, and what follows", "[userspace][command-line]") {
  const Parsed parsed = parse({"-a", "--name", "x", "file", "-ny", "other"});
  CHECK(parsed.seen == "anxny");
  CHECK(parsed.rest == std::vector<std::string>{"file", "other"});
  CHECK(parse({"--", "-a"}).rest == std::vector<std::string>{"-a"});
}

TEST_CASE("command line: An option can end it", "[userspace][command-line]") {
  const Parsed parsed = parse({"-s", "--unknown", "file"});
  CHECK(parsed.seen == "s");
  CHECK(parsed.rest.empty());
  CHECK(parsed.error.empty());
}

TEST_CASE("command line: What is wrong is said", "[userspace][command-line]") {
  CHECK(parse({"--name"}).error == "--name wants a value; see --help");
  CHECK(parse({"-an"}).error == "-n wants a value; see --help");
  CHECK(parse({"file", "--loud", "more"}).error == "'--loud' is no option; see --help");
  CHECK(parse({"--loud=2"}).error == "'--loud=2' is no option; see --help");
  CHECK(parse({"--all", "-xa"}).error == "'-x' is no option; see --help");
  CHECK(parse({"--all=2"}).error == "'--all=2': --all takes no value; see --help");
  CHECK(parse({"-n", "wrong"}).error == "that is wrong");
}

TEST_CASE("command line: Numbers are decimal, and nothing else", "[userspace][command-line]") {
  CHECK(parse_number("--n", "0") == 0);
  CHECK(parse_number("--n", "18446744073709551615") == ~0ull);
  const auto* const wrong =
      GENERATE("", "-1", "+1", " 1", "1 ", "0x1", "1k", "18446744073709551616");
  CAPTURE(wrong);
  CHECK(parse_number("--n", wrong).error() ==
        "--n wants a number, not '" + std::string(wrong) + "'");

  std::uint64_t value = 7;
  CHECK(parse_count("--n", "2", 3, value).error() == "--n 2 is less than 3");
  CHECK(value == 7);
  CHECK(parse_count("--n", "3", 3, value));
  CHECK(value == 3);
}

TEST_CASE("command line: Seconds become nanoseconds", "[userspace][command-line]") {
  CHECK(parse_seconds("--t", "2") == 2'000'000'000);
  CHECK(parse_seconds("--t", "0.25") == 250'000'000);
  CHECK(parse_seconds("--t", "1.000000001") == 1'000'000'001);
  CHECK(parse_seconds("--t", "9223372035") == 9'223'372'035'000'000'000);
  const auto* const wrong =
      GENERATE("", ".", "1.", ".5", "-1", "1.0000000001", "1e3", "1.-5", "9223372036");
  CAPTURE(wrong);
  CHECK(parse_seconds("--t", wrong).error() ==
        "--t wants seconds, not '" + std::string(wrong) + "'");
}
