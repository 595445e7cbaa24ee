"""What a text is found by. The theme's `terms.js` gives the same terms, and a test holds them together.

Only characters that are newer than Python's tables of Unicode may be letters to a browser and none here.

Terms are coarse: cut at 16 characters, without case, accents and punctuation. None of that loses a hit, and what they
promise too much is found out by looking at the text. There is no stemming and there are no stop words.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import msgspec

from castsite.regex import regex
from castsite.search.parts import parts

LONGEST: Final = 16
"""Characters of a term; what comes after them is left to the look at the text."""

HUMPED: Final = 40
"""Characters of a piece up to which its humps are terms: `getUserName`, but no base64."""

HUMPS: Final = 6
OFTEN: Final = 4
"""Times that a chunk occurs in a part from which it occurs often."""

COMMAND: Final = 1
"""Bit of a posting: the term occurs on a line that shows a command, prompt and all."""

FREQUENT: Final = 2
"""Bit of a posting: a chunk with the term occurs often."""

Terms = list[dict[int, list[str]]]
"""For each part of a transcript its terms by the bits of their postings, each list ascending."""

_KEPT = 200_000
"""chunks whose terms are remembered: the same words come again and again"""

_LETTERS: Final = str.maketrans(
    dict(zip("ßẞςΣæÆøØłŁđĐı", ("ss", "SS", "σ", "σ", "ae", "AE", "o", "O", "l", "L", "d", "D", "i"), strict=True))
)
# only these, or Japanese が would become か
_MARKS: Final = regex("[\u0300-\u036f]+")
_CHUNK: Final = regex("[^\\W_]+(?:[-_.\u0300-\u036f]+[^\\W_]+)*")
_ASCII_CHUNK: Final = regex(r"[A-Za-z0-9]+(?:[-_.]+[A-Za-z0-9]+)*")
# a letter or digit with what folding makes one of it: accents, voicing marks of halfwidth kana, pieces of Hangul
_LETTER: Final = regex(
    "[^\\W_][\u0300-\u036f\u1161-\u1175\u11a8-\u11c2\u3133\u3135\u3136\u313a-\u313f\u314f-\u3163"
    "\uff9e\uff9f\uffa3\uffa5\uffa6\uffaa-\uffaf\uffc2-\uffc7\uffca-\uffcf\uffd2-\uffd7\uffda-\uffdc]*|.",
    re.DOTALL,
)
_PIECE: Final = regex(r"[^\W_]+")
_HUMP: Final = regex(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+")
_HUMPED: Final = regex(r"[a-z0-9][A-Z]|[A-Z][A-Z][a-z]")
_CJK: Final = (
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff"
)
_RUN: Final = regex(f"[{_CJK}]+|[^{_CJK}]+")
_IS_CJK: Final = regex(f"[{_CJK}]")


class Dissected(NamedTuple):
    """A chunk taken apart: `atoms` in the order in which they stand, pairs of neighbouring pieces, humps of pieces."""

    atoms: tuple[str, ...]
    pairs: tuple[str, ...]
    humps: tuple[str, ...]


def is_cjk(text: str) -> bool:
    """Whether a text begins with a character of Chinese, Japanese or Korean."""
    return bool(_IS_CJK.match(text))


def fold(text: str) -> str:
    """Put compatibility forms and accents aside; the case stays, since humps are still to be found."""
    if text.isascii():
        return text
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFC", bare).translate(_LETTERS)


def letters(text: str) -> list[str]:
    """Part a composed text into what folds by itself: a chunk folded is its letters folded, one after the other.

    >>> letters("ﾃﾞｰﾀ x")
    ['ﾃﾞ', 'ｰ', 'ﾀ', ' ', 'x']
    """
    return _LETTER.findall(text)


def composed(text: str) -> str:
    """Give a text in the form in which it is cut into chunks."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def chunks(text: str) -> list[str]:
    """Cut a text into runs of letters and digits that `-`, `_`, `.` and accents may join.

    >>> chunks("$ git commit --no-verify ./v1.27.3.")
    ['git', 'commit', 'no-verify', 'v1.27.3']
    """
    return _ASCII_CHUNK.findall(text) if text.isascii() else _CHUNK.findall(composed(text))


def dissect(chunk: str) -> Dissected:
    """Take a chunk apart. Atoms are whole; pairs and humps are cut as terms are."""
    pieces = _PIECE.findall(fold(chunk))
    pairs = tuple(cut(f"{before}-{after}".lower()) for before, after in pairwise(pieces))
    return Dissected(
        tuple(atom for piece in pieces for atom in _atoms(piece)),
        pairs,
        tuple(hump for piece in pieces for hump in _humps(piece)),
    )


def cut(text: str) -> str:
    """Give what of a text is a term."""
    return text[:LONGEST]


def terms_of(text: str) -> set[str]:
    """Give all terms of a text.

    >>> sorted(terms_of("nginx.conf getUser"))
    ['conf', 'get', 'getuser', 'nginx', 'nginx-conf', 'user']
    """
    return _union({*chunks(text)})


def found_by(texts: Sequence[str], typed: Collection[int], most: int) -> Terms:
    """Give the terms of every part of a transcript.

    `typed` are the numbers of lines that show commands. Parts after more than `most` terms are left out.
    """
    found, left = [], most
    for part in parts(texts):
        own = texts[part.start : part.stop]
        found.append(part_terms(own, [texts[at] for at in part if at in typed]))
        left -= sum(map(len, found[-1].values()))
        if left < 0:
            break
    return found


def pack(terms: Terms) -> bytes:
    """Write terms down."""
    return msgspec.msgpack.encode(terms)


def unpack(data: bytes) -> Terms:
    """Read them again. Raises msgspec.DecodeError."""
    return msgspec.msgpack.decode(data, type=Terms)


def part_terms(texts: Sequence[str], typed: Sequence[str]) -> dict[int, list[str]]:
    """Give the terms of the lines of one part; `typed` are those lines that show commands."""
    plain = "\n".join(filter(str.isascii, texts))  # which are cut in half the time, and most are
    rest = [text for text in texts if not text.isascii()]
    counted = Counter(chunks(plain))
    counted.update(chunks("\n".join(rest)))
    every = _union(counted)
    often = _union([chunk for chunk, count in counted.items() if count >= OFTEN])
    command = terms_of("\n".join(typed)) & every
    groups = (every - command - often, command - often, often - command, command & often)
    return {bits: sorted(group) for bits, group in enumerate(groups) if group}


def _union(found: Iterable[str]) -> set[str]:
    return set().union(*map(_MEMORY.__getitem__, found))


class _Memory(dict[str, tuple[str, ...]]):
    """Terms of chunks; forgets everything when there are too many."""

    def __missing__(self, chunk: str) -> tuple[str, ...]:
        if len(self) >= _KEPT:
            self.clear()
        if chunk.isascii() and chunk.isalnum() and (chunk[1:] or chunk).islower():  # most are a word, their only term
            terms: tuple[str, ...] = (cut(chunk).lower(),)
        else:
            found = dissect(chunk)
            terms = tuple({*map(cut, found.atoms), *found.pairs, *found.humps})
        self[chunk] = terms
        return terms


_MEMORY = _Memory()


def _atoms(piece: str) -> Iterator[str]:
    """Give the words of a piece: itself, and of Chinese, Japanese and Korean all pairs, and the last character."""
    if piece.isascii():
        yield piece.lower()
        return
    for run in _RUN.findall(piece):
        if is_cjk(run):
            yield from (run[at : at + 2] for at in range(len(run)))
        else:
            yield run.lower()


def _humps(piece: str) -> Iterator[str]:
    if len(piece) <= HUMPED and piece.isascii() and _HUMPED.search(piece):
        humps = _HUMP.findall(piece)
        if len(humps) <= HUMPS:
            yield from (cut(hump.lower()) for hump in humps if len(hump) > 1)
