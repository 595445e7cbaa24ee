"""What the readers of all versions are given: how to read one file, and where its problems go."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from castsite.cast.findings import Findings
from castsite.limits import Limits

Times = Literal["absolute", "relative"]
"""How the times of a file count: from its start, or since the previous event."""


class Task(Struct, frozen=True, kw_only=True):
    """One file to read. `times` and `size` (columns, rows) are the owner's word against the file's."""

    findings: Findings
    limits: Limits
    times: Times | None = None
    size: tuple[int, int] | None = None
