"""The end of a recorder in the background, from outside."""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from enum import StrEnum
from pathlib import Path
from typing import Final

from castsite.underway import Note, is_held, note_path, read_note

_PATIENCE: Final = 10.0
"""seconds that a recorder gets to end"""
_PAUSE: Final = 0.02


class Ended(StrEnum):
    """What came of asking a recorder to end."""

    STOPPED = "stopped"
    BEFORE = "had ended before"
    KILLED = "its recorder had been killed; what was written until then is kept"
    FAILED = "could not be recorded to its end"
    GOES_ON = "its recorder does not end"


def stop(project: Path, path: str) -> tuple[Ended, Note | None]:
    """Ask the recorder of a recording to end, and wait until it has; give also the note that was there."""
    recording, file = project / path, note_path(project, path)
    note = read_note(file)
    if not is_held(recording):
        if note is None:
            return Ended.BEFORE, None
        return (Ended.FAILED if note.fault else Ended.KILLED), note
    deadline = time.monotonic() + _PATIENCE
    if note is not None:
        _signal(note.process, recording, deadline)
    while is_held(recording):
        if time.monotonic() > deadline:
            return Ended.GOES_ON, note
        time.sleep(_PAUSE)
    left = read_note(file)
    return (Ended.FAILED if left and left.fault else Ended.STOPPED), left


def _signal(process: int, recording: Path, deadline: float) -> None:
    """Send the signal to the process that has the recording, and to no other that got its number meanwhile."""
    if sys.platform != "linux":
        os.kill(process, signal.SIGTERM)
        return
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return
    try:
        if is_held(recording):  # so it is still the process that the handle stands for
            signal.pidfd_send_signal(handle, signal.SIGTERM)
            select.select([handle], [], [], max(0.0, deadline - time.monotonic()))
    finally:
        os.close(handle)
