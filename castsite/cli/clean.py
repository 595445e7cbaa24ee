"""`castsite clean`: remove the output and the cache."""

from __future__ import annotations

import shutil
import sys
from contextlib import suppress
from pathlib import Path

import click
from msgspec.structs import replace

from castsite.build import Options, clean
from castsite.cli.console import show_problems
from castsite.cli.project import folder_named, load_project
from castsite.errors import OutputRefusedError, counted, printable_path
from castsite.serve.rebuild import served_folders


@click.command("clean")
@click.option("-o", "--output", callback=folder_named, help="Folder that was written to; public by default.")
@click.pass_obj
def command(directory: Path, output: str | None) -> int:
    """Remove what castsite wrote to the output folder, for castsite serve, and its cache; files of yours stay."""
    project = load_project(directory, output=output)
    report = clean(project.root, project.config, Options())
    for folder in served_folders(project.root):
        with suppress(OutputRefusedError):  # it is ours in any case, whatever became of it
            clean(project.root, replace(project.config, output=folder), Options(private=True))
        shutil.rmtree(project.root / folder, ignore_errors=True)
    show_problems(report.problems, project.root)
    output = printable_path(project.config.output)
    print(f"removed {counted(len(report.removed), 'file')} from {output}, and the cache", file=sys.stderr)
    return 0
