"""Colours of a terminal: asciinema-player's own themes, and how a colour number becomes `#rrggbb`."""

from __future__ import annotations

from msgspec import Struct

from castsite.cast.events import TerminalTheme
from castsite.regex import regex

_HEX = regex(r"#[0-9a-fA-F]{6}")
_LEVELS = (0, 95, 135, 175, 215, 255)  # the 6×6×6 cube of xterm


class Palette(Struct, frozen=True):
    """Foreground, background and the sixteen colours, each `#rrggbb`."""

    foreground: str
    background: str
    colours: tuple[str, ...]


def extended(index: int) -> str:
    """Write colour 16–255, the same in every palette: the cube, then the greys."""
    if index >= 232:
        return rgb(*(8 + 10 * (index - 232),) * 3)
    red, rest = divmod(index - 16, 36)
    green, blue = divmod(rest, 6)
    return rgb(_LEVELS[red], _LEVELS[green], _LEVELS[blue])


def rgb(red: int, green: int, blue: int) -> str:
    """Write a 24-bit colour as `#rrggbb`."""
    return f"#{red:02x}{green:02x}{blue:02x}"


def _palette(foreground: str, background: str, colours: str) -> Palette:
    return Palette(f"#{foreground}", f"#{background}", tuple(f"#{colour}" for colour in colours.split()))


# asciinema-player 3.17.0, values of its style sheet
PALETTES: dict[str, Palette] = {
    "asciinema": _palette(
        "cccccc",
        "121314",
        "000000 dd3c69 4ebf22 ddaf3c 26b0d7 b954e1 54e1b9 d9d9d9 "
        "4d4d4d dd3c69 4ebf22 ddaf3c 26b0d7 b954e1 54e1b9 ffffff",
    ),
    "dracula": _palette(
        "f8f8f2",
        "282a36",
        "21222c ff5555 50fa7b f1fa8c bd93f9 ff79c6 8be9fd f8f8f2 "
        "6272a4 ff6e6e 69ff94 ffffa5 d6acff ff92df a4ffff ffffff",
    ),
    "gruvbox-dark": _palette(
        "fbf1c7",
        "282828",
        "282828 cc241d 98971a d79921 458588 b16286 689d6a a89984 "
        "7c6f65 fb4934 b8bb26 fabd2f 83a598 d3869b 8ec07c fbf1c7",
    ),
    "monokai": _palette(
        "f8f8f2",
        "272822",
        "272822 f92672 a6e22e f4bf75 66d9ef ae81ff a1efe4 f8f8f2 "
        "75715e f92672 a6e22e f4bf75 66d9ef ae81ff a1efe4 f9f8f5",
    ),
    "nord": _palette(
        "eceff4",
        "2e3440",
        "3b4252 bf616a a3be8c ebcb8b 81a1c1 b48ead 88c0d0 eceff4 "
        "3b4252 bf616a a3be8c ebcb8b 81a1c1 b48ead 88c0d0 eceff4",
    ),
    "seti": _palette(
        "cacecd",
        "111213",
        "323232 c22832 8ec43d e0c64f 43a5d5 8b57b5 8ec43d eeeeee "
        "323232 c22832 8ec43d e0c64f 43a5d5 8b57b5 8ec43d ffffff",
    ),
    "solarized-dark": _palette(
        "839496",
        "002b36",
        "073642 dc322f 859900 b58900 268bd2 d33682 2aa198 eee8d5 "
        "002b36 cb4b16 586e75 657b83 839496 6c71c4 93a1a1 fdf6e3",
    ),
    "solarized-light": _palette(
        "657b83",
        "fdf6e3",
        "073642 dc322f 859900 b58900 268bd2 d33682 2aa198 eee8d5 "
        "002b36 cb4b16 586e75 657c83 839496 6c71c4 93a1a1 fdf6e3",
    ),
    "tango": _palette(
        "cccccc",
        "121314",
        "000000 cc0000 4e9a06 c4a000 3465a4 75507b 06989a d3d7cf "
        "555753 ef2929 8ae234 fce94f 729fcf ad7fa8 34e2e2 eeeeec",
    ),
}
"""Themes the player has built in, by the name its `theme` option takes."""

UNKNOWN = Palette("#ffffff", "#000000", ("#ffffff",) * 16)
"""What the player shows for a theme it does not know."""


def choose_palette(option: str, recorded: TerminalTheme | None) -> Palette:
    """Colours the player will use: those of the cast for `auto/…` when it has valid ones, else the named theme's."""
    name = option.removeprefix("auto/")
    if name != option and recorded is not None and (palette := recorded_palette(recorded)):
        return palette
    return PALETTES.get(name, UNKNOWN)


def recorded_palette(theme: TerminalTheme) -> Palette | None:
    """Colours recorded with a cast; None unless all are `#rrggbb` and the palette has 8 (then used twice) or 16."""
    colours = theme.palette * 2 if len(theme.palette) == 8 else theme.palette
    every = (theme.foreground, theme.background, *colours)
    if len(colours) != 16 or not all(_HEX.fullmatch(colour) for colour in every):
        return None
    foreground, background, *lowered = (colour.lower() for colour in every)
    return Palette(foreground, background, tuple(lowered))
