from __future__ import annotations

from pathlib import Path

import gallery
import pytest
from gallery import recording
from markdown_it import MarkdownIt
from projects import CANARY, Project, cast, png

from castsite.errors import StorageError
from castsite.memory import Memory
from castsite.render.pictures import album
from castsite.site.model import Meta, Site
from castsite.site.sources import SourceFile, scan


@pytest.fixture
def site(tmp_path: Path) -> Project:
    return Project(tmp_path).write({"content/git/a.cast": cast(), "content/git/shot.png": png()})


def test_B19_C11_a_picture_of_a_text_is_published_without_its_metadata(site: Project) -> None:
    site.write({"content/git/a.md": "See ![the screen](shot.png).\n"})
    site.build()
    (name,) = [name for name in site.published() if name.startswith("assets/content/")]
    assert name.startswith("assets/content/shot.")
    assert CANARY not in site.published()[name]
    page = site.page("git/a/index.html")
    assert f'src="../../{name}"' in page
    assert 'width="3"' in page


def test_a_picture_nobody_names_stays_where_it_is(site: Project) -> None:
    site.write({"content/git/a.md": "No picture: `shot.png` is a word.\n"})
    site.build()
    assert not any("shot" in name for name in site.published())


def test_B19_what_is_no_picture_is_refused_and_what_is_missing_warned_of(site: Project) -> None:
    site.write(
        {
            "content/git/x.svg": "<svg onload=alert(1)>",
            "content/git/html.png": "<html>",
            "content/git/a.md": "![a](x.svg) ![b](html.png) ![c](../../etc/passwd) ![d](gone.png)\n",
        }
    )
    done = site.build()
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: content/git/a.md:1")]
    assert len(errors) == 3
    assert any("SVG" in line for line in errors)
    assert "warning: content/git/a.md:1" in done.stderr
    assert "onload" not in site.page("git/a/index.html")
    assert not any(name.startswith("assets/content/") for name in site.published())


@pytest.fixture
def content(tmp_path: Path) -> Path:
    (tmp_path / "git").mkdir()
    for name in ("git/shot.png", "git/Über mich.PNG", "top.png"):
        (tmp_path / name).write_bytes(png())
    return tmp_path


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Texts that were parsed."""
    texts: list[str] = []
    parse = MarkdownIt.parse

    def noted(self: MarkdownIt, src: str, env: object = None) -> object:
        texts.append(src)
        return parse(self, src, env)  # type: ignore[arg-type]

    monkeypatch.setattr(MarkdownIt, "parse", noted)
    return texts


def site_of(*bodies: str, about: str = "") -> Site:
    """Make a site of recordings in git/ with these texts; `about` describes each."""
    meta = Meta(description=about or None)
    items = (recording(f"git/r{number}", meta=meta, body=body) for number, body in enumerate(bodies))
    return gallery.site(*items)


def named(content: Path, of: Site, memory: Memory | None = None) -> set[str]:
    return set(album(of, files(content), content, load_frame=str.encode, memory=memory).pictures)


def files(content: Path) -> tuple[SourceFile, ...]:
    return scan(content, label="content").files


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("![](shot.png)", "git/shot.png"),
        ("[x](<shot.png>)", "git/shot.png"),
        ("![x]\n\n[x]: ./shot.png 'title'", "git/shot.png"),
        ("![](sh&#111;t&period;p&#110;g)", "git/shot.png"),
        ("![](shot%2Ep%6Eg)", "git/shot.png"),
        (r"![](shot\.png)", "git/shot.png"),
        (r"![](..\top.png)", "top.png"),
        ("[![](/top.png/.)](r1.cast)", "top.png"),
        ("![](<Über mich.PNG>)", "git/Über mich.PNG"),
        ("`![](shot.png)`", ""),
        ("[x](../../git/shot.png)", ""),
        ("![](shot.PNG)", ""),
        ("", ""),
    ],
)
def test_however_a_picture_is_written_it_is_found(content: Path, body: str, expected: str) -> None:
    memory = Memory()
    for of in (site_of(body), site_of("", about=body)):
        assert named(content, of, memory) == named(content, of, memory) == ({expected} - {""})


def test_only_texts_that_may_name_a_picture_are_parsed_to_find_them_and_once(content: Path, parsed: list[str]) -> None:
    memory = Memory()
    linked, shown, about = "To [it](r1.cast).", "Here: ![](shot.png)", "As [there](/top.png)"
    assert named(content, site_of(linked, shown, about=about), memory) == {"git/shot.png", "top.png"}
    assert sorted(parsed) == [about, about, shown]
    parsed.clear()
    assert named(content, site_of(linked, shown, about=about), memory) == {"git/shot.png", "top.png"}
    assert parsed == []
    assert named(content, site_of(linked, shown.replace("shot", "shut"), about=about), memory) == {"top.png"}
    assert parsed == ["Here: ![](shut.png)"]


def test_a_picture_that_changes_during_the_build_is_not_published_under_the_others_name(content: Path) -> None:
    (artifact,) = album(site_of("![](shot.png)"), files(content), content, load_frame=str.encode).artifacts
    assert artifact.body()
    (content / "git/shot.png").write_bytes(png(colour=b"abc"))
    with pytest.raises(StorageError, match="changed while the site was being built"):
        artifact.body()
