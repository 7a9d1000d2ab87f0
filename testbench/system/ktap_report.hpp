// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// KtapReport: results of a guest program that speaks KTAP.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace presil::system {

/// One line of result, of a plain case or of a group of them.
struct KtapCase {
  std::string name;
  bool ok = false;
  std::string skipped;  ///< the reason; empty: it ran
  std::string text;     ///< what it said before its result, diagnosis lines included
};

/// The outermost level of a KTAP text (Documentation/dev-tools/ktap.rst of the kernel).
struct KtapReport {
  std::optional<std::size_t> planned;  ///< absent: no plan, so nobody knows what is missing
  std::vector<KtapCase> cases;

  /// Whether the plan is there, and as many results as it announces.
  [[nodiscard]] bool whole() const { return planned && *planned == cases.size(); }
};

KtapReport read_ktap(std::string_view text);

}  // namespace presil::system
