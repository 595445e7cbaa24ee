from __future__ import annotations

import errno
import os
import platform
import random
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from disks import small_disk
from msgspec.structs import replace
from output.children import build, run, target
from output.sites import Files, planned

from castsite.errors import BusyError, StorageError
from castsite.output.changes import storage_error
from castsite.output.files import DISK
from castsite.output.lock import hold
from castsite.output.manifest import MANIFEST
from castsite.output.report import Report
from castsite.output.write import publish
from castsite.workfolder import prepare

posix = pytest.mark.skipif(os.name == "nt", reason="not run on Windows")


def generation(number: int, size: int = 0) -> Files:
    """A site whose pages, assets and some of whose names differ from one generation to the next."""
    asset = f"assets/{number}.css"
    page = f"{number} uses {asset}".encode()
    return {
        asset: b"x" * size,
        "index.html": page,
        **{f"p{n}/index.html": page for n in range(12)},
        **{f"p{n}.cast": str(number).encode() + b"x" * size for n in range(12)},
        f"only-{number}/a/index.html": page,
    }


def build_here(project: Path, files: Files) -> Report:
    with hold(target(project)):
        return publish(target(project), planned(files))


def refusal(project: Path, files: Files) -> StorageError | None:
    try:
        build_here(project, files)
    except StorageError as fault:
        return fault
    return None


def tree(project: Path) -> Files:
    root = project / "public"
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def assert_whole(project: Path, *generations: Files) -> None:
    files = tree(project)
    for path, data in files.items():
        if path != MANIFEST and "/.cs-" not in f"/{path}":
            assert data in [files.get(path) for files in generations]
            assert b"uses" not in data or data.split()[-1].decode() in files


def assert_tidy(project: Path) -> None:
    assert not list((project / "public").rglob(".cs-*"))
    assert not list((project / ".castsite").glob("stage-*"))
    assert not [folder for folder in (project / "public").rglob("*") if folder.is_dir() and not any(folder.iterdir())]


@posix
def test_H01_H05_after_kill_9_every_file_is_whole_and_the_next_build_repairs(tmp_path: Path) -> None:
    prepare(tmp_path / ".castsite")
    chance = random.Random(1)  # noqa: S311  nothing secret
    build_here(tmp_path, generation(0))
    killed = 0
    for number in range(1, 51):
        old, new = generation(number - 1), generation(number)
        killed += run(partial(build, tmp_path, new, chance.randrange(75), signal.SIGKILL)) == -signal.SIGKILL
        assert_whole(tmp_path, old, new)
        build_here(tmp_path, new)  # the lock is free
        assert {path: data for path, data in tree(tmp_path).items() if path != MANIFEST} == new
        assert_tidy(tmp_path)
    assert killed > 40


@posix
def test_H13_an_interrupted_process_frees_the_lock_and_leaves_nothing_behind(tmp_path: Path) -> None:
    prepare(tmp_path / ".castsite")
    build_here(tmp_path, generation(0))
    for at in range(1, 50, 7):
        assert run(partial(build, tmp_path, generation(1), at, signal.SIGINT)) == 130
        assert_whole(tmp_path, generation(0), generation(1))
        assert_tidy(tmp_path)
        with hold(target(tmp_path)):
            pass


def test_H02_a_full_disk_ends_with_a_message_and_tears_nothing(tmp_path: Path) -> None:
    chance = random.Random(2)  # noqa: S311  nothing secret
    page = os.sysconf("SC_PAGESIZE") if hasattr(os, "sysconf") else 4096
    full = 0
    with small_disk(tmp_path, 400 * page) as project:
        prepare(project / ".castsite")
        build_here(project, generation(0, size=2 * page))
        filler = project / "filler"
        for number in range(1, 51):
            old, new = generation(number - 1, size=2 * page), generation(number, size=2 * page)
            free = shutil.disk_usage(project).free // page
            filler.write_bytes(bytes(page * (free - chance.randrange(0, 75))))
            if fault := refusal(project, new):
                full += 1
                assert fault.exit_code == 5
                assert "the disk is full" in str(fault)
                assert "public/" in str(fault) or ".castsite/" in str(fault)
            assert_whole(project, old, new)
            assert_tidy(project)
            filler.unlink()
            build_here(project, new)
            assert {path: data for path, data in tree(project).items() if path != MANIFEST} == new
    assert full > 30


@pytest.fixture
def somebody() -> Iterator[Path]:
    """A project of an ordinary user, who is not allowed everything."""
    project = Path(tempfile.mkdtemp())
    project.chmod(0o777)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, project)
        if os.geteuid() == 0:
            os.chown(project, 65534, 65534)
            os.seteuid(65534)
            stack.callback(os.seteuid, 0)
        prepare(project / ".castsite")
        yield project
        for path in (project, *project.rglob("*")):
            if path.is_dir():
                path.chmod(0o777)


@posix
def test_H03_an_output_folder_that_is_read_only_is_a_storage_error(somebody: Path) -> None:
    build_here(somebody, generation(0))
    before = tree(somebody)
    (somebody / "public").chmod(0o555)
    with pytest.raises(StorageError, match=r"storage: cannot write \"public.*make it writable") as caught:
        build_here(somebody, generation(1))
    assert caught.value.exit_code == 5
    assert tree(somebody) == before
    assert_tidy(somebody)


@posix
def test_H03_an_output_folder_that_cannot_be_made_is_a_storage_error(somebody: Path) -> None:
    somebody.chmod(0o555)
    with pytest.raises(StorageError, match='"public"'):
        build_here(somebody, generation(0))


@posix
@pytest.mark.parametrize("mode", [0o555, 0o000])
def test_H03_a_work_folder_that_cannot_be_written_is_a_storage_error(somebody: Path, mode: int) -> None:
    (somebody / ".castsite").chmod(mode)
    with pytest.raises(StorageError, match="work folder cannot be written") as caught:
        build_here(somebody, generation(0))
    assert caught.value.exit_code == 5


def test_H03_a_file_in_place_of_the_work_folder_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / ".castsite").write_bytes(b"mine")
    with pytest.raises(StorageError, match="work folder"):
        build_here(tmp_path, generation(0))
    assert (tmp_path / ".castsite").read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("number", "private", "told"),
    [
        (errno.ENOSPC, False, 'the disk is full: "public/a" needs 7 bytes; free some space and build again'),
        (errno.EFBIG, False, 'no file may be so large here: "public/a" needs 7 bytes; raise ulimit -f and build again'),
        (errno.EACCES, False, 'cannot write "public/a": told; make it writable, or choose another output folder'),
        (errno.EACCES, True, 'cannot write "public/a": told; make it writable, or remove it'),
        (
            errno.ENOTDIR,
            False,
            'cannot write "public/a": told; remove the file that stands in the way, or choose another output folder',
        ),
    ],
)
def test_H02_H03_what_cannot_be_written_is_told_with_the_cure(
    tmp_path: Path, number: int, private: bool, told: str
) -> None:
    place = replace(target(tmp_path), private=private)
    fault = storage_error(place, OSError(number, "told"), path=f"{place.root}/a", size=7)
    assert fault.problems[0].text == told


def test_H02_one_byte_is_told_as_one(tmp_path: Path) -> None:
    fault = storage_error(target(tmp_path), OSError(errno.ENOSPC, "told"), path="a", size=1)
    assert '"a" needs 1 byte; free' in fault.problems[0].text


def test_H03_for_a_site_that_is_gone_no_folder_is_made(tmp_path: Path) -> None:
    site = tmp_path / "site"
    with pytest.raises(StorageError, match="cannot be written: No such file or directory; put the folder of the site"):
        build_here(site, generation(0))
    assert not site.exists()


def test_H04_a_second_build_into_the_same_folder_ends_at_once(tmp_path: Path) -> None:
    with hold(target(tmp_path)):
        with pytest.raises(BusyError) as caught, hold(target(tmp_path)):
            pass
        assert caught.value.exit_code == 4
        assert f"process {os.getpid()} on" in str(caught.value)
        assert platform.node() in str(caught.value)
    with hold(target(tmp_path)):
        pass


def test_H04_two_builds_into_different_folders_run_side_by_side(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with hold(target(tmp_path)), hold(target(other)):
        pass
    (tmp_path / "alias").symlink_to(tmp_path)
    with hold(target(tmp_path)), pytest.raises(BusyError):  # one folder by two names
        hold(target(tmp_path / "alias")).__enter__()


@posix
def test_the_work_folder_is_private_and_ignored_by_git(tmp_path: Path) -> None:
    with hold(target(tmp_path)):
        work = tmp_path / ".castsite"
    assert work.stat().st_mode & 0o777 == 0o700
    assert (work / ".gitignore").read_bytes() == b"*\n"
    assert [path.stat().st_mode & 0o777 for path in work.glob("lock-*")] == [0o600]


def test_a_stage_that_a_killed_run_left_is_removed_and_that_of_another_output_is_not(tmp_path: Path) -> None:
    prepare(tmp_path / ".castsite")
    mine, others = tmp_path / f".castsite/stage-{target(tmp_path).tag}-1-a", tmp_path / ".castsite/stage-01234567-1-a"
    for folder in (mine, others):
        folder.mkdir()
        (folder / "0").write_bytes(b"left")
    build_here(tmp_path, generation(0))
    assert not mine.exists()
    assert (others / "0").read_bytes() == b"left"


def test_a_file_that_is_there_is_never_opened_for_writing(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"mine")
    (tmp_path / "link").symlink_to(tmp_path / "x")
    for name in ("x", "link"):
        with pytest.raises(FileExistsError):
            DISK.create(str(tmp_path / name), b"ours")
    assert (tmp_path / "x").read_bytes() == b"mine"


def test_a_work_folder_that_nobody_may_write_to_is_named_before_anything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = prepare(tmp_path / ".castsite")
    monkeypatch.setattr(os, "access", lambda path, _mode: path != work)
    with pytest.raises(StorageError) as raised:
        prepare(work)
    assert str(raised.value.problems[0]) == (
        "fatal: .castsite: work-folder: the work folder cannot be written: Permission denied;"
        " make it writable, or remove it"
    )
