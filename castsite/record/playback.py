"""A recording in the terminal: its output with its pauses, and keys that act on it."""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final

from castsite.limits import SECOND
from castsite.record.deck import Deck

if sys.platform != "win32":
    import termios
    import tty

STDIN: Final = 0
STDOUT: Final = 1
_PAUSE: Final = b" "
_STEP: Final = b"."
_MARKER: Final = b"]"
_COMMAND: Final = b"}"
_LEAVE: Final = "\x1b[?1049l"
_PLAIN: Final = "\x1b7\x1b[r\x1b8\x1b(B\x1b[?7h\x1b[0m\x1b[?25h"
"""the whole screen scrolls, plain letters, lines wrap, no colours, a cursor"""


Moments = Callable[[], Sequence[int]]
"""Finds moments (µs) when it is asked for them."""


def play(deck: Deck, commands: Moments, *, start: int = 0) -> None:
    """Play from a moment on (µs) until the end. Raises KeyboardInterrupt for Ctrl-C, OSError when nobody can see it.

    Keys count where somebody sits at a terminal; elsewhere it plays on to its end. `commands` is asked at the first key
    that goes to one; meanwhile time stands.
    """
    with _keys(deck) as listens, _woken() as bell:
        try:
            _run(deck, commands, start, bell, listens=listens)
        finally:
            with suppress(OSError):
                _write((_LEAVE if deck.alternate else "") + (_PLAIN if os.isatty(STDOUT) else ""))


def _run(deck: Deck, commands: Moments, start: int, bell: int | None, *, listens: bool) -> None:
    if start:
        _write(deck.seek(start, _now()))
    deck.play(_now())
    while not deck.ended:
        wait = deck.wait(_now())
        if listens or (wait and bell is not None):
            ends = [end for end in (STDIN if listens else None, bell) if end is not None]
            ready = select.select(ends, [], [], None if wait is None else wait / SECOND)[0]
            if bell in ready:
                os.read(bell, 64)  # whatever rang is obeyed before the next line
            if STDIN in ready and not _obey(deck, commands):
                listens = False  # nobody is there any more
        elif wait is None:
            deck.play(_now())  # at a marker, and nobody can go on from there
        elif wait:
            time.sleep(wait / SECOND)
        _write(deck.due(_now()))


def _obey(deck: Deck, commands: Moments) -> bool:
    """Do what keys ask for; False when nobody is at the terminal any more."""
    typed = os.read(STDIN, 64)
    if not typed:  # what was typed before Ctrl-C is gone with it
        return not _is_hung_up()
    for key in (typed[at : at + 1] for at in range(len(typed))):
        if key == _PAUSE:
            (deck.pause if deck.plays else deck.play)(_now())
        elif key == _STEP:
            _write(deck.step())
        elif key == _MARKER:
            _write(deck.skip(deck.markers, _now()))
        elif key == _COMMAND:
            _write(_to_command(deck, commands))
    return True


def _is_hung_up() -> bool:
    asked = select.poll()
    asked.register(STDIN, 0)
    return bool(asked.poll(0))


def _to_command(deck: Deck, commands: Moments) -> str:
    plays = deck.plays
    deck.pause(_now())
    moments = commands()
    text = deck.skip(moments, _now())
    if plays:
        deck.play(_now())
    return text


@contextmanager
def _woken() -> Iterator[int | None]:
    """Give what can be read once a signal has come, where that can be waited for.

    One that comes just before a wait begins would be heard at its end alone: Ctrl-C, after minutes.
    """
    if sys.platform == "win32":
        yield None
        return
    bell, rope = os.pipe()
    os.set_blocking(rope, False)
    usual = signal.set_wakeup_fd(rope, warn_on_full_buffer=False)
    try:
        yield bell
    finally:
        signal.set_wakeup_fd(usual)
        os.close(bell)
        os.close(rope)


@contextmanager
def _keys(deck: Deck) -> Iterator[bool]:
    """Have keys come one by one and unseen; gives whether there are any. While it is stopped (Ctrl-Z), time is, too."""
    if sys.platform == "win32" or not os.isatty(STDIN):
        yield False
        return
    before = termios.tcgetattr(STDIN)
    _one_by_one()

    def stop(_signal: int, _frame: object) -> None:
        if plays := deck.plays:
            deck.pause(_now())
        termios.tcsetattr(STDIN, termios.TCSADRAIN, before)
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        signal.raise_signal(signal.SIGTSTP)  # it stands here until somebody brings it back
        signal.signal(signal.SIGTSTP, stop)
        _one_by_one()
        if plays:
            deck.play(_now())

    usual = signal.signal(signal.SIGTSTP, stop)
    try:
        yield True
    finally:
        signal.signal(signal.SIGTSTP, usual)
        with suppress(termios.error):
            termios.tcsetattr(STDIN, termios.TCSADRAIN, before)


def _one_by_one() -> None:
    """Have keys come one by one and unseen, and no read wait: Ctrl-C takes away what was typed before it."""
    tty.setcbreak(STDIN)
    modes = termios.tcgetattr(STDIN)
    modes[6][termios.VMIN] = 0
    termios.tcsetattr(STDIN, termios.TCSADRAIN, modes)


def _write(text: str) -> None:
    rest = memoryview(text.encode("utf-8", "replace"))
    while rest:
        try:
            rest = rest[os.write(STDOUT, rest) :]
        except BlockingIOError:
            select.select([], [STDOUT], [])


def _now() -> int:
    return time.monotonic_ns() // 1000
