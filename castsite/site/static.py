"""Files of `static/`, published as they are, and left unread while they are what was published."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from msgspec import Struct, field

from castsite.artifact import Artifact, Order
from castsite.errors import Place, Problem, Severity, StorageError
from castsite.files import NO_FOLDER
from castsite.limits import Limits, moved_by, size_text
from castsite.site.noise import is_no_static
from castsite.site.sources import Stamp, describe_os_error, read_source

STATIC = "static"


class Static(Struct, frozen=True):
    """The files, and what could not be taken."""

    artifacts: tuple[Artifact, ...] = ()
    problems: tuple[Problem, ...] = ()


def static_files(project: Path, limits: Limits, *, rehash: bool = False) -> Static:
    """Find the files of the site's `static` folder; links are not followed. With `rehash` all will be read."""
    folder = project / STATIC
    walk = _Walk(folder, limits, 0 if rehash else time.time_ns())
    if folder.is_symlink():
        walk.complain("", "link", "links are not followed; put the folder itself here")
    elif folder.exists() and not folder.is_dir():
        walk.complain("", "not-a-folder", NO_FOLDER)
    if walk.problems or not folder.is_dir():
        return Static((), tuple(walk.problems))
    artifacts = tuple(walk.files(folder, ""))
    return Static(artifacts, tuple(walk.problems))


class _Walk(Struct):
    """One walk over `static/`."""

    root: Path
    limits: Limits
    moment: int
    """when it began, nanoseconds since 1970; 0: no stamp is trusted"""
    problems: list[Problem] = field(default_factory=list)

    def files(self, folder: Path, prefix: str) -> Iterator[Artifact]:
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            if not isinstance(error, FileNotFoundError | NotADirectoryError):
                place = f"{STATIC}/{prefix}".rstrip("/")
                raise _unreadable(place, error) from error  # or all that is published of it would be taken away
            self.complain(prefix.rstrip("/"), "unreadable", describe_os_error(error))
            return
        for entry in entries:
            name = f"{prefix}{entry.name}"
            if is_no_static(entry.name, at_top=not prefix):
                continue
            if entry.is_symlink():
                self.complain(name, "link", "links are not followed; put the file itself here")
            elif entry.is_dir(follow_symlinks=False):
                yield from self.files(Path(entry.path), f"{name}/")
            elif entry.is_file(follow_symlinks=False):
                yield from self._artifact(name, Stamp.of(entry.stat(follow_symlinks=False)))
            else:
                self.complain(name, "not-a-file", "neither file nor folder; remove it")

    def _artifact(self, name: str, stamp: Stamp) -> Iterator[Artifact]:
        limit = self.limits.output_file_size
        if stamp.size > limit:
            self.complain(
                name,
                "too-large",
                f"{size_text(stamp.size)}; the limit is {size_text(limit)} {moved_by('output_file_size')}",
            )
            return
        # a change after this moment gives the file another stamp, so that the next build sees it whenever it is read
        key = f"static {' '.join(map(str, stamp))}" if stamp.is_older(self.moment) else ""
        yield Artifact(name, Order.FILE, f"{STATIC}/{name}", partial(_body, self.root, name, limit), key)

    def complain(self, name: str, code: str, text: str) -> None:
        """Tell what is wrong with a file or folder, and that it is left out."""
        self.problems.append(Problem(Severity.ERROR, Place(f"{STATIC}/{name}".rstrip("/")), code, text))


def _body(root: Path, name: str, limit: int) -> bytes:
    try:
        return read_source(root, name, limit)
    except OSError as error:
        raise _unreadable(f"{STATIC}/{name}", error) from error


def _unreadable(path: str, error: OSError) -> StorageError:
    return StorageError(Problem(Severity.FATAL, Place(path), "unreadable", describe_os_error(error)))
