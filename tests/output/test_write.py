from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from output.ramdisk import Counting, Killed, RamDisk, no_space
from output.sites import Files, artifact, planned

from castsite.artifact import Artifact, Order, Publishable
from castsite.errors import OutputRefusedError, Severity, StorageError
from castsite.limits import Limits
from castsite.memory import Memory
from castsite.output.files import DISK, FileSystem, Kind
from castsite.output.manifest import MANIFEST
from castsite.output.plan import Plan, plan
from castsite.output.report import Report
from castsite.output.target import Target, refuse
from castsite.output.write import clean, publish
from castsite.site.urls import DEFAULT_LIMITS
from castsite.workfolder import prepare

SITE: Files = {
    "index.html": b"gallery",
    "git/rebase/index.html": b"page",
    "git/rebase.cast": b"cast",
    "assets/site.0123456789.css": b"css",
    ".nojekyll": b"",
}


Trouble = Callable[[str, str], BaseException]


@dataclass
class Place:
    """An output folder somewhere, and what a user can do in it."""

    target: Target
    files: FileSystem
    ram: RamDisk | None = None

    def build(self, files: Files, *, keyed: bool = False) -> Report:
        return publish(self.target, planned(files, keyed=keyed), files=self.files)

    def write(self, path: str, data: bytes) -> None:
        if self.ram:
            self.ram.write(f"{self.target.root}/{path}", data)
        else:
            (self.target.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.target.root / path).write_bytes(data)

    def tree(self) -> dict[str, bytes | None]:
        if self.ram:
            return self.ram.tree(str(self.target.root))
        found = sorted(self.target.root.rglob("*"))
        return {
            path.relative_to(self.target.root).as_posix(): None if path.is_dir() else path.read_bytes()
            for path in found
        }

    def published(self) -> dict[str, bytes | None]:
        return {path: data for path, data in self.tree().items() if data is not None and path != MANIFEST}

    def work(self) -> list[str]:
        names = (entry.name for entry in self.files.entries(str(self.target.work)))
        return sorted(name for name in names if name != ".gitignore")


def ram_place(disk: RamDisk | None = None, **options: object) -> Place:
    disk = disk or RamDisk()
    target = Target(
        root=Path("/ram/site/public"),
        work=Path("/ram/site/.castsite"),
        project=Path("/ram/site"),
        sources=(Path("/ram/site/content"),),
        **options,  # type: ignore[arg-type]  # what a test says
    )
    disk.folders(str(target.work))
    return Place(target, disk, disk)


def disk_place(project: Path, **options: object) -> Place:
    target = Target(
        root=project / "public",
        work=prepare(project / ".castsite"),
        project=project,
        sources=(project / "content", project / "static"),
        **options,  # type: ignore[arg-type]  # what a test says
    )
    return Place(target, DISK)


@pytest.fixture(params=["disk", "memory"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return disk_place(tmp_path) if request.param == "disk" else ram_place()


def clean_build(files: Files) -> dict[str, bytes | None]:
    fresh = ram_place()
    fresh.build(files)
    return fresh.tree()


LEAVING = ("git/rebase/index.html", "index.html", ".nojekyll", "assets/site.0123456789.css", "git/rebase.cast")
"""How SITE is removed: pages before what they need."""

# the ordinary way


def test_a_site_is_published_with_its_manifest_and_nothing_else(place: Place) -> None:
    report = place.build(SITE)
    assert place.published() == SITE
    assert MANIFEST in place.tree()
    assert sorted(report.written) == sorted(SITE)
    assert (report.unchanged, report.removed, report.problems) == (0, (), ())


def test_an_output_folder_is_made_with_those_above_it() -> None:
    made = ram_place()
    target = Target(root=Path("/srv/www/site"), work=made.target.work, project=made.target.project)
    publish(target, planned(SITE), files=made.files)
    assert made.ram
    assert len(made.ram.tree("/srv/www/site")) > len(SITE)


def test_files_are_written_in_the_order_that_keeps_links_whole(place: Place) -> None:
    assert place.build(SITE).written == (
        "assets/site.0123456789.css",
        ".nojekyll",
        "git/rebase.cast",
        "git/rebase/index.html",
        "index.html",
    )


@pytest.mark.parametrize("keyed", [False, True])
def test_a_second_build_touches_nothing(place: Place, keyed: bool) -> None:
    place.build(SITE, keyed=keyed)
    before = place.tree()
    place.files = counting = Counting(place.files)
    report = place.build(SITE, keyed=keyed)
    assert counting.done == []
    assert not [path for path in counting.seen if Path(path).name in {"index.html", "rebase.cast", ".nojekyll"}]
    assert report == Report((), len(SITE), (), sum(map(len, SITE.values())), ())
    assert place.tree() == before


class Meddling(Counting):
    """Somebody changes a file right after it was put in its place: a minifier, a tool that synchronises."""

    meddle: Callable[[str], None]

    def replace(self, source: str, target: str) -> None:
        super().replace(source, target)
        if target.endswith(MANIFEST):
            self.meddle("git/rebase/index.html")


def test_a_file_that_somebody_changes_while_others_are_put_in_place_is_noticed_next_time(place: Place) -> None:
    place.files = meddling = Meddling(place.files)
    meddling.meddle = lambda path: place.write(path, b"meddled with") if path in place.tree() else None
    place.build(SITE, keyed=True)
    assert place.tree()["git/rebase/index.html"] == b"meddled with"
    place.files = meddling.disk
    report = place.build(SITE, keyed=True)
    assert report.written == ("git/rebase/index.html",)
    assert [problem.code for problem in report.problems] == ["output-edited"]


def test_everything_is_made_and_compared_when_nothing_remembered_is_trusted(place: Place) -> None:
    place.build(SITE, keyed=True)
    made: list[str] = []
    whole = planned(SITE, keyed=True)
    watched = [Artifact(one.path, one.order, one.owner, partial(_noted, made, one), one.key) for one in whole.artifacts]
    publish(place.target, plan(watched), files=place.files)
    assert made == []
    publish(place.target, plan(watched), files=place.files, rehash=True)
    assert sorted(made) == sorted(SITE)


def _noted(made: list[str], one: Publishable) -> bytes:
    made.append(one.path)
    return one.body()


def test_only_what_changed_is_written(place: Place) -> None:
    place.build(SITE)
    report = place.build({**SITE, "index.html": b"another gallery"})
    assert (report.written, report.unchanged) == (("index.html",), len(SITE) - 1)


def test_a_body_is_not_even_made_while_its_key_and_its_file_are_what_they_were(place: Place) -> None:
    def refuse() -> bytes:
        raise AssertionError

    place.build(SITE, keyed=True)
    keyed = planned(SITE, keyed=True)
    lazy = Plan(tuple(Artifact(a.path, a.order, a.owner, refuse, a.key) for a in keyed.artifacts))
    assert publish(place.target, lazy, files=place.files).unchanged == len(SITE)
    place.write("index.html", b"something else")
    with pytest.raises(AssertionError):
        publish(place.target, lazy, files=place.files)


def test_what_was_found_out_by_comparing_is_remembered(place: Place) -> None:
    place.build(SITE, keyed=True)
    place.files.remove(f"{place.target.work}/index-{place.target.tag}")
    place.build(SITE, keyed=True)
    place.files = counting = Counting(place.files)
    place.build(SITE, keyed=True)
    assert counting.done == []
    assert not [path for path in counting.seen if path.endswith("index.html")]


def test_what_is_about_to_be_written_is_announced_before_anything_is(place: Place) -> None:
    told: list[tuple[dict[str, bytes], set[str], dict[str, bytes | None]]] = []

    def announce(digests: Mapping[str, bytes], written: Collection[str]) -> None:
        told.append((dict(digests), {*written}, place.tree()))

    for files in (SITE, SITE, SITE | {"index.html": b"other"}):
        before = place.tree()
        publish(place.target, planned(files), files=place.files, announce=announce)
        digests, written, tree = told.pop()
        assert digests == {path: hashlib.sha256(data).digest() for path, data in files.items()}
        assert written == {path for path, data in files.items() if before.get(path) != data}
        assert tree == before
    place.write("new.html", b"mine")
    with pytest.raises(OutputRefusedError):
        publish(place.target, planned(SITE | {"new.html": b"ours"}), files=place.files, announce=announce)
    assert not told


def test_a_body_that_fails_leaves_the_output_as_it_was(place: Place) -> None:
    place.build(SITE)
    before = place.tree()

    def fail() -> bytes:
        raise ZeroDivisionError

    broken = Artifact("zoo.txt", Order.INDEX, "content/zoo.cast", fail)
    changed = plan([*planned({**SITE, "index.html": b"new"}).artifacts, broken])
    with pytest.raises(ZeroDivisionError):
        publish(place.target, changed, files=place.files)
    assert place.tree() == before
    assert not [name for name in place.work() if name.startswith("stage")]


def test_bodies_are_made_one_at_a_time_and_forgotten(tmp_path: Path) -> None:
    alive: list[int] = [0, 0]

    class Body(bytes):
        def __del__(self) -> None:
            alive[0] -= 1

    def make() -> bytes:
        alive[0] += 1
        alive[1] = max(alive)
        return Body(b"x" * 1000)

    many = plan(Artifact(f"{n}.txt", Order.FILE, str(n), make) for n in range(20))
    publish(disk_place(tmp_path).target, many)
    assert alive[1] <= 2


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_files_and_folders_can_be_read_by_a_web_server(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        disk_place(tmp_path).build(SITE)
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "public").rglob("*") if path.is_file()}
    folders = {path.stat().st_mode & 0o777 for path in (tmp_path / "public").rglob("*") if path.is_dir()}
    assert (modes, folders) == ({0o644}, {0o755})
    assert (tmp_path / "public").stat().st_mode & 0o777 == 0o755


def test_everything_can_be_forced_to_the_disk(place: Place) -> None:
    durable = Target(
        root=place.target.root, work=place.target.work, project=place.target.project, durable=True, identity="x"
    )
    publish(durable, planned(SITE), files=place.files)
    assert place.published() == SITE


@pytest.mark.parametrize(("private", "forced"), [(False, 2), (True, 0)])
def test_the_disk_is_waited_for_with_the_manifest_but_not_by_a_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, private: bool, forced: int
) -> None:
    really, waits = os.fsync, []
    monkeypatch.setattr(os, "fsync", lambda handle: (waits.append(handle), really(handle)))
    publish(disk_place(tmp_path, private=private).target, planned(SITE))
    assert len(waits) == forced


def test_H11_two_builds_are_equal_byte_for_byte(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    one, other = disk_place(tmp_path / "one", identity="x"), disk_place(tmp_path / "other", identity="x")
    one.build(SITE)
    other.build({"old.html": b"old", "index.html": b"old"}, keyed=True)
    other.build(dict(reversed(SITE.items())))
    assert one.tree() == other.tree()


# what is ours and what is not


def test_H12_what_is_no_longer_in_the_site_is_removed_with_its_folders(place: Place) -> None:
    place.build({**SITE, "a/b/c/index.html": b"deep", "a/x.cast": b"x"})
    report = place.build({**SITE, "a/x.cast": b"x"})
    assert report.removed == ("a/b/c/index.html",)
    assert place.tree() == clean_build({**SITE, "a/x.cast": b"x"})


def test_D13_files_of_the_user_survive_everything(place: Place) -> None:
    place.build(SITE)
    own = {"CNAME": b"example.org", "notes.txt": b"mine", "git/notes.txt": b"mine too", ".git/HEAD": b"ref"}
    for path, data in own.items():
        place.write(path, data)
    place.build({**SITE, "more.cast": b"more"})
    place.files = counting = Counting(place.files)
    place.build({".nojekyll": b""})
    assert not [path for path in counting.seen if ".git/" in path or path.endswith(".git")]
    assert place.published() == {**own, ".nojekyll": b""}
    clean(place.target, files=place.files)
    assert place.tree() == {**own, ".git": None, "git": None}


def test_D13_a_file_of_the_user_that_is_just_what_we_would_write_is_kept(place: Place) -> None:
    place.build({"index.html": b"gallery"})
    place.write(".nojekyll", b"")
    assert place.build(SITE).unchanged == 2
    assert place.published() == SITE


def test_D12_a_folder_of_somebody_else_is_refused(place: Place) -> None:
    place.write("index.html", b"mine")
    before = place.tree()
    with pytest.raises(OutputRefusedError, match=r'"public" was not created by castsite .*"index.html"') as caught:
        place.build(SITE)
    assert caught.value.exit_code == 2
    assert place.tree() == before


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"format":2}', b"\xff"])
def test_D12_a_damaged_manifest_is_refused(place: Place, damage: bytes) -> None:
    place.build(SITE)
    place.write(MANIFEST, damage)
    before = place.tree()
    with pytest.raises(OutputRefusedError, match="damaged"):
        place.build({"index.html": b"new"})
    assert place.tree() == before


def test_D12_by_force_a_folder_is_taken_over_but_no_file_in_it(place: Place) -> None:
    place.write("notes.txt", b"mine")
    forced = Target(root=place.target.root, work=place.target.work, project=place.target.project, force=True)
    publish(forced, planned(SITE), files=place.files)
    assert place.published() == {**SITE, "notes.txt": b"mine"}


def test_D14_a_file_of_the_user_on_a_path_we_need_stops_the_build_before_any_write(place: Place) -> None:
    place.build({"a.txt": b"a"})
    place.write("index.html", b"mine")
    place.write("git/rebase.cast", b"mine")
    before = place.tree()
    with pytest.raises(OutputRefusedError) as caught:
        place.build(SITE)
    assert {problem.place.path for problem in caught.value.problems} == {"public/index.html", "public/git/rebase.cast"}
    assert caught.value.exit_code == 2
    assert place.tree() == before
    assert not [name for name in place.work() if name.startswith("stage")]


def test_D15_a_stale_file_that_the_user_edited_is_kept_with_a_warning(place: Place) -> None:
    place.build({**SITE, "old/index.html": b"old"})
    place.write("old/index.html", b"edited")
    report = place.build(SITE)
    assert place.published()["old/index.html"] == b"edited"
    assert [(p.severity, p.code, p.place.path) for p in report.problems] == [
        (Severity.WARNING, "output-edited", "public/old/index.html")
    ]
    assert report.removed == ()
    assert place.build(SITE).problems == ()


def test_a_file_of_ours_that_the_user_edited_is_replaced_with_a_warning(place: Place) -> None:
    place.build(SITE, keyed=True)
    place.write("index.html", b"edited")
    report = place.build(SITE, keyed=True)
    assert place.published() == SITE
    assert [p.code for p in report.problems] == ["output-edited"]


def test_D16_a_folder_where_a_file_goes_is_a_storage_error(place: Place) -> None:
    place.build({"a.txt": b"a"})
    place.write("index.html/notes.txt", b"mine")
    before = place.tree()
    with pytest.raises(StorageError, match=r"public/index.html.*is a folder where a file must go") as caught:
        place.build(SITE)
    assert caught.value.exit_code == 5
    assert place.tree() == before


def test_D16_a_file_where_a_folder_goes_is_a_storage_error(place: Place) -> None:
    place.build({"a.txt": b"a"})
    place.write("git", b"mine")
    before = place.tree()
    with pytest.raises(StorageError, match=r"public/git.*is a file where a folder must go"):
        place.build(SITE)
    assert place.tree() == before


@pytest.mark.parametrize("site", [{**SITE, "index.html": b"new"}, {}])
def test_D16_a_read_only_file_that_has_to_change_is_a_storage_error(tmp_path: Path, site: Files) -> None:
    place = disk_place(tmp_path)
    place.build(SITE)
    (tmp_path / "public/index.html").chmod(0o444)
    place.build(SITE)
    before = place.tree()
    with pytest.raises(StorageError, match=r"public/index.html.*read-only"):
        place.build(site)
    assert place.tree() == before


def test_D17_the_manifest_names_no_file(place: Place) -> None:
    place.build({**SITE, "qwertysecretslug/index.html": b"unlisted"})
    text = (place.tree()[MANIFEST] or b"").decode()
    assert not [name for name in ("qwerty", "git", "index", "assets", "nojekyll") if name in text]


def test_D19_a_file_that_only_changed_its_case_is_there_once() -> None:
    place = ram_place(RamDisk(ignores_case=True))
    place.build({"A.png": b"a", "Img/x.png": b"x", "index.html": b"i"})
    report = place.build({"a.png": b"a", "img/x.png": b"x", "index.html": b"i"})
    assert place.published() == {"a.png": b"a", "img/x.png": b"x", "index.html": b"i"}
    names = {entry.name for entry in place.files.entries(str(place.target.root))}
    assert names == {"a.png", "img", "index.html", MANIFEST}
    assert place.build({"a.png": b"a", "img/x.png": b"x", "index.html": b"i"}).written == ()
    assert set(report.written) == {"a.png", "img/x.png"}


def test_D19_a_file_of_the_user_that_differs_in_case_is_not_overwritten() -> None:
    place = ram_place(RamDisk(ignores_case=True))
    place.build({"index.html": b"i"})
    place.write("README.txt", b"mine")
    with pytest.raises(OutputRefusedError, match=r"public/readme.txt"):
        place.build({"index.html": b"i", "readme.txt": b"ours"})
    assert place.published()["readme.txt"] == b"mine"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"demo": b"file"}, {"demo/index.html": b"page"}),
        ({"demo/index.html": b"page", "demo/a/b": b"x"}, {"demo": b"file"}),
        ({"a/b/c": b"x"}, {"a/b": b"x"}),
        ({"a/b/c": b"x"}, {"a": b"x"}),
    ],
)
def test_files_of_ours_make_room_for_folders_and_the_reverse(place: Place, old: Files, new: Files) -> None:
    place.build(old)
    report = place.build(new)
    assert place.tree() == clean_build(new)
    assert sorted(report.removed) == sorted(old)


def test_an_edited_file_does_not_make_room(place: Place) -> None:
    place.build({"demo": b"file", "x": b"x"})
    place.write("demo", b"edited")
    with pytest.raises(StorageError):
        place.build({"demo/index.html": b"page"})
    assert place.published() == {"demo": b"edited", "x": b"x"}


@pytest.mark.parametrize("name", ["index.html", "git"])
def test_links_in_the_output_are_never_followed_for_writing(tmp_path: Path, name: str) -> None:
    place = disk_place(tmp_path)
    place.build({"a.txt": b"a"})
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_bytes(b"mine")
    (tmp_path / "public" / name).symlink_to(outside if name == "git" else outside / "file")
    with pytest.raises((OutputRefusedError, StorageError)):
        place.build(SITE)
    assert [path.name for path in outside.iterdir()] == ["file"]
    assert (outside / "file").read_bytes() == b"mine"


def test_a_file_of_ours_that_became_a_link_is_replaced_and_its_target_left_alone(tmp_path: Path) -> None:
    place = disk_place(tmp_path)
    place.build(SITE)
    outside = tmp_path / "outside"
    outside.write_bytes(b"mine")
    for name in ("index.html", "git/rebase.cast"):
        (tmp_path / "public" / name).unlink()
        (tmp_path / "public" / name).symlink_to(outside)
    place.build({path: data for path, data in SITE.items() if path != "git/rebase.cast"})
    assert outside.read_bytes() == b"mine"
    assert not (tmp_path / "public/index.html").is_symlink()
    assert (tmp_path / "public/git/rebase.cast").is_symlink()


# where the output folder may not be


@pytest.mark.parametrize("root", [".", "/", "~", "content", "content/public", "..", ".castsite", "static"])
def test_D11_folders_that_hold_other_things_are_refused(tmp_path: Path, root: str) -> None:
    (tmp_path / "content").mkdir()
    made = disk_place(tmp_path)
    target = Target(
        root=Path(os.path.normpath(tmp_path / Path(root).expanduser())),
        work=made.target.work,
        project=tmp_path,
        sources=made.target.sources,
    )
    with pytest.raises(OutputRefusedError, match="output-refused") as caught:
        publish(target, planned(SITE))
    assert caught.value.exit_code == 2
    assert not (target.root / MANIFEST).exists()


def test_D11_a_theme_elsewhere_and_folders_above_it_are_refused(tmp_path: Path) -> None:
    theme = tmp_path / "elsewhere/themes/mine"
    for root in (theme, theme / "static", theme.parent, theme.parent.parent):
        target = Target(root=root, work=tmp_path / "p/.castsite", project=tmp_path / "p", sources=(theme,))
        with pytest.raises(OutputRefusedError):
            publish(target, planned(SITE))


def test_D11_only_what_nobody_publishes_may_lie_in_the_work_folder(tmp_path: Path) -> None:
    target = Target(root=tmp_path / ".castsite/serve-8000", work=tmp_path / ".castsite", project=tmp_path)
    with pytest.raises(OutputRefusedError, match="no place for it"):
        refuse(target)
    refuse(replace(target, private=True))
    with pytest.raises(OutputRefusedError, match="cannot be the output folder"):
        refuse(replace(target, private=True, root=target.work))


def test_D11_a_symlink_is_refused(tmp_path: Path) -> None:
    place = disk_place(tmp_path)
    (tmp_path / "real").mkdir()
    place.target.root.symlink_to(tmp_path / "real")
    with pytest.raises(OutputRefusedError, match="symbolic link"):
        place.build(SITE)
    assert list((tmp_path / "real").iterdir()) == []


def test_a_file_in_place_of_the_output_folder_is_refused(tmp_path: Path) -> None:
    place = disk_place(tmp_path)
    place.target.root.write_bytes(b"mine")
    with pytest.raises(OutputRefusedError, match="not a folder"):
        place.build(SITE)


def test_a_folder_whose_name_begins_like_a_source_is_an_output_folder_like_any_other(tmp_path: Path) -> None:
    made = disk_place(tmp_path).target
    target = Target(root=tmp_path / "content-public", work=made.work, project=tmp_path, sources=made.sources)
    assert publish(target, planned(SITE)).written


# the writer's own memory


def damaged(data: bytes) -> Iterator[bytes]:
    yield b""
    yield data[:-1]
    yield data[:20]
    yield data[:-1] + bytes([data[-1] ^ 1])
    yield data.replace(b"index 1", b"index 2")


def test_H06_a_damaged_index_costs_nothing_but_time(tmp_path: Path) -> None:
    place = disk_place(tmp_path, identity="x")
    place.build(SITE, keyed=True)
    index = next(place.target.work.glob("index-*"))
    for broken in damaged(index.read_bytes()):
        index.write_bytes(broken)
        place.write("index.html", b"edited")
        assert place.build(SITE, keyed=True).written == ("index.html",)
        assert place.published() == SITE
    index.unlink()
    (index / "in it").mkdir(parents=True)
    assert place.build({**SITE, "index.html": b"x"}, keyed=True).written == ("index.html",)
    assert index.is_file()


@pytest.mark.parametrize("mtime", [0, 1_000_000_000, 4_000_000_000])
def test_H08_mtimes_of_published_files_are_never_believed(tmp_path: Path, mtime: int) -> None:
    place = disk_place(tmp_path)
    place.build(SITE, keyed=True)
    for path in place.target.root.rglob("*"):
        os.utime(path, (mtime, mtime))
    assert place.build(SITE, keyed=True).written == ()
    page = place.target.root / "git/rebase/index.html"
    before = page.stat()
    page.write_bytes(b"PAGE")  # the same size, and the same mtime again
    os.utime(page, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert place.build(SITE, keyed=True).written == ("git/rebase/index.html",)
    assert place.published() == SITE


def test_a_site_that_gets_another_identity_rewrites_its_manifest_alone(place: Place) -> None:
    place.build(SITE, keyed=True)
    renamed = Target(root=place.target.root, work=place.target.work, project=place.target.project, identity="new")
    report = publish(renamed, planned(SITE, keyed=True), files=place.files)
    assert report.written == ()
    fresh = ram_place(identity="new")
    fresh.build(SITE)
    assert place.tree() == fresh.tree()
    assert publish(renamed, planned({}), files=place.files).removed == LEAVING


# clean


def test_clean_removes_the_folder_and_the_memory_of_it(place: Place) -> None:
    place.build(SITE)
    report = clean(place.target, files=place.files)
    assert report.removed == LEAVING
    assert place.files.entry(str(place.target.root)) is None
    assert place.work() == []
    assert clean(place.target, files=place.files) == Report()


def test_clean_keeps_what_the_user_edited_and_refuses_what_is_not_ours(place: Place) -> None:
    place.build(SITE)
    place.write("index.html", b"edited")
    assert [p.code for p in clean(place.target, files=place.files).problems] == ["output-edited"]
    assert place.tree() == {"index.html": b"edited"}
    with pytest.raises(OutputRefusedError):
        clean(place.target, files=place.files)


# another file system


def test_an_output_folder_on_another_file_system_is_written_by_way_of_temporary_files() -> None:
    place = ram_place(RamDisk(mount="/ram/site/public"))
    place.files = counting = Counting(place.files)
    place.build(SITE)
    assert place.published() == SITE
    replaced = [path for operation, path in counting.done if operation == "create" and "/.cs-" in path]
    assert len(replaced) == len(SITE) + 2  # each file, and the manifest twice
    assert [name for name in place.work() if name.startswith("stage")] == []


# crashes


OLD: Files = {f"p{n}/index.html": f"old {n} uses assets/old.css".encode() for n in range(7)} | {
    "assets/old.css": b"old",
    "index.html": b"old index uses assets/old.css",
    **{f"p{n}.cast": b"old cast" for n in range(7)},
    "gone/deep/index.html": b"gone uses assets/old.css",
    "gone.cast": b"gone",
    "same.txt": b"same",
    "swap": b"a file",
    "turn/index.html": b"turn uses assets/old.css",
}
NEW: Files = {f"p{n}/index.html": f"new {n} uses assets/new.css".encode() for n in range(7)} | {
    "assets/new.css": b"new",
    "index.html": b"new index uses assets/new.css",
    **{f"p{n}.cast": b"new cast" for n in range(7)},
    "fresh/deep/index.html": b"fresh uses assets/new.css",
    "same.txt": b"same",
    "swap/index.html": b"swap uses assets/new.css",
    "turn": b"a file now",
}
OWN: Files = {"CNAME": b"example.org", "gone/notes.txt": b"mine"}


def build_until(disk: RamDisk, files: Files, at: int, trouble: Trouble | None) -> str:
    """Build until something happens at an operation; the operation and its path, empty when nothing happened."""
    place = ram_place(disk)
    place.files = counting = Counting(disk, at, trouble)
    try:
        place.build(files)
    except (Killed, StorageError, KeyboardInterrupt):
        return " ".join(counting.done[at])
    return ""


def started(mount: str) -> RamDisk:
    place = ram_place(RamDisk(mount=mount))
    place.build(OLD)
    for path, data in OWN.items():
        place.write(path, data)
    assert place.ram
    return place.ram


def every_crash(mount: str, trouble: Trouble | None) -> Iterator[Place]:
    """Let a build from OLD to NEW end at each of its operations, except in what cleans up."""
    begun, at = started(mount), 0
    while operation := build_until(disk := begun.copy(), NEW, at, trouble):
        if trouble is None or not operation.startswith("remove_folder /ram/site/.castsite/stage"):
            yield ram_place(disk)
        at += 1
    assert at > 50


def assert_whole(tree: dict[str, bytes | None]) -> None:
    """Every file is one that somebody meant, and every page's asset is there."""
    for path, data in tree.items():
        if data is None or path == MANIFEST or path.rpartition("/")[2].startswith(".cs-"):
            continue
        assert data in {OLD.get(path), NEW.get(path), OWN.get(path)}
        if b" uses " in data:
            assert data.rpartition(b" ")[2].decode() in tree


MOUNTS = pytest.mark.parametrize("mount", ["", "/ram/site/public"], ids=["same file system", "another"])


@MOUNTS
def test_P13_after_a_crash_at_any_operation_the_next_build_is_a_clean_one(mount: str) -> None:
    expected = {**clean_build(NEW), **OWN, "gone": None}
    for place in every_crash(mount, None):
        assert_whole(place.tree())
        place.build(NEW)
        assert place.tree() == dict(sorted(expected.items()))
        assert [name for name in place.work() if name.startswith("stage")] == []


@MOUNTS
def test_H15_after_a_crash_at_any_operation_the_way_back_is_clean_too(mount: str) -> None:
    expected = {**clean_build(OLD), **OWN}
    for place in every_crash(mount, None):
        report = place.build(OLD)
        assert place.tree() == dict(sorted(expected.items()))
        assert report.problems == ()


def test_H15_a_build_that_dies_before_its_last_manifest_is_completed_by_the_next() -> None:
    place = ram_place()
    place.build(SITE)
    changed = {path: data + b"!" for path, data in SITE.items()}
    at = 0
    while build_until(disk := (place.ram or RamDisk()).copy(), changed, at, None):
        again = ram_place(disk)
        again.build(changed, keyed=True)
        assert again.tree() == clean_build(changed)
        at += 1


@MOUNTS
def test_H02_a_full_disk_at_any_operation_tears_nothing(mount: str) -> None:
    for place in every_crash(mount, no_space):
        assert_whole(place.tree())
        assert not [path for path in place.tree() if "/.cs-" in f"/{path}"]
        assert [name for name in place.work() if name.startswith("stage")] == []
        place.build(NEW)
        assert place.published() == {**NEW, **OWN}


@MOUNTS
def test_H13_an_interrupt_at_any_operation_cleans_up(mount: str) -> None:
    for place in every_crash(mount, lambda *_: KeyboardInterrupt()):
        assert_whole(place.tree())
        assert not [path for path in place.tree() if "/.cs-" in f"/{path}"]
        assert [name for name in place.work() if name.startswith("stage")] == []
        place.build(NEW)
        assert place.published() == {**NEW, **OWN}


def test_H02_the_message_names_the_file_and_the_bytes_it_needs() -> None:
    place = ram_place()
    place.files = Counting(place.files, 2, no_space)
    with pytest.raises(StorageError, match=r'disk is full: "public/assets/\S+" needs 3 bytes') as caught:
        place.build(SITE)
    assert caught.value.exit_code == 5
    place.files = Counting(place.ram or RamDisk(), 3, no_space)
    with pytest.raises(StorageError, match=r'disk is full: "public/git/rebase.cast" needs 4 bytes'):
        place.build(SITE)


@MOUNTS
def test_a_first_build_that_dies_at_any_operation_is_finished_by_the_next(mount: str) -> None:
    at = 0
    while build_until(disk := RamDisk(mount=mount), SITE, at, None):
        place = ram_place(disk)
        place.build(SITE)
        assert place.tree() == clean_build(SITE)
        at += 1
    assert at > 10


names = st.sampled_from(["a", "a/b", "a/b/c", "b", "b/a", "c.html", "c.html/x", "assets/x", "d/e", "d/f"])
sites = st.dictionaries(names, st.sampled_from([b"", b"1", b"22"]), max_size=7)


def possible(files: Files) -> Files:
    """Drop what cannot be beside a folder of its name."""
    return {path: data for path, data in files.items() if not any(other.startswith(f"{path}/") for other in files)}


@given(st.lists(st.tuples(sites.map(possible), st.integers(0, 40), st.booleans()), min_size=1, max_size=5))
def test_P13_any_history_of_builds_and_crashes_ends_in_a_clean_build(history: list[tuple[Files, int, bool]]) -> None:
    disk = RamDisk()
    own = {"notes.txt": b"mine", "zoo/notes.txt": b"mine"}
    for number, (files, at, dies) in enumerate(history):
        place = ram_place(disk)
        if dies:
            build_until(disk, files, at, None)
        else:
            place.build(files, keyed=True)
            if number == 0:
                for path, data in own.items():
                    place.write(path, data)
    last = history[-1][0]
    ram_place(disk).build(last, keyed=len(last) % 2 == 0)
    left = {path: data for path, data in own.items() if path in ram_place(disk).tree()}
    kept = {**clean_build(last), **left, **({"zoo": None} if left else {})}
    assert ram_place(disk).tree() == dict(sorted(kept.items()))
    assert len(left) == (0 if history[0][2] else len(own))


def test_leftovers_of_somebody_else_are_not_ours(place: Place) -> None:
    place.build(SITE)
    place.write("git/.cs-0123.tmp", b"torn")
    place.write("elsewhere/.cs-0123.tmp", b"somebody else's")
    place.build({**SITE, "index.html": b"new"})
    assert "git/.cs-0123.tmp" not in place.tree()
    assert "elsewhere/.cs-0123.tmp" in place.tree()


def test_clashing_artifacts_are_told_and_left_out_whole() -> None:
    made = plan(
        [
            artifact("demo.cast", b"1", owner="content/demo.cast"),
            artifact("demo/index.html", b"1", owner="content/demo.cast"),
            artifact("Demo/index.html", b"2", owner="static/Demo/index.html"),
            artifact("demo/x", b"2", owner="static/Demo/index.html"),
            artifact("ok", b"", owner="content/ok.cast"),
        ]
    )
    assert [a.path for a in made.artifacts] == ["demo.cast", "ok", "demo/index.html"]
    assert [(p.severity, p.code, p.place.path) for p in made.problems] == [
        (Severity.ERROR, "path-taken", "static/Demo/index.html")
    ]


@pytest.mark.parametrize("path", [MANIFEST, "a/.git/x", ".GIT/x", "a/.cs-1.tmp", "../x", "a\\b", "con.html", "x" * 200])
def test_impossible_paths_are_told_and_left_out(path: str) -> None:
    made = plan([artifact(path, b"", owner="static/x"), artifact("ok", b"", owner="static/x")])
    assert [a.path for a in made.artifacts] == ["ok"]
    assert [(p.severity, p.code, p.place.path) for p in made.problems] == [(Severity.ERROR, "path-invalid", "static/x")]


def test_paths_are_judged_anew_where_one_of_them_or_a_limit_is_another(tmp_path: Path) -> None:
    prepare(tmp_path)

    def told(names: str, limits: Limits = DEFAULT_LIMITS) -> list[str]:
        memory = Memory(tmp_path)
        made = plan([artifact(name, b"") for name in names.split()], limits, memory)
        memory.save()
        memory.close()
        return [problem.code for problem in made.problems]

    assert told("demo other") == told("demo other") == []
    assert told("demo other", Limits(path_segment=4)) == ["path-invalid"]
    assert told("demo other Demo") == told("demo other Demo") == ["path-taken"]
    assert told("demo con.html") == told("demo con.html") == ["path-invalid"]
    assert told("demo other") == []


def test_the_kinds_of_files_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "locked").write_bytes(b"x")
    (tmp_path / "locked").chmod(0o444)
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    kinds = {entry.name: entry.kind for entry in DISK.entries(str(tmp_path))}
    assert kinds == {
        "file": Kind.FILE,
        "locked": Kind.READ_ONLY,
        "link": Kind.OTHER,
        "pipe": Kind.OTHER,
        "folder": Kind.FOLDER,
    }
    assert DISK.entries(str(tmp_path / "folder")) == []
    assert DISK.entry(str(tmp_path / "file/below")) is None
    assert not DISK.remove_folder(str(tmp_path))
