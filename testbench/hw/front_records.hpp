// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Records as plain words, so that tests can take them apart and spoil them.
#pragma once

#include <array>
#include <cstdint>

#include "kestrel_records.hpp"

namespace presil::testbench {

using Record = std::array<std::uint32_t, KESTREL_RECORD_BYTES / 4>;

namespace records {

inline Record nop() {
  return kestrel_nop().words();
}
inline Record call(std::uint64_t addr, std::uint32_t bytes) {
  return kestrel_call(addr, bytes).words();
}
inline Record fence(std::uint64_t addr, std::uint64_t value) {
  return kestrel_fence(addr, value).words();
}
inline Record wait(std::uint64_t addr, std::uint64_t value) {
  return kestrel_wait(addr, value).words();
}
inline Record timestamp(std::uint64_t addr) {
  return kestrel_timestamp(addr).words();
}
inline Record sync(const KestrelTokens& tokens) {
  return kestrel_sync(tokens).words();
}
inline Record barrier() {
  return kestrel_barrier().words();
}
inline Record load(const KestrelTransfer& transfer) {
  return transfer.load().words();
}
inline Record store(const KestrelTransfer& transfer) {
  return transfer.store().words();
}
inline Record accumulate(const KestrelAccumulate& accumulate) {
  return accumulate.record().words();
}
inline Record output(const KestrelOutput& output) {
  return output.record().words();
}

}  // namespace records
}  // namespace presil::testbench
