"""What texts may link to besides items: lists, feeds, files of `static/` and of recordings, texts of folders."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from projects import Project, cast, png

from castsite import build as build_module
from castsite.cli.project import load_project
from castsite.render import channels

CONFIG = "title: S\nbase_url: https://example.org/c/\nexport: [light.svg]\noutputs: [embed, gzip]\nsearch: true\n"
HEAD = "---\ntitle: P\ndate: 2026-01-01\ntags: [Git tips]\n---\n"


@pytest.fixture
def site(tmp_path: Path) -> Project:
    project = Project(tmp_path).write(
        {"castsite.yml": CONFIG, "static/paper.pdf": b"%PDF", "static/deep/index.html": "<p>", "static/l.png": png()}
    )
    return project.write(
        {
            "content/git/a.b.cast": cast("one"),
            "content/index.md": "---\ntitle: Home\n---\n",
            "content/git/_index.md": "---\ntitle: Git\n---\n[up](../index.md)\n",
        }
    )


def linked(site: Project, body: str, page: str = "p/index.html") -> list[str]:
    """Build a page, and give the addresses of what its text links to or shows."""
    site.write({"content/p.md": HEAD + body})
    assert site.build().returncode == 0
    text = site.page(page).partition("<main")[2].partition('class="prose')[2]
    return re.findall(r'(?:href|src)="([^"]*)"', text.partition("</div>")[0])


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("/tags/git-tips/", "../tags/git-tips/"),
        ("tags", "../tags/"),
        ("/stats/", "../stats/"),
        ("/search/?q=one", "../search/?q=one"),
        ("/feed.atom", "../feed.atom"),
        ("tags/git-tips/feed.json", "../tags/git-tips/feed.json"),
        ("/paper.pdf", "../paper.pdf"),
        ("deep/", "../deep/"),
        ("git/a-b.txt", "../git/a-b.txt"),
        ("git/a-b.cast.gz", "../git/a-b.cast.gz"),
        ("git/a-b.light.svg", "../git/a-b.light.svg"),
        ("git/_index.md", "../git/"),
        ("/git/", "../git/"),
    ],
)
def test_what_is_published_can_be_linked_to(site: Project, written: str, address: str) -> None:
    assert linked(site, f"[here]({written})") == [address]
    assert "broken-link" not in site.build().stderr


@pytest.mark.parametrize(
    "written",
    ["tags/nope", "/feed.txt", "nope.pdf", "git/a-b.gif", "git/nope.txt", "authors/", "a.txt", "git/feed.json"],
)
def test_what_is_not_cannot(site: Project, written: str) -> None:
    assert linked(site, f"[here]({written})") == []
    assert f'broken-link: link "{written}" leads to nothing that is published' in site.build().stderr


def test_pictures_that_are_published_are_shown(site: Project) -> None:
    assert linked(site, "![a](/l.png)\n\n![b](git/a-b.svg)") == ["../l.png", "../git/a-b.svg"]
    assert linked(site, "![a](/paper.pdf)") == ["../paper.pdf"]
    assert 'not-a-picture: "/paper.pdf" is no picture and became a link' in site.build().stderr


def test_a_link_goes_and_comes_with_the_file(site: Project) -> None:
    assert linked(site, "[a](/paper.pdf)") == ["../paper.pdf"]
    (site.root / "static/paper.pdf").unlink()
    assert linked(site, "[a](/paper.pdf)") == []
    site.write({"static/paper.pdf": b"%PDF"})
    assert linked(site, "[a](/paper.pdf)") == ["../paper.pdf"]


def test_the_text_of_a_folder_links_to_that_of_the_one_above(site: Project) -> None:
    assert linked(site, "", "git/index.html") == ["../"]


def test_the_text_of_a_folder_that_holds_nothing_is_told(site: Project) -> None:
    site.write(
        {"content/bundle/index.md": "---\ntitle: B\n---\ntext\n", "content/soon/_index.md": "---\ntitle: N\n---\n"}
    )
    site.write({"content/soon/later/x.md": "---\ntitle: L\ndraft: true\n---\n"})
    told = site.build().stderr
    assert told.count("empty-section") == 1
    assert "content/bundle/index.md: empty-section: is about a folder without recordings and pages" in told
    assert 'call it "content/bundle.md"' in told


def test_a_folder_whose_only_page_has_an_error_holds_something(site: Project) -> None:
    site.write({"content/soon/_index.md": "---\ntitle: N\n---\n", "content/soon/x.md": "---\ndate: tomorrow\n---\n"})
    assert "empty-section" not in site.build().stderr


def test_pages_that_a_site_does_not_have_cannot_be_linked_to(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"castsite.yml": "search: false\n"})
    assert linked(site, "[a](/search/) [b](/stats/) [c](/feed.atom) [d](/tags/)") == ["../tags/"]
    assert site.build().stderr.count("broken-link") == 3


def test_files_of_what_has_expired_cannot_be_linked_to(site: Project) -> None:
    site.write({"content/old.cast": cast("one"), "content/old.md": "---\nexpires: 2020-01-01\n---\n"})
    assert linked(site, "[a](old.txt)") == []


def test_files_of_a_recording_are_found_by_its_name_and_pages_by_their_file(site: Project) -> None:
    assert linked(site, "[a](git/a.b.txt) [b](/stats/index.html)") == ["../git/a-b.txt", "../stats/"]


def test_feeds_are_looked_for_once(site: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists of a large site take a moment."""
    site.write({f"content/n{number}.md": f"{HEAD}[feed](/feed.atom)" for number in range(9)})
    calls = []
    really = channels._below
    monkeypatch.setattr(channels, "_below", lambda places: (calls.append(1), really(places))[1])
    build_module.build(site.root, load_project(site.root).config, build_module.Options(jobs=1))
    assert len(calls) == 1


def test_the_text_of_a_recording_that_is_gone_does_not_stand_for_it(site: Project) -> None:
    site.write({"content/gone.md": "---\ntitle: Gone\n---\ntext\n"})
    assert linked(site, "[a](gone.cast)\n\n![b](/gone.cast)\n\n[c](gone.md)") == ["../gone/"]
    told = site.build().stderr
    assert 'broken-link: link "gone.cast" leads to nothing' in told
    assert 'missing-picture: picture "/gone.cast" leads to nothing' in told


@pytest.mark.parametrize("theme", ["default", "paper"])
@pytest.mark.parametrize(
    ("about", "front", "shown"),
    [
        ("How we work", "", ("How we work", "")),
        ("How we work", "title: Our shelf", ("Our shelf", "")),
        ("x" * 200, "title: Our shelf", ("Our shelf", "x" * 200)),
        ("How we work", "description: All of *it*", ("How we work", "All of <em>it</em>")),
        ("", "title: Our shelf\ndescription: All of it", ("Our shelf", "All of it")),
    ],
)
def test_the_text_of_the_home_page_names_it(
    tmp_path: Path, theme: str, about: str, front: str, shown: tuple[str, str]
) -> None:
    site = Project(tmp_path).write({"castsite.yml": f"title: S\ndescription: {about!r}\ntheme: {theme}\n"})
    site.write({"content/_index.md": f"---\n{front}\n---\n", "content/a.cast": cast("one")}).build()
    page = site.page("index.html")
    heading, under = re.search(r"<h1[^>]*>(.*?)</h1>", page), re.search(r'<p class="standfirst"[^>]*>(.*?)</p>', page)
    assert (heading[1], under[1] if under else "") == shown
    assert "<title>S</title>" in page
