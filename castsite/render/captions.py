"""Captions as published: WebVTT, with times on the played timeline."""

from __future__ import annotations

from collections.abc import Iterator

from castsite.analysis.model import Captions, Cue
from castsite.render.encode import milliseconds, plain


def captions_path(slug: str, language: str) -> str:
    """Output path of a recording's captions in one language."""
    return f"{slug}.{language.lower()}.vtt"


def captions_file(captions: Captions) -> bytes:
    """Write a file of captions; blocks are parted by a blank line, so a script needs no parser to read it."""
    return "\n\n".join(["WEBVTT", *map(_block, captions.cues), ""]).encode()


def _block(cue: Cue) -> str:
    return "\n".join([f"{_time(cue.start)} --> {_time(cue.end)}", *_rows(cue.text)])


def _rows(text: str) -> Iterator[str]:
    """Encode the rows of a cue: as HTML, but that an arrow of times would end it."""
    for row in text.split("\n"):
        shown = plain(row).replace("\t", " ").strip()
        if shown:
            yield shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _time(time: int) -> str:
    seconds, thousandths = divmod(milliseconds(time), 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{thousandths:03}"
