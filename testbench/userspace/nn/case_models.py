# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
"""Builds quantised ONNX models in the forms that ONNX Runtime's quantiser writes."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17


@dataclass(frozen=True)
class Quant:
    """Quantisation of a tensor: real = scale * (byte - zero)."""

    scale: float
    zero: int
    dtype: type = np.int8


@dataclass
class Tensor:
    """A tensor of bytes in the graph."""

    name: str
    shape: tuple[int, ...]
    quant: Quant


@dataclass
class Builder:
    """Collects nodes. `form` is "qlinear" or "qdq"."""

    form: str
    random: np.random.Generator
    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)
    inputs: list[Tensor] = field(default_factory=list)
    count: int = 0

    def name(self, stem: str) -> str:
        self.count += 1
        return f"{stem}_{self.count}"

    def constant(self, stem: str, value: Any) -> str:
        name = self.name(stem)
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def quant_names(self, quant: Quant) -> list[str]:
        return [self.constant("scale", np.float32(quant.scale)),
                self.constant("zero", quant.dtype(quant.zero))]

    def node(self, operator: str, inputs: list[str], domain: str = "", **attributes: Any) -> str:
        output = self.name(operator.lower())
        self.nodes.append(helper.make_node(operator, inputs, [output], domain=domain,
                                           name=f"node_{output}", **attributes))
        return output

    def dequantize(self, name: str, scale: str, zero: str, **attributes: Any) -> str:
        return self.node("DequantizeLinear", [name, scale, zero], **attributes)

    def real(self, tensor: Tensor) -> str:
        return self.dequantize(tensor.name, *self.quant_names(tensor.quant))

    def quantize(self, name: str, quant: Quant) -> str:
        return self.node("QuantizeLinear", [name, *self.quant_names(quant)])

    def input(self, shape: tuple[int, ...], quant: Quant) -> Tensor:
        tensor = Tensor(f"input_{len(self.inputs)}", shape, quant)
        self.inputs.append(tensor)
        return tensor

    # ------------------------------------------------------------------------- operators

    def conv(self, x: Tensor, outputs: int, kernel: tuple[int, int], out: Quant, *,
             group: int = 1, per_channel: bool = True, bias: bool = True,
             weight_dtype: type = np.int8, clip: tuple[float, float] | None = None,
             **attributes: Any) -> Tensor:
        shape = (outputs, x.shape[1] // group, *kernel)
        weights, scales = self.weights(shape, outputs if per_channel else 1)
        zeros = np.zeros(len(scales), np.int8)
        if weight_dtype is np.uint8:
            weights = (weights.astype(np.int32) + 128).astype(np.uint8)
            zeros = np.full(len(scales), 128, np.uint8)
        if not per_channel:
            scales, zeros = scales[0], zeros[0]
        numbers = self.bias(outputs) if bias else None
        attributes = {"kernel_shape": list(kernel), "group": group, **attributes}
        return self.product("Conv", x, weights, scales, zeros, 0, numbers, out, clip, attributes)

    def gemm(self, x: Tensor, columns: int, out: Quant, *, per_channel: bool = True,
             bias: bool = True, transposed: bool = True,
             clip: tuple[float, float] | None = None) -> Tensor:
        depth = x.shape[1]
        shape = (columns, depth) if transposed else (depth, columns)
        weights, scales = self.weights(shape, columns if per_channel else 1)
        zeros = np.zeros(len(scales), np.int8)
        if not per_channel:
            scales, zeros = scales[0], zeros[0]
        numbers = self.bias(columns) if bias else None
        return self.product("Gemm", x, weights, scales, zeros, 0 if transposed else 1, numbers,
                            out, clip, {"transB": int(transposed)})

    def matmul(self, x: Tensor, columns: int, out: Quant, *, per_channel: bool = True) -> Tensor:
        weights, scales = self.weights((x.shape[-1], columns), columns if per_channel else 1)
        zeros = np.zeros(len(scales), np.int8)
        if not per_channel:
            scales, zeros = scales[0], zeros[0]
        return self.product("MatMul", x, weights, scales, zeros, 1, None, out, None, {})

    def weights(self, shape: tuple[int, ...], scales: int) -> tuple[np.ndarray, np.ndarray]:
        """Seven bits, so that no sum of two products exceeds 16 bits."""
        return (self.random.integers(-64, 65, shape).astype(np.int8),
                (0.002 + 0.02 * self.random.random(scales)).astype(np.float32))

    def bias(self, count: int) -> np.ndarray:
        return self.random.integers(-3000, 3001, count).astype(np.int32)

    def product(self, operator: str, x: Tensor, weights: np.ndarray, scales: np.ndarray,
                zeros: np.ndarray, axis: int, bias: np.ndarray | None, out: Quant,
                clip: tuple[float, float] | None, attributes: dict[str, Any]) -> Tensor:
        w = [self.constant("weight", weights), self.constant("weight_scale", scales),
             self.constant("weight_zero", zeros)]
        if self.form == "qlinear":
            x_names = [x.name, *self.quant_names(x.quant)]
            numbers = [] if bias is None else [self.constant("bias", bias)]
            if operator == "Conv":
                name = self.node("QLinearConv", x_names + w + self.quant_names(out) + numbers,
                                 **attributes)
            elif operator == "Gemm":
                name = self.node("QGemm", x_names + w + (numbers or [""]) + self.quant_names(out),
                                 domain="com.microsoft", **attributes)
            else:
                name = self.node("QLinearMatMul", x_names + w + self.quant_names(out))
        else:
            per_axis = {"axis": axis} if np.ndim(scales) else {}
            operands = [self.real(x), self.dequantize(*w, **per_axis)]
            if bias is not None:
                scale = (np.float32(x.quant.scale) * np.asarray(scales)).astype(np.float32)
                zero = np.zeros(np.shape(scale), np.int32)
                operands.append(self.dequantize(
                    self.constant("bias", bias), self.constant("bias_scale", scale),
                    self.constant("bias_zero", zero), **({"axis": 0} if np.ndim(scale) else {})))
            name = self.clipped(self.node(operator, operands, **attributes), clip)
            name = self.quantize(name, out)
        return Tensor(name, self.shape_of(name), out)

    def clipped(self, name: str, clip: tuple[float, float] | None) -> str:
        if clip is None:
            return name
        low, high = clip
        if (low, high) == (0, np.inf):
            return self.node("Relu", [name])
        return self.node("Clip", [name, self.constant("low", np.float32(low)),
                                  self.constant("high", np.float32(high))])

    def pool(self, kind: str, x: Tensor, out: Quant, **attributes: Any) -> Tensor:
        """`kind`: MaxPool, AveragePool or GlobalAveragePool. A MaxPool keeps its quantisation."""
        if self.form == "qlinear" and kind == "MaxPool":
            name = self.node(kind, [x.name], **attributes)
            out = x.quant
        elif self.form == "qlinear":
            name = self.node(f"QLinear{kind}",
                             [x.name, *self.quant_names(x.quant), *self.quant_names(out)],
                             domain="com.microsoft", **attributes)
        else:
            name = self.quantize(self.node(kind, [self.real(x)], **attributes), out)
        return Tensor(name, self.shape_of(name), out)

    def binary(self, kind: str, x: Tensor, y: Tensor, out: Quant, *,
               clip: tuple[float, float] | None = None) -> Tensor:
        """`kind`: Add or Mul."""
        if self.form == "qlinear":
            name = self.node(f"QLinear{kind}",
                             [x.name, *self.quant_names(x.quant), y.name,
                              *self.quant_names(y.quant), *self.quant_names(out)],
                             domain="com.microsoft")
        else:
            name = self.clipped(self.node(kind, [self.real(x), self.real(y)]), clip)
            name = self.quantize(name, out)
        return Tensor(name, self.shape_of(name), out)

    def constant_tensor(self, shape: tuple[int, ...], quant: Quant) -> Tensor:
        info = np.iinfo(quant.dtype)
        values = self.random.integers(info.min, info.max + 1, shape).astype(quant.dtype)
        return Tensor(self.constant("operand", values), shape, quant)

    def concat(self, parts: list[Tensor], axis: int, out: Quant) -> Tensor:
        if self.form == "qlinear":
            operands = self.quant_names(out)
            for part in parts:
                operands += [part.name, *self.quant_names(part.quant)]
            name = self.node("QLinearConcat", operands, domain="com.microsoft", axis=axis)
        else:
            name = self.quantize(self.node("Concat", [self.real(p) for p in parts], axis=axis),
                                 out)
        return Tensor(name, self.shape_of(name), out)

    def shaped(self, operator: str, x: Tensor, *operands: str, **attributes: Any) -> Tensor:
        """Reshape, Flatten, Transpose, ...: of bytes, or in the other form of real numbers."""
        if self.form == "qlinear":
            name = self.node(operator, [x.name, *operands], **attributes)
        else:
            name = self.quantize(self.node(operator, [self.real(x), *operands], **attributes),
                                 x.quant)
        return Tensor(name, self.shape_of(name), x.quant)

    def relu(self, x: Tensor, out: Quant) -> Tensor:
        """In QDQ form only."""
        name = self.quantize(self.node("Relu", [self.real(x)]), out)
        return Tensor(name, x.shape, out)

    # ----------------------------------------------------------------------------- whole

    def shape_of(self, name: str) -> tuple[int, ...]:
        """By ONNX's own inference; com.microsoft's operators are shown as others of equal shape."""
        like = {"QLinearAdd": ("Add", (0, 3)), "QLinearMul": ("Mul", (0, 3)),
                "QLinearAveragePool": ("AveragePool", (0,)),
                "QLinearGlobalAveragePool": ("GlobalAveragePool", (0,)), "QGemm": ("Gemm", (0, 3))}
        nodes = []
        for node in self.nodes:
            shown = onnx.NodeProto()
            shown.CopyFrom(node)
            if node.domain == "com.microsoft":
                shown.domain = ""
                if node.op_type == "QLinearConcat":
                    shown.op_type, operands = "Concat", node.input[2::3]
                else:
                    shown.op_type, picked = like[node.op_type]
                    operands = [node.input[i] for i in picked]
                del shown.input[:]
                shown.input.extend(operands)
            nodes.append(shown)
        model = self.finished(nodes, [helper.make_empty_tensor_value_info(name)])
        inferred = onnx.shape_inference.infer_shapes(model, data_prop=True)
        for info in [*inferred.graph.value_info, *inferred.graph.output]:
            if info.name == name and info.type.tensor_type.HasField("shape"):
                return tuple(d.dim_value for d in info.type.tensor_type.shape.dim)
        raise RuntimeError(f"no shape of {name}")

    def finished(self, nodes: list[Any], outputs: list[Any]) -> onnx.ModelProto:
        inputs = [helper.make_tensor_value_info(
            t.name, helper.np_dtype_to_tensor_dtype(np.dtype(t.quant.dtype)), t.shape)
            for t in self.inputs]
        graph = helper.make_graph(nodes, "case", inputs, outputs, self.constants)
        return helper.make_model(graph, opset_imports=[
            helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)],
            ir_version=8)

    def model(self, outputs: list[Tensor]) -> onnx.ModelProto:
        return self.finished(self.nodes, [helper.make_tensor_value_info(
            t.name, helper.np_dtype_to_tensor_dtype(np.dtype(t.quant.dtype)), t.shape)
            for t in outputs])


FLOAT = TensorProto.FLOAT
