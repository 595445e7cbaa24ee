"""`castsite stop NAME`: end a recording that is made in the background."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from castsite.cli.project import load_project
from castsite.errors import ConfigError, Place, Problem, Severity, StorageError, printable_path


@click.command("stop")
@click.argument("name")
@click.pass_obj
def command(directory: Path, name: str) -> int:
    """End the recording NAME, with the program in it, and wait until it is written; one that has ended is let be."""
    if sys.platform == "win32":
        text = "there is no recorder on Windows that could be ended; record in WSL instead"
        raise ConfigError(Problem(Severity.FATAL, Place(""), "no-recorder", text))
    from castsite.record.place import spot  # noqa: PLC0415 - there is no recorder on Windows
    from castsite.record.stop import Ended, stop  # noqa: PLC0415 - the same
    from castsite.underway import forget  # noqa: PLC0415 - the same

    project = load_project(directory)
    found = spot(project.root, project.config.content, name, limits=project.config.limits)
    ended, note = stop(project.root, found.path)
    if ended in {Ended.BEFORE, Ended.KILLED} and not found.file.exists():
        forget(project.root, found.path)
        text = "there is no such recording; castsite list --status recording names those that are being made"
        raise ConfigError(Problem(Severity.FATAL, Place(found.path), "no-recording", text))
    if ended is Ended.GOES_ON:
        text = f"{ended}; end process {note.process if note else '?'} yourself"
        raise StorageError(Problem(Severity.FATAL, Place(found.path), "recording", text))
    forget(project.root, note.path if note else found.path)
    if ended is Ended.FAILED:
        raise StorageError(Problem(Severity.FATAL, Place(found.path), "storage", note.fault if note else str(ended)))
    print(f"{printable_path(found.path)}: {ended}", file=sys.stderr)
    return 0
