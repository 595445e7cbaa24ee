from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castsite.analysis.model import Analysis, Chapter, Command, Cursor, Line, Snapshot
from castsite.errors import Place
from castsite.render.record import part_paths, record
from castsite.schema.values import Author, Day, Part
from castsite.search.parts import PART_SIZE, parts
from castsite.site.model import Meta, Recording, Summary

SECOND = 1_000_000


def line(milliseconds: int, shown: str) -> Line:
    return Line(milliseconds * 1000, milliseconds * 1000, shown)


def analysis(*lines: Line, chapters: tuple[Chapter, ...] = ()) -> Analysis:
    return Analysis(
        duration=12_345_678,
        cols=80,
        rows=24,
        max_cols=80,
        max_rows=24,
        resized=False,
        events=3,
        lines=lines,
        commands=(),
        chapters=chapters,
        chapters_from="markers",
        poster=Snapshot(80, 24, (), Cursor(0, 0, visible=False)),
        poster_time=0,
        activity=(0,) * 480,
        cut_off=False,
    )


def recording(slug: str = "git/rebase", cast: str | None = None, **meta: object) -> Recording:
    return Recording(
        source=f"content/{slug}.cast",
        slug=slug,
        section="",
        title="Rebase",
        date=Day(datetime(2026, 3, 1, tzinfo=UTC)),
        meta=Meta(**meta),  # type: ignore[arg-type]
        body="",
        body_place=Place(""),
        summary=Summary(0, 80, 24, 0, 0, 0, 0, "", cut_off=False, resized=False),
        key="",
        cast=cast or slug,
        options=(),
    )


def written(found: Analysis, commands: tuple[Command, ...] = (), **meta: object) -> list[dict[str, object]]:
    return [json.loads(part) for part in record(recording(**meta), found, commands)]  # type: ignore[arg-type]


def test_a_chapter_without_a_title_is_named_by_its_number() -> None:
    (found,) = written(analysis(line(1, "x"), chapters=(Chapter(SECOND, ""), Chapter(2 * SECOND, "Build"))))
    assert [chapter["title"] for chapter in found["chapters"]] == ["Marker 1", "Build"]


def test_record_holds_what_is_known_and_no_null() -> None:
    (found,) = written(
        analysis(),
        description="*How* to",
        tags=("git",),
        series=Part("Git basics", 2),
        authors=(Author("Ada", "https://ada.example/"), Author("Bob")),
        license="CC-BY-4.0",
        updated=Day(datetime(2026, 3, 2, 9, 5, tzinfo=UTC), whole_day=False),
    )
    assert found == {
        "title": "Rebase",
        "description": "*How* to",
        "date": "2026-03-01",
        "updated": "2026-03-02T09:05:00+00:00",
        "duration": 12.346,
        "cols": 80,
        "rows": 24,
        "tags": ["git"],
        "series": "Git basics",
        "part": 2,
        "authors": [{"name": "Ada", "url": "https://ada.example/"}, {"name": "Bob"}],
        "license": "CC-BY-4.0",
        "cast": "rebase.cast",
        "chapters": [],
        "commands": [],
        "times": [],
        "lines": [],
        "command_lines": [],
    }
    (bare,) = written(analysis())
    assert None not in bare.values()
    assert not bare.keys() & {"description", "updated", "series", "part", "authors", "license", "source", "more"}


def test_path_of_the_source_is_not_published() -> None:
    (part,) = record(recording(), analysis(), ())
    assert b"content/" not in part


def test_record_names_the_cast_of_another_page_relative_to_itself() -> None:
    (part,) = record(recording("git/again", cast="demos/first"), analysis(), ())
    assert json.loads(part)["cast"] == "../demos/first.cast"
    (part,) = record(recording("again"), analysis(), ())
    assert json.loads(part)["cast"] == "again.cast"


def test_moments_are_seconds_and_line_times_differences_in_milliseconds() -> None:
    lines = (line(500, "$ make"), line(1500, "ok"), line(1500, "done"))
    typed = Command(500_000, 1_250_500, "make", "$ ", "prompt", "shell", 0.95)
    (found,) = written(analysis(*lines, chapters=(Chapter(2 * SECOND, "Build"),)), (typed,))
    assert found["chapters"] == [{"t": 2.0, "title": "Build"}]
    assert found["commands"] == [{"t": 0.5, "at": 1.251, "text": "make"}]
    assert found["times"] == [500, 1000, 0]
    assert found["lines"] == ["$ make", "ok", "done"]
    assert found["command_lines"] == [0]


def test_long_transcript_goes_on_in_parts_that_the_first_one_names() -> None:
    lines = tuple(line(number * 10, f"{number:5} " + "x" * 994) for number in range(30))
    typed = Command(0, 200_000, lines[20].text, "", "prompt", "shell", 0.95)
    first, *rest = written(analysis(*lines), (typed,))
    assert first["more"] == ["rebase.2.json", "rebase.3.json"]
    assert part_paths("git/rebase", 3) == ("git/rebase.json", "git/rebase.2.json", "git/rebase.3.json")
    assert [list(part) for part in rest] == [["times", "lines", "command_lines"]] * 2
    assert [part["command_lines"] for part in (first, *rest)] == [[], [20 - len(first["lines"])], []]  # type: ignore[arg-type]
    assert rest[0]["times"][0] == len(first["lines"]) * 10  # type: ignore[arg-type, index]


line_text = st.integers(0, 20_000).map("x".__mul__)


@given(st.lists(line_text, max_size=20))
def test_parts_hold_every_line_once_in_order_within_their_size(texts: list[str]) -> None:
    lines = [line(0, text) for text in texts]
    found = parts(texts)
    assert [index for part in found for index in part] == list(range(len(lines)))
    assert all(len(part) for part in found) or not lines
    for part in found:
        assert len(part) == 1 or sum(len(texts[index]) + 1 for index in part) <= PART_SIZE


@given(st.lists(st.tuples(st.integers(0, 10**8), st.text(max_size=2000)), max_size=30))
def test_lines_and_times_read_back_from_the_parts(found: list[tuple[int, str]]) -> None:
    lines = [line(time, "".join(filter(str.isprintable, text))) for time, text in found]
    read: list[tuple[int, str]] = []
    for part in written(analysis(*lines)):
        read += zip(accumulate(part["times"]), part["lines"], strict=True)  # type: ignore[arg-type, call-overload]
    assert read == [(line.time // 1000, line.text) for line in lines]


@pytest.mark.parametrize("text", ["</script>", "\u2028", "ü", "\x00a\x1b", "\ud800"])
def test_C13_any_text_is_valid_json_in_utf8(text: str) -> None:
    (found,) = written(analysis(line(0, text), chapters=(Chapter(0, text),)))
    assert all(char not in found["lines"][0] for char in "\x00\x1b\ud800")  # type: ignore[index]
