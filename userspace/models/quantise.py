# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
"""Quantises a float network to int8 with ONNX Runtime's quantiser, and counts right answers.

Activations are int8 with a zero point; weights are int8 without, one scale per output channel, and
of 7 bits (reduce_range): two products of an activation and a weight then fit into the 16 bits of
x86's oldest dot product instruction, so every machine's ONNX Runtime computes the same.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnxruntime.quantization import (CalibrationDataReader, QuantFormat, QuantType,
                                      quantize_static)

import networks

# All that has an int8 form; the Softmax stays float.
_OPERATORS = ["Conv", "Relu", "MaxPool", "Add", "GlobalAveragePool", "Reshape", "Gemm"]


class _Reader(CalibrationDataReader):
    """Hands out the calibration pictures, (n, 1, 28, 28) float32, one by one."""

    def __init__(self, inputs: np.ndarray):
        self._inputs: Iterator[np.ndarray] = iter(inputs)

    def get_next(self) -> dict[str, np.ndarray] | None:
        one = next(self._inputs, None)
        return None if one is None else {"picture": one[np.newaxis]}


def session(model: bytes) -> onnxruntime.InferenceSession:
    """Of ONNX Runtime on one thread of the CPU."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def count_right(model: bytes, inputs: np.ndarray, labels: np.ndarray) -> int:
    """How many of the pictures, (n, 1, 28, 28) float32, have their largest output at the label."""
    run = session(model).run
    return sum(int(run(None, {"picture": one[np.newaxis]})[0].argmax() == label)
               for one, label in zip(inputs, labels, strict=True))


def _ranges(model: onnx.ModelProto, names: list[str],
            inputs: np.ndarray) -> dict[str, tuple[float, float]]:
    """Smallest and largest value of each named tensor, over all inputs; 0 is always within."""
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    for name in names:
        watched.graph.output.append(
            onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    run = session(watched.SerializeToString()).run
    found = {name: (0.0, 0.0) for name in names}
    for one in inputs:
        for name, value in zip(names, run(names, {"picture": one[np.newaxis]}), strict=True):
            low, high = found[name]
            found[name] = (min(low, float(value.min())), max(high, float(value.max())))
    return found


def _power_of_two(low: float, high: float) -> dict[str, np.ndarray]:
    """The smallest scale that is a power of two and covers low .. high with 256 steps."""
    scale = 2.0 ** np.ceil(np.log2((high - low) / 255))
    zero = np.clip(np.rint(-128 - low / scale), -128, 127)
    return {"scale": np.array(scale, np.float32), "zero_point": np.array(zero, np.int8)}


def _aligned(network: networks.Network, model: onnx.ModelProto,
             inputs: np.ndarray) -> dict[str, list[dict[str, np.ndarray]]]:
    """Quantisation of what is added and of the sums.

    Powers of two: then neither the scaling of an operand nor the sum is ever rounded before the
    last step, so that float32 and fixed point give the same bytes.
    """
    layers = [layer for layer in network.layers if layer.name in network.sums()]
    if not layers:
        return {}
    ranges = _ranges(model, [network.tensors(layer)[-1] for layer in layers], inputs)
    return {name: [_power_of_two(*ranges[network.tensors(layer)[-1]])]
            for layer in layers for name in network.tensors(layer)}


def quantise(network: networks.Network, model: onnx.ModelProto, inputs: np.ndarray,
             form: QuantFormat) -> bytes:
    """The int8 form of `model`, calibrated on `inputs`, (n, 1, 28, 28) float32: QDQ, float operators
    between pairs of QuantizeLinear and DequantizeLinear, or QOperator, operators on int8."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "float.onnx"), Path(folder, "int8.onnx")
        onnx.save(model, source)
        quantize_static(
            source, target, _Reader(inputs), quant_format=form, op_types_to_quantize=_OPERATORS,
            per_channel=True, reduce_range=True, activation_type=QuantType.QInt8,
            weight_type=QuantType.QInt8,
            extra_options={"TensorQuantOverrides": _aligned(network, model, inputs)})
        quantised = onnx.load(target)
    quantised.graph.name = network.name
    onnx.checker.check_model(quantised)
    return quantised.SerializeToString(deterministic=True)
