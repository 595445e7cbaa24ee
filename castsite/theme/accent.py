"""The accent, colour of a moment in time: a pair for each of three tokens, refused where it could not be seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from castsite.schema.reading import Key, Reader, Reading, Schema, expected, mapping
from castsite.schema.tree import Items, Node
from castsite.theme.colour import contrast, read_colour

MARK: Final = 3.0
"""Contrast that a mark needs with what it stands on (WCAG 2.2, 1.4.11)."""

TEXT: Final = 4.5
"""Contrast that text needs (WCAG 2.2, 1.4.3)."""

_EXAMPLE: Final = '{now: ["#d07800", "#ffb020"], ink: ["#8a4a00", "#ffc35c"], wash: ["#ffedc9", "#3a2a08"]}'
_PAIR: Final = 'a light and a dark colour, such as ["#d07800", "#ffb020"]'
_OVER: Final = ("#101213", "#ffffff", "#000000")
"""Colours of text over a mark, the best first: one of them has the contrast that text needs, whatever the mark's is."""
_SCHEMES: Final = ("light", "dark")


class Pair(NamedTuple):
    """A colour for light and one for dark pages, each `#rrggbb`."""

    light: str
    dark: str


class Accent(NamedTuple):
    """`now` marks the playhead and hits, `ink` writes times, `wash` lies under the current line."""

    now: Pair
    ink: Pair
    wash: Pair


def accent_on(papers: tuple[str, ...]) -> Reader[Accent]:
    """Read an accent for a theme whose pages are of the colours `papers`, a light and a dark one."""

    def read(node: Node, reading: Reading) -> Accent | None:
        values = mapping(_SCHEMA, node, reading, needs=_SCHEMA.names, example=_EXAMPLE)
        if values is None:
            return None
        accent = Accent(**values)
        faults = list(_faults(accent, papers))
        for key, text in faults:
            reading.under(key).error(node.at, text)
        return None if faults else accent

    return read


def accent_rules(accent: Accent) -> str:
    """Write an accent as declarations of custom properties."""
    over = Pair(*(next(text for text in _OVER if contrast(text, now) >= TEXT) for now in accent.now))
    named = {"now": accent.now, "now-ink": accent.ink, "now-wash": accent.wash, "over-now": over}
    return "".join(f"  --{name}: light-dark({light}, {dark});\n" for name, (light, dark) in named.items())


def _faults(accent: Accent, papers: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for at, (scheme, paper) in enumerate(zip(_SCHEMES, papers, strict=False)):
        page = f"the {scheme} page"
        yield from _too_faint("now", accent.now[at], MARK, page, paper)
        yield from _too_faint("ink", accent.ink[at], TEXT, page, paper)
        yield from _too_faint("ink", accent.ink[at], TEXT, f"its {scheme} wash", accent.wash[at])


def _too_faint(key: str, colour: str, needed: float, ground: str, ground_colour: str) -> Iterator[tuple[str, str]]:
    found = contrast(colour, ground_colour)
    if found < needed:
        cure = "darker" if contrast(ground_colour, "#000000") > contrast(ground_colour, "#ffffff") else "lighter"
        text = (
            f"{colour} on {ground} {ground_colour} has a contrast of {found:.1f}, needs {needed:g}; take a {cure} one"
        )
        yield key, text


def _read_pair(node: Node, reading: Reading) -> Pair | None:
    if not isinstance(node, Items) or len(node.items) != 2:
        reading.error(node.at, expected(_PAIR, node))
        return None
    light, dark = (read_colour(item, reading) for item in node.items)
    return Pair(light, dark) if light and dark else None


_SCHEMA: Final = Schema(
    noun="key of an accent",
    keys=(
        Key("now", _read_pair, "two colours", '["#d07800", "#ffb020"]', "Playhead, hits, the cursor of the mark."),
        Key("ink", _read_pair, "two colours", '["#8a4a00", "#ffc35c"]', "Text: times that lead into a recording."),
        Key("wash", _read_pair, "two colours", '["#ffedc9", "#3a2a08"]', "Under the current line and found words."),
    ),
)
