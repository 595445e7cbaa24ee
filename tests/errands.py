"""What workers of a cluster are asked to do in tests; imports little, since that counts as their time."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def family() -> tuple[int, int]:
    """Give the number of the process that does this, and of the one that started it."""
    return os.getpid(), os.getppid()


def kill_worker() -> None:
    """End the worker of the cluster that asked for this."""
    os.kill(os.getppid(), signal.SIGKILL)


def kill_worker_once(marker: str) -> str:
    """End the worker the first time, and say something the second."""
    try:
        with Path(marker).open("x", encoding="utf-8"):
            kill_worker()
    except FileExistsError:
        return "done"
    raise AssertionError


def end_scheduler(number: int) -> None:
    """End the scheduler, and do not come back."""
    os.kill(number, signal.SIGKILL)
    signal.pause()


class UntellableError(Exception):
    """Does not travel between processes."""

    def __reduce__(self) -> str:
        return "nowhere"


def untellable() -> None:
    """Raise something that does not travel."""
    raise UntellableError("of no use")
