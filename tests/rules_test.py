#!/usr/bin/env python3
"""Rules of thumb on trial (`reckon rules`): both sides of each rule by hand on two networks, 784-128-64-10
(mnist) and LeNet-5, and what holds for all built-in networks whatever they cost.

RECKON_BINARY names the program.
"""
import json
import os
import pathlib
import subprocess
import unittest

from run_tests import run_tests

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = os.environ.get("RECKON_BINARY", str(ROOT / "build/release/apps/cli/reckon"))
BATCH = 32

# 784-128-64-10 with ReLU between.
MNIST_PRODUCTS = (784 * 128, 128 * 64, 64 * 10)
MNIST_PARAMS = sum(MNIST_PRODUCTS) + 128 + 64 + 10
# LeNet-5: its convolutions give 28², 10² and 1 places, its linear layers 84 and 10 outputs.
LENET_CONVS = (28 * 28 * 6 * 25, 10 * 10 * 16 * 6 * 25, 120 * 16 * 25)
LENET_LINEARS = (120 * 84, 84 * 10)
LENET_CONV_PARAMS = (6 * 25 + 6) + (16 * 150 + 16) + (120 * 400 + 120)
LENET_LINEAR_PARAMS = (120 * 84 + 84) + (84 * 10 + 10)


def ask(*arguments):
    done = subprocess.run([BINARY, *arguments, "--format", "json"], cwd=ROOT, capture_output=True,
                          text=True, timeout=120, check=False)
    answer = json.loads(done.stdout)
    assert "error" not in answer, (arguments, answer)
    return answer


def trials_of(network):
    trials = ask("rules", network, "--batch", str(BATCH))["rules"]["trials"]
    return {trial["rule"]: trial for trial in trials}


def training_macs(products):
    """Forward, and two gradients of each product but the first, whose input nobody learns."""
    return BATCH * (3 * sum(products) - products[0])


class ByHand(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.mnist, cls.lenet = trials_of("mnist"), trials_of("lenet5")

    def sides(self, trial, estimate, exact):
        self.assertAlmostEqual(trial["estimate"], estimate, delta=1e-9 * estimate)
        self.assertAlmostEqual(trial["exact"], exact, delta=1e-9 * exact)
        self.assertAlmostEqual(trial["ratio"], estimate / exact, delta=1e-9 * estimate / exact)

    def test_products_of_a_step(self):
        for trials, products in ((self.mnist, MNIST_PRODUCTS),
                                 (self.lenet, LENET_CONVS + LENET_LINEARS)):
            self.sides(trials["training_compute_3x"], 3 * BATCH * sum(products),
                       training_macs(products))
        self.assertFalse(self.mnist["training_compute_3x"]["holds"])  # 44 % too high

    def test_operations_of_a_step(self):
        # A bias is an addition an output, ReLU one operation, tanh one, an average of four four;
        # the backward pass does as many of these again.
        for trials, products, other, params in (
                (self.mnist, MNIST_PRODUCTS, (128 + 64 + 10) + (128 + 64), MNIST_PARAMS),):
            forward = BATCH * (2 * sum(products) + other)
            backward = 2 * (training_macs(products) - BATCH * sum(products)) + BATCH * other
            self.sides(trials["backward_2x"], 2 * forward, backward)
            self.sides(trials["flops_6nd"], 6 * params * BATCH, forward + backward)

    def test_what_lenet_is_made_of(self):
        convs, linears = sum(LENET_CONVS), sum(LENET_LINEARS)
        self.sides(self.lenet["convs_compute"], 0.9, convs / (convs + linears))
        self.sides(self.lenet["linears_remember"], 0.9,
                   LENET_LINEAR_PARAMS / (LENET_LINEAR_PARAMS + LENET_CONV_PARAMS))
        self.assertTrue(self.lenet["convs_compute"]["holds"])
        self.assertFalse(self.lenet["linears_remember"]["holds_roughly"])
        for absent in ("convs_compute", "linears_remember", "receptive_field", "depthwise_k2",
                       "activations_bottleneck"):
            self.assertNotIn(absent, self.mnist)

    def test_receptive_field_of_lenet(self):
        # 5×5, 2×2, 5×5, 2×2, 5×5: with stride 2 at each pool 5, 6, 14, 16, 32 pixels.
        self.sides(self.lenet["receptive_field"], 1 + 4 + 1 + 4 + 1 + 4, 32)

    def test_memory_is_that_of_the_question_memory(self):
        for network, params in (("mnist", MNIST_PARAMS),
                                ("lenet5", LENET_CONV_PARAMS + LENET_LINEAR_PARAMS)):
            trials = trials_of(network)

            def peak(*options):
                return ask("memory", network, *options)["memory"]["peak"]["bytes"]

            step = peak("--batch", "32", "--train", "--optimizer", "adam")
            mixed = peak("--batch", "32", "--train", "--optimizer", "adam", "--precision", "amp-fp16")
            self.sides(trials["training_memory_2bn"], 2 * BATCH * peak("--batch", "1"), step)
            self.sides(trials["training_memory_4x"], 4 * peak("--batch", "32"), step)
            self.sides(trials["bytes_16"], 16 * params, step)
            self.sides(trials["bytes_18"], 18 * params, mixed)
            self.sides(trials["bytes_20"], 20 * params, mixed)

    def test_what_an_mlp_keeps_doubles_with_the_batch(self):
        # Each sample keeps its own outputs of ReLU; the loss keeps a few bytes whatever the batch.
        trial = self.mnist["activations_double"]
        self.assertGreaterEqual(trial["estimate"], trial["exact"])
        self.assertTrue(trial["holds"])

    def test_a_memory_access_beside_a_multiply_add(self):
        # Jouppi et al. 2021, table 2, 7 nm: 1.31 pJ and 0.38 pJ in FP32, 1,300 pJ for 8 bytes.
        self.sides(self.mnist["access_100x"], 100 * (1.31 + 0.38), 1300 / 2)


class Everywhere(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.report = ask("rules")["rules"]
        cls.tried = {rule["name"]: rule for rule in cls.report["tried"]}

    def trials(self, rule):
        return [t for t in self.report["trials"] if t["rule"] == rule]

    def trial(self, rule, network):
        return next(t for t in self.trials(rule) if t["network"] == network)

    def test_every_network_and_every_rule_is_tried(self):
        self.assertEqual(self.report["n_networks"], len(ask("networks")["networks"]))
        self.assertEqual(self.report["left_out"], [])
        for rule in self.tried.values():
            self.assertGreater(rule["n_tried"], 0, rule["name"])

    def test_counts_are_those_of_the_trials(self):
        for rule in self.tried.values():
            ratios = [t["ratio"] for t in self.trials(rule["name"])]
            for factor, key in ((1.1, "n_holds"), (2, "n_holds_roughly")):
                held = [r for r in ratios if r is not None and r <= factor
                        and (rule["kind"] == "at_least" or r >= 1 / factor)]
                self.assertEqual(rule[key], len(held), (rule["name"], key))
            if None not in ratios:
                self.assertEqual(rule["least_ratio"], min(ratios))
                self.assertEqual(rule["most_ratio"], max(ratios))

    def test_depthwise_pairs_of_mobilenet_v1(self):
        # Howard et al. 2017: a pair costs 1/N + 1/k² of the dense layer; N outputs, 3×3.
        pairs, side, channels = [], 112, 32
        for out, stride in ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5,
                            (1024, 2), (1024, 1)):
            side //= stride
            pairs.append((side * side, channels, out))
            channels = out
        estimate = BATCH * sum(s * c * n for s, c, n in pairs)
        exact = BATCH * sum(s * c * n + s * 9 * c for s, c, n in pairs)
        trial = self.trial("depthwise_k2", "mobilenet-v1")
        self.assertEqual((trial["estimate"], trial["exact"]), (estimate, exact))

    def test_parameters_do_not_follow_data_in_convolutions(self):
        trial = self.trial("params_follow_data", "mobilenet-v1")
        self.assertEqual(trial["estimate"] * 4, trial["exact"])  # half the side, as many parameters


if __name__ == "__main__":
    run_tests()
