from __future__ import annotations

import time

import pytest
from builders import SECOND, cast, marker, output, resize, typed

from castsite.analysis.analyse import analyse
from castsite.analysis.model import Command
from castsite.cast.events import Cast, Event

SESSION = cast(
    output(0, "$ "),
    typed(1, "make"),
    output(2, "\r\nok\r\n$ "),
    typed(3, "ls"),
    output(4, "\r\nfile\r\n$ "),
    output(6, ""),
)


def test_everything_is_known_after_one_pass() -> None:
    analysis = analyse(SESSION)
    assert [line.text for line in analysis.lines] == ["$ make", "ok", "$ ls", "file", "$"]
    assert [command.text for command in analysis.commands] == ["make", "ls"]
    assert [chapter.title for chapter in analysis.chapters] == ["make", "ls"]
    assert analysis.chapters_from == "commands"
    assert (analysis.duration, analysis.events) == (6 * SECOND, len(SESSION.events))
    assert (analysis.cols, analysis.rows, analysis.max_cols, analysis.max_rows) == (80, 24, 80, 24)
    assert (analysis.resized, analysis.cut_off) == (False, False)
    assert sum(analysis.activity) == len("$ makeok$ lsfile$ ")


def test_the_largest_columns_and_rows_may_come_from_two_sizes() -> None:
    analysis = analyse(cast(output(0, "x"), resize(1, 100, 10), resize(2, 20, 50)))
    assert (analysis.cols, analysis.rows, analysis.max_cols, analysis.max_rows, analysis.resized) == (
        80,
        24,
        100,
        50,
        True,
    )


def test_a_torn_recording_stays_marked() -> None:
    torn = Cast(SESSION.header, SESSION.events, cut_off=True)
    assert analyse(torn).cut_off


def test_the_author_can_hide_the_commands() -> None:
    analysis = analyse(SESSION, commands=False)
    assert (analysis.commands, analysis.chapters, analysis.chapters_from) == ((), (), "none")
    assert analysis.lines == analyse(SESSION).lines


def test_the_author_can_give_the_commands() -> None:
    analysis = analyse(SESSION, commands=((3 * SECOND, "second"), (SECOND, "first")))
    assert analysis.commands == (
        Command(SECOND, SECOND, "first", "", "author", "shell", 1.0),
        Command(3 * SECOND, 3 * SECOND, "second", "", "author", "shell", 1.0),
    )
    assert analysis.chapters_from == "commands"


def test_an_empty_list_of_commands_hides_them_too() -> None:
    assert analyse(SESSION, commands=()).commands == ()


def test_lines_are_cut_where_the_owner_says() -> None:
    assert max(len(line.text) for line in analyse(SESSION, line_length=3).lines) == 3


@pytest.mark.parametrize(
    "recording",
    [
        cast(),
        cast(marker(1, "only")),
        cast(output(0, "日本$ "), output(1, "x\r\n"), cols=1, rows=1),
        cast(output(0, "\x00\x7f\x05"), output(1, "\ud83d")),
        cast(resize(0, 99999, 99999), output(1, "$ ")),
        cast([Event(0, "o", "x" * 1_000_000)]),
        cast([Event(i, "o", "") for i in range(1000)]),
    ],
    ids=["empty", "marker", "1x1", "control", "huge", "one line", "empty output"],
)
def test_nothing_raises(recording: Cast) -> None:
    analyse(recording)


def test_A60_a_million_empty_outputs_move_nothing() -> None:
    empty = [Event(i, "o", "") for i in range(1_000_000)]
    start = time.process_time()
    analysis = analyse(cast(output(0, "a"), empty, output(2, "b")))
    assert [(line.text, line.time) for line in analysis.lines] == [("ab", 2 * SECOND)]
    assert analysis.duration == 2 * SECOND
    assert time.process_time() - start < 15
