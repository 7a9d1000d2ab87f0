# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
"""The register block: PeakRDL-regblock, AXI4-Lite, asynchronous active-low reset."""

from pathlib import Path

from peakrdl_regblock import RegblockExporter
from peakrdl_regblock.cpuif.axi4lite import AXI4Lite_Cpuif_flattened
from systemrdl.node import AddrmapNode

_NOTICE = """\
// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The presil authors
"""


def export(top: AddrmapNode, folder: Path) -> list[str]:
    """Writes the module and its package into `folder`; returns the files' names."""
    RegblockExporter().export(
        top,
        str(folder),
        cpuif_cls=AXI4Lite_Cpuif_flattened,
        default_reset_activelow=True,
        default_reset_async=True,
    )
    names = [f"{top.inst_name}_pkg.sv", f"{top.inst_name}.sv"]
    for name in names:
        path = folder / name
        # Packed, since Verilator cannot save and restore unpacked structures.
        text = path.read_text(encoding="ascii").replace("struct {", "struct packed {")
        lines = [line.rstrip() for line in text.splitlines()]
        path.write_text(_NOTICE + "\n".join(lines) + "\n", encoding="ascii")
    return names
