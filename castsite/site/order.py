"""Orders of a collection, all of them total: the path of the source decides what is left."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import chain, groupby
from math import inf
from operator import attrgetter, itemgetter
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
    names = [key.strip() for key in sort.split(",")]
    sorters = [_sorter(name.removeprefix("-"), descending=name.startswith("-")) for name in names]
    found = _sorted([(facets(item), item) for item in items], [*sorters, lambda pair: pair[0].path])
    return [item for _, item in found]


def _sorted(pairs: list[tuple[Facets, T]], sorters: Sequence[_Sorter]) -> Iterable[tuple[Facets, T]]:
    """Sort by the first key, and by the others only what is equal by it: few titles are compared where dates differ."""
    if len(pairs) < 2 or not sorters:
        return pairs
    first, *rest = sorters
    keyed = sorted(((first(pair), pair) for pair in pairs), key=itemgetter(0))
    runs = groupby(keyed, key=itemgetter(0))
    return chain.from_iterable(_sorted([pair for _, pair in run], rest) for _, run in runs)


@lru_cache(maxsize=1 << 14)  # titles are sorted in more than one list
def title_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Give the key by which titles are sorted: accents and case put aside, digits as numbers."""
    plain = text.casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", text).casefold()
        plain = "".join(char for char in plain if not unicodedata.combining(char))
    parts = _NUMBER.split(plain)
    return tuple((0, int(part[:18]), "") if part.isdecimal() else (1, 0, part) for part in parts if part)


_Sorter = Callable[[tuple[Facets, object]], Any]


def _sorter(name: str, *, descending: bool) -> _Sorter:
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
