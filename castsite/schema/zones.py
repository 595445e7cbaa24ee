"""Time zones by name, for dates that were written without one."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from castsite.errors import quote
from castsite.regex import regex
from castsite.schema.nearest import did_you_mean
from castsite.schema.reading import Reading
from castsite.schema.texts import scalar
from castsite.schema.tree import Node

_NAME: Final = regex(r"[A-Za-z0-9_+-]{1,40}(?:/[A-Za-z0-9_+-]{1,40}){0,3}")


def find_zone(name: str) -> tzinfo | None:
    """Give the zone of the IANA database with this name, None when there is none; UTC needs no database."""
    if name == "UTC":
        return UTC
    if not _NAME.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; not a zone file; the name of a folder
        return None


def zone_name(node: Node, reading: Reading) -> str | None:
    """Read the name of a zone."""
    text = scalar(node, reading, "a time zone such as Europe/Berlin")
    if text is None or find_zone(text) is not None:
        return text
    near = did_you_mean(text, available_timezones()) or "; write it as Europe/Berlin"
    reading.error(node.at, f"unknown time zone {quote(text)}{near}")
    return None
