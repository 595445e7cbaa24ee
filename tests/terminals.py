"""Real terminals for tests: a program at the other end of one, typed to and listened to as a person would."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from projects import NOW

LIMIT = 20.0
"""Seconds that a test waits for what has to come, on a busy machine."""

CASTSITE = (sys.executable, "-m", "castsite")
MARK = f"{sys.executable} -m castsite mark"
OUTSIDE = {"CASTSITE_REC": "", "ASCIINEMA_REC": "", "ASCIINEMA_SESSION": "", "TERM": "xterm-256color"}


class Terminal:
    """A program in a terminal of its own."""

    def __init__(self, *command: str, cwd: Path, size: tuple[int, int] = (80, 24), **environ: str) -> None:
        self.handle, theirs = os.openpty()
        termios.tcsetwinsize(theirs, (size[1], size[0]))
        self.seen = b""
        """everything that came"""
        self._read = 0
        variables = {**os.environ, "SOURCE_DATE_EPOCH": NOW, "PS1": "$ ", "SHELL": "/bin/bash", **OUTSIDE, **environ}
        variables = {name: value for name, value in variables.items() if value}
        self.process = os.fork()
        if self.process == 0:
            try:
                os.chdir(cwd)
                os.login_tty(theirs)
                for number in (signal.SIGINT, signal.SIGQUIT):  # which those who run tests may ignore
                    signal.signal(number, signal.SIG_DFL)
                os.execvpe(command[0], command, variables)  # noqa: S606 - that is what it is for
            finally:
                os._exit(126)
        self.theirs = theirs
        self.status: int | None = None

    def type(self, text: str | bytes) -> None:
        data = text.encode() if isinstance(text, str) else text
        while data:
            data = data[os.write(self.handle, data) :]

    def expect(self, pattern: str | bytes, limit: float = LIMIT) -> re.Match[bytes]:
        """Read until something comes that was not there before."""
        wanted = re.compile(pattern.encode() if isinstance(pattern, str) else pattern, re.DOTALL)
        deadline = time.monotonic() + limit
        while not (found := wanted.search(self.seen, self._read)):
            assert self._more(deadline), f"{pattern!r} did not come:\n{self.seen.decode(errors='replace')}"
        self._read = found.end()
        return found

    def resize(self, cols: int, rows: int) -> None:
        termios.tcsetwinsize(self.handle, (rows, cols))

    def send(self, number: int) -> None:
        os.kill(self.process, number)

    def modes(self) -> list[Any]:
        return termios.tcgetattr(self.theirs)

    def wait(self, limit: float = LIMIT) -> int:
        """Read until the program has ended, and give its exit code (negative: the signal)."""
        if self.status is None:
            deadline = time.monotonic() + limit
            while True:
                process, status = os.waitpid(self.process, os.WNOHANG)
                if process:
                    break
                assert time.monotonic() < deadline, f"it did not end:\n{self.seen.decode(errors='replace')}"
                self._more(time.monotonic() + 0.05)
            self.status = os.waitstatus_to_exitcode(status)
            while select.select([self.handle], [], [], 0)[0] and self._more(deadline):
                pass
        return self.status

    def close(self) -> None:
        if self.status is None:
            with suppress(OSError):
                os.killpg(self.process, signal.SIGKILL)
                os.waitpid(self.process, 0)
        for handle in (self.handle, self.theirs):
            os.close(handle)

    def _more(self, deadline: float) -> bool:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([self.handle], [], [], left)[0]:
            return False
        try:
            data = os.read(self.handle, 65_536)
        except OSError:
            return False
        self.seen += data
        return bool(data)


@contextmanager
def terminal(*command: str, cwd: Path, size: tuple[int, int] = (80, 24), **environ: str) -> Iterator[Terminal]:
    """Open one for as long as a test needs it."""
    opened = Terminal(*command, cwd=cwd, size=size, **environ)
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def recorded(root: Path, *arguments: str, size: tuple[int, int] = (80, 24), **environ: str) -> Iterator[Terminal]:
    """Record in a terminal, in a site's folder."""
    with terminal(*CASTSITE, "rec", *arguments, cwd=root, size=size, **environ) as opened:
        yield opened


def events(file: Path) -> list[list[Any]]:
    """Give the events of a recording of version 3, their times counted from the beginning."""
    found, now = [], 0.0
    for line in file.read_bytes().splitlines()[1:]:
        interval, code, data = json.loads(line)
        now += interval
        found.append([now, code, data])
    return found


def text(file: Path, code: str = "o") -> str:
    """Give what events of one kind hold together."""
    return "".join(data for _, kind, data in events(file) if kind == code)


def codes(file: Path) -> str:
    """Give the kinds of a recording's events, one letter for each run of them."""
    return re.sub(r"(.)\1+", r"\1", "".join(code for _, code, _ in events(file)))


def headless(**environ: str) -> Mapping[str, str]:
    """Give the environment of a recorder outside of any recording."""
    return {"SOURCE_DATE_EPOCH": NOW, **OUTSIDE, **environ}
