# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
"""The laws of docs/architecture.md, as far as words can show that they are broken."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .tree import File, Tree


@dataclass(frozen=True)
class Rule:
    """What may not be said, where, and why."""

    folders: tuple[str, ...]  # Empty: everywhere.
    forbidden: re.Pattern[str]
    reason: str
    # Parts of a line that do not count.
    ignored: re.Pattern[str] = re.compile(r"The presil authors")


_RULES = (
    Rule(
        folders=("driver", "userspace"),
        forbidden=re.compile(r"presil|qemu|simulat|verilat|systemc|emulat|icount", re.I),
        reason="the driver and the userspace never know that the hardware is simulated",
        # Who holds the rights, and the build system's own names, are no part of what is built.
        ignored=re.compile(r"The presil authors|\bpresil_\w+\(|presil::\w+|include\(Presil\w+\)|"
                           r"\$\{PRESIL_\w+\}"),
    ),
    Rule(
        folders=("presil", "CMakeLists.txt", "qemu-device", "link", "cli", "env",
                 "sim/CMakeLists.txt", "sim/base", "sim/link", "sim/pcie", "sim/axi", "sim/rtl",
                 "sim/record", "sim/app", "hw/CMakeLists.txt"),
        forbidden=re.compile(r"kestrel", re.I),
        reason="the platform knows no accelerator by name",
    ),
    Rule(
        folders=(),
        forbidden=re.compile(r"(?<![\w$}.])/(home/\w|root/|work/)"),
        reason="a path of somebody's machine",
    ),
    Rule(
        folders=(),
        forbidden=re.compile(r"\b(\w+\.)*debian\.org|\bpypi\.org|pythonhosted\.org", re.I),
        reason="no mirror or registry is named: the host's own configuration says which one",
    ),
)


def find(tree: Tree) -> Iterator[str]:
    for file in tree.texts():
        if file.is_under("LICENSES", "testbench/style"):
            continue
        for rule in _RULES:
            if not rule.folders or file.is_under(*rule.folders):
                yield from _broken(rule, file)


def _broken(rule: Rule, file: File) -> Iterator[str]:
    for number, line in file.numbered():
        if found := rule.forbidden.search(rule.ignored.sub("", line)):
            yield f"{file.name}:{number}: '{found[0]}': {rule.reason}"
    if rule.folders and (found := rule.forbidden.search(file.name)):
        yield f"{file.name}: '{found[0]}' in the name: {rule.reason}"
