"""What tells that something changed. Events of the system make it fast, a sweep over the files makes it right.

Events are lost without a word: where a folder gets no watch because the user has no more of them, where a queue
overflows, on network shares and in containers. So every second without one all files are looked at.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from msgspec import Struct
from watchdog import events
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

from castsite.errors import Place, Problem, Severity
from castsite.serve.sources import Sources, Stamp

# not those of opening and reading, or every build would wake the next one; attributes come with modified files only
_WANTED: Final[list[type[events.FileSystemEvent]]] = [
    events.FileCreatedEvent,
    events.FileModifiedEvent,
    events.FileAttribEvent,
    events.FileClosedEvent,
    events.FileMovedEvent,
    events.FileDeletedEvent,
    events.DirCreatedEvent,
    events.DirMovedEvent,
    events.DirDeletedEvent,
]
_GONE: Final = frozenset({"deleted", "moved"})
# Linux says "closed" when the writer is done; macOS and Windows do not
_UNFINISHED: Final = frozenset({"modified"}) if sys.platform == "linux" else frozenset[str]()
_CLOSING: Final = 2  # seconds for watchdog's threads to end: none of them holds the process up
_MOVED_AWAY: Final = 0.02
_FULL: Final = frozenset({errno.ENOSPC, errno.EMFILE, errno.ENFILE})


class Pace(Struct, frozen=True):
    """How long to wait, in seconds."""

    quiet: float = 0.02
    """without an event, before a save counts as done; those of one save lie at most 10 ms apart"""
    patience: float = 0.5
    """while saves go on and on"""
    pause: float = 1.0
    """between two sweeps"""
    growth: float = 3.0
    """after which what never rests, such as a recording that is being made, counts as it is"""
    share: float = 50
    """a sweep takes at most one such part of the time"""
    second_look: float = 0.25
    """for a file that was removed and comes back, before new problems are told"""


class Watch:
    """Wakes one thread when a site may have changed: `wait`, `look`, build, `wait` and so on, until `stop`."""

    def __init__(
        self,
        tell: Callable[[Problem], None],
        pace: Pace | None = None,
        intact: Callable[[], bool] = lambda: True,
        rest: Callable[[], None] = lambda: None,
    ) -> None:
        """Begin with a change: the first build needs no event. `tell` hears when there are no events.

        `intact` says whether the output folder is as the last build left it; it is asked in each sweep but the first.
        `rest` does what can be done when nothing has changed for a pause, once before each change.
        """
        self._intact = intact
        self._rest = rest
        self.pace = pace or Pace()
        self._tell = tell
        self._changed = threading.Event()
        self._changed.set()
        self._started = self._stopping = False
        self._sources: Sources | None = None
        self._seen: Stamp = frozenset()
        self._settled = False
        """what was seen is how it is when nobody writes any more"""
        self._had_output = False
        self._observer: BaseObserver | None = None
        self._watches: dict[Path, tuple[ObservedWatch, int]] = {}
        self._dead = deque[Path]()

    @property
    def started(self) -> bool:
        """Whether it was told to hear events."""
        return self._started

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stopping

    def start(self) -> None:
        """Begin to hear events, at any time. Where the system has none left, that is told; the sweep does it alone."""
        if sys.platform == "linux":
            from watchdog.observers.inotify_move_event_grouper import InotifyMoveEventGrouper  # noqa: PLC0415

            # a file moved out of the tree, as editors do with a backup, holds all later events back for so long
            InotifyMoveEventGrouper.delay = _MOVED_AWAY
        self._started = True
        # watchdog's threads may meet folders that come and go while they are looked at: what is lost the sweep finds
        warnings.filterwarnings("ignore", category=RuntimeWarning, module="watchdog")
        logging.getLogger("watchdog").addHandler(logging.NullHandler())
        try:
            self._observer = Observer()
            self._observer.start()
        except OSError as error:
            self._without_events(error)
        if self._sources is not None:
            self._attach(self._sources)

    def stop(self) -> None:
        """Let `wait` return False at once."""
        self._stopping = True
        self._changed.set()

    def close(self) -> None:
        """Hear no more events; after the thread that waits has ended."""
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(_CLOSING)

    def wake(self) -> None:
        """Make `wait` return as if something had changed."""
        self._changed.set()

    def look(self, sources: Sources) -> None:
        """Watch what is there now, and remember how it is: right before a build, which reads it."""
        same = sources == self._sources
        self._sources = sources
        if self._attach(sources) or not (same and self._settled):
            self._seen = sources.stamp()
        self._had_output = sources.output.is_dir()

    def wait(self) -> bool:
        """Wait until something changed and nobody is writing any more; False when it was told to stop."""
        self._sleep()
        deadline = time.monotonic() + self.pace.patience
        self._settled = False
        while self._changed.is_set() and not self._stopping and time.monotonic() < deadline:
            self._changed.clear()
            begun = time.monotonic()
            if self._sources is not None:
                self._seen = self._sources.stamp()  # takes as long as the quiet where there is much to look at
            self._settled = not self._changed.wait(max(0, begun + self.pace.quiet - time.monotonic()))
        if not self._stopping:
            self._changed.clear()
        return not self._stopping

    def changes_soon(self) -> bool:
        """Wait for another change, not longer than a file takes that is removed and written anew."""
        return self._changed.wait(self.pace.second_look) and not self._stopping

    def _sleep(self) -> None:
        """Sleep until an event comes, or the sweep finds something."""
        last, pause, sources = self._seen, self.pace.pause, self._sources
        growing: float | None = None
        rested = False
        had_output = self._had_output or (sources is not None and sources.output.is_dir())
        while not self._changed.wait(pause):
            if not rested:
                self._rest()
            if sources is None:
                rested = True
                continue
            begun = time.monotonic()
            now = sources.stamp()
            if (had_output and not sources.output.is_dir()) or (rested and not self._intact()):
                return
            rested = True  # looking at all of it takes time that the first seconds after a save may need
            if now != self._seen and now == last:  # the same twice: nobody is writing any more
                return
            growing = None if now == self._seen else growing or begun
            if growing is not None and begun - growing >= self.pace.growth:
                return
            last, pause = now, max(self.pace.pause, self.pace.share * (time.monotonic() - begun))

    # ---- events, on threads of watchdog but for `_attach`

    def _attach(self, sources: Sources) -> bool:
        """Watch every root that is there; one that was replaced has a dead watch, which has to go first.

        Gives whether one was not watched before.
        """
        if self._observer is None:
            return False
        handler = _Handler(self._on_event)
        dead = {self._dead.popleft() for _ in range(len(self._dead))}
        roots = sources.roots()
        for root in [root for root in self._watches if root in dead or root not in roots or self._is_another(root)]:
            with suppress(KeyError, OSError):
                self._observer.unschedule(self._watches.pop(root)[0])
        before = len(self._watches)
        for root, deep in roots.items():
            if root in self._watches:
                continue
            try:
                number = root.stat().st_ino
                watch = self._observer.schedule(handler, str(root), recursive=deep, event_filter=_WANTED)
            except OSError as error:
                if error.errno not in _FULL:  # it is not there, or cannot be looked into: the sweep tells when it can
                    continue
                self._without_events(error)
                return True
            self._watches[root] = watch, number
        return len(self._watches) > before

    def _is_another(self, root: Path) -> bool:
        try:
            return root.stat().st_ino != self._watches[root][1]
        except OSError:
            return True

    def _on_event(self, event: events.FileSystemEvent) -> None:
        if (sources := self._sources) is None or event.event_type in _UNFINISHED:
            return
        gone = event.event_type in _GONE
        paths = [Path(str(path)) for path in (event.src_path, event.dest_path) if path]
        if gone and paths[0] in self._watches:
            self._dead.append(paths[0])
        if not gone and not os.path.lexists(paths[0]):  # a folder that was moved away still tells, by its former name
            return
        if any(sources.matters(path, gone=gone, is_file=not event.is_directory) for path in paths):
            self._changed.set()

    def _without_events(self, error: OSError) -> None:
        """Go on without events, and say how to get them back."""
        if self._observer is not None and self._observer.is_alive():
            self._observer.stop()
        self._observer = None
        self._watches.clear()
        limit = "fs.inotify.max_user_watches" if error.errno == errno.ENOSPC else "fs.inotify.max_user_instances"
        cure = f"; raise {limit}" if sys.platform == "linux" and error.errno in _FULL else ""
        text = f"the system tells of no changes ({error.strerror}); files are looked at every second instead{cure}"
        self._tell(Problem(Severity.WARNING, Place(""), "no-events", text))


class _Handler(events.FileSystemEventHandler):
    """Hands events on."""

    def __init__(self, hear: Callable[[events.FileSystemEvent], None]) -> None:
        self._hear = hear

    def dispatch(self, event: events.FileSystemEvent) -> None:
        self._hear(event)
