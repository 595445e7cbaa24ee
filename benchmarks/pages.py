"""What a reader's browser bears: a recording of very many lines, how still pages stand as they load, what they weigh.

    python benchmarks/pages.py [--lines N]

Builds a site with one generated recording of N lines, all of them written into its page, and looks at it in Chromium
by way of Playwright: first paint, and the longest task (no frame is shorter than that) while scrolling, searching and
following playback: in milliseconds of its own processor time, which a busy machine does not lengthen, and of the clock.
Watching costs something, too. Then, for each kind of page, layout shift and bytes after gzip: HTML, style sheets,
scripts that load with the page, and scripts that a first use may fetch. Weights hold on any machine, times do not.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import http.server
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright
from recordings import word

FRAME: Final = 50
"""Milliseconds that no task may take."""
LIMITS: Final = {"gallery": (40, 4), "recording": (30, 8)}
"""KB of HTML and of scripts that load with a page."""
LATER: Final = 25
"""KB of scripts that a first use may fetch."""
STYLES: Final = 12
"""KB of style sheets."""
SIZES: Final = ((1440, 900), (360, 740))

WATCH: Final = """
window.seen = {moved: 0};
new PerformanceObserver(list => list.getEntries().forEach(e => { if (!e.hadRecentInput) seen.moved += e.value }))
  .observe({type: "layout-shift", buffered: true});
"""
FRAMES: Final = """
async ([steps, act]) => {
  const step = new Function("at", act);
  for (let at = 0; at < steps; at += 1) {
    step(at / steps);
    await new Promise(requestAnimationFrame);
  }
}
"""
SCROLL: Final = "scrollTo(0, at * document.documentElement.scrollHeight)"
FOLLOW: Final = (
    "document.dispatchEvent(new CustomEvent('castsite:time', {detail: {time: at * %s}}))"  # as a player tells the time
)
QUERIES: Final = ("e", "er", "err", "error 7", "no such thing at all")


def main() -> None:
    options = _options()
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("chromium is missing")
    with tempfile.TemporaryDirectory(prefix="castsite-bench-") as folder:
        site = _site(Path(folder), options.lines)
        with _served(site / "public") as origin, sync_playwright() as playwright:
            flags = ["--no-sandbox", "--disable-background-networking"]
            browser = playwright.chromium.launch(executable_path=chromium, args=flags)
            print(f"{'longest task, ms':28}{'processor':>16}{'clock':>16}")
            _long(browser, f"{origin}/long/", options.lines)
            _kinds(browser, origin, site / "public")
            browser.close()


def _site(site: Path, lines: int) -> Path:
    (site / "content").mkdir()
    (site / "castsite.yml").write_text("title: Pages\nlimits: {transcript_inline: 64 MiB}\n")
    (site / "content/long.cast").write_text(_cast(lines, commands=300))
    (site / "content/short.cast").write_text(_cast(480, commands=12))
    for number in range(19):
        (site / f"content/other-{number}.cast").write_text(_cast(30, commands=2, seed=number))
    (site / "content/about.md").write_text("Words.\n")
    subprocess.run([sys.executable, "-m", "castsite", "-C", str(site), "build"], check=True, capture_output=True)
    return site


def _cast(lines: int, *, commands: int, seed: int = 1) -> str:
    """Give a recording whose transcript has this many lines, no two alike."""
    rng = random.Random(seed)  # noqa: S311 - not a secret
    words = [word(rng) for _ in range(500)]
    events: list[str] = [json.dumps({"version": 2, "width": 100, "height": 30})]
    time = 0.0
    for number in range(lines):
        time += 0.5 if number % (lines // commands) == 0 else 0.02
        said = " ".join(rng.choices(words, k=rng.randint(3, 9)))
        kind = rng.choice(("ok", "ok", "warning", "error"))
        text = f"$ make {said}" if number % (lines // commands) == 0 else f"{number:6} {kind} {said}"
        events.append(json.dumps([round(time, 3), "o", f"{text}\r\n"]))
    return "\n".join([*events, ""])


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _opened(browser: Browser, url: str, size: tuple[int, int]) -> Page:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(url)
    page.wait_for_load_state("networkidle")
    return page


# ---- the long page


def _long(browser: Browser, url: str, lines: int) -> None:
    traced = Traced(browser, browser.new_page(viewport={"width": SIZES[0][0], "height": SIZES[0][1]}))
    page = traced.page
    with traced.told("loading"):
        page.goto(url)
        page.wait_for_load_state("networkidle")
    rows = page.locator(".log > li").count()
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    print(f"{'first paint':28}{paint:16.0f} ms, {rows} of {lines} lines on the page")
    length = page.evaluate("JSON.parse(document.getElementById('castsite-player').textContent).duration")
    with traced.told("scrolling"):
        page.evaluate(FRAMES, [120, SCROLL])
    page.evaluate("scrollTo(0, document.querySelector('#transcript').offsetTop)")
    field = page.locator("[data-inside] input")
    with traced.told("opening the search"):
        field.focus()
        page.locator("[data-inside][data-ready]").wait_for()
    for query in (*QUERIES, ""):
        with traced.told(f"searching “{query}”"):
            field.fill(query)
            page.wait_for_timeout(200)
            page.locator("[data-transcript]:not([aria-busy])").wait_for()
    field.fill("error")
    page.locator("[data-count]", has_text="lines").wait_for()
    with traced.told("going through hits"):
        for _ in range(20):
            field.press("Enter")
    with traced.told("scrolling hits"):
        page.evaluate(FRAMES, [120, SCROLL])
    field.fill("")
    page.wait_for_timeout(500)
    with traced.told("following"):
        page.evaluate(FRAMES, [120, FOLLOW % length])
    page.close()


@dataclass
class Traced:
    """A page whose main thread is watched."""

    browser: Browser
    page: Page

    @contextmanager
    def told(self, name: str) -> Iterator[None]:
        """Print the longest task of what happens inside."""
        self.browser.start_tracing(page=self.page, categories=["toplevel", "devtools.timeline", "__metadata"])
        yield
        events = json.loads(self.browser.stop_tracing())["traceEvents"]
        renderer = {(one["pid"], one["tid"]) for one in events if one.get("args", {}).get("name") == "CrRendererMain"}
        own = [one for one in events if (one["pid"], one["tid"]) in renderer]
        asked = sorted(one["ts"] for one in own if "DevTools" in json.dumps(one.get("args", {})))
        tasks = [one for one in own if one["name"].endswith("RunTask") and not _within(one, asked)]
        longest = max((one.get("tdur", 0) for one in tasks), default=0) / 1000
        passed = max((one.get("dur", 0) for one in tasks), default=0) / 1000
        print(f"{name:28}{longest:16.0f}{passed:16.0f}{'  over' if longest > FRAME else ''}", flush=True)


def _within(task: dict[str, float], moments: list[float]) -> bool:
    """Tell whether it is a task of ours: it answers the one who measures."""
    at = bisect_left(moments, task["ts"])
    return at < len(moments) and moments[at] <= task["ts"] + task.get("dur", 0)


# ---- all kinds of pages


def _kinds(browser: Browser, origin: str, public: Path) -> None:
    print(f"\n{'KB after gzip':14}{'HTML':>8}{'CSS':>8}{'scripts':>9}{'later':>8}{'shift':>9}")
    for name, path in (("gallery", ""), ("recording", "short/"), ("page", "about/"), ("404", "404.html")):
        file = public / (f"{path}index.html" if not path.endswith(".html") else path)
        text = file.read_text(encoding="utf-8")
        styles = [file.parent / href for href in re.findall(r'<link rel="stylesheet" href="([^"]+)"', text)]
        entries = [file.parent / src for src in re.findall(r'<script[^>]* src="([^"]+)"', text)]
        first = _reached(entries, later=False)
        later = _reached(first, later=True) - first
        moved = max(_shift(browser, f"{origin}/{path}", size) for size in SIZES)
        weights = [_weight([file]), _weight(styles), _weight(first), _weight(later)]
        html, scripts = LIMITS.get(name, (40, 8))
        over = [one for one, limit in zip(weights, (html, STYLES, scripts, LATER), strict=True) if one > limit]
        print(f"{name:14}{weights[0]:8.1f}{weights[1]:8.1f}{weights[2]:9.1f}{weights[3]:8.1f}{moved:9.4f}"
              f"{'  over' if over else ''}")  # fmt: skip


def _shift(browser: Browser, url: str, size: tuple[int, int]) -> float:
    page = _opened(browser, url, size)
    moved = float(page.evaluate("seen.moved"))
    page.context.close()
    return moved


def _reached(entries: list[Path] | set[Path], *, later: bool) -> set[Path]:
    """Give the modules that these import; with `later` also those that a use fetches."""
    pattern = r'(?:\bfrom |\bimport )"(\.[^"]+)"' + (r'|\bimport\("(\.[^"]+)"\)' if later else r"|($^)")
    found: set[Path] = set()
    todo = [path.resolve() for path in entries if path.is_file()]
    while todo:
        path = todo.pop()
        if path in found:
            continue
        found.add(path)
        code = re.sub(r"/\*.*?\*/|^//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
        todo += [(path.parent / (one or other)).resolve() for one, other in re.findall(pattern, code)]
    return found


def _weight(files: list[Path] | set[Path]) -> float:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in files if path.is_file()) / 1000


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=36_000)
    return parser.parse_args()


if __name__ == "__main__":
    main()
