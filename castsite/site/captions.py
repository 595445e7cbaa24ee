"""Captions: spoken or written words with their times, from files of WebVTT.

What the WebVTT standard (W3C) has a player show is read, and a little more: SubRip files, with commas in their times
and no signature, and minutes of one digit. What is no cue is told and left out. A cue's settings, styles and regions
are not kept, of its markup only the text, and no hidden characters, as in titles.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from msgspec import Struct

from castsite.analysis.model import Cue
from castsite.errors import Place, Problem, Severity, quote
from castsite.limits import SECOND, Limits, moved_by
from castsite.regex import regex
from castsite.schema.characters import visible_line

_ARROW: Final = "-->"
_TIMING: Final = regex(r"[ \t]*([^ \t]*?)[ \t]*-->[ \t]*(\S+)")
_TIME: Final = regex(r"(?:(\d{1,4}):)?([0-5]?\d):([0-5]\d)[.,](\d{3})", re.ASCII)
_TAG: Final = regex(r"<(?:[/A-Za-z0-9.][^>]*)?>")
_NO_CUES: Final = regex(r"(?:NOTE|STYLE|REGION)(?:[ \t]|\Z)")


class CaptionFile(NamedTuple):
    """The cues of a file, by their start, and what is wrong with it."""

    cues: tuple[Cue, ...]
    problems: tuple[Problem, ...]


def read_captions(data: bytes, *, path: str, limits: Limits) -> CaptionFile:
    """Read a file of captions; `path` is what messages call it."""
    problems: list[Problem] = []
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    if "\ufffd" in text and b"\xef\xbf\xbd" not in data:
        problems.append(_warning(Place(path), "not-utf-8", "bytes that are not UTF-8, replaced; save it as UTF-8"))
    reader = _Reader(text.split("\n"), path, limits.cue_length, problems)
    cues = sorted(reader.cues())
    if len(cues) > limits.cues:
        text = f"{len(cues):,} cues; the first {limits.cues:,} are kept {moved_by('cues')}"
        problems.append(_warning(Place(path), "too-many-cues", text))
    if not cues and not reader.met:
        problems.append(_warning(Place(path), "no-cues", f"no captions in it; write 0:01.000 {_ARROW} 0:04.000"))
    return CaptionFile(tuple(cues[: limits.cues]), tuple(problems))


class _Reader(Struct):
    """Goes through the lines of one file. `met` counts what was meant as a cue."""

    lines: list[str]
    path: str
    longest: int
    problems: list[Problem]
    met: int = 0

    def cues(self) -> Iterator[Cue]:
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            if _NO_CUES.match(line) and _ARROW not in line:
                while at < len(self.lines) and self.lines[at]:
                    at += 1
            elif _ARROW in line:
                end = self._end(at + 1)
                self.met += 1
                yield from self._cue(at, end)
                at = end - 1
            at += 1

    def _end(self, start: int) -> int:
        """Give the line after a cue's text: a blank one, or the times of the next cue."""
        rows = range(start, len(self.lines))
        return next((row for row in rows if not self.lines[row] or _ARROW in self.lines[row]), len(self.lines))

    def _cue(self, at: int, end: int) -> Iterator[Cue]:
        found = _read_cue(self.lines[at], self.lines[at + 1 : end])
        place = Place(self.path, at + 1, 1)
        if isinstance(found, str):
            self.problems.append(_warning(place, "bad-cue", f"{found}; it is left out"))
        elif len(found.text) > self.longest:
            text = f"{len(found.text)} characters; cut after {self.longest} {moved_by('cue_length')}, make two of it"
            self.problems.append(_warning(place, "long-cue", text))
            yield found._replace(text=found.text[: self.longest - 1] + "…")
        else:
            yield found


def _read_cue(timing: str, payload: list[str]) -> Cue | str:
    """Read one cue, or say what is wrong with it."""
    found = _TIMING.match(timing)
    if found is None:
        return f"{quote(timing.strip())} is no line of times such as 0:01.000 {_ARROW} 0:04.000"
    start, end = _time(found[1]), _time(found[2])
    if start is None or end is None:
        return f"{quote(found[1] if start is None else found[2])} is no time such as 1:05.000"
    if end <= start:
        return "it ends before it begins"
    rows = (visible_line(html.unescape(_TAG.sub("", row)))[0] for row in payload)
    text = "\n".join(filter(None, rows))
    return Cue(start, end, text) if text else "it has no text"


def _time(written: str) -> int | None:
    found = _TIME.fullmatch(written)
    if found is None:
        return None
    hours, minutes, seconds, thousandths = (int(part or 0) for part in found.groups())
    return (hours * 3600 + minutes * 60 + seconds) * SECOND + thousandths * 1000


def _warning(place: Place, code: str, text: str) -> Problem:
    return Problem(Severity.WARNING, place, code, text)
