#!/usr/bin/env python3
"""Times that were measured on GPUs beside those that reckon predicts, with no fitting.

    tools/compare_gpu_time.py build/release/apps/cli/reckon
    tools/compare_gpu_time.py RECKON --rows my.csv --fit 1     one row of each device is given to
                                                               devices fit, the others are compared

The rows are tests/oracles/gpu_time_fp32_eager.csv: eager PyTorch 2.1, FP32 without TF32, attention
written out; a training row is forward and backward, without the loss's forward pass and without an
update. Prints every row, then the mean absolute percentage error by device and by mode.
"""
import argparse
import csv
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent.parent
ROWS = HERE / "tests/oracles/gpu_time_fp32_eager.csv"

BERT_PRETRAINING = HERE / "tests/data/bert_pretraining.net"

NETWORKS = {
    "bert_large": "bert-base?layers=24&width=1024&heads=16",
    "gpt2_large": "gpt2?layers=36&width=1280&heads=20",
    "gpt3_xl": "gpt3?layers=24&width=3072&heads=24",  # as NeuSight configured it
    "gpt3_27": "gpt3?layers=32&width=2560&heads=32",
    "opt_13": "opt?layers=24&width=2048&heads=32",
}
DEVICES = {
    "NVIDIA_A100_80GB_PCIe": "a100-pcie-80",
    "NVIDIA_A100-PCIE-40GB": "a100-pcie-40",
    "Tesla_V100-PCIE-32GB": "v100-pcie-32",
    "Tesla_T4": "t4",
    "NVIDIA_L4": "l4",
    "NVIDIA_H100_80GB_HBM3": "h100-sxm",
    "Tesla_P100-PCIE-16GB": "p100-pcie",
    "Tesla_P4": "p4",
}


def network(row):
    """BERT was trained with the head of its pre-training: another network than in inference."""
    if row["network"] == "bert_large" and row["mode"] == "train":
        return str(BERT_PRETRAINING)
    return NETWORKS[row["network"]]


def predicted_s(reckon, row, device, words):
    command = [reckon, "time", network(row), "--device", device, "--batch", row["batch"],
               "--set", f"sequence={row['sequence']}", "--precision", "fp32", "--format", "json", *words]
    if row["mode"] == "train":
        command.append("--train")
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stderr.strip()}")
    time = json.loads(done.stdout)["time"]
    # What was timed is forward and backward.
    return time["seconds"] - time["update_s"] - time.get("loss_forward_s", 0)


def fitted(reckon, row, device, folder, words):
    """The device file that `devices fit` makes of one row."""
    table = pathlib.Path(folder) / "one.csv"
    seconds = float(row["measured_ms"]) / 1e3
    table.write_text("network,batch,sequence,mode,seconds\n"
                     f"{network(row)},{row['batch']},{row['sequence']},"
                     f"{'forward-backward' if row['mode'] == 'train' else 'inference'},{seconds}\n")
    out = pathlib.Path(folder) / f"{device}.json"
    subprocess.run([reckon, "devices", "fit", str(table), "--device", device, "--precision", "fp32",
                    "--out", str(out), *words], check=True, capture_output=True)
    return str(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reckon")
    parser.add_argument("--rows", default=ROWS)
    parser.add_argument("--fit", type=int, help="the row of each device that is given, from 1")
    parser.add_argument("--with", dest="words", default="--attention math",
                        help="options of every question (--attention math)")
    args = parser.parse_args()
    words = args.words.split()
    with open(args.rows, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    errors, given = {}, {}
    by_device = {}
    for row in rows:
        by_device.setdefault(row["device"], []).append(row)
    print(f"{'network':11} {'device':22} {'mode':5} {'batch':>5} {'measured':>9} {'predicted':>9} ratio")
    with tempfile.TemporaryDirectory() as folder:
        for name, its in by_device.items():
            device = DEVICES[name]
            if args.fit:
                given[name] = its[(args.fit - 1) % len(its)]
                device = fitted(args.reckon, given[name], device, folder, words)
            for row in its:
                if row is given.get(name):
                    continue
                measured = float(row["measured_ms"])
                ms = predicted_s(args.reckon, row, device, words) * 1e3
                print(f"{row['network']:11} {DEVICES[name]:22} {row['mode']:5} {row['batch']:>5} "
                      f"{measured:9.1f} {ms:9.1f} {ms / measured:5.3f}")
                for key in (DEVICES[name], row["mode"], "all"):
                    errors.setdefault(key, []).append(abs(ms / measured - 1))
    for key, of in errors.items():
        print(f"{key:14} {len(of):3} rows, MAPE {100 * sum(of) / len(of):5.1f} %")


if __name__ == "__main__":
    main()
