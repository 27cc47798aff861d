#!/usr/bin/python3
"""Graphs that no network has, made to be hard, under every command: time and peak memory.

usage: bench/made_graphs.py write KIND NODES FILE
       bench/made_graphs.py table --reckon PROGRAM [--graphs FOLDER] [--limit SECONDS] [--nodes N]...
                                  [--kind KIND]... [--before FILE] [--json FILE]

The kinds (convolutions are 3×3 over 8×16×16 unless said, each with a weight of its own):
  chain   Conv, Relu, Conv, Relu, …
  wide    NODES-1 Relus of one input, and one Concat of all of them
  dense   blocks of 32 layers, each a Concat of all before it in its block, and a Conv
  unet    NODES/2 Convs, then as many Adds, each with the Conv of its level: lifetimes in lifetimes
  grid    node (i, j) adds nodes (i-1, j) and (i, j-1)
  concat  each joins what is there with one channel more
  dag     each adds two of the 64 before it, chosen by a fixed sequence
Those without weights begin with a Conv, so that there is something to train.

`table` prints Markdown: a cell is seconds of processor time (one thread), and MiB of peak resident memory; "> 60 s" where the limit
ended it. A refusal (exit status other than 0 and 3) is named: an answer that a network cannot have,
such as the step of a graph that cannot be trained, is said in one line. With --before, the file that
--json wrote earlier, each cell holds both.
"""
import argparse
import json
import os
import resource
import signal
import subprocess
import sys

CHANNELS, SIDE = 8, 16


# --- Protocol buffers, as far as a model needs them -------------------------------------------
def varint(n):
    out = bytearray()
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def number(field, n):
    return varint(field << 3) + varint(n)


def text(field, s):
    data = s.encode() if isinstance(s, str) else s
    return varint(field << 3 | 2) + varint(len(data)) + data


CONV = text(5, text(1, "pads") + b"".join(number(8, 1) for _ in range(4)) + number(20, 7))
AXIS = text(5, text(1, "axis") + number(3, 1) + number(20, 2))


def node(op, inputs, output, attributes=b""):
    return text(1, b"".join(text(1, i) for i in inputs) + text(2, output) + text(4, op) + attributes)


def weight(name, channels_in, channels_out=CHANNELS):
    dims = b"".join(number(1, d) for d in (channels_out, channels_in, 3, 3))
    return text(5, dims + number(2, 1) + text(8, name))


def tensor(field, name, dims=()):
    shape = b"".join(text(1, number(1, d)) for d in dims)
    kind = number(1, 1) + (text(2, shape) if dims else b"")
    return text(field, text(1, name) + text(2, text(1, kind)))


def conv(i, source, target, channels=CHANNELS):
    return [node("Conv", [source, f"w{i}"], target, CONV)], [weight(f"w{i}", channels)]


# --- The graphs: (nodes, initializers, name of the output) -------------------------------------
def chain(n):
    nodes, weights = [], []
    for i in range(n):
        source = f"v{i - 1}" if i else "x"
        if i % 2:
            nodes.append(node("Relu", [source], f"v{i}"))
        else:
            made = conv(i, source, f"v{i}")
            nodes += made[0]
            weights += made[1]
    return nodes, weights, f"v{n - 1}"


def wide(n):
    nodes = [node("Relu", ["x"], f"v{i}") for i in range(n - 1)]
    nodes.append(node("Concat", [f"v{i}" for i in range(n - 1)], "y", AXIS))
    return nodes, [], "y"


def dense(n):
    nodes, weights, block, first = [], [], [], "x"
    for i in range(n // 2):
        if len(block) == 32:
            first, block = block[-1], []
        parts = [first] + block
        nodes.append(node("Concat", parts, f"c{i}", AXIS))
        made = conv(i, f"c{i}", f"v{i}", CHANNELS * len(parts))
        nodes += made[0]
        weights += made[1]
        block.append(f"v{i}")
    return nodes, weights, block[-1]


def unet(n):
    nodes, weights = [], []
    half = n // 2
    for i in range(half):
        made = conv(i, f"v{i - 1}" if i else "x", f"v{i}")
        nodes += made[0]
        weights += made[1]
    last = f"v{half - 1}"
    for i in reversed(range(half)):
        nodes.append(node("Add", [last, f"v{i}"], f"u{i}"))
        last = f"u{i}"
    return nodes, weights, last


def grid(n):
    side = int(n**0.5)
    nodes = []
    for i in range(side):
        for j in range(side):
            up = f"g{i - 1}_{j}" if i else "x"
            left = f"g{i}_{j - 1}" if j else "x"
            nodes.append(node("Add", [up, left], f"g{i}_{j}"))
    return nodes, [], f"g{side - 1}_{side - 1}"


def concat(n):
    nodes = [node("Concat", [f"v{i - 1}" if i else "x", "one"], f"v{i}", AXIS) for i in range(n)]
    return nodes, [], f"v{n - 1}"


def dag(n):
    nodes, state, used = [], 1, set()
    for i in range(n):
        parts = []
        for _ in range(2):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            back = 1 + (state >> 40) % 64
            parts.append(f"v{i - back}" if i >= back else "x")
        used.update(parts)
        nodes.append(node("Add", parts, f"v{i}"))
    # What nobody reads is added up in the end, so that all of it counts.
    loose = [f"v{i}" for i in range(n) if f"v{i}" not in used]
    nodes.append(node("Sum", loose, "y"))
    return nodes, [], "y"


KINDS = {f.__name__: f for f in (chain, wide, dense, unet, grid, concat, dag)}


def model(kind, n):
    nodes, weights, last = KINDS[kind](n)
    source = "x"
    if not weights:
        source = "image"
        made = conv(0, source, "x")
        nodes, weights = made[0] + nodes, made[1]
    inputs = tensor(11, source, (1, CHANNELS, SIDE, SIDE))
    if kind == "concat":
        inputs += tensor(11, "one", (1, 1, SIDE, SIDE))
    graph = b"".join(nodes) + text(2, kind) + b"".join(weights) + inputs + tensor(12, last)
    return number(1, 8) + text(2, "made") + text(7, graph) + text(8, text(1, "") + number(2, 17))


# --- The commands -------------------------------------------------------------------------------
COMMANDS = {
    "report": ["report"],
    "layers": ["layers", "--format", "json"],
    "explain": ["explain"],
    "memory": ["memory"],
    "memory arena": ["memory", "--arena", "best"],
    "memory optimal": ["memory", "--arena", "optimal", "--order", "best"],
    "step": ["memory", "--train", "--optimizer", "adam"],
    "checkpoint": ["memory", "--train", "--checkpoint", "optimal"],
    "fit": ["fit", "--device", "t4", "--max", "batch", "--train"],
    "fit arena": ["fit", "--budget", "64GiB", "--max", "batch", "--policy", "arena"],
    "advise": ["fit", "--budget", "1MiB", "--advise", "--train"],
    "time": ["time", "--device", "t4"],
    "sweep": ["time", "--device", "t4", "--batch", "1..64"],
    "energy": ["energy"],
    "gradients": ["gradients"],
    "chip": ["chip", "--area-mm2", "100", "--power-w", "50"],
}


def run(command, limit_s):
    """(seconds, MiB, what became of it)"""
    limit = lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s + 1))
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, preexec_fn=limit)
    words = child.stderr.read().decode(errors="replace").strip()
    _, status, used = os.wait4(child.pid, 0)
    seconds = used.ru_utime + used.ru_stime
    child.returncode = 0
    mib = used.ru_maxrss / 1024
    if os.WIFSIGNALED(status):
        return (limit_s, mib, "limit" if os.WTERMSIG(status) == signal.SIGXCPU else "killed")
    code = os.WEXITSTATUS(status)
    return (seconds, mib, "" if code in (0, 3) else (words or f"status {code}").splitlines()[0])


def cell(one, limit_s):
    if one is None:
        return "–"
    seconds, mib, what = one
    if what == "limit":
        return f"**> {limit_s} s**, {mib:,.0f}"
    shown = f"{seconds:.2f} s, {mib:,.0f}"
    return shown + (" (refused)" if what else "")


def table(options):
    before = json.load(open(options.before)) if options.before else {}
    results = {}
    os.makedirs(options.graphs, exist_ok=True)
    for kind in options.kind or KINDS:
        sizes = options.nodes or [1000, 10_000, 100_000] + ([1_000_000] if kind == "chain" else [])
        for n in sizes:
            path = os.path.join(options.graphs, f"{kind}-{n}.onnx")
            if not os.path.exists(path):
                with open(path, "wb") as file:
                    file.write(model(kind, n))
            for name, words in COMMANDS.items():
                if options.command and name not in options.command:
                    continue
                key = f"{kind} {n} {name}"
                results[key] = run([options.reckon, words[0], path] + words[1:], options.limit)
                print(key, results[key], file=sys.stderr, flush=True)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(results, file, indent=1)
    for kind in options.kind or KINDS:
        sizes = sorted({int(key.split()[1]) for key in results if key.split()[0] == kind})
        print(f"\n**{kind}**\n\n| command |" + "".join(f" {n:,} nodes |" for n in sizes))
        print("|---|" + "--:|" * len(sizes))
        for name in COMMANDS:
            row = [results.get(f"{kind} {n} {name}") for n in sizes]
            if not any(row):
                continue
            cells = []
            for n, one in zip(sizes, row):
                old = before.get(f"{kind} {n} {name}")
                cells.append((cell(old, options.limit) + " → " if old else "") + cell(one, options.limit))
            print(f"| {name} | " + " | ".join(cells) + " |")
    refused = {key: one[2] for key, one in results.items() if one[2] not in ("", "limit")}
    if refused:
        print("\nRefused, in one line each:\n")
        for sentence in sorted(set(refused.values())):
            keys = [key for key, said in refused.items() if said == sentence]
            print(f"- {sentence}: {len(keys)}, as {keys[0]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest="what", required=True)
    write = commands.add_parser("write")
    write.add_argument("kind", choices=KINDS)
    write.add_argument("nodes", type=int)
    write.add_argument("file")
    of = commands.add_parser("table")
    of.add_argument("--reckon", required=True)
    of.add_argument("--graphs", default="build/bench/made")
    of.add_argument("--limit", type=int, default=60)
    of.add_argument("--nodes", type=int, action="append")
    of.add_argument("--kind", choices=KINDS, action="append")
    of.add_argument("--command", choices=COMMANDS, action="append")
    of.add_argument("--before")
    of.add_argument("--json")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if options.what == "table":
        return table(options)
    with open(options.file, "wb") as file:
        file.write(model(options.kind, options.nodes))


if __name__ == "__main__":
    main()
