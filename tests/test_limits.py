"""Every documented bound: exactly at the limit is accepted, one more is not."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from builders import v2
from formats import made

from castsite.analysis.model import Line
from castsite.cast.compressed import Inflated, inflate
from castsite.cast.read import read
from castsite.cast.timeline import prepare
from castsite.cast.times import length_text
from castsite.errors import Place, Problem, Severity
from castsite.formats.read import read_recording
from castsite.limits import DAY, SECOND, Limits, size_text
from castsite.render.links import Missing
from castsite.render.markdown import render_markdown
from castsite.render.transcript import log
from castsite.safety import Refused
from castsite.safety.raster import check_picture
from castsite.schema.block import split
from castsite.site.frontmatter import read_meta
from castsite.site.urls import check_slug, path_fault

LIMITS = Limits()
HELLO = [0.5, "o", "x"]


Told = dict[Severity, str]
"""What is said, by how bad it is."""


def found(problems: tuple[Problem, ...]) -> Told:
    return {problem.severity: problem.text for problem in problems}


def told(fault: str | None) -> Told:
    return {Severity.ERROR: fault} if fault else {}


def casts(source: bytes, limits: Limits = LIMITS) -> Told:
    return found(read(source, path="a.cast", limits=limits).problems)


def meta(text: str, limits: Limits = LIMITS) -> Told:
    return found(read_meta(text, path="a.md", limits=limits).problems)


def plays(seconds: float, gap: float, limits: Limits = LIMITS) -> Told:
    steps = [(i + 1) * gap for i in range(int(seconds // gap))]
    cast = read(v2(*[[time, "o", "x"] for time in (*steps, seconds)]), path="a.cast", limits=limits).cast
    assert cast is not None
    return found(prepare(cast, limits=limits, path="a.cast").problems)


def body(size: int) -> Told:
    text = ("word " * size)[:size]
    return found(render_markdown(text, place=Place("a.md", 1), resolve=lambda _: Missing(), limits=LIMITS).problems)


def nested(depth: int) -> bytes:
    value: object = 1
    for _ in range(depth - 1):  # the header itself is the first level
        value = [value]
    return v2(HELLO, deep=value)


SMALL = replace(LIMITS, file_size=500, file_size_warning=400, line_size=300, event_size=200, events=3)
FILE = len(v2(HELLO))
E, W = {Severity.ERROR}, {Severity.WARNING}

MANIFEST = len(made.rec_manifest())
LONG = made.io_rows() + b"\n" * (2 << 20)
RATIO = -(-len(LONG) // len(zlib.compress(LONG, 6, -15)))

# name, what is said of a value, the limit, what over it means, the key that a message names
CASES: list[tuple[str, Callable[[int], Told], int, set[Severity], str]] = [
    ("F01_F19_columns", lambda n: casts(v2(HELLO, width=n)), LIMITS.cols, E, "cols"),
    ("F01_F19_rows", lambda n: casts(v2(HELLO, height=n)), LIMITS.rows, E, "rows"),
    ("F01_F19_cells", lambda n: casts(v2(HELLO, width=n, height=200)), 1000, E, "cols"),
    ("F01_F19_cells_of_a_resize", lambda n: casts(v2(HELLO, [1, "r", f"{n}x400"])), 500, E, "cells"),
    ("F02_F20_file", lambda n: casts(v2(HELLO), replace(LIMITS, file_size=2 * FILE - n)), FILE, E, "file_size"),
    (
        "F02_F20_large_file",
        lambda n: casts(v2(HELLO), replace(LIMITS, file_size_warning=2 * FILE - n)),
        FILE,
        W,
        "file_size_warning",
    ),
    ("F03_F21_event", lambda n: casts(v2([1, "o", "x" * n]), SMALL), SMALL.event_size, E, "event_size"),
    ("F04_F22_events", lambda n: casts(v2(*[HELLO] * n), SMALL), SMALL.events, E, "events"),
    ("F05_F23_gap", lambda n: casts(v2(HELLO, [n / 1000, "o", "x"])), DAY // 1000 + 500, W, "gap"),
    ("F05_F23_duration", lambda n: plays(n, 3600), 24 * 3600, E, "duration"),
    ("F06_F24_header_depth", lambda n: casts(nested(n)), LIMITS.header_depth, E, "header_depth"),
    (
        "F07_F25_front_matter",
        lambda n: found(split(block(n), path="a.md").problems),
        LIMITS.front_matter,
        E,
        "front_matter",
    ),
    (
        "F07_F25_front_matter_depth",
        lambda n: meta("extra: {a: " + "[" * n + "]" * n + "}"),
        LIMITS.front_matter_depth - 2,
        E,
        "front_matter_depth",
    ),
    ("F08_F26_body", body, LIMITS.body, E, "body"),
    ("F09_F27_title", lambda n: meta(f"title: {'x' * n}"), LIMITS.title, W, "title"),
    ("F09_F27_tag", lambda n: meta(f"tags: [{'x' * n}]"), LIMITS.tag, W, "tag"),
    ("F09_F27_tags", lambda n: meta(f"tags: [{', '.join(f't{i}' for i in range(n))}]"), LIMITS.tags, W, "tags"),
    ("F09_F27_marker_label", lambda n: casts(v2(HELLO, [1, "m", "x" * n])), LIMITS.marker_label, W, "marker_label"),
    ("F09_F27_markers", lambda n: casts(v2(HELLO, *[[1, "m", "x"]] * n)), LIMITS.markers, W, "markers"),
    ("F10_F28_slug", lambda n: told(check_slug("x" * n, source="a")), LIMITS.slug_segment, E, ""),
    ("F10_F28_segment", lambda n: told(path_fault("x" * n)), LIMITS.path_segment, E, "path_segment"),
    ("F10_F28_path", lambda n: told(path_fault(f"{'x' * 100}/{'y' * 100}/{'z' * (n - 202)}")), LIMITS.path, E, "path"),
    ("F12_F30_entries", lambda n: archive(n, archive_entries=5), 5, E, "archive_entries"),
    ("F12_F30_member", lambda n: archive(2, b" " * n, archive_member=5000), 5000, E, "archive_member"),
    ("F12_F30_total", lambda n: archive(2, b" " * (n - MANIFEST), archive_total=5000), 5000, E, "archive_total"),
    ("F12_F30_ratio", lambda n: archive(2, LONG, inflate_ratio=2 * RATIO - n), RATIO, E, "inflate_ratio"),
    ("F12_F30_yaml", lambda n: yaml(n, yaml_size=500), 500, E, "yaml_size"),
    ("F13_F31_expanded", lambda n: found(inflated(n).problems), 400, E, "file_size"),
    (
        "F14_F32_picture_bytes",
        lambda n: picture(png(10, 10) + b"\0" * (n - len(png(10, 10)))),
        LIMITS.image_size,
        E,
        "image_size",
    ),
    ("F14_F32_picture_side", lambda n: picture(png(n, 10)), LIMITS.image_side, E, "image_side"),
]


def block(size: int) -> bytes:
    return b"---\n" + b"# " + b"x" * (size - 3) + b"\n---\n"


def archive(entries: int, stream: bytes = b"", **limits: int) -> Told:
    """Read an archive of so many entries, in which a stream is as long as it is."""
    rows = made.io_rows()
    members = made.rec_members() | {"io.jsonl": rows + stream[len(rows) :] if stream.isspace() else stream or rows}
    members |= {f"more/{number}": b"" for number in range(entries - len(members))}
    read = read_recording(made.zipped(members), path="a.rec", limits=replace(LIMITS, **limits))
    return found(read.problems)


def yaml(size: int, **limits: int) -> Told:
    source = made.terminalizer()
    source += b"#" * (size - len(source))
    return found(read_recording(source, path="a.yml", limits=replace(LIMITS, **limits)).problems)


def inflated(size: int) -> Inflated:
    return inflate(gzip.compress(b"x" * size), path="a.cast.gz", limits=replace(LIMITS, file_size=400))


def picture(data: bytes) -> Told:
    judged = check_picture(data, LIMITS)
    return told(judged.reason if isinstance(judged, Refused) else None)


def png(width: int, height: int) -> bytes:
    import struct  # noqa: PLC0415
    import zlib  # noqa: PLC0415

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = zlib.compress(b"\0" * (3 * width + 1) * height)
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_F03_F21_a_line_over_the_limit_is_an_error() -> None:
    line = json.dumps([1.0, "m", "x" * 280])
    assert casts(v2(HELLO, [1.0, "m", "x" * 280]), replace(LIMITS, line_size=len(line))).keys() == W  # the label is cut
    over = casts(v2(HELLO, [1.0, "m", "x" * 280]), replace(LIMITS, line_size=len(line) - 1))
    assert "(limits: line_size)" in over[Severity.ERROR]


@pytest.mark.parametrize(("name", "check", "limit", "over", "key"), CASES, ids=[case[0] for case in CASES])
def test_F01_to_F36_exactly_at_the_limit_and_one_more(
    name: str, check: Callable[[int], Told], limit: int, over: set[Severity], key: str
) -> None:
    assert check(limit).keys() - {Severity.INFO} == set(), f"{name}: exactly at the limit"
    said = check(limit + 1)
    assert said.keys() >= over, f"{name}: one more"
    assert not key or any(re.search(rf"\(limits: .*\b{key}\b.*\)", said[one]) for one in over), f"{name}: {said}"


def test_sizes_and_lengths_are_said_as_people_do() -> None:
    assert [size_text(size) for size in (1000, 1023, 1536, 50 * 2**20)] == [
        "1,000 bytes", "1,023 bytes", "1.5 KiB", "50 MiB",
    ]  # fmt: skip
    assert [length_text(time * SECOND) for time in (10, 60, 5400, 30 * 3600)] == ["10 s", "1:00", "1:30:00", "30:00:00"]
    assert length_text(55_908_000) == "55.908 s"


def test_the_unit_of_a_second_is_a_microsecond() -> None:
    assert SECOND == 1_000_000
    assert DAY == 86_400_000_000


def test_F11_F29_a_transcript_longer_than_the_limit_goes_on_in_the_text_file() -> None:
    lines = [Line(number * SECOND, number * SECOND, "x" * 80) for number in range(100)]
    whole = log(lines, (), (), limit=10**9)
    size = len(whole.html) - len("</ol></section>")
    assert log(lines, (), (), limit=size).hidden == 0
    assert log(lines, (), (), limit=size - 1).hidden == 1
