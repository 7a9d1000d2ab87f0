// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// The recovery table: what clients of kestrel see when it fails.
#pragma once

#include <string>
#include <vector>

namespace presil::system {

/// One row, in the words of kestrel-recovery (testbench/system/guest/recovery/outcome.hpp).
struct RecoveryRow {
  std::string load;
  std::string fault;
  std::string busy;      ///< queues with a job in flight
  std::string guilty;    ///< how the jobs of the queue that was hit ended, in their order
  std::string sisters;   ///< the same of the other queues of that client, each way once
  std::string innocent;  ///< the same of other clients
  std::string queue;     ///< what became of the queue that was hit
  std::string others;    ///< and of all others
  std::string old;       ///< a job on that queue afterwards
  std::string renewed;   ///< a job on a new queue in its place
  std::string again;     ///< jobs on all other queues, and on new ones

  bool operator==(const RecoveryRow&) const = default;
};

/// What is expected: each fault under each load, by fault.
const std::vector<RecoveryRow>& recovery_table();

/// A row from what kestrel-recovery says of one ("idle/hang busy=1 guilty=..."); members that it
/// does not say are empty.
RecoveryRow read_recovery_row(const std::string& text);

/// Text of a row for messages, all members.
std::string show(const RecoveryRow& row);

/// The table of docs/recovery.md.
std::string recovery_markdown(const std::vector<RecoveryRow>& rows);

}  // namespace presil::system
