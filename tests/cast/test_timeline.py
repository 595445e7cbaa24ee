"""What is published of a recording, and how its time is counted."""

from __future__ import annotations

from builders import cast, marker, output, resize
from hypothesis import given
from hypothesis import strategies as st

from castsite.cast.clock import Clock, clock_of
from castsite.cast.events import Cast, Event
from castsite.cast.timeline import Prepared, prepare, published, with_markers
from castsite.errors import Severity
from castsite.limits import DAY, SECOND, Limits

LIMITS = Limits()


def prepared(recording: Cast, **options: object) -> Prepared:
    return prepare(recording, limits=LIMITS, path="demo.cast", **options)  # type: ignore[arg-type]


def played(recording: Cast, **options: object) -> Cast:
    result = prepared(recording, **options)
    assert result.cast is not None
    return result.cast


def seconds(recording: Cast) -> list[float]:
    return [event.time / SECOND for event in recording.events]


def typed_in(at: float, text: str) -> Event:
    return Event(round(at * SECOND), "i", text)


def test_input_exit_and_unknown_codes_are_left_out() -> None:
    kept = [output(1, "$ "), output(3, "hi"), marker(4, "end")]
    rest = [typed_in(2, "l"), Event(5 * SECOND, "x", "0"), Event(6 * SECOND, "rlib", "type: wait")]
    recording = cast(kept[0], rest[0], *kept[1:], *rest[1:])
    assert published(recording).events == tuple(kept)
    assert published(recording, keep_input=True).events == (kept[0], rest[0], *kept[1:])


def test_input_that_is_left_out_is_worth_a_word() -> None:
    recording = cast(output(1, "$ "), typed_in(2, "l"), typed_in(3, "s"))
    problems = prepared(recording).problems
    assert [(problem.severity, problem.code) for problem in problems] == [(Severity.INFO, "cast-input")]
    assert "2 events" in problems[0].text
    assert prepared(recording, keep_input=True).problems == ()


def test_recording_of_outputs_alone_is_the_same_object() -> None:
    recording = cast(output(1, "a"), output(2, "b"))
    assert published(recording) is recording
    assert played(recording) is recording


def test_resize_to_the_size_there_is_is_left_out() -> None:
    recording = cast(resize(0, 80, 24), resize(1, 100, 30), resize(1, 100, 30), output(2, "a"), resize(3, 80, 24))
    assert [event.data for event in published(recording).events] == ["100x30", "a", "80x24"]


def test_empty_outputs_are_left_out_and_nothing_moves() -> None:
    recording = cast(output(1, ""), output(2, "a"), output(3, ""), output(4, "b"), output(9, ""))
    assert published(recording).events == (output(2, "a"), output(4, "b"), output(9, ""))


def test_one_output_stays_where_all_are_empty() -> None:
    recording = cast(output(1, ""), output(2, ""), marker(3, "end"))
    assert published(recording).events == (output(2, ""), marker(3, "end"))


def test_last_output_carries_the_end_even_after_drops() -> None:
    recording = cast(output(1, "a"), output(5, ""), typed_in(7, "x"))
    assert published(recording).duration == 5 * SECOND


def test_markers_of_the_author_replace_those_of_the_recording() -> None:
    recording = cast(output(1, "a"), marker(2, "old"), output(3, "b"))
    marked = with_markers(recording, [(3 * SECOND, "second"), (SECOND // 2, "first")])
    assert marked.events == (marker(0.5, "first"), output(1, "a"), marker(3, "second"), output(3, "b"))
    assert with_markers(recording, []).events == (output(1, "a"), output(3, "b"))


def test_markers_of_one_moment_keep_their_order() -> None:
    marked = with_markers(cast(output(1, "a")), [(SECOND, "b"), (SECOND, "a")])
    assert [event.data for event in marked.events] == ["b", "a", "a"]


def test_A58_marker_after_the_last_event_is_moved_to_the_end() -> None:
    recording = cast(output(1, "a"), output(5, "b"), Event(9 * SECOND, "x", "0"))
    result = prepared(recording, markers=[(7 * SECOND, "late"), (5 * SECOND, "just")])
    assert result.cast is not None
    assert result.cast.events == (output(1, "a"), marker(5, "just"), marker(5, "late"), output(5, "b"))
    assert [problem.code for problem in result.problems] == ["cast-late-marker"]
    assert '"late"' in result.problems[0].text


def test_A58_author_has_more_markers_than_the_limit() -> None:
    result = prepared(cast(output(1, "a")), markers=[(0, str(index)) for index in range(1001)])
    assert result.cast is not None
    assert [event.data for event in result.cast.events[:-1]] == [str(index) for index in range(1000)]
    assert [problem.code for problem in result.problems] == ["cast-markers"]


def test_A57_label_of_the_author_is_cut() -> None:
    result = prepared(cast(output(1, "a")), markers=[(0, "y" * 201), (0, "z" * 200)])
    assert result.cast is not None
    assert [len(event.data) for event in result.cast.events] == [200, 200, 1]
    assert [problem.code for problem in result.problems] == ["cast-marker-label"]


def test_pauses_are_shortened_in_the_times_themselves() -> None:
    recording = cast(output(10, "a"), output(11, "b"), output(20, "c"), output(20.5, "d"), idle_limit=5 * SECOND)
    limited = played(recording, idle_limit=2 * SECOND)
    assert seconds(limited) == [2, 3, 5, 5.5]
    assert limited.header.idle_limit is None


def test_limit_of_the_header_holds_until_somebody_says_otherwise() -> None:
    recording = cast(output(1, "a"), output(11, "b"), idle_limit=2 * SECOND)
    assert played(recording).duration == 3 * SECOND
    assert played(recording, idle_limit=4 * SECOND).duration == 5 * SECOND
    assert played(recording, idle_limit="off").duration == 11 * SECOND
    assert played(recording, idle_limit="off").header.idle_limit is None


def test_dropped_events_are_no_activity_but_markers_are() -> None:
    recording = cast(output(1, "a"), typed_in(5, "x"), output(9, "b"))
    assert seconds(played(recording, idle_limit=2 * SECOND)) == [1, 3]
    assert seconds(played(recording, idle_limit=2 * SECOND, keep_input=True)) == [1, 3, 5]
    assert seconds(played(recording, idle_limit=2 * SECOND, markers=[(5 * SECOND, "m")])) == [1, 3, 5]


def test_A53_longer_than_a_day_after_the_idle_limit() -> None:
    events = [output(hour * 3600, "x") for hour in range(26)]
    result = prepared(cast(*events))
    assert result.cast is None
    assert [(problem.severity, problem.code) for problem in result.problems] == [(Severity.ERROR, "cast-limit")]
    said = "lasts 25:00:00; the limit is 24:00:00 (limits: duration); idle_time_limit shortens its pauses"
    assert result.problems[0].text == said
    assert "idle_time_limit" in result.problems[0].text
    assert played(cast(*events), idle_limit=60 * SECOND).duration == 25 * 60 * SECOND
    assert played(cast(*events[:25])).duration == DAY


def test_gap_that_a_drop_makes_too_long_is_shortened() -> None:
    recording = cast(output(0, "a"), typed_in(20 * 3600, "x"), output(40 * 3600, "b"))
    assert played(recording).duration == DAY
    assert played(recording, idle_limit="off").duration == DAY


def test_no_gap_is_longer_than_the_limit_of_gaps_whatever_the_idle_limit() -> None:
    recording = cast(output(0, "a"), output(40, "b"))
    result = prepare(recording, idle_limit=30 * SECOND, limits=Limits(gap=20 * SECOND), path="demo.cast")
    assert result.cast is not None
    assert result.cast.duration == 20 * SECOND


def test_clock_leads_to_the_moment_that_shows_the_same() -> None:
    recording = cast(output(1, "a"), output(11, "b"), output(12, "c"), output(30, "d"))
    clock = prepared(recording, idle_limit=2 * SECOND).clock
    moments = {
        0: 0,
        0.5: 0.5,
        1: 1,
        2: 2,
        3: 3,
        7: 3,
        11: 3,
        11.5: 3.5,
        12: 4,
        13: 5,
        14: 6,
        29: 6,
        30: 6,
        99: 6,
        -1: 0,
    }
    assert {at: clock.played(round(at * SECOND)) / SECOND for at in moments} == moments


def test_clock_without_a_limit_changes_nothing_but_what_is_outside() -> None:
    clock = clock_of([1 * SECOND, 11 * SECOND])
    assert [clock.played(time) for time in (-5, 0, 7, 11 * SECOND, 12 * SECOND)] == [0, 0, 7, 11 * SECOND, 11 * SECOND]
    assert Clock(0).played(5) == 0


@given(
    st.lists(st.integers(0, 20), min_size=1, max_size=30),
    st.one_of(st.none(), st.integers(1, 15)),
    st.lists(st.integers(0, 400), max_size=10),
)
def test_clock_agrees_with_the_events_and_never_runs_backwards(
    gaps: list[int], limit: int | None, moments: list[int]
) -> None:
    times = [sum(gaps[: index + 1]) for index in range(len(gaps))]
    clock = clock_of(times, limit=limit)
    limited = list(clock.all_played(times))
    assert limited == [clock.played(time) for time in times]
    expected = 0
    for gap, time in zip(gaps, limited, strict=True):
        expected += gap if limit is None else min(gap, limit)
        assert time == expected
    shown = [clock.played(moment) for moment in sorted(moments)]
    assert shown == sorted(shown)
