#!/usr/bin/env python3
"""The same bytes under the locales of other countries, which are made here with localedef from the
sources of the system: one that writes 1.234,5, one whose I has no dot, one with other digits, and one
of another character set. That each is in effect is asked of another program, which fails where it is not there."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from run_tests import run_tests

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.environ.get("RECKON_BINARY", os.path.join(ROOT, "build/release/apps/cli/reckon"))
MODEL = os.path.join(ROOT, "tests/models/resnet18.onnx")
SOURCES = "/usr/share/i18n/locales"
# name, source, character set, what it writes between whole and part
LOCALES = [("de_DE.UTF-8", "de_DE", "UTF-8", ","), ("tr_TR.UTF-8", "tr_TR", "UTF-8", ","),
           ("fa_IR.UTF-8", "fa_IR", "UTF-8", "."), ("ru_RU.KOI8-R", "ru_RU", "KOI8-R", ",")]
QUESTIONS = [["report", MODEL], ["layers", MODEL, "--format", "csv"], ["explain", "lenet5"],
             ["time", MODEL, "--device", "t4", "--format", "json"], ["energy", "lenet5"],
             ["memory", "lenet5", "--train", "--timeline"], ["fit", "lenet5", "--budget", "1.5MiB", "--max", "batch"],
             ["devices", "fit", "lenet5", "--seconds", "0.0015", "--device", "t4"], ["silicon"], ["report", "INPUT"],
             ["lab", "evaluate", "--help"]]


class Locales(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not os.path.isdir(SOURCES) or shutil.which("localedef") is None:
            raise unittest.SkipTest("the package locales is not installed")
        cls.scratch = tempfile.TemporaryDirectory()
        for name, source, charset, _ in LOCALES:
            subprocess.run(["localedef", "-c", "-i", source, "-f", charset, "--no-archive",
                            os.path.join(cls.scratch.name, name)], check=False, capture_output=True)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def surroundings(self, name):
        return {"PATH": os.environ["PATH"], "LOCPATH": self.scratch.name, "LC_ALL": name, "LANG": name, "LANGUAGE": name}

    def test_the_locales_are_in_effect(self):
        ask = "import locale; locale.setlocale(locale.LC_ALL, ''); print(ascii(locale.localeconv()['decimal_point']))"
        for name, _, _, point in LOCALES:
            with self.subTest(name):
                said = subprocess.run([sys.executable, "-c", ask], env=self.surroundings(name), capture_output=True,
                                      text=True, check=True).stdout.strip()
                self.assertEqual(said, ascii(point))

    def test_every_answer_is_the_same(self):
        for words in QUESTIONS:
            expected = subprocess.run([BINARY, *words], env=self.surroundings("C"), capture_output=True, check=False)
            for name, *_ in LOCALES:
                with self.subTest(words[0], locale=name):
                    done = subprocess.run([BINARY, *words], env=self.surroundings(name), capture_output=True, check=False)
                    self.assertEqual((done.returncode, done.stdout, done.stderr),
                                     (expected.returncode, expected.stdout, expected.stderr))


if __name__ == "__main__":
    run_tests()
