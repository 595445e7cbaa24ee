"""Rows of a screen as pixels: what the poster draws as SVG, drawn here with Pillow, so that both show the same.

A row is drawn once, however many pictures it is on: rows that are equal are the same object for the caller.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from msgspec import Struct
from PIL import Image, ImageChops, ImageDraw

from castsite.analysis.model import Run
from castsite.regex import regex
from castsite.render.images.cells import Look, cells, look_of, pieces
from castsite.render.images.palette import Palette
from castsite.render.images.shapes import DRAWN, HEIGHT, WIDTH, Outline, Segment, shape
from castsite.render.images.typefaces import baseline, glyph, is_icon

Colour = tuple[int, int, int]

_FINER: Final = 4  # times as many pixels, from which shapes are made smooth
_STEPS: Final = 12  # straight pieces of a curve
_COMMAND: Final = regex(r"([a-z])([^a-z]*)")
_NUMBER: Final = regex(r"-?\d*\.?\d+")


class Grid(NamedTuple):
    """Pixels of a cell, and of the letters in it."""

    width: int
    height: int
    size: float

    @property
    def cell(self) -> tuple[int, int]:
        """Width and height."""
        return self.width, self.height


def grid(size: float, line_height: float = HEIGHT / 15) -> Grid:
    """Give the cells of a type size in pixels; they are whole pixels, so that every letter is equally crisp."""
    return Grid(max(1, round(size * 0.6)), max(1, round(size * line_height)), size)


class Rasteriser(Struct, frozen=True):
    """Draws rows of `cols` cells in the colours of a palette."""

    grid: Grid
    cols: int
    palette: Palette
    bold_is_bright: bool = False

    def row(self, runs: Iterable[Run]) -> Image.Image:
        """Draw a row."""
        width, height = self.grid.cell
        picture = Image.new("RGB", (self.cols * width, height), self.palette.background)
        for run in runs:
            look = look_of(run.style, self.bold_is_bright)
            area = _rgb(self._hex(look.area or "B"))
            if look.area is not None:
                picture.paste(area, (run.col * width, 0, (run.col + run.width) * width, height))
            ink = _rgb(self._hex(look.ink))
            self._draw(picture, run, look, _between(ink, area) if look.faint else ink)
        return picture

    def _hex(self, paint: str) -> str:
        if paint[0] == "#":
            return paint
        return {"F": self.palette.foreground, "B": self.palette.background}.get(paint) or self.palette.colours[
            int(paint)
        ]

    def _draw(self, picture: Image.Image, run: Run, look: Look, ink: Colour) -> None:
        width, height = self.grid.cell
        for col, wide, text in pieces(run):
            if DRAWN.match(text):
                picture.paste(ink, (col * width, 0), _drawn(text, self.grid))
                continue
            for at, span, letter in cells(Run(col, wide, text, run.style)):
                room = (width * 3 // 2 if is_icon(letter[0]) else span * width, height)
                mask = glyph(letter[0], room, self.grid.size, bold=look.bold, italic=look.italic)
                if mask is not None:
                    picture.paste(ink, (at * width, 0), mask)
        for top, thick in _lines(look, self.grid):
            picture.paste(ink, (run.col * width, top, (run.col + run.width) * width, top + thick))


def _lines(look: Look, of: Grid) -> Iterator[tuple[int, int]]:
    """Give how far down lines through and below letters are, and how thick."""
    thick, base = max(1, round(of.size / 14)), baseline(of.height, of.size)
    if "underline" in look.decoration:
        yield min(base + 2 * thick, of.height - thick), thick
    if "line-through" in look.decoration:
        yield round(base - of.size * 0.28), thick


@lru_cache(maxsize=1024)
def _rgb(colour: str) -> Colour:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _between(ink: Colour, area: Colour) -> Colour:
    """Give what ink of half the strength looks like."""
    red, green, blue = (round((one + other) / 2) for one, other in zip(ink, area, strict=True))
    return red, green, blue


@lru_cache(maxsize=512)
def _drawn(char: str, of: Grid) -> Image.Image:
    """Give the mask of a character that is geometry."""
    found = shape(char)
    across, down = of.width * _FINER / WIDTH, of.height * _FINER / HEIGHT
    mask = Image.new("L", (of.width * _FINER, of.height * _FINER))
    pen = ImageDraw.Draw(mask)

    def box(x: float, y: float, width: float, height: float) -> None:
        right, bottom = round((x + width) * across) - 1, round((y + height) * down) - 1
        left, top = round(x * across), round(y * down)
        if right >= left and bottom >= top:
            pen.rectangle((left, top, right, bottom), 255)

    for rect in found.rects:
        box(*rect)
    for segment in found.segments:
        box(*_stroked(segment))
    for outline in found.outlines:
        points = [(x * across, y * down) for x, y in _points(outline)]
        if outline.weight:
            pen.line(points, 255, round(outline.weight * across), joint="curve")
        else:
            pen.polygon(points, 255)
    small = mask.resize(of.cell, Image.Resampling.BOX)
    return ImageChops.multiply(small, Image.new("L", of.cell, round(255 * found.opacity)))


def _stroked(segment: Segment) -> tuple[float, float, float, float]:
    """Give the area of a stroke: x, y, width, height."""
    vertical, across, start, length, weight = segment
    beside = across - weight / 2
    return (beside, start, weight, length) if vertical else (start, beside, length, weight)


def _points(outline: Outline) -> Iterator[tuple[float, float]]:
    """Walk along an outline, whose commands are those that `shapes` writes."""
    x, y = outline.x, outline.y
    yield x, y
    for name, written in _COMMAND.findall(outline.path):
        numbers = [float(found) for found in _NUMBER.findall(written)]
        if name == "z":
            yield outline.x, outline.y
            continue
        path = {"l": _straight, "v": _down, "q": _curve, "a": _arc}[name](numbers)
        for right, down in path:
            yield x + right, y + down
        x, y = x + path[-1][0], y + path[-1][1]


_Path = list[tuple[float, float]]


def _straight(numbers: list[float]) -> _Path:
    points, x, y = [], 0.0, 0.0
    for right, down in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + right, y + down
        points.append((x, y))
    return points


def _down(numbers: list[float]) -> _Path:
    return [(0, numbers[0])]


def _curve(numbers: list[float]) -> _Path:
    bend_x, bend_y, x, y = numbers
    parts = [step / _STEPS for step in range(1, _STEPS + 1)]
    return [(2 * t * (1 - t) * bend_x + t * t * x, 2 * t * (1 - t) * bend_y + t * t * y) for t in parts]


def _arc(numbers: list[float]) -> _Path:
    """Half an ellipse that ends right below where it begins, or right above."""
    radius, height, *_, sweep, _, down = numbers
    angles = [math.pi * step / _STEPS for step in range(1, _STEPS + 1)]
    way = 1 if down > 0 else -1
    side = way if sweep else -way
    return [(side * radius * math.sin(angle), down / 2 - way * height * math.cos(angle)) for angle in angles]
