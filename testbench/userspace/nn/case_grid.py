# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
"""The cases: each operator over shapes, strides, paddings, groups, zero points and scales."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from case_models import Builder, Quant, Tensor

# A case makes its model with a builder and returns the outputs. Exact ones equal bit for bit.
Case = tuple[str, str, Callable[[Builder], list[Tensor]]]

IN = [Quant(0.037, -3), Quant(0.02, 0), Quant(0.05, -128), Quant(0.011, 127),
      Quant(0.03, 121, np.uint8), Quant(0.04, 0, np.uint8)]
OUT = [Quant(0.35, 4), Quant(0.21, -128), Quant(0.5, 0), Quant(0.4, 130, np.uint8),
       Quant(0.27, 0, np.uint8), Quant(0.6, 127)]
RELU = (0.0, np.inf)


def pick(values: list, number: int):
    return values[number % len(values)]


def pick_out(quant: Quant, number: int, factor: float = 1) -> Quant:
    """Of the type of `quant`: ONNX Runtime computes mixed types in real numbers."""
    out = pick([out for out in OUT if out.dtype is quant.dtype], number)
    return Quant(out.scale * factor, out.zero, out.dtype)


def convolutions() -> Iterator[Case]:
    # channels in, channels out, height, width, kernel, strides, pads, dilations, groups
    shapes = [
        (1, 16, 28, 28, (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 1),
        (1, 5, 9, 11, (5, 5), (2, 2), (2, 2, 2, 2), (1, 1), 1),
        (3, 8, 17, 13, (3, 3), (2, 2), (0, 0, 1, 1), (1, 1), 1),
        (3, 20, 12, 12, (7, 7), (2, 2), (3, 3, 3, 3), (1, 1), 1),
        (2, 16, 10, 10, (3, 3), (1, 1), (2, 1, 2, 1), (2, 1), 1),
        (4, 6, 8, 8, (3, 2), (1, 2), (1, 0, 0, 1), (1, 1), 1),
        (16, 16, 14, 14, (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 1),
        (16, 32, 15, 9, (3, 3), (2, 2), (1, 1, 1, 1), (1, 1), 1),
        (32, 48, 7, 7, (1, 1), (1, 1), (0, 0, 0, 0), (1, 1), 1),
        (20, 17, 6, 5, (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 1),
        (24, 40, 9, 9, (1, 1), (2, 2), (0, 0, 0, 0), (1, 1), 1),
        (33, 31, 8, 8, (2, 2), (2, 2), (0, 0, 0, 0), (1, 1), 1),
        (16, 16, 13, 13, (3, 3), (1, 1), (2, 2, 2, 2), (2, 2), 1),
        (16, 16, 12, 16, (3, 5), (2, 3), (1, 2, 0, 1), (1, 2), 1),
        (64, 16, 5, 5, (5, 5), (1, 1), (0, 0, 0, 0), (1, 1), 1),
        (16, 16, 16, 16, (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 16),
        (24, 24, 11, 11, (3, 3), (2, 2), (1, 1, 1, 1), (1, 1), 24),
        (40, 40, 9, 7, (5, 5), (1, 1), (2, 2, 2, 2), (1, 1), 40),
        (16, 32, 8, 8, (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 16),
        (32, 32, 8, 8, (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 2),
        (24, 36, 7, 7, (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 4),
        (12, 6, 7, 7, (2, 2), (1, 1), (0, 0, 0, 0), (1, 1), 3),
        (48, 48, 6, 6, (3, 3), (1, 1), (1, 1, 1, 1), (2, 2), 48),
        (128, 64, 6, 6, (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 1),
        (8, 8, 40, 33, (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 1),
        (16, 16, 1, 70, (1, 3), (1, 1), (0, 1, 0, 1), (1, 1), 1),
        (16, 16, 70, 1, (3, 1), (1, 1), (1, 0, 1, 0), (1, 1), 1),
        (1, 1, 4, 4, (4, 4), (1, 1), (0, 0, 0, 0), (1, 1), 1),
        (5, 3, 3, 3, (3, 3), (1, 1), (4, 4, 4, 4), (1, 1), 1),
    ]
    number = 0
    for index, shape in enumerate(shapes):
        cin, cout, height, width, kernel, strides, pads, dilations, group = shape
        for variant in range(9):
            number += 1
            seed = number

            def make(b: Builder, shape=shape, seed=seed, variant=variant) -> list[Tensor]:
                cin, cout, height, width, kernel, strides, pads, dilations, group = shape
                x = b.input((2 if variant == 7 else 1, cin, height, width), pick(IN, seed))
                clip = pick([None, RELU, (0.0, 6.0), (-1.0, 20.0)], seed)
                out = pick_out(x.quant, seed + variant,
                               (cin // group * kernel[0] * kernel[1]) ** 0.5 / 3)
                # uint8 weights go with uint8 activations only.
                is_unsigned = variant == 6 and x.quant.dtype is np.uint8
                y = b.conv(x, cout, kernel, out, group=group, per_channel=variant % 3 != 0,
                           bias=variant % 4 != 1, clip=None if b.form == "qlinear" else clip,
                           weight_dtype=np.uint8 if is_unsigned else np.int8,
                           strides=list(strides), pads=list(pads), dilations=list(dilations))
                return [y]

            yield f"conv_{index:02}_{variant}", "exact", make
    for automatic, stride, size in itertools.product(("SAME_UPPER", "SAME_LOWER", "VALID"), (1, 2),
                                                     (7, 8)):
        number += 1

        def make_automatic(b: Builder, automatic=automatic, stride=stride, size=size,
                           seed=number) -> list[Tensor]:
            x = b.input((1, 16, size, size + 1), pick(IN, seed))
            return [b.conv(x, 16, (3, 2), Quant(1.7, 3, x.quant.dtype), strides=[stride, stride],
                           auto_pad=automatic)]

        yield f"conv_{automatic.lower()}_{stride}_{size}", "exact", make_automatic


def products() -> Iterator[Case]:
    sizes = [(1, 16, 16), (1, 784, 10), (1, 37, 33), (5, 64, 10), (17, 100, 40), (1, 3136, 64),
             (64, 48, 16), (3, 1, 1), (1, 20, 128), (33, 7, 5), (1, 9000, 20), (1, 17000, 3)]
    number = 0
    for (rows, depth, columns), variant in itertools.product(sizes, range(6)):
        number += 1

        def make(b: Builder, rows=rows, depth=depth, columns=columns, variant=variant,
                 seed=number) -> list[Tensor]:
            x = b.input((rows, depth), pick(IN, seed))
            out = pick_out(x.quant, seed + variant, depth ** 0.5 / 3)
            clip = None if b.form == "qlinear" else pick([None, RELU, (-3.0, 3.0)], seed)
            if variant < 4:
                # ONNX Runtime computes a Gemm without a bias in real numbers in this form.
                return [b.gemm(x, columns, out, per_channel=variant % 2 == 0,
                               bias=variant < 3 or b.form == "qdq", transposed=variant != 2,
                               clip=clip)]
            return [b.matmul(x, columns, out, per_channel=variant == 4)]

        yield f"product_{rows}_{depth}_{columns}_{variant}", "exact", make
    for shape in ((1, 6, 32), (2, 5, 20)):
        def make_deep(b: Builder, shape=shape) -> list[Tensor]:
            return [b.matmul(b.input(shape, IN[0]), 24, Quant(2.0, -7))]

        yield f"product_deep_{shape[1]}", "exact", make_deep


def pools() -> Iterator[Case]:
    # channels, height, width, kernel, strides, pads
    shapes = [(16, 28, 28, (2, 2), (2, 2), (0, 0, 0, 0)), (32, 14, 14, (2, 2), (2, 2), (0, 0, 0, 0)),
              (5, 9, 9, (3, 3), (2, 2), (1, 1, 1, 1)), (20, 7, 8, (3, 2), (1, 1), (1, 0, 1, 1)),
              (48, 6, 6, (3, 3), (3, 3), (0, 0, 0, 0)), (16, 5, 5, (5, 5), (1, 1), (0, 0, 0, 0)),
              (17, 33, 40, (3, 3), (2, 2), (1, 1, 1, 1))]
    for index, shape in enumerate(shapes):
        for variant in range(4):
            def make_max(b: Builder, shape=shape, variant=variant, index=index) -> list[Tensor]:
                channels, height, width, kernel, strides, pads = shape
                quant = pick(IN, index + variant * 2)
                x = b.input((1, channels, height, width), quant)
                more = {"ceil_mode": 1} if variant == 2 else {}
                if variant == 3 and index == 0:
                    more = {"dilations": [2, 2]}
                return [b.pool("MaxPool", x, quant, kernel_shape=list(kernel),
                               strides=list(strides), pads=list(pads), **more)]

            yield f"maxpool_{index}_{variant}", "exact", make_max

            def make_average(b: Builder, shape=shape, variant=variant, index=index) -> list[Tensor]:
                channels, height, width, kernel, strides, pads = shape
                x = b.input((1, channels, height, width), pick(IN, index + variant))
                scale = x.quant.scale * (1.0, 0.5, 0.77, 0.31)[variant]
                out = Quant(scale, x.quant.zero, x.quant.dtype)
                return [b.pool("AveragePool", x, out, kernel_shape=list(kernel),
                               strides=list(strides), pads=list(pads),
                               count_include_pad=variant % 2)]

            yield f"averagepool_{index}_{variant}", "within1", make_average
    for channels, size, variant in itertools.product((8, 16, 40), (1, 4, 7), range(2)):
        def make_global(b: Builder, channels=channels, size=size, variant=variant) -> list[Tensor]:
            x = b.input((1, channels, size, size + variant), pick(IN, channels + size + variant))
            out = Quant(x.quant.scale * 0.4, x.quant.zero, x.quant.dtype)
            return [b.pool("GlobalAveragePool", x, out)]

        yield f"global_{channels}_{size}_{variant}", "within1", make_global


def sums() -> Iterator[Case]:
    shapes = [(1, 16, 8, 8), (1, 20, 7, 5), (1, 64, 14, 14), (1, 130), (3, 40), (1, 5, 48),
              (2, 16, 6, 6), (1, 3, 90, 70)]
    number = 0
    for shape, variant in itertools.product(shapes, range(4)):
        number += 1

        def make_add(b: Builder, shape=shape, variant=variant, seed=number) -> list[Tensor]:
            quant = pick(IN, seed)
            x = b.input(shape, quant)
            other = Quant(pick(IN, seed + 2).scale, pick(IN, seed).zero, quant.dtype)
            if variant == 3:
                axis = 1 if len(shape) == 4 else len(shape) - 1
                flat = tuple(n if i == axis else 1 for i, n in enumerate(shape))
                y = b.constant_tensor(flat if seed % 2 else (1,) * len(shape), other)
            else:
                y = b.input(shape, other)
            out = Quant((x.quant.scale + y.quant.scale) * (1.0, 0.6, 1.3, 0.8)[variant],
                        pick_out(quant, seed).zero, quant.dtype)
            if variant == 3 and seed % 4 == 3:
                x, y = y, x
            clip = RELU if b.form == "qdq" and variant == 1 else None
            return [b.binary("Add", x, y, out, clip=clip)]

        yield f"add_{number:02}", "within1", make_add

        def make_mul(b: Builder, shape=shape, variant=variant, seed=number) -> list[Tensor]:
            quant = pick(IN, seed + 1)
            x = b.input(shape, quant)
            axis = 1 if len(shape) == 4 else len(shape) - 1
            flat = tuple(n if i == axis else 1 for i, n in enumerate(shape))
            y = b.constant_tensor(flat if variant % 2 else (1,) * len(shape),
                                  Quant(0.013, 3, quant.dtype))
            out = Quant(0.05, 2, quant.dtype)
            return [b.binary("Mul", x, y, out)]

        yield f"mul_{number:02}", "within1", make_mul


def moves() -> Iterator[Case]:
    groups = [((16, 16), 1), ((5, 20, 3), 1), ((32, 48), 1), ((16,), 1), ((7, 9), 1)]
    for (channels, axis), variant in itertools.product(groups, range(4)):
        def make_concat(b: Builder, channels=channels, axis=axis, variant=variant) -> list[Tensor]:
            quant = pick(IN, variant + len(channels))
            parts = []
            for number, count in enumerate(channels):
                scale = quant.scale * (1 if variant == 0 else 1 + 0.3 * number)
                parts.append(b.input((1, count, 6, 9), Quant(scale, quant.zero, quant.dtype)))
            return [b.concat(parts, axis, quant)]

        yield f"concat_{'_'.join(map(str, channels))}_{variant}", "within1", make_concat
    for axis, variant in itertools.product((0, 1, 2, 3), range(2)):
        def make_axis(b: Builder, axis=axis, variant=variant) -> list[Tensor]:
            parts = []
            for number in range(2):
                shape = [2, 18, 5, 4]
                shape[axis] += number
                parts.append(b.input(tuple(shape), IN[variant]))
            return [b.concat(parts, axis, Quant(IN[variant].scale * 1.1, IN[variant].zero))]

        yield f"concat_axis_{axis}_{variant}", "within1", make_axis
    for rank, axis in ((2, 0), (2, 1), (3, 1), (3, 2)):
        def make_rows(b: Builder, rank=rank, axis=axis) -> list[Tensor]:
            parts = []
            for number in range(2):
                shape = [3, 4, 21][-rank:]
                shape[axis] += number
                parts.append(b.input(tuple(shape), IN[0]))
            return [b.concat(parts, axis, IN[0])]

        yield f"concat_rows_{rank}_{axis}", "within1", make_rows
    for index in range(6):
        def make_relu(b: Builder, index=index) -> list[Tensor]:
            if b.form == "qlinear":
                b.form = "qdq"
            quant = pick(IN, index)
            return [b.relu(b.input((1, 18, 5, 7), quant), pick_out(quant, index, 0.2))]

        yield f"relu_{index}", "within1", make_relu


def networks() -> Iterator[Case]:
    """Several operators, where results of one are read by the next."""
    for number, (channels, batch) in enumerate(itertools.product((8, 16, 20), (1, 2))):
        def make_cnn(b: Builder, channels=channels, batch=batch) -> list[Tensor]:
            relu = None if b.form == "qlinear" else RELU
            x = b.input((batch, 1, 20, 20), Quant(1 / 255, -128))
            h = b.conv(x, channels, (3, 3), Quant(0.02, -128), pads=[1] * 4, clip=relu)
            h = b.pool("MaxPool", h, h.quant, kernel_shape=[2, 2], strides=[2, 2])
            h = b.conv(h, 2 * channels, (3, 3), Quant(0.1, -128), pads=[1] * 4, clip=relu)
            h = b.pool("MaxPool", h, h.quant, kernel_shape=[2, 2], strides=[2, 2])
            h = b.shaped("Flatten", h)
            h = b.gemm(h, 32, Quant(0.9, -128), clip=relu)
            return [b.gemm(h, 10, Quant(2.0, 5))]

        yield f"network_cnn_{number}", "exact", make_cnn

        def make_residual(b: Builder, channels=channels, batch=batch) -> list[Tensor]:
            x = b.input((batch, channels, 9, 9), IN[0])
            h = b.conv(x, channels, (3, 3), Quant(0.4, -8), pads=[1] * 4)
            h = b.conv(h, channels, (3, 3), Quant(1.1, 6), pads=[1] * 4, group=channels)
            h = b.binary("Add", h, x, Quant(1.2, 6))
            return [b.pool("GlobalAveragePool", h, Quant(0.3, 6))]

        yield f"network_residual_{number}", "within1", make_residual

    def make_transposed(b: Builder) -> list[Tensor]:
        x = b.input((1, 16, 5, 6), IN[0])
        h = b.conv(x, 20, (3, 3), Quant(1.0, 3))
        h = b.shaped("Transpose", h, perm=[0, 2, 3, 1])
        h = b.shaped("Reshape", h, b.constant("shape", np.array([1, 12, 20], np.int64)))
        return [b.matmul(h, 18, Quant(3.0, 0))]

    yield "network_transposed", "exact", make_transposed

    def make_squeezed(b: Builder) -> list[Tensor]:
        x = b.input((1, 24, 4, 4), IN[1])
        h = b.conv(x, 40, (4, 4), Quant(1.0, 3))
        h = b.shaped("Squeeze", h, b.constant("axes", np.array([2, 3], np.int64)))
        h = b.gemm(h, 24, Quant(3.0, 0))
        h = b.shaped("Unsqueeze", h, b.constant("axes", np.array([2, 3], np.int64)))
        return [b.conv(h, 16, (1, 1), Quant(6.0, 1)), h]

    yield "network_squeezed", "exact", make_squeezed

    def make_branches(b: Builder) -> list[Tensor]:
        x = b.input((1, 3, 12, 12), IN[0])
        stem = b.conv(x, 16, (3, 3), Quant(0.3, 0), strides=[2, 2], pads=[1] * 4)
        left = b.conv(stem, 24, (1, 1), Quant(0.8, 2))
        right = b.conv(stem, 20, (3, 3), Quant(1.1, -2), pads=[1] * 4)
        both = b.concat([left, right], 1, Quant(1.1, 0))
        return [b.conv(both, 16, (1, 1), Quant(4.0, 0)), left]

    # A Concat may be off by one, and what follows by more; so only its own error counts here.
    yield "network_branches", "within3", make_branches


def interleaved() -> list[tuple[str, str, Case]]:
    """All cases, each in both forms, in an order in which the operators take turns."""
    families = [list(family()) for family in (convolutions, products, pools, sums, moves, networks)]
    ranked = []
    for family, cases in enumerate(families):
        for place, case in enumerate(cases):
            # So many cases apart that all families end together.
            ranked.append(((place + 0.5) / len(cases), family, place, case))
    ranked.sort(key=lambda entry: entry[:3])
    result = []
    for place, (_, _, _, case) in enumerate(ranked):
        result.append((case[0], ("qlinear", "qdq")[(place + place // 7) % 2], case))
    return result


def write_all(folder: Path) -> None:
    lines = []
    for seed, (stem, form, (_, check, make)) in enumerate(interleaved()):
        builder = Builder(form, np.random.default_rng(seed))
        outputs = make(builder)
        name = f"{seed:03}_{stem}_{builder.form}"
        case = folder / name
        case.mkdir(exist_ok=True)
        (case / "model.onnx").write_bytes(
            builder.model(outputs).SerializeToString(deterministic=True))
        data = np.random.default_rng(seed + 100000)
        for number, given in enumerate(builder.inputs):
            info = np.iinfo(given.quant.dtype)
            values = data.integers(info.min, info.max + 1, given.shape).astype(given.quant.dtype)
            values.tofile(case / f"input_{number}.bin")
        lines.append(f"{name} {check}\n")
    (folder / "INDEX").write_text("".join(lines))
