"""How a recording's time becomes the one that is played."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from castsite.cast.clock import Clock, Rate, clock_of, joined

TIMES = st.lists(st.integers(0, 300), min_size=1, max_size=30).map(sorted)
RANGES = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60)), max_size=4).map(
    lambda found: joined((start, start + length) for start, length in found)
)
FACTORS = st.sampled_from([Fraction(1, 3), Fraction("0.5"), Fraction("1.1"), Fraction(2), Fraction(7)])


def rates(*found: tuple[int, int, int | str]) -> list[Rate]:
    return [Rate(start, end, Fraction(factor)) for start, end, factor in found]


def test_what_is_cut_stands_still() -> None:
    clock = clock_of([10, 40, 50], cuts=[(20, 40)])
    assert [clock.played(time) for time in (0, 10, 19, 20, 30, 40, 45, 50, 99)] == [0, 10, 19, 20, 20, 20, 25, 30, 30]
    assert [clock.shows(time) for time in (-1, 0, 19, 20, 39, 40, 50, 51)] == [
        False, True, True, False, False, True, True, False,
    ]  # fmt: skip


def test_a_pause_around_a_cut_is_one_pause() -> None:
    """From 10 to 30 and from 40 to 100: 20 and 60 long, each of them at most 15 afterwards."""
    clock = clock_of([10, 40, 100], cuts=[(30, 40)], limit=15)
    assert [clock.played(time) for time in (10, 25, 30, 40, 55, 100)] == [10, 25, 25, 25, 40, 40]


def test_a_pause_is_shortened_before_it_is_played_faster() -> None:
    clock = clock_of([0, 10_000_000], limit=2_000_000, rates=rates((0, 10_000_001, 2)))
    assert clock.played(10_000_000) == 1_000_000


def test_only_stretches_are_played_faster() -> None:
    clock = clock_of([100], rates=rates((20, 40, 4), (60, 80, "0.5")))
    assert [clock.played(time) for time in (20, 30, 40, 60, 70, 80, 100)] == [20, 22, 25, 45, 65, 85, 105]


def test_a_third_of_a_long_time_is_exact() -> None:
    end = 3 * 10**12 + 1
    clock = clock_of(list(range(0, end, 10**9)), rates=rates((0, end, 3)))
    assert clock.played(3 * 10**12 - 3) == 10**12 - 1


def test_only_what_is_played_faster_hurries() -> None:
    assert clock_of([0, 900], rates=rates((0, 300, 3))).hurries
    slower, still = clock_of([0, 900], rates=rates((0, 300, "0.5"))), clock_of([0, 900], limit=9, cuts=[(300, 600)])
    assert not slower.hurries
    assert not still.hurries
    assert [clock_of([0, 900], rates=rates((0, 300, 3))).recorded(time) for time in (0, 50, 100, 700)] == [
        0,
        150,
        300,
        900,
    ]


def test_nothing_to_do_changes_nothing() -> None:
    clock = clock_of([5, 9])
    assert not clock.changes
    assert list(clock.all_played([0, 5, 9])) == [0, 5, 9]
    assert clock == Clock(9)


@given(TIMES, RANGES, st.none() | st.integers(1, 40), RANGES, FACTORS)
def test_P15_time_never_runs_backwards_and_many_moments_are_played_as_each_of_them(
    times: list[int], cuts: list[tuple[int, int]], limit: int | None, fast: list[tuple[int, int]], factor: Fraction
) -> None:
    kept = [time for time in times if not any(start <= time < end for start, end in cuts)]
    kept = sorted(kept + [end for _, end in cuts])  # where a cut ends an event makes the screen whole
    clock = clock_of(kept, cuts=cuts, limit=limit, rates=[Rate(start, end, factor) for start, end in fast])
    moments = [clock.played(time) for time in range(clock.end + 1)]
    assert moments == sorted(moments)
    assert list(clock.all_played(list(range(clock.end + 1)))) == moments
    assert all(moments[start] == clock.played(end) for start, end in cuts if start <= clock.end)
    sources = [clock.recorded(moment) for moment in moments]
    assert sources == sorted(sources)
    assert all(clock.played(source) == moment for source, moment in zip(sources, moments, strict=True) if factor >= 1)
    if limit and not fast:
        gaps = [clock.played(after) - clock.played(before) for before, after in pairwise([0, *kept])]
        assert max(gaps, default=0) <= limit
