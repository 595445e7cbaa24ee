"""How large a screen must have been, from what its output does there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from castsite.cast.kinds import size_fault
from castsite.limits import Limits
from castsite.regex import regex

_ADDRESS: Final = regex(
    "\x1b\\[(?:(?P<row>[0-9]{1,4});(?P<col>[0-9]{1,4})[Hf]|[0-9]{0,4};(?P<bottom>[0-9]{1,4})r"
    "|8;(?P<rows>[0-9]{1,4});(?P<cols>[0-9]{1,4})t)"
)
_FAR: Final = 999
"""Programs that ask for the size of a screen send the cursor this far, or farther."""


def addressed(texts: Iterable[str], limits: Limits) -> tuple[int, int]:
    """Give the largest column and row that outputs name: by moving there, by scrolling there, by asking for the size.

    0 where nothing is named, or more than a screen may have.
    """
    cols = rows = 0
    for text in texts:
        if "\x1b[" not in text:
            continue
        for match in _ADDRESS.finditer(text):
            down = int(match["row"] or match["bottom"] or match["rows"])
            across = int(match["col"] or match["cols"] or 0)
            if down < _FAR and across < _FAR:
                cols, rows = max(cols, across), max(rows, down)
    return (cols, rows) if not size_fault(cols or 1, rows or 1, limits) else (0, 0)
