"""Chapters: the author's markers, else the commands of the shell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal

from castsite.analysis.model import CONFIDENT, Chapter, Command
from castsite.cast.events import MARKER, Event

APART: Final = 500_000
"""Microseconds between two chapters made from commands, at least."""
MOST: Final = 100
"""Chapters made from commands, at most."""
TITLE: Final = 60
"""Characters of a title made from a command, at most."""


def chapters(
    events: Iterable[Event], commands: Sequence[Command], duration: int
) -> tuple[tuple[Chapter, ...], Literal["markers", "commands", "none"]]:
    """Give the chapters and what they were made from."""
    if marked := from_markers(events):
        return marked, "markers"
    if made := from_commands(commands, duration):
        return made, "commands"
    return (), "none"


def from_markers(events: Iterable[Event]) -> tuple[Chapter, ...]:
    """Give the markers; the title of one without a label is empty."""
    return tuple(Chapter(time, data.strip()) for time, code, data in events if code == MARKER)


def named(chapters: Sequence[Chapter], name: Callable[[int], str] = "Marker {}".format) -> tuple[Chapter, ...]:
    """Give each chapter a title: one without is named by its number, counted from 1."""
    return tuple(
        chapter if chapter.title else chapter._replace(title=name(number)) for number, chapter in enumerate(chapters, 1)
    )


def from_commands(commands: Sequence[Command], duration: int) -> tuple[Chapter, ...]:
    """Give the commands of the shell, in the order of their prompts; none where there are not at least two.

    Where there are too many, those that follow their predecessor too soon are left out, over the whole duration alike.
    """
    shell = sorted((command for command in commands if _counts(command)), key=lambda command: command.time)
    chosen = _spaced(shell, APART)
    if len(chosen) > MOST:
        chosen = _spaced(shell, max(APART, -(-duration // (MOST - 1))))
    if len(chosen) < 2:
        return ()
    return tuple(Chapter(command.time, _title(command.text)) for command in chosen)


def _counts(command: Command) -> bool:
    return command.kind == "shell" and command.confidence >= CONFIDENT


def _spaced(commands: Iterable[Command], apart: int) -> list[Command]:
    chosen: list[Command] = []
    for command in commands:
        if not chosen or command.time - chosen[-1].time >= apart:
            chosen.append(command)
    return chosen


def _title(text: str) -> str:
    line = text.split("\n", 1)[0].strip()
    return line if len(line) <= TITLE else line[: TITLE - 1].rstrip() + "…"
