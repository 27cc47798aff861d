#!/usr/bin/env python3
"""The labs as their authors and readers meet them, through `reckon lab` and `reckon ledger`.

RECKON_BINARY names the program. The figures of Figures are typed by hand from the lab's
specification ("Figures to get right"), not from an answer of the program.
"""
import copy
import json
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from run_tests import run_tests

ROOT = pathlib.Path(__file__).resolve().parent.parent
RECKON = os.environ["RECKON_BINARY"]
LAB = ROOT / "labs" / "05-neural-computation"
ALEXNET = ROOT / "labs" / "06-alexnet"
ANATOMY = ROOT / "labs" / "07-anatomy-of-layers"
COSTS = ROOT / "labs" / "08-what-it-costs"
ENVELOPE = ROOT / "labs" / "09-back-of-the-envelope"
TIME = ROOT / "labs" / "10-where-time-goes"
TINY = ROOT / "tests" / "labs" / "tiny"


def reckon(*arguments):
    return subprocess.run([RECKON, *map(str, arguments)], capture_output=True, text=True, timeout=900)


def evaluate(folder=LAB, **question):
    run = reckon("lab", "evaluate", folder, json.dumps({"question": "evaluate", **question}))
    answer = json.loads(run.stdout)
    assert "error" not in answer, answer
    return answer


def element(name, **question):
    return evaluate(elements=[name], **question)["elements"][name]


def claims():
    return {c["id"]: c for c in element("traceability")["claims"]}


def words(text):
    """A Text with its figures set in."""
    return re.sub("⟦(\\d+)⟧", lambda m: text["figures"][int(m.group(1))]["text"], text["markdown"])


def bars(**controls):
    value = element("act2.ledger", controls=controls)
    return {b["id"]: b["figure"]["value"] for b in value["bars"]} | {
        "total": value["total"]["value"], "alert": value["alert"]}


class Figures(unittest.TestCase):
    """Each row of the table of section 5."""

    def test_parameters_and_their_bytes(self):
        text = words(claims()["parameters"]["text"])
        for figure in ("109,386", "437,544 B", "427.29 KiB", "437.54 kB"):
            self.assertIn(figure, text)
        self.assertEqual(claims()["parameters"]["verdict"], "holds only if")

    def test_mac_shares(self):
        shares = element("act2.challenge")["shares"]
        self.assertEqual([s["figure"]["text"] for s in shares], ["91.911 %", "7.503 %", "0.586 %"])
        self.assertAlmostEqual(sum(s["share"] for s in shares), 1)

    def test_training_ledger(self):
        kib = {k: round(v / 1024, 2) for k, v in bars().items() if k != "alert"}
        self.assertEqual(kib, {"weights": 427.29, "gradients": 427.29, "optimizer": 854.58,
                               "activations": 123.25, "total": 1832.41})
        self.assertEqual(element("act2.ledger")["total"]["text"], "1,832.4 KiB")
        self.assertEqual(element("act2.ledger", controls={"optimizer": "sgd"})["total"]["text"],
                         "977.8 KiB")

    def test_ratio_to_inference(self):
        text = words(claims()["four_times"]["text"])
        for figure in ("4.25×", "3.33×", "13×"):
            self.assertIn(figure, text)

    def test_batch(self):
        text = words(claims()["doubling"]["text"])
        for figure in ("1.067×", "1.126×", "444"):
            self.assertIn(figure, text)

    def test_half_precision(self):
        self.assertEqual(claims()["half"]["computed"]["text"], "50.0 %")
        self.assertEqual(words(claims()["half"]["text"]).count("16"), 3)  # FP16 and twice 16 bytes

    def test_bytes_of_the_wide_network(self):
        for w in (64, 128, 1000, 4096, 30830, 65536):
            used = element("act2.challenge", controls={"W": w})["used"]["value"]
            self.assertEqual(used, 8 * w * w + 12840 * w + 101792)
        self.assertEqual(round(element("act2.challenge", controls={"W": 4096})["used"]["value"]
                               / 2**20), 178)

    def test_largest_widths(self):
        rows = element("act2.challenge", answers={"act2.challenge": {"committed": 31975}})["certificate"]
        self.assertTrue(rows["accepted"])
        values = [r["figure"]["value"] for r in rows["rows"]]
        self.assertEqual(values[2:], [8589934592, 30830, 12])
        self.assertLessEqual(values[0], 8589934592)
        self.assertGreater(values[1], 8589934592)
        regions = {r["id"]: r for r in element("act2.context")["rows"]}
        self.assertEqual(regions["mobile_train"]["to"], 15601)

    def test_shares_by_width(self):
        text = words(claims()["first_layer"]["text"])
        for figure in ("1,558", "27.6 %"):
            self.assertIn(figure, text)
        answer = {"act2.shares": {"majority": 1558, "lead": 1568}}
        fields = element("act2.shares", answers=answer)["fields"]
        self.assertEqual([fields["majority"]["key"], fields["lead"]["key"]], [1558, 1568])

    def test_mobile_gpu(self):
        self.assertEqual(claims()["mobile"]["computed"]["text"], "1.79 MiB")
        self.assertEqual(claims()["mobile"]["verdict"], "does not hold")

    def test_training_compute(self):
        self.assertEqual(claims()["three_times"]["computed"]["text"], "2.08×")

    def test_update(self):
        text = words(claims()["update"]["text"])
        self.assertIn("0.16× to 0.28×", text)
        low, high = re.search(r"([\d.]+)× to ([\d.]+)×: ", text).groups()
        self.assertEqual((round(float(low)), round(float(high))), (5, 9))

    def test_gradients(self):
        def left(activation, initialisation):
            controls = {"activation": activation, "initialisation": initialisation}
            return element("act1.gradients", controls=controls)["lines"][0]["y"][19]
        # "~10⁻¹³–10⁻¹⁷ by initialisation"
        self.assertTrue(0.5e-17 < left("sigmoid", "torch_default") < 2e-17)
        self.assertTrue(0.5e-13 < left("sigmoid", "xavier") < 5e-13)
        self.assertAlmostEqual(left("tanh", "xavier"), 0.19, delta=0.04)
        self.assertTrue(0.5 < left("relu", "he") < 2)
        self.assertTrue(0.5e-8 < left("relu", "torch_default") < 8e-8)

    def test_silicon(self):
        self.assertEqual(claims()["ratio"]["computed"]["value"], 50)
        reveal = element("act1.reveal", answers={"act1.prediction": {"ratio": "five"}})["text"]
        self.assertIn("50×", words(reveal))
        self.assertIn("off by 10.0×", words(reveal))
        self.assertIn("24.5 million", words(reveal))
        self.assertIn("10,000", words(reveal))


class Locks(unittest.TestCase):
    def test_nothing_is_revealed_early(self):
        text = json.dumps(evaluate())
        self.assertNotIn("reveal", text)
        self.assertNotIn("feedback", text)
        self.assertIsNone(element("act2.challenge")["certificate"])

    def test_out_of_memory_comes_and_goes(self):
        self.assertIn("OOM", words(bars(device="mcu-256kb")["alert"]))
        self.assertIsNone(bars(device="laptop-8gb")["alert"])
        for w, fits in ((31975, True), (31976, False)):
            value = element("act2.challenge", controls={"W": w})
            self.assertEqual((value["fits"], value["alert"] is None), (fits, fits))

    def test_what_moved(self):
        value = element("act2.ledger", controls={"batch": 64}, previous={"batch": 32})
        self.assertEqual(words(value["change"]), "+123.25 KiB, all of it activations.")

    def test_contexts(self):
        allowed = evaluate(controls={"context": "edge"}, elements=["act2.ledger"])["allowed"]
        self.assertEqual(allowed["mode"], ["inference"])
        self.assertEqual(allowed["device"], ["mobile-2gb"])
        self.assertNotIn(1024, allowed["batch"])
        allowed = evaluate(controls={"context": "training_node"}, elements=["act2.ledger"])["allowed"]
        self.assertIn(1024, allowed["batch"])


class Check(unittest.TestCase):
    def test_labs_are_proved(self):
        for folder in (LAB, ALEXNET, ANATOMY, COSTS, ENVELOPE, TIME, TINY):
            run = reckon("lab", "check", folder, "--all")
            self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
            self.assertIn("state", run.stdout)

    def broken(self, name, old, new):
        """The tiny lab with one thing changed: its check."""
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(TINY, folder, dirs_exist_ok=True)
            file = pathlib.Path(folder) / name
            text = file.read_text()
            self.assertIn(old, text)
            file.write_text(text.replace(old, new, 1))
            return reckon("lab", "check", folder)

    def test_what_the_check_finds(self):
        cases = [
            ("lab.toml", 'verdict = "does not hold"', 'verdict = "holds"', "the engine says"),
            ("act.toml", "params > limit", "params > 5000", "never reached"),
            ("act.toml", "params > limit", "params > 0", "never clears"),
            ("lab.toml", "there are {{ computed | int }}", "there are 88", "the number 88"),
            ("lab.toml", "params > limit", "params % 20 < 10", "first()"),
            ("lab.toml", 'element = "count.sizes"', 'element = "count.nothing"', "no element"),
            ("act.toml", 'controls = ["n"]', "controls = []", "no instrument shows"),
            ("lab.toml", 'name = "neurons"\nvalue = "answers.count.ship.neurons"',
             'name = "neurons"\nvalue = "defaults(params)"', "done nothing for it"),
        ]
        for name, old, new, finding in cases:
            run = self.broken(name, old, new)
            self.assertEqual(run.returncode, 3, (new, run.stdout, run.stderr))
            self.assertIn(finding, run.stdout + run.stderr)

    def test_malformed_labs_have_a_place(self):
        cases = [
            ("lab.toml", "chapter = 1", "chaptr = 1", r"lab\.toml:\d+.*"),
            ("lab.toml", "layers(layer, n=n)", "layers(layr, n=n)", r"lab\.toml:\d+:\d+"),
            ("act.toml", "defaults(params)", "defaults(parms)", r"did you mean params\?.*act\.toml:6:\d+"),
            ("act.toml", 'type = "bars"', 'type = "bar"', r"did you mean bars\?.*act\.toml:\d+"),
            ("act.toml", 'unit = "parameters"', 'unit = "parametres"', r"did you mean parameters\?.*act\.toml:\d+"),
            ("lab.toml", 'source = "a common slip; no book"\n', "", r"'source'.*lab\.toml:\d+"),
            ("act.toml", "{{ params | int }} numbers", "{{ params | intt }} numbers", r"did you mean int\?"),
            ("act.toml", "{{ params | int }} numbers", "{{ params + }} numbers", r"act\.toml:\d+:\d+"),
            ("act.toml", 'title = "Count them"', 'titel = "Count them"', r"did you mean title\?.*act\.toml:3"),
            ("act.toml", "[act]", "[act", r"act\.toml:1"),
            ("lab.toml", "linear n", "liner n", r"did you mean linear\?.*lab\.toml"),
        ]
        for name, old, new, pattern in cases:
            run = self.broken(name, old, new)
            self.assertIn(run.returncode, (1, 2, 3), (new, run.stdout, run.stderr))
            self.assertRegex(run.stdout + run.stderr, re.compile(pattern, re.S))


class AlexNet(unittest.TestCase):
    """Figures of the source text, which computes them by hand, and where it is wrong."""

    def of(self, name, **question):
        return evaluate(ALEXNET, elements=[name], **question)["elements"][name]

    def test_four_lenses(self):
        # By hand: c_i·c_o·k·k·h_o·w_o of five convolutions; x_i·x_o of three linear layers.
        conv = [3*96*121*54*54, 96*256*25*26*26, 256*384*9*144, 384*384*9*144, 384*256*9*144]
        linear = [6400*4096, 4096*4096, 4096*10]
        self.assertEqual((sum(conv), sum(linear)), (962858112, 43032576))
        value = self.of("act1.lens", controls={"quantity": "macs"})
        self.assertEqual([b["figure"]["value"] for b in value["blocks"]], conv + linear)
        value = self.of("act1.lens", controls={"quantity": "params"})
        params = [b["figure"]["value"] for b in value["blocks"]]
        self.assertEqual((sum(params[:5]), sum(params[5:])), (3747200, 43040778))
        self.assertIn("92.0 %", words(value["note"]))

    def test_claims(self):
        verdicts = {c["id"]: c["verdict"] for c in self.of("traceability")["claims"]}
        self.assertEqual(verdicts, {
            "dominate_memory": "holds", "work_of_biases": "does not hold", "conv_work": "holds",
            "pass_size": "holds only if", "bandwidth_training": "does not hold", "latency_inference": "holds only if"})
        # Rows of the source's table: 2·279,936 + 64,896 + 2·173,056 + 36,864 + 4·55,296 + 2·36,864
        # + 2·6,400 + 6·4,096 + 10 numbers of 4 bytes, in MB of 1,048,576.
        listed = (2*279936 + 64896 + 2*173056 + 36864 + 4*55296 + 2*36864 + 2*6400 + 6*4096 + 10) * 4
        self.assertAlmostEqual(2 * listed / 2**20, 10.22, delta=0.005)
        claim = {c["id"]: c for c in self.of("traceability")["claims"]}["pass_size"]
        self.assertAlmostEqual(claim["computed"]["value"], listed / 2**20)

    def test_the_chip_is_the_program_s(self):
        # The best of all that `reckon chip` compares, and the triangle's simpler sum at the same place.
        best = json.loads(reckon("chip", "alexnet-d2l", "--precision", "bf16", "--area-mm2", 200, "--power-w", 75,
                                 "--format", "json").stdout)["chip"]["best"]
        truth = self.of("act4.reveal", answers={"act4.prediction": {"share": 20}})["drawn"]["truth"]["value"]
        self.assertAlmostEqual(truth, best["mib"] * 0.875 / 100)
        arithmetic = round(best["units"] * 671e-6)
        there = {"for_arithmetic": arithmetic, "for_memory": round(100 * truth)}
        rows = [r["figure"]["value"] for r in self.of("act4.split", controls=there)["rows"]]
        self.assertAlmostEqual(rows[0] / best["units"], 1, delta=0.05)
        self.assertAlmostEqual(rows[3] / best["power_w"], 1, delta=0.05)
        self.assertAlmostEqual(rows[4] / best["seconds"], 1, delta=0.1)
        chips = [c for row in self.of("act4.split")["data"]["lattice"] for c in row]
        self.assertAlmostEqual(min(c["seconds"] for c in chips) / best["seconds"], 1, delta=0.1)
        self.assertTrue(all(c["a"] + c["m"] <= 98 for c in chips))

    def test_trainings_to_scrub(self):
        # The table of docs/train.md, which the program that trained them printed.
        shipped = json.loads((ROOT / "data" / "training" / "fashion-mnist.json").read_text())["train_compare"]["trainings"]
        lenet, small = (t["epochs"] for t in shipped)
        for epoch in (1, 4, 8, 12):
            value = self.of("act5.race", controls={"epoch": epoch})
            runs = {r["name"]: r for r in value["data"]["runs"]}
            for name, epochs in (("LeNet", lenet), ("AlexNet", small)):
                self.assertAlmostEqual(runs[name]["test"][epoch], epochs[epoch]["test_accuracy"])
                self.assertAlmostEqual(runs[name]["train"][epoch], epochs[epoch]["train_accuracy"])
            is_late = small[epoch]["test_loss"] > min(e["test_loss"] for e in small) and epoch > 8
            self.assertEqual("surer of its mistakes" in words(value["note"]), is_late, epoch)
        self.assertEqual([r["figure"]["text"] for r in value["rows"]], ["168.7", "35.9", "239 s", "62.6 s", "0.48", "2.21"])
        for budget in range(3, 171):
            # By hand: whole epochs of 468 steps that so many joules pay for.
            paid = [min(12, int(budget // (468 * t["step_j"]))) for t in shipped]
            at = [t["epochs"][n]["test_accuracy"] for t, n in zip(shipped, paid)]
            note = words(self.of("act5.bill", controls={"budget": budget})["note"]) if budget % 10 in (0, 5) or budget in (14, 36, 70, 71) else None
            if note:
                self.assertIn("do not pay" if paid[1] == 0 else "LeNet is ahead" if at[0] > at[1] else "AlexNet is ahead", note, budget)

    def test_four_networks_under_one_roof(self):
        # AlexNet by hand: operations and bytes of layers that write somewhere new; ReLU and the like do not.
        conv = [(3, 96, 121, 224, 54), (96, 256, 25, 26, 26), (256, 384, 9, 12, 12), (384, 384, 9, 12, 12), (384, 256, 9, 12, 12)]
        linear, pool = [(6400, 4096), (4096, 4096), (4096, 10)], [(96, 54, 26), (256, 26, 12), (256, 12, 5)]
        work = [(2*i*o*k*b*b + o*b*b, 4*(i*a*a + i*o*k + o + o*b*b)) for i, o, k, a, b in conv]
        work += [(2*i*o + o, 4*(i + i*o + o + o)) for i, o in linear]
        work += [(8*c*b*b, 4*(c*a*a + c*b*b)) for c, a, b in pool]
        points = self.of("act3.roof")["data"]["points"]
        self.assertAlmostEqual(points[0]["intensity"] / (sum(w for w, _ in work) / sum(b for _, b in work)), 1, delta=0.01)
        time = sum(max(w / 10e12, b / 300e9) for w, b in work)
        rows = self.of("act3.roof")["rows"]
        self.assertAlmostEqual(rows[0]["figure"]["value"] / time, 1, delta=0.01)
        self.assertAlmostEqual(rows[2]["figure"]["value"] * rows[0]["figure"]["value"], rows[1]["figure"]["value"])

    def test_the_batch_at_which_linear_layers_turn(self):
        # By hand: (2·43,032,576 + 8,202)·B operations; bytes 4·(43,040,778 + B·(6400 + 2·4096 + 2·4096
        # + 10)), at least 10 TFLOP/s ÷ 300 GB/s = 33.3 of the first for each of the second.
        def intensity(batch):
            return ((2*43032576 + 8202) * batch
                    / (4 * (43040778 + batch * (6400 + 4096 + 4096 + 4096 + 4096 + 10))))
        turn = next(b for b in range(1, 513) if intensity(b) >= 10e12 / 300e9)
        feedback = self.of("act2.reveal", answers={"act2.prediction": {"batch": turn}})
        self.assertEqual(feedback["drawn"]["truth"]["value"], turn)


class Anatomy(unittest.TestCase):
    """Layers by hand: what PyTorch's documentation says of their shapes, and the algebra of their costs."""

    def of(self, name, **question):
        return evaluate(ANATOMY, elements=[name], **question)["elements"][name]

    def test_sizes_of_outputs(self):
        # torch.nn.Conv2d: floor((h + 2p - d(k - 1) - 1)/s + 1); ConvTranspose2d: (h - 1)s - 2p + d(k - 1) + 1.
        for k in (1, 2, 3, 5):
            for s in (1, 2, 3):
                for p in (0, 1, 2):
                    for d in (1, 2, 3):
                        if 9 + 2 * p <= d * (k - 1):
                            continue
                        value = self.of("act1.window", controls={
                            "kind": "conv", "kernel": k, "stride": s, "padding": p, "dilation": d})
                        self.assertEqual(value["data"]["out_side"], (9 + 2 * p - d * (k - 1) - 1) // s + 1)
        value = self.of("act1.window", controls={"kind": "transposed", "kernel": 3, "stride": 2, "padding": 1})
        self.assertEqual(value["data"]["out_side"], 4 * 2 - 2 + 2 + 1)

    def test_what_layers_hold_and_do(self):
        rows = {r["label"]: r["figure"]["value"] for r in self.of("act1.window")["rows"]}
        self.assertEqual(list(rows.values()), [4 * 49, 4 * 4 * 9 + 4, 4 * 49 * 36, 49])
        rows = self.of("act1.window", controls={"groups": 4})["rows"]
        self.assertEqual(rows[1]["figure"]["value"], 4 * 9 + 4)
        rows = self.of("act1.window", controls={"kind": "linear"})["rows"]
        self.assertEqual([r["figure"]["value"] for r in rows], [10, 3240 + 10, 3240, 1])
        rows = self.of("act1.window", controls={"kind": "pool", "kernel": 2, "stride": 2})["rows"]
        self.assertEqual([r["figure"]["value"] for r in rows], [4 * 16, 0, 0, None])

    def test_receptive_fields(self):
        # r = 1 + sum of d(k - 1) times all strides before.
        for depth in (1, 4, 7, 8, 112):
            for size in (3, 5, 7):
                for growth in ("plain", "strided", "dilated"):
                    field, jump = 1, 1
                    for i in range(depth):
                        dilation = min(2 ** i, 128) if growth == "dilated" else 1
                        field += dilation * (size - 1) * jump
                        jump *= 2 if growth == "strided" and i < 7 else 1
                    data = self.of("act2.cone", controls={"depth": depth, "size": size, "growth": growth})["data"]
                    self.assertEqual(data["field"], field, (depth, size, growth))

    def test_attention_and_normalisation(self):
        rows = [r["figure"]["value"] for r in self.of("act2.attention", controls={"tokens": 784, "width": 256})["rows"]]
        self.assertEqual(rows, [784 ** 2, 4 * (256 * 256 + 256), 4 * 784 * 256 * 256, 2 * 784 * 784 * 256])
        groups = {"batch": 64, "layer": 32, "token": 32 * 3136, "instance": 32 * 64, "group": 32 * 32, "rms": 32 * 3136}
        learned = {"rms": 64}
        for norm, means in groups.items():
            rows = [r["figure"]["value"] for r in self.of("act3.cube", controls={"norm": norm})["rows"]]
            self.assertEqual(rows, [means, 32 * 64 * 3136 / means, learned.get(norm, 128)], norm)
        # (5 - 16.5)/sqrt(mean square distance): 1, 2, 4, 5 and ten times as much, by hand.
        both = [1, 2, 4, 5, 10, 20, 40, 50]
        mean = sum(both) / 8
        spread = (sum((x - mean) ** 2 for x in both) / 8) ** 0.5
        value = self.of("act3.beside")
        self.assertAlmostEqual(value["lines"][0]["y"][-1], (5 - mean) / spread)
        self.assertAlmostEqual(value["lines"][1]["y"][0], 2 / 2.5 ** 0.5)

    def test_claims(self):
        verdicts = {c["id"]: c["verdict"] for c in self.of("traceability")["claims"]}
        self.assertEqual(verdicts, {
            "default_padding": "does not hold", "output_size": "holds only if", "grouped_weights": "does not hold",
            "depthwise_weights": "holds", "linear_k": "does not hold", "conv_work": "holds only if", "pooling": "holds",
            "receptive": "holds only if", "strides_help": "holds", "attention_parameters": "does not hold",
            "attention_map": "holds", "batch_norm_axes": "does not hold", "layer_norm_axes": "holds only if",
            "norm_per_channel": "holds", "relu_range": "holds only if", "small_ranges_quantise": "holds only if",
            "wide_is_faster": "holds"})

    def test_levels(self):
        def rows(**controls):
            value = self.of("act4.levels", controls=controls)
            return [r["figure"]["value"] for r in value["rows"]], value
        # By hand: half of a bell is below zero; 256 levels over 40 are 40/255 apart, and log2 of ten is 3.32.
        (zeros, _, least, most, used, bits), value = rows(activation_choice="relu", bits=8, largest=40)
        self.assertAlmostEqual(zeros, 0.5)
        self.assertEqual((least, most, used), (0, 4, 27))
        self.assertAlmostEqual(bits, 8 - math.log2(10))
        # The half that is not zero is off by step/sqrt(12); the spread of a rectified bell is sqrt(1/2 - 1/(2 pi)).
        error = value["note"]["figures"][-1]["value"]
        self.assertAlmostEqual(error, math.sqrt(0.5 / 12) * 40 / 255 / math.sqrt(0.5 - 0.5 / math.pi), delta=0.001)
        (_, _, _, _, used, bits), _ = rows(activation_choice="relu6", bits=8, largest=40)
        self.assertEqual(used, 171)  # 4 of 6, of 255 steps
        self.assertAlmostEqual(bits, 8 - math.log2(1.5))
        for activation in ("relu", "relu6", "leaky_relu", "gelu", "silu", "hard_swish", "tanh", "sigmoid"):
            for bits in (2, 3, 4, 6, 8):
                for largest in (4, 5, 13, 100):
                    (zeros, stored, _, _, used, left), value = rows(activation_choice=activation, bits=bits, largest=largest)
                    where = (activation, bits, largest)
                    self.assertTrue(1 <= used <= 2 ** bits, where)
                    self.assertTrue(zeros <= stored + 1e-9 and left <= bits + 1e-9, where)
                    self.assertEqual("no input can stretch" in words(value["note"]), activation in ("relu6", "tanh", "sigmoid"), where)

    def test_kernels_on_a_timeline(self):
        for gpu in ("h100-sxm", "t4"):
            for at_once in (1, 64, 1024, 16384):
                for hidden in (2, 4, 8, 16, 32, 64):
                    value = self.of("act5.kernels", controls={"gpu": gpu, "at_once": at_once, "hidden_layers": hidden})
                    rows = [r["figure"]["value"] for r in value["rows"]]
                    lanes = [lane["bars"] for lane in value["data"]["lanes"]]
                    # A product for each layer with weights, a ReLU for each hidden one.
                    self.assertEqual([len(lane) for lane in lanes], [3, 2 * hidden + 1])
                    self.assertEqual(rows[:2], [3, 2 * hidden + 1])
                    for lane, seconds in zip(lanes, rows[2:]):
                        self.assertAlmostEqual(sum(bar["s"] for bar in lane) / seconds, 1, delta=0.001)
        # As many parameters: n·w² + … by hand, for one hidden layer of 2,344 and 32 of 232.
        for hidden, width in ((1, 2344), (32, 232)):
            params = 784 * width + width + (hidden - 1) * (width * width + width) + width * 10 + 10
            self.assertAlmostEqual(params / (784 * 1024 + 1024 + 1024 * 1024 + 1024 + 10240 + 10), 1, delta=0.01)


class Costs(unittest.TestCase):
    """Counts by hand, prices of the two papers, and a queue that is simulated image by image."""

    def of(self, name, **question):
        return evaluate(COSTS, elements=[name], **question)["elements"][name]

    def test_the_ladder(self):
        rungs = {r["id"]: r["pj"] for r in self.of("act1.ladder")["data"]["rungs"]}
        self.assertEqual(rungs, {"int8_add": 0.03, "int8_multiply": 0.2, "fp32_add": 0.9, "register": 1,
                                 "fp32_multiply": 3.7, "sram": 5, "dram": 640})
        value = self.of("act1.reveal", answers={"act1.prediction": {"times": 100}})
        self.assertAlmostEqual(value["drawn"]["truth"]["value"], 640 / 0.03)

    def test_where_joules_go(self):
        # AlexNet: 60,965,224 parameters; MACs by layer, with the groups of the published network.
        macs = (55*55*96*3*121 + 27*27*256*48*25 + 13*13*384*256*9 + 13*13*384*192*9 + 13*13*256*192*9
                + 9216*4096 + 4096*4096 + 4096*1000)
        bars = {b["id"]: b["figure"]["value"] for b in self.of("act1.joules")["bars"]}
        self.assertAlmostEqual(bars["arithmetic"], macs * 4.6e-12)
        self.assertAlmostEqual(bars["weights"], 60965224 * 640e-12)
        self.assertAlmostEqual(bars["tensors"], 2 * 932264 * 5e-12)
        bars = {b["id"]: b["figure"]["value"] for b in self.of(
            "act1.joules", controls={"bits": 8, "together": 8, "spills": True})["bars"]}
        self.assertAlmostEqual(bars["arithmetic"], macs * 0.3e-12)
        self.assertAlmostEqual(bars["weights"], 60965224 * 160e-12 / 8)
        self.assertAlmostEqual(bars["tensors"], 2 * 932264 * 160e-12)

    def test_towers(self):
        towers = [t["alive"] for t in self.of("act2.skyline")["data"]["towers"] if t["alive"] > 0]
        sizes = [3*224*224, 96*55*55, 96*27*27, 256*27*27, 256*13*13, 384*13*13, 384*13*13, 256*13*13, 9216, 4096, 4096, 1000]
        self.assertEqual(towers, [a + b for a, b in zip(sizes, sizes[1:])])
        self.assertEqual(sum(sizes), 932264)
        # MobileNetV2's largest: its first depthwise layer with a stride, 96 channels from 112 to 56.
        value = self.of("act2.skyline", controls={"net": "mobilenet", "number_bits": 8})
        self.assertEqual(value["rows"][0]["figure"]["value"], 96*112*112 + 96*56*56)
        self.assertIsNotNone(value["alert"])
        value = self.of("act2.skyline", controls={"net": "mobilenet", "number_bits": 8, "resolution": 96})
        self.assertEqual(value["rows"][0]["figure"]["value"], 96*48*48 + 96*24*24)
        self.assertIsNone(value["alert"])

    def test_the_shortest_wait(self):
        def longest_wait(batch, rate, images=20000):
            seconds = self.of("act3.conveyor", controls={"batch": batch, "rate": rate})["data"]["compute_s"]
            free, worst = 0.0, 0.0
            for i in range(batch - 1, images, batch):
                free = max(free, i / rate) + seconds
                worst = max(worst, free - (i - batch + 1) / rate)
            return worst
        waits = {batch: longest_wait(batch, 3000) for batch in (1, 2, 3, 4, 5, 6, 7, 8, 16, 64)}
        best = min(waits, key=waits.get)
        truth = self.of("act3.reveal", answers={"act3.prediction": {"batch": 64}})["drawn"]["truth"]["value"]
        self.assertEqual(truth, best)
        rows = self.of("act3.conveyor", controls={"batch": 8})["rows"]
        self.assertAlmostEqual(rows[2]["figure"]["value"], waits[8], places=6)

    def test_claims(self):
        verdicts = {c["id"]: c["verdict"] for c in self.of("traceability")["claims"]}
        self.assertEqual(verdicts, {
            "size_32": "holds", "size_8": "holds", "activations": "holds", "peak": "holds", "peak_rule": "holds",
            "mobilenet": "does not hold", "bottleneck": "holds only if", "two_orders": "holds only if",
            "mac": "holds only if", "latency": "holds"})


class Envelope(unittest.TestCase):
    """Powers of a small matrix by multiplying it, a bill by its parts, and a table that is the program's own."""

    def of(self, name, **question):
        return evaluate(ENVELOPE, elements=[name], **question)["elements"][name]

    def test_tables_are_what_the_program_says(self):
        number = r"-?\d+\.?\d*(?:e[+-]?\d+)?"
        for folder in (ALEXNET, ENVELOPE, TIME):
            made = subprocess.run([sys.executable, ROOT / "tools" / "lab_data.py", "--print", folder.name],
                                  capture_output=True, text=True, check=True).stdout
            here = (folder / "data.toml").read_text()
            self.assertEqual(re.sub(number, "#", made), re.sub(number, "#", here), "run script/docs")
            for a, b in zip(re.findall(number, made), re.findall(number, here)):
                self.assertLessEqual(abs(float(a) - float(b)), 1e-3 * abs(float(b)), "run script/docs")

    def test_powers_of_a_skewed_matrix(self):
        for r, s in ((0.9, 1.0), (0.9, 0), (1, 2.0), (1.1, 0.5)):
            data = self.of("act2.pendulum", controls={"radius": r, "skew": s})["data"]
            g = [0.0, 1.0]
            for t in range(101):
                self.assertAlmostEqual(data["skewed"][t] / (g[0]**2 + g[1]**2)**0.5, 1)
                self.assertAlmostEqual(data["powers"][t] / r**t, 1)
                g = [r * g[0] + s * g[1], r * g[1]]

    def test_what_is_close_and_what_is_rough(self):
        for rule in ("training_memory_2bn", "flops_6nd", "receptive_field"):
            value = self.of("act1.court", controls={"rule": rule})
            off = [max(p["ratio"], 1 / p["ratio"]) for p in value["data"]["points"] if p["asked"]]
            self.assertEqual([r["figure"]["value"] for r in value["rows"]],
                             [sum(x <= 1.1 for x in off), sum(x <= 2 for x in off), len(off)])

    def test_the_bill(self):
        value = self.of("act3.bill")
        parts = {b["id"]: b["figure"]["value"] for b in value["bars"]}
        self.assertEqual(parts["weights"], 4 * 124439808)
        self.assertEqual(parts["optimizer"] // 2**20, 8 * 124439808 // 2**20)
        self.assertEqual(sum(parts.values()), value["total"]["value"])
        truth = self.of("act3.reveal", answers={"act3.prediction": {"bytes": 2e9}})["drawn"]["truth"]["value"]
        self.assertEqual(truth, value["total"]["value"])

    def test_claims(self):
        verdicts = {c["id"]: c["verdict"] for c in self.of("traceability")["claims"]}
        self.assertEqual(verdicts, {
            "two_b_n": "does not hold", "twice_forward": "does not hold", "eigenvalues": "holds only if",
            "explode": "holds only if", "transpose": "holds only if", "neurons": "does not hold"})


class Time(unittest.TestCase):
    """A roof by hand, two lanes and a training step simulated event by event."""

    def of(self, name, **question):
        return evaluate(TIME, elements=[name], **question)["elements"][name]

    def test_the_roof(self):
        for batch, width in ((1, 4096), (345, 4096), (4096, 256)):
            data = self.of("act1.roof", controls={"batch": batch, "max_trainable_width_laptop_gpu": width})["data"]
            self.assertEqual((data["peak"], data["bandwidth"]), (989e12, 3.35e12))
            here = next(p["intensity"] for p in data["points"] if p["main"])
            self.assertAlmostEqual(here, 2 * batch * width**2 / (2 * (width**2 + 2 * batch * width)))
        points = {p["name"]: p["intensity"] for p in self.of("act1.roof")["data"]["points"]}
        n = 64 * 56 * 56
        self.assertAlmostEqual(points["3×3 convolution"], 2 * n * 576 / (2 * (2 * n + 64 * 576)))
        self.assertAlmostEqual(points["depthwise 3×3"], 2 * n * 9 / (2 * (2 * n + 576)))
        self.assertAlmostEqual(points["ReLU"], n / (4 * n))
        turn = self.of("traceability")
        turn = {c["id"]: words(c["text"]) for c in turn["claims"]}["linear_memory"]
        ridge = 989e12 / 3.35e12
        first = next(b for b in range(1, 4097) if b * 4096 / (4096 + 2 * b) >= ridge)
        self.assertIn(f"a batch of {first},", turn)

    def test_two_lanes(self):
        for requests in (1, 64, 295, 1024):
            for buffers in (1, 2):
                value = self.of("act2.lanes", controls={"requests": requests, "buffers": buffers})
                load, compute = 2048**2 * 2 / 3.35e12, 2 * 2048**2 * requests / 989e12
                loaded = computed = 0.0
                done = []
                for i in range(8):
                    free = done[i - buffers] if i >= buffers else 0.0
                    begin = max(loaded, free)
                    self.assertAlmostEqual(value["data"]["loads"][i] / (begin or 1), begin and 1, places=6)
                    loaded = begin + load
                    computed = max(loaded, computed) + compute
                    done.append(computed)
                self.assertAlmostEqual(value["data"]["end_s"] / computed, 1)

    def test_outputs_alive(self):
        for every in (1, 2, 4, 8, 16, 32, 64):
            alive, most, again = set(), 0, 0
            for i in range(64):  # forward: what is kept, and the last one
                alive = {j for j in alive if j % every == 0} | {i}
                most = max(most, len(alive))
            alive = {j for j in alive if j % every == 0}
            for first in range(64 - every, -1, -every):
                for j in range(first + 1, first + every):
                    alive.add(j)
                    again += 1
                    most = max(most, len(alive))
                for j in range(first + every - 1, first - 1, -1):
                    most = max(most, len(alive))
                    alive.discard(j)
            rows = self.of("act3.alive", controls={"every": every})["rows"]
            self.assertEqual(rows[0]["figure"]["value"], most, every)
            self.assertAlmostEqual(rows[2]["figure"]["value"], (3 * 64 + again) / (3 * 64))

    def test_claims(self):
        verdicts = {c["id"]: c["verdict"] for c in self.of("traceability")["claims"]}
        self.assertEqual(verdicts, {
            "linear_memory": "holds only if", "batched_equal": "holds only if", "conv_compute": "holds only if",
            "depthwise_compute": "does not hold", "pooling_constant": "does not hold", "best_gpu": "holds",
            "checkpointing": "holds", "double_buffering": "holds only if", "backward_twice": "holds only if",
            "backward_memory": "does not hold", "small_layers_equal": "does not hold", "scale_and_shift": "holds",
            "pooling_hardware": "holds", "in_place": "holds"})

    def test_the_batch_at_which_each_kind_turns(self):
        n = 64 * 56 * 56
        for machine, ridge in (("h100-sxm", 989e12 / 3.35e12), ("t4", 65e12 / 320e9), ("a17-pro", 2.15e12 / 51.2e9)):
            points = {p["name"]: p for p in self.of("act1.roof", controls={"machine": machine})["data"]["points"]}
            # By hand, FP16: 2·n·k²·c operations; n in, n out, and the weights once for all of a batch.
            for name, work, weights in (("3×3 convolution", 2 * n * 576, 64 * 576), ("depthwise 3×3", 2 * n * 9, 576)):
                turns = next((b for b in range(1, 4097) if b * work / (2 * (2 * b * n + weights)) >= ridge), None)
                self.assertEqual(points[name]["turns"], turns, (machine, name))
            self.assertEqual([points[name]["turns"] for name in ("pooling", "normalisation", "ReLU")], [None] * 3)
            turns = next((b for b in range(1, 4097) if b * 4096 / (4096 + 2 * b) >= ridge), None)
            self.assertEqual(points["this layer"]["turns"], turns)

    def test_a_step_on_the_clock(self):
        for card in ("h100-sxm", "t4"):
            for stepper in ("adam", "sgd"):
                updates = []
                for images in (1, 16, 256):
                    value = self.of("act4.clock", controls={"card": card, "stepper": stepper, "images": images})
                    forward, backward, update, step, each = [r["figure"]["value"] for r in value["rows"]]
                    self.assertAlmostEqual((forward + backward + update) / step, 1, delta=1e-3)
                    self.assertAlmostEqual(each * images / step, 1)
                    updates.append(update)
                    lanes = value["data"]["lanes"]
                    # 20 layers and the loss forward; backward both gradients of 8 layers but the first's input, one of 12 others; 8 updates.
                    self.assertEqual([len(lane["bars"]) for lane in lanes], [20 + 1, 1 + 2 * 8 - 1 + 12, 8])
                self.assertAlmostEqual(max(updates), min(updates))
        # By hand: products of the backward pass without the gradient of the image, over those forward (biases and the rest are small).
        macs, first = 962858112 + 43032576, 3 * 96 * 121 * 54 * 54
        claim = {c["id"]: c for c in self.of("traceability")["claims"]}["backward_twice"]
        self.assertAlmostEqual(claim["computed"]["value"], 2 - first / macs, delta=0.01)


class Constants(unittest.TestCase):
    def ask(self, value):
        run = reckon("lab", "evaluate", LAB, json.dumps({
            "question": "evaluate", "controls": {"transistors_relu": value},
            "elements": ["act1.comparator"]}))
        return json.loads(run.stdout)

    def test_what_no_unit_can_have_is_refused_by_name(self):
        for value in (0, 0.5, 1e300, -1, 50.5, 1_000_001):
            error = self.ask(value)["error"]
            self.assertEqual(error["where"], "controls.transistors_relu", value)
            self.assertIn("a whole number from 1 to 1000000", error["message"])
        for value in (1, 50, 1_000_000):
            self.assertEqual(self.ask(value)["failed"], {})

    def test_one_failure_stops_no_other(self):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(TINY, folder, dirs_exist_ok=True)
            file = pathlib.Path(folder) / "act.toml"
            other = """
[[act.instrument]]
id = "other"
type = "series"
title = "Other"
controls = ["n"]
note = "{{ 1 / (n - 9) | fixed:2 }}"
x = { label = "n", unit = "", scale = "linear", values = "[1, 2]", marked = "n" }
y = { label = "y", unit = "", scale = "linear" }
[[act.instrument.line]]
id = "a"
label = "a"
style = "bound"
standing = "exact"
y = "[1, 2]"
"""
            text = file.read_text()
            at = text.index("[[act.decision]]")
            file.write_text(text[:at] + other + text[at:])
            for n, failed in ((8, []), (9, ["count.other"]), (10, [])):
                answer = evaluate(folder, controls={"n": n}, elements=["count.sizes", "count.other"])
                self.assertEqual(list(answer["failed"]), failed)
                self.assertIn("count.sizes", answer["elements"])
            self.assertIn("division by zero", evaluate(
                folder, controls={"n": 9}, elements=["count.other"])["failed"]["count.other"]["message"])


class Sentences(unittest.TestCase):
    """What the page says at the edges of a state."""

    def note(self, name, **controls):
        return words(element(name, controls=controls)["note"])

    def test_the_first_layer_at_the_width_of_the_image(self):
        self.assertIn("wider than any layer", self.note("act2.challenge", W=783))
        for w in (784, 785, 1500):
            self.assertNotIn("wider than any layer", self.note("act2.challenge", W=w))
        # By hand: 784·W against W·W/2 multiplications are equal at W = 1,568.
        self.assertIn("do the same", self.note("act2.challenge", W=1568))
        self.assertIn("does more than the first", self.note("act2.challenge", W=1570))
        self.assertNotIn("does more", self.note("act2.challenge", W=1566))

    def test_a_right_guess_is_not_off(self):
        reveal = words(element("act1.reveal", answers={"act1.prediction": {"ratio": "fifty"}})["text"])
        self.assertIn("you were right", reveal)
        self.assertNotIn("off by", reveal)

    def test_learning_is_impossible_with_plain_sgd_only(self):
        controls = {"activation": "relu", "initialisation": "torch_default", "depth": 20}
        self.assertIn("with plain SGD", words(element("act1.gradients", controls=controls)["alert"]))
        value = element("act1.learning", controls={**controls, "train_steps": 600})
        self.assertRegex(words(value["note"]), r"Adam tells (9\d|100) % .* SGD (2\d|3\d) %")
        value = element("act1.learning", controls={"activation": "sigmoid", "train_steps": 600})
        self.assertIn("Neither learns", words(value["note"]))
        value = element("act1.learning", controls={**controls, "initialisation": "he", "train_steps": 600})
        self.assertIn("Both learn", words(value["note"]))

    def test_no_line_is_exceeded_by_the_points_that_it_bounds(self):
        for activation in ("sigmoid", "tanh", "relu", "gelu"):
            for initialisation in ("torch_default", "xavier", "he"):
                value = element("act1.gradients", controls={
                    "activation": activation, "initialisation": initialisation})
                lines = {line["id"]: line for line in value["lines"]}
                self.assertNotIn("At most, with", json.dumps(value))
                for depth in range(20):
                    self.assertLessEqual(lines["trained"]["high"][depth],
                                         lines["weighted"]["y"][depth],
                                         (activation, initialisation, depth + 1))
        # 1.129^20, by hand from the largest slope of GELU: 11.3.
        self.assertAlmostEqual(lines["gelu"]["y"][19], 11.3, delta=0.1)

    def test_gelu_s_three_prices_have_a_sentence(self):
        reveal = words(element("act1.reveal", answers={"act1.prediction": {"ratio": "five"}})["text"])
        # By hand: a sigmoid unit of 2,500 transistors and a multiplier of 1,952 beside a ReLU of 50.
        self.assertIn(f"takes {(2500 + 1952) / 50:.0f}× the transistors of a ReLU", reveal)
        self.assertIn("its power is told as 3× that of\nReLU, where sigmoid's is 10×", reveal)

    def test_where_the_mobile_device_trains_and_where_it_only_answers(self):
        # By hand: 8W² + 12,840W + 101,792 bytes at a batch of 32 are within 2 GiB up to W = 15,601.
        for w, batch, inside, said in ((15601, 32, False, "both run and train"), (15602, 32, True, "cannot be trained on it"),
                                       (65536, 32, False, "does not even run there"), (64, 1, False, "both run and train")):
            value = element("act2.context", controls={"W": w, "batch": batch})
            self.assertEqual(value["discovery"]["inside"], inside, w)
            self.assertIn(said, words(value["discovery"]["text"]))
        # The largest batch is offered on the training node, whose room is not said to be the reason.
        self.assertNotIn("only the training node", json.dumps(element("act2.context", controls={"context": "training_node", "batch": 1024})))

    def test_claims_name_their_source(self):
        for claim in claims().values():
            self.assertTrue(claim["source"], claim["id"])
        for name in ("tanh", "side_by_side", "doubling", "half", "mobile", "update", "quadratic"):
            self.assertIn("not the book", claims()[name]["source"])
        self.assertEqual(claims()["cache"]["verdict"], "to be measured")

    def test_figures_are_derived_in_words_and_numbers(self):
        bars = element("act2.ledger", derive=True)["bars"]
        weights = next(b for b in bars if b["id"] == "weights")["figure"]
        self.assertEqual((weights["words"], weights["numbers"]), ("params · B each", "109,386 · 4"))
        total = element("act2.ledger", derive=True)["total"]
        self.assertEqual(total["numbers"], "437,544 + 437,544 + 875,088 + 126,208")
        row = element("act1.comparator", derive=True)["cards"][3]["rows"][0]["figure"]
        self.assertEqual(row["numbers"], "2,500 + 1,952")  # GELU: a sigmoid unit and a multiplier
        trained = element("act1.gradients", derive=True)["note"]["figures"]
        self.assertIn("measured", [f["standing"] for f in trained])
        reveal = element("act1.reveal", answers={"act1.prediction": {"ratio": "five"}}, derive=True)
        self.assertEqual(reveal["drawn"]["guess"]["standing"], "given")
        self.assertEqual(reveal["drawn"]["truth"]["standing"], "reference")


class Ledger(unittest.TestCase):
    ENTRIES = [
        ("lock", "act1.prediction", {"ratio": "twenty"}),
        ("move", "depth", 20),
        ("answer", "act1.sigmoid", {"why": "shrinks", "kind": "silent"}),
        ("decision", "act1.activation", {"choice": "relu"}),
        ("lock", "act2.prediction", {"memory": 437544, "unit": "KiB"}),
        ("move", "W", 31975),
        ("commit", "act2.challenge", {"committed": 31975}),
        ("answer", "act2.activations", {"why": "chain"}),
        ("answer", "act2.doubling", {"factor": 1.07, "because": "activations"}),
        ("decision", "act2.batch", {"size": 32}),
    ]

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        entries = [{"at": f"2026-03-01T10:00:{i:02}Z", "kind": k, "element": e, "value": v}
                   for i, (k, e, v) in enumerate(cls.ENTRIES)]
        run = reckon("lab", "evaluate", LAB, json.dumps({"question": "ledger", "entries": entries}))
        cls.ledger = json.loads(run.stdout)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def verify(self, content):
        file = pathlib.Path(self.folder.name) / "ledger.json"
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        return reckon("ledger", "verify", file)

    def test_keys(self):
        keys = {k: v for k, v in self.ledger.items() if k != "evidence"}
        # 437,544 − 1,876,384 bytes are −1405.1171875 KiB.
        self.assertEqual(keys, {"chapter": 5, "activation_choice": "relu",
                                "max_trainable_width_laptop_gpu": 31975,
                                "training_memory_estimate_error_kb": -1405.1171875,
                                "batch_size_chosen": 32})

    def test_chain_by_another_program(self):
        import hashlib
        before = "reckon ledger 1\n05-neural-computation"
        for entry in self.ledger["evidence"]["entries"]:
            bare = {k: v for k, v in entry.items() if k != "hash"}
            text = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            before = hashlib.sha256((before + "\n" + text).encode()).hexdigest()
            self.assertEqual(entry["hash"], before)

    def test_whole(self):
        run = self.verify(self.ledger)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("10 entries", run.stdout)

    def test_every_edit_is_found(self):
        for i in range(len(self.ENTRIES)):
            edited = copy.deepcopy(self.ledger)
            edited["evidence"]["entries"][i]["at"] = "2026-03-01T11:00:00Z"
            run = self.verify(edited)
            self.assertEqual(run.returncode, 3)
            self.assertIn(f"entry {i + 1} of 10", run.stderr)
        for key, value in (("max_trainable_width_laptop_gpu", 31974), ("batch_size_chosen", 64),
                           ("activation_choice", "tanh")):
            run = self.verify({**self.ledger, key: value})
            self.assertEqual(run.returncode, 3)
            self.assertIn(key, run.stderr)
        edited = copy.deepcopy(self.ledger)
        del edited["evidence"]["entries"][3]
        self.assertIn("entry 4 of 9", self.verify(edited).stderr)
        edited = copy.deepcopy(self.ledger)
        edited["evidence"]["extra"] = 1
        self.assertIn("seal", self.verify(edited).stderr)

    def made(self, entries):
        entries = [{"at": f"2026-03-01T10:00:{i:02}Z", "kind": k, "element": e, "value": v}
                   for i, (k, e, v) in enumerate(entries)]
        run = reckon("lab", "evaluate", LAB, json.dumps({"question": "ledger", "entries": entries}))
        return json.loads(run.stdout)

    def test_a_fresh_ledger_holds_no_answer(self):
        for entries in ([], self.ENTRIES[:1], [self.ENTRIES[4]], self.ENTRIES[4:6]):
            ledger = self.made(entries)
            text = json.dumps({k: v for k, v in ledger.items() if k != "evidence"})
            computed = json.dumps(ledger["evidence"]["computed"])
            for answer in ("31975", "1876384", "1405", "50", "8589"):
                self.assertNotIn(answer, text)
                self.assertNotIn(answer, computed)
        # Act 2 done without the challenge: no width either.
        entries = [e for e in self.ENTRIES if e[0] != "commit"]
        ledger = self.made(entries)
        self.assertIsNone(ledger["max_trainable_width_laptop_gpu"])
        self.assertEqual(ledger["batch_size_chosen"], 32)

    def test_what_cannot_have_been_is_refused(self):
        e = self.ENTRIES
        cases = [
            ([e[2]] + e[:2], "entry 1 of 3: 'act1.sigmoid' is answered before its act's prediction"),
            ([e[0], e[2]], "entry 2 of 2: 'act1.sigmoid' is answered before anything in its act was moved"),
            ([e[1]] + [e[0]], "entry 1 of 2: 'depth' is moved before any prediction"),
            (e[:2] + [e[3]], "entry 3 of 3: 'act1.activation' is decided before 'act1.sigmoid'"),
            ([e[4], e[6]], "entry 2 of 2: 'act2.challenge' is committed where W did not stand: at 128"),
            ([e[4], ("move", "W", 4096), e[6]], "did not stand: at 4096"),
            ([e[0], e[0]], "is locked a second time"),
            ([("answer",) + e[0][1:]], "'act1.prediction' takes the kind lock"),
        ]
        for entries, finding in cases:
            ledger = self.made(entries)
            run = self.verify(ledger) if "error" not in ledger else None
            said = run.stderr if run else ledger["error"]["message"]
            self.assertIn(finding, said)
            if run:
                self.assertEqual(run.returncode, 3)
        # A clock that runs backwards, in a chain that somebody sealed again.
        entries = [{"at": at, "kind": k, "element": el, "value": v} for at, (k, el, v) in
                   zip(("2026-03-01T10:00:05Z", "2026-03-01T10:00:05.5Z", "2026-03-01T10:00:04Z"), e)]
        run = reckon("lab", "evaluate", LAB, json.dumps({"question": "ledger", "entries": entries}))
        self.assertIn("entry 3 of 3: the time runs backwards", self.verify(run.stdout).stderr)
        # Measuring on the machine is a way to explore an act.
        whole = self.made([e[0], ("measure", "act1.comparator", {"relu": 0.4}), e[2]])
        self.assertEqual(self.verify(whole).returncode, 0)

    def test_other_files(self):
        whole = json.dumps(self.ledger)
        for content in ("", "{}", "[]", "null", '{"evidence":{}}', whole[: len(whole) // 2],
                        '{"evidence":{"schema":1,"lab":"x","engine":"1","seal":"","entries":[]}}',
                        '{"evidence":{"schema":2}}', "\x00\x01", whole.replace("05-neural", "06-neural")):
            run = self.verify(content)
            self.assertIn(run.returncode, (1, 2, 3), content)
            self.assertEqual(len(run.stderr.strip().splitlines()), 1, run.stderr)

    def test_show(self):
        file = pathlib.Path(self.folder.name) / "shown.json"
        file.write_text(json.dumps(self.ledger))
        self.assertIn("activation_choice: relu", reckon("ledger", "show", file).stdout)


if __name__ == "__main__":
    run_tests()
