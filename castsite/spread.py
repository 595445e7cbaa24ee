"""A function applied to many items by several processes, each a copy of this one that has everything at hand.

A copy costs milliseconds and nothing has to be sent to it; only what it found out comes back. Copies are made where
that is safe: on Linux, by a process that has one thread (POSIX.1-2024, `fork`: a lock that another thread holds would
never be released in the copy). Elsewhere, and for little work, everything is done here, one item after the other. What
is begun `ahead` is one thing in a copy of its own, while this process goes on.

A copy holds all locks that this process holds: none waits for more to do once this process has died.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from multiprocessing import active_children, get_context, parent_process
from pathlib import Path
from typing import Any, Final, NoReturn, Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")

LEAST: Final = 64
"""Items from which copies are made: about 0.1 s of work."""

CHUNKS: Final = 16
"""Shares that each process gets, so that none is left with much when the others are done."""

_MOST = 64  # items of a share
_PATIENCE = 20  # milliseconds
_TASKS = Path("/proc/self/task")


class Spread(Protocol):
    """Applies a function to items and gives what it returns, in order; what it changes may be lost."""

    def __call__(self, function: Callable[[T], R], items: Sequence[T], /, *, least: int = LEAST) -> Iterator[R]:
        """Apply it; `least` is how many items are worth copies of the process."""


def serially(function: Callable[[T], R], items: Sequence[T], /, *, least: int = LEAST) -> Iterator[R]:  # noqa: ARG001
    """Do everything in this process."""
    return map(function, items)


def copies(jobs: int) -> Spread:
    """Give what spreads work over at most `jobs` processes, 0 for one each processor.

    What `function` returns must be picklable. An item that a copy cannot do, because something is raised or because
    the copy is ended from outside, is done again here: errors are the same as without copies.
    """
    count = jobs or os.cpu_count() or 1

    def spread(function: Callable[[T], R], items: Sequence[T], /, *, least: int = LEAST) -> Iterator[R]:
        # heavy work is given away even where one process does it all, and takes its memory along when it ends
        if len(items) < least or (count == 1 and least >= LEAST) or not _is_safe():
            return serially(function, items)
        return _spread(function, items, count)

    return spread


@contextmanager
def ahead(function: Callable[[], bytes], jobs: int) -> Iterator[Callable[[], bytes]]:
    """Begin something in a copy of this process; what is given waits for its result, a few bytes, when it is needed.

    There are none where no copy can be made, and where it failed: whoever needs it does the same again.
    """
    if (jobs or os.cpu_count() or 1) == 1 or not _is_safe():
        yield bytes
        return
    reading, writing = os.pipe()
    try:
        copy = os.fork()
    except OSError:  # there are as many processes as there may be
        os.close(reading)
        os.close(writing)
        yield bytes
        return
    if not copy:
        _tell(function, writing)
    os.close(writing)
    with open(reading, "rb") as said:  # noqa: PTH123 - not a path
        try:
            yield said.read
        finally:
            os.kill(copy, signal.SIGKILL)
            os.waitpid(copy, 0)


def _tell(function: Callable[[], bytes], to: int) -> NoReturn:
    """Do it in the copy, and end that as if nothing had been."""
    try:
        gc.disable()  # what it makes goes with it
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.write(to, function())
    finally:
        os._exit(0)


def _is_safe() -> bool:
    """Whether a copy of this process has all of its threads.

    The system may still know one for a moment that has been waited for.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return False
    for _ in range(_PATIENCE):
        if len(list(_TASKS.iterdir())) == 1:
            return True
        time.sleep(0.001)
    return False


def _spread(function: Callable[[T], R], items: Sequence[T], count: int) -> Iterator[R]:
    size = max(1, min(_MOST, len(items) // (count * CHUNKS)))
    edges = [*range(0, len(items), size), len(items)]
    pool = ProcessPoolExecutor(count, get_context("fork"), _begin, (function, items))
    try:
        try:
            shares = [(_submitted(pool, start, end), items[start:end]) for start, end in pairwise(edges)]
        except OSError:  # there are as many processes as there may be
            _kill_copies()
            yield from serially(function, items)
            return
        shares.reverse()  # taken from the end, each is forgotten when it is done
        while shares:
            yield from _results(*shares.pop(), function)
    except BaseException:
        _kill_copies()  # each would finish its share first
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _kill_copies() -> None:
    for child in active_children():
        child.kill()


def _submitted(pool: ProcessPoolExecutor, start: int, end: int) -> Future[list[tuple[Any] | None]]:
    """Give a share away, also to copies that have died meanwhile: that is told where its results are asked for."""
    try:
        return pool.submit(_do, start, end)
    except BrokenExecutor as error:
        lost: Future[list[tuple[Any] | None]] = Future()
        lost.set_exception(error)
        return lost


def _results(share: Future[list[tuple[R] | None]], items: Sequence[T], function: Callable[[T], R]) -> Iterator[R]:
    try:
        done = share.result()
    except BrokenExecutor:
        done = [None] * len(items)
    for item, result in zip(items, done, strict=True):
        yield result[0] if result else function(item)


_work: tuple[Callable[[Any], Any], Sequence[Any]]
"""in a copy: what it does, and to what"""


def _begin(function: Callable[[T], R], items: Sequence[T]) -> None:
    global _work  # noqa: PLW0603 - a process of its own
    gc.freeze()  # what is there already is not looked through, or all of its memory would be written to
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is this process' business
    sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - one that is ended says so
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _work = function, items


def _end_with_parent() -> None:
    """End a copy when the process has died that it is one of: it would wait for more to do, and hold all locks."""
    if parent := parent_process():
        parent.join()  # of the copies the last one is told first: those made before it wait for it, too
        os._exit(1)


def _do(start: int, end: int) -> list[tuple[Any] | None]:
    function, items = _work
    return [_try(function, item) for item in items[start:end]]


def _try(function: Callable[[T], R], item: T) -> tuple[R] | None:
    try:
        return (function(item),)
    except Exception:  # noqa: BLE001 - raised again where somebody can be told
        return None
