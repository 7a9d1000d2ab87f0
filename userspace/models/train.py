#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
"""Makes fashion_cnn.onnx and fashion_depthwise.onnx: trains, quantises, measures, writes.

No part of a build: the results are committed. README.md beside this file says how to run it.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.quantization import QuantFormat

import fashion_mnist
import networks
import quantise
import training

# Both forms that the quantiser writes.
_FORMS = {"fashion_cnn": QuantFormat.QDQ, "fashion_depthwise": QuantFormat.QOperator}
_CALIBRATION_PICTURES = 1000  # The first ones of the training set.
_MOST_BYTES = 300_000


def _trained(network: networks.Network, arguments: argparse.Namespace) -> tuple[dict, dict]:
    """Parameters and statistics: those kept by an earlier call, or newly trained and then kept."""
    kept = arguments.keep and arguments.keep / f"{network.name}.npz"
    if not kept or not kept.exists():
        pictures, labels = fashion_mnist.load("train", arguments.data)
        found = training.train(network, pictures, labels, arguments.epochs, arguments.seed)
        if not kept:
            return found
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez(kept, **{f"{part}/{layer}/{key}": value
                          for part, layers in zip(("parameters", "statistics"), found, strict=True)
                          for layer, own in layers.items() for key, value in own.items()})
    parts: dict[str, dict] = {"parameters": {}, "statistics": {}}
    with np.load(kept) as arrays:
        for name in arrays.files:
            part, layer, key = name.split("/")
            parts[part].setdefault(layer, {})[key] = arrays[name]
    return parts["parameters"], parts["statistics"]


def _make(network: networks.Network, arguments: argparse.Namespace) -> None:
    """Writes one model, and prints what stands in README.md's table."""
    exact = networks.to_onnx(network, *_trained(network, arguments))
    calibration = fashion_mnist.as_input(
        fashion_mnist.load("train", arguments.data)[0][:_CALIBRATION_PICTURES])
    form = _FORMS[network.name]
    model = quantise.quantise(network, exact, calibration, form)
    if len(model) > _MOST_BYTES:
        sys.exit(f"train.py: {network.name} has {len(model)} bytes, more than {_MOST_BYTES}")

    pictures, labels = fashion_mnist.load("t10k", arguments.data)
    inputs = fashion_mnist.as_input(pictures)
    weights = sum(onnx.numpy_helper.to_array(tensor).size for tensor in exact.graph.initializer
                  if tensor.data_type == onnx.TensorProto.FLOAT)
    before = quantise.count_right(exact.SerializeToString(), inputs, labels)
    after = quantise.count_right(model, inputs, labels)
    first = quantise.count_right(model, inputs[:1000], labels[:1000])
    (arguments.out / f"{network.name}.onnx").write_bytes(model)
    print(f"{network.name}: {form}, {weights} parameters, {len(model)} bytes; right of "
          f"{len(labels)}: float {before}, int8 {after}; of the first 1000: int8 {first}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=fashion_mnist.FOLDER,
                        help="folder of the data set's four files (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent,
                        help="where the models go (default: beside this file)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER",
                        help="keep trained parameters there, and take them from there if present")
    parser.add_argument("--network", choices=_FORMS, help="make only this one")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seed", type=int, default=2026)
    arguments = parser.parse_args()
    for network in networks.NETWORKS:
        if arguments.network in (None, network.name):
            _make(network, arguments)


if __name__ == "__main__":
    main()
