"""Several recordings as one."""

from __future__ import annotations

from builders import cast, output, resize

from castsite.cast.events import Cast, Event
from castsite.cast.join import join
from castsite.cast.read import read
from castsite.cast.write import write
from castsite.limits import SECOND, Limits


def reread(data: bytes) -> Cast:
    found = read(data, path="x", limits=Limits())
    assert found.problems == ()
    assert found.cast is not None
    return found.cast


def leave(at: float) -> Event:
    return Event(round(at * SECOND), "x", "0")


FIRST = cast(output(1, "a"), resize(2, 100, 30), output(3, "b"), leave(3), title="First")
SECOND_PART = cast(output(1, "c"), leave(1.5), title="Second")


def test_each_part_begins_with_a_fresh_screen_of_its_own_size_when_the_one_before_has_ended() -> None:
    joined = join([FIRST, SECOND_PART])
    assert joined.header == FIRST.header
    assert [(event.time / SECOND, event.code, event.data) for event in joined.events] == [
        (1, "o", "a"),
        (2, "r", "100x30"),
        (3, "o", "b"),
        (3, "r", "80x24"),
        (3, "o", "\x1bc"),
        (4, "o", "c"),
        (4.5, "x", "0"),
    ]
    assert join([FIRST]) == FIRST


def test_version_3_counts_from_the_event_before_and_keeps_the_exit_status() -> None:
    joined = join([FIRST, SECOND_PART])
    data = write(joined, version=3)
    assert data.splitlines()[0] == b'{"version": 3, "term": {"cols": 80, "rows": 24}, "title": "First"}'
    assert reread(data).events == joined.events
    assert reread(write(joined)).events == joined.events[:-1]


def test_many_small_steps_add_up_in_version_3() -> None:
    many = cast(*(Event(at * 333_333, "o", "x") for at in range(1, 10_000)))
    assert reread(write(many, version=3)).events == many.events
