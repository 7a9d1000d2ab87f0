// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// A demonstration in a terminal.
#pragma once

#include <cstddef>
#include <string>

#include "demo_results.hpp"
#include "picture_text.hpp"

namespace presil::cli {

/// More pictures than this are not shown, but counted.
inline constexpr std::size_t kMostTextPictures = 64;

/// Pictures with what was found in them, the layers as a table of one picture's numbers, and a
/// sentence on what came out. Lines end with a line end; the table is 79 columns wide where names
/// are short, and no colour is used outside of the pictures.
///
/// \param columns  width of the terminal.
std::string demo_text(const DemoResults& results, std::size_t columns, Shades shades);

}  // namespace presil::cli
