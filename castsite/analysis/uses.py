"""What was used in a recording, how often, and when first: programs, and whole command lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from castsite.analysis.model import Command
from castsite.analysis.programs import calls

MOST_PROGRAMS: Final = 60
MOST_COMMANDS: Final = 200
"""Different ones kept of one recording, the first."""

LENGTH: Final = 120
"""Characters kept of a command."""


class Use(NamedTuple):
    """Something that was used `often` times; `time` is when the first was entered."""

    text: str
    often: int
    time: int


class Uses(NamedTuple):
    """All that was used in one recording, each in the order of its first use."""

    programs: tuple[Use, ...] = ()
    commands: tuple[Use, ...] = ()


def uses(commands: Iterable[Command]) -> Uses:
    """Count what the commands of a shell call, and those themselves: blanks in them are one, line feeds too.

    A line that begins with `#` is a comment: many speak so to those who watch.
    """
    programs: dict[str, Use] = {}
    lines: dict[str, Use] = {}
    for command in commands:
        if command.kind == "shell":
            for program, _ in calls(command.text):
                _count(programs, program, command.accepted, MOST_PROGRAMS)
            if not command.text.lstrip().startswith("#"):
                _count(lines, _line(command.text), command.accepted, MOST_COMMANDS)
    return Uses(tuple(programs.values()), tuple(lines.values()))


def _count(found: dict[str, Use], text: str, time: int, most: int) -> None:
    known = found.get(text)
    if known:
        found[text] = Use(text, known.often + 1, known.time)
    elif text and len(found) < most:
        found[text] = Use(text, 1, time)


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LENGTH else line[: LENGTH - 1].rstrip() + "…"
