"""What a site is made from, as folders of a disk: which of its files count, and whether they are as they were."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from castsite.output.target import Target
from castsite.serve.noise import is_noise

CONFIGURATIONS: Final = frozenset({"castsite.yml", "castsite.yaml"})
"""Files of the project's own folder that count."""

Stamp: TypeAlias = frozenset[tuple[str, int, int, int]]
"""Path, size, time of last change in ns, and number of every file."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What a site is made from, and the folder it goes to. All paths are absolute."""

    project: Path
    folders: tuple[Path, ...]
    """with all that is in them; some may not be there yet"""
    output: Path

    def roots(self) -> Mapping[Path, bool]:
        """Give the folders to watch, each with whether what is below it counts.

        The project's own folder tells when one of the others comes, goes or is replaced.
        """
        shallow = {self.project: False, self.output.parent: False}
        return shallow | {folder.resolve(): True for folder in self.folders}

    def matters(self, path: Path, *, gone: bool) -> bool:
        """Tell whether the site may be another one when something happened at a path; `gone`: it is not there now."""
        if path == self.output:
            return gone  # somebody removed it; otherwise it was us
        if self.output in path.parents:
            return False
        if path.parent == self.project and path.name in self._names():
            return True
        above = frozenset((path, *path.parents))
        root = next((folder for folder in self.folders if folder in above), None)
        if root is None:  # asked for last, since it asks the disk
            root = next((real for folder in self.folders if (real := folder.resolve()) in above), None)
        return root is not None and not any(map(is_noise, path.relative_to(root).parts))

    def stamp(self) -> Stamp:
        """Say how all files are now, without reading one. No link is followed."""
        found = set[tuple[str, int, int, int]]()
        for name in CONFIGURATIONS:
            with suppress(OSError):
                found.add(_known(str(self.project / name), (self.project / name).lstat()))
        for folder in self.folders:
            found.update(_files(str(folder.resolve())))
        return frozenset(found)

    def _names(self) -> frozenset[str]:
        inside = (folder.relative_to(self.project) for folder in self.folders if self.project in folder.parents)
        return CONFIGURATIONS | {folder.parts[0] for folder in inside}


def sources_of(target: Target) -> Sources:
    """Give what the site of an output folder is made from."""
    return Sources(target.project, target.sources, target.root)


def _files(folder: str) -> Iterator[tuple[str, int, int, int]]:
    with suppress(OSError), os.scandir(folder) as found:
        for entry in found:
            if is_noise(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _files(entry.path)
            else:
                with suppress(OSError):  # gone meanwhile
                    yield _known(entry.path, entry.stat(follow_symlinks=False))


def _known(path: str, status: os.stat_result) -> tuple[str, int, int, int]:
    return path, status.st_size, status.st_mtime_ns, status.st_ino
