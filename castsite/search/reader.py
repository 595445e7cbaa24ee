"""The index as it is read: as far as questions need it. The theme's `reader.js` reads the same files."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any, Final, NamedTuple, TypeVar

from msgspec import Struct, field

from castsite.search.catalogue import PLACES, Blocks, Head, Page, Part, Row, Sharded, Small, decoded, inverted
from castsite.search.index import BLOCK, FOLDER, PAGE, PAGES, ROOT, VERSION, day_of, said_in
from castsite.search.shard import DamagedError, read_columns, read_dates, read_shard
from castsite.search.varints import read_postings

T = TypeVar("T")

SHARDS: Final = 4
"""Shards that a prefix may be spread over."""

BEGINNING: Final = 3
"""Characters of a word by which titles are found when it is spread over more."""

Load = Callable[[str], bytes]
"""Fetches a file of the site by its path, with `?v=` where the index has versions.

Raises FileNotFoundError with the path where there is none, other OSErrors where it cannot be read, and DamagedError
where the path is none of a site.
"""


class LostError(Exception):
    """A part of a transcript is missing or damaged; `name` is the path of its file."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Found(NamedTuple):
    """Postings of a term, and of longer ones that begin with it."""

    exact: Sequence[int]
    rest: Sequence[Sequence[int]]
    partial: bool = False
    """of the longer ones only those in titles"""
    loose: bool = False
    """which may begin in another way: only the first characters were looked for"""
    maps: tuple[dict[str, list[int]], ...] = ()


class Index(Struct):
    """An index that is read as far as questions need it."""

    load: Load
    root: Sharded | Small
    first: list[int]
    """place of each recording's head, and the number of places"""
    _terms: dict[str, list[int]] = field(default_factory=dict)
    """of a small gallery"""
    _files: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def open(cls, load: Load) -> Index:
        """Read the root. Raises DamagedError, and OSError where there is none."""
        data = load(ROOT)
        head = decoded(data, Head)
        if head.v != VERSION:
            raise DamagedError
        root = decoded(data, Small) if head.records else decoded(data, Sharded)
        first = [0, *accumulate(1 << count.bit_length() for count in root.counts)]
        if first[-1] > PLACES:
            raise DamagedError
        index = cls(load, root, first)
        if isinstance(root, Small):
            if len(root.records) != len(root.counts) or len(root.parts) != sum(root.counts):
                raise DamagedError
            index._terms = inverted(root, first)
        return index

    @property
    def pages(self) -> int:
        """How many pages of Markdown there are."""
        return len(self.root.pages) if isinstance(self.root, Small) else self.root.pages

    def row(self, record: int) -> Row:
        """Give what the catalogue says of a recording."""
        if isinstance(self.root, Small):
            return self.root.records[record]
        return self._row(f"d/{record // BLOCK}.json", list[Row], record % BLOCK)

    def page(self, number: int) -> Page:
        """Give a page of Markdown."""
        if isinstance(self.root, Small):
            found = self.root.pages[number]
        else:
            found = self._row(f"p/{number // PAGES}.json", list[Blocks], number % PAGES)
        said = said_in(found.blocks)
        return Page(found.slug, found.title, found.date, found.tags, found.authors, said, found.about)

    def part(self, record: int, place: int, slug: str) -> Part:
        """Fetch a part of a recording's transcript. Raises LostError where it is missing or damaged."""
        number = place - self.first[record]
        if isinstance(self.root, Small):
            return self.root.parts[sum(self.root.counts[:record]) + number - 1]
        name = f"{slug}.json" if number == 1 else f"{slug}.{number}.json"
        try:
            data = self.load(name)
        except FileNotFoundError as error:
            raise LostError(name) from error
        try:
            return decoded(data, Part)
        except DamagedError as error:
            raise LostError(name) from error

    def shard(self, start: str) -> dict[str, list[int]]:
        """Fetch the shard with a start key."""
        try:
            return self._get(f"t/{start.encode('latin-1').hex()}.bin", read_shard)
        except UnicodeEncodeError as error:
            raise DamagedError from error

    def lookup(self, text: str, *, prefix: bool) -> Found:
        """Find a term, with `prefix` those too that begin with it."""
        if isinstance(self.root, Small):
            return _collected((self._terms,), text, prefix=prefix)
        shards = self.root.shards
        if not shards:
            return Found((), ())
        low = text.encode("utf-8", "replace").decode("latin-1")
        start = max(0, bisect_right(shards, low) - 1)
        end = bisect_right(shards, low + "\xff") if prefix else start + 1
        end = max(end, start + 1)
        if end - start <= SHARDS:
            return _collected(tuple(map(self.shard, shards[start:end])), text, prefix=prefix)
        found = _collected((self.shard(shards[start]),), text, prefix=False)
        key = text[: BEGINNING + text.startswith(PAGE)]
        listed = key in self.root.titles
        heads = self._get(f"h/{key.encode().hex()}.bin", lambda data: read_postings(data, 0)[0]) if listed else []
        return found._replace(rest=(heads,), partial=True, loose=len(text) > len(key))

    def columns(self) -> tuple[list[int], list[int]]:
        """Give day and seconds of every recording."""
        if isinstance(self.root, Small):
            rows = self.root.records
            return [day_of(row.date) for row in rows], [math.floor(row.seconds) for row in rows]
        days, seconds = self._get("columns.bin", read_columns)
        if len(days) != len(self.root.counts):
            raise DamagedError
        return days, seconds

    def dates(self) -> list[tuple[int, bool]]:
        """Give of every page its day, and whether it is about a recording."""
        if isinstance(self.root, Small):
            return [(day_of(page.date), page.about) for page in self.root.pages]
        dates = self._get("pages.bin", read_dates)
        if len(dates) != self.pages:
            raise DamagedError
        return dates

    def _row(self, path: str, kind: type[list[T]], at: int) -> T:
        rows = self._get(path, lambda data: decoded(data, kind))
        if at >= len(rows):
            raise DamagedError
        return rows[at]

    def _get(self, path: str, read: Callable[[bytes], T]) -> T:
        if path not in self._files:
            try:
                self._files[path] = read(self.load(f"{FOLDER}/{path}?v={self.root.version}"))
            except IndexError as error:
                raise DamagedError from error
        found: T = self._files[path]
        return found


def _collected(maps: tuple[dict[str, list[int]], ...], text: str, *, prefix: bool) -> Found:
    exact = next((found for one in maps if (found := one.get(text))), [])
    longer = (
        [found for one in maps for term, found in one.items() if len(term) > len(text) and term.startswith(text)]
        if prefix
        else []
    )
    return Found(exact, longer, maps=maps)
