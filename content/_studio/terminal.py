"""A program in a pseudo-terminal; everything it shows becomes an event."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import pwd
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Event(NamedTuple):
    """Seconds since the recording began, asciicast event code, data."""

    time: float
    code: str
    data: str


class Terminal:
    """Runs a program until it is closed. The recording begins with the first thing the program shows."""

    def __init__(
        self, argv: Sequence[str], *, size: tuple[int, int], folder: Path, env: Mapping[str, str], user: str
    ) -> None:
        self.events: list[Event] = []
        self._began: float | None = None
        self._ended = False
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            _become(argv, folder, env, user)
        self._set_size(size)

    def send(self, keys: str) -> None:
        """Press keys; what they cause is read by `listen`."""
        os.write(self._fd, keys.encode())

    def listen(self, seconds: float, quiet: float | None = None) -> str:
        """Write down what is shown for so long, or until nothing was for `quiet` seconds; give the text."""
        shown: list[str] = []
        end = time.monotonic() + seconds
        while not self._ended and (left := end - time.monotonic()) > 0:
            ready, _, _ = select.select([self._fd], [], [], left if quiet is None else min(left, quiet))
            if ready:
                shown.append(self._read())
            elif quiet is not None:
                break
        return "".join(shown)

    def mark(self, label: str) -> None:
        """Put a marker here."""
        self._write_down("m", label)

    def resize(self, size: tuple[int, int]) -> None:
        """Change the window's columns and rows; programs are told by the system."""
        self._set_size(size)
        self._write_down("r", f"{size[0]}x{size[1]}")

    def close(self) -> None:
        """Write down how the program ended; one that did not is ended, with everything it started."""
        if not self._ended:
            os.killpg(os.getpgid(self._pid), signal.SIGHUP)
        os.close(self._fd)
        _, status = os.waitpid(self._pid, 0)
        self._write_down("x", str(os.waitstatus_to_exitcode(status)))

    def _read(self) -> str:
        try:
            shown = os.read(self._fd, 65536)
        except OSError:  # how Linux says that nobody holds the other end any more
            shown = b""
        self._ended = not shown
        text = self._decoder.decode(shown)
        if text:
            self._write_down("o", text)
        return text

    def _write_down(self, code: str, data: str) -> None:
        now = time.monotonic()
        if self._began is None:
            self._began = now
        self.events.append(Event(now - self._began, code, data))

    def _set_size(self, size: tuple[int, int]) -> None:
        cols, rows = size
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))


def _become(argv: Sequence[str], folder: Path, env: Mapping[str, str], user: str) -> None:
    """Turn this process into the program, as that user."""
    known = pwd.getpwnam(user)
    if os.getuid() == 0:
        os.setpriority(os.PRIO_PROCESS, 0, 0)
        os.initgroups(user, known.pw_gid)
        os.setgid(known.pw_gid)
        os.setuid(known.pw_uid)
    os.chdir(folder)
    os.umask(0o022)
    os.execvpe(argv[0], list(argv), dict(env))  # noqa: S606 (no shell in between is what is wanted)
