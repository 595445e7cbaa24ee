"""The themes that a site can choose from, and what a theme gives that a site may change."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from castsite.errors import ConfigError, Place, Problem, Severity, quote
from castsite.files import read_regular
from castsite.regex import regex
from castsite.schema.nearest import did_you_mean
from castsite.schema.texts import THEME_LETTERS
from castsite.theme.chain import TEMPLATES, is_name, own_folder, read_folder, shipped_folder, shipped_themes
from castsite.theme.layer import Layer
from castsite.theme.strings import FOLDER, languages, written
from castsite.theme.theme import Theme

_TEXTS: Final = f"{FOLDER}/"

_MANIFEST: Final = """\
# {name}: a theme that builds on the default one. Every file here wins over the one of the same name there.
name: {title}
version: "1.0"
extends: default
"""


class Listed(NamedTuple):
    """A theme that there is. `shown` is its folder as messages call it; `problems` are those of its `theme.yaml`."""

    name: str
    shown: str
    version: str
    description: str
    problems: tuple[Problem, ...]


def all_themes(site: Path, *, shipped: Path | None = None) -> tuple[Listed, ...]:
    """List the site's own themes, then those that come with castsite and have other names, each by name."""
    ours = shipped or shipped_themes()
    own = [own_folder(site, name, ours) for name in _names(site / "themes")]
    own = [layer for layer in own if not layer.shipped]  # castsite itself as a site has none but those that ship
    taken = {layer.folder.name for layer in own}
    others = (shipped_folder(ours, name) for name in _names(ours) if name not in taken)
    return tuple(map(_listed, (*own, *others)))


def original(theme: Theme, name: str) -> bytes:
    """Give a file of the theme as it is without what the site puts over it: `recording.html`, or `css/site.css`.

    Texts, such as `strings/en.yaml`, are those of the themes below as well. Raises ConfigError with the near name where
    there is none.
    """
    if name in _texts(theme):
        return written(theme.texts, name.removeprefix(_TEXTS).removesuffix(".yaml"))
    if "/" in name:
        static = dict(theme.static)
        if name in static:
            return read_regular(static[name])
    for layer in theme.layers:
        if layer.shown != TEMPLATES and "/" not in name and (layer.folder / name).is_file():
            return layer.read(name)
    known = originals(theme)
    inner = next((f', did you mean "{one}"?' for one in known if name.endswith(f"/{one}")), "")
    near = inner or did_you_mean(name, known) or "; castsite theme copy lists them"
    text = f"the theme has no file {quote(name)}{near}"
    raise ConfigError(Problem(Severity.FATAL, Place(""), "no-such-file", text))


def originals(theme: Theme) -> tuple[str, ...]:
    """Name everything that can be copied: templates first, then texts, then static files."""
    own = {path.name for layer in theme.layers if layer.shown != TEMPLATES for path in layer.folder.glob("*.html")}
    static = (name for name, _ in theme.static if name.rpartition(".")[2] in {"css", "js", "svg"})
    return (*sorted(own), *_texts(theme), *static)


def _texts(theme: Theme) -> tuple[str, ...]:
    return tuple(f"{_TEXTS}{tag}.yaml" for tag in languages(theme.texts))


def extension(theme: Theme, name: str, block: str) -> str:
    """Write a template that changes one block of another and leaves it the rest. Raises ConfigError as `original`."""
    blocks = _blocks(theme, name)
    if block not in blocks:
        hint = did_you_mean(block, blocks) or (f"; it has {', '.join(blocks)}" if blocks else ", it is no template")
        text = f"{quote(name)} has no block {quote(block)}{hint}"
        raise ConfigError(Problem(Severity.FATAL, Place(""), "no-such-block", text))
    return f'{{% extends "parent/{name}" %}}\n{{% block {block} %}}\n{{{{ super() }}}}\n{{% endblock %}}\n'


def _blocks(theme: Theme, name: str) -> tuple[str, ...]:
    """Name the blocks of a template, and of those that it extends, each of the theme below."""
    found = dict.fromkeys(_BLOCK.findall(original(theme, name).decode("utf-8", "replace")))
    below = [layer for layer in theme.layers if layer.shown != TEMPLATES and (layer.folder / name).is_file()]
    for layer, under in pairwise(below):
        if f"parent/{name}" not in layer.read(name).decode("utf-8", "replace"):
            break
        found |= dict.fromkeys(_BLOCK.findall(under.read(name).decode("utf-8", "replace")))
    return tuple(found)


def new_theme(name: str) -> dict[str, bytes]:
    """Give the files of a theme that builds on the default one, by path in its folder.

    Raises ConfigError for what can be no name, and for one that ships.
    """
    if not is_name(name):
        text = f"{quote(name)} is no theme's name; use {THEME_LETTERS}"
        raise ConfigError(Problem(Severity.FATAL, Place(""), "bad-value", text))
    if shipped_folder(shipped_themes(), name).folder.is_dir():
        text = f"{quote(name)} ships with castsite, and could not be chosen any more; choose another name"
        raise ConfigError(Problem(Severity.FATAL, Place(""), "exists", text))
    title = name.replace("-", " ").replace("_", " ").capitalize()
    return {"theme.yaml": _MANIFEST.format(name=name, title=title).encode()}


_BLOCK: Final = regex(r"\{%-?\+?\s*block\s+(\w+)")


def _names(folder: Path) -> Iterator[str]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_dir() and is_name(path.name):
            yield path.name


def _listed(layer: Layer) -> Listed:
    name, shown = layer.folder.name, layer.shown
    try:
        manifest = read_folder(layer).manifest
    except ConfigError as error:
        return Listed(name, shown, "", "", error.problems)
    return Listed(name, shown, manifest.version, manifest.description, manifest.problems)
