"""Posters: a screen as SVG on the player's own grid, so that pressing play moves nothing.

Two forms. In a page the drawing is coloured by the classes of the theme's style sheet; a file of its own must do with
attributes, since a policy sent by the host would block a `<style>`.

Classes: `t0`…`t15`, `tF`, `tB` fill with a colour of the palette, the foreground, the background; `s…` of the same
names stroke with it and fill nothing; `tb` bold, `ti` italic, `tf` faint (half opaque).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby, repeat
from operator import itemgetter
from typing import NamedTuple

from markupsafe import Markup

from castsite.analysis.model import Colour, Run, Snapshot, Style
from castsite.render.encode import checked_xml, number, plain, xml_text
from castsite.render.images.palette import Palette, extended, rgb
from castsite.render.images.paths import area_path, outline_path, stroke_path
from castsite.render.images.shapes import DRAWN, HEIGHT, WIDTH, Outline, Rect, Segment, shape

PADDING = 11.25
_INSIDE = f'transform="translate({PADDING} {PADDING})"'
FONT_SIZE = 15
BASELINE = 15
FONTS = "'JetBrains Mono','DejaVu Sans Mono',Menlo,Consolas,monospace"
STYLES = 512
"""Styles whose attributes are remembered: more than a screen has, and few for thousands of screens in true colour."""
_FAINT = 0.5
_DRAWN_OR_NOT = re.compile(rf"(?P<drawn>{DRAWN.pattern}+)|(?:(?!{DRAWN.pattern}).)+", re.DOTALL)


class Drawing(NamedTuple):
    """A screen drawn once: its size in cells, and what is inside the border, coloured by class."""

    cols: int
    rows: int
    markup: str


def draw(snapshot: Snapshot, *, bold_is_bright: bool = False) -> Drawing:
    """Draw a screen."""
    canvas = _Canvas()
    for row, runs in enumerate(snapshot.runs):
        for run in _with_cursor(runs, snapshot, row):
            canvas.draw(row, run, _look(run.style, bold_is_bright))
    return Drawing(snapshot.cols, snapshot.rows, canvas.markup())


def inline_poster(drawing: Drawing, *, title: str = "", title_id: str = "") -> Markup:
    """Give a drawing for a page, whose style sheet colours it and paints its background.

    Without a title it is decoration and hidden from screen readers.
    """
    role = f'role="img" aria-labelledby="{xml_text(title_id)}"' if title else 'aria-hidden="true" focusable="false"'
    label = f'<title id="{xml_text(title_id)}">{xml_text(plain(title))}</title>' if title else ""
    size = box(*poster_size(drawing.cols, drawing.rows))
    return Markup(  # noqa: S704 - everything in it went through an encoder, and expat has read it
        checked_xml(
            f'<svg class="poster" {size} {role} xml:space="preserve">{label}<g {_INSIDE}>{drawing.markup}</g></svg>'
        )
    )


def poster_file(drawing: Drawing, palette: Palette, *, title: str, description: str = "") -> str:
    """Give a drawing as a file that needs nothing else."""
    width, height = poster_size(drawing.cols, drawing.rows)
    described = f'<desc id="d">{xml_text(plain(description))}</desc>' if description else ""
    coloured = _CLASSES.sub(lambda found: _attributes(found[1], palette), drawing.markup)
    return checked_xml(
        f'<svg xmlns="http://www.w3.org/2000/svg" {box(width, height)} role="img"'
        f' aria-labelledby="{"t d" if description else "t"}" xml:space="preserve" font-family="{xml_text(FONTS)}"'
        f' font-size="{FONT_SIZE}" font-variant="none"><title id="t">{xml_text(plain(title))}</title>{described}'
        f'<rect width="{number(width)}" height="{number(height)}" rx="3" fill="{palette.background}"/>'
        f'<g {_INSIDE} fill="{palette.foreground}">{coloured}</g></svg>\n'
    )


# text cannot hold a quotation mark that is not escaped: what looks like the attribute is the attribute
_CLASSES = re.compile(r' class="([^"]*)"')
_STYLES = {"tb": ' font-weight="700"', "ti": ' font-style="italic"', "tf": f' opacity="{_FAINT}"'}


@lru_cache(maxsize=STYLES)
def _attributes(names: str, palette: Palette) -> str:
    """Say with attributes what classes say in a page."""
    return "".join(_STYLES.get(name) or _painted(name, palette) for name in names.split(" "))


def _painted(name: str, palette: Palette) -> str:
    colours = {"F": palette.foreground, "B": palette.background}
    colour = colours.get(name[1:]) or palette.colours[int(name[1:])]
    return f' fill="none" stroke="{colour}"' if name[0] == "s" else f' fill="{colour}"'


def poster_size(cols: int, rows: int) -> tuple[float, float]:
    """Width and height in pixels, the player's border included."""
    return cols * WIDTH + 2 * PADDING, rows * HEIGHT + 2 * PADDING


def box(width: float, height: float) -> str:
    """Attributes of an image of this size in pixels."""
    return f'viewBox="0 0 {number(width)} {number(height)}" width="{number(width)}" height="{number(height)}"'


# ---- cells


def _cells(run: Run) -> Iterator[tuple[int, int, str]]:
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


def _with_cursor(runs: tuple[Run, ...], snapshot: Snapshot, row: int) -> Iterable[Run]:
    """Swap the colours of the cell under the cursor."""
    cursor = snapshot.cursor
    if row != cursor.row or not cursor.visible:
        return runs
    under = next((run for run in runs if run.col <= cursor.col < run.col + run.width), None)
    if under is None:
        return (*runs, Run(cursor.col, 1, " ", Style(inverse=True)))
    return (*(run for run in runs if run is not under), *_split(under, cursor.col))


def _split(run: Run, at: int) -> Iterator[Run]:
    swapped = run.style._replace(inverse=not run.style.inverse)
    for place, group in groupby(_cells(run), lambda cell: (cell[0] > at) - (cell[0] + cell[1] <= at)):
        cells = list(group)
        text = "".join(map(itemgetter(2), cells))
        yield Run(cells[0][0], sum(map(itemgetter(1), cells)), text, run.style if place else swapped)


def _pieces(run: Run) -> Iterator[tuple[int, int, str]]:
    """Cut a run into what is drawn by itself, wide and drawn characters, and the text between them."""
    if run.text.isascii():
        yield run.col, run.width, run.text
        return
    if len(run.text) == run.width:
        yield from _narrow_pieces(run)
        return
    start, width, text = run.col, 0, ""
    for col, cell_width, char in _cells(run):
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


# ---- colours

Paint = str
"""A colour: `F`, `B`, `0`…`15` of the palette, or `#rrggbb`."""


class _Look(NamedTuple):
    """A style with its colours resolved. `area` is None where the screen's background shows."""

    ink: Paint
    area: Paint | None
    bold: bool
    italic: bool
    faint: bool
    decoration: str


@lru_cache(maxsize=STYLES)
def _look(style: Style, bold_is_bright: bool) -> _Look:  # noqa: FBT001 - private, positional for the cache
    foreground = style.fg
    if bold_is_bright and style.bold and isinstance(foreground, int) and foreground < 8:
        foreground += 8
    ink, area = _paint(foreground, "F"), _paint(style.bg, "B")
    if style.inverse:
        ink, area = area, ink
    lines = ("underline",) * style.underline + ("line-through",) * style.strike
    return _Look(ink, None if area == "B" else area, style.bold, style.italic, style.faint, " ".join(lines))


def _paint(colour: Colour, default: Paint) -> Paint:
    if colour is None:
        return default
    if isinstance(colour, int):
        return str(colour) if colour < 16 else extended(colour)
    return rgb(*colour)


# ---- drawing


class _Ink(NamedTuple):
    """What sets one path apart from another: colour, opacity, and stroke width (0: filled)."""

    paint: Paint
    opacity: float = 1
    weight: float = 0


@lru_cache(maxsize=STYLES)
def _letters(look: _Look) -> str:
    """Attributes of text."""
    decoration = f' text-decoration="{look.decoration}"' if look.decoration else ""
    flags = (look.bold, look.italic, look.faint)
    names = ["t" + look.ink] if look.ink[0] not in "F#" else []
    names += [name for name, on in zip(_STYLES, flags, strict=True) if on]
    fill = f' fill="{look.ink}"' if look.ink[0] == "#" else ""
    return (f' class="{" ".join(names)}"' if names else "") + fill + decoration


@dataclass(slots=True)
class _Canvas:
    """Collects what a screen draws, each colour's areas and strokes in one path."""

    areas: defaultdict[_Ink, list[Rect]] = field(default_factory=lambda: defaultdict(list))
    blocks: defaultdict[_Ink, list[Rect]] = field(default_factory=lambda: defaultdict(list))
    segments: defaultdict[_Ink, list[Segment]] = field(default_factory=lambda: defaultdict(list))
    outlines: defaultdict[_Ink, list[Outline]] = field(default_factory=lambda: defaultdict(list))
    texts: list[str] = field(default_factory=list)

    def draw(self, row: int, run: Run, look: _Look) -> None:
        y = row * HEIGHT
        if look.area is not None:
            self.areas[_Ink(look.area)].append(Rect(run.col * WIDTH, y, run.width * WIDTH, HEIGHT))
        for col, width, text in _pieces(run):
            if DRAWN.match(text):
                self._draw_shape(col * WIDTH, y, text, look)
            else:
                self._write(col, y, width, text, look)

    def _draw_shape(self, x: float, y: float, char: str, look: _Look) -> None:
        drawn = shape(char)
        opacity = _FAINT if look.faint else 1
        for left, top, width, height in drawn.rects:
            rect = Rect(x + left, y + top, width, height)
            self.blocks[_Ink(look.ink, opacity * drawn.opacity)].append(rect)
        for vertical, across, start, length, weight in drawn.segments:
            along, beside = (y, x) if vertical else (x, y)
            segment = Segment(vertical, across + beside, start + along, length, weight)
            self.segments[_Ink(look.ink, opacity, weight)].append(segment)
        for left, top, path, weight in drawn.outlines:
            self.outlines[_Ink(look.ink, opacity, weight)].append(Outline(x + left, y + top, path, weight))

    def _write(self, col: int, y: float, width: int, text: str, look: _Look) -> None:
        shown = plain(text)
        if len(shown) != len(text):
            shown = "\ufffd" * len(text)
        if not look.decoration:  # nothing is drawn under blanks
            stripped = shown.lstrip(" ")
            col, width = col + len(shown) - len(stripped), width - len(shown) + len(stripped)
            shown = stripped.rstrip(" ")
            width -= len(stripped) - len(shown)
        if shown:
            place = f'x="{col * WIDTH}" y="{y + BASELINE}"'  # whole pixels, all of them
            length = f'textLength="{width * WIDTH}"'
            # Chromium does not inherit it from the root, and would make one blank of several
            space = ' xml:space="preserve"' if "  " in shown else ""
            self.texts.append(f"<text {place}{_letters(look)} {length}{space}>{xml_text(shown)}</text>")

    @staticmethod
    def _strokes(ink: _Ink) -> str:
        """Attributes of a path."""
        opacity = f' opacity="{number(ink.opacity)}"' if ink.opacity < 1 else ""
        width = f' stroke-width="{number(ink.weight)}"' if ink.weight else ""
        if ink.paint[0] != "#":
            return f' class="{"s" if ink.weight else "t"}{ink.paint}"{width}{opacity}'
        return (f' fill="none" stroke="{ink.paint}"' if ink.weight else f' fill="{ink.paint}"') + width + opacity

    def markup(self) -> str:
        paths = [(ink, area_path(rects)) for group in (self.areas, self.blocks) for ink, rects in group.items()]
        paths += [(ink, stroke_path(found)) for ink, found in self.segments.items()]
        paths += [(ink, outline_path(found)) for ink, found in self.outlines.items()]
        return "".join(f'<path{self._strokes(ink)} d="{path}"/>' for ink, path in paths) + "".join(self.texts)
