# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
"""SHA-256 of the generator's inputs and outputs, so that staleness is found without a generator.

Imports nothing beyond Python itself.
"""

import hashlib
from pathlib import Path

NAME = "manifest.sha256"
_RDL = Path(__file__).resolve().parent.parent


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def inputs() -> list[Path]:
    """Everything that decides what is generated: description, generator, pinned packages."""
    return sorted(
        [_RDL / "kestrel.rdl", _RDL / "generate", _RDL / "requirements.txt"]
        + list((_RDL / "rdlgen").glob("*.py"))
    )


def write(folder: Path, outputs: list[str]) -> None:
    lines = [f"{_digest(p)}  ../rdl/{p.relative_to(_RDL).as_posix()}" for p in inputs()]
    lines += [f"{_digest(folder / name)}  {name}" for name in sorted(outputs)]
    (folder / NAME).write_text("\n".join(lines) + "\n", encoding="ascii")


def problems(folder: Path) -> list[str]:
    """One sentence for each file of `folder` or input that is not as the manifest says."""
    found = []
    listed = set()
    for line in (folder / NAME).read_text(encoding="ascii").splitlines():
        digest, name = line.split("  ", 1)
        listed.add(name)
        path = _RDL / name.removeprefix("../rdl/") if name.startswith("../rdl/") else folder / name
        if not path.is_file():
            found.append(f"{name} is listed in {NAME} but does not exist")
        elif _digest(path) != digest:
            kind = "changed since the last generation" if name.startswith("../") else "was edited by hand"
            found.append(f"{name} {kind}")
    for path in inputs():
        if f"../rdl/{path.relative_to(_RDL).as_posix()}" not in listed:
            found.append(f"{path.name} is an input that {NAME} does not list")
    for path in folder.iterdir():
        if path.name != NAME and path.name not in listed:
            found.append(f"{path.name} is not listed in {NAME}")
    return found
