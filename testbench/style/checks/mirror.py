# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
"""Every C++ source has a test of its name, or a line in testbench/style/covered_elsewhere.txt.

The test of sim/link/channel.cpp is a channel_test.cpp anywhere in testbench/sim/.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath

from .tree import File, Tree

_LIST = "testbench/style/covered_elsewhere.txt"
_MIRRORED = ("sim", "cli", "userspace")
_TEST = "_test.cpp"


def find(tree: Tree) -> Iterator[str]:
    sources = {file.name for file in tree.files
               if file.is_under(*_MIRRORED) and file.has_suffix(".cpp")}
    tests = {file.name for file in tree.files
             if file.is_under("testbench") and file.name.endswith(_TEST)}
    own = {(_area(test.removeprefix("testbench/")), PurePosixPath(test).name) for test in tests}

    listed = set()
    for file in tree.files:
        if file.name == _LIST:
            yield from _find_in_list(file, sources, tests, own, listed)
    for source in sorted(sources - listed):
        if _own_test(source) not in own:
            area, test = _own_test(source)
            yield f"{source}: no {test} in testbench/{area}/, and not in {_LIST}"


def _find_in_list(file: File, sources: set[str], tests: set[str], own: set[tuple[str, str]],
                  listed: set[str]) -> Iterator[str]:
    """Looks at lines like "SOURCE TEST...", with what comes after # left out."""
    for number, line in file.numbered():
        source, *covering = line.split("#")[0].split() or [""]
        if not source:
            continue
        place = f"{_LIST}:{number}"
        if source not in sources:
            yield f"{place}: {source} does not exist, or needs no test"
        elif _own_test(source) in own:
            yield f"{place}: {source} has a test of its name now"
        if source in listed:
            yield f"{place}: {source} is listed twice"
        if not covering:
            yield f"{place}: no test is named that covers {source}"
        for test in covering:
            if test not in tests:
                yield f"{place}: {test} does not exist, or is no test"
        listed.add(source)


def _own_test(source: str) -> tuple[str, str]:
    return _area(source), PurePosixPath(source).stem + _TEST


def _area(name: str) -> str:
    return name.split("/")[0]
