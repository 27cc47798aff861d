#!/usr/bin/env python3
"""reckon diff: the layers of two networks side by side.

The parameters of the networks are those that torchvision's documentation gives. What a layer has is
what `reckon layers` says of it; every layer of either network is there once and in its order.

RECKON_BINARY names the program.
"""
import csv
import io
import json
import os
import pathlib
import subprocess
import unittest

from run_tests import run_tests

ROOT = pathlib.Path(__file__).resolve().parent.parent
RECKON = os.environ.get("RECKON_BINARY", str(ROOT / "build/release/apps/cli/reckon"))
MODELS = ROOT / "tests/models"
FIGURES = ("params", "buffers", "macs", "flops", "int_ops", "read_bytes", "write_bytes",
           "activations")


def run(*words):
    done = subprocess.run([RECKON, *map(str, words)], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def asked(*words):
    status, text, error = run(*words, "--format", "json")
    assert status == 0, error
    return json.loads(text)


class Diff(unittest.TestCase):
    def is_whole(self, model, other, *words):
        found = asked("diff", model, other, *words)
        for key, name in (("layer", model), ("other", other)):
            layers = asked("layers", name)["layers"]
            told = [pair[key] for pair in found["diff"]["layers"] if pair[key] is not None]
            self.assertEqual([layer["index"] for layer in told],
                             [layer["index"] for layer in layers], f"{model} {other} {key}")
            for mine, its in zip(told, layers):
                for figure in ("name", "op", "module", "output_shapes", *FIGURES):
                    self.assertEqual(mine[figure], its[figure])
        for change in ("same", "changed", "added", "removed"):
            self.assertEqual(found["diff"][change],
                             sum(pair["change"] == change for pair in found["diff"]["layers"]))
        for pair in found["diff"]["layers"]:
            a, b = pair["layer"], pair["other"]
            expected = "added" if a is None else "removed" if b is None else (
                "same" if all(a[k] == b[k] for k in ("op", "output_shapes", *FIGURES))
                else "changed")
            self.assertEqual(pair["change"], expected, pair)
        return found

    def test_every_layer_of_two_networks_once_with_its_figures(self):
        found = self.is_whole("resnet18", "resnet50")
        self.assertEqual(found["totals"]["params"], 11_689_512)
        self.assertEqual(found["other"]["totals"]["params"], 25_557_032)
        self.is_whole("resnet50", "resnet18")
        self.is_whole("alexnet", "gpt2")
        self.is_whole(MODELS / "resnet18.onnx", MODELS / "resnet50.onnx")
        self.is_whole(MODELS / "mobilenet_v2.onnx", "784-128-64-10")

    def test_a_network_against_itself_differs_in_nothing(self):
        for name in ("resnet50", MODELS / "resnet50.onnx", "gpt2"):
            found = self.is_whole(name, name)["diff"]
            self.assertEqual((found["changed"], found["added"], found["removed"]), (0, 0, 0))

    def test_more_blocks_are_added_and_the_others_stay(self):
        # GPT-2's block: two norms, four products, attention, an activation, two dropouts, two adds
        # and what joins them; with a thirteenth block as many layers more as each block has.
        found = asked("diff", "gpt2", "--other-set", "layers=13")
        n12 = len(asked("layers", "gpt2")["layers"])
        n13 = len(asked("layers", "gpt2", "--set", "layers=13")["layers"])
        self.assertEqual(found["diff"]["same"], n12)
        self.assertEqual(found["diff"]["added"], n13 - n12)
        added = sum(pair["other"]["params"] for pair in found["diff"]["layers"]
                    if pair["change"] == "added")
        # 12 d² + 13 d: the block of GPT-2 (768 wide).
        self.assertEqual(added, 12 * 768 * 768 + 13 * 768)

    def test_settings_are_those_of_their_network(self):
        found = asked("diff", "resnet18", "--batch", "2", "--other-batch", "6")
        self.assertEqual(found["model"]["batch"], 2)
        self.assertEqual(found["other"]["model"]["batch"], 6)
        self.assertEqual(found["other"]["totals"]["macs"], 3 * found["totals"]["macs"])
        self.assertEqual((found["diff"]["added"], found["diff"]["removed"]), (0, 0))
        both = asked("diff", "resnet18", "alexnet", "--batch", "4")
        self.assertEqual((both["model"]["batch"], both["other"]["model"]["batch"]), (4, 4))

    def test_what_is_wrong_names_its_network(self):
        status, _, error = run("diff", "resnet18", "alexnet", "--other-set", "wide=3")
        self.assertNotEqual(status, 0)
        self.assertIn("alexnet has no parameter", error)
        self.assertIn("--other-set", error)
        status, _, error = run("diff", "resnet18", "resnet19")
        self.assertEqual(status, 1)
        self.assertIn("did you mean", error)
        status, _, error = run("diff", "resnet18", "alexnet", "gpt2")
        self.assertEqual(status, 2)

    def test_pages(self):
        status, text, _ = run("diff", "resnet18", "resnet50")
        self.assertEqual(status, 0)
        self.assertIn("25,557,032", text)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)
        _, text, _ = run("diff", "resnet18", "resnet50", "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual(sum(int(row["params"] or 0) for row in rows), 11_689_512)
        self.assertEqual(sum(int(row["other_params"] or 0) for row in rows), 25_557_032)


if __name__ == "__main__":
    run_tests()
