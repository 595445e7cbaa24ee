"""The reader of the index: `castsite search` answers with it what the page of search answers.

What is here is in the theme's `terms.js` and `reader.js` too, and a test gives both the same queries.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import accumulate, islice
from typing import Any, Final, Literal, NamedTuple, TypeVar

import msgspec
from msgspec import Raw, Struct

from castsite.search.index import (
    ABOUT,
    BLOCK,
    FOLDER,
    IN_HEADING,
    IN_TITLE,
    NAME,
    PAGE,
    PAGES,
    VERSION,
    Said,
    day_number,
    head_words,
    names,
    page_terms,
    said_in,
)
from castsite.search.terms import COMMAND, FREQUENT, chunks, composed, cut, dissect, fold, is_cjk, part_terms
from castsite.search.varints import read_postings, read_varint

T = TypeVar("T")

QUERY: Final = 300
"""Characters of a query that count."""

WORDS: Final = 8
ATOMS: Final = 8
"""Pieces of a word that count."""

SHARDS: Final = 4
"""Shards that a prefix may be spread over."""

CANDIDATES: Final = 30
"""Hits that are looked at for ten that hold."""

GAP: Final = 16
"""Characters of blanks and punctuation that may stand between two pieces of a word."""

PLACES: Final = 1 << 22
"""Parts that a site can have here."""

SPANS: Final = 20
"""Places in one line where a word is marked."""

Where = Literal["", "commands", "titles"]
Load = Callable[[str], bytes]
"""Fetches a file of the site by its path, with `?v=` where the index has versions. Raises OSError."""


class DamagedError(Exception):
    """The index is not one, or not one that this reader knows."""


class Atom(NamedTuple):
    """What must stand in the text, in lower case; `prefix`: something may follow."""

    text: str
    prefix: bool


class Word(NamedTuple):
    """A word or a phrase of a query."""

    raw: str
    atoms: tuple[Atom, ...]
    pairs: tuple[Atom, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What narrows a query. Days count from 1970, lengths are seconds."""

    where: Where = ""
    tag: str = ""
    series: str = ""
    author: str = ""
    days: tuple[float, float] = (0, math.inf)
    seconds: tuple[float, float] = (0, math.inf)

    @property
    def names(self) -> tuple[str, ...]:
        """The terms that stand for them in heads."""
        named = (("#", self.tag), ("@", self.series), ("~", self.author))
        return tuple(sign + name[:NAME] for sign, name in named if name)

    def is_in_days(self, day: int) -> bool:
        """Whether a day is asked for; 0 stands for no date."""
        earliest, latest = self.days
        return self.days == (0, math.inf) or (day > 0 and earliest <= day <= latest)

    @property
    def by_column(self) -> bool:
        """Whether dates or lengths are asked for."""
        return self.days != (0, math.inf) or self.seconds != (0, math.inf)


class Hit(NamedTuple):
    """A recording or a page that has all words: its number, its score, places of parts that have words, best first."""

    record: int
    score: float
    places: tuple[int, ...] = ()


class Ranking(NamedTuple):
    """What the index alone tells. `near` are words that may have been meant where one was never on a screen."""

    words: tuple[Word, ...]
    hits: tuple[Hit, ...]
    pages: tuple[Hit, ...]
    """pages of Markdown"""
    near: tuple[str, ...]
    partial: bool
    """a prefix was too wide: only titles and the word itself were looked for"""


class Match(NamedTuple):
    """A line that matches. `time`: milliseconds on the played timeline; `marks`: stretches of `text`."""

    time: int
    text: str
    marks: tuple[tuple[int, int], ...]
    command: bool
    score: int


class Row(NamedTuple):
    """What the catalogue says of a recording, in the order in which it stands there."""

    slug: str
    title: str
    date: str | None
    seconds: float
    tags: tuple[str, ...]
    series: str
    lines: int
    trace: str
    authors: tuple[str, ...]


class Part(Struct):
    """A part of a transcript as its file has it: `times` are milliseconds since the line before."""

    times: list[int]
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


# ---- the query


def asks(query: str, filters: Filters) -> bool:
    """Whether anything is looked for: words, or all that a filter lets pass; blanks and punctuation are no words."""
    return bool(parse(query)) or (not query.strip() and (bool(filters.names) or filters.by_column))


def parse(query: str) -> tuple[Word, ...]:
    """Take a query apart into words and phrases. Nothing comes of blanks and punctuation alone."""
    text = unicodedata.normalize("NFC", query[:QUERY].translate(_QUOTES))
    found = [word for match in _WORD.finditer(text) if (word := _word(match, text))]
    return tuple(found[:WORDS])


_QUOTES = {ord(sign): '"' for sign in "“”„«»"}
_WORD = re.compile(r'"([^"]*)"?|[^\s"]+')
_ENDS_OPEN = re.compile(r"[^\W_]\Z")


def _word(match: re.Match[str], text: str) -> Word | None:
    phrase = match[1] is not None
    raw = match[1] if phrase else match[0]
    atoms: list[Atom] = []
    pairs: list[str] = []
    for chunk in chunks(raw):
        parted = dissect(chunk)
        pairs += parted.pairs
        atoms += _atoms(parted.atoms)
    if not atoms:
        return None
    last = not phrase and match.end() == len(text)
    end = atoms[-1].text
    open_ended = atoms[-1].prefix
    if raw.endswith("*"):
        open_ended = len(end) > 1
    elif not phrase and _ENDS_OPEN.search(raw):
        open_ended = open_ended or len(end) >= (2 if last else 4)
    atoms[-1] = Atom(end, open_ended)
    kept = [Atom(pair, open_ended and at == len(pairs) - 1) for at, pair in enumerate(pairs)]
    return Word(fold(raw.removesuffix("*")).lower(), tuple(atoms[:ATOMS]), tuple(kept[: ATOMS - 1]))


def _atoms(found: Sequence[str]) -> Iterator[Atom]:
    """Ask for the single last character of a run only where it stands alone: any pair may begin with it."""
    for at, atom in enumerate(found):
        single = is_cjk(atom) and len(atom) == 1
        if not (single and at and is_cjk(found[at - 1])):
            yield Atom(atom, single)


# ---- the index


class _Found(NamedTuple):
    """Postings of a term, and of longer ones that begin with it."""

    exact: Sequence[int]
    rest: Sequence[Sequence[int]]
    partial: bool = False
    maps: tuple[dict[str, list[int]], ...] = ()


class _Blocks(NamedTuple):
    """A page of Markdown as the catalogue has it."""

    slug: str
    title: str
    date: str | None
    tags: tuple[str, ...]
    blocks: list[tuple[str, str]]
    authors: tuple[str, ...]
    about: bool


class _Head(Struct):
    """What tells which form a root has."""

    v: int
    records: Raw = Raw()


class _Sharded(Struct):
    """The root of an index in many files."""

    version: str
    counts: list[int]
    pages: int
    shards: list[str]
    titles: list[str]


class _Small(Struct):
    """The root that is all of an index."""

    version: str
    counts: list[int]
    records: list[Row]
    parts: list[Part]
    pages: list[_Blocks]


@dataclass(slots=True)
class Index:
    """An index that is read as far as questions need it."""

    load: Load
    root: _Sharded | _Small
    first: list[int]
    """place of each recording's head, and the number of places"""
    _terms: dict[str, list[int]] = field(default_factory=dict)
    """of a small gallery"""
    _files: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def open(cls, load: Load) -> Index:
        """Read the root. Raises DamagedError, and OSError where there is none."""
        data = load(f"{FOLDER}/index.json")
        head = _decoded(data, _Head)
        if head.v != VERSION:
            raise DamagedError
        root = _decoded(data, _Small) if head.records else _decoded(data, _Sharded)
        if min(root.counts, default=0) < 0 or sum(root.counts) > PLACES:
            raise DamagedError
        first = [0, *accumulate(1 << count.bit_length() for count in root.counts)]
        index = cls(load, root, first)
        if isinstance(root, _Small):
            if len(root.records) != len(root.counts) or len(root.parts) != sum(root.counts):
                raise DamagedError
            index._terms = _inverted(root, first)
        return index

    @property
    def pages(self) -> int:
        """How many pages of Markdown there are."""
        return len(self.root.pages) if isinstance(self.root, _Small) else self.root.pages

    def rank(self, query: str, filters: Filters) -> Ranking:
        """Find the recordings and pages that have all words, best first."""
        words = parse(query)
        if not asks(query, filters):
            return Ranking(words, (), (), (), partial=False)
        search = _Search(self, filters)
        hits = search.recordings(words)
        pages = search.texts(words)
        missing = () if hits or pages else tuple(search.near)
        return Ranking(words, hits, pages, tuple(dict.fromkeys(missing)), search.partial)

    def row(self, record: int) -> Row:
        """Give what the catalogue says of a recording."""
        if isinstance(self.root, _Small):
            return self.root.records[record]
        return self._row(f"d/{record // BLOCK}.json", list[Row], record % BLOCK)

    def page(self, number: int) -> Page:
        """Give a page of Markdown."""
        if isinstance(self.root, _Small):
            found = self.root.pages[number]
        else:
            found = self._row(f"p/{number // PAGES}.json", list[_Blocks], number % PAGES)
        said = said_in(found.blocks)
        return Page(found.slug, found.title, found.date, found.tags, found.authors, said, found.about)

    def part(self, record: int, place: int, slug: str) -> Part:
        """Fetch a part of a recording's transcript."""
        number = place - self.first[record]
        if isinstance(self.root, _Small):
            return self.root.parts[sum(self.root.counts[:record]) + number - 1]
        return _decoded(self.load(f"{slug}.json" if number == 1 else f"{slug}.{number}.json"), Part)

    def shard(self, start: str) -> dict[str, list[int]]:
        """Fetch the shard with a start key."""
        try:
            return self._get(f"t/{start.encode('latin-1').hex()}.bin", _shard)
        except UnicodeEncodeError as error:
            raise DamagedError from error

    def lookup(self, text: str, *, prefix: bool) -> _Found:
        """Find a term, with `prefix` those too that begin with it."""
        if isinstance(self.root, _Small):
            return _collected((self._terms,), text, prefix=prefix)
        shards = self.root.shards
        if not shards:
            return _Found((), ())
        low = text.encode("utf-8", "replace").decode("latin-1")
        start = max(0, bisect_right(shards, low) - 1)
        end = bisect_right(shards, low + "\xff") if prefix else start + 1
        end = max(end, start + 1)
        if end - start <= SHARDS:
            return _collected(tuple(map(self.shard, shards[start:end])), text, prefix=prefix)
        found = _collected((self.shard(shards[start]),), text, prefix=False)
        key = text[:3] if text[:3] in self.root.titles else ""
        heads = self._get(f"h/{key.encode().hex()}.bin", lambda data: read_postings(data, 0)[0]) if key else []
        return found._replace(rest=(heads,), partial=True)

    def columns(self) -> tuple[list[int], list[int]]:
        """Give day and seconds of every recording."""
        if isinstance(self.root, _Small):
            rows = self.root.records
            return [day_of(row.date) for row in rows], [math.floor(row.seconds) for row in rows]
        days, seconds = self._get("columns.bin", _columns)
        if len(days) != len(self.root.counts):
            raise DamagedError
        return days, seconds

    def _row(self, path: str, kind: type[list[T]], at: int) -> T:
        rows = self._get(path, lambda data: _decoded(data, kind))
        if at >= len(rows):
            raise DamagedError
        return rows[at]

    def _get(self, path: str, read: Callable[[bytes], T]) -> T:
        if path not in self._files:
            try:
                self._files[path] = read(self.load(f"{FOLDER}/{path}?v={self.root.version}"))
            except IndexError as error:
                raise DamagedError from error
        found: T = self._files[path]
        return found


def _decoded(data: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(data, type=kind)
    except (ValueError, RecursionError) as error:  # bytes that are no UTF-8 are no DecodeError
        raise DamagedError from error


def _columns(data: bytes) -> tuple[list[int], list[int]]:
    """Read days and seconds. Raises IndexError where they are cut off."""
    days, seconds = list[int](), list[int]()
    at = day = 0
    while at < len(data):
        step, at = read_varint(data, at)
        length, at = read_varint(data, at)
        day += step
        days.append(day)
        seconds.append(length)
    return days, seconds


def day_of(text: str | None) -> int:
    """Give the day of a date in the catalogue, 0 for none."""
    try:
        return day_number(date.fromisoformat(text[:10])) if text else 0
    except ValueError:
        return 0


def _shard(data: bytes) -> dict[str, list[int]]:
    """Read a shard: terms and their postings. Raises IndexError where it is cut off."""
    terms: dict[str, list[int]] = {}
    at, key = 0, b""
    while at < len(data):
        shared, more = data[at], data[at + 1]
        key = key[:shared] + data[at + 2 : at + 2 + more]
        terms[key.decode("utf-8", "replace")], at = read_postings(data, at + 2 + more)
    return terms


def _inverted(root: _Small, first: Sequence[int]) -> dict[str, list[int]]:
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


def _collected(maps: tuple[dict[str, list[int]], ...], text: str, *, prefix: bool) -> _Found:
    exact = next((found for one in maps if (found := one.get(text))), [])
    longer = (
        [found for one in maps for term, found in one.items() if len(term) > len(text) and term.startswith(text)]
        if prefix
        else []
    )
    return _Found(exact, longer, maps=maps)


# ---- ranking


_TITLE, _HEADING, _TYPED, _MANY = 4, 2, 1, 0.5
_LONGER = 0.5
_TOGETHER = 1.5


class _Search:
    """One question: what it narrows down to, and what was learned while it was answered."""

    def __init__(self, index: Index, filters: Filters) -> None:
        self.index = index
        self.filters = filters
        self.near: list[str] = []
        self.partial = False

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
        if self.filters.by_column:
            found = {record for record in found if self.in_columns(record)}
        hits = [self.hit(record, scores, by_record) for record in found]
        return tuple(sorted(hits, key=lambda hit: (-hit.score, -hit.record)))

    def texts(self, words: Sequence[Word]) -> tuple[Hit, ...]:
        """Rank the pages that have all words; none where only recordings can be meant."""
        if self.filters.where == "commands" or self.filters.series or self.filters.seconds != (0, math.inf):
            return ()
        scores = [self.score(word, PAGE, self.index.pages, self.page_weight) for word in words]
        # what is about a recording is not listed beside it only because both have a tag
        allowed = self.allowed(PAGE, lambda posting: -1 if posting & ABOUT and not words else posting >> 2)
        found = set(scores[0]).intersection(*scores[1:]) if words else set(range(self.index.pages))
        if allowed is not None:
            found &= allowed
        hits = [Hit(page, round(sum(score[page] for score in scores), 6)) for page in found]
        return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.record)))

    def allowed(self, sign: str, owner: Callable[[int], int]) -> set[int] | None:
        """Give those that the filters by name let pass; None where there are none. `owner` is of a posting."""
        names = self.filters.names
        if not names:
            return None
        found = [self.index.lookup(sign + name, prefix=False).exact for name in names]
        return set.intersection(*(set(map(owner, postings)) for postings in found))

    def in_columns(self, record: int) -> bool:
        days, seconds = self.index.columns()
        least, most = self.filters.seconds
        return self.filters.is_in_days(days[record]) and least <= seconds[record] <= most

    def score(self, word: Word, sign: str, places: int, weight: Callable[[int, int], float]) -> dict[int, float]:
        """Score the places that have a word."""
        total: dict[int, float] | None = None
        for at, atom in enumerate((*word.atoms, *word.pairs)):
            is_pair = at >= len(word.atoms)
            found = self.index.lookup(sign + (atom.text if is_pair else cut(atom.text)), prefix=atom.prefix)
            self.partial |= found.partial
            best: dict[int, float] = {}
            for factor, postings in (*((_LONGER, longer) for longer in found.rest), (1.0, found.exact)):
                for posting in postings:
                    if posting >> 2 >= places:  # of a damaged shard
                        continue
                    value = factor * weight(posting >> 2, posting & 3)
                    if value > best.get(posting >> 2, 0):
                        best[posting >> 2] = value
            if not best and not is_pair and not sign:
                self.near += _near(atom.text, found.maps)
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


def _near(text: str, maps: Iterable[dict[str, list[int]]]) -> list[str]:
    """Give the most frequent terms one slip away, two from eight letters on, in what was read already."""
    limit = 2 if len(text) >= 8 else 1 if len(text) >= 4 else 0
    if not limit:
        return []
    found = [
        (-len(postings), term)
        for one in maps
        for term, postings in one.items()
        if abs(len(term) - len(text)) <= limit and term[0] not in "!#@~" and distance(term, text, limit) <= limit
    ]
    return [term for _, term in sorted(found)[:3]]


def distance(one: str, other: str, limit: int) -> int:
    """Count insertions, deletions, substitutions and swaps of neighbours; `limit + 1` where there are more.

    Source: optimal string alignment, as Damerau's distance without a second edit of what was swapped.
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, sign in enumerate(one, start=1):
        new = [i]
        for j, that in enumerate(other, start=1):
            cost = min(row[j] + 1, new[j - 1] + 1, row[j - 1] + (sign != that))
            if i > 1 and j > 1 and sign == other[j - 2] and one[i - 2] == that:
                cost = min(cost, before[j - 2] + 1)
            new.append(cost)
        if min(new) > limit:
            return limit + 1
        before, row = row, new
    return row[-1]


# ---- the text


def matches(part: Part, words: Sequence[Word], *, commands_only: bool = False) -> list[Match]:
    """Look for words in the lines of a part: best first, then in the order of time."""
    typed = set(part.command_lines)
    found: list[Match] = []
    for number, (time, line) in enumerate(zip(accumulate(part.times), part.lines, strict=False)):
        is_typed = number in typed
        if commands_only and not is_typed:
            continue
        text = composed(line)
        view = _View(text)
        spans = [view.spans(word) for word in words]
        if not any(spans):
            continue
        literal = sum(_LITERAL for word, own in zip(words, spans, strict=True) if own and word.raw in view.lower)
        score = _ON_LINE * sum(map(bool, spans)) + literal + (_IS_TYPED if is_typed else 0)
        marks = tuple(sorted(view.original(span) for own in spans for span in own))
        found.append(Match(time, text, marks, is_typed, score))
    return sorted(found, key=lambda match: (-match.score, match.time))


def marks_of(text: str, words: Sequence[Word]) -> tuple[tuple[int, int], ...]:
    """Give the stretches of a title or a paragraph where words stand."""
    view = _View(composed(text))
    return tuple(sorted(view.original(span) for word in words for span in view.spans(word)))


def found_in(text: str, word: Word) -> bool:
    """Whether a word stands in a text."""
    return bool(_View(composed(text)).spans(word))


_ON_LINE, _LITERAL, _IS_TYPED = 10, 3, 4


class _View:
    """A line as it is searched: folded, with the way back to where its characters came from."""

    __slots__ = ("_map", "folded", "lower")

    def __init__(self, text: str) -> None:
        self._map: list[int] | None = None
        self.folded = text
        if not text.isascii():
            self._map, pieces = [], []
            for at, char in enumerate(text):
                piece = fold(char)
                if len(piece.lower()) != len(piece):
                    piece = piece.lower()
                pieces.append(piece)
                self._map += [at] * len(piece)
            self._map.append(len(text))
            self.folded = "".join(pieces)
        self.lower = self.folded.lower() if text.isascii() else "".join(map(str.lower, self.folded))

    def original(self, span: tuple[int, int]) -> tuple[int, int]:
        """Give the stretch of the text that a stretch of the view stands for."""
        start, end = span
        return span if self._map is None else (self._map[start], self._map[end])

    def spans(self, word: Word) -> list[tuple[int, int]]:
        """Find where the atoms of a word stand one behind the other."""
        found: list[tuple[int, int]] = []
        head = word.atoms[0].text
        at = self.lower.find(head)
        while at >= 0 and len(found) < SPANS:
            end = self._end(word, at) if self._is_edge(at) else None
            if end is not None:
                found.append((at, end))
            at = self.lower.find(head, at + 1)
        return found

    def _end(self, word: Word, start: int) -> int | None:
        """Give where the last atom ends if all of them stand there."""
        end = start
        for number, atom in enumerate(word.atoms):
            if number:
                end = self._next(end, atom.text, word.atoms[number - 1].text)
            if not self.lower.startswith(atom.text, end):
                return None
            end += len(atom.text)
            if not atom.prefix and not self._is_edge(end):
                return None
        return end

    def _next(self, end: int, text: str, before: str) -> int:
        """Go on to the next atom: over blanks and punctuation, or back to where a pair of characters begins."""
        if is_cjk(text) and is_cjk(before):
            return end - 1
        start = end
        while end < len(self.lower) and end - start < GAP and not _ALNUM.match(self.lower[end]):
            end += 1
        return end

    def _is_edge(self, at: int) -> bool:
        """Whether a term may begin or end before a character."""
        if at == 0 or at == len(self.folded):
            return True
        before, after = self.folded[at - 1], self.folded[at]
        if not _ALNUM.match(before) or not _ALNUM.match(after) or is_cjk(before) or is_cjk(after):
            return True
        return self._is_hump(before, after, self.folded[at + 1 : at + 2])

    @staticmethod
    def _is_hump(before: str, after: str, then: str) -> bool:
        """Whether a hump of `camelCase` begins, all of ASCII."""
        small = "a" <= before <= "z" or "0" <= before <= "9"
        if "A" <= after <= "Z":
            return small or ("A" <= before <= "Z" and "a" <= then <= "z")
        letter = "a" <= after <= "z"
        return letter and ("0" <= before <= "9" or "A" <= before <= "Z")


_ALNUM = re.compile(r"[^\W_]")
