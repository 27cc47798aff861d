#!/usr/bin/env python3
"""Work that is interrupted: by a signal, by a full disk, by a reader who leaves, by a folder that takes
no file. The file that was there is whole in the end, the old one or the new one, nothing lies beside
it, and the exit status says what happened."""
import json
import os
import pty
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from run_tests import run_tests

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.environ.get("RECKON_BINARY", os.path.join(ROOT, "build/release/apps/cli/reckon"))
OLD = "what was there before"
# Every command that writes a file, without its last word, the file. Calibration takes minutes, and
# writes with the same function.
WRITERS = {
    "time": ["time", "resnet18", "--device", "t4", "--plot"],
    "chip": ["chip", "lenet5", "--area-mm2", "100", "--power-w", "50", "--plot"],
    "devices fit": ["devices", "fit", "lenet5", "--seconds", "0.001", "--device", "t4", "--out"],
}


def start(words, **more):
    return subprocess.Popen([BINARY, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, **more)


class Interrupted(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.file = os.path.join(self.folder, "file")
        with open(self.file, "w", encoding="utf-8") as out:
            out.write(OLD)

    def content(self):
        self.assertEqual(os.listdir(self.folder), ["file"])
        with open(self.file, encoding="utf-8") as file:
            return file.read()

    def test_they_write(self):
        for name, words in WRITERS.items():
            with self.subTest(name):
                child = start([*words, self.file])
                _, error = child.communicate()
                self.assertEqual((child.returncode, error), (0, ""))
                self.assertNotIn(OLD, self.content())

    def test_a_full_disk(self):
        def full():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

        for name, words in WRITERS.items():
            with self.subTest(name):
                child = start([*words, self.file], preexec_fn=full)
                _, error = child.communicate()
                self.assertEqual(child.returncode, 1, error)
                self.assertIn("could not be written", error)
                self.assertEqual(self.content(), OLD)

    # Nobody, the administrator neither, makes a file here.
    def test_a_folder_that_takes_no_file(self):
        for name, words in WRITERS.items():
            with self.subTest(name):
                child = start([*words, "/proc/self/file"])
                out, error = child.communicate()
                self.assertEqual(child.returncode, 1, out)
                self.assertIn("could not be written", error)
                self.assertEqual(len(error.splitlines()), 1)

    # At many moments, from before the first byte to after the last.
    def test_signals(self):
        for name, words in WRITERS.items():
            child = start([*words, self.file])
            begin = time.monotonic()
            child.communicate()
            whole, new = time.monotonic() - begin, self.content()
            for moment in range(24):
                with self.subTest(name, moment=moment):
                    with open(self.file, "w", encoding="utf-8") as out:
                        out.write(OLD)
                    how = (signal.SIGINT, signal.SIGTERM)[moment % 2]
                    child = start([*words, self.file])
                    time.sleep(whole * moment / 20)
                    child.send_signal(how)
                    _, error = child.communicate()
                    content = self.content()
                    if how == signal.SIGINT and child.returncode == 130:
                        # A search that heard it draws the best that it has.
                        self.assertIn("interrupted", error)
                        self.assertTrue(content == OLD or content.endswith("</svg>\n"))
                        continue
                    self.assertIn(child.returncode, (0, -how), error)
                    self.assertIn(content, (OLD, new))
                    if child.returncode == 0:
                        self.assertEqual(content, new)

    def test_a_reader_who_leaves(self):
        for words in (["layers", "vgg16", "--format", "json"], ["report", "vgg16"], ["networks"]):
            with self.subTest(words[0]):
                # Python starts programs that are not told of it otherwise.
                child = start(words, restore_signals=True)
                child.stdout.close()
                error = child.stderr.read()
                child.stderr.close()
                self.assertIn(child.wait(), (-signal.SIGPIPE, 1, 0))
                self.assertLessEqual(len(error.splitlines()), 1)


class Searches(unittest.TestCase):
    """Ctrl-C ends a search with the best that it has; what is going on is told to a terminal alone."""
    words = ["--budget", "8GiB", "--max", "batch", "--train"]

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.model = os.path.join(cls.folder.name, "chain.onnx")
        # As long a chain as its largest batch takes some seconds to find here.
        for nodes in (25_000, 50_000, 100_000, 200_000, 400_000):
            subprocess.run([sys.executable, os.path.join(ROOT, "bench/made_graphs.py"), "write", "chain", str(nodes),
                            cls.model], check=True)
            begin = time.monotonic()
            start(["fit", cls.model, *cls.words]).communicate()
            cls.whole = time.monotonic() - begin
            if cls.whole > 2:
                break

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def interrupted(self, *format_words):
        """The search, interrupted when it has begun; the machine may be faster than it was before."""
        for share in (0.6, 0.4, 0.2):
            child = start(["fit", self.model, *self.words, *format_words])
            time.sleep(share * self.whole)
            child.send_signal(signal.SIGINT)
            answer, error = child.communicate(timeout=60)
            if child.returncode != 0:
                break
        return child.returncode, answer, error

    def test_ctrl_c_ends_a_search_with_what_it_has(self):
        status, text, error = self.interrupted()
        self.assertEqual(status, 130, text + error)
        self.assertIn("interrupted", error)
        status, text, error = self.interrupted("--format", "json")
        self.assertEqual(status, 130, error)
        answer = json.loads(text)
        self.assertTrue("error" in answer or answer["fit"]["max"] >= 1)
        said = answer["error"]["message"] if "error" in answer else answer["fit"]["ended"]
        self.assertIn("interrupted", said)

    def test_a_search_that_is_not_interrupted_says_nothing(self):
        child = start(["fit", "lenet5", *self.words, "--format", "json"])
        answer, error = child.communicate(timeout=60)
        self.assertEqual((child.returncode, error), (0, ""))
        self.assertNotIn("ended", json.loads(answer)["fit"])

    def test_progress_goes_to_a_terminal_alone(self):
        ours, theirs = pty.openpty()
        child = subprocess.Popen([BINARY, "fit", self.model, *self.words], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=theirs)
        os.close(theirs)
        page = child.stdout.read().decode()
        child.stdout.close()
        shown = b""
        try:
            while more := os.read(ours, 65536):
                shown += more
        except OSError:  # the other end is closed
            pass
        os.close(ours)
        self.assertEqual(child.wait(60), 0)
        self.assertIn("The largest batch that fits", page)
        self.assertRegex(shown.decode(), r"fit: \d+ of at most \d+ values; Ctrl-C ends it")
        self.assertTrue(shown.endswith(b"\r\x1b[K"))  # nothing of it stays
        child = start(["fit", self.model, *self.words])
        self.assertEqual(child.communicate(timeout=60), (page, ""))


if __name__ == "__main__":
    run_tests()
