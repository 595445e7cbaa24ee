"""A recording of 100 MB, opened in its middle: what is fetched, and how long the browser works.

    python benchmarks/large.py [--size MB]

It is built with raised limits, by one worker; then its page is opened in Chromium at a second in the middle, with
nothing in the cache, until the screen of that second is there. Kilobytes of the recording are those of its index and
segments; work is what the page's thread did, as Chromium counts it. The whole recording is opened in the same way on
a copy of the site without segments.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import msgspec
from build import SHARED_MEMORY, WATCHED, conclude, environment
from playwright.sync_api import Browser
from search import chromium

CONFIG: Final = "title: Large\nlimits: {file_size: 400 MiB, seconds_per_recording: 600, worker_memory: 4 GiB}\n"
PATIENCE: Final = 120
"""Seconds."""


def lay_down(site: Path, size: int) -> int:
    """Write a recording of so many megabytes, ten screens a second, each of which says its second; give the seconds."""
    (site / "content").mkdir()
    (site / "castsite.yml").write_text(CONFIG, "utf-8")
    words = [f"\x1b[3{at % 8}mword{at * 7919 % 99991}\x1b[m " for at in range(5000)]
    events = 0
    with (site / "content" / "large.cast").open("wb") as file:
        file.write(b'{"version": 2, "width": 100, "height": 30}\n')
        while file.tell() < size * 1_000_000:
            drawn = "".join(words[(events * 31 + at) % 5000] for at in range(90))
            text = f"\x1b[H\x1b[2J{drawn}\x1b[Hsecond {events // 10}.\x1b[K"
            file.write(msgspec.json.encode([events / 10, "o", text]) + b"\n")
            events += 1
    return events // 10


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, dict[str, int]]]:
    """Serve a folder; bytes are counted by path."""
    moved: dict[str, int] = {}

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            """Answer."""
            path = Path(self.translate_path(self.path))
            path = path / "index.html" if path.is_dir() else path
            moved[self.path] = path.stat().st_size if path.is_file() else 0
            super().do_GET()

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", moved
        server.shutdown()


def opened(browser: Browser, url: str, second: int) -> tuple[float, float]:
    """Open the page at a second; give seconds of the clock, and of work."""
    page = browser.new_context().new_page()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    began = time.perf_counter()
    page.goto(f"{url}large/#t={second}")
    while f"second {second}." not in page.evaluate("document.querySelector('.ap-term-text')?.textContent ?? ''"):
        if time.perf_counter() - began > PATIENCE:
            raise SystemExit("the screen never came")
        page.wait_for_timeout(20)
    took = time.perf_counter() - began
    page.wait_for_timeout(1000)  # what is fetched ahead
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    page.context.close()
    return took, metrics["TaskDuration"]


def main() -> None:
    """Print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=100, help="megabytes")
    size = parser.parse_args().size
    memory = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=memory, prefix="castsite-bench-") as name, chromium() as browser:
        site = Path(name)
        seconds = lay_down(site, size)
        command = [sys.executable, "-c", WATCHED, sys.executable, "-m", "castsite", "build", "--jobs", "1"]
        began = time.perf_counter()
        done = subprocess.run(command, cwd=site, env=environment(), capture_output=True, text=True, check=True)
        print(f"built in {time.perf_counter() - began:.0f} s; {done.stdout.strip()}")
        public = site / "public"
        with served(public) as (url, moved):
            took, work = opened(browser, url, seconds // 2)
            data = sum(count for path, count in moved.items() if "/segments/" in path or path.endswith(".cast"))
            print(f"in segments: {took:.2f} s, work {work:.2f} s, of the recording {data / 1000:,.0f} KB", flush=True)
            conclude(f"{size} MB, opened in the middle: KB of the recording", data / 1000, "< 1000")
            conclude(f"{size} MB, opened in the middle: seconds of work", work, "< 1")
            page = public / "large" / "index.html"
            page.write_text(re.sub(r'"segments":"[^"]*",?', "", page.read_text("utf-8")), "utf-8")
            took, work = opened(browser, url, seconds // 2)
            print(f"whole: {took:.2f} s, work {work:.2f} s", flush=True)


if __name__ == "__main__":
    main()
