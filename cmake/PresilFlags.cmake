# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors

# presil::flags: language level, warnings and sanitizers of code that we write.
add_library(presil_flags INTERFACE)
add_library(presil::flags ALIAS presil_flags)

target_compile_features(presil_flags INTERFACE cxx_std_23 c_std_11)
target_compile_options(presil_flags INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual>
  # Same paths in every checkout: messages and assertions must not depend on where it lies.
  "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(PRESIL_SANITIZE)
  target_compile_options(presil_flags INTERFACE
    -fsanitize=${PRESIL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(presil_flags INTERFACE -fsanitize=${PRESIL_SANITIZE})
endif()
