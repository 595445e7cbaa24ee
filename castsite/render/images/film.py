"""The film strip of a recording as one SVG file: its stills in a column, each as large as the poster would be.

Everything is in the terminal's own foreground and background; see `castsite.analysis.film`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

from castsite.analysis.film import grid
from castsite.analysis.model import Film
from castsite.render.encode import checked_xml, html_lines, number, plain_lines, xml_text
from castsite.render.images.palette import Palette
from castsite.render.images.shapes import HEIGHT, WIDTH
from castsite.render.images.svg import BASELINE, FONT_SIZE, FONTS, PADDING, box, poster_size


def film_path(slug: str) -> str:
    """Output path of a recording's film strip."""
    return f"{slug}.strip.svg"


def film_file(film: Film, palette: Palette) -> str:
    """Give the stills, the first on top; each fills the box of the film."""
    width, height = poster_size(film.cols, film.rows)
    drawn: dict[str, tuple[_Text, ...]] = {"": ()}
    stills = "".join(
        f'<g transform="translate({PADDING} {number(PADDING + at * height)})">{_still(text, drawn)}</g>'
        for at, text in enumerate(film.stills)
    )
    total = height * len(film.stills)
    return checked_xml(
        f'<svg xmlns="http://www.w3.org/2000/svg" {box(width, total)} font-family="{xml_text(FONTS)}"'
        f' font-size="{FONT_SIZE}" font-variant="none" fill="{palette.foreground}">'
        f'<rect width="{number(width)}" height="{number(total)}" fill="{palette.background}"/>{stills}</svg>\n'
    )


_Text = tuple[str, str]
"""A `<text>` up to its height on the picture, and from there on."""


def _still(text: str, drawn: dict[str, tuple[_Text, ...]]) -> str:
    """Draw a still. `drawn` are rows of those before it: most of a screen is what was on it before, at some height."""
    rows = _drawable(text.split("\n"))
    new = [row for row in rows if row not in drawn]
    for row, encoded in zip(new, html_lines(new), strict=True) if new else ():  # all at once: a site has millions
        drawn[row] = tuple(_row(row, encoded))
    return "".join([f"{head}{y}{tail}" for y, row in zip(count(BASELINE, HEIGHT), rows) for head, tail in drawn[row]])


def _drawable(rows: Sequence[str]) -> Sequence[str]:
    """Put U+FFFD for the text of rows that hold what no document may hold: every cell keeps its place."""
    shown = plain_lines(rows)
    if shown is rows:
        return rows
    return [clean if len(clean) == len(row) else "\ufffd" * len(row) for row, clean in zip(rows, shown, strict=True)]


def _row(row: str, encoded: str) -> Iterator[_Text]:
    """Draw a row, which is narrow and wide characters in turn."""
    if row.isascii() or len(parts := grid(row)) == 1:
        left = row.lstrip(" ")
        if bare := left.rstrip(" "):  # a blank at the end would be dropped, and the rest stretched
            yield _text(len(row) - len(left), len(bare), encoded.strip(" "))
        return
    for col, cells, text in parts:
        if bare := text.strip(" "):
            before = len(text) - len(text.lstrip(" "))
            yield _text(col + before, cells - len(text) + len(bare), xml_text(bare))


def _text(col: int, cells: int, encoded: str) -> _Text:
    """Write one text on the grid."""
    left = f' x="{col * WIDTH}"' if col else ""
    # Chromium does not inherit it from the root, and would make one blank of several
    space = ' xml:space="preserve"' if "  " in encoded else ""
    return f'<text{left} y="', f'" textLength="{cells * WIDTH}"{space}>{encoded}</text>'
