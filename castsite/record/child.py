"""A program in a terminal of its own."""

from __future__ import annotations

import os
import signal
import termios
from enum import Enum, auto
from typing import Final, NamedTuple, NoReturn

VARIABLE: Final = "CASTSITE_REC"
"""Environment variable that holds, inside of a recording, the name of its terminal."""

NOT_STARTED: Final = 127
_PLAIN: Final = "xterm-256color"
_OTHERWISE: Final = ("SIGPIPE", "SIGXFSZ", "SIGTTOU", "SIGTTIN", "SIGINT", "SIGTERM")
"""signals that Python ignores, or the recorder, or hears itself, and programs expect to be ended by"""


class Child(NamedTuple):
    """A running program: its process, and our end of its terminal."""

    process: int
    terminal: int


def start(program: tuple[str, ...], *, cols: int, rows: int, like: int | None) -> Child:
    """Start a program in a new terminal of that size, set up like another one if there is one. Raises OSError."""
    ours, theirs = os.openpty()
    if like is not None:
        termios.tcsetattr(theirs, termios.TCSANOW, termios.tcgetattr(like))
    termios.tcsetwinsize(theirs, (rows, cols))
    environment = os.environ | {VARIABLE: os.ttyname(theirs)}
    if environment.get("TERM", "dumb") == "dumb":
        environment["TERM"] = _PLAIN
    process = os.fork()
    if process == 0:
        _become(program, theirs, environment)
    os.close(theirs)
    os.set_blocking(ours, False)
    return Child(process, ours)


def terminal_type() -> str:
    """Name the type of terminal that a program is started in."""
    known = os.environ.get("TERM", "dumb")
    return _PLAIN if known == "dumb" else known


class Echo(Enum):
    """Who shows what is typed."""

    SHOWN = auto()
    """the terminal, as it comes"""
    HIDDEN = auto()
    """nobody: a program reads a line that is not shown, a password"""
    BY_PROGRAM = auto()
    """the program, if it likes: a line editor, one of a full screen, or one that asks for a password key by key"""


def echo_of(terminal: int) -> Echo:
    """Tell who shows what is typed into a terminal."""
    try:
        flags = termios.tcgetattr(terminal)[3]
    except termios.error:  # the program is gone
        return Echo.HIDDEN
    if flags & termios.ECHO:
        return Echo.SHOWN
    return Echo.HIDDEN if flags & termios.ICANON else Echo.BY_PROGRAM


def _become(program: tuple[str, ...], terminal: int, environment: dict[str, str]) -> NoReturn:
    """Turn this process, a copy made for that, into the program."""
    try:
        os.login_tty(terminal)
        signal.set_wakeup_fd(-1)
        for name in _OTHERWISE:
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        os.execvpe(program[0], program, environment)  # noqa: S606 - that is what a recorder is for
    except OSError as error:
        os.write(2, f"castsite: {program[0]}: {error.strerror}\r\n".encode("utf-8", "replace"))
    finally:
        os._exit(NOT_STARTED)
