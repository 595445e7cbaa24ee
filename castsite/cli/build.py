"""`castsite build`: content → output."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import click

from castsite.build import Built, Options, build
from castsite.cli.console import print_json, problems_as_json, progress_bar, show_problems
from castsite.cli.exits import SECRETS
from castsite.cli.project import (
    Project,
    asked_passphrase,
    folder_named,
    jobs_option,
    json_option,
    load_project,
    now,
    published_options,
)
from castsite.config import SiteConfig
from castsite.errors import Problem, Severity, counted, printable_path
from castsite.privacy import Ask
from castsite.render.shown import SHOWN
from castsite.research import UNFINISHED
from castsite.safety.gate import FOUND
from castsite.stages import Stage

HELD = frozenset({"draft", "private", "future-date"})
"""Codes of items that their owner does not want published now."""


@click.command("build")
@click.option("-o", "--output", callback=folder_named, help="Folder to write to; public by default.")
@click.option("--base-url", help="Where the site will stand, such as https://me.example/casts/.")
@click.option("--strict", is_flag=True, help="Publish nothing when an item had to be left out; exit 1.")
@published_options
@jobs_option
@click.option("--executor", type=click.Choice(("local", "dask")), default="local", help="Who examines recordings.")
@click.option("--scheduler", help="Address of the scheduler of a Dask cluster, such as tcp://box:8786.")
@json_option
@click.option("--force", is_flag=True, help="Take over an output folder that castsite did not make.")
@click.option("--durable", is_flag=True, help="Wait until every file is on the disk.")
@click.option("-w", "--watch", is_flag=True, help="Build again whenever something changes, until Ctrl-C.")
@click.option("--rehash", is_flag=True, help="Read every file again, sources and output, whatever its times say.")
@click.option("--profile", is_flag=True, help="Say where the time went.")
@click.option("-v", "--verbose", is_flag=True, help="Say also what is only worth knowing.")
@click.pass_obj
def command(directory: Path, /, **flags: Any) -> int:  # noqa: ANN401 - click's options by name
    """Turn content/ into a static gallery in public/."""
    ask = cache(asked_passphrase)
    _refuse_executor(flags)
    if flags["watch"]:
        if flags["as_json"]:
            raise click.UsageError("--json is one document; it does not go with --watch")
        from castsite.cli.watching import keep_building  # noqa: PLC0415 - only who watches pays for it

        load = partial(_load, directory.resolve(), flags)  # what is here may be moved elsewhere
        keep_building(load, partial(_options, flags, ask), verbose=flags["verbose"])
    started = time.monotonic()
    project = _load(directory, flags)
    options = _options(flags, ask)
    with progress_bar(quiet=flags["as_json"]) as progress:
        built = build(project.root, project.config, options, progress)
    seconds = time.monotonic() - started
    problems = (*project.problems, *built.problems)
    if flags["as_json"]:
        print_json(_document(built, problems, seconds))
    show_problems(problems, project.root, verbose=flags["verbose"])
    if flags["profile"]:
        print("\n".join(_profile(built.stages, seconds)), file=sys.stderr)
    print(_summary(built, problems, seconds, project.config.output), file=sys.stderr)
    return held_back(problems, project.config) or int(built.report is None or built.is_bare)


def held_back(problems: Iterable[Problem], config: SiteConfig) -> int:
    """Give the exit code where a credential holds something back, or nobody could tell whether there is one; else 0."""
    codes = {FOUND, SHOWN, *(UNFINISHED if config.secrets.policy != "off" else ())}
    return SECRETS if any(one.code in codes and one.severity is Severity.ERROR for one in problems) else 0


def _refuse_executor(flags: dict[str, Any]) -> None:
    """Refuse a cluster without an address, and an address without a cluster."""
    if (flags["executor"] == "dask") != bool(flags["scheduler"]):
        raise click.UsageError("--executor dask and --scheduler ADDRESS go together")
    if flags["scheduler"] and flags["watch"]:
        raise click.UsageError("--executor dask is for one build; it does not go with --watch")


def _load(directory: Path, flags: dict[str, Any]) -> Project:
    return load_project(directory, base_url=flags["base_url"], output=flags["output"], strict=flags["strict"])


def _options(flags: dict[str, Any], ask: Ask) -> Options:
    return Options(
        drafts=flags["drafts"],
        future=flags["future"],
        jobs=flags["jobs"],
        scheduler=flags["scheduler"] or "",
        force=flags["force"],
        durable=flags["durable"],
        rehash=flags["rehash"],
        passphrase=ask,
        now=now(),
    )


def _summary(built: Built, problems: tuple[Problem, ...], seconds: float, output: str) -> str:
    told, output = count(built, problems), printable_path(output)
    if built.report is None:
        return f"nothing published: {told}; {output} is as it was"
    report = built.report
    changes = (
        f"{counted(len(report.written), 'file')} written, {report.unchanged} unchanged, {len(report.removed)} removed"
    )
    return f"{output}: {changes}\nbuilt {told} in {seconds:.1f} s"


def _profile(stages: Iterable[Stage], seconds: float) -> Iterator[str]:
    """Give a table of the stages in their order, with what is left for everything else."""
    spent: defaultdict[str, float] = defaultdict(float)
    for name, took in stages:
        spent[name] += took
    spent["the rest"] = max(seconds - sum(spent.values()), 0)
    yield f"{'stage':12}{'seconds':>9}{'of all':>8}"
    yield from (f"{name:12}{took:9.2f}{took / seconds:8.0%}" for name, took in spent.items())


def count(built: Built, problems: Sequence[Problem]) -> str:
    """Say how many recordings and pages there are, and what became of the others."""
    done, found = len(built.survey.site.recordings) + built.private, built.survey.found
    warnings, errors = (sum(one.severity is kind for one in problems) for kind in (Severity.WARNING, Severity.ERROR))
    waiting = sum(code in HELD for _, code in built.survey.withheld)
    recordings = {one.path for one in built.survey.documents if one.kind == "recording"}
    held = sum(path in recordings and code in HELD for path, code in built.survey.withheld)
    texts = len(built.survey.site.pages)
    lost_texts = max(built.survey.pages - texts - (waiting - held), 0)
    lost = max(found - done - held, 0) + lost_texts
    notes = [f"{lost} left out"] if lost else []
    notes += [f"{waiting} held back as draft, private or future"] if waiting else []
    notes += [counted(errors, "error")] if errors > lost else []  # else those are told already
    notes += [counted(warnings, "warning")] if warnings else []
    note = f" ({', '.join(notes)})" if notes else ""
    pages = f"{texts} of {texts + lost_texts} pages" if lost_texts else counted(texts, "page")
    pages = f" and {pages}" if texts or lost_texts else ""
    return f"{done} of {found} recordings{pages}{note}"


def _document(built: Built, problems: tuple[Problem, ...], seconds: float) -> dict[str, object]:
    report = built.report
    return {
        "published": report is not None,
        "recordings": {"found": built.survey.found, "published": len(built.survey.site.recordings) + built.private},
        "pages": len(built.survey.site.pages),
        "pages_found": built.survey.pages,
        "files": {
            "written": list(report.written) if report else [],
            "unchanged": report.unchanged if report else 0,
            "removed": list(report.removed) if report else [],
        },
        "problems": problems_as_json(problems),
        "seconds": round(seconds, 3),
        "stages": [{"name": name, "seconds": round(took, 3)} for name, took in built.stages],
    }
