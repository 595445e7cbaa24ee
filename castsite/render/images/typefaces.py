"""Typefaces that pictures are drawn with, as far as they go; the only file that knows Pillow's.

For each letter the first typeface that has it is taken: JetBrains Mono, then DejaVu Sans Mono, emoji and icons, and GNU
Unifont for all the rest of the Basic Multilingual Plane. The build hook lays them down, and says what each of them has;
`docs/decisions/0005-typefaces.md` tells why these.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import Final, Literal, NamedTuple

import msgspec
from PIL import Image, ImageDraw, ImageFont, features

from castsite.errors import ConfigError, Place, Problem, Severity

Role = Literal["mono", "sans"]

FOLDER: Final = Path(__file__).parents[2] / "_assets" / "typefaces"
"""Where the build hook lays them down."""

MISSING: Final = "\ufffd"
"""What stands for a letter that no typeface has."""

_REGULAR, _BOLD = 400, 700
_LEAN: Final = 0.2  # of the height, by which the top of italic letters is moved to the right
_NEARLY: Final = 1.05  # times the room of its cells that a letter may need without being made smaller


class _Typeface(msgspec.Struct, frozen=True):
    """A file, what it is for, and which letters it has; of one weight, of all (`varies`), or for want of another."""

    file: str
    role: Role
    weight: int | None
    varies: bool
    ranges: tuple[tuple[int, int], ...]

    def has(self, letter: str) -> bool:
        code = ord(letter)
        at = bisect_right(self.ranges, (code, 0x110000)) - 1
        return at >= 0 and code <= self.ranges[at][1]


def missing(text: Iterable[str], role: Role = "mono") -> str:
    """Give the letters that no typeface has, each once, in order."""
    return "".join(sorted({letter for letter in text if not _is_blank(letter) and not _chosen(letter, role, _REGULAR)}))


class Hand(NamedTuple):
    """How a line of text is written: in which typeface, how large in pixels, how heavy."""

    role: Role
    size: float
    bold: bool = False

    def width(self, text: str) -> float:
        """Give the width of a text in pixels."""
        return sum(font.getlength(part) for font, part in self._parts(text))

    def write(self, picture: Image.Image, at: tuple[float, float], text: str, colour: str) -> None:
        """Write from a point on the baseline to the right."""
        pen, (x, y) = ImageDraw.Draw(picture), at
        for font, part in self._parts(text):
            pen.text((x, y), part, colour, font, anchor="ls")
            x += font.getlength(part)

    def _parts(self, text: str) -> Iterator[tuple[ImageFont.FreeTypeFont, str]]:
        """Part a text where the typeface changes; what is written from the right to the left is laid out by Raqm."""
        if _is_from_right(text) and (font := _laid_out(text, self)):
            yield font, text
            return
        letters = (letter for letter in text if letter == " " or not _is_blank(letter))
        for font, same in groupby(letters, lambda letter: _font(letter, self.role, self.size, bold=self.bold)):
            yield font, "".join(_drawable(letter, self.role) for letter in same)


def _is_from_right(text: str) -> bool:
    return any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in text)


def _laid_out(text: str, hand: Hand) -> ImageFont.FreeTypeFont | None:
    """Give the typeface of a text's letters with the layout engine that can turn and join them, where it is there."""
    letter = next(letter for letter in text if unicodedata.bidirectional(letter) in {"R", "AL"})
    face = _chosen(letter, hand.role, _BOLD if hand.bold else _REGULAR)
    if face is None or not features.check("raqm"):
        return None
    return ImageFont.truetype(FOLDER / face.file, hand.size, layout_engine=ImageFont.Layout.RAQM)


def is_icon(letter: str) -> bool:
    """Whether it is for private use: icons, wider than a cell, which people write with a blank behind."""
    return unicodedata.category(letter) == "Co"


@lru_cache(maxsize=8192)
def glyph(letter: str, room: tuple[int, int], size: float, *, bold: bool, italic: bool) -> Image.Image | None:
    """Give the mask of a letter in its cells (pixels); None for what draws nothing."""
    if _is_blank(letter):
        return None
    width, height = room
    font, shown = _font(letter, "mono", size, bold=bold), _drawable(letter, "mono")
    wide = font.getlength(shown)
    if wide > width * _NEARLY:
        size *= width / wide
        font = _font(letter, "mono", size, bold=bold)
        wide = font.getlength(shown)
    mask = Image.new("L", room)
    left = (width - wide) / 2 if wide < width * 0.9 else 0  # narrow ones, such as icons, stand in the middle
    ImageDraw.Draw(mask).text((left, baseline(height, size)), shown, 255, font, anchor="ls")
    if italic:
        lean = (1, _LEAN, -_LEAN * baseline(height, size), 0, 1, 0)
        mask = mask.transform(room, Image.Transform.AFFINE, lean, Image.Resampling.BICUBIC)
    return mask


def baseline(height: int, size: float) -> int:
    """Give how far below the top of a cell letters stand."""
    return round(height / 2 + size / 3)


def _is_blank(letter: str) -> bool:
    return letter == " " or unicodedata.category(letter) in {"Zs", "Cc", "Cf", "Mn", "Me"}


def _drawable(letter: str, role: Role) -> str:
    return letter if _chosen(letter, role, _REGULAR) else MISSING


def _font(letter: str, role: Role, size: float, *, bold: bool) -> ImageFont.FreeTypeFont:
    weight = _BOLD if bold else _REGULAR
    face = _chosen(letter, role, weight) or _chosen(MISSING, role, weight)
    assert face is not None  # noqa: S101 - the build hook has laid down one that has it
    return _opened(face.file, size, weight if face.varies else None)


@lru_cache(maxsize=4096)
def _chosen(letter: str, role: Role, weight: int) -> _Typeface | None:
    """Give the typeface for a letter; titles are written in that of screens where their own lacks something."""
    found = [face for face in _typefaces() if face.has(letter) and face.weight in {None, weight}]
    own = next((face for face in found if face.role == role), None)
    if own is None and role == "sans":
        return next((face for face in found if face.role == "mono"), None)
    return own or next((face for face in _typefaces() if face.role == role and face.has(letter)), None)


@cache
def _typefaces() -> tuple[_Typeface, ...]:
    try:
        told = (FOLDER / "coverage.json").read_bytes()
    except OSError as error:
        text = "the typefaces are missing from this installation; install castsite again"
        raise ConfigError(Problem(Severity.FATAL, Place(""), "no-typefaces", text)) from error
    return msgspec.json.decode(told, type=tuple[_Typeface, ...])


@lru_cache(maxsize=64)
def _opened(file: str, size: float, weight: int | None) -> ImageFont.FreeTypeFont:
    # letters stand by themselves: joining them is what terminals do not do
    font = ImageFont.truetype(FOLDER / file, size, layout_engine=ImageFont.Layout.BASIC)
    if weight is not None:
        font.set_variation_by_axes([weight])
    return font
