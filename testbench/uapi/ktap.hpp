// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// A test framework small enough for a guest: cases register themselves, results are KTAP.
///
/// Source: Documentation/dev-tools/ktap.rst of the kernel.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace ktap {

using Body = void (*)();

/// Registers a case; use TEST().
struct Registration {
  Registration(const char* name, Body body, const char* file, int line);
};

/// Notes a failure of the running case, which goes on.
void fail(const char* file, int line, const std::string& text);

/// Notes what another process of the case found, as it said it there.
void note(const std::string& failure);

/// What has been noted so far in the running case.
const std::vector<std::string>& failures();

/// Forgets it: for a process that was forked from a case, and has notes of its own.
void clear_failures();

/// Thrown to end the running case.
struct EndOfCase {};

/// Ends the running case as skipped.
[[noreturn]] void skip(const std::string& reason);

/// Runs the body of a case or of a part of it; an exception that leaves it becomes a failure.
template <typename Function>
void run_body(const Function& body, const char* file, int line) {
  try {
    body();
  } catch (const EndOfCase&) {
    // What there is to say has been noted.
  } catch (const std::exception& exception) {
    fail(file, line, std::string("exception: ") + exception.what());
  }
}

/// Which cases run, and how.
struct Choice {
  std::string_view prefix;         ///< of their names
  std::vector<std::string> skips;  ///< names of cases that are reported as skipped, not run
  std::uint64_t seed = 0;          ///< not 0: of the order of the cases, and of yields in them
};

/// Runs the chosen cases, in the order of file names and lines unless there is a seed.
/// \returns the number of cases that failed, or -1 if no case has such a name
int run(const Choice& choice);

/// Prints the names of all cases.
void list();

/// Text of a number in a message; errnos appear by name.
std::string show(long long value);
std::string show(unsigned long long value);

template <typename A, typename B>
bool check_equal(const A& actual, const B& expected, const char* expression, const char* file,
                 int line) {
  if (actual == expected)
    return true;
  using Wide = std::conditional_t<std::is_signed_v<A>, long long, unsigned long long>;
  fail(file, line,
       std::string(expression) + " is " + show(static_cast<Wide>(actual)) + ", not " +
           show(static_cast<Wide>(expected)));
  return false;
}

}  // namespace ktap

#define KTAP_JOIN2(a, b) a##b
#define KTAP_JOIN(a, b) KTAP_JOIN2(a, b)

/// Defines a case: TEST("submit: a flag that is not zero is EINVAL") { ... }
#define TEST(name) KTAP_TEST(name, KTAP_JOIN(ktap_case_, __LINE__))
#define KTAP_TEST(name, body)                                                                   \
  static void body();                                                                           \
  static const ktap::Registration KTAP_JOIN(body, _registered)(name, body, __FILE__, __LINE__); \
  static void body()

/// Checks, and goes on.
#define CHECK(condition)                                           \
  do {                                                             \
    if (!(condition))                                              \
      ktap::fail(__FILE__, __LINE__, #condition " does not hold"); \
  } while (false)
#define CHECK_EQ(actual, expected) \
  static_cast<void>(ktap::check_equal((actual), (expected), #actual, __FILE__, __LINE__))

/// Checks, and ends the case if it does not hold.
#define REQUIRE_EQ(actual, expected)                                           \
  do {                                                                         \
    if (!ktap::check_equal((actual), (expected), #actual, __FILE__, __LINE__)) \
      throw ktap::EndOfCase();                                                 \
  } while (false)
#define REQUIRE(condition)                                         \
  do {                                                             \
    if (!(condition)) {                                            \
      ktap::fail(__FILE__, __LINE__, #condition " does not hold"); \
      throw ktap::EndOfCase();                                     \
    }                                                              \
  } while (false)
