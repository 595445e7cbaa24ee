"""Orders of a collection, all of them total: the path of the source decides what is left."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

T = TypeVar("T")

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


def title_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Give the key by which titles are sorted: accents and case put aside, digits as numbers."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    parts = re.split(r"([0-9]+)", plain)
    return tuple((0, int(part[:18]), "") if part.isdecimal() else (1, 0, part) for part in parts if part)


def _sorter(name: str, *, descending: bool) -> Callable[[tuple[Facets, object]], tuple[object, ...]]:
    def key(pair: tuple[Facets, object]) -> tuple[object, ...]:
        facets = pair[0]
        if name == "date":
            stamp = facets.date or 0.0
            return (facets.date is None, -stamp if descending else stamp)
        if name in {"weight", "duration", "size"}:
            count: int = getattr(facets, name)
            return (-count if descending else count,)
        text = title_key(facets.title if name == "title" else facets.path)
        return (_Reversed(text),) if descending else (text,)

    return key


@dataclass(frozen=True, slots=True)
class _Reversed:
    """A sort key turned round."""

    key: tuple[tuple[int, int, str], ...]

    def __lt__(self, other: _Reversed) -> bool:
        return other.key < self.key
