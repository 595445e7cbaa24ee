"""Exports that are published beside a recording: which there are, and where they lie."""

from __future__ import annotations

from typing import Final

from castsite.site.model import Sound

ENDINGS: Final = {
    "gif": ".gif",
    "webp": ".webp",
    "apng": ".apng",
    "anim.svg": ".anim.svg",
    "png": ".still.png",
    "light.svg": ".light.svg",
    "mp4": ".mp4",
    "webm": ".webm",
    "vtt": ".vtt",
    "html": ".offline.html",
    "rec": ".rec",
}
"""What is put behind a recording's slug, by the word of `export`.

A bare `.png` is the social card, and hosts would show a bare `.html` in place of the page. Words that are not here ask
for what every recording has.
"""

SOUND: Final = "sound"
"""The kind of what is heard with a recording: asked for by `audio`, and with the ending of the file itself."""

PICTURES: Final = ("gif", "webp", "apng", "anim.svg")
"""Those that move wherever pictures are shown, the one that is understood by most programs first."""


def export_path(slug: str, kind: str) -> str:
    """Output path of an export."""
    return slug + ENDINGS[kind]


def sound_path(slug: str, sound: Sound) -> str:
    """Output path of what is heard with a recording."""
    return slug + sound.ending
