"""What browsers are told: which build they see, what it changed, what is wrong."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from livereload.handlers import LiveReloadHandler  # type: ignore[import-untyped]
from msgspec import Struct

from castsite.config import SiteConfig
from castsite.errors import Problem
from castsite.excerpt import excerpt, said
from castsite.render.catalogue import base_path
from castsite.render.headers import Rule
from castsite.serve.headers import read_rules
from castsite.serve.outcome import Outcome
from castsite.serve.paths import Segments, segments

OWN: Final = "__castsite"
"""Folder of the server's own addresses, below the site's base path."""

MOST_CHANGES: Final = 20_000
"""Paths that are told; beyond it every page loads anew."""

MOST_PROBLEMS: Final = 100
_AROUND: Final = 2
_WIDTH: Final = 200
_MARK: Final = 4


class Shown(Struct, frozen=True):
    """A problem as a page shows it, all of it text."""

    severity: str
    where: str
    """`path:line:column`, as far as known"""
    code: str
    text: str
    excerpt: str = ""


class News(Struct, frozen=True):
    """An outcome as browsers need it, made where files may be read."""

    changed: tuple[str, ...]
    problems: tuple[Shown, ...]
    base: str | None
    """path of the site on its host, between slashes; None: as before"""
    rules: tuple[Rule, ...]


def news(outcome: Outcome, project: Path, folder: Path) -> News:
    """Prepare an outcome for browsers: its errors, with the lines they are about."""
    shown = tuple(_shown(problem, project) for problem in outcome.errors[:MOST_PROBLEMS])
    left = len(outcome.errors) - len(shown)
    more = (Shown("error", "", "more", f"and {left} more; the terminal lists them"),) if left else ()
    base = base_of(outcome.config) if outcome.config else None
    return News(outcome.changed, shown + more, base, read_rules(folder))


def base_of(config: SiteConfig) -> str:
    """Give the path that a site will stand at on its host."""
    return base_path(config.base_url)


class Live:
    """The site as it is served now. Touched on the thread of the event loop only."""

    def __init__(self, folder: Path, base: str = "/") -> None:
        """Begin with what an earlier run left in `folder`, if anything."""
        self.folder = folder
        self.base = base
        self.mark = secrets.token_hex(_MARK)
        self.problems: tuple[Shown, ...] = ()
        self.rules = read_rules(folder)

    @property
    def base_segments(self) -> Segments:
        """The base path in parts, the last one empty."""
        return segments(self.base)

    def tag(self) -> bytes:
        """Give what is put at the end of each page, in memory."""
        return f'<script type="module" src="{self.base}{OWN}/live.js" data-build="{self.mark}"></script>\n'.encode()

    def state(self) -> dict[str, object]:
        """Say what is wrong."""
        problems = [{name: getattr(one, name) for name in Shown.__struct_fields__} for one in self.problems]
        return {"build": self.mark, "problems": problems}

    def notice(self, changed: Sequence[str] | None = None) -> dict[str, object]:
        """Make a message; without a list a page compares the mark of the build with its own."""
        return {"command": "castsite", "build": self.mark, "changed": changed, "problems": len(self.problems)}

    def announce(self, told: News) -> None:
        """Take over the outcome of a build, and tell every page when it matters to any."""
        before = self.problems, self.base
        self.problems, self.rules = told.problems, told.rules
        self.base = told.base or self.base
        if told.changed:
            self.mark = secrets.token_hex(_MARK)  # first: a page that loads anew must carry the new one
            LiveReloadHandler.reload_waiters("*")  # for extensions of browsers; our own script reads the notice
        if told.changed or before != (self.problems, self.base):
            few = len(told.changed) <= MOST_CHANGES and before[1] == self.base
            for waiter in self.waiters():
                waiter.send_message(self.notice(told.changed if few else None))

    def waiters(self) -> list[Any]:
        """Give the connections that wait for news of this site."""
        return [waiter for waiter in LiveReloadHandler.waiters.copy() if waiter.live is self]


def _shown(problem: Problem, project: Path) -> Shown:
    lines = excerpt(project, problem.place, before=_AROUND, after=_AROUND, width=_WIDTH)
    more = f" (and {problem.times - 1} more)" if problem.times > 1 else ""
    problem = said(problem)
    where = str(problem.place) if problem.place.path else ""
    return Shown(problem.severity.value, where, problem.code, f"{problem.text}{more}", "\n".join(lines))
