"""Workers as one `concurrent.futures.Executor`: processes of this machine, each task bounded in time, each in memory.

pebble and not `ProcessPoolExecutor`: a task that hangs or a worker that dies costs that task alone, never the others.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import forkserver
from multiprocessing.context import BaseContext
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, ParamSpec, TypeVar

if TYPE_CHECKING:
    from pebble import ProcessPool

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class LostWorkerError(Exception):
    """The process that did a call died of it."""


class Parcel(NamedTuple):
    """A call as it is sent to where the files of this machine are not seen."""

    module: str
    function: str
    arguments: tuple[Any, ...]


class Errand(ABC, Generic[T, R]):
    """A call that workers near and far can do."""

    __slots__ = ()

    @abstractmethod
    def __call__(self, item: T) -> R:
        """Do it where the files of this machine are seen."""

    @abstractmethod
    def packed(self, item: T) -> Parcel | R:
        """Give what has to be done far away, with all that it needs; or what comes of it, where that is known."""

    @abstractmethod
    def unpacked(self, item: T, value: Any) -> R:  # noqa: ANN401 - what the parcel's function gives
        """Keep here what was made far away."""


class WorkerExecutor(Executor):
    """Runs each call in a worker, near or far; one that takes over `seconds` ends in `TimeoutError`."""

    jobs: int
    """calls that are done at the same time"""
    seconds: int

    def awaken(self) -> None:
        """Say that calls are to come: what they need may start meanwhile."""

    def expect(self, calls: int) -> None:
        """Prepare for as many calls."""

    @abstractmethod
    def rest(self) -> None:
        """Do without what costs something, until another call comes."""


class BoundedExecutor(WorkerExecutor):
    """Runs each call in a worker process; one that takes over `seconds` ends in `TimeoutError`.

    A worker that dies (killed, out of memory) ends its own call in `pebble.ProcessExpired`; the others go on.
    """

    def __init__(
        self, jobs: int, *, seconds: int, memory: int, preload: Iterable[str] = (), lasting: bool = False
    ) -> None:
        """Start no process yet. `memory`: bytes of a worker's address space, where the system can bound it.

        One that is `lasting` serves many builds: only `shutdown` ends its workers.
        """
        self.jobs = jobs
        self.seconds = seconds
        self._memory = memory
        self._preload = tuple(preload)
        self._lasting = lasting
        self._pool: ProcessPool | None = None
        self._waiting: set[Future[Any]] = set()
        self._ended = self._awake = False
        self._lock = threading.Lock()

    def awaken(self) -> None:
        """Start what makes processes: that takes a third of a second, of which little is this process's own."""
        if not self._awake:
            self._awake = True
            with suppress(OSError, RuntimeError):  # whatever it is, the first call tells
                _context(self._preload)

    def expect(self, calls: int) -> None:
        """Start no more processes than there are calls to come; of no effect once they are started."""
        if self._pool is None and not self._lasting:
            self.jobs = max(1, min(self.jobs, calls))

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Schedule one call; its time starts when a worker takes it. Raises CancelledError once all is given up."""
        with self._lock:
            if self._ended:
                raise CancelledError
            if self._pool is None:
                from pebble import ProcessPool  # noqa: PLC0415 - most builds examine nothing, and need not wait for it

                self._pool = ProcessPool(
                    max_workers=self.jobs, initializer=begin, initargs=(self._memory,), context=_context(self._preload)
                )
            done: Future[R] = self._pool.schedule(fn, args=args, kwargs=kwargs, timeout=self.seconds)
            future: Future[R] = Future()  # our own: a pool that is stopped may leave whoever waits for its own waiting
            self._waiting.add(future)
        done.add_done_callback(partial(self._hand_over, future))
        return future

    def _hand_over(self, future: Future[R], done: Future[R]) -> None:
        """Say what came of a call, unless it was given up."""
        with self._lock:
            if future not in self._waiting:
                return
            self._waiting.remove(future)
        if error := done.exception():
            future.set_exception(error)
        else:
            future.set_result(done.result())

    def rest(self) -> None:
        """End the workers after what was scheduled, unless they last; another call starts new ones."""
        if not self._lasting:
            self.shutdown()
            self._pool = None

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - Executor's
        """End the workers: after what was scheduled, or for good and at once with `cancel_futures`."""
        with self._lock:
            self._ended = self._ended or cancel_futures
            if self._pool is None:
                return
            if cancel_futures:
                given_up, self._waiting = self._waiting, set()
                self._pool.stop()  # type: ignore[no-untyped-call] # pebble has no annotation there
            else:
                given_up = set()
                self._pool.close()  # type: ignore[no-untyped-call] # the same
        for future in given_up:
            future.cancel()
            future.set_running_or_notify_cancel()
        if wait:
            self._pool.join()


def is_loss(error: BaseException) -> bool:
    """Whether a call ended because its worker died."""
    from pebble import ProcessExpired  # noqa: PLC0415 - as above

    return isinstance(error, ProcessExpired | LostWorkerError)


def in_window(
    executor: Executor, function: Callable[[T], R], tasks: Iterable[T], *, size: int
) -> Iterator[tuple[T, Future[R]]]:
    """Submit tasks in order with at most `size` under way; yield each as it is done.

    `Executor.map` submits everything and keeps every result: this holds `size` of them.
    """
    running: dict[Future[R], T] = {}
    for task in tasks:
        running[executor.submit(function, task)] = task
        if len(running) >= size:
            yield from _finished(running)
    while running:
        yield from _finished(running)


def _finished(running: dict[Future[R], T]) -> list[tuple[T, Future[R]]]:
    """Wait until something is done, and take that out."""
    done, _ = wait(running, return_when=FIRST_COMPLETED)
    return [(running.pop(future), future) for future in done]


def _context(preload: tuple[str, ...]) -> BaseContext:
    """Choose a fork server, which imports `preload` once: `fork` is unsafe beside threads, `spawn` imports anew."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(preload))
    with _silence():
        forkserver.ensure_running()
    return context


@contextmanager
def _silence() -> Iterator[None]:
    """Give what is started now no standard error.

    A native library that runs out of memory, and a worker that is ended while it begins, say their last words there;
    the parent says what happened.
    """
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def begin(memory: int) -> None:
    """Prepare a worker: the terminal's Ctrl-C is the parent's business, memory is bounded."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - there is none on Windows

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    bound = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
