// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// What $finish, $stop, $fatal and $display do in a program that does not say so itself.
///
/// presil_verilate() builds Verilator's runtime without its own handlers, because the simulators
/// bring theirs (sim/rtl/rtl_messages.cpp). These weak ones are for unit tests: $finish is noted in
/// the context, everything else ends the test program.

#include <cstdarg>
#include <cstdio>
#include <cstdlib>

#include <verilated.h>

__attribute__((weak)) int presil_rtl_printf(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int length = std::vprintf(format, arguments);
  va_end(arguments);
  return length;
}

__attribute__((weak)) void vl_finish(const char* file, int line, const char*) {
  std::fprintf(stderr, "%s:%d: $finish\n", file, line);
  Verilated::threadContextp()->gotFinish(true);
}

__attribute__((weak)) void vl_fatal(const char* file, int line, const char*, const char* text) {
  std::fprintf(stderr, "%s:%d: %s\n", file ? file : "", line, text);
  Verilated::runFlushCallbacks();
  std::abort();
}

__attribute__((weak)) void vl_stop(const char* file, int line, const char* path) {
  vl_fatal(file, line, path, "$stop or failed assertion");
}
