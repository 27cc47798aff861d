#!/usr/bin/env python3
"""Writes data.toml of labs: answers of the program that the page's engine does not give, or not as soon as a slider moves.

usage: RECKON_BINARY=… tools/lab_data.py              writes the files
       RECKON_BINARY=… tools/lab_data.py --print LAB  prints one

Rules of thumb on trial (`reckon rules`), gradients through time (`reckon gradients rnn`), machines (`reckon devices`), a
chip (`reckon chip`), trainings (`reckon train compare --shipped`), kernels (`reckon time`), to five digits.
tests/labs_test.py holds the files against the program.
"""
import json
import os
import pathlib
import subprocess
import sys

LABS = pathlib.Path(__file__).resolve().parent.parent / "labs"
RULES = ["training_memory_2bn", "training_memory_4x", "bytes_16", "training_compute_3x", "flops_6nd", "receptive_field"]
MATRICES, RADII, STEPS = ["orthogonal", "nonnormal"], [0.9, 1.0, 1.1], [1, 2, 3, 5, 7, 10, 20, 30, 50, 70, 100]
ACTIVATIONS = [None, "tanh"]
MACHINES = ["h100-sxm", "t4", "a17-pro"]
WIDE, GPUS, BATCHES, DEPTHS = "784-1024-1024-10", ["t4", "h100-sxm"], [1, 64, 1024, 16384], [1, 2, 4, 8, 16, 32, 64]
STEP_BATCHES = [1, 16, 256]


def ask(*arguments):
    run = subprocess.run([os.environ["RECKON_BINARY"], *map(str, arguments), "--format", "json"],
                         capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


def text(value):
    """A value as an expression of a lab."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"'{k}': {text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(text, value)) + "]"
    if isinstance(value, str):
        return "'" + value.replace("'", "’") + "'"
    if value is None:
        return "null"
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def trials():
    return [{"rule": t["rule"], "network": t["network"], "estimate": float(t["estimate"]), "exact": float(t["exact"]),
             "how": t["how"]} for t in ask("rules")["rules"]["trials"] if t["rule"] in RULES]


def gradients():
    out = []
    for matrix in MATRICES:
        for radius in RADII:
            for activation in ACTIVATIONS:
                options = ["--matrix", matrix, "--radius", radius, "--steps", max(STEPS)]
                answer = ask("gradients", "rnn", *options, *(["--activation", activation] if activation else []))
                points = [p for p in answer["gradients_in_time"]["points"] if p["steps"] in STEPS]
                out.append({"name": f"{matrix} {radius:g} {activation or 'linear'}",
                            "left": [float(p["ratio"]) for p in points],
                            "least": [float(p["min"]) for p in points], "most": [float(p["max"]) for p in points]})
    return out


def trainings():
    """What two networks were worth after each epoch, from the one before the first step on."""
    out = []
    for t in ask("train", "compare", "--shipped")["train_compare"]["shipped"]:
        kept = {key: t[key] for key in ("network", "parameters", "macs", "rate", "batch", "n_train", "n_test", "n_classes", "peak_bytes",
                                        "processor_s")}
        of_epochs = {key: [e[of] for e in t["epochs"]] for key, of in
                     {"train": "train_accuracy", "test": "test_accuracy", "loss": "test_loss"}.items()}
        out.append({**kept, "epoch_j": t["step_j"] * t["steps_per_epoch"], "ops": t["step_ops"] * t["steps"], **of_epochs})
    return out


def wide_and_deep():
    """Fully connected networks of as many parameters as WIDE, and their kernels: the first product, one between, a ReLU, the last."""
    out = []
    for gpu in GPUS:
        for batch in BATCHES:
            for p in ask("time", WIDE, "--device", gpu, "--batch", batch, "--shapes")["time_sweep"]["points"]:
                if p["depth"] not in DEPTHS:
                    continue
                chain = "-".join(map(str, [784, *[p["width"]] * p["depth"], 10]))
                layers = ask("time", chain, "--device", gpu, "--batch", batch, "--layers")["time"]["layers"]
                places = {"first": 0, "relu": 1, "between": 2, "last": -1}
                kernels = {name: [float(k["seconds"]), float(k["utilisation"]), k["bound"]]
                           for name, k in ((name, layers[at]["forward"]) for name, at in places.items())}
                out.append({"name": f"{gpu} {batch} {p['depth']}", **{key: p[key] for key in ("depth", "width", "params", "kernels")},
                            "seconds": p["seconds"], "start_s": float(p["start_bound_s"]), **kernels})
    return out


def training_steps():
    """A step of AlexNet: its kernels forward, backward from the last layer to the first, and the update of each layer's weights."""
    out = []
    for card in GPUS:
        for images in STEP_BATCHES:
            answer = {name: ask("time", "alexnet-d2l", "--device", card, "--train", "--optimizer", name, "--batch", images)
                      for name in ("adam", "sgd")}
            step = {name: one["time"] for name, one in answer.items()}
            time = step["adam"]
            layers = time["layers"]
            kernel = lambda layer, part, word: {"name": f"{layer['name']}{word}", "s": float(layer[part]["seconds"]),
                                                "busy": float(layer[part]["utilisation"]), "waits": layer[part]["bound"]}
            loss = lambda part: {"name": "loss", "s": time[f"loss_{part}_s"], "busy": None, "waits": "start"}
            back = [(layer, part, word) for layer in reversed(layers) for part, word in
                    (("input_gradient", ", to its input"), ("weight_gradient", ", to its weights")) if layer[part]]
            total = lambda part, of: sum(layer[part][of] for layer in layers if layer[part])
            out.append({
                "name": f"{card} {images}", "params": answer["adam"]["totals"]["params"], "forward": [*(kernel(layer, "forward", "") for layer in layers), loss("forward")],
                "backward": [loss("backward"), *(kernel(*k) for k in back)],
                **{name: [{"name": layer["name"], "s": float(layer["update_s"]), "busy": None, "waits": "weights"} for layer in s["layers"]
                          if layer["update_s"]] for name, s in step.items()},
                **{f"{name}_s": s["seconds"] for name, s in step.items()},
                "ops": float(total("forward", "ops")), "first_ops": float(layers[0]["forward"]["ops"]), "bytes": float(total("forward", "bytes")),
                "back_ops": float(total("input_gradient", "ops") + total("weight_gradient", "ops")),
                "back_bytes": float(total("input_gradient", "bytes") + total("weight_gradient", "bytes"))})
    return out


def served():
    """AlexNet's time for one image and for many, and what of it belongs to kernels that take no longer than their start."""
    out = []
    for card in GPUS:
        for images in (1, 128):
            time = ask("time", "alexnet-d2l", "--device", card, "--batch", images)["time"]
            out.append({"name": f"{card} {images}", "seconds": time["seconds"], "start_s": float(time["start_bound_s"]), "kernels": time["kernels"]})
    return out


def rows(name, standing, items):
    lines = ",\n  ".join(map(text, items))
    told = f'standing = "{standing}"\n' if standing else ""
    return f'[figures.{name}]\n{told}value = """[\n  {lines}\n]"""\n'


def machines():
    rows = {d["name"]: d for d in ask("devices")["devices"]}
    keys = {"peak": "fp16_flops_per_s", "bandwidth": "mem_bytes_per_s", "chip": "llc_bytes"}
    out = []
    for name in MACHINES:
        figures = {f["name"]: f for f in rows[name]["figures"]}
        out.append({"name": name, **{key: int(figures[of]["value"]) for key, of in keys.items()},
                    "standing": rows[name]["standing"]})
    return out


def chip():
    answer = ask("chip", "alexnet-d2l", "--precision", "bf16", "--area-mm2", 200, "--power-w", 75)["chip"]
    prices = {c["name"].replace(".", "_"): (c["low"] + c["high"]) / 2 for c in answer["constants"]}
    best = {key: float(answer["best"][key]) for key in ("units", "mib", "gb_per_s", "seconds", "power_w")}
    beside = [{key: float(d[key]) for key in ("mib", "units", "gb_per_s", "seconds")} for d in answer["by_memory"]]
    return [{"best": best, "prices": prices, "without": beside[0]}]


WHOLE = {
    "06-alexnet": lambda: rows("chips", "assumed", chip()) + "\n" + rows("trainings", "measured", trainings())
                           + "\n" + rows("served", "modelled", served()),
    "07-anatomy-of-layers": lambda: rows("shapes", "modelled", wide_and_deep()),
    "09-back-of-the-envelope": lambda: rows("trials", "modelled", trials()) + "\n" + rows("through_time", "measured", gradients()),
    "10-where-time-goes": lambda: rows("machines", None, machines()) + "\n" + rows("training_steps", "modelled", training_steps()),
}


def whole(lab):
    return "# Made by tools/lab_data.py from answers of the program.\n\n" + WHOLE[lab]()


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--print":
        print(whole(sys.argv[2]), end="")
    else:
        for name in WHOLE:
            (LABS / name / "data.toml").write_text(whole(name))
