#!/usr/bin/env python3
"""Work that is interrupted: by a signal, by a full disk, by a reader who leaves, by a folder that takes
no file. The file that was there is whole in the end, the old one or the new one, nothing lies beside
it, and the exit status says what happened."""
import os
import resource
import signal
import subprocess
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
                    self.assertIn(child.returncode, (0, -how), error)
                    content = self.content()
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


if __name__ == "__main__":
    run_tests()
