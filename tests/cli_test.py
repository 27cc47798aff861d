#!/usr/bin/env python3
"""The command line as its users meet it.

tests/cli/*.txt are read as sessions: a line "$ reckon …" is run in the repository; the lines below
it are what must be printed, "! " before what must stand on standard error, "? N" the exit status
(0 where nothing is said). "…" stands for any text, on a line of its own for any lines.

Beside them: what must hold for every network. RECKON_BINARY names the program.
"""
import csv
import fcntl
import io
import json
import math
import os
import pty
import re
import resource
import signal
import shlex
import struct
import subprocess
import sys
import tempfile
import termios
import unicodedata
import unittest
import xml.etree.ElementTree

from run_tests import run_tests

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.environ.get("RECKON_BINARY", os.path.join(ROOT, "build/release/apps/cli/reckon"))
ESCAPE = re.compile("\x1b\\[[0-9;]*m")


def run(*arguments, **more_environment):
    environment = {"PATH": os.environ["PATH"], **more_environment}
    result = subprocess.run([BINARY, *arguments], cwd=ROOT, env=environment, capture_output=True,
                            timeout=60, check=False)
    return result.returncode, result.stdout.decode(), result.stderr.decode()


def answer(*arguments):
    status, out, err = run(*arguments)
    assert status == 0, (arguments, status, err)
    return out


def networks():
    return [n["name"] for n in json.loads(answer("networks", "--format", "json"))["networks"]]


def models_of_every_kind():
    """Files with quantised operators, bodies, and parts that nobody knows."""
    folder = os.path.join(ROOT, "tests/cases")
    files = sorted(name for name in os.listdir(folder) if name.endswith(".onnx"))
    return ["tests/models/quantised/mobilenet_v2_qdq.onnx", "tests/models/attention_grouped.onnx",
            *(f"tests/cases/{name}" for name in files[::3])]


def cells(line):
    """Width on a terminal, by Python's own Unicode tables."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in line)


def pattern_of(expected):
    """A regular expression for the lines of a session."""
    parts = []
    for line in expected:
        if line == "…":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*".join(re.escape(piece) for piece in line.split("…")) + r"\n")
    return re.compile("".join(parts))


def sessions():
    folder = os.path.join(ROOT, "tests/cli")
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".txt"):
            continue
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            lines = file.read().split("\n")
        session = None
        for number, line in enumerate(lines, 1):
            if line.startswith("$ reckon"):
                if session:
                    yield session
                session = {"at": f"{name}:{number}", "arguments": shlex.split(line[8:]),
                           "out": [], "err": [], "status": 0}
            elif session is None or line.startswith("# "):
                continue
            elif line.startswith("! "):
                session["err"].append(line[2:])
            elif line.startswith("? "):
                session["status"] = int(line[2:])
            else:
                session["out"].append(line)
        if session:
            yield session


def validate(value, schema, path="$"):
    """The part of JSON Schema that docs/reckon.schema.json uses; yields what is wrong."""
    types = schema.get("type")
    if types is not None:
        kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
        fits = False
        for one in [types] if isinstance(types, str) else types:
            if one == "integer":
                fits |= isinstance(value, int) and not isinstance(value, bool)
            elif one == "number":
                fits |= isinstance(value, (int, float)) and not isinstance(value, bool)
            else:
                fits |= isinstance(value, kinds[one])
        if not fits:
            yield f"{path}: {value!r} is no {types}"
            return
    if isinstance(value, dict):
        for key in schema.get("required", []):
            if key not in value:
                yield f"{path}: lacks {key}"
        for key, member in value.items():
            extra = schema.get("additionalProperties", True)
            if key in schema.get("properties", {}):
                yield from validate(member, schema["properties"][key], f"{path}.{key}")
            elif extra is False:
                yield f"{path}: {key} is not in the schema"
            elif isinstance(extra, dict):
                yield from validate(member, extra, f"{path}.{key}")
    if isinstance(value, list):
        for i, item in enumerate(value):
            yield from validate(item, schema.get("items", {}), f"{path}[{i}]")
    if "oneOf" in schema:
        matching = [s for s in schema["oneOf"] if not list(validate(value, s, path))]
        if len(matching) != 1:
            yield f"{path}: matches {len(matching)} of oneOf"


class Sessions(unittest.TestCase):
    def test_sessions(self):
        count = 0
        for session in sessions():
            count += 1
            with self.subTest(session["at"]):
                status, out, err = run(*session["arguments"])
                while session["out"] and session["out"][-1] == "":
                    session["out"].pop()
                self.assertEqual(status, session["status"], err)
                if not pattern_of(session["err"]).fullmatch(err):
                    self.assertEqual(err, "\n".join(session["err"]))
                if not pattern_of(session["out"]).fullmatch(out):
                    self.assertEqual(out, "\n".join(session["out"]))
        self.assertGreater(count, 20)


class Pages(unittest.TestCase):
    """What holds for every network."""

    def pages(self, name, *options):
        for question in ("report", "layers", "explain"):
            yield (question,), answer(question, name, *options)
        yield ("depth",), answer("layers", name, "--depth", "3", *options)
        first = json.loads(answer(name, "--format", "json"))["layers"][0]["name"]
        yield ("explain", first), answer("explain", name, first, *options)
        for convention in ("torchinfo", "fvcore"):
            yield (convention,), answer(name, "--convention", convention, *options)

    def test_no_line_is_wider_than_the_page(self):
        for name in networks():
            for width in (60, 80, 132):
                for what, page in self.pages(name, "--width", str(width)):
                    for line in page.split("\n"):
                        self.assertLessEqual(cells(line), width, (name, what, line))
                        self.assertEqual(line, line.rstrip(), (name, what))

    def test_report_fits_a_screen(self):
        for name in networks():
            self.assertLessEqual(answer(name).count("\n"), 40, name)

    def test_ascii_is_ascii(self):
        for name in ("alexnet", "gpt2"):
            for what, page in self.pages(name, "--ascii"):
                self.assertTrue(page.isascii(), (name, what))

    def test_help_fits_a_terminal(self):
        for command in ("report", "layers", "explain", "networks", "completions"):
            for line in answer(command, "--help").split("\n"):
                self.assertLessEqual(cells(line), 80, (command, line))
            self.assertIn("Examples:", answer(command, "--help"))
        for line in answer("--help").split("\n"):
            self.assertLessEqual(cells(line), 80, line)
        for line in answer("networks").split("\n"):
            self.assertLessEqual(cells(line), 80, line)

    def test_help_examples_run(self):
        """With ResNet-18 for a file; those that measure, serve or read other files are left out."""
        elsewhere = re.compile(r"^(lab|ledger|completions|measure|train|devices (calibrate|fit)|silicon --measure)|"
                               r"--measure|\.(net|json)\b")
        subcommands = re.findall(r"^  (\w+)  ", answer("--help").split("Examples:")[0], re.M)
        self.assertGreater(len(subcommands), 15)
        ran = 0
        with tempfile.TemporaryDirectory() as folder:
            for command in subcommands:
                examples = answer(command, "--help", "--width", "200").partition("Examples:")[2]
                for line in re.findall(r"^  reckon (.+)$", examples, re.M):
                    call = re.split(r" {2,}| [|>]", line)[0]
                    if elsewhere.search(call):
                        continue
                    arguments = shlex.split(re.sub(r"\b[\w-]+\.onnx\b", "resnet18", call).replace("layer1.0.conv1", "Conv-1"))
                    result = subprocess.run([BINARY, *arguments], cwd=folder, capture_output=True, timeout=60, check=False)
                    self.assertIn(result.returncode, (0, 3), (call, result.stderr.decode()))
                    ran += 1
        self.assertGreater(ran, 40)

    def test_columns_are_fields_of_the_answer(self):
        for call in ("memory resnet18 --train --checkpoint sqrt", "memory resnet18 --train --timeline",
                     "memory mnist", "memory mnist --arena best", "fit resnet18 --device t4",
                     "fit resnet18 --device t4 --max batch", "fit resnet18 --smallest-device",
                     "fit resnet18 --budget 1MiB --advise --train", "time resnet18 --device t4 --layers",
                     "time resnet18 --device t4 --kinds", "time resnet18 --device t4 --batch 1..4",
                     "time 784-100-10 --device t4 --shapes", "chip mnist --area-mm2 400 --power-w 175"):
            with self.subTest(call):
                status, out, err = run(*call.split(), "--format", "csv")
                self.assertIn(status, (0, 3), err)
                self.assertGreater(out.count("\n"), 2)
                self.assertNotIn("no field", out)

    def test_csv_is_rectangular(self):
        for question in ("report", "layers", "explain"):
            rows = list(csv.reader(io.StringIO(answer(question, "resnet18", "--format", "csv"))))
            self.assertGreater(len(rows), 5)
            self.assertEqual({len(row) for row in rows}, {len(rows[0])})

    def test_markdown_is_rectangular(self):
        for question in ("report", "layers", "explain"):
            page = answer(question, "alexnet", "--format", "markdown").strip("\n").split("\n")
            bars = {len(re.findall(r"(?<!\\)\|", line)) for line in page}
            self.assertEqual(len(bars), 1, bars)


class Json(unittest.TestCase):
    def schema(self):
        with open(os.path.join(ROOT, "docs/reckon.schema.json"), encoding="utf-8") as file:
            return json.load(file)

    def test_answers_fit_the_schema(self):
        schema = self.schema()
        calls = [("alexnet-d2l",), ("explain", "alexnet"), ("explain", "alexnet", "Conv-1"),
                 ("layers", "tests/models/resnet18.onnx", "--all"), ("networks",), ("--version",),
                 ("alexnet", "--convention", "torchsummary"), ("no-such-network",)]
        calls += [(name,) for name in networks()]
        for call in calls:
            _, out, _ = run(*call, "--format", "json")
            self.assertEqual(list(validate(json.loads(out), schema)), [], call)

    def test_the_schema_says_no(self):
        schema = self.schema()
        good = json.loads(answer("alexnet", "--format", "json"))
        for break_it in (lambda a: a["totals"].pop("macs"), lambda a: a.update(extra=1),
                         lambda a: a["layers"][0].update(macs="many"), lambda a: a.pop("reckon")):
            bad = json.loads(json.dumps(good))
            break_it(bad)
            self.assertNotEqual(list(validate(bad, schema)), [])

    def test_layers_add_up_to_totals(self):
        for name in networks():
            document = json.loads(answer("layers", name, "--all", "--format", "json"))
            for key in ("params", "buffers", "macs", "flops", "read_bytes", "write_bytes"):
                total = sum(layer[key] or 0 for layer in document["layers"])
                self.assertEqual(total, document["totals"][key], (name, key))

    def test_explained_values_are_the_layers_own(self):
        # One of each operator of the files, for whose integer operators, bodies and unknown parts more
        # than the rule of one node is counted.
        kinds = {}
        for name in ("alexnet", "gru", "transformer-encoder", *models_of_every_kind()):
            status, out, _ = run("layers", name, "--format", "json")
            for layer in json.loads(out)["layers"] if status == 0 else []:
                if layer["times"] != 1 or kinds.setdefault((name, layer["op"]), layer) is not layer:
                    continue
                document = json.loads(answer("explain", name, f"#{layer['index']}",
                                             "--format", "json"))
                for figure in document["explain"]:
                    if figure["name"] in layer:
                        self.assertEqual(figure["value"], layer[figure["name"]],
                                         (name, layer["name"], figure["name"]))
                    # The terms say the same as the value.
                    if figure["value"] is None:
                        continue
                    total = sum(math.prod(factor["value"] for factor in term["factors"])
                                for term in figure["terms"])
                    self.assertEqual(total, figure["value"], (name, layer["name"], figure["name"]))

    def test_memory_answers_fit_the_schema(self):
        with open(os.path.join(ROOT, "docs/reckon.schema.json"), encoding="utf-8") as file:
            schema = json.load(file)
        for arguments in (("memory", "alexnet"), ("memory", "gru", "--train"),
                          ("memory", "alexnet", "--order", "best", "--arena", "greedy"),
                          ("memory", "alexnet", "--train", "--policy", "textbook"),
                          ("memory", "vgg19", "--train", "--checkpoint", "optimal",
                           "--device", "t4"),
                          ("fit", "mnist", "--budget", "1GiB", "--max", "W", "--train"),
                          ("fit", "gpt2", "--smallest-device"),
                          ("fit", "gpt2", "--advise", "--train", "--device", "t4"),
                          ("fit", "gpt2", "--device", "t4"),
                          ("devices",), ("devices", "show", "t4")):
            document = json.loads(answer(*arguments, "--format", "json"))
            self.assertEqual(list(validate(document, schema)), [], arguments)
            memory = document.get("memory")
            if memory is None:
                continue
            # Parts sum to their whole, and explained lines to the ledger.
            self.assertEqual(sum(memory["peak"]["composition"].values()), memory["peak"]["bytes"])
            ledger = dict(memory["ledger"])
            self.assertEqual(ledger.pop("total_bytes"), sum(ledger.values()))
            for figure in document["explain"]:
                self.assertEqual(figure["value"], memory["ledger"][figure["name"]])
            if memory["timeline"]:
                self.assertEqual(max(point["peak_bytes"] for point in memory["timeline"]),
                                 memory["peak"]["bytes"])
            # No two buffers that are alive together share a byte.
            buffers = memory.get("arena", {"buffers": []})["buffers"]
            for i, a in enumerate(buffers):
                for b in buffers[:i]:
                    together = (a["first_step"] <= b["last_step"] and
                                b["first_step"] <= a["last_step"])
                    apart = (a["offset"] + a["bytes"] <= b["offset"] or
                             b["offset"] + b["bytes"] <= a["offset"])
                    self.assertTrue(apart or not together, (a, b))

    def test_what_devices_prints_is_a_file_of_devices(self):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "all.json")
            with open(file, "w", encoding="utf-8") as out:
                out.write(answer("devices", "--format", "json"))
            for device in json.loads(answer("devices", "--format", "json"))["devices"]:
                name = device["name"]
                self.assertEqual(answer("devices", "show", f"{file}#{name}", "--format", "json"),
                                 answer("devices", "show", name, "--format", "json"))
            self.assertEqual(
                json.loads(answer("time", "alexnet", "--device", f"{file}#l4", "--format", "json")),
                json.loads(answer("time", "alexnet", "--device", "l4", "--format", "json")))

    def test_a_calibrated_device_is_a_device(self):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "here.json")
            page = answer("devices", "calibrate", "--out", file, "--name", "here", "--runs", "1",
                          "--patience", "1")
            for line in page.split("\n"):
                self.assertLessEqual(cells(line), 80)
            [device] = json.loads(answer("devices", "show", file, "--format", "json"))["devices"]
            figures = {figure["name"]: figure for figure in device["figures"]}
            for name in ("fp32_flops_per_s", "core_fp32_flops_per_s", "mem_bytes_per_s",
                         "mem_write_bytes_per_s", "mem_latency_s", "kernel_floor_s"):
                self.assertGreater(figures[name]["value"], 0)
                self.assertEqual(figures[name]["standing"], "measured")
                self.assertIn("run", figures[name]["source"])
            time = json.loads(answer("time", "lenet5", "--device", file, "--format", "json"))["time"]
            self.assertEqual(time["device"], "here")
            self.assertGreater(time["seconds"], 0)
        status, _, err = run("devices", "calibrate", "--name", "No Name")
        self.assertEqual(status, 2)
        self.assertIn("small letters", err)
        status, _, err = run("devices", "calibrate", "--out", "/nowhere/here.json")
        self.assertEqual(status, 1)

    def test_time_in_all_its_pages(self):
        with open(os.path.join(ROOT, "docs/reckon.schema.json"), encoding="utf-8") as file:
            schema = json.load(file)
        table = os.path.join(ROOT, "tests/data/throughput.csv")
        for arguments in (("time", "alexnet", "--device", "t4"),
                          ("time", "alexnet", "--device", "mcu-256kb"),
                          ("time", "gpt2", "--device", "t4", "--train", "--optimizer", "adamw"),
                          ("time", "mobilenet-v2", "--device", "rpi5", "--train", "--kinds"),
                          ("time", "mobilenet-v2", "--device", "rpi5", "--layers"),
                          ("time", "resnet18", "--device", "t4", "--batch", "1..64"),
                          ("time", "784-256-10", "--device", "h100-sxm", "--shapes"),
                          ("devices", "fit", table, "--rate", "images_per_s", "--macs", "macs",
                           "--outputs", "outputs", "--params", "params", "--name", "name")):
            document = json.loads(answer(*arguments, "--format", "json"))
            self.assertEqual(list(validate(document, schema)), [], arguments)
            for line in answer(*arguments).split("\n"):
                self.assertLessEqual(cells(line), 80, (arguments, line))
            self.assertTrue(answer(*arguments, "--ascii").isascii())
            rows = list(csv.reader(io.StringIO(answer(*arguments, "--format", "csv"))))
            self.assertEqual({len(row) for row in rows}, {len(rows[0])}, arguments)
        for wrong in (("--batch", "4..1"), ("--batch", "1..4", "--kinds"), ("--shapes", "--layers"),
                      ("--batch", "1..2", "--shapes")):
            self.assertEqual(run("time", "alexnet", "--device", "t4", *wrong)[0], 2, wrong)

    def test_a_table_is_fitted_or_refused_by_line(self):
        names = ("--rate", "images_per_s", "--macs", "macs", "--outputs", "outputs", "--params",
                 "params", "--name", "name")
        table = os.path.join(ROOT, "tests/data/throughput.csv")
        fit = json.loads(answer("devices", "fit", table, *names, "--format", "json"))["throughput"]
        # The table was made with 2e12 MAC/s and 5e9 outputs/s, and nothing else.
        self.assertAlmostEqual(fit["macs_per_s"] / 2e12, 1, places=3)
        self.assertAlmostEqual(fit["outputs_per_s"] / 5e9, 1, places=3)
        self.assertEqual(fit["overhead"], "nothing")
        self.assertEqual(fit["not_measured"], 1)
        self.assertLess(fit["error"]["median"], 1e-3)
        self.assertGreater(fit["naive_error"]["median"], 0.05)
        with open(table, encoding="utf-8") as file:
            lines = file.read().split("\n")
        for bad, said in (("x,1e9,1e6,1e6,-3", "images_per_s is '-3'"),
                          ("x,many,1e6,1e6,3", "macs is 'many'"),
                          ("x,1e9,1e6,3", "has 4 cells, the header 5")):
            with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
                file.write("\n".join(lines[:3] + [bad] + lines[3:]))
                file.flush()
                status, _, err = run("devices", "fit", file.name, *names)
                self.assertEqual(status, 1, err)
                self.assertIn(said, err)
                self.assertIn(":4)", err)
        status, _, err = run("devices", "fit", table, "--rate", "image_per_s")
        self.assertEqual(status, 2)
        self.assertIn("did you mean images_per_s?", err)

    def test_a_device_is_fitted_to_measured_times(self):
        def seconds(device, network, batch, precision):
            document = json.loads(answer("time", network, "--device", device, "--batch", batch,
                                         "--precision", precision, "--format", "json"))
            return document["time"]["seconds"]

        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "mine.json")
            once = ("devices", "fit", "gpt2?layers=2", "--device", "t4", "--batch", "8",
                    "--precision", "fp16", "--seconds", "0.5")
            answer(*once, "--out", out, "--name", "mine")
            # The time itself comes back; another network is as much slower; FP32 is as it was.
            self.assertAlmostEqual(seconds(out, "gpt2?layers=2", "8", "fp16"), 0.5, places=9)
            ratio = 0.5 / seconds("t4", "gpt2?layers=2", "8", "fp16")
            self.assertAlmostEqual(seconds(out, "resnet18", "4", "fp16") /
                                   seconds("t4", "resnet18", "4", "fp16"), ratio, places=6)
            self.assertEqual(seconds(out, "resnet18", "4", "fp32"),
                             seconds("t4", "resnet18", "4", "fp32"))
            # Fitting a fitted device begins anew.
            fit = json.loads(answer("devices", "fit", *once[2:3], "--device", out, *once[5:],
                                    "--format", "json"))["device_fit"]
            self.assertAlmostEqual(fit["formats"][0]["ratio"], ratio, places=6)
            self.assertIsNone(fit["formats"][0]["left_out_error"])
            # Two times, one twice and one four times as long as predicted: √8, left out 2 and 4.
            table = os.path.join(folder, "two.csv")
            one, two = (seconds("t4", n, "2", "fp32") for n in ("resnet18", "alexnet"))
            with open(table, "w", encoding="utf-8") as file:
                file.write("network,batch,seconds,precision,mode\n"
                           f"resnet18,2,{2 * one},fp32,inference\nalexnet,2,{4 * two},fp32,\n")
            arguments = ("devices", "fit", table, "--device", "t4")
            fit = json.loads(answer(*arguments, "--format", "json"))["device_fit"]
            self.assertAlmostEqual(fit["formats"][0]["ratio"], 8 ** 0.5, places=6)
            self.assertAlmostEqual(fit["formats"][0]["left_out_error"], (1 + 0.5) / 2, places=6)
            self.assertAlmostEqual(fit["times"][0]["left_out_s"], 4 * one, places=6)
            with open(os.path.join(ROOT, "docs/reckon.schema.json"), encoding="utf-8") as schema:
                document = json.loads(answer(*arguments, "--format", "json"))
                self.assertEqual(list(validate(document, json.load(schema))), [])
            for line in answer(*arguments).split("\n"):
                self.assertLessEqual(cells(line), 80, line)
            for text, status, said in (
                    ("network,batch,seconds\nresnet18,0,1\n", 1, "batch is '0'"),
                    ("network,seconds\nresnet18,-1\n", 1, "seconds is '-1'"),
                    ("network,second\nresnet18,1\n", 2, "did you mean seconds?"),
                    ("network,batch\nresnet18,1\n", 2, "has a column 'seconds'"),
                    ("network,seconds\nno-such,1\n", 1, ":2)")):
                with open(table, "w", encoding="utf-8") as file:
                    file.write(text)
                got, _, err = run(*arguments)
                self.assertEqual(got, status, err)
                self.assertIn(said, err)

    def test_a_roofline_is_a_picture(self):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "plot.svg")
            answer("time", "resnet18", "--device", "t4", "--plot", file)
            time = json.loads(answer("time", "resnet18", "--device", "t4", "--format", "json"))
            tree = xml.etree.ElementTree.parse(file).getroot()
            svg = "{http://www.w3.org/2000/svg}"
            self.assertEqual(tree.tag, svg + "svg")
            points = [c for c in tree.iter(svg + "circle") if c.find(svg + "title") is not None]
            kernels = [row for row in time["time"]["layers"]
                       if row["forward"] and row["forward"]["ops"] > 0]
            self.assertEqual(len(points), len(kernels))
            for point in points:
                self.assertTrue(84 <= float(point.get("cx")) <= 836, point.attrib)
                self.assertTrue(64 <= float(point.get("cy")) <= 468, point.attrib)
        self.assertEqual(run("time", "alexnet", "--device", "t4", "--plot", "/no/where.svg")[0], 1)

    def test_a_file_is_whole_or_as_it_was(self):
        def little_room():
            # A write beyond this fails as on a full disk.
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

        call = ("time", "alexnet", "--device", "t4", "--plot")
        with tempfile.TemporaryDirectory() as folder:
            file, link = os.path.join(folder, "plot.svg"), os.path.join(folder, "link.svg")
            with open(file, "w", encoding="utf-8") as old:
                old.write("old")
            os.chmod(file, 0o640)
            os.symlink("plot.svg", link)
            done = subprocess.run([BINARY, *call, file], capture_output=True, text=True, check=False,
                                  preexec_fn=little_room)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("could not be written", done.stderr)
            with open(file, encoding="utf-8") as kept:
                self.assertEqual(kept.read(), "old")
            self.assertEqual(sorted(os.listdir(folder)), ["link.svg", "plot.svg"])
            answer(*call, link)  # the file behind a link is replaced, with its permissions
            self.assertTrue(os.path.islink(link))
            self.assertEqual(os.stat(file).st_mode & 0o777, 0o640)
            with open(file, encoding="utf-8") as made:
                self.assertIn("<svg", made.read())
            self.assertEqual(sorted(os.listdir(folder)), ["link.svg", "plot.svg"])
            self.assertEqual(run(*call, folder)[0], 1)
        self.assertEqual(run(*call, "")[0], 2)

    def test_a_full_device_is_no_success(self):
        for words in (("alexnet",), ("--help",), ("memory", "--help"), ("--version",), ("networks",)):
            with open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run([BINARY, *words], stdout=full, stderr=subprocess.PIPE, text=True,
                                      check=False)
            self.assertEqual(done.returncode, 1, words)
            self.assertIn("could not be written", done.stderr)
        status, out, _ = run("lab", "evaluate", "05-neural-computation", '{"question":"zork"}')
        self.assertEqual(status, 1, out)

    def test_the_designs_of_a_chip_are_drawn(self):
        asked = ("chip", "resnet18", "--area-mm2", "20", "--power-w", "5")
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "chip.svg")
            answer(*asked, "--plot", file)
            chip = json.loads(answer(*asked, "--format", "json"))["chip"]
            tree = xml.etree.ElementTree.parse(file).getroot()
            circles = list(tree.iter("{http://www.w3.org/2000/svg}circle"))
            self.assertEqual(len(circles), len(chip["by_memory"]))
            # The best is drawn larger, and nothing is drawn above it.
            best = max(circles, key=lambda c: float(c.get("r")))
            self.assertEqual(best.get("cy"), min((c.get("cy") for c in circles), key=float))

    def test_bad_devices_are_refused_by_field(self):
        for fields, said in (('"mem_bytes_per_s": 0', "mem_bytes_per_s is zero"),
                             ('"fp32_flops_per_s": 1e30', "is too large for a machine"),
                             ('"mem_bandwidth": 1', "no field of a device"),
                             ('"mem_bytes_per_s": 1e9', "this device has no fp32 rate")):
            with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
                file.write('{"name": "mine", "mem_bytes": 1024, ' + fields + "}")
                file.flush()
                status, out, err = run("time", "784-10", "--device", file.name)
                self.assertNotEqual(status, 0, fields)
                self.assertEqual(out, "")
                self.assertIn(said, err)
                self.assertIn("mine", err)

    def test_memory_pages_keep_the_width(self):
        for arguments in (("memory", "vgg19", "--train", "--timeline", "--checkpoint", "optimal"),
                          ("memory", "gpt2", "--arena", "best", "--device", "rpi5"),
                          ("fit", "gpt2", "--advise", "--train", "--device", "t4"),
                          ("devices",), ("devices", "show", "h100-sxm")):
            for line in answer(*arguments).split("\n"):
                self.assertLessEqual(cells(line), 80, (arguments, line))
            self.assertTrue(answer(*arguments, "--ascii").isascii())

    def test_c_gets_the_same_bytes(self):
        example = os.path.join(os.path.dirname(BINARY), "../../examples/example_c_report")
        if not os.path.exists(example):
            self.skipTest("the examples are not built")
        for question, arguments in (
                ({"question": "report", "batch": 8}, ("report", "gpt2", "--batch", "8")),
                ({"question": "layers", "all": True, "set": {"layers": 2}},
                 ("layers", "gpt2", "--all", "--set", "layers=2")),
                ({"question": "explain", "layer": "#3"}, ("explain", "gpt2", "#3")),
                ({"question": "explain"}, ("explain", "gpt2")),
                ({"question": "memory", "train": True, "optimizer": "adam", "batch": 2},
                 ("memory", "gpt2", "--train", "--optimizer", "adam", "--batch", "2")),
                ({"question": "fit", "max": "batch", "budget": 6 << 30, "train": True},
                 ("fit", "gpt2", "--max", "batch", "--budget", "6GiB", "--train")),
                ({"convention": "fvcore"}, ("gpt2", "--convention", "fvcore"))):
            from_c = subprocess.run([example, "gpt2", json.dumps(question)], capture_output=True,
                                    check=True).stdout.decode()
            self.assertEqual(from_c, answer(*arguments, "--format", "json"), question)


class Terminal(unittest.TestCase):
    def on_terminal(self, columns, *arguments, **environment):
        """What the program prints when standard output is a terminal."""
        primary, secondary = pty.openpty()
        fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        process = subprocess.Popen([BINARY, *arguments], cwd=ROOT, stdout=secondary,
                                   env={"PATH": os.environ["PATH"], "TERM": "xterm", **environment})
        os.close(secondary)
        out = b""
        while True:
            try:
                chunk = os.read(primary, 65536)
            except OSError:
                break
            if not chunk:
                break
            out += chunk
        os.close(primary)
        process.wait(timeout=10)
        return out.decode().replace("\r\n", "\n")

    def test_colour_only_on_a_willing_terminal(self):
        self.assertRegex(self.on_terminal(80, "alexnet"), ESCAPE)
        for arguments, environment in ((("alexnet", "--no-color"), {}),
                                       (("alexnet",), {"NO_COLOR": "1"}),
                                       (("alexnet",), {"TERM": "dumb"}),
                                       (("alexnet", "--format", "json"), {}),
                                       (("alexnet", "--format", "csv"), {})):
            self.assertNotRegex(self.on_terminal(80, *arguments, **environment), ESCAPE)
        self.assertNotRegex(answer("alexnet"), ESCAPE)
        # Colour changes no character.
        self.assertEqual(ESCAPE.sub("", self.on_terminal(80, "alexnet")), answer("alexnet"))

    def test_width_of_the_terminal(self):
        for columns in (60, 80, 120):
            page = ESCAPE.sub("", self.on_terminal(columns, "layers", "alexnet"))
            widest = max(cells(line) for line in page.split("\n"))
            self.assertLessEqual(widest, columns)
        self.assertEqual(run("layers", "alexnet", COLUMNS="60")[1],
                         answer("layers", "alexnet", "--width", "60"))

    def test_a_closed_pipe_is_no_error(self):
        result = subprocess.run(f"{shlex.quote(BINARY)} layers vgg19 --format json | head -1",
                                shell=True, capture_output=True, check=True)
        self.assertEqual((result.stdout, result.stderr), (b"{\n", b""))

    def test_a_full_disk_is_an_error(self):
        with open("/dev/full", "wb") as full:
            result = subprocess.run([BINARY, "alexnet"], stdout=full, stderr=subprocess.PIPE,
                                    check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"io_error", result.stderr)


class Calls(unittest.TestCase):
    def test_the_model_may_stand_anywhere(self):
        expected = answer("layers", "alexnet", "--batch", "2")
        self.assertEqual(answer("--batch", "2", "layers", "alexnet"), expected)
        self.assertEqual(answer("layers", "--batch=2", "alexnet"), expected)
        self.assertEqual(answer("alexnet"), answer("report", "alexnet"))
        self.assertEqual(answer("mnist?W=256"), answer("mnist", "--set", "W=256"))

    def test_networks_show_can_be_read_again(self):
        for name in networks():
            status, out, err = run("networks", "show", name)
            self.assertEqual((status, err), (0, ""))
            path = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"reckon-{os.getpid()}.net")
            try:
                with open(path, "w", encoding="utf-8") as file:
                    file.write(out)
                copied = json.loads(answer(path, "--format", "json"))["totals"]
            finally:
                os.remove(path)
            self.assertEqual(copied, json.loads(answer(name, "--format", "json"))["totals"])

    def test_completion_scripts_are_scripts(self):
        for shell in ("bash", "zsh", "fish"):
            script = answer("completions", shell)
            self.assertIn("reckon complete -- ", script)
        subprocess.run(["bash", "-n"], input=answer("completions", "bash").encode(), check=True)
        self.assertIn("layers\n", answer("complete", "--", ""))
        self.assertIn("--batch\n", answer("complete", "--", "layers", "alexnet", "--"))
        self.assertEqual(answer("complete", "--", "mnist", "--set", ""), "W=\nN=\n")
        self.assertIn("Conv-1\n", answer("complete", "--", "explain", "alexnet", ""))
        self.assertEqual(answer("complete", "--", "fit", "mnist", "--max", ""), "batch\nW\nN\n")
        self.assertEqual(answer("complete", "--", "time", "--fused", ""), "on\noff\n")

    def test_bash_completes(self):
        script = answer("completions", "bash") + """
        COMP_WORDS=(reckon --set "$1"); COMP_CWORD=2
        compopt() { :; }
        complete_words() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _reckon; echo "${COMPREPLY[*]}"; }
        complete_words reckon gpt2 --set la
        complete_words reckon lay
        complete_words reckon explain alexnet Conv-1
        complete_words reckon alexnet --conv
        complete_words reckon report alexnet-t
        """
        path = os.path.dirname(BINARY) + ":" + os.environ["PATH"]
        out = subprocess.run(["bash", "-c", script], env={"PATH": path}, capture_output=True,
                             check=True, cwd="/").stdout.decode()
        self.assertEqual(out, "layers=\nlayers\nConv-1 Conv-11\n--convention\n"
                              "alexnet-torchvision\n")

    def test_schema_page_is_current(self):
        with open(os.path.join(ROOT, "docs/reckon.schema.json"), encoding="utf-8") as file:
            self.assertEqual(answer("docs", "schema"), file.read())


if __name__ == "__main__":
    if not os.path.exists(BINARY):
        sys.exit(f"{BINARY} is not built")
    run_tests()
