"""Dates as people write them in front matter; what is wider or narrower in the standard library is not followed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final

from castsite.regex import regex
from castsite.schema.reading import Reading, expected
from castsite.schema.tree import Node, Text
from castsite.schema.values import Day, settled

_DATE: Final = regex(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    r"(?:[T ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,6})[0-9]*)?)?"
    r"(?: ?(?:(?P<utc>Z)|(?P<sign>[+-])(?P<oh>[0-9]{2}):?(?P<om>[0-9]{2})))?)?"
)
_DAYS: Final = regex(r"([0-9]{1,5}) ?d(?:ays?)?")
_YEARS: Final = range(1000, 9999)
"""Outside of them a change of zone could leave the calendar."""

WHAT: Final = "a date such as 2026-03-01 or 2026-03-01T09:05:00Z"


def parse_day(text: str, zone: tzinfo = UTC) -> Day | None:
    """Give the moment of `YYYY-MM-DD` or `YYYY-MM-DD HH:MM[:SS[.f]][ Z|±HH:MM]`; without a zone it is in `zone`."""
    found = _DATE.fullmatch(text)
    if not found or int(found["year"]) not in _YEARS:
        return None
    year, month, date, hour, minute, second = (
        int(found[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    micro = int((found["fraction"] or "").ljust(6, "0"))
    try:
        written = datetime(year, month, date, hour, minute, second, micro, _zone(found, zone))
    except ValueError:
        return None
    return Day(settled(written), whole_day=found["hour"] is None)


def day(node: Node, reading: Reading) -> Day | None:
    """Read a date, in the reading's zone when it names none."""
    value = parse_day(node.value.strip(), reading.zone) if isinstance(node, Text) else None
    if value is None:
        reading.error(node.at, expected(f"{WHAT}{_bounds(node)}", node))
    return value


def _bounds(node: Node) -> str:
    """Name the years there may be where that is what is wrong."""
    found = _DATE.fullmatch(node.value.strip()) if isinstance(node, Text) else None
    return f" between the years {_YEARS[0]} and {_YEARS[-1]}" if found and int(found["year"]) not in _YEARS else ""


def expiry(node: Node, reading: Reading) -> Day | int | None:
    """Read a date, or days after the item's date: `90d`."""
    text = node.value.strip() if isinstance(node, Text) else ""
    if found := _DAYS.fullmatch(text):
        return int(found[1])
    value = parse_day(text, reading.zone)
    if value is None:
        reading.error(node.at, expected(f"{WHAT}{_bounds(node)}, or days after the date such as 90d", node))
    return value


def _zone(found: re.Match[str], zone: tzinfo) -> tzinfo:
    if found["utc"]:
        return UTC
    if not found["sign"]:
        return zone
    offset = timedelta(hours=int(found["oh"]), minutes=int(found["om"]))
    if int(found["om"]) > 59:
        raise ValueError(found["om"])
    return timezone(-offset if found["sign"] == "-" else offset)
