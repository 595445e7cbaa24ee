"""From saving a page to the moment at which `castsite serve` gives it, in the midst of many others.

    python benchmarks/served.py [--counts N,N] [--rounds N]

A word is written into one page; when the server says to the browsers that something is new, its address is asked for,
and has to hold the word. Milliseconds, median and most of the rounds, about one second apart.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import peers
from build import SHARED_MEMORY, conclude, environment
from tornado.websocket import websocket_connect

GOALS: Final = {1000: "≤ 150", 5000: "≤ 250"}
HELLO: Final = {"command": "hello", "protocols": ["http://livereload.com/protocols/official-7"]}
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


def save(page: Path, word: str) -> None:
    """Write a word at the end of a page."""
    page.write_text(f"{page.read_text(encoding='utf-8')}\n{word}\n", encoding="utf-8")


async def saves(page: Path, address: str, live: str, rounds: int) -> AsyncIterator[float]:
    """Save the page as often as asked for, and give the milliseconds until a browser that waits has what is new."""
    browser = await websocket_connect(live)
    await browser.write_message(json.dumps(HELLO))
    await browser.write_message(json.dumps({"command": "info", "url": address}))
    for number in range(rounds):
        word = f"another{number:03}"
        save(page, word)
        saved = time.perf_counter()
        while not has(address, word):
            while json.loads(await asyncio.wait_for(browser.read_message(), PATIENCE) or "{}")["command"] != "reload":
                pass
        yield (time.perf_counter() - saved) * 1000
        await asyncio.sleep(0.5 + number % 7 / 7)  # at no fixed moment of what a server does when it rests
    browser.close()


def measure(folder: Path, count: int, rounds: int) -> list[float]:
    """Give milliseconds of each round."""
    peer = next(one for one in peers.PEERS if one.name == "castsite")
    site = peers.project(peer, folder, tuple(peers.posts(count)))
    page = site / "content" / "posts" / f"post-{count // 2:06}.md"

    async def all_of(url: str) -> list[float]:
        address = f"{url}posts/{page.stem}/"
        live = f"{url.replace('http', 'ws', 1)}__castsite/live"
        return [took async for took in saves(page, address, live, rounds + 3)]

    with serving(site) as url:
        while not has(f"{url}posts/{page.stem}/", "post"):
            time.sleep(1)
        return asyncio.run(all_of(url))[3:]  # what has just been written is read again, which passes


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
