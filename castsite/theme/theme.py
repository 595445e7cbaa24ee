"""A theme as a site sees it: its own files, those of its parents, and the site's overrides, as one.

A theme is a folder with `theme.yaml`, templates in `templates/`, and static files in other folders (`css/`, `js/`,
`icons/` …), and texts of the interface in `strings/`; it holds no Python. A file is taken from the first of: the site's
`templates/` (templates only), the theme, its parents, the default theme.
"""

from __future__ import annotations

import hashlib
from collections import namedtuple
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

from msgspec import Struct

from castsite.config import ThemeChoice
from castsite.errors import ConfigError, Place, Problem, Severity
from castsite.files import read_regular
from castsite.theme.accent import Accent, accent_rules
from castsite.theme.chain import TEMPLATES, Folder, find_chain, shipped_themes
from castsite.theme.font import Font, font_rules
from castsite.theme.layer import Layer
from castsite.theme.logo import Logo, find_logo
from castsite.theme.manifest import Option, Options, OptionValue, read_options
from castsite.theme.strings import ENGLISH, FOLDER, Strings, read_strings

_NOT_STATIC = (TEMPLATES, FOLDER)


class Theme(Struct, frozen=True, kw_only=True):
    """The chosen theme and all it builds on."""

    name: str
    version: str
    layers: tuple[Layer, ...]
    """folders of templates, the one that wins first"""
    declared: tuple[Option, ...]
    options: Options
    strings: Strings
    """texts of the interface in the site's language"""
    texts: tuple[Layer, ...]
    """folders of texts, without the site's own"""
    static: tuple[tuple[str, Path], ...]
    """name such as `css/site.css` → file, sorted by name"""
    sources: tuple[tuple[str, str], ...]
    """the same names → what the file is called in messages"""
    fingerprint: str
    """digest of every file and option: while it is the same, the same data gives the same pages"""
    problems: tuple[Problem, ...] = ()
    """warnings"""

    def option_values(self) -> object:
        """Give the options as an object with one attribute each, for templates; it cannot be changed."""
        keys = [key for key, _ in self.options]
        kind: Any = namedtuple("Options", keys)  # type: ignore[misc]  # noqa: PYI024 - the theme names the keys
        return kind._make(value for _, value in self.options)

    def read_static(self) -> dict[str, bytes]:
        """Read the static files, by name."""
        return {name: read_regular(path) for name, path in self.static}

    def option(self, key: str, kind: str) -> OptionValue | None:
        """Give the value of an option that castsite itself acts on; None where a theme made something else of it."""
        declared = any(option.key == key and option.kind == kind for option in self.declared)
        return dict(self.options)[key] if declared else None

    def style_sheet(self) -> bytes:
        """Write options as custom properties: `--key` for a colour, those of an accent and of typefaces; or nothing.

        The only way of a configured value into CSS: checked colours and names, in a file of their own.
        """
        kinds = {option.key: option.kind for option in self.declared}
        rules = "".join(_rules(kinds[key], key, value) for key, value in self.options if value is not None)
        return f":root {{\n{rules}}}\n".encode("ascii") if rules else b""


def load_theme(choice: ThemeChoice, *, site: Path, language: str = ENGLISH, shipped: Path | None = None) -> Theme:
    """Find the chosen theme and check its options. Raises ConfigError with everything that is wrong with either.

    `site` is the project's folder, `language` the tag that it is written in; `shipped` holds castsite's own themes.
    """
    chain = find_chain(choice.name, asked_by=choice.place, site=site, shipped=shipped or shipped_themes())
    # a theme may declare its parent's option anew
    declared = {option.key: option for folder in reversed(chain) for option in folder.manifest.options}
    read, faults = read_options(choice.options, declared.values(), path=choice.place.path)
    pictures = {option.key for option in declared.values() if option.kind == "picture"}
    options, missing = _with_logos(read, pictures, site, choice)
    faults += missing
    own = Layer(site / TEMPLATES, TEMPLATES)
    texts = (Layer(site / FOLDER, FOLDER), *(one.layer.inside(FOLDER) for one in chain))
    strings, gaps = read_strings(texts, language)
    odd = (*own.faults(), *(problem for folder in chain for problem in _odd(folder)))
    problems = (*(problem for folder in chain for problem in folder.manifest.problems), *odd, *faults, *gaps)
    if any(problem.severity in (Severity.ERROR, Severity.FATAL) for problem in problems):
        raise ConfigError(*problems)
    layers = tuple(layer for layer in (own, *(one.layer.inside(TEMPLATES) for one in chain)) if layer.folder.is_dir())
    static = {name: found for folder in reversed(chain) for name, found in _static(folder)}
    for _, logo in options:
        if isinstance(logo, Logo):
            static[logo.asset] = (site / logo.path, logo.path)
    return Theme(
        name=choice.name,
        version=chain[0].manifest.version,
        layers=layers,
        declared=tuple(sorted(declared.values(), key=lambda option: option.key)),
        options=options,
        strings=strings,
        texts=texts[1:],
        static=tuple((name, path) for name, (path, _) in sorted(static.items())),
        sources=tuple((name, shown) for name, (_, shown) in sorted(static.items())),
        fingerprint=_fingerprint(layers, {name: path for name, (path, _) in static.items()}, (options, strings)),
        problems=problems,
    )


def _with_logos(
    options: Options, pictures: AbstractSet[str], site: Path, choice: ThemeChoice
) -> tuple[Options, tuple[Problem, ...]]:
    """Look for the picture files that options name, below the project's folder."""
    places = {name.value: Place(choice.place.path, *node.at) for name, node in choice.options.entries}
    found = {key: find_logo(site, str(value)) for key, value in options if key in pictures and value is not None}
    problems = tuple(
        Problem(Severity.ERROR, places.get(key, choice.place), "bad-value", f"theme: {key}: {fault}")
        for key, fault in found.items()
        if isinstance(fault, str)
    )
    return tuple((key, found.get(key, value)) for key, value in options), problems


def _rules(kind: str, key: str, value: OptionValue) -> str:
    if isinstance(value, Accent):
        return accent_rules(value)
    if kind == "font" and isinstance(value, str | Font):
        return font_rules(value)
    return f"  --{key.replace('_', '-')}: {value};\n" if kind == "colour" else ""


def _odd(folder: Folder) -> Iterator[Problem]:
    """Tell what is no file among those that are used; files beside `theme.yaml` are not, nor are all texts."""
    templates = folder.layer.inside(TEMPLATES)
    if templates.folder.is_file() and (misplaced := templates.misplaced()):
        yield misplaced
    for problem in folder.layer.faults():
        top, _, rest = problem.place.path.removeprefix(f"{folder.layer.shown}/").partition("/")
        if top != FOLDER and (rest or (folder.layer.folder / top).is_dir()):
            yield problem


def _static(folder: Folder) -> Iterator[tuple[str, tuple[Path, str]]]:
    """Files in folders of their own; those beside `theme.yaml` (a readme, a licence) are not published."""
    for name, path in folder.layer.files():
        top, _, rest = name.partition("/")
        if rest and top not in _NOT_STATIC:
            yield name, (path, f"{folder.layer.shown}/{name}")


def _fingerprint(layers: tuple[Layer, ...], static: Mapping[str, Path], values: object) -> str:
    """Digest of all that a page can depend on; where on the disk it lies is no part of it."""
    total = hashlib.sha256(repr(values).encode())
    templates = [(f"{number}/{name}", path) for number, layer in enumerate(layers) for name, path in layer.files()]
    for name, path in (*templates, *sorted(static.items())):
        total.update(f"\0{name}\0".encode("utf-8", "surrogateescape"))
        total.update(hashlib.sha256(read_regular(path)).digest())
    return total.hexdigest()
