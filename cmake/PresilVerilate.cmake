# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors

find_package(verilator 5.032 REQUIRED HINTS $ENV{VERILATOR_ROOT})

# Verilated code gains from the vector instructions that nearly every machine has; where
# they are missing it is slower and gives the same results.
file(READ /proc/cpuinfo presil_cpuinfo)
if(presil_cpuinfo MATCHES " avx2 " AND presil_cpuinfo MATCHES " bmi2 " AND presil_cpuinfo MATCHES " fma ")
  set(presil_march x86-64-v3)
else()
  set(presil_march x86-64-v2)
endif()
set(PRESIL_RTL_MARCH "${presil_march}" CACHE STRING "Instruction set of Verilated code, as for -march=")

# presil_verilate(<target> TOP <module> SOURCES <file>... [INCLUDES <folder>...] [ARGS <arg>...])
#
# Makes the static library <target> with the Verilated model V<module>: waves (FST) and save/restore
# compiled in, assertions on, -O3. In the coverage preset it collects line and toggle coverage instead
# of save/restore, which Verilator does not combine. This is the only caller of verilate().
function(presil_verilate target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TOP" "SOURCES;INCLUDES;ARGS")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_TOP OR NOT arg_SOURCES)
    message(FATAL_ERROR "presil_verilate(${target}): needs TOP and SOURCES; unknown: ${arg_UNPARSED_ARGUMENTS}")
  endif()

  add_library(${target} STATIC "${PROJECT_SOURCE_DIR}/cmake/verilated_handlers.cpp")
  target_compile_definitions(${target} PRIVATE
    VL_USER_FINISH VL_USER_STOP VL_USER_FATAL VL_PRINTF=presil_rtl_printf)
  target_compile_options(${target} PRIVATE
    "SHELL:-include ${PROJECT_SOURCE_DIR}/cmake/verilated_handlers.hpp")
  set(args --assert -Wall --x-assign unique --x-initial unique --no-timing ${arg_ARGS})
  if(PRESIL_RTL_COVERAGE)
    set(coverage COVERAGE)
    # What counts coverage keeps processes in one piece, and so makes loops where there are none: the
    # model without coverage is looked through for those.
    list(APPEND args --coverage-line --coverage-toggle -Wno-UNOPTFLAT)
  else()
    list(APPEND args --savable)
  endif()

  verilate(${target} ${coverage} TRACE_FST TOP_MODULE ${arg_TOP} PREFIX V${arg_TOP}
    SOURCES ${arg_SOURCES} INCLUDE_DIRS ${arg_INCLUDES} VERILATOR_ARGS ${args})
  # Generated code: for speed, without debug information (it would be most of the build), not linted.
  # Aligned, since where a loop of eval() falls was seen to change its speed by a quarter.
  target_compile_options(${target} PRIVATE -O3 -march=${PRESIL_RTL_MARCH} -falign-functions=64 -falign-loops=32 -g0 -w)
  target_compile_features(${target} PUBLIC cxx_std_23)
  set_target_properties(${target} PROPERTIES SYSTEM ON CXX_CLANG_TIDY "")
endfunction()
