"""How a command ends: exit codes, and never a traceback."""

from __future__ import annotations

import errno
import gc
import os
import select
import signal
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from types import FrameType
from typing import IO, Final, NoReturn

import click

from castsite.errors import Place, Problem, Severity, printable

INTERRUPTED = 130
TERMINATED = 143
SECRETS = 3
"""A secret holds something back, or nobody could tell whether there is one."""
FAULT = 70
"""A fault of castsite itself (EX_SOFTWARE)."""
_MOMENT = 0.01  # seconds
_CURES: Mapping[int | None, str] = {
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.ENOENT: "choose a place that is there, and leave it there meanwhile",
    errno.ENOTDIR: "choose a place below a folder",
    errno.ENOSPC: "make room",
    errno.EACCES: "make it readable and writable",
    errno.EPERM: "make it readable and writable",
    errno.EROFS: "choose another place",
    errno.ELOOP: "take the links away that lead to each other",
}
"""What would help by what the file system said."""
DEBUG = "CASTSITE_DEBUG"
"""Environment variable with which faults of castsite show their traceback."""


class Terminated(BaseException):
    """SIGTERM: the same way out as Ctrl-C, with another exit code."""


def guarded(command: click.Command) -> NoReturn:
    """Run a click command; print what it raises as messages and exit with the code that belongs to it."""
    signal.signal(signal.SIGTERM, _end)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else whoever called ignores it
        signal.signal(signal.SIGINT, _end)
    sys.unraisablehook = _once_more
    _fill_standard_streams()
    if sys.stdout is None or sys.stderr is None:  # closed by whoever called
        nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - for as long as there is a process
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    for stream in (sys.stdout, sys.stderr):  # a terminal that is not UTF-8 gets escapes, never an exception
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    code = _code(command)
    gc.freeze()  # what is left of a large site is not looked through once more: the process ends
    sys.exit(code)


def _fill_standard_streams() -> None:
    """Let no file that is opened take the place of a stream that whoever called has closed."""
    for handle in range(3):
        try:
            os.fstat(handle)
        except OSError:
            nothing = os.open(os.devnull, os.O_RDWR)  # it gets the lowest number that is free
            os.set_inheritable(nothing, True)  # noqa: FBT003 - it has no name there


def _code(command: click.Command) -> int:
    try:
        result = command.main(standalone_mode=False)
        sys.stdout.flush()
    except (click.Abort, KeyboardInterrupt, Terminated) as error:
        return _interrupted(error)
    except (click.exceptions.Exit, click.ClickException, OSError) as error:
        return _report(error)
    except SystemExit:  # click's own answer to a pipe that broke, the only one; its code would say something else
        return _report(BrokenPipeError())
    except Exception as error:
        if isinstance(error.__cause__, KeyboardInterrupt | Terminated):  # during an import: Python before 3.12 wraps it
            return _interrupted(error.__cause__)
        if DEBUG in os.environ:
            raise
        text = f"{type(error).__name__}: {printable(str(error))}; this is a fault of castsite: please report it"
        print(Problem(Severity.FATAL, Place(""), "unexpected", f"{text} ({DEBUG}=1 shows where)"), file=sys.stderr)
        return FAULT
    return result if isinstance(result, int) else 0


def _once_more(lost: sys.UnraisableHookArgs) -> None:
    """Send a signal again soon that came while something was taken away, where an exception ends nothing."""
    if isinstance(lost.exc_value, KeyboardInterrupt | Terminated):
        _send_soon(signal.SIGINT if isinstance(lost.exc_value, KeyboardInterrupt) else signal.SIGTERM)
    else:
        sys.__unraisablehook__(lost)


def _send_soon(number: int) -> None:
    threading.Timer(_MOMENT, os.kill, (os.getpid(), number)).start()


def _interrupted(error: BaseException) -> int:
    return TERMINATED if isinstance(error, Terminated) else INTERRUPTED


def _report(error: Exception) -> int:
    """Say what happened, in the one form that messages have; give the exit code."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.ClickException):
        with suppress(OSError):
            error.show()
        return 2
    if isinstance(error, BrokenPipeError):
        if _reader_left(sys.stdout):  # nobody to tell
            silence(sys.stdout)
            return 0
        if _reader_left(sys.stderr):
            silence(sys.stderr)
            return 5
    with suppress(OSError):  # of a stream that takes nothing nothing can be told
        print(storage_problem(error), file=sys.stderr)
    return 5


def storage_problem(error: Exception) -> Problem:
    """Say what the file system refused, with the cure."""
    if isinstance(error, BrokenPipeError):
        text = "a program that castsite was writing to has ended; try again"
    else:
        cure = _CURES.get(getattr(error, "errno", None), "make room, or make it readable and writable")
        text = f"{getattr(error, 'strerror', None) or error}; {cure}"
    return Problem(Severity.FATAL, Place(str(getattr(error, "filename", None) or "")), "input-output", text)


def _reader_left(stream: IO[str]) -> bool:
    """Whether nobody has the other end of a stream any more: an error of a pipe says nothing of which one it was."""
    try:
        handle = stream.fileno()
    except (OSError, ValueError):  # it is no file, or closed
        return False
    if sys.platform == "win32":  # no pipe can be asked there, and it is nearly always this one
        return not stream.isatty()
    asked = select.poll()
    asked.register(handle, 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in asked.poll(0))


def silence(stream: IO[str]) -> None:
    """Let what is said go nowhere, what waits to be said as well."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


_TAKING: Final = frozenset(
    method.__code__
    for name in ("__enter__", "__exit__", "_acquire_restore", "_release_save")
    if (method := getattr(threading.Condition, name, None)) is not None
)
"""Where an exception would leave a lock taken for good: whatever cleans up waits for it then."""


def _end(number: int, frame: FrameType | None) -> None:
    """Raise what a signal stands for, a moment later where a lock is being taken or given back."""
    if frame is not None and frame.f_code in _TAKING:
        _send_soon(number)
    elif number == signal.SIGTERM:
        raise Terminated
    else:
        raise KeyboardInterrupt
