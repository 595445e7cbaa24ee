"""Publishing to a folder that a server of one's own serves."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from output.children import run, target
from projects import Project, cast

from castsite.errors import StorageError
from castsite.output.finished import Finished, finished
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

    def release(self) -> Any:
        return release(target(self.root), finished(target(self.root)), self.folder)

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
    assert "points at release " in site.publish().stderr
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
    assert "would point" in site.publish("--force", "--dry-run").stderr
    assert len(site.names()) == 1
    site.publish("--force")
    assert len(site.names()) == 2


def test_a_file_that_somebody_changed_in_a_release_is_made_anew(site: Released) -> None:
    site.publish()
    (site.folder / "current" / "a.txt").write_text("not the transcript\n")
    site.publish()
    assert site.seen() == site.published()


def test_a_link_in_the_place_of_a_file_is_not_taken_over(site: Released) -> None:
    site.publish()
    shown = site.folder / "current" / "a.txt"
    shown.unlink()
    shown.symlink_to(site.root / "public" / "a.txt")
    assert "1 changed" in site.publish().stderr
    assert not shown.is_symlink()
    assert site.seen() == site.published()


@pytest.mark.parametrize("name", ["verified.html", "b/mine.txt", "private"])
def test_what_somebody_put_into_a_release_is_left_behind_by_force_alone(site: Released, name: str) -> None:
    site.publish()
    mine = (site.folder / "current" / name).resolve()
    if name == "private":
        mine.symlink_to(site.root / "content")
    else:
        mine.write_text("mine")
    for more in ([], ["--dry-run"]):
        assert (
            f"{mine}: foreign: is not castsite's, and readers would miss it; put" in site.publish(*more, code=2).stderr
        )
    assert len(site.names()) == 1
    assert "1 removed" in site.publish("--force").stderr
    assert site.seen() == site.published()
    assert os.path.lexists(mine)


@pytest.mark.parametrize("form", ["releases/{}", "./releases/{}/", "{folder}/releases/{}"])
def test_whoever_goes_back_to_a_release_writes_the_link_as_they_like(site: Released, form: str) -> None:
    site.publish()
    first = site.seen()
    site.change()
    site.publish()
    name = site.names()[0]
    (site.folder / "current").unlink()
    (site.folder / "current").symlink_to(form.format(name, folder=site.folder))
    assert site.seen() == first
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


def test_what_readers_saw_until_now_stays_whatever_the_clock_says(site: Released) -> None:
    site.publish()
    for year in range(KEPT):
        site.change()
        site.publish()
        name = f"{2990 + year}0101T000000.000000Z"
        (site.folder / "current").resolve().rename(site.folder / "releases" / name)
        (site.folder / "current").unlink()
        (site.folder / "current").symlink_to(Path("releases", name))
    for _ in range(2):
        before = (site.folder / "current").resolve()
        site.change()
        site.publish()
        assert before.is_dir()
        assert site.seen() == site.published()


def test_where_no_link_can_be_made_nothing_is_copied(site: Released) -> None:
    (site.folder / ".current" / "mine").mkdir(parents=True)
    assert "unwritable: no link can be made: " in site.publish(code=5).stderr
    assert site.names() == []


def test_an_old_release_that_cannot_be_removed_is_told_and_not_gone_back_to(
    site: Released, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(KEPT):
        site.change()
        site.publish()
    old = site.names()[0]

    def stubborn(path: Path) -> None:
        raise PermissionError(1, "Operation not permitted", str(path))

    site.change()
    with monkeypatch.context() as patch:
        patch.setattr("shutil.rmtree", stubborn)
        (problem,) = site.release().problems
    assert problem.code == "old-release"
    assert "cannot be removed: Operation not permitted; remove it yourself" in problem.text
    assert site.seen() == site.published()
    assert old not in site.names()
    site.change()
    assert site.release().problems == ()
    assert len(site.names()) == KEPT


def test_whenever_a_run_is_killed_readers_see_the_old_site_or_the_new_one(site: Released) -> None:
    """And the next run makes the rest, leaving nothing of it."""
    for number in range(KEPT):
        (site.root / "public" / "number.txt").write_text(f"{number}")
        _release_some(site)
    for moment in range(100):
        (site.root / "public" / "number.txt").write_text(f"killed at {moment}")
        before = site.seen()
        code = run(lambda moment=moment: _killed(site, moment))  # type: ignore[misc]
        seen = site.seen()
        assert seen in (before, {**before, "number.txt": f"killed at {moment}".encode()})
        assert _release_some(site) is (seen == before)
        assert site.seen()["number.txt"] == f"killed at {moment}".encode()
        (site.root / "public" / "number.txt").write_text("the next one")
        assert _release_some(site)
        assert [name for name in os.listdir(site.folder) if name[0] == "."] == []  # noqa: PTH208
        assert (len(site.names()), site.names()[0][0]) == (KEPT, "2")
        if not code:
            break
    assert moment > 20
    assert not code


def _release_some(site: Released) -> bool:
    """Release a few files, which takes few steps; tell whether there was anything to do."""
    some = ("a.cast", "a/index.html", "castsite-manifest.json", "number.txt")
    return bool(release(target(site.root), Finished(some, 0), site.folder).name)


def _killed(site: Released, moment: int) -> None:
    """Make a release in a process that ends just before it touches the disk for the nth time."""
    steps = iter(range(moment))

    def strike(event: str, _given: Any) -> None:
        if event.startswith(("os.", "open", "shutil.")) and next(steps, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(strike)
    _release_some(site)


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
    assert "foreign: points at what castsite did not put there" in site.publish(code=2).stderr
    site.publish("--force")
    assert site.seen() == site.published()
    assert (elsewhere / "index.html").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--release-dir", "public/www"], "public/www: bad-folder: lies in what is published"),
        (["--release-dir", "content/www"], 'content/www: bad-folder: lies in "content", which is no place for it'),
        (["--release-dir", "content"], 'content: bad-folder: lies in "content", which is no place for it'),
        (["--release-dir", ".castsite/www"], 'bad-folder: lies in ".castsite", which is no place for it'),
        (["--release-dir", "nowhere/www"], "no-folder: there is no folder"),
        (["--release-dir", "~nobody-of-that-name/www"], "~ is not expanded here; write the whole path"),
        (["--release-dir", ""], "an empty name; give one"),
        (["gh-pages", "--release-dir", "www"], "--release-dir does not go with TO"),
        (["--branch", "x", "--release-dir", "www"], "--branch does not go with --release-dir"),
        (["--cors", "--release-dir", "www"], "--release-dir does not go with --cors"),
    ],
)
def test_what_cannot_be_is_refused(site: Released, arguments: list[str], said: str) -> None:
    done = site.run("publish", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert not [*site.root.rglob("www"), *site.root.rglob("releases")]


@pytest.mark.parametrize("name", ["www", "www/releases"])
@pytest.mark.parametrize("lead_to", [None, "nowhere", "www", "releases"])
def test_what_is_no_folder_is_named(site: Released, name: str, lead_to: str | None) -> None:
    place = site.folder.parent / name
    place.parent.mkdir(exist_ok=True)
    if lead_to:
        place.symlink_to(lead_to)
    else:
        place.write_text("mine")
    assert f"{place}: not-a-folder: is no folder; move it away" in site.publish(code=2).stderr


def test_a_folder_that_is_a_link_holds_releases_as_well(site: Released, tmp_path: Path) -> None:
    (tmp_path / "disk" / "more").mkdir(parents=True)
    site.folder.symlink_to(tmp_path / "disk")
    (site.folder / "releases").symlink_to("more")
    site.publish()
    site.change()
    site.publish()
    assert site.seen() == site.published()
    assert len(site.names()) == 2


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
        release(target(site.root), Finished(tuple(sorted(made)), 0), site.folder)
    assert (site.seen(), site.names()) == (before, names)
    assert sorted(os.listdir(site.folder)) == ["current", "releases"]  # noqa: PTH208 - hidden ones, too
