"""Reading a recording of any format: its bytes say which, its name only where they do not.

Asciicast is read as ever. Whatever is no recording is refused with what it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from castsite.cast import read as asciicast
from castsite.cast.findings import Findings, RefusedError
from castsite.cast.sniff import BOM, TORN_TTYREC, UNKNOWN, name_by_magic, name_of
from castsite.cast.task import Task
from castsite.errors import Problem
from castsite.formats.archive import EMPTY, MAGIC
from castsite.formats.draft import cast_of
from castsite.formats.model import ALONE, SILENT, Beside, Draft, Found, Owner
from castsite.formats.names import TTYREC
from castsite.formats.raw import is_raw, read_raw
from castsite.formats.script import OPENING, is_timing, read_script
from castsite.formats.terminalizer import is_terminalizer, read_terminalizer
from castsite.formats.termless import Frame, read_termless
from castsite.formats.termless import nearest_frame as find_frame
from castsite.formats.ttyrec import is_ttyrec, read_ttyrec
from castsite.formats.vhs import is_vhs, read_vhs
from castsite.limits import Limits

_BLANKS: Final = b" \t\r\n"


class _Given(NamedTuple):
    """One file, with all that is known about it. `problems` are those of the files beside it."""

    source: bytes
    first_line: int
    task: Task
    owner: Owner
    beside: Beside
    problems: list[Problem]


class Format(NamedTuple):
    """A format: what it is called, whether a file is of it, and how it is read."""

    name: str
    is_one: Callable[[bytes], bool]
    read: Callable[[_Given], Draft]


def _script(given: _Given) -> Draft:
    draft, problems = read_script(given.source, given.task, given.owner, given.beside)
    given.problems.extend(problems)
    return draft


def _is_archive(source: bytes) -> bool:
    return source.startswith((MAGIC, EMPTY))


SCRIPT: Final = Format("script", lambda source: source.startswith(OPENING), _script)
TTYREC_FORMAT: Final = Format(
    "ttyrec", is_ttyrec, lambda given: read_ttyrec(given.source, given.task, given.owner.encoding)
)
READERS: Final = (
    Format("termless", _is_archive, lambda given: read_termless(given.source, given.task, given.owner)),
    TTYREC_FORMAT,
    SCRIPT,
    Format("raw output", is_raw, lambda given: read_raw(given.source, given.task, given.owner)),
    Format("VHS text", is_vhs, lambda given: read_vhs(given.source, given.task, given.owner)),
    Format(
        "Terminalizer", is_terminalizer, lambda given: read_terminalizer(given.source, given.task, given.first_line)
    ),
)
"""Formats in the order in which they are looked for; asciicast is looked for before them."""


def read_recording(  # noqa: PLR0913 - all but the first are named
    source: bytes,
    *,
    path: str,
    first_line: int = 1,
    limits: Limits,
    owner: Owner = SILENT,
    beside: Beside = ALONE,
) -> Found:
    """Read a recording from bytes that are no longer compressed, with any front matter cut off.

    `path` and `first_line` are for messages, as those of `castsite.cast.read.read` are.
    """
    form = None if is_asciicast(source) else format_of(source, path, beside)
    if form is None:
        reading = asciicast.read(
            source, path=path, first_line=first_line, limits=limits, times=owner.times, size=owner.size
        )
        return Found(reading.cast, reading.problems)
    findings = Findings(path)
    task = Task(findings=findings, limits=limits, times=owner.times, size=owner.size)
    given = _Given(source.removeprefix(BOM), first_line, task, owner, beside, [])
    draft = None
    try:
        asciicast.check_file_size(source, task)
        draft = form.read(given)
        cast = cast_of(draft, task)
    except RefusedError:
        cast = None
    problems = (*findings.problems(), *given.problems)
    if cast is None or draft is None:
        return Found(None, problems, form.name)
    return Found(cast, problems, form.name, _in_time(draft, cast.duration), draft.synthetic)


def nearest_frame(
    source: bytes, *, path: str, limits: Limits, distance: Callable[[int], int | None]
) -> Frame | Problem | None:
    """Give the nearest of the pictures that a recording holds of its screen, or what is wrong with it.

    `source` is a recording that was read; `distance` is asked of each time on its timeline, None where that is not
    played. None where it holds no picture, as only recordings of termless do.
    """
    if not _is_archive(source):
        return None
    findings = Findings(path)
    try:
        return find_frame(source, Task(findings=findings, limits=limits), distance)
    except RefusedError:
        return findings.problems()[-1]


def format_of(source: bytes, path: str = "", beside: Beside = ALONE) -> Format | None:
    """Say which of the other formats a file is of; None when it is asciicast, or no recording."""
    if is_asciicast(source):
        return None
    source = source.removeprefix(BOM)
    if name_by_magic(source) and not (_is_archive(source) or is_ttyrec(source)):  # seconds may look like UTF-16
        return None
    for form in READERS:
        if form.is_one(source):
            return form
    what, is_named = name_of(source), TTYREC.search(path) is not None
    if what == UNKNOWN and not is_timing(source) and beside.timing is not None:
        return SCRIPT  # script -q of some systems writes no first line
    return TTYREC_FORMAT if is_named and what in {UNKNOWN, TORN_TTYREC} and not is_timing(source) else None


def is_asciicast(source: bytes) -> bool:
    """Whether a file is to be read as asciicast: it begins with an object of JSON.

    A ttyrec may begin with the same byte, in one recording of 256; JSON holds no NUL.
    """
    at = len(BOM) if source.startswith(BOM) else 0
    head = source[at : at + 12]
    if b"\0" in head:
        return False
    if head[:1] == b"{":
        return True
    return source[at : at + 4096].lstrip(_BLANKS)[:1] == b"{"


def _in_time(draft: Draft, duration: int) -> tuple[tuple[int, str], ...] | None:
    """Give the commands, none of them after the end."""
    if draft.commands is None:
        return None
    return tuple((min(time, duration), text) for time, text in draft.commands)
