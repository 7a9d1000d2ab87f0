// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "test_command.hpp"

#include <algorithm>
#include <format>
#include <regex>
#include <thread>

#include "builder.hpp"
#include "child.hpp"
#include "error.hpp"

namespace presil::cli {
namespace {

/// Labels of tests that take long, or what the environment does not hold.
constexpr const char* kOnlyWhenNamed[] = {"long", "debug-kernel", "browser"};

bool names(const std::string& expression, const char* label) {
  if (expression.empty()) {
    return false;
  }
  try {
    return std::regex_search(label, std::regex(expression));
  } catch (const std::regex_error&) {
    throw Error(std::format("--label: \"{}\" is not a regular expression", expression));
  }
}

}  // namespace

std::vector<std::string> ctest_arguments(const Checkout& checkout, const TestOptions& options,
                                         unsigned jobs) {
  std::vector<std::string> arguments = {"ctest",
                                        "--test-dir",
                                        checkout.build.string(),
                                        "--output-on-failure",
                                        "--no-tests=error",
                                        "--output-junit",
                                        (checkout.build / "tests.xml").string(),
                                        "-j",
                                        std::to_string(jobs)};
  std::string excluded;
  for (const auto* label : kOnlyWhenNamed) {
    if (!names(options.label, label)) {
      excluded += std::format("{}^{}$", excluded.empty() ? "" : "|", label);
    }
  }
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) {
      arguments.insert(arguments.end(), {name, value});
    }
  };
  add("-LE", excluded);
  add("-L", options.label);
  add("-R", options.name);
  return arguments;
}

int test_command(const Checkout& checkout, const TestOptions& options, ProgressLine& progress) {
  const auto jobs = std::max(1u, std::thread::hardware_concurrency());
  const auto arguments = ctest_arguments(checkout, options, jobs);
  Builder(checkout, progress).build({});
  ChildStreams streams;
  streams.terminal = true;  // Ctrl-C reaches CTest, which ends its tests and says which ran.
  streams.death_signal = SIGTERM;
  return Child::start(arguments, streams).wait().status;
}

}  // namespace presil::cli
