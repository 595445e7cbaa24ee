"""Every kind of export, by its word: what makes a file of a recording."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from castsite.errors import Severity
from castsite.export.animated_svg import FPS, animated_svg
from castsite.export.footage import film
from castsite.export.gif import gif
from castsite.export.pixels import SLOWER
from castsite.export.png import apng, png
from castsite.export.rec import rec
from castsite.export.take import Made, Take, told
from castsite.export.video import mp4, webm
from castsite.export.vtt import vtt
from castsite.export.webp import webp
from castsite.export.weight import within
from castsite.limits import MIB
from castsite.render.images.palette import PALETTES, Palette
from castsite.render.images.svg import draw, poster_file
from castsite.render.record import whole_record
from castsite.render.transcript import text

LIGHT: Final = "solarized-light"
"""Colours of the still for readers whose page is light."""

MOST_SVG: Final = 3 * MIB
"""Bytes of an animated SVG: browsers read it whole before they show any of it."""


def svg(take: Take) -> Made:
    """Draw the poster."""
    return _poster(take, take.palette)


def light_svg(take: Take) -> Made:
    """Draw the poster in light colours."""
    return _poster(take, PALETTES[LIGHT])


def _poster(take: Take, palette: Palette) -> Made:
    drawing = draw(take.analysis.poster, bold_is_bright=take.bold_is_bright)
    return Made(poster_file(drawing, palette, title=f"Poster: {take.recording.title}").encode())


def moving_svg(take: Take) -> Made:
    """Make an SVG that plays itself. Raises TerminalError."""
    asked = take.looks.fps_cap or FPS
    for fps in (asked, *(slower for slower in SLOWER if slower < asked)):
        footage = film(take.cast, fps=fps)
        made = footage and animated_svg(
            footage.without_pauses(take.looks.idle),
            take.palette,
            title=take.recording.title,
            still=footage.at(take.analysis.poster_time),
            last_frame=take.looks.last_frame,
            loop=take.looks.loop,
            bold_is_bright=take.bold_is_bright,
            most=MOST_SVG,
        )
        if made and len(data := made.encode()) <= MOST_SVG:
            slower = f"{asked} pictures a second make an SVG of more than {MOST_SVG // MIB} MiB; {fps} are taken"
            return Made(data, () if fps == asked else (told(take, Severity.WARNING, "export-slower", slower),))
    text = (
        f"an animated SVG of it has more than {MOST_SVG // MIB} MiB, which browsers are slow with;"
        " take gif or webp, or a part of it (castsite export --select)"
    )
    return Made(None, (told(take, Severity.ERROR, "export-too-large", text),))


def txt(take: Take) -> Made:
    """Write the transcript."""
    return Made(text(take.analysis.lines))


def cast(take: Take) -> Made:
    """Give the recording as it is published."""
    return Made(take.data)


def json(take: Take) -> Made:
    """Write all that is known about the recording."""
    return Made(whole_record(take.recording, take.analysis, take.analysis.shown_commands))


MAKERS: Final[dict[str, Callable[[Take], Made]]] = {
    "gif": within(gif, "GIF"),
    "webp": within(webp, "WebP"),
    "apng": within(apng, "PNG that moves"),
    "svg": svg,
    "anim.svg": moving_svg,
    "light.svg": light_svg,
    "png": png,
    "mp4": mp4,
    "webm": webm,
    "txt": txt,
    "vtt": vtt,
    "cast": cast,
    "json": json,
    "rec": rec,
}
"""Those that need nothing but the recording; `html` needs a theme."""
