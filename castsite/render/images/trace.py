"""The trace: a recording's skyline, one column per slice of time, as tall as much was printed, in eight levels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise

from markupsafe import Markup

from castsite.render.encode import number

LISTED, SEARCHED, SCRUBBED = 96, 160, 240
"""Slices of a trace in a list, beside a search hit, and over the scrubber."""

LEVELS = 8
_STEP = 2  # height of one level
_HEIGHT = LEVELS * _STEP


def trace(levels: Sequence[int], *, chapters: Iterable[int] = (), duration: int = 0) -> Markup:
    """Draw a trace, stretched to its box and hidden from screen readers: what it says stands in the text as well.

    `chapters` are times, in microseconds like `duration`. Classes: `trace`, in it `bars` is filled, `tick` is stroked.
    """
    notches = notch_path(chapters, duration, len(levels))
    tick = f'<path class="tick" d="{notches}"/>' if notches else ""
    return Markup(  # noqa: S704 - made of numbers alone
        f'<svg class="trace" viewBox="0 0 {len(levels)} {_HEIGHT}" preserveAspectRatio="none" aria-hidden="true">'
        f'<path class="bars" d="{trace_path(levels)}"/>{tick}</svg>'
    )


def trace_path(levels: Sequence[int]) -> str:
    """Path data of the skyline of levels 0–8, one unit wide each; equal neighbours are one step.

    >>> trace_path([0, 4, 4, 8, 0])
    'M0 16H1V8H3V0H4V16z'
    """
    path, at = [f"M0 {_HEIGHT}"], 0
    for level, columns in groupby(levels):
        at += len(list(columns))
        path.append(f"V{_HEIGHT - _STEP * level}H{at}")
    if levels and levels[-1]:
        path.append(f"V{_HEIGHT}")
    else:
        path[-1] = path[-1].partition("H")[0]
    return ("".join(path) + "z").replace(f"M0 {_HEIGHT}V{_HEIGHT}", f"M0 {_HEIGHT}")


def resample(levels: Sequence[int], columns: int) -> list[int]:
    """Draw levels in another number of columns: the higher of two that fall into one, the mean of more.

    >>> resample([0, 8, 1, 2], 2), resample([0, 8], 4), resample([0, 8, 1], 1)
    ([8, 2], [0, 0, 8, 8], [3])
    """
    given = len(levels)
    starts = [at * given // columns for at in range(columns + 1)]
    return [_one_of(levels[start : max(end, start + 1)]) for start, end in pairwise(starts)]


def _one_of(levels: Sequence[int]) -> int:
    return max(levels) if len(levels) <= 2 else round(sum(levels) / len(levels))


def notch_path(times: Iterable[int], duration: int, slices: int) -> str:
    """Path data of chapter marks that stand on the upper edge; nothing when there is no duration to place them on."""
    if not duration:
        return ""
    return "".join(f"M{number(min(time / duration, 1) * slices)} -1.5v2.5" for time in times)
