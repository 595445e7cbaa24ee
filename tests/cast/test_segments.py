"""Segments of a large recording play as it does: each begins with the screen that it had by then."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from builders import cast, marker, output, resize
from hypothesis import given, settings
from hypothesis import strategies as st

from castsite.cast.events import Cast, Event, TerminalTheme
from castsite.cast.segments import PAUSE, pieces, segments
from castsite.cast.timeline import prepare
from castsite.cast.write import write
from castsite.limits import Limits
from castsite.terminal import Screen

WORDS = ["plain ", "\x1b[31mred\x1b[m ", "\r\n", "\x1b[5;9Hthere", "\x1b[?1049h", "\x1b[?1049l", "wide 漢字 "]
WORDS += ["\x1b[2", "J", "\x1b7\x1b[r"]


def published(recording: Cast) -> bytes:
    prepared = prepare(recording, limits=Limits(), path="a.cast").cast
    assert prepared
    return write(prepared)


def made(data: bytes, size: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    index, *rest = map(json.loads, segments(data, pieces(data, size)))
    return index, rest


def drawn(seed: int, count: int = 400, *, resized: bool = False) -> Cast:
    """A recording with everything; a resized one without wrapped rows and the other screen, of which no state tells."""
    rng = random.Random(seed)  # noqa: S311 - text
    words = [word for word in WORDS if not (resized and "1049" in word)]
    events: list[Event] = []
    time = 0.0
    for _ in range(count):
        time += rng.choice([0, 0, 0.1, 0.5, 3])
        kind = rng.random()
        if kind < 0.02 and resized:
            events.append(resize(time, rng.randrange(60, 90), rng.randrange(5, 30)))
        elif kind < 0.04:
            events.append(marker(time, f"part {len(events)}"))
        else:
            events.append(output(time, "".join(rng.choices(words, k=3)) + ("\x1b[2K\r\n" if resized else "")))
    return cast(*events)


@pytest.mark.parametrize("resized", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_each_segment_begins_with_the_screen_and_all_together_are_the_recording(seed: int, resized: bool) -> None:
    data = published(drawn(seed, resized=resized))
    index, rest = made(data, 600)
    assert len(rest) > 3
    lines = [json.loads(line) for line in data.splitlines()]
    whole = Screen(lines[0]["width"], lines[0]["height"])
    events = []
    for segment in rest:
        snapshot = segment["snapshot"]
        part = Screen(snapshot["cols"], snapshot["rows"])
        part.feed(snapshot["init"])
        for time, code, text in segment["events"]:
            for screen in (part, whole):
                if code == "o":
                    screen.feed(text)
                elif code == "r":
                    screen.resize(*map(int, text.split("x")))
            events.append([time, code, text])
        assert (part.read(), part.cursor()) == (whole.read(), whole.cursor())
    assert events == lines[1:]
    assert index["markers"] == [[time, text] for time, code, text in events if code == "m"]


@given(st.integers(0, 10_000), st.integers(200, 3000))
@settings(max_examples=40, deadline=None)
def test_the_player_takes_what_is_written(seed: int, size: int) -> None:
    """Its own rules: a fault in one of them, and nothing is played."""
    data = published(drawn(seed, 150))
    cut = pieces(data, size)
    if not cut:
        return
    index, rest = made(data, size)
    starts = [one["start"] for one in index["segments"]]
    assert (index["version"], starts[0]) == (1, 0)
    assert len(starts) == len(rest) == len({one["url"] for one in index["segments"]})
    assert starts == sorted({*starts})
    assert starts[-1] < index["duration"]
    for number, (start, segment) in enumerate(zip(starts, rest, strict=True)):
        times = [event[0] for event in segment["events"]]
        assert times == sorted(times)
        assert number == 0 or times[0] == start
        assert times[-1] == index["duration"] if number == len(rest) - 1 else times[-1] < starts[number + 1]
    assert [event[0] for event in rest[-1]["events"]][-1] == index["duration"]


def test_no_segment_begins_within_an_escape_sequence_or_a_moment() -> None:
    data = published(cast(*(output(at / 10, "x\x1b[3" if at % 2 else "1mxx") for at in range(100))))
    _, rest = made(data, 100)
    assert len(rest) > 5
    assert all(segment["events"][0][2].startswith("x") for segment in rest[1:])
    assert pieces(published(cast(*(output(1, "x" * 50) for _ in range(100)))), 100) == ()


def test_the_index_tells_size_colours_and_pauses() -> None:
    theme = TerminalTheme("#101010", "#fafafa", tuple(f"#0000{at:02x}" for at in range(8)))
    events = [output(at, "x" * 40) for at in (2, 2.5, 9, 9.9, 11.5, 12)]
    index, _ = made(published(cast(*events, cols=70, rows=20, theme=theme)), 60)
    assert index["term"]["cols"] == 70
    assert index["term"]["theme"]["fg"] == "#101010"
    assert index["pauses"] == [[0, 2], [2.5, 9], [9.9, 11.5]]
    assert all(end - start > PAUSE for start, end in index["pauses"])
