"""Words that a mistyped one may have been meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from castsite.regex import regex

OFFERED: Final = 3
SHORT: Final = 4
"""Letters from which on one may be wrong,"""

LONG: Final = 8
"""and two."""

_NO_WORD = regex("[#@~!]|.*-")  # names, and pairs


def near(text: str, maps: Iterable[dict[str, list[int]]], sign: str = "") -> list[tuple[str, int]]:
    """Give the most frequent terms, behind `sign`, that differ in a letter or two, and how often they occur."""
    most = 2 if len(text) >= LONG else 1 if len(text) >= SHORT else 0
    found: list[tuple[int, str]] = []
    for written, postings in (pair for one in maps for pair in one.items() if most):
        term = written[len(sign) :]
        if not written.startswith(sign) or abs(len(term) - len(text)) > most or _NO_WORD.match(term):
            continue
        if distance(term, text, most) <= most:
            found.append((-len(postings), term))
    return [(term, -count) for count, term in sorted(found)[:OFFERED]]


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
