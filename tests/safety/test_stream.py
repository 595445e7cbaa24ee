"""The filter of published outputs: what acts is gone, and no screen differs."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from builders import v2
from hypothesis import assume, example, given
from hypothesis import strategies as st
from projects import Project

from castsite.cast.events import OUTPUT, RESIZE
from castsite.cast.read import read
from castsite.cast.timeline import published
from castsite.limits import Limits
from castsite.safety.stream import Stream, without_acts
from castsite.terminal import Screen


def filtered(*texts: str, keep_titles: bool = False) -> list[str]:
    stream = Stream(keep_titles=keep_titles)
    return [stream(text) for text in texts]


@pytest.mark.parametrize(
    "text",
    [
        "plain\r\n\ttext\b\a\x0b\x0c\x0e\x0f",
        "\x1b[1;31mred\x1b[0m\x1b[38:2:1:2:3m\x1b[2J\x1b[H\x1b[3;4H\x1b[10b\x1b[2X\x1b[1;5r\x1b[s\x1b[u\x1b[5W",
        "\x1b[?25l\x1b[?1049h\x1b[?2026h\x1b[4h\x1b[20l\x1b[!p",
        "\x1b7\x1b8\x1bD\x1bE\x1bH\x1bM\x1bc\x1b(0\x1b)B\x1b#8",
        "\x1b]4;1;#ff0000\x1b\\\x1b]10;rgb:ff/ff/ff\x1b\\\x1b]104\x1b\\\x1b]110\x1b\\",
        "\x1b]8;id=a;https://ok.example/?a=1#b\x1b\\link\x1b]8;;\x1b\\",
        "日本語 é 👩‍💻",
    ],
)
def test_what_draws_is_kept(text: str) -> None:
    assert filtered(text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        *("\x00", "\x05", "\x7f", "\x01\x1f"),
        *("\x1bZ", "\x1b[c", "\x1b[0c", "\x1b[6n", "\x1b[?6n", "\x1b[18t", "\x1b[8;30;100t", "\x1b[?2026$p", "\x1b[1x"),
        *(
            "\x1b[>4;2m",
            "\x1b[<u",
            "\x1b[=1c",
            "\x1b[>c",
            "\x1b[?1h",
            "\x1b[?1000h",
            "\x1b[?2004l",
            "\x1b[?1u",
            "\x1b[?J",
        ),
        *("\x1b=", "\x1b>", "\x1b%G", "\x1bN", "\x1b[2 q", '\x1b[1"q', "\x1b[3$r", "\x1b[1é"),
        *("\x1b]0;title\a", "\x1b]2;title\x1b\\", "\x1b]7;file://host/home/ada\a", "\x1b]9;note\a", "\x1b]50;font\a"),
        *(
            "\x1b]52;c;c2VjcmV0\a",
            "\x1b]133;A\a",
            "\x1b]633;E;ls\a",
            "\x1b]777;notify;a;b\a",
            "\x1b]1337;SetUserVar=a=b\a",
        ),
        *("\x1b]11;?\a", "\x1b]4;1;?\a", "\x1b]4;1;url(javascript:1)\a", "\x1b]999;x\a", "\x1b]\a"),
        *("\x1bP1;2qsixel\x1b\\", "\x1b_Gkitty\x1b\\", "\x1b^private\x1b\\", "\x1bXstring\x1b\\"),
        *("\x9b6n", "\x9d0;title\x9c", "\x90payload\x9c", "\x1b[12;\x18", "\x1b]8 broken\a"),
        *("\x1b[12", "\x1b", "\x1b]0;never ends", "\x1bPnever ends", "\x1b("),
    ],
)
def test_what_acts_is_not(text: str) -> None:
    assert filtered(f"a{text}") == ["a"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("\x1b[?1;25;1000l", "\x1b[?25l"),
        ("\x1b[4;12h", "\x1b[4h"),
        ("\x1b[?25:1;1000l", "\x1b[?25l"),
        ("\x1b[1#!p", "\x1b[!p"),
        ("\x1b%#8", "\x1b#8"),
        ("\x1b#!(0", "\x1b(0"),
        ("\x1b(!0", ""),
        ("\x1b[?1!p", "\x1b[!p"),
        ("\x9b31m\x85", "\x1b[31m\x1bE"),
        ("\x1b[3\n1m", "\n\x1b[31m"),
        ("\x1b]8;;javascript:alert(1)\ax\x1b]8;;\a", "\x1b]8;;\x1b\\x\x1b]8;;\x1b\\"),
        ("\x1b]8;;file:///etc/passwd\ax", "\x1b]8;;\x1b\\x"),
        ("\x1b]8;;HTTPS://Ok.example\ax", "\x1b]8;;HTTPS://Ok.example\x1b\\x"),
        ("\x1b]0;lost\x18shown", "shown"),
        ("\x1b]0;a\x1b[1mb", "\x1b[1mb"),
        ("\x1b[2\x1b[1mb", "\x1b[1mb"),
    ],
)
def test_what_is_kept_of_a_mixture(text: str, kept: str) -> None:
    assert filtered(text) == [kept]


def test_a_sequence_stands_where_it_ends() -> None:
    assert filtered("a\x1b", "[3", "1mb", "\x1b]0;ti", "tle", "\ac") == ["a", "", "\x1b[31mb", "", "", "c"]
    assert filtered("\x1b[3\n", "1m") == ["\n", "\x1b[31m"]


@pytest.mark.parametrize("modes", ["25:", "25:1", "25;:", "025", "65561", "1" * 31 + "0000025", "1:25", ":25", "25;25"])
@pytest.mark.parametrize("before", ["", "1;" * 30, "1;" * 31, "1;" * 32, "1;" * 31 + ";;", "1:2:3;" * 31 + "2;"])
def test_modes_are_read_as_the_engine_reads_them(before: str, modes: str) -> None:
    for sequence in (f"\x1b[?{before}{modes}l", f"\x1b[{before}{modes.replace('25', '4')}h"):
        engine, shown = Screen(12, 5), Screen(12, 5)
        for screen in (engine, shown):
            screen.feed("abc\r")
        engine.feed(f"{sequence}x")
        shown.feed("".join(filtered(sequence, "x")))
        assert shown.snapshot() == engine.snapshot()


def test_titles_may_be_kept_without_what_hides_in_them() -> None:
    assert filtered("\x1b]0;a\u202eb\x01c\a", keep_titles=True) == ["\x1b]0;abc\x1b\\"]
    assert filtered("\x1b]52;c;eA==\a", keep_titles=True) == [""]


def test_A46_what_never_ends_costs_nothing() -> None:
    for begin in ("\x1b]0;", "\x1bP", "\x1b["):
        stream = Stream()
        assert stream(begin) == ""
        assert {stream("1" * 5000) for _ in range(1000)} == {""}
        assert len(stream._open) <= 4096


def test_of_several_intermediate_characters_the_last_one_counts() -> None:
    between = [chr(code) for code in range(0x20, 0x30)]
    drawn = "ab\x1b[2;3H\x1b[31m\x1b[?6h\x1b[4h\x1b7x"
    for first, last in product(between, between):
        for sequence in (
            f"\x1b[{first}{last}p",
            f"\x1b[?25{first}{last}p",
            f"\x1b{first}{last}0",
            f"\x1b{first}{last}8",
        ):
            before, after = Screen(8, 4), Screen(8, 4)
            before.feed(f"{drawn}{sequence}qz")
            after.feed("".join(filtered(drawn, sequence, "qz")))
            assert after.snapshot() == before.snapshot(), sequence
    assert filtered("\x1b[" + "#" * 5000 + "!", "p") == ["", "\x1b[!p"]


FINALS = [chr(code) for code in range(0x40, 0x7F)]
PARTS = st.one_of(
    st.sampled_from(
        ["\x1b", "\x1b[", "\x1b]", "\x1bP", "\x1b\\", "\a", "\x9b", "\x9c", "\x18", "\x1bX", "\x1bk", "\x84"]
    ),
    st.sampled_from(["0", "1", "2", "25", "47", "1049", ";", ":", "?", ">", "<", "=", "!", " ", "$", "#", "(", ")"]),
    st.sampled_from([*FINALS, "é", "漢", "\n", "\r", "\b", "\t", "\x0e", "\x0f", "\x00", "\x7f", "text"]),
)


@given(st.lists(st.lists(PARTS, max_size=8).map("".join), max_size=12))
@example(["\x1b[", "é1A"])
@example(["\x1b[1", "\x1b", "[A"])
def test_no_screen_differs(texts: list[str]) -> None:
    assume(not re.search(r"\d{4}[^A-Za-z]*b", "".join(texts)))  # a screen bounds repeats of which it sees the whole
    before, after = Screen(12, 5), Screen(12, 5)
    for text, kept in zip(texts, filtered(*texts), strict=True):
        before.feed(text)
        after.feed(kept)
        assert after.snapshot() == before.snapshot()
    # nothing that was left out would have shown itself later
    probe = "x\x1b[2;2H\tq\r\nw" + "y" * 30 + "\n\n`ab\x0ea\x0f\x1b8z\x1b[1Aq"
    before.feed("\x18" + probe)
    after.feed("\x18" + probe)
    assert after.snapshot() == before.snapshot()


@given(st.lists(st.lists(PARTS, max_size=8).map("".join), max_size=12))
def test_what_was_filtered_stays_as_it_is(texts: list[str]) -> None:
    once = filtered(*texts)
    assert filtered(*once) == once


def test_every_screen_of_real_recordings_is_what_it_was(corpus: Path) -> None:
    different = []
    for path in sorted(corpus.rglob("*.cast")):
        cast = read(path.read_bytes(), path=path.name, limits=Limits()).cast
        if cast is None:
            continue
        whole = published(cast)
        before, after, stream = (*(Screen(cast.header.cols, cast.header.rows) for _ in range(2)), Stream())
        for event in whole.events:
            if event.code == RESIZE:
                before.resize(*event.size)
                after.resize(*event.size)
            elif event.code == OUTPUT:
                kept = stream(event.data)
                before.feed(event.data)
                after.feed(kept)
                if kept != event.data and (before.read(), before.cursor()) != (after.read(), after.cursor()):
                    different.append(path.name)
        if before.snapshot() != after.snapshot():
            different.append(path.name)
    assert different == []


def test_A44_A45_nothing_that_acts_is_published(tmp_path: Path) -> None:
    acts = "\x1b[8;60000;60000t\x1b[?6n\x1b[>4;2m\x1b[?1m\x1b[c\x1bZ\x05\x1b[?1000h\x1b]7;file://h/home/ada\a"
    site = Project(tmp_path).write(
        {"castsite.yml": "title: S\n", "content/a.cast": v2([0.5, "o", f"shown{acts}"], [1, "o", acts])}
    )
    site.build()
    told = site.published()["a.cast"].decode()
    assert re.findall(r"\\u001b|ada|\x1b", told) == []
    assert told.count("shown") == 1
    assert '[1.0,"o",""]' in told  # the end stays where it is


def test_a_clean_recording_is_the_same_object() -> None:
    cast = read(v2([1, "o", "\x1b[1mhello\r\n"]), path="a.cast", limits=Limits()).cast
    assert cast is not None
    assert without_acts(cast) is cast


@given(
    st.lists(st.tuples(st.sampled_from("oooi"), st.lists(PARTS, max_size=4).map("".join)), max_size=8), st.booleans()
)
def test_a_cast_is_filtered_as_its_outputs_are_one_after_the_other(
    events: list[tuple[str, str]], keep_titles: bool
) -> None:
    cast = read(v2(*([number, code, data] for number, (code, data) in enumerate(events))), path="x.cast").cast
    assume(cast is not None)
    assert cast is not None
    stream = Stream(keep_titles=keep_titles)
    wanted = [(code, stream(data) if code == OUTPUT else data) for _, code, data in cast.events]
    made = without_acts(cast, keep_titles=keep_titles)
    outputs = [event.data for event in made.events if event.code == OUTPUT and event.data]
    assert outputs == [data for code, data in wanted if code == OUTPUT and data]
    assert (made is cast) == (wanted == [(code, data) for _, code, data in cast.events])
