"""The film strip: what stood on the screen at equal steps of the duration, as text.

Colours are left out: reading them would cost far more than the whole strip, and a still is looked at for a moment.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from castsite.analysis.frames import FOREVER, SPAN, Frame
from castsite.analysis.model import FILM_SLICES, Film
from castsite.regex import regex
from castsite.terminal import Screen

LARGEST: Final = 60_000
"""Cells of a still above which there is no film: nothing could be read in it."""

# no character outside is wide; most that are in it are not either, but hardly any of them is ever on a screen
_PERHAPS_WIDE: Final = regex("[\u1100-\u115f\u2300-\u23ff\u25fd-\u27ff\u2b00-\U0010ffff]+")

_WIDE: Final = ("W", "F")
_EVEN: Final = regex(r"(?:[^\0]\0)+|(?:[^\0](?!\0))+")  # with a NUL after every wide character

_Shot = tuple[int, Sequence[str]]  # columns of the screen, its logical rows


class Camera:
    """Takes what stands in the middle of each of `FILM_SLICES` equal slices: the last frame at or before it.

    So what a viewer is shown for a moment is never more than half a slice away from it.
    """

    __slots__ = ("_duration", "_middle", "_screen", "_shots", "_standing")

    def __init__(self, screen: Screen, duration: int) -> None:
        self._screen = screen
        self._duration = duration
        self._middle = duration // (2 * FILM_SLICES)
        self._shots: list[_Shot] = []
        self._standing: _Shot = (screen.cols, [""] * screen.rows)

    def consider(self, frame: Frame, rows: list[str]) -> None:
        """Look at a frame whose logical rows were just read."""
        time, until = frame.time, frame.until
        if until > time:
            if time > self._middle:
                self._expose(time)
            if until + SPAN > self._middle:  # else another frame comes at or before it
                self._standing = self._screen.cols, rows[:]

    def film(self) -> Film | None:
        """Give the stills; None where there is no duration, no change, or no room for them."""
        self._expose(FOREVER)
        box = max(cols for cols, _ in self._shots), max(len(rows) for _, rows in self._shots)
        if not self._duration or box[0] * box[1] > LARGEST:
            return None
        numbers: dict[str, int] = {}
        slices = "".join([chr(ord("a") + numbers.setdefault(_text(*shot), len(numbers))) for shot in self._shots])
        return Film(*box, tuple(numbers), slices) if len(numbers) > 1 else None

    def _expose(self, until: int) -> None:
        """Take what stands for every middle that lies before `until`."""
        while self._middle < until:
            self._shots.append(self._standing)
            done = len(self._shots)
            self._middle = self._duration * (2 * done + 1) // (2 * FILM_SLICES) if done < FILM_SLICES else FOREVER


def grid(text: str) -> list[tuple[int, int, str]]:
    """Part a row where narrow and wide characters meet: column, cells, text; all of one part are equally wide.

    The engine gives two cells to a wide character and one to any other, whatever it is.

    >>> grid("a日本b")
    [(0, 1, 'a'), (1, 4, '日本'), (5, 1, 'b')]
    """
    spread = _spread(text)
    if len(spread) == len(text):
        return [(0, len(text), text)]
    return [(part.start(), len(part[0]), part[0].replace("\0", "")) for part in _EVEN.finditer(spread)]


def _text(cols: int, rows: Sequence[str]) -> str:
    """Join the rows of a screen as they stand on it: wrapped lines are cut, wide characters fill two cells."""
    text, longest = "\n".join(rows), max(map(len, rows))
    if longest > cols or (2 * longest > cols and not text.isascii() and _PERHAPS_WIDE.search(text)):
        text = "\n".join(_physical(rows, cols))
    return text.rstrip("\n")


def _physical(rows: Sequence[str], cols: int) -> list[str]:
    """Cut logical rows; the rows below a wrapped line are empty, and hold what is cut off."""
    found = list(rows)
    for start, text in enumerate(rows):
        if 2 * len(text) > cols and len(spread := _spread(text)) > cols:
            for row, piece in zip(range(start, len(found)), _pieces(spread, cols), strict=False):
                found[row] = piece.replace("\0", "")
    return found


def _spread(text: str) -> str:
    """Put a NUL after every wide character, so that there is one code for each cell."""
    return text if text.isascii() else _PERHAPS_WIDE.sub(_spread_run, text)


def _spread_run(run: re.Match[str]) -> str:
    return "".join([f"{char}\0" if unicodedata.east_asian_width(char) in _WIDE else char for char in run[0]])


def _pieces(spread: str, cols: int) -> Iterator[str]:
    """Cut into rows of `cols` cells, or one less where a wide character would be parted."""
    start = 0
    while start < len(spread):
        end = start + cols
        end -= spread[end : end + 1] == "\0"
        yield spread[start:end]
        start = end
