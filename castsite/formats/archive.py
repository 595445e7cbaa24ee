"""ZIP archives by strangers: nothing is ever unpacked; members are read by name, each within bounds.

Declared sizes lie, names lead elsewhere, entries lie over each other: every archive is looked at as a whole before
the first member of it is read, and what comes out is counted.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from castsite.cast.findings import Findings
from castsite.errors import quote
from castsite.limits import MIB, Limits, moved_by, size_text
from castsite.regex import regex

MAGIC: Final = b"PK\x03\x04"
EMPTY: Final = b"PK\x05\x06"
NAME: Final = regex(r"[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*")
"""What a member may be called."""

_LONGEST_NAME: Final = 255
_PIECE: Final = 64 * 1024
_ENTRY: Final = b"PK\x01\x02"
_LOCAL: Final = 30
"""Bytes of a local header without name and extra field."""
_LINK: Final = 0o120000
_ENCRYPTED: Final = 0x1 | 0x40 | 0x2000
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_NESTED: Final = (".zip", ".ttyz", ".rec", ".jar", ".gz", ".xz", ".bz2", ".zst", ".7z", ".tar")
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    IndexError,
    NotImplementedError,
    RuntimeError,
)
"""What zipfile raises for bytes that are no sound archive."""


def is_safe(name: str) -> bool:
    """Whether a member may have this name: relative, without dots that lead upwards, not too long."""
    plain = NAME.fullmatch(name) is not None and len(name) <= _LONGEST_NAME
    return plain and not {".", ".."} & set(name.split("/"))


def pack(members: Iterable[tuple[str, bytes]], *, deflate: bool = False) -> bytes:
    """Make an archive of members in the order of their names: the same bytes for the same members."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in sorted(members):
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED, 9)
    return made.getvalue()


class Archive:
    """An archive that was looked at. Mutable for as long as it is read: it counts what came out."""

    __slots__ = ("_archive", "_entries", "_findings", "_limits", "_total", "names")

    def __init__(self, source: bytes, findings: Findings, limits: Limits) -> None:
        """Look at every entry. Raises RefusedError for an archive that no honest program writes."""
        self._findings, self._limits = findings, limits
        self._total = 0
        _check_count(source, findings, limits)
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(source))
            entries = self._archive.infolist()
        except _DAMAGE as error:
            findings.refuse("cast-archive", f"archive is cut off or damaged ({_said(error)}); get it again")
        if len(entries) > limits.archive_entries:
            _refuse_count(findings, limits)
        for entry in entries:
            if fault := _fault(entry):
                findings.refuse("cast-archive", f"{fault}; no recorder writes such an archive")
        _check_names(entries, findings)
        _check_overlaps(entries, findings)
        self._entries = {entry.orig_filename: entry for entry in entries if not entry.is_dir()}
        self.names = frozenset(self._entries)

    def read(self, name: str, most: int = 0) -> bytes:
        """Read a member of at most `most` bytes, or as many as any may have. Raises RefusedError."""
        entry, findings, limits = self._entries.get(name), self._findings, self._limits
        if entry is None:
            findings.refuse("cast-archive", f"member {quote(name)} is named, but is not in the archive")
        most = most or limits.archive_member
        pieces: list[bytes] = []
        size = 0
        try:
            with self._archive.open(entry) as member:
                while piece := member.read(_PIECE):
                    size += len(piece)
                    self._total += len(piece)
                    pieces.append(piece)
                    self._check_size(name, size, entry.compress_size, most)
        except _DAMAGE as error:
            findings.refuse("cast-archive", f"member {quote(name)} is damaged ({_said(error)}); get the archive again")
        data = b"".join(pieces)
        if data.startswith((MAGIC, EMPTY)):
            findings.refuse("cast-archive", f"member {quote(name)} is an archive itself; none may be inside another")
        return data

    def _check_size(self, name: str, size: int, compressed: int, most: int) -> None:
        limits, findings = self._limits, self._findings
        if size > most:
            key = "archive_member" if most == limits.archive_member else "image_size"
            text = f"member {quote(name)} has more than {size_text(most)}, the limit {moved_by(key)}"
            findings.refuse("cast-limit", text)
        if self._total > limits.archive_total:
            most_of_all = f"{size_text(limits.archive_total)}, the limit {moved_by('archive_total')}"
            text = f"archive expands to more than {most_of_all}"
            findings.refuse("cast-limit", text)
        if size > MIB and size > limits.inflate_ratio * compressed:
            text = f"member {quote(name)} expands to more than {limits.inflate_ratio} times its size"
            findings.refuse("cast-limit", f"{text}, as no recording does {moved_by('inflate_ratio')}")


def _said(error: Exception) -> str:
    return quote(str(error) or type(error).__name__, 80)


def _check_count(source: bytes, findings: Findings, limits: Limits) -> None:
    """Count entries before an object is made for each of them: as often as their mark stands in the directory."""
    end = source.rfind(EMPTY)
    start = 0
    if 0 <= end <= len(source) - 22:
        size = int.from_bytes(source[end + 12 : end + 16], "little")
        start = max(end - size, 0) if size < 0xFFFFFFFF else 0
    if source.count(_ENTRY, start) > limits.archive_entries:
        _refuse_count(findings, limits)


def _refuse_count(findings: Findings, limits: Limits) -> None:
    most = f"{limits.archive_entries:,} entries, the limit {moved_by('archive_entries')}"
    findings.refuse("cast-limit", f"archive of more than {most}")


def _fault(entry: zipfile.ZipInfo) -> str:
    name = entry.orig_filename
    if not is_safe(name.removesuffix("/")):
        return f"member {quote(name)} has a name that could lead elsewhere"
    if entry.external_attr >> 16 & 0o170000 == _LINK:
        return f"member {quote(name)} is a link"
    if entry.flag_bits & _ENCRYPTED:
        return f"member {quote(name)} is encrypted"
    if entry.compress_type not in _METHODS:
        return f"member {quote(name)} is compressed by method {entry.compress_type}"
    if name.lower().endswith(_NESTED):
        return f"member {quote(name)} is an archive itself"
    return ""


def _check_names(entries: list[zipfile.ZipInfo], findings: Findings) -> None:
    counts = Counter(entry.orig_filename.lower() for entry in entries)
    if twice := next((name for name, count in counts.items() if count > 1), None):
        findings.refuse("cast-archive", f"member {quote(twice)} is there twice; nobody could say which one counts")


def _check_overlaps(entries: list[zipfile.ZipInfo], findings: Findings) -> None:
    """Refuse entries that share bytes: a small archive of them expands without end."""
    spans = sorted((entry.header_offset, entry.compress_size, entry.orig_filename) for entry in entries)
    for (start, size, name), (following, _, _) in pairwise(spans):
        if start + _LOCAL + len(name.encode()) + size > following:
            findings.refuse("cast-archive", f"member {quote(name)} lies over the next one; no recorder writes that")
