from __future__ import annotations

import pytest
from sounds import wav

from castsite.safety.sound import SOUNDS, sound_ending


@pytest.mark.parametrize(
    ("data", "ending"),
    [
        (wav((440, 0.1)), ".wav"),
        (b"ID3\x04\0\0\0\0\0\0", ".mp3"),
        (b"\xff\xfb\x90\x64", ".mp3"),
        (b"\xff\xf1\x50\x80", ".aac"),
        (b"OggS\0\x02", ".ogg"),
        (b"fLaC\0\0\0\x22", ".flac"),
        (b"\0\0\0\x1cftypM4A \0\0\0\0", ".m4a"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm", ".weba"),
    ],
)
def test_a_sound_is_known_by_its_first_bytes(data: bytes, ending: str) -> None:
    assert sound_ending(data) == ending
    assert ending in SOUNDS


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"RIFF\0\0\0\0AVI ",
        b"<html><script>",
        b"MZ",
        b"\x89PNG\r\n",
        b"\xff\xd8\xff",
        b"OggX",
        b"\0\0\0\x1cftypavif",
    ],
)
def test_what_is_no_sound_is_none(data: bytes) -> None:
    assert sound_ending(data) is None
