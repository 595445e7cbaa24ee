"""`make bench`: every benchmark in turn, and at the end one table of what they found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
RUNS = (
    ("transcript.py", "--generated", "40"),
    ("build.py",),
    ("build.py", "--memory"),
    ("warm.py",),
    ("served.py",),
    ("stores.py",),
    ("pages.py",),
    ("search.py",),
    ("safety.py",),
    ("exports.py",),
    ("large.py",),
    ("pictures.py",),
    ("peers.py",),
    ("recorder.py",),
)


def main() -> None:
    """Pass on what each of them prints; a line that begins with `=` is a finding."""
    found = []
    for name, *arguments in RUNS:
        print(f"\n== {name} {' '.join(arguments)}", flush=True)
        command = [
            sys.executable,
            "-u",
            str(HERE / name),
            *arguments,
            *sys.argv[1:] * (name in {"exports.py", "peers.py", "pictures.py", "recorder.py"}),
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
            for line in run.stdout or ():
                print(line, end="", flush=True)
                found += [line.removeprefix("= ")] if line.startswith("= ") else []
        if run.returncode:
            sys.exit(run.returncode)
    print(f"\n{'all of it':62}{'found':>10}  goal\n{''.join(found)}", end="")


if __name__ == "__main__":
    main()
