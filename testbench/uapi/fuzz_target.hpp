// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// What the fuzzer's threads share: open files, and what they have in them.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "random.hpp"

/// Numbers that calls have given out, one kind of them. Several threads put some in and take some
/// out as they like; a number may be stale, which is as good.
class Numbers {
 public:
  /// One of them; 0 if there is none.
  std::uint32_t any(Random& random) const;
  /// Puts one in. \returns the one that it replaces, or 0
  std::uint32_t put(Random& random, std::uint32_t number);
  /// Takes one out that means nothing any more.
  void drop(std::uint32_t number);
  void clear();

 private:
  std::array<std::atomic<std::uint32_t>, 8> numbers_{};
};

/// An open file of the device, which a thread may close and open while others use it.
class FuzzFile {
 public:
  FuzzFile();
  FuzzFile(const FuzzFile&) = delete;
  FuzzFile& operator=(const FuzzFile&) = delete;
  ~FuzzFile();

  int fd() const { return fd_; }
  /// Closes it with all that is in it, and opens a new one.
  void reopen();

  Numbers handles, vms, queues, syncobjs;
  /// Where VMs of this file map something.
  static constexpr std::uint64_t kVa = 0x4000'0000;

 private:
  std::atomic<int> fd_;
};
