"""Taking values out of a recording: what drew them is masked where it stands in the output, typed or told.

Replacing text event by event would leave what is typed, split, redrawn or wrapped. Sizes, times, the number of events
and all that moves the cursor stay; what is looked for afterwards on what was written is not found any more.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from msgspec.structs import replace

from castsite.cast.events import INPUT, OUTPUT, RESIZE, Cast, Event
from castsite.regex import regex
from castsite.safety.orders import Region
from castsite.safety.origins import Origins, Start
from castsite.safety.prompts import Prompts
from castsite.safety.scan import SEQUENCE
from castsite.safety.stream import sequences, without_c1
from castsite.safety.values import BLOCK, KEY, WIDE, Values
from castsite.terminal import Screen, width

_TITLE: Final = regex(r"[012];")
_LINK: Final = "8;"


class Redacted(NamedTuple):
    """A recording that shows no value, how many characters and events of it changed, and where values began."""

    cast: Cast
    characters: int = 0
    events: int = 0
    starts: tuple[Start, ...] = ()


def redact(cast: Cast, values: Values, regions: Sequence[Region] = ()) -> Redacted:
    """Mask values in all that a recording holds, and what was shown in regions. Raises TerminalError."""
    events = [_plain(event) for event in cast.events]
    origins = Origins(cast.header, events, values)
    origins.find(regions)
    origins.find_beginnings(origins.starts)
    masks = {at: _mask(origins.whole[at]) for at in origins.found} | dict(_in_control_strings(origins.whole, values))
    if regions:
        masks |= dict(_behind_links(origins.whole, origins.found))
    changed: dict[int, str] = {}
    for number, begin, end in origins.outputs():
        if not masks.keys().isdisjoint(range(begin, end)):
            changed[number] = "".join([masks.get(at, origins.whole[at]) for at in range(begin, end)])
    keys = _typed_values(events, values)
    count = len(masks) + len(keys)
    changed |= _with_hidden_keys(events, keys)
    for number, event in enumerate(events):
        if event.code not in {OUTPUT, INPUT, RESIZE} and (label := values.masked(event.data)) != event.data:
            changed[number] = label
            count += label.count(BLOCK)
    for number, data in changed.items():
        events[number] = events[number]._replace(data=data)
    title = cast.header.title and values.masked(cast.header.title)
    header = replace(cast.header, title=title, command=None, env=())
    return Redacted(replace(cast, header=header, events=tuple(events)), count, len(changed), tuple(origins.starts))


def without_passwords(cast: Cast) -> Cast:
    """Hide every key that was typed where a prompt asked for a password, but for those that end or edit it."""
    keys: set[tuple[int, int]] = set()
    prompts = Prompts()
    for number, event in enumerate(cast.events):
        if event.code == OUTPUT:
            prompts.printed(event.data)
        elif event.code == INPUT:
            keys.update((number, at) for at, key in enumerate(event.data) if prompts.hides(key))
    hidden = _with_hidden_keys(cast.events, keys)
    if not hidden:
        return cast
    events = (e if (data := hidden.get(at)) is None else e._replace(data=data) for at, e in enumerate(cast.events))
    return replace(cast, events=tuple(events))


def is_clean(cast: Cast, values: Values, starts: Iterable[Start]) -> bool:
    """Whether nothing of values can be seen any more, neither where they stood nor encoded. Raises TerminalError."""
    events = [_plain(event) for event in cast.events]
    origins = Origins(cast.header, events, values, exact=False)
    origins.find()
    origins.find_beginnings(starts)
    if origins.found or any(True for _ in _in_control_strings(origins.whole, values)):
        return False
    others = (event.data for event in events if event.code != OUTPUT)
    return not _typed_values(events, values) and not any(map(values.stand_in, (*others, cast.header.title or "")))


def looks_alike(before: Cast, after: Cast) -> bool:
    """Whether two recordings show the same at each event, but for what is masked. Raises TerminalError."""
    if [(event.time, event.code) for event in before.events] != [(event.time, event.code) for event in after.events]:
        return False
    screens = [Screen(cast.header.cols, cast.header.rows) for cast in (before, after)]
    for old, new in zip(before.events, after.events, strict=True):
        rows: set[int] = set()
        for screen, event in zip(screens, (old, new), strict=True):
            if event.code == RESIZE:
                screen.resize(*event.size)
                rows.update(range(screen.rows))
            elif event.code == OUTPUT:
                rows.update(screen.feed(without_c1(event.data))[0])
        if not all(_alike(screens[0].bare(row), screens[1].bare(row)) for row in rows):
            return False
        if screens[0].cursor() != screens[1].cursor():
            return False
    return True


def _alike(before: str, after: str) -> bool:
    return before == after or (
        len(before) == len(after)
        and all(old == new or new in {BLOCK, WIDE} for old, new in zip(before, after, strict=True))
    )


def _plain(event: Event) -> Event:
    return event._replace(data=without_c1(event.data)) if event.code == OUTPUT else event


def _mask(character: str) -> str:
    cells = width(character)
    return WIDE if cells > 1 else BLOCK if cells else ""


def _in_control_strings(whole: str, values: Values) -> Iterator[tuple[int, str]]:
    """Give what becomes of what programs told the terminal: titles are masked, links lead nowhere, all else goes."""
    for start, end, match in sequences(whole) if values else ():
        if match is None or (match["osc"] is None and match["string"] is None):
            continue
        text = match["osc"] if match["osc"] is not None else match[0]
        if not values.stand_in(text):
            continue
        # what began before and has not ended does so here, and controls within are done when they were
        left = {place: whole[place] for place in range(start, match.end("early"))} | {match.end("early"): "\\"}
        if match["osc"] is not None:
            at = match.start("osc")
            hidden = values.places(text)
            if _TITLE.match(text) and hidden and not values.stand_in(values.masked(text)):
                yield from ((at + place, BLOCK) for place in hidden)
                continue
            if text.startswith(_LINK):
                left = _to_nowhere(whole, start, match, end)
        yield from ((place, left.get(place, "")) for place in range(start, end) if left.get(place) != whole[place])


def _to_nowhere(whole: str, start: int, match: re.Match[str], end: int) -> dict[int, str]:
    """Give what is left of the beginning of a link that has no address."""
    at = match.start("osc")
    return {place: whole[place] for place in (*range(start, at + 2), *range(match.end("osc"), end))} | {at + 2: ";"}


def _behind_links(whole: str, masked: Collection[int]) -> Iterator[tuple[int, str]]:
    """Take their addresses from links of which something is masked: they are what it says, or say where that is."""
    links = [found for found in sequences(whole) if found[2] and (found[2]["osc"] or "").startswith(_LINK)]
    places = sorted(masked)
    borders = [*(start for start, *_ in links), len(whole)]
    for (start, end, match), after in zip(links, borders[1:], strict=True):
        at = bisect_left(places, end)
        if match is not None and at < len(places) and places[at] < after and match["osc"].strip("8;"):
            left = _to_nowhere(whole, start, match, end)
            yield from ((place, left.get(place, "")) for place in range(start, end) if left.get(place) != whole[place])


def _typed_values(events: Sequence[Event], values: Values) -> set[tuple[int, int]]:
    """Give the keys of values that were typed: as a line editor takes them, and as they were pressed."""
    places = [(number, at) for number, e in enumerate(events) if e.code == INPUT for at in range(len(e.data))]
    if not places or not values:
        return set()
    typed = "".join(event.data for event in events if event.code == INPUT).replace("\r", "\n")
    pressed: list[int] = []
    line: list[int] = []
    at = 0
    for match in (*SEQUENCE.finditer(typed), None):
        end = match.start() if match else len(typed)
        pressed += range(at, end)
        for key in range(at, end):
            if typed[key] != "\b":
                line.append(key)
            elif line:
                line.pop()
        if match:
            del line[max(0, len(line) - match[0].count("\x7f")) :]
            at = match.end()
    hidden: set[tuple[int, int]] = set()
    for order in (range(len(typed)), pressed, line):
        hidden |= {places[order[place]] for place in values.places("".join([typed[key] for key in order]))}
    return {(number, at) for number, at in hidden if events[number].data[at].isprintable()}


def _with_hidden_keys(events: Sequence[Event], keys: set[tuple[int, int]]) -> dict[int, str]:
    """Give the data of events with keys hidden, by number."""
    return {
        number: "".join([KEY if (number, at) in keys else key for at, key in enumerate(events[number].data)])
        for number in {number for number, _ in keys}
    }
