"""Slugs: the only characters that somebody's words may have in an address."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from castsite.errors import quote
from castsite.limits import Limits
from castsite.schema.reading import Reading
from castsite.schema.texts import scalar
from castsite.schema.tree import Node

_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LETTERS: Final = str.maketrans(
    {"ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d"}
    | {"ł": "l", "Ł": "l", "ı": "i", "þ": "th", "Þ": "th", "ð": "d", "Ð": "d"}
)


def is_slug(text: str, limit: int = Limits().slug_segment) -> bool:
    """Whether a text is one segment of an address in its final form."""
    return len(text) <= limit and _SLUG.fullmatch(text) is not None


def slugify(text: str, limit: int = Limits().slug_segment) -> str:
    """Give the slug of a text; empty when nothing of it is left (then the caller makes one from the path)."""
    plain = unicodedata.normalize("NFKD", text).translate(_LETTERS)
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", "-", bare.lower()).strip("-")[:limit].rstrip("-")


def slug(node: Node, reading: Reading) -> str | None:
    """Read an explicit slug: it has to be in its final form already."""
    text = scalar(node, reading, "a text such as rebase-2")
    if text is None or is_slug(text, reading.limits.slug_segment):
        return text
    better = slugify(text[:1000], reading.limits.slug_segment)
    cure = f"; use {quote(better, 100)}" if better else "; use a–z, 0–9 and single dashes"
    reading.error(node.at, f"not usable in a URL{cure}")
    return None
