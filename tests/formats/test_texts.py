"""Formats that are texts: Terminalizer, VHS, raw output; and what only looks like a recording."""

from __future__ import annotations

import json

import pytest
from builders import output, resize
from formats import made
from formats.reading import cast_of, found, played, texts, the_error, told

from castsite.formats.model import Owner
from tests.timing import soon

CONFIG = "config:\n  command: null\n  cols: 90\n  rows: 26\n"


def yaml(*records: str, config: str = CONFIG) -> bytes:
    return (config + "records:\n" + "".join(f"  - {record}\n" for record in records)).encode()


@pytest.mark.parametrize("text", ["y", "no", "12:30:45", "~", "0x10", "1e3", "null", "2026-01-01"])
def test_M07_what_looks_like_something_else_stays_text(text: str) -> None:
    assert texts(yaml(f"{{delay: 5, content: {text}}}")) == text


def test_M07_anchors_are_refused_with_their_line() -> None:
    error = the_error(yaml("{delay: &a 5, content: x}", "{delay: *a, content: y}"))
    assert "anchors" in error.text
    assert error.place.line == 6


@pytest.mark.parametrize("delay", ["-5", ".inf", ".nan", "soon", "[1]"])
def test_M07_a_delay_that_is_none_counts_as_nothing(delay: str) -> None:
    source = yaml("{delay: 100, content: a}", f"{{delay: {delay}, content: b}}", "{delay: 50, content: c}")
    assert [event.time for event in played(source)] == [100_000, 100_000, 150_000]
    assert "no number of milliseconds" in told(found(source))[0]


@pytest.mark.parametrize("record", ["{delay: 50}", "{delay: 50, content: [x]}", "{delay: 50, text: x}"])
def test_M07_the_delay_of_a_record_without_content_counts(record: str) -> None:
    source = yaml("{delay: 100, content: a}", record, "{delay: 50, content: c}")
    assert [(event.time, event.data) for event in played(source)] == [(100_000, "a"), (200_000, "c")]
    assert "without content" in told(found(source))[0]


def test_what_terminalizer_says_of_itself_becomes_the_header() -> None:
    colours = "".join(
        f"    {name}: '#0000{index:02x}'\n"
        for index, name in enumerate(
            ["background", "foreground", "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
            + [f"bright{n}" for n in ("Black", "Red", "Green", "Yellow", "Blue", "Magenta", "Cyan", "White")]
        )
    )
    config = (
        "config:\n  command: zsh\n  cols: 90\n  rows: 26\n  frameDelay: auto\n  maxIdleTime: 2000\n"
        "  frameBox: {type: floating, title: Demo, style: {}}\n  theme:\n" + colours
    )
    header = cast_of(yaml("{delay: 5, content: x}", config=config)).header
    assert (header.cols, header.rows, header.title, header.command, header.idle_limit) == (
        *(90, 26, "Demo", "zsh"),
        2_000_000,
    )
    assert header.theme is not None
    assert (header.theme.background, header.theme.palette[0], header.theme.palette[15]) == (
        *("#000000", "#000002"),
        "#000011",
    )
    plain = cast_of(yaml("{delay: 5, content: x}", config=config.replace("#000000", "transparent"))).header
    assert plain.theme is None


def test_one_delay_for_all_and_a_size_that_is_not_said() -> None:
    source = yaml(
        "{delay: 5, content: a}", "{delay: 900, content: b}", config="config:\n  cols: auto\n  frameDelay: 40\n"
    )
    assert [event.time for event in played(source)] == [40_000, 80_000]
    assert cast_of(source).header.cols == 80


def test_emoji_as_javascript_writes_them() -> None:
    assert texts(yaml('{delay: 5, content: "\\uD83D\\uDE00 \\e[0m"}')) == "😀 \x1b[0m"


def test_a_long_one_with_emoji_is_read_in_time() -> None:
    record = json.dumps("line of output 😀 and some more\r\n")
    source = yaml(*[f"{{delay: 5, content: {record}}}"] * 20_000)
    assert soon(20, lambda: len(played(source))) == 20_000


def test_M08_equal_screens_are_one() -> None:
    rule = "─" * 80
    source = f"$ ls\n\n{rule}\n".encode() * 10_000
    assert [event.data for event in played(source)] == ["\x1b[H\x1b[2J$ ls", ""]
    assert "made up" in told(found(source))[0]


@pytest.mark.parametrize(
    ("source", "word"),
    [
        (b'Output demo.gif\nSet FontSize 20\nType "ls"\n', "tape script"),
        (b"#!/bin/bash\n#doitlive shell: /bin/bash\nls\n", "doitlive"),
        (b"#!/bin/bash\n. ../demo-magic.sh -d\npe 'ls'\n", "demo-magic"),
        (b"#!/bin/bash\n#$ delay 40\nls\n", "asciinema-automation"),
    ],
)
def test_M08_a_script_is_refused_with_what_to_do(source: bytes, word: str) -> None:
    error = the_error(source)
    assert word in error.text
    assert "record its run instead" in error.text


def test_screens_of_vhs_follow_each_other_and_the_largest_fits() -> None:
    rule = "─" * 80
    source = f"a\n\n{rule}\na\n{'b' * 30}  \n{rule}\n".encode()
    cast = cast_of(source)
    assert (cast.header.cols, cast.header.rows) == (30, 2)
    assert cast.events == (
        output(0, "\x1b[H\x1b[2Ja"),
        output(0.5, "\x1b[H\x1b[2Ja\r\n" + "b" * 30),
        output(1, ""),
    )


def test_raw_output_begins_with_its_size_and_is_resized() -> None:
    cast = cast_of(b"\x1b[8;26;90t$ ls\r\n\x1b[8;30;100tREADME\r\n")
    assert (cast.header.cols, cast.header.rows) == (90, 26)
    assert cast.events == (output(0.06, "$ ls\r\n"), resize(0.12, 100, 30), output(0.12, "README\r\n"))
    assert found(made.raw(), owner=Owner(cps=10)).synthetic
