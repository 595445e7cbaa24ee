"""Search at 100, 1,000 and 10,000 recordings: time, memory and size of the index, and what a query costs in a browser.

    python benchmarks/search.py [--counts N,N] [--queries N] [--jobs N] [--pagefind PYTHON]

Recordings are made from a seed, as transcripts, since what is measured begins with the terms that an examination
remembers: 1 to 6,000 lines of words (median 120), 95 characters a line, whose vocabulary grows as that of real ones
does (exponent 0.72), with paths, flags, versions, hashes and some Chinese. Queries are words and pairs of words of
these lines, frequent and rare ones.

Queries are asked in Chromium, by the theme's own scripts, each with nothing in the cache but the scripts of the page:
kilobytes as they travel (JSON gzipped, as hosts do, the rest as it is), requests, milliseconds to the ranking and to
ten results with their lines. The server and Chromium share the processors with each other. Peak memory is that of the
largest process that makes the index; each row is made by a process of its own.

`--pagefind` names a Python that has `pagefind[bin]`: it indexes the same recordings as pages, up to 1,000 of them, and
is asked the same queries in the same run.
"""

from __future__ import annotations

import argparse
import gzip
import html
import http.server
import json
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from build import SHARED_MEMORY, conclude
from playwright.sync_api import Browser, sync_playwright
from recordings import word

from castsite.search.index import Library, Record, in_order, make_index
from castsite.search.parts import parts
from castsite.search.terms import Terms, found_by, pack, unpack
from castsite.spread import copies

LONGEST: Final = 6000
MEDIAN: Final = 120
_WORDS: Final = """
docker kubectl get pods nginx.conf --no-verify v1.27.3 permission denied /etc/hosts x86_64 package 配置文件 répertoire
the do error warning build test git commit install server started running connection refused file directory not found in
"""
COMMON: Final = _WORDS.split()


class Made:
    """Made-up transcripts in a folder: lines and terms of each."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder = folder
        self.rng = random.Random(count)  # noqa: S311 - text to be searched
        self.written = 0
        self.rare: list[str] = []
        self.seconds = 0.0
        self.records = in_order(self._record(number) for number in range(count))

    def terms(self, key: str) -> Terms:
        """Fetch what an examination would have remembered."""
        return unpack((self.folder / f"{key}.terms").read_bytes())

    def part(self, path: str) -> bytes:
        """Fetch a published part of a transcript."""
        return (self.folder / path).read_bytes()

    def _record(self, number: int) -> Record:
        rng = self.rng
        lines = [self._line() for _ in range(min(LONGEST, int(MEDIAN * rng.lognormvariate(0, 1.5)) + 1))]
        typed = frozenset(at for at in range(len(lines)) if rng.random() < 0.05)
        started = time.process_time()
        terms = pack(found_by(lines, typed, 200_000))
        self.seconds += time.process_time() - started
        slug = f"rec-{number:05}"
        (self.folder / f"{slug}.terms").write_bytes(terms)
        cut = parts(lines)
        for at, part in enumerate(cut, start=1):
            own = [line for line in part if line in typed]
            body = {
                "times": [500] * len(part),
                "lines": [lines[line] for line in part],
                "command_lines": [line - part.start for line in own],
            }
            name = f"{slug}.json" if at == 1 else f"{slug}.{at}.json"
            (self.folder / name).write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
        day = 18_000 + rng.randrange(2000)
        tags = tuple(rng.sample(COMMON[:6], 2))
        title = " ".join(self._word() for _ in range(4))
        return Record(slug, title, None, day, 60.0, tags, "", (), len(lines), "0" * 96, len(cut), 1 << 20, slug)

    def _line(self) -> str:
        size, pieces = self.rng.randint(30, 160), []
        while size > 0:
            pieces.append(self._word())
            size -= len(pieces[-1]) + 1
        return " ".join(pieces)

    def _word(self) -> str:
        rng, self.written = self.rng, self.written + 1
        if rng.random() < 0.45:
            return rng.choice(COMMON)
        if len(self.rare) < 10 * self.written**0.72:
            kind = rng.random()
            new = f"{rng.getrandbits(160):x}" if kind < 0.1 else f"{word(rng)}-{word(rng)}" if kind < 0.3 else word(rng)
            self.rare.append(new if kind < 0.8 else f"{new}{rng.randrange(10_000)}")
            return self.rare[-1]
        return self.rare[min(int(rng.paretovariate(0.6)) - 1, len(self.rare) - 1)]


class Cost(NamedTuple):
    """Of one query: kilobytes, requests, milliseconds to the ranking and to ten results."""

    kilobytes: float
    requests: int
    ranked: float
    shown: float


@dataclass
class Host:
    """A folder that is served, and what was asked of it."""

    folder: Path
    moved: int = 0
    asked: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def give(self, path: str) -> tuple[bytes, str, bool]:
        """Give the bytes of a file as they travel, their type, and whether they are gzipped."""
        name = path.partition("?")[0].lstrip("/")
        data = (self.folder / name).read_bytes() if name else b"<!doctype html><title>x</title>"
        suffix = name.rpartition(".")[2]
        zipped = suffix in {"json", "js", "html"}
        data = gzip.compress(data, 6) if zipped else data
        if name:
            with self.lock:
                self.moved += len(data)
                self.asked += 1
        return (
            data,
            {"js": "text/javascript", "json": "application/json"}.get(suffix, "application/octet-stream"),
            zipped,
        )


@contextmanager
def served(folder: Path) -> Iterator[tuple[Host, str]]:
    """Serve a folder as hosts do."""
    host = Host(folder)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or heads and bodies would wait for each other, 40 ms and more
        wbufsize = -1

        def do_GET(self) -> None:
            """Answer."""
            try:
                data, kind, zipped = host.give(self.path)
            except OSError:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", kind if self.path.strip("/") else "text/html")
            self.send_header("Content-Length", str(len(data)))
            if zipped:
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield host, f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


CASTSITE: Final = """async (query) => {
  const { Reader } = await import("/js/reader.js");
  const wish = { q: query, in: "", tag: "", series: "", author: "", from: "", to: "", min: "", max: "" };
  const start = performance.now();
  const reader = new Reader(location.href);
  const ranking = await reader.rank(wish);
  const ranked = performance.now();
  const { shown } = await reader.results(ranking, 1);
  return { ranked: ranked - start, shown: performance.now() - start, count: shown.length };
}"""
PAGEFIND: Final = """async (query) => {
  const pagefind = await import("/pagefind/pagefind.js");
  const start = performance.now();
  await pagefind.init();
  const found = await pagefind.search(query);
  const ranked = performance.now();
  const shown = await Promise.all(found.results.slice(0, 10).map((one) => one.data()));
  return { ranked: ranked - start, shown: performance.now() - start, count: shown.length };
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a browser."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        yield browser
        browser.close()


def ask(browser: Browser, folder: Path, script: str, program: str, queries: Sequence[str]) -> list[Cost]:
    """Ask every query in a browser that has nothing yet but the script of the page."""
    costs = []
    with served(folder) as (host, url):
        for query in queries:
            context = browser.new_context()
            page = context.new_page()
            page.goto(url)
            page.evaluate("(script) => import(script).then(() => undefined)", script)
            host.moved = host.asked = 0
            told = page.evaluate(program, query)
            costs.append(Cost(host.moved / 1000, host.asked, told["ranked"], told["shown"]))
            context.close()
    return costs


def measure(count: int, options: argparse.Namespace) -> None:
    """Build an index, ask it, and print a line; then the same with Pagefind.

    The browser's driver comes after the index: beside its threads no copies of the process can be made.
    """
    memory = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=memory, prefix="castsite-search-") as name:
        folder = Path(name)
        library = Made(folder, count)
        size = sum(path.stat().st_size for path in folder.glob("*.json"))
        started, before = time.monotonic(), _processor()
        fetching = Library(library.terms, lambda _text: ())
        files = make_index(library.records, (), fetching, folder / "index", copies(options.jobs)).files
        for file in files:
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.body())
        wall, spent, peak = time.monotonic() - started, _processor() - before, _peak()
        shutil.rmtree(folder / "index")
        shutil.copytree(Path(__file__).parents[1] / "themes/default/js", folder / "js")
        written = sum(path.stat().st_size for path in (folder / "search").rglob("*") if path.is_file())
        queries = list(_queries(library, options.queries))
        with chromium() as browser:
            row(
                "castsite",
                count,
                size,
                written,
                len(files),
                library.seconds,
                spent,
                wall,
                peak,
                ask(browser, folder, "/js/reader.js", CASTSITE, queries),
            )
            if options.pagefind and count <= PEER:
                _pagefind(browser, library, folder, size, queries, options.pagefind)


PEER: Final = 1000
"""Recordings up to which Pagefind is measured too: it needs 1.5 MB of memory for each."""


def _pagefind(  # noqa: PLR0913, PLR0917 - the parts of a comparison
    browser: Browser, library: Made, folder: Path, size: int, queries: Sequence[str], python: str
) -> None:
    pages = folder / "pages"
    for record in library.records:
        lines: list[str] = []
        for part in range(1, record.parts + 1):
            lines += json.loads(library.part(f"{record.slug}.json" if part == 1 else f"{record.slug}.{part}.json"))[
                "lines"
            ]
        text = "\n".join(f"<p>{html.escape(line)}</p>" for line in lines)
        (pages / record.slug).mkdir(parents=True)
        title = html.escape(record.title)
        page = f"<!doctype html><html lang=en><title>{title}</title><body><h1>{title}</h1>{text}"
        (pages / record.slug / "index.html").write_text(page, encoding="utf-8")
    started, before = time.monotonic(), _processor()
    script = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)"
    told = "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"  # of this process alone
    command = [sys.executable, "-c", f"{script}; {told}", python, "-m", "pagefind", "--site", pages]
    peak = int(subprocess.run(command, check=True, capture_output=True).stdout) / 1024
    wall, spent = time.monotonic() - started, _processor() - before
    found = [path for path in (pages / "pagefind").rglob("*") if path.is_file()]
    written = sum(path.stat().st_size for path in found)
    row(
        "pagefind",
        len(library.records),
        size,
        written,
        len(found),
        0,
        spent,
        wall,
        peak,
        ask(browser, pages, "/pagefind/pagefind.js", PAGEFIND, queries),
    )


def row(  # noqa: PLR0913, PLR0917 - a line of a table
    name: str,
    count: int,
    size: int,
    written: int,
    files: int,
    terms: float,
    spent: float,
    wall: float,
    peak: float,
    costs: list[Cost],
) -> None:
    """Print a line of the table."""
    middle = Cost(*(statistics.median(column) for column in zip(*costs, strict=True)))
    index = f"{size / 1e6:9.1f}{written / 1e6:8.2f}{written / size:6.0%}{files:7}{terms:8.1f}{spent:8.1f}{wall:7.1f}"
    moved = f"{middle.kilobytes:8.0f}{max(cost.kilobytes for cost in costs):7.0f}{middle.requests:7.0f}"
    print(f"{name:9}{count:7}{index}{peak:7.0f}{moved}{middle.ranked:8.0f}{middle.shown:7.0f}", flush=True)
    if name == "castsite":
        conclude(f"search in {count:,} recordings: ms until ranked", middle.ranked, "≤ 100")
        conclude(f"search in {count:,} recordings: ms until ten results have lines", middle.shown, "≤ 250")
        conclude(f"search in {count:,} recordings: KB moved", middle.kilobytes, "≤ 100")


def _queries(library: Made, count: int) -> Iterator[str]:
    rng = random.Random(1)  # noqa: S311 - queries
    for _ in range(count):
        rare, common = rng.choice(library.rare), rng.choice(COMMON)
        yield rng.choice([rare, common, f"{common} {rare}", f"{common} {rng.choice(COMMON)}"])


def _peak() -> float:
    """Megabytes of the largest of this process and of children that ended: it never sinks while the process lives."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024


def _processor() -> float:
    """CPU seconds of this process and of children that ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", default="100,1000,10000")
    parser.add_argument("--queries", type=int, default=30)
    parser.add_argument("--jobs", type=int, default=0)
    parser.add_argument("--bare", action="store_true", help="rows alone, all from this process")
    parser.add_argument("--pagefind", help="a Python that has pagefind[bin]")
    options = parser.parse_args()
    heads = ("parts MB", "MB", "", "files", "terms", "CPU s", "wall", "MB", "KB", "max", "asked", "ranked", "shown")
    widths = (9, 8, 6, 7, 8, 8, 7, 7, 8, 7, 7, 8, 7)
    counts = options.counts.split(",")
    if options.bare:
        for count in map(int, counts):
            measure(count, options)
        return
    print("index: size, CPU s of the memoised terms and of the index itself, peak memory; a query: KB, requests, ms")
    print(" " * 16 + "".join(f"{head:>{width}}" for head, width in zip(heads, widths, strict=True)), flush=True)
    for count in counts:  # each in a process of its own: memory is told as the most there ever was
        subprocess.run([sys.executable, __file__, *sys.argv[1:], "--bare", "--counts", count], check=True)


if __name__ == "__main__":
    sys.exit(main())
