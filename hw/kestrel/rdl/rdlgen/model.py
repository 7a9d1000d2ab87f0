# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
"""What the exporters need to know of a SystemRDL address map, as plain data."""

from dataclasses import dataclass, field

from peakrdl_regblock.udps import ALL_UDPS
from systemrdl import RDLCompiler
from systemrdl.node import AddrmapNode, FieldNode, RegNode
from systemrdl.rdltypes import OnWriteType


@dataclass
class EnumValue:
    name: str
    value: int
    desc: str


@dataclass
class Enum:
    name: str  # As in the source, without the suffix _e.
    width: int
    values: list[EnumValue]


@dataclass
class Field:
    name: str
    low: int
    high: int
    reset: int | None  # None: driven by hardware, no value of its own.
    readable: bool
    writable: bool
    write_one_clears: bool
    single_pulse: bool  # Written 1 acts once; reads as 0.
    volatile: bool  # Hardware may change what software reads.
    encode: str | None
    desc: str

    @property
    def width(self) -> int:
        return self.high - self.low + 1

    @property
    def mask(self) -> int:
        return ((1 << self.width) - 1) << self.low

    @property
    def access(self) -> str:
        if self.write_one_clears:
            return "read, write 1 to clear"
        if self.single_pulse:
            return "write 1 to act"
        return {
            (True, True): "read, write",
            (True, False): "read",
            (False, True): "write",
        }[self.readable, self.writable]


@dataclass
class Register:
    name: str
    offset: int
    title: str
    desc: str
    fields: list[Field]

    def mask(self, predicate) -> int:
        return sum(f.mask for f in self.fields if predicate(f))

    @property
    def reset(self) -> int:
        return sum((f.reset or 0) << f.low for f in self.fields)


@dataclass
class Map:
    name: str
    title: str
    registers: list[Register]
    enums: list[Enum] = field(default_factory=list)
    record_bytes: int | None = None  # Set for a record in memory, None for a register block.


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _field(node: FieldNode) -> Field:
    encode = node.get_property("encode")
    return Field(
        name=node.inst_name,
        low=node.low,
        high=node.high,
        reset=node.get_property("reset"),
        readable=node.is_sw_readable,
        writable=node.is_sw_writable,
        write_one_clears=node.get_property("onwrite") == OnWriteType.woclr,
        single_pulse=bool(node.get_property("singlepulse")),
        volatile=node.is_volatile,
        encode=encode.type_name.removesuffix("_e") if encode else None,
        desc=_one_line(node.get_property("desc")),
    )


def _register(node: RegNode) -> Register:
    return Register(
        name=node.inst_name,
        offset=node.absolute_address,
        title=node.get_property("name"),
        desc=_one_line(node.get_property("desc")),
        fields=[_field(f) for f in node.fields()],
    )


def _enums(top: AddrmapNode) -> list[Enum]:
    found = {}
    for reg in top.registers():
        for fld in reg.fields():
            encode = fld.get_property("encode")
            if encode:
                found[encode.type_name] = Enum(
                    encode.type_name.removesuffix("_e"),
                    fld.width,
                    [EnumValue(m.name, m.value, _one_line(m.rdl_desc)) for m in encode],
                )
    return list(found.values())


def compile_map(source: str, top: str) -> tuple[AddrmapNode, Map]:
    """Compiles addrmap `top` of file `source`; errors go to stderr and raise RDLCompileError."""
    compiler = RDLCompiler()
    for udp in ALL_UDPS:  # The register block exporter asks for them.
        compiler.register_udp(udp, soft=False)
    compiler.compile_file(source)
    root = compiler.elaborate(top)
    node = root.top
    try:
        record_bytes = node.get_property("record_bytes")
    except LookupError:
        record_bytes = None
    return node, Map(
        name=top,
        title=node.get_property("name"),
        registers=[_register(r) for r in node.registers()],
        enums=_enums(node),
        record_bytes=record_bytes,
    )
