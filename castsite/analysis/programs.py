"""What the commands of a recording call: programs, and what they are told to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from castsite.analysis.model import Command

MOST: Final = 30
"""Programs kept of one recording."""

_LENGTH: Final = 32
_ASSIGNED: Final = re.compile(r"[A-Za-z_]\w*=\S*")
_PROGRAM: Final = re.compile(r"(?:\S*/)?([A-Za-z][\w.+-]*)", re.ASCII)
_VERB: Final = re.compile(r"[a-z][a-z-]+", re.ASCII)
_PARTS: Final = re.compile(r"&&|\|\||[|;\n]")
_BEFORE: Final = frozenset({"sudo", "doas", "time", "env", "exec", "command", "nohup", "builtin"})
_EVERYWHERE: Final = frozenset({"cd", "ls", "clear", "exit", "echo", "cat", "pwd", "export", "set", "source", "true"})


def programs(commands: Iterable[Command]) -> tuple[str, ...]:
    """Give what the commands of a shell call, each once, in order: `git rebase` as well as `git`.

    What is typed everywhere and says nothing about a recording, such as `cd`, is left out.
    """
    called: dict[str, None] = {}
    for command in commands:
        if command.kind == "shell":
            for part in _PARTS.split(command.text):
                called.update(dict.fromkeys(_called(part)))
        if len(called) >= MOST:
            break
    return tuple(called)[:MOST]


def _called(part: str) -> Iterator[str]:
    """Give program and verb of a simple command; quotes are not looked into."""
    words = [word for word in part.split()[:8] if not _ASSIGNED.fullmatch(word)]
    while words and words[0] in _BEFORE:
        words = words[1:]
    program = _PROGRAM.fullmatch(words[0]) if words else None
    if program is None or program[1] in _EVERYWHERE or len(program[1]) > _LENGTH:
        return
    yield program[1]
    if len(words) > 1 and _VERB.fullmatch(words[1]) and len(words[1]) <= _LENGTH:
        yield f"{program[1]} {words[1]}"
