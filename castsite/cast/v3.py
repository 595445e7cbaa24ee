"""Asciicast v3: as v2, but a time is the interval since the previous event, and the terminal has its own object."""

from __future__ import annotations

from typing import Final

from castsite.cast.form import Form
from castsite.cast.header import Fields, SizeKeys
from castsite.cast.rows import Rows
from castsite.cast.task import Task
from castsite.cast.times import absolute, are_absolute, micros, relative, seconds_text


def _theme(fields: Fields) -> object:
    term = fields.get("term")
    return term.get("theme") if isinstance(term, dict) else None


def _times(rows: Rows, task: Task) -> list[int]:
    if task.times == "absolute":
        return absolute(rows, task.findings)
    if task.times is None and are_absolute(rows):
        _warn_of_absolute(rows, task)
        return absolute(rows, task.findings)
    return relative(rows, task.findings)


def _warn_of_absolute(rows: Rows, task: Task) -> None:
    times = micros(rows)
    lengths = f"({seconds_text(times[-1])}, not {seconds_text(sum(times))})"
    text = f"intervals never decrease: read as absolute times {lengths}; front matter's times: relative says otherwise"
    task.findings.warn("cast-absolute-times", text)


V3: Final = Form(
    version=3,
    size=SizeKeys("term", "cols", "rows"),
    other_sizes=(SizeKeys("", "width", "height"), SizeKeys("", "cols", "rows")),
    theme=_theme,
    times=_times,
)
"""https://docs.asciinema.org/manual/asciicast/v3/"""
