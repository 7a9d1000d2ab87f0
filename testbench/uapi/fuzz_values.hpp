// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Values that a fuzzer puts where others belong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "random.hpp"

/// Zero, one, all ones, borders of pages and of address spaces, single bits, anything.
std::uint64_t odd_value(Random& random);

/// An odd address that the kernel may be told to write to: `address` itself, unless this program
/// has memory within the page's length from it, which would be overwritten. Then one that nobody
/// has.
std::uint64_t unowned(std::uint64_t address);

/// Overwrites `count` of the 4- or 8-byte words of a structure.
void spoil(Random& random, std::span<std::uint8_t> bytes, unsigned count);

template <typename T>
void spoil(Random& random, T& structure, unsigned count) {
  spoil(random, {reinterpret_cast<std::uint8_t*>(&structure), sizeof(structure)}, count);
}
