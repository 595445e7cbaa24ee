"""The folder `.castsite` beside the configuration: what castsite keeps for itself, never published, never in git."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from castsite.errors import Place, Problem, Severity, StorageError

WORK_FOLDER = ".castsite"


def prepare(folder: Path) -> Path:
    """Make the work folder, readable by its owner alone and ignored by git; give it back.

    Raises StorageError when that is not possible: no folder of a site that is gone is made for it.
    """
    ignore = folder / ".gitignore"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if not ignore.exists():
            ignore.write_bytes(b"*\n")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as fault:
        raise refusal(folder, fault) from fault
    return folder


def refusal(folder: Path, fault: OSError) -> StorageError:
    """Make the error for a work folder that cannot be used."""
    cure = "free some space" if fault.errno in {errno.ENOSPC, errno.EDQUOT} else "make it writable, or remove it"
    cure = "put the folder of the site back" if fault.errno == errno.ENOENT else cure
    text = f"the work folder cannot be written: {fault.strerror}; {cure}"
    shown = folder.parts[folder.parts.index(WORK_FOLDER) :] if WORK_FOLDER in folder.parts else (folder.name,)
    return StorageError(Problem(Severity.FATAL, Place("/".join(shown)), "work-folder", text))


@contextmanager
def scratch(work: Path, name: str) -> Iterator[Path]:
    """Give a folder for what lives as long as a build, to be made by whoever needs it; clear what was left there."""
    folder = work / name
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
