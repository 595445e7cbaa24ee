"""A recording while it is made: what `castsite serve` shows of it, and what it is afterwards."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from projects import Project, cast
from serving import Served, free_port, until
from terminals import headless

from castsite.errors import StorageError
from castsite.underway import Note, is_locked, leave, lock, note_path, read_note, recordings_underway

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no recorder on Windows")

BADGE = '<strong class="status">being recorded</strong>'
FAILED = '<strong class="status">failed</strong>'
PROGRAM = "echo begun; while [ ! -e more ]; do sleep 0.05; done; echo grown; while :; do sleep 0.05; done"


@pytest.fixture(params=["default", "paper"])
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Project:
    return Project(tmp_path).write({
        "castsite.yml": f"title: Here\ntheme: {request.param}\n",
        "content/other.cast": cast("another"),
    })  # fmt: skip


def status(one: Served) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(one.get("/recordings?status=recording").body)["recordings"]
    return found


def background(site: Project, program: str) -> None:
    done = site.run("rec", "demo", "--background", "-q", "-c", program, **headless())
    assert done.returncode == 0, done.stderr


def test_N41_it_is_shown_as_being_recorded_and_grows_and_ends(site: Project) -> None:
    with Served(site.root, "serve", "--port", str(free_port())) as one:
        one.ready()
        background(site, PROGRAM)
        until(lambda: BADGE in one.get("/demo/").text, "its page")
        until(lambda: BADGE in one.get("/").text, "its frame")
        until(lambda: [found["id"] for found in status(one)] == ["demo"], "the list, which is written after pages")
        assert "stopped_at" not in status(one)[0]
        assert "grown" not in one.get("/demo.txt").text
        (site.root / "more").touch()
        until(lambda: "grown" in one.get("/demo.txt").text, "its growth")
        assert json.loads(one.get("/__castsite/state.json").body)["problems"] == []
        assert site.run("stop", "demo").returncode == 0
        until(lambda: BADGE not in one.get("/demo/").text, "its end")
        until(lambda: BADGE not in one.get("/").text, "its end in the gallery")
        assert FAILED not in one.get("/demo/").text
        until(lambda: status(one) == [], "its end in the list")


def test_N41_what_never_rests_grows_as_well_and_killed_it_has_failed(site: Project) -> None:
    background(site, "i=0; while :; do echo line-$i; i=$((i+1)); sleep 0.02; done")
    note = next((site.root / ".castsite/recording").iterdir())
    with Served(site.root, "serve", "--port", str(free_port())) as one:
        one.ready()
        until(lambda: "line-1" in one.get("/demo.txt").text, "its beginning")
        seen = one.get("/demo.txt").text.count("line-")
        until(lambda: one.get("/demo.txt").text.count("line-") > seen + 20, "its growth")
        found = read_note(note)
        assert found is not None
        os.kill(found.process, signal.SIGKILL)
        until(lambda: FAILED in one.get("/demo/").text, "its end")
        until(lambda: FAILED in one.get("/").text, "its end in the gallery")


def test_N41_it_is_shown_so_under_the_name_that_its_file_has_got(site: Project) -> None:
    background(site, PROGRAM)
    with Served(site.root, "serve", "--port", str(free_port())) as one:
        one.ready()
        until(lambda: BADGE in one.get("/demo/").text, "its page")
        for ending in ("cast", "md"):
            (site.root / f"content/demo.{ending}").rename(site.root / f"content/moved.{ending}")
        until(lambda: BADGE in one.get("/moved/").text, "its new page")
        until(lambda: [found["id"] for found in status(one)] == ["moved"], "the list, which is written after pages")
        assert site.run("stop", "moved").returncode == 0
        until(lambda: BADGE not in one.get("/moved/").text, "its end")
        assert FAILED not in one.get("/moved/").text


@pytest.mark.parametrize(
    "said", ["", "{}", "[]", '{"path": 1, "process": 2, "fault": ""}', "\0" * 9, '{"path": "../x"}']
)
def test_notes_that_are_none_are_passed_over(tmp_path: Path, said: str) -> None:
    folder = tmp_path / ".castsite/recording"
    folder.mkdir(parents=True)
    (folder / "x.json").write_text(said)
    assert recordings_underway(tmp_path) == frozenset()
    assert read_note(folder / "x.json") is None


def test_what_nobody_has_or_what_is_no_file_is_not_held(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("a")
    assert [is_locked(tmp_path / name) for name in ("a", "pipe", "link", "none", ".")] == [False] * 5


def test_who_asks_whether_a_recorder_lives_is_not_taken_for_one(tmp_path: Path) -> None:
    file, ended, wrong = tmp_path / "a", threading.Event(), list[bool]()
    file.write_bytes(b"x")

    def ask() -> None:
        while not ended.is_set():
            wrong.append(is_locked(file))

    def record() -> bool:
        with file.open("r+b") as opened:
            return lock(opened.fileno())

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for thread in asking:
        thread.start()
    until(lambda: len(wrong) > 2000)
    ended.set()
    for thread in asking:
        thread.join()
    assert not any(wrong)

    ended.clear()
    one = threading.Thread(target=ask)
    one.start()
    refused = [not record() for _ in range(200)]
    ended.set()
    one.join()
    assert not any(refused)


def test_a_pipe_where_a_note_should_be_is_not_waited_for(tmp_path: Path) -> None:
    path = "content/a.cast"
    note_path(tmp_path, path).parent.mkdir(parents=True)
    os.mkfifo(note_path(tmp_path, path))
    assert read_note(note_path(tmp_path, path)) is None
    assert recordings_underway(tmp_path) == frozenset()
    with pytest.raises(StorageError):
        leave(tmp_path, Note(path, os.getpid()))
