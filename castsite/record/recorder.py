"""The recorder: what a program writes goes to the screen unchanged, and into a file with the time it was written at.

It runs for hours beside the work of others, and so in a process of its own that holds little: nothing is kept of what
went by, and nothing is imported here that a recording does not need.
"""

from __future__ import annotations

import codecs
import fcntl
import os
import select
import signal
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from castsite.cast.header import DEFAULT_SIZE
from castsite.record.child import Child, Echo, echo_of, start
from castsite.record.journal import SECOND, Full, Journal
from castsite.record.keys import Act, Listener
from castsite.record.marks import Mark, Sieve
from castsite.record.order import Order

if TYPE_CHECKING:
    from castsite.safety.prompts import Prompts

STDIN: Final = 0
STDOUT: Final = 1

_READ: Final = 65_536
_MOST_TYPED: Final = 65_536
"""bytes that wait for a program that does not read; then nothing more is read from the keyboard"""
_SILENCE: Final = SECOND // 5
_LINGERS: Final = 10 * SECOND
"""what others in the terminal may go on writing once the program has ended"""
_SYNC: Final = 10 * SECOND
_LOOK: Final = 2 * SECOND
"""from one look at whether the recording has a name to the next"""
LOST: Final = "its file was removed, or moved to another disk, while it was being recorded"
_BELL: Final = b"\a"
_ENDING: Final = frozenset({signal.SIGTERM, signal.SIGHUP})
_PASSED_ON: Final = frozenset({signal.SIGINT, signal.SIGQUIT})
_HEARD: Final = _ENDING | _PASSED_ON | {signal.SIGWINCH, signal.SIGCONT, signal.SIGCHLD}
_SIGNALLED: Final = 128


class Outcome(Struct, frozen=True):
    """How a recording ended. `duration` is in microseconds, that of the recording with what it began with."""

    status: int
    """to exit with: the program's own, or 128 + the signal that ended it or the recorder"""
    duration: int
    size: int
    """bytes"""
    events: int
    limit: str = ""
    """the limit that ended it"""
    fault: str = ""
    """what kept the recording from being written to its end"""
    shows: bool = True
    """whether anything was shown, as far as that is known"""


def record(order: Order) -> Outcome:
    """Run the program to its end, or to that of the recording. Raises OSError when it cannot be started."""
    with _signals() as heard:
        child = start(order.program, cols=order.cols, rows=order.rows, like=STDIN if order.interactive else None)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HEARD)  # what was held off until there is a program to end
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # the terminal is given back, whoever has it
        if order.ready >= 0:
            _step_back(order.ready)
        session = _Session(order, child, heard)
        with _raw(order.interactive):
            session.run()
        os.close(child.terminal)
        with suppress(OSError):  # whoever looks again because the file has changed finds that nobody has it
            fcntl.flock(order.handle, fcntl.LOCK_UN)
            os.utime(order.handle)
        return session.outcome()


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """Let the number of the signal come through the pipe."""


@contextmanager
def _signals() -> Iterator[int]:
    """Give the end of a pipe from which the numbers of signals can be read."""
    heard, told = os.pipe()
    os.set_blocking(heard, False)
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    for number in _HEARD:
        signal.signal(number, _ignore)
    yield heard


def _step_back(ready: int) -> None:
    """Tell that all is well, and let go of what belongs to whoever waited for that."""
    os.write(ready, b"1")
    os.close(ready)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for handle in (STDIN, STDOUT, 2):
        os.dup2(nowhere, handle)
    os.close(nowhere)


@contextmanager
def _raw(interactive: bool) -> Iterator[None]:  # noqa: FBT001 - the one question there is
    """Let every key through while somebody types, and give the terminal back as it was."""
    if not interactive:
        yield
        return
    before = termios.tcgetattr(STDIN)
    tty.setraw(STDIN)
    try:
        yield
    finally:
        with suppress(termios.error):  # the terminal is gone
            termios.tcsetattr(STDIN, termios.TCSADRAIN, before)


def _prompts() -> Prompts:
    from castsite.safety.prompts import Prompts  # noqa: PLC0415 - only who keeps keys pays for it

    return Prompts()


class _Session:
    """One program while it is recorded. Mutable from beginning to end."""

    def __init__(self, order: Order, child: Child, heard: int) -> None:
        self._order = order
        self._child = child
        self._heard = heard
        self._journal = Journal(
            order.handle, version=order.version, last=order.last, size=order.size, most=order.size_limit
        )
        self._sieve, self._listener = Sieve(), Listener(order.keys)
        self._shown = codecs.getincrementaldecoder("utf-8")("replace")
        self._typed = codecs.getincrementaldecoder("utf-8")("replace")
        self._prompts = _prompts() if order.input else None
        self._waiting = bytearray()
        """what was typed and is not read yet"""
        self._size = None if order.resized else (order.cols, order.rows)
        """the last size that is written down"""
        self._now_sized = (order.cols, order.rows)
        self._begun = _now()
        self._starts = not order.appends
        """whether the clock runs: what is appended begins with its first event"""
        self._paused_at: int | None = None
        self._recording, self._ended, self._copies, self._listens = True, False, order.copies, order.interactive
        self._opened = True
        """whether anybody has the program's end of the terminal"""
        self._status: int | None = None
        self._signal = 0
        self._limit = self._fault = ""
        self._shows = order.appends
        """whether anything was shown, as far as that is known"""
        self._ends_at: int | None = None
        self._last_end: int | None = None
        self._stops_at = self._begun + order.duration_limit if order.duration_limit else None
        self._syncs_at = self._begun + _SYNC if order.durable else None
        self._looks_at: int | None = self._begun + _LOOK

    def run(self) -> None:
        """Go on until the program has ended and nothing more comes."""
        if self._order.resized:
            self._write_size()
        while not self._is_over():
            self._turn()
        for piece in (self._sieve.rest(), b""):
            self._output(piece, final=not piece)
        self._reap(os.WNOHANG)
        self._look_for_its_name()
        self._close()

    def outcome(self) -> Outcome:
        """Say how it ended, once it has."""
        return Outcome(
            self._exit_status(),
            self._journal.last,
            self._journal.size,
            self._journal.events,
            self._limit,
            self._fault,
            self._shows,
        )

    # ---- one turn of the loop

    def _is_over(self) -> bool:
        if self._status is not None and not self._opened:
            return True
        if self._ends_at is None or _now() < self._ends_at:
            return False
        waits = self._opened and select.select([self._child.terminal], [], [], 0)[0]
        return not (waits and self._last_end is not None and _now() < self._last_end)  # a slow screen is no silence

    def _turn(self) -> None:
        terminal, listens = self._child.terminal, self._listens and len(self._waiting) < _MOST_TYPED
        reads = [self._heard, *([terminal] if self._opened else []), *([STDIN] if listens else [])]
        writes = [terminal] if self._waiting and self._opened else []
        ready, free, _ = select.select(reads, writes, [], self._pause())
        if self._heard in ready:
            self._hear()
        if terminal in ready:
            self._read_output()
        if terminal in free:
            self._type()
        if STDIN in ready and listens:
            self._read_typed()
        self._watch_the_clock()

    def _pause(self) -> float | None:
        """Give the seconds until something has to be done in any case."""
        times = [at for at in (self._ends_at, self._stops_at, self._syncs_at, self._looks_at) if at is not None]
        return max(0, min(times) - _now()) / SECOND if times else None

    def _watch_the_clock(self) -> None:
        now = _now()
        if self._stops_at is not None and now >= self._stops_at:
            self._stops_at = None
            self._reach("duration")
        if self._syncs_at is not None and now >= self._syncs_at:
            self._syncs_at = now + _SYNC if self._recording else None
            self._try(self._journal.sync)
        if self._looks_at is not None and now >= self._looks_at:
            self._looks_at = now + _LOOK
            self._look_for_its_name()

    def _look_for_its_name(self) -> None:
        """Give up a recording that was removed, or moved to another disk. Nobody at the terminal loses a program."""
        if self._ended or os.fstat(self._order.handle).st_nlink:
            return
        self._finish(LOST)
        if not self._order.interactive and self._ends_at is None:
            self._end_program(signal.SIGHUP)

    # ---- what the program writes

    def _read_output(self) -> None:
        try:
            data = os.read(self._child.terminal, _READ)
        except BlockingIOError:
            return
        except OSError:  # Linux says so when nobody has the other end any more
            data = b""
        if not data:
            self._opened = False
            return
        begun = _now()
        for piece in self._sieve.feed(data):
            if isinstance(piece, Mark):
                self._event("m", piece.label)
            else:
                self._output(piece)
        if self._ends_at is not None and self._last_end is not None:
            self._last_end += _now() - begun  # only the program's own time counts
            self._ends_at = min(_now() + _SILENCE, self._last_end)

    def _output(self, data: bytes, *, final: bool = False) -> None:
        if self._copies and data:
            self._copy(data)
        if text := self._shown.decode(data, final):
            self._event("o", text)
            if self._prompts:
                self._prompts.printed(text)

    def _copy(self, data: bytes) -> None:
        """Write to the screen, however slow it is; one that is gone is written to no more."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(STDOUT, rest) :]
            except BlockingIOError:
                select.select([], [STDOUT], [])
            except OSError:
                self._copies = False
                return

    # ---- what somebody types

    def _read_typed(self) -> None:
        try:
            data = os.read(STDIN, _READ)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._listens = False
            return
        for piece in self._listener.feed(data):
            match piece:
                case Act.MARK:
                    self._event("m", "")
                    self._ring()
                case Act.PAUSE:
                    self._pause_or_go_on()
                    self._ring()
                case bytes():
                    if self._prompts:
                        self._note_typed(piece, self._prompts)
                    self._waiting += piece
        self._type()

    def _note_typed(self, data: bytes, prompts: Prompts) -> None:
        echo = echo_of(self._child.terminal)
        if echo is Echo.HIDDEN:
            self._typed.reset()
        text = self._typed.decode(data)
        shown = "".join([key for key in text if not prompts.hides(key)])
        kept = {Echo.SHOWN: text, Echo.HIDDEN: "", Echo.BY_PROGRAM: shown}[echo]
        if kept:
            self._event("i", kept)

    def _type(self) -> None:
        """Hand on what was typed, as far as the program takes it."""
        if not self._waiting or not self._opened:
            return
        try:
            del self._waiting[: os.write(self._child.terminal, self._waiting)]
        except BlockingIOError:
            return
        except OSError:
            self._waiting.clear()

    def _ring(self) -> None:
        if self._copies:
            self._copy(_BELL)

    def _pause_or_go_on(self) -> None:
        if self._paused_at is None:
            self._paused_at = _now()
            return
        away = _now() - self._paused_at
        self._begun += away
        if self._stops_at is not None:
            self._stops_at += away
        self._paused_at = None
        self._write_size()

    # ---- signals

    def _hear(self) -> None:
        try:
            numbers = os.read(self._heard, 4096)
        except BlockingIOError:
            return
        for number in dict.fromkeys(numbers):
            if number == signal.SIGCHLD:
                self._reap(os.WNOHANG)
            elif number in {signal.SIGWINCH, signal.SIGCONT}:
                self._look_at_terminal(again=number == signal.SIGCONT)
            elif number in _PASSED_ON:
                self._send(number)
            elif number in _ENDING:
                self._signal = self._signal or number
                self._end_program(number)

    def _look_at_terminal(self, *, again: bool) -> None:
        """Take over the size of the terminal; after a stop the shell may have changed its modes as well."""
        if not self._order.interactive:
            return
        with suppress(termios.error, OSError):
            if again:
                tty.setraw(STDIN)
            if not self._order.follows:
                return
            rows, cols = termios.tcgetwinsize(STDIN)
            if cols and rows and (cols, rows) != self._now_sized:
                self._now_sized = (cols, rows)
                termios.tcsetwinsize(self._child.terminal, (rows, cols))
                self._write_size()

    def _write_size(self) -> None:
        if self._now_sized != self._size and self._paused_at is None:
            self._size = self._now_sized
            self._event("r", f"{self._size[0]}x{self._size[1]}")

    def _send(self, number: int) -> None:
        with suppress(OSError):  # it has just ended
            try:
                os.killpg(self._child.process, number)
            except ProcessLookupError:  # it has no group of its own yet
                if self._status is None:
                    os.kill(self._child.process, number)

    def _end_program(self, number: int) -> None:
        """Ask the program to end, and wait for its last words. Closing its terminal ends what is left."""
        self._send(number)
        self._ends_at = _now() + _SILENCE

    def _reap(self, options: int) -> None:
        if self._status is not None:
            return
        try:
            process, status = os.waitpid(self._child.process, options)
        except ChildProcessError:
            return
        if process:
            code = os.waitstatus_to_exitcode(status)
            self._status = code if code >= 0 else _SIGNALLED - code
            if self._ends_at is None:
                self._last_end = _now() + _LINGERS
                self._ends_at = _now() + _SILENCE

    # ---- the file

    def _event(self, code: str, data: str) -> None:
        if not self._recording or self._paused_at is not None:
            return
        now = _now()
        if not self._starts:
            self._begun, self._starts = now, True
        at = now - self._begun + self._order.last
        self._try(lambda: self._journal.event(at, code, data))
        self._shows = self._shows or (code == "o" and bool(data))

    def _try(self, act: Callable[[], None]) -> None:
        """Write, as long as that is possible; the program goes on in any case."""
        try:
            act()
        except Full:
            self._reach("size")
        except OSError as error:
            self._finish(error.strerror or str(error))

    def _finish(self, fault: str = "") -> None:
        """Write nothing more: the end stands there, or something keeps it from being written."""
        self._recording, self._ended, self._fault = False, True, fault
        self._stops_at = self._syncs_at = self._looks_at = None

    def _reach(self, limit: str) -> None:
        """End the recording at a limit. Where nobody sits at the terminal, the program is ended with it."""
        if not self._recording:
            return
        self._limit = limit
        if self._order.interactive:
            self._close()
            return
        self._recording = limit != "size"
        if self._ends_at is None:
            self._end_program(signal.SIGHUP)

    def _close(self) -> None:
        """Write the end, once."""
        if self._ended:
            return
        self._finish()
        now = self._begun if not self._starts else self._paused_at or _now()
        status = 0 if self._status is None and self._order.interactive and self._limit else self._program_status()
        self._try(lambda: self._journal.end(now - self._begun + self._order.last, status))

    def _program_status(self) -> int:
        if self._status is not None:
            return self._status
        return _SIGNALLED + (self._signal or signal.SIGHUP)  # what closing its terminal ends it with

    def _exit_status(self) -> int:
        return _SIGNALLED + self._signal if self._signal else self._program_status()


def _now() -> int:
    """Give the time of a clock that nobody sets, in microseconds."""
    return time.monotonic_ns() // 1000


def size_of_terminal() -> tuple[int, int] | None:
    """Give columns and rows of the terminal somebody sits at, the usual ones where it has none; None without one."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    rows, cols = termios.tcgetwinsize(STDIN)
    return (cols, rows) if cols and rows else DEFAULT_SIZE
