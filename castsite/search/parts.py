"""Parts of a transcript: what search indexes, fetches and shows at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Final

PART_SIZE: Final = 12 * 1024
"""Characters of a part; a hit is fetched with all of it."""


def parts(texts: Sequence[str]) -> tuple[range, ...]:
    """Cut lines into ranges of at most `PART_SIZE` characters, or one longer line; there is at least one."""
    ends = [0, *accumulate(len(text) + 1 for text in texts)]
    starts = [0]
    while ends[-1] - ends[starts[-1]] > PART_SIZE:
        cut = bisect_right(ends, ends[starts[-1]] + PART_SIZE) - 1
        cut = max(cut, starts[-1] + 1)
        if cut >= len(texts):
            break
        starts.append(cut)
    return tuple(range(start, end) for start, end in pairwise([*starts, len(texts)]))
