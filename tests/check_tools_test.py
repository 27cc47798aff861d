"""The checks of tools/ find what they are there to find: each rule is broken once, on purpose."""
import os
import subprocess
import sys
import tempfile
import unittest

from run_tests import run_tests

TOOLS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tools")


def run(tool, files):
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        done = subprocess.run([sys.executable, os.path.join(TOOLS, tool), "--root", root],
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stderr


class Layers(unittest.TestCase):
    def holds(self, path, text):
        status, said = run("check_layers", {path: text})
        self.assertEqual((status, said), (0, ""), text)

    def breaks(self, path, text, place, message):
        status, said = run("check_layers", {path: text})
        self.assertEqual(status, 1, text)
        self.assertIn(f"{path}:{place}: ", said)
        self.assertIn(message, said)

    def test_arrows(self):
        self.holds("src/ops/a.cpp", '#include "graph/graph.h"\n#include "base/result.h"\n')
        self.holds("src/api/a.cpp", '#include "reckon/reckon.h"\n#include "formats/model.h"\n')
        self.breaks("src/graph/a.cpp", '\n#include "ops/op.h"\n', 2, "graph may include base")
        self.breaks("src/base/a.h", '#include "graph/graph.h"\n', 1, "no other room")
        self.breaks("src/memory/a.h", '#include "machine/energy.h"\n', 1, "memory may include")
        self.breaks("src/graph/a.cpp", '#include "reckon/reckon.h"\n', 1, "C ABI")
        self.breaks("src/attic/a.cpp", "int a;\n", 1, "no room src/attic")

    def test_the_library_neither_prints_nor_ends(self):
        for text in ("#include <iostream>", "#include <cstdio>", 'f(); printf("a");',
                     'std::fprintf(f, "a");', "std::cout << 1;", "exit(1);", "std::abort();",
                     'auto* a = getenv("A");', "throw 1;", "std::stoi(text);",
                     "std::chrono::steady_clock::now();"):
            self.breaks("src/base/a.cpp", "\n" + text + "\n", 2, "the")
            self.holds("apps/cli/a.cpp", text + "\n")
        self.holds("src/base/a.cpp", "// never throw, exit() or printf()\nauto a = R\"(abort())\";\n")
        self.holds("src/base/a.cpp", 'const char* a = "exit(1) \\" throw";  /* throw\n throw */\n')
        self.holds("src/base/a.cpp", "on_exit(1); a.exit(); auto b = 1'000'000; snprintf_like();\n")

    def test_conditions(self):
        self.breaks("src/ops/a.cpp", "#ifdef __linux__\n#endif\n", 1, "not an #if")
        self.breaks("src/ops/a.h", "#pragma once\n#if 0\n#endif\n", 2, "not an #if")
        self.holds("src/ops/a.h", "#ifndef RECKON_A_H\n#define RECKON_A_H\n#endif\n")
        self.holds("src/base/port/a.cpp", "#ifdef __linux__\n#endif\n")
        self.holds("src/api/a.cpp", "#if defined(__wasm__)\n#endif\n")

    def test_names_and_length(self):
        self.breaks("src/ops/a.cpp", "void conv_utils();\n", 1, "does not say")
        self.breaks("src/ops/a.cpp", "struct GraphV2 {};\n", 1, "does not say")
        self.breaks("src/ops/a.cpp", "class PassManager;\n", 1, "does not say")
        self.breaks("src/ops/text_utils.h", "int a;\n", 1, "does not say")
        self.holds("src/ops/a.cpp", "int utilisation, managed, v2x;\n")
        self.holds("src/ops/a.cpp", "int a;\n" * 400)
        self.breaks("src/ops/a.cpp", "int a;\n" * 401, 401, "401 lines")
        self.holds("src/ops/a.cpp", "// Long because it is a table.\n" + "int a;\n" * 400)


class Ops(unittest.TestCase):
    ROW = ('constexpr std::string_view other = "com.b";\n'
           'constexpr OpDef rows[] = {\n'
           '{.name = "Conv", .signature = "x{ -> y"},  // one\n'
           '{.name = "Gelu", .shape = f<1, 2>, .domain = "com.a"},\n'
           'unary<5, keeps<1>>("Mish"), unary("Mish", other)};\n')
    LINES = "com.a::Gelu@7 | f32 -> f32\nMish | f32 -> f32\ncom.b::Mish | f32 -> f32\n"

    def test_a_row_without_a_line(self):
        status, said = run("check_ops", {"src/ops/a.cpp": self.ROW,
                                         "tests/golden/ops/a.txt": "# Conv | a\nGelu | f32 -> f32\n"})
        self.assertEqual(status, 1)
        self.assertIn("src/ops/a.cpp:3: Conv has no golden line", said)
        self.assertIn("src/ops/a.cpp:4: com.a::Gelu has no golden line", said)
        self.assertIn("src/ops/a.cpp:5: Mish has no golden line", said)
        self.assertIn("src/ops/a.cpp:5: com.b::Mish has no golden line", said)
        self.assertIn("tests/golden/ops/a.txt:2: Gelu has no row", said)

    def test_every_row_with_a_line(self):
        status, said = run("check_ops", {
            "src/ops/a.cpp": self.ROW + '// {.name = "Old"}\n',
            "tests/golden/ops/a.txt": "Conv group=2 | f32 -> f32\n" + self.LINES})
        self.assertEqual((status, said), (0, ""))

    def test_a_row_twice(self):
        status, said = run("check_ops", {"src/ops/a.cpp": 'OpDef rows[] = {{.name = "A"}, f("A"),};',
                                         "tests/golden/ops/a.txt": "A | f32 -> f32\n"})
        self.assertEqual(status, 1)
        self.assertIn("A has a row already", said)

    def test_a_row_that_cannot_be_read(self):
        status, said = run("check_ops", {"src/ops/a.cpp": 'OpDef rows[] = {{.name = "A"}, ROW};',
                                         "tests/golden/ops/a.txt": "A | f32 -> f32\n"})
        self.assertEqual(status, 1)
        self.assertIn("src/ops/a.cpp:1: not a row", said)


if __name__ == "__main__":
    run_tests()
