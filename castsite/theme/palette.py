"""Colours of terminals that have none of their own: one of the player's themes by its name, or colours."""

from __future__ import annotations

from typing import Final

from castsite.cast.events import TerminalTheme
from castsite.schema.player import THEMES
from castsite.schema.reading import Key, Reading, Schema, expected, mapping
from castsite.schema.texts import kind_of
from castsite.schema.tree import Fields, Items, Node
from castsite.theme.colour import read_colour

_SIZES: Final = (8, 16)
_EXAMPLE: Final = '{foreground: "#cccccc", background: "#121314", palette: [8 or 16 colours]}'

_read_name = kind_of(THEMES, "terminal theme")


def read_palette(node: Node, reading: Reading) -> str | TerminalTheme | None:
    """Read the name of a theme, or its colours."""
    if not isinstance(node, Fields):
        return _read_name(node, reading)
    values = mapping(_SCHEMA, node, reading, needs=_SCHEMA.names, example=_EXAMPLE)
    return None if values is None else TerminalTheme(**values)


def _read_colours(node: Node, reading: Reading) -> tuple[str, ...] | None:
    if not isinstance(node, Items) or len(node.items) not in _SIZES:
        got = f"{len(node.items)} of them" if isinstance(node, Items) else ""
        what = "a list of 8 or 16 colours"
        reading.error(node.at, f"expected {what}, got {got}" if got else expected(what, node))
        return None
    colours = [read_colour(item, reading) for item in node.items]
    known = tuple(colour for colour in colours if colour is not None)
    return known if len(known) == len(colours) else None


_SCHEMA: Final = Schema(
    noun="key of a terminal theme",
    keys=(
        Key("foreground", read_colour, "a colour", '"#cccccc"', "Text without a colour of its own."),
        Key("background", read_colour, "a colour", '"#121314"', "The screen."),
        Key(
            "palette", _read_colours, "8 or 16 colours", "[…]", "Black, red, green, yellow, blue, magenta, cyan, white."
        ),
    ),
)
