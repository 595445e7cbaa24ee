"""Private recordings: nothing of them is anywhere in clear, and what has not changed stays as it was published."""

from __future__ import annotations

import base64
import gzip
import html
import json
import os
import pty
import re
import select
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from projects import NOW, Project, cast
from tokens import token

from castsite import build as build_module
from castsite import privacy
from castsite.cli.project import load_project
from castsite.config import load_config
from castsite.errors import Place, Problem, Severity, discreet
from castsite.render.private import former
from castsite.safety.encrypt import Envelope, decrypt, derive, unpack
from castsite.safety.secrets import shipped
from castsite.site import withheld

PASSPHRASE = "violet anchor 42 tundra"  # noqa: S105 - made up
OTHER = "copper lantern 17 fjord"
KEY = "k" * 20
CANARIES = ("zqcast", "zqtitle", "zqdescription", "zqtag", "zqmarker", "zqbody", "zqauthor", "zqseries", "zqheader")
FRONT = """---
title: About zqtitle
description: The *zqdescription*.
visibility: {}
tags: [zqtag, other]
authors: [zqauthor]
series: {{name: zqseries, part: 1}}
markers: [{{at: 0.6, label: zqmarker}}]
poster: 0:00
date: 2026-03-01
---
"""
CONFIG = "title: Site\nbase_url: https://private.example/casts/\nfeeds: true\n"
PLANS = "content/team/plans.cast"


def secret(visibility: str = "private", *lines: str) -> bytes:
    return FRONT.format(visibility).encode() + cast(
        "$ echo zqcast", "zqcast", *lines, title="zqheader", width=60, height=8
    )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path).write(
        {
            "castsite.yml": CONFIG
            + "outputs: [embed, script, oembed, oembed-xml, markdown, filmstrip, gzip, wsh, rexec]\n",
            "content/open.cast": b"---\ndate: 2026-05-20\ntags: [other]\n---\n"
            + cast("$ ls", "README.md", title="Open"),
            "content/about.md": "---\ntitle: About\n---\nWords.\n",
            PLANS: secret(),
            "content/team/plans.md": "---\nlicense: MIT\n---\nThe zqbody of it.\n",
        }
    )


def build(project: Project, passphrase: str | None = PASSPHRASE, *arguments: str, code: int = 0, **environ: str) -> str:
    environ = {"CASTSITE_KEY": KEY, **({} if passphrase is None else {"CASTSITE_PASSPHRASE": passphrase}), **environ}
    done = project.build("--verbose", *arguments, code=code, **environ)
    return done.stdout + done.stderr


def hidden(project: Project, folder: str = "public") -> dict[str, bytes]:
    """The page of the private recording and its file."""
    found = project.published(folder)
    (page,) = [name for name, body in found.items() if name.endswith(".html") and b"data-lock" in body]
    slug = page.partition("/")[0]
    return {name: body for name, body in found.items() if name.startswith(f"{slug}/")}


def lock(project: Project) -> dict[str, bytes]:
    (page,) = [body for name, body in hidden(project).items() if name.endswith(".html")]
    found = re.search(r"data-lock=\"[0-9a-f]{32}\.bin\">(\{.*?\})</script>", page.decode())
    assert found
    return {name: base64.b64decode(text) for name, text in json.loads(found[1]).items()}


def opened(project: Project, passphrase: str = PASSPHRASE) -> dict[str, object]:
    page = next(name for name in hidden(project) if name.endswith("index.html"))
    slug = page.partition("/")[0]
    locked = former(project.root / "public", slug, "")
    assert locked
    sealed = locked.sealed()
    salt = locked.envelope.salt(slug)
    assert sealed
    assert salt
    plain = decrypt(sealed, derive(passphrase, salt), slug)
    assert plain is not None
    data = unpack(plain)
    assert data is not None
    found: dict[str, object] = json.loads(data)
    return found


def readings(data: bytes) -> Iterator[bytes]:
    """Give bytes as anything reads them: unpacked, decoded, unescaped."""
    yield data.lower()
    yield unquote_to_bytes(data).lower()
    text = data.decode("utf-8", "replace")
    yield html.unescape(text).encode("utf-8", "replace").lower()
    escape = re.compile(r"\\u([0-9a-fA-F]{4})")
    yield escape.sub(lambda match: chr(int(match[1], 16)), text).encode("utf-8", "surrogatepass").lower()
    for at in range(min(len(data), 64)):  # a stream may stand behind a head of its own, as in the cache
        if data[at] == 0x78 or data[at : at + 2] == b"\x1f\x8b":
            with suppress(zlib.error):
                yield zlib.decompressobj(47).decompress(data[at:]).lower()


def disguises(word: str) -> set[bytes]:
    """Give what always stands in base64 of a text that holds a word, wherever the word begins in it."""
    found = set()
    for before in range(3):
        coded = base64.b64encode(bytes(before) + word.encode())
        found.add(coded[(0, 2, 3)[before] : len(coded) - (4 if coded.endswith(b"=") else 0)])
    return found | {word.encode("utf-16-le")}


def found_in(data: bytes, words: tuple[str, ...] = CANARIES) -> set[str]:
    plain = list(readings(data))
    usual = data.translate(bytes.maketrans(b"-_", b"+/"))
    return {
        word
        for word in words
        if any(word.encode() in reading for reading in plain) or any(one in usual for one in disguises(word))
    }


def leaks(project: Project, words: tuple[str, ...] = CANARIES) -> dict[str, set[str]]:
    """Which canaries stand in which file outside of the content folder."""
    files = (path for path in project.root.rglob("*") if path.is_file())
    looked_at = [path for path in files if "content" not in path.relative_to(project.root).parts[:1]]
    assert len(looked_at) > 20
    named = {path.relative_to(project.root).as_posix(): path for path in looked_at}
    told = {name: found_in(path.read_bytes(), words) | found_in(name.encode(), words) for name, path in named.items()}
    return {name: found for name, found in told.items() if found}


def test_the_walk_finds_canaries_in_every_disguise() -> None:
    plain = b"xx zqcast yy zqtitle"
    forms = (
        plain,
        gzip.compress(plain),
        b"0" * 32 + zlib.compress(plain),
        base64.b64encode(plain),
        base64.urlsafe_b64encode(b"1" + plain),
        b"data:" + base64.b64encode(b"12" + plain),
        b"%7a%71cast",
        b"&#122;&#x71;cast",
        rb'"\u007aqcast"',
        "zqcast".encode("utf-16-le"),
    )
    assert [found_in(one) >= {"zqcast"} for one in forms] == [True] * len(forms)


def test_K04_nothing_of_a_private_recording_is_in_output_cache_stage_or_logs(project: Project) -> None:
    told = build(project)
    assert "built 2 of 2 recordings" in told
    assert leaks(project) == {}
    assert found_in(told.encode()) == set()
    told = build(project)  # a warm one
    assert "0 files written" in told
    assert leaks(project) == {}
    assert set(CANARIES) - {"zqheader", "zqauthor", "zqseries"} <= found_in(json.dumps(opened(project)).encode())


@pytest.mark.parametrize("public_first", [True, False])
def test_what_is_unlisted_or_public_is_seen_by_the_same_walk(project: Project, public_first: bool) -> None:
    project.write({PLANS: secret("public" if public_first else "unlisted")})
    build(project)
    assert set().union(*leaks(project).values()) >= {"zqcast", "zqtitle", "zqdescription", "zqmarker", "zqbody"}


def test_nothing_stays_in_the_memory_of_what_was_public_before(project: Project) -> None:
    project.write({PLANS: secret("public")})
    build(project)
    project.write({PLANS: secret()})
    build(project)
    told = leaks(project)
    assert {name for name in told if not name.startswith(".castsite/cache/")} == set()
    assert not any("memory" in name for name in told)


@pytest.mark.slow
def test_K04_a_build_that_is_killed_leaves_nothing_either(project: Project) -> None:
    build(project)
    folder, pause = project.root / ".castsite", threading.Event()
    env = {**os.environ, "SOURCE_DATE_EPOCH": NOW, "CASTSITE_KEY": KEY, "CASTSITE_PASSPHRASE": PASSPHRASE}
    for at in range(4):
        for number in range(6):  # so that there is something to do
            project.write({f"content/team/{at}-{number}.cast": secret("private", f"line {at}")})
        command = [sys.executable, "-m", "castsite", "build"]
        with subprocess.Popen(command, cwd=project.root, env=env, stderr=subprocess.DEVNULL) as running:
            known = {path for path in folder.rglob("*") if path.is_file()}
            until, new = time.monotonic() + 20, 0
            while running.poll() is None and time.monotonic() < until and new < (1, 8, 20, 28)[at]:
                new = len({path for path in folder.rglob("*") if path.is_file()} - known)
                pause.wait(0.001)
            running.kill()
        assert leaks_of_small(project) == set()
    assert "0 files written" not in build(project)
    assert leaks(project) == {}


def test_K04_a_failing_private_recording_is_told_without_a_word_of_it(project: Project) -> None:
    credential = token(next(rule for rule in shipped() if rule.rule_class == "P"))
    wrong = FRONT.format("private").replace("poster: 0:00", 'poster: "zqposter"\nspeed: zqspeed').encode()
    project.write({PLANS: wrong + cast("zqcast")})
    told = build(project)
    assert f"{PLANS}: bad-value: line 9" in told
    assert found_in(told.encode(), (*CANARIES, "zqposter", "zqspeed")) == set()
    project.write({PLANS: FRONT.format("private").encode() + cast("zqcast", credential)})
    told = build(project, code=3)  # the gate holds private ones, too
    assert "secret-found" in told
    assert found_in(told.encode()) == set()
    assert leaks(project, (*CANARIES, "zqposter", "zqspeed", credential.lower())) == {}
    assert not [name for name in project.published() if name.endswith(".bin")]


def test_K04_check_and_list_leave_nothing_behind_either(project: Project) -> None:
    project.write({"content/team/broken.md": "---\nvisibility: private\n---\n[x](zqcast-nowhere.cast)\n"})
    project.write({"content/team/broken.cast": cast("zqcast")})
    build(project)
    for command in ("check", "list", "search"):
        done = project.run(command, *(["zqcast"] if command == "search" else []))
        assert found_in((done.stdout + done.stderr).encode()) == set()
    done = project.run("check", "--verbose")
    assert "content/team/broken.md: broken-link" in done.stderr
    assert found_in(done.stderr.encode()) == set()
    assert "content/team/plans.cast  (private)" in project.run("list", "--status", "private").stdout
    assert json.loads(project.run("list", "--status", "private", "--json").stdout)[0]["status"] == ["private"]
    assert leaks(project) == {}


def test_the_page_says_nothing_but_that_it_is_private(project: Project) -> None:
    build(project)
    (page,) = [body.decode() for name, body in hidden(project).items() if name.endswith(".html")]
    assert re.findall(r'<meta property="og:title" content="([^"]*)">', page) == ["Private recording"]
    assert '<meta name="robots" content="noindex">' in page
    assert "og:url" not in page
    assert "canonical" not in page
    assert "oembed" not in page
    assert "oembed" not in "".join(hidden(project))
    (slug,) = {name.partition("/")[0] for name in hidden(project)}
    assert len(slug) == 32
    everywhere = {name: body for name, body in project.published().items() if name.partition("/")[0] != slug}
    assert [name for name, body in everywhere.items() if slug.encode() in body or slug in name] == []
    assert "team" not in "".join(project.published())


def test_an_address_is_another_one_for_each_key_and_not_that_of_an_unlisted_page(project: Project) -> None:
    build(project)
    (first,) = {name.partition("/")[0] for name in hidden(project)}
    build(project, CASTSITE_KEY="l" * 20)
    (second,) = {name.partition("/")[0] for name in hidden(project)}
    project.write({PLANS: secret("unlisted")})
    build(project)
    assert first != second
    assert first not in "".join(project.published())


def test_without_a_site_key_the_work_folder_has_one_that_stays(project: Project) -> None:
    environ = {"CASTSITE_PASSPHRASE": PASSPHRASE}
    assert "private-addresses" in project.build(**environ).stderr
    before = project.digest()
    assert (project.root / ".castsite/private-key").stat().st_mode & 0o777 == 0o600
    assert "private-addresses" not in project.build(**environ).stderr
    assert project.digest() == before
    project.run("clean")
    project.build(**environ)
    (slug,) = {name.partition("/")[0] for name in hidden(project)}
    assert before
    key = project.root / ".castsite/private-key"
    key.rename(project.root / "kept")
    os.mkfifo(key)
    told = project.build(code=5, **environ).stderr
    assert told.startswith("fatal: .castsite/private-key: unreadable: not a regular file; make it readable, or remove")
    key.unlink()
    (project.root / "kept").rename(key)
    project.build(**environ)
    assert slug in "".join(project.published())
    key.write_text("damaged")
    project.build(**environ)
    assert slug not in "".join(project.published())


def test_builds_that_begin_at_once_make_one_key(tmp_path: Path) -> None:
    begin = threading.Barrier(8)

    def key(work: Path) -> str:
        begin.wait()
        return privacy._address_key(load_config("", environ={}).config, work)[0]

    with ThreadPoolExecutor(8) as builds:
        for number in range(20):
            assert len({*builds.map(key, [tmp_path / f".castsite{number}"] * 8)}) == 1


@pytest.mark.parametrize(
    ("passphrase", "reason"),
    [
        ("violet anchor", "has fewer than 14 characters"),
        ("correct horse battery staple", "is one of those that are tried first"),
        ("", "is empty"),
    ],
)
def test_K05_a_passphrase_that_would_be_guessed_is_refused(project: Project, passphrase: str, reason: str) -> None:
    build(project)
    before = project.digest()
    told = build(project, passphrase, code=2)
    assert f"fatal: weak-passphrase: the passphrase of the private recordings {reason}; castsite passphrase" in told
    assert not passphrase or passphrase not in told
    assert project.digest() == before


@pytest.mark.parametrize("key", ["passphrase", "password"])
def test_K05_a_passphrase_in_the_configuration_ends_the_build_and_is_not_repeated(project: Project, key: str) -> None:
    project.write({"castsite.yml": f"{CONFIG}{key}: zqwritten anchor 42\n"})
    told = build(project, code=2)
    assert f"castsite.yml:4:1: secret-in-file: {key}: what opens private pages never stands in a file" in told
    assert "CASTSITE_PASSPHRASE" in told
    assert "zqwritten" not in told.partition("|")[0]
    assert not (project.root / "public").exists()


def test_K05_a_passphrase_in_front_matter_holds_the_recording_back(project: Project) -> None:
    project.write({PLANS: secret().replace(b"title:", b"password: zqwritten\ntitle:", 1)})
    told = build(project)
    assert "secret-in-file" in told
    assert "zqwritten" not in told
    assert not [name for name in project.published() if name.endswith(".bin")]


def test_K06_an_unchanged_recording_stays_byte_for_byte(project: Project) -> None:
    build(project)
    before = project.published()
    assert "0 files written" in build(project)
    build(project, PASSPHRASE, "--rehash")
    assert project.published() == before
    project.run("clean", "--output", "nowhere")  # the cache alone
    build(project)
    assert project.published() == before
    os.utime(project.root / PLANS)
    project.write({"content/another.cast": cast("more")})
    build(project)
    assert {name: body for name, body in project.published().items() if name in hidden(project)} == hidden(project)
    assert hidden(project) == {name: body for name, body in before.items() if name in hidden(project)}


def test_K06_a_changed_recording_gets_a_new_key_and_new_vectors_under_the_same_salt(project: Project) -> None:
    project.write({"content/team/second.cast": b"---\nvisibility: private\n---\n" + cast("stays")})
    build(project)
    before = project.published()
    locks = {name: _lock_of(body) for name, body in before.items() if _is_locked(name, body)}
    project.write({PLANS: secret("private", "one line more")})
    assert "2 files written" in build(project)
    now = {name: _lock_of(body) for name, body in project.published().items() if _is_locked(name, body)}
    changed = [name for name in locks if locks[name] != now[name]]
    assert (len(locks), len(changed), locks.keys()) == (2, 1, now.keys())
    old, new = locks[changed[0]], now[changed[0]]
    assert old.header == new.header
    assert len({old.iv, new.iv, old.wrapping_iv, new.wrapping_iv, old.wrapped_key, new.wrapped_key}) == 6
    kept = [name for name in before if name.endswith(".bin") and name in project.published()]
    assert len(kept) == 1
    assert before[kept[0]] == project.published()[kept[0]]


def test_K06_another_passphrase_makes_everything_anew(project: Project) -> None:
    project.write({"content/team/second.cast": b"---\nvisibility: private\n---\n" + cast("stays")})
    build(project)
    before = {name: _lock_of(body) for name, body in project.published().items() if _is_locked(name, body)}
    files = {name for name in project.published() if name.endswith(".bin")}
    told = build(project, OTHER)
    assert "new-passphrase" in told
    now = {name: _lock_of(body) for name, body in project.published().items() if _is_locked(name, body)}
    assert before.keys() == now.keys()
    assert all(before[name].header != now[name].header for name in before)  # another salt
    assert len({one.header[: one.header.index(b'"id"')] for one in now.values()}) == 1
    assert files.isdisjoint({name for name in project.published() if name.endswith(".bin")})
    assert "new-passphrase" not in build(project, OTHER)


def test_K06_what_somebody_damaged_is_made_anew(project: Project) -> None:
    build(project)
    (name,) = [name for name in hidden(project) if name.endswith(".bin")]
    path = project.root / "public" / name
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    build(project)
    assert opened(project)["title"] == "About zqtitle"


def _is_locked(name: str, body: bytes) -> bool:
    return name.endswith(".html") and b"data-lock" in body


def _lock_of(page: bytes) -> Envelope:
    found = re.search(rb"data-lock=\"[0-9a-f]{32}\.bin\">(\{.*?\})</script>", page)
    envelope = Envelope.read(found[1]) if found else None
    assert envelope
    return envelope


def test_K12_without_a_passphrase_what_was_published_stays(project: Project) -> None:
    build(project)
    before = hidden(project)
    project.write({PLANS: secret("private", "more"), "content/team/new.cast": secret(), "content/x.cast": cast("x")})
    told = build(project, None)
    kept = f"error: {PLANS}:4:13: no-passphrase: private, and nobody said the passphrase: what was published"
    assert kept in told
    assert "content/team/new.cast:4:13: no-passphrase: private, and nobody said the passphrase: nothing is" in told
    assert "CASTSITE_PASSPHRASE" in told
    assert hidden(project) == before
    assert "x/index.html" in project.published()
    assert leaks(project) == {}
    assert build(project, None, "--strict", code=1)
    assert hidden(project) == before
    assert (
        "3 files written" in build(project)[-400:] or len([n for n in project.published() if n.endswith(".bin")]) == 2
    )


def test_K12_a_site_of_nothing_else_is_left_as_it_is(project: Project) -> None:
    for name in ("open.cast", "about.md"):
        (project.root / "content" / name).unlink()
    assert build(project, None, code=1)
    assert not (project.root / "public").exists()
    build(project)
    before = project.digest()
    build(project, None)
    assert project.digest() == before


def test_a_private_recording_that_has_expired_leaves_nothing(project: Project) -> None:
    build(project)
    project.write({PLANS: secret().replace(b"date: 2026-03-01", b"date: 2026-03-01\nexpires: 2026-03-02")})
    build(project)
    assert not [name for name in project.published() if name.endswith(".bin")]
    assert leaks(project) == {}


def test_a_page_of_markdown_cannot_be_private_and_is_left_out(project: Project) -> None:
    project.write({"content/notes.md": "---\ntitle: zqtitle\nvisibility: private\n---\nzqbody\n"})
    told = build(project)
    assert "content/notes.md" in told
    assert "only pages of recordings can be encrypted" in told
    assert leaks(project) == {}


def test_a_whole_site_may_be_private_and_a_section_too(project: Project) -> None:
    project.write(
        {
            "content/team/_index.md": "---\ntitle: Team\ncascade: {visibility: private}\n---\n",
            PLANS: secret().replace(b"visibility: private\n", b""),
            "content/team/plans.md": "---\nlicense: MIT\n---\nThe zqbody of it.\n",
        }
    )
    build(project)
    assert leaks(project) == {}
    assert opened(project)["title"] == "About zqtitle"
    project.write({"castsite.yml": f"{CONFIG}visibility: private\n"})
    build(project)
    assert len([name for name in project.published() if name.endswith(".bin")]) == 2


def test_what_would_tell_of_it_elsewhere_has_no_effect_and_is_told(project: Project) -> None:
    project.write({PLANS: secret().replace(b"title:", b"slug: zqslug\naliases: [/zqalias/]\nexport: [gif]\ntitle:", 1)})
    told = build(project)
    for key in ("slug", "aliases", "export"):
        assert f'no-effect: "{key}" has no effect on a private recording' in told
    assert "held back" not in told  # it is published, encrypted
    assert leaks(project, (*CANARIES, "zqslug", "zqalias")) == {}


def test_commands_that_look_into_recordings_leave_private_ones_alone(project: Project, tmp_path: Path) -> None:
    for command in (("show", "team/plans"), ("export", "plans", "--to", "txt"), ("export", PLANS, "--to", "txt")):
        done = project.run(*command)
        assert (done.returncode, "is private: nothing is looked into" in done.stderr) == (2, True), done.stderr
    with_copy = Project(tmp_path / "elsewhere").write({"copy.cast": secret()})
    done = with_copy.run("export", "copy.cast", "--to", "txt")
    assert "copy.cast: private: is private: its front matter says so" in done.stderr
    assert leaks_of_small(project) == set()


def leaks_of_small(project: Project) -> set[str]:
    found = (path for path in (project.root / ".castsite").rglob("*") if path.is_file())
    return set().union(*(found_in(path.read_bytes()) for path in found))


def test_the_passphrase_is_nowhere(project: Project) -> None:
    told = build(project)
    words = (PASSPHRASE, base64.b64encode(PASSPHRASE.encode()).decode().lower())
    assert leaks(project, words) == {}
    assert PASSPHRASE not in told


def test_a_command_makes_a_passphrase(project: Project) -> None:
    first, second = (project.run("passphrase").stdout for _ in range(2))
    assert re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}\n", first)
    assert first != second
    build(project, first.strip())


@pytest.mark.parametrize("kind", ["dumb", "xterm"])
def test_a_person_at_a_terminal_is_asked_and_not_shown_what_they_type(project: Project, kind: str) -> None:
    master, slave = pty.openpty()
    env = {**os.environ, "SOURCE_DATE_EPOCH": NOW, "CASTSITE_KEY": KEY, "TERM": kind}
    env.pop("CASTSITE_PASSPHRASE", None)
    command = [sys.executable, "-m", "castsite", "build"]
    with subprocess.Popen(command, cwd=project.root, env=env, stdin=slave, stdout=slave, stderr=slave) as running:
        os.close(slave)
        seen, until, questions = b"", time.monotonic() + 60, [b"private recordings: ", b"confirmation: "]
        while time.monotonic() < until and running.poll() is None:
            if select.select([master], [], [], 0.2)[0]:
                try:
                    seen += os.read(master, 4096)
                except OSError:
                    break
            if questions and seen.endswith(questions[0]):
                os.write(master, PASSPHRASE.encode() + b"\n")
                del questions[0]
        if questions:
            running.kill()
        assert running.wait(60) == 0, seen
    os.close(master)
    assert b"Passphrase of the private recordings" in seen
    assert PASSPHRASE.encode() not in seen
    assert opened(project)["title"] == "About zqtitle"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nothing is quoted", "line 3: nothing is quoted"),
        ('expected "a", got "b " c", did you mean "d"', 'line 3: expected "…"'),
        ('unknown key "a"; did you mean "b"?', 'line 3: unknown key "…"'),
        ('one " alone', 'line 3: one " alone'),
        ("line 3: said before", "line 3: said before"),
    ],
)
def test_messages_about_private_files_quote_nothing_and_lead_to_no_excerpt(text: str, said: str) -> None:
    told = discreet(Problem(Severity.ERROR, Place("content/x.md", 3, 5), "bad-value", text))
    assert (told.place, told.text) == (Place("content/x.md"), said)
    assert discreet(told) == told


# ---- what is not for everybody without being encrypted

UNLISTED, EXPIRED, RETAINED = "zqunlisted", "zqexpired", "zqretained"


def _front(name: str, extra: str) -> bytes:
    return (
        f"---\ntitle: {name} title\ndescription: {name} text\ntags: [{name}-tag]\nseries: {name} series\n"
        f"authors: [{name} author]\n{extra}\n---\n"
    ).encode() + cast(f"$ echo {name}-output", f"{name}-output")


def test_unlisted_and_expired_recordings_are_in_no_file_but_their_own(project: Project) -> None:
    project.write(
        {
            "castsite.yml": f"{CONFIG}retention_days: 30\n"
            "outputs: [embed, script, oembed, oembed-xml, markdown, filmstrip, gzip, wsh, rexec]\n",
            PLANS: secret(),
            "content/a.cast": _front(UNLISTED, "visibility: unlisted"),
            "content/b.cast": _front(EXPIRED, "expires: 2026-03-01\ndate: 2026-02-01"),
            "content/c.cast": _front(RETAINED, "date: 2026-04-01"),
        }
    )
    build(project)
    published = project.published()
    names = (UNLISTED, EXPIRED, RETAINED)
    told = {name: found_in(body, names) for name, body in published.items()}
    (slug,) = {name.split("/")[0] for name in told if UNLISTED in told[name] and name.endswith("/index.html")} - {
        "embed"
    }
    assert len(slug.partition("/")[0]) == 32
    own = re.compile(rf"(embed/)?{slug}[./]|recordings/{slug}/|api/|r/|a/{slug}|s/{slug}")
    assert [name for name in told if UNLISTED in told[name] and not own.match(name)] == []
    assert [name for name in told if EXPIRED in told[name]] == ["b/index.html"]
    assert [name for name in told if RETAINED in told[name]] == ["c/index.html"]
    for name in ("b", "c"):
        page = published[f"{name}/index.html"].decode()
        assert "This is gone: its owner set a day for it to go" in page
        assert "noindex" in page
        assert "output" not in page
        assert [path for path in published if path.startswith((f"{name}.", f"embed/{name}/"))] == []
    lists = [name for name in published if name.startswith(("feed", "sitemap", "llms", "search/", "tags/", "stats/"))]
    assert len(lists) >= 6
    assert [name for name in lists if told[name]] == []


def test_whoever_has_nothing_private_does_not_wait_for_what_encrypts() -> None:
    code = "import sys, castsite.build, castsite.cli.build; sys.exit('cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


SLIPS = {
    "broken": "title: x: y\ncascade:\n  visibility: private\n",
    "broken in it": "cascade: {redact: [canary7}\n",
    "no expression": 'cascade: {redact: ["/canary7(/"]}\n',
    "a wrong word": "cascade:\n  visibility: privat\n",
    "a wrong day": "cascade: {date: 2999-13-01}\n",
    "a wrong key": "cascade:\n  visibilty: private\n",
    "a very wrong key": "cascade: {vsibility: unlsted}\n",
    "another wrong key": "cascade: {darft: true}\n",
    "another's key": "cascade:\n  hidden: true\n",
    "a key that is none there": "cascade: {cut: [[0, 5]]}\n",
    "a wrong place": "visibility: private\n",
    "another wrong place": "redact: [canary7]\n",
    "a draft": "title: x: y\ncascade: {draft: true}\n",
    "no cascade": "cascad:\n  visibility: private\n",
    "no text": "cascade: {draft: true}\ntitle: \udce9\n",
    "too long": "cascade: {draft: true}\ntitle: |\n" + "  x\n" * 20_000,
}


@pytest.mark.parametrize("slip", SLIPS)
def test_nothing_below_a_section_is_published_where_nobody_knows_who_may_see_it(tmp_path: Path, slip: str) -> None:
    site = Project(tmp_path).write({
        "content/other.cast": cast("seen"),
        "content/sec/_index.md": f"---\n{SLIPS[slip]}---\n".encode("utf-8", "surrogateescape"),
        "content/sec/deep/hidden.cast": cast("canary7"),
        "content/sec/words.md": "canary7 words",
    })  # fmt: skip
    told = site.build().stderr
    assert (
        "content/sec/_index.md: unsure: what it holds back cannot be read: all that lies below, 2, is left out" in told
    )
    assert not [path for path, body in site.published().items() if b"canary7" in body]
    site.write({"content/sec/_index.md": "---\ntitle: x\n---\n"}).build()
    assert b"canary7" in site.published()["sec/deep/hidden.cast"]


@pytest.mark.parametrize("place", ["before", "link"])
def test_nothing_below_a_section_is_published_where_its_text_is_none(tmp_path: Path, place: str) -> None:
    site = Project(tmp_path).write({"content/other.cast": cast("seen"), "content/sec/hidden.cast": cast("canary7")})
    if place == "link":
        site.write({"elsewhere.md": "---\ncascade: {draft: true}\n---\n"})
        (tmp_path / "content/sec/_index.md").symlink_to("../../elsewhere.md")
    else:
        site.write({"content/sec/_index.md": "\n---\ncascade: {draft: true}\n---\n"})
    assert "_index.md: unsure:" in site.build().stderr
    assert not [path for path, body in site.published().items() if b"canary7" in body]


def test_what_a_section_says_stays_where_the_error_is_elsewhere(tmp_path: Path) -> None:
    site = Project(tmp_path).write({
        "content/sec/_index.md": "---\npagination: fast\ncascade: {redact: [canary7]}\n---\n",
        "content/sec/shown.cast": cast("canary7 and words"),
    })  # fmt: skip
    assert "unsure" not in site.build().stderr
    assert b"and words" in site.published()["sec/shown.cast"]
    assert not [path for path, body in site.published().items() if b"canary7" in body]


@pytest.mark.parametrize(
    "known",
    [
        "title: x: y\n",
        "title: x: y\n# private notes\n",
        "title: Hidden treasures\ndescription: how to publish\npagination: fast\n",
        "pagination: x\ncascade: {visibility: unlisted, draft: false}\n",
    ],
)
def test_what_lies_below_a_section_with_another_error_is_published(tmp_path: Path, known: str) -> None:
    site = Project(tmp_path).write({
        "content/sec/_index.md": f"---\n{known}---\n", "content/sec/shown.cast": cast("shown")
    })  # fmt: skip
    assert "unsure" not in site.build().stderr
    assert "sec/shown.cast" in site.published()


HELD = [
    "visibilty: private\n", "title: x: y\nvisibility: private\n", "published: false\n", "private: yes\n",
    "unlisted: true\n", "expiration: 2020-01-01\n", "mask: [canary7]\n", "trim: [[0, 5]]\n", "ends: 0:00.2\n",
    "draft: true\ntitle: \udce9\n",
]  # fmt: skip


@pytest.mark.parametrize("slip", HELD)
@pytest.mark.parametrize("page", ["a.md", "page.md"])
def test_a_recording_is_not_published_where_its_text_may_hold_it_back(tmp_path: Path, slip: str, page: str) -> None:
    named = "recording: a.cast\n" if page == "page.md" else ""
    site = Project(tmp_path).write({
        "content/other.cast": cast("seen"),
        "content/a.cast": cast("canary7"),
        f"content/{page}": f"---\n{named}{slip}---\n".encode("utf-8", "surrogateescape"),
    })  # fmt: skip
    site.build()
    assert not [path for path, body in site.published().items() if b"canary7" in body]


@pytest.mark.parametrize("kind", ["link", "pipe"])
@pytest.mark.parametrize("name", ["a.md", "a.MD"])
def test_a_recording_is_not_published_where_its_text_is_no_file(tmp_path: Path, kind: str, name: str) -> None:
    site = Project(tmp_path).write({
        "content/other.cast": cast("seen"), "content/a.cast.gz": gzip.compress(cast("canary7")),
        "elsewhere.md": "---\nvisibility: private\n---\n",
    })  # fmt: skip
    text = tmp_path / "content" / name
    if kind == "link":
        text.symlink_to("../elsewhere.md")
    else:
        os.mkfifo(text)
    done = site.build()
    assert f'content/a.cast.gz: unsure: "content/{name}" may hold it back and is no file' in done.stderr
    assert "built 1 of 2 recordings (1 left out" in done.stderr
    assert "a.cast" not in site.published()
    text.unlink()
    assert "unsure" not in site.build().stderr
    assert b"canary7" in site.published()["a.cast"]


@pytest.mark.parametrize("blank", ["\n", " ", "{", "record\n"])
def test_blanks_are_looked_through_in_no_time(blank: str) -> None:
    begun = time.process_time()
    for pattern in (withheld._NAMED, withheld._HOLDING):
        assert pattern.search(blank * (128_000 // len(blank))) is None
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("name", ["caf\u00e9.cast", "cafe\u0301/a.cast"])
def test_a_link_is_known_by_any_spelling_of_its_name(tmp_path: Path, name: str) -> None:
    site = Project(tmp_path).write({"content/other.cast": cast("seen"), f"content/{name}": cast("canary7")})
    site.write({"elsewhere.md": "---\nvisibility: private\n---\n"})
    above = "../" * (name.count("/") + 1)
    text = "cafe\u0301/a.md" if "/" in name else "cafe\u0301.md"
    (tmp_path / "content" / text).symlink_to(f"{above}elsewhere.md")
    assert "unsure" in site.build().stderr
    assert not [path for path, body in site.published().items() if b"canary7" in body]


@pytest.mark.parametrize("text", ["visibility: private\n", "redact: [canary7]\n", "title: x: y\n", None])
def test_a_page_does_not_take_a_recording_from_the_text_that_holds_it_back(tmp_path: Path, text: str | None) -> None:
    site = Project(tmp_path).write({
        "content/other.cast": cast("seen"), "content/in/a.cast": cast("canary7"),
        "content/shown.md": "---\nrecording: in/a.cast\n---\n",
    })  # fmt: skip
    if text is None:
        (tmp_path / "content/in/a.md").symlink_to("../../elsewhere.md")
    else:
        site.write({"content/in/a.md": f"---\n{text}---\n"})
    assert 'content/shown.md: unsure: "content/in/a.md"' in site.build().stderr
    assert not [path for path, body in site.published().items() if b"canary7" in body]
    (tmp_path / "content/in/a.md").unlink()
    site.write({"content/in/a.md": "---\ntitle: X\n---\n"})
    assert "unsure" not in site.build().stderr
    assert b"canary7" in site.published()["shown.cast"]


@pytest.mark.parametrize("name", ["A.md", "a.cast.md", "á.cast.md"])
def test_a_page_that_is_called_nearly_as_a_recording_is_told(tmp_path: Path, name: str) -> None:
    recording = "á.cast" if name.startswith("á") else "a.cast"
    site = Project(tmp_path).write({f"content/{recording}": cast("seen"), f"content/{name}": "---\nslug: other\n---\n"})
    text = f"content/{name}: no-companion: is a page of its own: to speak for {recording}, call it {recording[0]}.md"
    assert text in site.build().stderr
    site.write({f"content/{name}": f"---\nrecording: {recording}\n---\n"})
    assert "no-companion" not in site.build().stderr


@pytest.mark.parametrize("name", ["A.md", "a.cast.md", "a.markdown", "A.Markdown", "\ufeffBOM a.markdown"])
@pytest.mark.parametrize("held", ["visibility: private", "redact: [canary7]", "draft: true", "visiblity: private"])
def test_what_is_called_nearly_as_a_text_and_holds_back_does(tmp_path: Path, name: str, held: str) -> None:
    bom, _, name = name.rpartition("BOM ")
    site = Project(tmp_path).write({"content/b.cast": cast("seen"), "content/a.cast": cast("canary7")})
    said = f'content/a.cast: unsure: "content/{name}" may hold it back and is not its text: it'
    assert_held_back(site, f"content/{name}", f"{bom}---\n{held}\n---\n", said)
    assert_shown(site, f"content/{name}", "---\ntitle: X\nslug: other\n---\nstart here\n", "a.cast")


@pytest.mark.parametrize("name", ["_Index.md", "INDEX.md", "index.MD", "_index.markdown", "Index.Markdown"])
def test_what_is_called_nearly_as_the_text_of_a_section_and_holds_back_does(tmp_path: Path, name: str) -> None:
    site = Project(tmp_path).write({"content/b.cast": cast("seen"), "content/s/in/a.cast": cast("canary7")})
    text = f"content/s/{name}"
    said = f"{text}: unsure: what it holds back cannot be read: all that lies below, 1, is left out"
    told = assert_held_back(site, text, "---\ncascade: {visibility: private}\n---\n", said)
    assert f"{text}: not-a-text: is not read: " in told
    assert_shown(site, text, "---\ntitle: X\n---\nstart here\n", "s/in/a.cast")


def assert_held_back(site: Project, path: str, text: str, said: str) -> str:
    told = site.write({path: text}).build().stderr
    assert said in told
    assert not [file for file, body in site.published().items() if b"canary7" in body]
    return told


def assert_shown(site: Project, path: str, text: str, shown: str) -> None:
    assert "unsure" not in site.write({path: text}).build().stderr
    assert b"canary7" in site.published()[shown]


@pytest.mark.parametrize("name", ["_index.md", "index.md", "a.md", "a.MD", "A.md"])
def test_a_folder_in_the_place_of_a_text_holds_back(tmp_path: Path, name: str) -> None:
    site = Project(tmp_path).write({"content/b.cast": cast("seen"), "content/s/a.cast": cast("canary7")})
    site.write({f"content/s/{name}/note.txt": "", "content/more.md/c.cast": cast("other8")})
    assert f"content/s/{name}: not-a-file: a folder in the place of a text; call it otherwise" in site.build().stderr
    assert not [path for path, body in site.published().items() if b"canary7" in body]
    assert any(b"other8" in body for body in site.published().values())


def test_a_page_with_the_long_ending_is_told(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"content/a.cast": cast("seen"), "content/a.markdown": "words\n"})
    assert "content/a.markdown: not-a-text: is not read: texts have the ending .md" in site.build().stderr


@pytest.mark.parametrize(
    "page",
    [
        "---\nrecording: a.cast\n---\n" + "x" * 2_000_000,
        f"---\nx: '{'a' * 66_000}'\nrecording: a.cast\nvisibility: private\n---\n",
        "---\nrecording: a.cast\nvisibility: private\n---\n".encode("utf-16"),
        "---\n{recording: a.cast, visibility: private, x: [}\n---\n",
        "---\n  recording: a.cast\n draft: true\n---\n",
        '---\n"recording": a.cast\ndraft: true\nx: y: z\n---\n',
        "---\nrecording: >-\n  a.cast\ndraft: true\nx: y: z\n---\n",
        "---\nrecordng: a.cast\ndraft: true\n---\n",
        "---\nRecording: a.cast\nvisibility: private\n---\n",
        "---\nrecording: a.cast\ndraft: true\n",
    ],
)
def test_a_recording_that_a_broken_page_names_is_not_published_by_itself(tmp_path: Path, page: str | bytes) -> None:
    site = Project(tmp_path).write({
        "content/other.cast": cast("seen"), "content/a.cast": cast("canary7"), "content/page.md": page
    })  # fmt: skip
    site.build()
    assert not [path for path, body in site.published().items() if b"canary7" in body]


@pytest.mark.parametrize(
    "text",
    [
        "\n---\nvisibility: private\n---\n", " ---\nvisibility: private\n---\n", "----\nvisibility: private\n----\n",
        "\u2014\nvisibility: private\n\u2014\n", "visibility: private\n---\n", '{"visibility": "private"}\n',
        "---\ntitle: x\n---\n---\nvisibility: private\n---\n",
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_front_matter_that_is_read_as_text_holds_back_all_the_same(tmp_path: Path, text: str, encoding: str) -> None:
    site = Project(tmp_path).write({
        "content/other.cast": cast("seen"), "content/a.cast": cast("canary7"), "content/a.md": text.encode(encoding)
    })  # fmt: skip
    assert "error: content/a.md" in site.build().stderr
    assert not [path for path, body in site.published().items() if b"canary7" in body]


@pytest.mark.parametrize(
    "text", ["---\npublished: true\nhidden: false\n---\n", "Note: this is private\n", "title: hello\n", "Start: here\n"]
)
def test_what_holds_nothing_back_is_published(tmp_path: Path, text: str) -> None:
    site = Project(tmp_path).write({"content/a.cast": cast("shown"), "content/a.md": text})
    site.build()
    assert b"shown" in site.published()["a.cast"]


def test_recordings_of_one_name_have_one_text(tmp_path: Path) -> None:
    old = {"version": 1, "width": 80, "height": 24, "duration": 1, "stdout": [[0.1, "canary7"]]}
    site = Project(tmp_path).write({
        "content/other.cast": cast("seen"), "content/n.cast": cast("canary7"), "content/n.json": json.dumps(old),
        "content/n.md": "---\ndraft: true\n---\n",
    })  # fmt: skip
    site.build()
    assert not [path for path, body in site.published().items() if b"canary7" in body]


def test_H07_a_private_recording_that_is_saved_during_a_build_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Project(tmp_path).write({"castsite.yml": f"title: S\nsite_key: {'k' * 40}\n", "content/a.cast": cast("a")})
    site.write({"content/p.cast": cast("p"), "content/p.md": "---\nvisibility: private\n---\n"})
    really, saves = privacy.research, iter([cast("saved")])

    def saved_meanwhile(*arguments: Any, **options: Any) -> Any:
        for body in saves:
            site.write({"content/p.cast": body})
        return really(*arguments, **options)

    monkeypatch.setattr(privacy, "research", saved_meanwhile)
    built = build_module.build(
        tmp_path, load_project(tmp_path).config, build_module.Options(jobs=1, passphrase=lambda: PASSPHRASE)
    )
    assert (built.private, [problem.code for problem in built.problems if problem.code == "changed"]) == (1, [])
    assert [name for name in site.published() if name.endswith(".bin")]
