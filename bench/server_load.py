#!/usr/bin/python3
"""The lab server under load: requests a second, latency, memory.

usage: bench/server_load.py --reckon PROGRAM [--seconds N] [--idle N] [--slow N]

Serves a folder made here: a page of 33 bytes and a script of 10 KB, which travels compressed. Four
threads ask for both in turn, each over one connection that stays open, for N seconds, three times:

  alone              nothing else is connected
  beside idle ones   2,000 connections more that are open and say nothing
  beside slow ones   200 connections more that send a request byte by byte, and half requests

Prints a Markdown table: answers a second, and the median, 99th percentile and longest time of one
answer; processor time of the server for one; its peak resident memory, as the system counts it
(VmHWM). The load comes from the same machine, and takes more of it than the server does: what is
answered in a second is a lower bound.
"""
import argparse
import gzip
import os
import re
import resource
import signal
import socket
import subprocess
import tempfile
import threading
import time

N_THREADS = 4
PAGE = b"<!doctype html><title>lab</title>"
SCRIPT = b"export const answer = 42;\n" * 400
PATHS = ("/", "/assets/index-1a2b.js")


def make_folder(folder):
    os.makedirs(os.path.join(folder, "assets"))
    files = {"index.html": PAGE, "assets/index-1a2b.js": SCRIPT,
             "assets/index-1a2b.js.gz": gzip.compress(SCRIPT)}
    for name, content in files.items():
        with open(os.path.join(folder, name), "wb") as out:
            out.write(content)


def connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def request(path):
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n".encode()


def answer(connection):
    """Reads one answer; false where the server closed instead."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return False
        data += more
    top, body = data.split(b"\r\n\r\n", 1)
    if not top.startswith(b"HTTP/1.1 200 "):
        raise SystemExit(f"not answered: {top[:60]!r}")
    left = int(re.search(rb"(?i)content-length: *(\d+)", top).group(1)) - len(body)
    while left > 0:
        left -= len(connection.recv(65536))
    return True


def ask(port, until, times):
    connection = connect(port)
    requests = [request(path) for path in PATHS]
    while time.monotonic() < until:
        for one in requests:
            begin = time.perf_counter()
            connection.sendall(one)
            if not answer(connection):
                connection = connect(port)  # the server ends a connection after its share
                continue
            times.append(time.perf_counter() - begin)
    connection.close()


def load(port, seconds):
    until = time.monotonic() + seconds
    times = [[] for _ in range(N_THREADS)]
    threads = [threading.Thread(target=ask, args=(port, until, one)) for one in times]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(t for one in times for t in one)


def slow_down(connections, stop):
    """A byte each, in turn; those that the server gave up are opened no more."""
    text, at = request("/"), 0
    while not stop.is_set():
        for connection in connections:
            try:
                connection.send(text[at:at + 1])
            except OSError:
                pass
        at = (at + 1) % (len(text) - 2)  # never the end of the request
        stop.wait(0.05)


def high_water_mib(process):
    with open(f"/proc/{process.pid}/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1)) / 1024


def processor_s(process):
    with open(f"/proc/{process.pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def row(name, port, seconds, process):
    before = processor_s(process)
    times = load(port, seconds)
    each_us = 1e6 * (processor_s(process) - before) / len(times)
    pick = lambda share: 1e3 * times[min(len(times) - 1, int(share * len(times)))]
    print(f"| {name} | {len(times) / seconds:,.0f} | {pick(0.5):.2f} ms | {pick(0.99):.2f} ms "
          f"| {1e3 * times[-1]:.1f} ms | {each_us:.0f} µs | {high_water_mib(process):.1f} MiB |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--reckon", required=True)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--idle", type=int, default=2000)
    parser.add_argument("--slow", type=int, default=200)
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2 * options.idle + 1024), hard))
    with tempfile.TemporaryDirectory() as folder:
        make_folder(folder)
        process = subprocess.Popen([options.reckon, "lab", "--port", "0", "--folder", folder, "--no-open"],
                                   stdout=subprocess.PIPE)
        try:
            port = int(re.search(rb":(\d+)/", process.stdout.readline()).group(1))
            print("| load | answers a second | median | 99 % | longest | processor | peak memory |")
            print("|---|--:|--:|--:|--:|--:|--:|")
            row("alone", port, options.seconds, process)
            idle = [connect(port) for _ in range(options.idle)]
            row(f"beside {options.idle:,} idle connections", port, options.seconds, process)
            for connection in idle:
                connection.close()
            slow = [connect(port) for _ in range(options.slow)]
            stop = threading.Event()
            thread = threading.Thread(target=slow_down, args=(slow, stop))
            thread.start()
            row(f"beside {options.slow} slow and half requests", port, options.seconds, process)
            stop.set()
            thread.join()
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


if __name__ == "__main__":
    main()
