from __future__ import annotations

from builders import cast, marker, output, resize

from castsite.analysis.analyse import analyse
from castsite.analysis.model import Snapshot
from castsite.analysis.poster import screen_at

END = marker(10, "end")


def rows(poster: Snapshot) -> list[str]:
    return [" ".join(run.text.strip() for run in row) for row in poster.runs if row]


def test_the_fullest_screen_of_the_last_three_fifths_is_shown() -> None:
    recording = cast(
        output(1, "the fullest of all\r\nbut too early"),
        output(3, "\x1b[2J\x1b[Hfew"),
        output(5, "\x1b[2J\x1b[Hmany characters"),
        output(7, "\x1b[2J\x1b[Hsome"),
        END,
    )
    analysis = analyse(recording)
    assert (rows(analysis.poster), analysis.poster_time) == (["many characters"], 5_000_000)


def test_of_equally_full_screens_the_latest_is_shown() -> None:
    recording = cast(output(5, "one"), output(6, "\x1b[2J\x1b[Htwo"), output(7, "\x1b[2J\x1b[Hx"), END)
    analysis = analyse(recording)
    assert (rows(analysis.poster), analysis.poster_time) == (["two"], 6_000_000)


def test_a_screen_from_before_that_still_stands_counts() -> None:
    analysis = analyse(cast(output(1, "painted early"), output(9, "\x1b[2J\x1b[H$"), END))
    assert (rows(analysis.poster), analysis.poster_time) == (["painted early"], 4_000_000)
    assert rows(screen_at(cast(output(1, "painted early"), END), analysis.poster_time)) == ["painted early"]


def test_a_screen_that_stood_for_no_time_is_not_shown() -> None:
    assert rows(analyse(cast(output(9, "gone at once"), output(9, "\x1b[2J\x1b[Hleft"), END)).poster) == ["left"]


def test_a_full_screen_program_can_be_the_poster() -> None:
    recording = cast(
        output(1, "$ vim"), output(5, "\x1b[?1049h\x1b[Hline one\r\nline two"), output(9, "\x1b[?1049l"), END
    )
    assert rows(analyse(recording).poster) == ["line one", "line two"]


def test_A59_a_recording_that_draws_nothing_has_a_blank_poster() -> None:
    analysis = analyse(cast(output(1, "\x1b[1m"), END, cols=20, rows=5))
    assert analysis.poster.runs == ((),) * 5
    assert (analysis.poster.cols, analysis.poster.rows) == (20, 5)


def test_a_recording_without_output_has_a_blank_poster() -> None:
    assert analyse(cast(cols=20, rows=5)).poster.runs == ((),) * 5


def test_the_author_chooses_the_time() -> None:
    recording = cast(output(1, "a"), output(2, "b"), output(3, "cdefgh"), END)
    analysis = analyse(recording, poster=2_000_000)
    assert (rows(analysis.poster), analysis.poster_time) == (["ab"], 2_000_000)


def test_a_time_before_all_output_gives_a_blank_screen_and_one_beyond_the_end_the_last() -> None:
    recording = cast(output(1, "a"), END)
    assert rows(analyse(recording, poster=0).poster) == []
    late = analyse(recording, poster=99_000_000)
    assert (rows(late.poster), late.poster_time) == (["a"], 10_000_000)


def test_the_poster_has_the_size_of_its_moment() -> None:
    recording = cast(output(1, "a"), resize(5, 40, 10), output(6, "bcd"), END)
    poster = analyse(recording).poster
    assert (poster.cols, poster.rows) == (40, 10)
    assert (screen_at(recording, 2_000_000).cols, screen_at(recording, 2_000_000).rows) == (80, 24)
