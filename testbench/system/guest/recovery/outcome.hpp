// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Outcome: what all processes of a row saw, told by roles.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fault.hpp"
#include "party.hpp"

/// Guilty is whose queue was lost; if none was, the first process. Where hardware fails, that is
/// whom it hits.
struct Outcome {
  Fault fault = Fault::kReset;
  Load load = Load::kIdle;
  std::int64_t strike_ns = 0;  ///< CLOCK_MONOTONIC; of a fault that a job makes, about
  std::vector<PartyResult> parties;
};

/// "key=value ..." with
///   busy      queues with a job in flight when the fault struck
///   guilty    how the jobs of the guilty queue ended, in their order, repetitions left out
///   sisters   how jobs of its other queues ended, each way once
///   innocent  the same of all others' queues
///   queue     "kept", or "lost" with errno and cause
///   others    "kept", or how many of all other queues were lost
///   data      whether all jobs that ended well wrote what they should: "right" or "wrong"
///   memory    "alive" if mappings could be used to the end
///   old, new  how a job ended later on the guilty queue, and on a new one in its place
///   again     the same on all other queues, and on new ones of the innocent
/// Ways to end are ok, never, and names of errnos; "-" is nobody.
std::string facts_of(const Outcome& outcome);

/// Lines that begin with "# ": causes in full, and guest times.
std::string notes_of(const Outcome& outcome);

/// What holds in every row: the load was there, all jobs ended, data are right, memory lives.
void check_outcome(const Outcome& outcome);
