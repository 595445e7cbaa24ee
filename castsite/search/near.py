"""Words that a mistyped one may have been meant to be."""

from __future__ import annotations

from collections.abc import Iterable


def near(text: str, maps: Iterable[dict[str, list[int]]]) -> list[str]:
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
