#!/usr/bin/env python3
"""Runs networks with `reckon measure` and prints the tables of docs/measure.md.

usage: tools/measure_networks.py bytes [MODEL…]           predicted and measured memory, and values
       tools/measure_networks.py bytes --beside PROGRAM [MODEL…]   and by a PROGRAM with another LibTorch
       tools/measure_networks.py time [MODEL…]            predicted and measured time on this machine
       taskset -c 1 tools/measure_networks.py unseen         of networks that no rule was found on, one thread
       taskset -c 1 tools/measure_networks.py unseen-later   of eight more, which were run after the rules stood
       taskset -c 1 tools/measure_networks.py unseen-last    of nine more, after those of norms and new pages
       tools/measure_networks.py cuda DEVICE [MODEL…]     the same on a GPU, a device of `reckon devices`

Without models, `bytes` takes the ONNX files of tests/models/torchvision, batch 2, and holds one
inference of each against tests/data/torch_outputs.csv. `time` runs inference and training
step of the networks named in this file and predicts both for what `reckon devices calibrate` measures
just before each run: a machine that others use, too, is another one minutes later. The program is RECKON_BINARY, or that of the release build.
"""
import csv
import glob
import json
import os
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RECKON = os.environ.get("RECKON_BINARY", os.path.join(ROOT, "build/release/apps/cli/reckon"))

# spec, batch of inference, batch of training
TIMED = (
    ("784-128-64-10", 32, 32),
    ("lenet5", 32, 32),
    ("alexnet", 8, 8),
    ("vgg11", 2, 2),
    ("resnet18", 4, 4),
    ("resnet50", 2, 2),
    ("mobilenet-v1", 4, 4),
    ("mobilenet-v2", 4, 4),
    ("unet?resolution=128", 1, 1),
    ("transformer-encoder", 4, 4),
    ("gpt2?layers=2&sequence=128&vocabulary=5000", 1, 1),
    ("vit-b-16", 1, 1),
)

UNSEEN = tuple((f"tests/models/torchvision/{name}.onnx", 2, 2) for name in (
    "shufflenet_v2_x1_0", "densenet121", "swin_t", "googlenet", "regnet_y_400mf", "resnext50_32x4d",
    "mnasnet1_0", "squeezenet1_1")) + (("bert-base?sequence=64&layers=2", 2, 2), ("lstm", 4, 4))

UNSEEN_LATER = tuple((f"tests/models/torch215/px_tm_{name}.L.onnx", 2, 2) for name in (
    "xcit_nano_12_p16_224", "resmlp_12_224", "hrnet_w18_small", "lcnet_050", "deit_small_patch16_224",
    "rexnet_100", "convnextv2_nano", "twins_pcpvt_small"))

UNSEEN_LAST = tuple((f"tests/models/torch215/{name}.onnx", 2, 2) for name in (
    "px_tm_botnet26t_256.L", "px_tm_efficientvit_b0.L", "px_tm_focalnet_tiny_srf.L", "px_tm_gmlp_ti16_224.L",
    "px_tm_mobilenetv4_conv_small.L", "px_tm_repghostnet_050.L", "px_tm_starnet_s1.L", "tm_mobilevit_s.Ltrain",
    "hf_bert_sdpa.Ltrain"))


def measure(*arguments, program=RECKON):
    """The "measure" part of the answer, or None when the run failed."""
    run = subprocess.run([program, "measure", *arguments, "--format", "json"],
                         stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    answer = json.loads(run.stdout) if run.stdout else {}
    if "measure" in answer:
        return answer["measure"]
    print(f"{arguments[0]}: {answer.get('error', run.stderr)}", file=sys.stderr)
    return None


def figure(run, key):
    return next((c for c in run["comparison"] if c["key"] == key), None)


def error_cell(comparison):
    if comparison is None or comparison["error"] is None:
        return "-"
    return "exact" if comparison["error"] == 0 else f"{100 * comparison['error']:+.2f} %"


def worst_value(run, expected):
    """The largest distance of an output, relative to the largest output."""
    values = run["outputs"][0]["values"]
    scale = max(abs(x) for x in expected)
    return max(abs(a - b) for a, b in zip(values, expected)) / scale


def byte_cells(program, path):
    """Kept, peak of the step, peak of inference, each beside its error."""
    few = ("--batch", "2", "--repeats", "1", "--warmup", "1")
    step = measure(path, "--train", *few, program=program)
    inference = measure(path, *few, program=program)
    if step is None or inference is None:
        return ["-"] * 6
    cells = []
    for run, key in ((step, "saved_bytes"), (step, "step_peak_bytes"), (inference, "step_peak_bytes")):
        cells += [f"{figure(run, key)['measured']:,}", error_cell(figure(run, key))]
    return cells


def values_cell(program, path, expected):
    if expected is None:
        return "-"
    one = measure(path, "--batch", "1", "--values", str(len(expected)), "--repeats", "1", "--warmup", "1",
                  program=program)
    return "-" if one is None else f"{worst_value(one, expected):.0e}"


def bytes_table(models, beside):
    with open(os.path.join(ROOT, "tests/data/torch_outputs.csv"), encoding="utf-8") as file:
        expected = {r["model"]: [float(x) for x in r["values"].split()] for r in csv.DictReader(file)}
    programs = [RECKON] + beside
    titles = "kept for backward, B | error | peak of the step, B | error | peak of inference, B | error | values"
    print("| network |" + f" {titles} |" * len(programs))
    print("|---|" + "--:|--:|--:|--:|--:|--:|---|" * len(programs))
    for path in models:
        name = os.path.splitext(os.path.basename(path))[0]
        cells = []
        for program in programs:
            cells += byte_cells(program, path) + [values_cell(program, path, expected.get(name))]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def predicted_and_run(spec, more, gpu):
    """The "measure" part of a run beside its prediction: for the GPU, or for this processor as it is now."""
    if gpu:
        return measure(spec, "--device", "cuda", "--on", gpu, *more)
    with tempfile.TemporaryDirectory() as folder:
        device = os.path.join(folder, "here.json")
        subprocess.run([RECKON, "devices", "calibrate", "--out", device], check=True,
                       stdin=subprocess.DEVNULL, capture_output=True)
        # As many threads as the calibration used.
        return measure(spec, "--on", device, "--threads", str(len(os.sched_getaffinity(0))), *more)


def ms(seconds):
    return f"{1e3 * seconds:,.0f} ms" if seconds >= 1 else f"{1e3 * seconds:.3g} ms"


def time_table(models, gpu=None):
    print("| network | batch | inference | predicted | error | training step | predicted | error |\n"
          "|---|--:|--:|--:|--:|--:|--:|--:|")
    errors = []
    known = {row[0]: row for row in TIMED + UNSEEN + UNSEEN_LATER + UNSEEN_LAST}
    for spec, batch, train_batch in [known.get(m, (m, 1, 1)) for m in models or [row[0] for row in TIMED]]:
        cells = []
        for more in (("--batch", str(batch)), ("--batch", str(train_batch), "--train")):
            # What a machine with neighbours does changes by the second: the median of three rounds.
            rounds = [run for run in (predicted_and_run(spec, more, gpu) for _ in range(3)) if run]
            if not rounds:
                cells += ["-", "-", "-"]
                continue
            figures = [figure(run, "seconds") for run in rounds]
            middle = {key: statistics.median(f[key] for f in figures)
                      for key in ("measured", "predicted", "error")}
            spread = [min(f["error"] for f in figures), max(f["error"] for f in figures)]
            errors.append(abs(middle["error"]))
            cells += [ms(middle["measured"]), ms(middle["predicted"]),
                      f"{100 * middle['error']:+.0f} % ({100 * spread[0]:+.0f} to {100 * spread[1]:+.0f})"]
        print(f"| {spec} | {batch} | {' | '.join(cells)} |", flush=True)
    if errors:
        print(f"\nMedian of the errors' sizes: {100 * statistics.median(errors):.0f} %, "
              f"{sum(e > 0.3 for e in errors)} of {len(errors)} above 30 %.")


def main(arguments):
    if arguments[:1] == ["bytes"]:
        rest = arguments[1:]
        beside = [rest[1]] if rest[:1] == ["--beside"] and len(rest) > 1 else []
        models = rest[2 * len(beside):]
        bytes_table(models or sorted(glob.glob(os.path.join(ROOT, "tests/models/torchvision/*.onnx"))), beside)
    elif arguments[:1] == ["time"]:
        time_table(arguments[1:])
    elif arguments[:1] == ["unseen"]:
        time_table([row[0] for row in UNSEEN])
    elif arguments[:1] == ["unseen-later"]:
        time_table([row[0] for row in UNSEEN_LATER])
    elif arguments[:1] == ["unseen-last"]:
        time_table([row[0] for row in UNSEEN_LAST])
    elif arguments[:1] == ["cuda"] and len(arguments) > 1:
        time_table(arguments[2:], arguments[1])
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
