#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
#
# install_test.sh BUILD CC CXX: what is installed of libkestrel is enough to build programs with,
# found by pkg-config, in C and in C++.

set -eu

build=$1 cc=$2 cxx=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cmake --install "$build" --prefix "$folder/usr" --component libkestrel >/dev/null
PKG_CONFIG_PATH=$(dirname "$(find "$folder/usr" -name kestrel.pc)")
export PKG_CONFIG_PATH
library=$(pkg-config --variable=libdir kestrel)

[ -f "$folder/usr/share/man/man3/libkestrel.3" ]

cat >"$folder/program.c" <<'END'
#include <kestrel/kestrel.h>
#include <errno.h>
#include <stdio.h>
int main(void) {
  struct kestrel_device* device = NULL;
  /* No kestrel, whatever the machine has. */
  int result = kestrel_device_open("/dev/null", &device);
  puts(kestrel_last_error());
  return result == -ENODEV && device == NULL ? 0 : 1;
}
END
cat >"$folder/program.cpp" <<'END'
#include <kestrel/kestrel.hpp>
#include <cerrno>
int main() {
  const auto device = kestrel::Device::open("/dev/null");
  return !device && device.error().code == ENODEV ? 0 : 1;
}
END

# Split as pkg-config means it.
# shellcheck disable=SC2046
"$cc" -std=c11 -Wall -Wextra -Wpedantic -Werror $(pkg-config --cflags kestrel) "$folder/program.c" \
  -o "$folder/in-c" $(pkg-config --libs kestrel)
# shellcheck disable=SC2046
"$cxx" -std=c++23 -Wall -Wextra -Wpedantic -Werror $(pkg-config --cflags kestrel) "$folder/program.cpp" \
  -o "$folder/in-cpp" $(pkg-config --libs kestrel)
# The manual's example, as it is printed.
sed -n '/^\.EX$/,/^\.EE$/{/^\./d;s/\\-/-/g;s/\\e/\\/g;p;}' "$folder/usr/share/man/man3/libkestrel.3" \
  >"$folder/example.c"
# shellcheck disable=SC2046
"$cc" -std=c11 -Wall -Wextra -Wpedantic -Werror $(pkg-config --cflags kestrel) "$folder/example.c" \
  -o "$folder/example" $(pkg-config --libs kestrel)
LD_LIBRARY_PATH=$library "$folder/in-c"
LD_LIBRARY_PATH=$library "$folder/in-cpp"
echo "both programs ran with the installed library, version $(pkg-config --modversion kestrel)"
