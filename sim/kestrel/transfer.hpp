// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Transfer: LOAD and STORE.
#pragma once

#include <array>
#include <cstdint>

#include "sim/kestrel/address_space.hpp"
#include "sim/kestrel/execution.hpp"
#include "sim/kestrel/parity_memory.hpp"
#include "sim/kestrel/records.hpp"

namespace presil::kestrel {

/// Run by run, each in bursts, each burst complete before the next: so what fails first in order is
/// what is reported, and nothing after it is done.
class Transfer final : public Execution {
 public:
  /// \param fields  legal; all else outlives this
  Transfer(const TransferFields& fields, std::uint32_t space, AddressSpaces& spaces,
           Scratchpad& scratchpad, Counts& counts);

  Slice run() override;

 private:
  /// Where the run lies, and which of its bytes are inside. \returns whether the scratchpad holds
  /// it.
  bool begin_run();
  /// \returns false after the last run.
  bool next_run();
  Outcome burst(std::uint64_t bytes);

  const TransferFields fields_;
  const std::uint32_t space_;
  AddressSpaces& spaces_;
  Scratchpad& scratchpad_;
  Counts& counts_;

  std::array<std::uint32_t, 4> index_ = {};  // Of the loops.
  bool is_in_run_ = false;
  std::uint32_t scratchpad_addr_ = 0;  // Of the run's first byte.
  std::uint64_t addr_ = 0;             // Of it in memory.
  std::uint32_t position_ = 0;         // Next byte of the run,
  std::uint32_t end_ = 0;              // and the first that is outside again.
};

}  // namespace presil::kestrel
