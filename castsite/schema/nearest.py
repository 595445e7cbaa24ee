"""The known word that was meant by an unknown one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Final

_LONGEST: Final = 40
"""Characters of a word that is still compared: no key is longer, and the comparison is quadratic."""

_CLOSE: Final = 0.7
_SWAPPED: Final = 3  # letters of a word of which only their order may be wrong


def nearest(word: str, known: Iterable[str], habits: Mapping[str, str] | None = None) -> str | None:
    """Give the known word closest to `word`, or what other programs' users mean by it; None when nothing is near."""
    if len(word) > _LONGEST:
        return None
    plain = _plain(word)
    for habit, meant in (habits or {}).items():
        if _plain(habit) == plain:
            return meant
    by_spelling = {_plain(name): name for name in known}
    swapped = [name for name in by_spelling if len(name) >= _SWAPPED and sorted(name) == sorted(plain)]
    close = swapped or difflib.get_close_matches(plain, by_spelling, 1, _CLOSE)
    return by_spelling[close[0]] if close else None


def did_you_mean(word: str, known: Iterable[str], habits: Mapping[str, str] | None = None) -> str:
    """Give the end of a message: `, did you mean "title"?`, or the empty text."""
    near = nearest(word, known, habits)
    return f', did you mean "{near}"?' if near else ""


def _plain(word: str) -> str:
    return word.lower().replace("-", "_")
