"""From saving a page to the moment at which `castsite serve` gives it, in the midst of many others.

    python benchmarks/served.py [--counts N,N] [--rounds N]

A word is written into one page; then its address is asked for, again and again, until the word is there. Milliseconds,
median and most of the rounds, one second apart.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import peers
from build import SHARED_MEMORY, conclude, environment

GOALS: Final = {1000: "≤ 150", 5000: "≤ 250"}
PATIENCE: Final = 120
"""Seconds."""


@contextmanager
def serving(site: Path) -> Iterator[str]:
    """Serve a project, and give its address."""
    command = [sys.executable, "-u", "-m", "castsite", "serve", "--port", "8765"]
    with subprocess.Popen(command, cwd=site, env=environment(), stderr=subprocess.PIPE, text=True) as server:
        try:
            for line in server.stderr or ():
                if found := re.search(r"http://\S+/", line):
                    yield found[0]
                    break
        finally:
            server.terminate()
            server.communicate()


def has(url: str, word: str) -> bool:
    """Whether a page is there, and holds a word."""
    try:
        with urllib.request.urlopen(url) as page:  # noqa: S310 - our own server
            return word in page.read().decode()
    except urllib.error.HTTPError:  # before the first build has ended
        return False


def measure(folder: Path, count: int, rounds: int) -> list[float]:
    """Give milliseconds of each round."""
    peer = next(one for one in peers.PEERS if one.name == "castsite")
    site = peers.project(peer, folder, tuple(peers.posts(count)))
    page = site / "content" / "posts" / f"post-{count // 2:06}.md"
    found = []
    with serving(site) as url:
        address = f"{url}posts/{page.stem}/"
        for number in range(rounds + 1):
            word = f"another{number:03}"
            page.write_text(f"{page.read_text(encoding='utf-8')}\n{word}\n", encoding="utf-8")
            saved = time.perf_counter()
            while not has(address, word):
                if time.perf_counter() - saved > PATIENCE:
                    sys.exit(f"{word} was never served")
                time.sleep(0.01)  # asking more often would hold the build up
            found.append((time.perf_counter() - saved) * 1000)
            time.sleep(1)
    return found[1:]  # the first one warms up


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", default="100,1000,5000")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    memory = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
    print(f"{'pages':>8}{'median ms':>12}{'most':>8}")
    for count in map(int, options.counts.split(",")):
        with tempfile.TemporaryDirectory(dir=memory, prefix="castsite-bench-") as folder:
            found = measure(Path(folder), count, options.rounds)
        print(f"{count:8}{statistics.median(found):12.0f}{max(found):8.0f}", flush=True)
        conclude(
            f"{count:,} pages: ms from saving one to its being served", statistics.median(found), GOALS.get(count, "")
        )


if __name__ == "__main__":
    main()
