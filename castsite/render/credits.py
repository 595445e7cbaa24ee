"""Licences of what every site is published with, as one file that its footer leads to."""

from __future__ import annotations

from collections.abc import Mapping

from castsite.render.assets import Asset

CREDITS = "credits.txt"
"""Name of the file among the assets."""

_SHIPPED = (
    ("player/LICENSE", "asciinema-player", "Apache License 2.0"),
    ("fonts/instrument-sans-LICENSE.txt", "Instrument Sans", "SIL Open Font License 1.1"),
    ("fonts/jetbrains-mono-LICENSE.txt", "JetBrains Mono", "SIL Open Font License 1.1"),
)
_RULE = "-" * 72


def credit_file(assets: Mapping[str, Asset]) -> bytes:
    """List the player and the typefaces with their licences, each licence in full below."""
    return f"This site is published with\n\n{licences(assets)}".encode()


def licences(assets: Mapping[str, Asset]) -> str:
    """List those of player and typefaces that are among `assets`, each licence in full below."""
    there = [(name, licence, assets[file].body) for file, name, licence in _SHIPPED if file in assets]
    listed = "".join(f"{name:<20}{licence}\n" for name, licence, _ in there)
    texts = "".join(f"\n{_RULE}\n{name}\n{_RULE}\n\n{text.decode().strip()}\n" for name, _, text in there)
    return f"{listed}{texts}"
