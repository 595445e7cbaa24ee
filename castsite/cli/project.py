"""The site a command works on: its folder, its configuration, the moment that counts as now."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from msgspec import Struct

from castsite.config import CONFIG_NAMES, PASSPHRASE_VARIABLE, SiteConfig, load_config
from castsite.errors import ConfigError, Place, Problem, Severity
from castsite.files import open_regular
from castsite.limits import Limits

AS_JSON = "castsite.json"
"""Key of what click keeps about a call: whether its standard output is one JSON document, whatever becomes of it."""

F = TypeVar("F", bound=Callable[..., Any])


class Project(Struct, frozen=True):
    """A site's folder with its configuration. `problems` are warnings about the configuration."""

    root: Path
    config: SiteConfig
    problems: tuple[Problem, ...]


def load_project(root: Path, **flags: Any) -> Project:  # noqa: ANN401 - passed on to load_config as they are
    """Read `castsite.yml` (or `.yaml`); a site without one has every default.

    Raises ConfigError with everything that is wrong with it.
    """
    root = root.resolve()
    found = [name for name in CONFIG_NAMES if os.path.lexists(root / name)]
    if len(found) > 1:
        raise _fault(found[1], "two-configurations", f"{found[0]} is there too; keep one of the two")
    if not found and not (root / SiteConfig().content).is_dir():
        text = "no castsite.yml and no content folder here; go to your site, or make one with castsite new"
        raise _fault("", "no-site", text)
    text = _read(root / found[0]) if found else ""
    loaded = load_config(text, path=found[0] if found else CONFIG_NAMES[0], environ=os.environ, **flags)
    return Project(root, loaded.config, loaded.problems)


def is_site(directory: Path) -> bool:
    """Whether a folder is a site: `castsite.yml` may be missing where there is a content folder."""
    return any((directory / name).is_file() for name in CONFIG_NAMES) or (directory / SiteConfig().content).is_dir()


def limits_of(directory: Path) -> Limits:
    """Give the bounds of the site that a folder is, the usual ones where it is none. Raises ConfigError."""
    return load_project(directory).config.limits if is_site(directory) else Limits()


def passphrase() -> str | None:
    """Give the passphrase of private recordings that the environment holds."""
    return os.environ.get(PASSPHRASE_VARIABLE)


def asked_passphrase() -> str | None:
    """Give it, or ask for it where somebody sits at a terminal; twice, since nobody sees what is typed."""
    known = passphrase()
    if known is not None or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return known
    answer: str = click.prompt(
        "Passphrase of the private recordings", hide_input=True, confirmation_prompt=True, err=True
    )
    return answer


def now() -> datetime:
    """Give the one moment a command takes for now: SOURCE_DATE_EPOCH where it is set, else the clock's."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError) as error:
        text = "SOURCE_DATE_EPOCH: expected whole seconds since 1970"
        raise _fault("", "bad-value", text) from error


def not_empty(_context: click.Context, parameter: click.Parameter, given: Any) -> Any:  # noqa: ANN401 - as click gives it
    """Refuse an empty name, which a variable gives that is not set: it would mean the folder here, or the default."""
    if given == "" or (isinstance(given, tuple) and "" in given):
        raise click.BadParameter(f"an empty name; give one{'' if parameter.required else ', or leave it out'}")
    return given


def folder_named(context: click.Context, parameter: click.Parameter, given: str | None) -> str | None:
    """Refuse a folder with an empty name, and one with a ~ that no shell has expanded, as behind `--output=`."""
    found: str | None = not_empty(context, parameter, given)
    if found and found.startswith("~"):
        raise click.BadParameter(f"{found!r}: ~ is not expanded here; write the whole path")
    return found


class Date(click.DateTime):
    """A day, midnight of it."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ANN401
        """Read `YYYY-MM-DD`."""
        try:
            found: datetime = super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is no day; write it as 2027-01-31", param, ctx)
        return found


def published_options(function: F) -> F:
    """Add the options that say which items count: drafts, and what is dated in the future."""
    function = click.option("--drafts", is_flag=True, help="Include drafts and what is dated in the future.")(function)
    return click.option("--future", is_flag=True, help="Include what is dated in the future.")(function)


def jobs_option(function: F) -> F:
    """Add `--jobs`."""
    return click.option(
        "-j", "--jobs", type=click.IntRange(0, 1024), default=0, help="Worker processes; by default one a processor."
    )(function)


def json_option(function: F) -> F:
    """Add `--json`."""
    return click.option(
        "--json", "as_json", is_flag=True, callback=_asked, help="Print one JSON document to standard output."
    )(function)


def _asked(context: click.Context, _parameter: click.Parameter, given: bool) -> bool:  # noqa: FBT001 - click's signature
    context.meta[AS_JSON] = given
    return given


def _read(path: Path) -> str:
    try:
        with os.fdopen(open_regular(path), encoding="utf-8") as file:
            return file.read()
    except UnicodeDecodeError as error:
        raise _fault(path.name, "not-utf-8", "is not UTF-8; save it as UTF-8") from error
    except OSError as error:
        if error.errno in {errno.EINVAL, errno.ENOENT}:  # a link to nowhere is there as well
            raise _fault(path.name, "not-a-file", "is not a regular file; put the file itself here") from error
        raise


def _fault(path: str, code: str, text: str) -> ConfigError:
    return ConfigError(Problem(Severity.FATAL, Place(path), code, text))
