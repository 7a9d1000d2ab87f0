// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Expectations: which cases of a KTAP report are known not to pass.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ktap_report.hpp"

namespace presil::system {

/// Names of cases, in the three kinds that the kernel's drm-ci has too.
struct Expectations {
  std::set<std::string> fails;   ///< run, and do not pass
  std::set<std::string> flakes;  ///< run, and may pass or not
  std::set<std::string> skips;   ///< do not run

  /// Of <folder>/<kernel>-fails.txt, -flakes.txt and -skips.txt: a name a line; lines that begin
  /// with # say why.
  ///
  /// \throws cli::Error  one of the files cannot be read.
  static Expectations read(const std::filesystem::path& folder, const std::string& kernel);

  /// What is in the report and not expected, or the other way round; a line each.
  [[nodiscard]] std::vector<std::string> surprises(const KtapReport& report) const;
};

/// The names in the text of such a file.
std::set<std::string> read_names(std::string_view text);

}  // namespace presil::system
