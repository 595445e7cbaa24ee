"""An index after a few recordings or pages have changed: its shards are folded, the rest is put together again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

import msgspec

from castsite.search.fold import Change, Postings, fold
from castsite.search.index import (
    PAGE,
    File,
    Kept,
    Library,
    Made,
    Record,
    Text,
    assembled,
    page_heads,
    page_postings,
    places_of,
    record_heads,
    shard_path,
    terms_of_head,
    terms_of_text,
)
from castsite.search.sharding import Leaf
from castsite.search.terms import Terms
from castsite.spread import Spread, serially

MOST: Final = 32
"""Recordings and pages that may have changed; with more of them it is quicker to make everything."""


class _LostError(Exception):
    """Something of the index as it was is no longer there."""


def unchanged(
    kept: Kept, records: Sequence[Record], texts: Sequence[Text], again: Callable[[str], bytes]
) -> Made | None:
    """Give an index as it was, if that is what it would become. `again` makes a file of it that is lost."""
    if kept.records != records or kept.texts != texts:
        return None
    return Made([File(path, partial(again, path), digest) for path, digest in kept.files], kept)


def renewed(  # noqa: PLR0913 - the parts of an index
    kept: Kept,
    records: Sequence[Record],
    texts: Sequence[Text],
    library: Library,
    *,
    read: Callable[[str], bytes | None],
    again: Callable[[str], bytes],
    spread: Spread = serially,
) -> Made | None:
    """Change an index; None where it has to be made anew: numbers move, too much has changed, or something is lost.

    `read` gives a file of the index as it was published, `again` makes one that is lost.
    """
    pages = _Pages(kept, texts, library)
    recordings = _Recordings(kept, records, library)
    if recordings.moved or pages.moved or len(recordings.changed) + len(pages.changed) > MOST:
        return None
    try:
        changes = [*recordings.changes(), *pages.changes()]
        folded = fold(kept.leaves, changes, partial(_published, read), spread)
    except (_LostError, IndexError):
        return None
    shards = [
        (leaf, partial(again, shard_path(leaf.start)) if data is None else partial(bytes, data))
        for leaf, data in folded
    ]
    gone = recordings.places() | pages.places()
    heads = [head for head in kept.heads if (head[0][0] == PAGE, head[1] >> 2) not in gone]
    heads = sorted([*heads, *recordings.heads(), *pages.heads()])
    return assembled(records, texts, pages.terms(), shards, heads, library)


def _published(read: Callable[[str], bytes | None], leaf: Leaf) -> bytes:
    data = read(shard_path(leaf.start))
    if data is None or hashlib.sha256(data).digest() != leaf.digest:
        raise _LostError
    return data


class _Recordings:
    """Recordings that have come, gone or changed, with their places."""

    def __init__(self, kept: Kept, records: Sequence[Record], library: Library) -> None:
        before, now = _placed(kept.records), _placed(records)
        self.library = library
        self.moved = any(slug in now and now[slug][1] != place for slug, (_, place) in before.items())
        slugs = before.keys() | now.keys()
        self.changed = [
            (before.get(slug), now.get(slug)) for slug in sorted(slugs) if before.get(slug) != now.get(slug)
        ]

    def changes(self) -> Iterator[Change]:
        """Give what they had and have in the index. Raises _LostError where nobody knows any more what they had."""
        for before, now in self.changed:
            terms = self.library.former(before[0].key) if before else []
            if terms is None:
                raise _LostError
            had = _postings(*before, terms) if before else {}
            yield Change(had, _postings(*now, self.library.terms(now[0].key)) if now else {})

    def places(self) -> set[tuple[bool, int]]:
        """Give the places of heads that are no longer true."""
        return {(False, before[1]) for before, _ in self.changed if before}

    def heads(self) -> Iterator[tuple[str, int]]:
        """Give new words of titles."""
        for _, now in self.changed:
            yield from record_heads(*now) if now else ()


def _postings(record: Record, place: int, terms: Terms) -> Postings:
    found: dict[str, list[int]] = {term: [place << 2] for term in terms_of_head(record)}
    for at, groups in enumerate(terms, start=place + 1):
        for bits, own in groups.items():
            for term in own:
                found.setdefault(term, []).append(at << 2 | bits)
    return found


def _placed(records: Sequence[Record]) -> dict[str, tuple[Record, int]]:
    return {one.slug: (one, place) for one, place in zip(records, places_of(records)[:-1], strict=True)}


class _Pages:
    """Pages that have come, gone or changed, with their numbers."""

    def __init__(self, kept: Kept, texts: Sequence[Text], library: Library) -> None:
        self.kept, self.texts, self.library = kept, texts, library
        before = {text.slug: number for number, text in enumerate(kept.texts)}
        now = {text.slug: number for number, text in enumerate(texts)}
        self.moved = any(slug in now and now[slug] != number for slug, number in before.items())
        both = [(before.get(slug), now.get(slug)) for slug in sorted(before.keys() | now.keys())]
        self.changed = [one for one in both if None in one or kept.texts[one[0] or 0] != texts[one[1] or 0]]
        self._new: dict[int, dict[str, int]] = {}

    def changes(self) -> Iterator[Change]:
        """Give what they had and have in the index."""
        for before, now in self.changed:
            had: Postings = {}
            if before is not None:
                known = msgspec.msgpack.decode(self.kept.page_terms[before], type=dict[str, int])
                had = page_postings(before, known)
            if now is not None:
                self._new[now] = terms_of_text(self.texts[now], self.library)
            yield Change(had, page_postings(now, self._new[now]) if now is not None else {})

    def terms(self) -> list[msgspec.Raw]:
        """Give the terms of all pages, after the changes."""
        known = self.kept.page_terms
        return [
            msgspec.Raw(msgspec.msgpack.encode(self._new[number])) if number in self._new else known[number]
            for number in range(len(self.texts))
        ]

    def places(self) -> set[tuple[bool, int]]:
        """Give the numbers of pages whose titles are no longer true."""
        return {(True, before) for before, _ in self.changed if before is not None}

    def heads(self) -> Iterator[tuple[str, int]]:
        """Give new words of titles."""
        for number, terms in self._new.items():
            yield from page_heads(number, terms)
