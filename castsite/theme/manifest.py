"""What `theme.yaml` may say, and the options that a site gives to its theme.

Read without guessing types, like all YAML here: the declared type of an option decides what its text means.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from msgspec import Struct

from castsite import __version__
from castsite.cast.events import TerminalTheme
from castsite.errors import Place, Problem, quote
from castsite.regex import regex
from castsite.schema.lists import list_of
from castsite.schema.numbers import parse_real
from castsite.schema.reading import Key, Reader, Reading, Schema, expected, root_fields
from castsite.schema.texts import flag, line, matching, theme_name, word_of
from castsite.schema.tree import Fields, Node, Text, parse
from castsite.theme.accent import Accent, accent_on
from castsite.theme.colour import read_colour
from castsite.theme.font import Font, read_font
from castsite.theme.logo import Logo
from castsite.theme.palette import read_palette

OptionValue = str | float | bool | tuple[str, ...] | Accent | Font | TerminalTheme | Logo

Options = tuple[tuple[str, OptionValue | None], ...]
"""Every declared option, sorted by key; None where neither the site nor the theme gives a value."""

_OPTION = regex(r"[a-z][a-z0-9_]{0,39}")


class Option(NamedTuple):
    """An option that a theme declares. `kind` is one of `KINDS`."""

    key: str
    kind: str
    default: OptionValue | None
    choices: tuple[str, ...]
    doc: str
    papers: tuple[str, ...] = ()
    """what an accent has to be seen on"""


class Named(NamedTuple):
    """A name, and where it is written."""

    name: str
    place: Place


class Manifest(Struct, frozen=True, kw_only=True):
    """One theme's `theme.yaml`."""

    version: str
    description: str
    """one sentence"""
    extends: Named | None
    templates: tuple[Named, ...]
    """templates the theme promises to have"""
    options: tuple[Option, ...]
    problems: tuple[Problem, ...]


def read_manifest(source: str, *, path: str) -> Manifest:
    """Read `theme.yaml`; nothing is raised, what is wrong is in `problems`."""
    reading = Reading(path=path)
    fields = root_fields(parse(source, path=path), reading)
    found = SCHEMA.read(fields, reading).values if fields else {}
    return Manifest(
        version=found.get("version", ""),
        description=found.get("description", ""),
        extends=found.get("extends"),
        templates=found.get("templates", ()),
        options=found.get("options", ()),
        problems=reading.problems(),
    )


def read_options(given: Fields, declared: Iterable[Option], *, path: str) -> tuple[Options, tuple[Problem, ...]]:
    """Check the options given in the configuration called `path`; those it does not give have their defaults."""
    options = sorted(declared, key=lambda option: option.key)
    keys = tuple(
        Key(name=option.key, read=_reader(option), value=option.kind, example="", about=option.doc)
        for option in options
    )
    reading = Reading(path=path, key="theme")
    values = Schema(keys=keys, noun="option").read(given, reading).values
    return tuple((option.key, values.get(option.key, option.default)) for option in options), reading.problems()


# ---- options: one reader for each type


def _read_number(node: Node, reading: Reading) -> float | None:
    value = parse_real(node.value.strip()) if isinstance(node, Text) else None
    if value is None:
        reading.error(node.at, expected("a number", node))
    return value


_READERS: Mapping[str, Reader[Any]] = {
    "text": line(),
    "number": _read_number,
    "bool": flag,
    "colour": read_colour,
    "list": list_of(line()),
    "font": read_font,
    "palette": read_palette,
    "picture": line(),  # found and looked at when the theme is loaded
}
KINDS = (*_READERS, "accent", "choice")
"""Types an option may have."""


def _reader(option: Option) -> Reader[Any]:
    if option.kind == "choice":
        return word_of(option.choices)
    return accent_on(option.papers) if option.kind == "accent" else _READERS[option.kind]


def _as_written(node: Node, _reading: Reading) -> Node:
    return node


OPTION_SCHEMA = Schema(
    noun="key of an option",
    keys=(
        Key(name="type", read=word_of(KINDS), value="a type", example="colour", about=f"One of {', '.join(KINDS)}."),
        Key(
            name="default", read=_as_written, value="a value", example="sheet", about="Used unless the site gives one."
        ),
        Key(name="choices", read=list_of(line()), value="a list", example="[sheet, log]", about="Words of a choice."),
        Key(
            name="papers",
            read=list_of(read_colour),
            value="two colours",
            example='["#fafaf7", "#0b0c0d"]',
            about="Colours of the theme's light and dark pages, which an accent has to be seen on.",
        ),
        Key(name="doc", read=line(), value="text", example="Colour of a moment", about="One sentence for site owners."),
    ),
)
"""Keys that declare one option."""


def _read_declarations(node: Node, reading: Reading) -> tuple[Option, ...] | None:
    if not isinstance(node, Fields):
        reading.error(node.at, expected("a mapping of options", node))
        return None
    read = (_read_declaration(name, value, reading) for name, value in node.entries)
    return tuple(option for option in read if option is not None)


def _read_declaration(name: Text, node: Node, reading: Reading) -> Option | None:
    if not _OPTION.fullmatch(name.value) or keyword.iskeyword(name.value):
        reading.error(name.at, f"{quote(name.value)} is no option's name; use small letters, digits and _")
        return None
    under = reading.under(name.value)
    if not isinstance(node, Fields):
        under.error(node.at, expected("a mapping such as {type: text}", node))
        return None
    found = OPTION_SCHEMA.read(node, under).values
    kind, choices = found.get("type", "text"), found.get("choices", ())
    if kind == "choice" and not choices:
        under.error(node.at, "choices are missing")
        return None
    option = Option(name.value, kind, None, choices, found.get("doc", ""), found.get("papers", ()))
    written = found.get("default")
    return option if written is None else option._replace(default=_reader(option)(written, under.under("default")))


# ---- the whole file


def _named(read: Reader[str]) -> Reader[Named]:
    """Keep the place of what is looked for later."""

    def placed(node: Node, reading: Reading) -> Named | None:
        name = read(node, reading)
        return None if name is None else Named(name, Place(reading.path, *node.at))

    return placed


_version_text = matching(r"(?:>= ?)?[0-9]+(?:\.[0-9]+){0,2}", "expected the oldest version it works with, such as 0.1")


def _read_version(node: Node, reading: Reading) -> str | None:
    wanted = _version_text(node, reading)
    if wanted is not None and _numbers(wanted) > _numbers(__version__):
        reading.error(node.at, f"this theme needs castsite {wanted.lstrip('>= ')} or newer; this is {__version__}")
    return wanted


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)[:3]))


SCHEMA = Schema(
    noun="key of a theme",
    keys=(
        Key(name="name", read=line(), value="text", example="Plain", about="What people call the theme."),
        Key(name="version", read=line(), value="text", example="1.2", about="The theme's own version."),
        Key(
            name="castsite",
            read=_read_version,
            value="a version",
            example="0.1",
            about="Oldest castsite it works with.",
        ),
        Key(
            name="extends", read=_named(theme_name), value="a theme", example="default", about="The theme it builds on."
        ),
        Key(name="description", read=line(), value="text", example="Wide and quiet", about="One sentence."),
        Key(
            name="licence",
            read=line(),
            value="text",
            example="MIT",
            about="Licence of the theme's own files.",
            spellings=("license",),
        ),
        Key(
            name="templates",
            read=list_of(_named(line())),
            value="a list",
            example="[recording.html]",
            about="Templates the theme promises to have.",
        ),
        Key(
            name="options",
            read=_read_declarations,
            value="a mapping",
            example="{accent: {type: colour}}",
            about="Options a site may give.",
        ),
    ),
)
"""Keys of `theme.yaml`; the documentation is made from it."""
