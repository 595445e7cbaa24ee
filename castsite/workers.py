"""Worker processes as one `concurrent.futures.Executor`, each task bounded in time, each process in memory.

pebble and not `ProcessPoolExecutor`: a task that hangs or a worker that dies costs that task alone, never the others.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from multiprocessing.context import BaseContext
from typing import ParamSpec, TypeVar

from pebble import ProcessPool

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class BoundedExecutor(Executor):
    """Runs each call in a worker process; one that takes over `seconds` ends in `TimeoutError`.

    A worker that dies (killed, out of memory) ends its own call in `pebble.ProcessExpired`; the others go on.
    """

    def __init__(self, jobs: int, *, seconds: int, memory: int, preload: Iterable[str] = ()) -> None:
        """`memory`: bytes of address space of a worker, where the system can bound it."""
        self.seconds = seconds
        self._pool = ProcessPool(
            max_workers=jobs, initializer=_begin, initargs=(memory,), context=_context(tuple(preload))
        )

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Schedule one call; its time starts when a worker takes it."""
        future: Future[R] = self._pool.schedule(fn, args=args, kwargs=kwargs, timeout=self.seconds)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - Executor's
        """End the workers: after what was scheduled, or at once with `cancel_futures`."""
        if cancel_futures:
            self._pool.stop()  # type: ignore[no-untyped-call] # pebble has no annotation there
        else:
            self._pool.close()  # type: ignore[no-untyped-call] # the same
        if wait:
            self._pool.join()


def in_window(
    executor: Executor, function: Callable[[T], R], tasks: Iterable[T], *, size: int
) -> Iterator[tuple[T, Future[R]]]:
    """Submit tasks in order with at most `size` under way; yield each, done, in the same order.

    `Executor.map` submits everything and keeps every result: this holds `size` of them.
    """
    waiting: list[tuple[T, Future[R]]] = []
    for task in tasks:
        waiting.append((task, executor.submit(function, task)))
        if len(waiting) >= size:
            yield _done(waiting.pop(0))
    for pair in waiting:
        yield _done(pair)


def _done(pair: tuple[T, Future[R]]) -> tuple[T, Future[R]]:
    pair[1].exception()  # waits
    return pair


def _context(preload: tuple[str, ...]) -> BaseContext:
    """Choose a fork server, which imports `preload` once: `fork` is unsafe beside threads, `spawn` imports anew."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(preload))
    return context


def _begin(memory: int) -> None:
    """Prepare a worker: the terminal's Ctrl-C is the parent's business, memory is bounded, nothing is printed.

    A native library that runs out of memory writes its last words to standard error; the parent says what happened.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 2)
    os.close(silence)
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - there is none on Windows

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    bound = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
