# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors

# presil_add_simulator(<program> RTL <target> TOP <class>)
#
# Makes the simulator program of an accelerator: the harness of sim/ round the Verilated model <class>
# (V followed by the top module's name) of the library <target>, which presil_verilate() made. The top
# module has the shell's ports; docs/architecture.md, "Adding an accelerator", lists them.
function(presil_add_simulator program)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "RTL;TOP" "")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_RTL OR NOT arg_TOP)
    message(FATAL_ERROR "presil_add_simulator(${program}): needs RTL and TOP; unknown: ${arg_UNPARSED_ARGUMENTS}")
  endif()

  configure_file("${PROJECT_SOURCE_DIR}/sim/app/program.cpp.in" "${program}.cpp" @ONLY)
  add_executable(${program} "${CMAKE_CURRENT_BINARY_DIR}/${program}.cpp")
  target_link_libraries(${program} PRIVATE presil::flags presil::sim ${arg_RTL})
endfunction()
