"""The typefaces a site is set in: those of the theme, those of the reader's system, or named ones."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from castsite.errors import quote
from castsite.regex import regex
from castsite.schema.reading import Key, Reading, Schema
from castsite.schema.texts import scalar, word_of
from castsite.schema.tree import Fields, Node

WORDS: Final = ("default", "system")

_FAMILY: Final = regex(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,59}", re.ASCII)
_SYSTEM: Final = {
    "sans": 'system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif',
    "serif": 'Charter, "Iowan Old Style", "Palatino Linotype", Georgia, "Noto Serif", "Liberation Serif", serif',
    "mono": 'ui-monospace, "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace',
}


class Font(NamedTuple):
    """Families in order of preference; where there are none, the theme's own."""

    sans: tuple[str, ...] = ()
    serif: tuple[str, ...] = ()
    mono: tuple[str, ...] = ()


def read_font(node: Node, reading: Reading) -> str | Font | None:
    """Read `default`, `system`, or families as `{sans, serif, mono}`."""
    if isinstance(node, Fields):
        return Font(**_SCHEMA.read(node, reading).values)
    return word_of((*WORDS, "{sans, serif, mono}"))(node, reading)


def font_rules(font: str | Font | None) -> str:
    """Write typefaces as declarations of custom properties; nothing for those of the theme."""
    if font is None or font == "default":
        return ""
    named = dict(zip(_SYSTEM, font, strict=True)) if isinstance(font, Font) else dict.fromkeys(_SYSTEM, ())
    stacks = {
        kind: ", ".join((*(f'"{family}"' for family in families), _SYSTEM[kind]))
        for kind, families in named.items()
        if families or not isinstance(font, Font)
    }
    return "".join(f"  --{kind}: {stack};\n" for kind, stack in stacks.items())


def _read_families(node: Node, reading: Reading) -> tuple[str, ...] | None:
    text = scalar(node, reading, "a typeface such as Inter")
    if text is None:
        return None
    families = tuple(part.strip().strip("\"'") for part in text.split(","))
    wrong = next((family for family in families if not _FAMILY.fullmatch(family)), None)
    if wrong is None:
        return families
    reading.error(node.at, f"{quote(wrong)} is no typeface's name; use letters, digits, blanks, - and _")
    return None


_SCHEMA: Final = Schema(
    noun="kind of typeface",
    keys=(
        Key("sans", _read_families, "names", "Inter, Noto Sans", "Text, with commas between several."),
        Key("serif", _read_families, "names", "Charter, Georgia", "Text of themes that are set in a serif face."),
        Key("mono", _read_families, "names", "Fira Code", "Times, code and terminals."),
    ),
)
