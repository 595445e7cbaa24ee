"""Files of the content folder, and others that somebody may put something else in the place of."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from meanwhile import just_before

from castsite.cli.project import load_project
from castsite.errors import ConfigError, StorageError
from castsite.files import create_file, link_file, open_regular, read_source
from castsite.limits import Limits
from castsite.output import trail
from castsite.site.allowlist import read_allow_list

posix = pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes with names")


def allow_list(project: Path) -> None:
    read_allow_list(project, key="", now=datetime(2026, 6, 1, tzinfo=UTC))


def look_at_trail(project: Path) -> None:
    with trail.opened(project / ".castsite"):
        pass


def appended(project: Path) -> None:
    from castsite.record.place import reopen, spot  # noqa: PLC0415 - there is no recorder on Windows

    reopen(spot(project, "content", "a", limits=Limits()), Limits())


@posix
@pytest.mark.parametrize(
    ("name", "act"),
    [
        ("castsite.yml", load_project),
        ("secrets-allow.json", allow_list),
        (".castsite/audit.jsonl", look_at_trail),
        (".castsite/audit.jsonl", lambda project: trail.read(project / ".castsite")),
        ("content/a.cast", appended),
    ],
)
def test_a_pipe_that_comes_into_its_place_at_once_is_not_waited_for(
    tmp_path: Path, name: str, act: Callable[[Path], object]
) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.touch()

    def change() -> None:
        path.unlink()
        os.mkfifo(path)

    with (
        just_before("open", path, change),
        pytest.raises((ConfigError, StorageError), match="not-a-file: is not a regular file; "),
    ):
        act(tmp_path)


@posix
def test_only_a_regular_file_is_opened(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for flags in (os.O_RDONLY, os.O_RDWR):
        os.close(open_regular(tmp_path / "file", flags))
        for name in ("folder", "pipe", "/dev/null"):
            with pytest.raises(OSError, match="not a regular file"):
                open_regular(tmp_path / name, flags)
    with pytest.raises(FileNotFoundError):
        open_regular(tmp_path / "none")
    assert read_source(tmp_path, "file", 9) == b"x"


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


@pytest.fixture(params=["links", "none"])
def links(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the file system has links."""

    def refused(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    if request.param == "none":
        monkeypatch.setattr(os, "link", refused)
    return bool(request.param == "links")


@pytest.mark.usefixtures("links")
def test_a_new_file_is_there_as_a_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, seen = tmp_path / f"{'n' * 250}.md", []
    really = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (seen.append(file.exists()), really(handle)))
    monkeypatch.setattr(Path, "write_bytes", None)  # which would let it be seen before it is whole
    create_file(file, b"draft: true")
    assert (seen, file.read_bytes(), names(tmp_path)) == ([False], b"draft: true", [file.name])
    with pytest.raises(FileExistsError):
        create_file(file, b"another")
    assert (file.read_bytes(), names(tmp_path)) == (b"draft: true", [file.name])


def test_a_new_file_on_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        create_file(tmp_path / "a.md", b"x")
    assert names(tmp_path) == []


def test_a_file_gets_a_further_name_that_is_free(tmp_path: Path, links: bool) -> None:
    (tmp_path / "source").write_bytes(b"one")
    link_file(tmp_path / "source", tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == b"one"
    assert (tmp_path / "target").samefile(tmp_path / "source") is links
    (tmp_path / "dead").symlink_to("nowhere")
    for taken in ("target", "dead"):
        with pytest.raises(FileExistsError):
            link_file(tmp_path / "source", tmp_path / taken)
    assert names(tmp_path) == ["dead", "source", "target"]
