"""How large a picture that moves may be: with fewer pictures a second it gets smaller, else it is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from castsite.errors import Severity
from castsite.export.pixels import FPS, SLOWER
from castsite.export.take import Made, Take, told
from castsite.limits import MIB, size_text

Maker = Callable[[Take], Made]

MOST_MOVING: Final = 25 * MIB
"""Bytes of a picture that moves: Cloudflare Pages takes no larger file, and pages that show one load all of it."""


def within(make: Maker, kind: str, most: int = MOST_MOVING) -> Maker:
    """Give what makes the same in at most so many bytes, with fewer pictures a second where it has to.

    `kind` is what people call it.
    """

    def bounded(take: Take) -> Made:
        asked = take.looks.fps_cap or FPS
        made = make(take)
        for fps in (slower for slower in SLOWER if slower < asked):
            if made.data is None or len(made.data) <= most:
                return made
            made = make(replace(take, looks=replace(take.looks, fps_cap=fps)))
            text = f"{asked} pictures a second make a {kind} of more than {size_text(most)}; {fps} are taken"
            made = Made(made.data, (*made.problems, told(take, Severity.WARNING, "export-slower", text)))
        if made.data is None or len(made.data) <= most:
            return made
        text = (
            f"a {kind} of it has more than {size_text(most)}, which not every host takes; take mp4, or export"
            " a part of it (castsite export --select), or smaller letters (--font-size)"
        )
        return Made(None, (told(take, Severity.ERROR, "export-too-large", text),))

    return bounded
