"""`castsite play NAME|FILE|URL`: a recording in the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urljoin, urlsplit

import click

from castsite.cli.casts import Idle, Moment, Number, cast_of, is_recording, read_cast
from castsite.cli.console import show_problems
from castsite.cli.files import find_files, look
from castsite.cli.playing import Ready, made_ready, show
from castsite.cli.project import is_site, limits_of, load_project
from castsite.cli.web import Fetched, fetch, is_address
from castsite.errors import ConfigError, Place, Problem, Severity, printable, quote
from castsite.formats.page import embedded, is_page
from castsite.limits import Limits
from castsite.schema.edits import FASTEST, SLOWEST
from castsite.schema.times import parse_time
from castsite.site.documents import read_documents
from castsite.site.model import SILENT


@click.command("play")
@click.argument("name", metavar="NAME|FILE|URL")
@click.option("-s", "--speed", type=Number(SLOWEST, FASTEST), default=1.0, help="So many times as fast.")
@click.option("-i", "--idle-time-limit", type=Idle(), help="No pause is longer. Without it: what the recording says.")
@click.option("--start", type=Moment(), default=0, help="Begin at this moment, with what was on the screen then.")
@click.option("-m", "--pause-on-markers", is_flag=True, help="Pause at each marker.")
@click.pass_obj
def command(directory: Path, /, name: str, **flags: Any) -> int:  # noqa: ANN401 - click's options by name
    """Play a recording of the site, as its front matter says, or any file that castsite reads.

    URL is the address of a recording, or of a page that shows one; with ?t=1:05 it is played from there.

    Space pauses and goes on, . shows the next output while it is paused, ] goes to the next marker, } to the next
    command, Ctrl-C ends it. Of its output only what draws is written: no recording can act on the terminal.
    """
    ready = _ready(directory, name, flags["idle_time_limit"])
    start = flags["start"] or _moment(name)
    return show(ready, speed=flags["speed"], start=start, stops=flags["pause_on_markers"])


def _ready(directory: Path, name: str, idle: int | Literal["off"] | None) -> Ready:
    """Read and prepare it."""
    if is_address(name):
        limits = limits_of(directory)
        found = _recording_at(name, limits)
        cast = cast_of(found.data, found.address, limits)
        return made_ready(cast, idle_limit=idle, limits=limits, path=found.address, root=directory)
    if _is_alone(directory, directory / name):
        limits = limits_of(directory)
        cast = read_cast(directory, name, limits)
        return made_ready(cast, idle_limit=idle, limits=limits, path=name, root=directory)
    project = load_project(directory)
    limits = project.config.limits
    content = look(project)
    files = find_files(project, content, name)
    path, texts = files.recording.path, [one.path for one in files.texts]
    read = read_documents(project.root / project.config.content, content, project.config)
    metas = {one.recording_path: one.meta for one in read.documents if one.recording_path}
    show_problems([one for one in read.problems if _is_about(one, path, *texts)], project.root)
    file = f"{project.config.content}/{files.recording.name}"  # as the file system spells it
    cast = read_cast(project.root, file, limits)
    meta = metas.get(path, SILENT)
    return made_ready(cast, meta=meta, idle_limit=idle, limits=limits, path=name, root=project.root)


def _is_alone(directory: Path, path: Path) -> bool:
    """Whether a name is that of a file, a pipe included, or outside of a site that of a folder that is a recording."""
    if path.is_dir():
        return is_recording(path) and not is_site(directory)
    return path.exists()


def _is_about(problem: Problem, *paths: str) -> bool:
    return problem.place.path in paths and problem.severity is not Severity.INFO and "secret" not in problem.code


def _recording_at(address: str, limits: Limits) -> Fetched:
    """Fetch a recording, or the first one that the page there shows. Raises ConfigError."""
    found = _fetched(address, limits)
    if not is_page(found.data):
        return found._replace(address=address)
    shown = [one._replace(address=_joined(found.address, one.address)) for one in embedded(found.data)]
    first = min(shown, key=lambda one: _host(one.address) != _host(found.address), default=None)
    if first is None:
        raise _fault(address, "no-recording", "is a web page that shows no recording; name the recording itself")
    if first.data is not None:
        return Fetched(first.data, address)
    if not is_address(first.address):
        text = f"shows {quote(first.address)}, which is no address of the web; name the recording itself"
        raise _fault(address, "no-recording", text)
    return _fetched(first.address, limits)._replace(address=first.address)


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return address  # which is none


def _host(address: str) -> tuple[str, str]:
    """Tell whose address it is: of what a page shows, what lies beside it comes first, wherever it is published."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    return parts.scheme, parts.netloc


def _moment(name: str) -> int:
    """Give the moment (µs) that an address leads to: `?t=12.5`, `#t=1:05`."""
    if not is_address(name):
        return 0
    parts = urlsplit(name)
    given = parse_qs(parts.query).get("t") or parse_qs(parts.fragment).get("t") or ("",)
    return parse_time(given[0]) or 0


def _fetched(address: str, limits: Limits) -> Fetched:
    try:
        return fetch(address, limits.file_size)
    except OSError as error:
        reason = getattr(error, "reason", None) or error.strerror or error
        text = f"cannot be fetched: {printable(str(reason))}; look whether it opens in a browser"
        raise _fault(address, "unreachable", text) from error


def _fault(address: str, code: str, text: str) -> ConfigError:
    return ConfigError(Problem(Severity.FATAL, Place(printable(address)), code, text))
