"""Footage: every picture is what a terminal shows then."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import cast, output
from filming import TALK, casts
from hypothesis import given

from castsite.cast.events import OUTPUT, RESIZE, Cast
from castsite.cast.read import read
from castsite.cast.timeline import prepare
from castsite.export import footage as module
from castsite.export.footage import Footage, film
from castsite.limits import SECOND, Limits
from castsite.render.images.cells import drawn_rows
from castsite.terminal import Screen

FPS = 10


def filmed(of: Cast) -> Footage:
    found = film(of, fps=FPS)
    assert found is not None
    return found


def seen(of: Footage, shot: int) -> list[tuple[object, ...]]:
    return [of.lines[number] for number in of.shots[shot].rows]


def check(of: Cast) -> None:
    """Hold every picture against a fresh terminal that was fed all events up to the next one."""
    found = filmed(of)
    times = [shot.time for shot in found.shots]
    assert times[0] == 0
    assert times == sorted(set(times))
    assert all(before.rows != after.rows for before, after in zip(found.shots, found.shots[1:], strict=False))
    assert_nothing_is_missed(of, times)
    screen, at = Screen(of.header.cols, of.header.rows), 0
    events = [event for event in of.events if event.code in {OUTPUT, RESIZE}]
    starts = [event.time for event in events]
    for number, time in enumerate(times):
        until = times[number + 1] if number + 1 < len(times) else max([*starts, 0]) + 1
        # what is printed within a tenth of a second is on one picture
        while at < len(events) and (starts[at] < until):
            event = events[at]
            if event.code == OUTPUT:
                screen.feed(event.data)
            else:
                screen.resize(*event.size)
            at += 1
        expected = [tuple(runs) for runs in drawn_rows(screen.snapshot())]
        assert seen(found, number) == expected + [()] * (found.rows - screen.rows), f"at {time}"
    assert at == len(events)


def assert_nothing_is_missed(of: Cast, times: list[int]) -> None:
    """Each screen that stood for a tenth of a second, and was another one than before, is a picture by then."""
    screen, before = Screen(of.header.cols, of.header.rows), None
    events = [event for event in of.events if event.code in {OUTPUT, RESIZE}]
    for event, after in zip(events, [*events[1:], None], strict=True):
        if event.code == OUTPUT:
            screen.feed(event.data)
        else:
            screen.resize(*event.size)
        if after is None or after.time - event.time >= SECOND // FPS:
            looks = [tuple(runs) for runs in drawn_rows(screen.snapshot())]
            while looks and not looks[-1]:
                looks.pop()  # a larger screen, with nothing on it, is the same picture
            if before is not None and looks != before[1]:
                assert any(before[0] < time <= event.time for time in times), (
                    f"nothing between {before[0]} and {event.time}"
                )
            before = event.time, looks


@given(casts())
def test_each_picture_is_what_the_terminal_shows_then(of: Cast) -> None:
    check(of)


def test_each_picture_of_every_real_recording_is_what_the_terminal_shows_then(corpus: Path) -> None:
    checked = 0
    for path in sorted((corpus / "files").glob("*.cast"))[::4]:
        if path.stat().st_size < 200_000 and (source := read(path.read_bytes(), path=path.name).cast):
            ready = prepare(source, limits=Limits(), path=path.name).cast
            if ready is not None:
                check(ready)
                checked += 1
    assert checked > 20


def test_rows_that_come_back_are_the_same() -> None:
    found = filmed(TALK)
    assert found.lines[0] == ()
    assert len(set(found.lines)) == len(found.lines)
    assert (found.cols, found.rows, found.duration) == (40, 8, 6_200_000)


def test_pauses_are_shortened_and_nothing_else() -> None:
    whole = filmed(TALK)
    short = whole.without_pauses(2 * SECOND)
    assert [shot.rows for shot in short.shots] == [shot.rows for shot in whole.shots]
    gaps = [(after.time - before.time) for before, after in zip(short.shots, short.shots[1:], strict=False)]
    assert max(gaps) == 2 * SECOND
    assert short.duration == short.shots[-1].time, "the last one stays as long as is asked for, and no more"
    assert short.ends(SECOND)[-1] == short.duration + SECOND
    assert whole.without_pauses(None) is whole


def test_what_would_not_fit_into_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = cast(*(output(at / 5, f"{at}\r\n") for at in range(30)))
    monkeypatch.setattr(module, "MOST_SHOTS", 20)
    assert film(busy, fps=FPS) is None
    monkeypatch.setattr(module, "MOST_SHOTS", 100)
    monkeypatch.setattr(module, "MOST_LINES", 10)
    assert film(busy, fps=FPS) is None
