"""A program that writes much, recorded by castsite and by asciinema 2.4 in turn: seconds, and the memory of each.

    python benchmarks/recorder.py [--size MB] [--rounds N] [--tools FOLDER] [--asciinema PROGRAM]

The output is random text in lines of a hundred characters, the same for both. Wall time is that of the whole command,
its start included. Memory is what the recording process has needed at most (VmHWM), asked for by the recorded program
itself when it has written all: of its parent, which is the recorder. Both recordings are read and must hold every byte.
asciinema is PROGRAM, or looked for in FOLDER (in `bin`, `venv/bin`), beside this Python and on PATH; where there is
none, castsite is measured alone. Linux only.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple

from build import SHARED_MEMORY, conclude, environment

MB: Final = 1_000_000
GOALS: Final = {"seconds": "≤ 1.1", "memory": "≤ 0.6"}
PROGRAM: Final = "cat {text}; grep VmHWM /proc/$PPID/status > {peak}"
PLACES: Final = ("bin", "venv/bin")
VARIABLES: Final = ("CASTSITE_REC", "ASCIINEMA_REC", "ASCIINEMA_SESSION")


class Run(NamedTuple):
    wall: float
    peak: float
    """MB"""


def main() -> None:
    options = _options()
    places = [str(options.tools / place) for place in PLACES] if options.tools else []
    path = os.pathsep.join((*places, str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))
    peer = shutil.which(options.asciinema or "asciinema", path=path)
    parent = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=parent, prefix="castsite-bench-") as folder:
        root = Path(folder)
        (root / "content").mkdir()
        text = root / "text"
        text.write_bytes(lines(options.size * MB))
        program = PROGRAM.format(text=text, peak=root / "peak")
        commands = {"castsite": [sys.executable, "-m", "castsite", "rec", "one", "-c", program]}
        if peer:
            commands["asciinema"] = [peer, "rec", "--overwrite", "-c", program, str(root / "content/two.cast")]
        else:
            print("asciinema: not found, left out")
        found = [{name: record(root, command) for name, command in commands.items()} for _ in range(options.rounds)]
    for name in commands:
        wall, peak = (statistics.median(run[name][at] for run in found) for at in range(2))
        print(f"{name:12}{wall:8.2f} s{peak:8.1f} MB")
    if peer:
        for at, what in enumerate(GOALS):
            ratio = statistics.median(run["castsite"][at] / run["asciinema"][at] for run in found)
            conclude(f"recorder: castsite ÷ asciinema 2.4, {what}", ratio, GOALS[what])


def lines(size: int) -> bytes:
    """Make so many bytes of text, the same each time."""
    text = base64.b64encode(random.Random(7).randbytes(size * 3 // 4))  # noqa: S311 - no secret
    return b"\n".join(text[at : at + 99] for at in range(0, len(text), 99))[:size]


def record(root: Path, command: list[str]) -> Run:
    """Record once; stop unless everything is there."""
    for made in (root / "content").iterdir():
        made.unlink()
    variables = {name: value for name, value in environment().items() if name not in VARIABLES}
    started = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=root,
        env=variables | {"SHELL": "/bin/sh"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    wall = time.perf_counter() - started
    (cast,) = (root / "content").glob("*.cast")
    with cast.open("rb") as file:
        written = sum(
            len(event[2]) - event[2].count("\r") for event in map(json.loads, list(file)[1:]) if event[1] == "o"
        )
    if written != (root / "text").stat().st_size:
        sys.exit(f"{' '.join(command)}: {written:,} bytes of output\n{done.stderr.decode()}")
    return Run(wall, int((root / "peak").read_text().split()[1]) / 1000)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=40, help="MB of output")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tools", type=Path, help="folder that peers were installed into")
    parser.add_argument("--asciinema", help="program of asciinema 2.4")
    return parser.parse_args()


if __name__ == "__main__":
    main()
