"""The cells of a screen as they are drawn: under the cursor, cut into letters and shapes, with their colours resolved.

Shared by everything that draws a screen, so that all pictures of it show the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby, repeat
from operator import itemgetter
from typing import NamedTuple

from castsite.analysis.model import Colour, Run, Snapshot, Style
from castsite.regex import regex
from castsite.render.images.palette import extended, rgb
from castsite.render.images.shapes import DRAWN

STYLES = 512
"""Styles that are remembered: more than a screen has, and few for thousands of screens in true colour."""

_DRAWN_OR_NOT = regex(rf"(?P<drawn>{DRAWN.pattern}+)|(?:(?!{DRAWN.pattern}).)+", re.DOTALL)


def cells(run: Run) -> Iterator[tuple[int, int, str]]:
    """Column, width and text of each cell of a run.

    A run does not say which of its characters are wide. Where the engine's answer cannot be found again, the whole run
    counts as one cell: its length is right, though not each character's place.
    """
    if len(run.text) == run.width:
        yield from zip(range(run.col, run.col + run.width), repeat(1, run.width), run.text, strict=True)
        return
    widths = [2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in run.text]
    if sum(widths) != run.width:
        yield run.col, run.width, run.text
        return
    col = run.col
    for char, width in zip(run.text, widths, strict=True):
        yield col, width, char
        col += width


def drawn_rows(snapshot: Snapshot) -> Iterator[Iterable[Run]]:
    """Give each row of a screen with the cursor in it, if it is shown there."""
    cursor = snapshot.cursor
    for row, runs in enumerate(snapshot.runs):
        yield with_cursor(runs, cursor.col) if cursor.visible and row == cursor.row else runs


def with_cursor(runs: tuple[Run, ...], col: int) -> tuple[Run, ...]:
    """Swap the colours of the cell under the cursor."""
    under = next((run for run in runs if run.col <= col < run.col + run.width), None)
    if under is None:
        return (*runs, Run(col, 1, " ", Style(inverse=True)))
    return (*(run for run in runs if run is not under), *_split(under, col))


def _split(run: Run, at: int) -> Iterator[Run]:
    swapped = run.style._replace(inverse=not run.style.inverse)
    for place, group in groupby(cells(run), lambda cell: (cell[0] > at) - (cell[0] + cell[1] <= at)):
        found = list(group)
        text = "".join(map(itemgetter(2), found))
        yield Run(found[0][0], sum(map(itemgetter(1), found)), text, run.style if place else swapped)


def pieces(run: Run) -> Iterator[tuple[int, int, str]]:
    """Cut a run into what is drawn by itself, wide and drawn characters, and the text between them."""
    if run.text.isascii():
        yield run.col, run.width, run.text
        return
    if len(run.text) == run.width:
        yield from _narrow_pieces(run)
        return
    start, width, text = run.col, 0, ""
    for col, cell_width, char in cells(run):
        if cell_width == 1 and not DRAWN.match(char):
            start = start if text else col
            width, text = width + 1, text + char
            continue
        if text:
            yield start, width, text
        yield col, cell_width, char
        width, text = 0, ""
    if text:
        yield start, width, text


def _narrow_pieces(run: Run) -> Iterator[tuple[int, int, str]]:
    for part in _DRAWN_OR_NOT.finditer(run.text):
        col = run.col + part.start()
        if part["drawn"]:
            yield from ((col + place, 1, char) for place, char in enumerate(part[0]))
        else:
            yield col, len(part[0]), part[0]


Paint = str
"""A colour: `F`, `B`, `0`…`15` of the palette, or `#rrggbb`."""


class Look(NamedTuple):
    """A style with its colours resolved. `area` is None where the screen's background shows."""

    ink: Paint
    area: Paint | None
    bold: bool
    italic: bool
    faint: bool
    decoration: str


@lru_cache(maxsize=STYLES)
def look_of(style: Style, bold_is_bright: bool) -> Look:  # noqa: FBT001 - positional for the cache
    """Resolve the colours of a style."""
    foreground = style.fg
    if bold_is_bright and style.bold and isinstance(foreground, int) and foreground < 8:
        foreground += 8
    ink, area = _paint(foreground, "F"), _paint(style.bg, "B")
    if style.inverse:
        ink, area = area, ink
    lines = ("underline",) * style.underline + ("line-through",) * style.strike
    return Look(ink, None if area == "B" else area, style.bold, style.italic, style.faint, " ".join(lines))


def _paint(colour: Colour, default: Paint) -> Paint:
    if colour is None:
        return default
    if isinstance(colour, int):
        return str(colour) if colour < 16 else extended(colour)
    return rgb(*colour)
