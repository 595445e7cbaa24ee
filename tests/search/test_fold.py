"""Shards after changes are those that a making of the whole index gives."""

from __future__ import annotations

import hashlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from castsite.search import sharding
from castsite.search.fold import Change, fold
from castsite.search.sharding import Leaf, cut, decoded, encoded, sizes_of
from castsite.search.varints import listed

TERMS = st.text(st.sampled_from("ab-1é配!#"), min_size=1, max_size=6)
OWNED = st.dictionaries(TERMS, st.lists(st.integers(0, 2), min_size=1, max_size=3, unique=True), max_size=12)
"""Of one item: for each term the parts it is in, of which it has three."""


def postings(number: int, owned: dict[str, list[int]], bits: int) -> dict[str, list[int]]:
    return {term: sorted((number * 4 + part) << 2 | bits for part in parts) for term, parts in owned.items()}


def whole(items: dict[int, dict[str, list[int]]]) -> tuple[list[Leaf], dict[bytes, bytes]]:
    """Make an index of everything."""
    merged: dict[str, list[int]] = {}
    for _, owned in sorted(items.items()):
        for term, found in owned.items():
            merged.setdefault(term, []).extend(found)
    keys = sorted(term.encode() for term in merged)
    lists = [listed(merged[key.decode()]) for key in keys]
    sizes = sizes_of(keys, lists)
    leaves, files = [], {}
    for start, low, high in cut(keys, sizes):
        files[start] = data = encoded(keys[low:high], lists[low:high])
        leaves.append(Leaf(start, sizes[high] - sizes[low], high - low, hashlib.sha256(data).digest()))
    return leaves, files


@settings(max_examples=200)
@given(
    st.dictionaries(st.integers(0, 9), OWNED, max_size=8),
    st.dictionaries(st.integers(0, 9), st.none() | OWNED, min_size=1, max_size=3),
    st.integers(20, 80),
)
def test_a_fold_gives_what_making_everything_gives(
    before: dict[int, dict[str, list[int]]], edits: dict[int, dict[str, list[int]] | None], size: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sharding, "SHARD", size)
        old = {number: postings(number, owned, number % 4) for number, owned in before.items()}
        new = old | {number: postings(number, owned or {}, 3 - number % 4) for number, owned in edits.items()}
        leaves, files = whole(old)
        expected, wanted = whole(new)
        changes = [Change(old.get(number, {}), new[number]) for number in edits]

        found = fold(leaves, changes, lambda leaf: files[leaf.start])

        assert [one.leaf for one in found] == expected
        assert {one.leaf.start: one.data or files[one.leaf.start] for one in found} == wanted


def test_shards_without_its_terms_are_not_even_read() -> None:
    rng = random.Random(2)  # noqa: S311 - terms
    items = {
        number: postings(number, {f"{rng.getrandbits(64):016x}": [0] for _ in range(600)}, 0) for number in range(9)
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sharding, "SHARD", 1000)
        leaves, files = whole(items)
        read: list[bytes] = []

        def fetched(leaf: Leaf) -> bytes:
            read.append(leaf.start)
            return files[leaf.start]

        owned = {"aa11": [36 << 2], "ff22": [36 << 2]}
        found = fold(leaves, [Change({}, owned)], fetched)
    assert len(leaves) > 50
    assert len(read) <= 2
    assert sum(one.data is not None for one in found) <= 4


def test_a_damaged_shard_is_told() -> None:
    leaves, files = whole({1: postings(1, {"abc": [0, 1], "abd": [2]}, 0)})
    with pytest.raises(IndexError):
        fold(leaves, [Change({}, {"abe": [8]})], lambda leaf: files[leaf.start][:-1])


@given(st.dictionaries(TERMS, st.lists(st.integers(0, 1 << 24), min_size=1, max_size=50, unique=True), min_size=1))
def test_what_is_written_is_read_again(terms: dict[str, list[int]]) -> None:
    keys = sorted(term.encode() for term in terms)
    lists = [listed(sorted(terms[key.decode()])) for key in keys]
    assert decoded(encoded(keys, lists)) == (keys, lists)
