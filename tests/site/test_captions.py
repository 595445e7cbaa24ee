from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castsite.analysis.model import Captions, Cue
from castsite.limits import SECOND, Limits
from castsite.render.captions import captions_file
from castsite.site.captions import CaptionFile, read_captions

LIMITS = Limits()


def parsed(data: bytes) -> CaptionFile:
    return read_captions(data, path="a.vtt", limits=LIMITS)


def read(text: str) -> list[Cue]:
    found = parsed(text.encode())
    assert found.problems == ()
    return list(found.cues)


def cue(start: float, end: float, text: str) -> Cue:
    return Cue(round(start * SECOND), round(end * SECOND), text)


def test_cues_are_read_with_their_times_and_their_text_alone() -> None:
    written = """WEBVTT - spoken words
Kind: captions

STYLE
::cue { color: red }

NOTE for ourselves

first
00:01.000 --> 00:04.500 align:start position:10%
<v Ada>Two <b>lines</b> &amp;
one\ttab

01:02:03.004 --> 01:02:04.000
&lt;Enter&gt;
"""
    assert read(written) == [cue(1, 4.5, "Two lines &\none tab"), cue(3723.004, 3724, "<Enter>")]


def test_subrip_is_read_as_well() -> None:
    assert read("1\r\n00:00:01,000 --> 00:00:02,000\r\nHello\r\n\r\n2\r\n") == [cue(1, 2, "Hello")]


def test_cues_are_put_in_the_order_of_their_starts() -> None:
    assert [one.text for one in read("0:09.000 --> 0:10.000\nb\n\n0:01.000 --> 0:02.000\na\n")] == [
        "a",
        "b",
    ]


@pytest.mark.parametrize(
    ("written", "line", "said"),
    [
        ("WEBVTT\n\n00:01.000 --> 00:61.000\nx\n", 3, "00:61.000"),
        ("WEBVTT\n\n00:01.000 -->\nx\n", 3, "is no line of times"),
        ("WEBVTT\n\n00:02.000 --> 00:01.000\nx\n", 3, "ends before it begins"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n\nx\n", 3, "has no text"),
        ("WEBVTT\n\nwords without a time\n", 0, "no captions in it"),
    ],
)
def test_what_is_no_cue_is_told_with_its_line(written: str, line: int, said: str) -> None:
    found = parsed(written.encode())
    assert found.cues == ()
    assert [(problem.place.line, said in problem.text) for problem in found.problems] == [(line, True)]


def test_the_other_cues_of_a_file_are_kept() -> None:
    found = parsed(b"WEBVTT\n\nx --> y\nlost\n00:01.000 --> 00:02.000\nkept\n")
    assert [one.text for one in found.cues] == ["kept"]
    assert len(found.problems) == 1


def test_what_is_no_markup_stays() -> None:
    assert read("0:01.000-->0:02.000\nx < 3 then <b>y</b> <unfinished\n")[0].text == "x < 3 then y <unfinished"


def test_hidden_characters_are_left_out() -> None:
    assert read("0:01.000 --> 0:02.000\na\u202eb\n")[0].text == "ab"
    found = parsed("0:01.000 --> 0:02.000\n\u200e\n".encode())
    assert [problem.text for problem in found.problems] == ["it has no text; it is left out"]


def test_the_cure_for_a_file_without_captions_is_one() -> None:
    (problem,) = parsed(b"WEBVTT\n").problems
    assert read(problem.text.partition("write ")[2] + "\nx\n") == [cue(1, 4, "x")]


def test_a_file_that_is_not_text_at_all_says_that_nothing_was_read() -> None:
    found = parsed("WEBVTT\n\n00:01.000 --> 00:02.000\nx\n".encode("utf-16"))
    assert [problem.code for problem in found.problems] == ["not-utf-8", "no-cues"]


def test_bytes_that_are_not_utf_8_are_replaced_and_told() -> None:
    found = parsed(b"WEBVTT\n\n00:01.000 --> 00:02.000\ncaf\xe9\n")
    assert [one.text for one in found.cues] == ["caf\ufffd"]
    assert [problem.code for problem in found.problems] == ["not-utf-8"]


def test_long_cues_are_cut_and_those_too_many_left_out() -> None:
    many = "WEBVTT\n\n" + "00:01.000 --> 00:02.000\nx\n\n" * (LIMITS.cues + 1)
    found = parsed(many.encode())
    assert (len(found.cues), [problem.code for problem in found.problems]) == (LIMITS.cues, ["too-many-cues"])
    long = parsed(f"00:01.000 --> 00:02.000\n{'x' * 5000}\n".encode())
    assert [len(one.text) for one in long.cues] == [LIMITS.cue_length]
    assert [str(problem) for problem in long.problems] == [
        "warning: a.vtt:1:1: long-cue: 5000 characters; cut after 500 (limits: cue_length), make two of it"
    ]


@pytest.mark.parametrize("part", ["<", "NOTE", "-->", "a\n", "&", "00:01.000 --> 00:02.000\n", "STYLE\n"])
def test_a_hostile_file_of_the_largest_size_takes_no_time(part: str) -> None:
    start = time.process_time()
    parsed((part * LIMITS.captions_size)[: LIMITS.captions_size].encode())
    assert time.process_time() - start < 5


@given(st.binary())
def test_any_bytes_can_be_read(data: bytes) -> None:
    parsed(data)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 10**9), st.integers(1, 10**9), st.text("ab<>&-\t é\n", min_size=1) | st.just("a --> b")
        )
    )
)
def test_what_is_published_reads_back_the_same(found: list[tuple[int, int, str]]) -> None:
    cues = [
        Cue(
            start * 1000,
            (start + length) * 1000,
            "\n".join(filter(None, (" ".join(row.split()) for row in text.split("\n")))),
        )
        for start, length, text in found
    ]
    kept = sorted(one for one in cues if one.text)
    again = parsed(captions_file(Captions("en", tuple(kept))))
    assert [(one.start, one.end, one.text) for one in again.cues] == [(one.start, one.end, one.text) for one in kept]
