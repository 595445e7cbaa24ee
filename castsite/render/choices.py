"""What a theme's options make castsite do; templates see the options themselves as `theme.KEY`."""

from __future__ import annotations

from msgspec import Struct

from castsite.cast.events import TerminalTheme
from castsite.files import read_regular
from castsite.render.images.palette import PALETTES, Palette, recorded_palette
from castsite.theme import Font, Logo, OptionValue, Theme

SANS, MONO = "fonts/instrument-sans.woff2", "fonts/jetbrains-mono.woff2"
OWN = "castsite"
"""What the player calls colours that the site's owner wrote down."""


class Terminal(Struct, frozen=True):
    """Colours of recordings that have none of their own, and the player's name for them."""

    name: str
    palette: Palette


PLAYERS = Terminal("asciinema", PALETTES["asciinema"])
"""What the player takes, and the theme's style sheet holds, when nobody chose."""


class Choices(Struct, frozen=True, kw_only=True):
    """Options by the effect they have on what is rendered."""

    reel: bool = True
    lead: str = "newest"
    """or `none`, or the address of a recording"""
    footer: str = ""
    """one line of Markdown"""
    logo: Logo | None = None
    terminal: Terminal = PLAYERS
    typefaces: tuple[str, ...] = (SANS, MONO)
    """files among the assets that pages are set in"""


def choices(theme: Theme) -> Choices:
    """Read the options of a theme; those that it does not have, or means otherwise, have no effect."""
    logo = theme.option("logo", "picture")
    return Choices(
        reel=theme.option("reel", "bool") is not False,
        lead=str(theme.option("lead", "text") or "newest"),
        footer=str(theme.option("footer", "text") or ""),
        logo=logo if isinstance(logo, Logo) else None,
        terminal=_terminal(theme.option("terminal", "palette")),
        typefaces=tuple(file for file in _typefaces(theme.option("font", "font")) if file in _used(theme)),
    )


def _used(theme: Theme) -> str:
    """Give the style sheet of every page, which names the typefaces that a theme is set in."""
    sheet = dict(theme.static).get("css/site.css")
    return read_regular(sheet).decode("utf-8", "replace") if sheet else ""


def _terminal(chosen: OptionValue | None) -> Terminal:
    if isinstance(chosen, TerminalTheme):
        return Terminal(OWN, recorded_palette(chosen) or PLAYERS.palette)
    return Terminal(chosen, PALETTES[chosen]) if isinstance(chosen, str) else PLAYERS


def _typefaces(font: OptionValue | None) -> tuple[str, ...]:
    if isinstance(font, Font):
        return tuple(file for file, families in ((SANS, font.sans), (MONO, font.mono)) if not families)
    return () if font == "system" else (SANS, MONO)
