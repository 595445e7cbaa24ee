"""The lines of a file that a problem is about, as they are shown below its message."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from castsite.errors import Place, Problem, printable
from castsite.safety.secrets import masked, masked_quote
from castsite.safety.unmarked import decoded, unmarked

WIDTH: Final = 100
"""Characters shown of a line on a terminal."""

_SOURCES: Final = (".md", ".yml", ".yaml", ".html", ".css", ".js")
_LARGEST: Final = 1 << 20
_EVENT: Final = ("{", "[")


def said(problem: Problem) -> Problem:
    """Give a problem as it may be told: what it quotes of a file, and the file's name, may be a credential."""
    place = problem.place._replace(path=masked(problem.place.path))
    return problem._replace(place=place, text=masked_quote(problem.text))


def excerpt(root: Path, place: Place, *, before: int = 1, after: int = 0, width: int = WIDTH) -> Iterator[str]:
    """Give the line of a place in a project's text file and those around it, numbered, a caret below the column.

    Of each line `width` characters are given, and no credential. Nothing is given of a recording's events, which may
    hold what nobody should read in a log: only its front matter.
    """
    lines = _lines(root / place.path) if place.line else []
    if not lines or place.line > len(lines):
        return
    written = "\n".join(lines)
    read, spelled = unmarked(written), decoded(written)
    only_read = masked(read) != read or masked(spelled) != spelled  # then the lines are shown as they are read
    lines = masked(read if only_read else written).split("\n")
    ends = not lines[-1] and place.line < len(lines)  # what stands after the last line feed is no line
    last = min(place.line + after, len(lines) - ends)
    digits = len(str(last))
    start = max(place.column - width // 2, 0) if place.column > width - 10 else 0
    for number in range(max(place.line - before, 1), last + 1):
        yield f"  {number:>{digits}} | {_shown(lines[number - 1][start : start + width])}".rstrip()
        if number == place.line and place.column:
            left = _shown(lines[number - 1][start : place.column - 1])
            yield f"  {' ' * digits} | {' ' * _cells(left)}^"


def _shown(text: str) -> str:
    return printable(text.replace("\t", " "), len(text) + 1)


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
