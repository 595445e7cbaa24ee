"""The transcript: every line once, without its drafts, with the time it stood there."""

from __future__ import annotations

import gc
from collections.abc import Iterable

import pytest
from analysis.oracle import is_false, shown
from builders import SECOND, cast, output, resize, typed
from hypothesis import given
from hypothesis import strategies as st

from castsite.analysis.frames import SPAN
from castsite.analysis.model import Line
from castsite.analysis.transcript import superseded, transcript
from castsite.cast.events import Cast, Event
from castsite.limits import Limits
from castsite.terminal import Screen

ALT, PRIMARY = "\x1b[?1049h", "\x1b[?1049l"


def texts(*events: Event | Iterable[Event], cols: int = 80, rows: int = 24) -> list[str]:
    return [line.text for line in transcript(cast(*events, cols=cols, rows=rows))]


def test_a_session_gives_each_line_once_with_its_times() -> None:
    bars = [output(2 + i / 10, f"\r{i * 10:3}% [{'#' * i:10}]") for i in range(1, 11)]
    made = transcript(
        cast(output(0, "$ "), typed(1, "make", 0.1), output(2, "\r\n"), bars, output(3.5, "\r\ndone\r\n$ "))
    )
    assert [line.text for line in made] == ["$ make", "100% [##########]", "done", "$"]
    assert (made[0].time, made[0].since) == (1_300_000, 0)
    assert (made[1].time, made[1].since) == (3_000_000, 2_100_000)


def test_typing_with_backspace_leaves_the_last_text_only() -> None:
    keys = [*"gti", "\b\x1b[K", "\b\x1b[K", *"it status"]
    assert texts(output(0, "$ "), [output(1 + i / 10, key) for i, key in enumerate(keys)]) == ["$ git status"]


@pytest.mark.parametrize("states", [[f"{i * 10}%" for i in range(1, 11)], list("|/-\\|/-"), ["12:00:01", "12:00:02"]])
def test_progress_spinners_and_clocks_leave_their_last_state(states: list[str]) -> None:
    assert texts([output(i / 10, f"\rwait {state}") for i, state in enumerate(states)]) == [f"wait {states[-1]}"]


def test_a_cleared_screen_is_kept() -> None:
    assert texts(output(0, "apples\r\npears"), output(1, "\x1b[H\x1b[2Jplums")) == ["apples", "pears", "plums"]


def test_a_screen_cleared_within_a_window_is_kept() -> None:
    events = output(0, "apples"), output(0.01, "\x1b[2J\x1b[Hpears"), output(0.02, "\x1b[H\x1b[Jcherries")
    assert texts(*events) == ["apples", "pears", "cherries"]


def test_a_pager_leaves_the_shell_as_it_was() -> None:
    made = transcript(
        cast(
            output(0, "$ less file"),
            output(1, f"{ALT}\x1b[H\x1b[2Jpage one\r\n:"),
            output(2, "\x1b[H\x1b[2Jpage two\r\n:"),
            output(3, f"{PRIMARY}\r\n$ exit"),
        )
    )
    assert [(line.text, line.alternate) for line in made] == [
        ("$ less file", False),
        ("page one", True),
        (":", True),
        ("page two", True),
        ("$ exit", False),
    ]


def test_swap_and_output_in_one_event() -> None:
    assert texts(output(0, f"before{ALT}inside{PRIMARY}\r\nafter"), rows=4) == ["before", "      inside", "after"]


def test_entering_or_leaving_twice_changes_nothing() -> None:
    once = texts(output(0, f"a{ALT}b"), output(1, f"{PRIMARY}\r\nc"))
    twice = texts(output(0, f"a{ALT}b"), output(0.5, ALT), output(1, f"{PRIMARY}{PRIMARY}\r\nc"))
    assert once == twice == ["a", " b", "c"]


def test_the_end_inside_a_full_screen_program_gives_both_screens() -> None:
    assert texts(output(0, "shell"), output(1, f"{ALT}\x1b[Heditor")) == ["shell", "editor"]


def test_rows_scrolled_before_a_swap_are_kept() -> None:
    assert texts(output(0, "1st\r\n2nd\r\n3rd" + ALT), rows=2) == ["1st", "2nd", "3rd"]


def test_a_wrapped_line_that_scrolls_off_in_several_feeds_is_one_line() -> None:
    made = texts(output(0, "abc def ghi jkl\r\n"), [output(i, f"{i}\r\n") for i in range(1, 6)], cols=6, rows=4)
    assert made[0] == "abc def ghi jkl"
    assert made[-1] == "5"


def test_a_wrapped_line_whose_head_has_gone_at_the_end_is_one_line() -> None:
    assert texts(output(0, "abcdefghijklm"), cols=5, rows=2)[-1] == "abcdefghijklm"


def test_text_of_exactly_the_width_is_not_joined_with_the_next() -> None:
    assert texts(output(0, "abcde\r\nfghij\r\nk"), cols=5, rows=5) == ["abcde", "fghij", "k"]


def test_typing_beside_a_wrapped_line_leaves_no_drafts() -> None:
    made = texts(output(0, "a long line\r\n$ "), typed(1, "ls", 0.2), output(2, "\r\nb"), cols=6, rows=8)
    assert made == ["a long line", "$ ls", "b"]


def test_typing_over_the_margin_leaves_no_drafts() -> None:
    assert texts(output(0, "$ "), typed(1, "echo one two three", 0.2), cols=8, rows=5) == ["$ echo one two three"]


def test_scrolling_inside_margins_gives_each_line_once() -> None:
    events = [output(i, f"\x1b[3;1H\r\nline {i}") for i in range(1, 6)]
    assert texts(output(0, "\x1b[4;1Hstatus\x1b[1;3r"), events, rows=4) == [
        "status", "line 1", "line 2", "line 3", "line 4", "line 5",
    ]  # fmt: skip


def test_a_menu_redrawn_one_row_lower_gives_nothing_new() -> None:
    menu = "alpha\r\nbeta\r\ngamma"
    assert texts(output(0, menu), output(1, f"\x1b[2J\x1b[2;1H{menu}")) == ["alpha", "beta", "gamma"]


def test_lines_that_ran_past_between_two_pictures_are_kept() -> None:
    assert texts(output(0, "".join(f"line {i}\r\n" for i in range(100))), rows=5) == [f"line {i}" for i in range(100)]


def test_a_resize_while_wrapped_keeps_the_line() -> None:
    made = texts(output(0, "abcdefghij\r\nx"), resize(1, 8, 8), resize(2, 20, 8), output(3, "y"), cols=5, rows=8)
    assert made == ["abcdefghij", "xy"]


def test_rows_lost_to_a_smaller_screen_are_kept() -> None:
    assert texts(output(0, "one\r\ntwo\r\nthree"), resize(1, 80, 1), output(2, "\r\nfour")) == [
        "one",
        "two",
        "three",
        "four",
    ]


def test_a_resize_during_a_full_screen_program_loses_nothing() -> None:
    made = texts(output(0, "one\r\ntwo" + ALT), resize(1, 20, 1), output(2, "in"), output(3, PRIMARY + "\r\nx"), rows=3)
    assert {"one", "two", "x"} <= set(made)


def test_a_word_that_was_readable_is_never_dropped_as_a_draft() -> None:
    assert texts(output(0, "loading apples"), output(1, "\rloading pears ")) == ["loading apples", "loading pears"]


def test_equal_lines_stay_once_with_the_first_time() -> None:
    made = transcript(cast(output(0, "same\r\n"), output(1, "\x1b[2J\x1b[H"), output(2, "same")))
    assert made == (Line(0, 0, "same"),)


def test_a_line_is_cut_at_the_limit() -> None:
    made = transcript(cast(output(0, "x" * 20_000 + "\r\nend"), rows=3))
    assert max(len(line.text) for line in made) == Limits().line_length
    assert made[1].text == "end"


def test_a_line_that_is_blank_up_to_the_limit_is_no_line() -> None:
    assert "" not in texts(output(0, " " * 9000 + "x\r\n" * 9), rows=3)


def test_a_split_escape_sequence_is_healed() -> None:
    made = texts(output(0, "one\x1b"), output(1, "["), output(2, "2"), output(3, "Jtwo"), cols=20)
    assert made == ["one", "   two"]


def test_input_markers_and_unknown_events_change_nothing() -> None:
    plain = cast(output(0, "a"), output(0.03, "b\r\n"), output(1, "c"))
    noisy = cast(
        output(0, "a"), Event(10_000, "i", "x"), Event(20_000, "m", "here"), output(0.03, "b\r\n"), output(0.5, ""),
        Event(900_000, "z", "?"), output(1, "c"), Event(SECOND, "x", "0"),
    )  # fmt: skip
    assert transcript(plain) == transcript(noisy)


def test_the_garbage_collector_is_left_as_it_was() -> None:
    transcript(cast(output(0, "a")))
    assert gc.isenabled()
    gc.disable()
    try:
        transcript(cast(output(0, "a")))
        assert not gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("old", "new", "draft"),
    [
        ("git", "git status", True),
        ("git statsu", "git status", True),
        ("git status", "git sta", True),
        ("12%", "13%", True),
        ("||||", "////", True),
        ("|", "/", False),
        ("loading apples", "loading pears", False),
        ("one two", "two one", True),
        ("save file", "open file", False),
        ("", "anything", True),
        ("foo123 z", "foox456 z", False),
        ("1 123bar", "1 4567xbar", False),
    ],
)
def test_a_draft_goes_only_if_no_word_goes_with_it(old: str, new: str, draft: bool) -> None:
    assert superseded(old, new, 0) is draft


def test_a_small_edit_of_a_text_that_stood_for_two_seconds_is_no_draft() -> None:
    assert superseded("version 1a", "version 1b", 1_999_999)
    assert not superseded("version ax", "version", 2_000_000)


@pytest.mark.parametrize(
    "recording",
    [
        cast(),
        cast(Event(0, "m", "only a marker")),
        cast(output(0, "日本"), output(1, "\r\nx"), cols=2, rows=1),
        cast(output(0, "日"), resize(1, 1, 1), resize(2, 1, 500), output(3, "日本"), cols=1, rows=1),
        cast(output(0, "\x00" * 1000 + "a\x00b")),
        cast(output(0, "\ud83d"), output(0, "\ude00 \udfff")),
        cast(resize(0, 99999, 99999), output(1, "x")),
        cast(output(0, "x" * 3_000_000)),
        cast([output(i / 50, "x" * 60_000) for i in range(50)]),
        cast(output(0, "\x1b[?1049h" * 500 + "\x1b[?1049l" * 500)),
        cast(output(0, "\x1bc" * 1000)),
    ],
    ids=["no events", "no output", "2x1", "1x1", "NUL", "surrogates", "huge", "one line", "lines", "swaps", "resets"],
)
def test_nothing_raises(recording: Cast) -> None:
    transcript(recording)


def test_a_million_line_feeds() -> None:
    assert [line.text for line in transcript(cast(output(0, "a" + "\r\n" * 1_000_000 + "b")))] == ["a", "b"]


PIECE = st.one_of(
    st.sampled_from(["word", "two words ", "日本語", "$ ls", "10%", "x" * 15]),
    st.sampled_from(["\r\n", "\r\n", "\n", "\r", "\b", "\x1b[K", "\x1b[2J", "\x1b[H", "\x1b[A", "\x1b[2;3r", "\x1b[r"]),
    st.sampled_from([ALT, PRIMARY, "\x1bc", "\x1b[L", "\x1b[M", "\x1b[S", "\x1b", "\x1b[", "\x1b[3", "\x1b[1;1H"]),
    st.text(st.characters(codec="utf-8"), max_size=6),
)
EVENT = st.tuples(st.integers(0, 120_000), PIECE)
SIZE = st.tuples(st.integers(2, 14), st.integers(1, 6))


def _cast(size: tuple[int, int], steps: list[tuple[int, str] | tuple[int, tuple[int, int]]]) -> Cast:
    clock, events = 0, []
    for gap, what in steps:
        clock += gap
        if isinstance(what, str):
            events.append(Event(clock, "o", what))
        else:
            events.append(Event(clock, "r", f"{what[0]}x{what[1]}"))
    return cast(events, cols=size[0], rows=size[1])


STEPS = st.lists(st.one_of(EVENT, EVENT, EVENT, st.tuples(st.integers(0, 120_000), SIZE)), max_size=25)


@given(SIZE, STEPS)
def test_every_line_was_on_the_screen_in_the_window_before_its_time(size: tuple[int, int], steps: list[object]) -> None:
    recording = _cast(size, steps)  # type: ignore[arg-type]
    found = shown(recording)
    for line in transcript(recording):
        assert not is_false(line, found), line


@given(SIZE, STEPS)
def test_lines_are_in_order_clean_and_inside_the_recording(size: tuple[int, int], steps: list[object]) -> None:
    recording = _cast(size, steps)  # type: ignore[arg-type]
    made = transcript(recording)
    assert [line.time for line in made] == sorted(line.time for line in made)
    assert len({line.text for line in made}) == len(made)
    for line in made:
        assert 0 <= line.since <= line.time <= recording.duration
        assert line.text
        assert line.text == line.text.rstrip()
        assert not any(char < " " or "\x7f" <= char < "\xa0" for char in line.text)


@given(SIZE, STEPS)
def test_empty_output_changes_nothing(size: tuple[int, int], steps: list[object]) -> None:
    recording = _cast(size, steps)  # type: ignore[arg-type]
    padded = [part for event in recording.events for part in (event, Event(event.time, "o", ""))]
    assert transcript(cast(padded, cols=size[0], rows=size[1])) == transcript(recording)


@given(SIZE, STEPS)
def test_what_is_on_the_last_screen_is_in_the_transcript(size: tuple[int, int], steps: list[object]) -> None:
    recording = _cast(size, steps)  # type: ignore[arg-type]
    screen = Screen(*size)
    for event in recording.events:
        if event.code == "o":
            screen.feed(event.data)
        else:
            screen.resize(*event.size)
    whole = "\n".join(line.text for line in transcript(recording))
    assert all(row in whole for row in screen.read())


def test_a_line_is_settled_at_most_one_window_after_it_appeared() -> None:
    events = [output(i / 100, f"line {i}\r\n") for i in range(200)]
    for line in transcript(cast(events, rows=300)):
        assert 0 <= line.time - int(line.text.split()[1]) * 10_000 <= SPAN


def test_a_command_typed_again_below_itself_leaves_no_drafts() -> None:
    again: list[Event | list[Event]] = [
        output(0, "$ "),
        typed(1, "make it"),
        output(2, "\r\nok\r\n$ "),
        typed(3, "make it"),
        output(4, "\r\nok\r\n$ "),
    ]
    assert texts(*again) == ["$ make it", "ok", "$"]
