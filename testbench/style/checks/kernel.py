# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
"""Rules of the kernel's coding-style.rst and checkpatch that hold for driver/."""

import re
from collections.abc import Iterator

from .tree import File, Tree

_COLUMNS = 100
_TAB = 8

# What a line may not match, and what to do instead.
_LINE_RULES = tuple((re.compile(pattern), advice) for pattern, advice in (
    (r"^ {8}", "indent with tabs"),
    (r" \t", "space before a tab"),
    (r"\b(if|for|while|switch)\(", "a space goes between the keyword and its parenthesis"),
    (r"\b(if|while) \(\(?\w+ = [^=]", "no assignment in a condition"),
    (r"[!=]= NULL\b", "write !x or x, not a comparison with NULL"),
    (r"\breturn \([^()]*\);", "return is not a function"),
    (r"^\s*typedef (struct|union|enum)\b", "no typedef for a structure"),
    (r"^\s*\w[\w ]*\w\* \w", "the * goes with the name"),
    (r"\bsizeof [^(]", "sizeof takes parentheses"),
    (r"\bk[mzv]+alloc\(sizeof\(struct\b", "take sizeof(*pointer)"),
    (r"\bunsigned (?!int|long|char|short)\w", "write unsigned int"),
    (r"\b(BUG|BUG_ON|panic)\(", "warn and recover instead of stopping the machine"),
    (r"\bprintk\(|\bpr_(err|warn|info|debug)\(", "say which device: drm_* or dev_*"),
    (r"\b(strcpy|strncpy|strlcpy|sprintf|vsprintf)\(", "take strscpy or scnprintf"),
    (r"\b(simple_strto\w+)\(", "take kstrto*"),
    (r"\bENOTSUPP\b", "not for userspace; take EOPNOTSUPP"),
    (r"\bvolatile\b", "volatile is not a lock"),
    (r"^#\s*if 0\b", "delete dead code"),
    (r"\bmdelay\(", "sleep instead of spinning for milliseconds"),
    (r"\b(yield|udelay)\(\s*\d{3,}", "sleep instead of spinning"),
    (r"\bmsleep\(1?\d\)", "msleep below 20 ms is inexact; take usleep_range or fsleep"),
    (r"\bu?int(8|16|32|64)_t\b", "take u8 to u64"),
    (r"\b__attribute__\s*\(\(packed\)\)", "take __packed"),
    (r"\\$(?<=do \{\\)", "a macro's do { starts on its own line"),
    (r";;$", "double semicolon"),
    (r"\b(true|false)\s*[!=]=|[!=]=\s*(true|false)\b", "do not compare with true or false"),
    (r"\bin_interrupt\(\)", "a driver does not ask where it runs"),
))
_UAPI_RULES = tuple((re.compile(pattern), advice) for pattern, advice in (
    (r"^\s+(u?int\d*_t|unsigned|int|long|char|short|bool|size_t|u8|u16|u32|u64)\b",
     "take __u8 to __u64 or __s8 to __s64"),
    (r"^\s+\w[\w ]*\*\s*\w+;", "a pointer in a structure has no fixed size; take __u64"),
    (r"^\s+enum \w+ \w+;", "an enum has no fixed size; take __u32"),
    (r"^\s+\w+ \w+ ?: ?\d+;", "no bit fields: their order is not defined"),
))
_STRING = re.compile(r'"(\\.|[^"\\])*"')


def find(tree: Tree) -> Iterator[str]:
    for file in tree.texts():
        if file.is_under("driver") and file.has_suffix(".c", ".h"):
            yield from _first_line(file)
            yield from _lines(file)


def _first_line(file: File) -> Iterator[str]:
    is_uapi = "/uapi/" in file.name
    identifier = "MIT" if is_uapi else "GPL-2.0-only"
    tag = f"SPDX-License-Identifier: {identifier}"
    wanted = f"/* {tag} */" if file.has_suffix(".h") else f"// {tag}"
    if file.lines[0] != wanted:
        yield f"{file.name}:1: the first line is not '{wanted}'"


def _lines(file: File) -> Iterator[str]:
    rules = _LINE_RULES + (_UAPI_RULES if "/uapi/" in file.name else ())
    in_comment = False
    for number, line in file.numbered():
        where = f"{file.name}:{number}"
        columns = len(line.expandtabs(_TAB))
        if columns > _COLUMNS:
            yield f"{where}: {columns} columns exceed the limit {_COLUMNS}"
        if line == "" == file.lines[number - 2] and 1 < number < len(file.lines):
            yield f"{where}: two empty lines"

        code = _STRING.sub('""', line)
        if "/*" in code and "*/" not in code[code.index("/*"):]:
            code, in_comment = code[: code.index("/*")], True
        elif in_comment:
            in_comment = "*/" not in code
            continue
        code = re.sub(r"/\*.*?\*/", "", code)
        if "//" in code and "SPDX-" not in line:
            yield f"{where}: comments are /* */"
        for pattern, advice in rules:
            if pattern.search(code):
                yield f"{where}: {advice}: '{line.strip()}'"
