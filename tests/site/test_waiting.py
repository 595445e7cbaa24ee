"""Texts that lead to what is not published yet: its title stands there, and it is a link as soon as there is a page."""

from __future__ import annotations

from pathlib import Path

import pytest
from projects import Project, cast

TEXT = "---\ntitle: News\n---\nSee [this]({to}).\n\n![]({to})\n"
WAITS = "words stand in its place"


@pytest.mark.parametrize(
    ("front", "because"),
    [("draft: true", "a draft"), ("date: 2199-01-01", "dated in the future")],
    ids=["draft", "date"],
)
@pytest.mark.parametrize("to", ["git/rebase.cast", "/git/rebase", "git/rebase.md"])
def test_a_title_without_a_link_until_it_is_published(tmp_path: Path, front: str, because: str, to: str) -> None:
    project = Project(tmp_path).write(
        {
            "castsite.yml": "title: S\n",
            "content/git/rebase.cast": cast("hello"),
            "content/git/rebase.md": f"---\ntitle: The *rebase*\n{front}\n---\n",
            "content/news.md": TEXT.format(to=to),
        }
    )
    done = project.build()
    page = project.published()["news/index.html"].decode()
    assert "<p>See this.</p>\n<p>The *rebase*</p>" in page
    said = f'leads to "The *rebase*", which is {because}; until it is published, {WAITS}'
    assert f'warning: content/news.md:4: not-yet-published: link "{to}" {said}' in done.stderr
    assert f'warning: content/news.md:6: not-yet-published: picture "{to}" {said}' in done.stderr
    project.write({"content/git/rebase.md": "---\ntitle: The *rebase*\n---\n"})
    assert "not-yet-published" not in project.build().stderr
    assert '<p>See <a href="../git/rebase/">this</a>.</p>' in project.published()["news/index.html"].decode()


@pytest.mark.parametrize("text", ["visibility: private\ndraft: true", "visibility: private"])
def test_nothing_is_told_of_what_is_private(tmp_path: Path, text: str) -> None:
    project = Project(tmp_path).write(
        {
            "castsite.yml": "title: S\n",
            "content/plan.md": f"---\ntitle: The secret plan\n{text}\n---\n",
            "content/news.md": TEXT.format(to="plan.md"),
        }
    )
    done = project.build()
    assert "content/news.md:4: broken-link" in done.stderr
    assert b"secret plan" not in b"".join(project.published().values())


@pytest.mark.parametrize("where", ["plan.md", "_index.md"])
def test_no_title_is_told_in_which_something_is_to_be_masked(tmp_path: Path, where: str) -> None:
    project = Project(tmp_path).write(
        {
            "castsite.yml": "title: S\n",
            "content/a/_index.md": "---\ntitle: A\n---\n",
            "content/a/plan.cast": cast("to Mallorca"),
            "content/a/plan.md": "---\ntitle: To Mallorca\ndraft: true\n---\n",
            "content/news.md": TEXT.format(to="a/plan.cast"),
        }
    )
    order = {"plan.md": "redact: [Mallorca]", "_index.md": "cascade: {redact: [Mallorca]}"}[where]
    written = (project.root / "content" / "a" / where).read_text()
    project.write({f"content/a/{where}": written.replace("\n---\n", f"\n{order}\n---\n")})
    assert 'leads to "Plan", which is a draft' in project.build().stderr
    assert "<p>Plan</p>" in project.published()["news/index.html"].decode()
    assert b"Mallorca" not in b"".join(project.published().values())
