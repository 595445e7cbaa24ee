"""`make bench`: every benchmark in turn."""

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
    ("stores.py",),
    ("pages.py",),
    ("search.py",),
    ("peers.py",),
)


def main() -> None:
    for name, *arguments in RUNS:
        print(f"\n== {name} {' '.join(arguments)}", flush=True)
        subprocess.run([sys.executable, str(HERE / name), *arguments], check=True)


if __name__ == "__main__":
    main()
