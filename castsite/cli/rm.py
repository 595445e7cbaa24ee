"""`castsite rm NAME`: remove a recording with its text."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

import click

from castsite.cli.files import find_files, look, members
from castsite.cli.project import load_project
from castsite.errors import BusyError, ConfigError, Place, Problem, Severity, StorageError, counted, printable_path
from castsite.formats.names import MANIFEST
from castsite.site.sources import SourceFile
from castsite.underway import forget, is_locked


@click.command("rm")
@click.argument("name")
@click.option("-y", "--yes", is_flag=True, help="Remove it without asking.")
@click.pass_obj
def command(directory: Path, name: str, *, yes: bool) -> int:
    """Remove the recording NAME from the content folder, with the text beside it or pages that name it; it asks before.

    With the output of script goes its timing. A text that another recording of this name has as well stays. What is
    published stays until the next build.
    """
    project = load_project(directory)
    found = find_files(project, look(project), name)
    content = project.root / project.config.content
    files = [found.recording, *found.beside, *found.texts]
    if is_locked(content / found.recording.name):
        text = "is being recorded; end that first, with castsite stop or in its terminal"
        raise BusyError(Problem(Severity.FATAL, Place(found.recording.path), "recording", text))
    parts = {file: _parts(content, file) for file in files}
    folder = f" ({counted(len(parts[found.recording]), 'file')})" if (content / found.recording.name).is_dir() else ""
    shown = _listed([printable_path(file.path) + (folder if file is found.recording else "") for file in files])
    if not yes:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            text = f"nobody can be asked whether to remove {shown}; give --yes"
            raise ConfigError(Problem(Severity.FATAL, Place(""), "not-asked", text))
        click.confirm(f"Remove {shown}?", abort=True, err=True)
    for file in files:
        _remove(content / file.name, parts[file], file.path)
    forget(project.root, found.recording.path)
    print(f"removed {shown}", file=sys.stderr)
    if (content / found.recording.name).is_dir():
        text = "holds files that are not the recording's; they stay"
        print(Problem(Severity.WARNING, Place(found.recording.path), "not-empty", text), file=sys.stderr)
    return 0


def _parts(content: Path, file: SourceFile) -> list[Path]:
    """Give the files that it is made of; that is more than one where it is a folder."""
    path = content / file.name
    try:
        parts = members(path) if path.is_dir() else [path]
    except OSError as fault:
        raise _refused(file.path, fault) from fault
    if parts is None:
        text = f"has no {MANIFEST} that can be read and tells what of it is the recording's; remove the folder yourself"
        raise ConfigError(Problem(Severity.FATAL, Place(file.path), "cast-manifest", text))
    return parts


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _remove(path: Path, parts: list[Path], shown: str) -> None:
    """Remove the files of a recording, and the folders that are empty then."""
    try:
        for part in parts:
            part.unlink()
    except OSError as fault:
        raise _refused(shown, fault) from fault
    if path.is_dir():
        for folder, _, _ in os.walk(path, topdown=False):
            with suppress(OSError):  # somebody's own file is in it
                Path(folder).rmdir()


def _refused(path: str, fault: OSError) -> StorageError:
    text = f"cannot be removed: {fault.strerror}; make its folder writable"
    return StorageError(Problem(Severity.FATAL, Place(path), "storage", text))
