"""`castsite play NAME|FILE`: a recording in the terminal."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Literal

import click

from castsite.cast.edit import Edits
from castsite.cast.events import Cast
from castsite.cast.timeline import Prepared, prepare
from castsite.cli.casts import Idle, Moment, Number, is_recording, read_cast
from castsite.cli.console import show_problems
from castsite.cli.exits import INTERRUPTED
from castsite.cli.files import find_files, look
from castsite.cli.project import is_site, limits_of, load_project
from castsite.errors import ConfigError, Problem, Severity, printable
from castsite.limits import Limits
from castsite.safety.stream import without_acts
from castsite.schema.edits import FASTEST, SLOWEST
from castsite.site.documents import read_documents
from castsite.site.model import SILENT, Meta


@click.command("play")
@click.argument("name", metavar="NAME|FILE")
@click.option("-s", "--speed", type=Number(SLOWEST, FASTEST), default=1.0, help="So many times as fast.")
@click.option("-i", "--idle-time-limit", type=Idle(), help="No pause is longer. Without it: what the recording says.")
@click.option("--start", type=Moment(), default=0, help="Begin at this moment, with what was on the screen then.")
@click.option("-m", "--pause-on-markers", is_flag=True, help="Pause at each marker.")
@click.pass_obj
def command(directory: Path, /, name: str, **flags: Any) -> int:  # noqa: ANN401 - click's options by name
    """Play a recording of the site, as its front matter says, or any file that castsite reads.

    Space pauses and goes on, . shows the next output while it is paused, ] goes to the next marker, Ctrl-C ends it.
    Of its output only what draws is written: no recording can act on the terminal.
    """
    from castsite.record.deck import Deck, reel  # noqa: PLC0415 - when there is something to play
    from castsite.record.playback import play  # noqa: PLC0415 - the same

    cast = _ready(directory, name, flags["idle_time_limit"])
    _warn_of_size(cast)
    deck = Deck(reel(cast), speed=flags["speed"], stops=flags["pause_on_markers"])
    sys.stdout.flush()
    try:
        play(deck, start=flags["start"])
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _ready(directory: Path, name: str, idle: int | Literal["off"] | None) -> Cast:
    """Read and prepare it, as builds do, but for what they look for."""
    if _is_alone(directory, directory / name):
        return _played(directory, name, name, SILENT, idle, limits_of(directory))
    project = load_project(directory)
    found = look(project)
    files = find_files(project, found, name)
    path, texts = files.recording.path, [one.path for one in files.texts]
    read = read_documents(project.root / project.config.content, found, project.config)
    metas = {one.recording_path: one.meta for one in read.documents if one.recording_path}
    show_problems([one for one in read.problems if _is_about(one, path, *texts)], project.root)
    meta = metas.get(path, SILENT)
    file = f"{project.config.content}/{files.recording.name}"  # as the file system spells it
    return _played(project.root, file, name, meta, idle, project.config.limits)


def _is_alone(directory: Path, path: Path) -> bool:
    """Whether a name is that of a file, a pipe included, or outside of a site that of a folder that is a recording."""
    if path.is_dir():
        return is_recording(path) and not is_site(directory)
    return path.exists()


def _is_about(problem: Problem, *paths: str) -> bool:
    return problem.place.path in paths and problem.severity is not Severity.INFO and "secret" not in problem.code


def _played(  # noqa: PLR0913, PLR0917 - what a recording is played by
    root: Path, path: str, shown: str, meta: Meta, idle: int | Literal["off"] | None, limits: Limits
) -> Cast:
    cast = read_cast(root, path, limits)
    prepared: Prepared = prepare(
        cast,
        markers=None if meta.markers is None else [(one.time, one.title) for one in meta.markers],
        idle_limit=meta.idle_time_limit if idle is None else idle,
        edits=Edits(meta.start, meta.end, meta.cut, meta.speed, meta.places),
        limits=limits,
        path=shown,
    )
    if prepared.cast is None:
        raise ConfigError(*prepared.problems)
    show_problems(prepared.problems, root)
    return without_acts(prepared.cast)


def _warn_of_size(cast: Cast) -> None:
    if not sys.stdout.isatty():
        return
    cols, rows = os.get_terminal_size(sys.stdout.fileno())  # and not what a variable says
    wanted = cast.header
    if cols < wanted.cols or rows < wanted.rows:
        size = printable(f"{wanted.cols}x{wanted.rows}")
        print(f"recorded at {size}, and this terminal has {cols}x{rows}: it may look wrong", file=sys.stderr)
