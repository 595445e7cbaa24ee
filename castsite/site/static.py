"""Files of `static/`, published as they are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from castsite.artifact import Artifact, Order
from castsite.errors import Place, Problem, Severity, StorageError
from castsite.limits import MIB, Limits
from castsite.site.noise import is_no_static
from castsite.site.sources import describe_os_error, read_source

STATIC = "static"


@dataclass(frozen=True, slots=True)
class Static:
    """The files, and what could not be taken."""

    artifacts: tuple[Artifact, ...] = ()
    problems: tuple[Problem, ...] = ()


def static_files(project: Path, limits: Limits) -> Static:
    """Find the files of the site's `static` folder; links are not followed."""
    folder = project / STATIC
    if not folder.is_dir() or folder.is_symlink():
        return Static()
    walk = _Walk(folder, limits)
    artifacts = tuple(walk.files(folder, ""))
    return Static(artifacts, tuple(walk.problems))


@dataclass(slots=True)
class _Walk:
    """One walk over `static/`."""

    root: Path
    limits: Limits
    problems: list[Problem] = field(default_factory=list)

    def files(self, folder: Path, prefix: str) -> Iterator[Artifact]:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
        for entry in entries:
            name = f"{prefix}{entry.name}"
            if is_no_static(entry.name, at_top=not prefix):
                continue
            if entry.is_symlink():
                self._complain(name, "link", "links are not followed; put the file itself here")
            elif entry.is_dir(follow_symlinks=False):
                yield from self.files(Path(entry.path), f"{name}/")
            elif entry.is_file(follow_symlinks=False):
                yield from self._artifact(name, entry.stat(follow_symlinks=False).st_size)

    def _artifact(self, name: str, size: int) -> Iterator[Artifact]:
        limit = self.limits.output_file_size
        if size > limit:
            self._complain(name, "too-large", f"{size / MIB:.3g} MiB; the limit is {limit / MIB:.3g} MiB")
            return
        yield Artifact(name, Order.FILE, f"{STATIC}/{name}", partial(_body, self.root, name, limit))

    def _complain(self, name: str, code: str, text: str) -> None:
        self.problems.append(Problem(Severity.ERROR, Place(f"{STATIC}/{name}"), code, text))


def _body(root: Path, name: str, limit: int) -> bytes:
    try:
        return read_source(root, name, limit)
    except OSError as error:
        place = Place(f"{STATIC}/{name}")
        raise StorageError(Problem(Severity.FATAL, place, "unreadable", describe_os_error(error))) from error
