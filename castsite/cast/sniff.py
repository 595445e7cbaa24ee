"""What a file is that cannot be read as asciicast, said from its first bytes."""

from __future__ import annotations

import re
import struct
from typing import Final

from castsite.regex import regex

SNIFFED: Final = 64 * 1024
"""Bytes looked at."""

BOM: Final = b"\xef\xbb\xbf"
"""Byte order mark, which some editors write before UTF-8 and nothing is meant by."""

COMPRESSED: Final = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)
"""Beginnings of compressed files that castsite can read."""

_TIMING: Final = "; its output belongs beside it, called the same, or is named with timing: in its front matter"

_RECORD: Final = ", with no output to be shown; record its run instead"

UNKNOWN: Final = (
    "not a recording format castsite knows (asciicast v1, v2, v3, ttyrec, script, termless, Terminalizer, VHS text,"
    " raw output, also compressed by gzip, bzip2, xz or zstd); convert it to one of them, or take it away"
)

_SCRIPTS: Final = (
    f"a tape script of VHS or termless{_RECORD}",
    f"a script of doitlive{_RECORD}",
    f"a script of demo-magic{_RECORD}",
    f"a script of asciinema-automation{_RECORD}",
)
TORN_TTYREC: Final = "a ttyrec recording, not one frame of which is whole; get it again"
"""What `name_of` says of frames that begin, and nothing more: those that are whole were looked for before."""
UNPLAYED: Final = frozenset(_SCRIPTS)
"""What `name_of` says of files that make recordings, and are none."""

_ELSE: Final = "; give it its own ending, or remove it"

_MAGIC: Final = (
    (b"\x89PNG\r\n\x1a\n", f"a PNG picture{_ELSE}"),
    (b"GIF8", f"a GIF picture{_ELSE}"),
    (b"\xff\xd8\xff", f"a JPEG picture{_ELSE}"),
    (b"\x1a\x45\xdf\xa3", f"a WebM or Matroska video{_ELSE}"),
    (b"%PDF-", f"a PDF document{_ELSE}"),
    (b"\x7fELF", f"a program{_ELSE}"),
    (b"PK\x03\x04", "a ZIP archive, perhaps a termless recording"),
    (b"PK\x05\x06", "a ZIP archive with nothing in it"),
    (b"LZIP", "compressed by lzip; decompress it, or use gzip, bzip2 or xz"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"\xff\xfe\0\0", "UTF-32 text; save it as UTF-8"),
    (b"\0\0\xfe\xff", "UTF-32 text; save it as UTF-8"),
    (b"{\0\0\0", "UTF-32 text; save it as UTF-8"),
    (b"\0\0\0{", "UTF-32 text; save it as UTF-8"),
    (b"\xff\xfe", "UTF-16 text; save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text; save it as UTF-8"),
    (b"{\x00", "UTF-16 text; save it as UTF-8"),
    (b"\x00{", "UTF-16 text; save it as UTF-8"),
    *((magic, f"compressed by {name} twice, or not expanded") for magic, name in COMPRESSED),
)

_PATTERNS: Final = (
    (rb"(?:[\t\r\n -~]\0){8}|(?:\0[\t\r\n -~]){8}", "UTF-16 text; save it as UTF-8"),
    (rb"(?:[\t\r\n -~]\0{3}){8}|(?:\0{3}[\t\r\n -~]){8}", "UTF-32 text; save it as UTF-8"),
    (rb"version https://git-lfs", "a git-LFS pointer, not the recording itself; run git lfs pull"),
    (
        rb"\s*<(!doctype html|html)",
        "an HTML page, perhaps an error page saved under this name; castsite import takes out what a page shows",
    ),
    (rb"\s*<(\?xml|svg)", f"an XML or SVG document{_ELSE}"),
    (rb".{4}ftyp", f"an MP4 video{_ELSE}"),
    (rb"RIFF.{4}WEBP", f"a WebP picture{_ELSE}"),
    (rb"Script started on ", "the output of script(1)"),
    (rb"([OISH] \d+\.\d+ .*\n)+", f"the timing file of script(1){_TIMING}"),
    (rb"(\d+\.\d+ \d+\r?\n)+", f"the timing file of script(1){_TIMING}"),
    (rb"\x1b\[8;\d+;\d+t", "raw terminal output without times (asciinema rec --raw)"),
    (rb"(?s:.*\n)?(?-s:\xe2\x94\x80){80}\r?\n", "text output of VHS"),
    (
        rb"(?:#.*\n|[^\S\n]*\n)*+(Output|Set|Require|Type)\b.*\n",
        _SCRIPTS[0],
    ),
    (rb"(?:[^\n]*\n){0,60}?[ \t]*#[ \t]*doitlive\b", _SCRIPTS[1]),
    (rb"(?:[^\n]*\n){0,60}?(?:\.|source)[ \t][^\n]*\bdemo-magic\.sh\b", _SCRIPTS[2]),
    (rb"(?:[^\n]*\n){0,60}?#\$ (?:wait|delay|expect|send)\b", _SCRIPTS[3]),
    (rb"(?s)(config|records):.*^(records|config):", "a Terminalizer recording"),
)

_COMPILED: Final = tuple((regex(pattern, re.IGNORECASE | re.MULTILINE), name) for pattern, name in _PATTERNS)


def name_by_magic(source: bytes) -> str | None:
    """Say what a file is whose first bytes nothing else may have, None for every other one."""
    return next((name for magic, name in _MAGIC if source.startswith(magic)), None)


def name_of(source: bytes) -> str:
    """Say what this is, as the end of a sentence that begins with "this is"."""
    head = source[:SNIFFED].removeprefix(BOM)
    if name := name_by_magic(head):
        return name
    for pattern, name in _COMPILED:
        if pattern.match(head):
            return name
    if _is_ttyrec(head, 12) or _is_ttyrec(head, 13):
        return TORN_TTYREC
    return UNKNOWN


def compression_of(source: bytes) -> str | None:
    """Name of the compression, None when there is none castsite knows."""
    return next((name for magic, name in COMPRESSED if source.startswith(magic)), None)


def _is_ttyrec(head: bytes, frame: int) -> bool:
    """Follow the frames (seconds, microseconds, length, perhaps a channel) to the end of what there is."""
    at = payload = 0
    while at + frame <= len(head):
        _, micros, length = struct.unpack_from("<III", head, at)
        if micros >= 1_000_000 or length > 64 << 20 or (frame == 13 and head[at + 12] > 2):
            return False
        payload += length
        at += frame + length
    return payload > 0
