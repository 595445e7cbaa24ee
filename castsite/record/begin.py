"""From a finished order to a recorder at work: in this process, which it takes over, or in one in the background."""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NoReturn

from msgspec.structs import replace

from castsite.record.order import Order, packed
from castsite.underway import Note, forget, identity, is_locked, leave, note_path

PARENTS: Final = ("CASTSITE_REC", "ASCIINEMA_REC", "ASCIINEMA_SESSION")
"""Variables that recorders set for what they record."""
_CALLS_OFF: Final = frozenset({signal.SIGINT, signal.SIGTERM})
_MOMENT: Final = 0.05
"""seconds from one look at whether a signal waits to the next"""


def become(project: Path, order: Order) -> NoReturn:
    """Turn this process into the recorder, which holds nothing that a recording does not need.

    Signals that are held off stay so until its program runs, which they are for then.
    """
    note, held = leave(project, Note(order.path, os.getpid(), file=identity(order.handle)))
    wanted = replace(order, note=str(note), held=held)
    for handle in (order.handle, held, *([order.ready] if order.ready >= 0 else [])):
        os.set_inheritable(handle, True)  # noqa: FBT003 - its signature
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    try:
        # -P: nothing in the current folder is taken for a module
        os.execv(sys.executable, [sys.executable, "-P", "-m", "castsite.record", packed(wanted)])  # noqa: S606
    except BaseException:
        forget(project, order.path)
        raise


@contextmanager
def held_off() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM wait until a recorder is either at work or gone, with all that was made for it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _CALLS_OFF)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def detach(project: Path, order: Order) -> bool:
    """Start the recorder in the background; give whether its program runs. What went wrong it has said itself.

    A signal that is held off until it is told to run ends it again.
    """
    heard, ready = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    process = os.fork()
    if process == 0:
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _CALLS_OFF)
            os.setsid()
            become(project, replace(order, ready=ready))
        except BaseException as error:  # noqa: BLE001 - a copy of this process must not go on as if it were this one
            if told := str(error):  # a signal says nothing
                os.write(2, f"{told}\n".encode("utf-8", "replace"))
        os._exit(5)
    os.close(ready)
    os.close(order.handle)
    with os.fdopen(heard, "rb") as waiting:
        called_off = False
        while not (called_off or select.select([waiting], [], [], _MOMENT)[0]):
            called_off = not _CALLS_OFF.isdisjoint(signal.sigpending())
        if called_off:
            os.kill(process, signal.SIGTERM)
        runs = waiting.read() == b"1" and not called_off
    if not runs:
        os.waitpid(process, 0)
        if not is_locked(note_path(project, order.path)):  # it may be that of another
            forget(project, order.path)
    return runs
