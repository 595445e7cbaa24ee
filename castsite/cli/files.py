"""The files that a recording of the content folder is made of, found without examining any."""

from __future__ import annotations

import os
from collections.abc import Container
from pathlib import Path
from typing import Final

from msgspec import Struct

from castsite.cli.names import called, meant
from castsite.cli.project import Project
from castsite.formats.names import MANIFEST, TRACE
from castsite.formats.termless import contents
from castsite.limits import Limits
from castsite.site.documents import read_documents
from castsite.site.sources import Kind, Scan, SourceFile, read_source, scan

_TELLING: Final = frozenset({MANIFEST, TRACE})
"""Names of what makes a folder a recording."""


class Files(Struct, frozen=True):
    """A recording, its texts, and what else is its own: when its output came, what was typed."""

    recording: SourceFile
    texts: tuple[SourceFile, ...]
    """the text beside it, and pages that name it"""
    beside: tuple[SourceFile, ...] = ()


def look(project: Project) -> Scan:
    """Walk the content folder of a project."""
    config = project.config
    return scan(project.root / config.content, label=config.content, ignore=config.ignore, limits=config.limits)


def find_files(project: Project, found: Scan, name: str) -> Files:
    """Find the one recording that a name means, as `meant` does, with its files. Raises ConfigError."""
    read = read_documents(project.root / project.config.content, found, project.config)
    among = called(found.files, read.documents, project.config)
    path = meant(name, among, project.config, lambda one: one.recording)
    items = {one.path for one in (*read.documents, *read.failed) if one.recording_path == path}
    return _files(next(file for file in found.files if file.path == path), found, items)


def members(folder: Path) -> list[Path] | None:
    """Give the files in a folder that make it a recording, links being none; None when it does not tell which.

    Raises OSError.
    """
    found = (Path(above, name) for above, _, names in os.walk(folder) for name in names)
    names = [path.relative_to(folder).as_posix() for path in found if not path.is_symlink()]

    def read(member: str) -> bytes:
        return read_source(folder, member, Limits().file_size) if member == MANIFEST else b""

    own = contents([name for name in names if name.isprintable()], read, frames=True)
    if own is None or (names and own.keys().isdisjoint(_TELLING)):
        return None
    return [folder / name for name in sorted(own, key=_TELLING.__contains__)]  # removing them can be begun anew


def _files(recording: SourceFile, found: Scan, items: Container[str]) -> Files:
    """Take together what is a recording's own; `items` are the paths of what shows it."""
    others = [file for file in found.files if file.kind is Kind.RECORDING and file.path != recording.path]
    own = {recording.timing, recording.input} - {
        path for file in others for path in (file.path, file.timing, file.input)
    }
    is_alone = all((file.folder, file.stem) != (recording.folder, recording.stem) for file in others)
    beside = {recording.path} if is_alone else ()  # the text of another of its name stays
    texts = tuple(
        one
        for one in found.files
        if one.kind in {Kind.COMPANION, Kind.PAGE} and (one.recording in beside or one.path in items)
    )
    return Files(recording, texts, tuple(one for one in found.files if one.path in own))
