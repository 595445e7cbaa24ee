"""Which recordings belong beside each other: those their authors name, then those that have rare things in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import log
from typing import Final

from msgspec import Struct

from castsite.regex import regex
from castsite.site.model import Recording
from castsite.site.order import title_key
from castsite.site.taxonomy import name_key

SHOWN: Final = 6
"""Recordings named beside one."""

COMMON: Final = 100
"""Recordings that may share a thing before it is too common to say anything; it bounds the work on a large site."""

HITS: Final = 2
"""Things that two recordings have in common at least."""

_WORD: Final = regex(r"[^\W\d_]{3,}")


class Relations(Struct, frozen=True):
    """An inverted index: who has a thing, and what each recording has. Only what is listed is in it."""

    holders: Mapping[str, tuple[str, ...]]
    things: Mapping[str, tuple[str, ...]]
    dates: Mapping[str, float]

    def of(self, slug: str) -> tuple[str, ...]:
        """Give the slugs of the recordings with the most in common with one, at most `SHOWN`.

        The score is the sum of the inverse document frequencies of what they share. Of equals the newer is first.
        """
        scores: dict[str, float] = defaultdict(float)
        hits: dict[str, int] = defaultdict(int)
        for thing in self.things.get(slug, ()):
            holders = self.holders[thing]
            weight = log(len(self.things) / len(holders))
            for other in holders:
                scores[other] += weight
                hits[other] += 1
        found = [other for other, count in hits.items() if count >= HITS and scores[other] > 0 and other != slug]
        found.sort(key=lambda other: (-round(scores[other], 6), -self.dates.get(other, 0.0), other))
        return tuple(found[:SHOWN])


def relations(recordings: Iterable[Recording]) -> Relations:
    """Index the listed recordings by their tags, series, programs and the words of their titles."""
    things: dict[str, tuple[str, ...]] = {}
    names: dict[str, str] = {}  # each thing is kept once, however many have it
    holders: dict[str, list[str]] = defaultdict(list)
    dates: dict[str, float] = {}
    for recording in recordings:
        things[recording.slug] = tuple(dict.fromkeys(names.setdefault(thing, thing) for thing in _things(recording)))
        if recording.date:
            dates[recording.slug] = recording.date.moment.timestamp()
        for thing in things[recording.slug]:
            holders[thing].append(recording.slug)
    telling = {thing: tuple(slugs) for thing, slugs in holders.items() if 1 < len(slugs) <= COMMON}
    kept = {slug: tuple(thing for thing in own if thing in telling) for slug, own in things.items()}
    return Relations(telling, kept, dates)


def _things(recording: Recording) -> Iterator[str]:
    meta = recording.meta
    for tag in meta.tags:
        yield f"tag {name_key(tag)}"
    if meta.series:
        yield f"series {name_key(meta.series.name)}"
    for program in recording.summary.programs:
        yield f"program {program}"
    for word in _WORD.findall("".join(part for _, _, part in title_key(recording.title))):
        yield f"word {word}"
