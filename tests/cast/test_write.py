"""The published form: asciicast v2 that every tool reads, byte for byte."""

from __future__ import annotations

import json

import pytest
from builders import cast, marker, output, resize

from castsite.cast.events import Event, TerminalTheme
from castsite.cast.write import write

THEME = TerminalTheme("#ffffff", "#000000", ("#111111",) * 8)


def test_header_holds_what_is_allowed_and_no_more() -> None:
    recording = cast(
        output(0, "x"),
        title='A "quoted" title',
        timestamp=1_700_000_000,
        idle_limit=2_000_000,
        theme=THEME,
        command="/bin/secret",
        env=(("SHELL", "/bin/secret"),),
        term_type="xterm",
        term_version="VTE(7802)",
        tags=("a",),
    )
    palette = ":".join(["#111111"] * 8)
    assert json.loads(write(recording).split(b"\n")[0]) == {
        "version": 2,
        "width": 80,
        "height": 24,
        "title": 'A "quoted" title',
        "theme": {"fg": "#ffffff", "bg": "#000000", "palette": palette},
    }
    assert json.loads(write(recording, timestamp=True).split(b"\n")[0])["timestamp"] == 1_700_000_000
    assert json.loads(write(recording, title="Better").split(b"\n")[0])["title"] == "Better"


def test_absent_values_are_not_written() -> None:
    assert write(cast(output(0, "x"))) == b'{"version": 2, "width": 80, "height": 24}\n[0.0,"o","x"]\n'
    assert b"timestamp" not in write(cast(output(0, "x")), timestamp=True)


def test_events_are_lines_exact_to_the_microsecond() -> None:
    events = [output(0.000001, "é\r\n\x1b[0m"), output(0.123456, "/"), resize(61, 100, 30), marker(86_400, 'say "hi"')]
    assert write(cast(*events, output(86_400.000001, ""))).decode().splitlines()[1:] == [
        '[1e-6,"o","é\\r\\n\\u001b[0m"]',
        '[0.123456,"o","/"]',
        '[61.0,"r","100x30"]',
        '[86400.0,"m","say \\"hi\\""]',
        '[86400.000001,"o",""]',
    ]


def test_A39_controls_are_cleaned_where_a_terminal_would_see_them() -> None:
    events = [
        output(1, "a\x00\x7f"),
        output(2, "\x00\x7f"),
        Event(3_000_000, "i", "\x00\x7f\x9b"),
        marker(4, "\x00\x7f\x9bx"),
        output(5, "\x9b1m\x85\x80\x9f\xa0é"),
        output(6, "\x00"),
    ]
    lines = [json.loads(line) for line in write(cast(*events)).splitlines()[1:]]
    assert lines == [
        [1.0, "o", "a"],
        [3.0, "i", "\x00\x7f\x9b"],
        [4.0, "m", "x"],
        [5.0, "o", "\x1b[1m\x1bE\x1b@\x1b_\xa0é"],
        [6.0, "o", ""],
    ]


@pytest.mark.parametrize(("control", "written"), [("\x00", ""), ("\x7f", ""), ("\x80", "\x1b@"), ("\x9f", "\x1b_")])
def test_A39_each_control_is_cleaned_on_its_own(control: str, written: str) -> None:
    lines = write(cast(output(1, f"a{control}b"))).splitlines()
    assert json.loads(lines[1]) == [1.0, "o", f"a{written}b"]


def test_text_that_only_looks_like_an_escaped_control_is_left_alone() -> None:
    lines = write(cast(output(1, "\\u0000"), output(2, "é"))).splitlines()[1:]
    assert [json.loads(line)[2] for line in lines] == ["\\u0000", "é"]


def test_exit_and_unknown_events_are_never_written() -> None:
    recording = cast(output(1, "a"), Event(2_000_000, "zz", "?"), Event(3_000_000, "x", "0"), output(4, "b"))
    assert [json.loads(line)[1] for line in write(recording).splitlines()[1:]] == ["o", "o"]
