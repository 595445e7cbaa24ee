"""Orders of a collection, all of them total: the path of the source decides what is left."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from math import inf
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from msgspec import Struct

from castsite.regex import regex

T = TypeVar("T")

_NUMBER = regex(r"([0-9]+)")

DEFAULT_SORT = "weight,-date,title"
"""How a section is ordered that says nothing."""


class Facets(NamedTuple):
    """What an item can be sorted by. `date`: Unix seconds, None for none; `duration`: microseconds; `size`: bytes."""

    title: str
    date: float | None
    weight: int
    path: str
    duration: int = 0
    size: int = 0


def in_order(items: Iterable[T], sort: str, facets: Callable[[T], Facets]) -> list[T]:
    """Sort by a list of keys such as `weight,-date,title`. No date comes last, whichever way dates are sorted."""
    ordered = sorted(((facets(item), item) for item in items), key=lambda pair: pair[0].path)
    for key in reversed(sort.split(",")):
        name = key.strip()
        ordered.sort(key=_sorter(name.removeprefix("-"), descending=name.startswith("-")))
    return [item for _, item in ordered]


@lru_cache(maxsize=1 << 14)  # titles are sorted in more than one list
def title_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Give the key by which titles are sorted: accents and case put aside, digits as numbers."""
    plain = text.casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", text).casefold()
        plain = "".join(char for char in plain if not unicodedata.combining(char))
    parts = _NUMBER.split(plain)
    return tuple((0, int(part[:18]), "") if part.isdecimal() else (1, 0, part) for part in parts if part)


def _sorter(name: str, *, descending: bool) -> Callable[[tuple[Facets, object]], Any]:
    sign = -1 if descending else 1
    if name == "date":
        return lambda pair: inf if pair[0].date is None else sign * pair[0].date
    if name in {"weight", "duration", "size"}:
        count = attrgetter(name)
        return lambda pair: sign * count(pair[0])
    text = attrgetter("title" if name == "title" else "path")
    if descending:
        return lambda pair: _Reversed(title_key(text(pair[0])))
    return lambda pair: title_key(text(pair[0]))


class _Reversed(Struct, frozen=True):
    """A sort key turned round."""

    key: tuple[tuple[int, int, str], ...]

    def __lt__(self, other: _Reversed) -> bool:
        return other.key < self.key
