"""`castsite check`: everything that build would complain about."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from castsite.build import Options, check
from castsite.cli.build import held_back
from castsite.cli.console import print_json, problems_as_json, progress_bar, show_problems
from castsite.cli.project import jobs_option, json_option, load_project, now, published_options
from castsite.errors import Severity


@click.command("check")
@click.option("--strict", is_flag=True, help="Exit 1 for warnings too.")
@published_options
@jobs_option
@json_option
@click.option("-v", "--verbose", is_flag=True, help="Say also what is only worth knowing.")
@click.pass_obj
def command(directory: Path, /, **flags: Any) -> int:  # noqa: ANN401 - click's options by name
    """Say everything that build would complain about; write nothing."""
    project = load_project(directory, strict=flags["strict"])
    options = Options(drafts=flags["drafts"], future=flags["future"], jobs=flags["jobs"], now=now())
    with progress_bar(quiet=flags["as_json"]) as progress:
        checked = check(project.root, project.config, options, progress)
    problems = (*project.problems, *checked.problems)
    if flags["as_json"]:
        print_json({"recordings": checked.survey.found, "problems": problems_as_json(problems)})
    show_problems(problems, project.root, verbose=flags["verbose"])
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    warnings = sum(problem.severity is Severity.WARNING for problem in problems)
    told = f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"
    print(f"checked {checked.survey.found} recordings: {told}", file=sys.stderr)
    return held_back(problems) or int(bool(errors or (warnings and project.config.strict)))
