#!/usr/bin/env python3
"""Asks every question of tests/cases/cases.tsv and holds the answer against what is known to be right.

usage: tests/cases_test.py [WORD]      RECKON_BINARY names the program; WORD: only rows that hold it

tests/cases/README.md says what a row is. A row that does not hold yet stands in not_yet.tsv with the
reason; once it holds, its line there has to go, so that the list shrinks.
"""
import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests/cases"
BINARY = os.environ.get("RECKON_BINARY", str(ROOT / "build/release/apps/cli/reckon"))


def rows(name, n_columns):
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    for line in filter(None, lines[1:]):
        columns = line.split("\t")
        assert len(columns) == n_columns and columns[-1], f"{name}: not {n_columns} columns: {line}"
        yield columns


def at(tree, path):
    for key in path.split("."):
        if tree is None:
            return None
        tree = tree[int(key)] if isinstance(tree, list) else tree.get(key)
    return tree


def asked(file, ask):
    words = shlex.split(ask)
    command = [words.pop(0)] if words and not words[0].startswith("-") else ["report"]
    return subprocess.run([BINARY, *command, str(FOLDER / file), *words, "--format", "json"],
                          capture_output=True, text=True, timeout=60, check=False)


def holds(file, ask, field, value):
    """Whether the answer is right, and what it is."""
    run = asked(file, ask)
    if run.returncode not in (0, 1, 2, 3):
        return False, f"exit status {run.returncode}"
    if field == "(exit)":
        return run.returncode == int(value), f"exit status {run.returncode} {run.stdout[:90]!r}"
    if field == "(answered or says)":
        return run.returncode == 0 or value in run.stdout, run.stdout[:140]
    answer = json.loads(run.stdout)
    if "error" in answer:
        return False, answer["error"]["message"]
    if field.startswith("(sum layers."):
        key = field.removeprefix("(sum layers.").removesuffix(")")
        got, value = sum(layer[key] or 0 for layer in answer["layers"]), at(answer, value)
    elif field == "(sum coverage)":
        coverage = answer["coverage"]
        got = coverage["counted"] + coverage["free"] + coverage["unknown"]
        value = at(answer, value)
    else:
        got = at(answer, field)
    return str(got).lower() == str(value).lower(), f"{got}, not {value}"


def main(word=""):
    cases = list(rows("cases.tsv", 5))
    not_yet = {tuple(row[:3]) for row in rows("not_yet.tsv", 4)}
    wrong = []
    if stray := not_yet - {tuple(case[:3]) for case in cases}:
        wrong.append(f"not_yet.tsv names no case: {sorted(stray)}")
    present = {file.name for file in FOLDER.iterdir()} - {"README.md", "cases.tsv", "not_yet.tsv"}
    if stray := present ^ {case[0] for case in cases}:
        wrong.append(f"a file without a case, or a case without a file: {sorted(stray)}")
    cases = [case for case in cases if word in " ".join(case)]
    for file, ask, field, value, why in cases:
        right, got = holds(file, ask, field, value)
        if right == ((file, ask, field) in not_yet):
            said = "holds now: take its line out of not_yet.tsv" if right else f"{got} ({why})"
            wrong.append(f"{file} {ask} {field}: {said}")
    for line in wrong:
        print(line)
    n_waiting = sum(tuple(case[:3]) in not_yet for case in cases)
    print(f"{len(cases)} cases, {n_waiting} of them do not hold yet, {len(wrong)} not as expected")
    if not cases:
        print(f"no case holds {word!r}")
    return 1 if wrong or not cases else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
