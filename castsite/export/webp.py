"""A recording as animated WebP without loss, made of the animated PNG picture by picture, so that memory stays flat."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from PIL import Image

from castsite.export.png import animate
from castsite.export.take import Made, Take

# Pillow's own defaults begin anew with a whole picture every few frames: 15 times as large
_OPTIONS: Final = {"lossless": True, "quality": 20, "method": 2, "kmin": 3000, "kmax": 10_000}


def webp(take: Take) -> Made:
    """Make an animated WebP. Raises TerminalError."""
    made, problems = animate(take)
    if made is None:
        return Made(None, problems)
    file = BytesIO()
    with Image.open(BytesIO(made.data)) as film:
        again = 0 if take.looks.loop else 1
        film.save(file, "WEBP", save_all=True, duration=made.times, loop=again, background=(0, 0, 0, 255), **_OPTIONS)
    return Made(file.getvalue(), problems)
