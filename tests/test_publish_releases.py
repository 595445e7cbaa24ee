"""Publishing to a folder that a server of one's own serves."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from projects import Project, cast

from castsite.errors import StorageError
from castsite.output.finished import Finished
from castsite.publish.releases import KEPT, release

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there that tests do not have")


@dataclass(frozen=True)
class Released(Project):
    """A site, and the folder that its server serves."""

    folder: Path

    def publish(self, *arguments: str, code: int = 0) -> Any:
        done = self.run("publish", "--release-dir", str(self.folder), *arguments)
        assert done.returncode == code, done.stderr
        return done

    def names(self) -> list[str]:
        return sorted(item.name for item in (self.folder / "releases").iterdir() if item.is_dir())

    def seen(self) -> dict[str, bytes]:
        current = self.folder / "current"
        return {
            file.relative_to(current).as_posix(): file.read_bytes() for file in current.rglob("*") if file.is_file()
        }

    def change(self) -> None:
        number = len(list((self.root / "content").iterdir()))
        self.write({f"content/more-{number}.cast": cast(f"more {number}")}).build()


@pytest.fixture
def site(tmp_path: Path) -> Released:
    project = Released(tmp_path / "site", tmp_path / "www")
    project.write({"castsite.yml": "title: Garden\n", "content/a.cast": cast("hello"), "content/b/c.cast": cast("you")})
    project.build()
    return project


def test_readers_see_what_castsite_made_and_nothing_else(site: Released) -> None:
    made = site.published()
    (site.root / "public" / "private.txt").write_text("mine")
    assert "leads to release " in site.publish().stderr
    assert site.seen() == made
    (name,) = site.names()
    assert (site.folder / "current").readlink() == Path("releases", name)


def test_the_next_release_is_one_more_folder_and_shares_what_did_not_change(site: Released) -> None:
    site.publish()
    before = site.seen()
    site.change()
    told = site.publish()
    assert site.seen() == site.published()
    first, second = (site.folder / "releases" / name for name in site.names())
    assert {path: (first / path).read_bytes() for path in before} == before
    assert (first / "a.cast").samefile(second / "a.cast")
    assert not (first / "index.html").samefile(second / "index.html")
    assert (first / "index.html").read_bytes() == before["index.html"]
    assert "0 removed" in told.stderr


def test_what_is_gone_from_the_site_is_gone_from_the_next_release(site: Released) -> None:
    site.publish()
    (site.root / "content" / "a.cast").unlink()
    site.build()
    told = site.publish("--dry-run").stdout
    assert "removed a.cast\n" in told
    assert "changed index.html\n" in told
    assert "a.cast" in site.seen()
    site.publish()
    assert "a.cast" not in site.seen()


def test_a_site_that_is_there_already_is_left_alone_unless_by_force(site: Released) -> None:
    site.publish()
    assert "holds these files already" in site.publish().stderr
    assert len(site.names()) == 1
    site.publish("--force")
    assert len(site.names()) == 2


def test_a_file_that_somebody_changed_in_a_release_is_made_anew(site: Released) -> None:
    site.publish()
    (site.folder / "current" / "a.txt").write_text("not the transcript\n")
    site.publish()
    assert site.seen() == site.published()


def test_the_last_releases_stay(site: Released) -> None:
    made = []
    for _ in range(KEPT + 2):
        site.change()
        site.publish()
        made.append((site.folder / "current").readlink().name)
    assert site.names() == made[-KEPT:]


def test_what_a_run_left_that_was_killed_is_cleared_away(site: Released) -> None:
    left = site.folder / "releases" / ".20260101T000000.000000Z"
    left.mkdir(parents=True)
    (left / "index.html").write_text("half")
    (site.folder / "releases" / "mine").mkdir()
    site.publish()
    assert not left.exists()
    assert "mine" in site.names()


def test_a_dry_run_writes_nothing(site: Released) -> None:
    done = site.publish("--dry-run")
    assert "new     a.cast\n" in done.stdout
    assert "nothing was written" in done.stderr
    assert not site.folder.exists()


def test_a_folder_named_current_is_not_touched(site: Released) -> None:
    (site.folder / "current").mkdir(parents=True)
    (site.folder / "current" / "mine.txt").write_text("mine")
    for more in ([], ["--force"]):
        assert "not-a-link: is no link to a release; move it away" in site.publish(*more, code=2).stderr
    assert (site.folder / "current" / "mine.txt").read_text() == "mine"


def test_a_link_that_leads_elsewhere_is_replaced_by_force_alone(site: Released, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "index.html").write_text("mine")
    site.folder.mkdir()
    (site.folder / "current").symlink_to(elsewhere)
    assert "foreign: leads to what castsite did not put there" in site.publish(code=2).stderr
    site.publish("--force")
    assert site.seen() == site.published()
    assert (elsewhere / "index.html").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--release-dir", "public/www"], "public/www: bad-folder: lies in what is published"),
        (["--release-dir", "nowhere/www"], "no-folder: there is no folder"),
        (["gh-pages", "--release-dir", "www"], "--release-dir does not go with TO"),
        (["--branch", "x", "--release-dir", "www"], "--branch does not go with --release-dir"),
        (["--cors", "--release-dir", "www"], "--release-dir does not go with --cors"),
    ],
)
def test_what_cannot_be_is_refused(site: Released, arguments: list[str], said: str) -> None:
    done = site.run("publish", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (site.root / "www").exists()


def test_a_site_that_is_not_finished_is_refused(site: Released) -> None:
    (site.root / "public" / "a.txt").write_text("changed by hand")
    assert "edited" in site.publish(code=2).stderr
    assert not site.folder.exists()


def test_a_disk_that_is_full_leaves_readers_what_they_had(site: Released, monkeypatch: pytest.MonkeyPatch) -> None:
    site.publish()
    before, names = site.seen(), site.names()
    site.change()
    made = site.published()

    def full(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr("shutil.copyfile", full)
    with pytest.raises(StorageError, match="No space left on device; free some space there"):
        release(site.root / "public", Finished(tuple(sorted(made)), 0), site.folder)
    assert (site.seen(), site.names()) == (before, names)
    assert sorted(os.listdir(site.folder)) == ["current", "releases"]  # noqa: PTH208 - hidden ones, too
