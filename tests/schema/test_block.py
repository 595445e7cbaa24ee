"""The front matter block is cut off by its two lines of dashes, and by nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castsite.errors import Severity
from castsite.limits import KIB, Limits
from castsite.schema.block import Block, split

HEADER = b'{"version": 2, "width": 80, "height": 24}\n'


def cut(source: bytes, limits: Limits | None = None) -> Block:
    return split(source, path="content/a.cast", limits=limits)


def the_error(source: bytes) -> str:
    block = cut(source)
    assert (block.front, block.rest) == (None, b"")
    assert [problem.severity for problem in block.problems] == [Severity.ERROR]
    return str(block.problems[0])


def test_a_file_without_a_block_is_left_as_it_is() -> None:
    assert cut(HEADER) == Block(None, 1, HEADER, 1)
    assert cut(b"") == Block(None, 1, b"", 1)
    for source in (b"--- \x00x\n", b"----\n", b" ---\n", b"\n---\n---\n", b"text\n---\n"):
        assert cut(source) == Block(None, 1, source, 1)


def test_the_block_ends_at_the_next_dashes_and_the_rest_keeps_its_line_number() -> None:
    assert cut(b"---\ntitle: x\ndate: y\n---\n" + HEADER) == Block("title: x\ndate: y\n", 2, HEADER, 5)
    assert cut(b"---\n---\nbody") == Block("", 2, b"body", 3)
    assert cut(b"---\na: 1\n---") == Block("a: 1\n", 2, b"", 4)


def test_a_later_line_of_dashes_belongs_to_the_body() -> None:
    assert cut(b"---\na: 1\n---\nb\n---\nc\n").rest == b"b\n---\nc\n"


def test_dashes_with_more_on_the_line_or_before_them_do_not_end_it() -> None:
    source = b"---\na: |\n  ---\nb: '---'\n---- x\n---\nbody"
    assert cut(source) == Block("a: |\n  ---\nb: '---'\n---- x\n", 2, b"body", 7)


def test_a_byte_order_mark_windows_line_ends_and_blanks_after_the_dashes_make_no_difference() -> None:
    assert cut(b"\xef\xbb\xbf---\r\na: 1\r\n--- \t\r\nbody\r\n") == Block("a: 1\n", 2, b"body\r\n", 4)
    assert cut(b"\xef\xbb\xbf" + HEADER) == Block(None, 1, HEADER, 1)


def test_B11_a_block_that_never_ends_is_an_error_with_its_line() -> None:
    told = "1:1: bad-front-matter: front matter begins here and never ends; close it with a line ---"
    for source in (b"---", b"---\n", b"---\ntitle: x\n", b"---\ntitle: x\n ---\n", b"---\n" + HEADER):
        assert the_error(source) == f"error: content/a.cast:{told}"


def test_B05_a_block_of_64_kib_is_read_and_one_more_byte_is_an_error() -> None:
    front = b"#" * (64 * KIB - 1) + b"\n"
    assert cut(b"---\n" + front + b"---\n").front == front.decode()
    told = the_error(b"---\n#" + front + b"---\n")
    assert "at most 64 KiB" in told
    assert "front matter of 65,537 bytes; " in told
    assert "65 KiB" in the_error(b"---\n" + b"#" * (65 * KIB - 1) + b"\n---\n")


def test_F38_the_owner_may_raise_the_size_of_a_block() -> None:
    source = b"---\n" + b"#" * 70_000 + b"\n---\n"
    assert cut(source, Limits(front_matter=80_000)).front is not None


def test_toml_is_named_for_what_it_is() -> None:
    assert the_error(b"+++\ntitle = 'x'\n+++\n").endswith("write YAML between --- lines")


def test_a_byte_that_is_not_utf8_is_told_with_its_line_and_column() -> None:
    told = "error: content/a.cast:3:9: bad-front-matter: byte \\xe9 is not UTF-8; save the file as UTF-8"
    assert the_error("---\na: 1\ntitle: é".encode() + b"\xe9\n---\n") == told


INSIDE = b"""---
title: x
description: |
  before
---
  after
tags: [a]
---
body
"""


def test_dashes_inside_a_text_that_goes_on_are_an_error_with_their_line() -> None:
    told = "error: content/a.cast:5:1: bad-front-matter: front matter ends at line 5 inside a text; indent the dashes"
    assert the_error(INSIDE) == told


@pytest.mark.parametrize(
    "body",
    [
        b"  indented code\n",
        b"Note: x\n---\nmore\n",
        b"body\n---\n",
        b"  code\n\nprose\n---\n",
        b"\n\nprose\n---\nmore",
        b"",
        HEADER,
    ],
)
def test_a_text_may_be_the_last_value_of_a_block(body: bytes) -> None:
    assert cut(b"---\ndescription: |\n  text\n---\n" + body) == Block("description: |\n  text\n", 2, body, 5)


@given(st.binary(max_size=300))
def test_P2_any_bytes_are_cut_without_losing_one(source: bytes) -> None:
    block = cut(source)
    if block.front is None and not block.problems:
        assert source.removeprefix(b"\xef\xbb\xbf") == block.rest


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=100), st.binary(max_size=100))
def test_P2_what_stands_between_the_dashes_comes_back(text: str, rest: bytes) -> None:
    lines = [line for line in text.split("\n") if not line.startswith("---") and "|" not in line and ">" not in line]
    front = "".join(f"{line}\n" for line in lines)
    assert cut(b"---\n" + front.encode() + b"---\n" + rest) == Block(front, 2, rest, len(lines) + 3)
