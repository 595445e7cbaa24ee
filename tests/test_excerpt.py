"""Lines of a file below the message that is about them."""

from __future__ import annotations

from pathlib import Path

import pytest
from projects import Project, cast

from castsite.errors import Place
from castsite.excerpt import excerpt


def shown(tmp_path: Path, name: str, text: str, line: int, column: int = 0) -> list[str]:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return list(excerpt(tmp_path, Place(name, line, column)))


def test_the_line_and_the_one_before_it_stand_with_a_caret_below_the_column(tmp_path: Path) -> None:
    assert shown(tmp_path, "a.md", "---\ntitle: x\ndate: never\n", 3, 7) == [
        "  2 | title: x",
        "  3 | date: never",
        "    |       ^",
    ]
    assert shown(tmp_path, "a.md", "one", 1) == ["  1 | one"]


def test_the_caret_stands_below_wide_characters_and_tabs(tmp_path: Path) -> None:
    assert shown(tmp_path, "a.yml", "全角: x", 1, 5)[-1] == "    |       ^"
    assert shown(tmp_path, "a.yml", "\tx", 1, 2) == ["  1 |  x", "    |  ^"]


def test_of_a_long_line_the_part_around_the_column_is_shown(tmp_path: Path) -> None:
    line, caret = shown(tmp_path, "a.md", "a" * 500 + "X" + "b" * 500, 1, 501)
    assert len(line) == len("  1 | ") + 100
    assert line[caret.index("^")] == "X"


def test_control_characters_do_nothing_to_a_terminal(tmp_path: Path) -> None:
    assert shown(tmp_path, "a.md", "\x1b[31m\u202e", 1) == ["  1 | \\x1b[31m\\u{202e}"]


def test_events_of_a_recording_are_never_shown(tmp_path: Path) -> None:
    source = "---\ntitle: [x\n---\n" + cast().decode()
    assert shown(tmp_path, "a.cast", source, 2) == ["  1 | ---", "  2 | title: [x"]
    assert shown(tmp_path, "a.cast", source, 4) == []
    assert shown(tmp_path, "b.cast", cast().decode(), 1) == []


@pytest.mark.parametrize("name", ["picture.png", "missing.md"])
def test_what_is_no_text_has_no_excerpt(tmp_path: Path, name: str) -> None:
    if name.endswith("png"):
        (tmp_path / name).write_bytes(b"\x89PNG\n")
    assert list(excerpt(tmp_path, Place(name, 1))) == []


def test_lines_after_it_end_where_the_file_ends(tmp_path: Path) -> None:
    for text in ("one\ntwo", "one\ntwo\n"):
        (tmp_path / "a.md").write_text(text, encoding="utf-8")
        assert list(excerpt(tmp_path, Place("a.md", 1), after=2)) == ["  1 | one", "  2 | two"]
    assert list(excerpt(tmp_path, Place("a.md", 3), before=2, after=2)) == ["  1 | one", "  2 | two", "  3 |"]


def test_a_place_that_names_no_line_has_no_excerpt(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("one\ntwo\n", encoding="utf-8")
    for path in ("a.md", "content", ""):
        assert list(excerpt(tmp_path, Place(path), before=2, after=2)) == []


def test_a_place_beyond_the_file_has_no_excerpt(tmp_path: Path) -> None:
    assert shown(tmp_path, "a.md", "one", 2) == []


def test_excerpts_are_shown_on_demand_and_else_each_message_is_one_line(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"content/b.cast": cast(), "content/a.md": "---\ntitle: A\ndate: never\n---\n"})
    assert "| date: never" not in site.build().stderr
    assert "  3 | date: never\n    |       ^\n" in site.build("--verbose").stderr


def test_what_stops_a_command_is_told_with_the_rest_of_the_problems(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"content/a.cast": cast(), "castsite.yml": "titel: x\npagination: many\n"})
    told = site.build(code=2).stderr.splitlines()
    assert [line.partition(" ")[0] for line in told] == ["error:", "error:"]
    elsewhere = Project(tmp_path.parent).run("-C", str(tmp_path), "build")
    assert (elsewhere.returncode, elsewhere.stderr.splitlines()) == (2, told)
