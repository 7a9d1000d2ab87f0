# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
"""Every C++ source has a test of its name, or a line in testbench/style/covered_elsewhere.txt."""

from collections.abc import Iterator

from .tree import Tree

_LIST = "testbench/style/covered_elsewhere.txt"


def find(tree: Tree) -> Iterator[str]:
    names = {file.name for file in tree.files}
    tests = {file.path.name.removesuffix("_test.cpp") for file in tree.files
             if file.is_under("testbench") and file.path.name.endswith("_test.cpp")}
    elsewhere = dict(_elsewhere(tree))

    for file in tree.files:
        if not (file.is_under("sim", "cli", "userspace") and file.has_suffix(".cpp")):
            continue
        tested = file.path.stem in tests
        if not tested and file.name not in elsewhere:
            yield f"{file.name}: no {file.path.stem}_test.cpp in testbench/, and not in {_LIST}"
        if tested and file.name in elsewhere:
            yield f"{_LIST}: {file.name} has a test of its name now"
    for name, test in elsewhere.items():
        for missing in {name, test} - names:
            yield f"{_LIST}: {missing} does not exist"


def _elsewhere(tree: Tree) -> Iterator[tuple[str, str]]:
    """Pairs of a source and the test that covers it, as the list has them."""
    for file in tree.files:
        if file.name == _LIST:
            for line in file.lines:
                if words := line.split("#")[0].split():
                    yield words[0], words[-1]
