// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Declares what Verilator's runtime calls to print: $display, and the text of a failed assertion.
/// Included before everything else by presil_verilate(), which makes it Verilator's VL_PRINTF.
#pragma once

int presil_rtl_printf(const char* format, ...) __attribute__((format(printf, 1, 2)));
