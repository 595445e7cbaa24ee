"""The end of a recorder in the background, from outside."""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Final

from castsite.underway import Note, is_locked, note_about, read_note

_PATIENCE: Final = 10.0
"""seconds that a recorder gets to end"""
_PAUSE: Final = 0.02


class Ended(StrEnum):
    """What came of asking a recorder to end."""

    STOPPED = "stopped"
    BEFORE = "had ended before"
    NAMELESS = "stopped; its file has another name by now"
    KILLED = "its recorder had been killed; what was written until then is kept"
    FAILED = "could not be recorded to its end"
    GOES_ON = "its recorder does not end"


def stop(project: Path, path: str) -> tuple[Ended, Note | None]:
    """Ask the recorder of a recording to end, and wait until it has; give also the note that was there."""
    file, note = note_about(project, path)

    def lives() -> bool:
        return is_locked(project / path) or is_locked(file)

    if not lives():
        if note is None:
            return Ended.BEFORE, None
        return (Ended.FAILED if note.fault else Ended.KILLED), note
    deadline = time.monotonic() + _PATIENCE
    if note is not None:
        _signal(note.process, lives, deadline)
    while lives():
        if time.monotonic() > deadline:
            return Ended.GOES_ON, note
        time.sleep(_PAUSE)
    left = read_note(file)
    if left and left.fault:
        return Ended.FAILED, left
    return (Ended.STOPPED if (project / path).exists() else Ended.NAMELESS), left or note


def _signal(process: int, lives: Callable[[], bool], deadline: float) -> None:
    """Send the signal to the process that has the recording, and to no other that got its number meanwhile."""
    if sys.platform != "linux":
        os.kill(process, signal.SIGTERM)
        return
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return
    try:
        if lives():  # so it is still the process that the handle stands for
            signal.pidfd_send_signal(handle, signal.SIGTERM)
            select.select([handle], [], [], max(0.0, deadline - time.monotonic()))
    finally:
        os.close(handle)
