"""The index as files: shards of terms, titles, blocks of the catalogue, the root. `docs/search.md` has the formats.

It is made in two steps, each over several processes. First runs of recordings: each run is merged by itself and lies
on the disk, parted by the first bytes of its terms. Then the parts of all runs are merged and cut into shards. So
memory holds one run or one range of terms, never the index.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import accumulate, groupby, pairwise, repeat
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import msgspec

from castsite import collector
from castsite.search.sharding import Leaf, cut, encoded, sizes_of
from castsite.search.terms import Terms, composed, fold, is_cjk, terms_of
from castsite.search.varints import listed, varint
from castsite.spread import Spread, serially

T = TypeVar("T")

FOLDER: Final = "search"
ROOT: Final = f"{FOLDER}/index.json"
VERSION: Final = 1
"""Of the format."""

SMALL: Final = 128 * 1024
"""Size of the root up to which it holds everything: characters of transcripts, bytes of the rest."""

LINE: Final = 8
"""Bytes that a line takes there besides its text."""

BLOCK: Final = 32
"""Recordings in a block of the catalogue."""

PAGES: Final = 8
"""Pages in a block."""

WIDE: Final = 4
"""Shards with the same beginning from which the titles it occurs in have a file of their own."""

PAGE: Final = "!"
"""Sign before a term of a page."""

IN_TITLE: Final = 1
IN_HEADING: Final = 2
"""Bits of a page's posting."""

ABOUT: Final = 1
"""Bit of a page's posting of a name by which is filtered: the page is about a recording, which has that name, too."""

NAME: Final = 48
"""Characters of a name by which is filtered."""

_RUN = 128
# first characters at which another range of terms begins; they hold about as many terms each
_RANGES = "01234579abcdefghkmoprstuw"
_SIGNS = frozenset("!#@~")


class Record(NamedTuple):
    """A recording as search shows and finds it. `day`: days since 1970, 0 for none."""

    slug: str
    title: str
    date: str | None
    day: int
    seconds: float
    tags: tuple[str, ...]
    series: str
    authors: tuple[str, ...]
    lines: int
    trace: str
    parts: int
    characters: int
    key: str
    """by which its terms are fetched"""

    @property
    def row(self) -> list[object]:
        """What the catalogue says."""
        facts = [self.slug, self.title, self.date, self.seconds, [*self.tags], self.series]
        return [*facts, self.lines, self.trace, [*self.authors]]


class Said(NamedTuple):
    """A line or a paragraph of a page, and the anchor of the heading that it is or stands under."""

    anchor: str
    text: str
    heading: bool = False


class Text(NamedTuple):
    """A page of Markdown, or what is written about a recording; what it says is fetched when it is needed."""

    slug: str
    title: str
    date: str | None
    tags: tuple[str, ...]
    authors: tuple[str, ...]
    characters: int
    """of what it says"""
    key: str
    """digest of what it says"""
    about: bool = False
    """whether it is about a recording, which its title finds anyway"""

    def row(self, said: Iterable[Said]) -> list[object]:
        """Give what the catalogue says, and all of its text: blocks, each a heading with what stands under it."""
        blocks = [
            [anchor, "\n".join(one.text for one in lines)] for anchor, lines in groupby(said, lambda one: one.anchor)
        ]
        return [self.slug, self.title, self.date, [*self.tags], blocks, [*self.authors], self.about]


class Library(NamedTuple):
    """Fetches what is too much to be at hand."""

    terms: Callable[[str], Terms]
    """of a recording, by its key"""
    said: Callable[[Text], Sequence[Said]]
    """what a text says"""
    former: Callable[[str], Terms | None] = lambda _key: None
    """terms of a recording as it was, if they are still there"""


class Slice(msgspec.Struct, frozen=True):
    """A file of the index that lies in a larger one."""

    source: Path
    start: int
    length: int

    def __call__(self) -> bytes:
        """Read it."""
        with self.source.open("rb") as file:
            file.seek(self.start)
            return file.read(self.length)


class File(msgspec.Struct, frozen=True):
    """A file of the index: where it goes, how to get its bytes, SHA-256 of them."""

    path: str
    body: Callable[[], bytes]
    digest: str


class Kept(NamedTuple):
    """What has to be remembered of an index to change it later."""

    records: list[Record]
    texts: list[Text]
    page_terms: list[msgspec.Raw]
    """of each text, by the bits of their postings"""
    leaves: list[Leaf]
    heads: list[Head]
    """sorted"""
    files: list[tuple[str, str]]
    """path and digest of each"""


class Made(NamedTuple):
    """An index: its files in the order in which they are published, and what is to be remembered of it."""

    files: list[File]
    kept: Kept


Head = tuple[str, int]
"""A word of a title, and a posting of what has it."""


class _Run(NamedTuple):
    """Recordings or pages that were merged by themselves."""

    source: Path
    starts: tuple[int, ...]
    """where each range of terms begins in the file, and where the last one ends"""
    heads: list[Head]
    page_terms: list[bytes]
    """of pages, as MessagePack"""


class _Shard(NamedTuple):
    leaf: Leaf
    at: int
    length: int


def in_order(records: Iterable[Record]) -> list[Record]:
    """Sort recordings as they are numbered: the newest last, so that one more moves no other."""
    return sorted(records, key=lambda record: (record.day, record.slug))


def day_number(day: date | None) -> int:
    """Give the days since 1970 of a date, 0 for none and for those before."""
    return max(0, (day - date(1970, 1, 1)).days) if day else 0


def day_of(text: str | None) -> int:
    """Give the day of a date in the catalogue, 0 for none."""
    try:
        return day_number(date.fromisoformat(text[:10])) if text else 0
    except ValueError:
        return 0


def said_in(blocks: Iterable[Sequence[str]]) -> tuple[Said, ...]:
    """Read the blocks of a page again: in one with an anchor the first line is the heading."""
    return tuple(
        Said(anchor, composed(line), heading=bool(anchor) and at == 0)
        for anchor, text in blocks
        for at, line in enumerate(text.split("\n"))
    )


def is_small(records: Sequence[Record], texts: Sequence[Text]) -> bool:
    """Whether the root holds everything."""
    size = sum(record.characters + LINE * record.lines for record in records) + sum(text.characters for text in texts)
    for row in (*(record.row for record in records), *(text.row(()) for text in texts)) if size <= SMALL else ():
        size += len(_json(row))
        if size > SMALL:
            return False
    return size <= SMALL


def small_root(
    records: Sequence[Record],
    texts: Sequence[Text],
    parts: Callable[[Record], Iterable[object]],
    said: Callable[[Text], Iterable[Said]],
) -> bytes:
    """Write the root of a small gallery. `parts` gives the parts of a recording as its JSON has them."""
    everything = {
        "counts": [record.parts for record in records],
        "records": [record.row for record in records],
        "parts": [part for record in records for part in parts(record)],
        "pages": [text.row(said(text)) for text in texts],
    }
    version = hashlib.sha256(_json(everything)).hexdigest()[:12]
    return _json({"v": VERSION, "version": version} | everything)


def make_index(
    records: Sequence[Record], texts: Sequence[Text], library: Library, folder: Path, spread: Spread = serially
) -> Made:
    """Make the index of recordings and pages, both in order, in a folder that lives until the files were read."""
    folder.mkdir(parents=True)
    making = _Making(records, texts, places_of(records), library, folder)
    spans = [(at, min(at + _RUN, len(records)), False) for at in range(0, len(records), _RUN)]
    spans += [(at, min(at + _RUN, len(texts)), True) for at in range(0, len(texts), _RUN)]
    runs = tuple(spread(making.run, spans, least=2))
    shards: list[tuple[Leaf, Callable[[], bytes]]] = []
    for number, found in enumerate(spread(partial(making.merged, runs), range(len(_RANGES) + 1), least=2)):
        source = making.merged_file(number)
        shards += [(one.leaf, Slice(source, one.at, one.length)) for one in found]
    heads = sorted(head for run in runs for head in run.heads)
    page_terms = [msgspec.Raw(data) for run in runs for data in run.page_terms]
    return assembled(records, texts, page_terms, shards, heads, library)


def places_of(records: Iterable[Record]) -> list[int]:
    """Give the place of each recording's head, and the number of places."""
    return [0, *accumulate(1 << record.parts.bit_length() for record in records)]


def assembled(  # noqa: PLR0913, PLR0917 - the parts of an index
    records: Sequence[Record],
    texts: Sequence[Text],
    page_terms: list[msgspec.Raw],
    shards: Sequence[tuple[Leaf, Callable[[], bytes]]],
    heads: list[Head],
    library: Library,
) -> Made:
    """Put an index together from its shards and the sorted heads of titles."""
    titles = _titles([leaf.start for leaf, _ in shards], heads)
    files = [File(shard_path(leaf.start), body, leaf.digest.hex()) for leaf, body in shards]
    files += [_file(f"h/{prefix.encode().hex()}.bin", partial(bytes, data)) for prefix, data in titles]
    files += [_file(f"d/{number}.json", partial(_rows, block)) for number, block in _blocks(records, BLOCK)]
    for number, block in _blocks(texts, PAGES):
        digest = hashlib.sha256(repr(block).encode("utf-8", "surrogatepass")).hexdigest()  # their keys say it all
        files.append(File(f"{FOLDER}/p/{number}.json", partial(_pages, block, library.said), digest))
    files.append(_file("columns.bin", partial(_columns, records)))
    files.append(_file("pages.bin", partial(_dates, texts)))
    version = hashlib.sha256("".join(f"{file.path} {file.digest}\n" for file in files).encode()).hexdigest()[:12]
    root = {
        "v": VERSION,
        "version": version,
        "counts": [record.parts for record in records],
        "pages": len(texts),
        "shards": [leaf.start.decode("latin-1") for leaf, _ in shards],
        "titles": [prefix for prefix, _ in titles],
    }
    files.append(_file("index.json", partial(_json, root)))
    names = [(file.path, file.digest) for file in files]
    return Made(files, Kept([*records], [*texts], page_terms, [leaf for leaf, _ in shards], heads, names))


class _Making(msgspec.Struct, frozen=True):
    """What both steps are made from."""

    records: Sequence[Record]
    texts: Sequence[Text]
    first: Sequence[int]
    """place of each recording's head"""
    library: Library
    folder: Path

    def run(self, span: tuple[int, int, bool]) -> _Run:
        """Merge a stretch of recordings or of pages."""
        start, end, of_pages = span
        index: _Postings = defaultdict(list)
        heads: list[Head] = []
        written: list[bytes] = []
        source = self.folder / f"run-{'p' if of_pages else 'r'}{start}"
        with collector.paused():
            for number in range(start, end):
                if of_pages:
                    terms = terms_of_text(self.texts[number], self.library)
                    written.append(msgspec.msgpack.encode(terms))
                    for term, (posting,) in page_postings(number, terms).items():
                        index[term].append(posting)
                    heads += page_heads(number, terms)
                else:
                    heads += self._add(index, number)
            return _Run(source, _write_run(source, index), heads, written)

    def merged_file(self, number: int) -> Path:
        """Where the shards of a range of terms are."""
        return self.folder / f"range-{number}"

    def merged(self, runs: Sequence[_Run], number: int) -> list[_Shard]:
        """Merge a range of terms from all runs, and cut it into shards."""
        merged: _Postings = {}
        with collector.paused(), self.merged_file(number).open("wb") as file:
            for run in runs:
                start, end = run.starts[number : number + 2]
                for term, postings in _read_run(Slice(run.source, start, end - start)()):
                    if term in merged:
                        merged[term] += postings
                    else:
                        merged[term] = postings
            return list(_write_shards(file.write, merged))

    def _add(self, index: _Postings, number: int) -> list[Head]:
        record, place = self.records[number], self.first[number]
        for term in terms_of_head(record):
            index[term].append(place << 2)
        for at, groups in enumerate(self.library.terms(record.key), start=place + 1):
            for bits, terms in groups.items():
                # index[term].append(posting) for each term, three times as fast
                deque(map(list.append, map(index.__getitem__, terms), repeat(at << 2 | bits)), maxlen=0)
        return record_heads(record, place)


def terms_of_head(record: Record) -> Iterator[str]:
    """Give the terms of a recording's title and names."""
    yield from head_words(record.title, record.tags, record.series, record.authors)
    yield from names(record.tags, record.series, record.authors)


def record_heads(record: Record, place: int) -> list[Head]:
    """Give the words of a title with the posting of what has them."""
    return [(word, place << 2) for word in head_words(record.title, record.tags, record.series, record.authors)]


def terms_of_text(text: Text, library: Library) -> dict[str, int]:
    """Give the terms of a text by the bits of their one posting."""
    return page_terms(text.title, text.tags, text.authors, library.said(text), about=text.about)


def page_postings(number: int, terms: Mapping[str, int]) -> dict[str, list[int]]:
    """Give where the terms of a page occur."""
    return {PAGE + term: [number << 2 | bits] for term, bits in terms.items()}


def page_heads(number: int, terms: Mapping[str, int]) -> list[Head]:
    """Give the words of a page's title with the posting of what has them."""
    found = (term for term, bits in terms.items() if bits & IN_TITLE and term[0] not in _SIGNS)
    return [(PAGE + term, number << 2 | terms[term]) for term in found]


_Postings = dict[str, list[int]]
"""Where each term occurs, ascending."""


def _write_run(source: Path, index: _Postings) -> tuple[int, ...]:
    terms = sorted(index)
    edges = [0, *(bisect_left(terms, first) for first in _RANGES), len(terms)]
    starts = [0]
    with source.open("wb") as file:
        for start, end in pairwise(edges):
            entries = [(term, index[term]) for term in terms[start:end]]
            starts.append(starts[-1] + file.write(msgspec.msgpack.encode(entries)))
    return tuple(starts)


def _read_run(data: bytes) -> list[tuple[str, list[int]]]:
    return msgspec.msgpack.decode(data, type=list[tuple[str, list[int]]])


def head_words(title: str, tags: Iterable[str], series: str, authors: Iterable[str]) -> set[str]:
    """Give the words by which a recording is found besides what was on its screen."""
    return terms_of(" ".join((title, *tags, series, *authors)))


def names(tags: Iterable[str], series: str, authors: Iterable[str]) -> tuple[str, ...]:
    """Give the terms by which a recording or a page is filtered."""
    signed = [("#", tags), ("@", [series] if series else ()), ("~", authors)]
    return tuple(dict.fromkeys(named(sign, name) for sign, found in signed for name in found))


def named(sign: str, name: str) -> str:
    """Give the term that stands for a name.

    >>> named("~", "Zoë"), named("#", "C++")
    ('~zoe', '#c++')
    """
    return sign + folded(name)[:NAME]


def folded(name: str) -> str:
    """Give a name as it is compared: names differ in more than case and accents, as those of collections do."""
    return fold(composed(name)).lower()


def page_terms(
    title: str, tags: Sequence[str], authors: Sequence[str], said: Iterable[Said], *, about: bool
) -> dict[str, int]:
    """Give the terms of a page by the bits of their one posting: they say where it stands most visibly.

    What is `about` a recording is not found by its title and by words of its tags and authors: the recording is.
    """
    lines = tuple(said)
    in_title = set[str]() if about else terms_of(title)
    in_heading = terms_of("\n".join(one.text for one in lines if one.heading))
    head = () if about else (*tags, *authors)
    every = in_title | terms_of("\n".join((*head, *(one.text for one in lines))))
    found = {term: (term in in_title) * IN_TITLE | (term in in_heading) * IN_HEADING for term in every}
    return found | dict.fromkeys(names(tags, "", authors), about * ABOUT)


# ---- shards


def _write_shards(write: Callable[[bytes], object], merged: _Postings) -> Iterator[_Shard]:
    terms = sorted(merged)
    keys = [term.encode() for term in terms]
    lists = [listed(merged.pop(term)) for term in terms]
    sizes = sizes_of(keys, lists)
    at = 0
    for start, low, high in cut(keys, sizes):
        data = encoded(keys[low:high], lists[low:high])
        write(data)
        leaf = Leaf(start, sizes[high] - sizes[low], high - low, hashlib.sha256(data).digest())
        yield _Shard(leaf, at, len(data))
        at += len(data)


def shard_path(start: bytes) -> str:
    """Give where the shard with a start key is."""
    return f"{FOLDER}/t/{start.hex()}.bin"


# ---- titles, catalogue


def _titles(starts: Sequence[bytes], heads: Sequence[tuple[str, int]]) -> list[tuple[str, bytes]]:
    """Give, for beginnings of words that are spread over many shards, the titles they occur in."""
    begun = Counter(prefix for start in starts for prefix in _beginnings(start.decode(errors="ignore")))
    found = []
    for prefix in sorted(prefix for prefix, count in begun.items() if count >= WIDE):
        low, high = (bisect_left(heads, (edge, 0)) for edge in (prefix, f"{prefix}\U0010ffff"))
        if low < high:
            found.append((prefix, listed(sorted({posting for _, posting in heads[low:high]}))))
    return found


def _beginnings(start: str) -> Iterator[str]:
    """Give what the words behind a start key begin with: two and three characters, or one that is a word by itself.

    >>> list(_beginnings("!docker")), list(_beginnings("配置"))
    (['!do', '!doc'], ['配', '配置'])
    """
    sign = start[: start[:1] == PAGE]
    word = start[len(sign) :]
    if word[:1] not in _SIGNS:
        yield from (sign + word[:size] for size in (1, 2, 3) if len(word) >= size and (size > 1 or is_cjk(word)))


def _blocks(rows: Sequence[T], size: int) -> Iterator[tuple[int, Sequence[T]]]:
    for number, start in enumerate(range(0, len(rows), size)):
        yield number, rows[start : start + size]


def _columns(records: Sequence[Record]) -> bytes:
    days = [0, *(record.day for record in records)]
    return b"".join(
        varint(after - before) + varint(int(record.seconds))
        for (before, after), record in zip(pairwise(days), records, strict=True)
    )


def _dates(texts: Sequence[Text]) -> bytes:
    return b"".join(varint(day_of(text.date) << 1 | text.about) for text in texts)


def _rows(block: Sequence[Record]) -> bytes:
    return _json([one.row for one in block])


def _pages(block: Sequence[Text], said: Callable[[Text], Iterable[Said]]) -> bytes:
    return _json([text.row(said(text)) for text in block])


def _file(name: str, body: Callable[[], bytes]) -> File:
    """Make a file once for its digest, and again when it is asked for: there are many of them."""
    return File(f"{FOLDER}/{name}", body, hashlib.sha256(body()).hexdigest())


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
