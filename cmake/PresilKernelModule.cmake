# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors

# Folder of the kernel that the guest boots, as kbuild wants it.
file(GLOB presil_kernel_builds LIST_DIRECTORIES true "/lib/modules/*/build")
list(SORT presil_kernel_builds COMPARE NATURAL ORDER DESCENDING)
set(presil_kernel_build "")
foreach(folder IN LISTS presil_kernel_builds)
  if(EXISTS "${folder}/Makefile")
    set(presil_kernel_build "${folder}")
    break()
  endif()
endforeach()
set(PRESIL_KERNEL_BUILD "${presil_kernel_build}" CACHE PATH
  "Build folder of the kernel that modules are built for (/lib/modules/<version>/build)")

# Where programs and modules for the guest's initramfs are put.
set(PRESIL_GUEST_DIR "${CMAKE_BINARY_DIR}/guest")

# presil_kernel_module(<name> SOURCE <folder>)
#
# Builds <name>.ko from the folder's Kbuild file for PRESIL_KERNEL_BUILD, as target <name>-module,
# and puts it into guest/modules/ of the build folder. It is built again when a file of the folder
# changes, those behind symbolic links included.
function(presil_kernel_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "SOURCE" "")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_SOURCE)
    message(FATAL_ERROR "presil_kernel_module(${name}): needs SOURCE; unknown: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT PRESIL_KERNEL_BUILD)
    message(FATAL_ERROR "presil_kernel_module(${name}): no kernel headers under /lib/modules; set PRESIL_KERNEL_BUILD")
  endif()

  get_filename_component(source "${arg_SOURCE}" ABSOLUTE)
  # No CONFIGURE_DEPENDS, which makes every call of ninja have work to do: a new file comes into the
  # module by an edit of one of these, Kbuild or a source that includes it.
  file(GLOB_RECURSE files FOLLOW_SYMLINKS "${source}/*")
  set(out "${CMAKE_CURRENT_BINARY_DIR}/${name}-module")
  set(module "${PRESIL_GUEST_DIR}/modules/${name}.ko")

  add_custom_command(OUTPUT "${module}"
    COMMAND "${PROJECT_SOURCE_DIR}/cmake/kernel-module.sh" "${source}" "${out}" "${PRESIL_KERNEL_BUILD}"
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${PRESIL_GUEST_DIR}/modules"
    COMMAND "${CMAKE_COMMAND}" -E copy "${out}/${name}.ko" "${module}"
    DEPENDS ${files} "${PROJECT_SOURCE_DIR}/cmake/kernel-module.sh"
    COMMENT "Building kernel module ${name}.ko"
    VERBATIM)
  add_custom_target(${name}-module ALL DEPENDS "${module}")
endfunction()

# presil_guest_program(<target>)
#
# Makes an executable one that runs in the guest: static, for any x86-64, without sanitizers, and
# in guest/bin/ of the build folder. Its libraries have to be made by presil_guest_flags() too.
function(presil_guest_program target)
  presil_guest_flags(${target})
  target_link_options(${target} PRIVATE -static -s)
  # Static from the first library to the last: CMake would look for shared ones behind one that is
  # named as a static one.
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PRESIL_GUEST_DIR}/bin"
    LINK_SEARCH_START_STATIC ON LINK_SEARCH_END_STATIC ON)
endfunction()

# presil_guest_flags(<target>)
#
# Code generation of what runs in the guest, whose CPU is the plainest x86-64.
function(presil_guest_flags target)
  target_compile_features(${target} PRIVATE cxx_std_23 c_std_11)
  target_compile_options(${target} PRIVATE
    -march=x86-64 -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion
    $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual>
    "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=" "-ffile-prefix-map=${CMAKE_BINARY_DIR}=build")
endfunction()
