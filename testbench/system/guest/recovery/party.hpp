// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Party: one process of a row of the recovery table, and what it saw.
#pragma once

#include <cstdint>

#include "fault.hpp"

/// Most queues of one process, and jobs of one queue, that have a place in the results.
constexpr unsigned kPartyQueues = 4;
constexpr unsigned kPartyJobs = 3;

/// How something ended that has not been tried.
constexpr int kNotTried = 2;

/// How a job ended: 1 well, 0 not at all, or -errno, be it of its fence or of its submission.
struct JobResult {
  int status = kNotTried;
  std::int64_t submitted_ns = 0;  ///< CLOCK_MONOTONIC
  std::int64_t ended_ns = 0;      ///< when its fence signalled; 0: it has none
};

struct QueueResult {
  JobResult jobs[kPartyJobs];
  std::int32_t state_status = 0;  ///< of asking for the state: 0 or -errno
  std::uint32_t flags = 0;        ///< DRM_KESTREL_QUEUE_*
  std::uint32_t error = 0;        ///< errno
  std::uint32_t cause = 0;        ///< KESTREL_ERROR_CAUSE_*
  std::uint32_t fault = 0;        ///< KESTREL_FAULT_*
  bool data_is_right = true;      ///< of every job that ended well
  int again = kNotTried;          ///< a job on this queue, after the fault
};

/// What one process saw, in memory that it shares with its parent.
struct PartyResult {
  unsigned queue_count = 0;
  QueueResult queues[kPartyQueues];
  unsigned hit = 0;           ///< the queue that was lost, else the first
  int renewed = kNotTried;    ///< a job on a new queue in place of that one
  bool memory_lives = false;  ///< mapped buffers could be read and written to the end
};

/// What a process is to do.
struct PartyOrders {
  Fault fault = Fault::kReset;
  bool makes_fault = false;   ///< its first queue gets the job that does, if a job does
  unsigned queues = 1;        ///< 1 to kPartyQueues
  unsigned jobs = 0;          ///< on each queue, beside the one that makes the fault
  std::int64_t job_ns = 0;    ///< how long each of them takes at least; 1 us to 60 ms
  bool wakes_device = false;  ///< before it submits; else its first job does
  std::int64_t start_ns = 0;  ///< when it submits, CLOCK_MONOTONIC
};

/// Tells when the process may go on.
struct PartySteps {
  virtual ~PartySteps() = default;
  /// Called when the process has set up, when its jobs have ended, and before it ends.
  virtual void step_done() = 0;
};

/// The life of such a process: sets up, submits, waits for all, and after the second step looks
/// whether jobs run again. Ends the case on failure of anything but a job.
void live_as_party(const PartyOrders& orders, PartyResult& result, PartySteps& steps);
