#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
#
# kernel-module.sh SOURCE_DIR OUT_DIR KERNEL_BUILD_DIR
#
# Builds the kernel modules that SOURCE_DIR/Kbuild describes, out of tree, against the kernel whose
# build folder is given, and leaves them in OUT_DIR/*.ko. SOURCE_DIR is copied first, with symbolic
# links followed, so it stays clean and headers that it links to come along. The modules are the
# same, byte by byte, wherever SOURCE_DIR and OUT_DIR lie.
#
# Environment: KBUILD_EXTRA is passed to make (e.g. "W=1 C=1"). On failure: one line on stderr that
# names the log, and exit status 1; what an earlier run left in OUT_DIR is gone.
set -eu

fail() {
  echo "kernel-module.sh: $*" >&2
  exit 1
}

[ $# -eq 3 ] || fail "usage: kernel-module.sh SOURCE_DIR OUT_DIR KERNEL_BUILD_DIR"
source=$1 out=$2 kernel=$3

[ -d "$source" ] || fail "no folder $source"
[ -f "$source/Kbuild" ] || [ -f "$source/Makefile" ] || fail "$source has no Kbuild and no Makefile"
[ -f "$kernel/Makefile" ] || fail "no kernel build folder $kernel; install the kernel's headers"

mkdir -p "$out" || fail "cannot make $out"
source=$(cd "$source" && pwd -P) out=$(cd "$out" && pwd -P)
log=$out/build.log
case $out in *[[:space:]]*) fail "kbuild cannot work in \"$out\": there is a space in the path" ;; esac
rm -rf "$out/src" "$out"/*.ko "$log"
cp -RL "$source" "$out/src" 2>"$log" || fail "copying $source failed, see $log"

# Paths that the compiler and the assembler would note down are mapped to one that never changes;
# the build id is a hash of the rest. What a module does not need in order to run is stripped.
map="-ffile-prefix-map=$out/src/= -ffile-prefix-map=$out/src=."
# shellcheck disable=SC2086 # KBUILD_EXTRA is a list
if ! make -C "$kernel" M="$out/src" KCFLAGS="$map" KAFLAGS="$map" LC_ALL=C TZ=UTC \
  KBUILD_BUILD_TIMESTAMP=@0 KBUILD_BUILD_USER=builder KBUILD_BUILD_HOST=builder \
  ${KBUILD_EXTRA:-} modules >"$log" 2>&1; then
  fail "the module does not build, see $log"
fi

set -- "$out"/src/*.ko
[ -f "$1" ] || fail "$source builds no module, see $log"
for module; do
  objcopy --strip-debug "$module" "$out/$(basename "$module")" 2>>"$log" ||
    fail "stripping $(basename "$module") failed, see $log"
done
