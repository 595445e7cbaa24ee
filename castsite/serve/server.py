"""The development server: threads, signals, and the way from a change to the browsers.

    watchdog, sweep ──▶ thread "build": keep_built ──call_soon_threadsafe──▶ event loop: Live.announce ──▶ pages

The event loop has the main thread. The two share an outcome, a flag, and nothing else.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

from livereload import Server  # type: ignore[import-untyped]
from livereload.handlers import LiveReloadHandler  # type: ignore[import-untyped]
from livereload.watcher import Watcher  # type: ignore[import-untyped]
from msgspec import Struct

from castsite.errors import Problem
from castsite.serve.connections import Connections, Door, Http
from castsite.serve.hosts import Entry, Hosts
from castsite.serve.keep import keep_built
from castsite.serve.listen import Listening
from castsite.serve.live import Live, News, news
from castsite.serve.outcome import Outcome
from castsite.serve.routes import Site
from castsite.serve.sources import Sources
from castsite.serve.uploads import Uploads
from castsite.serve.watch import Watch

GRACE: Final = 5
"""Seconds that a build may take to end once nobody waits for it."""

_SWITCH: Final = 0.0005  # seconds after which a build lets a request be answered; Python's own are 5 ms
_HEADERS: Final = 32 << 10  # bytes
_IDLE: Final = 10  # seconds for a request to come, and for its header to be complete
_BODY: Final = 1 << 20  # bytes of a body that nobody reads; what sends one is to hear that it must not; not of uploads
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Tell(Protocol):
    """Says things to a person."""

    def problem(self, problem: Problem) -> None:
        """Say what is wrong beside a build."""

    def serving(self, url: str) -> None:
        """Say where the site can be opened."""

    def built(self, outcome: Outcome) -> None:
        """Say what came of a build."""


class Setup(Struct, frozen=True, kw_only=True):
    """Everything a server needs to know."""

    project: Path
    folder: Path
    base: str
    listening: Listening
    host: str
    """for an address that a person opens"""
    hosts: Hosts
    entry: Entry | None
    """None: who reaches the server may look"""
    sources: Sources
    open_browser: Callable[[str], object] | None = None
    uploads: Uploads | None = None
    """None: nothing is received"""


class BuildWatcher(Watcher):  # type: ignore[misc] # livereload has no types
    """A watcher of livereload that keeps the site built on a thread of its own instead of looking now and then."""

    def __init__(
        self, watch: Watch, build: Callable[[], Outcome], sources: Sources, announce: Callable[[Outcome], None]
    ) -> None:
        """Start nothing yet."""
        super().__init__()
        self.watch_files = watch
        self._thread = threading.Thread(
            target=keep_built, args=(watch, build, sources, announce), name="castsite-build", daemon=True
        )

    def start(self, _callback: object = None) -> bool:
        """Begin; True tells livereload that it need not look itself."""
        self.watch_files.start()
        self._thread.start()
        return True

    def stop(self, ending: Callable[[], None]) -> bool:
        """Stop, cut the last build short by `ending`, and say whether it came to its end in time."""
        self.watch_files.stop()  # first: what a build says that is cut short is not told
        ending()
        self._thread.join(GRACE)
        self.watch_files.close()
        return not self._thread.is_alive()


class DevServer(Server):  # type: ignore[misc] # the same
    """A server of livereload with our own handlers, all below the site's base path."""

    def __init__(self, setup: Setup, live: Live, watcher: BuildWatcher, redeemed: Callable[[], None]) -> None:
        """Serve nothing yet. `redeemed` is called when a token was taken."""
        super().__init__(watcher=watcher)
        self.setup, self.live, self.redeemed = setup, live, redeemed
        self.connections = Connections()
        self.http: Http | None = None

    def application(self, port: int, *_: Any, **__: Any) -> None:  # noqa: ANN401 - livereload's
        """Serve at the sockets of the setup."""
        LiveReloadHandler.watcher = self.watcher
        site = Site(
            self.live,
            self.connections,
            self.setup.uploads,
            hosts=self.setup.hosts,
            entry=self.setup.entry,
            cookie=f"castsite-{port}",
            redeemed=self.redeemed,
        )
        self.http = Http(site, max_header_size=_HEADERS, idle_connection_timeout=_IDLE, max_body_size=_BODY)
        self.http.connections = self.connections
        self.http.add_sockets(map(Door, self.setup.listening.sockets))

    async def end(self) -> None:
        """Free the port, and let everybody go."""
        if self.http is None:
            return
        self.http.stop()
        for waiter in self.live.waiters():
            waiter.close()
        self.connections.close()


async def serve(
    setup: Setup, build: Callable[[], Outcome], watch: Watch, tell: Tell, *, ending: Callable[[], None]
) -> tuple[int, bool]:
    """Serve until a signal comes. Gives the exit code, and whether the last build came to its end.

    `ending` is called on another thread when the first signal comes, to cut a build short. A second signal ends the
    process at once.
    """
    loop = asyncio.get_running_loop()
    signals = asyncio.Queue[int]()
    on_signals(loop, signals.put_nowait)
    live = Live(setup.folder, setup.base)
    browsers = _Browsers(setup, live, tell)

    def announce(outcome: Outcome) -> None:
        told = news(outcome, setup.project, setup.folder)
        loop.call_soon_threadsafe(browsers.take, told)
        tell.built(outcome)

    watcher = BuildWatcher(watch, build, setup.sources, announce)
    server = DevServer(setup, live, watcher, browsers.say_where)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH)
    try:
        server.application(setup.listening.port)
        browsers.say_where()  # before a build, which has the terminal from then on
        watcher.start()
        code = 128 + await signals.get()
        on_signals(loop, lambda _: os._exit(code))
        await server.end()
        in_time = await asyncio.to_thread(watcher.stop, ending)
    finally:
        sys.setswitchinterval(interval)
    return code, in_time


class _Browsers(Struct):
    """Takes news over, and says where the site is whenever that is new. On the loop's thread."""

    setup: Setup
    live: Live
    tell: Tell
    opened: bool = False

    @property
    def url(self) -> str:
        """Where to open the site, with a token where one is needed."""
        token = f"?token={self.setup.entry.token}" if self.setup.entry else ""
        return f"http://{self.setup.host}:{self.setup.listening.port}{self.live.base}{token}"

    def say_where(self) -> None:
        """Say it."""
        self.tell.serving(self.url)

    def take(self, told: News) -> None:
        """Tell all pages, and open the first one after the first build."""
        before = self.live.base
        self.live.announce(told)
        if self.live.base != before:
            self.say_where()
        if self.setup.open_browser and not self.opened:
            self.opened = True
            threading.Thread(target=self.setup.open_browser, args=(self.url,), daemon=True).start()


def on_signals(loop: asyncio.AbstractEventLoop, then: Callable[[int], object]) -> None:
    """Call `then` with the number of a signal that ends programs, on the loop."""
    for number in _SIGNALS:
        try:
            loop.add_signal_handler(number, then, int(number))
        except NotImplementedError:  # Windows
            signal.signal(number, lambda got, _frame: loop.call_soon_threadsafe(then, got))
