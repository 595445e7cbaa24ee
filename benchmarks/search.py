"""The index of search at 100, 1,000 and 10,000 recordings: time, memory, size, and what a query moves.

    python benchmarks/search.py [--counts N,N] [--queries N] [--jobs N]

Recordings are made from a seed, as transcripts, since what is measured begins with the terms that an examination
remembers: 1 to 6,000 lines of words (median 120), 95 characters a line, whose vocabulary grows as that of real ones
does (exponent 0.72), with paths, flags, versions, hashes and some Chinese. Queries are words and pairs of words of
these lines, frequent and rare ones. KB are of the files that a reader asks for, parts of transcripts gzipped as hosts
do, everything else as it is; peak memory is that of this process and its children.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from build import SHARED_MEMORY
from recordings import word

from castsite.search.answers import answers
from castsite.search.index import Record, in_order, index_files
from castsite.search.parts import parts
from castsite.search.query import Filters, Index
from castsite.search.terms import Terms, found_by, pack, unpack
from castsite.spread import copies

LONGEST: Final = 6000
MEDIAN: Final = 120
_WORDS: Final = """
docker kubectl get pods nginx.conf --no-verify v1.27.3 permission denied /etc/hosts x86_64 package 配置文件 répertoire
the do error warning build test git commit install server started running connection refused file directory not found in
"""
COMMON: Final = _WORDS.split()


class Library:
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


def measure(count: int, queries: int, jobs: int) -> None:
    """Build an index, ask it, and print a line."""
    memory = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=memory, prefix="castsite-search-") as name:
        folder = Path(name)
        library = Library(folder, count)
        size = sum(path.stat().st_size for path in folder.glob("*.json"))
        before, started = _processor(), time.monotonic()
        files = list(index_files(library.records, (), library.terms, folder / "index", copies(jobs)))
        public = folder / "public"
        for file in files:
            path = public / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.body())
        wall, spent = time.monotonic() - started, _processor() - before
        written = sum(path.stat().st_size for path in public.rglob("*") if path.is_file())
        shutil.rmtree(folder / "index")
        peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
        moved, asked, ranked, shown = zip(*_asked(library, public, queries), strict=True)
        print(
            f"{count:9}{size / 1e6:9.1f}{written / 1e6:9.2f}{written / size:7.0%}{len(files):8}"
            f"{library.seconds:9.1f}{spent:9.1f}{wall:8.1f}{peak:8.0f}"
            f"{statistics.median(moved):9.0f}{max(moved):7.0f}{statistics.median(asked):9.0f}"
            f"{statistics.median(ranked):9.0f}{statistics.median(shown):8.0f}",
            flush=True,
        )


def _asked(library: Library, public: Path, count: int) -> Iterator[tuple[float, int, float, float]]:
    """Ask queries, each of a reader that has nothing yet: KB, requests, ms to the ranking and to ten with lines."""
    rng = random.Random(1)  # noqa: S311 - queries
    for _ in range(count):
        words = [rng.choice(library.rare), *([rng.choice(COMMON)] if rng.random() < 0.5 else [])]
        query = " ".join(words) if rng.random() < 0.7 else rng.choice(COMMON)
        loaded: dict[str, int] = {}

        def load(path: str, loaded: dict[str, int] = loaded) -> bytes:
            name = path.partition("?")[0]
            data = (public / name).read_bytes() if name.startswith("search/") else library.part(name)
            loaded[name] = len(gzip.compress(data, 6)) if name.endswith(".json") else len(data)
            return data

        index = Index.open(load)
        started = time.perf_counter()
        ranking = index.rank(query, Filters())
        ranked = time.perf_counter()
        list(islice(answers(index, ranking, Filters()), 10))
        ended = time.perf_counter()
        yield sum(loaded.values()) / 1000, len(loaded), (ranked - started) * 1000, (ended - started) * 1000


def _processor() -> float:
    """CPU seconds of this process and of children that ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", default="100,1000,10000")
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=0)
    options = parser.parse_args()
    heads = (
        "",
        "parts MB",
        "MB",
        "share",
        "files",
        "terms",
        "CPU s",
        "wall",
        "MB",
        "KB",
        "max",
        "asked",
        "ranked",
        "shown",
    )
    widths = (9, 9, 9, 7, 8, 9, 9, 8, 8, 9, 7, 9, 9, 8)
    print(
        "recordings, index: size, CPU s of the memoised terms and of the index, peak memory; a query: KB, requests, ms"
    )
    print("".join(f"{head:>{width}}" for head, width in zip(heads, widths, strict=True)))
    for count in map(int, options.counts.split(",")):
        measure(count, options.queries, options.jobs)


if __name__ == "__main__":
    sys.exit(main())
