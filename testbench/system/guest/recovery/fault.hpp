// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// The faults of the recovery table, and what is in flight when they strike.
#pragma once

#include <optional>
#include <string_view>

enum class Fault {
  kHang,       ///< a command buffer waits for what never comes
  kMmu,        ///< a command buffer writes where nothing is mapped
  kIllegal,    ///< a command buffer holds a command that there is not
  kParity,     ///< a bit flips in the memory on chip
  kBus,        ///< a DMA is answered with an error
  kInterrupt,  ///< an interrupt message never arrives
  kNonfatal,   ///< the device reports a non-fatal error
  kFatal,      ///< the device reports a fatal error
  kReset,      ///< somebody resets the function
  kUnplug,     ///< the device falls silent, and is removed a little later
  kDeath,      ///< the device falls silent
};

enum class Load {
  kIdle,  ///< nothing but what is guilty
  kOne,   ///< one job of each of two clients
  kAll,   ///< all queues of the device, of four clients
};

std::string_view name_of(Fault fault);
std::string_view name_of(Load load);
std::optional<Fault> fault_named(std::string_view name);
std::optional<Load> load_named(std::string_view name);

/// Whether a job of the guilty client makes the fault by itself.
bool is_made_by_a_job(Fault fault);

/// Whether the fault strikes at a time that was set from outside.
bool is_made_outside(Fault fault);
