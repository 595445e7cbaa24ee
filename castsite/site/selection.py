"""Which documents are published, and who is told of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec
from msgspec.structs import replace

from castsite.config import SiteConfig
from castsite.errors import Place, Problem, Severity
from castsite.safety.gate import of_policy
from castsite.schema.values import Allowance, Day, Visibility
from castsite.site.model import Document, Waiting
from castsite.site.naming import date_in_name, title_from_name, title_of
from castsite.site.withheld import is_private
from castsite.site.written import Where, nowhere

State = Literal["public", "unlisted", "expired"]

_YET: Final = {"draft": "a draft", "future-date": "dated in the future"}
"""What an item is that will be published, by the code of the message about it."""


def wanted(  # noqa: PLR0913 - all but the first are named
    documents: Iterable[Document],
    *,
    config: SiteConfig,
    now: datetime,
    drafts: bool = False,
    future: bool = False,
    underway: frozenset[str] = frozenset(),
    where: Where = nowhere,
) -> tuple[tuple[Document, ...], tuple[Problem, ...]]:
    """Leave out drafts, what is dated in the future, and what this version could only publish against its owner's will.

    So it is with what is being recorded: `underway` are paths of such recordings. Runs before any is examined.
    """
    kept: list[Document] = []
    problems: list[Problem] = [*of_policy(config.secrets, where)]
    for document in documents:
        reason = why_not(document, config, now, drafts=drafts, future=future, underway=underway)
        if reason is None:
            over = [one for one in document.meta.secrets if _is_over(one, now)] if document.meta.secrets else []
            problems.extend(_ended(one, document) for one in over)
            kept.append(_without_allowances(document, over) if over else document)
        else:
            problems.append(reason)
    return tuple(kept), tuple(problems)


def why_not(  # noqa: PLR0913 - all but the first three are named
    document: Document,
    config: SiteConfig,
    now: datetime,
    *,
    drafts: bool,
    future: bool,
    underway: frozenset[str] = frozenset(),
) -> Problem | None:
    """Say why an item is left out before anybody looks into it; None when it is not."""
    meta, path = document.meta, document.path
    if document.kind == "section":
        return None
    if meta.draft and not drafts:
        return Problem(Severity.INFO, meta.place("draft", path), "draft", "left out; build with --drafts to see it")
    if document.recording_path in underway:
        text = "is being recorded: left out until it has ended; castsite serve shows it meanwhile"
        return Problem(Severity.WARNING, Place(path), "recording", text)
    day = meta.date or date_in_name(document.stem, config.timezone)
    if day and day.moment > now and not (drafts or future):
        text = f"{day.date} is in the future: left out until then; build with --future to see it"
        return Problem(Severity.WARNING, meta.place("date", path), "future-date", text)
    if document.kind == "page" and is_private(meta, config):
        text = "private: left out, since only pages of recordings can be encrypted; make it unlisted, or public"
        return Problem(Severity.WARNING, meta.place("visibility", path), "private", text)
    return None


def waiting(
    documents: Iterable[Document], withheld: Iterable[tuple[str, str]], config: SiteConfig
) -> dict[str, Waiting]:
    """Give what is not published yet, by every path below the content folder that a text may name it by.

    `withheld` holds the paths of what was left out, each with the code of the message about it. A title in which
    something may have to be masked is not told: nobody has looked into the recording.
    """
    held = {path: code for path, code in withheld if code in _YET}
    found: dict[str, Waiting] = {}
    for document in documents if held else ():
        code = held.get(document.path)
        if code is None or is_private(document.meta, config):
            continue
        title = title_from_name(document.stem) if document.meta.redact else title_of(document, None)
        one = Waiting(title, _YET[code])
        folder = f"{document.folder}/" if document.folder else ""
        names = [f"{folder}{document.stem}", document.path.removeprefix(f"{config.content}/"), document.recording or ""]
        found |= {name: one for name in names if name and name not in found}
    return found


def state_of(document: Document, day: Day | None, config: SiteConfig, now: datetime) -> State:
    """Say who is told of an item: what has expired keeps a page that says so."""
    meta = document.meta
    expires = _expiry(document, day, config)
    if expires is not None and expires <= now:
        return "expired"
    return "unlisted" if (meta.visibility or config.visibility) is Visibility.UNLISTED else "public"


def _expiry(document: Document, day: Day | None, config: SiteConfig) -> datetime | None:
    expires = document.meta.expires
    if isinstance(expires, Day):
        return expires.moment
    days = expires if expires is not None else config.retention_days
    if days is None or day is None:
        return None
    try:
        return day.moment + timedelta(days=days)
    except OverflowError:  # after the year 9999
        return None


def _is_over(allowance: Allowance, now: datetime) -> bool:
    """Whether the last day is over on which a finding may be allowed."""
    return allowance.until is not None and allowance.until.moment + timedelta(days=1) <= now


def _ended(allowance: Allowance, document: Document) -> Problem:
    day = allowance.until.date if allowance.until else ""
    text = f"secrets: allow: {allowance.rule} at {allowance.where} ended on {day}; remove the entry"
    return Problem(Severity.WARNING, document.meta.place("secrets", document.path), "stale-allowance", text)


def _without_allowances(document: Document, over: list[Allowance]) -> Document:
    left = tuple(one for one in document.meta.secrets if one not in over)
    return replace(document, meta=msgspec.structs.replace(document.meta, secrets=left))
