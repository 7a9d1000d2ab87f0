# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
"""clang-format changes nothing in our C++ and in the driver.

qemu-device/ is left out: its judge is QEMU's own style, which clang-format only comes near to.
"""

import re
import subprocess
from collections.abc import Iterator

from .tree import File, Tree

_COUNTED = re.compile(r"^(?P<file>.*?):(?P<line>\d+):\d+: error: code should be clang-formatted")


def find(tree: Tree) -> Iterator[str]:
    names = [file.name for file in tree.texts() if _is_formatted(file)]
    if not names:
        yield "no C or C++ file found"
        return
    shown = subprocess.run(["clang-format-19", "--dry-run", "--Werror", "--style=file", *names],
                           cwd=tree.top, check=False, capture_output=True, text=True)
    first: dict[str, str] = {}
    for line in shown.stderr.splitlines():
        if found := _COUNTED.match(line):
            first.setdefault(found["file"], found["line"])
    for name, line in first.items():
        yield f"{name}:{line}: not as clang-format-19 -i would write it"
    if shown.returncode != 0 and not first:
        yield shown.stderr.strip()


def _is_formatted(file: File) -> bool:
    if file.is_generated or file.is_under("qemu-device"):
        return False
    return file.has_suffix(".cpp", ".hpp") or (
        file.has_suffix(".c", ".h") and file.is_under("driver"))
