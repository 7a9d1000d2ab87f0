# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
"""The two networks: what layers they have, how they compute when they are trained, and as ONNX.

A network is a tuple of layers, each computing from the one before it. Convolutions are followed by
a batch normalisation while they are trained, which to_onnx() folds into their weights and biases.
Activations are (n, height, width, channels) in training, and NCHW in ONNX.
"""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import onnx
from jax import lax
from onnx import TensorProto, helper, numpy_helper

_EPSILON = 1e-5  # of the batch normalisations
_OPSET = 17      # The youngest that every ONNX Runtime since 1.12 reads.
_IR_VERSION = 8  # That of the ONNX release that brought this opset.


@dataclass(frozen=True)
class Layer:
    """One operator. `name` is the node's name in ONNX, and the key of its parameters."""

    kind: str         # conv, depthwise, pool, add, mean, flatten, dense
    name: str
    inputs: int = 0   # channels, features
    outputs: int = 0
    size: int = 3     # of a convolution's window, which is square
    stride: int = 1
    relu: bool = True
    source: str = ""  # of an add: the layer whose result is the second operand

    @property
    def padding(self) -> int:
        return self.size // 2

    @property
    def rectified(self) -> bool:
        """Whether the result is max(0, result)."""
        return self.relu and self.kind in ("conv", "depthwise", "dense", "add")


@dataclass(frozen=True)
class Network:
    """A network that takes 1 x 28 x 28 pictures, 0 .. 1, and gives ten logits, one per class."""

    name: str
    layers: tuple[Layer, ...]
    softmax: bool = False  # Whether a Softmax ends the ONNX form.

    def tensors(self, layer: Layer) -> tuple[str, ...]:
        """Names in ONNX of the layer's result, before and after it is rectified."""
        if not layer.rectified:
            return ("logits",) if layer is self.layers[-1] else (layer.name,)
        return (f"{layer.name}_sum", layer.name)

    def sums(self) -> set[str]:
        """Layers whose results are added, and the layers that add them."""
        names = [layer.name for layer in self.layers]
        return {name for i, layer in enumerate(self.layers) if layer.kind == "add"
                for name in (names[i - 1], layer.source, layer.name)}


def _conv(name: str, inputs: int, outputs: int, **rest) -> Layer:
    return Layer("conv", name, inputs, outputs, **rest)


def _residual(name: str, channels: int, source: str) -> tuple[Layer, ...]:
    """A residual block of a depthwise and a pointwise convolution, added to its own input."""
    return (Layer("depthwise", f"{name}_depthwise", channels, channels),
            _conv(f"{name}_pointwise", channels, channels, size=1, relu=False),
            Layer("add", f"{name}_add", source=source))


# Plain: what an array of 16 x 16 likes, for all channels but the first are multiples of 16.
CNN = Network("fashion_cnn", (
    _conv("conv1", 1, 16),
    Layer("pool", "pool1"),
    _conv("conv2", 16, 32),
    _conv("conv3", 32, 32),
    Layer("pool", "pool2"),
    _conv("conv4", 32, 64),
    _conv("conv5", 64, 64),
    Layer("pool", "pool3"),
    Layer("flatten", "flatten", outputs=576),
    Layer("dense", "dense1", 576, 64),
    Layer("dense", "dense2", 64, 10, relu=False),
), softmax=True)

# Different: depthwise convolutions, residual additions, a global average in place of large Gemms.
DEPTHWISE = Network("fashion_depthwise", (
    _conv("stem", 1, 32, stride=2),
    *_residual("block1", 32, "stem"),
    Layer("depthwise", "down_depthwise", 32, 32, stride=2),
    _conv("down_pointwise", 32, 64, size=1),
    *_residual("block2", 64, "down_pointwise"),
    *_residual("block3", 64, "block2_add"),
    *_residual("block4", 64, "block3_add"),
    Layer("mean", "mean"),
    Layer("flatten", "flatten", outputs=64),
    Layer("dense", "dense", 64, 10, relu=False),
))

NETWORKS = (CNN, DEPTHWISE)


def initial(network: Network, seed: int) -> tuple[dict, dict]:
    """Parameters to be trained, and running statistics of the normalisations, by layer."""
    random = np.random.default_rng(seed)
    parameters, statistics = {}, {}

    def normal(fan_in: int, *shape: int) -> np.ndarray:
        return random.normal(0, np.sqrt(2 / fan_in), shape).astype(np.float32)

    for layer in network.layers:
        if layer.kind in ("conv", "depthwise"):
            inputs = 1 if layer.kind == "depthwise" else layer.inputs
            taps = layer.size ** 2
            parameters[layer.name] = {
                "weight": normal(taps * inputs, layer.size, layer.size, inputs, layer.outputs),
                "gain": np.ones(layer.outputs, np.float32),
                "bias": np.zeros(layer.outputs, np.float32)}
            statistics[layer.name] = {"mean": np.zeros(layer.outputs, np.float32),
                                      "variance": np.ones(layer.outputs, np.float32)}
        elif layer.kind == "dense":
            parameters[layer.name] = {"weight": normal(layer.inputs, layer.inputs, layer.outputs),
                                      "bias": np.zeros(layer.outputs, np.float32)}
    return parameters, statistics


def _windows(x: jax.Array, layer: Layer) -> list[jax.Array]:
    """x as each tap of the layer's window sees it, row by row."""
    _, height, width, _ = x.shape
    pad, step = layer.padding, layer.stride
    rows, columns = -(-height // step), -(-width // step)
    padded = jnp.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    return [padded[:, dy:dy + step * (rows - 1) + 1:step, dx:dx + step * (columns - 1) + 1:step]
            for dy in range(layer.size) for dx in range(layer.size)]


def _convolved(x: jax.Array, weight: jax.Array, layer: Layer) -> jax.Array:
    if layer.kind == "depthwise":
        # Nine products by element are several times faster on a CPU, forwards and backwards, than
        # the compiler's grouped convolution.
        return sum(tap * weight[i // layer.size, i % layer.size, 0]
                   for i, tap in enumerate(_windows(x, layer)))
    if layer.size == 1:
        return x @ weight[0, 0]
    return lax.conv_general_dilated(x, weight, (layer.stride,) * 2, [(layer.padding,) * 2] * 2,
                                    dimension_numbers=("NHWC", "HWIO", "NHWC"))


def logits(network: Network, parameters: dict, x: jax.Array) -> tuple[jax.Array, dict]:
    """In training: ten logits for each of the pictures (n, 28, 28, 1), which are normalised by
    their own statistics, and those statistics by layer."""
    found, results = {}, {}
    for layer in network.layers:
        own = parameters.get(layer.name)
        if layer.kind in ("conv", "depthwise"):
            x = _convolved(x, own["weight"], layer)
            mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
            found[layer.name] = {"mean": mean, "variance": variance}
            x = (x - mean) * (own["gain"] * lax.rsqrt(variance + _EPSILON)) + own["bias"]
        elif layer.kind == "pool":
            n, height, width, channels = x.shape
            x = x[:, :height // 2 * 2, :width // 2 * 2]
            x = x.reshape(n, height // 2, 2, width // 2, 2, channels).max((2, 4))
        elif layer.kind == "add":
            x = x + results[layer.source]
        elif layer.kind == "mean":
            x = x.mean((1, 2), keepdims=True)
        elif layer.kind == "flatten":
            # In the order of NCHW, as ONNX flattens.
            x = x.transpose(0, 3, 1, 2).reshape(x.shape[0], -1)
        elif layer.kind == "dense":
            x = x @ own["weight"] + own["bias"]
        if layer.rectified:
            x = jax.nn.relu(x)
        results[layer.name] = x
    return x, found


def to_onnx(network: Network, parameters: dict, statistics: dict) -> onnx.ModelProto:
    """The trained network: float32, input "picture" 1 x 1 x 28 x 28, output "logits" 1 x 10, or
    "scores" 1 x 10 behind a Softmax. Every tensor has the name of the layer that gives it."""
    nodes, tensors = [], []

    def constant(name: str, value: np.ndarray) -> str:
        tensors.append(numpy_helper.from_array(np.ascontiguousarray(value, np.float32), name))
        return name

    def add(operator: str, name: str, inputs: list[str], output: str = "", **attributes) -> str:
        output = output or name
        nodes.append(helper.make_node(operator, inputs, [output], name, **attributes))
        return output

    current = "picture"
    for layer in network.layers:
        own = parameters.get(layer.name)
        result, *rectified = network.tensors(layer)
        if layer.kind in ("conv", "depthwise"):
            gain = own["gain"] / np.sqrt(statistics[layer.name]["variance"] + _EPSILON)
            weight = np.transpose(own["weight"] * gain, (3, 2, 0, 1))
            bias = own["bias"] - statistics[layer.name]["mean"] * gain
            current = add("Conv", layer.name, [current, constant(f"{layer.name}_weight", weight),
                                               constant(f"{layer.name}_bias", bias)], result,
                          kernel_shape=[layer.size] * 2, strides=[layer.stride] * 2,
                          pads=[layer.padding] * 4,
                          group=layer.inputs if layer.kind == "depthwise" else 1)
        elif layer.kind == "pool":
            current = add("MaxPool", layer.name, [current], kernel_shape=[2, 2], strides=[2, 2])
        elif layer.kind == "add":
            current = add("Add", layer.name, [current, layer.source], result)
        elif layer.kind == "mean":
            current = add("GlobalAveragePool", layer.name, [current])
        elif layer.kind == "flatten":
            # A Reshape, because the quantiser knows that one as a copy of bytes.
            shape = numpy_helper.from_array(np.array([1, layer.outputs], np.int64),
                                            f"{layer.name}_shape")
            tensors.append(shape)
            current = add("Reshape", layer.name, [current, shape.name])
        elif layer.kind == "dense":
            current = add("Gemm", layer.name, [
                current, constant(f"{layer.name}_weight", own["weight"].T),
                constant(f"{layer.name}_bias", own["bias"])], result, transB=1)
        if rectified:
            current = add("Relu", f"{layer.name}_relu", [current], *rectified)
    if network.softmax:
        current = add("Softmax", "softmax", [current], "scores", axis=1)

    graph = helper.make_graph(
        nodes, network.name,
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 1, 28, 28])],
        [helper.make_tensor_value_info(current, TensorProto.FLOAT, [1, 10])], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)],
                              ir_version=_IR_VERSION)
    onnx.checker.check_model(model, full_check=True)
    return model
