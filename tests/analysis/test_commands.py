"""Commands: found by each signal that shells and editors send, and nothing found where there is none."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from time import perf_counter

import pytest
from builders import SECOND, cast, marker, output, resize, typed
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from castsite.analysis.analyse import analyse
from castsite.analysis.commands import Detector, Signals
from castsite.analysis.model import Command
from castsite.analysis.prompts import RIGHT
from castsite.cast.clock import Rate, clock_of
from castsite.cast.events import Cast, Event
from castsite.terminal import Screen

E, ON, OFF = "\x1b", "\x1b[?2004h", "\x1b[?2004l\r"
P = "me@box:~$ "

Found = list[tuple[str, str, str]]


SESSION = [
    part
    for number in range(3)
    for part in (
        output(number * 3 + 0.2, "user@host:~$ "),
        *typed(number * 3 + 0.5, f"make t{number}", 0.1),
        output(number * 3 + 2, "\r\n"),
        output(number * 3 + 2.2, f"done {number}\r\n"),
    )
]


def commands(*events: Event | Iterable[Event], cols: int = 60, rows: int = 10) -> tuple[Command, ...]:
    return analyse(cast(*events, cols=cols, rows=rows)).commands


def found(*events: Event | Iterable[Event]) -> Found:
    return [(command.text, command.source, command.kind) for command in commands(*events)]


def test_fish_says_the_command_itself() -> None:
    assert found(
        output(0, f"{E}]133;A\a~> {ON}"),
        typed(1, "ls -l"),
        output(2, f"{OFF}\n{E}]133;C;cmdline_url=ls%20-l\a"),
        output(2.1, "out\r\n"),
    ) == [("ls -l", "exact", "shell")]


def test_vs_code_says_it_too_and_it_is_found_only_once() -> None:
    assert found(
        output(0, f"{E}]633;A\a$ {E}]633;B\a"),
        typed(1, "echo a"),
        output(2, f"\r\n{E}]633;E;echo a\\x3b echo b;nonce\a{E}]633;C\a"),
    ) == [("echo a; echo b", "exact", "shell")]


def test_marks_around_the_input() -> None:
    assert found(output(0, f"{E}]133;A\a$ {E}]133;B\a"), typed(1, "ls -l"), output(2, f"\r\n{E}]133;C\aout\r\n")) == [
        ("ls -l", "marks", "shell")
    ]


def test_a_line_editor_starts_and_accepts() -> None:
    assert found(
        output(0, ON + P),
        typed(1, "make"),
        output(3, f"{OFF}\r\n"),
        output(3.2, ON + P),
        typed(4, "exit"),
        output(5, f"{OFF}\r\n"),
    ) == [("make", "editor", "shell"), ("exit", "editor", "shell")]


def test_a_command_that_wraps() -> None:
    line = "echo " + "x" * 70
    assert found(output(0, ON + P), typed(1, line, 0.01), output(3, f"{OFF}\r\n"))[0][0] == line


def test_zsh_with_a_right_prompt() -> None:
    prompt = f"% {' ' * 50}12:00:01\r{E}[2C{ON}"
    assert found(output(0, prompt), typed(1, "git status"), output(3, f"{OFF}\r\r\n"))[0][0] == "git status"


def test_a_completion_list_that_draws_the_prompt_again() -> None:
    assert (
        found(
            output(0, f"{ON}$ "),
            typed(1, "ls m"),
            output(2, "\r\nmain.c  make.sh\r\n$ ls m"),
            typed(3, "ain.c"),
            output(4, f"{OFF}\r\n"),
        )[0][0]
        == "ls main.c"
    )


def test_no_signal_at_all() -> None:
    assert found(
        output(0, "$ "),
        typed(1, "ls -l"),
        output(2, "\r\n"),
        output(2.05, "total 0\r\n$ "),
        typed(3, "pwd"),
        output(4, "\r\n/\r\n"),
    ) == [("ls -l", "prompt", "shell"), ("pwd", "prompt", "shell")]


HERE = [("cat <<EOF\nhello\nEOF", "editor", "shell"), ("ls", "editor", "shell")]


@pytest.mark.parametrize("factor", [1, 4, 8, 40])
def test_commands_are_found_however_fast_a_recording_is_played(factor: int) -> None:
    slow = cast(*SESSION, cols=60, rows=10)
    rates = [Rate(0, slow.duration + 1, Fraction(factor))]
    clock = clock_of([event.time for event in slow.events], rates=rates)
    fast = tuple(event._replace(time=clock.played(event.time)) for event in slow.events)
    played = analyse(replace(slow, events=fast), clock=clock).commands
    typed = analyse(slow).commands
    assert len(typed) == 3
    assert [one.text for one in played] == [one.text for one in typed]
    times = [(clock.played(one.time), clock.played(one.accepted)) for one in typed]
    assert [(one.time, one.accepted) for one in played] == times


def test_a_here_document_typed_is_one_command() -> None:
    assert (
        found(
            output(0, ON + P),
            typed(1, "cat <<EOF"),
            output(2, f"{OFF}\r\n"),
            output(2.01, f"{ON}> "),
            typed(3, "hello"),
            output(4, f"{OFF}\r\n"),
            output(4.01, f"{ON}> "),
            typed(5, "EOF"),
            output(6, f"{OFF}\r\n"),
            output(6.01, f"hello\r\n{ON}{P}"),
            typed(7, "ls"),
            output(8, f"{OFF}\r\n"),
        )
        == HERE
    )


def test_a_here_document_pasted_is_one_command() -> None:
    assert (
        found(
            output(0, ON + P),
            output(1, "cat <<EOF"),
            output(1.01, f"{OFF}\r\n"),
            output(1.02, f"{ON}> "),
            output(1.03, "hello"),
            output(1.04, f"{OFF}\r\n"),
            output(1.05, f"{ON}> "),
            output(1.06, "EOF"),
            output(1.07, f"{OFF}\r\n"),
            output(1.1, f"hello\r\n{ON}{P}"),
            typed(7, "ls"),
            output(8, f"{OFF}\r\n"),
        )
        == HERE
    )


def test_nothing_is_found_inside_a_full_screen_program() -> None:
    assert found(
        output(0, "$ "),
        typed(1, "vim"),
        output(2, f"\r\n{E}[?1049h"),
        output(2.5, "$ "),
        typed(3, "no"),
        output(4, "\r\n"),
        output(5, f"{E}[?1049l$ "),
        typed(6, "ls"),
        output(7, "\r\n"),
    ) == [("vim", "prompt", "shell"), ("ls", "prompt", "shell")]


def test_an_editor_whose_acceptance_was_edited_out() -> None:
    assert found(
        output(0, f"{ON}$ "),
        typed(1, "ls"),
        output(2, "\r\n"),
        output(2.2, f"{ON}$ "),
        typed(3, "pwd"),
        output(4, "\r\n"),
        output(4.1, f"{ON}$ "),
        output(5, f"{OFF}\r\n"),
    ) == [("ls", "editor-", "shell"), ("pwd", "editor-", "shell")]


def test_what_was_cancelled_or_empty_is_no_command() -> None:
    assert (
        found(
            output(0, f"{ON}$ "),
            typed(1, "rm -rf"),
            output(2, "^C"),
            output(2.01, f"{OFF}\r\n"),
            output(2.1, f"{ON}$ "),
            output(3, f"{OFF}\r\n"),
        )
        == []
    )


def test_output_that_looks_like_a_prompt_is_none() -> None:
    assert found(output(0, "50% "), output(1, "\r\n"), output(2, "done\r\n")) == []


def test_the_input_of_a_chat_program_is_told_from_the_shells() -> None:
    assert found(
        output(0, ON + P),
        typed(1, "q chat"),
        output(2, f"{OFF}\r\n"),
        output(3, f"{ON}> "),
        typed(4, "hi"),
        output(5, f"{OFF}\r\n"),
        output(6, ON + P),
        typed(7, "ls"),
        output(8, f"{OFF}\r\n"),
    ) == [("q chat", "editor", "shell"), ("hi", "editor", "repl"), ("ls", "editor", "shell")]


def test_times_are_those_of_the_prompt_and_of_enter() -> None:
    (command,) = commands(output(0.5, "$ "), typed(2, "ls"), output(3, "\r\n"), output(4, "done"))
    assert (command.time, command.accepted, command.prompt) == (500_000, 3_000_000, "$ ")
    assert command.confidence == 0.95


def test_a_python_session_is_line_input() -> None:
    made = found(output(0, ">>> "), typed(1, "x = 1"), output(2, "\r\n>>> "), typed(3, "x"), output(4, "\r\n1\r\n>>> "))
    assert made == [("x = 1", "prompt", "repl"), ("x", "prompt", "repl")]


def test_a_statement_of_sqlite_goes_on_over_rows_of_line_input() -> None:
    asked = (
        output(0, "sqlite> "),
        typed(1, "select 1"),
        output(2, "\r\n   ...> "),
        typed(3, ";"),
        output(4, "\r\n1\r\n"),
    )
    assert {kind for _, _, kind in found(*asked)} == {"repl"}


@pytest.mark.parametrize(
    "prompt",
    ["127.0.0.1:6379> ", "db.example:6379[2]> ", "redis> ", "MariaDB [(none)]> ", "mysql> ", "sftp> ", "scala> ",
     "shop=# ", "shop=> ", "cqlsh:shop> ", "php > "],
)  # fmt: skip
def test_what_is_said_to_another_program_is_no_command_of_a_shell(prompt: str) -> None:
    asked = output(0, prompt), typed(1, "get a"), output(2, f"\r\n1\r\n{prompt}"), typed(3, "x"), output(4, "\r\n")
    assert {kind for _, _, kind in found(*asked)} == {"repl"}


def test_powershell() -> None:
    assert found(output(0, "PS C:\\> "), typed(1, "dir"), output(2, "\r\n")) == [("dir", "prompt", "shell")]


def test_a_serial_console_without_carriage_returns() -> None:
    made = found(
        output(0, "router# "), typed(1, "show ip"), output(2, "\n\rok\n\rrouter# "), typed(3, "exit"), output(4, "\n")
    )
    assert [text for text, _, _ in made] == ["show ip", "exit"]


def test_a_prompt_with_wide_characters() -> None:
    assert found(output(0, "端末 ❯ "), typed(1, "ls 日本"), output(2, "\r\n")) == [("ls 日本", "prompt", "shell")]


def test_a_prompt_pasted_without_any_pause_is_split_by_what_others_taught() -> None:
    made = commands(
        output(0, ON + P),
        typed(1, "ls"),
        output(2, f"{OFF}\r\n"),
        output(2.2, ON + P),
        output(2.21, "make test"),
        output(2.22, f"{OFF}\r\n"),
    )
    assert [(command.text, command.prompt, command.confidence) for command in made] == [
        ("ls", P, 0.9),
        ("make test", P, 0.8),
    ]


def test_a_signal_split_over_two_events_is_heard() -> None:
    made = found(
        output(0, f"{E}]133;A\a~> {ON}"),
        typed(1, "ls"),
        output(2, f"{OFF}\n{E}]133;C;cmdline_"),
        output(2.001, "url=ls%20-a\a"),
        output(3, f"{E}[?20"),
        output(3.001, "04h~> "),
    )
    assert made == [("ls -a", "exact", "shell")]


def test_control_characters_in_an_exact_command_are_dropped() -> None:
    assert found(output(0, "$ "), output(1, f"{E}]133;C;cmdline_url=a%1b%5b31m%0Ab%07\a")) == [
        ("a[31m\nb", "exact", "shell")
    ]


def test_a_screen_that_scrolls_while_a_command_is_typed() -> None:
    made = found(output(0, "\r\n" * 9 + ON + P), typed(1, "echo " + "x" * 120, 0.01), output(4, f"{OFF}\r\n"))
    assert made[0][0] == "echo " + "x" * 120


def test_a_resize_while_a_command_is_typed() -> None:
    made = found(output(0, ON + P), typed(1, "ma"), resize(1.5, 70, 12), typed(2, "ke"), output(3, f"{OFF}\r\n"))
    assert made == [("make", "editor", "shell")]


def test_a_prompt_that_grows_for_five_seconds_is_not_watched_any_longer() -> None:
    screen = Screen(60, 10)
    detector = Detector(screen, Signals(editor=True))
    detector.hear(0, ON, screen.feed)
    detector.rest(4_999_999, 0)
    assert detector.wants("text")
    detector.rest(5_000_000, 0)
    assert not detector.wants("text")


def test_a_prompt_is_forgotten_when_a_full_screen_program_begins() -> None:
    events = [output(2, f"{E}[?1049h"), output(2.5, "status\r\n"), output(3, f"{E}[?1049l")]
    assert found(output(0, "$ "), typed(1, "vi"), events) == []


SCRIPT = st.lists(
    st.tuples(
        st.sampled_from([0, 10_000, 60_000, 150_000, 6_000_000]),
        st.sampled_from(
            [
                "$ ", "% ", "> ", P, ">>> ", "ls -l", "x" * 30, "a", "日本", "\r\n", "\r\n", "\n", "^C", "\b", "\r",
                ON, OFF, ON + P, f"{E}]133;A\a", f"{E}]133;B\a", f"{E}]133;C\a", f"{E}]133;C;cmdline_url=ls%0a\a",
                f"{E}]633;E;a\\x3b;\a", f"{E}[?1049h", f"{E}[?1049l", f"{E}[2J{E}[H", f"{E}[A", f"{E}c", "   12:00",
                f"{E}[?20", "04h", "<resize>",
            ]
        ),
    ),
    max_size=40,
)  # fmt: skip


def recording(script: list[tuple[int, str]], *, noise: bool = False) -> Cast:
    clock, events = 0, []
    for number, (gap, text) in enumerate(script):
        clock += gap
        if noise:
            events += [Event(clock, "i", "secret"), Event(clock, "m", "")]
        if text == "<resize>":
            events.append(resize(clock / SECOND, 10 + number, 3 + number % 5))
        else:
            events.append(Event(clock, "o", text))
    return cast(events, cols=30, rows=5)


@given(SCRIPT)
def test_commands_are_in_order_clean_and_inside_the_recording(script: list[tuple[int, str]]) -> None:
    given_cast = recording(script)
    made = analyse(given_cast).commands
    assert [command.accepted for command in made] == sorted(command.accepted for command in made)
    for command in made:
        assert 0 <= command.time <= command.accepted <= given_cast.duration
        assert command.text
        assert command.text == command.text.rstrip()
        assert not command.text.endswith("^C")
        assert not any(char < " " and char not in "\n\t" for char in command.text)
        assert 0 < command.confidence <= 1


@given(SCRIPT)
def test_input_and_markers_change_nothing(script: list[tuple[int, str]]) -> None:
    assert analyse(recording(script)).commands == analyse(recording(script, noise=True)).commands


@given(SCRIPT)
def test_nothing_is_found_while_the_alternate_screen_is_on(script: list[tuple[int, str]]) -> None:
    inside = [(gap, text) for gap, text in script if "1049" not in text and text != f"{E}c"]
    assert analyse(recording([(0, f"{E}[?1049h"), *inside])).commands == ()


@pytest.mark.parametrize("prompt", ["$ ", "# ", "❯ ", "user@host:~/src$ ", "λ ", "\ue0b0 "])
def test_prompts_of_many_kinds(prompt: str) -> None:
    made = found(output(0, prompt), typed(1, "make all"), output(2, "\r\n" + prompt), typed(3, "ls"), output(4, "\r\n"))
    assert [text for text, _, _ in made] == ["make all", "ls"]


@pytest.mark.parametrize("prompt", ["➜  ~ ", "~/src: ", "(venv) host ─ "])
def test_prompts_that_only_a_line_editor_gives_away(prompt: str) -> None:
    made = found(output(0, prompt + ON), typed(1, "make all"), output(2, OFF + "\r\n" + prompt + ON), typed(3, "ls"),
                 output(4, OFF + "\r\n"))  # fmt: skip
    assert made == [("make all", "editor", "shell"), ("ls", "editor", "shell")]


def test_labelled_markers_are_no_commands() -> None:
    assert commands(marker(0, "Start"), output(1, "text")) == ()


def test_rows_of_blanks_cost_no_more_than_other_rows() -> None:
    blanks = " " * 200_000
    started = perf_counter()
    assert RIGHT.search(f"a{blanks}b" + "x" * 100) is None
    found_right = RIGHT.search(f"ls{blanks}12:30")
    assert found_right is not None
    assert found_right.start() == 2
    assert perf_counter() - started < 1  # by the square of their number it would be minutes
