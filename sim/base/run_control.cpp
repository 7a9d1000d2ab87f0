// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/base/run_control.hpp"

#include <algorithm>
#include <limits>

namespace presil {

void RunControl::start() {
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  run_to(0);
}

bool RunControl::run_to(Picoseconds target_ps) {
  target_ps_ = std::max(target_ps, now_ps());
  stopped_ = over_;

  // sc_start leaves what is due at its very end for the next call; the loop below serves that too.
  if (!stopped_ && target_ps_ > now_ps())
    sc_core::sc_start(to_sc_time(target_ps_ - now_ps()), sc_core::SC_RUN_TO_TIME);
  while (!stopped_ && sc_core::sc_pending_activity_at_current_time())
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  return !stopped_;
}

void RunControl::stop() {
  stopped_ = true;
  if (sc_core::sc_get_status() == sc_core::SC_RUNNING)
    sc_core::sc_pause();
}

Picoseconds RunControl::horizon() const {
  return std::min(target_ps_, next_activity_ps());
}

Picoseconds RunControl::next_activity_ps() {
  if (!sc_core::sc_pending_activity())
    return std::numeric_limits<Picoseconds>::max();
  return now_ps() + to_picoseconds(sc_core::sc_time_to_pending_activity());
}

}  // namespace presil
