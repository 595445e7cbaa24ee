"""The trace of a recording: how much was printed when."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from castsite.analysis.model import TRACE_SLICES
from castsite.cast.events import OUTPUT, Cast

LEVELS: Final = 8
"""The block elements U+2581–2588."""

_FULL: Final = 0.96  # the share of slices that fit below the top
_BEND: Final = 0.42  # lifts what is quiet, so that typing is seen beside a build log

# control sequences and control strings (cut off by the end as well), two-character escapes, control characters
_UNPRINTED: Final = re.compile(
    "\x1b\\[[0-?]*[ -/]*[@-~]|\x1b[\\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\\\)?|\x1b[ -/]*[0-~]?|[\x00-\x1f\x7f-\x9f]+"
)


def activity(cast: Cast) -> tuple[int, ...]:
    """Count the characters printed in each of `TRACE_SLICES` equal slices of the duration."""
    slices: list[list[str]] = [[] for _ in range(TRACE_SLICES)]
    width, last = max(cast.duration, 1), TRACE_SLICES - 1
    for time, code, data in cast.events:
        if code == OUTPUT:
            slices[min(time * TRACE_SLICES // width, last)].append(data)
    return tuple([len(_UNPRINTED.sub("", "".join(texts))) if texts else 0 for texts in slices])


def levels(counts: Sequence[int], slices: int) -> tuple[int, ...]:
    """Draw activity in `slices` columns, a divisor of its length, at heights 0 (silence) to 8.

    The top is the 96th percentile of the columns that are not silent.
    """
    step = len(counts) // slices
    columns = [sum(counts[start : start + step]) for start in range(0, step * slices, step)]
    loud = sorted(filter(None, columns))
    if not loud:
        return (0,) * slices
    top = loud[int(_FULL * (len(loud) - 1))]
    return tuple(_level(column / top) for column in columns)


def _level(share: float) -> int:
    return max(1, round(LEVELS * min(1.0, share) ** _BEND)) if share else 0
