"""`castsite publish`: put the finished site where people see it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from castsite.build import Options, target_of
from castsite.cli.console import print_json, progress_bar, show_problems
from castsite.cli.project import Project, folder_named, load_project, not_empty
from castsite.errors import ConfigError, Place, Problem, Severity, counted, printable, printable_path, quote, whole
from castsite.limits import MIB
from castsite.output.finished import Finished, finished
from castsite.output.lock import hold
from castsite.output.target import Target
from castsite.publish.moves import Moves
from castsite.regex import regex
from castsite.render.sitemap import SITEMAP
from castsite.schema.hosting import bucket_letters, is_destination

_LOCATION = regex(rb"<loc>([^<]*)</loc>")
BRANCH, STORE = ("remote", "branch"), ("endpoint", "cors")
"""Options that only one kind of destination has."""


@click.command("publish")
@click.argument("to", required=False)
@click.option("--remote", callback=not_empty, help="Remote of the repository to push to; origin by default.")
@click.option("--branch", callback=not_empty, help="Branch to push to; gh-pages by default.")
@click.option("--endpoint", callback=not_empty, help="Address of an object store that is not Amazon's.")
@click.option(
    "--release-dir",
    callback=folder_named,
    metavar="FOLDER",
    help="Make a release in this folder of your own server, and point FOLDER/current at it.",
)
@click.option("--force", is_flag=True, help="Replace what is there, whoever put it there; send every file again.")
@click.option("--dry-run", is_flag=True, help="Print what would be done with each file; publish nothing.")
@click.option("--cors", is_flag=True, help="Print the rules of a bucket that others may fetch from; publish nothing.")
@click.option("-o", "--output", callback=folder_named, help="Folder that was built into; public by default.")
@click.pass_obj
def command(directory: Path, /, **flags: Any) -> int:  # noqa: ANN401 - click's options by name
    """Put the finished site where people see it: GitHub Pages, an object store, or a folder of a server.

    TO is gh-pages or s3://bucket/prefix; --release-dir names a folder of your own server instead.

    Only what castsite made is published, replaced and removed: files in the output folder that are yours stay here, and
    objects of others stay where they are. Without TO it goes where publish: in castsite.yml says.
    """
    project = load_project(directory, output=flags["output"])
    if flags["release_dir"]:
        return _release(project, flags)
    to = flags["to"] or project.config.publish.to
    if not is_destination(to):
        cure = bucket_letters(to) or "; name a folder by --release-dir"
        raise click.UsageError(f"{quote(to)} is neither gh-pages nor s3://bucket/prefix{cure}")
    kind, others = ("gh-pages", STORE) if to == "gh-pages" else ("an object store", BRANCH)
    if unfit := [name for name in others if flags[name]]:
        raise click.UsageError(f"--{unfit[0]} does not go with {kind}")
    if flags["cors"]:
        return _print_cors()
    target = target_of(project.root, project.config, Options())
    with hold(target):
        return _push(project, target, flags) if to == "gh-pages" else _send(project, target, to, flags)


def _release(project: Project, flags: Mapping[str, Any]) -> int:
    from castsite.publish.releases import CURRENT, release  # noqa: PLC0415 - only what is used is imported

    if flags["to"] or flags["cors"]:
        raise click.UsageError(f"--release-dir does not go with {'--cors' if flags['cors'] else 'TO'}")
    if unfit := [name for name in ("remote", "branch", "endpoint") if flags[name]]:
        raise click.UsageError(f"--{unfit[0]} does not go with --release-dir")
    target = target_of(project.root, project.config, Options())
    folder = project.root / flags["release_dir"]
    with hold(target):
        site = _finished(project, target)
        made = release(target, site, folder, force=flags["force"], dry_run=flags["dry_run"])
    show_problems((*project.problems, *made.problems), project.root)
    place = printable_path(str(folder / CURRENT))
    files = f"{counted(len(site.paths), 'file')}, {site.size / MIB:.1f} MiB"
    if flags["dry_run"] and (made.moves or flags["force"]):
        _print_moves(made.moves)
        print(f"would point {place} at {files}: {_moved(made.moves)}; nothing was written", file=sys.stderr)
    elif not made.name:
        print(f"{place} holds these files already: {files}", file=sys.stderr)
    else:
        print(f"{place} points at release {made.name}: {files}; {_moved(made.moves)}", file=sys.stderr)
    return 0


def _push(project: Project, target: Target, flags: Mapping[str, Any]) -> int:
    from castsite.publish.gh_pages import Destination, push_site  # noqa: PLC0415 - only what is used is imported

    config = project.config.publish
    destination = Destination(
        project=project.root,
        remote=flags["remote"] or config.remote,
        branch=flags["branch"] or config.branch,
        cname=config.cname,
        force=flags["force"],
    )
    pushed = push_site(target.root, _finished(project, target), destination, dry_run=flags["dry_run"])
    show_problems((*project.problems, *pushed.problems), project.root)
    files = f"{counted(pushed.files, 'file')}, {pushed.size / MIB:.1f} MiB"
    place = printable(f"{destination.branch} at {destination.remote}")
    if not pushed.changed:
        print(f"{place} holds these files already: {files}", file=sys.stderr)
    elif flags["dry_run"]:
        _print_moves(pushed.moves)
        print(f"would push {files} to {place}: {_moved(pushed.moves)}; nothing was pushed", file=sys.stderr)
    else:
        print(f"pushed {files} to {place}: {_moved(pushed.moves)}", file=sys.stderr)
    return 0


def _send(project: Project, target: Target, to: str, flags: Mapping[str, Any]) -> int:
    from castsite.publish.s3 import connect, locate  # noqa: PLC0415 - only what is used is imported
    from castsite.publish.store import publish_objects  # noqa: PLC0415 - the same

    location = locate(to, flags["endpoint"] or project.config.publish.endpoint)
    site = _finished(project, target)
    show_problems(project.problems, project.root)
    with progress_bar() as progress:
        sent = publish_objects(
            target.root,
            site,
            connect(location),
            force=flags["force"],
            dry_run=flags["dry_run"],
            progress=progress,
        )
    place = printable(f"{location} at {location.store}")
    if not sent.moves:
        print(
            f"{place} holds these files already: {counted(sent.files, 'file')}, {sent.size / MIB:.1f} MiB",
            file=sys.stderr,
        )
        return 0
    done = f"{_moved(sent.moves)}, {sent.sent / MIB:.1f} MiB"
    if flags["dry_run"]:
        _print_moves(sent.moves)
        print(f"would publish to {place}: {done}; nothing was sent", file=sys.stderr)
    else:
        print(f"published to {place}: {done}", file=sys.stderr)
    return 0


def _print_moves(moves: Moves) -> None:
    for word, path in moves.lines():
        print(f"{word:8}{whole(path)}")


def _moved(moves: Moves) -> str:
    return f"{counted(len(moves.new), 'new file')}, {len(moves.changed):,} changed, {len(moves.removed):,} removed"


def _print_cors() -> int:
    from castsite.publish.objects import CORS  # noqa: PLC0415 - only what is used is imported

    print_json(CORS)
    return 0


def _finished(project: Project, target: Target) -> Finished:
    """Give the site; refuse one whose absolute links lead to the machine it was made on."""
    site = finished(target)
    host = _host(_address(target.root, site) or project.config.base_url or "")
    if host == "localhost" or host.endswith(".localhost") or _is_loopback(host):
        text = (
            f"was built for {quote(host)}, an address of this machine alone; say where the site will stand"
            " (base_url: in castsite.yml, or --base-url), and build again"
        )
        raise ConfigError(Problem(Severity.FATAL, Place(target.shown(target.root)), "local-address", text))
    return site


def _address(root: Path, site: Finished) -> str:
    """Give an address of the site as it was built, whatever is configured by now; none of one that knows none."""
    found = _LOCATION.search((root / SITEMAP).read_bytes()) if SITEMAP in site.paths else None
    return found[1].decode("utf-8", "replace") if found else ""


def _host(address: str) -> str:
    """Give the host in an address; a sitemap of the owner's own may hold what is none."""
    with suppress(ValueError):
        return urlsplit(address).hostname or ""
    return ""


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
