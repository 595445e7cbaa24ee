"""What a site is made from, as folders of a disk: which of its files count, and whether they are as they were."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from msgspec import Struct

from castsite.config import SiteConfig
from castsite.output.target import Target
from castsite.site.allowlist import ALLOW_LIST
from castsite.site.noise import is_no_content, is_no_static
from castsite.site.static import STATIC
from castsite.theme import is_no_part, named_pictures

CONFIGURATIONS: Final = frozenset({"castsite.yml", "castsite.yaml", ALLOW_LIST})
"""Files of the project's own folder that count."""

Stamp: TypeAlias = frozenset[tuple[str, int, int, int]]
"""Path, size, time of last change in ns, and number of every file."""


class _PassesOver(Protocol):
    def __call__(self, name: str, *, at_top: bool, is_file: bool) -> bool: ...


class Sources(Struct, frozen=True):
    """What a site is made from, and the folder it goes to. All paths are absolute."""

    project: Path
    folders: tuple[Path, ...]
    """with all that is in them; some may not be there yet"""
    output: Path
    content: Path
    """that of the folders which holds recordings and texts"""
    files: tuple[Path, ...] = ()
    """single files that it is made from, besides its configuration"""

    def roots(self) -> Mapping[Path, bool]:
        """Give the folders to watch, each with whether what is below it counts.

        The project's own folder tells when one of the others comes, goes or is replaced.
        """
        shallow = dict.fromkeys((self.project, self.output.parent, *(file.parent for file in self.files)), False)
        return shallow | {_real(folder): True for folder in self.folders}

    def matters(self, path: Path, *, gone: bool, is_file: bool = True) -> bool:
        """Tell whether the site may be another one when something happened at a path; `gone`: it is not there now."""
        if path == self.output:
            return gone  # somebody removed it; otherwise it was us
        if gone and path in self.output.parents:
            return True
        if self.output in path.parents:
            return False
        if path in self.files or (path.parent == self.project and path.name in self._names()):
            return True
        above = frozenset((path, *path.parents))
        roots = [(folder, folder) for folder in self.folders if folder in above]
        if not roots:  # asked for last, since it asks the disk
            roots = [(folder, real) for folder in self.folders if (real := _real(folder)) in above]
        return any(self._takes(folder, path.relative_to(root).parts, is_file=is_file) for folder, root in roots)

    def stamp(self) -> Stamp:
        """Say how all files are now, without reading one. In folders no link is followed."""
        found = set[tuple[str, int, int, int]]()
        for file in (*(self.project / name for name in CONFIGURATIONS), *self.files):
            for look in (file.lstat, file.stat):  # a link, even to nowhere, and what it leads to
                with suppress(OSError):
                    found.add(_known(str(file), look()))
        for folder in self.folders:
            _add_files(str(_real(folder)), self._rule(folder), found)
        return frozenset(found)

    def _takes(self, folder: Path, parts: Sequence[str], *, is_file: bool) -> bool:
        """Tell whether a build may take what lies at a path below one of the folders."""
        last, passes_over = len(parts) - 1, self._rule(folder)
        return not any(
            passes_over(part, at_top=at == 0, is_file=is_file and at == last) for at, part in enumerate(parts)
        )

    def _rule(self, folder: Path) -> _PassesOver:
        """Give what tells whether builds pass over a name in one of the folders; nothing else may go unnoticed."""
        if folder == self.content:
            return is_no_content
        return _no_static if folder == self.project / STATIC else _no_part

    def _names(self) -> frozenset[str]:
        inside = (folder.relative_to(self.project) for folder in self.folders if self.project in folder.parents)
        return CONFIGURATIONS | {folder.parts[0] for folder in inside}


def sources_of(target: Target, config: SiteConfig) -> Sources:
    """Give what the site of an output folder is made from."""
    files = tuple(target.project / name for name in named_pictures(config.theme))
    return Sources(target.project, target.sources, target.root, target.project / config.content, files)


def _real(folder: Path) -> Path:
    """Give where a folder that may be a link is; `Path.resolve` fails for links in a circle."""
    return Path(os.path.realpath(folder))


def _no_static(name: str, *, at_top: bool, is_file: bool) -> bool:  # noqa: ARG001 - files and folders alike
    return is_no_static(name, at_top=at_top)


def _no_part(name: str, *, at_top: bool, is_file: bool) -> bool:  # noqa: ARG001 - the same, at any depth
    return is_no_part(name)


def _add_files(
    folder: str, passes_over: _PassesOver, known: set[tuple[str, int, int, int]], *, at_top: bool = True
) -> None:
    with suppress(OSError), os.scandir(folder) as found:
        for entry in found:
            is_file = entry.is_file(follow_symlinks=False)
            if passes_over(entry.name, at_top=at_top, is_file=is_file):
                continue
            if not is_file and entry.is_dir(follow_symlinks=False):
                _add_files(entry.path, passes_over, known, at_top=False)
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError:  # gone meanwhile
                continue
            known.add(_known(entry.path, status))


def _known(path: str, status: os.stat_result) -> tuple[str, int, int, int]:
    return path, status.st_size, status.st_mtime_ns, status.st_ino
