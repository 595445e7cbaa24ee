"""Pictures as a recording: each is drawn on the screen in half blocks, two pixels to a cell, at its time.

What has no text to be played is at least seen: as frames of a run whose stream nobody kept.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from itertools import groupby
from typing import Final, NamedTuple

from PIL import Image

from castsite.cast.task import Task
from castsite.errors import counted, quote
from castsite.formats.model import Draft
from castsite.limits import moved_by, size_text

_MAGIC: Final = b"\x89PNG\r\n\x1a\n"
_WIDEST: Final = 240
"""Columns of the screen that slides are drawn on; a recording of one is then as large as one of text."""
_HIGHEST: Final = 100
_COLOURS: Final = 48
"""Colours of one slide: neighbours of one colour are one run of text."""
_BLOCK: Final = "▀"
DAMAGE: Final = (OSError, ValueError, SyntaxError, struct.error, EOFError, Image.DecompressionBombError, IndexError)
"""What Pillow raises for bytes that are no sound picture."""


class Slide(NamedTuple):
    """A PNG, when it is shown (microseconds), and what messages call it."""

    time: int
    picture: bytes
    name: str


def slides(found: list[Slide], task: Task) -> Draft:
    """Draw slides one after the other on a screen that all fit on. Raises RefusedError for what is no PNG."""
    pictures = [_opened(slide, task) for slide in found]
    cols = min(max(picture.width for picture in pictures), _WIDEST, task.limits.cols)
    scale = min(cols / picture.width for picture in pictures)
    tallest = max(picture.height for picture in pictures)
    scale = min(scale, 2 * min(_HIGHEST, task.limits.rows) / tallest)
    cols = max(2, *(round(picture.width * scale) for picture in pictures))
    rows = max(-(-max(round(picture.height * scale) for picture in pictures) // 2), 1)
    text = f"{counted(len(pictures), 'frame')} and no stream: shown as slides, which have no text to be found"
    task.findings.warn("cast-slides", text)
    events = [(slide.time, "o", _drawn(picture, scale)) for slide, picture in zip(found, pictures, strict=True)]
    return Draft({"width": cols, "height": rows}, events)


def _opened(slide: Slide, task: Task) -> Image.Image:
    limits, data, name = task.limits, slide.picture, quote(slide.name)
    if not data.startswith(_MAGIC):
        task.findings.refuse("cast-bad-frame", f"frame {name} is no PNG")
    if len(data) > limits.image_size:
        most = size_text(limits.image_size)
        text = f"frame {name} has {size_text(len(data))}; the limit is {most} {moved_by('image_size')}"
        task.findings.refuse("cast-limit", text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data), formats=("PNG",))
            if max(picture.size) > limits.image_side:
                size = f"{picture.width}x{picture.height}"
                most = f"{limits.image_side} on the longer side {moved_by('image_side')}"
                text = f"frame {name} has {size} pixels; the limit is {most}"
                task.findings.refuse("cast-limit", text)
            picture.thumbnail((2 * _WIDEST, 4 * _HIGHEST))  # decoded and made small at once: many are kept
            return picture.convert("RGBA")
    except DAMAGE as error:
        task.findings.refuse("cast-bad-frame", f"frame {name} is damaged: {quote(error, 80)}")


def _drawn(picture: Image.Image, scale: float) -> str:
    """Draw a picture from the top left corner of a cleared screen."""
    size = (max(round(picture.width * scale), 1), max(round(picture.height * scale), 1))
    ground = Image.new("RGB", picture.size)
    ground.paste(picture, mask=picture.getchannel("A"))
    small = ground.resize(size, Image.Resampling.BOX)
    colours = small.quantize(_COLOURS, dither=Image.Dither.NONE).convert("RGB")
    data = colours.tobytes()
    rows = [data[at : at + 3 * size[0]] for at in range(0, len(data), 3 * size[0])]
    lines = [
        "".join(_runs(upper, lower)) for upper, lower in zip(rows[::2], [*rows[1::2], bytes(3 * size[0])], strict=False)
    ]
    return "\x1b[0m\x1b[H\x1b[2J\x1b[?25l" + "\r\n".join(lines) + "\x1b[0m"


def _runs(upper: bytes, lower: bytes) -> Iterator[str]:
    pairs = [(upper[at : at + 3], lower[at : at + 3]) for at in range(0, len(upper), 3)]
    for (top, bottom), group in groupby(pairs):
        count = sum(1 for _ in group)
        yield f"\x1b[38;2;{top[0]};{top[1]};{top[2]};48;2;{bottom[0]};{bottom[1]};{bottom[2]}m{_BLOCK * count}"
