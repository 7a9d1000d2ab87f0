// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// What SystemC's library wants of a program, for tests whose main is Catch2's.

#include <systemc>

int sc_main(int, char**) {
  return 0;
}
