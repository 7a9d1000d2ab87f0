// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// How long a queue of low priority waits while others keep the device busy.
#pragma once

#include <cstdint>

/// The worst of several jobs.
struct LowPriorityWait {
  std::uint64_t records = 0;  ///< of other queues, from before its submission to after its end
  std::int64_t time_ns = 0;   ///< of the guest, from its submission to its end
};

/// Submits `probes` jobs, one after another, to a queue of low priority, while three queues of high
/// priority always have something to do. What is wrong is noted as a failure.
LowPriorityWait measure_low_priority_wait(int probes);
