"""`castsite new DIR`: a site that builds at once."""

from __future__ import annotations

import shlex
import shutil
import sys
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import click

from castsite import __version__
from castsite.errors import ConfigError, Place, Problem, Severity, printable

TARGETS = {"gitignore": ".gitignore", "github": ".github/workflows"}
"""Names in the scaffold → names in the site: dot-files would be left out of some packages."""
STAMPED = (".yml", ".toml")


class _Folder(click.Path):
    """A folder that is named: an empty name would be that of the folder here."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401
        """Refuse no name at all."""
        if not value:
            self.fail("an empty name; name a folder, and this one with a dot", param, ctx)
        if str(value).startswith("~"):
            self.fail(f"{value!r}: ~ is not expanded here; write the whole path", param, ctx)
        return super().convert(value, param, ctx)


@click.command("new")
@click.argument("folder", type=_Folder(file_okay=False, path_type=Path))
@click.pass_obj
def command(directory: Path, folder: Path) -> None:
    """Lay down a site in FOLDER: three small recordings, configuration, a GitHub Pages workflow, netlify.toml."""
    target = directory / folder
    if target.exists() and any(target.iterdir()):
        text = "the folder is not empty; choose another, or put castsite.yml and content/ there yourself"
        raise ConfigError(Problem(Severity.FATAL, Place(str(folder)), "not-empty", text))
    target.mkdir(parents=True, exist_ok=True)
    try:
        made = _lay_down(files("castsite") / "scaffold", target)
    except OSError as error:  # half of it would keep the next try from its place, which was empty
        for one in target.iterdir():
            shutil.rmtree(one) if one.is_dir() else one.unlink()
        raise OSError(error.errno, error.strerror, str(folder)) from error  # a write by handle does not know its path
    shown = printable(str(folder))
    print(f"made {shown} with {made} files; now\n\n    cd {shlex.quote(shown)} && castsite serve\n", file=sys.stderr)


def _lay_down(source: Traversable, target: Path) -> int:
    made = 0
    for entry in source.iterdir():
        path = target / TARGETS.get(entry.name, entry.name)
        if entry.is_dir():
            path.mkdir(parents=True, exist_ok=True)
            made += _lay_down(entry, path)
        elif not entry.name.endswith(".py"):
            path.write_bytes(_stamped(entry))
            made += 1
    return made


def _stamped(entry: Traversable) -> bytes:
    """Give a file's bytes; workflows pin the version of castsite that wrote them."""
    body = entry.read_bytes()
    return body.replace(b"{version}", __version__.encode()) if entry.name.endswith(STAMPED) else body
