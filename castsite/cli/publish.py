"""`castsite publish`: put the finished site where people see it."""

from __future__ import annotations

import sys
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import click

from castsite.build import Options, target_of
from castsite.cli.console import show_problems
from castsite.cli.project import load_project
from castsite.errors import ConfigError, Place, Problem, Severity, printable
from castsite.limits import MIB
from castsite.output.finished import finished
from castsite.output.lock import hold
from castsite.publish.gh_pages import Destination, push_site


@click.command("publish")
@click.option("--remote", help="Remote of the repository to push to; origin by default.")
@click.option("--branch", help="Branch to push to; gh-pages by default.")
@click.option("--force", is_flag=True, help="Replace the branch whatever is on it.")
@click.option("--dry-run", is_flag=True, help="Say what would be done; push nothing.")
@click.option("-o", "--output", help="Folder that was built into; public by default.")
@click.pass_obj
def command(directory: Path, /, remote: str | None, branch: str | None, output: str | None, **how: bool) -> int:
    """Push the site that castsite build made to a branch for GitHub Pages, as one commit without a history.

    Nothing of yours in the working copy changes, and files in the output folder that castsite did not make stay here.
    """
    project = load_project(directory, output=output)
    config = project.config.publish
    if config.to != "gh-pages":
        text = (
            f"publish: to: {config.to}: this version publishes to branches only; copy the folder with the store's tool"
        )
        raise ConfigError(Problem(Severity.FATAL, Place("castsite.yml"), "no-effect-yet", text))
    _refuse_local(project.config.base_url)
    target = target_of(project.root, project.config, Options())
    destination = Destination(
        project=project.root,
        remote=remote or config.remote,
        branch=branch or config.branch,
        cname=config.cname,
        force=how["force"],
    )
    with hold(target):
        pushed = push_site(target.root, finished(target), destination, dry_run=how["dry_run"])
    show_problems((*project.problems, *pushed.problems), project.root)
    files = f"{pushed.files} files, {pushed.size / MIB:.1f} MiB"
    place = printable(f"{destination.branch} at {destination.remote}")
    if not pushed.changed:
        print(f"{place} holds these files already: {files}", file=sys.stderr)
    elif how["dry_run"]:
        print(f"would push {files} to {place}; nothing was pushed", file=sys.stderr)
    else:
        print(f"pushed {files} to {place}", file=sys.stderr)
    return 0


def _refuse_local(base_url: str | None) -> None:
    """Refuse a site whose absolute links lead to the machine it was made on."""
    host = urlsplit(base_url).hostname if base_url else None
    if host and (host == "localhost" or host.endswith(".localhost") or _is_loopback(host)):
        text = "base_url: is an address of this machine alone; say where the site will stand, and build again"
        raise ConfigError(Problem(Severity.FATAL, Place("castsite.yml"), "local-address", text))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
