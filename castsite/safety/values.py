"""What is to be taken out of a recording: values, every form they stand in, and what of a text shows them."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote

from castsite.regex import regex
from castsite.safety.scan import BORDER, forms

GRAM: Final = 8
"""Characters of a value by which a part of it is known; fewer of them tell little."""
SHORT: Final = 6
"""Characters below which a value is found only where it stands alone."""
BLOCK: Final = "█"
"""What stands for a character that was taken out."""
WIDE: Final = "〓"
"""What stands for one of two columns: two narrow ones would wrap in another way."""
KEY: Final = "•"
"""What stands for a key that was typed."""

_LEAST: Final = 3
"""Characters of a line of a value of many lines, or it is left."""
_BREAK: Final = regex(r"\r?\n")
_WRITTEN_BREAK: Final = regex(r"(?:\\r)?\\n")
_NUMBERED: Final = regex(r"\s*\d{1,6}(?:\s*[│|>]\s*|\s+)(\S.*)", re.DOTALL)
_ENDLESS: Final = 1 << 20
_MASKS: Final = frozenset((BLOCK, WIDE, KEY))
_ESCAPED: Final = regex(r"%[2-7][0-9A-Fa-f]|\\u00[2-7][0-9A-Fa-f]|&(?:#[0-9]{2,3}|#[xX][0-9A-Fa-f]{2}|[a-z]{2,4});")
"""A character of ASCII as it is in an address, in JSON, in HTML: others may be written so, none has to."""
_MAY_BE_ESCAPED: Final = regex(
    rf"%[2-7]|\\u|u00[2-7]|&[#a-z]|#(?:[0-9]{{2,3}}|[xX][0-9A-Fa-f]{{2}});|[%\\&](?:{BORDER.pattern}|\Z)"
)
"""Such a character, or what may be a part of one that goes over the end of a row."""
HALF: Final = GRAM // 2
"""Characters that a row has at least where `Values.may_go_over` counts."""


def _unescaped(text: str) -> tuple[str, list[int]]:
    """Give a text with characters for what stands for them, and where each of its characters stands in the text."""
    pieces: list[str] = []
    places: list[int] = []
    at = 0
    for match in _ESCAPED.finditer(text):
        plain = html.unescape(match[0]) if match[0].startswith("&") else chr(int(match[0][-2:], 16))
        pieces += [text[at : match.start()], plain]
        places += [*range(at, match.start()), *[match.start()] * len(plain)]
        at = match.end()
    pieces.append(text[at:])
    return "".join(pieces), [*places, *range(at, len(text) + 1)]


class Values:
    """Values in all their forms. `shown` is what texts were seen to show of them.

    Short ones are found where they stand alone, those `found` by rules anywhere; `patterns` find more in each text.
    """

    __slots__ = ("_firsts", "_grams", "_halves", "_patterns", "_words", "known", "shown")

    def __init__(
        self, values: Iterable[str], *, found: Iterable[str] = (), patterns: Iterable[re.Pattern[str]] = ()
    ) -> None:
        found = tuple(found)
        self._patterns = tuple(patterns)
        values = (*values, *found)
        self.known = tuple(dict.fromkeys(part for value in values for part in _lines(value)))
        self.shown: set[str] = set()
        self._firsts: dict[str, tuple[str, ...]] = {}
        grams: dict[int, set[str]] = {}
        anywhere = {part for value in found for part in _lines(value)}
        words = [
            re.escape(value) if value in anywhere else rf"(?<!\w){re.escape(value)}(?!\w)"
            for value in self.known
            if len(value) < SHORT
        ]
        self._words = re.compile("|".join(words)) if words else None
        for form in dict.fromkeys(form for value in self.known for form in _all_forms(value)):
            size = min(GRAM, len(form))
            grams.setdefault(size, set()).update(form[at : at + size] for at in range(len(form) - size + 1))
            self._firsts[form[:size]] = (*self._firsts.get(form[:size], ()), form)
        self._grams = tuple((size, frozenset(found)) for size, found in grams.items())
        halves: dict[int, set[str]] = {}
        for size, whole in grams.items():
            half = size // 2  # one character more may be escaped, and that cut in two
            halves.setdefault(half, set()).update(
                each[at : at + half] for each in whole for at in range(size - half + 1)
            )
        self._halves = tuple((size, frozenset(found)) for size, found in halves.items())

    def __bool__(self) -> bool:
        return bool(self.known or self._patterns)

    @property
    def longest(self) -> int:
        """Characters of the longest of them; of what an expression matches nobody knows."""
        if self._patterns:
            return _ENDLESS
        return max((len(form) for forms in self._firsts.values() for form in forms), default=SHORT)

    def may_go_over(self, text: str) -> bool:
        """Whether a text of rows may show something where this is one of them: if none is, it shows nothing.

        Half of what is looked for stands in one row, where rows have as many characters as that.
        """
        if self._words or self._patterns or _MAY_BE_ESCAPED.search(text):
            return True
        return any(_holds(text, size, halves) for size, halves in self._halves)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Give where a text shows a value or a part of one; they may overlap."""
        found = self._spans(text)
        if _ESCAPED.search(text):
            plain, places = _unescaped(text)
            found += [(places[start], places[end]) for start, end in self._spans(plain)]
        return found

    def _spans(self, text: str) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        for size, grams in self._grams:
            if len(grams) > len(text) or any(map(text.__contains__, grams)):  # most texts show nothing
                found += [(at, at + size) for at in range(len(text) - size + 1) if text[at : at + size] in grams]
        if self._words:
            found += [match.span() for match in self._words.finditer(text)]
        for pattern in self._patterns:
            found += [
                match.span() for match in pattern.finditer(text) if not _MASKS.issuperset("".join(match[0].split()))
            ]
        if found:
            self.shown.update(text[start:end] for start, end in found)
        return found

    def places(self, text: str) -> set[int]:
        """Give the characters of a text that show one."""
        return {at for start, end in self.spans(text) for at in range(start, end)}

    def beginnings(self, text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, str]]:
        """Give where values begin, among spans of a text, and which."""
        for start, end in spans:
            for value in self._firsts.get(text[start:end], ()):
                yield start, value

    def masked(self, text: str) -> str:
        """Give a text that shows none of them, of the same length."""
        hidden = self.places(text)
        return "".join([BLOCK if at in hidden else each for at, each in enumerate(text)]) if hidden else text

    def stand_in(self, text: str) -> bool:
        """Whether a text shows one, as it is or encoded."""
        return any(self.spans(form) for form in forms((text,)))

    def cover(self, value: str) -> bool:
        """Whether nothing of a value is left where these are masked."""
        lines = [line.strip() for line in _BREAK.split(value) if len(line.strip()) >= _LEAST]
        return bool(lines) and all(len(self.places(line)) >= len(_bare(line)) for line in lines)

    def was_shown(self, value: str) -> bool:
        """Whether any text showed the beginning of a value, in any form."""
        if len(value) < SHORT:
            return value in self.shown
        return any(form[:GRAM] in self.shown for form in _all_forms(value))


def _holds(text: str, size: int, parts: frozenset[str]) -> bool:
    """Whether any of many parts of one size stands in a text."""
    if len(parts) < 4 * len(text):  # looking for one is far faster than cutting one out
        return any(map(text.__contains__, parts))
    return not parts.isdisjoint([text[at : at + size] for at in range(len(text) - size + 1)])


def _lines(value: str) -> Iterator[str]:
    """Give each line of a value, also without what an editor puts before it: nothing is looked for across lines."""
    lines = [line.strip() for line in _BREAK.split(value)]
    lines = [line for line in lines if line]
    if len(lines) == 1:
        yield lines[0]
        lines = _WRITTEN_BREAK.split(lines[0])
        if len(lines) == 1:
            return
    for line in lines:
        for part in dict.fromkeys((line.strip(), _bare(line))):
            if len(part) >= _LEAST:
                yield part


def _bare(line: str) -> str:
    """Give a line without its number."""
    match = _NUMBERED.fullmatch(line)
    return match[1].strip() if match else line.strip()


def _all_forms(value: str) -> Iterator[str]:
    """Give a value as it is, in an address, in JSON, and within what base64 encodes; none of a short one."""
    if len(value) < SHORT:
        return
    yield value
    for form in (quote(value, safe=""), json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]):
        if form != value:
            yield form
    data = value.encode("utf-8", "surrogatepass")
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + data).decode()
        whole = coded[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]
        yield whole
        if (other := whole.replace("+", "-").replace("/", "_")) != whole:
            yield other
