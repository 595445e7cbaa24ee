from __future__ import annotations

import html5lib
from hypothesis import given
from hypothesis import strategies as st

from castsite.analysis.model import Chapter, Command, Line
from castsite.render.transcript import ROWS, Log, command_lines, log, text

SECOND = 1_000_000
PLENTY = 1 << 20


def line(seconds: float, shown: str) -> Line:
    return Line(round(seconds * SECOND), round(seconds * SECOND), shown)


def command(seconds: float, typed: str, prompt: str = "$ ", accepted: float | None = None) -> Command:
    end = seconds + 1 if accepted is None else accepted
    return Command(round(seconds * SECOND), round(end * SECOND), typed, prompt, "prompt", "shell", 0.95)


def rows(found: Log) -> list[str]:
    """What a reader sees of each row: the time, then the text."""
    fragment = html5lib.parseFragment(str(found.html), namespaceHTMLElements=False)
    return [" ".join("".join(cell.itertext()) for cell in row) for row in fragment.iter("li")]


def parsed(found: Log):  # noqa: ANN201 - an element of html5lib's, which has no types
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parseFragment(str(found.html))


def test_each_line_leads_to_its_moment() -> None:
    found = log([line(1.5, "one"), line(61.25, "two")], (), (), limit=PLENTY)
    fragment = parsed(found)
    assert [row.get("data-from") for row in fragment.iter("li")] == ["1.5", "61.25"]
    assert [link.get("href") for link in fragment.iter("a")] == ["?t=1.5", "?t=61.25"]
    assert rows(found) == ["0:01 one", "1:01 two"]
    assert (found.shown, found.hidden) == (2, 0)


def test_time_is_shown_once_for_lines_of_the_same_second() -> None:
    found = log([line(1, "a"), line(1.4, "b"), line(2, "c")], (), (), limit=PLENTY)
    assert rows(found) == ["0:01 a", " b", "0:02 c"]


def test_chapters_are_headings_over_their_lines() -> None:
    chapters = [Chapter(2 * SECOND, "Build <it>"), Chapter(3 * SECOND, "Nothing new"), Chapter(4 * SECOND, "Test")]
    found = log([line(1, "before"), line(2, "make"), line(5, "ok")], (), chapters, limit=PLENTY)
    fragment = parsed(found)
    sections = list(fragment.iter("section"))
    assert [section.get("id") for section in sections] == [None, "c1", "c2", "c3"]
    headings = ["".join(heading.itertext()) for heading in fragment.iter("h3")]
    assert headings == ["0:02Build <it>", "0:03Nothing new", "0:04Test"]
    assert [[row[1].text for row in section.iter("li")] for section in sections] == [["before"], ["make"], [], ["ok"]]


def test_first_line_of_a_chapter_shows_its_time_again() -> None:
    found = log([line(1, "a"), line(1.5, "b")], (), [Chapter(round(1.2 * SECOND), "B")], limit=PLENTY)
    assert rows(found) == ["0:01 a", "0:01 b"]


def test_command_is_marked_between_its_prompt_and_what_stands_to_the_right() -> None:
    lines = [line(1, "me@box $ make        12:01"), line(2, "done")]
    found = log(lines, [command(0.8, "make", "me@box $ ")], (), limit=PLENTY)
    first, second = parsed(found).iter("li")
    assert [(cell.tag, cell.text) for cell in first][1:] == [
        ("samp", "me@box $ "),
        ("kbd", "make"),
        ("samp", "        12:01"),
    ]
    assert (first.get("id"), second.get("id")) == ("k1", None)
    assert first[2].get("data-copy") is None


def test_C16_copy_text_differs_only_where_it_must() -> None:
    lines = [line(1, "$ cat <<EOF"), line(2, "> hi"), line(3, "$ echo \u202ex")]
    commands = [command(1, "cat <<EOF\nhi\nEOF"), command(3, "echo \u202ex")]
    first, second = parsed(log(lines, commands, (), limit=PLENTY)).iter("kbd")
    assert (first.text, first.get("data-copy")) == ("cat <<EOF", "cat <<EOF\nhi\nEOF")
    assert (second.text, second.get("data-copy")) == (r"echo \u{202e}x", "echo x")


def test_command_typed_twice_stands_on_the_line_that_was_kept() -> None:
    lines = [line(1, "$ ls"), line(2, "file")]
    assert command_lines(lines, [command(1, "ls"), command(9, "ls")]) == {0: 0}


def test_command_behind_a_prompt_that_was_redrawn_is_found_near_its_time() -> None:
    lines = [line(1, "x make"), line(5, "~ on main > make"), line(9, "y make")]
    assert command_lines(lines, [command(4.8, "make", "> ", accepted=5.1)]) == {1: 0}
    assert command_lines(lines, [command(20, "make", "> ")]) == {}


def test_command_inside_a_word_is_not_taken_for_it() -> None:
    assert command_lines([line(1, "falsely")], [command(1, "ls")]) == {}


def test_C13_line_cannot_break_out_of_its_row() -> None:
    hostile = "</samp></ol><script>alert(1)</script> \"'&amp;"
    found = log([line(1, hostile), line(2, "$ " + hostile)], [command(2, hostile)], [Chapter(0, hostile)], limit=PLENTY)
    fragment = parsed(found)
    assert not list(fragment.iter("script"))
    assert next(fragment.iter("samp")).text == hostile
    assert next(fragment.iter("kbd")).text == hostile


def test_transcript_stands_left_to_right_and_keeps_bidi_controls() -> None:
    found = log([line(1, "a\u202eb")], (), (), limit=PLENTY)
    assert next(parsed(found).iter("ol")).get("dir") == "ltr"
    in_chapter = log([line(1, "a")], (), [Chapter(0, "A")], limit=PLENTY)
    assert next(parsed(in_chapter).iter("ol")).get("dir") == "ltr"
    assert rows(found) == ["0:01 a\u202eb"]


def test_markup_stays_within_its_limit_and_the_rest_is_counted() -> None:
    lines = [line(number, f"line {number} ü") for number in range(100)]
    found = log(lines, (), [Chapter(0, "All")], limit=2000)
    assert 0 < found.shown < 100
    assert found.shown + found.hidden == 100
    assert len(found.html.encode()) <= 2000 + len("</ol></section>")
    assert len(rows(found)) == found.shown
    one_more = log(lines[: found.shown + 1], (), [Chapter(0, "All")], limit=PLENTY)
    assert len(one_more.html.encode()) > 2000


def test_a_long_list_goes_on_in_further_ones_of_the_same_length() -> None:
    lines = [line(number / 10, f"line {number}") for number in range(2 * ROWS + 1)]
    found = log(lines, (), [Chapter(round(ROWS / 10 * SECOND), "Second")], limit=PLENTY)
    first, second = parsed(found).iter("section")
    assert [len(part) for part in first.iter("ol")] == [ROWS]
    assert [len(part) for part in second.iter("ol")] == [ROWS, 1]


def test_what_follows_on_from_the_page_is_the_first_later_line() -> None:
    lines = [line(1, "a"), line(2, "b"), line(2, "c"), line(1, "late"), line(3.5, "d")]
    two = len(log(lines[:2], (), (), limit=PLENTY).html) - len("</ol></section>")
    assert log(lines, (), (), limit=two).following == "3.5"
    assert log(lines, (), (), limit=PLENTY).following == ""
    assert log(lines[:4], (), (), limit=two).following == ""


def test_nothing_on_screen_is_an_empty_transcript() -> None:
    assert log((), (), (), limit=PLENTY) == Log(log((), (), (), limit=0).html, 0, 0)
    assert log((), (), (), limit=PLENTY).html == ""
    assert log([line(0, "x")], (), (), limit=3) == Log(log((), (), (), limit=0).html, 0, 1)


def test_plain_text_is_the_bare_lines_with_their_blanks() -> None:
    assert text([line(1, "  a ü"), line(2, "b\x00")]) == "  a ü\nb\n".encode()
    assert text([]) == b""


shown_text = st.text(st.characters(exclude_characters="\n"), min_size=1)
lines_of_text = st.lists(st.builds(line, st.floats(0, 100), shown_text), max_size=20)
typed_commands = st.lists(st.builds(command, st.floats(0, 100), shown_text, shown_text), max_size=4)
titled = st.lists(st.builds(Chapter, st.integers(0, 100 * SECOND), shown_text), max_size=4)


@given(lines_of_text, typed_commands, titled, st.integers(0, 5000))
def test_any_transcript_is_valid_html_with_one_row_for_each_shown_line(
    lines: list[Line], commands: list[Command], chapters: list[Chapter], limit: int
) -> None:
    found = log(lines, commands, sorted(chapters), limit=limit)
    assert len(list(parsed(found).iter("li"))) == found.shown
    identities = [element.get("id") for element in parsed(found).iter() if element.get("id")]
    assert len(identities) == len(set(identities))


def test_a_chapter_without_lines_of_its_own_keeps_its_heading() -> None:
    chapters = [Chapter(0, "One"), Chapter(2 * SECOND, "Two"), Chapter(3 * SECOND, "Three"), Chapter(9 * SECOND, "End")]
    found = log([line(1, "a"), line(4, "b")], (), chapters, limit=PLENTY)
    headings = ["".join(heading.itertext()) for heading in parsed(found).iter("h3")]
    assert headings == ["0:00One", "0:02Two", "0:03Three", "0:09End"]
    assert rows(found) == ["0:01 a", "0:04 b"]
    assert [section.get("id") for section in parsed(found).iter("section")] == ["c1", "c2", "c3", "c4"]
