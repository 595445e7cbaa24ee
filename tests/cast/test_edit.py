"""After a cut the screen is what it was."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from builders import cast, marker, output, resize
from hypothesis import given
from hypothesis import strategies as st

from castsite.cast.compressed import inflate
from castsite.cast.edit import Edits
from castsite.cast.events import Cast, Event
from castsite.cast.read import read
from castsite.cast.splice import cut_out
from castsite.cast.timeline import Prepared, prepare, published
from castsite.cast.write import write
from castsite.errors import Place, Severity
from castsite.limits import SECOND, Limits
from castsite.schema.block import split
from castsite.schema.values import Stretch
from castsite.terminal import Screen, Snapshot
from tests.timing import soon

LIMITS = Limits()
HERE = Place("content/demo.md", 4, 1)

# what programs write, in pieces that may be cut anywhere
PIECES = (
    "one ", "two\r\n", "\x1b[31;1m", "\x1b[0m", "\x1b[2J", "\x1b[H", "\x1b[3;5H", "\x1b[K", "\x1b[?1049h",
    "\x1b[?1049l", "\x1b[2;6r",
    "\x1b[r", "\x1b7", "\x1b8", "\x1b[?25l", "\x1b[?25h", "日本", "\x1b[4h", "\x1b[4l", "\x1b(0", "lqk",
    "\x1b(B", "\x1b]0;a title\x07", "\t", "\x1bM", "\x1b[2S", "\x1b[44m", "x" * 30, "\x1b[?6h", "\x1b[?6l", "\x1b[5X",
    "\x1b[2@",
)  # fmt: skip


def screen(of: Cast, until: int | None = None) -> Snapshot:
    """What a terminal shows after all events, or those before a number."""
    terminal = Screen(of.header.cols, of.header.rows)
    for event in of.events[:until]:
        if event.code == "o":
            terminal.feed(event.data)
        elif event.code == "r":
            terminal.resize(*event.size)
    return terminal.snapshot()


def splice(of: Cast) -> int:
    """Give the number of the event after the one that makes the screen whole."""
    return next(at for at, event in enumerate(of.events) if event.data.startswith("\x1bc")) + 1


def edited(recording: Cast, **edits: object) -> Prepared:
    found = Edits(**edits, places=tuple((key, HERE) for key in edits))  # type: ignore[arg-type]
    return prepare(recording, edits=found, limits=LIMITS, path="demo.cast")


def result(recording: Cast, **edits: object) -> Cast:
    made = edited(recording, **edits)
    assert {(one.severity, one.code) for one in made.problems} <= {(Severity.INFO, "cut-marker")}
    assert made.cast is not None
    return made.cast


def stretch(start: float, end: float, factor: float = 1.0) -> Stretch:
    return Stretch(round(start * SECOND), round(end * SECOND), factor)


TALK = cast(
    output(1, "$ make\r\n"),
    output(2, "\x1b[31mwarning\r\n"),
    resize(3, 100, 30),
    output(4, "done\r\n"),
    marker(5, "Later"),
    output(6, "$ exit\r\n"),
    output(8, "bye"),
)


def test_a_cut_leaves_the_screen_as_it_was_and_time_goes_on() -> None:
    cut = result(TALK, cut=(stretch(1.5, 5.5),))
    assert screen(cut) == screen(TALK)
    assert [event.time / SECOND for event in cut.events] == [1, 1.5, 1.5, 2, 4]
    assert [event.code for event in cut.events] == ["o", "r", "o", "o", "o"]
    assert cut.events[1].data == "100x30"
    assert "warning" in cut.events[2].data


def test_what_is_cut_at_the_beginning_begins_with_the_screen_of_that_moment() -> None:
    cut = result(TALK, start=5 * SECOND + 1)
    assert (cut.header.cols, cut.header.rows) == (100, 30)
    assert cut.events[0].time == 0
    assert screen(cut) == screen(TALK)
    assert screen(cut, 1) == screen(TALK, 5)


def test_an_end_is_exact() -> None:
    cut = result(TALK, end=7 * SECOND)
    assert cut.duration == 7 * SECOND
    assert screen(cut) == screen(TALK, 6)


def test_everything_at_once_counts_on_the_recordings_own_time() -> None:
    cut = result(TALK, start=SECOND, end=7 * SECOND, cut=(stretch(2, 3), stretch(2.5, 4)), speed=2.0)
    assert [event.time / SECOND for event in cut.events if event.code == "m"] == [1.0]
    assert cut.duration == 2 * SECOND


def test_stretches_are_played_faster() -> None:
    cut = result(TALK, speed=(stretch(0, 4, 4.0), stretch(6, 8, 0.5)))
    assert [event.time / SECOND for event in cut.events] == [0.25, 0.5, 0.75, 1, 2, 3, 7]


def test_a_cut_goes_on_to_the_end_of_an_escape_sequence() -> None:
    recording = cast(output(1, "a"), output(2, "b\x1b[3"), output(4, "1mred"), output(5, "!"))
    cut = result(recording, cut=(stretch(1.5, 3),))
    assert screen(cut) == screen(recording)
    assert [event.time / SECOND for event in cut.events] == [1, 1.5, 2.5]


def test_a_marker_of_the_author_in_what_is_cut_is_told_and_left_out() -> None:
    made = prepare(
        TALK,
        markers=[(2 * SECOND, "gone"), (6 * SECOND, "kept")],
        edits=Edits(cut=(stretch(1.5, 5.5),)),
        limits=LIMITS,
        path="demo.cast",
    )
    assert made.cast is not None
    assert [(event.time, event.data) for event in made.cast.events if event.code == "m"] == [(2 * SECOND, "kept")]
    assert [(one.code, one.severity) for one in made.problems] == [("cut-marker", Severity.WARNING)]
    assert '"gone" at 2 s' in made.problems[0].text


def test_messages_about_markers_of_the_author_name_where_they_are_written() -> None:
    made = prepare(
        TALK,
        markers=[(2 * SECOND, "gone"), (60 * SECOND, "late")],
        edits=Edits(cut=(stretch(1.5, 5.5),), places=(("markers", HERE),)),
        limits=LIMITS,
        path="demo.cast",
    )
    assert [(one.code, one.place) for one in made.problems] == [("cast-late-marker", HERE), ("cut-marker", HERE)]


def test_markers_of_the_recording_in_what_is_cut_are_told_and_left_out() -> None:
    own = [marker(at / 2, "label of its own") for at in range(2, 9)]
    recording = cast(output(0.5, "a"), *own, output(8, "b"))
    made = prepare(recording, edits=Edits(cut=(stretch(1, 4),)), limits=LIMITS, path="demo.cast")
    assert made.cast is not None
    assert [event.time for event in made.cast.events if event.code == "m"] == [SECOND]  # at 4 s, where the cut ends
    (told,) = made.problems
    assert (told.severity, told.code) == (Severity.INFO, "cut-marker")
    assert told.text.endswith("are left out: at 1 s, 1.5 s, 2 s, 2.5 s, 3 s and 1 more")
    assert not prepare(recording, edits=Edits(cut=(stretch(4.5, 6),)), limits=LIMITS, path="demo.cast").problems


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ({"start": 9 * SECOND}, "start: nothing of the recording is left, which lasts 8 s; cut less of it"),
        ({"start": 8 * SECOND}, "start: nothing of the recording is left, which lasts 8 s; cut less of it"),
        ({"cut": (stretch(0, 9),)}, "cut: nothing of the recording is left, which lasts 8 s; cut less of it"),
        (
            {"start": 5 * SECOND, "end": 2 * SECOND},
            "end: 2 s is not after the start, 5 s: nothing is left; name a later end",
        ),
        (
            {"start": 5 * SECOND, "end": 5 * SECOND},
            "end: 5 s is not after the start, 5 s: nothing is left; name a later end",
        ),
        ({"end": 0}, "end: nothing of the recording is left, which lasts 8 s; cut less of it"),
    ],
)
def test_a_recording_of_which_nothing_is_left_is_an_error_where_it_was_written(
    edits: dict[str, object], said: str
) -> None:
    made = edited(TALK, **edits)
    assert made.cast is None
    assert [(one.severity, one.place, one.text) for one in made.problems] == [(Severity.ERROR, HERE, said)]


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ({"end": 9 * SECOND}, "end: 9 s is beyond the end (8 s); the end stays"),
        ({"cut": (stretch(8, 9),)}, "cut: 8 s is beyond the end (8 s); it cuts nothing"),
        ({"speed": (stretch(70, 80, 2.0),)}, "speed: 70 s is beyond the end (8 s); it changes nothing"),
    ],
)
def test_what_is_beyond_the_end_is_told_and_changes_nothing(edits: dict[str, object], said: str) -> None:
    made = edited(TALK, **edits)
    assert made.cast == prepare(TALK, limits=LIMITS, path="demo.cast").cast
    assert [(one.severity, one.place, one.text) for one in made.problems] == [(Severity.WARNING, HERE, said)]


def test_without_edits_nothing_changes() -> None:
    assert cut_out(TALK, ()).cast == TALK
    assert result(TALK, speed=1.0) == TALK


def events(texts: list[str], size: tuple[int, int] | None, at: int) -> Cast:
    """One second between two outputs, and a change of size before one of them."""
    found: list[Event] = [output(number, text) for number, text in enumerate(texts, 1)]
    if size:
        found.insert(at % (len(found) + 1), resize(at % (len(found) + 1), *size))
        found = [Event(number * SECOND, event.code, event.data) for number, event in enumerate(found, 1)]
    return cast(*found, cols=20, rows=8)


@given(
    st.lists(st.lists(st.sampled_from(PIECES), max_size=6).map("".join), min_size=2, max_size=12),
    st.randoms(use_true_random=False),
    st.none() | st.tuples(st.integers(5, 30), st.integers(3, 12)),
    st.tuples(st.integers(0, 13), st.integers(1, 8)),
)
def test_P15_whatever_is_cut_the_screen_afterwards_is_what_it_was(
    texts: list[str], rng: random.Random, size: tuple[int, int] | None, cut: tuple[int, int]
) -> None:
    whole = "".join(texts)
    borders = sorted(rng.randrange(len(whole) + 1) for _ in texts)  # sequences are torn, too
    torn = [whole[start:stop] for start, stop in zip([0, *borders], [*borders, len(whole)], strict=True)]
    recording = published(events(torn or [""], size, cut[0]))
    start, end = cut[0] * SECOND, sum(cut) * SECOND
    made = cut_out(recording, [(start, end)])
    times = [event.time for event in made.cast.events]
    assert times == sorted(times)
    if end <= recording.duration and made.cuts[0][1] <= recording.duration and times[-1] == recording.duration:
        assert screen(made.cast) == screen(recording)
    assert write(made.cast) == write(cut_out(recording, [(start, end)]).cast)


def test_the_middle_of_every_real_recording_can_be_cut(corpus: Path) -> None:
    wrong, count = [], 0
    for path in sorted(path for path in corpus.rglob("*") if path.is_file()):
        inflated = inflate(path.read_bytes(), path=path.name, limits=LIMITS)
        block = split(inflated.data, path=path.name, limits=LIMITS)
        found = read(block.rest, path=path.name, first_line=block.rest_line, limits=LIMITS).cast
        if inflated.failed or found is None or found.duration < 10:
            continue
        recording = published(found)
        start, end = recording.duration * 2 // 5, recording.duration * 3 // 5
        made = cut_out(recording, [(start, end)])
        if not any(event.data.startswith("\x1bc") and event.time == made.cuts[0][1] for event in made.cast.events):
            continue  # nothing follows
        stop = sum(event.time < made.cuts[0][1] for event in recording.events)
        if made.cuts[0][1] != end:
            stop = sum(event.time <= made.cuts[0][1] for event in recording.events)
        count += 1
        if screen(made.cast) != screen(recording) or screen(made.cast, splice(made.cast)) != screen(recording, stop):
            wrong.append(path.name)
    assert wrong == []
    assert count > 150


def test_thousands_of_cuts_take_no_longer_than_playing_it() -> None:
    recording = cast(*(Event(at * 1000, "o", "x") for at in range(1, 100_001)))
    made = soon(10, lambda: cut_out(recording, [(at * 40_000 + 500, at * 40_000 + 20_500) for at in range(2000)]))
    assert len(made.cuts) == 2000
