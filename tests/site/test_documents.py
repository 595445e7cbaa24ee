"""Content files that are remembered: left unread where that is safe, and only there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace

from castsite.config import SiteConfig
from castsite.memory import Memory
from castsite.site.documents import read_documents
from castsite.site.model import Document
from castsite.site.sources import Kind, Scan, SourceFile, Stamp, scan

T = TypeVar("T")
R = TypeVar("R")
SECOND = 1_000_000_000
CONFIG = SiteConfig(title="S")


def found(folder: Path, *, age: int, memory: Memory | None = None) -> Scan:
    """Look at a folder, and say that everything in it was written `age` seconds before."""
    looked = scan(folder, label="content", memory=memory)
    if memory:
        return replace(looked, moment=looked.moment + age * SECOND)
    when = looked.moment - age * SECOND
    files = tuple(replace(file, stamp=Stamp(file.stamp.size, when, when, file.stamp.inode)) for file in looked.files)
    return replace(looked, files=files)


def bodies(folder: Path, seen: Scan, memory: Memory, *, rehash: bool = False) -> list[str]:
    return [one.body for one in read_documents(folder, seen, CONFIG, memory, rehash=rehash).documents]


@pytest.mark.parametrize(("age", "rehash", "expected"), [(60, False, "One"), (60, True, "Two"), (1, False, "Two")])
def test_a_file_is_left_unread_while_its_stamp_is_old_and_the_same(
    tmp_path: Path, age: int, rehash: bool, expected: str
) -> None:
    (tmp_path / "a.md").write_text("One", "utf-8")
    seen, memory = found(tmp_path, age=age), Memory()
    assert bodies(tmp_path, seen, memory) == ["One"]
    for last, again in (("Two", expected), ("3rd", "3rd" if rehash or age == 1 else expected)):
        (tmp_path / "a.md").write_text(last, "utf-8")
        assert bodies(tmp_path, seen, memory, rehash=rehash) == [again]


def test_what_has_not_changed_is_the_same_object_in_the_next_build_of_a_process(tmp_path: Path) -> None:
    for name in ("a.md", "b.cast", "b.md", "c/_index.md", "c/d.cast", "d.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("words", "utf-8")
    memory = Memory()

    def again(**configuration: Any) -> tuple[Scan, dict[str, Document]]:
        seen = found(tmp_path, age=60, memory=memory)
        config = replace(CONFIG, **configuration)
        return seen, {one.path: one for one in read_documents(tmp_path, seen, config, memory).documents}

    def same(first: dict[str, Document], second: dict[str, Document]) -> set[str]:
        return {path for path in first if first[path] is second.get(path)}

    files, before = again()
    everything = {"content/a.md", "content/b.cast", "content/c/_index.md", "content/c/d.cast"}
    assert before.keys() == everything
    assert same(before, again()[1]) == everything
    (tmp_path / "e.md").write_text("one more", "utf-8")
    (tmp_path / "d.png").write_text("another picture", "utf-8")
    more, after = again()
    assert same(before, after) == everything, "whatever else comes or changes"
    assert {file.path for file in files.files if any(file is other for other in more.files)} == {
        file.path for file in files.files if file.kind is not Kind.OTHER
    }
    assert same(after, again(timezone="Europe/Berlin")[1]) == set()
    (tmp_path / "b.md").write_text("other", "utf-8")
    (tmp_path / "c/_index.md").write_text("---\ncascade: {tags: [x]}\n---\n", "utf-8")
    last = again(timezone="Europe/Berlin")[1]
    assert [last["content/b.cast"].body, last["content/c/d.cast"].meta.tags] == ["other", ("x",)]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kolkata"])
@pytest.mark.parametrize(
    "date", ["2026-01-01", "2026-07-01T10:00", "2026-01-01T10:00+09:00", "1850-05-01", "1890-01-01"]
)
def test_what_is_remembered_of_a_file_is_what_was_read(tmp_path: Path, zone: str, date: str) -> None:
    extra = "extra: {a: [1, 2.0, '3', true, null], b: {c: .5}}"
    text = (
        f"---\ndate: {date}\nspeed: 2\nexpires: 2030-01-01\ntags: [é]\nlinks: [{{title: A, url: /}}]\n{extra}\n---\nOne"
    )
    (tmp_path / "a.md").write_text(text, "utf-8")
    seen, config = found(tmp_path, age=60), replace(CONFIG, timezone=zone)
    memory = Memory(tmp_path / ".castsite", "1")
    first = read_documents(tmp_path, seen, config, memory).documents
    memory.save()
    (tmp_path / "a.md").write_text("Two", "utf-8")
    again = read_documents(tmp_path, seen, config, Memory(tmp_path / ".castsite", "1")).documents
    assert again == first
    days = [(one.meta.date and one.meta.date.iso, one.meta.date and str(one.meta.date.moment)) for one in first]
    assert [(one.meta.date and one.meta.date.iso, one.meta.date and str(one.meta.date.moment)) for one in again] == days
    assert days[0][0] is not None
    assert days[0][0].startswith(date[:10])


def test_a_file_from_the_future_is_read_each_time(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("One", "utf-8")
    seen, memory = found(tmp_path, age=-3600), Memory()
    assert bodies(tmp_path, seen, memory) == ["One"]
    (tmp_path / "a.md").write_text("Two", "utf-8")
    assert bodies(tmp_path, seen, memory) == ["Two"]


def test_each_part_of_a_stamp_counts(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("One", "utf-8")
    seen, memory = found(tmp_path, age=60), Memory()
    bodies(tmp_path, seen, memory)
    (tmp_path / "a.md").write_text("Two", "utf-8")
    (file,) = seen.files
    for at in range(len(file.stamp)):
        other = Stamp(*(part + (number == at) for number, part in enumerate(file.stamp)))
        assert bodies(tmp_path, replace(seen, files=(replace(file, stamp=other),)), memory) == ["Two"]
        (tmp_path / "a.md").write_text("One", "utf-8")
        bodies(tmp_path, seen, memory, rehash=True)
        (tmp_path / "a.md").write_text("Two", "utf-8")


def test_a_touched_file_with_the_same_bytes_is_trusted_again(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("One", "utf-8")
    memory = Memory()
    bodies(tmp_path, found(tmp_path, age=60), memory)
    touched = found(tmp_path, age=30)
    assert bodies(tmp_path, touched, memory) == ["One"]
    (tmp_path / "a.md").write_text("Two", "utf-8")
    assert bodies(tmp_path, touched, memory) == ["One"]


def test_it_is_said_at_once_that_a_recording_is_new(tmp_path: Path) -> None:
    memory, new = Memory(), list[int]()

    def read() -> int:
        new.clear()
        seen = found(tmp_path, age=60)
        read_documents(tmp_path, seen, CONFIG, memory, on_new=partial(new.append, 1))
        return len(new)

    for name in ("a.cast", "b.cast", "text.md"):
        (tmp_path / name).write_text("One", "utf-8")
    assert [read(), read()] == [2, 0]
    (tmp_path / "a.cast").write_text("And another", "utf-8")
    (tmp_path / "text.md").write_text("And another", "utf-8")
    assert [read(), read()] == [1, 0]


def test_problems_and_settings_are_remembered_with_their_files(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\ntitel: x\ndate: 2026-01-01\n---\nText", "utf-8")
    seen, memory = found(tmp_path, age=60), Memory()
    first = read_documents(tmp_path, seen, CONFIG, memory)
    assert [problem.code for problem in first.problems] == ["unknown-key"]
    assert read_documents(tmp_path, seen, CONFIG, memory) == first
    elsewhere = read_documents(tmp_path, seen, replace(CONFIG, timezone="Asia/Tokyo"), memory)
    assert elsewhere.documents[0].meta.date != first.documents[0].meta.date


def test_what_is_not_written_down_is_read_once_in_a_process(tmp_path: Path) -> None:
    token = f"ghp_{'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dE3fG6'}"
    for name, text in {"a": "---\nredact: [words]\n---\n", "b": token, "c": "words"}.items():
        (tmp_path / f"{name}.cast").write_text('{"version": 2}', "utf-8")
        (tmp_path / f"{name}.md").write_text(text, "utf-8")
    (tmp_path / "_index.md").write_text("---\ncascade: {redact: [words]}\n---\n", "utf-8")
    read: list[list[str]] = []

    def noted(function: Callable[[T], R], items: Sequence[T], /, **_: int) -> Iterator[R]:
        read.append([file.stem for file in items if isinstance(file, SourceFile)])
        return map(function, items)

    memory = Memory()
    for rehash in (False, False, False, True):
        seen = found(tmp_path, age=60, memory=memory)
        read_documents(tmp_path, seen, CONFIG, memory, rehash=rehash, spread=noted)
    # what is written down is read again when it is its turn
    assert read == [["_index", "a", "b", "c"], [], [], ["_index", "a", "b"]]


def test_an_error_takes_nothing_back_of_who_may_see_an_item(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    files = {
        "in/_index.md": "---\ncascade: {visibility: private}\nsort: no order\n---\n",
        "in/a.cast": '{"version": 2}',
        "b.cast": "---\nstart: never\n---\n",
        "b.md": "---\nvisibility: private\n---\n",
        "c.md": "---\nrecording: d.cast\nvisibility: private\nstart: never\n---\n",
        "d.cast": '{"version": 2}',
        "e.md": "---\nrecording: gone.cast\nvisibility: private\n---\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    read = read_documents(tmp_path, scan(tmp_path, label="content"), CONFIG)
    assert [(one.path, one.meta.visibility) for one in read.documents] == [("content/in/a.cast", "private")]
    assert {one.path for one in read.failed} == {
        f"content/{name}" for name in ("in/_index.md", "b.cast", "c.md", "e.md")
    }
    assert read.private == {f"content/{name}" for name in files if name != "in/_index.md"}
    assert read.recordings == 4
    assert not any(word in one.text for one in read.problems for word in ("never", "gone"))


@pytest.mark.parametrize(
    ("key", "written", "meant"),
    [
        ("poster", "tow.png", "two.png"),
        ("poster", "img/oen.png", "img/one.png"),
        ("poster", "one.png", "img/one.png"),
        ("poster", "pictures/one.png", "img/one.png"),
        ("poster", "three.png", None),
        ("audio", "voce.wav", None),
        ("audio", "sing.wav", "song.wav"),
        ("timing", "wehn", "when"),
        ("recording", "ohter.cast", "other.cast"),
        ("recording", "further.cast", "deeper/further.cast"),
        ("recording", "elsewhere.cast", None),
    ],
)
def test_what_is_offered_leads_there_from_the_file_that_says_so(
    tmp_path: Path, key: str, written: str, meant: str | None
) -> None:
    here = ("a.cast", "two.png", "img/one.png", "song.wav", "when", "other.cast", "deeper/further.cast")
    for name in (*(f"git/{name}" for name in here), "shots/three.png", "voice.wav", "shots/elsewhere.cast"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("words", "utf-8")
    page = tmp_path / f"git/{'page' if key == 'recording' else 'a'}.md"

    def told(named: str) -> list[str]:
        page.write_text(f"---\n{key}: {named}\n---\n", "utf-8")
        read = read_documents(tmp_path, scan(tmp_path, label="content"), CONFIG)
        assert not any(one.code == "bad-value" for one in read.problems)
        return [one.text.partition("did you mean ")[2] for one in read.problems if one.code == f"no-{key}"]

    assert told(written) == [f'"{meant}"?' if meant else ""]
    assert meant is None or all(offered != f'"{meant}"?' for offered in told(meant))


@pytest.mark.parametrize(
    "recording", ["..", "https://x.example/a.cast", "/etc/passwd", "p/", "other.md", "missing.cast"]
)
def test_B26_what_is_no_recording_is_told_once_with_its_line_and_the_cure(tmp_path: Path, recording: str) -> None:
    (tmp_path / "a.md").write_text(f"---\nrecording: {recording}\n---\n", "utf-8")
    (tmp_path / "other.md").write_text("words", "utf-8")
    seen, memory = found(tmp_path, age=60), Memory()
    for _ in range(2):
        (told,) = read_documents(tmp_path, seen, CONFIG, memory).problems
        assert (str(told.place), told.severity) == ("content/a.md:2:12", "error")
        assert told.text.endswith("; write the path from this file's folder, such as demo.cast")
