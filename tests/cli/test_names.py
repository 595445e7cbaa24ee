"""Names of recordings: whatever command is given one, it means the same."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from projects import Project, cast

COMMANDS = [
    ("show", "--transcript"),
    ("export", "--to", "vtt", "-o", "-"),
    pytest.param(
        ("play", "--speed", "16"), marks=pytest.mark.skipif(sys.platform == "win32", reason="no terminals of POSIX")
    ),
    ("rm", "--yes"),
]
every_command = pytest.mark.parametrize("command", COMMANDS)


def front(**said: str) -> bytes:
    return "".join(["---\n", *(f"{key}: {value}\n" for key, value in said.items()), "---\n"]).encode()


@pytest.fixture
def site(tmp_path: Path) -> Project:
    return Project(tmp_path).write({"castsite.yml": "title: Here\ncontent: my/casts\n"})


def meant(site: Project, command: tuple[str, ...], name: str) -> str:
    """Give the file that a command takes a name for: the one that is gone, or shows what each shows of itself."""
    here = site.root / "my/casts"
    before = sorted(here.rglob("*.cast"))
    done = site.run(*command[:1], name, *command[1:])
    assert done.returncode == 0, done.stderr
    names = {path.relative_to(here).as_posix(): path.exists() for path in before}
    (found,) = [name for name, is_there in names.items() if not is_there or f"of {name}" in done.stdout]
    return found


def refusal(site: Project, command: tuple[str, ...], name: str) -> str:
    here = sorted(site.root.rglob("*.cast"))
    done = site.run(*command[:1], name, *command[1:])
    assert done.returncode == 2, done.stdout
    assert sorted(site.root.rglob("*.cast")) == here
    return next(line for line in done.stderr.splitlines() if line.startswith("fatal: ")).partition("no-recording: ")[2]


def write(site: Project, files: dict[str, bytes]) -> None:
    site.write({f"my/casts/{name}": before + cast(f"of {name}") for name, before in files.items()})


@every_command
def test_an_address_comes_before_the_end_of_a_path(site: Project, command: tuple[str, ...]) -> None:
    write(site, {"x.cast": front(slug="demo"), "old/demo.cast": b""})
    assert meant(site, command, "demo") == "x.cast"


@every_command
def test_a_name_that_is_the_address_of_another_is_refused(site: Project, command: tuple[str, ...]) -> None:
    write(site, {"a.cast": front(slug="b"), "b.cast": front(slug="a")})
    assert refusal(site, command, "a") == '"a" could be a.cast, b.cast; write more of it'
    assert meant(site, command, "a.cast") == "a.cast"


@every_command
def test_an_address_that_two_ask_for_is_refused(site: Project, command: tuple[str, ...]) -> None:
    write(site, {"a.cast": front(slug="x"), "b.cast": front(slug="x")})
    assert refusal(site, command, "x") == '"x" could be a.cast, b.cast; write more of it'


@every_command
@pytest.mark.parametrize("name", ["git/a", "/git/a/", "a", "a.cast", "casts/git/a", "my/casts/git/a.cast"])
def test_a_recording_has_many_names(site: Project, command: tuple[str, ...], name: str) -> None:
    write(site, {"git/a.cast": b"", "git/ba.cast": b"", "git/b.cast": front(slug="c")})
    assert meant(site, command, name) == "git/a.cast"


@every_command
def test_ends_of_names_are_refused_where_there_are_two(site: Project, command: tuple[str, ...]) -> None:
    write(site, {"git/a.cast": b"", "ops/a.cast": b"", "merge.cast": b"", "ops/merge.cast": b""})
    assert refusal(site, command, "a") == '"a" could be git/a.cast, ops/a.cast; write more of it'
    assert refusal(site, command, "") == 'no recording ""; castsite list names them all'
    assert refusal(site, command, "merga") == 'no recording "merga", did you mean "merge"?'
    assert meant(site, command, "merge") == "merge.cast"


@pytest.mark.parametrize("name", ["talk", "talk.md", "raw/x", "raw/x.cast"])
def test_a_recording_is_called_as_the_page_that_names_it_too(site: Project, name: str) -> None:
    write(site, {"raw/x.cast": b""})
    site.write({"my/casts/talk.md": front(recording="raw/x.cast")})
    assert "source   my/casts/talk.md\n" in site.run("show", name).stdout
    assert "remove my/casts/raw/x.cast and my/casts/talk.md; " in site.run("rm", name).stderr
