"""The terminal: what an engine has to draw, what it must survive, and that rows read singly are rows read together."""

from __future__ import annotations

import resource
import unicodedata
from typing import NamedTuple

import pytest
from avt import Vt  # type: ignore[attr-defined] # its stubs re-export implicitly
from hypothesis import given
from hypothesis import strategies as st

from castsite.terminal import MAX_SIDE, MIN_COLS, SWAP, Cursor, Run, Screen, Style, TerminalError, _runs_by_cell
from tests.timing import soon

Step = str | tuple[int, int]


class Case(NamedTuple):
    """Text to feed or sizes to take; right-stripped rows (compared as NFC), cursor (column, row) or None: not judged.

    What is expected follows ECMA-48, DEC and xterm. A cursor that waits at the right margin is on the last column.
    """

    name: str
    cols: int
    rows: int
    steps: list[Step]
    shown: list[str]
    cursor: tuple[int, int] | None


CASES = [
    Case("wide at right margin", 10, 3, ["123456789日x"], ["123456789", "日x", ""], (3, 1)),
    Case("wide half overwritten", 10, 3, ["日本語\x1b[1;2Hx"], [" x本語", "", ""], (2, 0)),
    Case("combining mark", 10, 3, ["e\u0301a\u0308x"], ["e\u0301a\u0308x", "", ""], (3, 0)),
    Case("zero width joiner kept", 20, 3, ["👩\u200d👩\u200d👧|"], ["👩\u200d👩\u200d👧|", "", ""], None),
    Case("variation selector kept", 10, 3, ["❤\ufe0f|"], ["❤\ufe0f|", "", ""], None),
    Case("wide text wraps", 5, 3, ["日本語"], ["日本", "語", ""], (2, 1)),
    Case(
        "line feed in a region",
        10,
        5,
        ["1\r\n2\r\n3\r\n4\r\n5\x1b[2;4r\x1b[4;1H\nX"],
        ["1", "3", "4", "X", "5"],
        (1, 3),
    ),
    Case(
        "line feed below a region",
        10,
        5,
        ["1\r\n2\r\n3\r\n4\r\n5\x1b[2;4r\x1b[5;1H\nX"],
        ["1", "2", "3", "4", "X"],
        (1, 4),
    ),
    Case("index and next line", 10, 3, ["ab\x1bDc\x1bEd"], ["ab", "  c", "d"], (1, 2)),
    Case("reverse index scrolls at the top", 10, 3, ["1\r\n2\r\n3\x1b[1;1H\x1bMX"], ["X", "1", "2"], (1, 0)),
    Case(
        "reverse index in a region", 10, 4, ["1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[2;1H\x1bMX"], ["1", "X", "2", "4"], (1, 1)
    ),
    Case("scroll up in a region", 10, 4, ["1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[S"], ["1", "3", "", "4"], (0, 0)),
    Case("scroll down", 10, 3, ["1\r\n2\r\n3\x1b[T"], ["", "1", "2"], (1, 2)),
    Case("alternate screen", 10, 3, ["main\x1b[?1049halt"], ["    alt", "", ""], (7, 0)),
    Case("1049 there and back", 10, 3, ["ab\r\ncd\x1b[?1049h\x1b[Hzzz\x1b[?1049lX"], ["ab", "cdX", ""], (3, 1)),
    Case("1049 is cleared", 10, 3, ["\x1b[?1049hold\x1b[?1049l\x1b[?1049h\x1b[HX"], ["X", "", ""], (1, 0)),
    Case("47 there and back", 10, 3, ["ab\x1b[?47h\x1b[Hzz\x1b[?47l"], ["ab", "", ""], None),
    Case("1047 there and back", 10, 3, ["ab\x1b[?1047h\x1b[Hzz\x1b[?1047l"], ["ab", "", ""], None),
    Case("alignment pattern", 4, 3, ["\x1b#8"], ["EEEE", "EEEE", "EEEE"], (0, 0)),
    Case("repeat", 10, 2, ["ab\x1b[3bc"], ["abbbbc", ""], (6, 0)),
    Case("repeat wide", 10, 2, ["日\x1b[2b|"], ["日日日|", ""], (7, 0)),
    Case(
        "tabs set and cleared",
        24,
        2,
        ["a\tb\r\x1b[5C\x1bH\rX\tY\r\x1b[3g\rZ\tW"],
        ["Z    Y  b              W", ""],
        None,
    ),
    Case("tabs forward and backward", 24, 2, ["\x1b[2Ia\x1b[Zb"], ["                b", ""], (17, 0)),
    Case("origin mode", 10, 5, ["\x1b[2;4r\x1b[?6h\x1b[1;1HA\x1b[9;1HB"], ["", "A", "", "B", ""], (1, 3)),
    Case("insert characters", 10, 2, ["abcdef\x1b[1;3H\x1b[2@"], ["ab  cdef", ""], (2, 0)),
    Case("delete characters", 10, 2, ["abcdef\x1b[1;2H\x1b[2P"], ["adef", ""], (1, 0)),
    Case("erase characters", 10, 2, ["abcdef\x1b[1;2H\x1b[2X"], ["a  def", ""], (1, 0)),
    Case(
        "insert and delete lines", 10, 4, ["1\r\n2\r\n3\r\n4\x1b[2;1H\x1b[L\x1b[4;1H\x1b[M"], ["1", "", "2", ""], None
    ),
    Case("insert mode", 10, 2, ["abc\x1b[1;2H\x1b[4hX\x1b[4lY"], ["aXYc", ""], (3, 0)),
    Case("line drawing by designation", 10, 2, ["\x1b(0lqkx\x1b(Bq"], ["┌─┐│q", ""], (5, 0)),
    Case("line drawing by shift", 10, 2, ["\x1b)0\x0eq\x0fq"], ["─q", ""], (2, 0)),
    Case("pending wrap, carriage return", 5, 2, ["abcde\rX"], ["Xbcde", ""], (1, 0)),
    Case("pending wrap, backspace", 5, 2, ["abcde\bX"], ["abcXe", ""], (4, 0)),
    Case("pending wrap kept over a colour", 5, 2, ["abcde\x1b[1mX"], ["abcde", "X"], (1, 1)),
    Case("no wrap", 5, 2, ["\x1b[?7labcdefgh"], ["abcdh", ""], None),
    Case("cursor saved by escape", 10, 3, ["ab\x1b7\r\ncd\x1b8X"], ["abX", "cd", ""], (3, 0)),
    Case("cursor saved by control sequence", 10, 3, ["ab\x1b[s\r\ncd\x1b[uX"], ["abX", "cd", ""], (3, 0)),
    Case(
        "erase in display and line",
        6,
        3,
        ["aaaaaa\r\nbbbbbb\r\ncccccc\x1b[2;3H\x1b[1J"],
        ["", "   bbb", "cccccc"],
        (2, 1),
    ),
    Case("cursor position is clamped", 6, 3, ["\x1b[99;99HX"], ["", "", "     X"], None),
    Case("row and column", 10, 3, ["\x1b[2d\x1b[4GX\x1b[7`Y"], ["", "   X  Y", ""], (7, 1)),
    Case("next and previous line", 10, 3, ["ab\x1b[Ec\x1b[Fd"], ["db", "c", ""], (1, 0)),
    Case("reset", 10, 2, ["abc\x1bcX"], ["X", ""], (1, 0)),
    Case("new line mode", 10, 2, ["\x1b[20hab\ncd"], ["ab", "cd"], (2, 1)),
    Case("titles are swallowed", 10, 2, ["\x1b]0;t\aA\x1b]2;t\x1b\\B"], ["AB", ""], (2, 0)),
    Case("sixel is swallowed", 10, 2, ["\x1bPq#0;2;0;0;0~~@@\x1b\\A"], ["A", ""], (1, 0)),
    Case("kitty graphics are swallowed", 10, 2, ["\x1b_Gf=100;AAAA\x1b\\A"], ["A", ""], (1, 0)),
    Case("title of screen and tmux", 10, 2, ["\x1bkbash\x1b\\A"], ["A", ""], (1, 0)),
    Case("colours with colons", 10, 2, ["\x1b[38:2::1:2:3mA\x1b[4:3mB"], ["AB", ""], (2, 0)),
    Case(
        "unknown sequences are ignored", 10, 2, ["\x1b[?2026hA\x1b[>4;2mB\x1b[?1$pC\x1b[=1;1uD"], ["ABCD", ""], (4, 0)
    ),
    Case("cancel ends a sequence", 10, 2, ["\x1b[3\x18A"], ["A", ""], (1, 0)),
    Case("control character inside a sequence", 10, 2, ["ab\x1b[\b1CX"], ["abX", ""], None),
    Case("one line over two feeds", 10, 2, ["日", "x"], ["日x", ""], (3, 0)),
    Case("scrolled rows leave", 6, 3, ["1\r\n2\r\n3\r\n4\r\n5"], ["3", "4", "5"], (1, 2)),
    Case("reflow wider", 5, 3, ["abcdefgh", (10, 3)], ["abcdefgh", "", ""], (8, 0)),
    Case("reflow narrower", 10, 3, ["abcdefgh", (5, 3)], ["abcde", "fgh", ""], (3, 1)),
    Case("fewer rows keep the bottom", 6, 4, ["1\r\n2\r\n3\r\n4", (6, 2)], ["3", "4"], (1, 1)),
]
MISSES = {"combining mark", "repeat wide", "title of screen and tmux", "reflow narrower"}


def shown(screen: Screen) -> list[str]:
    """The rows as they stand there, wraps not joined."""
    return [line.text.rstrip() for line in screen._vt.view()]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case,
            id=case.name,
            marks=[pytest.mark.xfail(reason="the engine draws it otherwise", strict=True)]
            if case.name in MISSES
            else [],
        )
        for case in CASES
    ],
)
def test_the_engine_draws(case: Case) -> None:
    screen = Screen(case.cols, case.rows)
    for step in case.steps:
        if isinstance(step, str):
            screen.feed(step)
        else:
            screen.resize(*step)
    assert [unicodedata.normalize("NFC", row) for row in shown(screen)] == [
        unicodedata.normalize("NFC", row) for row in case.shown
    ]
    if case.cursor is not None:
        cursor = screen.cursor()
        assert (cursor.col, cursor.row) == (min(case.cursor[0], screen.cols - 1), case.cursor[1])


def test_there_are_56_cases_and_4_known_misses() -> None:
    assert (len(CASES), len(MISSES)) == (56, 4)


def test_feed_tells_changed_rows_and_what_scrolled_off() -> None:
    screen = Screen(10, 3)
    assert screen.feed("one\r\ntwo\r\nthree") == ([0, 1, 2], [])
    assert screen.feed("\x1b[1;1HO") == ([0], [])
    assert screen.feed("\x1b[3;1H\r\nfour") == ([0, 1, 2], ["One"])
    assert (screen.read(), screen.scrolled) == (["two", "three", "four"], 1)


def test_a_wrapped_line_is_one_row_at_its_start() -> None:
    screen = Screen(5, 4)
    assert screen.feed("ab\r\n123456789012\r\nc")[1] == ["ab"]
    assert screen.read() == ["123456789012", "", "", "c"]
    assert screen.feed("\r\nd\r\ne\r\nf")[1] == ["123456789012", "", ""]


def test_a_wrapped_line_that_leaves_in_several_feeds_comes_with_its_last_row() -> None:
    screen = Screen(5, 2)
    screen.feed("123456789012")
    assert screen.feed("\r\n")[1] == [""]
    assert screen.feed("\r\n")[1] == ["123456789012"]


def test_blanks_that_wrap_are_no_text() -> None:
    screen = Screen(2, 2)
    screen.feed("   ")
    assert screen.read() == ["", ""]
    assert screen.feed("\r\n")[1] == [""]
    assert screen.feed("\r\n")[1] == [""]


def test_a_line_that_no_longer_wraps_gives_its_second_row_back() -> None:
    screen = Screen(5, 3)
    screen.feed("abcdefg")
    assert screen.read() == ["abcdefg", "", ""]
    dirty, _ = screen.feed("\x1b[1;3H\x1b[K")
    assert screen.read_rows(dirty) == [(0, "ab"), (1, "fg")]


def test_the_head_of_a_wrapped_line_can_be_asked_for_when_its_rest_is_still_there() -> None:
    screen = Screen(5, 2)
    screen.feed("123456789012")
    assert screen.read() == ["6789012", ""]
    assert screen.head() == "12345"


def test_the_cell_that_has_no_room_for_a_wide_character_is_no_text() -> None:
    screen = Screen(6, 4)
    screen.feed("x日本語の文")
    assert screen.read() == ["x日本語の文", "", "", ""]
    assert screen.logical(1) == (0, 1, "x日本語の文", 12)
    assert screen.left_of_cursor() == (0, "x日本語の文", "x日本語の文")
    assert screen.feed("\r\n" * 4)[1] == ["x日本語の文", ""]


@pytest.mark.parametrize("text", ["xxxxx 日", "日本  語", "日本 xy", "日本x 語"])
def test_a_blank_at_the_right_edge_is_text_where_no_wide_character_was_in_its_way(text: str) -> None:
    screen = Screen(6, 4)
    screen.feed(text)
    assert screen.read()[0] == text


def test_sizes_are_clamped() -> None:
    for cols, rows in ((0, 0), (1, 1), (-5, -5), (10**6, 10**6)):
        screen = Screen(cols, rows)
        screen.feed("日本\r\n")
        screen.resize(rows, cols)
        assert MIN_COLS <= screen.cols <= MAX_SIDE
        assert 1 <= screen.rows <= MAX_SIDE
        assert len(screen.read()) == screen.rows


def test_characters_that_terminals_ignore_are_not_drawn() -> None:
    screen = Screen(10, 1)
    screen.feed("a\x00b\x7fc\x05d")
    assert screen.read() == ["abcd"]


def test_lone_surrogates_are_replaced_and_pairs_joined() -> None:
    screen = Screen(10, 1)
    screen.feed("a\ud83d\ude00b\ud83dc")
    assert screen.read() == ["a😀b�c"]


def test_a_pair_of_surrogates_is_joined_where_a_long_feed_is_cut() -> None:
    screen = Screen(10, 2)
    screen.feed("x" * (screen._piece - 1) + "\ud83d\ude00")
    assert "�" not in "".join(screen.read())


def test_a_panic_of_the_engine_is_one_typed_exception(capfd: pytest.CaptureFixture[str]) -> None:
    screen = Screen(4, 2)
    screen._vt = Vt(0, 1, 0)  # a size that the clamps never let through
    with pytest.raises(TerminalError, match="the terminal engine failed: index out of bounds"):
        screen.feed("x")
    assert "panicked" in capfd.readouterr().err


@pytest.mark.parametrize("final", "bLM@PXSTCB")
def test_A43_enormous_counts_take_no_time(final: str) -> None:
    screen = Screen(120, 36)
    _, gone = soon(1, lambda: screen.feed(f"x\x1b[2147483647{final}" * 20))
    assert len(gone) <= 20 * 36
    assert within(screen)


@pytest.mark.parametrize("text", ["x\x1b[65535b", "x\x9b65535b", "x\x1b[0065535b", "x\x1b[9999b"])
def test_a_repeat_count_is_cut_to_three_digits(text: str) -> None:
    screen = Screen(100, 20)
    _, gone = screen.feed(text)
    assert (len(gone), "".join(gone + screen.read())) == (0, "x" * 1000)


def test_a_repeat_count_of_three_digits_is_kept() -> None:
    screen = Screen(100, 20)
    screen.feed("x\x1b[456b")
    assert "".join(screen.read()) == "x" * 457


@pytest.mark.parametrize("size", [(80, 24), (315, 120), (1000, 200), (2, 500), (1000, 1)])
def test_one_feed_hands_out_rows_of_bounded_size(size: tuple[int, int]) -> None:
    screen = Screen(*size)
    row = 24 * screen.cols
    assert screen._piece >= 256
    line_feeds, scrolls = screen._piece, screen._piece // 4 * screen.rows
    assert line_feeds * row <= 64 << 20 or screen._piece == 256
    assert scrolls * row <= 256 << 20 or screen._piece == 256


def test_A44_a_request_to_resize_is_ignored() -> None:
    screen = Screen(10, 3)
    screen.feed("\x1b[8;60000;60000tA")
    assert (screen.cols, screen.rows, screen.read()) == (10, 3, ["A", "", ""])


@pytest.mark.parametrize(
    "query", ["\x1b[?6n", "\x1b[>4;2m", "\x1b[?1m", "\x1b[c", "\x1bZ", "\x05", "\x1b[?1000h", "\x1b[?1004h", "\x1b[18t"]
)
def test_A45_queries_and_modes_of_others_draw_nothing(query: str) -> None:
    screen = Screen(10, 1)
    screen.feed(f"A{query}B")
    assert screen.read() == ["AB"]


@pytest.mark.parametrize("start", ["\x1b]0;", "\x1bP", "\x1b_", "\x1b^"])
def test_A46_an_unfinished_control_string_of_5_MB_is_swallowed(start: str) -> None:
    screen = Screen(80, 24)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    screen.feed("A" + start)
    for _ in range(80):
        screen.feed("x" * 65_536)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert screen.read()[0] == "A"
    assert len(screen.dump()) < 10_000
    assert grown < 20_000  # KiB


def test_A47_sequences_split_over_feeds_draw_as_if_joined() -> None:
    parts = ["a", "\x1b", "[31", "mb", "\x1b]0;ti", "tl", "e\ac\x1b[", "2;", "3Hd"]
    split, joined = Screen(10, 3), Screen(10, 3)
    for part in parts:
        split.feed(part)
    joined.feed("".join(parts))
    assert split.snapshot() == joined.snapshot()


def test_A61_a_wide_character_in_the_last_column_and_many_marks_on_one_cell() -> None:
    screen = Screen(10, 60)
    screen.feed("123456789日" + "e" + "\u0301" * 500)
    assert within(screen)
    assert screen.read()[0].startswith("123456789 日e\u0301")  # it left its last cell blank


def test_runs_have_columns_widths_and_styles() -> None:
    screen = Screen(8, 1)
    screen.feed("a\x1b[1;34m日b\x1b[0;7m ")
    assert screen.snapshot().runs == (
        (Run(0, 1, "a", Style()), Run(1, 3, "日b", Style(fg=4, bold=True)), Run(4, 1, " ", Style(inverse=True))),
    )


def test_blanks_are_drawn_only_where_something_shows_them() -> None:
    screen = Screen(6, 4)
    screen.feed("\x1b[44m\x1b[K\x1b[0m\r\n  \x1b[31m   \x1b[0m\r\n\x1b[4m  \x1b[0m \r\n  x  ")
    blue, plain, line, trimmed = screen.snapshot().runs
    assert blue == (Run(0, 6, " " * 6, Style(bg=4)),)
    assert plain == ()
    assert line == (Run(0, 2, "  ", Style(underline=True)),)
    assert trimmed == (Run(0, 3, "  x", Style()),)


def test_all_styles_and_colours_are_kept() -> None:
    screen = Screen(20, 1)
    screen.feed("\x1b[38;2;1;2;3;48;5;200;3;4;9;5mA\x1b[0;2;97mB")
    first, second = screen.snapshot().runs[0]
    assert first.style == Style(fg=(1, 2, 3), bg=200, italic=True, underline=True, strike=True, blink=True)
    assert second.style == Style(fg=15, faint=True)


def test_the_cursor_stays_inside_while_a_wrap_is_pending() -> None:
    screen = Screen(3, 1)
    screen.feed("abc\x1b[?25l")
    assert screen.cursor() == Cursor(2, 0, visible=False)


def test_a_held_screen_does_not_change_with_the_screen() -> None:
    screen = Screen(5, 1)
    screen.feed("old")
    still = screen.hold()
    screen.feed("\rnew")
    assert still.snapshot().runs == ((Run(0, 3, "old", Style()),),)


def test_rows_keep_their_number_while_the_screen_scrolls() -> None:
    screen = Screen(10, 3)
    screen.feed("first")
    row = screen.cursor_row
    screen.feed("\r\n2\r\n3\r\n4\r\n5")
    assert (screen.logical(row).text, screen.logical(screen.cursor_row).text, screen.cursor_row) == ("first", "5", 4)


def test_rows_long_gone_are_the_oldest_one_remembered() -> None:
    screen = Screen(10, 2)
    screen.feed("\r\n".join(map(str, range(100))))
    assert screen.logical(0).text == screen.logical(38).text == "38"


def test_text_left_of_the_cursor_counts_wide_characters_and_wraps() -> None:
    screen = Screen(6, 4)
    screen.feed("x\r\n日本$ abcdef\x1b[2D")
    first, left, text = screen.left_of_cursor()
    assert (first, text) == (1, "日本$ abcdef")
    assert left == "日本$ abc"
    assert screen.cursor_text() == "abc"
    assert screen.logical(2).cells == len("日本$ abcdef") + 2


TEXTS = st.lists(
    st.one_of(
        st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8),
        st.sampled_from(["word ", "x" * 7, "日本語", "e\u0301", "👩\u200d👩", "\r\n", "\n", "\r", "\b", "\t", "\x0c"]),
        st.sampled_from(
            ["\x1b7", "\x1b8", "\x1bM", "\x1bD", "\x1bE", "\x1bc", "\x1b#8", "\x1b(0", "\x1b(B", "\x0e", "\x0f"]
        ),
        st.sampled_from(["\x1b]0;t\a", "\x1b]133;A\x1b\\", "\x1bP1$q\x1b\\", "\x1b", "\x1b[", "\x1b[3", "\x1b]0;"]),
        st.builds(
            lambda mark, params, final: f"\x1b[{mark}{';'.join(map(str, params))}{final}",
            st.sampled_from(["", "", "", "?"]),
            st.lists(st.integers(0, 12), max_size=3),
            st.sampled_from("ABCDEFGHJKLMPSTX@`abdefghlmrsu"),
        ),
        st.sampled_from(
            ["\x1b[?1049h", "\x1b[?1049l", "\x1b[?47h", "\x1b[?7l", "\x1b[?7h", "\x1b[?6h", "\x1b[4h", "\x1b[20h"]
        ),
    ),
    max_size=30,
)
SMALL = st.tuples(st.integers(2, 12), st.integers(1, 6))


def within(screen: Screen) -> bool:
    """Whether the cursor is inside and every row has exactly its cells."""
    cursor = screen.cursor()
    rows = screen._vt.view()
    cells = all(sum(cell.width for cell in row.cells) == screen.cols == len(row) for row in rows)
    return 0 <= cursor.col < screen.cols and 0 <= cursor.row < screen.rows == len(rows) and cells


@given(SMALL, TEXTS, SMALL)
def test_P3_the_cursor_stays_inside_and_rows_are_full(
    size: tuple[int, int], texts: list[str], then: tuple[int, int]
) -> None:
    screen = Screen(*size)
    for text in texts:
        screen.feed(text)
        assert within(screen)
    screen.resize(*then)
    assert within(screen)


@given(SMALL, TEXTS)
def test_P3_feeding_in_pieces_is_feeding_at_once(size: tuple[int, int], texts: list[str]) -> None:
    pieces, whole = Screen(*size), Screen(*size)
    texts = [text for text in texts if not SWAP.search(text) and text != "\x1b"]  # see below: rows are held back
    gone = [row for text in texts for row in pieces.feed(text)[1] if row]
    assert gone == [row for row in whole.feed("".join(texts))[1] if row]
    assert pieces.snapshot() == whole.snapshot()
    assert pieces.read() == whole.read()
    assert pieces.dump() == whole.dump()


@given(SMALL, TEXTS, TEXTS)
def test_P3_a_dump_rebuilds_the_screen(size: tuple[int, int], texts: list[str], more: list[str]) -> None:
    screen, again = Screen(*size), Screen(*size)
    for text in texts:
        screen.feed(text)
    again.feed(screen.dump())
    assert again.snapshot() == screen.snapshot()
    for text in more:
        screen.feed(text)
        again.feed(text)
    assert again.snapshot() == screen.snapshot()


@given(SMALL, TEXTS)
def test_rows_read_singly_are_rows_read_together(size: tuple[int, int], texts: list[str]) -> None:
    screen, fresh = Screen(*size), Screen(*size)
    rows = screen.read()
    for part in SWAP.split("".join(texts))[::2]:
        for text in part.split("w"):
            dirty, gone = screen.feed(text)
            fresh.feed(text)
            if gone:
                rows = screen.read()
            else:
                for row, now in screen.read_rows(dirty):
                    rows[row] = now
            assert rows == fresh.read()


@given(SMALL, TEXTS)
def test_runs_are_those_that_the_cells_have(size: tuple[int, int], texts: list[str]) -> None:
    screen = Screen(*size)
    for text in texts:
        screen.feed(text)
        assert screen.snapshot().runs == tuple(_runs_by_cell(row) for row in screen._vt.view())


@pytest.mark.parametrize(
    "text", ['say "\\u{1b}[0m"', "\\n\\", "⏎", "tab'\x1b[1m\\\x1b[0m", "\u200b\u2028x", "e\u0301\x1b[7m é"]
)
def test_text_that_looks_like_the_engines_own_notation_stays_text(text: str) -> None:
    screen = Screen(20, 1)
    screen.feed(text)
    assert screen.snapshot().runs == tuple(_runs_by_cell(row) for row in screen._vt.view())
    assert "".join(run.text for run in screen.snapshot().runs[0]) == screen.read()[0]


@given(SMALL, TEXTS)
def test_rows_hold_no_control_character(size: tuple[int, int], texts: list[str]) -> None:
    screen = Screen(*size)
    gone = screen.feed("".join(texts))[1]
    for row in [*gone, *screen.read()]:
        assert not any(unicodedata.category(char) == "Cc" for char in row)
        assert row == row.rstrip()


def test_rows_scrolled_before_the_alternate_screen_come_when_the_text_is_split_there() -> None:
    whole, split = Screen(10, 2), Screen(10, 2)
    assert whole.feed("1\r\n2\r\n3\x1b[?1049h")[1] == []
    assert split.feed("1\r\n2\r\n3")[1] == ["1"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("\x1b[?1049h", "h"),
        ("\x1b[?47l", "l"),
        ("\x1b[?1047h", "h"),
        ("\x9b?1049l", "l"),
        ("\x1b[?1;1049h", "h"),
        ("\x1b[?1049;2004l", "l"),
        ("\x1bc", None),
    ],
)
def test_a_swap_is_recognised(text: str, kind: str | None) -> None:
    match = SWAP.fullmatch(text)
    assert match
    assert match[1] == kind


@pytest.mark.parametrize("text", ["\x1b[?25h", "\x1b[1049h", "\x1b[?10490h", "1049h", "\x1b[?2004l", "\x1b[?147h"])
def test_what_is_no_swap_is_not_taken_for_one(text: str) -> None:
    assert not SWAP.search(text)
