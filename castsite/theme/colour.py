"""Colours of options: `#rgb` or `#rrggbb`, and how well one is seen on another."""

from __future__ import annotations

from typing import Final

from castsite.schema.reading import Reading
from castsite.schema.texts import matching
from castsite.schema.tree import Node

_hex = matching(r"#(?:[0-9a-fA-F]{3}){1,2}", "expected a colour such as #d07800")

_DARKEST: Final = 0.05  # added to both, so that black on black has a contrast of 1


def read_colour(node: Node, reading: Reading) -> str | None:
    """Read `#rgb` or `#rrggbb`, written out as six small digits."""
    text = _hex(node, reading)
    if text is None:
        return None
    digits = text[1:].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours `#rrggbb`, 1 to 21 (WCAG 2.2, contrast ratio).

    >>> contrast("#ffffff", "#000000")
    21.0
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + _DARKEST) / (darker + _DARKEST)


def _luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    bent: float = ((share + 0.055) / 1.055) ** 2.4
    return share / 12.92 if share <= 0.04045 else bent
