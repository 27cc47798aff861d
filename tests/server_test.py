#!/usr/bin/env python3
"""The lab server as a visitor meets it, polite or not. RECKON_BINARY names the program.

It serves a small folder made here, so that what is expected is known without it. With --rate it
prints how many requests a second it answers, instead.
"""
import gzip
import os
import re
import resource
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from run_tests import run_tests

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.environ.get("RECKON_BINARY", os.path.join(ROOT, "build/release/apps/cli/reckon"))

PAGE = b"<!doctype html><title>lab</title>"
SCRIPT = b"export const answer = 42;\n" * 400
WASM = b"\0asm\1\0\0\0"
SECRET = b"not to be served"
DEADLINE_S = 30  # for what must happen at all; no speed is asserted here


def make_folder(parent):
    folder = os.path.join(parent, "site")
    os.makedirs(os.path.join(folder, "assets"))
    files = {"index.html": PAGE, "assets/index-1a2b.js": SCRIPT, "assets/index-1a2b.js.gz": gzip.compress(SCRIPT),
             "assets/reckon-3c4d.wasm": WASM, ".hidden.html": SECRET, "notes.unknown": SECRET}
    for name, content in files.items():
        with open(os.path.join(folder, name), "wb") as out:
            out.write(content)
    with open(os.path.join(parent, "secret.txt"), "wb") as out:
        out.write(SECRET)
    os.makedirs(os.path.join(parent, "outside"))
    with open(os.path.join(parent, "outside", "file.txt"), "wb") as out:
        out.write(SECRET)
    os.symlink(os.path.join(parent, "secret.txt"), os.path.join(folder, "link.txt"))
    os.symlink(os.path.join(parent, "outside"), os.path.join(folder, "linked"))
    os.symlink(os.path.join(parent, "secret.txt"), os.path.join(folder, "index.html.gz"))
    return folder


class Server:
    def __init__(self, folder, *options):
        self.process = subprocess.Popen(
            [BINARY, "lab", "--port", "0", "--folder", folder, "--no-open", *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = self.process.stdout.readline().decode()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
        if not found:
            self.process.kill()
            raise AssertionError(f"no address: {line} {self.process.stderr.read().decode()}")
        self.port = int(found.group(1))

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=DEADLINE_S)

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        status = self.process.wait(timeout=DEADLINE_S)
        error = self.process.stderr.read().decode()
        self.process.stdout.close()
        self.process.stderr.close()
        return status, error


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body


def read_answer(connection, head=False):
    """The next answer of a connection; None when it was closed before one."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return None
        data += more
    top, body = data.split(b"\r\n\r\n", 1)
    lines = top.decode("latin-1").split("\r\n")
    status = int(lines[0].split()[1])
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
    length = 0 if head or status == 304 else int(headers["content-length"])
    while len(body) < length:
        body += connection.recv(65536)
    return Answer(status, headers, body)


class ServerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.folder = make_folder(cls.scratch.name)
        cls.server = Server(cls.folder)

    @classmethod
    def tearDownClass(cls):
        cls.server.end()
        cls.scratch.cleanup()

    def ask(self, target, method="GET", headers="", version="1.1", server=None):
        with (server or self.server).connect() as connection:
            connection.sendall(f"{method} {target} HTTP/{version}\r\nHost: localhost\r\n{headers}\r\n".encode("latin-1"))
            return read_answer(connection, head=method == "HEAD")

    def test_files_and_their_types(self):
        for target, body, kind in [("/", PAGE, "text/html; charset=utf-8"), ("/index.html", PAGE, "text/html; charset=utf-8"),
                                   ("/?act=2#x", PAGE, "text/html; charset=utf-8"),
                                   ("http://localhost/index.html", PAGE, "text/html; charset=utf-8"),
                                   ("/assets/index-1a2b.js", SCRIPT, "text/javascript; charset=utf-8"),
                                   ("/assets/reckon-3c4d.wasm", WASM, "application/wasm")]:
            with self.subTest(target):
                answer = self.ask(target)
                self.assertEqual((answer.status, answer.body), (200, body))
                self.assertEqual(answer.headers["content-type"], kind)
        self.assertEqual(self.ask("/").headers["cache-control"], "no-cache")
        self.assertIn("immutable", self.ask("/assets/reckon-3c4d.wasm").headers["cache-control"])

    def test_security_headers_stand_on_every_answer(self):
        expected = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
                    "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin"}
        directives = ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "connect-src 'self'",
                      "worker-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"]
        for answer in [self.ask("/"), self.ask("/absent"), self.ask("/", "POST"), self.ask("/", "HEAD"), self.ask("x")]:
            for name, value in expected.items():
                self.assertEqual(answer.headers[name], value)
            policy = [part.strip() for part in answer.headers["content-security-policy"].split(";")]
            for directive in directives:
                self.assertIn(directive, policy)
            self.assertNotIn("'unsafe-inline'", answer.headers["content-security-policy"])

    def test_head_tells_the_length_and_sends_nothing(self):
        with self.server.connect() as connection:
            connection.sendall(b"HEAD /assets/index-1a2b.js HTTP/1.1\r\nHost: localhost\r\n\r\n"
                               b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            data = b""
            while more := connection.recv(65536):
                data += more
        first, second = data.split(b"\r\n\r\n", 1)
        self.assertIn(f"Content-Length: {len(SCRIPT)}".encode(), first)
        self.assertTrue(second.startswith(b"HTTP/1.1 200"), second[:40])
        self.assertTrue(data.endswith(PAGE))

    def test_nothing_outside_the_folder(self):
        for target in ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/../../secret.txt", "/assets/../index.html",
                       "//etc/passwd", "/etc/passwd", "/link.txt", "/linked/file.txt", "/.hidden.html", "/notes.unknown", "/index.html%00.js",
                       "/assets", "/assets/", "/assets/index-1a2b.js.gz", "file:///etc/passwd", "http://localhost/../secret.txt",
                       "\\..\\secret.txt", "*"]:
            with self.subTest(target):
                answer = self.ask(target)
                self.assertIn(answer.status, (400, 404))
                self.assertNotIn(SECRET, answer.body)
                self.assertNotIn(b"root:", answer.body)
                self.assertLess(len(answer.body), 100)
                self.assertEqual(answer.headers["content-type"], "text/plain; charset=utf-8")

    def status_of(self, headers, target="/", server=None):
        """Of a request with these headers and no others."""
        with (server or self.server).connect() as connection:
            connection.sendall(f"GET {target} HTTP/1.1\r\n{headers}\r\n".encode("latin-1"))
            return read_answer(connection).status

    # A page from elsewhere whose name was made to mean this machine asks for its own name.
    def test_only_names_of_this_machine(self):
        for host in ["localhost", "localhost:8050", "127.0.0.1", f"127.0.0.1:{self.server.port}", "127.8.9.1", "[::1]", "[::1]:80"]:
            with self.subTest(host):
                self.assertEqual(self.status_of(f"Host: {host}\r\n"), 200)
        for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "127.evil.example:80", "0.0.0.0", "[::2]",
                     "[::1].evil.example", "lab"]:
            with self.subTest(host):
                self.assertEqual(self.status_of(f"Host: {host}\r\n"), 421)
        self.assertEqual(self.status_of("Host: localhost\r\n", "http://evil.example/index.html"), 421)
        self.assertEqual(self.status_of("Host: localhost\r\nHost: localhost\r\n"), 400)
        self.assertEqual(self.status_of("Host: localhost\r\nHost: evil.example\r\n"), 400)

    def test_folded_headers_are_refused(self):
        for text in ["Host: localhost\r\nX: a\r\n b\r\n", "Host: localhost\r\nX: a\r\n\tb\r\n", "Host:\r\n localhost\r\n"]:
            with self.subTest(text):
                self.assertEqual(self.status_of(text), 400)

    def test_ranges(self):
        target, n = "/assets/index-1a2b.js", len(SCRIPT)
        whole = self.ask(target)
        self.assertEqual(whole.headers["accept-ranges"], "bytes")
        for words, begin, end in [("0-0", 0, 1), ("5-9", 5, 10), ("10-", 10, n), ("-7", n - 7, n), (f"0-{n * 9}", 0, n),
                                  (f"-{n * 9}", 0, n)]:
            with self.subTest(words):
                part = self.ask(target, headers=f"Range: bytes={words}\r\n")
                self.assertEqual((part.status, part.body), (206, SCRIPT[begin:end]))
                self.assertEqual(part.headers["content-range"], f"bytes {begin}-{end - 1}/{n}")
        for words in [f"{n}-", f"{n}-{n + 5}", "-0"]:
            with self.subTest(words):
                part = self.ask(target, headers=f"Range: bytes={words}\r\n")
                self.assertEqual((part.status, part.body), (416, b""))
                self.assertEqual(part.headers["content-range"], f"bytes */{n}")
        # What is no single range is passed over, and so is one of another version of the file.
        for words in ["bytes=9-5", "bytes=-", "bytes=x-9", "bytes=0-1,5-6", "lines=0-5", "bytes=0-99999999999999999999999"]:
            with self.subTest(words):
                self.assertEqual(self.ask(target, headers=f"Range: {words}\r\n").status, 200)
        tag = whole.headers["etag"]
        self.assertEqual(self.ask(target, headers=f"Range: bytes=0-1\r\nIf-Range: {tag}\r\n").status, 206)
        self.assertEqual(self.ask(target, headers='Range: bytes=0-1\r\nIf-Range: "other"\r\n').status, 200)

    def test_pipelined_requests_are_answered_in_turn(self):
        with self.server.connect() as connection:
            connection.sendall(b"".join(b"GET /%s HTTP/1.1\r\nHost: localhost\r\n\r\n" % name
                                        for name in [b"", b"absent", b"assets/reckon-3c4d.wasm"] * 20)
                               + b"GET / HTTP/1.0\r\n\r\n")
            data = b""
            while more := connection.recv(65536):
                data += more
        statuses = re.findall(rb"HTTP/1.1 (\d+)", data)
        self.assertEqual(statuses, [b"200", b"404", b"200"] * 20 + [b"200"])
        self.assertTrue(data.endswith(PAGE))

    def test_only_get_and_head(self):
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "BREW", "PROPFIND"]:
            with self.subTest(method):
                answer = self.ask("/", method)
                self.assertEqual(answer.status, 405)
                self.assertEqual(answer.headers["allow"], "GET, HEAD")

    def test_a_body_is_refused_and_the_answer_arrives(self):
        with self.server.connect() as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n" + b"x" * 60000)
            self.assertEqual(read_answer(connection).status, 405)
            self.assertEqual(connection.recv(100), b"")
        self.assertEqual(self.ask("/", headers="Content-Length: 3\r\n").status, 400)

    def test_what_is_no_request(self):
        for text in [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
                     b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost lab\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]:
            with self.subTest(text), self.server.connect() as connection:
                connection.sendall(text)
                answer = read_answer(connection)
                self.assertIsNotNone(answer)
                self.assertEqual(answer.status, 400)
        self.assertEqual(self.ask("/", headers="X: " + "x" * 100_000 + "\r\n").status, 431)
        self.assertEqual(self.ask("/" + "x" * 100_000).status, 431)

    def test_tags_and_compression(self):
        target = "/assets/index-1a2b.js"
        plain = self.ask(target)
        self.assertNotIn("content-encoding", plain.headers)
        self.assertEqual(self.ask(target, headers="Accept-Encoding: gzip;q=0\r\n").body, SCRIPT)
        zipped = self.ask(target, headers="Accept-Encoding: deflate, gzip;q=0.8\r\n")
        self.assertEqual(zipped.headers["content-encoding"], "gzip")
        self.assertEqual(zipped.headers["vary"], "Accept-Encoding")
        self.assertEqual(gzip.decompress(zipped.body), SCRIPT)
        self.assertNotEqual(zipped.headers["etag"], plain.headers["etag"])
        for tag in [plain.headers["etag"], zipped.headers["etag"], "*", '"other", ' + plain.headers["etag"]]:
            again = self.ask(target, headers=f"If-None-Match: {tag}\r\n")
            self.assertEqual((again.status, again.body), (304, b""))
        self.assertEqual(self.ask(target, headers='If-None-Match: "other"\r\n').status, 200)

    def test_a_connection_is_kept_and_given_up_when_asked(self):
        with self.server.connect() as connection:
            for _ in range(3):
                connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                self.assertEqual(read_answer(connection).body, PAGE)
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            self.assertEqual(read_answer(connection).body, PAGE)
            self.assertEqual(connection.recv(100), b"")
        with self.server.connect() as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            self.assertEqual(read_answer(connection).body, PAGE)
            self.assertEqual(connection.recv(100), b"")

    def test_slow_and_half_sent_requests_end(self):
        server = Server(self.folder, "--timeout", "1")
        silent, half, slow = server.connect(), server.connect(), server.connect()
        half.sendall(b"GET / HTTP/1.1\r\nHo")
        stop = threading.Event()

        def drip():
            try:
                for byte in b"GET / HTTP/1.1\r\nX: " + b"x" * 10_000:
                    if stop.wait(0.1):
                        return
                    slow.sendall(bytes([byte]))
            except OSError:
                pass

        thread = threading.Thread(target=drip)
        thread.start()
        for connection in (silent, half, slow):
            # The deadline of the socket is the test's; the server's is a second.
            try:
                self.assertEqual(connection.recv(100), b"")
            except ConnectionResetError:
                pass
            connection.close()
        stop.set()
        thread.join()
        # A reader who does not read is no reason to wait either, and nobody else waits for him.
        self.assertEqual(self.ask("/", server=server).status, 200)
        self.assertEqual(server.end()[0], 0)

    def test_two_thousand_connections_and_four_thousand_requests(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        connections = [self.server.connect() for _ in range(2000)]
        for _ in range(2):
            for connection in connections:
                connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            for connection in connections:
                answer = read_answer(connection)
                self.assertEqual((answer.status, answer.body), (200, PAGE))
        self.assertEqual(self.ask("/").status, 200)
        for connection in connections:
            connection.close()

    def test_ends_cleanly(self):
        for how in (signal.SIGTERM, signal.SIGINT):
            server = Server(self.folder)
            idle = server.connect()
            idle.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertEqual(read_answer(idle).status, 200)
            half = server.connect()
            half.sendall(b"GET / HT")
            self.assertEqual(server.end(how), (0, ""))
            idle.close()
            half.close()

    def test_calls_that_cannot_be_served(self):
        def call(*options):
            done = subprocess.run([BINARY, "lab", "--no-open", *options], capture_output=True, timeout=DEADLINE_S, check=False)
            return done.returncode, done.stderr.decode()

        status, error = call("--folder", self.folder, "--port", str(self.server.port))
        self.assertEqual(status, 1)
        self.assertIn("is taken", error)
        self.assertIn(f"--port {self.server.port + 1}", error)
        for options, word in [(("--port", "70000"), "--port"), (("--port", "x"), "--port"), (("--host", "nowhere"), "--host"),
                              (("--timeout", "0"), "--timeout")]:
            status, error = call("--folder", self.folder, *options)
            self.assertEqual(status, 2)
            self.assertIn(word, error)
        with tempfile.TemporaryDirectory() as empty:
            status, error = call("--folder", empty)
            self.assertEqual(status, 1)
            self.assertIn("index.html", error)


def rate(seconds=5.0, n_connections=64, depth=8):
    """Requests a second over kept connections, `depth` under way on each."""
    with tempfile.TemporaryDirectory() as scratch:
        server = Server(make_folder(scratch))
        connections = {}
        request = b"GET /assets/index-1a2b.js HTTP/1.1\r\nHost: localhost\r\n\r\n"
        poll = select.epoll()
        for _ in range(n_connections):
            connection = server.connect()
            connections[connection.fileno()] = connection
            poll.register(connection, select.EPOLLIN)
            connection.sendall(request * depth)
        with server.connect() as once:
            once.sendall(request)
            answer = read_answer(once)
        size = len(answer.body) + sum(len(k) + len(v) + 4 for k, v in answer.headers.items()) + len("HTTP/1.1 200 OK\r\n\r\n")
        received = dict.fromkeys(connections, 0)
        n_answers, begin = 0, time.monotonic()
        while time.monotonic() - begin < seconds:
            for number, _ in poll.poll(1):
                received[number] += len(connections[number].recv(1 << 20))
                n, received[number] = divmod(received[number], size)
                n_answers += n
                if n:
                    connections[number].sendall(request * n)
        spent = time.monotonic() - begin
        for connection in connections.values():
            connection.close()
        status, error = server.end()
        print(f"{n_answers / spent:,.0f} requests a second of {len(SCRIPT):,} bytes over {n_connections} connections; "
              f"server ended with {status} {error}")


if __name__ == "__main__":
    if "--rate" in sys.argv:
        rate()
    else:
        run_tests()
