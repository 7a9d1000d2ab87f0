# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
"""Every text file: ASCII, Unix line ends, no trailing space, and who holds the rights on top."""

import re
from collections.abc import Iterator

from .tree import File, Tree

_WITH_TABS = re.compile(r"(^driver/)|((^|/)(Kbuild|Kconfig|Makefile)$)|(_module/[^/]*\.c$)|(\.patch$)")
# REUSE.toml speaks for these.
_WITHOUT_HEADER = re.compile(r"\.(json|md|svg|txt)$|^REUSE\.toml$|^\.gitignore$")
_LONGEST = {".sv": 100, ".svh": 100, ".cpp": 100, ".hpp": 100, ".py": 120}


def find(tree: Tree) -> Iterator[str]:
    for file in tree.texts():
        if not file.is_under("LICENSES") and not file.is_generated:
            yield from _characters(file)
            yield from _header(file)


def _characters(file: File) -> Iterator[str]:
    if file.content and not file.content.endswith(b"\n"):
        yield f"{file.name}: no line end at the end of the file"
    if file.content.endswith(b"\n\n"):
        yield f"{file.name}: empty lines at the end of the file"
    tabs_allowed = _WITH_TABS.search(file.name)
    longest = _LONGEST.get(file.path.suffix)
    for number, line in file.numbered():
        where = f"{file.name}:{number}"
        if not line.isascii():
            yield f"{where}: not ASCII: {ascii(next(c for c in line if not c.isascii()))}"
        if line != line.rstrip():
            yield f"{where}: space or carriage return at the end of the line"
        if "\t" in line and not tabs_allowed:
            yield f"{where}: tab"
        if longest and len(line) > longest:
            yield f"{where}: {len(line)} characters exceed the limit {longest}"


def _header(file: File) -> Iterator[str]:
    if _WITHOUT_HEADER.search(file.name):
        return
    top = "\n".join(file.lines[:6])
    for tag in ("SPDX-License-Identifier: ", "SPDX-FileCopyrightText: 2026 The presil authors"):
        if tag not in top:
            yield f"{file.name}: no '{tag.strip()}' in the first lines"
