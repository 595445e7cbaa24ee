"""Captions: spoken or written words with their times, from files of WebVTT.

Read by the rules of the WebVTT standard (W3C, chapter 6), tolerantly: what is no cue is told and left out. A cue's
settings, styles and regions are not kept, and of its markup only the text. SubRip files, with commas in their times and
no signature, are read as well.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from castsite.analysis.model import Cue
from castsite.errors import Place, Problem, Severity, quote
from castsite.limits import KIB, SECOND

FILE_SIZE: Final = 512 * KIB
"""bytes of a file of captions: an hour of speech needs about 80 KiB"""
CUES: Final = 10_000
"""cues of a file"""
CUE_LENGTH: Final = 500
"""characters of a cue: what can be read at once"""

_ARROW: Final = "-->"
_TIMING: Final = re.compile(r"[ \t]*(\S+)[ \t]+-->[ \t]+(\S+)")
_TIME: Final = re.compile(r"(?:(\d{1,4}):)?([0-5]\d):([0-5]\d)[.,](\d{3})", re.ASCII)
_TAG: Final = re.compile(r"<[^>]*>?")
_BLANKS: Final = re.compile(r"[ \t\f]+")
_NO_CUES: Final = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t]|\Z)")


class CaptionFile(NamedTuple):
    """The cues of a file, by their start, and what is wrong with it."""

    cues: tuple[Cue, ...]
    problems: tuple[Problem, ...]


def read_captions(data: bytes, *, path: str) -> CaptionFile:
    """Read a file of captions; `path` is what messages call it."""
    problems: list[Problem] = []
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    if "\ufffd" in text and b"\xef\xbf\xbd" not in data:
        problems.append(_warning(Place(path), "not-utf-8", "bytes that are not UTF-8, replaced; save it as UTF-8"))
    cues = sorted(_cues(text.split("\n"), path, problems))
    if len(cues) > CUES:
        problems.append(_warning(Place(path), "too-many-cues", f"{len(cues):,} cues; the first {CUES:,} are kept"))
    if not cues and not problems:
        problems.append(_warning(Place(path), "no-cues", f"no captions in it; write 0:01.000 {_ARROW} 0:04.000"))
    return CaptionFile(tuple(cues[:CUES]), tuple(problems))


def _cues(lines: list[str], path: str, problems: list[Problem]) -> Iterator[Cue]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if _NO_CUES.match(line) and _ARROW not in line:
            while at < len(lines) and lines[at]:
                at += 1
        elif _ARROW in line:
            end = next((row for row in range(at + 1, len(lines)) if not lines[row] or _ARROW in lines[row]), len(lines))
            cue = _cue(line, lines[at + 1 : end])
            if isinstance(cue, Cue):
                yield cue
            else:
                problems.append(_warning(Place(path, at + 1, 1), "bad-cue", f"{cue}; it is left out"))
            at = end - 1
        at += 1


def _cue(timing: str, payload: list[str]) -> Cue | str:
    """Read one cue, or say what is wrong with it."""
    found = _TIMING.match(timing)
    if found is None:
        return f"{quote(timing.strip())} is no line of times such as 0:01.000 {_ARROW} 0:04.000"
    start, end = _time(found[1]), _time(found[2])
    if start is None or end is None:
        return f"{quote(found[1] if start is None else found[2])} is no time such as 01:05.000"
    if end <= start:
        return "it ends before it begins"
    rows = (_BLANKS.sub(" ", html.unescape(_TAG.sub("", row))).strip() for row in payload)
    text = "\n".join(filter(None, rows))
    if not text:
        return "it has no text"
    return Cue(start, end, text if len(text) <= CUE_LENGTH else text[: CUE_LENGTH - 1] + "…")


def _time(written: str) -> int | None:
    found = _TIME.fullmatch(written)
    if found is None:
        return None
    hours, minutes, seconds, thousandths = (int(part or 0) for part in found.groups())
    return (hours * 3600 + minutes * 60 + seconds) * SECOND + thousandths * 1000


def _warning(place: Place, code: str, text: str) -> Problem:
    return Problem(Severity.WARNING, place, code, text)
