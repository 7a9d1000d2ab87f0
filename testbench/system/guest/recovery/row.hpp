// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Row: one fault under one load, tried once.
#pragma once

#include <cstdint>
#include <string>

#include "fault.hpp"

struct Row {
  Fault fault = Fault::kReset;
  Load load = Load::kIdle;
  std::int64_t at_ms = 0;  ///< guest time since power-on at which it strikes; 0: the row makes it
};

/// What came of it.
struct RowResult {
  bool ok = false;    ///< all that holds whatever the fault: see row.cpp
  std::string facts;  ///< "key=value key=value ...", the same in every run
  std::string notes;  ///< lines for people: what failed, what took how long
};

/// Starts the row's processes, lets them work, breaks something, and collects what they saw.
RowResult try_row(const Row& row);
