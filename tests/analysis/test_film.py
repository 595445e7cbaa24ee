from __future__ import annotations

import doctest
import sys
import unicodedata

import msgspec
from builders import cast, marker, output, resize
from hypothesis import given
from hypothesis import strategies as st

from castsite.analysis import film
from castsite.analysis.analyse import analyse
from castsite.analysis.film import LARGEST, grid
from castsite.analysis.model import FILM_SLICES, Analysis, Film
from castsite.cast.events import Cast, Event
from castsite.terminal import Screen


def film_of(played: Cast) -> Film:
    found = analyse(played).film
    assert found is not None
    return found


def rows(found: Film, share: float) -> list[str]:
    """Rows shown at a share of the duration."""
    at = found.slices[min(int(share * FILM_SLICES), FILM_SLICES - 1)]
    return found.stills[ord(at) - ord("a")].split("\n")


def test_examples_hold() -> None:
    assert doctest.testmod(film).failed == 0


def test_hovering_shows_what_stood_there() -> None:
    found = film_of(cast(output(6, "one\r\n"), output(12, "two\r\n"), output(18, "three"), marker(24, "end")))
    assert found.slices == "aaaaaabbbbbbccccccdddddd"
    assert found.stills == ("", "one", "one\ntwo", "one\ntwo\nthree")


def test_a_still_is_the_last_frame_at_or_before_the_middle_of_its_slice() -> None:
    found = film_of(cast(output(0.1, "a"), output(1.5, "b"), output(2.501, "c"), marker(24)))
    assert [rows(found, at / 24)[0] for at in range(4)] == ["a", "ab", "ab", "abc"]


def test_what_is_shown_within_one_burst_is_the_picture_before_it() -> None:
    burst = [output(0.9 + step / 50, "x") for step in range(30)]
    found = film_of(cast(output(0.1, "before"), *burst, marker(24)))
    assert rows(found, 0.5 / 24) == ["before"]
    assert len(rows(found, 1.5 / 24)[0]) == len("before") + 30


def test_equal_stills_are_kept_once() -> None:
    loop = [output(at, f"\x1b[H\x1b[2J{'even' if at % 2 else 'odd'}") for at in range(1, 24)]
    found = film_of(cast(*loop, marker(24)))
    assert found.stills == ("", "even", "odd")
    assert found.slices == "abcbcbcbcbcbcbcbcbcbcbcb"


def test_there_is_no_film_without_a_change_or_a_duration() -> None:
    assert analyse(cast(output(0, "all at once"))).film is None
    assert analyse(cast(output(0, "all at once"), marker(9))).film is None
    assert analyse(cast()).film is None
    assert analyse(cast(output(3, "\x1b[31m"), marker(9))).film is None


def test_wrapped_lines_stand_on_the_rows_they_fill() -> None:
    found = film_of(cast(output(1, "abcdefghijklm\r\nnext"), marker(24), cols=5, rows=6))
    assert rows(found, 0.9) == ["abcde", "fghij", "klm", "next"]


def test_wide_characters_fill_two_cells_and_are_never_parted() -> None:
    found = film_of(cast(output(1, "ab日本語\r\ne\u0301é😀!"), marker(24), cols=5, rows=6))
    assert rows(found, 0.9) == ["ab日", "本語", "e\u0301é😀", "!"]


def test_a_line_cut_off_by_the_screen_ends_there() -> None:
    found = film_of(cast(output(1, "0123456789" * 3), marker(24), cols=5, rows=3))
    assert rows(found, 0.9) == ["56789", "01234", "56789"]


def test_the_alternate_screen_is_shown_while_it_stands() -> None:
    found = film_of(
        cast(output(1, "$ vi"), output(8, "\x1b[?1049h\x1b[Hediting"), output(16, "\x1b[?1049l"), marker(24))
    )
    assert [rows(found, share)[0] for share in (0.2, 0.5, 0.9)] == ["$ vi", "editing", "$ vi"]


def test_a_resized_recording_has_a_box_for_its_largest_still() -> None:
    found = film_of(cast(output(1, "x" * 12), resize(8, 6, 10), resize(16, 20, 4), marker(24), cols=10, rows=5))
    assert (found.cols, found.rows) == (20, 10)
    assert [rows(found, share) for share in (0.2, 0.5, 0.9)] == [["x" * 10, "xx"], ["x" * 6] * 2, ["x" * 12]]


def test_a_screen_on_which_nothing_could_be_read_has_no_film() -> None:
    assert LARGEST < 300 * 201
    assert analyse(cast(output(1, "x"), marker(9), cols=300, rows=201)).film is None


def test_it_survives_the_cache() -> None:
    found = analyse(cast(output(1, "日本 \u202e<&>"), marker(9)))
    assert msgspec.json.decode(msgspec.json.encode(found), type=Analysis) == found


def test_every_wide_character_is_counted_twice() -> None:
    wrong = [
        code
        for code in range(0x20, sys.maxunicode + 1)
        if unicodedata.category(chr(code)) != "Cn"  # Python's width of what is not assigned means nothing
        and grid(chr(code))[0][1] != 1 + (unicodedata.east_asian_width(chr(code)) in {"W", "F"})
    ]
    assert wrong == []


PIECES = st.sampled_from(
    ["a", "bc ", "日", "語x", "😀", "e\u0301", "─┤", "\r\n", "\x1b[H", "\x1b[2J", "\x1b[3;2H", "\x1b[K", "word " * 4]
)


@given(st.lists(PIECES, max_size=40), st.integers(2, 12), st.integers(1, 6))
def test_stills_are_what_the_engine_shows(pieces: list[str], cols: int, height: int) -> None:
    """The last still against the rows as the engine has them, each read by itself."""
    played = cast(
        *(Event(12_000_000 + at * 1000, "o", piece) for at, piece in enumerate(pieces)),
        marker(24),
        cols=cols,
        rows=height,
    )
    screen = Screen(cols, height)
    screen.feed("".join(pieces))
    expected = [line.text.rstrip() for line in screen._vt.view()]
    found = analyse(played).film
    shown = rows(found, 0.9) if found else []
    assert [row.rstrip() for row in shown] + [""] * (height - len(shown)) == expected
    assert not found or (len(found.slices) == FILM_SLICES and len(set(found.stills)) == len(found.stills) > 1)
