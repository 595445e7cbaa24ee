"""Front matter → `Meta`; a companion put over its recording, a section's defaults put under its items."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, tzinfo
from typing import Any, Final, Literal, NamedTuple

from msgspec.structs import replace

from castsite.analysis.model import Chapter
from castsite.errors import Place, Problem, Severity, quote_path
from castsite.limits import Limits
from castsite.schema.player import Player
from castsite.schema.reading import Found, Reading, Schema, fold, root_fields
from castsite.schema.tree import Fields, parse
from castsite.schema.values import Day
from castsite.site.keys import NAMING, SCHEMAS
from castsite.site.model import SILENT, Meta

Kind = Literal["recording", "page", "section"]


class Read(NamedTuple):
    """What one file's front matter says, and all that is wrong with it, sorted by line."""

    meta: Meta
    problems: tuple[Problem, ...] = ()


def read_meta(  # noqa: PLR0913  what the file says is read by where it stands
    front: str | None,
    *,
    path: str,
    line: int = 2,
    limits: Limits | None = None,
    zone: tzinfo = UTC,
    kind: Kind = "recording",
) -> Read:
    """Read front matter whose first line is number `line` of the file `path`.

    `zone` is that of dates written without one. A page with `recording:` is read as that recording's. The item of a
    file with an error among the problems is to be left out; values that could not be read are not in `meta`.
    """
    reading = Reading(path=path, limits=limits or Limits(), zone=zone, unknown=Severity.WARNING)
    if front is None:
        return Read(SILENT)
    root = root_fields(parse(front, path=path, line=line, depth=reading.limits.front_matter_depth), reading)
    meta = _meta(_schema_of(root, kind).read(root, reading), reading) if root else SILENT
    return Read(meta, reading.problems())


_ADDED: Final = frozenset(("redact", "mask_region"))
"""Keys to which others add: what one file hides another one does not show by hiding something else."""
_MERGED: Final = _ADDED | {"player"}


def merge(own: Meta, companion: Meta) -> Read:
    """Put a companion's front matter over the recording's own, key by key; say where they differ.

    Player options are put over each other one by one; what is to be masked is what both say.
    """
    if not companion.places or not own.places:  # most recordings say nothing themselves
        return Read(companion if companion.places else own)
    both = [
        (key, place)
        for key, place in companion.places
        if key in _keys(own) and key not in _MERGED and getattr(own, key) != getattr(companion, key)
    ]
    told = [
        Problem(Severity.INFO, place, "companion-wins", f"{key}: {quote_path(own.place(key, '').path)} says otherwise")
        for key, place in both
    ]
    merged = _over(companion, own)
    spread = [problem for problem in _contradictions(merged) if _in_two_files(merged, problem)]
    return Read(merged, (*fold(told), *spread))


def cascade(section: Meta, item: Meta) -> Meta:
    """Give an item the defaults of a section's `cascade`; called from the nearest section outwards.

    Paths in it stay relative to the section's file: `places` says which one that is.
    """
    return item if section.cascade is None else _over(item, section.cascade)


def _over(above: Meta, below: Meta) -> Meta:
    """Give every key that was written above, else below; what is to be masked is what both say."""
    silent = _keys(below) - _keys(above)
    values = {key: getattr(below, key) for key in silent}
    both = _keys(above) & _keys(below)
    if "player" in both:
        values["player"] = tuple(sorted((dict(below.player) | dict(above.player)).items()))
    for key in (key for key in both & _ADDED if getattr(above, key)):  # one that is empty takes back
        values[key] = tuple(dict.fromkeys((*getattr(above, key), *getattr(below, key))))
    return replace(above, **values, places=above.places + tuple(pair for pair in below.places if pair[0] in silent))


def _keys(meta: Meta) -> set[str]:
    return {key for key, _ in meta.places}


def _schema_of(root: Fields, kind: Kind) -> Schema:
    """Give the keys to read by: a page that names a recording is that recording's page."""
    named = any(name.value == "recording" for name, _ in root.entries)
    return NAMING if kind == "page" and named else SCHEMAS[kind]


def _meta(found: Found, reading: Reading) -> Meta:
    values, places = found.values, found.places
    if "markers" in values:
        values["markers"] = tuple(Chapter(time=at, title=label) for at, label in values["markers"])
    if "cascade" in values:
        values["cascade"] = _meta(values["cascade"], reading.under("cascade"))
    if "player" in values:
        values, places = _with_player(values, places, reading)
    meta = Meta(**values, places=places)
    reading.found.extend(_contradictions(meta))
    return meta


def _with_player(
    values: dict[str, Any], places: tuple[tuple[str, Place], ...], reading: Reading
) -> tuple[dict[str, Any], tuple[tuple[str, Place], ...]]:
    """`player.idleTimeLimit` is `idle_time_limit`, which is baked into the times and not handed to the player."""
    options: Player = values["player"]
    rest = {**values, "player": options.options}
    if options.idle is None:
        return rest, places
    where = dict(places)
    if "idle_time_limit" in values:
        text = f"idle_time_limit: also given as player.idleTimeLimit in line {where['player'].line}; keep one"
        reading.found.append(Problem(Severity.ERROR, where["idle_time_limit"], "bad-value", text))
        return rest, places
    return {**rest, "idle_time_limit": options.idle}, (*places, ("idle_time_limit", where["player"]))


def _contradictions(meta: Meta) -> Iterable[Problem]:
    """Tell what can be seen to be wrong between two keys without the recording."""
    if meta.start is not None and meta.end is not None and meta.end <= meta.start:
        yield Problem(Severity.ERROR, meta.place("end", ""), "bad-value", "end: end is not after start")
    if isinstance(meta.expires, Day) and meta.date is not None and meta.expires.moment < meta.date.moment:
        yield Problem(Severity.ERROR, meta.place("expires", ""), "bad-value", "expires: is before date")


def _in_two_files(meta: Meta, problem: Problem) -> bool:
    other = {"end": "start", "expires": "date"}[problem.text.partition(":")[0]]
    return meta.place(other, "").path != problem.place.path
