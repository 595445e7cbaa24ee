"""Recordings that are being made, as the kernel knows them: its recorder holds a lock for as long as it lives.

A recorder locks the recording itself, and leaves a note in the work folder that says which recording that is and which
process it is. The kernel frees the lock of a dead process, however it died; so a note whose recording nobody holds is
that of a recorder that was killed, and no process number has to be believed.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from castsite.workfolder import WORK_FOLDER, prepare, refusal

if sys.platform == "win32":

    def take(handle: int) -> bool:  # noqa: ARG001 - there are no recorders
        """Say that nobody else has it."""
        return True

else:
    import fcntl

    def take(handle: int) -> bool:
        """Lock an open recording for whoever holds it open; False when somebody else has it. Raises OSError."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


_NOTES: Final = "recording"
_LONGEST: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Note:
    """What a recorder leaves about itself. `path` is that of the recording, relative to the project."""

    path: str
    process: int
    fault: str = ""
    """why nothing more was recorded, where a recorder nobody was looking at had to give up"""


def note_path(project: Path, path: str) -> Path:
    """Give the file of the note about a recording."""
    return project / WORK_FOLDER / _NOTES / f"{hashlib.sha256(path.encode()).hexdigest()[:20]}.json"


def leave(project: Path, note: Note) -> Path:
    """Write a note, for as long as its recorder lives or until somebody has read it. Raises StorageError."""
    work = prepare(project / WORK_FOLDER)
    file = note_path(project, note.path)
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        file.write_bytes(written(note))
    except OSError as fault:
        raise refusal(work, fault) from fault
    return file


def written(note: Note) -> bytes:
    """Give the bytes of a note."""
    return json.dumps({"path": note.path, "process": note.process, "fault": note.fault}).encode() + b"\n"


def read_note(file: Path) -> Note | None:
    """Read a note; None when it is none, or not there."""
    try:
        with file.open("rb") as opened:
            said = json.loads(opened.read(_LONGEST))
        note = Note(said["path"], said["process"], said["fault"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    kinds = (note.path, str), (note.process, int), (note.fault, str)
    return note if all(isinstance(value, kind) for value, kind in kinds) and note.process > 1 else None


def forget(project: Path, path: str) -> None:
    """Remove the note about a recording, if there is one."""
    with suppress(OSError):
        note_path(project, path).unlink()


def is_held(recording: Path) -> bool:
    """Whether a recorder has a recording open."""
    try:
        handle = os.open(recording, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return False
    try:
        return not take(handle)
    except OSError:  # a file system without locks
        return False
    finally:
        os.close(handle)


def recordings_underway(project: Path) -> frozenset[str]:
    """Give the paths of all recordings that are being made, NFC, relative to the project."""
    held = (note.path for note in _notes(project) if is_held(project / note.path))
    return frozenset(unicodedata.normalize("NFC", path) for path in held)


def _notes(project: Path) -> Iterator[Note]:
    with suppress(OSError):
        for file in sorted((project / WORK_FOLDER / _NOTES).iterdir()):
            if file.suffix == ".json" and (note := read_note(file)):
                yield note
