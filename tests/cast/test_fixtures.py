"""Small recordings of each version with everything in its place, and broken ones with their messages."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import cast, marker, output, resize
from msgspec.structs import replace

from castsite.cast.events import Cast, Event, Header, TerminalTheme
from castsite.cast.read import read
from castsite.cast.timeline import prepare
from castsite.cast.write import write
from castsite.limits import SECOND, Limits

CASTS = Path(__file__).parents[1] / "data" / "casts"
THEME = TerminalTheme("#d0d0d0", "#101010", tuple(f"#{grey:02x}{grey:02x}{grey:02x}" for grey in range(0, 256, 16)))
TITLE = "Żółć – a tour"
RESIZES = (
    resize(0, 80, 24),
    output(0.5, "narrow\r\n"),
    resize(1, 120, 40),
    resize(1, 120, 40),
    output(1.5, "wide\r\n"),
)


def good(name: str) -> Cast:
    result = read((CASTS / name).read_bytes(), path=name)
    assert result.problems == ()
    assert result.cast is not None
    return result.cast


@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize("kind", ["minimal", "nulls"])
def test_smallest_recording_and_one_full_of_nulls(kind: str, version: int) -> None:
    recording = good(f"{kind}-v{version}.cast")
    assert recording.header == Header(version=version, cols=80, rows=24)
    assert recording.events[0] == output(0.5, "hello\r\n")


def test_version_1_with_everything() -> None:
    assert good("full-v1.cast") == cast(
        output(0.25, "$ "),
        output(1.75, "ls\r\n"),
        output(2.75, "a  b\r\n$ "),
        version=1,
        cols=90,
        rows=30,
        title=TITLE,
        command="/bin/bash",
        env=(("TERM", "xterm-256color"), ("SHELL", "/bin/zsh")),
    )


def test_version_2_with_everything() -> None:
    assert good("full-v2.cast") == cast(
        output(0.25, "$ "),
        Event(1_500_000, "i", "l"),
        output(1.75, "ls\r\n"),
        marker(1.75, "listing"),
        resize(2, 100, 30),
        output(2.75, "a  b\r\n$ "),
        cols=90,
        rows=30,
        title=TITLE,
        timestamp=1_700_000_000,
        idle_limit=2_500_000,
        theme=THEME,
        command="/bin/bash",
        env=(("TERM", "xterm-256color"), ("SHELL", "/bin/zsh")),
    )


def test_version_3_with_everything_is_the_same_recording() -> None:
    two, three = good("full-v2.cast"), good("full-v3.cast")
    assert three.events == (*two.events, Event(3 * SECOND, "x", "0"))
    assert three.header == replace(
        two.header,
        version=3,
        env=(("SHELL", "/bin/zsh"),),
        term_type="xterm-256color",
        term_version="VTE(7802)",
        tags=("tour", "ls"),
    )


@pytest.mark.parametrize("version", [2, 3])
def test_recording_with_resizes(version: int) -> None:
    assert good(f"resize-v{version}.cast").events == (*RESIZES, resize(2, 80, 24))


@pytest.mark.parametrize("version", [2, 3])
def test_recording_with_markers(version: int) -> None:
    first, second = output(0.5, "one\r\n"), output(1.5, "two\r\n")
    markers = (marker(1, "Setup"), marker(1.5), marker(2))
    assert good(f"markers-v{version}.cast").events == (first, markers[0], second, *markers[1:])


@pytest.mark.parametrize("name", sorted(path.name for path in CASTS.glob("*.cast")))
def test_what_is_published_is_read_back_without_a_message(name: str) -> None:
    ready = prepare(good(name), limits=Limits(), path=name).cast
    assert ready is not None
    again = read(write(ready, timestamp=True), path=name)
    assert again.problems == ()
    assert again.cast is not None
    assert again.cast.events == ready.events


@pytest.mark.parametrize("name", sorted(path.name for path in (CASTS / "invalid").glob("*.cast")))
def test_broken_recording_is_refused_with_the_message_beside_it(name: str) -> None:
    path = CASTS / "invalid" / name
    result = read(path.read_bytes(), path=name)
    assert result.cast is None
    assert "".join(f"{problem}\n" for problem in result.problems) == path.with_suffix(".txt").read_text("utf-8")
