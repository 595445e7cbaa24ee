"""What an owner or an author says is no secret is none, as long as it is the same, and what is found can be listed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from presented import TOKEN
from projects import Project, cast

from castsite.cli.project import load_project
from castsite.memory import Memory
from castsite.safety.personal import personal
from castsite.site.allowlist import read_allow_list
from castsite.site.documents import read_documents
from castsite.site.sources import scan

PASSWORD = "kG7h2LmQ9wZ"  # noqa: S105 - of nothing


@pytest.fixture
def site(tmp_path: Path) -> Project:
    site = Project(tmp_path).write({"castsite.yml": "title: S\n", "content/b.cast": cast()})
    return site.write({"content/a.cast": cast("x", TOKEN), "content/notes.md": f"# Text\n\nuse {TOKEN} here\n"})


def found(site: Project, *arguments: str, **environ: str) -> dict[str, list[dict[str, Any]]]:
    done = site.run("check", "--secrets", "--json", *arguments, **environ)
    assert done.returncode in {0, 3}
    return {file["path"]: file["findings"] for file in json.loads(done.stdout)["files"]}


def test_a_list_of_all_findings_tells_no_value(site: Project) -> None:
    done = site.run("check", "--secrets", "--json")
    document = json.loads(done.stdout)
    assert done.returncode == 3
    assert document["summary"] == {"files": 4, "findings": 2, "open": 2, "incomplete": 0}
    first, second = document["files"]
    assert (first["path"], first["clean"], first["complete"]) == ("content/a.cast", False, True)
    (finding,) = first["findings"]
    assert finding.pop("id") in done.stderr
    assert finding == {
        "rule": "github-token",
        "class": "P",
        "channel": "output",
        "where": "o:2:0-46",
        "length": "43",
        "shown": TOKEN[:4],
        "places": 2,
        "time": 1.0,
        "action": "block",
    }
    assert (second["path"], second["findings"][0]["where"]) == ("content/notes.md", f"md:3:5-{4 + len(TOKEN)}")
    assert TOKEN[4:] not in done.stdout + done.stderr
    assert "no-base-url" not in done.stderr, "nothing but secrets is told"


def test_what_only_may_be_a_secret_counts_where_it_is_asked_for(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"castsite.yml": "title: S\n", "content/a.cast": cast(f"DB_PASSWORD={PASSWORD}")})
    assert site.run("check", "--secrets").returncode == 0
    done = site.run("check", "--secrets", "--strict")
    assert (done.returncode, "1 of them open" in done.stderr) == (3, True)


def test_all_findings_that_are_counted_are_listed(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"castsite.yml": "title: S\n", "content/a.cast": cast(f"DB_PASSWORD={PASSWORD}")})
    site.write({"content/b.cast": cast("ls /home/ada/work"), "content/c.cast": cast(TOKEN)})
    (first,) = found(site)["content/a.cast"]
    assert site.run("check", "--allow", first["id"], "--reason", "made up").returncode == 0
    done = site.run("check", "--secrets")
    assert "2 findings, 1 of them open, 1 more that only tells of a person (--verbose)" in done.stderr
    told = [line for line in done.stderr.splitlines() if line.startswith(("error: content/", "info: content/"))]
    assert len(told) == 2
    assert sum(line.startswith("info: content/a.cast: allowed: assignment (C) ") for line in told) == 1
    assert PASSWORD not in done.stderr


@pytest.mark.parametrize("policy", ["warn", "redact"])
def test_G15_a_value_of_one_recording_is_known_again_in_others(tmp_path: Path, policy: str) -> None:
    site = Project(tmp_path).write({"castsite.yml": f"title: S\nsecrets: {policy}\n"})
    site.write({"content/a.cast": cast(f"DB_PASSWORD={PASSWORD}"), "content/b.cast": cast(f"psql -p:{PASSWORD} db")})
    site.write({"content/c.cast": cast(f"echo {PASSWORD}x"), "content/d.cast": cast(f"DB_PWD={PASSWORD}")})
    first = found(site)["content/a.cast"][0]["id"]
    told = f"content/b.cast: secret-found: holds the value of finding {first} of content/a.cast"
    for _ in range(2):  # examined, and remembered
        done = site.run("build")
        assert [told in line for line in done.stderr.splitlines() if "holds the value" in line] == [True]
        assert PASSWORD not in done.stdout + done.stderr
    site.run("check", "--allow", first, "--reason", "of a demo")
    second = found(site)["content/d.cast"][0]["id"]
    assert f"finding {second} of content/d.cast" in site.run("build").stderr, "there it is not allowed"
    site.write({"content/b.cast": cast("nothing of it")})
    assert "holds the value" not in site.run("build").stderr


@pytest.mark.parametrize("name", ["content/a.cast", "content/notes.md"])
def test_an_owner_allows_a_finding_until_the_file_is_edited(site: Project, name: str) -> None:
    other = {"content/a.cast", "content/notes.md"} - {name}
    (site.root / other.pop()).unlink()
    ((finding,),) = found(site).values()
    done = site.run("check", "--allow", finding["id"], "--reason", "a demo", "--until", "2099-01-31")
    assert done.returncode == 0
    (entry,) = json.loads((site.root / "secrets-allow.json").read_text("utf-8"))
    assert {key: entry[key] for key in ("rule", "where", "reason", "until")} == {
        "rule": "github-token",
        "where": finding["where"],
        "reason": "a demo",
        "until": "2099-01-31",
    }
    site.build()
    assert TOKEN in site.page("a.txt" if name.endswith("cast") else "notes/index.html")
    assert found(site)[name][0]["action"] == "allowed"
    assert "secrets-allow.json" not in "".join(site.published())
    before = (site.root / name).read_bytes()
    site.write({name: before + (b"\nmore\n" if name.endswith("md") else b'[9, "o", "more"]\n')})
    told = site.build(code=3).stderr
    assert "stale-allowance: no file is what github-token at" in told
    assert "secret-found" in told
    site.write({name: before}).build()


def test_G22_a_value_is_allowed_wherever_it_stands_by_whoever_has_the_key(tmp_path: Path) -> None:
    key = "k" * 40
    site = Project(tmp_path).write(
        {"castsite.yml": "secrets: {rules: {assignment: block}}\n", "content/b.cast": cast()}
    )
    site.write({"content/a.cast": cast(f"DB_PASSWORD={PASSWORD}")})
    ((finding,),) = found(site).values()
    refused = site.run("check", "--allow", finding["id"], "--reason", "a demo", "--by-value")
    assert (refused.returncode, "set CASTSITE_KEY" in refused.stderr) == (2, True)
    allow = ("check", "--allow", finding["id"], "--reason", "a demo", "--by-value")
    assert site.run(*allow, CASTSITE_KEY=key).returncode == 0
    written = (site.root / "secrets-allow.json").read_text("utf-8")
    assert PASSWORD not in written
    site.build(CASTSITE_KEY=key)
    site.write({"content/a.cast": cast("edited", f"DB_PASSWORD={PASSWORD}")})
    site.build(CASTSITE_KEY=key)
    assert PASSWORD in site.page("a.txt")
    told = site.build(code=3).stderr
    assert "no-site-key: assignment: does not count without the site's key" in told
    assert "secret-found" in site.build(code=3, CASTSITE_KEY="another" * 9).stderr
    site.write({"content/a.cast": cast(f"DB_PASSWORD={PASSWORD}x")})
    assert "secret-found" in site.build(code=3, CASTSITE_KEY=key).stderr


def test_G22_a_process_that_goes_on_sees_that_the_key_is_another(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"content/a.md": f"DB_PASSWORD={PASSWORD}\n"})
    site.write({"castsite.yml": "secrets: {rules: {assignment: block}}\n"})
    ((finding,),) = found(site).values()
    key, memory, config = "k" * 40, Memory(), load_project(tmp_path).config
    allow = ("check", "--allow", finding["id"], "--reason", "a demo", "--by-value")
    assert site.run(*allow, CASTSITE_KEY=key).returncode == 0
    os.utime(tmp_path / "content/a.md", (1, 1))

    def told(key: str) -> list[str]:
        seen = scan(tmp_path / "content", label="content", memory=memory)
        seen = replace(seen, moment=seen.moment + 60_000_000_000)  # so that its stamp is old enough to be believed
        allowed = read_allow_list(tmp_path, key=key, now=datetime(2026, 6, 1, tzinfo=UTC))
        read = read_documents(tmp_path / "content", seen, config, memory, allowed=allowed)
        return [problem.code for problem in read.problems]

    assert [told(key), told(key), told("another" * 9), told(key)] == [[], [], ["secret-found"], []]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes with names")
@pytest.mark.parametrize("make", [getattr(os, "mkfifo", os.mkdir), os.mkdir, partial(os.symlink, "nowhere")])
def test_a_list_that_is_no_file_is_not_waited_for(tmp_path: Path, make: Callable[[Path], None]) -> None:
    site = Project(tmp_path).write({"content/a.cast": cast()})
    make(tmp_path / "secrets-allow.json")
    assert site.build(code=2).stderr == "fatal: secrets-allow.json: not-a-file: is not a regular file; remove it\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "bad-allow-list"),
        ('{"rule": "jwt"}', "Expected `array`, got `object`"),
        ('[{"rule": "jwt", "source": "sha256:0", "where": "o:1:2-3", "reason": "x"}]', "bad-allow-list"),
        (f'[{{"rule": "jwt", "source": "sha256:{"0" * 64}", "reason": "x"}}]', "entry 1: give source and where"),
        (f'[{{"rule": "jwt", "source": "sha256:{"0" * 64}", "where": "o:1:2-3"}}]', "missing required field `reason`"),
        (f'[{{"rule": "jwt", "hmac": "{"0" * 64}", "reason": "x", "until": "2027-13-01"}}]', "is no date"),
        ('[{"rule": "jwt", "other": 1}]', "unknown field `other`"),
        ("[" * 100_000, "bad-allow-list"),
    ],
)
def test_a_list_that_cannot_be_read_stops_everything(tmp_path: Path, text: str, told: str) -> None:
    site = Project(tmp_path).write({"content/a.cast": cast(), "secrets-allow.json": text})
    done = site.build(code=2)
    assert "fatal: secrets-allow.json: bad-allow-list: " in done.stderr
    assert told in done.stderr


def test_what_is_over_or_matches_nothing_is_told(site: Project) -> None:
    entry = {"rule": "jwt", "source": f"sha256:{'0' * 64}", "where": "o:1:2-3", "reason": "x"}
    site.write({"secrets-allow.json": json.dumps([entry, {**entry, "until": "2020-01-31"}])})
    told = site.build(code=3).stderr
    assert "stale-allowance: jwt: ended on 2020-01-31 (x); remove the entry" in told
    assert told.count("no file is what jwt at o:1:2-3 was allowed in") == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--allow", "abcdef"], "--allow needs --reason"),
        (["--allow", "abcdef", "--reason", "x"], "there is no finding 'abcdef'"),
        (["--allow", "abcdef", "--reason", "x", "--until", "soon"], "is no date"),
        (["--allow", "abcdef", "--reason", "x", "--until", "2020-01-01"], "2020-01-01 is over"),
        (["--allow", "abcdef", "--reason", "x", "--until", "2026-05-28"], "there is no finding"),
        (["--allow", "abcdef", "--reason", "x", "--until", "2099-01-01 10:00"], "is no date"),
        (["--reason", "x"], "belong to --allow"),
    ],
)
def test_what_cannot_be_allowed_is_told(site: Project, arguments: list[str], told: str) -> None:
    done = site.run("check", *arguments)
    assert (done.returncode, told in done.stderr) == (2, True)
    assert not (site.root / "secrets-allow.json").exists()


def test_what_tells_of_a_person_is_told_once_for_each_kind_to_who_asks(tmp_path: Path) -> None:
    lines = [
        "ada@box:~$ ls /home/ada /Users/ada",
        "mail ada@example.com",
        "ping 93.184.216.34 10.0.0.1",
        "ls /home/ada",
    ]
    site = Project(tmp_path).write({"castsite.yml": "title: S\n", "content/a.cast": cast(*lines)})
    assert "personal" not in site.run("check", "--secrets").stderr
    told = site.run("check", "--secrets", "-v").stderr
    for rule, places in (("home", "3 places"), ("user-host", ""), ("email", ""), ("public-ipv4", "")):
        assert f"info: content/a.cast: personal: {rule} (I) in transcript at " in told
        assert places in told
    assert "93.184" not in told
    site.build()


def test_kinds_of_what_tells_of_a_person() -> None:
    texts = ["v1.2.3.4-rc 127.0.0.1 192.168.1.1 172.16.0.9 256.1.1.1", "a@b", "C:\\Users\\ada", "8.8.8.8"]
    assert [(one.rule, one.where) for one in personal([(0, text) for text in texts])] == [
        ("home", "line:3:0-11"),
        ("public-ipv4", "line:4:0-6"),
    ]


def test_G18_what_was_not_looked_through_to_its_end_is_held_back(tmp_path: Path) -> None:
    limit = "title: S\nlimits: {seconds_per_recording: 1}\n"
    heavy = cast("curl -u " * 400_000)  # takes seconds to be looked through, and is read in no time
    site = Project(tmp_path).write({"castsite.yml": limit, "content/a.cast": heavy, "content/b.cast": cast()})
    assert "took-too-long" in site.build(code=3).stderr
    assert "b.cast" in site.published()
    document = json.loads(site.run("check", "--secrets", "--json").stdout)
    (file,) = document["files"]
    assert (file["complete"], file["reason"], file["clean"]) == (False, "budget", False)
    site.write({"castsite.yml": limit + "secrets: off\n"}).build()


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("grep -rq whoami", ""),
        ("sh -c 'grep -rq whoami \"$0\" && exit 7'", "ended with status 7"),
        ("no-such-scanner --fast", "cannot be run (No such file or directory)"),
        ("sh 'x", "is no command"),
    ],
)
def test_other_scanners_are_asked_where_that_is_wanted(tmp_path: Path, program: str, told: str) -> None:
    site = Project(tmp_path).write({"castsite.yml": f"title: S\nsecrets:\n  external:\n    - {json.dumps(program)}\n"})
    site.write({"content/deep/a.cast": cast("$ whoami\r\n")})
    assert "external" not in site.run("check", "--secrets").stderr
    done = site.run("check", "--secrets", "--external")
    assert (done.returncode, told in done.stderr) == (3 if told else 0, True)
    assert ("external-scan" in done.stderr) == bool(told)
