"""Laws of reading and writing, over recordings that look right and over what becomes of them."""

from __future__ import annotations

import json
import re

import pytest
from builders import v2
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from castsite.cast.events import Cast, Event
from castsite.cast.kinds import size_fault
from castsite.cast.read import Reading, read
from castsite.cast.timeline import prepare
from castsite.cast.write import write
from castsite.errors import Severity
from castsite.limits import Limits

LIMITS = Limits()
MOST_MESSAGES = 50

fragments = st.sampled_from(
    [
        "$ ls\r\n",
        "\x1b[31mred\x1b[0m",
        "\x1b",
        "[2J",
        "\x1bkvim",
        "k",
        "\x1b\\",
        "\x9b1m",
        "\x9c",
        "\x1b]0;t\x07",
        "\x00",
        "\x7f",
        "é✓😀",
        "\\u0000",
        "\x1b[8;30;100t",
        "",
    ]
)
texts = st.one_of(st.lists(fragments, max_size=6).map("".join), st.text(max_size=20))
times = st.one_of(st.floats(0, 100), st.integers(0, 100), st.sampled_from([1e-7, 86_400, 100_000, 1e9, 1e14, -1]))
events = st.one_of(
    st.tuples(times, st.just("o"), texts),
    st.tuples(times, st.sampled_from("oooim"), texts),
    st.tuples(times, st.just("r"), st.sampled_from(["100x30", "80x24", "1x1", "foo", "0x0", "2000x1"])),
    st.tuples(times, st.sampled_from(["x", "zz", ""]), st.one_of(texts, st.none(), st.integers())),
    st.lists(st.one_of(times, texts, st.none(), st.booleans()), max_size=5),
)
sizes = st.sampled_from([80, 80, 80, 132, 132, 1, 200, "80", 80.0, 0, None, 1000, -1])
headers = st.fixed_dictionaries(
    {"version": st.sampled_from([2, 2, 2, 3, 3, 3])},
    optional={
        "width": sizes,
        "height": sizes,
        "term": st.fixed_dictionaries({"cols": sizes, "rows": sizes}),
        "title": st.one_of(texts, st.none(), st.integers()),
        "timestamp": st.one_of(st.integers(), st.floats(), texts),
        "idle_time_limit": st.one_of(st.floats(), st.none(), st.just(2)),
        "theme": st.sampled_from([{}, None, {"fg": "#fff", "bg": "#000", "palette": ":".join(["#123456"] * 16)}]),
        "env": st.dictionaries(texts, st.one_of(texts, st.none()), max_size=3),
    },
)


@st.composite
def recordings(draw: st.DrawFn) -> bytes:
    """Make a recording that looks right."""
    header, rows = draw(headers), draw(st.lists(events, max_size=20))
    if draw(st.integers(0, 5)) == 0:
        frames = [[row[0], row[-1]] for row in rows if row]
        document = {**header, "version": 1, "stdout": [[0.5, "$ "], *frames]}
        return json.dumps(document, indent=draw(st.sampled_from([None, 1]))).encode()
    rows.insert(draw(st.integers(0, len(rows))), (0.5, "o", "$ "))
    end = draw(st.sampled_from(["\n", "\n", "\r\n", "\n\n"]))
    return "".join(json.dumps(line) + end for line in [header, *rows]).encode()


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Cut, repeat, swap and overwrite parts of a recording."""
    source = bytearray(draw(recordings()))
    for _ in range(draw(st.integers(0, 3))):
        at, length = draw(st.integers(0, len(source))), draw(st.integers(0, 12))
        piece = draw(
            st.one_of(st.binary(max_size=6), st.sampled_from([b"NaN", b"1e999", b"\\ud800", b'"', b"[[", b""]))
        )
        source[at : at + length] = draw(st.sampled_from([piece, bytes(source[at : at + length]) * 2]))
    return bytes(source)


def reading(source: bytes) -> Reading:
    result = read(source, path="demo.cast")
    assert (result.cast is None) == any(problem.severity is Severity.ERROR for problem in result.problems)
    assert len(result.problems) <= MOST_MESSAGES
    assert all("\n" not in str(problem) for problem in result.problems)
    return result


def check_model(cast: Cast) -> None:
    assert size_fault(cast.header.cols, cast.header.rows, LIMITS) is None
    previous = 0
    for event in cast.events:
        assert type(event) is Event
        assert type(event.time) is int
        assert previous <= event.time <= previous + LIMITS.gap
        previous = event.time
        event.data.encode()
        if event.code == "r":
            assert size_fault(*event.size, LIMITS) is None
    assert any(event.code == "o" for event in cast.events)


def check_strict(data: bytes) -> None:
    """Check that each line is JSON without anything that only Python reads."""
    assert data.endswith(b"\n")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", data.decode())
    for line in data.decode().split("\n")[:-1]:
        json.loads(line, parse_constant=pytest.fail)


@given(damaged())
def test_P1_reader_and_writer_keep_their_promises(source: bytes) -> None:
    cast = reading(source).cast
    if cast is None:
        return
    check_model(cast)
    ready = prepare(cast, limits=LIMITS, path="demo.cast").cast
    if ready is None:
        assert cast.duration > LIMITS.duration
        return
    data = write(ready)
    check_strict(data)
    again = reading(data)
    assert again.problems == ()
    assert again.cast is not None
    assert write(again.cast) == data
    assert again.cast.duration == ready.duration
    assert reading(write(again.cast)).cast == again.cast


@given(recordings())
def test_P1_what_is_written_is_read_back_as_it_was(source: bytes) -> None:
    cast = reading(source).cast
    ready = cast and prepare(cast, limits=LIMITS, path="demo.cast", keep_input=True).cast
    if not ready:
        return
    assume(not re.search("[\x00\x7f-\x9f]", "".join(event.data for event in ready.events)))
    unwritten: dict[str, object] = {"env": (), "command": None, "term_type": None, "term_version": None, "tags": ()}
    plain = replace(ready, header=replace(ready.header, version=2, **unwritten), cut_off=False)
    again = reading(write(plain, timestamp=True))
    assert again.problems == ()
    assert again.cast == plain


@st.composite
def valid_recordings(draw: st.DrawFn) -> bytes:
    """Make a recording without any fault."""
    untitled = texts.filter(lambda text: "k" not in text)  # a title for screen is taken out once its end is there
    clean = st.lists(st.tuples(st.floats(0, 100), st.just("o"), untitled), min_size=1, max_size=12)
    rows = draw(clean)
    version = draw(st.sampled_from([1, 2, 3]))
    if version == 1:
        document = {"version": 1, "width": 80, "height": 24, "stdout": [[row[0], row[2]] for row in rows]}
        ascii_only, indent = draw(st.booleans()), draw(st.sampled_from([None, 2]))
        return json.dumps(document, ensure_ascii=ascii_only, indent=indent).encode()
    header = {"version": version, "width": 80, "height": 24, "term": {"cols": 80, "rows": 24}}
    rows = sorted(rows, key=lambda row: row[0]) if version == 2 else rows[:15]
    ascii_only = draw(st.booleans())
    return "".join(json.dumps(line, ensure_ascii=ascii_only) + "\n" for line in [header, *rows]).encode()


def check_torn(source: bytes, whole: Cast, cut: int) -> None:
    """Check that a cut file is read as the beginning of the whole one, with one message at most."""
    result = reading(source[:cut])
    if result.cast is None:
        return
    assert [problem.code for problem in result.problems] in ([], ["cast-cut-off"])
    assert result.cast.cut_off == bool(result.problems)
    kept = len(result.cast.events)
    assert result.cast.header == whole.header
    assert result.cast.events == whole.events[:kept]


@given(valid_recordings(), st.floats(0, 1))
def test_P1b_cut_file_is_the_beginning_of_the_whole(source: bytes, share: float) -> None:
    whole = reading(source)
    assert whole.problems == ()
    assert whole.cast is not None
    check_torn(source, whole.cast, round(share * len(source)))


@pytest.mark.parametrize("version", [1, 2, 3])
def test_torn_at_every_one_of_the_last_two_hundred_bytes(version: int) -> None:
    lines = [[0.25 + index * (version == 2), "o", f'żółć ✓ "{index}" \\ \x1b[0m ]}}\r\n'] for index in range(20)]
    header: dict[str, object] = {"version": version, "width": 80, "height": 24, "term": {"cols": 80, "rows": 24}}
    if version == 1:
        document = {**header, "stdout": [[line[0], line[2]] for line in lines]}
        source = json.dumps(document, ensure_ascii=False, indent=1).encode()
    else:
        source = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in [header, *lines]).encode()
    whole = reading(source).cast
    assert whole is not None
    assert len(whole.events) == 20
    for cut in range(len(source) - 200, len(source)):
        torn = reading(source[:cut]).cast
        assert torn is not None
        assert len(torn.events) >= 15
        check_torn(source, whole, cut)


@given(st.floats(0, 86_400))
def test_times_are_rounded_to_the_nearest_microsecond_however_they_are_parsed(time: float) -> None:
    fast = reading(v2([time, "o", "x"])).cast
    slow = reading(v2([time, "o", "x"]).replace(b"\n[", b"\n\n [")).cast
    assert fast is not None
    assert fast.events == (Event(round(time * 1_000_000), "o", "x"),)
    assert slow == fast
