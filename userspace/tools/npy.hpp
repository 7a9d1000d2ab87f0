// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Arrays as NumPy keeps them in .npy files.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "array.hpp"

namespace kestrel::run {

/// Reads uint8, int8 and float32, in row-major order and little-endian.
///
/// Source: NumPy's "NPY format", versions 1 to 3.
/// \returns the array, or a sentence without the file's name
Outcome<Array> parse_npy(std::span<const std::uint8_t> file);

/// The file of an array, of version 1.
std::string npy_file(const Array& array);

}  // namespace kestrel::run
