// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "fuzz_values.hpp"

#include <sys/mman.h>

#include <array>
#include <cstring>

std::uint64_t odd_value(Random& random) {
  constexpr std::array<std::uint64_t, 20> kBorders = {0,
                                                      1,
                                                      2,
                                                      3,
                                                      63,
                                                      64,
                                                      4095,
                                                      4096,
                                                      4097,
                                                      0x7fff'ffff,
                                                      0x8000'0000,
                                                      0xffff'f000,
                                                      0xffff'ffff,
                                                      0x1'0000'0000,
                                                      0xffff'ffff'f000,
                                                      0x1'0000'0000'0000,
                                                      0x7fff'ffff'ffff'ffff,
                                                      0xffff'8000'0000'0000,
                                                      0xffff'ffff'ffff'f000,
                                                      0xffff'ffff'ffff'ffff};
  switch (random.below(4)) {
    case 0:
    case 1:
      return kBorders[static_cast<std::size_t>(random.below(kBorders.size()))];
    case 2:
      return std::uint64_t{1} << random.below(64);
    default:
      return random.next() >> random.below(64);
  }
}

std::uint64_t unowned(std::uint64_t address) {
  constexpr std::uint64_t kPage = 4096, kNobodys = 8;
  const std::uint64_t page = address & ~(kPage - 1);
  for (const std::uint64_t start : {page, page + kPage}) {
    // Fails where nothing is mapped, and does nothing to memory.
    if (msync(reinterpret_cast<void*>(static_cast<std::uintptr_t>(start)), kPage, MS_ASYNC) == 0)
      return kNobodys;
  }
  return address;
}

void spoil(Random& random, std::span<std::uint8_t> bytes, unsigned count) {
  for (; count > 0; --count) {
    const std::uint64_t value = odd_value(random);
    const std::size_t width = bytes.size() >= 8 && random.once_in(2) ? 8 : 4;
    const auto place = static_cast<std::size_t>(random.below(bytes.size() / width)) * width;
    std::memcpy(bytes.data() + place, &value, width);
  }
}
