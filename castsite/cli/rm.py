"""`castsite rm NAME`: remove a recording with the text beside it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from castsite.cli.files import find_files, look
from castsite.cli.project import load_project
from castsite.errors import BusyError, ConfigError, Place, Problem, Severity, StorageError, printable
from castsite.underway import forget, is_held


@click.command("rm")
@click.argument("name")
@click.option("-y", "--yes", is_flag=True, help="Remove it without asking.")
@click.pass_obj
def command(directory: Path, name: str, *, yes: bool) -> int:
    """Remove the recording NAME and the text beside it from the content folder; it asks before.

    What is published stays until the next build.
    """
    project = load_project(directory)
    found = find_files(look(project), name)
    files = [found.recording, *([found.companion] if found.companion else [])]
    if is_held(project.root / found.recording):
        text = "is being recorded; end that first, with castsite stop or in its terminal"
        raise BusyError(Problem(Severity.FATAL, Place(found.recording), "recording", text))
    shown = " and ".join(map(printable, files))
    if not yes:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            text = f"nobody can be asked whether to remove {shown}; give --yes"
            raise ConfigError(Problem(Severity.FATAL, Place(""), "not-asked", text))
        click.confirm(f"Remove {shown}?", abort=True, err=True)
    for file in files:
        try:
            (project.root / file).unlink()
        except OSError as fault:
            text = f"cannot be removed: {fault.strerror}; make its folder writable"
            raise StorageError(Problem(Severity.FATAL, Place(file), "storage", text)) from fault
    forget(project.root, found.recording)
    print(f"removed {shown}", file=sys.stderr)
    return 0
