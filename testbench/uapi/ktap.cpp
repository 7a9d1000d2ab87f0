// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "ktap.hpp"

#include <string.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <optional>
#include <tuple>
#include <vector>

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

std::vector<std::string> failures;       // Of the running case.
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

void run_one(const Case& one) {
  try {
    one.body();
  } catch (const EndOfCase&) {
    // What there is to say has been noted.
  } catch (const std::exception& exception) {
    fail(one.file, one.line, std::string("exception: ") + exception.what());
  }
}

// Flushed line by line: when the kernel dies, what was printed says where.
void report(std::size_t number, const Case& one) {
  for (const std::string& failure : failures)
    std::printf("# %s\n", failure.c_str());
  const char* const result = failures.empty() ? "ok" : "not ok";
  if (failures.empty() && skip_reason) {
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
  failures.push_back(std::string(base_name(file)) + ":" + std::to_string(line) + ": " + text);
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

int run(std::string_view prefix) {
  std::vector<Case> chosen = sorted_cases();
  std::erase_if(chosen,
                [&](const Case& one) { return !std::string_view(one.name).starts_with(prefix); });
  if (chosen.empty())
    return -1;

  std::printf("KTAP version 1\n1..%zu\n", chosen.size());
  int failed = 0;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    failures.clear();
    skip_reason.reset();
    run_one(chosen[i]);
    report(i + 1, chosen[i]);
    failed += failures.empty() ? 0 : 1;
  }
  return failed;
}

void list() {
  for (const Case& one : sorted_cases())
    std::printf("%s\n", one.name);
}

}  // namespace ktap
