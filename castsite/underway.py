"""Recordings that are being made, as the kernel knows them: its recorder holds a lock for as long as it lives.

A recorder locks the recording itself, and leaves a note in the work folder that says which recording that is and which
process it is; it locks that as well, for a recording may be moved or removed. The kernel frees the locks of a dead
process, however it died; so a note whose recording nobody holds is that of a recorder that was killed, and no process
number has to be believed.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import asdict

from castsite.errors import BusyError, Place, Problem, Severity
from castsite.workfolder import WORK_FOLDER, prepare, refusal

_NOTES: Final = "recording"
_LONGEST: Final = 64 * 1024
_PLAIN: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_TRIES: Final = 20
_MOMENT: Final = 0.01  # seconds

if sys.platform == "win32":

    def _is_free(handle: int) -> bool:  # noqa: ARG001 - there are no recorders
        """Say that nobody has it locked."""
        return True

    def lock(handle: int) -> bool:  # noqa: ARG001 - there are no recorders
        """Say that nobody else has it locked."""
        return True

else:
    import fcntl

    def _is_free(handle: int) -> bool:
        """Ask whether no recorder has an open file locked; many may ask at once. Raises OSError."""
        return _tried(handle, fcntl.LOCK_SH)

    def lock(handle: int) -> bool:
        """Lock an open file for whoever holds it open; False when a recorder has it locked. Raises OSError.

        Whoever asks for that holds a recorder up for a moment.
        """
        for _ in range(_TRIES):
            if _tried(handle, fcntl.LOCK_EX):
                return True
            time.sleep(_MOMENT)
        return False

    def _tried(handle: int, how: int) -> bool:
        try:
            fcntl.flock(handle, how | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class Note(Struct, frozen=True):
    """What a recorder leaves about itself. `path` is that of the recording, relative to the project."""

    path: str
    process: int
    fault: str = ""
    """why nothing more was recorded, where a recorder nobody was looking at had to give up"""
    file: str = ""
    """what `identity` says of the recording, whatever it is called by now"""


def note_path(project: Path, path: str) -> Path:
    """Give the file of the note about a recording."""
    return project / WORK_FOLDER / _NOTES / f"{hashlib.sha256(path.encode()).hexdigest()[:20]}.json"


def leave(project: Path, note: Note) -> tuple[Path, int]:
    """Write a note, for as long as its recorder lives or until somebody has read it; give also its handle, locked.

    Raises BusyError when the recorder that left one there lives, StorageError.
    """
    work = prepare(project / WORK_FOLDER)
    file = note_path(project, note.path)
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        handle = _locked(file)
        if handle < 0:
            text = "is still being recorded, though its file is gone; end that first, with castsite stop"
            raise BusyError(Problem(Severity.FATAL, Place(note.path), "recording", text))
        os.ftruncate(handle, 0)
        os.write(handle, written(note))
    except OSError as fault:
        raise refusal(work, fault) from fault
    return file, handle


def _locked(file: Path) -> int:
    """Open a note and lock it; -1 when its recorder lives."""
    for _ in range(_TRIES):
        handle = os.open(file, os.O_RDWR | os.O_CREAT | _PLAIN, 0o666)
        is_ours = lock(handle)
        with suppress(FileNotFoundError):  # a recorder has just ended, and removed it
            if is_ours and os.path.samestat(file.stat(), os.fstat(handle)):
                return handle
        os.close(handle)
        if not is_ours:
            break
    return -1


def written(note: Note) -> bytes:
    """Give the bytes of a note."""
    return json.dumps(asdict(note)).encode() + b"\n"


def identity(handle: int) -> str:
    """Name an open file by what neither moving nor renaming it changes."""
    status = os.fstat(handle)
    return f"{status.st_dev}:{status.st_ino}"


def read_note(file: Path) -> Note | None:
    """Read a note; None when it is none, or not there."""
    try:
        with os.fdopen(os.open(file, os.O_RDONLY | _PLAIN), "rb") as opened:
            said = json.loads(opened.read(_LONGEST))
        note = Note(said["path"], said["process"], said["fault"], said.get("file", ""))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    kinds = (note.path, str), (note.process, int), (note.fault, str), (note.file, str)
    return note if all(isinstance(value, kind) for value, kind in kinds) and note.process > 1 else None


def forget(project: Path, path: str) -> None:
    """Remove the note about a recording, if there is one."""
    with suppress(OSError):
        note_path(project, path).unlink()


def is_locked(file: Path) -> bool:
    """Whether a recorder lives that has locked a file: a recording, or the note about it."""
    try:
        handle = os.open(file, os.O_RDONLY | _PLAIN)
    except OSError:
        return False
    try:
        return not _is_free(handle)
    except OSError:  # a file system without locks
        return False
    finally:
        os.close(handle)


def recordings_underway(project: Path, files: Iterable[tuple[str, int]] = ()) -> frozenset[str]:
    """Give the paths of all recordings that are being made, NFC, relative to the project.

    `files` are those of the content folder, each with its inode: a recording goes on wherever it was moved to.
    """
    if not (notes := list(_notes(project))):
        return frozenset()
    inodes = {note.file.rpartition(":")[2] for note in notes}
    paths = (*(note.path for note in notes), *(path for path, inode in files if str(inode) in inodes))
    return frozenset(unicodedata.normalize("NFC", path) for path in paths if is_locked(project / path))


def note_about(project: Path, path: str) -> tuple[Path, Note | None]:
    """Find the note about a recording, by the path it was begun with or by its file, and give where it is."""
    own = note_path(project, path)
    if (note := read_note(own)) is not None:
        return own, note
    try:
        handle = os.open(project / path, os.O_RDONLY | _PLAIN)
    except OSError:
        return own, None
    try:
        known = identity(handle)
    finally:
        os.close(handle)
    moved = (one for one in _notes(project) if one.file == known and is_locked(note_path(project, one.path)))
    note = next(moved, None)
    return (note_path(project, note.path), note) if note else (own, None)


def _notes(project: Path) -> Iterator[Note]:
    with suppress(OSError):
        for file in sorted((project / WORK_FOLDER / _NOTES).iterdir()):
            if file.suffix == ".json" and (note := read_note(file)):
                yield note
