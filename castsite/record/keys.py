"""Keys that speak to the recorder, and not to what is recorded."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final, NamedTuple

from castsite.regex import regex

_CONTROL: Final = regex(r"(?:ctrl-|c-|\^)([a-z@\[\\\]^_])", re.IGNORECASE)
_PLAIN: Final = regex(r"[!-~]")
OFF: Final = "off"


class Act(StrEnum):
    """What a key of the recorder does."""

    MARK = "mark"
    PAUSE = "pause"


class Keys(NamedTuple):
    """The keys that are taken, as bytes; empty for none."""

    mark: bytes = b""
    pause: bytes = b""
    prefix: bytes = b""
    """what has to be pressed before one of the others; twice, it is passed on"""


NO_KEYS: Final = Keys()


def key_of(text: str) -> bytes | None:
    """Read a key: `ctrl-a` (also `C-a`, `^a`), a single character, or `off`; None when it is no key."""
    if text.lower() == OFF:
        return b""
    if match := _CONTROL.fullmatch(text):
        return bytes([ord(match[1].upper()) & 0x1F])
    return text.encode() if _PLAIN.fullmatch(text) else None


def is_control(key: bytes) -> bool:
    """Whether a key is one that types no text."""
    return key < b" "


class Listener:
    """Picks the recorder's keys out of what is typed."""

    __slots__ = ("_after", "_before", "_prefix", "_prefixed")

    def __init__(self, keys: Keys) -> None:
        acts = {Act.MARK: keys.mark, Act.PAUSE: keys.pause}
        known = [(str(act), _spellings(key)) for act, key in acts.items() if key]
        self._prefix = _one_of([("prefix", _spellings(keys.prefix))]) if keys.prefix else None
        self._after = _one_of([*known, ("prefix", _spellings(keys.prefix))] if keys.prefix else known)
        self._before = self._prefix or self._after
        self._prefixed = b""

    def feed(self, typed: bytes) -> list[bytes | Act]:
        """Give what is typed to the program and what is meant for the recorder, in order."""
        found: list[bytes | Act] = []
        at = 0
        while at < len(typed):
            if self._prefixed:
                match = self._after.match(typed, at)
                if match is None or match.lastgroup == "prefix":
                    found.append(self._prefixed)
                self._prefixed = b""
                if match:
                    found += [Act(match.lastgroup)] if match.lastgroup in set(Act) else []
                    at = match.end()
                continue
            match = self._before.search(typed, at)
            begin = match.start() if match else len(typed)
            if begin > at:
                found.append(typed[at:begin])
            if match is None:
                break
            if match.lastgroup == "prefix":
                self._prefixed = match[0]
            else:
                found.append(Act(match.lastgroup or ""))
            at = match.end()
        return found


def _spellings(key: bytes) -> list[bytes]:
    """Give a key as terminals send it: as a byte, and as xterm and kitty spell it for programs that ask for that."""
    if not is_control(key):
        return [key]
    code = ord(key) | 0x60 if 1 <= ord(key) <= 26 else ord(key) | 0x40
    return [key, b"\x1b[27;5;%d~" % code, b"\x1b[%d;5u" % code]


def _one_of(known: list[tuple[str, list[bytes]]]) -> re.Pattern[bytes]:
    groups = [b"(?P<%b>%b)" % (name.encode(), b"|".join(map(re.escape, keys))) for name, keys in known]
    return re.compile(b"|".join(groups) or rb"(?!)")
