// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Interrupts: status and enable bits of the vectors, and when a vector is raised.
#pragma once

#include <kestrel_regs.h>

#include <cstdint>
#include <functional>
#include <utility>

#include "sim/kestrel/sizes.hpp"

namespace presil::kestrel {

class Interrupts {
 public:
  explicit Interrupts(std::function<void(std::uint32_t vector)> raise) : raise_(std::move(raise)) {}

  std::uint32_t status() const { return status_; }
  std::uint32_t enable() const { return enable_; }

  /// Something happened. A number that is no vector's is ignored.
  void set(std::uint32_t vector);
  /// IRQ_FORCE.
  void force(std::uint32_t vectors);
  /// A write of ones to IRQ_STATUS.
  void clear(std::uint32_t vectors) { status_ &= ~vectors; }
  void write_enable(std::uint32_t vectors);
  void reset() { status_ = enable_ = 0; }

 private:
  std::function<void(std::uint32_t vector)> raise_;
  std::uint32_t status_ = 0, enable_ = 0;
};

}  // namespace presil::kestrel
