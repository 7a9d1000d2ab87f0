#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
"""cases.py FOLDER: makes small quantised models, inputs for them, and what ONNX Runtime computes.

FOLDER/INDEX lists the cases, one a line: name, "exact" or "within1". Of each there are
    NAME/model.onnx
    NAME/input_N.bin, NAME/output_N.bin   of input and output N, row-major, as the model types them

Everything comes from fixed seeds, so each run writes the same files. Weights have 7 bits, so that
no instruction set of the host saturates a sum. The order mixes the operators: any first part of the
list is a fair choice.
"""

import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))


def run(folder: Path) -> None:
    """Computes the outputs; in a process of its own, as onnx and onnxruntime do not share one."""
    import numpy as np
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    types = {"tensor(int8)": np.int8, "tensor(uint8)": np.uint8, "tensor(float)": np.float32}
    for line in (folder / "INDEX").read_text().splitlines():
        case = folder / line.split()[0]
        session = ort.InferenceSession(case / "model.onnx", options,
                                       providers=["CPUExecutionProvider"])
        feeds = {}
        for number, given in enumerate(session.get_inputs()):
            data = np.fromfile(case / f"input_{number}.bin", types[given.type])
            feeds[given.name] = data.reshape(given.shape)
        for number, result in enumerate(session.run(None, feeds)):
            result.tofile(case / f"output_{number}.bin")


def main() -> int:
    if len(sys.argv) == 3 and sys.argv[1] == "--run":
        run(Path(sys.argv[2]))
        return 0
    if len(sys.argv) != 2:
        print("usage: cases.py FOLDER", file=sys.stderr)
        return 2
    import case_grid

    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    case_grid.write_all(folder)
    # onnxruntime tells at length of operators that are registered twice, which harms nothing.
    shown = subprocess.run([sys.executable, __file__, "--run", folder], check=False,
                           stderr=subprocess.PIPE, text=True)
    if shown.returncode != 0:
        print("\n".join(shown.stderr.splitlines()[-20:]), file=sys.stderr)
    return shown.returncode


if __name__ == "__main__":
    sys.exit(main())
