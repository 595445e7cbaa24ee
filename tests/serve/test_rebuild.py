"""A build into a folder of the server's own."""

from __future__ import annotations

import gc
import shutil
from pathlib import Path

from jinja2 import Environment
from projects import Project

from castsite.build import Options
from castsite.config import Loaded, load_config
from castsite.output.manifest import MANIFEST
from castsite.serve.rebuild import MOST, SELDOM, Rebuild, own_folder

FOLDER = own_folder(8000)


def rebuild(root: Path) -> Rebuild:
    Project(root).write({"content/about.md": "words"})
    return Rebuild(
        root, load=lambda: Loaded(load_config("").config, ()), options=lambda _: Options(private=True), folder=FOLDER
    )


def told(build: Rebuild) -> str:
    outcome = build()
    assert outcome.built is None
    return "\n".join(map(str, outcome.problems))


def environments() -> int:
    return sum(isinstance(one, Environment) for one in gc.get_objects())


def test_what_builds_leave_in_memory_is_freed_when_nobody_waits(tmp_path: Path) -> None:
    build = rebuild(tmp_path)
    for number in range(SELDOM):
        Project(tmp_path).write({"content/about.md": f"words {number}"})
        build.rest()
        build()
    build.rest()
    assert environments() < SELDOM / 2


def test_what_builds_leave_in_memory_is_freed_though_somebody_always_waits(tmp_path: Path) -> None:
    build = rebuild(tmp_path)
    for number in range(MOST + 2):
        Project(tmp_path).write({"content/about.md": f"words {number}"})
        build()
    assert environments() < MOST / 2


def test_a_folder_that_was_damaged_is_made_anew(tmp_path: Path) -> None:
    build, folder = rebuild(tmp_path), tmp_path / FOLDER
    build()
    (folder / MANIFEST).write_text("damaged")
    (folder / "left.html").write_text("of whom?")
    assert "about/index.html" in build().changed
    assert not (folder / "left.html").exists()


def test_what_was_left_is_believed_until_a_look_at_all_of_it_says_otherwise(tmp_path: Path) -> None:
    build, folder = rebuild(tmp_path), tmp_path / FOLDER
    assert build.is_left_alone(), "before the first build"
    build()
    Project(tmp_path).write({"content/about.md": "other words"})
    assert "about/index.html" in build().changed
    assert build.is_left_alone()
    for damage in (
        (folder / "about/index.html").unlink,
        lambda: (folder / "about/index.html").write_text("ours no more"),
        lambda: (folder / "left.html").write_text("of whom?"),
        (folder / MANIFEST).unlink,
        lambda: (folder / MANIFEST).write_text("damaged"),
        lambda: shutil.rmtree(folder),
    ):
        before = (folder / "about/index.html").read_bytes()
        damage()
        assert not build.is_left_alone()
        build()
        assert (folder / "about/index.html").read_bytes() == before
        build()
        assert build.is_left_alone()


def test_after_something_was_removed_it_is_looked_at_too(tmp_path: Path) -> None:
    build, folder = rebuild(tmp_path), tmp_path / FOLDER
    Project(tmp_path).write({"content/deep/gone.md": "words"})
    build()
    (tmp_path / "content/deep/gone.md").unlink()
    assert "deep/gone/index.html" in build().changed
    assert not (folder / "deep").exists()
    assert build.is_left_alone()
    (folder / "about/index.html").unlink()
    assert not build.is_left_alone()
    Project(tmp_path).write({"content/deep/gone.md": "again"})
    assert "deep/gone/index.html" in build().changed


def test_a_folder_where_a_page_must_go_is_taken_away_with_all_of_it(tmp_path: Path) -> None:
    build, folder = rebuild(tmp_path), tmp_path / FOLDER
    build()
    (folder / "about/index.html").unlink()
    (folder / "about/index.html").mkdir()
    assert not build.is_left_alone()
    assert "about/index.html" in build().changed
    assert (folder / "about/index.html").is_file()


def test_a_file_in_the_place_of_the_folder_is_taken_away(tmp_path: Path) -> None:
    build = rebuild(tmp_path)
    Project(tmp_path).write({FOLDER: "no folder"})
    assert "about/index.html" in build().changed


def test_a_place_that_is_refused_is_told_and_left_alone(tmp_path: Path) -> None:
    root = tmp_path / ".github" / "site"
    build = rebuild(root)
    assert "it lies in a folder of git or GitHub; put the site elsewhere" in told(build)
    Project(root).write({f"{FOLDER}/kept.txt": "kept"})
    assert "it lies in a folder of git or GitHub" in told(build)
    assert (root / FOLDER / "kept.txt").read_text() == "kept"


def test_a_link_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    build = rebuild(tmp_path)
    Project(tmp_path).write({"elsewhere/kept.txt": "kept", ".castsite/x": ""})
    (tmp_path / FOLDER).symlink_to(tmp_path / "elsewhere")
    assert "it is a symbolic link; remove it" in told(build)
    assert (tmp_path / "elsewhere/kept.txt").read_text() == "kept"


def test_what_a_site_that_cannot_be_built_would_be_made_from_is_known(tmp_path: Path) -> None:
    Project(tmp_path).write({"content/about.md": "words"})
    config = load_config("content: words\n").config
    build = Rebuild(tmp_path, load=lambda: Loaded(config, ()), options=lambda _: Options(private=True), folder=FOLDER)
    outcome = build()
    assert "there is no such folder" in str(outcome.problems[0])
    assert outcome.sources is not None
    assert outcome.sources.matters(tmp_path / "words", gone=False, is_file=False)
