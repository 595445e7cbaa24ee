"""`castsite list`: what is in the site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click

from castsite.build import Options, Survey, in_order, survey, workers
from castsite.cache import Cache
from castsite.cli.console import coloured_text, print_json, progress_bar, show_problems
from castsite.cli.project import Date, jobs_option, json_option, load_project, now, published_options
from castsite.config import SiteConfig
from castsite.errors import Severity, printable, printable_path
from castsite.limits import SECOND
from castsite.render.catalogue import session
from castsite.render.encode import clock
from castsite.schema.values import Day
from castsite.site.model import Document, Meta, Recording
from castsite.site.selection import why_not
from castsite.site.taxonomy import name_key
from castsite.workfolder import WORK_FOLDER

STATES = ("public", "unlisted", "expired", "private", "draft", "future", "recording", "stopped", "failed", "cut-off")
_WAITING = {"draft": "draft", "future-date": "future"}
"""State by the code of the message that says why an item is left out."""


@click.command("list")
@click.option("--tag", help="Only recordings with this tag.")
@click.option("--series", help="Only parts of this series.")
@click.option(
    "--status", type=click.Choice(STATES), help="Only recordings in this state; draft and future need no other option."
)
@click.option("--session", help="Only recordings of this session; one that names none is of its folder, or default.")
@click.option("--since", type=Date(), metavar="DATE", help="Only recordings of this day and later.")
@click.option("--until", type=Date(), metavar="DATE", help="Only recordings of this day and earlier.")
@published_options
@jobs_option
@json_option
@click.pass_obj
def command(directory: Path, /, **flags: Any) -> int:  # noqa: ANN401 - click's options by name
    """List the recordings of the site: address, date, length, title."""
    project = load_project(directory)
    options = Options(
        drafts=flags["drafts"] or flags["status"] == "draft",
        future=flags["future"] or flags["status"] == "future",
        underway=True,
        jobs=flags["jobs"],
        now=now(),
    )
    cache = Cache(project.root / WORK_FOLDER)
    with workers(project.config, options) as executor, progress_bar(quiet=flags["as_json"]) as progress:
        surveyed = survey(project.root, project.config, options, cache, executor, progress)
    errors = [problem for problem in surveyed.problems if problem.severity is Severity.ERROR]
    show_problems(in_order((*project.problems, *errors)), project.root)
    states = states_of(surveyed, project.config, options)
    chosen = [
        one
        for one in surveyed.site.recordings
        if _wanted(one.meta, one.date, {*states[one.source], one.status}, session(one), flags)
    ]
    silent = [
        one for one in surveyed.silent if _wanted(one.meta, one.meta.date, {"recording"}, one.meta.session, flags)
    ]
    filters = (flags[name] for name in ("tag", "series", "session", "since", "until"))
    private = surveyed.private if flags["status"] in {None, "private"} and not any(filters) else ()
    unknown = [*((one, "recording") for one in silent), *((one, "private") for one in private)]
    if flags["as_json"]:
        print_json(
            [*(described(one, states[one.source]) for one in chosen), *(_described_unknown(*each) for each in unknown)]
        )
    else:
        _print_rows(chosen, states)
        for document, state in unknown:
            print(f"{coloured_text(printable_path(document.path), '2')}  ({state})")
    return 0


def states_of(surveyed: Survey, config: SiteConfig, options: Options) -> dict[str, list[str]]:
    """Say of each recording, by its source, what has to be said; that it is whole goes without saying.

    What a build would leave out is not public.
    """
    reasons = ((one.path, why_not(one, config, options.now, drafts=False, future=False)) for one in surveyed.documents)
    waiting = {path: _WAITING[reason.code] for path, reason in reasons if reason and reason.code in _WAITING}
    return {one.source: list(_states(one, waiting.get(one.source))) for one in surveyed.site.recordings}


def _states(recording: Recording, waiting: str | None) -> Iterator[str]:
    if waiting is None or recording.state != "public":
        yield recording.state
    if waiting:
        yield waiting
    yield from {"recording": ["recording"], "failed": ["cut-off"], "stopped": []}[recording.status]


def described(recording: Recording, states: list[str]) -> dict[str, object]:
    """Give the facts about a recording that every `--json` has."""
    summary, meta = recording.summary, recording.meta
    return {
        "slug": recording.slug,
        "source": recording.source,
        "title": recording.title,
        "date": recording.date.date.isoformat() if recording.date else None,
        "duration": summary.duration / SECOND,
        "size": [summary.cols, summary.rows],
        "lines": summary.lines,
        "commands": summary.commands,
        "tags": list(meta.tags),
        "series": meta.series.name if meta.series else None,
        "session": meta.session,
        "status": states,
    }


def _described_unknown(document: Document, state: str) -> dict[str, object]:
    """Give what is known of a recording that was not looked into, or that has shown nothing yet."""
    return {"slug": None, "source": document.path, "title": document.meta.title, "status": [state]}


def _wanted(meta: Meta, date: Day | None, states: set[str], own: str | None, flags: dict[str, Any]) -> bool:
    day = date.date if date else None
    return (
        _named(flags["tag"], meta.tags)
        and _named(flags["series"], [meta.series.name] if meta.series else [])
        and (not flags["status"] or flags["status"] in states)
        and (not flags["session"] or flags["session"] == own)
        and _within(day, flags["since"], flags["until"])
    )


def _named(wanted: str | None, names: Iterable[str]) -> bool:
    """Compare as the site does: case and accents aside."""
    return wanted is None or name_key(wanted) in map(name_key, names)


def _within(day: date | None, since: Any, until: Any) -> bool:  # noqa: ANN401 - datetimes or None
    if since is None and until is None:
        return True
    return day is not None and (not since or day >= since.date()) and (not until or day <= until.date())


def _print_rows(recordings: list[Recording], states: Mapping[str, list[str]]) -> None:
    rows = [
        (
            recording.slug,
            recording.date.date.isoformat() if recording.date else "-",
            clock(recording.summary.duration),
            printable(recording.title) + _mark(states[recording.source]),
        )
        for recording in recordings
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    for slug, day, length, title in rows:
        cells = f"{slug:<{widths[0]}}  {day:<{widths[1]}}  {length:>{widths[2]}}"
        print(f"{coloured_text(cells, '2')}  {title}")


def _mark(states: Iterable[str]) -> str:
    told = [state for state in states if state != "public"]
    return f"  ({', '.join(told)})" if told else ""
