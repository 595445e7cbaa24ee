"""Text output of VHS: whole plain screens without times, each ended by a line of eighty dashes."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import Final

from castsite.cast.task import Task
from castsite.formats.model import Draft, Owner
from castsite.formats.script import warn_of_synthesis
from castsite.formats.text import Stream
from castsite.limits import SECOND

RULE: Final = "─" * 80
_STEP: Final = SECOND // 2
_NARROWEST: Final = 20
_CLEAR: Final = "\x1b[H\x1b[2J"


def is_vhs(source: bytes) -> bool:
    """Whether a text has a line of eighty dashes, and no control sequence."""
    rule = RULE.encode()
    at = source.find(rule)
    while at >= 0:
        after = source[at + len(rule) : at + len(rule) + 2]
        if source[max(at - 1, 0) : at] in {b"", b"\n"} and (after[:1] in {b"", b"\n"} or after == b"\r\n"):
            return b"\x1b" not in source
        at = source.find(rule, at + len(rule))
    return False


def is_whole(source: bytes) -> bool:
    """Whether a file of any name is such a text from its beginning to its end, which is a line of dashes."""
    return is_vhs(source) and source.rstrip().endswith(RULE.encode())


def read_vhs(source: bytes, task: Task, owner: Owner) -> Draft:
    """Read the screens, each once, however often it stands there in succession."""
    stream = Stream("utf-8")
    text = stream.text(source, last=True).replace("\r\n", "\n")
    stream.tell(task.findings)
    screens = [*map(itemgetter(0), groupby(_screens(text)))]
    cols = max((len(line) + _wide(line) for screen in screens for line in screen), default=0)
    rows = max(map(len, screens), default=0)
    limits = task.limits
    fields: dict[str, object] = {
        "width": min(max(cols, _NARROWEST), limits.cols),
        "height": min(max(rows, 1), limits.rows),
    }
    warn_of_synthesis(task, owner)
    events = [
        (number * _STEP, "o", _CLEAR + "\r\n".join(screen[: limits.rows])) for number, screen in enumerate(screens)
    ]
    if events:  # the last screen is shown as long as the others
        events.append((len(screens) * _STEP, "o", ""))
    return Draft(fields, events, synthetic=True)


def _screens(text: str) -> list[tuple[str, ...]]:
    screens: list[tuple[str, ...]] = []
    lines: list[str] = []
    for line in text.split("\n"):
        if line == RULE:
            screens.append(_trimmed(lines))
            lines = []
        else:
            lines.append(line)
    if any(line.strip() for line in lines):
        screens.append(_trimmed(lines))
    return screens


def _trimmed(lines: list[str]) -> tuple[str, ...]:
    kept = [line.rstrip() for line in lines]
    while kept and not kept[-1]:
        kept.pop()
    return tuple(kept)


def _wide(line: str) -> int:
    """Count the characters that fill two columns."""
    return 0 if line.isascii() else sum(map(_is_wide, line))


def _is_wide(char: str) -> bool:
    from unicodedata import east_asian_width  # noqa: PLC0415 - most screens are plain

    return east_asian_width(char) in {"W", "F"}
