from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castsite.record.marks import LONGEST, START, Mark, Sieve, sequence

TEXTS = st.lists(
    st.one_of(
        st.binary(max_size=12),
        st.text(max_size=8).map(lambda text: sequence(" ".join(text.split()))),
        st.sampled_from([b"\x1b", b"\x1b]", START, START[:-2], b"\x1b\\", b"\x1b]0;title\x07"]),
    ),
    max_size=8,
).map(b"".join)


def joined(found: list[bytes | Mark]) -> list[bytes | Mark]:
    """Join what passes between two markers."""
    made: list[bytes | Mark] = []
    for piece in found:
        before = made[-1] if made else None
        if isinstance(piece, bytes) and isinstance(before, bytes):
            made[-1] = before + piece
        else:
            made.append(piece)
    return [piece for piece in made if piece != b""]


def sieved(*parts: bytes) -> list[bytes | Mark]:
    sieve = Sieve()
    found = [piece for part in parts for piece in sieve.feed(part)]
    return joined([*found, sieve.rest()])


@given(data=TEXTS, cuts=st.lists(st.integers(0, 200), max_size=6))
def test_where_a_stream_is_cut_makes_no_difference(data: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    parts = [data[start:end] for start, end in pairwise(edges)]
    assert sieved(*parts) == sieved(data)


@given(before=st.binary(max_size=20).filter(lambda data: b"\x1b" not in data), label=st.text(max_size=40))
def test_a_marker_is_taken_out_with_its_label(before: bytes, label: str) -> None:
    wanted = " ".join(label.split())
    assert sieved(before + sequence(wanted) + b"after") == joined([before, Mark(wanted), b"after"])


@given(data=TEXTS)
def test_nothing_but_markers_is_taken_out(data: bytes) -> None:
    left = b"".join(piece for piece in sieved(data) if isinstance(piece, bytes))
    if START not in data:
        assert left == data


def test_what_is_too_long_for_a_marker_passes() -> None:
    long = START + b"x" * (LONGEST + 1) + b"\x1b\\"
    assert sieved(long) == [long]
    assert sieved(START + b"x" * LONGEST + b"\x1b\\") == [Mark("x" * LONGEST)]
    with pytest.raises(ValueError, match="1,025 bytes when encoded; the limit is 1,024"):
        sequence("x" * 1025)


def test_what_is_held_back_is_never_much() -> None:
    sieve = Sieve()
    assert sieve.feed(b"a\x1b") == [b"a"]
    assert sieve.feed(b"[1mb") == [b"\x1b[1mb"]
    sieve.feed(START)
    for _ in range(3 * LONGEST):
        sieve.feed(b"x")
    assert len(sieve.rest()) <= LONGEST + len(START) + 2
