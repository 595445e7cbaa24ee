"""The workers of a Dask cluster as the executor of a build.

They see neither the content folder nor the cache: what a call needs is sent, and what it leaves comes back, as bytes.
A worker that dies costs nothing as long as there are others, for its calls are done again; a call that nobody survives
costs itself alone. At most `UNDER_WAY` bytes of recordings are sent and not yet answered.
"""

from __future__ import annotations

import asyncio
import logging
import pickle
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar

from msgspec import Struct

from castsite.cache import code_version
from castsite.cluster.helper import OtherVersionError, run
from castsite.errors import CastsiteError, ConfigError, Place, Problem, Severity, printable, quote
from castsite.limits import MIB, Limits
from castsite.workers import Errand, LostWorkerError, Parcel, WorkerExecutor

P = ParamSpec("P")
R = TypeVar("R")

UNDER_WAY: Final = 256 * MIB
"""bytes of calls that the cluster has, and the scheduler holds; a larger one goes alone"""
REACHED: Final = 10
"""seconds in which the scheduler, and a first worker, have to be found"""
ALONE: Final = 30
"""seconds without a single worker after which a build gives up"""
_MISSING: Final = "No module named 'castsite"
_LOOK: Final = 1.0  # seconds between two looks at who is there


class ClusterError(CastsiteError):
    """The cluster cannot be reached, or nobody in it works (exit 5)."""

    exit_code = 5


class _Waiting(Struct):
    """A call that is under way: what will be known, and what the call weighs."""

    future: Future[Any]
    size: int


class ClusterExecutor(WorkerExecutor):
    """Has calls done by a cluster, each bounded in time and memory as at home; see `connect`."""

    def __init__(self, client: Any, *, address: str, limits: Limits, alone: float = ALONE) -> None:  # noqa: ANN401 - Dask has no types
        """Use a client that is connected, and closed in the end. `alone`: seconds to wait where no worker is left."""
        self.jobs = max(1, sum(client.nthreads().values()))
        self.seconds = limits.seconds_per_recording
        self._memory = limits.worker_memory
        self._address = address
        self._client = client
        self._executor = client.get_executor(pure=False)  # equal calls are none that were done before
        self._keeper = ThreadPoolExecutor(1)
        self._waiting: dict[int, _Waiting] = {}
        self._room = threading.Condition()
        self._ended = threading.Event()
        self._failure: ClusterError | None = None
        threading.Thread(target=self._watch, args=(alone,), daemon=True).start()

    def submit(self, fn: Callable[P, R], /, *args: P.args, **_kwargs: P.kwargs) -> Future[R]:
        """Send one call without keywords; its time starts when a worker takes it. Waits while too much is under way."""
        future: Future[R] = Future()
        future.set_running_or_notify_cancel()
        try:
            parcel = fn.packed(*args) if isinstance(fn, Errand) else Parcel(fn.__module__, fn.__name__, args)
        except Exception as error:  # noqa: BLE001 - as if it had been done
            future.set_exception(error)
            return future
        if not isinstance(parcel, Parcel):
            future.set_result(parcel)
            return future
        call = pickle.dumps(tuple(parcel))
        self._admit(future, len(call))
        if not future.done():
            unpacked = partial(fn.unpacked, *args) if isinstance(fn, Errand) else _as_it_is
            far = self._send(call)
            far.add_done_callback(partial(self._hand_over, future, unpacked))
        return future

    def rest(self) -> None:
        """Keep the connection: an entry that was damaged may have to be made anew."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - Executor's
        """Leave the cluster: after what was sent, or at once with `cancel_futures`."""
        if self._ended.is_set():
            return
        if wait and not cancel_futures:
            with self._room:
                self._room.wait_for(lambda: not self._waiting)
        self._ended.set()
        self._executor.shutdown(wait=False)  # Dask's word for giving up what is under way
        self._keeper.shutdown(cancel_futures=True)
        self._client.close(timeout=_LOOK)

    def _admit(self, future: Future[Any], size: int) -> None:
        """Wait until there is room for a call, and note it."""
        with self._room:
            self._room.wait_for(
                lambda: self._failure or not self._waiting or self._weight() + size <= UNDER_WAY,
            )
            if self._failure:
                future.set_exception(self._failure)
            else:
                self._waiting[id(future)] = _Waiting(future, size)

    def _weight(self) -> int:
        return sum(each.size for each in self._waiting.values())

    def _send(self, call: bytes) -> Future[bytes]:
        with warnings.catch_warnings():  # of a large call, which there is no better way for
            warnings.simplefilter("ignore")
            far: Future[bytes] = self._executor.submit(run, code_version(), self.seconds, self._memory, call)
        return far

    def _hand_over(self, future: Future[Any], unpacked: Callable[[Any], object], far: Future[bytes]) -> None:
        """Leave the thread of the connection, which has to go on."""
        with suppress(RuntimeError):  # nobody waits any more
            self._keeper.submit(self._arrived, future, far, unpacked)

    def _arrived(self, future: Future[Any], far: Future[bytes], unpacked: Callable[[Any], object]) -> None:
        """Keep what came back, and tell whoever waits."""
        try:
            value, error = self._answer(far)
            if error is None:
                value = unpacked(value)
        except Exception as fault:  # noqa: BLE001 - the cache that cannot be written is told where it is waited for
            value, error = None, fault
        with self._room:
            if self._waiting.pop(id(future), None):
                future.set_result(value) if error is None else future.set_exception(error)
            self._room.notify_all()

    def _answer(self, far: Future[bytes]) -> tuple[Any, BaseException | None]:
        """Give the value of a call, or what it raised, or what became of it on the way."""
        from distributed import KilledWorker  # noqa: PLC0415 - an extra, and slow to import
        from distributed.comm import CommClosedError  # noqa: PLC0415 - the same

        if far.cancelled():
            return None, self._lost()
        error = far.exception()
        if error is None:
            value, raised = pickle.loads(far.result())  # noqa: S301 - from workers that are trusted with the recordings
            return value, raised
        if isinstance(error, KilledWorker):
            return None, LostWorkerError()
        if isinstance(error, CancelledError | CommClosedError):
            return None, self._lost()
        return None, _unfit(error) or error

    def _lost(self) -> ClusterError:
        return _unreachable(f"the scheduler at {quote(self._address)} went away; run castsite build again to go on")

    def _watch(self, alone: float) -> None:
        """Give up when nobody has been there for a while: calls would wait for ever."""
        lonely = 0.0
        while not self._ended.wait(_LOOK):
            lonely = 0.0 if self._is_somebody_there() else lonely + _LOOK
            if lonely >= alone:
                text = f"no worker is left at {quote(self._address)}; run castsite build again when there are some"
                self._give_up(_unreachable(text))
                return

    def _is_somebody_there(self) -> bool:
        try:
            return bool(self._client.nthreads())
        except Exception:  # noqa: BLE001 - whatever hinders the question: nobody answers
            return False

    def _give_up(self, failure: ClusterError) -> None:
        with self._room:
            self._failure = failure
            while self._waiting:
                _, waiting = self._waiting.popitem()
                waiting.future.set_exception(failure)
            self._room.notify_all()


def connect(address: str, limits: Limits) -> ClusterExecutor:
    """Find the scheduler of a cluster and see that its workers run the code that this is.

    Raises ConfigError where the extra `castsite[dask]` is not installed, or workers have another version, ClusterError
    where nobody answers.
    """
    try:
        from distributed import Client  # noqa: PLC0415 - an extra, and slow to import
    except ModuleNotFoundError as error:
        text = "--executor dask needs Dask; install it with pip install 'castsite[dask]', here and where workers are"
        raise ConfigError(Problem(Severity.FATAL, Place(""), "no-dask", text)) from error
    _silence()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # other versions of Dask: they either understand each other or do not
        try:
            with ThreadPoolExecutor(1) as aside:  # whoever calls may have an event loop of their own
                aside.submit(lambda: asyncio.run(_greet(address))).result()
            client = Client(address, timeout=REACHED, set_as_default=False, name="castsite")
        except (OSError, ValueError) as error:  # TimeoutError is an OSError
            text = f"no scheduler at {quote(address)}; start one with dask scheduler, or name another"
            raise _unreachable(text) from error
        try:
            _check(client, address)
            return ClusterExecutor(client, address=address, limits=limits)
        except BaseException:
            client.close(timeout=_LOOK)
            raise


def _silence() -> None:
    """Let Dask, and what it is made with, say nothing: what has to be said is said by castsite."""
    for name in list(logging.root.manager.loggerDict):  # each has a level and a handler of its own
        if name.partition(".")[0] in {"distributed", "tornado", "asyncio"}:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


async def _greet(address: str) -> None:
    """Ask a scheduler who it is: a client waits for ever for a program that says nothing, or something else."""
    from distributed.core import rpc  # noqa: PLC0415 - an extra, and slow to import
    from distributed.security import Security  # noqa: PLC0415 - the same

    how = Security().get_connection_args("client")
    async with rpc(address, timeout=REACHED, connection_args=how) as scheduler:
        await asyncio.wait_for(scheduler.identity(), REACHED)


def _check(client: Any, address: str) -> None:  # noqa: ANN401 - Dask has no types
    """Raise for a cluster without workers, or with some that would make something else of a recording."""
    try:
        client.wait_for_workers(1, timeout=REACHED)
    except TimeoutError as error:
        text = f"the cluster at {quote(address)} has no workers; start some with dask worker {printable(address, 80)}"
        raise _unreachable(text) from error
    # the scheduler looks into calls, too; only who knows nothing of castsite cannot answer at all
    for who, ask in (("the scheduler", client.run_on_scheduler), ("a worker", client.run)):
        try:
            found = ask(code_version)
        except Exception as error:
            raise _unfit(error, who) or error from error
        for place, version in sorted({who: found}.items() if isinstance(found, str) else found.items()):
            if version != code_version():
                raise _other_version(place if place == who else f"the worker at {quote(place)}")


def _unfit(error: BaseException, who: str = "a worker") -> ConfigError | None:
    """Tell of a program that cannot do what is asked of it; None for anything else."""
    if isinstance(error, OtherVersionError):
        return _other_version(who)
    if _MISSING in str(error):  # as itself, or as text in an error of Dask's
        text = f"{who} has no castsite, or another one; install there the version that is here"
        return ConfigError(Problem(Severity.FATAL, Place(""), "other-version", text))
    return None


def _other_version(who: str) -> ConfigError:
    text = f"{who} has another version of castsite, of a library or of Python; install there what is here"
    return ConfigError(Problem(Severity.FATAL, Place(""), "other-version", text))


def _as_it_is(value: object) -> object:
    return value


def _unreachable(text: str) -> ClusterError:
    return ClusterError(Problem(Severity.FATAL, Place(""), "cluster", text))
