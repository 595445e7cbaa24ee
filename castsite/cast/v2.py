"""Asciicast v2: a header line, then one event a line, its time counted from the start."""

from __future__ import annotations

from typing import Final

from castsite.cast.form import Form
from castsite.cast.header import Fields, SizeKeys
from castsite.cast.rows import Rows
from castsite.cast.task import Task
from castsite.cast.times import absolute, relative


def _theme(fields: Fields) -> object:
    return fields.get("theme")


def _times(rows: Rows, task: Task) -> list[int]:
    return relative(rows, task.findings) if task.times == "relative" else absolute(rows, task.findings)


V2: Final = Form(
    version=2,
    size=SizeKeys("", "width", "height"),
    other_sizes=(SizeKeys("term", "cols", "rows"), SizeKeys("", "cols", "rows")),
    theme=_theme,
    times=_times,
)
"""https://docs.asciinema.org/manual/asciicast/v2/"""
