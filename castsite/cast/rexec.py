"""What Rexec exports: asciicast v2 whose header always claims 120x30, whatever the size of the screen was.

https://github.com/PipeOpsHQ/rexec
"""

from __future__ import annotations

from typing import Final

from castsite.cast.addressed import addressed
from castsite.cast.events import OUTPUT
from castsite.cast.header import Fields, Size
from castsite.cast.rows import Rows
from castsite.cast.task import Task

_KEYS: Final = {"version", "width", "height", "timestamp", "duration", "title"}
_CLAIMED: Final = Size(120, 30)


def real_size(fields: Fields, claimed: Size, rows: Rows, task: Task) -> Size:
    """Give the size that its output needs, where that is more than what Rexec claims of every recording."""
    if claimed != _CLAIMED or task.size is not None or not _is_export(fields):
        return claimed
    cols, lines = addressed((data for _, code, data in rows.items if code == OUTPUT), task.limits)
    size = Size(max(cols, 120), max(lines, 30))
    if size != claimed:
        text = (
            f"Rexec writes 120x30 into every header; the output needs {size.cols}x{size.rows}, which is taken;"
            " size: COLSxROWS in front matter says otherwise"
        )
        task.findings.warn("cast-size-inferred", text)
    return size


def _is_export(fields: Fields) -> bool:
    return set(fields) == _KEYS and isinstance(fields["timestamp"], str)
