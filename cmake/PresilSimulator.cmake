# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors

# presil_add_simulator(<program> RTL <target> TOP <class>
#                      [FUNCTIONAL <target> HEADER <file> MAKE <function>])
#
# Makes the simulator program of an accelerator: the harness of sim/ round the Verilated model <class>
# (V followed by the top module's name) of the library <target>, which presil_verilate() made. The top
# module has the shell's ports; docs/architecture.md, "Adding an accelerator", lists them. With
# FUNCTIONAL the program also has a functional model: <file> declares <function>, which <target> has,
# and which fits AcceleratorBinding::make_functional (sim/app/binding.hpp).
function(presil_add_simulator program)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "RTL;TOP;FUNCTIONAL;HEADER;MAKE" "")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_RTL OR NOT arg_TOP)
    message(FATAL_ERROR "presil_add_simulator(${program}): needs RTL and TOP; unknown: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(arg_FUNCTIONAL AND NOT (arg_HEADER AND arg_MAKE))
    message(FATAL_ERROR "presil_add_simulator(${program}): FUNCTIONAL needs HEADER and MAKE")
  endif()

  set(functional_include "")
  set(functional_binding "")
  if(arg_FUNCTIONAL)
    set(functional_include "#include \"${arg_HEADER}\"")
    set(functional_binding "binding.make_functional = ${arg_MAKE};")
  endif()
  configure_file("${PROJECT_SOURCE_DIR}/sim/app/program.cpp.in" "${program}.cpp" @ONLY)
  add_executable(${program} "${CMAKE_CURRENT_BINARY_DIR}/${program}.cpp")
  target_link_libraries(${program} PRIVATE presil::flags presil::sim ${arg_RTL} ${arg_FUNCTIONAL})
endfunction()
