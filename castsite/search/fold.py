"""Changes the shards of an index where little has changed: those that hold none of its words stay as they are.

What comes out is what a making of the whole index would give, byte for byte: a shard is a function of the terms in it
and of their postings, and where a range is cut depends on nothing else.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Final, NamedTuple

from msgspec import Struct

from castsite.search.sharding import (
    Leaf,
    decoded,
    encoded,
    entries,
    halved,
    is_whole,
    middle_of,
    sizes_of,
    spliced,
    weight,
)
from castsite.search.varints import listed, read_list
from castsite.spread import Spread, serially

Postings = Mapping[str, Sequence[int]]
"""Where terms occur: `place << 2 | bits`, ascending."""

LEAST: Final = 16
"""Shards from which copies of the process pay."""


class Change(NamedTuple):
    """What a recording or a page had in the index, and what it has now; its places are its own."""

    before: Postings
    now: Postings


class Folded(NamedTuple):
    """A shard after changes, and its bytes; none for one that has stayed as it was."""

    leaf: Leaf
    data: bytes | None


def fold(
    leaves: Sequence[Leaf],
    changes: Iterable[Change],
    read: Callable[[Leaf], bytes],
    spread: Spread = serially,
) -> list[Folded]:
    """Give the shards of an index after some changes, in order. `read` fetches the bytes of a shard as it was.

    Raises what `read` raises, and IndexError where such bytes are cut off.
    """
    starts = [leaf.start for leaf in leaves]
    touched: list[_Touched] = []
    for number, group in groupby(_deltas(changes), key=lambda one: _owner(starts, one[0])):
        touched += _parted(leaves[number] if number is not None else None, list(group))
    now = {leaf.start: _Range(leaf, leaf.start, leaf.start, None) for leaf in leaves}
    found = spread(partial(_changed, read), touched, least=LEAST)
    now |= zip([one.start for one in touched], found, strict=True)
    ordered = sorted(now.values(), key=lambda one: one.first)
    cutting = _Cutting(read)
    return [
        shard
        for first, group in groupby(ordered, key=lambda one: one.first[:1])
        for shard in cutting.settled(list(group), 8, first)
    ]


class _Delta(NamedTuple):
    """What becomes of a term: places it is no longer at, or not in the same way, and new postings."""

    gone: set[int]
    new: list[int]


class _Touched(NamedTuple):
    """A shard, or the beginning of one that was not there, and its terms that change."""

    start: bytes
    leaf: Leaf | None
    deltas: list[tuple[bytes, _Delta]]


def _deltas(changes: Iterable[Change]) -> list[tuple[bytes, _Delta]]:
    found: dict[str, _Delta] = defaultdict(lambda: _Delta(set(), []))
    for before, now in changes:
        for term in before.keys() | now.keys():
            old, new = before.get(term, ()), now.get(term, ())
            if old != new:
                found[term].gone.update(posting >> 2 for posting in old)
                found[term].new.extend(new)
    return sorted((term.encode(), delta) for term, delta in found.items())


def _owner(starts: Sequence[bytes], key: bytes) -> int | None:
    """Give the number of the shard that a term belongs to: no shard has terms of two first bytes."""
    number = bisect_right(starts, key) - 1
    return number if number >= 0 and starts[number][0] == key[0] else None


def _parted(leaf: Leaf | None, deltas: list[tuple[bytes, _Delta]]) -> Iterator[_Touched]:
    if leaf:
        yield _Touched(leaf.start, leaf, deltas)
        return
    for first, group in groupby(deltas, key=lambda one: one[0][:1]):
        yield _Touched(first, None, list(group))


class _Range(NamedTuple):
    """A shard as it is now, before it is known whether the rule still makes it one.

    What has changed may have a term from beyond the range in which its shard was: where there was none, there is no
    shard. Of what has not changed only the start key is known.
    """

    leaf: Leaf
    first: bytes
    last: bytes
    """keys between which its terms are"""
    data: bytes | None
    """its bytes, if it has changed"""


def _changed(read: Callable[[Leaf], bytes], touched: _Touched) -> _Range:
    """Change a shard, of which most stays as it is."""
    leaf = touched.leaf or Leaf(touched.start, 0, 0, b"")
    data = read(leaf) if touched.leaf else b""
    found = entries(data)
    changes: list[tuple[bytes, bytes]] = []
    size, terms = leaf.size, leaf.terms
    for key, (gone, new) in touched.deltas:
        at = bisect_left(found.keys, key)
        there = at < len(found.keys) and found.keys[at] == key
        old = data[found.postings[at] : found.begins[at + 1]] if there else b""
        postings = _edited(old, gone, new)
        if there:
            size, terms = size - weight(key, old), terms - 1
        if postings:
            size, terms = size + weight(key, postings), terms + 1
        changes.append((key, postings))
    data = spliced(data, found, changes)
    lost = {key for key, postings in changes if not postings}
    put = [key for key, postings in changes if postings]
    kept = (next((key for key in keys if key not in lost), None) for keys in (found.keys, reversed(found.keys)))
    ends = [key for key in (*kept, *put[:1], *put[-1:]) if key is not None]
    first, last = min(ends, default=leaf.start), max(ends, default=leaf.start)
    return _Range(Leaf(leaf.start, size, terms, hashlib.sha256(data).digest()), first, last, data)


def _edited(old: bytes, gone: set[int], new: list[int]) -> bytes:
    postings = [posting for posting in (read_list(old) if old else ()) if posting >> 2 not in gone]
    return listed(sorted(postings + new)) if postings or new else b""


def _range(start: bytes, keys: Sequence[bytes], lists: Sequence[bytes]) -> _Range:
    leaf, data = _made(start, keys, lists)
    first, last = (keys[0], keys[-1]) if keys else (start, start)
    return _Range(leaf, first, last, data)


def _made(start: bytes, keys: Sequence[bytes], lists: Sequence[bytes]) -> Folded:
    data = encoded(keys, lists) if keys else b""
    return Folded(Leaf(start, sizes_of(keys, lists)[-1], len(keys), hashlib.sha256(data).digest()), data)


class _Cutting(Struct, frozen=True):
    """Applies the rule to what is there now."""

    read: Callable[[Leaf], bytes]

    def settled(self, ranges: list[_Range], bit: int, start: bytes) -> Iterator[Folded]:
        """Cut a range of terms that was cut into some shards before."""
        ranges = [one for one in ranges if one.leaf.terms]
        if not ranges:
            return
        if is_whole(sum(one.leaf.size for one in ranges), sum(one.leaf.terms for one in ranges)):
            yield self._one(ranges, start.rstrip(b"\0"))
        elif len(ranges) == 1:
            keys, lists = self._parts(ranges[0])
            for begin, low, high in halved(keys, sizes_of(keys, lists), 0, len(keys), bit, start):
                yield _made(begin, keys[low:high], lists[low:high])
        else:
            middle = middle_of(start, bit)
            halves = [half for one in ranges for half in self._halves(one, middle)]
            yield from self.settled([one for one in halves if one.first < middle], bit + 1, start)
            yield from self.settled([one for one in halves if one.first >= middle], bit + 1, middle)

    def _one(self, ranges: list[_Range], start: bytes) -> Folded:
        """Put ranges together in one shard."""
        if len(ranges) > 1:
            keys, lists = [], []
            for own, postings in map(self._parts, ranges):
                keys += own
                lists += postings
            return _made(start, keys, lists)
        leaf, data = ranges[0].leaf, ranges[0].data
        if leaf.start == start:
            return Folded(leaf, data)
        return Folded(leaf._replace(start=start), self.read(leaf) if data is None else data)

    def _halves(self, one: _Range, middle: bytes) -> Iterator[_Range]:
        """Give what is before a key and what is not."""
        if one.last < middle or one.first >= middle:
            yield one
            return
        keys, lists = self._parts(one)
        at = bisect_left(keys, middle)
        yield _range(one.leaf.start, keys[:at], lists[:at])
        yield _range(middle, keys[at:], lists[at:])

    def _parts(self, one: _Range) -> tuple[list[bytes], list[bytes]]:
        """Give terms and their postings."""
        return decoded(self.read(one.leaf) if one.data is None else one.data)
