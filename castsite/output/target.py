"""Where a site goes: the output folder, and which folders can never be one."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from msgspec import Struct

from castsite.errors import OutputRefusedError, Place, Problem, Severity, quote
from castsite.output.files import Entry, FileSystem


class Target(Struct, frozen=True, kw_only=True):
    """An output folder and all that is known about it. All paths are absolute."""

    root: Path
    work: Path
    """the project's `.castsite`, where files are prepared"""
    project: Path
    sources: tuple[Path, ...] = ()
    """folders that the site is made from: content, static files, templates, themes"""
    identity: str = ""
    """what tells this site from others and is public anyway: its address, else its title"""
    force: bool = False
    """take over a folder that was not made by castsite; files in it still win over ours"""
    durable: bool = False
    """wait until every file is on the disk"""
    preview: bool = False
    """what is built holds drafts or what is dated in the future"""
    private: bool = False
    """it may lie in the work folder"""

    @property
    def tag(self) -> str:
        """Eight digits that tell this output folder from the project's other ones."""
        return hashlib.sha256(os.fsencode(_real(self.root))).hexdigest()[:8]

    def shown(self, path: str | Path) -> str:
        """Give a path as messages do: relative to the project where it lies in it, `/`-separated."""
        try:
            return Path(path).relative_to(self.project).as_posix() or "."
        except ValueError:
            return Path(path).as_posix()


class Folder(Struct, frozen=True):
    """The output folder as a file system shows it; paths are relative to it."""

    target: Target
    files: FileSystem
    root: str
    """absolute"""

    def at(self, path: str) -> str:
        """Give the absolute path."""
        return f"{self.root}/{path}"

    def shown(self, path: str) -> str:
        """Give the path as messages do."""
        return self.target.shown(self.at(path))

    def entry(self, path: str) -> Entry | None:
        """Look at what stands there."""
        return self.files.entry(self.at(path))

    def read(self, path: str) -> bytes:
        """Read a whole file."""
        return self.files.read(self.at(path))

    def remove_empty(self, path: str) -> None:
        """Remove a folder that is there and has nothing in it."""
        if self.entry(path) is not None:
            self.files.remove_folder(self.at(path))


def open_folder(target: Target, files: FileSystem) -> Folder:
    """Give the folder of a target, whether it exists or not."""
    return Folder(target, files, target.root.as_posix())


def refuse(target: Target) -> None:
    """Raise OutputRefusedError for a folder in which writing and removing files could destroy something."""
    if reason := _reason(target):
        cure = "choose another"
        if target.private:  # nobody has chosen it
            cure = "remove it" if target.root.is_symlink() else "put the site elsewhere"
        text = f"{quote(target.shown(target.root), 120)} cannot be the output folder: {reason}; {cure}"
        raise OutputRefusedError(Problem(Severity.FATAL, Place(target.shown(target.root)), "output-refused", text))


def _reason(target: Target) -> str | None:
    root = _real(target.root)
    if target.root.is_symlink():
        return "it is a symbolic link"
    if root == root.parent:
        return "it is the root of a file system"
    for name, folder in _precious(target):
        if root == folder:
            return f"it is {name}"
        if root in folder.parents:
            return f"{name} lies in it"
    if {".git", ".github"} & set(root.parts):
        return "it lies in a folder of git or GitHub"
    around = closed_around(target, target.root)
    return f"it lies in {quote(target.shown(around))}, which is no place for it" if around else None


def closed_around(target: Target, place: Path) -> Path | None:
    """Give the folder of the project that a place lies in, or is, and where nothing may be written of a site."""
    closed = target.sources if target.private else (*target.sources, target.work)
    real = _real(place)
    return next((folder for folder in closed if real.is_relative_to(_real(folder))), None)


def _precious(target: Target) -> list[tuple[str, Path]]:
    """Name the folders that neither are the output nor lie in it."""
    named = [("your home folder", Path(os.path.expanduser("~"))), ("the project", target.project)]  # noqa: PTH111  Path.home() raises where there is none
    named += [(quote(target.shown(folder)), folder) for folder in (*target.sources, target.work)]
    return [(name, _real(folder)) for name, folder in named]


def _real(path: Path) -> Path:
    return Path(os.path.normcase(os.path.realpath(path)))
