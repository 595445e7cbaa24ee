"""`castsite log`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from projects import Project, cast
from tokens import TOKENS

PASSPHRASE = "violet anchor 42 tundra"  # noqa: S105 - made up
KEY = "site_key: a-key-of-more-than-thirty-two-characters\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Project:
    site = Project(tmp_path_factory.mktemp("site")).write({
        "castsite.yml": KEY,
        "content/git/a.cast": cast("a"),
        "content/b.cast.gz": b"---\nvisibility: unlisted\n---\n" + cast("b"),
        "content/c.cast": cast("c"),
    })  # fmt: skip
    site.build()
    site.write({"content/c.cast": cast(TOKENS["github-token"])})
    (site.root / "content/git/a.cast").unlink()
    site.build(code=3)
    return site


def rows(site: Project, *arguments: str) -> list[str]:
    """Give what is printed, without times and addresses."""
    done = site.run("log", *arguments)
    assert done.returncode == 0, done.stderr
    return [" ".join(line.split()[1:3]) for line in done.stdout.splitlines()]


def test_the_newest_come_first(site: Project) -> None:
    assert rows(site) == [
        "removed content/git/a.cast",
        "held-back content/c.cast",
        "published content/git/a.cast",
        "published content/c.cast",
        "published content/b.cast.gz",
    ]
    lines = site.run("log").stdout.splitlines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ  held-back  content/c\.cast +c/  \(github-token\)", lines[1])
    assert lines[4].endswith("/  (unlisted)")


def test_what_is_private_says_so(tmp_path: Path) -> None:
    site = Project(tmp_path).write(
        {"castsite.yml": KEY, "content/a.cast": b"---\nvisibility: private\n---\n" + cast("a")}
    )
    site.build(CASTSITE_PASSPHRASE=PASSPHRASE)
    (line,) = site.run("log").stdout.splitlines()
    assert re.search(r"  published  content/a\.cast  [a-z0-9]{20,}/  \(private\)$", line)


def test_filters_choose(site: Project) -> None:
    for arguments, expected in {
        ("--action", "removed"): ["removed content/git/a.cast"],
        ("--item", "content/c.cast"): ["held-back content/c.cast", "published content/c.cast"],
        ("--item", "/git/a/"): ["removed content/git/a.cast", "published content/git/a.cast"],
        ("--item", "b"): ["published content/b.cast.gz"],
        ("--item", "it/a"): [],
        ("--since", "2026-01-01", "--limit", "1"): ["removed content/git/a.cast"],
        ("--since", "2999-01-01"): [],
    }.items():
        assert rows(site, *arguments) == expected, arguments
    assert "4 older ones: castsite log --limit 5" in site.run("log", "--limit", "1").stderr


def test_json_is_one_document(site: Project) -> None:
    found = json.loads(site.run("log", "--json").stdout)
    assert [entry["action"] for entry in found] == ["removed", "held-back", "published", "published", "published"]
    assert found[1]["rules"] == ["github-token"]
    assert found[2]["digest"].startswith("sha256:")
    assert json.loads(site.run("log", "--json", "--since", "2999-01-01").stdout) == []


def test_several_outputs_are_told_apart(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"content/a.cast": cast("a")})
    site.build()
    site.build("--output", "other")
    ends = [line.rsplit("  ", 1)[1] for line in site.run("log").stdout.splitlines()]
    assert ends == ["[other]", "[public]"]


def test_without_a_trail_it_says_how_one_begins(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"content/a.cast": cast("a")})
    done = site.run("log")
    assert (done.returncode, done.stdout) == (0, "")
    assert "castsite build" in done.stderr
    assert json.loads(site.run("log", "--json").stdout) == []
    assert not (site.root / ".castsite").exists()
    assert Project(tmp_path / "content").run("log").returncode == 2


def test_damage_is_told_and_costs_no_other_line(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"content/a.cast": cast("a")})
    site.build()
    file = site.root / ".castsite/audit.jsonl"
    file.write_bytes(b"\0\n" + file.read_bytes())
    done = site.run("log")
    assert "warning: .castsite/audit.jsonl: damaged: 1 line is damaged, and left out" in done.stderr
    assert len(done.stdout.splitlines()) == 1
