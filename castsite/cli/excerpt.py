"""The lines of a file that a problem is about, as a terminal shows them below its message."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from castsite.errors import Place, printable

AROUND: Final = 1
"""Lines shown before the one at fault."""

WIDTH: Final = 100
"""Characters shown of a line."""

_SOURCES: Final = (".md", ".yml", ".yaml", ".html", ".css", ".js")
_LARGEST: Final = 1 << 20
_EVENT: Final = ("{", "[")


def excerpt(root: Path, place: Place) -> Iterator[str]:
    """Give the lines around a place in a project's text file, numbered, with a caret below the column.

    Nothing is given of a recording's events, which may hold what nobody should read in a log: only its front matter.
    """
    lines = _lines(root / place.path) if place.line else []
    if place.line > len(lines):
        return
    first = max(place.line - AROUND, 1)
    digits = len(str(place.line))
    start = max(place.column - WIDTH // 2, 0) if place.column > WIDTH - 10 else 0
    for number in range(first, place.line + 1):
        yield f"  {number:>{digits}} | {_shown(lines[number - 1][start : start + WIDTH])}".rstrip()
    if place.column:
        before = _shown(lines[place.line - 1][start : place.column - 1])
        yield f"  {' ' * digits} | {' ' * _cells(before)}^"


def _shown(text: str) -> str:
    return printable(text.replace("\t", " "), WIDTH + 1)


def _cells(text: str) -> int:
    """Count the columns that a text fills on a terminal."""
    from rich.cells import cell_len  # noqa: PLC0415 - only who is shown an excerpt pays for it

    return cell_len(text)


def _lines(path: Path) -> list[str]:
    """Read a text of the project; nothing where it is none, or too large, or not there any more."""
    cast = path.name.lower().endswith(".cast")
    if not cast and path.suffix.lower() not in _SOURCES:
        return []
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return []
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError):
        return []
    if cast:
        end = next((at for at, line in enumerate(lines) if line.lstrip().startswith(_EVENT)), len(lines))
        return lines[:end] if lines[0].rstrip() == "---" else []
    return [line.removesuffix("\r") for line in lines]
