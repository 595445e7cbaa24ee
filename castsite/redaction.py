"""What of a recording may be published: rules and its author say what is found in it, and what of that is masked.

What was masked is looked for again, in what is written of the recording: if any of it is left, or anything else has
changed, nothing is published of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from castsite.analysis.analyse import Witness
from castsite.analysis.model import Analysis
from castsite.cast.events import Cast
from castsite.cast.read import read
from castsite.cast.write import write
from castsite.errors import Place, Problem, Severity, counted
from castsite.formats.read import is_asciicast
from castsite.limits import Limits
from castsite.regex import regex
from castsite.safety.gate import FOUND, Gate, Told
from castsite.safety.orders import REDACTED, Orders
from castsite.safety.personal import personal
from castsite.safety.redact import Redacted, is_clean, looks_alike, redact
from castsite.safety.scan import Finding, Sights, scan
from castsite.safety.secrets import Hit
from castsite.safety.stream import without_acts
from castsite.safety.values import BLOCK, Values

Look = Callable[[Cast, Witness | None], Analysis]

_COMMENT: Final = regex(rb"\n[ \t\r]*(#[^\n]*)")

Found = Sequence[tuple[Finding, str]]
"""Findings with their values."""


class Source(NamedTuple):
    """What a recording was read from, and what its author says of it."""

    recorded: Cast
    header: bytes
    """what it says of itself, as it stands in the file; comments follow, each on a line"""
    words: tuple[str, ...] = ()
    """title and labels of markers"""
    texts: tuple[str, ...] = ()
    """all else that is published"""
    cut: bool = False
    """whether some of it is not played"""
    place: Place | None = None
    """where the author asks for something to be masked; None where it is asked of many recordings"""
    regions_place: Place | None = None
    """the same of regions"""


class Publishable(NamedTuple):
    """A recording that may be published, with what is known about it; `analysis` is None where it may not."""

    cast: Cast
    analysis: Analysis | None
    problems: tuple[Problem, ...] = ()
    findings: tuple[Told, ...] = ()
    masked: bool = False
    """whether anything had to be masked, or was to be"""


def header_of(cast: Cast, source: bytes) -> bytes:
    """Give what a recording says of itself: as it stands in the file, with its comments, where that is asciicast."""
    if not is_asciicast(source):
        said = (cast.header.title, cast.header.command, *(value for _, value in cast.header.env))
        return "\n".join(filter(None, said)).encode()
    if cast.header.version == 1:
        return source
    return b"\n".join((source.lstrip().partition(b"\n")[0], *_COMMENT.findall(source)))


def publishable(  # noqa: PLR0913 - all but the first two are named
    cast: Cast, source: Source, *, gate: Gate, orders: Orders, look: Look, limits: Limits
) -> Publishable:
    """Find out what a recording shows, and mask what has to be masked. Raises TerminalError."""
    if gate.is_open and not orders:
        return Publishable(cast, look(cast, None))

    def find(text: str) -> list[Hit]:
        return [*(() if gate.is_open else gate.find(text)), *orders.find(text)]

    sights = Sights(find)
    analysis = look(cast, sights.consider)
    scanned = scan(cast, source.recorded, source.header, source.words, sights)
    if source.cut:
        look(source.recorded, (whole := Sights(find)).consider)
        scanned += _left_of(scan(source.recorded, source.recorded, b"", (), whole), scanned, cast, gate)
    wanted = [value for one, value in scanned if one.rule_class == "R"]
    found = [(gate.judge(one, value), value) for one, value in scanned if one.rule_class != "R"]
    secret = [value for one, value in found if one.action == "redact"]
    values = Values([*orders.texts, *wanted], found=secret, patterns=orders.patterns)
    judged = [one._replace(action="redacted") if values.cover(value) else one for one, value in found]
    left = [one for one in judged if one.action != "redacted"]
    problems: list[Problem] = []
    masked = Redacted(cast)
    if values or orders.regions:
        masked = redact(cast, values, orders.regions)
        problems += orders.problems(values, source.place) if source.place else ()
        problems += orders.outside(cast, source.regions_place) if source.regions_place else ()
        problems += _written(values, source, gate.path)
        analysis = look(masked.cast, (again := Sights(gate.find)).consider)
        sure = _is_verified(cast, masked, values, limits)
        sure = sure and not any(values.spans(line.text) for line in analysis.lines)
        if not sure or (not gate.is_open and _remain(masked.cast, again, gate, left)):
            text = "what is to be masked could not be taken out for certain: held back; cut it out with cut:"
            problems.append(Problem(Severity.ERROR, Place(gate.path), FOUND, text))
        elif masked.characters:
            problems.append(_summary(masked, sum(map(values.was_shown, values.known)), secret, gate.path))
    lines = [] if gate.is_open else [(line.time, line.text) for line in analysis.lines]
    told = (*judged, *(gate.judge(one, "") for one in personal(lines)))
    held = any(problem.severity is Severity.ERROR for problem in problems)
    held = held or any(one.action in {"block", "redact"} for one in left)
    problems += (*gate.problems(told, held=held), *gate.stale(told))
    return Publishable(masked.cast, None if held else analysis, tuple(problems), told, masked=bool(values or orders))


def _left_of(whole: Found, played: Found, cast: Cast, gate: Gate) -> Found:
    """Give what a recording shows whole where it is not played, of which a part is left in what is."""
    known = {(one.rule, "".join(value.split())) for one, value in played}
    unknown = [(one, value) for one, value in whole if (one.rule, "".join(value.split())) not in known]
    parts = [(one, value, _secret_part(one, value)) for one, value in unknown if _is_guarded(gate, one, value)]
    values = Values((), found=[part for *_, part in parts])
    if not parts or not redact(cast, values).characters:
        return []
    shown = [(one, value) for one, value, part in parts if any(map(part.__contains__, values.shown))]
    return shown or [(one, value) for one, value, _ in parts]  # one stands there in another form, as in an address


def _is_guarded(gate: Gate, one: Finding, value: str) -> bool:
    return one.rule_class == "R" or gate.judge(one, value).action in {"block", "redact"}


def _secret_part(one: Finding, value: str) -> str:
    """Give a value without what anybody may say of it.

    That is what all values of its rule begin with, the header of a JWT, and all of an address but its end.
    """
    literal = "." if one.rule == "jwt" else one.shown
    if literal.endswith("/"):
        return value.rstrip("/").rpartition("/")[2]
    return (literal and value.partition(literal)[2]) or value


def _summary(masked: Redacted, count: int, secret: Sequence[str], path: str) -> Problem:
    many = [
        counted(number, noun)
        for number, noun in ((count, "value"), (masked.characters, "character"), (masked.events, "event"))
    ]
    text = f"masked and looked for again: {many[0]}, {many[1]} in {many[2]}"
    if not secret:
        return Problem(Severity.INFO, Place(path), REDACTED, text)
    more = "the file and its history still hold them: revoke what is a credential"
    return Problem(Severity.WARNING, Place(path), REDACTED, f"{text}; {more}")


def _written(values: Values, source: Source, path: str) -> Iterator[Problem]:
    """Tell of what stands in words of the author, which are never rewritten."""
    if any(map(values.stand_in, (*source.words, *source.texts))):
        text = "what is masked stands in what its author wrote as well (texts, title, address): held back; change that"
        yield Problem(Severity.ERROR, Place(path), FOUND, text)


def _is_verified(cast: Cast, masked: Redacted, values: Values, limits: Limits) -> bool:
    """Look at what is written of a recording as a reader does."""
    written = write(without_acts(masked.cast, keep_titles=True), version=3)
    again = read(written, path="", first_line=1, limits=limits, times=None, size=None).cast
    return again is not None and is_clean(again, values, masked.starts) and looks_alike(cast, masked.cast)


def _remain(cast: Cast, sights: Sights, gate: Gate, known: Iterable[Told]) -> bool:
    """Whether rules find anything that is not known of already."""
    told = {(one.rule, one.length, one.shown) for one in known}
    found = scan(cast, cast, (cast.header.title or "").encode(), (), sights)
    judged = (gate.judge(one, value) for one, value in found if BLOCK not in value)
    return any((one.rule, one.length, one.shown) not in told for one in judged)
