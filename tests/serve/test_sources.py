"""Which files of a project count."""

from __future__ import annotations

from pathlib import Path

import pytest

from castsite.build import Options, target_of
from castsite.config import load_config
from castsite.limits import Limits
from castsite.serve.sources import Sources, sources_of
from castsite.site.sources import scan
from castsite.site.static import static_files


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    folders = tuple(tmp_path / name for name in ("content", "static", "templates", "docs/words"))
    (tmp_path / "content").mkdir()
    return Sources(tmp_path, folders, tmp_path / ".castsite/serve-8000", folders[0])


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
        ("content/git/4913", False, False),
        ("content/sediments", False, False),
        ("content/sediments/a.md", False, True),
        ("content/4913/b.md", True, True),
        ("content/node_modules/c.md", False, True),
        ("content/_drafts/d.md", False, False),
        ("content/old.orig/d.md", False, False),
        ("static/x.part", False, True),
        ("static/4913", False, True),
        ("static/_headers", False, True),
        ("static/.well-known/security.txt", False, True),
        ("static/a/.well-known/security.txt", False, False),
        ("static/.git/index", False, False),
        ("templates/sediments", False, True),
        ("templates/.base.html.swp", False, False),
        ("templates/base.html~", False, False),
        (".castsite", False, False),
        (".castsite", True, True),
        (".castsite/serve-8000", False, False),
        (".castsite/serve-8000", True, True),
        (".castsite/serve-8000/index.html", False, False),
        (".castsite/cache/ab", False, False),
    ],
)
def test_what_counts(sources: Sources, path: str, gone: bool, expected: bool) -> None:
    assert sources.matters(sources.project / path, gone=gone) is expected


@pytest.mark.parametrize("name", ["content/sediments", "content/4913", "content/a.swo"])
def test_names_that_editors_give_to_files_are_not_those_of_folders(sources: Sources, name: str) -> None:
    path = sources.project / name
    assert [sources.matters(path, gone=True, is_file=is_file) for is_file in (True, False)] == [False, True]
    path.mkdir()
    empty = sources.stamp()
    (path / "a.md").write_text("x")
    assert sources.stamp() != empty


def test_what_a_build_takes_is_noticed_and_in_the_stamp(sources: Sources) -> None:
    names = ("4913", "sediments", "node_modules", "x.part", "a~", ".git", "_x", "README.md", "x.orig", "x.swo", "#a#")
    for folder in ("content", "static"):
        for name in names:
            for path in (sources.project / folder / name, sources.project / folder / "in" / name / "a.md"):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("x")
    taken = {f"content/{file.name}" for file in scan(sources.content, label="content").files}
    taken |= {f"static/{artifact.path}" for artifact in static_files(sources.project, Limits()).artifacts}
    assert {"content/in/4913/a.md", "static/x.part"} <= taken
    assert {Path(path).relative_to(sources.project).as_posix() for path, *_ in sources.stamp()} == taken
    files = {path.relative_to(sources.project).as_posix() for path in sources.project.rglob("*") if path.is_file()}
    assert {path for path in files if sources.matters(sources.project / path, gone=False)} == taken


def test_a_project_may_lie_in_a_folder_whose_name_is_noise(tmp_path: Path) -> None:
    project = tmp_path / "node_modules" / "x.tmp"
    sources = Sources(project, (project / "content",), project / "public", project / "content")
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


def test_a_file_that_the_theme_is_given_counts_wherever_it_is(tmp_path: Path) -> None:
    config = load_config("theme: {options: {logo: _brand/logo.svg, accent: '#123456'}}\n").config
    sources = sources_of(target_of(tmp_path, config, Options()), config)
    logo = tmp_path / "_brand/logo.svg"
    assert sources.matters(logo, gone=False)
    assert not sources.matters(logo.with_name("other.svg"), gone=False)
    empty = sources.stamp()
    logo.parent.mkdir()
    logo.write_text("<svg>")
    assert sources.stamp() != empty
    assert sources.roots()[logo.parent] is False


def test_what_can_be_no_file_is_not_looked_for(tmp_path: Path) -> None:
    config = load_config(r'theme: {options: {logo: "a\0b.svg", icon: "../x.png", mark: [a.png]}}').config
    assert sources_of(target_of(tmp_path, config, Options()), config).files == ()


def test_a_configuration_that_is_a_link_counts_as_what_it_leads_to(sources: Sources, tmp_path: Path) -> None:
    (tmp_path / "real.yml").write_text("title: x")
    (tmp_path / "castsite.yml").symlink_to("real.yml")
    before = sources.stamp()
    (tmp_path / "real.yml").write_text("title: other")
    assert sources.stamp() != before


def test_a_configuration_that_is_a_link_to_nowhere_is_seen(sources: Sources) -> None:
    before = sources.stamp()
    (sources.project / "secrets-allow.json").symlink_to("nowhere")
    assert sources.stamp() != before


def test_links_are_seen_and_not_followed(sources: Sources, tmp_path: Path) -> None:
    before = sources.stamp()
    (tmp_path / "content/loop").symlink_to(tmp_path / "content")
    assert len(sources.stamp() - before) == 1


def test_a_link_that_leads_to_itself_is_no_folder(sources: Sources, tmp_path: Path) -> None:
    before = sources.stamp()
    (tmp_path / "static").symlink_to("static")
    assert sources.stamp() == before
    assert sources.roots()[tmp_path / "static"] is True
    assert not sources.matters(tmp_path / "other", gone=False)


def test_a_folder_that_is_a_link_is_watched_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "templates").symlink_to(tmp_path / "elsewhere")
    sources = Sources(tmp_path, (tmp_path / "templates",), tmp_path / "public", tmp_path / "content")
    assert sources.roots()[tmp_path / "elsewhere"] is True
    assert sources.matters(tmp_path / "elsewhere/base.html", gone=False)
