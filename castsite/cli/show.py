"""`castsite show NAME`: what is known about one recording."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from castsite.analysis.chapters import named
from castsite.analysis.model import Analysis
from castsite.build import Options, Survey, survey, workers
from castsite.cache import Cache
from castsite.cli.console import coloured_text, print_json, progress_bar, show_problems
from castsite.cli.list import described, states_of
from castsite.cli.names import called, meant
from castsite.cli.project import jobs_option, json_option, load_project, now
from castsite.errors import ConfigError, Place, Problem, Severity, printable, printable_path
from castsite.formats.names import without_ending
from castsite.limits import SECOND
from castsite.render.encode import clock
from castsite.schema.values import Part
from castsite.site.model import Recording
from castsite.site.sources import Kind
from castsite.workfolder import WORK_FOLDER

SHOWN = {"cut-off": "cut off", "recording": "being recorded"}


@click.command("show")
@click.argument("name")
@click.option("-t", "--transcript", is_flag=True, help="Print the transcript with times as well.")
@jobs_option
@json_option
@click.pass_obj
def command(directory: Path, /, name: str, **flags: Any) -> int:  # noqa: ANN401 - click's options by name
    """Show what is known about the recording NAME: its address, its file, or the end of one of them."""
    project = load_project(directory)
    options = Options(drafts=True, future=True, underway=True, jobs=flags["jobs"], now=now())
    cache = Cache(project.root / WORK_FOLDER)
    with workers(project.config, options) as executor, progress_bar(quiet=flags["as_json"]) as progress:
        surveyed = survey(project.root, project.config, options, cache, executor, progress)
        recording = find_aloud(name, surveyed, project.root)
        analysis = surveyed.archive.analysis(recording.key)
    states = states_of(surveyed, project.config, options)[recording.source]
    if flags["as_json"]:
        print_json(described(recording, states) | _found(analysis, lines=flags["transcript"]))
    else:
        _print_facts(recording, analysis, states)
        if flags["transcript"]:
            _print_moments("transcript", [(line.time, line.text) for line in analysis.lines])
    return 0


def find_aloud(name: str, surveyed: Survey, root: Path) -> Recording:
    """Find it, and tell what is wrong with it and the text beside it, or with what else may have been meant."""
    try:
        recording = find(name, surveyed)
    except ConfigError as error:
        held = error.problems[0].place.path
        show_problems([one for one in surveyed.problems if _is_of(one, held, surveyed) or _may_be(one, name)], root)
        raise
    show_problems([one for one in surveyed.problems if _is_of(one, recording.source, surveyed)], root)
    return recording


def _is_of(problem: Problem, path: str, surveyed: Survey) -> bool:
    """Whether a problem is one of a recording, which a text beside it may have caused."""
    return problem.place.path in {path, *_texts_of(path, surveyed)}


def _may_be(problem: Problem, name: str) -> bool:
    """Whether a problem is one of a file that is called so."""
    wanted = name.strip("/")
    called = (problem.place.path, without_ending(problem.place.path))
    return bool(wanted) and any(f"/{one}".endswith(f"/{wanted}") for one in called)


def _texts_of(path: str, surveyed: Survey) -> set[str]:
    return {file.path for file in surveyed.files if file.kind is Kind.COMPANION and file.recording == path}


def find(name: str, surveyed: Survey) -> Recording:
    """Find the one recording that a name means. Raises ConfigError when there is none, or more than one.

    Those that are private are not looked into: what is found out about a recording is remembered. For one that is
    held back the message says why.
    """
    site = surveyed.site
    among = called(surveyed.files, surveyed.documents, site.config)
    path = meant(name, among, site.config, lambda one: one.item)
    for recording in site.recordings:
        if recording.source == path:
            return recording
    if any(path == document.path for document in surveyed.private):
        text = "is private: nothing is looked into that only a passphrase opens; make it unlisted or public for that"
        raise ConfigError(Problem(Severity.FATAL, Place(name), "private", text))
    if any(path == document.path for document in surveyed.silent):
        text = "is being recorded, and has shown nothing yet"
        raise ConfigError(Problem(Severity.FATAL, Place(path), "recording", text))
    held = (one for one in surveyed.problems if one.severity is Severity.ERROR and _is_of(one, path, surveyed))
    codes = ", ".join(dict.fromkeys(one.code for one in held))
    why = f" because of an error, and nothing can be shown of it: {codes}" if codes else "; castsite check says why"
    raise ConfigError(Problem(Severity.FATAL, Place(path), "held-back", f"is held back{why}"))


def _found(analysis: Analysis, *, lines: bool) -> dict[str, object]:
    found: dict[str, object] = {
        "chapters": [{"t": chapter.time / SECOND, "title": chapter.title} for chapter in named(analysis.chapters)],
        "commands": [
            {"t": command.time / SECOND, "at": command.accepted / SECOND, "text": command.text}
            for command in analysis.shown_commands
        ],
    }
    if lines:
        found["transcript"] = [{"t": line.time / SECOND, "text": line.text} for line in analysis.lines]
    return found


def _print_facts(recording: Recording, analysis: Analysis, states: Sequence[str]) -> None:
    meta = recording.meta
    facts = {
        "title": printable(recording.title),
        "address": f"{recording.slug}/",
        "source": printable_path(recording.source),
        "date": recording.date.date.isoformat() if recording.date else "",
        "length": clock(analysis.duration),
        "size": f"{analysis.cols}x{analysis.rows}",
        "lines": str(len(analysis.lines)),
        "tags": printable(", ".join(meta.tags)),
        "series": printable(_series(meta.series)) if meta.series else "",
        "authors": printable(", ".join(author.name for author in meta.authors)),
        "session": meta.session or "",
        "status": ", ".join(SHOWN.get(state, state) for state in states),
    }
    for name, value in facts.items():
        if value:
            print(f"{coloured_text(f'{name:<8}', '2')} {value}")
    if analysis.chapters_from == "markers":
        _print_moments("chapters", named(analysis.chapters))
    _print_moments("commands", [(item.time, item.text) for item in analysis.shown_commands])


def _series(part: Part) -> str:
    return part.name if part.number is None else f"{part.name}, part {part.number}"


def _print_moments(title: str, moments: Sequence[Any]) -> None:
    if not moments:
        return
    print(f"\n{coloured_text(title, '1')}")
    width = len(clock(moments[-1][0]))
    for time, text in moments:
        print(f"{coloured_text(f'{clock(time):>{width}}', '33')}  {printable(text, 500)}")
