"""The bytes of a terminal's output as text: one decoder for a whole stream, so that no character is torn."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Callable
from typing import Final

from castsite.cast.findings import Findings
from castsite.errors import counted
from castsite.formats.model import Encoding
from castsite.regex import regex

_CODECS: Final = {"utf-8": "utf-8", "cp437": "cp437", "latin-1": "latin-1"}
_REPLACED: Final = "\ufffd"
_WRITTEN: Final = "\ufffd".encode()
_MUCH: Final = 0.05
"""Share of bytes above 127 that are no UTF-8, from which on it is something else."""
_HIGH: Final = regex(rb"[\x80-\xff]+")

SIZE_REQUEST: Final = regex("\x1b\\[8;([0-9]{1,5});([0-9]{1,5})t")
"""`ESC [ 8 ; rows ; columns t`: how recorders without a header write down the size of the screen."""
_UTF8_SELECTED: Final = "\x1b%G"


class Stream:
    """Decodes one stream piece by piece. Mutable for as long as the file is read."""

    __slots__ = ("_bad", "_cut", "_decoder", "_high", "_utf8")

    def __init__(self, encoding: Encoding) -> None:
        self._utf8 = encoding == "utf-8"
        self._decoder = getincrementaldecoder(_CODECS[encoding])("replace")
        self._bad = self._high = 0
        self._cut = False

    def text(self, piece: bytes, *, last: bool = False) -> str:
        """Decode what came; a character that is not whole waits for the rest of it."""
        text = self._decoder.decode(piece, last)
        if self._utf8 and not piece.isascii():
            self._high += sum(map(len, _HIGH.findall(piece)))
        if self._utf8 and _REPLACED in text:
            self._bad += max(text.count(_REPLACED) - piece.count(_WRITTEN), 0)
        return text

    def tell(self, findings: Findings, *, hint: bool = False) -> None:
        """Say how much of it was no UTF-8; with `hint`, what it may be instead."""
        if not self._bad:
            return
        text = f"not all of it is UTF-8: {counted(self._bad, 'byte')} or more replaced by U+FFFD"
        if hint and self._bad > _MUCH * self._high:
            text += "; encoding: cp437 or encoding: latin-1 in front matter reads them as something else"
        findings.warn("cast-encoding", text)


def opening_size(text: str) -> tuple[str, dict[str, object]]:
    """Take the size of the screen off the beginning of a text; give the rest, and the header's fields for it."""
    rest = text.removeprefix(_UTF8_SELECTED)
    if not (match := SIZE_REQUEST.match(rest)):
        return text, {}
    return rest[match.end() :], {"width": int(match[2]), "height": int(match[1])}


def resized(
    events: list[tuple[int, str, str]], accept: Callable[[str, re.Match[str]], bool]
) -> list[tuple[int, str, str]]:
    """Make resizes of the sizes that stand in outputs, where `accept` says that one is meant."""
    found: list[tuple[int, str, str]] = []
    for time, code, data in events:
        at = 0
        for match in SIZE_REQUEST.finditer(data) if code == "o" else ():
            if accept(data, match):
                if match.start() > at:
                    found.append((time, "o", data[at : match.start()]))
                found.append((time, "r", f"{int(match[2])}x{int(match[1])}"))
                at = match.end()
        if at < len(data) or not at:
            found.append((time, code, data[at:]))
    return found
