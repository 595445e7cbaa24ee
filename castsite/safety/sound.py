"""What may be published as sound: known by its first bytes, never by its name."""

from __future__ import annotations

import re
from typing import Final

from castsite.regex import regex

_SIGNATURES: Final = (
    (regex(rb"ID3[\x02-\x04]|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]"), ".mp3"),
    (regex(rb"\xff[\xf0\xf1\xf8\xf9]"), ".aac"),
    (regex(rb"OggS\0"), ".ogg"),
    (regex(rb"RIFF.{4}WAVE", re.DOTALL), ".wav"),
    (regex(rb"fLaC"), ".flac"),
    (regex(rb".{4}ftyp(?:M4A |M4B |mp41|mp42|isom|iso[2-9]|dash|qt  )", re.DOTALL), ".m4a"),
    (regex(rb"\x1aE\xdf\xa3.{0,64}webm", re.DOTALL), ".weba"),
)
"""Sources: ID3v2, ISO/IEC 11172-3 and 13818-7 (frames of layer III, of AAC), RFC 3533, 2361, 9639, ISO/IEC 14496-12,
RFC 8794."""

SOUNDS: Final = tuple(ending for _, ending in _SIGNATURES)
"""Endings of published files; `.webm` would be that of a film."""


def sound_ending(data: bytes) -> str | None:
    """Give the ending a file of sound is published with; None where browsers could not play it."""
    return next((ending for signature, ending in _SIGNATURES if signature.match(data)), None)
