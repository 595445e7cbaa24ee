"""`castsite theme`: which themes there are, copying a file of one to change it, beginning one of one's own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from castsite.cli.casts import put_file
from castsite.cli.console import print_json, problems_as_json, show_problems
from castsite.cli.project import json_option, load_project
from castsite.errors import ConfigError, Place, Problem, Severity, printable, quote
from castsite.theme import load_theme
from castsite.theme.catalogue import all_themes, extension, new_theme, original, originals


@click.group("theme")
def command() -> None:
    """List themes, copy a file of one to change it, begin one of your own."""


@command.command("list")
@json_option
@click.pass_obj
def list_themes(directory: Path, *, as_json: bool) -> int:
    """List the themes of the site and those that come with castsite; the chosen one has a star."""
    project = load_project(directory)
    chosen = project.config.theme.name
    found = all_themes(project.root)
    if as_json:
        documents = [
            {
                "name": theme.name,
                "folder": theme.shown,
                "version": theme.version,
                "description": theme.description,
                "chosen": theme.name == chosen,
                "problems": problems_as_json(theme.problems),
            }
            for theme in found
        ]
        print_json(documents)
        return 0
    show_problems([problem for theme in found for problem in theme.problems], directory)
    width = max((len(theme.name) for theme in found), default=0)
    for theme in found:
        star = "*" if theme.name == chosen else " "
        print(f"{star} {theme.name:{width}}  {theme.version:8}{printable(theme.description, 100)}")
    return 0


@command.command("copy")
@click.argument("file", required=False)
@click.option("--block", help="Write a template that changes this block alone; the rest stays that of the theme.")
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
@click.pass_obj
def copy_file(directory: Path, file: str | None, block: str | None, *, force: bool) -> int:
    """Copy FILE of the chosen theme, such as recording.html, to where the site's own wins; without FILE, list them.

    Templates go to templates/, texts to strings/, other files into the site's own theme.
    """
    project = load_project(directory)
    theme = load_theme(project.config.theme, site=project.root)
    if file is None:
        print(*originals(theme), sep="\n")
        return 0
    body = original(theme, file) if block is None else extension(theme, file, block).encode()
    target = _place(project.root, theme.name, file)
    _write(project.root, target, body, force=force)
    return 0


@command.command("new")
@click.argument("name")
@click.pass_obj
def begin(directory: Path, name: str) -> int:
    """Begin a theme of your own in themes/NAME, which builds on the default one."""
    project = load_project(directory)
    files = new_theme(name)
    folder = project.root / "themes" / name
    if folder.exists():
        raise _refused("exists", f"themes/{name} is there already; choose another name")
    for path, body in files.items():
        _write(project.root, folder / path, body, force=False)
    print(
        f"\nsay theme: {name} in castsite.yml, then copy what you want to change: castsite theme copy css/site.css",
        file=sys.stderr,
    )
    return 0


def _place(root: Path, theme: str, file: str) -> Path:
    if "/" not in file:
        return root / "templates" / file
    if file.startswith("strings/"):
        return root / file
    own = root / "themes" / theme
    if not own.is_dir():
        cure = "castsite theme new NAME makes one, theme: NAME in castsite.yml chooses it"
        text = f"{quote(file)} is no template, and belongs into a theme of your own: {cure}"
        raise _refused("no-own-theme", text)
    return own / file


def _write(root: Path, target: Path, body: bytes, *, force: bool) -> None:
    shown = target.relative_to(root).as_posix()
    if os.path.lexists(target) and not force:
        raise _refused("exists", f"{shown} is there already; --force overwrites it")
    if target.is_dir() and not target.is_symlink():
        raise _refused("exists", f"{shown} is a folder; remove it")
    target.parent.mkdir(parents=True, exist_ok=True)
    put_file(target, shown, body)
    print(f"wrote {shown}", file=sys.stderr)


def _refused(code: str, text: str) -> ConfigError:
    return ConfigError(Problem(Severity.FATAL, Place(""), code, text))
