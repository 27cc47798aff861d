#!/usr/bin/env python3
"""Answers of the program against tables of other programs (tests/oracles) and against sums by hand.

A row that is known to differ says by how much, by hand, or why; it fails once it agrees, so that what
is said here stays true. RECKON_BINARY names the program.
"""
import csv
import json
import os
import pathlib
import subprocess
import unittest

from run_tests import run_tests

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = os.environ.get("RECKON_BINARY", str(ROOT / "build/release/apps/cli/reckon"))


def rows(name):
    with open(ROOT / "tests/oracles" / name, encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    assert table, name
    return table


def ask(*arguments):
    done = subprocess.run([BINARY, *arguments, "--format", "json"], cwd=ROOT, capture_output=True,
                          text=True, timeout=60, check=False)
    answer = json.loads(done.stdout)
    assert "error" not in answer, (arguments, answer)
    return answer


# Dimension, heads, blocks, tokens and windows of Swin-T's stages at 224 pixels.
SWIN_T = ((96, 3, 2, 56 * 56, 64), (192, 6, 2, 28 * 28, 16), (384, 12, 6, 14 * 14, 4), (768, 24, 2, 7 * 7, 1))
# An attention's projections have weights and biases; a window of 7×7 has a table of 13² offsets for
# each head, which is read for 49² pairs.
PROJECTIONS = {d: 4 * d * d + 4 * d for d in (96, 192, 384, 768)}
TABLE, PAIRS = 13 * 13, 49 * 49

# What Reckon says less what the tool says. In a file the projections of an attention are linear
# layers and its table of biases is an embedding; torchinfo sees modules, and they belong to none that
# it can run. Of parameters outside of such modules it counts elements and no bytes.
DIFFERENCES = {
    ("googlenet", "torchinfo_params"): -6_379_984,  # auxiliary classifiers, which are not in the file
    ("convnext_tiny", "torchinfo_param_bytes"): 4 * (3 * 96 + 3 * 192 + 9 * 384 + 3 * 768),  # layer scales
    ("vit_b_32", "torchinfo_mult_adds"): 12 * 50 * PROJECTIONS[768],
    ("vit_b_32", "torchinfo_output_bytes"): 2 * 4 * 12 * 50 * (2304 + 768),
    # and the class token and 50 positions
    ("vit_b_32", "torchinfo_param_bytes"): 4 * (12 * PROJECTIONS[768] + 51 * 768),
    ("swin_t", "torchinfo_mult_adds"): sum(
        n * (windows * PROJECTIONS[d] + PAIRS * TABLE * heads) for d, heads, n, _, windows in SWIN_T),
    ("swin_t", "torchinfo_output_bytes"): 2 * 4 * sum(
        n * (tokens * 4 * d + PAIRS * heads) for d, heads, n, tokens, _ in SWIN_T),
    ("swin_t", "torchinfo_param_bytes"): 4 * sum(
        n * (PROJECTIONS[d] + TABLE * heads) for d, heads, n, _, _ in SWIN_T),
}


class Conventions(unittest.TestCase):
    """torchinfo 1.8.0 and fvcore 0.1.5, run by tools/convention_figures.py."""

    def test_every_figure(self):
        columns = {"torchinfo_params": ("torchinfo", "params"),
                   "torchinfo_mult_adds": ("torchinfo", "mult_adds"),
                   "torchinfo_output_bytes": ("torchinfo", "forward_backward_bytes"),
                   "torchinfo_param_bytes": ("torchinfo", "params_bytes"),
                   "fvcore_flops": ("fvcore", "macs"),
                   "fvcore_activations": ("fvcore", "activations")}
        for row in rows("conventions.csv"):
            model = f"tests/models/torchvision/{row['model']}.onnx"
            totals = {name: ask("report", model, "--convention", name)["convention"]["totals"]
                      for name in ("torchinfo", "fvcore")}
            for column, (tool, field) in columns.items():
                with self.subTest(model=row["model"], column=column):
                    self.assertEqual(totals[tool][field] - int(row[column]),
                                     DIFFERENCES.get((row["model"], column), 0))


class Exports(unittest.TestCase):
    """Exports of PyTorch 2.15, by its older exporter and by today's."""

    # File and column → why it differs.
    NOT_YET = {
        ("px_tm_mobilenetv4_conv_small.D.onnx", "params"):
            "the file holds BatchNormalization folded into the convolutions before it",
    }

    # What exports of networks that were just made no longer hold: biases, which are zero then, and
    # batch norms that are folded. Reckon says so; `--train` puts the norms back.
    LEFT_OUT = {
        # Convolutions and the classifier of ConvNeXt-S.
        "tv_convnext_small.D": 96 + (3 * 96 + 3 * 192 + 27 * 384 + 3 * 768) + (192 + 384 + 768) + 1000,
        # Patches, projections of 12 attentions, the classifier; and the class token, which is part of
        # a constant.
        "tv_vit_b_16.D": 768 + 12 * 768 + 1000 + 768,
        "hf_gpt2_sdpa.D": 4 * (3 * 768 + 768 + 4 * 768 + 768),  # four products of four blocks
        "tv_resnet50.D": 26_560,  # scales of 53 batch norms
        "tv_resnet50.L": 26_560,
        # The older exporter stores a table and its transposed copy, the head, apart.
        "hf_bert_sdpa.L": -30_522 * 768,
    }

    def test_equal_tensors_that_are_stored_once(self):
        seen = 0
        for row in rows("torch215_step_memory.csv"):
            path = ROOT / f"tests/models/torch215/{row['model']}.{row['exporter']}.onnx"
            if not path.exists() or row["model"] == "tm_mobilevit_s" and row["exporter"] == "Deval":
                continue
            seen += 1
            params = ask("report", str(path))["totals"]["params"]
            export = f"{row['model']}.{row['exporter'][0]}"
            left_out = 0 if row["exporter"] == "Ltrain" else self.LEFT_OUT.get(export, 0)
            with self.subTest(file=path.name):
                self.assertEqual(params + left_out, int(row["params"]))
        self.assertGreater(seen, 15)

    def test_parameters_and_macs(self):
        for row in rows("torch215_params_macs.csv"):
            totals = ask("report", f"tests/models/torch215/{row['file']}")["totals"]
            for column in ("params", "macs"):
                if not row[column]:
                    continue
                with self.subTest(file=row["file"], column=column):
                    differs = self.assertNotEqual if (row["file"], column) in self.NOT_YET else self.assertEqual
                    differs(totals[column], int(row[column]), "see NOT_YET")


class Explain(unittest.TestCase):
    """How the totals add up, by hand."""

    def figures(self, model):
        return {row["name"]: row for row in ask("explain", model)["explain"]}

    def test_lenet5(self):
        # C1 6·(1·5·5+1), C3 16·(6·5·5+1), C5 120·(16·5·5+1), F6 84·(120+1), 10·(84+1)
        params = [156, 2416, 48120, 10164, 850]
        # 28²·6·25, 10²·16·150, 120·400, 84·120, 10·84
        macs = [117600, 240000, 48000, 10080, 840]
        outputs = [6 * 28 * 28, 16 * 10 * 10, 120, 84, 10]
        pooled = [6 * 14 * 14, 16 * 5 * 5]
        found = self.figures("lenet5")
        layers = "Conv-1 + Conv-4 + Conv-7 + Linear-10 + Linear-12"
        for name, parts in (("params", params), ("macs", macs)):
            self.assertEqual(found[name]["value"], sum(parts))
            self.assertEqual(found[name]["formula"], layers)
            self.assertEqual(found[name]["substitution"], " + ".join(f"{part:,}" for part in parts))
        self.assertEqual(found["macs_by_kind"]["substitution"], "405,600 + 10,920")
        # A bias and a tanh for each output, but no tanh at the end; 2×2 elements for each pooled one.
        other = sum(outputs) + sum(outputs[:-1]) + 4 * sum(pooled)
        self.assertEqual(found["flops"]["value"], 2 * sum(macs) + other)
        self.assertEqual(found["flops"]["substitution"], f"{2 * sum(macs):,} + {other:,}")
        # The image and what needs memory of its own: tanh works in place.
        self.assertEqual(found["activations"]["value"], 32 * 32 + sum(outputs) + sum(pooled))
        self.assertEqual(found["peak_activations"]["value"], outputs[0] + pooled[0])
        # Every operator reads its input and its parameters and writes its output, 4 B each; flatten
        # moves nothing.
        inputs = [32 * 32, pooled[0], pooled[1], 120, 84]
        read = sum(inputs) + sum(params) + sum(outputs[:-1]) + sum(outputs[:2])
        written = sum(outputs) + sum(outputs[:-1]) + sum(pooled)
        self.assertEqual(found["moved_bytes"]["value"], 4 * (read + written))

    def test_a_residual_network(self):
        # ResNet-18 of torchvision: 1,814,073,344 MACs, of which 1000·512 are the classifier's.
        found = self.figures("tests/models/torchvision/resnet18.onnx")
        self.assertEqual(found["params"]["value"], 11_689_512)
        self.assertEqual(found["macs"]["value"], 1_814_073_344)
        self.assertEqual(found["macs_by_kind"]["formula"], "conv_macs + linear_macs")
        self.assertEqual(found["macs_by_kind"]["substitution"], "1,813,561,344 + 512,000")


if __name__ == "__main__":
    run_tests()
