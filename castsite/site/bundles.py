"""Folders that are one recording each: known by what is in them, read as the archive they would be."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Final

from castsite.files import Stamp, read_source
from castsite.formats.names import BUNDLES, MANIFEST, TRACE, is_unpacked
from castsite.limits import Limits, moved_by, size_text

_SNIFF: Final = 64 * 1024
_DEPTH: Final = 8
"""Folders below one another in a recording; termless makes one."""


def is_bundle(folder: Path, name: str, entries: Container[str]) -> bool:
    """Whether a folder with these entries is a recording."""
    if name.lower().endswith(BUNDLES):
        return True
    if MANIFEST not in entries and TRACE not in entries:
        return False
    heads = (_head(folder, one) if one in entries else None for one in (MANIFEST, TRACE))
    return is_unpacked(*heads)


def stamp_of(folder: Path) -> Stamp:
    """Say what a change of any file in a folder changes, without reading one."""
    digest = hashlib.sha256()
    size = modified = changed = 0
    for name, entry in _below(folder):
        stamp = Stamp.of(entry.stat(follow_symlinks=False))
        digest.update(repr((name, stamp)).encode())
        size += stamp.size
        modified, changed = max(modified, stamp.modified), max(changed, stamp.changed)
    return Stamp(size, modified, changed, int.from_bytes(digest.digest()[:7], "big"))


def read_bundle(
    content: Path, name: str, limit: int, most: int = Limits().archive_entries, *, frames: bool = False
) -> bytes:
    """Read a folder as an archive of at most `limit` bytes; `frames`: with all its pictures.

    Raises OSError as `read_source` does, ELOOP for a link.
    """
    from castsite.formats.termless import gathered  # noqa: PLC0415 - only where there is such a folder

    names: list[str] = []
    for path, entry in _below(content / name):
        if entry.is_symlink():
            raise OSError(errno.ELOOP, "a link")
        names.append(path)
        if len(names) > most:
            raise OSError(errno.EFBIG, f"more than {most:,} files")
    total = 0

    def read(member: str) -> bytes:
        nonlocal total
        data = read_source(content, f"{name}/{member}", limit)
        total += len(data)
        if total > limit:
            raise OSError(errno.EFBIG, f"more than {size_text(limit)}, the limit {moved_by('file_size')}")
        return data

    return gathered(names, read, frames=frames)


def read_any(content: Path, name: str, limit: int, *, frames: bool = False) -> bytes:
    """Read a recording, a file or a folder, of which all pictures only where `frames` are wanted. Raises OSError."""
    try:
        return read_source(content, name, limit)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.EISDIR} or not (content / name).is_dir():
            raise
        return read_bundle(content, name, limit, frames=frames)


def _below(folder: Path, prefix: str = "", depth: int = 1) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield what is in a folder that is no folder itself, in order of names; no link is followed."""
    with os.scandir(folder) as listing:
        entries = sorted(listing, key=lambda entry: entry.name)
    for entry in entries:
        if not entry.is_dir(follow_symlinks=False):
            yield f"{prefix}{entry.name}", entry
        elif depth < _DEPTH:
            yield from _below(Path(entry.path), f"{prefix}{entry.name}/", depth + 1)


def _head(folder: Path, name: str) -> bytes | None:
    try:
        return read_source(folder, name, _SNIFF)
    except OSError:
        return None
