"""What the commands of a recording call: programs, and what they are told to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from castsite.analysis.model import Command
from castsite.regex import regex

MOST: Final = 30
"""Programs kept of one recording."""

_LENGTH: Final = 32
_LOOKED: Final = 4096  # characters of a command that are looked through
_ASSIGNED: Final = regex(r"[A-Za-z_]\w*=\S*")
_PROGRAM: Final = regex(r"(?:\S*/)?([A-Za-z][\w.+-]*)", re.ASCII)
_VERB: Final = regex(r"[a-z][a-z-]+", re.ASCII)
_PARTS: Final = regex(r"&&|\|\||[|;\n]")
_HERE: Final = regex(r"(<<-?[ \t]*['\"]?(\w++)['\"]?[^\n]*+)\n.*?(?:^[ \t]*\2$|\Z)", re.DOTALL | re.MULTILINE)
_QUOTED: Final = regex(r"""'[^']*'|"(?:[^"\\]|\\.)*+\"""", re.DOTALL)
_BEFORE: Final = frozenset({
    "sudo", "doas", "time", "env", "exec", "command", "nohup", "builtin",
    "do", "then", "else", "elif", "if", "while", "until", "!", "{", "(",
})  # fmt: skip
_NO_PROGRAM: Final = frozenset({"for", "case", "select", "function", "done", "fi", "esac"})
_EVERYWHERE: Final = frozenset({"cd", "ls", "clear", "exit", "echo", "cat", "pwd", "export", "set", "source", "true"})


def programs(commands: Iterable[Command]) -> tuple[str, ...]:
    """Give what the commands of a shell call, each once, in order: `git rebase` as well as `git`.

    What is typed everywhere and says nothing about a recording, such as `cd`, is left out.
    """
    called: dict[str, None] = {}
    for command in commands:
        if command.kind == "shell":
            for program, verb in calls(command.text):
                called[program] = None
                if verb:
                    called[f"{program} {verb}"] = None
        if len(called) >= MOST:
            break
    return tuple(called)[:MOST]


def calls(text: str) -> Iterator[tuple[str, str]]:
    """Give program and verb of each simple command in a text, without those that are typed everywhere.

    The verb is empty where there is none. What is quoted, or stands in a here-document, calls nothing.
    """
    for part in _PARTS.split(_QUOTED.sub('""', _HERE.sub(r"\1", text[:_LOOKED]))):
        words = [word for word in part.split()[:8] if not _ASSIGNED.fullmatch(word)]
        while words and words[0] in _BEFORE:
            words = words[1:]
        program = _PROGRAM.fullmatch(words[0]) if words else None
        if program is not None and program[1] not in _EVERYWHERE | _NO_PROGRAM and len(program[1]) <= _LENGTH:
            verb = len(words) > 1 and _VERB.fullmatch(words[1]) and len(words[1]) <= _LENGTH
            yield program[1], words[1] if verb else ""
