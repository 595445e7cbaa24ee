"""Which files of a project count."""

from __future__ import annotations

from pathlib import Path

import pytest

from castsite.serve.noise import is_noise
from castsite.serve.sources import Sources


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    folders = tuple(tmp_path / name for name in ("content", "static", "templates", "docs/words"))
    (tmp_path / "content").mkdir()
    return Sources(tmp_path, folders, tmp_path / ".castsite/serve-8000")


@pytest.mark.parametrize(
    "name",
    [".git", ".castsite", "4913", ".#a.md", "#a.md#", "a.md~", ".a.md.swp", ".a.md.swx", "x.tmp", "x.part", "sedaB3_9z",
     ".goutputstream-Q1W2E3", ".DS_Store", "a.md___jb_tmp___"],
)  # fmt: skip
def test_what_editors_and_tools_leave_beside_files_is_noise(name: str) -> None:
    assert is_noise(name)


@pytest.mark.parametrize("name", ["a.md", "4914", "#1.cast", "sed.md", "notes.gitignore", "tmp", "_index.md"])
def test_files_of_a_site_are_no_noise(name: str) -> None:
    assert not is_noise(name)


@pytest.mark.parametrize(
    ("path", "gone", "expected"),
    [
        ("castsite.yml", False, True),
        ("content", True, True),
        ("content/git/a.md", False, True),
        ("templates/base.html", False, True),
        ("docs", False, True),
        ("docs/other.md", False, False),
        ("docs/words/de.yaml", False, True),
        ("README.md", False, False),
        ("content/.git/index", False, False),
        ("content/.a.md.swp", False, False),
        (".castsite/serve-8000", False, False),
        (".castsite/serve-8000", True, True),
        (".castsite/serve-8000/index.html", False, False),
        (".castsite/cache/ab", False, False),
    ],
)
def test_what_counts(sources: Sources, path: str, gone: bool, expected: bool) -> None:
    assert sources.matters(sources.project / path, gone=gone) is expected


def test_a_project_may_lie_in_a_folder_whose_name_is_noise(tmp_path: Path) -> None:
    project = tmp_path / "node_modules" / "x.tmp"
    sources = Sources(project, (project / "content",), project / "public")
    assert sources.matters(project / "content/a.md", gone=False)


def test_the_stamp_changes_with_each_file_and_with_nothing_else(sources: Sources) -> None:
    empty = sources.stamp()
    page = sources.project / "content/a.md"
    page.write_text("one")
    one = sources.stamp()
    assert one != empty
    (sources.project / "content/.a.md.swp").write_text("noise")
    (sources.project / "README.md").write_text("not of the site")
    page.read_text()
    assert sources.stamp() == one
    page.write_text("other")
    assert sources.stamp() != one
    page.unlink()
    assert sources.stamp() == empty
    (sources.project / "castsite.yml").write_text("title: x")
    assert sources.stamp() != empty


def test_links_are_seen_and_not_followed(sources: Sources, tmp_path: Path) -> None:
    before = sources.stamp()
    (tmp_path / "content/loop").symlink_to(tmp_path / "content")
    assert len(sources.stamp() - before) == 1


def test_a_folder_that_is_a_link_is_watched_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "templates").symlink_to(tmp_path / "elsewhere")
    sources = Sources(tmp_path, (tmp_path / "templates",), tmp_path / "public")
    assert sources.roots()[tmp_path / "elsewhere"] is True
    assert sources.matters(tmp_path / "elsewhere/base.html", gone=False)
