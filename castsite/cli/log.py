"""`castsite log`: what was published and taken away."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import msgspec

from castsite.cli.console import coloured_text, print_json, show_problems
from castsite.cli.project import Date, json_option, load_project
from castsite.errors import Place, Problem, Severity, printable, printable_path
from castsite.formats.names import without_ending
from castsite.output.trail import ACTIONS, NAME, Entry, read
from castsite.workfolder import WORK_FOLDER

SHOWN = 50


@click.command("log")
@click.option("--since", type=Date(), metavar="DATE", help="Only what happened on this day (UTC) and later.")
@click.option("--action", type=click.Choice(ACTIONS), help="Only what happened in this way.")
@click.option("--item", help="Only this item: its path, its address, or the end of one of them.")
@click.option("-n", "--limit", type=click.IntRange(1), help=f"At most this many; {SHOWN} by default, with --json all.")
@json_option
@click.pass_obj
def command(directory: Path, /, **flags: Any) -> int:  # noqa: ANN401 - click's options by name
    """Show what was published, changed, held back and removed, and when: the newest first."""
    project = load_project(directory)
    show_problems(project.problems, project.root)
    trail = read(project.root / WORK_FOLDER)
    entries = trail.entries if trail else ()
    if trail is None:
        print("nothing is written down yet: the first castsite build that publishes something does", file=sys.stderr)
    elif trail.damaged:
        text = f"{trail.damaged} line{'s are' if trail.damaged > 1 else ' is'} damaged, and left out"
        show_problems([Problem(Severity.WARNING, Place(f"{WORK_FOLDER}/{NAME}"), "damaged", text)], project.root)
    chosen = [entry for entry in reversed(entries) if _wanted(entry, flags)]
    most = flags["limit"] or (None if flags["as_json"] else SHOWN)
    if flags["as_json"]:
        print_json([msgspec.to_builtins(entry) for entry in chosen[:most]])
        return 0
    _print_rows(chosen[:most])
    if trail and not chosen:
        print("nothing that was written down is like that; castsite log shows all", file=sys.stderr)
    if len(chosen[:most]) < len(chosen):
        print(f"{len(chosen) - len(chosen[:most])} older ones: castsite log --limit {len(chosen)}", file=sys.stderr)
    return 0


def _wanted(entry: Entry, flags: dict[str, Any]) -> bool:
    since, item = flags["since"], flags["item"]
    return (
        entry.action != "standing"
        and (since is None or entry.time >= f"{since:%Y-%m-%d}")
        and flags["action"] in {None, entry.action}
        and (item is None or _is_named(entry, item.strip("/")))
    )


def _is_named(entry: Entry, name: str) -> bool:
    """Whether a name is an item's path or address, or whole parts at the end of one of them."""
    own = without_ending(entry.item)
    return any(f"/{one}".endswith(f"/{name}") for one in (entry.item, own, entry.address.rstrip("/")) if one and name)


def _print_rows(entries: list[Entry]) -> None:
    several = len({entry.output for entry in entries}) > 1
    rows = [_row(entry, several=several) for entry in entries]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    for when, action, item, rest in rows:
        when_and_what = f"{when:<{widths[0]}}  {action:<{widths[1]}}"
        print(f"{coloured_text(when_and_what, '2')}  {item:<{widths[2]}}  {rest}".rstrip())


def _row(entry: Entry, *, several: bool) -> tuple[str, str, str, str]:
    """Give time, action and item, and what there is to say besides."""
    notes: Iterable[str] = entry.rules or ([entry.because] if entry.because else [])
    if entry.action in {"published", "found"} and entry.state in {"unlisted", "private"}:
        notes = (entry.state, *notes)
    rest = [printable_path(entry.address) or "-"]
    rest += [f"({', '.join(map(printable, notes))})"] if notes else []
    rest += [f"[{printable(entry.output)}]"] if several else []
    return entry.time, entry.action, printable_path(entry.item), "  ".join(rest)
