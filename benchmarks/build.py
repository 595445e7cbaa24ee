"""A whole cold build against its floor, and memory against the number of recordings.

    python benchmarks/build.py [--count N] [--rounds N] [--memory]

Floor: read every source, parse it line by line with the standard library, write the same bytes that the build wrote.
It is taken before and after each build, for a machine may be slow for a minute: ratios are those of one round.
CPU seconds count the workers too; there is one, since two on the two threads of one core slow each other down and
would be charged for it. Everything happens in a folder on a memory disk where there is one (TMPDIR or
/dev/shm), or disk noise decides. Ratios of one run hold on any machine, seconds do not.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from recordings import generate

SHARED_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
WATCHED: Final = (  # orphans (the fork server, and with it the workers) come to this process, which waits for them
    "import ctypes, os, resource, subprocess, sys\n"
    "ctypes.CDLL(None).prctl(36, 1)\n"
    "code = subprocess.run(sys.argv[1:]).returncode\n"
    "try:\n"
    "    while True: os.wait()\n"
    "except ChildProcessError: pass\n"
    "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
    "print(used.ru_utime + used.ru_stime, used.ru_maxrss)\n"
    "sys.exit(code)\n"
)


def conclude(what: str, found: float, goal: str = "") -> None:
    """Print a line that `make bench` gathers into its one table."""
    print(f"= {what:62}{found:10.2f}  {goal}".rstrip(), flush=True)


def environment() -> dict[str, str]:
    """Give what a program is started with: castsite is that of the checkout, and compiled, as what is installed is."""
    roots = (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", ""))
    given = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return given | {"PYTHONPATH": os.pathsep.join(filter(None, roots))}


def main() -> None:
    options = _options()
    parent = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=parent, prefix="castsite-bench-") as folder:
        if options.memory:
            _memory(Path(folder))
        else:
            _speed(Path(folder), options.count, options.rounds)


def _speed(folder: Path, count: int, rounds: int) -> None:
    site = _site(folder / "site", count, 180_000)
    sources = sorted((site / "content").rglob("*.cast"))
    size = sum(path.stat().st_size for path in sources)
    print(f"{count} recordings, {size / count / 1000:.0f} KB each; load {os.getloadavg()[0]:.1f}")
    _build(site)
    found = []
    for number in range(rounds):
        before = _floor(site, sources, folder / "copy")
        shutil.rmtree(site / "public")
        shutil.rmtree(site / ".castsite")
        cold, warm = _build(site)[0], _build(site)[0]
        floor = (before + _floor(site, sources, folder / "copy")) / 2
        found.append((floor, cold, warm))
        print(f"round {number + 1}: cold {cold:.2f} s CPU, warm {warm:.2f}, floor {floor:.2f}", flush=True)
    print(f"\n{'':8}{'CPU s':>8}{'ms each':>9}{'÷ floor':>9}")
    for at, name in enumerate(("floor", "cold", "warm")):
        middle = statistics.median(times[at] for times in found)
        ratio = statistics.median(times[at] / times[0] for times in found)
        print(f"{name:8}{middle:8.2f}{middle / count * 1000:9.2f}{ratio:9.2f}")
        if name == "cold":
            conclude(f"{count:,} recordings cold: CPU ÷ floor", ratio, "≤ 7")


def _memory(folder: Path) -> None:
    print(f"{'recordings':>11}{'peak MB':>9}")
    peaks = []
    for count in (200, 2000):
        peaks.append(_build(_site(folder / str(count), count, 4_000))[1])
        print(f"{count:11}{peaks[-1] / 1024:9.1f}")
    conclude("peak memory of a process, 2,000 ÷ 200 recordings", peaks[1] / peaks[0], "≤ 1.1")


def _site(site: Path, count: int, mean: int) -> Path:
    for number, (name, body) in enumerate(generate(1, count, mean)):
        path = site / "content" / f"part-{number % 10}" / f"{Path(name).stem}.cast"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return site


def _build(site: Path) -> tuple[float, int]:
    """Give CPU seconds and peak KiB of the largest process, of castsite and its workers."""
    command = [sys.executable, "-c", WATCHED, sys.executable, "-m", "castsite", "-C", str(site), "build", "--jobs", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment())
    seconds, peak = done.stdout.split()
    return float(seconds), int(peak)


def _floor(site: Path, sources: list[Path], copy: Path) -> float:
    shutil.rmtree(copy, ignore_errors=True)
    outputs = [path for path in sorted((site / "public").rglob("*")) if path.is_file()]
    bodies = [path.read_bytes() for path in outputs]
    started = time.process_time()
    for path in sources:
        for line in path.read_bytes().decode().splitlines():
            json.loads(line)
    for path, body in zip(outputs, bodies, strict=True):
        target = copy / path.relative_to(site / "public")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
    return time.process_time() - started


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
