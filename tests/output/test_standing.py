"""An output folder that was looked at a moment ago: believed where it was found to be as the writer's index says."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from output.sites import Files, planned

from castsite.errors import OutputRefusedError
from castsite.output.files import DISK
from castsite.output.manifest import MANIFEST
from castsite.output.standing import looked_at
from castsite.output.target import Folder, Target, open_folder
from castsite.output.tree import index_path, is_as_listed, survey
from castsite.output.write import publish
from castsite.workfolder import prepare

SITE: Files = {"index.html": b"gallery", "git/rebase/index.html": b"page", "git/rebase.cast": b"cast", ".nojekyll": b""}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    target = Target(root=tmp_path / "public", work=tmp_path / ".castsite", project=tmp_path)
    prepare(target.work)
    publish(target, planned(SITE, keyed=True))
    return open_folder(target, DISK)


def test_what_is_as_listed_is_known_without_being_looked_at(folder: Folder) -> None:
    seen = is_as_listed(folder)
    assert seen
    whole = survey(folder)
    (folder.target.root / "later").write_text("x")
    assert survey(folder, seen=seen) == whole
    assert survey(folder, seen=seen, trusting=False) != whole
    assert is_as_listed(folder) == b""


def test_what_is_known_of_files_does_not_depend_on_how_it_was_found(folder: Folder) -> None:
    listed, looked = survey(folder, seen=is_as_listed(folder)), survey(folder)
    names = [artifact.path for artifact in planned(SITE).artifacts]
    assert type(listed.files) is not type(looked.files)
    assert listed.ours() == looked.ours() == len(names)
    for paths in (names, names[::-1], [*names, "later"]):
        one, other = listed.index_of(paths), looked.index_of(paths)
        assert [one.row(number) for number in range(len(paths))] == [other.row(number) for number in range(len(paths))]
        assert one.paths == paths
    assert one.row(len(names)) == (bytes(32), bytes(32), bytes(16))


CHANGES: dict[str, Callable[[Path], object]] = {
    "edited": lambda root: (root / "index.html").write_bytes(b"GALLERY"),
    "gone": lambda root: (root / ".nojekyll").unlink(),
    "new": lambda root: (root / "git/mine.txt").write_text("x"),
    "new folder": lambda root: (root / "mine").mkdir(),
    "left over": lambda root: (root / "git/.castsite-0123456789abcdef.tmp").write_text("x"),
    "link": lambda root: ((root / ".nojekyll").unlink(), (root / ".nojekyll").symlink_to("index.html")),
    "read-only": lambda root: (root / "index.html").chmod(0o444),
    "manifest": lambda root: (root / MANIFEST).write_bytes(b"{}"),
    "no manifest": lambda root: (root / MANIFEST).unlink(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_otherwise_is_not_as_listed(folder: Folder, change: str) -> None:
    seen = is_as_listed(folder)
    CHANGES[change](folder.target.root)
    assert seen
    assert is_as_listed_or_refused(folder) == b""


def is_as_listed_or_refused(folder: Folder) -> bytes:
    try:
        return is_as_listed(folder)
    except OutputRefusedError:  # in the copy it says nothing
        return b""


def test_what_came_since_it_was_looked_at_is_not_overwritten(folder: Folder) -> None:
    seen, root = is_as_listed(folder), folder.target.root
    (root / "mine.html").write_text("mine")
    with pytest.raises(OutputRefusedError, match="output-foreign"):
        publish(folder.target, planned(SITE | {"mine.html": b"theirs"}, keyed=True), seen=lambda: seen)
    assert (root / "mine.html").read_text() == "mine"


def test_what_was_edited_since_it_was_looked_at_is_told_and_not_removed(folder: Folder) -> None:
    seen, root = is_as_listed(folder), folder.target.root
    (root / "index.html").write_text("edited")
    (root / "git/rebase.cast").write_text("edited")
    files = {path: body for path, body in SITE.items() if path != "git/rebase.cast"} | {"index.html": b"new"}
    report = publish(folder.target, planned(files, keyed=True), seen=lambda: seen)
    assert sorted(problem.place.path for problem in report.problems) == ["public/git/rebase.cast", "public/index.html"]
    assert (root / "git/rebase.cast").read_text() == "edited"
    assert (root / "index.html").read_text() == "new"


@pytest.mark.parametrize("lost", ["index", "manifest", "manifest gone"])
def test_what_was_seen_counts_for_the_index_and_the_manifest_that_were_there(folder: Folder, lost: str) -> None:
    seen = is_as_listed(folder)
    if lost == "index":
        Path(index_path(folder.target)).write_bytes(b"damaged")
    elif lost == "manifest gone":
        (folder.target.root / MANIFEST).unlink()
        with pytest.raises(OutputRefusedError):
            survey(folder, seen=seen)
        return
    else:
        publish(folder.target, planned(SITE | {"new.html": b"new"}, keyed=True))
    assert survey(folder, seen=seen) == survey(folder)


@pytest.mark.skipif(sys.platform != "linux", reason="copies are made on Linux only")
def test_a_copy_of_the_process_looks_where_there_is_enough_and_for_a_while(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("castsite.spread._is_safe", lambda: True)
    with looked_at(folder.target, 2) as found:
        assert found() == b""
    monkeypatch.setattr("castsite.output.standing._WORTH", 1)
    with looked_at(folder.target, 2) as found:
        assert found() == is_as_listed(folder)
    with looked_at(folder.target, 2) as found:
        monkeypatch.setattr("castsite.output.standing._BRIEF", 0)
        assert found() == b""
