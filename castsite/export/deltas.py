"""What changes from picture to picture, in numbers of colours: the form that GIF and animated PNG have in common.

Pictures are drawn and compared one by one, so that memory does not grow with the length of a film.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from msgspec import Struct
from PIL import Image, ImageChops

from castsite.export.footage import Footage
from castsite.export.pixels import Pixels

_FEW, _MANY = 128, 256
_LONGEST: Final = 60_000
"""Units that one delta stays: both formats have 16 bits for it, some programs 15."""


class Delta(NamedTuple):
    """The part of a picture that changed: numbers of colours as a picture in grey, where it goes, how long it stays."""

    part: Image.Image
    left: int
    top: int
    units: int


class Deltas(Struct, frozen=True):
    """Pixels in numbers of colours. The last number leaves a pixel as it was."""

    pixels: Pixels
    colours: int
    palette: Image.Image

    @property
    def same(self) -> int:
        """The number that leaves a pixel as it was."""
        return self.colours - 1

    @property
    def table(self) -> bytes:
        """Red, green and blue of every number."""
        return bytes(self.palette.getpalette() or ())[: self.same * 3].ljust(self.colours * 3, b"\0")

    def each(self, times: list[int]) -> Iterator[Delta]:
        """Give the first picture and what changes to the next ones, which stay for `times`."""
        before: Image.Image | None = None
        draw = self.pixels.kept(self._row, 1)
        ground = self._numbers(Image.new("RGB", (1, 1), self.pixels.rasteriser.palette.background)).tobytes()[0]
        for picture, units in zip(self.pixels.films(draw, "L", ground), times, strict=True):
            delta = self._between(picture, before, units)
            while delta.units > _LONGEST:
                yield delta._replace(units=_LONGEST)
                delta = Delta(Image.new("L", (1, 1), self.same), 0, 0, delta.units - _LONGEST)
            yield delta
            before = picture.copy()

    def _between(self, picture: Image.Image, before: Image.Image | None, units: int) -> Delta:
        if before is None:
            return Delta(picture.copy(), 0, 0, units)
        changed = ImageChops.difference(picture, before)
        box = changed.getbbox() or (0, 0, 1, 1)
        mask = changed.crop(box).point(lambda by: 255 if by else 0)
        part = Image.new("L", mask.size, self.same)
        part.paste(picture.crop(box), (0, 0), mask)
        return Delta(part, box[0], box[1], units)

    def _row(self, number: int) -> Image.Image:
        return self._numbers(self.pixels.row(number))

    def _numbers(self, picture: Image.Image) -> Image.Image:
        found = picture.quantize(palette=self.palette, dither=Image.Dither.NONE)
        return Image.frombytes("L", found.size, found.tobytes())


def deltas(pixels: Pixels) -> Deltas:
    """Choose the colours of a film: more where it has other ones than the sixteen of the terminal."""
    colours = _MANY if _is_colourful(pixels.footage) else _FEW
    return Deltas(pixels, colours, pixels.palette(colours - 1))


def _is_colourful(footage: Footage) -> bool:
    used = {colour for runs in footage.lines for run in runs for colour in (run.style.fg, run.style.bg)}
    return any(isinstance(colour, tuple) or (colour is not None and colour >= 16) for colour in used)
