"""What the index alone tells: the recordings and pages that have all words, the best first. `score.js` scores alike."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from castsite.search.index import ABOUT, IN_HEADING, IN_TITLE, NAME, PAGE
from castsite.search.near import OFFERED, near
from castsite.search.query import Filters, Word, asks, parse, text_of
from castsite.search.reader import Index
from castsite.search.terms import COMMAND, FREQUENT, LONGEST, cut


class Hit(NamedTuple):
    """A recording or a page that has all words: its number, its score, places of parts that have words, best first."""

    record: int
    score: float
    places: tuple[int, ...] = ()


class Ranking(NamedTuple):
    """What the index alone tells. `near` are queries that may have been meant where a word was never on a screen."""

    words: tuple[Word, ...]
    checked: tuple[Word, ...]
    """those of them that only the text can confirm"""
    sure: bool
    """the index alone tells what there is"""
    hits: tuple[Hit, ...]
    pages: tuple[Hit, ...]
    """pages of Markdown"""
    near: tuple[str, ...]
    partial: bool
    """a prefix was too wide: only titles and the word itself were looked for"""
    unknown: tuple[str, ...] = ()
    """names by which is filtered, and which nothing has"""


def rank(index: Index, query: str, filters: Filters) -> Ranking:
    """Find the recordings and pages that have all words, best first."""
    words = parse(query)
    if not asks(query, filters):
        return Ranking(words, (), sure=True, hits=(), pages=(), near=(), partial=False)
    search = _Search(index, filters)
    hits = search.recordings(words)
    pages = search.texts(words)
    near_ones = () if hits or pages else search.meant(query, words)
    unknown = () if hits or pages else tuple(search.unknown())
    checked = tuple(
        word for word in words if len(word.atoms) > 1 or len(word.atoms[0].text) > LONGEST or word in search.loose
    )
    sure = not checked and all(len(term) <= NAME for term in filters.names)  # with a sign
    return Ranking(words, checked, sure, hits, pages, near_ones, search.partial, unknown)


_TITLE, _HEADING, _TYPED, _MANY = 4, 2, 1, 0.5
_LONGER = 0.5
_TOGETHER = 1.5


class _Search:
    """One question: what it narrows down to, and what was learned while it was answered."""

    def __init__(self, index: Index, filters: Filters) -> None:
        self.index = index
        self.filters = filters
        self.partial = False
        self.loose: set[Word] = set()

    def recordings(self, words: Sequence[Word]) -> tuple[Hit, ...]:
        """Rank the recordings that have all words."""
        first = self.index.first
        count = len(first) - 1
        scores = [self.score(word, "", first[-1], self.weight) for word in words]
        allowed = self.allowed("", lambda posting: bisect_right(first, posting >> 2) - 1)
        by_record = [self.by_record(score) for score in scores]
        found = set(by_record[0]).intersection(*by_record[1:]) if words else set(range(count))
        if allowed is not None:
            found &= allowed
        found = self.in_columns(found)
        hits = [self.hit(record, scores, by_record) for record in found]
        return tuple(sorted(hits, key=lambda hit: (-hit.score, -hit.record)))

    def texts(self, words: Sequence[Word]) -> tuple[Hit, ...]:
        """Rank the pages that have all words; none where only recordings can be meant."""
        if not self.paged:
            return ()
        scores = [self.score(word, PAGE, self.index.pages, self.page_weight) for word in words]
        # what is about a recording is not listed beside it only because both have a tag
        allowed = self.allowed(PAGE, lambda posting: -1 if posting & ABOUT and not words else posting >> 2)
        found = set(scores[0]).intersection(*scores[1:]) if words else set(range(self.index.pages))
        if allowed is not None:
            found &= allowed
        found = self.dated(found, worded=bool(words))
        hits = [Hit(page, round(sum(score[page] for score in scores), 6)) for page in found]
        return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.record)))

    @property
    def paged(self) -> bool:
        """Whether pages can be meant."""
        return self.index.pages > 0 and self.filters.where != "commands" and not self.filters.by_length

    def meant(self, query: str, words: Sequence[Word]) -> tuple[str, ...]:
        """Give queries in which each word that is nowhere is one that is somewhere."""
        text = text_of(query)
        signs = ("", PAGE) if self.paged else ("",)
        offered, start = [""], len(text)
        for word in reversed(words):
            variants = [text[word.start : word.end]]
            for atom in word.asked:
                wanted = cut(atom.text)
                places = [self.index.lookup(sign + wanted, prefix=atom.prefix) for sign in signs]
                if any(one.exact or one.rest or one.partial for one in places):
                    continue
                terms = [term for sign, one in zip(signs, places, strict=True) for term in near(wanted, one.maps, sign)]
                nearest = dict.fromkeys(term for term, _ in sorted(terms, key=lambda pair: -pair[1]))
                variants = [
                    written.lower().replace(atom.text, term, 1) if len(word.atoms) > 1 else term
                    for written in variants
                    for term in nearest
                ]
            offered = [one + text[word.end : start] + rest for rest in offered for one in variants][:OFFERED]
            start = word.start
        found = (text[:start] + one for one in offered)
        return tuple(one for one in found if one != text)

    def allowed(self, sign: str, owner: Callable[[int], int]) -> set[int] | None:
        """Give those that the filters by name let pass; None where there are none. `owner` is of a posting."""
        names = self.filters.names
        if not names:
            return None
        found = [self.index.lookup(sign + name, prefix=False).exact for name in names]
        return set.intersection(*(set(map(owner, postings)) for postings in found))

    def unknown(self) -> Iterator[str]:
        """Give the names that nothing has."""
        given = (name for name in (self.filters.tag, self.filters.series, self.filters.author) if name)
        for name, term in zip(given, self.filters.names, strict=True):
            if not any(self.index.lookup(sign + term, prefix=False).exact for sign in ("", PAGE)):
                yield name

    def in_columns(self, found: set[int]) -> set[int]:
        """Give those of some recordings whose date and length are asked for."""
        filters = self.filters
        if not filters.by_day and not filters.by_length:
            return found
        days, seconds = self.index.columns()
        return {one for one in found if filters.has_day(days[one]) and filters.has_length(seconds[one])}

    def dated(self, found: set[int], *, worded: bool) -> set[int]:
        """Give those of some pages whose date is asked for; without words, none that are about a recording."""
        if not self.filters.by_day:
            return found
        dates = self.index.dates()
        return {one for one in found if self.filters.has_day(dates[one][0]) and (worded or not dates[one][1])}

    def score(self, word: Word, sign: str, places: int, weight: Callable[[int, int], float]) -> dict[int, float]:
        """Score the places that have a word."""
        total: dict[int, float] | None = None
        for at, atom in enumerate((*word.asked, *word.pairs)):
            is_pair = at >= len(word.asked)
            found = self.index.lookup(sign + (atom.text if is_pair else cut(atom.text)), prefix=atom.prefix)
            self.partial |= found.partial
            if found.loose:
                self.loose.add(word)
            best: dict[int, float] = {}
            for factor, postings in (*((_LONGER, longer) for longer in found.rest), (1.0, found.exact)):
                for posting in postings:
                    if posting >> 2 >= places:  # of a damaged shard
                        continue
                    value = factor * weight(posting >> 2, posting & 3)
                    if value > best.get(posting >> 2, 0):
                        best[posting >> 2] = value
            rarity = math.log(1 + places / (len(best) or 1))
            if total is None:
                total = {place: value * rarity for place, value in best.items()}
            else:
                total = {place: total[place] + value * rarity for place, value in best.items() if place in total}
        return total or {}

    def weight(self, place: int, bits: int) -> float:
        """Weigh a place of a recording; 0 where the filter does not look."""
        where = self.filters.where
        if place in self.heads:
            return 0 if where == "commands" else _TITLE
        if where == "titles" or (where == "commands" and not bits & COMMAND):
            return 0
        return 1 + (_MANY if bits & FREQUENT else 0) + (_TYPED if bits & COMMAND else 0)

    def page_weight(self, _place: int, bits: int) -> float:
        """Weigh a place in a page."""
        if self.filters.where == "titles" and not bits & IN_TITLE:
            return 0
        return _TITLE if bits & IN_TITLE else _HEADING if bits & IN_HEADING else 1

    @cached_property
    def heads(self) -> frozenset[int]:
        """Places of heads."""
        return frozenset(self.index.first[:-1])

    def by_record(self, score: dict[int, float]) -> dict[int, float]:
        """Give the score of a word in each recording: of its best part, and of its head besides."""
        first, heads = self.index.first, self.heads
        parts: dict[int, float] = {}
        titles: dict[int, float] = {}
        for place, value in score.items():
            record = bisect_right(first, place) - 1
            if place in heads:
                titles[record] = value
            elif value > parts.get(record, 0):
                parts[record] = value
        return {record: parts.get(record, 0) + titles.get(record, 0) for record in parts.keys() | titles.keys()}

    def hit(self, record: int, scores: Sequence[dict[int, float]], by_record: Sequence[dict[int, float]]) -> Hit:
        """Find the parts that have words, and score the whole recording."""
        head = self.index.first[record]
        found = sorted(
            (-len(own), -round(sum(own), 6), place)
            for place in range(head + 1, head + 1 + self.index.root.counts[record])
            if (own := [value for score in scores if (value := score.get(place, 0))])
        )
        value = sum(score[record] for score in by_record)
        together = bool(found) and -found[0][0] == len(scores)
        return Hit(record, round(value * _TOGETHER if together else value, 6), tuple(place for _, _, place in found))
