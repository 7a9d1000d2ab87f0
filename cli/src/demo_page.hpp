// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// The page of a demonstration.
#pragma once

#include <cstddef>
#include <string>

#include "demo_results.hpp"

namespace presil::cli {

/// More pictures than this are not shown, but counted.
inline constexpr std::size_t kMostShownPictures = 400;

/// An HTML document of its own: pictures with what was found in them, cycles by layer as a plot and
/// as a table, and the run. It needs no network, no script and no other file, and is readable
/// without colours. The same results give the same bytes: it holds no time of the host.
///
/// \throws Error  a picture cannot be written.
std::string demo_page(const DemoResults& results);

}  // namespace presil::cli
