from __future__ import annotations

import time

import pytest
from builders import SECOND, cast, marker, output
from hypothesis import given
from hypothesis import strategies as st

from castsite.analysis.activity import activity, levels
from castsite.analysis.model import TRACE_SLICES


def test_characters_are_counted_in_the_slice_they_were_printed_in() -> None:
    counts = activity(cast(output(0, "abc"), output(1, "de"), output(4.999, "f"), marker(10, "end")))
    assert (len(counts), counts[0], counts[48], counts[239], sum(counts)) == (TRACE_SLICES, 3, 2, 1, 6)


def test_the_last_event_is_in_the_last_slice() -> None:
    assert activity(cast(output(0, "a"), output(7, "bcd")))[-1] == 3


def test_a_recording_without_duration_has_all_in_the_first_slice() -> None:
    assert activity(cast(output(0, "ab"), output(0, "c")))[:2] == (3, 0)
    assert activity(cast()) == (0,) * TRACE_SLICES


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("plain", 5),
        ("\x1b[1;31mred\x1b[0m\r\n", 3),
        ("\x1b]0;a title\atext", 4),
        ("\x1b]8;;http://x/\x1b\\link\x1b]8;;\x1b\\", 4),
        ("\x1bPq#0\x1b\\A\x1b_Gx\x1b\\B", 2),
        ("\x1b(0\x1b7\x1bMx\x1b#8", 1),
        ("日本\t\b\a", 2),
        ("\x1b]0;cut off", 0),
    ],
)
def test_only_what_is_drawn_counts(text: str, count: int) -> None:
    assert sum(activity(cast(output(0, text)))) == count


def test_a_sequence_split_over_two_events_of_a_slice_does_not_count() -> None:
    assert activity(cast(output(0, "\x1b[1;3"), output(0.001, "1mred"), marker(9)))[0] == 3


def test_A59_thirty_million_characters_of_colours_print_nothing() -> None:
    events = [output(i, "\x1b[1m" * 750_000) for i in range(10)]
    start = time.process_time()
    assert sum(activity(cast(events))) == 0
    assert time.process_time() - start < 30


def test_silence_is_zero_and_anything_else_at_least_one() -> None:
    counts = [0] * TRACE_SLICES
    counts[0], counts[5] = 100_000, 1
    drawn = levels(counts, 96)
    assert (drawn[0], drawn[1], set(drawn[2:])) == (8, 1, {0})


def test_levels_of_silence_are_all_zero() -> None:
    assert levels((0,) * TRACE_SLICES, 240) == (0,) * 240


def test_the_loudest_slices_do_not_flatten_the_rest() -> None:
    counts = [100] * 468 + [10**9] * 12
    assert set(levels(counts, 480)[:468]) == {8}


@pytest.mark.parametrize(("share", "level"), [(1.0, 8), (0.5, 6), (0.1, 3), (0.01, 1), (0.0001, 1)])
def test_levels_rise_by_the_power_of_042(share: float, level: int) -> None:
    assert levels([10_000] * 479 + [round(10_000 * share)], 480)[-1] == level


@given(
    st.lists(st.integers(0, 10**6), min_size=TRACE_SLICES, max_size=TRACE_SLICES), st.sampled_from([96, 160, 240, 480])
)
def test_levels_are_between_0_and_8_and_zero_exactly_for_silence(counts: list[int], slices: int) -> None:
    drawn = levels(counts, slices)
    step = TRACE_SLICES // slices
    assert len(drawn) == slices
    for index, level in enumerate(drawn):
        assert 0 <= level <= 8
        assert (level == 0) == (sum(counts[index * step : (index + 1) * step]) == 0)


@given(st.lists(st.tuples(st.integers(0, SECOND), st.text(max_size=5)), max_size=20))
def test_nothing_is_lost_between_slices(parts: list[tuple[int, str]]) -> None:
    clock, events = 0, []
    for gap, text in parts:
        clock += gap
        events.append(
            output(clock / SECOND, "".join(char for char in text if char >= " " and not "\x7f" <= char < "\xa0"))
        )
    assert sum(activity(cast(events))) == sum(len(event.data) for event in events)
