// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Files with pictures and tensors: PNG, PGM and .npy.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "array.hpp"

namespace kestrel::run {

/// Bytes of a file. \returns them, or a sentence with the file's name
Outcome<std::vector<std::uint8_t>> read_whole(const std::string& path);

/// Reads a file, of whatever of the three kinds its first bytes say.
///
/// \param channels  what PNG is converted to: 1, grey, or 3, red, green and blue; alpha lies on
///                  black, 16 bits become 8. PGM is grey and has to be binary, of 8 bits.
/// \returns of pictures uint8, channels x height x width; of .npy what it holds; or a sentence with
///     the file's name
Outcome<Array> read_picture(const std::string& path, std::int64_t channels);

}  // namespace kestrel::run
