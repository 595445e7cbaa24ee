"""What a server shows of files that are broken: what it showed of them last, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest
from msgspec.structs import replace
from projects import Project, cast

from castsite.build import Options
from castsite.cache import code_version
from castsite.cli.project import load_project
from castsite.memory import Memory

build = import_module("castsite.build").build  # the package has a function of that name
BROKEN = "---\ntitle: [\n---\n"
SITE = {
    "castsite.yml": "title: Site\n",
    "content/part/_index.md": "---\ntitle: A part\n---\nAbout it.\n",
    "content/part/note.md": "---\ntitle: Note\n---\nfirst words\n",
    "content/part/demo.cast": cast("first output"),
    "content/part/demo.md": "---\ntitle: Demo\n---\n",
    "content/named.md": "---\ntitle: Named\nrecording: part/raw.cast\n---\n",
    "content/part/raw.cast": b"---\ntitle: Raw\n---\n" + cast("raw output"),
    "content/always.cast": cast("always"),
    "content/other.cast": cast("other"),
}


@pytest.fixture
def site(tmp_path: Path) -> Project:
    return Project(tmp_path).write(SITE)


@pytest.fixture
def again(site: Project) -> Callable[..., set[str]]:
    """Builds the site in the memory of one process; gives the pages that there are."""
    memory = Memory(site.root / ".castsite", code_version())
    options = Options(jobs=1, now=datetime(2026, 6, 1, tzinfo=UTC), former=True)

    def built(**changed: bool) -> set[str]:
        project = load_project(site.root)
        build(site.root, project.config, replace(options, **changed), memory=memory)
        return {path for path in site.published() if path.endswith("/index.html")}

    return built


@pytest.mark.parametrize(
    ("broken", "page", "words"),
    [
        ("part/_index.md", "part", "About it."),
        ("part/note.md", "part/note", "first words"),
        ("part/demo.cast", "part/demo", "first output"),
        ("part/demo.md", "part/demo", "first output"),
        ("part/raw.cast", "named", "raw output"),
        ("named.md", "named", "raw output"),
    ],
)
def test_what_is_broken_is_shown_as_it_was(
    site: Project, again: Callable[..., set[str]], broken: str, page: str, words: str
) -> None:
    before = again()
    for _ in range(3):
        site.write({f"content/{broken}": BROKEN})
        assert before <= again()
        assert words in (site.root / f"public/{page}/index.html").read_text()
    site.write({"castsite.yml": "title: Another\n"})
    again()
    assert words not in "".join(path.read_text() for path in (site.root / f"public/{page}").glob("index.html"))


def test_nothing_is_shown_again_that_is_gone_or_not_to_be_shown(site: Project, again: Callable[..., set[str]]) -> None:
    before = again()
    site.write({
        "content/part/note.md": "---\ntitle: Note\ndraft: true\n---\n",
        "content/part/demo.md": "---\ntitle: Demo\nvisibility: private\ncaptions: nowhere.vtt\n---\n",
    })  # fmt: skip
    (site.root / "content/named.md").unlink()
    gone = {"part/note/index.html", "part/demo/index.html", "named/index.html"}
    assert gone <= before
    assert not gone & again()


@pytest.mark.parametrize("companion", [BROKEN, "---\ndate: 2026-01-01\nspeed: never\n---\n"])
def test_a_new_companion_that_is_broken_leaves_its_recording_as_it_was(
    site: Project, again: Callable[..., set[str]], companion: str
) -> None:
    before = again()
    site.write({"content/always.md": companion})
    assert before == again() == again()
    (site.root / "content/always.cast").unlink()
    again()
    assert "always.cast" not in site.published()


@pytest.mark.parametrize(
    "key",
    [
        "draft: true", "visibility: private", "date: 2027-01-01", "visibility: privat", "darft: true", "redact: [demo",
        "expires: 2020-01-01\nspeed: fast", "cut: [[0, 1]]\nspeed: fast", "visibility: unlisted\nspeed: fast",
    ],
)  # fmt: skip
@pytest.mark.parametrize("broken", [b"---\ntitle: [\n---\n", b"---\ntags: {a: b}\n---\n", b"---\n---\nnothing\n"])
def test_what_is_held_back_is_not_shown_whatever_else_is_wrong_with_it(
    site: Project, again: Callable[..., set[str]], key: str, broken: bytes
) -> None:
    names = {"always": "always.cast", "part/demo": "part/demo.cast", "named": "part/raw.cast"}
    pages = {f"{name}/index.html" for name in names}
    assert pages <= again()
    site.write({f"content/{file}": broken for file in names.values()})
    assert pages <= again()
    for name in names:
        recording = "recording: part/raw.cast\n" if name == "named" else ""
        site.write({f"content/{name}.md": f"---\n{recording}{key}\n---\n"})
    assert not pages & again()


@pytest.mark.parametrize("key", ["draft: true", "visibility: private", "date: 2027-01-01"])
def test_what_is_held_back_in_the_same_file_that_is_broken_is_not_shown(
    site: Project, again: Callable[..., set[str]], key: str
) -> None:
    pages = {"always/index.html", "part/demo/index.html", "named/index.html", "part/note/index.html"}
    assert pages <= again()
    block = f"---\n{key}\nstart: never\n"
    site.write({"content/always.cast": block.encode() + b"---\n" + cast("always")})
    site.write({"content/part/demo.md": f"{block}---\n", "content/part/note.md": f"---\n{key}\nweight: x\n---\n"})
    site.write({"content/named.md": f"{block}recording: part/gone.cast\n---\n"})
    assert not pages & again()
    assert not pages & again()  # from memory


def test_a_recording_that_is_gone_is_shown_by_no_page(site: Project, again: Callable[..., set[str]]) -> None:
    assert "named/index.html" in again()
    (site.root / "content/part/raw.cast").unlink()
    assert "named/index.html" not in again()


def test_a_secret_beside_what_is_broken_takes_the_page_away(site: Project, again: Callable[..., set[str]]) -> None:
    assert "always/index.html" in again()
    secret = "token: ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dE3fG6"[:36]
    site.write({"content/always.cast": BROKEN, "content/always.md": f"---\ntitle: A\n---\n{secret}\n"})
    assert "always/index.html" not in again()


def test_other_builds_leave_out_what_is_broken(site: Project, again: Callable[..., set[str]]) -> None:
    before = again(former=False)
    site.write({"content/part/note.md": BROKEN})
    assert before - again(former=False) == {"part/note/index.html"}
