// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Directed programs: command buffers in which one command ends in a given way.
#pragma once

#include <cstdint>
#include <vector>

#include "goals.hpp"
#include "party.hpp"
#include "random_program.hpp"
#include "testbench/support/kestrel_records.hpp"

namespace presil::testbench {

/// The trap at which a transfer or a fetch ends so; of bus errors one of the two.
Trap trap_of(Outcome outcome, Random& random);

/// The same address with a bit set that a canonical one has not.
std::uint64_t non_canonical(std::uint64_t addr, Random& random);

/// A word on chip that PARITY_FLIP is to hit.
struct Flip {
  bool is_wanted = false;
  bool is_accumulators = false;
  std::uint32_t place = 0;
};

/// Commands of which one is `op` and ends so; what comes before it completes, and what comes after
/// it waits for it. `op` is a command that is read.
/// \param flip  told what is to be stored wrongly by the first write to it
std::vector<KestrelRecord> directed_program(Op op, Outcome outcome, const Party& party,
                                            Random& random, Flip& flip);

/// Up to `most` commands that complete.
std::vector<KestrelRecord> harmless_program(const Party& party, Random& random, unsigned most);

/// A LOAD or STORE of some bytes, of which the first or one in the middle is the page's first.
KestrelRecord transfer_at(bool is_load, std::uint64_t page, Random& random);

/// A command that waits for a token that never comes.
std::vector<KestrelRecord> hanging_program();

}  // namespace presil::testbench
