"""Where the words of a query stand in lines of text: the index promises, the text decides. `spans.js` looks alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

from castsite.regex import regex
from castsite.search.catalogue import Part
from castsite.search.query import Word
from castsite.search.terms import composed, fold, is_cjk, letters

GAP: Final = 16
"""Characters of punctuation that may stand between two pieces of a word, with any blanks."""

SPANS: Final = 20
"""Places in one line where a word is marked."""


class Match(NamedTuple):
    """A line that matches. `time`: milliseconds on the played timeline; `marks`: stretches of `text`."""

    time: int
    text: str
    marks: tuple[tuple[int, int], ...]
    command: bool
    score: int


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
        marks = _joined(view.original(span) for own in spans for span in own)
        found.append(Match(time, text, marks, is_typed, score))
    return sorted(found, key=lambda match: (-match.score, match.time))


def marks_of(text: str, words: Sequence[Word]) -> tuple[tuple[int, int], ...]:
    """Give the stretches of a title or a paragraph where words stand."""
    view = _View(composed(text))
    return _joined(view.original(span) for word in words for span in view.spans(word))


def _joined(marks: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Put marks in order, those that overlap as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(marks):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def found_in(text: str, word: Word) -> bool:
    """Whether a word stands in a text."""
    return bool(_View(composed(text)).spans(word))


_ON_LINE, _LITERAL, _IS_TYPED = 10, 3, 4


class _View:
    """A line as it is searched: folded, with the way back to where its characters came from."""

    __slots__ = ("_starts", "_stops", "folded", "lower")

    def __init__(self, text: str) -> None:
        self._starts, self._stops = list[int](), list[int]()
        self.folded = text
        if not text.isascii():
            pieces, at = list[str](), 0
            for letter in letters(text):
                piece = _folded(letter)
                pieces.append(piece)
                self._starts += [at] * len(piece)
                at += len(letter)
                self._stops += [at] * len(piece)
            self.folded = "".join(pieces)
        self.lower = self.folded.lower() if text.isascii() else "".join(map(str.lower, self.folded))

    def original(self, span: tuple[int, int]) -> tuple[int, int]:
        """Give the stretch of the text that a stretch of the view stands for."""
        start, end = span
        return (self._starts[start], self._stops[end - 1]) if self._starts else span

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
            if atom.joined:
                end -= 1
            elif number:
                end = self._gap(end)
            if not self.lower.startswith(atom.text, end):
                return None
            end += len(atom.text)
            if not atom.prefix and not self._is_edge(end):
                return None
        return end

    def _gap(self, end: int) -> int:
        """Go on to the next atom, over punctuation and any blanks: columns of tables stand far apart."""
        signs = 0
        while end < len(self.lower) and not _ALNUM.match(self.lower[end]) and signs + (self.lower[end] != " ") <= GAP:
            signs += self.lower[end] != " "
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


_ALNUM = regex(r"[^\W_]")


@lru_cache(4096)
def _folded(letter: str) -> str:
    """Fold what can be part of a term; signs such as ™ end one and stay."""
    return fold(letter) if _ALNUM.match(letter) else letter
