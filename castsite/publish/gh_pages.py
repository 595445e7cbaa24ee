"""The site on a branch of its own, as GitHub Pages and others serve it.

One commit without a history: that of casts and pictures would only grow. Nothing in the working copy changes, and no
local branch: the commit is made in a repository beside it. What was pushed last is remembered, for each remote, as
`refs/castsite/REMOTE/NAME`, and a branch that has moved since, or was never ours, is only replaced by force. What is
being pushed is `….new` until git has said that it was: of a run that ended early nobody knows whether it came there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stdout, suppress
from io import BytesIO
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final, NamedTuple

import ghp_import  # type: ignore[import-untyped]
from msgspec import Struct

from castsite.errors import ConfigError, Place, Problem, Severity, printable, quote
from castsite.limits import MIB
from castsite.output.finished import Finished
from castsite.publish.git import Git, GitError, surroundings
from castsite.publish.moves import Moves

LARGEST_FILE: Final = 100 * MIB
"""bytes of a file that GitHub refuses"""
LARGEST_SITE: Final = 1000 * MIB
"""bytes of a site that GitHub Pages still takes"""
CNAME: Final = "CNAME"
_NAME, _MAIL = "castsite", "castsite@localhost"


class Destination(Struct, frozen=True, kw_only=True):
    """Where to: a branch of a remote of the repository that holds the project."""

    project: Path
    remote: str
    branch: str
    cname: str | None = None
    """the site's own domain"""
    force: bool = False
    """replace whatever is on the branch"""

    @property
    def remembered(self) -> str:
        """Name what was pushed there last, as the project's repository knows it."""
        return f"refs/castsite/{self.remote}/{self.branch}"


class Pushed(NamedTuple):
    """What came of it. `changed` is False when the branch holds the same files already."""

    files: int
    size: int
    changed: bool
    problems: tuple[Problem, ...]
    moves: Moves
    """against what is on the branch, where that is known here; else everything is new"""


def push_site(root: Path, site: Finished, destination: Destination, *, dry_run: bool = False) -> Pushed:
    """Push the files of a finished site from the output folder `root`; with `dry_run` find out what would be done.

    Raises ConfigError for a destination that cannot be, GitError where git refuses.
    """
    git = Git(destination.project)
    _check_branch(git, destination.branch)
    _check_files(root, site)
    with TemporaryDirectory(prefix="castsite-publish-") as folder, _seen(git, destination) as tip:
        commit = _commit(git, root, site, destination, Path(folder), tip)
        before = tip and git.ask("rev-parse", "--verify", "--quiet", f"{tip}^{{tree}}")
        after = Git(Path(folder))("rev-parse", f"{commit}^{{tree}}")
        changed = before != after
        moves = _moves(_files(git, before) if before else {}, _files(Git(Path(folder)), after))
        if changed and not dry_run:
            passing = f"{destination.remembered}.new"
            git("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", folder, f"+{commit}:{passing}")
            lease = f"--force-with-lease=refs/heads/{destination.branch}:{tip}"
            git("push", "--quiet", lease, destination.remote, f"{commit}:refs/heads/{destination.branch}")
            git("update-ref", destination.remembered, commit)
            git("update-ref", "-d", passing)
    return Pushed(len(site.paths), site.size, changed, _large(site), moves)


def _files(git: Git, tree: str) -> dict[str, str]:
    """Give the files of a tree: what git calls their content, by path."""
    rows = git("ls-tree", "-r", "-z", "--full-tree", tree).rstrip("\0").split("\0")
    return {path: about.split(" ")[2] for about, _, path in (row.partition("\t") for row in rows) if path}


def _moves(before: Mapping[str, str], after: Mapping[str, str]) -> Moves:
    return Moves(
        tuple(path for path in after if path not in before),
        tuple(path for path, name in after.items() if path in before and before[path] != name),
        tuple(path for path in before if path not in after),
    )


def _check_branch(git: Git, branch: str) -> None:
    is_name = "\0" not in branch and not branch.startswith("refs/")
    # it gives what @{-1} stands for
    if not is_name or git.ask("check-ref-format", "--branch", branch) != branch:
        raise _refused("bad-branch", f"{quote(branch)} can be no name of a branch; write one such as gh-pages")


def _check_files(root: Path, site: Finished) -> None:
    for path in site.paths:
        if (root / path).stat().st_size > LARGEST_FILE:
            text = f"larger than {LARGEST_FILE / MIB:.0f} MiB, which GitHub refuses; leave it out, or publish elsewhere"
            raise ConfigError(Problem(Severity.FATAL, Place(path), "too-large", text))


@contextmanager
def _seen(git: Git, destination: Destination) -> Iterator[str]:
    """Give the commit at the end of the remote's branch, "" where there is no such branch yet; it is known here.

    A domain that was written down there since is no work of others: GitHub does that for its setting.
    """
    if not git.ask("rev-parse", "--git-dir"):
        if _is_one_there(git.repository):
            git("rev-parse", "--git-dir")  # git says why it does not use it
        raise _refused("no-repository", "the site is in no git repository; run git init, and git remote add")
    remotes = git("remote").split("\n")
    if destination.remote not in remotes:
        known = f"there are {', '.join(remotes)}" if remotes[0] else "there is none; run git remote add"
        raise _refused("no-remote", f"no remote {quote(destination.remote)}: {known}")
    if git.ask("symbolic-ref", "--short", "--quiet", "HEAD") == destination.branch:
        text = f"{quote(destination.branch)} is the branch you work on, and would be replaced; name another"
        raise _refused("own-branch", text)
    branch = f"refs/heads/{destination.branch}"
    tip = git("ls-remote", destination.remote, branch).partition("\t")[0]
    names = destination.remembered, f"{destination.remembered}.new"
    ours = [commit for name in names if (commit := git.ask("rev-parse", "--verify", "--quiet", name))]
    if not tip or tip in ours:
        yield tip
        return
    there = f"{destination.remembered}.seen"
    git("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", destination.remote, f"+{branch}:{there}")
    try:
        tip = git("rev-parse", there)
        is_ours = any(git("diff", "--name-only", commit, tip) == CNAME for commit in ours)
        if not (is_ours or destination.force):
            text = (
                f"{quote(destination.branch)} at {quote(destination.remote)} holds what was not published from here;"
                " look at it, then replace it with --force"
            )
            raise _refused("foreign-branch", text)
        yield tip
    finally:
        git("update-ref", "-d", there)


def _is_one_there(project: Path) -> bool:
    ceilings = os.environ.get("GIT_CEILING_DIRECTORIES", "").split(os.pathsep)
    folders = takewhile(lambda folder: str(folder) not in ceilings, (project, *project.parents))
    return any(os.path.lexists(folder / ".git") for folder in folders)


def _commit(  # noqa: PLR0913, PLR0917 - all there is
    git: Git, root: Path, site: Finished, destination: Destination, folder: Path, tip: str
) -> str:
    """Make the commit in a new repository in `folder`; `tip` is the one that is on the branch, "" for none."""
    new = Git(folder)
    kind = git.ask("rev-parse", "--show-object-format")  # of a repository of another kind nothing can be fetched
    new("init", "--quiet", "--bare", *([f"--object-format={kind}"] if kind else ()))
    new("config", "user.name", git.ask("config", "user.name") or _NAME)
    new("config", "user.email", git.ask("config", "user.email") or _MAIL)
    staged = folder / "staged"
    for path in site.paths:
        (staged / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / path, staged / path, follow_symlinks=False)
    source = git.ask("rev-parse", "--short", "HEAD")
    message = f"Publish from {source}" if source else "Publish"
    options = {
        "branch": destination.branch,
        "mesg": message,
        "cname": _cname(git, root, site, destination, tip),
        "nojekyll": True,
        "prefix": None,
        "followlinks": False,
    }
    with chdir(folder), (folder / "said").open("w+b") as said:  # the library works in the current folder
        imported = _import(str(staged), options, said)
    if imported:
        raise GitError(Problem(Severity.FATAL, Place(""), "git", f"git fast-import failed: {imported}"))
    return new("rev-parse", "--verify", f"refs/heads/{destination.branch}")


class _Heard(ghp_import.Git):  # type: ignore[misc]
    """git as the library calls it, but that what it says while it imports goes into a file."""

    def __init__(self, said: IO[bytes]) -> None:
        super().__init__()
        self._said = said
        self.importing: subprocess.Popen[bytes] | None = None

    def open(self, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401 - those of Popen
        """Start it."""
        options |= {"env": surroundings()}
        if arguments[0] != "fast-import":
            return super().open(*arguments, **options)  # type: ignore[no-any-return]
        self.importing = super().open(*arguments, **options | {"stderr": self._said})
        return self.importing


def _import(staged: str, options: Mapping[str, Any], said: IO[bytes]) -> str:
    """Have the library make the commit; give why git could not, "" where it could."""
    heard = _Heard(said)
    nowhere: Any = BytesIO()  # it prints bytes, which a stream of text refuses
    with redirect_stdout(nowhere), suppress(BrokenPipeError):
        ghp_import.run_import(heard, staged, **options)
    code = heard.importing.wait() if heard.importing else 0
    if not code:
        return ""
    said.seek(0)
    fatal = [line[7:] for line in said.read().decode("utf-8", "replace").splitlines() if line.startswith("fatal: ")]
    return printable(" ".join(fatal) or f"exit code {code}", 300)


def _cname(git: Git, root: Path, site: Finished, destination: Destination, tip: str) -> str | None:
    """Give the domain to write down: the configured one, a file of the owner's, or what is on the branch already."""
    if destination.cname or CNAME in site.paths:
        return destination.cname
    own = root / CNAME
    text = own.read_text("utf-8", "replace") if own.is_file() else ""
    text = text or git.ask("show", f"{tip or destination.remembered}:{CNAME}")
    return text.strip() or None


def _large(site: Finished) -> tuple[Problem, ...]:
    if site.size <= 0.8 * LARGEST_SITE:
        return ()
    text = f"{site.size / MIB:.0f} MiB; GitHub Pages takes {LARGEST_SITE / MIB:.0f}"
    return (Problem(Severity.WARNING, Place(""), "site-large", text),)


def _refused(code: str, text: str) -> ConfigError:
    return ConfigError(Problem(Severity.FATAL, Place(""), code, text))
