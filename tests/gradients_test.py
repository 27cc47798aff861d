#!/usr/bin/env python3
"""reckon gradients MODEL against what PyTorch back-propagates.

tests/oracles/gradient_rms_by_parameter.csv holds the root mean square of every parameter's gradient
(tools/gradient_table.py). A layer is a module; its gradient is that of all its parameters.

RECKON_BINARY names the program.
"""
import csv
import json
import math
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from run_tests import run_tests

FOLDER = os.path.dirname(os.path.abspath(__file__))
ROOT = pathlib.Path(__file__).resolve().parent.parent
RECKON = os.environ.get("RECKON_BINARY", str(ROOT / "build/release/apps/cli/reckon"))
RUNNER = os.path.join(os.path.dirname(RECKON), "reckon-measure")
FACTOR = 1.5

# Which file is which network of the table, and the least share of its layers within the factor.
NETWORKS = {
    "resnet50": ("models/resnet50.onnx", 0.9),
    "vit_b_16": ("models/torch215/tv_vit_b_16.Ltrain.onnx", 0.9),
    "lstm": ("models/gradients/lstm.onnx", 0.9),
    "resnet18": ("models/resnet18.onnx", 0.95),
    "vgg11": ("models/torchvision/vgg11.onnx", 0.9),
    "mobilenet_v2": ("models/mobilenet_v2.onnx", 0.95),
    "densenet121": ("models/torchvision/densenet121.onnx", 0.9),
    "swin_t": ("models/torchvision/swin_t.onnx", 0.85),
    "efficientnet_b0": ("models/torchvision/efficientnet_b0.onnx", 0.7),
}
SHAPES = {"resnet18": 64, "mobilenet_v2": 160, "efficientnet_b0": 160}


def answer(*words):
    run = subprocess.run([RECKON, "gradients", *words, "--format", "json"], capture_output=True,
                         text=True, timeout=300)
    return run.returncode, json.loads(run.stdout) if run.stdout else run.stderr


def foretold(model, batch, side=None):
    words = [model, "--batch", str(batch)]
    status, found = answer(*words)
    if side is not None:
        name = found["model"]["inputs"][0]["name"]
        status, found = answer(model, "--shape", f"{name}={batch}x3x{side}x{side}")
    assert status == 0, found
    return found["network_gradients"]


def measured():
    table = {}
    with open(os.path.join(FOLDER, "oracles/gradient_rms_by_parameter.csv"), newline="") as file:
        for row in csv.DictReader(file):
            table.setdefault(row["network"], []).append(row)
    return table


def norms(rows, rms_of):
    """By module: the norm of the gradient over its parameters; None where one is unknown."""
    layers = {}
    for row in rows:
        module = row["parameter"].rpartition(".")[0] or row["parameter"]
        n = math.prod(int(d) for d in row["shape"].split("x"))
        x = rms_of(row)
        before = layers.get(module, 0.0)
        layers[module] = None if x is None or before is None else before + n * x * x
    return {module: None if x is None else math.sqrt(x) for module, x in layers.items()}


def compare(network, rows, found):
    by_name = {p["name"]: p["rms"] for layer in found["layers"] for p in layer["parameters"]}
    real = norms(rows, lambda row: float(row["rms"]))
    ours = norms(rows, lambda row: by_name.get(row["parameter"]))
    ratios = {module: (ours[module] / real[module] if ours[module] is not None else None)
              for module in real if real[module] > 0}
    good = sum(r is not None and 1 / FACTOR <= r <= FACTOR for r in ratios.values())
    return good / len(ratios), ratios


class Gradients(unittest.TestCase):
    def test_layers_of_networks(self):
        table = measured()
        for network, (file, bar) in NETWORKS.items():
            with self.subTest(network):
                rows = table[network]
                found = foretold(os.path.join(FOLDER, file), rows[0]["batch"], SHAPES.get(network))
                share, ratios = compare(network, rows, found)
                self.assertGreaterEqual(share, bar, sorted(
                    (m, r) for m, r in ratios.items() if r is None or not 1 / FACTOR <= r <= FACTOR))

    def test_rows_of_rules(self):
        """One kind of layer a network, in the folder of small ones: all layers within a quarter."""
        table = measured()
        small = [name for name in table if name.startswith(("row_", "mlp_", "gru", "rnn", "lstm"))]
        self.assertGreater(len(small), 20)
        for network in small:
            with self.subTest(network):
                file = os.path.join(FOLDER, "models/gradients", network + ".onnx")
                found = foretold(file, table[network][0]["batch"])
                _, ratios = compare(network, table[network], found)
                for module, ratio in ratios.items():
                    self.assertIsNotNone(ratio, module)
                    # Eight norms over 32 samples: what is small adds up.
                    bar = 1.4 if network == "mlp_bn_relu" else 1.25
                    self.assertLess(abs(math.log(ratio)), math.log(bar), (module, ratio))


    def test_weights_of_the_file(self):
        """Layer scales of a bare file are taken to be 1; a rule of the caller comes first."""
        model = os.path.join(FOLDER, "models/gradients/row_relu.onnx")
        for word, square in (("he_normal", 2 / 27), ("lecun_uniform", 1 / 27)):
            _, found = answer(model, "--initialisation", word)
            first = found["network_gradients"]["layers"][0]["parameters"][0]
            self.assertAlmostEqual(first["start_rms"], math.sqrt(square), places=9)

    def test_what_cannot_be_trained(self):
        for model, words in (("models/quantised/mobilenet_v2_qoperator.onnx", "integer products"),):
            status, found = answer(os.path.join(FOLDER, model))
            self.assertNotEqual(status, 0)
            self.assertIn(words, str(found))

    def test_sigmoids_stall(self):
        _, found = answer("784-64-64-10", "--batch", "8")
        self.assertEqual(found["network_gradients"]["n_stalled"], 0)
        _, found = answer(os.path.join(FOLDER, "models/gradients/mlp_sigmoid.onnx"))
        stalls = [layer["stalls"] for layer in found["network_gradients"]["layers"]]
        self.assertIn("8 activations (Sigmoid)", stalls[0])
        self.assertEqual(stalls[1:], [None] * 8)
        self.assertEqual(found["network_gradients"]["loss_scale"], 2 ** 14)

    def test_finite_width_drifts_from_theory_and_says_so(self):
        for words, drifts in ((("--activation", "gelu", "--initialisation", "he", "--depth", "20"), True),
                              (("--activation", "relu", "--initialisation", "he", "--depth", "20"), False),
                              (("--activation", "gelu", "--initialisation", "he", "--depth", "2"), False)):
            page, table = (subprocess.run([RECKON, "gradients", *words, *more], capture_output=True, text=True).stdout
                           for more in ((), ("--format", "csv")))
            last = list(csv.DictReader(table.splitlines()))[-1]
            by = float(last["rms"]) / float(last["mean_field"])
            self.assertEqual(by > FACTOR, drifts)
            says = f"width 128 leaves {by:.1f} times more. What chance does"
            self.assertEqual(says in " ".join(page.split()), drifts)

    def test_options_of_the_other_questions(self):
        for words in (("resnet18", "--depth", "3"), ("--batch", "4"), ("lstm", "--batch", "4"),
                      ("resnet18", "--seeds", "3"), ("--measure",), ("rnn", "--measure"), ("rnn", "--threads", "1"),
                      ("784-10", "--threads", "2")):
            status, _ = answer(*words)
            self.assertEqual(status, 2, words)


@unittest.skipUnless(os.path.exists(RUNNER), "this build has no reckon-measure")
class Measured(unittest.TestCase):
    """--measure beside PyTorch's own table: the same networks, begun by our own numbers."""

    def measured(self, network, *words):
        rows = measured()[network]
        file = NETWORKS.get(network, (f"models/gradients/{network}.onnx",))[0]
        side = SHAPES.get(network)
        asked = ["--shape", f"input={rows[0]['batch']}x3x{side}x{side}"] if side else []
        status, found = answer(os.path.join(FOLDER, file), "--batch", rows[0]["batch"], "--measure", *asked, *words)
        self.assertEqual(status, 0, found)
        return rows, found["network_gradients"]

    def compare(self, rows, found):
        """The share of layers whose norm lies among PyTorch's networks, a quarter aside."""
        by_name = {p["name"]: p["measured"]["rms"] for layer in found["layers"] for p in layer["parameters"]}
        ours = norms(rows, lambda row: by_name[row["parameter"]])
        least = norms(rows, lambda row: float(row["least"]))
        most = norms(rows, lambda row: float(row["most"]))
        off = [(layer, ours[layer], least[layer], most[layer]) for layer in ours
               if not least[layer] / 1.25 <= ours[layer] <= most[layer] * 1.25]
        return 1 - len(off) / len(ours), off

    def test_it_is_what_pytorch_measures(self):
        for network in ("lstm", "lstm_last", "gru", "gru_last", "rnn", "mlp_relu", "mlp_bn_relu", "mlp_ln_gelu",
                        "mlp_sigmoid", "row_batch_norm", "row_conv_transposed", "row_gate", "row_lstm_both_ways",
                        "row_attention_causal", "resnet18"):
            with self.subTest(network):
                rows, found = self.measured(network)
                share, off = self.compare(rows, found)
                self.assertGreaterEqual(share, 0.95, off)
                self.assertEqual(found["run"]["seeds"], 4)

    def test_predictions_of_large_networks(self):
        for network in ("resnet50", "vit_b_16"):
            with self.subTest(network):
                _, found = self.measured(network, "--seeds", "1")
                ratios = [layer["ratio"] for layer in found["layers"]]
                close = sum(r is not None and 1 / FACTOR <= r <= FACTOR for r in ratios)
                self.assertEqual(found["n_close"], close)
                self.assertGreaterEqual(close, 0.9 * len(ratios))

    def test_a_rule_of_the_caller_and_seeds(self):
        words = ("784-128-64-10", "--measure", "--initialisation", "he_normal", "--threads", "1", "--seeds", "32")
        first, again = (answer(*words)[1]["network_gradients"]["layers"] for _ in range(2))
        self.assertEqual(first, again)
        for layer in first:
            self.assertLess(abs(math.log(layer["ratio"])), math.log(1.35))
            self.assertLessEqual(layer["measured"]["least"], layer["measured"]["rms"])
            self.assertGreaterEqual(layer["measured"]["most"], layer["measured"]["rms"])
        _, one = answer("784-128-64-10", "--measure", "--seeds", "1")
        for layer in one["network_gradients"]["layers"]:
            self.assertEqual(len(set(layer["measured"].values())), 1)


class WithoutLibTorch(unittest.TestCase):
    def test_it_says_what_to_install(self):
        with tempfile.TemporaryDirectory() as folder:
            alone = shutil.copy(RECKON, os.path.join(folder, "reckon"))
            for model, says in (("lenet5", "script/setup --measure"),
                                (os.path.join(FOLDER, "models/quantised/mobilenet_v2_qoperator.onnx"),
                                 "integer products")):
                run = subprocess.run([alone, "gradients", model, "--measure"], capture_output=True, text=True)
                self.assertEqual((run.returncode, run.stdout), (1, ""))
                self.assertIn(says, run.stderr)
                self.assertEqual(run.stderr.count("\n"), 1)


if __name__ == "__main__":
    run_tests()
