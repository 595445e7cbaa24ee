"""Tags, series and authors: which items belong together, and where their pages are.

Names that differ in case, accents, blanks and hyphens only are one; they are spelled as in the first item by path.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from msgspec import Struct

from castsite.config import SiteConfig
from castsite.errors import Problem, Severity, quote, quote_path
from castsite.regex import regex
from castsite.site.model import Collection, Kind, Page, Recording
from castsite.site.order import Facets, in_order, title_key
from castsite.site.urls import RESERVED_FIRST, SlugRules, name_digest, slugify

Item = Recording | Page

_ACCENTED: Final = regex("([a-z])[\u0300-\u036f]+")
_GAPS: Final = regex(r"[\s_-]+")
# signs that tell programming languages apart
_SIGNS: Final = ((regex(r"(?<=[\w+])\+"), " plus "), (regex(r"(?<=\w)#"), " sharp "))


class Classified(Struct, frozen=True):
    """All collections of a site, each kind ordered by title, and the problems met on the way."""

    collections: tuple[Collection, ...]
    problems: tuple[Problem, ...]


def classify(recordings: Sequence[Recording], pages: Sequence[Page], config: SiteConfig) -> Classified:
    """Gather what is listed under its tags, series and authors."""
    every: tuple[Item, ...] = (*recordings, *pages)
    items = sorted((item for item in every if item.state == "public"), key=lambda item: item.source)
    problems: list[Problem] = []
    found: list[Collection] = []
    orders = {item.source: facets(item) for item in items}
    for kind, memberships in _KINDS:
        members = [membership for item in items for membership in memberships(item)]
        found += _collections(kind, members, orders, config, problems)
    return Classified(tuple(found), tuple(problems))


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    """Give what names share that are one tag, series or author.

    >>> name_key("Café  Noir") == name_key("cafe-noir"), name_key("C++") == name_key("C")
    (True, False)
    """
    folded = unicodedata.normalize("NFKD", name).casefold()
    folded = unicodedata.normalize("NFC", _ACCENTED.sub(r"\1", folded))
    return _GAPS.sub("-", folded).strip("-") or folded


class _Membership(NamedTuple):
    """An item under one name, as it is written there."""

    name: str
    item: Item
    url: str = ""


def _tags(item: Item) -> Iterator[_Membership]:
    for tag in item.meta.tags:
        yield _Membership(tag, item)


def _series(item: Item) -> Iterator[_Membership]:
    if item.meta.series and isinstance(item, Recording):
        yield _Membership(item.meta.series.name, item)


def _authors(item: Item) -> Iterator[_Membership]:
    for author in item.meta.authors:
        yield _Membership(author.name, item, author.url)


_KINDS: Final[tuple[tuple[Kind, Callable[[Item], Iterator[_Membership]]], ...]] = (
    ("tags", _tags),
    ("series", _series),
    ("authors", _authors),
)


def _collections(
    kind: Kind,
    memberships: list[_Membership],
    orders: Mapping[str, Facets],
    config: SiteConfig,
    problems: list[Problem],
) -> list[Collection]:
    together: dict[str, list[_Membership]] = defaultdict(list)
    for membership in memberships:
        together[name_key(membership.name)].append(membership)
    segments = _segments(kind, together, config, problems)
    made = [_collection(kind, segments[key], found, orders, problems) for key, found in together.items()]
    return sorted(made, key=lambda one: (title_key(one.title), one.slug))


def _collection(
    kind: Kind, segment: str, found: list[_Membership], orders: Mapping[str, Facets], problems: list[Problem]
) -> Collection:
    def order(item: Item) -> Facets:
        return orders[item.source]

    items = {one.item.source: one.item for one in found}.values()
    recordings = [item for item in items if isinstance(item, Recording)]
    pages = [item for item in items if isinstance(item, Page)]
    if kind == "series":
        recordings.sort(key=_part_key)
        problems.extend(_equal_parts(recordings))
    else:
        recordings = in_order(recordings, "-date", order)
    return Collection(
        kind=kind,
        slug=f"{kind}/{segment}",
        title=found[0].name,
        recordings=tuple(recording.slug for recording in recordings),
        pages=tuple(page.slug for page in in_order(pages, "-date", order)),
        url=next((one.url for one in found if one.url), ""),
    )


def facets(item: Item) -> Facets:
    """Give what an item can be sorted by."""
    summary = item.summary if isinstance(item, Recording) else None
    return Facets(
        title=item.title,
        date=item.date.moment.timestamp() if item.date else None,
        weight=item.meta.weight or 0,
        path=item.source,
        duration=summary.duration if summary else 0,
        size=summary.size if summary else 0,
    )


# ---- addresses


def _segments(
    kind: Kind, together: dict[str, list[_Membership]], config: SiteConfig, problems: list[Problem]
) -> dict[str, str]:
    """Give each name a segment of its own: where two would have the same, the plainer spelling has it."""
    rules = SlugRules(RESERVED_FIRST, config.limits.slug_segment)
    wanted = {key: _segment(key, rules) for key in together}
    holders: dict[str, str] = {}
    for key in sorted(together, key=lambda key: (key != wanted[key], key)):
        holders.setdefault(wanted[key], key)
    segments = {}
    for key, segment in wanted.items():
        holder = holders[segment]
        segments[key] = segment if holder == key else f"{segment[: rules.length - 9]}-{name_digest(key)}"
        if holder != key:
            first = together[key][0]
            text = (
                f"{quote(first.name)} would have the address of {quote(together[holder][0].name)}; "
                f"it is published as {kind}/{segments[key]}/"
            )
            place = first.item.meta.place(kind, first.item.source)
            problems.append(Problem(Severity.WARNING, place, "address-shared", text))
    return segments


def _segment(key: str, rules: SlugRules) -> str:
    spelled = key
    for sign, word in _SIGNS:
        spelled = sign.sub(word, spelled)
    slug = slugify(spelled, source=key, length=rules.length)
    return f"{slug}-1" if rules.reserves(slug, first=False) else slug


# ---- parts of a series


def _part_key(recording: Recording) -> tuple[bool, int, int, float, str]:
    number = part_number(recording)
    when = recording.date.moment.timestamp() if recording.date else float("inf")
    return (number is None, number or 0, recording.meta.weight or 0, when, recording.source)


def part_number(recording: Recording) -> int | None:
    """Give the number of a part as its front matter says it."""
    return recording.meta.series.number if recording.meta.series else None


def _equal_parts(ordered: Iterable[Recording]) -> Iterator[Problem]:
    for before, recording in pairwise(ordered):
        number = part_number(recording)
        if number is not None and number == part_number(before):
            text = f"part {number} of the series is {quote_path(before.source)} already"
            place = recording.meta.place("series", recording.source)
            yield Problem(Severity.WARNING, place, "equal-parts", text)
