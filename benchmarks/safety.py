"""What safety costs: looking for secrets, filtering outputs, masking values; on real recordings where there are some.

    python benchmarks/safety.py [--corpus FOLDER] [--count N] [--rounds N]

Sites are built from nothing with `secrets: off` and as they are built by default, one after the other in each round;
CPU seconds count the workers, of which there is one. The filter cannot be switched off: its seconds are those it takes
over the same recordings in this process. The share is what both add to a build without them. Masking is measured on
the recordings themselves, each with a word of its own output: finding and masking it, and then making certain.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from build import SHARED_MEMORY, WATCHED, conclude, environment
from recordings import generate

from castsite.cast.compressed import inflate
from castsite.cast.events import OUTPUT, Cast
from castsite.cast.read import read
from castsite.limits import Limits
from castsite.safety.redact import is_clean, looks_alike, redact
from castsite.safety.stream import without_acts
from castsite.safety.values import Values
from castsite.schema.block import split

SHARE = 0.35
MASKED = 40
"""Recordings in which a word is masked."""


def main() -> None:
    """Print a line for each round, and what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=os.environ.get("CASTSITE_CORPUS"))
    parser.add_argument("--count", type=int, default=200, help="of made-up recordings, where there is no corpus")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    parent = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=parent, prefix="castsite-safety-") as name:
        site = Path(name)
        _lay_down(site / "content", options)
        casts = [cast for path in sorted((site / "content").iterdir()) if (cast := _read(path))]
        size = sum(len(event.data) for cast in casts for event in cast.events if event.code == OUTPUT)
        print(f"{len(casts)} recordings, {size / 1e6:.1f} million characters of output")
        _cost(site, casts, options.rounds)
        _masking([cast for cast in casts if len(cast.events) < 20_000][:: max(len(casts) // MASKED, 1)])


def _lay_down(content: Path, options: argparse.Namespace) -> None:
    content.mkdir()
    if options.corpus:
        for number, path in enumerate(sorted(Path(options.corpus).rglob("*.cast"))):
            shutil.copy(path, content / f"{number}.cast")
        return
    for name, data in generate(1, options.count, 60_000):
        (content / name).write_bytes(data)


def _read(path: Path) -> Cast | None:
    inflated = inflate(path.read_bytes(), path=path.name, limits=Limits())
    block = split(inflated.data, path=path.name, limits=Limits())
    return read(block.rest, path=path.name, first_line=block.rest_line).cast


def _cost(site: Path, casts: list[Cast], rounds: int) -> None:
    shares = []
    for _ in range(rounds):
        without = _build(site, "off")
        started = time.process_time()
        for cast in casts:
            without_acts(cast)
        filtering = time.process_time() - started
        looking = _build(site, "warn") - without
        shares.append((looking + filtering) / (without - filtering))
        print(
            f"build without {without - filtering:.1f} s, looking {looking:.1f} s, filter {filtering:.2f} s", flush=True
        )
    conclude("secrets and filter: share of a build without them", statistics.median(shares), f"≤ {SHARE}")


def _build(site: Path, policy: str) -> float:
    """Build from nothing; give CPU seconds."""
    for name in ("public", ".castsite"):
        shutil.rmtree(site / name, ignore_errors=True)
    (site / "castsite.yml").write_text(f"title: S\nsecrets: {policy}\n", "utf-8")
    command = [sys.executable, "-c", WATCHED, sys.executable, "-m", "castsite", "build", "--jobs", "1"]
    done = subprocess.run(command, cwd=site, env=environment(), capture_output=True, text=True, check=True)
    return float(done.stdout.split()[0])


def _masking(casts: list[Cast]) -> None:
    masking = proving = 0.0
    size = 0
    for cast in casts:
        outputs = "".join(event.data for event in cast.events if event.code == OUTPUT)
        words = Counter(re.findall(r"[A-Za-z]{8,14}", outputs))
        if not words:
            continue
        values = Values([words.most_common()[len(words) // 2][0]])
        size += len(outputs)
        started = time.process_time()
        masked = redact(cast, values)
        found = time.process_time()
        if not (is_clean(masked.cast, values, masked.starts) and looks_alike(cast, masked.cast)):
            raise SystemExit("something is left, or has changed")
        masking, proving = masking + found - started, proving + time.process_time() - found
    conclude("masking, million characters a second", size / 1e6 / masking)
    conclude("masking and making certain, million characters a second", size / 1e6 / (masking + proving), "≥ 1")


if __name__ == "__main__":
    main()
