"""From what one of the formats holds to a cast: the same checks and repairs as for asciicast."""

from __future__ import annotations

from itertools import accumulate, repeat
from typing import Final

from castsite.cast.addressed import addressed
from castsite.cast.events import Cast
from castsite.cast.form import Form, build_cast
from castsite.cast.header import Fields, HeaderReader, SizeKeys
from castsite.cast.rows import Rows
from castsite.cast.task import Task
from castsite.cast.times import absolute
from castsite.formats.model import Draft
from castsite.limits import SECOND, moved_by

LINE_STEP: Final = 60_000
"""Microseconds between two lines whose times nobody wrote down."""


def cast_of(draft: Draft, task: Task) -> Cast:
    """Put a cast together. Raises RefusedError where it has no output, or breaks a limit."""
    rows, limits = Rows(), task.limits
    if len(draft.events) > limits.events:
        text = f"{len(draft.events):,} events; the limit is {limits.events:,} {moved_by('events')}"
        task.findings.refuse("cast-limit", text)
    for time, code, data in draft.events:
        if len(data) > limits.event_size:
            most = f"the limit is {limits.event_size:,} {moved_by('event_size')}"
            task.findings.refuse("cast-limit", f"event of {len(data):,} characters; {most}")
        rows.add((time / SECOND, code, data), 0)
    header = HeaderReader(_sized(draft.fields, draft.events, task), 0, task)
    return build_cast(_FORM, header, header.size(_FORM.size), rows, cut_off=draft.cut_off)


def lines_apart(text: str, cps: float | None, task: Task) -> list[tuple[int, str, str]]:
    """Make outputs of a text without times, one for each line: `LINE_STEP` apart, or as fast as `cps` characters.

    Raises RefusedError for more lines than a recording may have events.
    """
    if (count := text.count("\n")) > task.limits.events:
        most = f"{task.limits.events:,} events {moved_by('events')}"
        task.findings.refuse("cast-limit", f"{count:,} lines; the limit is {most}")
    lines = text.split("\n")
    parts = [f"{line}\n" for line in lines[:-1]] + [line for line in lines[-1:] if line]
    steps = (round(len(part) / cps * SECOND) for part in parts) if cps else repeat(LINE_STEP, len(parts))
    return [(time, "o", part) for time, part in zip(accumulate(steps), parts, strict=True)]


def _sized(fields: Fields, events: list[tuple[int, str, str]], task: Task) -> Fields:
    if task.size is not None or (fields.get("width") and fields.get("height")):
        return fields
    cols, rows = addressed((data for _, code, data in events if code == "o"), task.limits)
    text = "the recording does not say how large its screen is; read as 80x24"
    if cols > 80 or rows > 24:
        needed = f"{max(cols, 80)}x{max(rows, 24)}"
        task.findings.warn("cast-no-size", f"{text}, but its output needs {needed}: size: {needed} in front matter")
    else:
        task.findings.inform("cast-no-size", f"{text}; size: COLSxROWS in front matter sets it")
    return {**fields, "width": 80, "height": 24}


def _times(rows: Rows, task: Task) -> list[int]:
    return absolute(rows, task.findings)


def _theme(fields: Fields) -> object:
    return fields.get("theme")


_FORM: Final = Form(version=2, size=SizeKeys("", "width", "height"), other_sizes=(), theme=_theme, times=_times)
"""Other formats are read as if they were asciicast v2."""
