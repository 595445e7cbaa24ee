"""What a person sees: messages and progress on stderr, data on stdout, colour on a terminal only."""

from __future__ import annotations

import codecs
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from castsite.errors import Problem, Severity
from castsite.excerpt import excerpt, said
from castsite.research import Progress

COLOURS = {Severity.INFO: "36", Severity.WARNING: "33", Severity.ERROR: "31", Severity.FATAL: "31;1"}
EXCERPTS = 20
"""problems that are followed by an excerpt"""

REFRESHED = 0.1
"""seconds between two looks of a progress bar"""

SHOWN_PER_CODE = 50
"""messages of one cause that are printed; the others are counted (a folder of 5,000 bad files)"""


def coloured(stream: TextIO) -> bool:
    """Whether a stream is a terminal that wants colour (NO_COLOR, TERM=dumb)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def coloured_text(text: str, colour: str) -> str:
    """Colour data for a terminal; elsewhere it is left as it is."""
    return f"\x1b[{colour}m{text}\x1b[0m" if coloured(sys.stdout) else text


def show_problems(problems: Sequence[Problem], root: Path, *, verbose: bool = False) -> None:
    """Print problems to stderr, one line each: those that matter, and with `verbose` the rest.

    On a terminal, and with `verbose`, each is followed by the lines of the file below `root` that it is about.
    """
    colour = coloured(sys.stderr)
    excerpts = EXCERPTS if verbose or sys.stderr.isatty() else 0
    shown = Counter[tuple[Severity, str]]()
    for problem in problems:
        if problem.severity is Severity.INFO and not verbose:
            continue
        shown[problem.severity, problem.code] += 1
        if shown[problem.severity, problem.code] <= SHOWN_PER_CODE:
            told = said(problem)
            print(_coloured(told) if colour else str(told), file=sys.stderr)
            lines = list(excerpt(root, problem.place)) if excerpts else []
            print(*(f"{line}\n" for line in lines), sep="", end="", file=sys.stderr)
            excerpts -= bool(lines)
    for (severity, code), count in shown.items():
        if count > SHOWN_PER_CODE:
            print(
                f"{severity}: {code}: … and {count - SHOWN_PER_CODE} more; castsite check --json lists all",
                file=sys.stderr,
            )


def _coloured(problem: Problem) -> str:
    severity, _, rest = str(problem).partition(":")
    return f"\x1b[{COLOURS[problem.severity]}m{severity}\x1b[0m:{rest}"


def print_json(document: object) -> None:
    """Print one JSON document to stdout."""
    plain = codecs.lookup(sys.stdout.encoding or "utf-8").name != "utf-8"  # then escapes are JSON's, not Python's
    json.dump(document, sys.stdout, ensure_ascii=plain, allow_nan=False, indent=2)
    sys.stdout.write("\n")


def problems_as_json(problems: Iterable[Problem]) -> list[dict[str, str | int]]:
    """Give problems the shape they have in every `--json`; an unknown line or column is left out."""
    return [_problem_as_json(said(problem)) for problem in problems]


def _problem_as_json(problem: Problem) -> dict[str, str | int]:
    place = {"path": problem.place.path, "line": problem.place.line, "column": problem.place.column}
    known: dict[str, str | int] = {key: value for key, value in place.items() if value}  # type: ignore[misc]
    return {
        "severity": problem.severity.value,
        **known,
        "code": problem.code,
        "text": problem.text,
        "count": problem.times,
    }


@contextmanager
def progress_bar(*, quiet: bool = False) -> Iterator[Progress]:
    """Show a bar with rate and remaining time for long work, on a terminal; nothing elsewhere."""
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield Progress()
        return
    from rich.console import Console  # noqa: PLC0415 - 60 ms that only a terminal pays
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    rate = TextColumn("{task.fields[rate]}")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn())
    console = Console(stderr=True, no_color=bool(os.environ.get("NO_COLOR")))
    # refreshed here, not by a thread of its own, beside which no copies of the process could be made
    bar = Bar(*columns, console=console, transient=True, auto_refresh=False)
    tasks: dict[str, TaskID] = {}
    started: dict[str, float] = {}
    shown = 0.0

    def advance(stage: str, done: int, total: int) -> None:
        nonlocal shown
        bar.start()  # not before there is something to show: somebody may be asked for a passphrase
        if stage not in tasks:
            tasks[stage] = bar.add_task(stage, total=total, rate="")
            started[stage] = time.monotonic()
        rate = done / max(time.monotonic() - started[stage], 0.001)
        bar.update(tasks[stage], completed=done, total=total, rate=f"{rate:.0f}/s")
        if time.monotonic() - shown >= REFRESHED or done == total:
            bar.refresh()
            shown = time.monotonic()

    try:
        yield Progress(advance)
    finally:
        if tasks:
            bar.stop()
