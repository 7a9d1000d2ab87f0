// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// FuzzCalls: random calls, half of them right but for a few members.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "fuzz_target.hpp"

/// How often each call ended how.
class FuzzTally {
 public:
  void count(const std::string& call, int result) { ++counts_[call][result]; }
  void add(const FuzzTally& other);

  /// One line a call: its name, and how often each result came.
  void print() const;
  /// Results that no call documents. \returns their number; prints each
  int print_undocumented() const;

 private:
  std::map<std::string, std::map<int, std::uint64_t>> counts_;
};

/// One thread's calls.
class FuzzCalls {
 public:
  FuzzCalls(std::span<FuzzFile> files, std::uint64_t seed) : files_(files), random_(seed) {}

  /// Makes one call, whatever it is.
  void step();
  const FuzzTally& tally() const { return tally_; }

 private:
  void query();
  void buffer();
  void vm();
  void bind();
  void queue();
  void submit();
  void counters();
  void syncobj();
  void prime();
  void map_memory();
  void nonsense();

  int call(const char* name, unsigned long request, void* argument);
  /// Half of the time with spoilt arguments, whose answer then goes to nobody's memory.
  template <typename T>
  int call_spoilt(const char* name, unsigned long request, T& args);
  template <typename T>
  void spoil_array(T& array, std::span<std::uint8_t> elements);

  std::span<FuzzFile> files_;
  FuzzFile* file_ = nullptr;  ///< of the running step
  Random random_;
  FuzzTally tally_;
};
