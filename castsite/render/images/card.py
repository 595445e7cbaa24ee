"""Social cards: the picture that others show beside a link, 1200 × 630 pixels, ink on paper and a terminal on it.

Open Graph takes PNG and JPEG only. The used part of the screen is drawn as large as it fits; what would become too
small to be read is cropped, around the cursor.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from io import BytesIO
from typing import Final, NamedTuple

from PIL import Image, ImageDraw, ImageOps

from castsite.analysis.model import Run, Snapshot
from castsite.formats.slides import DAMAGE
from castsite.regex import regex
from castsite.render.cards import HEIGHT, WIDTH
from castsite.render.images.cells import drawn_rows
from castsite.render.images.palette import Palette
from castsite.render.images.raster import Grid, Rasteriser
from castsite.render.images.trace import resample
from castsite.render.images.typefaces import Hand

_PAPER, _INK, _QUIET, _TRACE, _NOW = "#fafaf7", "#15181a", "#61686e", "#8d9296", "#d07800"
_SIDE: Final = 60
_TITLE: Final = Hand("sans", 46, bold=True)
_NAME: Final = Hand("sans", 72, bold=True)
_FACTS: Final = Hand("mono", 22)
_SAID: Final = Hand("sans", 32)
_LINES, _LEADING = 2, 1.12
_FLOOR: Final = 556
"""Where the terminal ends, above its trace."""
_SKYLINE: Final = 40
_INSIDE: Final = 18
"""Pixels between the edge of the terminal and its letters."""
_LEAST, _MOST = 10, 14
"""Pixels that a cell is wide: letters of 17 and of 23 pixels, which are half as large in a list of messages."""
_TALL: Final = 2.1
"""Height of a cell by its width."""
_COLOURS: Final = 64
_QUICKLY: Final = 3
"""How hard a screen is compressed: the next level takes twice as long, for a tenth fewer bytes."""
_DECODED: Final = ("PNG", "JPEG", "WEBP")
"""What every Pillow decodes; whether one knows AVIF depends on how it was made, and the card would."""
_BREAK: Final = regex(r"\s+")


class Cover(NamedTuple):
    """A picture that is shown in place of a screen, with the size that it was judged by, in pixels."""

    data: bytes
    width: int
    height: int


class Sheet(NamedTuple):
    """What stands on a card besides the screen."""

    title: str
    facts: str
    """one line, in the letters of a machine"""
    levels: Sequence[int] = ()
    """how much was printed, 0–8 in each of some equal stretches of time"""


def recording_card(
    snapshot: Snapshot, palette: Palette, sheet: Sheet, *, bold_is_bright: bool = False, cover: Cover | None = None
) -> bytes:
    """Draw the card of a recording as PNG. A `cover` is shown in place of its screen, where it can be decoded."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    top = _headed(picture, sheet) + 22
    shown = _decoded(cover, (WIDTH - 2 * _SIDE, _FLOOR - top)) if cover else None
    if shown:
        _framed(picture, shown, palette, top)
    else:
        _screen(picture, snapshot, palette, top, bold_is_bright=bold_is_bright)
    _skyline(picture, sheet.levels)
    return _photo(picture) if shown else _png(picture)


def site_card(title: str, description: str, facts: str) -> bytes:
    """Draw the card of a site, for all pages that have none of their own."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    baseline = 190.0
    for line in wrapped(title, _NAME, WIDTH - 2 * _SIDE, 2):
        _NAME.write(picture, (_SIDE, baseline), line, _INK)
        baseline += _NAME.size * _LEADING
    baseline += 4
    for line in wrapped(description, _SAID, WIDTH - 2 * _SIDE, 3):
        _SAID.write(picture, (_SIDE, baseline), line, _QUIET)
        baseline += _SAID.size * 1.35
    _mark(picture)
    _FACTS.write(picture, (_SIDE + 92, HEIGHT - _SIDE), facts, _QUIET)
    return _png(picture)


def wrapped(text: str, hand: Hand, width: float, most: int) -> list[str]:
    """Break a text into at most so many lines; where it does not fit, the last one ends in an ellipsis."""
    lines: list[str] = []
    rest = _BREAK.sub(" ", text).strip()
    while rest and len(lines) < most:
        line = _fitting(rest, hand, width)
        while len(line) > 1 and hand.width(line) > width:  # letters that join may need more room than by themselves
            line = line[:-1]
        rest = rest[len(line) :].lstrip()
        if rest and len(lines) == most - 1:
            while line and hand.width(f"{line}…") > width:
                line = line[:-1]
            line = f"{line.rstrip()}…"
        lines.append(line.rstrip())
    return lines


def _fitting(text: str, hand: Hand, width: float) -> str:
    """Give the beginning of a text that fits, up to a blank if there is one."""
    end, used = 0, 0.0
    for end, letter in enumerate(text):  # noqa: B007 - it is where the text ends
        used += hand.width(letter)
        if used > width:
            break
    else:
        return text
    blank = text.rfind(" ", 0, end + 1)
    return text[:blank] if blank > 0 else text[: max(end, 1)]


def _headed(picture: Image.Image, sheet: Sheet) -> int:
    """Write title and facts; give where they end."""
    baseline = 92.0
    lines = wrapped(sheet.title, _TITLE, WIDTH - 2 * _SIDE, _LINES)
    for line in lines:
        _TITLE.write(picture, (_SIDE, baseline), line, _INK)
        baseline += _TITLE.size * _LEADING
    baseline -= 14
    for line in wrapped(sheet.facts, _FACTS, WIDTH - 2 * _SIDE, 1):
        _FACTS.write(picture, (_SIDE, baseline), line, _QUIET)
    return round(baseline)


def _screen(picture: Image.Image, snapshot: Snapshot, palette: Palette, top: int, *, bold_is_bright: bool) -> None:
    rows = [tuple(runs) for runs in drawn_rows(snapshot)]
    used = _used(snapshot, rows)
    room = (WIDTH - 2 * _SIDE - 2 * _INSIDE, _FLOOR - top - 2 * _INSIDE)
    cell = min(_MOST, room[0] // used[0], int(room[1] / used[1] / _TALL))
    width = max(_LEAST, cell)
    grid = Grid(width, round(width * _TALL), width / 0.6)
    cols, shown = room[0] // grid.width, room[1] // grid.height
    left = _beginning(snapshot.cursor.col, cols, used[0]) if snapshot.cursor.visible else 0
    first = _beginning(snapshot.cursor.row, shown, used[1])
    ImageDraw.Draw(picture).rounded_rectangle((_SIDE, top, WIDTH - _SIDE, _FLOOR), 8, palette.background)
    raster = Rasteriser(grid, max(snapshot.cols, left + cols), palette, bold_is_bright)
    for at, runs in enumerate(rows[first : first + shown]):
        row = raster.row(runs).crop((left * grid.width, 0, (left + cols) * grid.width, grid.height))
        picture.paste(row, (_SIDE + _INSIDE, top + _INSIDE + at * grid.height))


def _decoded(cover: Cover, room: tuple[int, int]) -> Image.Image | None:
    """Give a picture as large as it fits, turned as it is shown; None where it is not what it was judged to be."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            opened = Image.open(BytesIO(cover.data), formats=_DECODED)
            if sorted(opened.size) != sorted((cover.width, cover.height)):  # told before any pixel is read
                return None
            found = ImageOps.exif_transpose(opened)
            return ImageOps.contain(found.convert("RGBA"), room, Image.Resampling.LANCZOS)
    except (*DAMAGE, MemoryError):
        return None


def _framed(picture: Image.Image, shown: Image.Image, palette: Palette, top: int) -> None:
    """Put a picture into the middle of the terminal, behind its round corners."""
    size = (WIDTH - 2 * _SIDE, _FLOOR - top)
    frame, mask = Image.new("RGB", size, palette.background), Image.new("L", size)
    frame.paste(shown, ((size[0] - shown.width) // 2, (size[1] - shown.height) // 2), shown)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, *size), 8, 255)
    picture.paste(frame, (_SIDE, top), mask)


def _used(snapshot: Snapshot, rows: Sequence[tuple[Run, ...]]) -> tuple[int, int]:
    """Give the columns and rows that have something on them, but not fewer than a small terminal has."""
    height = max((at + 1 for at, runs in enumerate(rows) if runs), default=1)
    width = max((run.col + run.width for runs in rows for run in runs), default=1)
    return min(max(width, 60), max(snapshot.cols, 60)), min(max(height, 10), max(snapshot.rows, 10))


def _beginning(cursor: int, shown: int, used: int) -> int:
    """Give the first column or row that is shown, so that the cursor is among them, as near to the start as may be."""
    return 0 if used <= shown else max(0, min(cursor + 1, used) - shown)


def _skyline(picture: Image.Image, levels: Sequence[int]) -> None:
    """Draw how much was printed when, below the terminal."""
    if not levels:
        return
    pen, width, pitch = ImageDraw.Draw(picture), WIDTH - 2 * _SIDE, 9
    columns = resample(list(levels), width // pitch)
    base = HEIGHT - 22
    for at, level in enumerate(columns):
        tall = round(_SKYLINE * level / 8)
        if tall:
            left = _SIDE + at * pitch
            pen.rectangle((left, base - tall, left + pitch - 2, base), _TRACE)


def _mark(picture: Image.Image) -> None:
    """Draw the mark of what made the site: three bars of a trace, and a cursor."""
    pen, base = ImageDraw.Draw(picture), HEIGHT - _SIDE
    for at, tall in enumerate((16, 40, 26)):
        pen.rectangle((_SIDE + at * 18, base - tall, _SIDE + at * 18 + 12, base), _INK)
    pen.rectangle((_SIDE + 54, base - 34, _SIDE + 66, base), _NOW)


def _png(picture: Image.Image) -> bytes:
    file = BytesIO()
    sample = picture.resize((WIDTH // 2, HEIGHT // 2), Image.Resampling.NEAREST)  # to choose colours costs most
    palette = sample.quantize(_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    picture.quantize(palette=palette, dither=Image.Dither.NONE).save(file, "PNG", compress_level=_QUICKLY)
    return file.getvalue()


def _photo(picture: Image.Image) -> bytes:
    """Write what has no few colours: as many as a palette holds, between which others are mixed."""
    file = BytesIO()
    palette = picture.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(file, "PNG", compress_level=4)
    return file.getvalue()
