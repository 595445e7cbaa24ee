"""What is shown for a recording until it plays: the picture that its author chose, else its screen, drawn."""

from __future__ import annotations

from markupsafe import Markup, escape

from castsite.render.encode import number
from castsite.render.images.svg import poster_size
from castsite.render.shell import Sheet
from castsite.site.model import Recording


def cover_path(recording: Recording) -> str:
    """Output path of the picture that stands for a recording."""
    return recording.cover.path if recording.cover else f"{recording.slug}.svg"


def cover_size(recording: Recording) -> tuple[float, float]:
    """Give its width and height in pixels."""
    cover, summary = recording.cover, recording.summary
    return (cover.width, cover.height) if cover else poster_size(summary.cols, summary.rows)


def cover_image(sheet: Sheet, recording: Recording, *, alt: str = "", lazy: bool = False) -> Markup:
    """Give it as a picture that is loaded; `lazy`: when it comes near the window. Without `alt` it is decoration."""
    source, (width, height) = sheet.link(cover_path(recording)), cover_size(recording)
    later = Markup(' loading="lazy" decoding="async"') if lazy else Markup()
    return Markup('<img class="poster" src="{}" alt="{}" width="{}" height="{}"{}>').format(
        escape(source), alt, number(width), number(height), later
    )
