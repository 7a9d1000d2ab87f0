# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
"""Reads the Fashion-MNIST data set, as its authors distribute it and as Debian packages it.

Four gzipped IDX files: pictures of 28 x 28 grey bytes (0 black, the background), and labels 0 .. 9.
Source: the IDX format as the MNIST database describes it: big-endian magic 0x0000_08_rank, the
sizes of the dimensions, then the bytes, last dimension fastest.
"""

import gzip
import struct
from pathlib import Path

import numpy as np

# Where the package dataset-fashion-mnist puts it.
FOLDER = Path("/usr/share/datasets/fashion-mnist")

# The classes by label, as the data set's own page names them.
NAMES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
         "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")

_UNSIGNED_BYTES = 0x08


def read_idx(path: Path) -> np.ndarray:
    """The array of bytes in one gzipped IDX file; ValueError, naming the file, if it is none."""
    try:
        content = gzip.decompress(path.read_bytes())
        zeros, kind, rank = struct.unpack(">HBB", content[:4])
        shape = struct.unpack(f">{rank}I", content[4:4 + 4 * rank])
        if zeros != 0 or kind != _UNSIGNED_BYTES:
            raise ValueError(f"magic {content[:4].hex()} is not that of an IDX file of bytes")
        return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(shape)
    except (EOFError, gzip.BadGzipFile, struct.error, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error


def load(part: str, folder: Path = FOLDER) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (n, 28, 28) and labels (n) of `part`, "train" (60,000) or "t10k" (the 10,000 test
    pictures), in the data set's order, all of them bytes; ValueError if the files do not match."""
    pictures = read_idx(folder / f"{part}-images-idx3-ubyte.gz")
    labels = read_idx(folder / f"{part}-labels-idx1-ubyte.gz")
    if pictures.shape[1:] != (28, 28) or labels.shape != pictures.shape[:1]:
        raise ValueError(f"{folder}: pictures {pictures.shape} and labels {labels.shape} "
                         f"of {part} do not belong together")
    return pictures, labels


def as_input(pictures: np.ndarray) -> np.ndarray:
    """What the networks take: (n, 1, 28, 28) float32, the bytes divided by 255."""
    return (pictures.astype(np.float32) / np.float32(255)).reshape(-1, 1, 28, 28)
