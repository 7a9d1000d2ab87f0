# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
"""shellcheck on every shell script."""

import subprocess
from collections.abc import Iterator

from .tree import Tree


def find(tree: Tree) -> Iterator[str]:
    scripts = [file.name for file in tree.shell_scripts()]
    if not scripts:
        yield "no shell script found"
        return
    shown = subprocess.run(["shellcheck", "--format=gcc", *scripts], cwd=tree.top, check=False,
                           capture_output=True, text=True)
    yield from (shown.stdout + shown.stderr).splitlines()
