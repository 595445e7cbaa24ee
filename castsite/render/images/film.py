"""The film strip of a recording as one SVG file: its stills in a column, each as large as the poster would be.

Everything is in the terminal's own foreground and background; see `castsite.analysis.film`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
    stills = "".join(
        f'<g transform="translate({PADDING} {number(PADDING + at * height)})">{"".join(_rows(text))}</g>'
        for at, text in enumerate(film.stills)
    )
    total = height * len(film.stills)
    return checked_xml(
        f'<svg xmlns="http://www.w3.org/2000/svg" {box(width, total)} font-family="{xml_text(FONTS)}"'
        f' font-size="{FONT_SIZE}" font-variant="none" fill="{palette.foreground}">'
        f'<rect width="{number(width)}" height="{number(total)}" fill="{palette.background}"/>{stills}</svg>\n'
    )


def _rows(still: str) -> Iterator[str]:
    """Draw the rows of a still; they are encoded all at once, for a site has millions of them."""
    rows = _drawable(still.split("\n"))
    plainly = still.isascii()
    for y, row, encoded in zip(count(BASELINE, HEIGHT), rows, html_lines(rows), strict=False):
        if not row:
            continue
        if plainly or row.isascii() or len(parts := grid(row)) == 1:
            left = row.lstrip(" ")
            if bare := left.rstrip(" "):  # a blank at the end would be dropped, and the rest stretched
                yield _text(len(row) - len(left), y, len(bare), encoded.strip(" "))
        else:
            yield from _parts(y, parts)


def _drawable(rows: Sequence[str]) -> Sequence[str]:
    """Put U+FFFD for the text of rows that hold what no document may hold: every cell keeps its place."""
    shown = plain_lines(rows)
    if shown is rows:
        return rows
    return [clean if len(clean) == len(row) else "\ufffd" * len(row) for row, clean in zip(rows, shown, strict=True)]


def _parts(y: int, parts: Iterable[tuple[int, int, str]]) -> Iterator[str]:
    """Draw a row of narrow and wide characters."""
    for col, cells, text in parts:
        if bare := text.strip(" "):
            before = len(text) - len(text.lstrip(" "))
            yield _text(col + before, y, cells - len(text) + len(bare), xml_text(bare))


def _text(col: int, y: int, cells: int, encoded: str) -> str:
    """Write one text on the grid."""
    left = f' x="{col * WIDTH}"' if col else ""
    # Chromium does not inherit it from the root, and would make one blank of several
    space = ' xml:space="preserve"' if "  " in encoded else ""
    return f'<text{left} y="{y}" textLength="{cells * WIDTH}"{space}>{encoded}</text>'
