"""Windows: where a picture counts as settled."""

from __future__ import annotations

from builders import cast, output, resize

from castsite.analysis.frames import Change, Frame, frames
from castsite.cast.events import Cast
from castsite.terminal import Screen

OUTPUT = Change.OUTPUT


def pictures(recording: Cast) -> list[tuple[int, Change, list[str]]]:
    screen = Screen(recording.header.cols, recording.header.rows)
    return [
        (frame.time // 1000, frame.change, [row for row in screen.read() if row]) for frame in frames(recording, screen)
    ]


def test_output_in_quick_succession_is_one_picture() -> None:
    assert pictures(cast(output(0, "a"), output(0.099, "b"), output(0.198, "c"))) == [(198, OUTPUT, ["abc"])]


def test_a_pause_of_100_milliseconds_ends_a_picture() -> None:
    assert pictures(cast(output(0, "a"), output(0.1, "b"))) == [(0, OUTPUT, ["a"]), (100, OUTPUT, ["ab"])]


def test_a_quarter_of_a_second_ends_a_picture() -> None:
    assert [time for time, _, _ in pictures(cast([output(i * 0.03, "x") for i in range(20)]))] == [240, 510, 570]


def test_65_536_characters_end_a_picture() -> None:
    assert [time for time, _, _ in pictures(cast([output(i / 1000, "x" * 30_000) for i in range(4)]))] == [2, 3]


def test_a_picture_is_read_before_it_is_wiped() -> None:
    for wipe in ("\x1b[2J", "\x1b[H\x1b[J", "\x1bc"):
        assert pictures(cast(output(0, "a"), output(0.001, f"{wipe}\x1b[Hb"))) == [
            (0, OUTPUT, ["a"]),
            (1, OUTPUT, ["b"]),
        ]


def test_text_that_looks_like_a_wipe_is_none() -> None:
    assert len(pictures(cast(output(0, "a"), output(0.001, "W2J"), output(0.002, "[2J")))) == 1


def test_a_swap_stands_between_two_pictures() -> None:
    assert pictures(cast(output(0, "a\x1b[?1049h\x1b[Hb\x1b[?1049l"))) == [
        (0, OUTPUT, ["a"]),
        (0, Change.ENTER, ["a"]),
        (0, OUTPUT, ["b"]),
        (0, Change.LEAVE, ["b"]),
        (0, OUTPUT, ["a"]),
    ]


def test_a_resize_ends_a_picture_and_is_one() -> None:
    assert pictures(cast(output(0, "abcdef"), resize(0.001, 8, 4), output(0.002, "g"), cols=3, rows=2)) == [
        (0, OUTPUT, ["abcdef"]),
        (1, Change.RESIZE, ["abcdef"]),
        (2, OUTPUT, ["abcdefg"]),
    ]


def test_a_resize_to_the_same_size_is_no_event_at_all() -> None:
    assert [
        frame.time for frame in frames(cast(output(0, "a"), resize(0.07, 80, 24), output(0.12, "b")), Screen(80, 24))
    ] == [
        0,
        120_000,
    ]


def test_frames_tell_how_long_they_stand_and_what_changed() -> None:
    recording = cast(output(0, "a\r\nb\r\nc"), output(1, "!"), rows=2)
    first, second = frames(recording, Screen(80, 2))
    assert first == Frame(0, 1_000_000, OUTPUT, [0, 1], ["a"])
    assert (second.time, list(second.dirty), second.gone) == (1_000_000, [1], [])
    assert second.until > 10**15


def test_an_unfinished_sequence_waits_for_its_end() -> None:
    for head, tail in (
        ("\x1b", "[2Jb"),
        ("\x1b[", "2Jb"),
        ("\x1b[2", "Jb"),
        ("\x1b]0;a", "b\x07c"),
        ("\x1b[?10", "49hb"),
    ):
        times = [time for time, _, _ in pictures(cast(output(0, "a"), output(1, head), output(2, tail)))]
        assert 1000 not in times
        assert times[-1] == 2000


def test_an_endless_sequence_is_not_carried_for_ever() -> None:
    recording = cast([output(i / 1000, ("\x1b]0;" if not i else "") + "x" * 5000) for i in range(100)])
    assert [picture[2] for picture in pictures(recording)][-1] == []
