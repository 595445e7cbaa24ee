"""Posters: a screen as SVG on the player's own grid, so that pressing play moves nothing.

Two forms. In a page the drawing is coloured by the classes of the theme's style sheet; a file of its own must do with
attributes, since a policy sent by the host would block a `<style>`.

Classes: `t0`…`t15`, `tF`, `tB` fill with a colour of the palette, the foreground, the background; `s…` of the same
names stroke with it and fill nothing; `tb` bold, `ti` italic, `tf` faint (half opaque).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup
from msgspec import Struct, field

from castsite.analysis.model import Run, Snapshot
from castsite.regex import regex
from castsite.render.encode import checked_xml, number, plain, xml_text
from castsite.render.images.cells import STYLES, Look, Paint, drawn_rows, look_of, pieces
from castsite.render.images.palette import Palette
from castsite.render.images.paths import area_path, outline_path, stroke_path
from castsite.render.images.shapes import DRAWN, HEIGHT, WIDTH, Outline, Rect, Segment, shape

PADDING = 11.25
_INSIDE = f'transform="translate({PADDING} {PADDING})"'
FONT_SIZE = 15
BASELINE = 15
FONTS = "'JetBrains Mono','DejaVu Sans Mono',Menlo,Consolas,monospace"
_FAINT = 0.5


class Drawing(NamedTuple):
    """A screen drawn once: its size in cells, and what is inside the border, coloured by class."""

    cols: int
    rows: int
    markup: str


def draw(snapshot: Snapshot, *, bold_is_bright: bool = False) -> Drawing:
    """Draw a screen."""
    return Drawing(snapshot.cols, snapshot.rows, draw_rows(drawn_rows(snapshot), bold_is_bright=bold_is_bright))


def draw_rows(rows: Iterable[Iterable[Run]], *, bold_is_bright: bool = False) -> str:
    """Draw rows one below the other, coloured by class."""
    canvas = _Canvas()
    for row, runs in enumerate(rows):
        for run in runs:
            canvas.draw(row, run, look_of(run.style, bold_is_bright))
    return canvas.markup()


def inline_poster(drawing: Drawing, *, title: str = "", title_id: str = "") -> Markup:
    """Give a drawing for a page, whose style sheet colours it and paints its background.

    Without a title it is decoration and hidden from screen readers.
    """
    role = f'role="img" aria-labelledby="{xml_text(title_id)}"' if title else 'aria-hidden="true"'
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
    return checked_xml(
        f'<svg xmlns="http://www.w3.org/2000/svg" {box(width, height)} role="img"'
        f' aria-labelledby="{"t d" if description else "t"}" xml:space="preserve" font-family="{xml_text(FONTS)}"'
        f' font-size="{FONT_SIZE}" font-variant="none"><title id="t">{xml_text(plain(title))}</title>{described}'
        f'<rect width="{number(width)}" height="{number(height)}" rx="3" fill="{palette.background}"/>'
        f'<g {_INSIDE} fill="{palette.foreground}">{coloured(drawing.markup, palette)}</g></svg>\n'
    )


def coloured(markup: str, palette: Palette) -> str:
    """Say with attributes what classes say in a page."""
    return _CLASSES.sub(lambda found: _attributes(found[1], palette), markup)


# text cannot hold a quotation mark that is not escaped: what looks like the attribute is the attribute
_CLASSES = regex(r' class="([^"]*)"')
_STYLES = {"tb": ' font-weight="700"', "ti": ' font-style="italic"', "tf": f' opacity="{_FAINT}"'}


@lru_cache(maxsize=STYLES)
def _attributes(names: str, palette: Palette) -> str:
    """Give the attributes of what has these classes."""
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


class _Ink(NamedTuple):
    """What sets one path apart from another: colour, opacity, and stroke width (0: filled)."""

    paint: Paint
    opacity: float = 1
    weight: float = 0


@lru_cache(maxsize=STYLES)
def _letters(look: Look) -> str:
    """Attributes of text."""
    decoration = f' text-decoration="{look.decoration}"' if look.decoration else ""
    flags = (look.bold, look.italic, look.faint)
    names = ["t" + look.ink] if look.ink[0] not in "F#" else []
    names += [name for name, on in zip(_STYLES, flags, strict=True) if on]
    fill = f' fill="{look.ink}"' if look.ink[0] == "#" else ""
    return (f' class="{" ".join(names)}"' if names else "") + fill + decoration


class _Canvas(Struct):
    """Collects what a screen draws, each colour's areas and strokes in one path."""

    areas: defaultdict[_Ink, list[Rect]] = field(default_factory=lambda: defaultdict(list))
    blocks: defaultdict[_Ink, list[Rect]] = field(default_factory=lambda: defaultdict(list))
    segments: defaultdict[_Ink, list[Segment]] = field(default_factory=lambda: defaultdict(list))
    outlines: defaultdict[_Ink, list[Outline]] = field(default_factory=lambda: defaultdict(list))
    texts: list[str] = field(default_factory=list)

    def draw(self, row: int, run: Run, look: Look) -> None:
        y = row * HEIGHT
        if look.area is not None:
            self.areas[_Ink(look.area)].append(Rect(run.col * WIDTH, y, run.width * WIDTH, HEIGHT))
        for col, width, text in pieces(run):
            if DRAWN.match(text):
                self._draw_shape(col * WIDTH, y, text, look)
            else:
                self._write(col, y, width, text, look)

    def _draw_shape(self, x: float, y: float, char: str, look: Look) -> None:
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

    def _write(self, col: int, y: float, width: int, text: str, look: Look) -> None:
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
