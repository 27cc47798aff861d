#!/usr/bin/python3
"""Reckon beside its peers, whole processes, in one run. Prints a Markdown table.

usage: bench/compare.py --reckon PROGRAM --inputs DIR [--python PROGRAM] [--onnxsim DIR]
                        [--runs N] [--peer-runs N]

Every program is started as a user starts it; its wall time is the median over the runs (hyperfine,
after one warm-up), its memory the peak resident set (/usr/bin/time). Peers also say how long they
worked without their start-up: their interpreter and imports are not held against them in the
second column. Before anything is timed, Reckon's answer is compared with a known one.

A peer that is not installed, fails, or needs more than a minute is named, not counted.
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PEER_LIMIT_S = 60
PEER_SLOW_S = 10  # a peer that takes longer is measured once

# file, what it is, the torchvision name, known totals, limits from the requirements: (ms, MiB).
# resnet50 and swin_t: counted by operator on PyTorch with torchvision 0.14.1. The chain: one MatMul
# in three nodes, 64 x 64 multiply-accumulates each.
CASES = [
    ("resnet50-weights.onnx", "ResNet-50, 102 MB of weights in the file", "resnet50",
     {"macs": 4089184256, "params": 25557032}, (10, 30)),
    ("resnet50.onnx", "ResNet-50, without weights", "resnet50",
     {"macs": 4089184256, "params": 25557032}, (10, 30)),
    ("swin_t.onnx", "Swin-T, 7,100 nodes", "swin_t",
     {"macs": 4490566656, "params": 28288354}, (25, None)),
    ("chain-100000.onnx", "chain of 100,000 nodes", None, {"macs": 33334 * 4096, "params": 4160}, None),
    ("chain-500000.onnx", "chain of 500,000 nodes", None, {"macs": 166667 * 4096, "params": 4160}, None),
    ("chain-1000000.onnx", "chain of 1,000,000 nodes", None, {"macs": 333334 * 4096, "params": 4160}, (2000, None)),
]


def wall_ms(command, runs, warm_up=1):
    """The median wall time of the whole process."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        subprocess.run(["hyperfine", "--shell=none", f"--warmup={warm_up}", f"--runs={runs}", "--style=none",
                        f"--export-json={out.name}", " ".join(map(quoted, command))],
                       check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        return 1000 * json.load(out)["results"][0]["median"]


def quoted(word):
    return "'" + word + "'"


def rss_mib(command):
    done = subprocess.run(["/usr/bin/time", "-f", "%M"] + command, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True)
    return int(done.stderr.strip().splitlines()[-1]) / 1024


def answer_differs(reckon, path, known):
    """What is wrong with Reckon's answer, or an empty string."""
    done = subprocess.run([reckon, "report", path, "--format", "json"], capture_output=True,
                          stdin=subprocess.DEVNULL, text=True, check=False)
    if done.returncode != 0:
        return f"exit status {done.returncode}: {(done.stderr or done.stdout).strip()[:200]}"
    answer = json.loads(done.stdout)
    wrong = [f"{key} {answer['totals'].get(key)} instead of {value}"
             for key, value in known.items() if answer["totals"].get(key) != value]
    if answer["coverage"]["unknown"] != 0:
        wrong.append(f"{answer['coverage']['unknown']} nodes unknown")
    return ", ".join(wrong)


class Peer:
    def __init__(self, name, command, networks_only=False):
        self.name, self.command, self.networks_only = name, command, networks_only


def peers(options):
    found = [Peer("onnx shape inference", lambda path, _: [options.python, f"{HERE}/peers/onnx_shapes.py", path])]
    if options.onnxsim:
        found.append(Peer("onnxsim (npm), no folding", lambda path, _: [
            "node", f"{HERE}/peers/onnxsim.mjs", options.onnxsim, path]))
    for tool in ("torchinfo", "thop"):
        found.append(Peer(f"{tool} (PyTorch)", lambda _, network, tool=tool: [
            options.python, f"{HERE}/peers/{tool}_cost.py", network], networks_only=True))
    return found


def measure_peer(peer, path, network, runs):
    """(wall ms, working ms, MiB), or the reason why not."""
    command = peer.command(path, network)
    working, begin = [], time.monotonic()
    try:
        while len(working) < 2 and time.monotonic() - begin < PEER_SLOW_S:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  timeout=PEER_LIMIT_S, check=False)
            if done.returncode != 0:
                said = (done.stderr.strip() or "no message").splitlines()
                errors = [line for line in said if "error" in line.lower()] or said[-1:]
                return f"fails: {errors[0].strip()[:100].replace('|', '/')}"
            working.append(1000 * float(done.stdout.strip().splitlines()[-1]))
    except subprocess.TimeoutExpired:
        return f"more than {PEER_LIMIT_S} s"
    except OSError as error:
        return f"not installed: {error.strerror}"
    slow = time.monotonic() - begin > PEER_SLOW_S
    return wall_ms(command, 1 if slow else runs, 0 if slow else 1), statistics.median(working), rss_mib(command)


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}"


def machine():
    """The processor and the system, in words."""
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
    with open("/proc/meminfo", encoding="utf-8") as file:
        memory_gib = int(file.readline().split()[1]) / 2**20
    return f"{model}, {os.cpu_count()} cores, {memory_gib:.0f} GiB, Linux {platform.release().split('-')[0]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reckon", required=True)
    parser.add_argument("--inputs", required=True)
    parser.add_argument("--python", default="/usr/bin/python3")
    parser.add_argument("--onnxsim", help="the folder whose node_modules has onnxsim")
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--peer-runs", type=int, default=3)
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args()

    print(f"Machine: {machine()}.\n")
    print("| model | program | wall ms | working ms | RSS MiB | wall, times Reckon | working, times Reckon's wall |")
    print("|---|---|--:|--:|--:|--:|--:|")
    failed, chain, ratios, given_up = False, {}, [], set()
    for file, title, network, known, limits in CASES:
        path = os.path.join(options.inputs, file)
        if not os.path.exists(path):
            print(f"| {title} | (no {file}) | | | | | |")
            continue
        wrong = answer_differs(options.reckon, path, known)
        if wrong:
            print(f"| {title} | Reckon: wrong, not timed: {wrong} | | | | | |")
            failed, ours = True, None
        else:
            # Every layer as JSON; a chain's million layers are the one screen that people ask for,
            # and their 400 MB of JSON a row of their own.
            everything = [options.reckon, "report", path, "--format", "json"]
            command = everything if network else everything[:3]
            ours, mib = wall_ms(command, options.runs), rss_mib(command)
            held = ""
            if limits:
                slow = ours > limits[0] or (limits[1] is not None and mib > limits[1])
                failed = failed or slow
                bound = f"{limits[0]:,} ms" + (f", {limits[1]} MiB" if limits[1] else "")
                held = f" (limit {bound}: {'MISSED' if slow else 'held'})"
            print(f"| {title} | **Reckon**{held} | {number(ours)} | | {number(mib)} | 1 | |", flush=True)
            if network is None:
                chain[int(file.split("-")[1].split(".")[0])] = ours
                written_ms, mib = wall_ms(everything, min(options.runs, 5)), rss_mib(everything)
                print(f"| | **Reckon**, every layer as JSON | {number(written_ms)} | | {number(mib)} | | |", flush=True)
        if options.no_peers:
            continue
        fastest = None
        for peer in peers(options):
            if peer.networks_only and network is None or peer.name in given_up:
                continue
            result = measure_peer(peer, path, network, options.peer_runs)
            if isinstance(result, str):
                if result.startswith("more than") and network is None:
                    given_up.add(peer.name)  # the next chain is longer
                print(f"| | {peer.name} | {result} | | | | |", flush=True)
                continue
            wall, working, mib = result
            fastest = min(wall, fastest or wall)
            times = f"{wall / ours:,.0f}× | {working / ours:,.1f}×" if ours else "|"
            print(f"| | {peer.name} | {number(wall)} | {number(working)} | {number(mib)} | {times} |", flush=True)
        if ours and fastest:
            ratios.append((title, fastest / ours))
    print()
    for title, ratio in ratios:
        print(f"- {title}: the fastest peer takes {ratio:,.0f} times as long.")
    if len(chain) > 1:
        per_node = {n: 1000 * ms / n for n, ms in chain.items()}
        print("- Chains, microseconds per node: " +
              ", ".join(f"{n:,} nodes {value:.2f}" for n, value in sorted(per_node.items())) + ".")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
