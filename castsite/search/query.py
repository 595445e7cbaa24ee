"""What is asked: words and phrases of a query, and the filters that narrow it. The theme's `terms.js` parses alike."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from castsite.regex import regex
from castsite.search.index import names
from castsite.search.terms import chunks, dissect, fold, is_cjk

QUERY: Final = 300
"""Characters of a query that count."""

WORDS: Final = 8
ATOMS: Final = 8
"""Pieces of a word that the index is asked for; the text is asked for all of them."""

UNFINISHED: Final = 2
"""Characters from which on the last word of a query, or one with a star, stands for longer ones."""

SHORTENED: Final = 4
"""Characters from which on any other word does."""

Where = Literal["", "commands", "titles"]


class Atom(NamedTuple):
    """What must stand in the text, in lower case.

    `prefix`: something may follow; `joined`: it begins with the last character of the one before.
    """

    text: str
    prefix: bool
    joined: bool = False


class Word(NamedTuple):
    """A word or a phrase of a query, and where it stands in the text of it."""

    start: int
    end: int
    raw: str
    atoms: tuple[Atom, ...]
    pairs: tuple[Atom, ...]
    """of neighbours, as far as the index is asked for them"""

    @property
    def asked(self) -> tuple[Atom, ...]:
        """The atoms that the index is asked for."""
        return self.atoms[:ATOMS]


class Filters(Struct, frozen=True, kw_only=True):
    """What narrows a query. Days count from 1970, lengths are whole seconds; both ends are included."""

    where: Where = ""
    tag: str = ""
    series: str = ""
    author: str = ""
    days: tuple[float, float] = (-math.inf, math.inf)
    seconds: tuple[float, float] = (0, math.inf)

    @property
    def names(self) -> tuple[str, ...]:
        """The terms that stand for them in heads."""
        return names(filter(None, (self.tag,)), self.series, filter(None, (self.author,)))

    @property
    def by_day(self) -> bool:
        """Whether dates are asked for."""
        return self.days != (-math.inf, math.inf)

    @property
    def by_length(self) -> bool:
        """Whether lengths are asked for."""
        least, most = self.seconds
        return least >= 1 or most < math.inf

    def has_day(self, day: int) -> bool:
        """Whether a day is asked for; 0 stands for no date."""
        earliest, latest = self.days
        return not self.by_day or (day > 0 and earliest <= day <= latest)

    def has_length(self, seconds: int) -> bool:
        """Whether a length is asked for; what is beyond a whole second does not count."""
        least, most = self.seconds
        return least < seconds + 1 and seconds <= most


def asks(query: str, filters: Filters) -> bool:
    """Whether anything is looked for: words, or all that a filter lets pass; blanks and punctuation are no words."""
    return bool(parse(query)) or (not query.strip() and (bool(filters.names) or filters.by_day or filters.by_length))


def text_of(query: str) -> str:
    """Give as much of a query as is read, composed, all quotes alike."""
    return unicodedata.normalize("NFC", query[:QUERY].translate(_QUOTES))


def parse(query: str) -> tuple[Word, ...]:
    """Take a query apart into words and phrases. Nothing comes of blanks and punctuation alone."""
    return _words(query)[:WORDS]


def leaves_out(query: str) -> bool:
    """Whether there are more words than count."""
    return len(_words(query)) > WORDS


def _words(query: str) -> tuple[Word, ...]:
    text = text_of(query)
    return tuple(word for match in _WORD.finditer(text) if (word := _word(match, text)))


_QUOTES = {ord(sign): '"' for sign in "“”„«»"}
_WORD = regex(r'"([^"]*)"?|[^\s"]+')
_ENDS_OPEN = regex("[^\\W_][\u0300-\u036f]*\\Z")


def _word(match: re.Match[str], text: str) -> Word | None:
    phrase = match[1] is not None
    raw = match[1] if phrase else match[0]
    atoms: list[Atom] = []
    pairs: list[str] = []
    paired = False  # whether the last pair ends the word
    for chunk in chunks(raw):
        parted = dissect(chunk)
        pairs += parted.pairs
        paired = bool(parted.pairs)
        atoms += _atoms(parted.atoms)
    if not atoms:
        return None
    end = atoms[-1]
    if not phrase and (raw.endswith("*") or _ENDS_OPEN.search(raw)):
        least = UNFINISHED if raw.endswith("*") or match.end() == len(text) else SHORTENED
        atoms[-1] = end = end._replace(prefix=end.prefix or len(end.text) >= least)
    kept = [Atom(pair, prefix=False) for pair in pairs]
    if paired and not phrase:
        kept[-1] = Atom(pairs[-1], end.prefix)
    literal = fold(raw.removesuffix("*")).lower()
    return Word(*match.span(), literal, tuple(atoms), tuple(kept[: ATOMS - 1]))


def _atoms(found: Sequence[str]) -> Iterator[Atom]:
    """Leave the single last character of a run out where it stands in the pair before it; alone, any pair may follow.

    >>> [atom.text for atom in _atoms(("配置", "置文", "文"))], [atom.text for atom in _atoms(("a", "文"))]
    (['配置', '置文'], ['a', '文'])
    """
    for before, atom in pairwise(("", *found)):
        single = is_cjk(atom) and len(atom) == 1
        joined = is_cjk(before) and len(before) > 1
        if not (single and joined):
            yield Atom(atom, single, joined)
