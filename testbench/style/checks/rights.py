# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
"""REUSE: every file says under which licence it is, and every licence is here."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .tree import Tree


def find(tree: Tree) -> Iterator[str]:
    # A copy without what was built: reuse leaves that out only where it can ask git.
    with tempfile.TemporaryDirectory() as folder:
        for file in tree.files:
            target = Path(folder, file.name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file.path, target)
        shown = subprocess.run(["reuse", "--root", folder, "lint", "--lines"], check=False,
                               capture_output=True, text=True)
        for line in shown.stdout.splitlines():
            yield line.removeprefix(folder).lstrip("/")
        if shown.returncode != 0 and not shown.stdout.strip():
            yield shown.stderr.strip()
