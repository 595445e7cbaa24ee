"""Asciicast v1: one JSON document, its frames `[delay, data]`, the delay counted from the previous frame."""

from __future__ import annotations

from typing import Final

from castsite.cast.document import Document
from castsite.cast.form import Form
from castsite.cast.header import Fields, SizeKeys
from castsite.cast.intake import Intake
from castsite.cast.rows import Rows
from castsite.cast.task import Task
from castsite.cast.times import relative


def read_frames(document: Document, line: int, task: Task) -> Rows:
    """Check the frames of a document whose first line is `line`; its last frame may have been torn."""
    intake = Intake(task, len(document.frames))
    intake.repaired(document.repair, line)
    for value, down in document.frames:
        intake.seen += 1
        intake.take_frame(value, line + down)
    if document.fault is not None:
        torn = f"the file ends in the middle; {intake.told} kept"
        task.findings.warn("cast-cut-off", torn, line + document.fault.lineno - 1, document.fault.colno)
    return intake.finish()


def _no_theme(_: Fields) -> None:
    """Version 1 knows no colours."""


def _times(rows: Rows, task: Task) -> list[int]:
    return relative(rows, task.findings)


V1: Final = Form(
    version=1,
    size=SizeKeys("", "width", "height"),
    other_sizes=(SizeKeys("term", "cols", "rows"), SizeKeys("", "cols", "rows")),
    theme=_no_theme,
    times=_times,
)
"""https://docs.asciinema.org/manual/asciicast/v1/"""
