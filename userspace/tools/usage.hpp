// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// How busy a device was between two moments, as a table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <kestrel/kestrel.h>

#include "fdinfo.hpp"

/// What was counted up to a moment.
struct UsageSample {
  std::int64_t time_ns = 0;
  std::optional<kestrel_counters> device;  ///< Nothing: the caller may not see them.
  std::vector<DrmClient> clients;
};

/// What rates are given of.
struct UsageDevice {
  std::string path;
  std::uint64_t clock_mhz = 0;
};

/// Lines that say what happened between two samples: the device's share of time and its rates, and
/// a line for each client. A count that went back, as after a reset, counts as nothing.
///
/// \param before, after  a different moment each
std::string usage_table(const UsageDevice& device, const UsageSample& before,
                        const UsageSample& after);
