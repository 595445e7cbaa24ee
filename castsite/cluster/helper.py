"""What a worker of a cluster does: hand each call to a process beside it, which is bounded in time and memory.

A worker of Dask ends no call that hangs, and dies of one that runs out of memory, with all it holds; and as a daemon
it may have no `multiprocessing` children. So it starts a process of its own, lets that do one call after the other, and
ends it when a call takes too long. Calls and answers are bytes that only whoever asked, and that process, look into.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from castsite.cache import code_version
from castsite.workers import LostWorkerError

READY = b"\n"
"""What the process says when it can be asked."""
_BEGINNING = 60  # seconds that it may take to begin
_SIZE = 8  # bytes of the length before each message


class OtherVersionError(Exception):
    """The code of a worker is not that of the machine that asks."""


@dataclass(slots=True)
class Helper:
    """One process and what is asked of it. It ends with whoever started it, or when nobody asks for two minutes."""

    memory: int
    """bytes of its address space"""
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def ask(self, call: bytes, seconds: float) -> bytes:
        """Give the answer to a call.

        Raises TimeoutError after so many seconds, LostWorkerError where the process died of the call.
        """
        process = self._running()
        try:
            with _ended_after(process, seconds) as is_late:
                answer = _exchanged(process, call)
        finally:
            if process.poll() is not None:
                self.end()
        if answer is None:
            self.end()
            if is_late.is_set():
                raise TimeoutError
            raise LostWorkerError
        return answer

    def end(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                if stream:
                    _close(stream)
            self._process = None

    def _running(self) -> subprocess.Popen[bytes]:
        """Give the process; start one where there is none, or none any more."""
        if self._process is not None and self._process.poll() is not None:
            self.end()
        if self._process is None:
            self._process = _started(self.memory)
        return self._process


class _Own(threading.local):
    """The helper of each thread of a worker, which does one call at a time."""

    helper: Helper | None = None


_OWN = _Own()


def run(version: str, seconds: int, memory: int, call: bytes) -> bytes:
    """Do a call in a worker of a cluster, and give the answer.

    Raises OtherVersionError where this is not the code that asks, and whatever `Helper.ask` raises.
    """
    if code_version() != version:
        raise OtherVersionError
    if _OWN.helper is None or _OWN.helper.memory != memory:
        if _OWN.helper is not None:
            _OWN.helper.end()
        _OWN.helper = Helper(memory)
    return _OWN.helper.ask(call, seconds)


def send(stream: object, message: bytes) -> None:
    """Write a message with its length before it. Raises OSError where nobody reads any more."""
    stream.write(len(message).to_bytes(_SIZE, "big") + message)  # type: ignore[attr-defined] # a binary stream
    stream.flush()  # type: ignore[attr-defined] # the same


def receive(stream: object) -> bytes | None:
    """Read a message; None where the other side has gone."""
    head = stream.read(_SIZE)  # type: ignore[attr-defined] # a binary stream
    size = int.from_bytes(head, "big")
    message: bytes = stream.read(size) if len(head) == _SIZE else b""  # type: ignore[attr-defined] # the same
    return message if len(head) == _SIZE and len(message) == size else None


def _started(memory: int) -> subprocess.Popen[bytes]:
    path = os.pathsep.join(filter(None, sys.path))  # the same code as here
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "castsite.cluster.bounded", str(memory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert process.stdout is not None  # noqa: S101 - it was asked for
    with _ended_after(process, _BEGINNING):
        said = process.stdout.read(len(READY))
    if said != READY:
        process.kill()
        process.wait()
        raise LostWorkerError
    return process


def _exchanged(process: subprocess.Popen[bytes], call: bytes) -> bytes | None:
    assert process.stdin is not None  # noqa: S101 - it was asked for
    try:
        send(process.stdin, call)
    except OSError:
        return None
    return receive(process.stdout)


@contextmanager
def _ended_after(process: subprocess.Popen[bytes], seconds: float) -> Iterator[threading.Event]:
    """End a process that takes longer than that; the event says whether it did."""
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


def _close(stream: object) -> None:
    try:
        stream.close()  # type: ignore[attr-defined] # a binary stream
    except OSError:  # what was not read by the process
        return
