# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
"""The project's own files, without asking git, which a build folder or an archive may lack."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_NOT_OURS = {".git", "build", "runs", "__pycache__", ".cache", ".vscode", ".idea"}


@dataclass(frozen=True)
class File:
    """One file of the project."""

    path: Path  # In the file system.
    name: str  # Relative to the top of the project, with slashes.

    @cached_property
    def content(self) -> bytes:
        return self.path.read_bytes()

    @property
    def is_text(self) -> bool:
        return b"\0" not in self.content[:4096]

    @cached_property
    def lines(self) -> list[str]:
        return self.content.decode("utf-8", errors="replace").split("\n")

    def numbered(self) -> Iterator[tuple[int, str]]:
        return enumerate(self.lines, start=1)

    @property
    def is_generated(self) -> bool:
        """True for what a generator writes and is committed: its form is the generator's."""
        return "/gen/" in self.name

    def is_under(self, *places: str) -> bool:
        """True for a file in one of the folders, and for one of these files itself."""
        return any(self.name == place or self.name.startswith(place + "/") for place in places)

    def has_suffix(self, *suffixes: str) -> bool:
        return self.path.suffix in suffixes


class Tree:
    """All files of the project, sorted by name."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.files = sorted(self._walk(), key=lambda file: file.name)

    def _walk(self) -> Iterator[File]:
        for folder, folders, names in os.walk(self.top):
            folders[:] = [name for name in folders if name not in _NOT_OURS]
            for name in names:
                path = Path(folder, name)
                if not path.is_symlink() and name not in _NOT_OURS:
                    yield File(path, path.relative_to(self.top).as_posix())

    def texts(self) -> Iterator[File]:
        return (file for file in self.files if file.is_text)

    def shell_scripts(self) -> Iterator[File]:
        for file in self.texts():
            first = file.lines[0]
            if first.startswith("#!") and first.split("/")[-1].split()[-1] in ("sh", "bash"):
                yield file
            elif file.has_suffix(".sh"):
                yield file
