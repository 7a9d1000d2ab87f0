// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "sim/kestrel/interrupts.hpp"

namespace presil::kestrel {

void Interrupts::set(std::uint32_t vector) {
  if (vector >= kVectors)
    return;
  status_ |= 1u << vector;
  // Also if the bit was set before: software may have read it already.
  if ((enable_ >> vector & 1) != 0)
    raise_(vector);
}

void Interrupts::force(std::uint32_t vectors) {
  for (std::uint32_t vector = 0; vector < kVectors; ++vector) {
    if ((vectors >> vector & 1) != 0)
      set(vector);
  }
}

void Interrupts::write_enable(std::uint32_t vectors) {
  const std::uint32_t before = enable_;
  enable_ = vectors & KESTREL_IRQ_ENABLE_VECTORS_MASK;
  const std::uint32_t pending = enable_ & ~before & status_;
  for (std::uint32_t vector = 0; vector < kVectors; ++vector) {
    if ((pending >> vector & 1) != 0)
      raise_(vector);
  }
}

}  // namespace presil::kestrel
