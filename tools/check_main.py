"""What the check_* programs share: their command line and their last words."""
import os
import sys


def main(name, doc, check):
    """Runs check(root) -> (findings, number of things looked at). Returns the exit status."""
    arguments = sys.argv[1:]
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    stamp = None
    while arguments:
        argument = arguments.pop(0)
        if argument == "--root" and arguments:
            root = arguments.pop(0)
        elif argument == "--stamp" and arguments:
            stamp = arguments.pop(0)
        else:
            asked = argument in ("-h", "--help")
            print(doc.strip(), file=sys.stdout if asked else sys.stderr)
            return 0 if asked else 2
    findings, n_seen = check(root)
    for finding in findings:
        print(finding, file=sys.stderr)
    if findings or n_seen == 0:
        print(f"{name}: {len(findings)} findings in {n_seen} places", file=sys.stderr)
        return 1
    if stamp:
        with open(stamp, "w", encoding="utf-8"):
            pass
    return 0
