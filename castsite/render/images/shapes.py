"""Characters drawn as geometry: box drawing, blocks, braille and powerline separators.

A font's own glyphs leave gaps between cells or are missing; these join exactly. Coordinates are those of one cell,
9 × 20, origin at its top left corner.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import NamedTuple

from castsite.regex import regex

WIDTH = 9
HEIGHT = 20
LIGHT = 1.4
"""stroke width of thin lines"""
HEAVY = 3.0
_GAP = 1.5  # from the middle to each stroke of a double line
_X, _Y = WIDTH / 2, HEIGHT / 2

DRAWN = regex("[\u2500-\u259f\u2800-\u28ff\ue0b0-\ue0b7]")
"""Every character that has a shape."""


class Rect(NamedTuple):
    """An area."""

    x: float
    y: float
    width: float
    height: float


class Segment(NamedTuple):
    """A straight stroke: `across` is its fixed coordinate, x of a vertical one; it goes on from `start`."""

    vertical: bool
    across: float
    start: float
    length: float
    weight: float


class Outline(NamedTuple):
    """A path: where it starts, and its commands relative to there. `weight` 0 fills it, else it is stroked."""

    x: float
    y: float
    path: str
    weight: float = 0


class Shape(NamedTuple):
    """What one character draws. `opacity` holds for its areas (shades)."""

    rects: tuple[Rect, ...] = ()
    segments: tuple[Segment, ...] = ()
    outlines: tuple[Outline, ...] = ()
    opacity: float = 1


@cache
def shape(char: str) -> Shape:
    """Shape of a character that `DRAWN` matches."""
    code = ord(char)
    if code >= 0xE0B0:
        return Shape(outlines=(_POWERLINE[code - 0xE0B0],))
    if code >= 0x2800:
        return Shape(outlines=tuple(_DOTS[at] for at in range(8) if code >> at & 1))
    return _block(code) if code >= 0x2580 else _box(unicodedata.name(char).removeprefix("BOX DRAWINGS "))


_POWERLINE = (
    Outline(0, 0, "l9 10l-9 10z"),
    Outline(0, 0, "l9 10l-9 10", LIGHT),
    Outline(9, 0, "l-9 10l9 10z"),
    Outline(9, 0, "l-9 10l9 10", LIGHT),
    Outline(0, 0, "a9 10 0 0 1 0 20z"),
    Outline(0, 0, "a9 10 0 0 1 0 20", LIGHT),
    Outline(9, 0, "a9 10 0 0 0 0 20z"),
    Outline(9, 0, "a9 10 0 0 0 0 20", LIGHT),
)

# ---- braille, U+2800–28FF: each bit of the code point is a dot (The Unicode Standard, 22.1)

_DOT = "a1.1 1.1 0 0 1 0 2.2a1.1 1.1 0 0 1 0-2.2z"
_DOTS = tuple(
    Outline(x, y, _DOT)
    for x, y in ((2.5, 1.4), (2.5, 6.4), (2.5, 11.4), (6.5, 1.4), (6.5, 6.4), (6.5, 11.4), (2.5, 16.4), (6.5, 16.4))
)

# ---- blocks, U+2580–259F

_UPPER_LEFT = Rect(0, 0, _X, _Y)
_UPPER_RIGHT = Rect(_X, 0, _X, _Y)
_LOWER_LEFT = Rect(0, _Y, _X, _Y)
_LOWER_RIGHT = Rect(_X, _Y, _X, _Y)
_QUADRANTS = (  # U+2596–259F
    (_LOWER_LEFT,),
    (_LOWER_RIGHT,),
    (_UPPER_LEFT,),
    (_UPPER_LEFT, _LOWER_LEFT, _LOWER_RIGHT),
    (_UPPER_LEFT, _LOWER_RIGHT),
    (_UPPER_LEFT, _UPPER_RIGHT, _LOWER_LEFT),
    (_UPPER_LEFT, _UPPER_RIGHT, _LOWER_RIGHT),
    (_UPPER_RIGHT,),
    (_UPPER_RIGHT, _LOWER_LEFT),
    (_UPPER_RIGHT, _LOWER_LEFT, _LOWER_RIGHT),
)


def _block(code: int) -> Shape:
    if code >= 0x2596:
        return Shape(_QUADRANTS[code - 0x2596])
    if 0x2591 <= code <= 0x2593:
        return Shape((Rect(0, 0, WIDTH, HEIGHT),), opacity=(code - 0x2590) / 4)
    if 0x2581 <= code <= 0x2588:
        height = HEIGHT * (code - 0x2580) / 8
        return Shape((Rect(0, HEIGHT - height, WIDTH, height),))
    if 0x2589 <= code <= 0x258F:
        return Shape((Rect(0, 0, WIDTH * (0x2590 - code) / 8, HEIGHT),))
    halves = {
        0x2580: Rect(0, 0, WIDTH, _Y),
        0x2590: Rect(_X, 0, _X, HEIGHT),
        0x2594: Rect(0, 0, WIDTH, HEIGHT / 8),
        0x2595: Rect(WIDTH * 7 / 8, 0, WIDTH / 8, HEIGHT),
    }
    return Shape((halves[code],))


# ---- box drawing, U+2500–257F: the character's name says which arms it has, and the Unicode standard never changes one

_UP, _RIGHT, _DOWN, _LEFT = range(4)
_DIRECTIONS = {
    "UP": (_UP,),
    "RIGHT": (_RIGHT,),
    "DOWN": (_DOWN,),
    "LEFT": (_LEFT,),
    "VERTICAL": (_UP, _DOWN),
    "HORIZONTAL": (_LEFT, _RIGHT),
}
_DOUBLE = -1.0
_WEIGHTS = {"LIGHT": LIGHT, "SINGLE": LIGHT, "HEAVY": HEAVY, "DOUBLE": _DOUBLE}
_DASHES = {"DOUBLE DASH": 2, "TRIPLE DASH": 3, "QUADRUPLE DASH": 4}
_CURVES = {
    "LIGHT ARC DOWN AND RIGHT": Outline(_X, HEIGHT, "v-5.5q0-4.5 4.5-4.5", LIGHT),
    "LIGHT ARC DOWN AND LEFT": Outline(_X, HEIGHT, "v-5.5q0-4.5-4.5-4.5", LIGHT),
    "LIGHT ARC UP AND LEFT": Outline(_X, 0, "v5.5q0 4.5-4.5 4.5", LIGHT),
    "LIGHT ARC UP AND RIGHT": Outline(_X, 0, "v5.5q0 4.5 4.5 4.5", LIGHT),
}
_RISING = Outline(0, HEIGHT, "l9-20", LIGHT)
_FALLING = Outline(0, 0, "l9 20", LIGHT)
_DIAGONALS = {
    "LIGHT DIAGONAL UPPER RIGHT TO LOWER LEFT": (_RISING,),
    "LIGHT DIAGONAL UPPER LEFT TO LOWER RIGHT": (_FALLING,),
    "LIGHT DIAGONAL CROSS": (_RISING, _FALLING),
}


def _box(name: str) -> Shape:
    if name in _CURVES:
        return Shape(outlines=(_CURVES[name],))
    if name in _DIAGONALS:
        return Shape(outlines=_DIAGONALS[name])
    for dash, count in _DASHES.items():
        if dash in name:
            return Shape(segments=_dashed(count, "VERTICAL" in name, HEAVY if "HEAVY" in name else LIGHT))
    arms = _arms(name)
    return Shape(segments=tuple(stroke for direction in range(4) for stroke in _arm(arms, direction)))


def _dashed(count: int, vertical: bool, weight: float) -> tuple[Segment, ...]:  # noqa: FBT001 - a field
    across, period = (_X, HEIGHT / count) if vertical else (_Y, WIDTH / count)
    return tuple(Segment(vertical, across, period * (k + 0.2), period * 0.6, weight) for k in range(count))


def _arms(name: str) -> tuple[float, ...]:
    """Weights of the four arms, 0 where there is none: `DOWN LIGHT AND RIGHT HEAVY`, `LIGHT VERTICAL AND RIGHT`."""
    arms = [0.0] * 4
    weight = 0.0
    for part in name.split(" AND "):
        words = part.split()
        weight = next((_WEIGHTS[word] for word in words if word in _WEIGHTS), weight)
        for word in words:
            for direction in _DIRECTIONS.get(word, ()):
                arms[direction] = weight
    return tuple(arms)


def _arm(arms: tuple[float, ...], direction: int) -> tuple[Segment, ...]:
    weight = arms[direction]
    before, after, behind = (arms[(direction + turn) % 4] for turn in (3, 1, 2))
    if not weight:
        return ()
    if weight == _DOUBLE:
        return (
            _stroke(direction, -_GAP, _double_start(before, behind, after), LIGHT),
            _stroke(direction, _GAP, _double_start(after, behind, before), LIGHT),
        )
    return (_stroke(direction, 0, _single_start(before, behind, after, weight), weight),)


def _double_start(beside: float, behind: float, across: float) -> float:
    """Where one stroke of a double arm begins, counted outwards from the middle; `beside` is the arm on its side."""
    if beside == _DOUBLE:
        return _GAP  # turns into the near stroke of that arm
    if not beside and not behind and across == _DOUBLE:
        return -_GAP  # the outer corner
    return 0


def _single_start(before: float, behind: float, after: float, weight: float) -> float:
    if behind or not (before or after):
        return 0
    if before == after == _DOUBLE:
        return _GAP  # ends at the near stroke
    if _DOUBLE in (before, after):
        return -_GAP  # goes on to the far stroke
    return -max(weight, before, after) / 2 if not (before and after) else 0  # closes the corner


def _stroke(direction: int, offset: float, start: float, weight: float) -> Segment:
    """Stroke from `start` to the edge of the cell, `offset` to the right of the arm's middle line."""
    vertical = direction in (_UP, _DOWN)
    forward = direction in (_RIGHT, _DOWN)
    middle, across = (_Y, _X) if vertical else (_X, _Y)
    right_is_positive = direction in (_UP, _RIGHT)
    return Segment(
        vertical,
        across + (offset if right_is_positive else -offset),
        middle + start if forward else 0,
        middle - start,
        weight,
    )
