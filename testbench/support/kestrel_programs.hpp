// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Programs for kestrel that do something whole, with what they must make of memory.
#pragma once

#include "testbench/support/kestrel_convolution.hpp"
#include "testbench/support/kestrel_gemm.hpp"
#include "testbench/support/kestrel_program.hpp"
