"""Style rules the build writes, since pages may hold no inline style.

They hold the proportions of terminals, what the classes in a poster mean, and the colours of recordings that are not
played in the theme's own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from castsite.render.choices import OWN, PLAYERS, Terminal
from castsite.render.images.palette import UNKNOWN, Palette, choose_palette
from castsite.render.images.svg import poster_size
from castsite.site.model import Recording

LOOKS = "css/looks.css"
"""Name of the style sheet among the assets."""

_POSTER: Final = "".join(
    f".t{short}{{fill:var(--term-color-{name})}}\n.s{short}{{fill:none;stroke:var(--term-color-{name})}}\n"
    for short, name in (("F", "foreground"), ("B", "background"), *((str(at), str(at)) for at in range(16)))
)


def size_class(recording: Recording) -> str:
    """Name the rule that holds the proportions of a recording's terminal."""
    return f"z{recording.summary.cols}x{recording.summary.rows}"


def palette_class(recording: Recording, terminal: Terminal = PLAYERS) -> str:
    """Name the rule that holds the colours a recording is played in; empty for those of the site."""
    palette = palette_of(recording, terminal)
    return "" if palette == terminal.palette else _name(palette)


def colours_of(recording: Recording, terminal: Terminal = PLAYERS) -> str:
    """Give the declarations of that rule; empty for those of the site."""
    return _colours(palette_of(recording, terminal)) if palette_class(recording, terminal) else ""


def looks(recordings: Iterable[Recording], terminal: Terminal = PLAYERS) -> bytes:
    """Write the style sheet that all pages of a site share: one rule for each size and each palette in it."""
    sizes: dict[str, str] = {}
    palettes: dict[str, str] = {}
    for recording in recordings:
        width, height = poster_size(recording.summary.cols, recording.summary.rows)
        sizes[size_class(recording)] = f"--ar:{width / height:.4f}"
        if name := palette_class(recording, terminal):
            palettes[name] = _colours(palette_of(recording, terminal))
    rules = (f".{name}{{{body}}}\n" for found in (sizes, palettes) for name, body in sorted(found.items()))
    return "".join((_POSTER, *rules)).encode()


def palette_of(recording: Recording, terminal: Terminal = PLAYERS) -> Palette:
    """Give the colours a recording is played in: what its player options ask for, else its own, else the site's."""
    option = str(dict(recording.options).get("theme", player_theme(terminal)))
    palette = choose_palette(option, recording.summary.theme)
    return terminal.palette if palette is UNKNOWN and option == player_theme(terminal) else palette


def player_theme(terminal: Terminal) -> str:
    """Value of the player's `theme`: the recording's own colours, else the site's."""
    return f"auto/{terminal.name}"


def terminal_sheet(terminal: Terminal) -> bytes:
    """Write the site's colours of terminals, for posters, and for the player where it has no such theme; or nothing."""
    if terminal == PLAYERS:
        return b""
    names = ":root" if terminal.name != OWN else f":root, .asciinema-player-theme-{OWN}"
    return f"{names} {{{_colours(terminal.palette)}}}\n".encode()


def _name(palette: Palette) -> str:
    return "p" + hashlib.sha256(repr(palette).encode()).hexdigest()[:8]


def _colours(palette: Palette) -> str:
    numbered = {str(number): colour for number, colour in enumerate(palette.colours)}
    named = {"foreground": palette.foreground, "background": palette.background} | numbered
    return ";".join(f"--term-color-{name}:{colour}" for name, colour in named.items())
