// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "ktap.hpp"

#include <string.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <optional>
#include <tuple>
#include <utility>

#include "random.hpp"

namespace ktap {
namespace {

struct Case {
  const char* name;
  Body body;
  const char* file;
  int line;
};

std::vector<Case>& cases() {
  static std::vector<Case> all;
  return all;
}

std::vector<std::string> noted;          // Of the running case.
std::optional<std::string> skip_reason;  // Of the running case.

const char* base_name(const char* path) {
  const char* const slash = std::strrchr(path, '/');
  return slash != nullptr ? slash + 1 : path;
}

std::vector<Case> sorted_cases() {
  std::vector<Case> sorted = cases();
  std::ranges::sort(sorted, {}, [](const Case& one) {
    return std::tuple(std::string_view(base_name(one.file)), one.line);
  });
  return sorted;
}

std::vector<Case> chosen_cases(const Choice& choice) {
  std::vector<Case> chosen = sorted_cases();
  std::erase_if(chosen, [&](const Case& one) {
    return !std::string_view(one.name).starts_with(choice.prefix);
  });
  Random random(choice.seed);
  for (std::size_t left = chosen.size(); choice.seed != 0 && left > 1; --left)
    std::swap(chosen[left - 1], chosen[static_cast<std::size_t>(random.below(left))]);
  return chosen;
}

// Flushed line by line: when the kernel dies, what was printed says where.
void report(std::size_t number, const Case& one) {
  for (const std::string& failure : noted)
    std::printf("# %s\n", failure.c_str());
  const char* const result = noted.empty() ? "ok" : "not ok";
  if (noted.empty() && skip_reason) {
    std::printf("%s %zu %s # SKIP %s\n", result, number, one.name, skip_reason->c_str());
  } else {
    std::printf("%s %zu %s\n", result, number, one.name);
  }
  std::fflush(stdout);
}

}  // namespace

Registration::Registration(const char* name, Body body, const char* file, int line) {
  cases().push_back({name, body, file, line});
}

void fail(const char* file, int line, const std::string& text) {
  noted.push_back(std::string(base_name(file)) + ":" + std::to_string(line) + ": " + text);
}

void note(const std::string& failure) {
  noted.push_back(failure);
}

const std::vector<std::string>& failures() {
  return noted;
}

void clear_failures() {
  noted.clear();
}

void skip(const std::string& reason) {
  skip_reason = reason;
  throw EndOfCase();
}

std::string show(long long value) {
  const char* const name = value < 0 ? strerrorname_np(static_cast<int>(-value)) : nullptr;
  return name != nullptr ? std::string("-") + name : std::to_string(value);
}

std::string show(unsigned long long value) {
  return std::to_string(value);
}

int run(const Choice& choice) {
  const std::vector<Case> chosen = chosen_cases(choice);
  if (chosen.empty())
    return -1;

  std::printf("KTAP version 1\n1..%zu\n", chosen.size());
  std::fflush(stdout);
  int failed = 0;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const Case& one = chosen[i];
    noted.clear();
    skip_reason.reset();
    if (std::ranges::find(choice.skips, one.name) != choice.skips.end()) {
      skip_reason = "listed";
    } else {
      // Of the case itself, so that it yields alike when it runs alone.
      set_yields(choice.seed == 0 ? 0 : choice.seed + static_cast<std::uint64_t>(one.line));
      run_body(one.body, one.file, one.line);
    }
    report(i + 1, one);
    failed += noted.empty() ? 0 : 1;
  }
  return failed;
}

void list() {
  for (const Case& one : sorted_cases())
    std::printf("%s\n", one.name);
}

}  // namespace ktap
