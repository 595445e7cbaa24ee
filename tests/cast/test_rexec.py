"""What two common producers write: Rexec's sizes, keystrokes and dates, wsh's ends."""

from __future__ import annotations

import pytest
from builders import v2

from castsite.cast.events import Cast
from castsite.cast.read import Reading, read

REXEC = {
    "width": 120,
    "height": 30,
    "timestamp": "2026-11-20T09:15:32.123456789+01:00",
    "duration": 2.5,
    "title": "box",
}


def reading(*events: list[object], **header: object) -> Reading:
    return read(v2(*events, **{**REXEC, **header}), path="demo.cast")


def cast_of(result: Reading) -> Cast:
    assert result.cast is not None
    return result.cast


@pytest.mark.parametrize(
    ("output", "size"),
    [
        ("\x1b[50;1Hx", (120, 50)),
        ("\x1b[1;150Hx", (150, 30)),
        ("\x1b[1;48r", (120, 48)),
        ("\x1b[8;40;140t", (140, 40)),
        ("\x1b[20;80Hx", (120, 30)),
        ("\x1b[999;999H\x1b[6n", (120, 30)),
        ("plain", (120, 30)),
    ],
)
def test_the_size_is_what_the_output_needs(output: str, size: tuple[int, int]) -> None:
    result = reading([0.5, "o", output])
    header = cast_of(result).header
    assert (header.cols, header.rows) == size
    assert ("cast-size-inferred" in [problem.code for problem in result.problems]) == (size != (120, 30))


def test_the_size_of_the_owner_and_of_other_recorders_stays() -> None:
    source = v2([0.5, "o", "\x1b[50;1Hx"], **REXEC)
    assert cast_of(read(source, path="demo.cast", size=(90, 26))).header.rows == 26
    assert cast_of(reading([0.5, "o", "\x1b[50;1Hx"], timestamp=1_795_000_000)).header.rows == 30
    assert cast_of(reading([0.5, "o", "\x1b[50;1Hx"], env={"TERM": "xterm"})).header.rows == 30


def test_resizes_without_a_size_are_dropped_and_the_date_is_read() -> None:
    result = reading([0.5, "o", "a"], [1.0, "r", ""], [1.5, "i", "q"])
    assert [event.code for event in cast_of(result).events] == ["o", "i"]
    assert cast_of(result).header.timestamp == 1_795_162_532
    assert {problem.code for problem in result.problems} == {"cast-timestamp", "cast-bad-resize"}


def test_a_session_of_wsh_that_was_stopped_plays_up_to_there() -> None:
    source = v2([0.000012, "o", "$ "], [1.5, "o", "ls\r\n"], timestamp=1_795_000_000, env={"TERM": "xterm-256color"})
    result = read(source[:-6], path="demo.cast")
    assert cast_of(result).cut_off
    assert [event.data for event in cast_of(result).events] == ["$ "]
