"""The audit trail as a file: whole lines only, whatever happens, and never more than was promised."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from output.children import run

from castsite.errors import StorageError
from castsite.output import trail
from castsite.output.trail import KEPT, Entry, opened, read

posix = pytest.mark.skipif(os.name == "nt", reason="not run on Windows")


def entry(item: str, state: trail.State = "public", *, output: str = "public") -> Entry:
    action: trail.Action = "removed" if state == "gone" else "published"
    return Entry("2026-01-02T03:04:05Z", action, item, state, output, f"{item}/")


def write(work: Path, *entries: Entry) -> None:
    with opened(work) as pen:
        pen.write(entries)


def items(work: Path) -> list[str]:
    found = read(work)
    return [one.item for one in found.entries if one.action != "standing"] if found else []


def standing(work: Path) -> list[tuple[str, str]]:
    with opened(work) as pen:
        return sorted(pen.standing)


def file(work: Path) -> Path:
    return work / "audit.jsonl"


def test_lines_are_added_and_the_last_one_about_an_item_stands(tmp_path: Path) -> None:
    assert read(tmp_path) is None
    write(tmp_path, entry("a"), entry("b"))
    write(tmp_path, entry("a", output="other"), entry("b", "gone"))
    assert items(tmp_path) == ["a", "b", "a", "b"]
    assert standing(tmp_path) == [("other", "a"), ("public", "a")]


@posix
def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write(tmp_path / ".castsite", entry("a"))
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / ".castsite").glob("audit*")}
    assert modes == {"audit.jsonl": 0o600, "audit.lock": 0o600}


def test_a_torn_last_line_is_ignored_and_mended(tmp_path: Path) -> None:
    write(tmp_path, entry("a"), entry("b"))
    whole = file(tmp_path).read_bytes()
    first = whole.index(b"\n") + 1
    for cut in range(first, len(whole)):
        file(tmp_path).write_bytes(whole[:cut])
        assert items(tmp_path) == ["a"]
        assert standing(tmp_path) == [("public", "a")]
        write(tmp_path, entry("c"))
        assert items(tmp_path) == ["a", "c"]


def test_a_line_that_is_none_costs_no_other(tmp_path: Path) -> None:
    write(tmp_path, entry("a"))
    with file(tmp_path).open("ab") as appended:
        appended.write(b'\0\0\0\n{"time":1}\n\xff\n[]\n\n\r{}\r\n')
    write(tmp_path, entry("b"))
    write(tmp_path, entry("c"))
    found = read(tmp_path)
    assert found
    assert ([one.item for one in found.entries], found.damaged) == (["a", "b", "c"], 6)
    assert standing(tmp_path) == [("public", item) for item in "abc"]


def test_a_line_of_a_later_version_is_read(tmp_path: Path) -> None:
    write(tmp_path, entry("a"))
    file(tmp_path).write_bytes(file(tmp_path).read_bytes().replace(b'{"time"', b'{"new":[1],"time"'))
    assert items(tmp_path) == ["a"]


def test_a_large_file_is_put_aside_and_what_stands_is_told_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "MOST", 2000)
    write(tmp_path, entry("first"))
    for number in range(400):
        write(tmp_path, entry(f"n{number}"), entry(f"n{number}", "gone"))
    names = sorted(path.name for path in tmp_path.glob("audit*.jsonl"))
    assert names == sorted(["audit.jsonl", *(f"audit.{number}.jsonl" for number in range(1, KEPT + 1))])
    assert all(path.stat().st_size < 3000 for path in tmp_path.glob("audit*.jsonl"))
    kept = items(tmp_path)
    assert kept == [f"n{number}" for number in range(400) for _ in range(2)][-len(kept) :]
    assert standing(tmp_path) == [("public", "first")]


def test_many_that_stand_do_not_fill_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "MOST", 2000)
    write(tmp_path, *(entry(f"n{number}") for number in range(100)))
    for number in range(5):
        write(tmp_path, entry(f"m{number}"))
    assert sorted(path.name for path in tmp_path.glob("audit*.jsonl")) == ["audit.1.jsonl", "audit.jsonl"]
    assert len(standing(tmp_path)) == 105


def struck(work: Path, at: int, strike: Callable[[], None]) -> None:
    """Write a line, and let something happen at one of the operations that change files."""
    left = at

    def counted(operation: Callable[..., object], *arguments: object) -> object:
        nonlocal left
        left -= 1
        if left < 0:
            if operation is write_bytes:
                write_bytes(arguments[0], bytes(arguments[1])[:20])  # type: ignore[call-overload] # a handle and bytes
            strike()
        return operation(*arguments)

    write_bytes, replace, truncate = os.write, Path.replace, os.ftruncate
    os.write = partial(counted, write_bytes)  # type: ignore[assignment]
    Path.replace = lambda *arguments: counted(replace, *arguments)  # type: ignore[assignment, method-assign, return-value]
    os.ftruncate = partial(counted, truncate)  # type: ignore[assignment]
    write(work, entry("new"))


@posix
@pytest.mark.parametrize("most", [10_000, 1])
def test_kill_9_at_every_operation_loses_nothing_that_stood(
    tmp_path: Path, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small file is added to; one that is large enough is put aside."""
    monkeypatch.setattr(trail, "MOST", most)
    killed = 0
    for at in range(8):
        work = tmp_path / str(at)
        for name in ("a", "b", "c"):
            write(work, entry(name))
        code = run(partial(struck, work, at, lambda: os.kill(os.getpid(), signal.SIGKILL)))
        killed += code == -signal.SIGKILL
        assert [item for _, item in standing(work) if item != "new"] == ["a", "b", "c"]
        write(work, entry("last"))
        assert [item for item in items(work) if item != "new"] == ["a", "b", "c", "last"]
        found = read(work)
        assert found
        assert found.damaged == 0
    assert killed >= 2


@posix
def test_a_disk_that_is_full_leaves_the_trail_as_it_was(tmp_path: Path) -> None:
    """A limit on the size of files tears a write as a full disk does."""
    write(tmp_path, entry("a"))
    before = file(tmp_path).read_bytes()

    def task() -> None:
        import resource  # noqa: PLC0415 - not there on Windows

        sys.dont_write_bytecode = True  # a part of it would be kept, and read ever after
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 20, len(before) + 20))
        with pytest.raises(StorageError, match="work folder cannot be written") as caught:
            write(tmp_path, entry("b"))
        assert caught.value.exit_code == 5
        with pytest.raises(StorageError):
            write(tmp_path / "new", entry("b" * 1000))

    assert run(task) == 0
    assert file(tmp_path).read_bytes() == before
    assert sorted(path.name for path in (tmp_path / "new").glob("audit*")) == ["audit.lock"]
    write(tmp_path, entry("b"))
    assert items(tmp_path) == ["a", "b"]


def test_what_stands_in_its_place_is_a_storage_error(tmp_path: Path) -> None:
    file(tmp_path).mkdir()
    with pytest.raises(StorageError, match=r"audit\.jsonl: not-a-file: "), opened(tmp_path):
        pass
    with pytest.raises(StorageError, match=r"audit\.jsonl: not-a-file: "):
        read(tmp_path)


@posix
def test_builds_that_write_at_once_wait_for_each_other(tmp_path: Path) -> None:
    def task(name: str) -> None:
        for number in range(30):
            write(tmp_path, entry(f"{name}{number}", output=name))

    def both() -> None:
        pid = os.fork()
        task("a" if pid else "b")
        if not pid:
            os._exit(0)
        assert os.waitpid(pid, 0)[1] == 0

    assert run(both) == 0
    found = items(tmp_path)
    assert [item for item in found if item[0] == "a"] == [f"a{number}" for number in range(30)]
    assert [item for item in found if item[0] == "b"] == [f"b{number}" for number in range(30)]
    assert len(standing(tmp_path)) == 60
