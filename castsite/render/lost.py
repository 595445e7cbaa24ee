"""The small screen of the page for what is not there."""

from __future__ import annotations

from collections.abc import Sequence

from castsite.terminal import Cursor, Run, Snapshot, Style

COLS, ROWS = 48, 9
NAMED = 4
"""Sections that the drawn `ls` shows."""

_PROMPT = Style(bold=True)
_RED = Style(fg=1)
_BLUE = Style(fg=4, bold=True)


def lost_screen(sections: Sequence[str]) -> Snapshot:
    """Draw a shell that looked for the page in vain, and what there is instead."""
    plain = Style()
    rows = (
        _row(("$", _PROMPT), (" open this-page", plain)),
        _row(("open:", _RED), (" no recording at this address", plain)),
        (),
        _row(("$", _PROMPT), (" ls", plain)),
        *(_row((f"{name[: COLS - 1]}/", _BLUE)) for name in sections[:NAMED]),
        _row(("$ ", _PROMPT)),
    )
    runs = (*rows, *((),) * (ROWS - len(rows)))
    return Snapshot(COLS, ROWS, runs, Cursor(2, len(rows) - 1, visible=True))


def _row(*pieces: tuple[str, Style]) -> tuple[Run, ...]:
    runs: list[Run] = []
    col = 0
    for text, style in pieces:
        runs.append(Run(col, len(text), text, style))
        col += len(text)
    return tuple(runs)
