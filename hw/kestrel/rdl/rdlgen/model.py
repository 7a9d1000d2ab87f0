# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
"""What the exporters need to know of a SystemRDL address map, as plain data."""

from dataclasses import dataclass, field

from systemrdl import RDLCompiler
from systemrdl.node import AddrmapNode, FieldNode, RegfileNode, RegNode
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
    single_pulse: bool  # What is written acts once; reads as 0.
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
            return "write to act"
        return {
            (True, True): "read, write",
            (True, False): "read",
            (False, True): "write",
        }[self.readable, self.writable]


@dataclass
class Array:
    """Where an element of an array of register files lies."""

    base: int
    stride: int
    count: int


@dataclass
class Register:
    name: str
    offset: int  # Of the first element, for a register in an array.
    title: str
    desc: str
    fields: list[Field]
    array: Array | None = None

    def mask(self, predicate) -> int:
        return sum(f.mask for f in self.fields if predicate(f))

    @property
    def reset(self) -> int:
        return sum((f.reset or 0) << f.low for f in self.fields)


@dataclass
class Map:
    name: str
    title: str
    desc: str
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
        single_pulse=node.is_sw_writable and not node.is_sw_readable,
        volatile=node.is_volatile,
        encode=encode.type_name.removesuffix("_e") if encode else None,
        desc=_one_line(node.get_property("desc")),
    )


def _register(node: RegNode, file: RegfileNode | None = None) -> Register:
    array = None
    desc = _one_line(node.get_property("desc"))
    if file is not None and file.is_array:
        array = Array(file.raw_absolute_address, file.array_stride, file.array_dimensions[0])
    elif file is not None:
        desc = _one_line(file.get_property("desc"))
    return Register(
        name=node.inst_name if file is None else f"{file.inst_name}_{node.inst_name}",
        offset=array.base + node.raw_address_offset if array else node.absolute_address,
        title=node.get_property("name"),
        desc=desc,
        fields=[_field(f) for f in node.fields()],
        array=array,
    )


def _nodes(top: AddrmapNode):
    """(register, the array of register files that it lies in, or None), by address."""
    for child in top.children(unroll=False):
        if isinstance(child, RegfileNode):
            for reg in child.registers():
                yield reg, child
        else:
            yield child, None


def _enums(top: AddrmapNode) -> list[Enum]:
    found = {}
    for reg, _ in _nodes(top):
        for fld in reg.fields():
            encode = fld.get_property("encode")
            if encode:
                found[encode.type_name] = Enum(
                    encode.type_name.removesuffix("_e"),
                    fld.width,
                    [EnumValue(m.name, m.value, _one_line(m.rdl_desc)) for m in encode],
                )
    return list(found.values())


def compile_map(source: str, top: str) -> Map:
    """Compiles addrmap `top` of file `source`; errors go to stderr and raise RDLCompileError."""
    compiler = RDLCompiler()
    compiler.compile_file(source)
    root = compiler.elaborate(top)
    node = root.top
    try:
        record_bytes = node.get_property("record_bytes")
    except LookupError:
        record_bytes = None
    return Map(
        name=top,
        title=node.get_property("name"),
        desc=(node.get_property("desc") or "").strip(),
        registers=[_register(*pair) for pair in _nodes(node)],
        enums=_enums(node),
        record_bytes=record_bytes,
    )
