// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "fuzz_target.hpp"

#include <unistd.h>

#include "raw_device.hpp"

namespace {

/// \returns a descriptor of its own
int open_device() {
  const RawDevice device;
  return dup(device.fd());
}

}  // namespace

std::uint32_t Numbers::any(Random& random) const {
  const auto start = static_cast<std::size_t>(random.below(numbers_.size()));
  for (std::size_t i = 0; i < numbers_.size(); ++i) {
    if (const std::uint32_t number = numbers_[(start + i) % numbers_.size()]; number != 0)
      return number;
  }
  return 0;
}

std::uint32_t Numbers::put(Random& random, std::uint32_t number) {
  return numbers_[static_cast<std::size_t>(random.below(numbers_.size()))].exchange(number);
}

void Numbers::drop(std::uint32_t number) {
  for (auto& place : numbers_) {
    std::uint32_t expected = number;
    place.compare_exchange_strong(expected, 0);
  }
}

void Numbers::clear() {
  for (auto& number : numbers_)
    number = 0;
}

FuzzFile::FuzzFile() : fd_(open_device()) {}

FuzzFile::~FuzzFile() {
  close(fd_);
}

void FuzzFile::reopen() {
  const int old = fd_.exchange(open_device());
  for (Numbers* numbers : {&handles, &vms, &queues, &syncobjs})
    numbers->clear();
  close(old);
}
