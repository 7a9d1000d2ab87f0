// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Arrays of bytes in IDX files, in which the MNIST data sets come.
#pragma once

#include <cstdint>
#include <string>

#include "array.hpp"

namespace kestrel::run {

/// Reads some of a file's entries along its first dimension, and no more of the file than that.
///
/// Source: the IDX format as the MNIST database describes it: big-endian magic 0x0000_08_rank, the
/// sizes of the dimensions, then the bytes, last dimension fastest.
/// \param path   compressed by gzip, or not
/// \param first  number of the first one, from 0
/// \param count  how many
/// \returns an array of uint8, or a sentence with the file's name
Outcome<Array> read_idx(const std::string& path, std::uint64_t first, std::uint64_t count);

}  // namespace kestrel::run
