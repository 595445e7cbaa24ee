"""One build at a time for each output folder, and at what all share. The kernel frees the lock of a dead process."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from castsite.errors import BusyError, Place, Problem, Severity, printable, quote
from castsite.output.target import Target
from castsite.workfolder import prepare, refusal

if sys.platform == "win32":
    import msvcrt

    _TAKEN = PermissionError

    def _try_lock(handle: int) -> None:
        # locked bytes cannot be read by others there, so the lock lies behind the text that names the holder
        os.lseek(handle, 1 << 30, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)  # tries for ten seconds

else:
    import fcntl

    _TAKEN = BlockingIOError

    def _try_lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX)


@contextmanager
def hold(target: Target) -> Iterator[None]:
    """Hold the lock of an output folder.

    Raises BusyError at once when another process has it, StorageError when the work folder cannot be written. The
    lock belongs to the open file: start worker processes that outlive this one with `forkserver` or `spawn`, which do
    not inherit it.
    """
    path = prepare(target.work) / f"lock-{target.tag}"
    try:
        handle = _opened(path)
    except OSError as fault:
        raise refusal(target.work, fault) from fault
    try:
        _take(handle, path, target)
        yield
    finally:
        os.close(handle)  # which frees it; the file stays, since removing it would let two processes lock two files


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """Wait for one's turn at what several builds write, for a moment each, and hold it. Raises OSError."""
    handle = _opened(path)
    try:
        _lock(handle)
        yield
    finally:
        os.close(handle)


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)


def _take(handle: int, path: Path, target: Target) -> None:
    try:
        _try_lock(handle)
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()} {platform.node()}\n".encode())
    except _TAKEN as fault:
        raise _busy(handle, target) from fault
    except OSError as fault:
        raise refusal(path.parent, fault) from fault


def _busy(handle: int, target: Target) -> BusyError:
    pid, _, host = os.read(handle, 200).decode("utf-8", "replace").strip().partition(" ")
    who = f"process {printable(pid)} on {quote(host)}" if pid else "another process"
    shown = target.shown(target.root)
    text = f"{who} is building into {quote(shown, 120)}; wait for it to end, or choose another output folder"
    return BusyError(Problem(Severity.FATAL, Place(shown), "output-busy", text))
