"""The site on a server of one's own: each release in a folder of its own, and a link that leads to the newest.

`FOLDER/releases/NAME/` holds a release, and the server serves `FOLDER/current`, a link to one of them. A folder with
files in it cannot be put in the place of another one at once, a link can: readers see the old release or the new one,
whole. What both have is one file with two names.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from filecmp import cmp
from pathlib import Path
from typing import Final, NamedTuple

from castsite.errors import ConfigError, OutputRefusedError, Place, Problem, Severity, StorageError, printable
from castsite.output.finished import Finished
from castsite.output.lock import turn
from castsite.output.manifest import MANIFEST
from castsite.publish.moves import Moves
from castsite.regex import regex

KEPT: Final = 3
"""releases that stay, the newest among them"""
CURRENT, RELEASES = "current", "releases"
_NAME: Final = regex(r"\d{8}T\d{6}\.\d{6}Z")
_UNFINISHED: Final = regex(rf"\.{_NAME.pattern}")


class Released(NamedTuple):
    """What came of it, or would. `name` of the release, empty where nothing had changed."""

    name: str
    moves: Moves


def release(root: Path, site: Finished, folder: Path, *, force: bool = False, dry_run: bool = False) -> Released:
    """Make a release of a finished site from the output folder `root`; with `dry_run` find out what would be done.

    Without `force` nothing is done where the newest release has the same files, and a link that leads elsewhere stays.
    Raises ConfigError and OutputRefusedError for a folder that cannot be used, StorageError where the system refuses.
    """
    _check_folder(root, folder)
    releases = folder / RELEASES
    try:
        before = _newest(folder, force=force)
        moves = _moves(root, site, before)
        if (before and not moves and not force) or dry_run:
            return Released("", moves)
        releases.mkdir(parents=True, exist_ok=True)
        with turn(releases / ".lock"):
            _clear(releases, _named(releases, _UNFINISHED))
            name = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
            unfinished = releases / f".{name}"
            try:
                _copy(root, site, unfinished, before, moves)
                _sync()
                unfinished.rename(releases / name)
            except BaseException:
                shutil.rmtree(unfinished, ignore_errors=True)
                raise
            _lead_to(folder, name)
            _clear(releases, [old for old in _named(releases, _NAME)[:-KEPT] if old != name])
    except OSError as fault:
        raise _refused(folder, fault) from fault
    return Released(name, moves)


def _check_folder(root: Path, folder: Path) -> None:
    if not folder.parent.is_dir():
        raise ConfigError(_fault(folder, "no-folder", f"there is no folder {folder.parent}; make it first"))
    if folder.resolve().is_relative_to(root.resolve()):
        raise ConfigError(_fault(folder, "bad-folder", "lies in what is published; choose one beside it"))


def _newest(folder: Path, *, force: bool) -> Path | None:
    """Give the release that readers see, None where there is none. Raises OutputRefusedError."""
    link = folder / CURRENT
    if not os.path.lexists(link):
        return None
    if not link.is_symlink():
        raise OutputRefusedError(
            _fault(link, "not-a-link", "is no link to a release; move it away, or use another folder")
        )
    *above, name = link.readlink().parts
    if above == [RELEASES] and _NAME.fullmatch(name):
        return folder / RELEASES / name if (folder / RELEASES / name / MANIFEST).is_file() else None
    if not force:
        text = "leads to what castsite did not put there; look at it, and say --force to lead it to the new release"
        raise OutputRefusedError(_fault(link, "foreign", text))
    return None


def _moves(root: Path, site: Finished, before: Path | None) -> Moves:
    there = set(_files(before)) if before else set()
    changed = (path for path in site.paths if path in there and not _is_same(root / path, before, path))
    return Moves(
        tuple(path for path in site.paths if path not in there),
        tuple(changed),
        tuple(sorted(there.difference(site.paths))),
    )


def _is_same(file: Path, before: Path | None, path: str) -> bool:
    return before is not None and cmp(file, before / path, shallow=False)


def _files(release: Path) -> Iterator[str]:
    for folder, _, names in os.walk(release):
        yield from ((Path(folder) / name).relative_to(release).as_posix() for name in names)


def _copy(root: Path, site: Finished, to: Path, before: Path | None, moves: Moves) -> None:
    """Copy what is new or has changed; what is as it was gets another name."""
    to.mkdir()
    fresh = {*moves.new, *moves.changed}
    for path in site.paths:
        target = to / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if before is None or path in fresh or not _linked(before / path, target):
            shutil.copyfile(root / path, target)


def _linked(file: Path, target: Path) -> bool:
    try:
        os.link(file, target, follow_symlinks=False)
    except OSError:  # on a file system that knows none, or that allows no more
        return False
    return True


def _sync() -> None:
    """Wait until all is on the disk, since the link may be there first."""
    if hasattr(os, "sync"):
        os.sync()


def _lead_to(folder: Path, name: str) -> None:
    link = folder / f".{CURRENT}"
    link.unlink(missing_ok=True)
    link.symlink_to(Path(RELEASES, name), target_is_directory=True)
    link.replace(folder / CURRENT)


def _named(releases: Path, form: re.Pattern[str]) -> list[str]:
    """Give the folders whose names have a form, the oldest first."""
    return sorted(one.name for one in releases.iterdir() if form.fullmatch(one.name))


def _clear(releases: Path, names: Iterable[str]) -> None:
    for name in names:
        shutil.rmtree(releases / name)


def _refused(folder: Path, fault: OSError) -> StorageError:
    where = fault.filename2 or fault.filename or folder  # of a link the second is the one that was made
    cure = "free some space there" if fault.errno in {errno.ENOSPC, errno.EDQUOT} else "see to it"
    told = f"{printable(fault.strerror or str(fault))}; {cure}, and publish again: what readers see is as it was"
    return StorageError(_fault(Path(os.fsdecode(where)), "unwritable", told))


def _fault(place: Path, code: str, text: str) -> Problem:
    return Problem(Severity.FATAL, Place(str(place)), code, text)
