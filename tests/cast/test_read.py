"""Reading recordings: the rows of table A of the conformance list that are decided here."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable

import pytest
from builders import v2, v3

from castsite.cast.events import Cast, Event
from castsite.cast.read import Reading, read
from castsite.cast.timeline import prepare
from castsite.cast.write import write
from castsite.errors import Severity
from castsite.limits import DAY, MIB, SECOND, Limits
from tests.timing import soon

LIMITS = Limits()
HEADER = b'{"version": 2, "width": 80, "height": 24}\n'


def reading(source: bytes, **options: object) -> Reading:
    return read(source, path="demo.cast", **options)  # type: ignore[arg-type]


def good(source: bytes, **options: object) -> Cast:
    """Read a file that deserves no message, and make sure that what is published of it deserves none either."""
    result = reading(source, **options)
    assert result.problems == ()
    return kept(result)


def kept(result: Reading) -> Cast:
    assert result.cast is not None, result.problems
    assert all(problem.severity is not Severity.ERROR for problem in result.problems)
    check_published(result.cast)
    return result.cast


def repaired(source: bytes, *codes: str, **options: object) -> Cast:
    """Read a file that is published with exactly these warnings."""
    result = reading(source, **options)
    assert [problem.code for problem in result.problems] == list(codes)
    return kept(result)


def refused(source: bytes, code: str, *words: str, **options: object) -> Reading:
    result = reading(source, **options)
    assert result.cast is None
    errors = [problem for problem in result.problems if problem.severity is Severity.ERROR]
    assert [problem.code for problem in errors] == [code]
    for word in words:
        assert word in errors[0].text
    return result


def published(cast: Cast) -> bytes:
    ready = prepare(cast, limits=LIMITS, path="demo.cast").cast
    assert ready is not None
    return write(ready)


def check_published(cast: Cast) -> None:
    ready = prepare(cast, limits=LIMITS, path="demo.cast").cast
    if ready is None:  # too long: then nothing is published
        return
    data = write(ready)
    again = reading(data)
    assert [problem for problem in again.problems if problem.code != "cast-large"] == []
    for line in data.decode().splitlines():
        json.loads(line, parse_constant=pytest.fail)


def outputs(cast: Cast) -> list[str]:
    return [event.data for event in cast.events if event.code == "o"]


def seconds(cast: Cast) -> list[float]:
    return [event.time / SECOND for event in cast.events]


def many(count: int) -> list[list[object]]:
    return [[index / 10, "o", f"line {index}\r\n"] for index in range(count)]


@pytest.mark.parametrize("source", [b"", b"\n \r\n\t\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_A01_empty_recording(source: bytes) -> None:
    refused(source, "cast-empty", "empty recording; record it again, or remove it")


@pytest.mark.parametrize("source", [HEADER, HEADER.strip(), v3()])
def test_A02_header_only(source: bytes) -> None:
    refused(source, "cast-no-events", "no events")


def test_A03_header_and_blank_lines() -> None:
    refused(HEADER + b"\n\n  \n\r\n", "cast-no-events", "no events")


def test_A04_torn_last_line() -> None:
    cast = repaired(v2([0.5, "o", "one"], [1.0, "o", "two"]) + b'[1.5, "o", "half of a li', "cast-cut-off")
    assert cast.cut_off
    assert cast.events == (Event(500_000, "o", "one"), Event(1_000_000, "o", "two"))
    assert cast.duration == SECOND


def test_A04_torn_last_line_names_its_line_and_what_was_kept() -> None:
    result = reading(v2([0.5, "o", "one"]) + b'[1.5, "o", "half of a li')
    assert [str(problem) for problem in result.problems] == [
        "warning: demo.cast:3:1: cast-cut-off: last line is incomplete; 1 event kept"
    ]


def test_A05_last_line_of_rubbish() -> None:
    assert repaired(v2([0.5, "o", "one"]) + b"lol!\n", "cast-cut-off").cut_off


def test_A06_rubbish_in_the_middle_has_its_line_number() -> None:
    lines = v2(*many(499)).splitlines(keepends=True)
    lines.insert(250, b"lol!\n")
    result = reading(b"".join(lines))
    assert len(kept(result).events) == 499
    assert not kept(result).cut_off
    assert [(problem.code, problem.place.line) for problem in result.problems] == [("cast-bad-event", 251)]


def test_A07_too_damaged() -> None:
    lines = v2(*many(400)).splitlines(keepends=True)
    for index in range(100):
        lines.insert(4 * index + 1, b"garbage\n")
    refused(b"".join(lines), "cast-too-damaged", "100 of 500")


@pytest.mark.parametrize(("bad", "all_lines", "readable"), [(10, 20, True), (11, 2000, True), (11, 20, False)])
def test_A08_too_damaged_needs_both_a_number_and_a_share(bad: int, all_lines: int, readable: bool) -> None:
    source = HEADER + b"lol!\n" * bad + v2(*many(all_lines - bad)).split(b"\n", 1)[1]
    if not readable:
        refused(source, "cast-too-damaged")
        return
    result = reading(source)
    assert len(kept(result).events) == all_lines - bad
    assert [problem.times for problem in result.problems] == [bad]


def test_A09_v1_on_one_line() -> None:
    document = {"version": 1, "width": 80, "height": 24, "stdout": [[0.5, "a"], [0.25, "b"]]}
    cast = good(json.dumps(document).encode())
    assert cast.events == (Event(500_000, "o", "a"), Event(750_000, "o", "b"))
    assert published(cast).startswith(b'{"version": 2, ')


def test_A10_v1_pretty_printed_is_the_same_model() -> None:
    document = {"version": 1, "width": 80, "height": 24, "title": None, "stdout": [[0.5, "a"], [0.25, "b"]]}
    assert good(json.dumps(document, indent=2).encode()) == good(json.dumps(document).encode())


def test_A11_comments_and_exit_are_not_published() -> None:
    lines = v3([0.5, "o", "hello"], [0.5, "x", "0"]).splitlines(keepends=True)
    cast = good(lines[0] + b"# a comment\n" + b"".join(lines[1:]))
    assert cast.events == (Event(500_000, "o", "hello"), Event(1_000_000, "x", "0"))
    assert published(cast).count(b"\n") == 2
    assert b"comment" not in published(cast)


def test_A12_interval_of_an_unknown_code_counts() -> None:
    cast = repaired(v3([1.0, "o", "a"], [2.0, "zz", "?"], [0.5, "o", "b"]), "cast-unknown-code")
    assert [event for event in cast.events if event.code == "o"] == [
        Event(SECOND, "o", "a"),
        Event(3_500_000, "o", "b"),
    ]


def test_A13_interval_of_a_dropped_event_counts() -> None:
    cast = repaired(v3([1.0, "o", "a"], [2.0, "o", 5], [0.5, "o", "b"]), "cast-bad-event")
    assert cast.events == (Event(SECOND, "o", "a"), Event(3_500_000, "o", "b"))


def test_A13_interval_of_a_line_that_is_no_json_counts_when_it_can_be_read() -> None:
    source = v3([1.0, "o", "a"]) + b'[2.0, "o", "say "hi""]\n[0.5, "o", "b"]\n'
    assert seconds(repaired(source, "cast-bad-event")) == [1.0, 3.5]


def test_A14_intervals_do_not_drift() -> None:
    cast = good(v3(*([[0.0004, "o", "x"]] * 100_000)))
    assert cast.duration == 40 * SECOND
    assert [event.time for event in cast.events[:3]] == [400, 800, 1200]


def pretty(*frames: object, **header: object) -> bytes:
    document = {"version": 1, "width": 80, "height": 24, **header, "stdout": frames}
    return json.dumps(document, indent=1).encode()


def test_A10_bad_frames_of_a_document_have_their_lines() -> None:
    source = pretty([0.5, "a"], [0.5, 7], [0.5], 8, ["x", "b"], [-1, "c"], [0.25, "d"])
    result = reading(source)
    assert kept(result).events == (Event(500_000, "o", "a"), Event(1_500_000, "o", "c"), Event(1_750_000, "o", "d"))
    lines = source.decode().split("\n")
    starts = [number for number, line in enumerate(lines, 1) if line.startswith("  ") and line[2] not in " ]"]
    assert [problem.place.line for problem in result.problems] == starts[1:6]


@pytest.mark.parametrize("size", range(28, 60))  # at 28 the window ends within the width
def test_A10_long_document_is_parsed_through_a_window(size: int) -> None:
    source = pretty(*([[12.25, "x"], [1234.5, ""], [0, '\\"[']] * 30))
    assert good(source, limits=Limits(line_size=size)) == good(source)


def test_A10_one_value_of_a_document_is_as_long_as_a_line_at_most() -> None:
    limits = Limits(line_size=1000)
    good(pretty([0.5, "x" * 900]), limits=limits)
    refused(pretty([0.5, "x" * 1001]), "cast-limit", "1,000", limits=limits)
    refused(pretty([0.5, "x"], title="x" * 1001), "cast-limit", "1,000", limits=limits)


def test_A42_header_of_a_document_has_a_bounded_number_of_keys() -> None:
    fields = {f"key{index}": index for index in range(20_000)}
    refused(pretty([0.5, "x"], **fields), "cast-limit", "10,000 keys")


@pytest.mark.parametrize("version", [4, "2", True, None, 2.0, [2], 0])
def test_A15_other_versions(version: object) -> None:
    header = json.dumps({"version": version, "width": 80, "height": 24}).encode()
    refused(header + b'\n[0.1, "o", "x"]\n', "cast-version", "1, 2 and 3")


def test_A15_missing_version() -> None:
    refused(b'{"width": 80, "height": 24}\n[0.1, "o", "x"]\n', "cast-version", '"version"')


@pytest.mark.parametrize("first", [b"[]", b'"x"', b"7", b"null", b'[0.5, "o", "x"]'])
def test_A16_header_is_no_object(first: bytes) -> None:
    refused(first + b'\n[0.1, "o", "x"]\n', "cast-bad-header", "no header")


@pytest.mark.parametrize(
    "source",
    [
        b'{"version":2,"version":3,"width":80,"height":24}\n[0.1,"o","x"]\n',
        b'{"version":2,"width":80,"height":24,"env":{"A":"1","A":"2"}}\n[0.1,"o","x"]\n',
        b'{"version":1,"width":80,\n"width":80,"height":24,"stdout":[[0.1,"x"]]}',
        b'{"version":1,"width":80,"height":24,"stdout":[[0.1,"x"]],\n"stdout":[]}',
    ],
)
def test_A17_duplicate_key(source: bytes) -> None:
    refused(source, "cast-duplicate-key", "stands twice")


@pytest.mark.parametrize(
    "change",
    [
        lambda source: b"\xef\xbb\xbf" + source,
        lambda source: source.replace(b"\n", b"\r\n"),
        lambda source: source.rstrip(b"\n"),
        lambda source: source + b"\n\n \t\n",
        lambda source: source.replace(b"\n", b" \t\r\n"),
        lambda source: b"\n\n" + source,
    ],
)
def test_A18_marks_and_line_ends_do_not_matter(change: Callable[[bytes], bytes]) -> None:
    source = v2([0.5, "o", "é"], [1.0, "o", "b"])
    assert good(change(source)) == good(source)


def test_A19_blanks_before_an_event() -> None:
    source = v2([0.5, "o", "a"], [1.0, "o", "b"])
    assert good(source.replace(b"\n[", b"\n  [")) == good(source)


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
def test_A20_time_is_not_finite(number: bytes) -> None:
    source = v2([0.5, "o", "a"]) + b"[" + number + b', "o", "x"]\n' + b'[1.0, "o", "b"]\n'
    result = reading(source)
    assert outputs(kept(result)) == ["a", "b"]
    assert [(problem.code, problem.place.line) for problem in result.problems] == [("cast-bad-event", 3)]
    assert "not finite" in result.problems[0].text


def test_A21_first_time_is_negative() -> None:
    assert seconds(repaired(v2([-3, "o", "a"], [1, "o", "b"]), "cast-negative-time")) == [0, 1]


def test_A22_times_go_backwards() -> None:
    cast = repaired(v2([1, "o", "a"], [2, "o", "b"], [1.5, "o", "c"], [3, "o", "d"]), "cast-time-backwards")
    assert outputs(cast) == ["a", "b", "c", "d"]
    assert seconds(cast) == [1, 2, 2, 3]


@pytest.mark.parametrize("start", [0, 0.5])
def test_A23_huge_gap_becomes_a_day_at_most_and_the_recording_stays(start: float) -> None:
    result = reading(v2([start, "o", "a"], [1e12, "o", "b"]))
    cast = kept(result)
    assert [problem.code for problem in result.problems] == ["cast-long-gap"]
    assert result.problems[0].text.endswith(f" shortened to {'23:59:59.5' if start else '24:00:00'} (limits: gap)")
    assert cast.duration == DAY
    assert prepare(cast, limits=LIMITS, path="demo.cast").cast is not None


def test_A23_gap_of_exactly_a_day_is_fine() -> None:
    assert good(v2([0, "o", "a"], [86_400, "o", "b"])).duration == DAY


def test_A23_huge_gap_in_a_recording_that_only_an_idle_limit_makes_short_enough() -> None:
    hours = [[3600 * index, "o", "x"] for index in range(31)]
    cast = reading(v2(*hours, [1e8, "o", "y"], [1e8 + 1, "o", "z"], idle_time_limit=60)).cast
    assert cast is not None
    ready = prepare(cast, limits=LIMITS, path="demo.cast").cast
    assert ready is not None
    assert ready.duration == (31 * 60 + 1) * SECOND


def test_A23_negative_interval() -> None:
    cast = repaired(v3([1.0, "o", "a"], [-0.1, "o", "b"], [0.5, "o", "c"]), "cast-negative-time")
    assert seconds(cast) == [1.0, 1.0, 1.5]


def test_A24_time_as_text() -> None:
    assert seconds(repaired(v2(["1.5", "o", "a"]), "cast-quoted-time")) == [1.5]


@pytest.mark.parametrize("time", ["abc", True, None, "", "1.5.2", "nan", [1], "0x10", "1_0"])
def test_A24_time_is_no_number(time: object) -> None:
    cast = repaired(v2([0.5, "o", "a"], [time, "o", "x"], [1.0, "o", "b"]), "cast-bad-event")
    assert outputs(cast) == ["a", "b"]


def test_A25_wrong_shapes_are_dropped_once_per_cause() -> None:
    bad: list[object] = [[0.1, "o", None], [0.1, "o", 5], [0.1], {"a": 1}, [0.1, "o", "x", 1], [], [0.1, 7, "x"]]
    lines = "".join(json.dumps(line) + "\n" for line in bad).encode()
    result = reading(HEADER + lines + b'[1.0, "o", "kept"]\n')
    assert outputs(kept(result)) == ["kept"]
    assert [(problem.place.line, problem.times) for problem in result.problems] == [(2, 2), (4, 3), (5, 1), (8, 1)]


def test_A26_unknown_code_is_named_once() -> None:
    result = reading(v2([1.0, "o", "a"], *([[2.0, "zz", "?"]] * 278)))
    cast = kept(result)
    assert [(problem.code, problem.times) for problem in result.problems] == [("cast-unknown-code", 278)]
    assert '"zz"' in result.problems[0].text
    ready = prepare(cast, limits=LIMITS, path="demo.cast").cast
    assert ready is not None
    assert ready.duration == SECOND
    assert b"zz" not in write(ready)


def test_A26_unknown_codes_may_hold_anything() -> None:
    cast = repaired(v2([1.0, "o", "a"], [2.0, "zz", {"a": [1]}]), "cast-unknown-code")
    assert cast.events[1] == Event(2 * SECOND, "zz", "")


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        ({"width": 0, "height": 0}, (80, 24)),
        ({"width": None, "height": None}, (80, 24)),
        ({"width": "0", "height": 0.0}, (80, 24)),
        ({}, (80, 24)),
        ({"width": 100}, (100, 24)),
        ({"term": {"cols": 90, "rows": 30}}, (90, 30)),
        ({"cols": 91, "rows": "31"}, (91, 31)),
        ({"width": 0, "height": 40, "term": {"cols": 90, "rows": 30}}, (90, 40)),
        ({"term": 7, "cols": -1, "rows": 2.5}, (80, 24)),
    ],
)
def test_A27_missing_size(fields: dict[str, object], size: tuple[int, int]) -> None:
    source = json.dumps({"version": 2, **fields}).encode() + b'\n[0.1, "o", "x"]\n'
    cast = repaired(source, "cast-no-size")
    assert (cast.header.cols, cast.header.rows) == size


def test_A27_missing_size_of_v3_is_found_beside_term() -> None:
    cast = repaired(b'{"version": 3, "width": 100, "height": 30}\n[0.1, "o", "x"]\n', "cast-no-size")
    assert (cast.header.cols, cast.header.rows) == (100, 30)


def test_A27_missing_size_is_found_in_the_first_request_for_one() -> None:
    source = v2([0.1, "o", "a\x1b[8;0;0t"], [0.2, "o", "\x1b[8;50;132t"], [0.3, "o", "\x1b[8;1;1t"], width=0, height=0)
    cast = repaired(source, "cast-no-size")
    assert (cast.header.cols, cast.header.rows) == (132, 50)


@pytest.mark.parametrize("width", [-80, 80.5, True, False, "x", "8 0", "-80", [], "9" * 5000])
def test_A28_impossible_size(width: object) -> None:
    refused(v2([0.1, "o", "x"], width=width), "cast-bad-size", "width")
    refused(v3([0.1, "o", "x"], cols=width), "cast-bad-size", "cols")


@pytest.mark.parametrize("width", [80.0, "80"])
def test_A29_size_in_another_type(width: object) -> None:
    assert repaired(v2([0.1, "o", "x"], width=width), "cast-size-type").header.cols == 80


@pytest.mark.parametrize(("cols", "rows"), [(1000, 200), (400, 500), (1, 1)])
def test_A30_largest_and_smallest_size(cols: int, rows: int) -> None:
    header = good(v2([0.1, "o", "x"], [0.2, "r", f"{cols}x{rows}"], width=cols, height=rows)).header
    assert (header.cols, header.rows) == (cols, rows)


@pytest.mark.parametrize(
    ("cols", "rows", "words"), [(1001, 10, "1000x500"), (10, 501, "1000x500"), (1000, 201, "cells")]
)
def test_A31_size_over_the_limit(cols: int, rows: int, words: str) -> None:
    refused(v2([0.1, "o", "x"], width=cols, height=rows), "cast-size-limit", words)
    refused(v3([0.1, "o", "x"], cols=cols, rows=rows), "cast-size-limit", words)
    refused(v2([0.1, "o", "x"], [0.2, "r", f"{cols}x{rows}"]), "cast-size-limit", words)


@pytest.mark.parametrize(("cols", "rows"), [(100_000, 100_000), (80, 100_000), (66_000, 3)])
def test_A32_absurd_size_is_refused_at_once(cols: int, rows: int) -> None:
    source = v2(*many(100_000), width=cols, height=rows)
    soon(0.1, lambda: refused(source, "cast-size-limit"))


@pytest.mark.parametrize("data", ["foo", "", "0x0", "-1x-1", "80x", "x", "080x24", "80x24 ", "80X24", "80x24\n", "٨x٨"])
def test_A33_resize_that_is_none(data: str) -> None:
    source = v2([0.1, "o", "a"], [0.2, "r", data], [0.3, "o", "b"])
    assert [event.code for event in repaired(source, "cast-bad-resize").events] == ["o", "o"]


@pytest.mark.parametrize("data", ["100000x100000", "99999x1", f"{'9' * 5000}x24"])
def test_A34_resize_over_the_limit(data: str) -> None:
    refused(v2([0.1, "o", "a"], [0.2, "r", data]), "cast-size-limit", "resize")


def test_A35_same_resize_is_published_once() -> None:
    resizes = [[0.1 * index, "r", "100x30"] for index in range(1, 6)]
    cast = good(v2([0.0, "r", "80x24"], *resizes, [1.0, "o", "a"], [2.0, "r", "80x24"]))
    lines = [json.loads(line) for line in published(cast).splitlines()[1:]]
    assert lines == [[0.1, "r", "100x30"], [1.0, "o", "a"], [2.0, "r", "80x24"]]


def test_A36_half_a_surrogate_pair_in_data() -> None:
    cast = repaired(HEADER + b'[0.1, "o", "a\\ud800b"]\n[0.2, "o", "\\udc00"]\n', "cast-surrogate")
    assert outputs(cast) == ["a\ufffdb", "\ufffd"]
    assert "a\ufffdb".encode() in published(cast)


def test_A36_half_a_surrogate_pair_in_the_title() -> None:
    source = b'{"version": 2, "width": 80, "height": 24, "title": "\\ud800x"}\n[0.1, "o", "a"]\n'
    cast = repaired(source, "cast-surrogate")
    assert cast.header.title == "\ufffdx"
    assert "\ufffdx".encode() in published(cast)


def test_A37_bytes_that_are_no_utf8() -> None:
    result = reading(HEADER + b'[0.1, "o", "\xff\xfe"]\n[0.2, "o", "ok"]\n[0.3, "o", "\xe2\x82"]\n')
    assert outputs(kept(result)) == ["\ufffd\ufffd", "ok", "\ufffd"]
    assert [(problem.code, problem.place.line, problem.times) for problem in result.problems] == [
        ("cast-encoding", 2, 2)
    ]


def test_A38_escaped_surrogate_pair_is_one_character() -> None:
    assert outputs(good(HEADER + b'[0.1, "o", "\\ud83d\\ude00"]\n')) == ["😀"]


def test_A39_controls_a_terminal_ignores_or_reads_as_escapes() -> None:
    cast = good(v2([0.1, "o", "a\x00b\x9b31mc\x7fd"], [0.2, "o", "\x00"], [0.3, "o", "e"]))
    lines = [json.loads(line) for line in published(cast).splitlines()[1:]]
    assert lines == [[0.1, "o", "ab\x1b[31mcd"], [0.3, "o", "e"]]


@pytest.mark.parametrize("length", [20 * MIB, 9 * MIB])
def test_A40_long_line_is_refused_in_little_memory(length: int) -> None:
    source = HEADER + b'[0.1, "o", "a"]\n[0.2, "o", "' + b"x" * length + b'"]\n[0.3, "o", "b"]\n'
    tracemalloc.start()
    try:
        result = refused(source, "cast-limit", "line of")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert result.problems[-1].place.line == 3
    assert peak < 150 * MIB


def test_A40_event_is_measured_in_characters() -> None:
    limit = 4 * MIB
    assert len(good(v2([0.1, "o", "x" * limit])).events[0].data) == limit
    refused(v2([0.1, "o", "x" * (limit + 1)]), "cast-limit", "characters")


def test_A40_line_of_exactly_the_limit_is_read() -> None:
    limits = Limits(line_size=100)
    line = b'[0.1, "o", "' + b"x" * 86 + b'"]'
    assert len(line) == 100
    good(HEADER + line + b"\n", limits=limits)
    refused(HEADER + line.replace(b"x", b"xx", 1), "cast-limit", "line of 101 bytes", limits=limits)


@pytest.mark.parametrize("line", [b"[" * 100_000, b"[" + b"1" * 5000 + b', "o", "x"]', b'[1e3000, "o", ""]'])
def test_A41_lines_that_break_parsers(line: bytes) -> None:
    source = v2([0.1, "o", "a"]) + line + b'\n[0.2, "o", "b"]\n'
    assert outputs(repaired(source, "cast-bad-event")) == ["a", "b"]


def test_A42_header_that_is_nested_too_deeply() -> None:
    def nested(levels: int) -> bytes:
        inner = b"[" * (levels - 1) + b"]" * (levels - 1)
        return b'{"version": 2, "width": 80, "height": 24, "x": ' + inner + b'}\n[0.1, "o", "a"]\n'

    refused(nested(100), "cast-bad-header", "20 levels")
    refused(nested(21), "cast-bad-header", "20 levels")
    refused(nested(100_000), "cast-bad-header", "nested too deeply")
    good(nested(20))


@pytest.mark.parametrize("end", [b'"}\n', b'",\n"a": 1}\n'])
def test_A42_header_of_nine_mebibytes(end: bytes) -> None:
    header = b'{"version": 2, "width": 80, "height": 24, "x": "' + b"x" * 9 * MIB + end
    refused(header + b'[0.1, "o", "a"]\n', "cast-limit")


SEQUENCES = {
    "A44": ["\x1b[8;60000;60000t"],
    "A45": ["\x1b[?6n", "\x1b[>4;2m", "\x1b[?1m", "\x1b[c", "\x1bZ", "\x05", "\x1b[?1000h"],
    "A46": ["\x1b]0;" + "x" * 4_000_000, "\x1bP" + "x" * 4_000_000],
}


@pytest.mark.parametrize("text", SEQUENCES["A44"])
def test_A44_request_for_an_absurd_size_changes_no_geometry(text: str) -> None:
    """What is not published of it is up to the filter of the published copy, not to the reader."""
    header = good(v2([0.1, "o", text], [0.2, "o", "x"])).header
    assert (header.cols, header.rows) == (80, 24)
    assert repaired(v2([0.1, "o", text], width=0, height=0), "cast-no-size").header.cols == 80


@pytest.mark.parametrize("text", SEQUENCES["A45"])
def test_A45_queries_and_odd_sequences_are_read(text: str) -> None:
    """What is not published of it is up to the filter of the published copy, not to the reader."""
    assert outputs(good(v2([0.1, "o", text], [0.2, "o", "x"]))) == [text, "x"]


@pytest.mark.parametrize("text", SEQUENCES["A46"], ids=["osc", "dcs"])
def test_A46_unfinished_string_is_read(text: str) -> None:
    """What is not published of it is up to the filter of the published copy, not to the reader."""
    assert outputs(good(v2([0.1, "o", text], [0.2, "o", "x" * 1_500_000]))) == [text, "x" * 1_500_000]


def titled(*texts: str) -> list[str]:
    return outputs(good(v2(*([index, "o", text] for index, text in enumerate(texts)))))


def test_A48_title_for_screen_is_swallowed() -> None:
    assert titled("a\x1bkvim notes\x1b\\b") == ["ab"]
    assert titled("a\x1bkone\x1b\\b\x1bktwo\x1b\\c\x1bk\x1b\\") == ["abc"]


@pytest.mark.parametrize("cuts", [(1, 2), (1, 5), (2, 6, 7, 8), (0, 9), (3, 3, 3)])
def test_A48_title_for_screen_is_swallowed_when_split_over_events(cuts: tuple[int, ...]) -> None:
    whole = "\x1bktitle\x1b\\"
    parts = [whole[a:b] for a, b in zip((0, *cuts), (*cuts, len(whole)), strict=True)]
    assert "".join(titled("before", *parts, "after")) == "beforeafter"
    assert len(titled("before", *parts, "after")) == len(parts) + 2


def test_A48_title_for_screen_is_swallowed_wherever_it_is_split() -> None:
    for filler in range(4090, 4100):
        assert "".join(titled(*["x"] * filler, "\x1b", "ktitle\x1b", "\\")) == "x" * filler


def test_A48_title_without_an_end_hides_nothing_but_itself() -> None:
    assert titled("a\x1bkunfinished") == ["a\x1bkunfinished"]
    assert titled("a\x1bktitle", "\x1b[31mred") == ["a", "\x1b[31mred"]
    assert titled("a\x1bktitle\x9cb") == ["ab"]
    assert titled("\x1b", "[31mred") == ["\x1b", "[31mred"]


def test_A48_title_for_screen_is_not_published() -> None:
    cast = good(v2([0.1, "o", "a\x1bksecret"], [0.2, "o", " title\x1b\\"], [0.3, "o", "b"]))
    lines = [json.loads(line) for line in published(cast).splitlines()[1:]]
    assert lines == [[0.1, "o", "a"], [0.3, "o", "b"]]


PALETTE = ":".join(["#000000"] * 8)


@pytest.mark.parametrize(
    "theme",
    [
        {"fg": "red;background:url(//x)", "bg": "#000000", "palette": PALETTE},
        {"fg": "#ffffff", "bg": "#000000", "palette": "#000000:#000000:#000000"},
        {"fg": "#ffffff", "bg": "#000000", "palette": f"{PALETTE}:#000000"},
        {"fg": "#ffffff", "bg": "#000000"},
        {"fg": "#ffffff", "bg": "#000000", "palette": 5},
        {"fg": "#ffffff\n", "bg": "#000000", "palette": PALETTE},
        "dark",
    ],
)
def test_A49_theme_that_is_none(theme: object) -> None:
    assert repaired(v2([0.1, "o", "x"], theme=theme), "cast-theme").header.theme is None
    source = json.dumps({"version": 3, "term": {"cols": 80, "rows": 24, "theme": theme}}).encode()
    assert repaired(source + b'\n[0.1, "o", "x"]\n', "cast-theme").header.theme is None


@pytest.mark.parametrize("theme", [{}, None])
def test_A49_empty_theme_is_no_theme(theme: object) -> None:
    assert good(v2([0.1, "o", "x"], theme=theme)).header.theme is None


def test_A49_good_theme_is_published_in_six_digits() -> None:
    cast = good(v2([0.1, "o", "x"], theme={"fg": "#FFF", "bg": "#000000", "palette": PALETTE}))
    header = json.loads(published(cast).split(b"\n")[0])
    assert header["theme"] == {"fg": "#ffffff", "bg": "#000000", "palette": PALETTE}


@pytest.mark.parametrize("limit", [-1, 0, "2", 1e9, float("nan"), True])
def test_A50_idle_limit_that_makes_no_sense(limit: object) -> None:
    cast = repaired(v2([0.1, "o", "x"], idle_time_limit=limit), "cast-idle-limit")
    assert cast.header.idle_limit is None
    assert b"idle" not in published(cast)


def test_A50_null_and_good_idle_limits() -> None:
    assert good(v2([0.1, "o", "x"], idle_time_limit=None)).header.idle_limit is None
    cast = good(v2([0.1, "o", "x"], [9.1, "o", "y"], idle_time_limit=2.5))
    assert cast.header.idle_limit == 2_500_000
    assert b"idle" not in published(cast)


@pytest.mark.parametrize(
    ("timestamp", "moment"),
    [
        ("2024-03-01T12:00:00Z", 1_709_294_400),
        ("2024-03-01T12:00:00.123456789+01:00", 1_709_290_800),
        ("2024-03-01T12:00:00", 1_709_294_400),
        ("1709294400", 1_709_294_400),
        (1_709_294_400.75, 1_709_294_400),
        (1_709_294_400_123, 1_709_294_400),
        (1e18, None),
        (10**18, None),
        (10**400, None),
        (-5, None),
        ("yesterday", None),
        (True, None),
        ([], None),
    ],
)
def test_A51_timestamp_in_other_forms(timestamp: object, moment: int | None) -> None:
    assert repaired(v2([0.1, "o", "x"], timestamp=timestamp), "cast-timestamp").header.timestamp == moment


@pytest.mark.parametrize(
    ("env", "codes"),
    [
        (None, []),
        ({f"KEY{index}": "canary" for index in range(10_000)}, []),
        ({"A": None, "B": "canary"}, []),
        ({"A": {"b": {"c": "canary"}}}, ["cast-header-type"]),
        ("canary", ["cast-header-type"]),
    ],
)
def test_A52_env_is_never_published(env: object, codes: list[str]) -> None:
    assert b"canary" not in published(repaired(v2([0.1, "o", "x"], env=env), *codes))


def test_A53_a_million_events_and_one() -> None:
    refused(HEADER + b'[0,"o","x"]\n' * 1_000_001, "cast-limit", "1,000,000 events")


def test_A53_exactly_as_many_events_as_allowed() -> None:
    source = HEADER + b'[0,"o","x"]\n' * 30_000
    limits = Limits(events=30_000)
    assert len(good(source, limits=limits).events) == 30_000
    refused(source + b'[0,"o","x"]\n', "cast-limit", "30,000 events", limits=limits)


def test_A53_dropped_events_do_not_count_against_the_limit() -> None:
    limits = Limits(events=3)
    repaired(HEADER + b'[0,"o",5]\n' + b'[0,"o","x"]\n' * 3, "cast-bad-event", limits=limits)
    refused(HEADER + b'[0,"o","x"]\n' * 4, "cast-limit", "3 events", limits=limits)


def test_A53_file_of_fifty_mebibytes_and_one_byte() -> None:
    source = v2([0.1, "o", "x"])
    full = source + b"\n" * (50 * MIB - len(source))
    assert [problem.code for problem in reading(full).problems] == ["cast-large"]
    refused(full + b"\n", "cast-limit", "50 MiB")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "PNG picture; give it its own ending"),
        (b"<!DOCTYPE html>\n<html><title>404</title>", "HTML page"),
        (b"\n<html>", "HTML page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "git lfs pull"),
        ('{"version": 2}'.encode("utf-16"), "UTF-16"),
        ('{"version": 2}'.encode("utf-16-le"), "UTF-16"),
        *(("Script started on".encode(form), form[:6].upper()) for form in ("utf-16-le", "utf-16-be")),
        *((" \n\t[0.5, 1]\r\n".encode(form), form[:6].upper()) for form in ("utf-32-le", "utf-32-be")),
        ('{"version": 2}'.encode("utf-32"), "UTF-32"),
        ('{"version": 2}'.encode("utf-32-be"), "UTF-32"),
        (b"GIF89a\x01\x00", "GIF picture"),
        (b"PK\x03\x04\x14\x00", "ZIP archive"),
        (b"LZIP\x01\x0c", "lzip"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"Script started on 2026-11-20 09:15:32+00:00\n$ ls\r\n", "script(1)"),
        (b"H 0.000000 START_TIME 2026-02-03\nO 0.10 12\n", "timing file"),
        (b"0.025 12\n0.100 3\n", "timing file"),
        (b"\x1b[8;24;80t$ ls\r\n", "asciinema rec --raw"),
        (b"\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00abc", "ttyrec"),
        (b"\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00\x00abc", "ttyrec"),
        ("$ ls\n\n{}\n".format("─" * 80).encode(), "VHS"),
        (b'# demo\nOutput demo.gif\nType "ls"\n', "tape script"),
        (b"config:\n  cols: 80\nrecords:\n  - delay: 5\n    content: x\n", "Terminalizer"),
        (b"$ cat ./hello.sh\n", "not a recording format castsite knows"),
    ],
)
def test_A54_something_else_is_named(source: bytes, words: str) -> None:
    refused(source, "cast-unknown-format", words)


@pytest.mark.parametrize(
    "piece", [b"\n", b" \n", b"#\n", b"\r\n", b"O 1.0 \n", b"1.0 1\n", b"config:", b"\x1b[8;1", "─".encode()]
)
def test_A54_naming_what_repeats_itself_takes_no_time(piece: bytes) -> None:
    soon(1, lambda: refused(piece * (70_000 // len(piece)) + b"'", "cast-unknown-format", "this is"))


def test_A54_json_that_is_no_recording() -> None:
    refused(b'{"error":"not found"}', "cast-version", "no asciicast")


def test_A56_one_event_at_the_start() -> None:
    assert good(v2([0, "o", "x"])).duration == 0


@pytest.mark.parametrize("label", ["", "<b>x</b>", "x" * 200])
def test_A57_marker_labels_are_text(label: str) -> None:
    assert good(v2([0.1, "o", "x"], [0.2, "m", label])).events[1] == Event(200_000, "m", label)


def test_A57_long_marker_label_is_cut() -> None:
    cast = repaired(v2([0.1, "o", "x"], [0.2, "m", "y" * 10_000]), "cast-marker-label")
    assert cast.events[1].data == "y" * 199 + "…"


def test_A58_more_markers_than_the_limit() -> None:
    markers = [[0.1, "m", str(index)] for index in range(1001)]
    result = reading(v2([0.1, "o", "x"], *markers[:1000]))
    assert result.problems == ()
    cast = repaired(v2([0.1, "o", "x"], *markers), "cast-markers")
    assert [event.data for event in cast.events if event.code == "m"] == [str(index) for index in range(1000)]


def test_A60_empty_events_are_dropped_without_moving_others() -> None:
    source = HEADER + b'[1.5,"o","a"]\n' + b'[2.5,"o",""]\n' * 999_997 + b'[3.5,"o","b"]\n[4.5,"o",""]\n'
    cast = reading(source).cast
    assert cast is not None
    lines = [json.loads(line) for line in published(cast).splitlines()[1:]]
    assert lines == [[1.5, "o", "a"], [3.5, "o", "b"], [4.5, "o", ""]]


def test_A62_raw_controls_on_half_the_lines() -> None:
    lines = [b'[%d, "o", "%s[1mx"]\n' % (index, b"\x1b" if index % 2 else b"\\u001b") for index in range(500)]
    result = reading(HEADER + b"".join(lines))
    assert outputs(kept(result)) == ["\x1b[1mx"] * 500
    assert [(problem.code, problem.times) for problem in result.problems] == [("cast-raw-controls", 250)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (rb"\x1b[0m", "\x1b[0m"),
        (rb"\e[0m", "\x1b[0m"),
        (rb"\033[0m", "\x1b[0m"),
        (rb"\q", r"\q"),
        (rb"\u12", r"\u12"),
        (rb"C:\Users \\ \" \n\u0041", 'C:\\Users \\ " \nA'),
        (b"\\e[0m\x1b[1m", "\x1b[0m\x1b[1m"),
    ],
)
def test_A63_backslashes_that_json_does_not_know(written: bytes, meant: str) -> None:
    source = HEADER + b'[0.1, "o", "' + written + b'"]\n[0.2, "o", "end"]\n'
    result = reading(source)
    assert outputs(kept(result)) == [meant, "end"]
    assert "cast-bad-escape" in [problem.code for problem in result.problems]


def absolute_times(count: int) -> list[list[object]]:
    return [[1 + index // 2, "o", "x"] for index in range(count)]


def test_A64_v3_with_absolute_times() -> None:
    result = reading(v3(*absolute_times(16)))
    assert seconds(kept(result)) == [1 + index // 2 for index in range(16)]
    assert [problem.code for problem in result.problems] == ["cast-absolute-times"]
    assert "(8 s, not 72 s)" in result.problems[0].text


def test_A64_a_quarter_of_distinct_times_is_enough_and_less_is_not() -> None:
    assert kept(reading(v3(*([index // 4, "o", "x"] for index in range(16))))).duration == 3 * SECOND
    assert good(v3(*([index // 6, "o", "x"] for index in range(16)))).duration == 14 * SECOND


@pytest.mark.parametrize(
    "events",
    [
        absolute_times(15),
        [[0, "o", "x"]] * 8,
        [[0.5, "o", "x"]] * 20,
        [*absolute_times(16), [0.5, "o", "y"]],
        [[index // 5, "o", "x"] for index in range(20)][:17] + [[3, "o", "x"]] * 10,
    ],
)
def test_A64_v3_with_relative_times(events: list[list[object]]) -> None:
    total = sum(event[0] for event in events)  # type: ignore[misc]
    assert good(v3(*events)).duration == round(total * SECOND)


def test_A64_owner_decides_how_times_count() -> None:
    assert good(v3(*absolute_times(16)), times="relative").duration == 72 * SECOND
    assert good(v3([1, "o", "a"], [2, "o", "b"]), times="absolute").duration == 2 * SECOND
    assert good(v2([1, "o", "a"], [2, "o", "b"]), times="relative").duration == 3 * SECOND


def test_A65_v2_that_counts_from_1970() -> None:
    cast = repaired(v2([1.7e9, "o", "a"], [1.7e9 + 2.5, "o", "b"]), "cast-epoch-times")
    assert seconds(cast) == [0, 2.5]


def test_A66_marker_without_label_and_exit_with_a_number() -> None:
    cast = good(v2([1, "o", "a"], [5.0, "m"], [5.0, "m", None], [9.0, "x", 0]))
    assert cast.events[1:] == (
        Event(5 * SECOND, "m", ""),
        Event(5 * SECOND, "m", ""),
        Event(9 * SECOND, "x", "0"),
    )


def test_A67_version_has_its_own_size() -> None:
    three = good(v3([0.1, "o", "x"], cols=90, rows=30, width=1, height=1)).header
    two = good(v2([0.1, "o", "x"], width=90, height=30, term={"cols": 1, "rows": 1})).header
    assert (three.cols, three.rows) == (two.cols, two.rows) == (90, 30)


def test_A68_late_event_with_time_zero_moves_nothing() -> None:
    events = many(500)
    events[490][0] = 0
    cast = repaired(v2(*events), "cast-time-backwards")
    assert outputs(cast) == [event[2] for event in events]
    assert seconds(cast)[489:492] == [48.9, 48.9, 49.1]


def test_A69_header_over_several_lines() -> None:
    header = json.dumps({"version": 2, "width": 80, "height": 24}, indent=1).encode()
    refused(header + b'\n[0.1, "o", "x"]\n', "cast-bad-header", "single line")


@pytest.mark.parametrize("levels", range(900, 1000, 7))
def test_values_nested_to_the_edge_of_what_the_parser_can_read_break_no_message(levels: int) -> None:
    deep = b"[" * levels + b"]" * levels
    source = v2([0.1, "o", "a"]) + b"[" + deep + b', "o", "x"]\n[0.1, ' + deep + b', ""]\n[0.1, "o", ' + deep + b"]\n"
    assert outputs(kept(reading(source + b'[0.2, "o", "b"]\n'))) == ["a", "b"]
    refused(b'{"version": ' + deep + b', "width": 80}\n[0.1, "o", "a"]\n', "cast-bad-header", "nested")
    refused(b'{"version": 1, "title":\n' + deep + b', "width": 80, "stdout": []}\n', "cast-bad-header", "nested")


def test_repair_of_a_document_on_one_line_is_told_once() -> None:
    source = b'{"version": 1, "width": 80, "height": 24, "title": "\xff", "stdout": [[0.1, "\\e[0m"]]}'
    result = reading(source)
    assert outputs(kept(result)) == ["\x1b[0m"]
    assert sorted((problem.code, problem.times) for problem in result.problems) == [
        ("cast-bad-escape", 1),
        ("cast-encoding", 1),
    ]


def test_owner_knows_the_size_better() -> None:
    cast = good(v2([0.1, "o", "x"], width=-5), size=(132, 50))
    assert (cast.header.cols, cast.header.rows) == (132, 50)
    refused(v2([0.1, "o", "x"]), "cast-size-limit", size=(2000, 50))


def test_messages_have_the_lines_of_the_whole_file() -> None:
    source = b"\n" + v2([0.1, "o", "x"]) + b"\n# comment\nlol!\n" + b'[2.0, "r", "foo"]\n[1.0, "o", "y"]\n'
    result = reading(source, first_line=10)
    assert [(problem.place.line, problem.code) for problem in result.problems] == [
        (15, "cast-bad-event"),
        (16, "cast-bad-resize"),
    ]


def test_lines_of_faults_are_exact_in_a_long_file() -> None:
    events = many(80_000)
    events[55_000][0] = 0
    source = v2(*events)
    assert len(source) > 2 * MIB
    assert [problem.place.line for problem in reading(source).problems] == [55_002]


def test_two_events_on_a_line_and_one_on_two_are_both_noticed() -> None:
    source = HEADER + b'[1,"o","a"] [2,"o","b"]\n[3,"o",\n"c"]\n[4,"o","d"]\n'
    result = reading(source)
    assert outputs(kept(result)) == ["d"]
    assert [(problem.place.line, problem.times) for problem in result.problems] == [(2, 3)]


def test_two_events_on_a_line_are_noticed_where_all_lines_look_clean() -> None:
    result = reading(HEADER + b'[1,"o","a"] [2,"o","b"]\n[3,"o","c"]\n')
    assert outputs(kept(result)) == ["c"]
    assert [(problem.place.line, problem.code) for problem in result.problems] == [(2, "cast-bad-event")]


def test_title_is_made_plain() -> None:
    source = v2([0.1, "o", "x"], title=" a\u202eb\x07\u200bc ")
    assert repaired(source, "cast-title").header.title == "a b c"
    assert repaired(v2([0.1, "o", "x"], title="x" * 300), "cast-title").header.title == "x" * 199 + "…"
    assert good(v2([0.1, "o", "x"], title="  ")).header.title is None


def test_a_file_of_all_faults_has_few_messages() -> None:
    codes = [[index, f"code{index}", ""] for index in range(200)]
    result = reading(v2([0, "o", "x"], *codes))
    kept(result)
    assert len(result.problems) == 49
    assert result.problems[-1].times + 48 == 200


def test_a_number_without_end_is_told_in_our_words() -> None:
    source = b'{"version": 2, "width": %s, "height": 24}\n[0.1, "o", "x"]\n' % (b"1" * 5000)
    refused(source, "cast-bad-header", "header holds a number of thousands of digits")
