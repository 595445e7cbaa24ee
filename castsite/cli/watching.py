"""`castsite build --watch`, and what is said of builds that follow one another."""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from castsite.build import Options, target_of
from castsite.cli.build import count
from castsite.cli.console import progress_bar, show_problems
from castsite.cli.exits import DEBUG, silence
from castsite.cli.project import Project
from castsite.config import Loaded
from castsite.errors import Problem, printable_path
from castsite.output.target import refuse
from castsite.serve.inbox import Received
from castsite.serve.keep import keep_built
from castsite.serve.outcome import Outcome
from castsite.serve.rebuild import Rebuild
from castsite.serve.watch import Watch


def keep_building(load: Callable[[], Project], options: Callable[[], Options], *, verbose: bool) -> NoReturn:
    """Build, and again after each change, until an exception ends it: KeyboardInterrupt, Terminated.

    Raises what is wrong with the site, or with the folder it would be written to, before the first build; from then on
    it is only told.
    """
    project = load()
    refuse(target_of(project.root, project.config, options()))
    teller = Teller(project.root, verbose=verbose)
    rebuild = Rebuild(project.root, load=as_loaded(load), options=lambda _config: options(), progress=progress_bar)
    watch = Watch(teller.problem, rest=rebuild.rest)

    def announce(outcome: Outcome) -> None:
        if not watch.started:  # the first build has no thread beside it, so that copies of the process can help
            watch.start()
        teller.built(outcome)

    try:
        keep_built(watch, rebuild, rebuild.sources(project.config), announce)
    finally:
        watch.close()
    raise KeyboardInterrupt  # nobody else stops it


def as_loaded(load: Callable[[], Project]) -> Callable[[], Loaded]:
    """Read the configuration as builds want it."""

    def loaded() -> Loaded:
        project = load()
        return Loaded(project.config, project.problems)

    return loaded


class Teller:
    """Says one line for each build, and of its problems those that the build before did not have.

    Threads that speak at once are heard one after the other.
    """

    def __init__(self, root: Path, *, verbose: bool = False) -> None:
        self._root, self._verbose = root, verbose
        self._known: frozenset[Problem] = frozenset()
        self._turn = threading.RLock()

    def problem(self, problem: Problem) -> None:
        """Say what is wrong beside a build."""
        self._show([problem])

    def serving(self, url: str) -> None:
        """Say where the site is."""
        self._say(f"serving at {url} until Ctrl-C")

    def received(self, received: Received) -> None:
        """Say what was received."""
        more = ", held back" if received.is_held_back else ", a draft" if received.draft else ""
        self._say(f"{_clock()} received {printable_path(received.path)}{more}")

    def built(self, outcome: Outcome) -> None:
        """Say what came of a build."""
        with self._turn:
            self._show(problem for problem in outcome.problems if problem not in self._known)
            self._known = frozenset(outcome.problems)
            if outcome.fault is not None and DEBUG in os.environ:
                traceback.print_exception(outcome.fault)
            self._say(f"{_clock()} {line(outcome)}")

    def _say(self, text: str) -> None:
        with self._heard():
            print(text, file=sys.stderr, flush=True)

    def _show(self, problems: Iterable[Problem]) -> None:
        with self._heard():
            show_problems(tuple(problems), self._root, verbose=self._verbose)

    @contextmanager
    def _heard(self) -> Iterator[None]:
        """Wait for one's turn. That nobody hears what is said ends what follows one build with another."""
        with self._turn:
            yield


class LastingTeller(Teller):
    """Says the same of a site that is served, and goes on without a word where nobody reads any more."""

    @contextmanager
    def _heard(self) -> Iterator[None]:
        with super()._heard():
            try:
                yield
            except OSError:
                silence(sys.stderr)


def _clock() -> str:
    return datetime.now().astimezone().strftime("%H:%M:%S")


def line(outcome: Outcome) -> str:
    """Say in one line what came of a build."""
    if outcome.built is None:
        return "nothing built: the site is as it was, until something changes"
    counted = count(outcome.built, outcome.problems)
    if outcome.built.report is None:
        return f"nothing published: {counted}; the site is as it was, until something changes"
    report = outcome.built.report
    return f"built {counted} in {outcome.seconds:.1f} s: {len(report.written)} written, {len(report.removed)} removed"
