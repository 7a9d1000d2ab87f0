// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Summary: a run's result as JSON and as text.
#pragma once

#include <string>

#include "checkout.hpp"
#include "outcome.hpp"
#include "run_folder.hpp"
#include "supervisor.hpp"
#include <nlohmann/json.hpp>

namespace presil::cli {

/// What the summary says besides what the supervisor saw.
struct SummaryContext {
  const Checkout& checkout;
  const RunPlan& plan;
  const RunFolder& folder;
  double build_s = 0.0;
};

/// The summary of a run. Its keys are listed in docs/debugging.md, "A run's summary".
nlohmann::ordered_json make_summary(const SummaryContext& context, const Outcome& outcome);

/// The same for a person, several lines.
std::string summary_text(const nlohmann::ordered_json& summary);

}  // namespace presil::cli
