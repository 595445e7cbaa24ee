from __future__ import annotations

import errno
import os
import socket
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from castsite.errors import Severity, StorageError
from castsite.limits import Limits
from castsite.site.sources import Kind, SourceFile, read_source, scan
from castsite.site.static import static_files

posix = pytest.mark.skipif(sys.platform == "win32", reason="links and devices of POSIX")


def put(folder: Path, *names: str, body: bytes = b"x") -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)


def kinds(folder: Path, **options: object) -> dict[str, Kind]:
    return {file.path: file.kind for file in scan(folder, label="content", **options).files}  # type: ignore[arg-type]


def errors(folder: Path) -> list[tuple[str, str]]:
    found = scan(folder, label="content").problems
    return [(problem.place.path, problem.code) for problem in found if problem.severity is Severity.ERROR]


def test_names_and_neighbours_decide_what_a_file_is(tmp_path: Path) -> None:
    put(tmp_path, "a.cast", "a.md", "about.md", "git/_index.md", "git/b.CAST.gz", "git/b.md", "shot.png")
    assert kinds(tmp_path) == {
        "content/a.cast": Kind.RECORDING,
        "content/a.md": Kind.COMPANION,
        "content/about.md": Kind.PAGE,
        "content/git/_index.md": Kind.SECTION,
        "content/git/b.CAST.gz": Kind.RECORDING,
        "content/git/b.md": Kind.COMPANION,
        "content/shot.png": Kind.OTHER,
    }


def test_patterns_pass_over_names_anywhere_and_paths_from_the_top(tmp_path: Path) -> None:
    put(tmp_path, "drafts/a.cast", "git/drafts/b.cast", "git/c.cast", "git/c.bak", "d.cast")
    everything = {"content/d.cast", "content/drafts/a.cast", "content/git/c.cast", "content/git/drafts/b.cast"}

    def passed_over(*patterns: str) -> set[str]:
        return everything.difference(kinds(tmp_path, ignore=patterns))

    assert passed_over("drafts") == {"content/drafts/a.cast", "content/git/drafts/b.cast"}
    assert passed_over("/drafts") == passed_over("drafts/*") == {"content/drafts/a.cast"}
    assert passed_over("/git/c.*", "*.bak") == passed_over("git/c.cast") == {"content/git/c.cast"}
    assert passed_over("/c.cast") == passed_over("") == set()
    assert passed_over("/*.cast") == passed_over("//d.cast") == {"content/d.cast"}
    assert passed_over("/git/*.cast") == {"content/git/c.cast"}
    assert passed_over("/*") == passed_over("*.cast") == everything


def test_a_companion_knows_its_recording(tmp_path: Path) -> None:
    put(tmp_path, "git/b.cast.xz", "git/b.md")
    companion = next(file for file in scan(tmp_path, label="content").files if file.kind is Kind.COMPANION)
    assert companion.recording == "content/git/b.cast.xz"


def test_a_json_file_is_a_recording_only_when_it_looks_like_one(tmp_path: Path) -> None:
    put(tmp_path, "v1.json", body=b'{"version": 1, "width": 80, "height": 24, "stdout": []}')
    put(tmp_path, "late.json", body=b'{"title": null, "stdout": [[0.1, "x"]], "width": 80, "version": 1}')
    put(tmp_path, "marked.json", body=b'\xef\xbb\xbf{"version": 1, "width": 80, "height": 24, "stdout": []}')
    put(tmp_path, "package.json", body=b'{"name": "x", "version": "1.0"}')
    assert kinds(tmp_path) == {
        "content/late.json": Kind.RECORDING,
        "content/v1.json": Kind.RECORDING,
        "content/marked.json": Kind.RECORDING,
        "content/package.json": Kind.OTHER,
    }


def test_noise_is_passed_over(tmp_path: Path) -> None:
    put(
        tmp_path,
        ".hidden.cast",
        "_studio/x.cast",
        "a.cast~",
        "a.cast.swp",
        "#a.cast#",
        "README.md",
        "LICENSE",
        "b.orig",
    )
    assert kinds(tmp_path) == {}
    put(tmp_path, "git/README.md", "drafts/x.cast", "keep.cast")
    assert kinds(tmp_path, ignore=("drafts/*",)) == {
        "content/git/README.md": Kind.PAGE,
        "content/keep.cast": Kind.RECORDING,
    }


def test_order_is_that_of_the_composed_names(tmp_path: Path) -> None:
    put(tmp_path, "b.cast", "a/z.cast", "a.cast")
    assert list(kinds(tmp_path)) == ["content/a.cast", "content/a/z.cast", "content/b.cast"]


def test_a_decomposed_name_is_reported_composed_and_opened_as_it_is(tmp_path: Path) -> None:
    name = unicodedata.normalize("NFD", "café.cast")
    put(tmp_path, name, body=b"hello")
    (file,) = scan(tmp_path, label="content").files
    assert file.path == "content/café.cast"
    assert file.stem == "café"
    assert read_source(tmp_path, file.name, 10) == b"hello"


def test_what_is_no_recording_is_named_for_what_it_is(tmp_path: Path) -> None:
    put(tmp_path, "demo.tape", "y.cast.lz")
    put(tmp_path, "magic.sh", body=b"#!/bin/bash\n. ../demo-magic.sh -n\npe ls\n")
    put(tmp_path, "it.sh", body=b"#doitlive shell: /bin/bash\nls\n")
    put(tmp_path, "robot.sh", body=b"#!/bin/bash\n#$ wait 500\nls\n")
    texts = [problem.text for problem in scan(tmp_path, label="content").problems]
    assert len(texts) == 5
    assert any("demo-magic" in text for text in texts)
    assert any("doitlive" in text for text in texts)
    assert any("asciinema-automation" in text for text in texts)
    assert any("VHS" in text for text in texts)
    assert any("lzip" in text for text in texts)


@posix
def test_D04_links_are_errors_and_never_read(tmp_path: Path) -> None:
    content = tmp_path / "content"
    put(tmp_path, "outside/secret.cast", "content/real.cast")
    (content / "file.cast").symlink_to(tmp_path / "outside/secret.cast")
    (content / "folder").symlink_to(tmp_path / "outside")
    (content / "loop").symlink_to(content)
    (content / "inside.cast").symlink_to(content / "real.cast")
    assert kinds(content) == {"content/real.cast": Kind.RECORDING}
    names = ("file.cast", "folder", "inside.cast", "loop")
    assert errors(content) == [(f"content/{name}", "link") for name in names]


@posix
def test_D05_pipes_and_sockets_are_errors_and_do_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.cast")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        assert errors(tmp_path) == [("content/pipe.cast", "not-a-file"), ("content/s", "not-a-file")]
    with pytest.raises(OSError, match="regular"):
        read_source(tmp_path, "pipe.cast", 10)


@posix
def test_D09_names_that_are_no_text_or_could_mislead(tmp_path: Path) -> None:
    (Path(os.fsdecode(bytes(tmp_path) + b"/bad\xff.cast"))).write_bytes(b"x")
    put(tmp_path, "a\nb.cast", "\x1b[2J.cast", "<script>.cast", "\u202ex.cast")
    result = scan(tmp_path, label="content")
    assert len(result.files) == 4
    (problem,) = result.problems
    assert str(problem) == "error: content/bad\\xff.cast: bad-name: the name is not UTF-8; rename it"
    for file in result.files:
        assert "\n" not in str(problem.place._replace(path=file.path))
        assert "\x1b" not in str(problem.place._replace(path=file.path))


def test_D18_seventeen_levels_of_folders_are_too_deep(tmp_path: Path) -> None:
    put(tmp_path, "/".join("d" * 16) + "/deep.cast")
    assert list(kinds(tmp_path)) == ["content/" + "/".join("d" * 16) + "/deep.cast"]
    put(tmp_path, "/".join("d" * 17) + "/deeper.cast")
    assert errors(tmp_path) == [("content/" + "/".join("d" * 17), "too-deep")]


@posix
def test_D20_a_file_that_becomes_a_link_after_the_scan_is_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "content/a.cast", "content/deep/b.cast", "outside/b.cast")
    content = tmp_path / "content"
    files: tuple[SourceFile, ...] = scan(content, label="content").files
    (content / "a.cast").unlink()
    (content / "a.cast").symlink_to(tmp_path / "outside/b.cast")
    (content / "deep/b.cast").unlink()
    (content / "deep").rmdir()
    (content / "deep").symlink_to(tmp_path / "outside")
    for file in files:
        with pytest.raises(OSError) as caught:  # noqa: PT011 - the number is checked below
            read_source(content, file.name, 10)
        assert caught.value.errno in {errno.ELOOP, errno.ENOTDIR}


def test_H03_folders_that_cannot_be_listed_are_errors_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "closed/a.cast", "open.cast", "run.tty/frames/1.png", "../static/no/x.txt", "../static/yes.txt")
    really = os.scandir

    def listing(folder: Any) -> Any:
        if Path(folder).name in {"closed", "frames", "no"}:
            raise PermissionError(errno.EACCES, "Permission denied", str(folder))
        return really(folder)

    monkeypatch.setattr(os, "scandir", listing)
    assert list(kinds(tmp_path)) == ["content/open.cast"]
    assert errors(tmp_path) == [("content/closed", "unreadable"), ("content/run.tty", "unreadable")]
    told = "static/no: unreadable: cannot be read: Permission denied; make it and its folder readable"
    with pytest.raises(StorageError, match=told):  # or what is published of it would be taken away
        static_files(tmp_path.parent, Limits())


def test_a_folder_of_static_files_that_cannot_be_read_at_all_ends_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(folder: Any) -> Any:
        raise PermissionError(errno.EACCES, "Permission denied", str(folder))

    put(tmp_path, "../static/CNAME")
    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(StorageError, match="static: unreadable: cannot be read: Permission denied"):
        static_files(tmp_path.parent, Limits())


@posix
def test_a_folder_of_static_files_that_is_a_link_is_an_error(tmp_path: Path) -> None:
    put(tmp_path, "elsewhere/x.txt")
    (tmp_path / "static").symlink_to(tmp_path / "elsewhere")
    found = static_files(tmp_path, Limits())
    assert [str(problem) for problem in found.problems] == [
        "error: static: link: links are not followed; put the folder itself here"
    ]
    assert found.artifacts == ()


@posix
def test_what_is_neither_file_nor_folder_is_told_of_static_files_too(tmp_path: Path) -> None:
    put(tmp_path, "static/x.txt")
    os.mkfifo(tmp_path / "static/pipe")
    found = static_files(tmp_path, Limits())
    assert [one.path for one in found.artifacts] == ["x.txt"]
    assert [str(problem) for problem in found.problems] == [
        "error: static/pipe: not-a-file: neither file nor folder; remove it"
    ]


def test_a_file_in_the_place_of_the_folder_of_static_files_is_an_error(tmp_path: Path) -> None:
    put(tmp_path, "static")
    assert [str(problem) for problem in static_files(tmp_path, Limits()).problems] == [
        "error: static: not-a-folder: is no folder; put it into a folder of that name, or remove it"
    ]


@posix
def test_H03_a_folder_without_permission_is_an_error(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    put(tmp_path, "closed/a.cast", "open.cast")
    (tmp_path / "closed").chmod(0)
    assert list(kinds(tmp_path)) == ["content/open.cast"]
    assert errors(tmp_path) == [("content/closed", "unreadable")]


def test_a_file_that_goes_while_its_folder_is_walked_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.cast", "b.cast"):
        (tmp_path / name).write_text("")
    listed = os.scandir

    @contextmanager
    def late(folder: Path) -> Iterator[list[os.DirEntry[str]]]:
        with listed(folder) as entries:
            found = list(entries)
        (tmp_path / "a.cast").unlink()
        yield found

    monkeypatch.setattr(os, "scandir", late)
    found = scan(tmp_path, label="content")
    assert ([file.name for file in found.files], found.problems) == (["b.cast"], ())
