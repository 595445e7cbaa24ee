"""Times are split as text: what one writes is what one gets, to the microsecond."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castsite.schema.reading import Reading
from castsite.schema.times import idle_limit, parse_time, show_time, span, time
from castsite.schema.tree import At, Items, Text

AT = At(1, 1)


def read(reader: object, text: str) -> tuple[object, list[str]]:
    reading = Reading(path="a.md")
    return reader(Text(text, plain=False, at=AT), reading), [problem.text for problem in reading.problems()]


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("0", 0),
        ("12.5", 12_500_000),
        ("1:05", 65_000_000),
        ("01:05", 65_000_000),
        ("0:12", 12_000_000),
        ("90:00", 5_400_000_000),
        ("1:02:03.4", 3_723_400_000),
        ("1:02:03.400001", 3_723_400_001),
        ("0.000001", 1),
        ("0.1", 100_000),
        ("90", 90_000_000),
        ("1234567.89", 1_234_567_890_000),
    ],
)
def test_a_time_is_read(text: str, microseconds: int) -> None:
    assert parse_time(text) == microseconds


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("0:90", "; write 1:30"),
        ("1:60:00", "; write 2:00:00"),
        ("1h5m", "; write 1:05:00"),
        ("90s", "; write 1:30"),
        ("2m", "; write 2:00"),
        ("1:5", "; write 1:05"),
        (".5", "; write 0:00.5"),
        ("1,5", "; write 0:01.5"),
        ("1.1234567", "; write 0:01.123456"),
        ("-1", ""),
        ("1e3", ""),
        ("soon", ""),
        ("1:02:03:04", ""),
        ("١:٠٥", ""),
        ("1:05\n2", ""),
        ("9" * 5000, ""),
        ("", ""),
    ],
)
def test_what_is_no_time_is_refused_with_the_right_form(text: str, cure: str) -> None:
    value, told = read(time, text)
    assert value is None
    assert told[0].startswith("expected a time such as 12.5, 1:05 or 1:02:03.4, got ")
    assert told[0].endswith(cure or '"')


def test_a_list_is_no_time() -> None:
    reading = Reading(path="a.md")
    assert time(Items((), AT), reading) is None
    assert reading.problems()[0].text == "expected a time such as 12.5, 1:05 or 1:02:03.4, got a list"


@given(st.integers(0, 10**12))
def test_a_shown_time_is_read_back_exactly(microseconds: int) -> None:
    assert parse_time(show_time(microseconds)) == microseconds


@given(st.integers(0, 999_999_999), st.text("0123456789", min_size=1, max_size=6))
def test_seconds_never_go_through_a_float(seconds: int, fraction: str) -> None:
    expected = seconds * 1_000_000 + int(fraction) * 10 ** (6 - len(fraction))
    assert parse_time(f"{seconds}.{fraction}") == expected


@pytest.mark.parametrize(("text", "value"), [("2", 2_000_000), ("0.5", 500_000), ("1:05", 65_000_000), ("off", "off")])
def test_an_idle_limit_is_seconds_or_off(text: str, value: object) -> None:
    assert read(idle_limit, text) == (value, [])


@pytest.mark.parametrize("text", ["0", "-1", "none", "Infinity", "", "0.0"])
def test_an_idle_limit_of_nothing_is_refused(text: str) -> None:
    assert read(idle_limit, text) == (None, ["expected seconds above 0, or off"])


@pytest.mark.parametrize(
    ("text", "seconds"), [("24h", 86_400), ("2d", 172_800), ("30 s", 30), ("1:30:00", 5400), ("90m", 5400)]
)
def test_a_span_is_a_time_or_one_unit(text: str, seconds: int) -> None:
    assert read(span, text) == (seconds * 1_000_000, [])
    assert read(span, "1h30m")[0] is None
    assert read(span, "0s")[0] is None
