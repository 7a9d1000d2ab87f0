// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "outcome.hpp"

#include <algorithm>
#include <cerrno>

#include <drm/drm.h>
#include <drm/kestrel_accel.h>

#include "kestrel_regs.h"
#include "ktap.hpp"

namespace {

std::string way(int status) {
  if (status == 1)
    return "ok";
  if (status == 0)
    return "never";
  // ktap shows -EIO.
  return ktap::show(static_cast<long long>(status)).substr(1);
}

/// Adds a way unless it is there, or nothing was tried.
void add_way(std::vector<std::string>& ways, int status) {
  if (status != kNotTried && std::ranges::find(ways, way(status)) == ways.end())
    ways.push_back(way(status));
}

std::string joined(const std::vector<std::string>& ways) {
  std::string text;
  for (const std::string& way : ways)
    text += (text.empty() ? "" : ",") + way;
  return text.empty() ? "-" : text;
}

/// In an order of its own, as that in which jobs of several queues end means nothing.
std::string sorted(std::vector<std::string> ways) {
  std::ranges::sort(ways);
  return joined(ways);
}

bool is_lost(const QueueResult& queue) {
  return (queue.flags & DRM_KESTREL_QUEUE_LOST) != 0;
}

std::size_t guilty_party(const Outcome& outcome) {
  for (std::size_t i = 0; i < outcome.parties.size(); ++i) {
    if (is_lost(outcome.parties[i].queues[outcome.parties[i].hit]))
      return i;
  }
  return 0;
}

/// Calls `visit(party index, queue)` for all queues but the guilty one.
template <typename Visit>
void for_others(const Outcome& outcome, const Visit& visit) {
  const std::size_t guilty = guilty_party(outcome);
  for (std::size_t party = 0; party < outcome.parties.size(); ++party) {
    const PartyResult& result = outcome.parties[party];
    for (unsigned index = 0; index < result.queue_count; ++index) {
      if (party != guilty || index != result.hit)
        visit(party, result.queues[index]);
    }
  }
}

std::string ways_of_queue(const QueueResult& queue) {
  std::vector<std::string> ways;
  for (const JobResult& job : queue.jobs) {
    if (job.status != kNotTried && (ways.empty() || ways.back() != way(job.status)))
      ways.push_back(way(job.status));
  }
  return joined(ways);
}

std::string ways_of_others(const Outcome& outcome, bool sisters) {
  const std::size_t guilty = guilty_party(outcome);
  std::vector<std::string> ways;
  for_others(outcome, [&](std::size_t party, const QueueResult& queue) {
    for (const JobResult& job : queue.jobs) {
      if ((party == guilty) == sisters)
        add_way(ways, job.status);
    }
  });
  return sorted(ways);
}

/// The bus can fail in several places, and where it does is chance.
std::string cause_name(const QueueResult& queue) {
  if (!(queue.flags & DRM_KESTREL_QUEUE_FAULT))
    return "NONE";
  switch (queue.cause) {
    case KESTREL_ERROR_CAUSE_ILLEGAL_OPCODE:
      return "ILLEGAL_OPCODE";
    case KESTREL_ERROR_CAUSE_FETCH_ERROR:
    case KESTREL_ERROR_CAUSE_READ_ERROR:
    case KESTREL_ERROR_CAUSE_WRITE_ERROR:
      return "BUS";
    case KESTREL_ERROR_CAUSE_TRANSLATION:
      return queue.fault == KESTREL_FAULT_TABLE_BUS ? "BUS" : "TRANSLATION";
    case KESTREL_ERROR_CAUSE_PARITY:
      return "PARITY";
    case KESTREL_ERROR_CAUSE_BUDGET:
      return "BUDGET";
    default:
      return std::to_string(queue.cause);
  }
}

std::string state_name(const QueueResult& queue) {
  if (queue.state_status != 0)
    return way(queue.state_status);
  if (!is_lost(queue))
    return "kept";
  return "lost," + way(-static_cast<int>(queue.error)) + "," + cause_name(queue);
}

std::string states_of_others(const Outcome& outcome) {
  std::vector<std::string> states;
  for_others(outcome, [&](std::size_t, const QueueResult& queue) {
    if (std::ranges::find(states, state_name(queue)) == states.end())
      states.push_back(state_name(queue));
  });
  return sorted(states);
}

/// When the fault struck: a job that made it ended then.
std::int64_t strike_ns(const Outcome& outcome) {
  if (!is_made_by_a_job(outcome.fault))
    return outcome.strike_ns;
  const PartyResult& guilty = outcome.parties[guilty_party(outcome)];
  for (const JobResult& job : guilty.queues[guilty.hit].jobs) {
    if (job.status < 0 && job.ended_ns != 0)
      return job.ended_ns;
  }
  return outcome.strike_ns;
}

unsigned busy_queues(const Outcome& outcome) {
  const std::int64_t now_ns = strike_ns(outcome);
  unsigned busy = 0;
  for (const PartyResult& party : outcome.parties) {
    for (const QueueResult& queue : party.queues) {
      busy += std::ranges::any_of(queue.jobs, [&](const JobResult& job) {
        return job.ended_ns != 0 && job.submitted_ns < now_ns && job.ended_ns >= now_ns;
      });
    }
  }
  return busy;
}

bool data_are_right(const Outcome& outcome) {
  return std::ranges::all_of(outcome.parties, [](const PartyResult& party) {
    return std::ranges::all_of(party.queues, &QueueResult::data_is_right);
  });
}

bool memory_lives(const Outcome& outcome) {
  return std::ranges::all_of(outcome.parties, &PartyResult::memory_lives);
}

std::string ways_of_later_jobs(const Outcome& outcome) {
  const std::size_t guilty = guilty_party(outcome);
  std::vector<std::string> ways;
  for_others(outcome, [&](std::size_t, const QueueResult& queue) { add_way(ways, queue.again); });
  for (std::size_t party = 0; party < outcome.parties.size(); ++party) {
    if (party != guilty)
      add_way(ways, outcome.parties[party].renewed);
  }
  return sorted(ways);
}

/// Queues that have to be busy when it strikes.
unsigned wanted_busy(const Outcome& outcome) {
  switch (outcome.load) {
    case Load::kIdle:
      return is_made_by_a_job(outcome.fault) ? 1 : 0;
    case Load::kOne:
      return 2;
    default:
      return kPartyQueues * static_cast<unsigned>(outcome.parties.size());
  }
}

}  // namespace

std::string facts_of(const Outcome& outcome) {
  const PartyResult& guilty = outcome.parties[guilty_party(outcome)];
  const QueueResult& hit = guilty.queues[guilty.hit];
  return "busy=" + std::to_string(busy_queues(outcome)) + " guilty=" + ways_of_queue(hit) +
         " sisters=" + ways_of_others(outcome, true) +
         " innocent=" + ways_of_others(outcome, false) + " queue=" + state_name(hit) +
         " others=" + states_of_others(outcome) +
         " data=" + (data_are_right(outcome) ? "right" : "wrong") +
         " memory=" + (memory_lives(outcome) ? "alive" : "gone") + " old=" + way(hit.again) +
         " new=" + way(guilty.renewed) + " again=" + ways_of_later_jobs(outcome);
}

std::string notes_of(const Outcome& outcome) {
  const PartyResult& guilty = outcome.parties[guilty_party(outcome)];
  const QueueResult& hit = guilty.queues[guilty.hit];
  std::int64_t last_ns = 0;
  for (const PartyResult& party : outcome.parties) {
    for (const QueueResult& queue : party.queues) {
      for (const JobResult& job : queue.jobs)
        last_ns = std::max(last_ns, job.ended_ns);
    }
  }
  std::string notes = "# cause " + std::to_string(hit.cause) + ", fault " +
                      std::to_string(hit.fault) + ", process " +
                      std::to_string(guilty_party(outcome)) + ", queue " +
                      std::to_string(guilty.hit);
  if (last_ns != 0) {
    notes += "; the last job ended " + std::to_string((last_ns - strike_ns(outcome)) / 1000) +
             " us after it struck";
  }
  return notes + "\n";
}

void check_outcome(const Outcome& outcome) {
  CHECK_EQ(busy_queues(outcome), wanted_busy(outcome));
  CHECK(data_are_right(outcome));
  CHECK(memory_lives(outcome));
  for (const PartyResult& party : outcome.parties) {
    for (const QueueResult& queue : party.queues) {
      for (const JobResult& job : queue.jobs)
        CHECK(job.status != 0);
    }
  }
}
