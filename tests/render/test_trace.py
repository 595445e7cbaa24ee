from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castsite.render.images.trace import LISTED, SCRUBBED, notch_path, trace, trace_path

levels = st.lists(st.integers(0, 8), max_size=60)


def read(document: str) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314 - made by castsite


def heights(path: str, columns: int) -> list[int]:
    """Read a skyline back: the level over the middle of each column."""
    x, y, level_at = 0, 16, [0] * columns
    for command, value in _commands(path):
        if command == "V":
            y = value
        elif command == "H":
            for column in range(x, value):
                level_at[column] = (16 - y) // 2
            x = value
    return level_at


def _commands(path: str) -> list[tuple[str, int]]:
    assert path.startswith("M0 16")
    assert path.endswith("z")
    body = path.removeprefix("M0 16").removesuffix("z")
    return [(part[0], int(part[1:])) for part in body.replace("V", " V").replace("H", " H").split()]


@given(levels)
def test_skyline_reads_back_as_its_levels(found: list[int]) -> None:
    assert heights(trace_path(found), len(found)) == found


def test_equal_neighbours_are_one_step_and_silence_at_the_end_is_left_out() -> None:
    assert trace_path([0, 4, 4, 8, 0]) == "M0 16H1V8H3V0H4V16z"
    assert trace_path([8] * 5) == "M0 16V0H5V16z"


@pytest.mark.parametrize("silent", [[], [0], [0] * 96])
def test_silence_draws_nothing(silent: list[int]) -> None:
    assert trace_path(silent) == "M0 16z"


def test_notches_stand_at_their_share_of_the_duration() -> None:
    assert notch_path([0, 5, 10, 99], 10, 240) == "M0 -1.5v2.5M120 -1.5v2.5M240 -1.5v2.5M240 -1.5v2.5"


def test_without_a_duration_there_is_no_place_for_a_notch() -> None:
    assert notch_path([0], 0, 240) == ""


def test_trace_is_hidden_from_screen_readers_and_as_wide_as_its_slices() -> None:
    root = read(trace([1] * SCRUBBED, chapters=[5], duration=10))
    assert root.get("aria-hidden") == "true"
    assert root.get("viewBox") == "0 0 240 16"
    assert [path.get("class") for path in root] == ["bars", "tick"]
    assert [path.get("class") for path in read(trace([1] * LISTED))] == ["bars"]
