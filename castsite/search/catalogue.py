"""The root of the index and rows of its files, checked: nothing that comes from outside is trusted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import islice
from typing import Annotated, Final, NamedTuple, TypeVar

import msgspec
from msgspec import Meta, Raw, Struct

from castsite.search.index import PAGE, Said, head_words, names, page_terms, said_in
from castsite.search.shard import DamagedError
from castsite.search.terms import part_terms

T = TypeVar("T")

PLACES: Final = 1 << 22
"""Parts that a site can have here."""

Seconds = Annotated[float, Meta(ge=0, le=1e9)]
Milliseconds = Annotated[int, Meta(ge=-(10**12), le=10**12)]
Number = Annotated[int, Meta(ge=0, le=PLACES)]
"""Numbers that a site can have: whatever comes of them can be written."""


class Row(NamedTuple):
    """What the catalogue says of a recording, in the order in which it stands there."""

    slug: str
    title: str
    date: str | None
    seconds: Seconds
    tags: tuple[str, ...]
    series: str
    lines: Number
    trace: str
    authors: tuple[str, ...]


class Part(Struct):
    """A part of a transcript as its file has it: `times` are milliseconds since the line before."""

    times: list[Milliseconds]
    lines: list[str]
    command_lines: list[int]


class Page(NamedTuple):
    """What the catalogue says of a page of Markdown or of a text about a recording, and all that it says itself."""

    slug: str
    title: str
    date: str | None
    tags: tuple[str, ...]
    authors: tuple[str, ...]
    said: tuple[Said, ...]
    about: bool


class Blocks(NamedTuple):
    """A page of Markdown as the catalogue has it."""

    slug: str
    title: str
    date: str | None
    tags: tuple[str, ...]
    blocks: list[tuple[str, str]]
    authors: tuple[str, ...]
    about: bool


class Head(Struct):
    """What tells which form a root has."""

    v: int
    records: Raw = Raw()


class Sharded(Struct):
    """The root of an index in many files."""

    version: str
    counts: list[Number]
    pages: Number
    shards: list[str]
    titles: list[str]


class Small(Struct):
    """The root that is all of an index."""

    version: str
    counts: list[Number]
    records: list[Row]
    parts: list[Part]
    pages: list[Blocks]


def decoded(data: bytes, kind: type[T]) -> T:
    """Read JSON of a shape. Raises DamagedError."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (ValueError, RecursionError) as error:  # bytes that are no UTF-8 are no DecodeError
        raise DamagedError from error


def inverted(root: Small, first: Sequence[int]) -> dict[str, list[int]]:
    """Make the terms of a small gallery, whose root holds all texts."""
    terms: dict[str, dict[int, int]] = defaultdict(dict)
    parts = iter(root.parts)
    for place, count, row in zip(first, root.counts, root.records, strict=False):
        words = head_words(row.title, row.tags, row.series, row.authors)
        for term in (*words, *names(row.tags, row.series, row.authors)):
            terms[term][place] = 0
        for at, part in enumerate(islice(parts, count), start=place + 1):
            typed = [part.lines[line] for line in part.command_lines if 0 <= line < len(part.lines)]
            for bits, found in part_terms(part.lines, typed).items():
                for term in found:
                    terms[term][at] = bits
    for number, page in enumerate(root.pages):
        own = page_terms(page.title, page.tags, page.authors, said_in(page.blocks), about=page.about)
        for term, bits in own.items():
            terms[PAGE + term][number] = bits
    return {term: [place << 2 | bits for place, bits in found.items()] for term, found in terms.items()}
