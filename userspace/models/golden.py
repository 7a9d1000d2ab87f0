#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
"""Writes what ONNX Runtime computes for the first test pictures, as files that need no Python.

golden.py --count N --out FOLDER [--first K] [MODEL...] takes pictures K .. K+N-1 of the test set
and the models beside this file, or those named. README.md describes the files. The same N, K and
models give the same bytes.
"""

import argparse
import contextlib
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from google.protobuf.message import DecodeError

import fashion_mnist

# What is left of a layer whose quantisation ONNX Runtime could not merge into it.
_FLOAT_OPERATORS = {"Add", "AveragePool", "Concat", "Conv", "Gemm", "GlobalAveragePool", "MatMul",
                    "Mul", "Relu"}


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Drops what libraries write to the error output; what matters comes as an exception.

    The release's onnx and onnxruntime share one library of operator schemas. Both fill it, and the
    second says a thousand times that it is full. Protobuf complains before it raises.
    """
    told = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(told, 2)
        os.close(told)


def _session(model: onnx.ModelProto) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    with _silent():
        return onnxruntime.InferenceSession(model.SerializeToString(), options,
                                            providers=["CPUExecutionProvider"])


def _require_int8(model: onnx.ModelProto) -> None:
    """ValueError if ONNX Runtime does not compute every layer of the model in int8."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # It warns of what it writes being for this machine.
    with tempfile.TemporaryDirectory() as folder, _silent():
        path = Path(folder, "as_it_runs.onnx")
        options.optimized_model_filepath = str(path)
        onnxruntime.InferenceSession(model.SerializeToString(), options,
                                     providers=["CPUExecutionProvider"])
        found = [node for node in onnx.load(path).graph.node if node.op_type in _FLOAT_OPERATORS]
    if found:
        raise ValueError(f"{found[0].op_type} {found[0].name} is computed in float")


def _run(model: onnx.ModelProto, inputs: np.ndarray) -> list[np.ndarray]:
    """The model's outputs for all inputs, given one by one, along the first dimension."""
    run, name = _session(model).run, model.graph.input[0].name
    results = [run(None, {name: one[np.newaxis]}) for one in inputs]
    return [np.concatenate(column) for column in zip(*results, strict=True)]


def _part(model: onnx.ModelProto, nodes: list[onnx.NodeProto], source: onnx.ValueInfoProto,
          result: onnx.ValueInfoProto) -> onnx.ModelProto:
    """Some of the model's nodes as a model of their own."""
    used = {name for node in nodes for name in node.input}
    constants = [i for i in model.graph.initializer if i.name in used]
    graph = onnx.helper.make_graph(nodes, "part", [source], [result], constants)
    return onnx.helper.make_model(graph, opset_imports=model.opset_import,
                                  ir_version=model.ir_version)


def _input(model: onnx.ModelProto, inputs: np.ndarray) -> np.ndarray:
    """What the first QuantizeLinear gives."""
    source = model.graph.input[0]
    node = next(n for n in model.graph.node
                if n.op_type == "QuantizeLinear" and n.input[0] == source.name)
    result = onnx.helper.make_tensor_value_info(node.output[0], onnx.TensorProto.INT8, None)
    return _run(_part(model, [node], source, result), inputs)[0]


def _logits(model: onnx.ModelProto, inputs: np.ndarray,
            expected: np.ndarray) -> tuple[np.ndarray, float, int]:
    """The int8 tensor that the last DequantizeLinear takes, its scale and its zero point.

    The model is cut behind that node, whose result is then quantised again, which is exact. To name
    a tensor within the model as a further output would change what is computed: ONNX Runtime then
    leaves operators beside it in float, whose rounding depends on the processor. That the cut
    changes nothing is seen by the rest of the model, which must make the output of its result.
    """
    nodes = list(model.graph.node)
    last = max(i for i, node in enumerate(nodes) if node.op_type == "DequantizeLinear")
    cut = onnx.helper.make_tensor_value_info(nodes[last].output[0], onnx.TensorProto.FLOAT,
                                             [1, *expected.shape[1:]])
    real, = _run(_part(model, nodes[:last + 1], model.graph.input[0], cut), inputs)
    rest = _part(model, nodes[last + 1:], cut, model.graph.output[0])
    output = _run(rest, real)[0] if nodes[last + 1:] else real
    if not np.array_equal(output, expected):
        raise ValueError("cut behind the logits it gives another output")
    scale, zero = (onnx.numpy_helper.to_array(i) for name in nodes[last].input[1:]
                   for i in model.graph.initializer if i.name == name)
    return np.rint(real / scale + zero).astype(np.int8), scale.item(), zero.item()


def _compute(path: Path, inputs: np.ndarray, labels: np.ndarray, out: Path) -> dict:
    """Runs one model over all inputs, writes its three files, and returns its entry of the list;
    StopIteration or ValueError if it is not in int8 from the first quantisation to the last."""
    with _silent():
        model = onnx.load(path)
    _require_int8(model)
    quantised = _input(model, inputs)
    output, = _run(model, inputs)
    logits, scale, zero = _logits(model, inputs, output)
    np.save(out / f"{path.stem}.input.npy", quantised)
    np.save(out / f"{path.stem}.logits.npy", logits)
    np.save(out / f"{path.stem}.output.npy", output)
    return {"name": path.stem,
            "bytes": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "logits_scale": scale,
            "logits_zero_point": zero,
            "output": model.graph.output[0].name,
            "right": int((output.argmax(1) == labels).sum())}


def main() -> None:
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, required=True, help="number of pictures")
    parser.add_argument("--first", type=int, default=0, help="index of the first one")
    parser.add_argument("--out", type=Path, required=True, help="folder, made if missing")
    parser.add_argument("--data", type=Path, default=fashion_mnist.FOLDER,
                        help="folder of the data set's files (default: %(default)s)")
    parser.add_argument("models", type=Path, nargs="*", metavar="MODEL",
                        default=sorted(here.glob("*.onnx")))
    arguments = parser.parse_args()

    pictures, labels = fashion_mnist.load("t10k", arguments.data)
    chosen = slice(arguments.first, arguments.first + arguments.count)
    if arguments.first < 0 or arguments.count < 1 or chosen.stop > len(labels):
        sys.exit(f"golden.py: no pictures {chosen.start} to {chosen.stop - 1}: "
                 f"the test set has 0 to {len(labels) - 1}")
    pictures, labels = pictures[chosen], labels[chosen]
    arguments.out.mkdir(parents=True, exist_ok=True)
    np.save(arguments.out / "pictures.npy", pictures)
    np.save(arguments.out / "labels.npy", labels)
    inputs = fashion_mnist.as_input(pictures)
    models = []
    for path in arguments.models:
        try:
            models.append(_compute(path, inputs, labels, arguments.out))
        except (OSError, ValueError, DecodeError, StopIteration) as error:
            sys.exit(f"golden.py: {path}: {error or 'not a network quantised to int8'}")
    content = {"first": arguments.first, "count": arguments.count,
               "names": fashion_mnist.NAMES, "onnxruntime": onnxruntime.__version__,
               "models": models}
    (arguments.out / "golden.json").write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
