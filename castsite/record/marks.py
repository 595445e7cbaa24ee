r"""Markers from inside a recording: a sequence that `castsite mark` writes to its terminal and that nobody sees.

`ESC ] 2718 ; castsite ; 1 ; LABEL ESC \`: a command of the operating system with a number of our own, the version, and
the label as percent-encoded UTF-8. The recorder takes it out of the stream, so that neither screen nor recording hold
it; terminals outside of a recording ignore it.
"""

from __future__ import annotations

from typing import Final, NamedTuple
from urllib.parse import quote, unquote

START: Final = b"\x1b]2718;castsite;1;"
END: Final = b"\x1b\\"
LONGEST: Final = 1024
"""bytes of an encoded label"""


def sequence(label: str) -> bytes:
    """Encode a label. Raises ValueError when it is longer than a recorder takes."""
    encoded = quote(label, safe=" ").encode()
    if len(encoded) > LONGEST:
        raise ValueError(f"label of {len(encoded):,} bytes when encoded; the limit is {LONGEST:,}")
    return START + encoded + END


class Mark(NamedTuple):
    """A marker that was found, with its label."""

    label: str


class Sieve:
    """Takes the markers out of a stream of bytes, wherever it is cut."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[bytes | Mark]:
        """Give what passes and the markers between, in order; what may yet become a marker is held back."""
        if not self._held and b"\x1b" not in data:
            return [data]
        data, self._held = self._held + data, b""
        found: list[bytes | Mark] = []
        at = 0
        while (begin := data.find(START, at)) >= 0:
            label = begin + len(START)
            end = data.find(END, label, label + LONGEST + len(END))
            if end < 0 and len(data) - label < LONGEST + len(END):
                break
            if end < 0:  # too long for a marker
                found.append(data[at:label])
                at = label
                continue
            if begin > at:
                found.append(data[at:begin])
            found.append(Mark(_decoded(data[label:end])))
            at = end + len(END)
        if begin < 0:
            begin = len(data) - _beginning(data[at:])
        if begin > at:
            found.append(data[at:begin])
        self._held = data[begin:]
        return found

    def rest(self) -> bytes:
        """Give what is held back when the stream has ended."""
        held, self._held = self._held, b""
        return held


def _beginning(data: bytes) -> int:
    """Give how many bytes at the end may be the beginning of a marker."""
    at = data.rfind(b"\x1b", -len(START))
    return len(data) - at if at >= 0 and START.startswith(data[at:]) else 0


def _decoded(label: bytes) -> str:
    return " ".join(unquote(label.decode("utf-8", "replace"), errors="replace").split())
