#!/usr/bin/env python3
"""What `reckon memory` says of a training step and an inference beside what PyTorch 2.15 measured.

    tools/step_memory_table.py [--reckon PROGRAM] [--oracle CSV] [--models FOLDER] [PATTERN …]

Rows of tests/oracles/torch215_step_memory.csv whose "model.exporter" contains one of the patterns
(all without one). Bytes are above weights, buffers and inputs, as there. Prints one line a row and the
medians; errors are (predicted − measured) ÷ measured.
"""
import argparse
import csv
import json
import os
import statistics
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def ask(reckon, path, *more):
    call = [reckon, "memory", path, "--batch", "4", "--format", "json", *more]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    return json.loads(done.stdout)["memory"] if done.returncode == 0 else done.stderr.strip()


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    arguments.add_argument("--reckon", default=os.path.join(ROOT, "build/release/apps/cli/reckon"))
    arguments.add_argument("--oracle",
                           default=os.path.join(ROOT, "tests/oracles/torch215_step_memory.csv"))
    arguments.add_argument("--models", default=os.path.join(ROOT, "tests/models/torch215"))
    arguments.add_argument("pattern", nargs="*")
    asked = arguments.parse_args()
    errors = {"saved": [], "step": [], "inference": []}
    print(f"{'file':24}{'saved':>13}{'':>9}{'step':>13}{'':>9}{'inference':>13}{'':>9}")
    with open(asked.oracle, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        name = f"{row['model']}.{row['exporter']}"
        if asked.pattern and not any(p in name for p in asked.pattern):
            continue
        path = os.path.join(asked.models, name + ".onnx")
        step, inference = ask(asked.reckon, path, "--train"), ask(asked.reckon, path)
        if isinstance(step, str) or isinstance(inference, str):
            print(f"{name:24}{step if isinstance(step, str) else inference}")
            continue
        cells = ""
        for key, said, measured in (
                ("saved", step["saved_bytes"], row["saved_after_forward_bytes"]),
                ("step", step["step_peak_bytes"], row["step_peak_bytes"]),
                ("inference", inference["step_peak_bytes"], row["inference_peak_bytes"])):
            error = 100 * (said - int(measured)) / int(measured)
            errors[key].append(abs(error))
            cells += f"{said:13d}{error:+8.2f}%"
        print(f"{name:24}{cells}")
    for key, values in errors.items():
        if values:
            print(f"{key}: median {statistics.median(values):.2f} %, largest {max(values):.2f} %")


if __name__ == "__main__":
    main()
