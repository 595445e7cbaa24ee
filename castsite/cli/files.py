"""Recordings of the content folder by what `castsite list` and `show` call them, without examining them."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from castsite.cli.project import Project, now
from castsite.errors import ConfigError, Place, Problem, Severity, quote
from castsite.formats.names import COMPRESSED, MANIFEST, RECORDING, TRACE, without_ending
from castsite.formats.termless import gathered
from castsite.limits import Limits
from castsite.schema.nearest import did_you_mean
from castsite.site.addresses import Addressing
from castsite.site.documents import read_documents
from castsite.site.sources import Kind, Scan, SourceFile, read_source, scan


@dataclass(frozen=True, slots=True)
class Files:
    """A recording, the text beside it, and what else is its own: when its output came, what was typed."""

    recording: SourceFile
    companion: SourceFile | None
    beside: tuple[SourceFile, ...] = ()


def look(project: Project) -> Scan:
    """Walk the content folder of a project."""
    config = project.config
    return scan(project.root / config.content, label=config.content, ignore=config.ignore, limits=config.limits)


def find_files(project: Project, found: Scan, name: str) -> Files:
    """Find the one recording that a name means: a path or its end, else an address. Raises ConfigError.

    That is for none, and for several.
    """
    wanted = unicodedata.normalize("NFC", name.strip("/"))
    recordings = [file for file in found.files if file.kind is Kind.RECORDING]
    chosen = _named(wanted, recordings) or _addressed(wanted, project, found)
    if len(chosen) == 1:
        return _files(chosen[0], found)
    if chosen:
        short = [without_ending(_own(file)) for file in chosen]
        names = short if len(set(short)) == len(short) else [_own(file) for file in chosen]
        text = f"{quote(name)} could be {', '.join(names[:5])}{' …' if len(names) > 5 else ''}; write more of it"
    else:
        ends = (without_ending(file.path.rpartition("/")[2]) for file in recordings)
        near = did_you_mean(RECORDING.sub("", wanted.rpartition("/")[2]), ends)
        text = f"no recording {quote(name)}{near or '; castsite list names them all'}"
    raise ConfigError(Problem(Severity.FATAL, Place(""), "no-recording", text))


def members(folder: Path) -> list[Path]:
    """Give the files in a folder that make it a recording; links are none of them. Raises OSError."""
    found = (Path(above, name) for above, _, names in os.walk(folder) for name in names)
    names = [path.relative_to(folder).as_posix() for path in found if not path.is_symlink()]

    def read(member: str) -> bytes:
        return read_source(folder, member, Limits().file_size) if member == MANIFEST else b""

    archive = gathered([name for name in names if name.isprintable()], read, frames=True)
    own = sorted(ZipFile(BytesIO(archive)).namelist(), key=lambda name: name in {MANIFEST, TRACE})
    return [folder / name for name in own]  # what makes it one comes last: removing them can be begun anew


def _named(wanted: str, recordings: Iterable[SourceFile]) -> list[SourceFile]:
    """Give those whose file is called so: whole, without its ending, or at its end, whichever comes first."""
    ways: list[list[SourceFile]] = [[], [], [], []]
    for file in recordings if wanted else ():
        whole = {file.path, _own(file)}
        brief = {short(path) for path in whole for short in (without_ending, _unpacked)}
        called = [wanted in names for names in (whole, brief)]
        called += [any(f"/{one}".endswith(f"/{wanted}") for one in names) for names in (whole, brief)]
        for way, fits in zip(ways, called, strict=True):
            way.extend([file] * fits)
    return next(filter(None, ways), [])


def _unpacked(path: str) -> str:
    return next((path[: -len(ending)] for ending in COMPRESSED if path.lower().endswith(ending)), path)


def _addressed(wanted: str, project: Project, found: Scan) -> list[SourceFile]:
    """Give those whose address is that, or ends so."""
    read = read_documents(project.root / project.config.content, found, project.config)
    items = Addressing(project.config, now()).items(read.documents, {})
    exact = {item.document.recording_path for item in items if item.slug == wanted}
    ending = {item.document.recording_path for item in items if wanted and f"/{item.slug}".endswith(f"/{wanted}")}
    return [file for file in found.files if file.kind is Kind.RECORDING and file.path in (exact or ending)]


def _files(recording: SourceFile, found: Scan) -> Files:
    shared = {
        path
        for file in found.files
        if file.kind is Kind.RECORDING and file.path != recording.path
        for path in (file.path, file.timing, file.input)
    }
    own = {recording.timing, recording.input} - shared
    companions = (one for one in found.files if one.kind is Kind.COMPANION and one.recording == recording.path)
    return Files(recording, next(companions, None), tuple(one for one in found.files if one.path in own))


def _own(file: SourceFile) -> str:
    return unicodedata.normalize("NFC", file.name)
