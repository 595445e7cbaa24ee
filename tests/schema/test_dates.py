"""Dates: the forms people write, in the zone they mean, and no others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castsite.schema.dates import day, expiry, parse_day
from castsite.schema.reading import Reading
from castsite.schema.tree import At, Text
from castsite.schema.values import Day

BERLIN = ZoneInfo("Europe/Berlin")


def reading_of(reader: object, text: str) -> tuple[object, list[str]]:
    reading = Reading(path="a.md", zone=BERLIN)
    return reader(Text(text, plain=True, at=At(1, 1)), reading), [problem.text for problem in reading.problems()]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01 09:05", datetime(2026, 3, 1, 9, 5, tzinfo=BERLIN)),
        ("2026-03-01T09:05", datetime(2026, 3, 1, 9, 5, tzinfo=BERLIN)),
        ("2026-03-01T09:05:07Z", datetime(2026, 3, 1, 9, 5, 7, tzinfo=UTC)),
        ("2026-03-01 09:05:07 Z", datetime(2026, 3, 1, 9, 5, 7, tzinfo=UTC)),
        ("2026-03-01T09:05:07.25+02:00", datetime(2026, 3, 1, 9, 5, 7, 250_000, timezone(timedelta(hours=2)))),
        ("2026-03-01 09:05 -0330", datetime(2026, 3, 1, 9, 5, tzinfo=timezone(-timedelta(hours=3, minutes=30)))),
        ("2026-03-01T09:05:07.123456789Z", datetime(2026, 3, 1, 9, 5, 7, 123_456, UTC)),
        ("2024-02-29 00:00", datetime(2024, 2, 29, tzinfo=BERLIN)),
    ],
)
def test_a_moment_is_read_in_its_zone_or_the_sites(text: str, moment: datetime) -> None:
    assert parse_day(text, BERLIN) == Day(moment, whole_day=False)


def test_a_bare_date_is_a_whole_day_and_stays_that_date() -> None:
    found = parse_day("2026-03-01", BERLIN)
    assert found == Day(datetime(2026, 3, 1, tzinfo=BERLIN), whole_day=True)
    assert found is not None
    assert str(found.date) == "2026-03-01"


WRONG = ["2024-13-45", "tomorrow", "2023-02-29", "20240101", "2024-W01-1", "2024-1-1", "2026-03-01T24:00", "0000-01-01"]
WRONG += ["2026-03-01T09:61", "2026-03-01T09", "2026-03-01 09:05 +25:00", "2026-03-01 09:05+01:99", "2026-03-01Z", ""]
WRONG += ["2026-03-01T09:05:60", "9999-12-31", "٢٠٢٦-03-01", "2026-03-01\n", "2026-03-01T09:05 CET", "12:30:45", "1e9"]


@pytest.mark.parametrize("text", WRONG)
def test_B10_what_is_no_date_is_an_error_that_shows_one(text: str) -> None:
    reading = Reading(path="a.md")
    assert day(Text(text, plain=False, at=At(3, 7)), reading) is None or text == "2026-03-01\n"
    for problem in reading.problems():
        bounds = " between the years 1000 and 9998" if text in {"0000-01-01", "9999-12-31"} else ""
        assert problem.text.startswith(f"expected a date such as 2026-03-01 or 2026-03-01T09:05:00Z{bounds}, got ")
        assert problem.place.line == 3


def test_B10_a_far_year_is_a_date() -> None:
    assert parse_day("2099-01-01") == Day(datetime(2099, 1, 1, tzinfo=UTC))


@given(st.datetimes(min_value=datetime(1000, 1, 2), max_value=datetime(9998, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001  bounds
def test_every_moment_in_the_calendar_is_read_back(moment: datetime) -> None:
    assert parse_day(moment.isoformat()) == Day(moment, whole_day=False)


@given(st.text("0123456789-: TZ+.", max_size=30))
def test_P2_no_text_raises_and_every_moment_can_change_its_zone(text: str) -> None:
    found = parse_day(text)
    if found is not None:
        found.moment.astimezone(timezone(timedelta(hours=14)))
        found.moment.astimezone(timezone(-timedelta(hours=14)))


def test_an_expiry_is_a_date_or_days_after_it() -> None:
    assert reading_of(expiry, "90d") == (90, [])
    assert reading_of(expiry, "1 day") == (1, [])
    assert reading_of(expiry, "2026-03-01") == (Day(datetime(2026, 3, 1, tzinfo=BERLIN)), [])
    told = "expected a date such as 2026-03-01 or 2026-03-01T09:05:00Z, or days after the date such as 90d, got"
    assert reading_of(expiry, "soon") == (None, [f'{told} "soon"'])
