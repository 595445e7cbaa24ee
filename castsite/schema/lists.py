"""Readers of lists and pairs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeVar

from castsite.errors import quote
from castsite.limits import Limits, moved_by
from castsite.regex import regex
from castsite.schema.reading import Reader, Reading, expected
from castsite.schema.tree import Items, Node, Text, is_missing

_BARE: Final = regex(r"[\w./][\w ./+-]{0,59}")
"""A text that YAML takes for itself within a list, without quotes."""

T = TypeVar("T")


def list_of(
    read: Reader[T],
    *,
    bound: str | int = "",
    lone: bool = True,
    numbered: str = "",
    drop: bool = True,
) -> Reader[tuple[T, ...]]:
    """Read a list, each entry by `read`; equal entries are kept once.

    A lone text is taken for a list of one with a warning, when `lone`. Entries over the bound, which is a number or the
    name of one, are dropped with a warning, or make the list an error when they must not be dropped.
    `numbered` is a noun: messages about an entry begin with it and the entry's number.
    """

    def read_list(node: Node, reading: Reading) -> tuple[T, ...] | None:
        if isinstance(node, Text) and lone:
            reading.warn(node.at, f"one text where a list is expected; write {_as_list(node.value)}")
            node = Items((node,), node.at)
        if not isinstance(node, Items):
            reading.error(node.at, expected("a list", node))
            return None
        items = node.items
        limit, moved = _bound(bound, reading.limits) if bound else (len(items), "")
        if len(items) > limit:
            if not drop:
                reading.error(node.at, f"{len(items)} entries; at most {limit}{moved}")
                return None
            reading.warn(items[limit].at, f"{len(items)} entries; the first {limit} are kept{moved}")
            items = items[:limit]
        return tuple(dict.fromkeys(_entries(items, read, reading, numbered)))

    return read_list


def items_of(node: Node, count: int) -> tuple[Node, ...] | None:
    """Give the entries of a list that has exactly `count` of them, none missing; None for anything else."""
    if isinstance(node, Items) and len(node.items) == count and not any(map(is_missing, node.items)):
        return node.items
    return None


def _bound(bound: str | int, limits: Limits) -> tuple[int, str]:
    """Give a bound as a number, and the end of a message about it."""
    return (bound, "") if isinstance(bound, int) else (limits.of(bound), f" {moved_by(bound)}")


def _entries(items: tuple[Node, ...], read: Reader[T], reading: Reading, noun: str) -> Iterator[T]:
    for number, item in enumerate(items, 1):
        if is_empty(item):
            reading.error(item.at, f"{noun or 'entry'} {number} is empty")
            continue
        value = read(item, reading.under(f"{noun} {number}") if noun else reading)
        if value is not None:
            yield value


def is_empty(node: Node) -> bool:
    """Whether an entry of a list holds nothing, or a text of nothing but blanks."""
    return is_missing(node) or (isinstance(node, Text) and not node.value.strip())


def _as_list(text: str) -> str:
    """Show how a text is written as a list: of one entry, and of several, where commas may have been meant so."""
    parts = [part.strip() for part in text.split(",")]
    one = f"[{_entry(text)}]"
    return one if len(parts) == 1 or not all(parts) else f"[{', '.join(map(_entry, parts))}], or for one {one}"


def _entry(text: str) -> str:
    return text if _BARE.fullmatch(text) else quote(text.replace("\\", r"\\").replace('"', r"\""))
