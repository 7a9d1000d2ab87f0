// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "tool_bench.hpp"

// Takes the place of the library's own.
kestrel::internal::KernelInterface& kestrel::internal::running_kernel() {
  return *present_kernel;
}
