"""A build that can be had again: the ordinary one, with the configuration as it is now."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from castsite import collector
from castsite.build import Built, Options, build, new_executor, target_of
from castsite.cache import code_version
from castsite.config import Loaded, SiteConfig
from castsite.errors import CastsiteError, ObstacleError, OutputRefusedError
from castsite.limits import Limits
from castsite.memory import Memory
from castsite.output.files import DISK
from castsite.output.standing import Standing
from castsite.output.target import Target, open_folder, refuse
from castsite.research import SILENT, Progress
from castsite.serve.outcome import Outcome, failed
from castsite.serve.sources import Sources, sources_of
from castsite.workers import BoundedExecutor
from castsite.workfolder import WORK_FOLDER

SELDOM: Final = 16
"""Builds after which what they left is looked for, as soon as nobody waits."""
MOST: Final = 64
"""Builds after which it is looked for in any case: who records under the eyes of a server never rests."""
_PREFIX: Final = "serve-"


def own_folder(port: int) -> str:
    """Name the folder that a site is served from, relative to the project."""
    return f"{WORK_FOLDER}/{_PREFIX}{port}"


def served_folders(project: Path) -> list[str]:
    """Name all folders that sites of a project were served from."""
    return [f"{WORK_FOLDER}/{folder.name}" for folder in sorted((project / WORK_FOLDER).glob(f"{_PREFIX}*"))]


class Stopped(BaseException):
    """Ends a build that nobody waits for any more."""


class Workers(Struct):
    """Worker processes that outlast a build, made when a recording needs them, and anew when their bounds change."""

    jobs: int
    _executor: BoundedExecutor | None = None
    _limits: Limits | None = None
    _stopped: bool = False
    _lock: threading.Lock = msgspec.field(default_factory=threading.Lock)

    def executor(self, limits: Limits) -> BoundedExecutor:
        """Give them. Raises Stopped when they have been stopped for good."""
        with self._lock:
            if self._stopped:
                raise Stopped
            before = self._executor
            if before is not None and limits == self._limits:
                return before
            self._executor = made = new_executor(limits, self.jobs, lasting=True)
            self._limits = limits
        if before is not None:
            before.shutdown()
        return made

    def stop(self) -> None:
        """End them at once, whatever they are doing."""
        with self._lock:
            self._stopped, executor = True, self._executor
        if executor is not None:
            executor.shutdown(cancel_futures=True)


@dataclass(slots=True)
class Rebuild:
    """The build of one project: call it as often as something changed."""

    project: Path
    load: Callable[[], Loaded]
    """reads the configuration"""
    options: Callable[[SiteConfig], Options]
    workers: Workers | None = None
    """None: each build has its own"""
    folder: str | None = None
    """output folder of castsite's own, relative to the project; None: that of the configuration"""
    progress: Callable[[], AbstractContextManager[Progress]] = lambda: nullcontext(SILENT)
    is_stopping: Callable[[], bool] = field(default=lambda: False)
    memory: Memory = field(init=False)
    """what is found out lasts as long as this does"""
    _standing: Standing = field(default_factory=Standing)
    _target: Target | None = None
    """where the last build went"""
    _builds: int = 0
    """since what they left was looked for"""

    def __post_init__(self) -> None:
        self.memory = Memory(self.project / WORK_FOLDER, code_version())

    def __call__(self) -> Outcome:
        """Build; what keeps the site from being built is told with what has to change for it.

        Raises whatever reading the configuration raises, and Stopped.
        """
        begun = time.monotonic()
        if self._builds >= MOST:
            self.rest()
        self._builds += 1
        loaded = self.load()
        config = replace(loaded.config, output=self.folder) if self.folder else loaded.config
        executor = self.workers.executor(config.limits) if self.workers else None
        options = self.options(config)
        standing = self._standing if self.folder else None
        once = partial(build, self.project, config, options, executor=executor, memory=self.memory, standing=standing)
        sources = self.sources(config)
        self._target = target_of(self.project, config, options)
        try:
            built = self._built(once, self._target)
        except (CastsiteError, OSError) as error:
            return replace(failed(error), sources=sources)
        changed = (*built.report.written, *built.report.removed) if built.report else ()
        problems = (*loaded.problems, *built.problems)
        return Outcome(changed, problems, built, config, sources, time.monotonic() - begun)

    def is_left_alone(self) -> bool:
        """Tell whether a folder of castsite's own is as it was left; the next build mends what is not."""
        return self._target is None or self._standing.is_left_alone(open_folder(self._target, DISK))

    def rest(self) -> None:
        """Free what builds have left in memory, when nobody waits and there were some: it takes a moment."""
        if self._builds >= SELDOM:
            self._builds = 0
            collector.sweep()

    def _built(self, once: Callable[[Progress], Built], target: Target) -> Built:
        """Build, in a folder of castsite's own anew where it was damaged."""
        with self.progress() as bar:
            watched = self._heeding(bar)
            try:
                return once(watched)
            except (OutputRefusedError, ObstacleError):
                if not self.folder:
                    raise
                refuse(target)  # where nothing may be written, nothing is removed
                _remove(target.root)  # ours alone, and damaged
                return once(watched)

    def sources(self, config: SiteConfig) -> Sources:
        """Say what the site is made from."""
        chosen = replace(config, output=self.folder) if self.folder else config
        return sources_of(target_of(self.project, chosen, self.options(chosen)), chosen)

    def _heeding(self, bar: Progress) -> Progress:
        """Show progress, and end when nobody waits."""

        def advance(stage: str, done: int, total: int) -> None:
            if self.is_stopping():
                raise Stopped
            bar(stage, done, total)

        return Progress(advance)


def _remove(path: Path) -> None:
    """Remove a folder, or the file that stands in its place."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
