"""Real recordings, found in public repositories: every valid one is read, every other one is explained."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from castsite.cast.compressed import inflate
from castsite.cast.events import Cast
from castsite.cast.read import read
from castsite.cast.timeline import prepare
from castsite.cast.write import write
from castsite.errors import Problem, Severity
from castsite.limits import SECOND, Limits

pytestmark = pytest.mark.corpus

LIMITS = Limits()
ASCIICAST = (1, 2, 3)
WARNED = (
    "non-monotonic times",
    "negative",
    "non-numeric time",
    "unknown event codes",
    "look ABSOLUTE",
    "lines not JSON",
    "data is bool",
    "wrong length",
    "bad v1 frame",
    "malformed resize",
    "palette has 1 colours",
    "width is str",
    "missing width",
    "missing cols",
)
"""Deviations, in the catalogue's words, that are worth a warning; the others are read without one."""


DOUBTFUL = ("cast-bad-event", "cast-bad-resize", "cast-quoted-time")
"""Codes of faults where it is a matter of taste whether there was an event."""


@dataclass(frozen=True)
class Outcome:
    """A file of the corpus: what the catalogue says of it, and what became of it."""

    row: dict[str, Any]
    cast: Cast | None
    problems: tuple[Problem, ...]

    @property
    def name(self) -> str:
        return str(self.row["file"])

    @property
    def is_asciicast(self) -> bool:
        return self.row["version"] in ASCIICAST

    @property
    def has_output(self) -> bool:
        return not self.row.get("no_output")


@lru_cache(maxsize=1)
def outcomes(corpus: Path) -> tuple[Outcome, ...]:
    rows = map(json.loads, (corpus / "catalog.jsonl").read_text("utf-8").splitlines())
    return tuple(outcome(corpus, row) for row in rows)


def outcome(corpus: Path, row: dict[str, Any]) -> Outcome:
    source = (corpus / "files" / row["file"]).read_bytes()
    inflated = inflate(source, path=row["file"], limits=LIMITS)
    if inflated.failed:
        return Outcome(row, None, inflated.problems)
    result = read(inflated.data, path=row["file"], limits=LIMITS)
    return Outcome(row, result.cast, (*inflated.problems, *result.problems))


def readable(corpus: Path) -> Iterator[tuple[Outcome, Cast]]:
    return ((one, one.cast) for one in outcomes(corpus) if one.cast is not None)


def test_every_valid_asciicast_is_read(corpus: Path) -> None:
    valid = [one for one in outcomes(corpus) if one.is_asciicast and one.row["valid"] and one.has_output]
    assert len(valid) > 200
    assert [one.name for one in valid if one.cast is None] == []


def test_everything_that_is_not_read_is_explained_in_one_error(corpus: Path) -> None:
    for one in outcomes(corpus):
        errors = [problem for problem in one.problems if problem.severity is Severity.ERROR]
        assert len(errors) == (one.cast is None), one.name
    reasons = Counter(one.problems[0].code for one in outcomes(corpus) if one.cast is None)
    assert set(reasons) == {"cast-unknown-format", "cast-no-events", "cast-empty"}


def test_recordings_of_other_kinds_are_named(corpus: Path) -> None:
    words = {"script": "script(1)", "script-timing": "timing file", "ttyrec": "ttyrec", "empty": "empty recording"}
    for one in outcomes(corpus):
        if one.row["version"] in words:
            assert words[one.row["version"]] in one.problems[0].text


def test_invalid_asciicasts_are_repaired_with_a_warning(corpus: Path) -> None:
    invalid = [one for one in outcomes(corpus) if one.is_asciicast and not one.row["valid"]]
    assert len(invalid) > 10
    for one in invalid:
        assert one.cast is not None, one.name
        assert [problem for problem in one.problems if problem.severity is Severity.WARNING] != [], one.name


def test_warnings_are_where_the_catalogue_sees_a_reason(corpus: Path) -> None:
    for one, _ in readable(corpus):
        deviations = "; ".join((*one.row["deviations"], one.row["reason"]))
        assert bool(one.problems) == any(word in deviations for word in WARNED), (one.name, deviations, one.problems)


def test_what_is_published_is_read_back_as_it_was_without_a_message(corpus: Path) -> None:
    for one, cast in readable(corpus):
        ready = prepare(cast, limits=LIMITS, path=one.name).cast
        assert ready is not None, one.name
        data = write(ready)
        again = read(data, path=one.name)
        assert (again.problems, again.cast is None) == ((), False), one.name
        assert again.cast is not None
        assert write(again.cast) == data, one.name
        assert again.cast.duration == ready.duration
        for line in data.decode().splitlines():
            json.loads(line, parse_constant=pytest.fail)


def test_events_are_as_many_and_of_the_kinds_the_catalogue_counts(corpus: Path) -> None:
    for one, cast in readable(corpus):
        doubtful = sum(problem.times for problem in one.problems if problem.code in DOUBTFUL)
        kinds, counted = Counter(event.code for event in cast.events), Counter(one.row["event_types"])
        assert abs(kinds.total() - counted.total()) <= doubtful, one.name
        if not doubtful:
            assert kinds == counted, one.name
            assert (kinds["m"], kinds["r"]) == (one.row["marker_count"], one.row["resize_count"]), one.name


def test_sizes_and_durations_are_those_of_the_catalogue(corpus: Path) -> None:
    for one, cast in readable(corpus):
        if one.problems or not isinstance(one.row["width"], int):
            continue
        assert (cast.header.cols, cast.header.rows) == (one.row["width"], one.row["height"]), one.name
        assert cast.duration == pytest.approx(one.row["duration_s"] * SECOND, abs=1000), one.name


def test_v3_files_with_absolute_times_are_found_and_no_other(corpus: Path) -> None:
    found = {one.name for one, _ in readable(corpus) if any(p.code == "cast-absolute-times" for p in one.problems)}
    assert found == {one.name for one in outcomes(corpus) if one.row.get("v3_absolute_times")}
    for one, cast in readable(corpus):
        if one.name in found:
            assert cast.duration == pytest.approx(one.row["duration_if_absolute_s"] * SECOND, abs=100_000)
