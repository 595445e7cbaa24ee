"""`castsite check`: everything that build would complain about, or with `--secrets` what is found in files."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from castsite.build import Built, Options, check
from castsite.cli.build import held_back
from castsite.cli.casts import write_output
from castsite.cli.console import print_json, problems_as_json, progress_bar, show_problems
from castsite.cli.exits import SECRETS
from castsite.cli.project import Project, jobs_option, json_option, load_project, now, published_options
from castsite.errors import ConfigError, Place, Problem, Severity, counted, whole
from castsite.limits import SECOND, size_text
from castsite.render.sitemap import LARGEST
from castsite.render.vanished import published
from castsite.safety.gate import FOUND, PERSONAL, Looked, Told, settled
from castsite.safety.orders import REDACTED
from castsite.safety.secrets import masked
from castsite.scanners import SCANNED
from castsite.schema.dates import parse_day
from castsite.site.allowlist import ALLOW_LIST, Entry, with_entry

OF_POLICY = ("stale-allowance", "no-site-key", "secrets-off", "rule-off", "unknown-rule")
ABOUT_SECRETS = frozenset({FOUND, REDACTED, PERSONAL, SCANNED, *OF_POLICY})
"""Codes of what `--secrets` tells."""


@click.command("check")
@click.option("--strict", is_flag=True, help="Exit 1 for warnings too; with --secrets 3 for what only may be a secret.")
@published_options
@jobs_option
@json_option
@click.option(
    "--against",
    metavar="SITEMAP",
    multiple=True,
    help="Say which addresses of a sitemap.xml that was published would lead nowhere; may be repeated.",
)
@click.option("--secrets", is_flag=True, help="Say only what is found of secrets, published or not.")
@click.option("--external", is_flag=True, help="Run the programs of secrets: external over the transcripts, too.")
@click.option("--allow", metavar="ID", help="Write the finding of this id into secrets-allow.json; with --reason.")
@click.option("--reason", metavar="TEXT", help="Why what --allow names is no secret.")
@click.option("--until", metavar="DATE", help="The last day on which it is allowed.")
@click.option("--by-value", is_flag=True, help="Allow the value wherever it stands; signed with the site's key.")
@click.option(
    "-v", "--verbose", is_flag=True, help="Say also what is only worth knowing, and what takes each path of the site."
)
@click.pass_obj
def command(directory: Path, /, **flags: Any) -> int:  # noqa: ANN401 - click's options by name
    """Say everything that build would complain about; write nothing.

    What --allow names is written into secrets-allow.json.
    """
    _refuse_odd(flags)
    project = load_project(directory, strict=flags["strict"])
    options = Options(
        drafts=flags["drafts"],
        future=flags["future"],
        jobs=flags["jobs"],
        signing=bool(flags["by_value"]),
        now=now(),
    )
    with progress_bar(quiet=flags["as_json"]) as progress:
        former = [one for name in flags["against"] for one in published(_sitemap(directory, name), name)]
        checked = check(project.root, project.config, options, progress, external=flags["external"], former=former)
    if flags["allow"]:
        return _allow(project, checked, flags)
    if flags["secrets"]:
        return _secrets(project, checked, flags)
    problems = (*project.problems, *checked.problems)
    if flags["as_json"]:
        print_json({"recordings": checked.survey.found, "problems": problems_as_json(problems)})
    show_problems(problems, project.root, verbose=flags["verbose"])
    if flags["verbose"] and not flags["as_json"]:
        for path, owner in sorted(checked.places):
            print(f"{whole(path)}\t{masked(whole(owner))}")
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    warnings = sum(problem.severity is Severity.WARNING for problem in problems)
    told = f"{counted(errors, 'error')}, {counted(warnings, 'warning')}"
    found = checked.survey.found
    print(f"checked {counted(found, 'recording')}: {told}", file=sys.stderr)
    return held_back(problems, project.config) or int(bool(errors or (warnings and project.config.strict)))


def _refuse_odd(flags: dict[str, Any]) -> None:
    if flags["allow"] and not flags["reason"]:
        raise click.UsageError("--allow needs --reason: why it is no secret")
    if flags["reason"] and masked(flags["reason"]) != flags["reason"]:
        raise click.UsageError("--reason holds a secret itself, and is written down; say it without")
    until = parse_day(flags["until"]) if flags["until"] else None
    if flags["until"] and not (until and until.whole_day):
        raise click.UsageError(f"--until: {flags['until']!r} is no date; write it as 2027-01-31")
    if until and until.date < now().date():
        raise click.UsageError(f"--until: {flags['until']} is over; give a day to come, or leave it out")
    if flags["allow"] and (flags["as_json"] or flags["secrets"]):
        raise click.UsageError("--allow writes an entry, and goes with neither --secrets nor --json")
    if flags["against"] and (flags["allow"] or flags["secrets"]):
        raise click.UsageError("--against is about addresses, and goes with neither --secrets nor --allow")
    if not flags["allow"] and (flags["reason"] or flags["until"] or flags["by_value"]):
        raise click.UsageError("--reason, --until and --by-value belong to --allow ID")


def _sitemap(directory: Path, name: str) -> bytes:
    try:
        with (directory / name).open("rb") as file:
            source = file.read(LARGEST + 1)
    except OSError as error:
        text = f"cannot be read: {error.strerror}; name a sitemap.xml that is there"
        raise ConfigError(Problem(Severity.FATAL, Place(name), "unreadable", text)) from error
    if len(source) > LARGEST:
        text = f"is larger than a sitemap may be, {size_text(LARGEST)}"
        raise ConfigError(Problem(Severity.FATAL, Place(name), "too-large", text))
    return source


def _secrets(project: Project, checked: Built, flags: dict[str, Any]) -> int:
    """Tell what is found, and exit with 3 where anything is open."""
    looked = checked.survey.looked
    findings = [one for file in looked for one in file.findings]
    open_ones = [one for one in findings if one.action == "block" or (flags["strict"] and one.action == "warn")]
    unfinished = [file for file in looked if file.reason in {"budget", "crash"}]
    if flags["as_json"]:
        print_json(
            {
                "version": 1,
                "files": [_file(file) for file in looked if file.findings or file.reason],
                "summary": {
                    "files": len(looked),
                    "findings": len(findings),
                    "open": len(open_ones),
                    "incomplete": sum(bool(file.reason) for file in looked),
                },
            }
        )
    problems = [one for one in checked.problems if one.code in ABOUT_SECRETS]
    show_problems(problems, project.root, verbose=flags["verbose"])
    show_problems([*settled(looked)], project.root, verbose=True)
    left = [f"{len(unfinished)} not looked through to the end"] if unfinished else []
    personal = sum(one.action == "info" for one in findings)
    more = [f"{personal} more that only tell{'s' * (personal == 1)} of a person (--verbose)"] if personal else []
    told = ", ".join((counted(len(findings) - personal, "finding"), f"{len(open_ones)} of them open", *more, *left))
    print(f"looked through {counted(len(looked), 'file')}: {told}", file=sys.stderr)
    held = any(one.code == FOUND and one.severity is Severity.ERROR for one in problems)
    held = held or any(one.code == SCANNED for one in problems)
    return SECRETS if open_ones or unfinished or held else 0


def _file(file: Looked) -> dict[str, object]:
    clean = not file.reason and all(one.action in {"allowed", "redacted"} for one in file.findings)
    document: dict[str, object] = {
        "path": masked(file.path),
        "source": f"sha256:{file.digest}",
        "clean": clean,
        "complete": not file.reason,
    }
    if file.recording:
        document["recording"] = f"sha256:{file.recording}"
    if file.reason:
        document["reason"] = file.reason
    return {**document, "findings": [dict(_fields(one)) for one in file.findings]}


def _fields(one: Told) -> Iterator[tuple[str, object]]:
    yield from (("id", one.id), ("rule", one.rule), ("class", one.rule_class), ("channel", one.channel))
    yield from (("where", one.where), ("length", one.length), ("shown", one.shown), ("places", one.places))
    if one.time is not None:
        yield "time", one.time / SECOND
    yield "action", one.action


def _allow(project: Project, checked: Built, flags: dict[str, Any]) -> int:
    """Write an entry about the finding of an id."""
    file, one = _of_id(checked.survey.looked, flags["allow"])
    until = flags["until"] or ""
    if flags["by_value"]:
        if not one.signature:
            text = "--by-value: a value is signed with the site's key, and there is none; set CASTSITE_KEY or site_key"
            raise click.UsageError(text)
        entry = Entry(one.rule, flags["reason"], hmac=one.signature, until=until)
    else:
        entry = Entry(one.rule, flags["reason"], source=f"sha256:{file.digest}", where=one.where, until=until)
    write_output(project.root, ALLOW_LIST, with_entry(project.root, entry), [], overwrite=True)
    print(f"{ALLOW_LIST}: {one.rule} in {masked(file.path)} is allowed", file=sys.stderr)
    return 0


def _of_id(looked: Iterable[Looked], name: str) -> tuple[Looked, Told]:
    """Find the finding of an id; those of what is no secret anyway have none. Raises UsageError."""
    found = [(file, one) for file in looked for one in file.findings if one.id == name and one.action != "info"]
    if not found:
        raise click.UsageError(f"--allow: there is no finding {name!r}; castsite check --secrets names them")
    if len(found) > 1:
        places = ", ".join(f"{one.rule} at {one.where} of {masked(file.path)}" for file, one in found)
        raise click.UsageError(f"--allow: more than one finding has the id {name}: {places}; write the entry by hand")
    return found[0]
