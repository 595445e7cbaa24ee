from __future__ import annotations

from castsite.cast.events import Cast, Event, Header
from castsite.record.deck import Deck, reel

SECOND = 1_000_000
CAST = Cast(
    Header(version=3, cols=80, rows=24),
    tuple(
        Event(int(time * SECOND), code, data)
        for time, code, data in [
            (1, "o", "a"), (2, "m", "M"), (2, "o", "b"), (2.5, "r", "90x30"),
            (3, "o", "\x1b[?1049hc"), (4, "m", "N"), (5, "o", "d"),
        ]
    ),
)  # fmt: skip


def deck(*, speed: float = 1.0, stops: bool = False) -> Deck:
    return Deck(reel(CAST), speed=speed, stops=stops)


def test_output_comes_when_its_time_has_come() -> None:
    one = deck(speed=2)
    one.play(0)
    assert one.wait(0) == SECOND // 2
    assert one.due(SECOND // 2) == "a"
    assert one.due(SECOND) == "b"
    assert one.due(10 * SECOND) == "\x1b[?1049hcd"
    assert one.ended
    assert one.alternate


def test_while_it_is_paused_time_stands_and_steps_show_one_output() -> None:
    one = deck()
    one.play(0)
    one.due(SECOND)
    one.pause(int(1.5 * SECOND))
    assert one.due(9 * SECOND) == ""
    assert one.wait(9 * SECOND) is None
    assert one.step() == "b"
    assert one.step() == "\x1b[?1049hc"
    one.play(9 * SECOND)
    assert one.wait(9 * SECOND) == SECOND  # to the marker at 4 s
    assert one.due(11 * SECOND) == "d"
    assert deck().step() == "a"


def test_it_jumps_from_marker_to_marker() -> None:
    one = deck()
    one.play(0)
    assert one.skip(one.markers, 0) == "ab"
    assert one.skip(one.markers, 0) == "\x1b[?1049hc"
    assert one.skip(one.markers, 0) == ""
    assert one.due(SECOND) == "d"


def test_it_stops_at_markers_where_that_is_wanted() -> None:
    one = deck(stops=True)
    one.play(0)
    assert one.due(9 * SECOND) == "a"
    assert not one.plays
    one.play(20 * SECOND)
    assert one.due(20 * SECOND) == "b"


def test_it_begins_in_the_middle_with_what_was_there() -> None:
    one = deck()
    assert one.seek(int(2.2 * SECOND), 0) == "ab"
    one.play(0)
    assert one.wait(0) == int(0.8 * SECOND)
