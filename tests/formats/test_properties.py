"""Whatever the bytes, every reader gives a sound recording or an error, in bounded time and memory."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import pytest
from formats import made
from formats.test_archive import frames_only, tracked
from hypothesis import given
from hypothesis import strategies as st

from castsite.cast.compressed import inflate
from castsite.cast.kinds import size_fault
from castsite.cast.timeline import prepare
from castsite.cast.write import write
from castsite.errors import Severity
from castsite.formats.model import ALONE, Beside
from castsite.formats.page import embedded
from castsite.formats.read import read_recording
from castsite.limits import KIB, MIB, Limits
from tests.timing import soon

LIMITS = replace(Limits(), file_size=256 * KIB, event_size=16 * KIB, events=2000, archive_member=MIB, archive_total=MIB)
SEEDS: dict[str, tuple[bytes, Beside]] = {
    "ttyrec": (made.ttyrec(), ALONE),
    "ttyrec of 13 bytes": (made.ttyrec(0), ALONE),
    "script": (made.typescript(), Beside(timing=made.timing())),
    "script, advanced": (made.typescript(), Beside(timing=made.advanced(typed="x"), input=made.OPENING + b"ls\n")),
    "typescript": (made.typescript(), ALONE),
    "raw": (made.raw(), ALONE),
    "Terminalizer": (made.terminalizer(), ALONE),
    "VHS": (made.vhs(), ALONE),
    "rec": (made.zipped(made.rec_members(), method=0), ALONE),
    "deflated": (made.zipped(made.tty_members()), ALONE),
    "live": (made.zipped(made.hts1_members(), method=0), ALONE),
    "tracks": (tracked(), ALONE),
    "frames": (made.zipped(frames_only(), method=0), ALONE),
}


@st.composite
def mutated(draw: st.DrawFn, source: bytes) -> bytes:
    """Overwrite, cut out, double and put in a few bytes."""
    data = bytearray(source)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        end = min(at + draw(st.integers(0, 24)), len(data))
        piece = draw(st.one_of(st.binary(max_size=8), st.just(bytes(data[at:end])), st.sampled_from(HOSTILE)))
        how = draw(st.sampled_from(["over", "in", "out"]))
        if how == "over":
            data[at : at + len(piece)] = piece
        elif how == "in":
            data[at:at] = piece
        else:
            del data[at:end]
    return bytes(data)


HOSTILE = [b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x80", b"1e999", b"-1", b"nan", b"\x1b[8;1;1t", b"\x1b[8;99999;99999t"]
HOSTILE += [b"PK\x05\x06", b"[" * 40, b'"\\ud800"', b"9" * 20, b"\n", b"null", b"{}", b"&a ", b"\x1bk", b"\xf0\x9f"]


def is_sound(source: bytes, beside: Beside) -> None:
    inflated = inflate(source, path="demo", limits=LIMITS)
    result = read_recording(inflated.data, path="demo", limits=LIMITS, beside=beside)
    assert (result.cast is None) == any(one.severity is Severity.ERROR for one in result.problems)
    assert all("\n" not in str(one) for one in result.problems)
    assert len(result.problems) < 60
    if result.cast is None:
        return
    header, events = result.cast.header, result.cast.events
    assert not size_fault(header.cols, header.rows, LIMITS)
    assert len(events) <= LIMITS.events + 1
    times = [event.time for event in events]
    assert times == sorted(times)
    assert times[0] >= 0
    ready = prepare(result.cast, limits=LIMITS, path="demo").cast
    if ready is not None:
        again = read_recording(write(ready), path="demo", limits=Limits())
        assert again.problems == ()
        assert again.cast is not None
        assert again.cast.duration == ready.duration


@pytest.mark.parametrize("name", SEEDS)
@given(data=st.data())
def test_a_mutated_recording_is_sound_or_refused(name: str, data: st.DataObject) -> None:
    source, beside = SEEDS[name]
    is_sound(data.draw(mutated(source)), beside)


@given(data=st.data())
def test_a_mutated_timing_file_is_borne(data: st.DataObject) -> None:
    timing = data.draw(mutated(data.draw(st.sampled_from([made.timing(), made.advanced(typed="x")]))))
    is_sound(made.typescript(), Beside(timing=timing, input=data.draw(st.none() | st.binary(max_size=40))))


@given(st.binary(max_size=300))
def test_any_bytes_are_borne(source: bytes) -> None:
    for head in (b"", b"PK\x03\x04", made.OPENING, b"\x1b[8;24;80t", b"config:\nrecords:\n"):
        is_sound(head + source, ALONE)


@given(data=st.data())
def test_any_page_is_borne(data: st.DataObject) -> None:
    page = b"""<!doctype html><script>AsciinemaPlayer.create({data: "\\u{1f600}{\\"version\\": 2}"}, x)</script>
    <asciinema-player src="data:text/plain;base64,e30="></asciinema-player><a href=x.cast>x</a>"""
    for one in embedded(data.draw(mutated(page))):
        assert one.data is not None or one.address


FLOODS = {
    "ttyrec of nothing": made.frame(0, b"x") + made.frame(0, b"") * 50_000,
    "script": made.OPENING + b"\n" * (5 * MIB),
    "raw": b"\x1b[8;24;80t" + b"\x1b[8;24;81t" * 50_000,
    "VHS": f"{'─' * 80}\n".encode() * 5_000,
    "YAML of brackets": b"config:\nrecords: " + b"[" * 500_000,
    "YAML of anchors": b"config:\nrecords: [" + b"&a x, " * 100_000,
    "rows": made.zipped({"manifest.json": made.rec_manifest(), "io.jsonl": b"[]\n" * 3000}, method=0),
    "first line": made.OPENING[:-1] + b"x" * (5 * MIB),
    "blanks": b" " * (5 * MIB),
    "sections": b"config:\n" * 500_000,
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_is_read_or_refused_in_bounded_time_and_memory(name: str) -> None:
    source = FLOODS[name]
    tracemalloc.start()
    try:
        soon(10, lambda: read_recording(source, path="demo", limits=Limits()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 400 * MIB
