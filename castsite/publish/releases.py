"""The site on a server of one's own: each release in a folder of its own, and a symbolic link to the newest.

`FOLDER/releases/NAME/` holds a release, and the server serves `FOLDER/current`, a symbolic link to one of them. A
folder with files in it cannot be put in the place of another one at once, a link can: readers see the old release or
the new one, whole. What both have is one file, with hard links from both.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from errno import EDQUOT, ENOSPC
from filecmp import cmp
from pathlib import Path
from typing import Final, NamedTuple

from castsite.errors import ConfigError, OutputRefusedError, Place, Problem, Severity, StorageError, printable, quote
from castsite.output.finished import Finished
from castsite.output.lock import turn
from castsite.output.manifest import MANIFEST, hashed, load
from castsite.output.target import Target, closed_around
from castsite.publish.moves import Moves
from castsite.regex import regex

KEPT: Final = 3
"""releases that stay, the newest among them"""
CURRENT, RELEASES = "current", "releases"
_NAME: Final = regex(r"\d{8}T\d{6}\.\d{6}Z")
_HIDDEN: Final = regex(rf"\.{_NAME.pattern}")
"""What is being made, or removed."""


class Released(NamedTuple):
    """What came of it, or would. `name` of the release, empty where nothing had changed."""

    name: str
    moves: Moves
    problems: tuple[Problem, ...] = ()


def release(target: Target, site: Finished, folder: Path, *, force: bool = False, dry_run: bool = False) -> Released:
    """Make a release of a finished site; with `dry_run` find out what would be done.

    Without `force` nothing is done where the release that readers see has the same files, a link that points elsewhere
    stays, and so do files that somebody else put into that release. Raises ConfigError and OutputRefusedError for a
    folder that cannot be used, StorageError where the system refuses.
    """
    _check_folder(target, folder)
    try:
        before = _newest(folder, force=force)
        moves = _moves(target.root, site, before)
        if before and not force:
            _check_foreign(before, moves)
        if (before and not moves and not force) or dry_run:
            return Released("", moves)
        releases = folder / RELEASES
        releases.mkdir(parents=True, exist_ok=True)
        with turn(releases / ".lock"):
            problems = [*_clear(releases, _named(releases, _HIDDEN))]
            name = _made(target.root, site, folder, before, moves)
            old = [one for one in _named(releases, _NAME)[:-KEPT] if one not in (name, before and before.name)]
            return Released(name, moves, (*problems, *_clear(releases, old)))
    except OSError as fault:
        raise _refused(folder, fault) from fault


def _check_folder(target: Target, folder: Path) -> None:
    if not folder.parent.is_dir():
        raise ConfigError(_fault(folder, "no-folder", f"there is no folder {quote(folder.parent, 200)}; make it first"))
    for place in (folder, folder / RELEASES):
        if os.path.lexists(place) and not place.is_dir():
            raise ConfigError(_fault(place, "not-a-folder", "is no folder; move it away, or use another one"))
        if Path(os.path.realpath(place)).is_relative_to(os.path.realpath(target.root)):
            raise ConfigError(_fault(place, "bad-folder", "lies in what is published; choose one beside it"))
        if around := closed_around(target, place):
            text = f"lies in {quote(target.shown(around))}, which is no place for it; choose one beside it"
            raise ConfigError(_fault(place, "bad-folder", text))


def _newest(folder: Path, *, force: bool) -> Path | None:
    """Give the release that readers see, None where there is none. Raises OutputRefusedError."""
    link = folder / CURRENT
    if not os.path.lexists(link):
        return None
    if not link.is_symlink():
        raise OutputRefusedError(
            _fault(link, "not-a-link", "is no link to a release; move it away, or use another folder")
        )
    shown = folder / link.readlink()
    if _NAME.fullmatch(shown.name) and os.path.realpath(shown.parent) == os.path.realpath(folder / RELEASES):
        found = folder / RELEASES / shown.name
        return found if (found / MANIFEST).is_file() else None
    if not force:
        text = "points at what castsite did not put there; look at it, and say --force to point it at the new release"
        raise OutputRefusedError(_fault(link, "foreign", text))
    return None


def _check_foreign(before: Path, moves: Moves) -> None:
    """Refuse to take from readers what somebody else shows them. Raises OutputRefusedError."""
    manifest = load((before / MANIFEST).read_bytes())
    known = manifest.files if manifest else {}
    salt = manifest.salt if manifest else b""
    foreign = [path for path in moves.removed if hashed(salt, path) not in known]
    if foreign:
        more = f" (and {len(foreign) - 1:,} more)" if len(foreign) > 1 else ""
        text = f"is not castsite's, and readers would miss it{more}; put it into static/, or say --force"
        raise OutputRefusedError(_fault(before / foreign[0], "foreign", text))


def _moves(root: Path, site: Finished, before: Path | None) -> Moves:
    there = set(_files(before)) if before else set()
    changed = (path for path in site.paths if path in there and not _is_same(root / path, before, path))
    return Moves(
        tuple(path for path in site.paths if path not in there),
        tuple(changed),
        tuple(sorted(there.difference(site.paths))),
    )


def _is_same(file: Path, before: Path | None, path: str) -> bool:
    return before is not None and not (before / path).is_symlink() and cmp(file, before / path, shallow=False)


def _files(release: Path) -> Iterator[str]:
    for where, folders, names in os.walk(release):
        paths = (Path(where, name) for name in (*folders, *names))
        yield from (path.relative_to(release).as_posix() for path in paths if path.is_symlink() or not path.is_dir())


def _made(root: Path, site: Finished, folder: Path, before: Path | None, moves: Moves) -> str:
    """Make a release, show it to readers, and give its name.

    The symbolic link is made first: where there can be none nothing is to be copied.
    """
    name = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    link, unfinished = folder / f".{CURRENT}", folder / RELEASES / f".{name}"
    _link(link, name)
    try:
        _copy(root, site, unfinished, before, moves)
        _sync()
        unfinished.rename(folder / RELEASES / name)
        link.replace(folder / CURRENT)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        with suppress(OSError):
            link.unlink(missing_ok=True)
        raise
    return name


def _link(link: Path, name: str) -> None:
    try:
        link.unlink(missing_ok=True)
        link.symlink_to(Path(RELEASES, name), target_is_directory=True)
    except OSError as fault:
        text = f"no link can be made: {_told(fault)}; remove what is there, or use a file system that has links"
        raise StorageError(_fault(link, "unwritable", text)) from fault


def _copy(root: Path, site: Finished, to: Path, before: Path | None, moves: Moves) -> None:
    """Copy what is new or has changed; what is as it was becomes a hard link."""
    to.mkdir()
    fresh = {*moves.new, *moves.changed}
    for path in site.paths:
        target = to / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if before is None or path in fresh or not _linked(before / path, target):
            shutil.copyfile(root / path, target)


def _linked(file: Path, target: Path) -> bool:
    try:
        os.link(file, target)
    except OSError:  # on a file system that knows none, or that allows no more
        return False
    return True


def _sync() -> None:
    """Wait until all is on the disk, since the link may be there first."""
    if hasattr(os, "sync"):
        os.sync()


def _clear(releases: Path, names: Iterable[str]) -> Iterator[Problem]:
    """Remove releases, and tell what cannot be removed.

    They are hidden first: nobody shall go back to one of which only a part is left.
    """
    for name in names:
        hidden = releases / f".{name.removeprefix('.')}"
        try:
            (releases / name).rename(hidden)
            shutil.rmtree(hidden)
        except OSError as fault:
            left = hidden if hidden.exists() else releases / name
            text = f"is not needed any more and cannot be removed: {_told(fault)}; remove it yourself"
            yield Problem(Severity.WARNING, Place(str(left)), "old-release", text)


def _named(releases: Path, form: re.Pattern[str]) -> list[str]:
    """Give the folders whose names have a form, the oldest first."""
    found = (one for one in releases.iterdir() if form.fullmatch(one.name))
    return sorted(one.name for one in found if one.is_dir() and not one.is_symlink())


def _refused(folder: Path, fault: OSError) -> StorageError:
    where = fault.filename2 or fault.filename or folder  # of a link the second is the one that was made
    cure = "free some space there" if fault.errno in {ENOSPC, EDQUOT} else "make it writable, or use another folder"
    text = f"{_told(fault)}; {cure}, and publish again: what readers see is as it was"
    return StorageError(_fault(Path(os.fsdecode(where)), "unwritable", text))


def _told(fault: OSError) -> str:
    return printable(fault.strerror or str(fault))


def _fault(place: Path, code: str, text: str) -> Problem:
    return Problem(Severity.FATAL, Place(str(place)), code, text)
