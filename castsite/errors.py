"""Problems as values, and the few exceptions that stop a command.

A problem found in somebody's file never travels as an exception further than the parser that met it: it becomes a
`Problem`, is collected, and is shown with all the others. Exceptions are for what nobody can go on after.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from castsite.regex import regex

QUOTE_LIMIT = 200
"""At most this many characters of somebody's text are quoted in a message."""

NAME_LIMIT = 300
"""At most this many characters of a file's path are shown; a path that can be published is shorter."""

# C0, DEL, C1, zero width, bidi controls, line and paragraph separators, BOM, surrogates (escaped bytes of file names)
_UNPRINTABLE = regex(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)


class Severity(StrEnum):
    """How bad a problem is; the first word of its message, so that no line can begin with somebody else's text."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    FATAL = "fatal"


class Place(NamedTuple):
    """Where a problem is: a `/`-separated path relative to the project, 1-based line and column, 0 for unknown."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """`path`, `path:line` or `path:line:column`, safe to print."""
        parts = [printable_path(self.path)]
        if self.line:
            parts.append(str(self.line))
            if self.column:
                parts.append(str(self.column))
        return ":".join(parts)


class Problem(NamedTuple):
    """One thing that is wrong, with the cure in its text.

    `code` is stable and kebab-case. `text` is lower case without a full stop; whatever it quotes has gone through
    `quote` or `printable`. `times` says how often the same cause was met in the same file.
    """

    severity: Severity
    place: Place
    code: str
    text: str
    times: int = 1

    def __str__(self) -> str:
        """Give the one line a person reads: `severity: path:line:column: code: text`."""
        more = f" (and {self.times - 1} more)" if self.times > 1 else ""
        place = f"{self.place}: " if self.place.path else ""
        return f"{self.severity}: {place}{self.code}: {self.text}{more}"


class CastsiteError(Exception):
    """The command cannot go on; the output folder is as it was. Holds the problems to show, at least one."""

    exit_code = 2

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems

    def __reduce__(self) -> tuple[type[CastsiteError], tuple[Problem, ...]]:
        """Travel from a worker process with the problems, not with their text."""
        return type(self), self.problems


class ConfigError(CastsiteError):
    """The site's owner has to change the configuration, the theme or the command line (exit 2)."""


class OutputRefusedError(CastsiteError):
    """The output folder is not ours to write to (exit 2)."""


class BusyError(CastsiteError):
    """Another build holds the lock (exit 4)."""

    exit_code = 4


class StorageError(CastsiteError):
    """The file system refused: disk full, read-only, permission (exit 5)."""

    exit_code = 5


class ObstacleError(StorageError):
    """Something stands in the output folder where a file or a folder of the site must go."""


def printable(text: str, limit: int = QUOTE_LIMIT) -> str:
    r"""Encode somebody's text for a terminal or a log: one line, no control characters, at most `limit` characters.

    Control characters are shown as `\xNN`, others that could mislead as `\u{…}`, bytes of a file name that are not
    UTF-8 (surrogate escapes) as the byte they were, a line end as `\n`.
    """
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return _UNPRINTABLE.sub(lambda match: _escape(match[0]), cut)


def whole(text: str) -> str:
    """`printable` of all of a text: for what programs read, where two that are cut could be the same.

    >>> len(whole("a" * 300))
    300
    """
    return printable(text, len(text))


def printable_path(path: str, limit: int = NAME_LIMIT) -> str:
    """`printable` for the path of a file: what is too long loses its middle, since names often differ at their end."""
    begin = (limit - 1) // 2
    cut = path if len(path) <= limit else f"{path[:begin]}…{path[begin + 1 - limit :]}"
    return printable(cut, limit)


def quote_path(path: str) -> str:
    """`printable_path` in double quotes."""
    return f'"{printable_path(path)}"'


def quote(value: object, limit: int = 60) -> str:
    """`printable` in double quotes, for a value inside a message."""
    return f'"{printable(str(value), limit)}"'


def counted(count: int, noun: str) -> str:
    """Say how many there are of something, for a message.

    >>> counted(1, "byte"), counted(2000, "byte")
    ('1 byte', '2,000 bytes')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def discreet(problem: Problem) -> Problem:
    """Leave what a message quotes out of it, and the line that an excerpt would show: for files that are private.

    The line stands in the text instead.
    """
    start, end = problem.text.find('"'), problem.text.rfind('"')
    after = problem.text[end + 1 :].removeprefix("?")  # of a guess, which is gone with its quotes
    text = problem.text if start == end else f'{problem.text[:start]}"…"{after}'
    place = problem.place
    if place.line and not text.startswith("line "):
        text = f"line {place.line}: {text}"
    return problem._replace(place=Place(place.path), text=text)


def _escape(char: str) -> str:
    code = ord(char)
    if char == "\n":
        return "\\n"
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{{{code:x}}}"
