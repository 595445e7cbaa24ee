"""The trace of a recording: how much was printed when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Final

from castsite.analysis.model import TRACE_SLICES
from castsite.cast.events import OUTPUT, Cast
from castsite.regex import regex

LEVELS: Final = 8
"""The block elements U+2581–2588."""

_FULL: Final = 0.96  # the share of slices that fit below the top
_BEND: Final = 0.42  # lifts what is quiet, so that typing is seen beside a build log

# control sequences, control strings (one may be cut off by the end), other escape sequences;
# one literal first makes it a memchr; NUL parts slices
_ESCAPE: Final = regex(r"\x1b(?:\[[ -?]*+[@-~]|[]PX^_][^\x07\x1b\0]*+(?:\x07|\x1b\\)?|[ -/]*+[0-~]?)")
_CONTROLS: Final = "\n\r\b\a\t"
_TOGETHER: Final = 1 << 16  # characters of whole slices that are looked through at once


def activity(cast: Cast) -> tuple[int, ...]:
    """Count the characters printed in each of `TRACE_SLICES` equal slices of the duration."""
    counts = [0] * TRACE_SLICES
    width, index, end, length = max(cast.duration, 1), 0, 0, 0
    slices: dict[int, list[str]] = {0: (texts := [])}
    for time, code, data in cast.events:
        if code == OUTPUT:
            if time >= end:
                if length > _TOGETHER:
                    _count(slices, counts)
                    slices, length = {}, 0
                index = min(time * TRACE_SLICES // width, TRACE_SLICES - 1)
                end = -(-(index + 1) * width // TRACE_SLICES)
                texts = slices.setdefault(index, [])
            texts.append(data)
            length += len(data)
    _count(slices, counts)
    return tuple(counts)


def _count(slices: Mapping[int, Sequence[str]], counts: list[int]) -> None:
    """Add the characters that are neither control characters nor part of an escape sequence, of many slices at once."""
    rest = _ESCAPE.sub("", "\0".join(["".join(texts).replace("\0", "") for texts in slices.values()]))
    for control in _CONTROLS:
        rest = rest.replace(control, "")
    for index, text in zip(slices, rest.split("\0"), strict=True):
        counts[index] += len(text)


def levels(counts: Sequence[int], slices: int) -> tuple[int, ...]:
    """Draw activity in `slices` columns, a divisor of its length, at heights 0 (silence) to 8.

    The top is the 96th percentile of the columns that are not silent.
    """
    step = len(counts) // slices
    columns = [sum(counts[start : start + step]) for start in range(0, step * slices, step)]
    loud = sorted(filter(None, columns))
    if not loud:
        return (0,) * slices
    top = loud[ceil(_FULL * len(loud)) - 1]
    return tuple(_level(column / top) for column in columns)


def _level(share: float) -> int:
    return max(1, round(LEVELS * min(1.0, share) ** _BEND)) if share else 0
