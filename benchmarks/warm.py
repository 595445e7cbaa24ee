"""Builds after the first one: with nothing changed, and with one file changed, of pages and of recordings.

    python benchmarks/warm.py [--pages N,N] [--recordings N,N] [--rounds N]

Each is a whole process, from its start to its end; seconds of the clock and of processors, medians of the rounds. After
the changed one, the site is built again from nothing, and has to be the same byte for byte. `power`: by which power of
the number of files the seconds have grown.
"""

from __future__ import annotations

import argparse
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import peers
import recordings
from build import SHARED_MEMORY, conclude, environment

CASTSITE: Final = (sys.executable, "-m", "castsite", "build")
MEAN: Final = 180_000
"""Bytes of a recording."""


class Took(NamedTuple):
    """Seconds."""

    clock: float
    processors: float


def built(site: Path, *flags: str) -> Took:
    """Build in a process of its own."""
    begun, before = time.monotonic(), os.times()
    subprocess.run([*CASTSITE, *flags], cwd=site, check=True, capture_output=True, env=environment())
    after = os.times()
    used = (after.children_user - before.children_user) + (after.children_system - before.children_system)
    return Took(time.monotonic() - begun, used)


def pages(site: Path, count: int) -> Path:
    """Lay a site of pages down; give the one that will change."""
    peer = next(one for one in peers.PEERS if one.name == "castsite")
    folder = peers.project(peer, site, tuple(peers.posts(count)))
    return sorted((folder / "content").rglob("*.md"))[count // 2]


def casts(site: Path, count: int) -> Path:
    """Lay a site of recordings down; give the one that will change."""
    (site / "content").mkdir(parents=True)
    (site / "castsite.yml").write_text("title: Warm\nbase_url: https://example.com/\n", "utf-8")
    for name, data in recordings.generate(1, count, MEAN):
        (site / "content" / name).write_bytes(data)
    return sorted((site / "content").iterdir())[count // 2]


def change(path: Path, number: int) -> None:
    """Write a word into a page, or into the output of a recording."""
    text = path.read_text("utf-8")
    if path.suffix == ".md":
        path.write_text(f"{text}\nword{number}\n", "utf-8")
        return
    path.write_text(re.sub(r'"o", "', f'"o", "word{number} ', text, count=1), "utf-8")


def tree(folder: Path) -> dict[str, bytes]:
    """Read everything that was published."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def measure(lay: Callable[[Path, int], Path], count: int, rounds: int) -> Iterator[tuple[str, Took]]:
    """Measure a site of one size."""
    memory = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=memory, prefix="castsite-warm-") as name:
        site = Path(name) / "site"
        site.mkdir()
        one = lay(site, count)
        site = next(parent for parent in one.parents if (parent / "castsite.yml").exists())
        yield "cold", built(site)
        nothing, changed = [], []
        for number in range(rounds):
            nothing.append(built(site))
            change(one, number)
            changed.append(built(site))
        yield "nothing changed", _middle(nothing)
        yield "one changed", _middle(changed)
        warm = tree(site / "public")
        shutil.rmtree(site / ".castsite")
        shutil.rmtree(site / "public")
        built(site)
        if warm != tree(site / "public"):
            sys.exit("a warm build is not what a cold one is")


def _middle(found: list[Took]) -> Took:
    return Took(*(statistics.median(column) for column in zip(*found, strict=True)))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", default="1000,5000")
    parser.add_argument("--recordings", default="100,1000")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    for name, lay, counts in (("pages", pages, options.pages), ("recordings", casts, options.recordings)):
        print(f"{name:12}{'build':18}{'seconds':>9}{'processors':>12}{'power':>8}")
        before: dict[str, tuple[int, Took]] = {}
        power_of: dict[str, float] = {}
        for count in map(int, filter(None, counts.split(","))):
            for kind, took in measure(lay, count, options.rounds):
                power = ""
                if kind in before:
                    fewer, then = before[kind]
                    power = f"{math.log(took.clock / then.clock) / math.log(count / fewer):.2f}"
                    power_of[kind] = float(power)
                before[kind] = count, took
                print(f"{count:<12}{kind:18}{took.clock:9.2f}{took.processors:12.2f}{power:>8}", flush=True)
        for kind, (count, took) in before.items():
            conclude(f"{count:,} {name}, {kind}: seconds", took.clock)
        for kind, found in power_of.items():
            conclude(f"growth of time with {name}, {kind}: power", found, "≤ 1.05")


if __name__ == "__main__":
    main()
