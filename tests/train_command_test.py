#!/usr/bin/env python3
"""`reckon train` as its users meet it: killed at random moments, it goes on each time and ends as if
nothing had happened; what it writes, and what it refuses. Skipped where LibTorch was not there."""
import json
import os
import random
import signal
import subprocess
import tempfile
import time
import unittest

from run_tests import run_tests

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.environ.get("RECKON_BINARY", os.path.join(ROOT, "build/release/apps/cli/reckon"))
RUNNER = os.path.join(os.path.dirname(BINARY), "reckon-measure")
N_KILLS = 20
NETWORK = """# small, with everything that a checkpoint has to hold: statistics, masks, moments
input 1x12x12
conv 8 3x3
batchnorm
relu
maxpool 2x2
flatten
linear 32
tanh
dropout 0.5
linear 10
"""


def start(*words):
    return subprocess.Popen([BINARY, "train", *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


@unittest.skipUnless(os.path.exists(RUNNER), "this build has no reckon-measure")
class Train(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.network = self.path("small.net")
        with open(self.network, "w", encoding="utf-8") as out:
            out.write(NETWORK)

    def path(self, name):
        return os.path.join(self.folder, name)

    def ask(self, *words):
        child = start(*words)
        out, error = child.communicate(timeout=600)
        return child.returncode, out, error

    def words(self, *more):
        return [self.network, "--data", "made", "--optimizer", "adam", "--schedule", "cosine", "--batch", "32",
                "--epochs", "12", "--threads", "1", "--seed", "3", "--format", "json", *more]

    def trained(self, *words):
        status, out, error = self.ask(*words)
        self.assertEqual((status, error), (0, ""))
        return json.loads(out)["train"]

    def curve(self, answer):
        """Everything but times."""
        return [{key: value for key, value in epoch.items() if key != "seconds"} for epoch in answer["epochs"]]

    def test_killed_at_random_moments_it_ends_the_same(self):
        begin = time.monotonic()
        whole = self.trained(*self.words())
        whole_s = time.monotonic() - begin
        self.assertEqual(whole["steps"], 12 * 32)
        moments = random.Random(1)
        checkpoint = self.path("run.checkpoint")
        kills = ended = resumed = 0
        while kills < N_KILLS or ended == 0:
            child = start(*self.words("--checkpoint", checkpoint, "--every", "5", "--resume"))
            if kills < N_KILLS:
                try:
                    child.wait(moments.uniform(0.3, 1) * whole_s)
                except subprocess.TimeoutExpired:
                    child.send_signal(signal.SIGKILL)  # it may have ended just before
            out, error = child.communicate(timeout=600)
            if child.returncode == -signal.SIGKILL:
                kills += 1
                continue
            self.assertEqual((child.returncode, error), (0, ""))
            answer = json.loads(out)["train"]
            self.assertEqual(self.curve(answer), self.curve(whole))
            ended += 1
            resumed += answer["resumed_from"] > 0
            os.remove(checkpoint)
        self.assertGreater(resumed, 0)

    def test_a_checkpoint_of_another_run(self):
        checkpoint = self.path("run.checkpoint")
        words = [self.network, "--data", "made", "--epochs", "1", "--checkpoint", checkpoint]
        self.assertEqual(self.ask(*words)[0], 0)
        status, _, error = self.ask(*words, "--resume", "--rate", "0.5")
        self.assertEqual(status, 2)
        self.assertIn("of another run: rate", error)
        with open(checkpoint, "r+b") as file:
            file.truncate(1000)
        status, _, error = self.ask(*words, "--resume")
        self.assertEqual(status, 1)
        self.assertIn("damaged or ends too early", error)

    def test_a_comparison_goes_on(self):
        words = ["compare", "--data", "made", "--subset", "256", "--epochs", "1", "--threads", "1", "--format", "json",
                 "--checkpoint", self.path("both")]
        status, out, error = self.ask(*words)
        self.assertEqual((status, error), (0, ""))
        whole = json.loads(out)["train_compare"]["trainings"]
        os.remove(self.path("both.alexnet-reduced"))  # as if killed before the second began
        status, out, error = self.ask(*words, "--resume")
        self.assertEqual((status, error), (0, ""))
        again = json.loads(out)["train_compare"]["trainings"]
        self.assertEqual([what["resumed_from"] for what in again], [2, 0])
        for before, after in zip(whole, again):
            self.assertEqual(self.curve(after), self.curve(before))
            self.assertGreater(after["peak_bytes"], after["resident_bytes"])
            self.assertEqual(after["peak_bytes"], before["peak_bytes"])

    def test_what_it_writes(self):
        out, plot = self.path("out.json"), self.path("plot.svg")
        answer = self.trained(self.network, "--data", "made", "--epochs", "2", "--subset", "640", "--out", out,
                              "--plot", plot, "--format", "json")
        with open(out, encoding="utf-8") as file:
            self.assertEqual(json.load(file)["train"], answer)
        with open(plot, encoding="utf-8") as file:
            self.assertIn("</svg>", file.read())
        self.assertEqual(answer["n_train"], 640)
        self.assertEqual(answer["steps"], 2 * 10)
        self.assertEqual([e["epoch"] for e in answer["epochs"]], [0, 1, 2])
        # 8·9 + 8 of the convolution, 16 of the norm, 200·32 + 32, 32·10 + 10.
        self.assertEqual(answer["parameters"], 80 + 16 + 6432 + 330)
        bill = {line["key"]: line for line in answer["bill"]}
        # The same step, simulated and counted.
        peak = bill["peak_bytes"]
        self.assertLess(abs(peak["predicted"] / peak["measured"] - 1), 0.03)
        self.assertEqual([unit["layer"] for unit in answer["epochs"][2]["units"]], ["Relu-3", "Tanh-7"])

    def test_early_stop(self):
        # 1,024 images, a tenth held out: 14 steps of 64 in an epoch. They are learned by heart soon.
        answer = self.trained(self.network, "--data", "made", "--epochs", "60", "--patience", "2", "--optimizer", "adam",
                              "--rate", "0.05", "--format", "json")
        self.assertTrue(answer["stopped_early"])
        self.assertLess(answer["steps"], 60 * 14)

    def test_refusals(self):
        for words, says in (
                ([self.network, "--data", "/nowhere"], "there is no such data"),
                ([self.network, "--data", self.folder], "there is no file train-images-idx3-ubyte"),
                (["gpt2", "--set", "layers=1"], "images"),
                (["784-10", "--data", "made", "--rate", "0"], "a rate above 0"),
                ([self.network, "--resume"], "--checkpoint FILE"),
                ([self.network, "--data", "made", "--set", "classes=3", "--rate", "1e30"], "rate"),
                (["784-10", "--resolution", "28"], "resolution"),
                ([self.network, "--data", "made", "--out", self.path("no/such/folder.json")], "written")):
            with self.subTest(words):
                status, out, error = self.ask(*words)
                self.assertIn(status, (1, 2))
                self.assertEqual(out, "")
                self.assertIn(says, error)
                self.assertEqual(error.count("\n"), 1)

    def test_what_cannot_be_trained(self):
        """By `train` and by `gradients --measure`: a sentence that says what to change, and status 1."""
        models = os.path.join(ROOT, "tests/models")
        quantised = "before it was quantised", "train the one that it was made of"
        for name, (in_training, in_gradients) in {
                "argmax": ("output is int64", "before the class is chosen"),
                "rounded": ("output is int32", "before the class is chosen"),
                "found_places": ("depends on data", "before the class is chosen"),
                "unknown_operator": ("how to run 'Warp'; export it", "nobody has a rule for what Warp"),
                "no_parameters": ("nothing to train", "nothing to train"),
                "loss_without_weights": ("reaches the output that the loss is of",) * 2,
                "float16": ("export the network in float32",) * 2,
                "branches": ("export it by tracing",) * 2,
                "integer_products": quantised,
                "integer_weights": quantised,
                "../quantised/mobilenet_v2_qdq": quantised,
                "../quantised/mobilenet_v2_qoperator": quantised}.items():
            model = os.path.join(models, "untrainable", name + ".onnx")
            for words, says in ((("train", model, "--data", "made", "--epochs", "1", "--batch", "8"), in_training),
                                (("gradients", model, "--measure", "--seeds", "1", "--batch", "8"), in_gradients)):
                with self.subTest(words):
                    done = subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=300)
                    self.assertEqual((done.returncode, done.stdout), (1, ""))
                    self.assertRegex(done.stderr, says)
                    self.assertEqual(done.stderr.count("\n"), 1)

    def test_what_only_looks_untrainable(self):
        """Weights that are written into the graph, and norms that an export for inference has folded."""
        models = os.path.join(ROOT, "tests/models")
        constant = os.path.join(models, "untrainable/weights_as_constants.onnx")
        answer = self.trained(constant, "--data", "made", "--epochs", "1", "--batch", "8", "--format", "json")
        self.assertEqual(answer["parameters"], 10 * 16 + 10)
        for model, words, notes in ((constant, (), ()),
                                    (os.path.join(models, "torch215/tv_resnet50.Leval.onnx"),
                                     ("--shape", "input.1=2x3x64x64"), ("53 batch normalisations", "put back"))):
            done = subprocess.run([BINARY, "gradients", model, "--measure", "--seeds", "1", *words], capture_output=True,
                                  text=True, timeout=300)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            for note in notes:
                self.assertIn(note, " ".join(done.stdout.split()))

    def test_data_that_are_not_there(self):
        empty, classes, others = self.path("empty"), self.path("classes"), self.path("others")
        for folder in (empty, *(os.path.join(root, half, of) for root in (classes, others)
                                for half in ("train", "test") for of in "ab")):
            os.makedirs(folder)
        for half in ("train", "test"):
            for of in "ab":
                with open(os.path.join(others, half, of, "one.jpg"), "wb") as out:
                    out.write(b"\xff\xd8\xff\xe0")
        for data, says in ((empty, "no folder train/CLASS of images"), (classes, "mogrify"), (others, "mogrify"),
                           (os.path.join(classes, "train"), "there is no file train-images-idx3-ubyte")):
            with self.subTest(data):
                status, out, error = self.ask(self.network, "--data", data)
                self.assertEqual((status, out, error.count("\n")), (1, "", 1))
                self.assertIn(says, error)
        # The packaged data set, hidden in a name space of its own where the system allows one.
        hidden = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
                  'mount -t tmpfs none /usr/share/datasets && exec "$0" "$@"']
        if not os.path.isdir("/usr/share/datasets") or subprocess.run([*hidden, "true"], capture_output=True,
                                                                      check=False).returncode != 0:
            return
        done = subprocess.run([*hidden, BINARY, "train", "lenet5"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("apt-get install dataset-fashion-mnist", done.stderr)

    def test_data_of_another_shape(self):
        digits = self.path("digits")
        for half in ("train", "test"):
            for of in "ab":
                os.makedirs(os.path.join(digits, half, of))
                with open(os.path.join(digits, half, of, "one.pgm"), "wb") as out:
                    out.write(b"P5 4 4 255\n" + bytes(range(16)))
        for words, says in ((("100-10", "--data", digits), "takes 100 numbers, an image has 16"),
                            (("16-1", "--data", digits), "tells 1 classes"),
                            (("16-2", "--data", digits, "--batch", "8"), "more than the 2 to train with")):
            with self.subTest(words):
                status, out, error = self.ask(*words)
                self.assertEqual((status, out, error.count("\n")), (1, "", 1))
                self.assertIn(says, error)
        answer = self.trained("16-2", "--data", digits, "--batch", "2", "--epochs", "1", "--format", "json")
        self.assertEqual((answer["n_train"], answer["n_classes"]), (2, 2))

    def test_a_comparison(self):
        plot = self.path("compare.svg")
        status, out, error = self.ask("compare", "--data", "made", "--epochs", "2", "--batch", "32", "--subset", "320",
                                      "--plot", plot, "--format", "json")
        self.assertEqual((status, error), (0, ""))
        answer = json.loads(out)["train_compare"]
        self.assertEqual([what["network"] for what in answer["trainings"]], ["lenet5", "alexnet-reduced"])
        self.assertEqual([what["steps"] for what in answer["trainings"]], [20, 20])
        with open(plot, encoding="utf-8") as file:
            self.assertIn("joules of training, modelled", file.read())
        status, _, error = self.ask("compare", "--optimizer", "sgd")
        self.assertEqual(status, 2)
        self.assertIn("--optimizer", error)
        status, _, error = self.ask("lenet5", "--full")
        self.assertEqual(status, 2)
        self.assertIn("reckon train compare", error)


class Shipped(unittest.TestCase):
    """What comes with Reckon reaches what it is shipped for, and adds up."""

    def test_accuracies_and_sums(self):
        done = subprocess.run([BINARY, "train", "compare", "--shipped", "--format", "json"], capture_output=True,
                              text=True, check=True)
        answer = json.loads(done.stdout)["train_compare"]
        self.assertEqual(answer["trainings"], [])
        lenet, alexnet = answer["shipped"]
        self.assertEqual((lenet["data"], alexnet["data"]), ("Fashion-MNIST", "Fashion-MNIST"))
        self.assertEqual((lenet["n_train"], lenet["n_test"]), (60000, 10000))
        self.assertGreaterEqual(lenet["epochs"][-1]["test_accuracy"], 0.88)
        self.assertGreaterEqual(alexnet["epochs"][-1]["test_accuracy"], 0.90)
        # LeNet-5: 156 + 2,416 + 48,120 + 10,164 + 850.
        self.assertEqual(lenet["parameters"], 61706)
        # 32·121 + 32, 96·800 + 96, 128·864 + 128, 128·1,152 + 128, 96·1,152 + 96, 512·96 + 512, 512·512 + 512,
        # 10·512 + 10.
        self.assertEqual(alexnet["parameters"], 3904 + 76896 + 110720 + 147584 + 110688 + 49664 + 262656 + 5130)
        for what in (lenet, alexnet):
            self.assertTrue(what["processor"])
            self.assertEqual(what["steps"], 12 * (60000 // 128))
            self.assertEqual([e["epoch"] for e in what["epochs"]], list(range(13)))
            seconds = [e["seconds"] for e in what["epochs"]]
            self.assertEqual(seconds, sorted(seconds))

    def test_the_page(self):
        done = subprocess.run([BINARY, "train", "compare", "--shipped"], capture_output=True, text=True, check=True)
        # 767,242 ÷ 61,706 parameters are 12.4.
        for words in ("As shipped with Reckon", "89.56 %", "91.21 %", "it overfits since", "12 times the parameters"):
            self.assertIn(words, " ".join(done.stdout.split()))


class WithoutLibTorch(unittest.TestCase):
    def test_it_says_what_to_install(self):
        with tempfile.TemporaryDirectory() as folder:
            alone = os.path.join(folder, "reckon")
            with open(BINARY, "rb") as from_file, open(alone, "wb") as to:
                to.write(from_file.read())
            os.chmod(alone, 0o755)
            done = subprocess.run([alone, "train", "lenet5"], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn("script/setup --measure", done.stderr)


if __name__ == "__main__":
    run_tests()
