"""Titles and dates of what does not say them itself: from the cast's header, else from the file's name."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from castsite.regex import regex
from castsite.schema.values import Day, settled
from castsite.schema.zones import find_zone
from castsite.site.model import Document, Summary

_DATED = regex(r"^(\d{4})-(\d{2})(?:-(\d{2}))?(?=[-_. ]|$)")


def date_in_name(stem: str, timezone: str) -> Day | None:
    """Read the date at the start of a file name such as `2026-03-14-rebase`; a month stands for its first day."""
    match = _DATED.match(stem)
    if not match:
        return None
    year, month, day = int(match[1]), int(match[2]), int(match[3] or 1)
    try:
        return Day(settled(datetime(year, month, day, tzinfo=(find_zone(timezone) or UTC))))
    except ValueError:
        return None


def false_date(stem: str) -> str:
    """Give what begins a file name and looks like a date of our time, but is none: `2026-02-30`; else nothing."""
    match = _DATED.match(stem)
    looks_like_one = match and match[3] and match[1].startswith(("19", "20"))
    return match[0] if match and looks_like_one and date_in_name(stem, "UTC") is None else ""


def title_from_name(stem: str) -> str:
    """Make a title of a file's or folder's name: its date cut off, hyphens to blanks, a capital first."""
    name = stem if false_date(stem) else _DATED.sub("", stem).lstrip("-_. ") or stem
    words = " ".join(re.sub(r"[-_]+", " ", name).split()) or stem
    return words[:1].upper() + words[1:]


def title_of(document: Document, summary: Summary | None) -> str:
    """Give the title of an item: front matter, cast header, file name, in this order."""
    return document.meta.title or (summary and summary.title) or title_from_name(document.stem)


def date_of(document: Document, summary: Summary | None, timezone: str) -> Day | None:
    """Give the date of an item: front matter, file name, the moment its recording began, in this order."""
    stamp = summary.timestamp if summary else None
    zone = find_zone(timezone) or UTC
    recorded = None if stamp is None else Day(settled(datetime.fromtimestamp(stamp, UTC).astimezone(zone)))
    return document.meta.date or date_in_name(document.stem, timezone) or recorded
