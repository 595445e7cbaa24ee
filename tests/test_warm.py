"""A warm build gives what a cold one gives, byte for byte and problem for problem, whatever happened in between."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from projects import Project, cast, png

from castsite.build import Options, build, target_of
from castsite.cache import code_version
from castsite.cli.project import load_project
from castsite.memory import Memory
from castsite.output.files import DISK
from castsite.output.standing import Standing
from castsite.output.target import open_folder

STEPS = 22
ENTRIES = ("gallery", "section", "recording", "page", "collection", "overview", "series", "gone", "search", "stats")
WORDS = ["docker", "git", "push", "rebase", "build", "deploy", "error", "kubectl", "nginx", "café", "配置", "v1.27.3"]
CONFIG = """title: Warm
base_url: https://warm.example/casts/
description: All of it
timezone: Europe/Berlin
navigation: [{{title: Start, url: /}}, {{title: Old, url: guides/one.md}}]
pagination: 4
theme: {{name: default, options: {{lead: newest, footer: "See [one](/guides/one.md)."}}}}
# {}
"""
SITE: dict[str, bytes | str] = {
    "castsite.yml": CONFIG.format(0),
    "content/_index.md": "---\ntitle: Home\n---\nSee [one](guides/one.md#first) and ![](git/a.cast)\n",
    "content/guides/_index.md": "---\ntitle: Guides\nsort: title\n---\n",
    "content/guides/one.md": "---\ntitle: One\ntags: [git]\n---\n## First\nTo [two](two.md).\n\n![](../git/a.cast)\n",
    "content/guides/two.md": "---\ntitle: Two\ndescription: As in [one](one.md).\n---\nBack to [one](one.md#first).\n",
    "content/blog/a.md": "---\ntitle: A post\ndate: 2026-01-05\ntags: [news]\n---\nWe [pushed](../git/b.cast).\n",
    "content/blog/b.md": "---\ntitle: B post\ndate: 2026-01-06T23:30:00-08:00\ntags: [news, git]\n---\nNo link.\n",
    "content/git/_index.md": "---\ntitle: Git\ncascade: {tags: [git]}\n---\n",
    "content/git/a.cast": b"---\ntitle: First\ndate: 2026-01-01\nseries: Tour\n---\n" + cast("$ git push", "done"),
    "content/git/b.cast": b"---\ntitle: Second\nseries: Tour\ndescription: After [a](a.cast).\n---\n" + cast("$ ls"),
    "content/git/b.md": "---\nauthors: [Ada]\n---\nMore in [two](../guides/two.md).\n",
    "content/guides/three.md": "![shot](../git/shot.png) ![gone](gone.png)\n",
    "content/git/shot.png": png(),
    "static/a.txt": "as it is",
    "content/c.cast": cast("$ docker build", "error"),
}


class Edits:
    """Random things that people, editors and programs do to a project."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.rng = random.Random(seed)  # noqa: S311 - edits
        self.number = 0

    def one(self) -> str:
        """Do something; say what it was."""
        self.number += 1
        kinds: tuple[Callable[[], str | None], ...] = (
            self.text, self.text, self.title, self.tags, self.rename, self.delete, self.add, self.add_recording,
            self.edit_recording, self.same_size, self.touch, self.config, self.theme, self.template, self.static,
            self.turn, self.picture, self.section, self.hide, self.damage, self.forget, self.swap, self.broken,
            self.output,
        )  # fmt: skip
        for _ in range(50):
            kind = self.rng.choice(kinds)
            if (done := kind()) is not None:
                return f"{kind.__name__} {done}"
        return "nothing"

    def _pick(self, pattern: str) -> Path | None:
        found = sorted(self.root.glob(f"content/**/{pattern}"))
        return self.rng.choice(found) if found else None

    def _said(self, path: Path | None) -> str | None:
        return None if path is None else path.relative_to(self.root).as_posix()

    def _words(self) -> str:
        return " ".join(self.rng.choices(WORDS, k=5))

    def text(self) -> str | None:
        if path := self._pick("*.md"):
            target = self.rng.choice(["one.md#first", "/guides/two.md", "/git/a.cast", "nowhere.md", "two.md#missing"])
            path.write_text(f"{path.read_text('utf-8')}\n## {self._words()}\n\n[x]({target})\n", "utf-8")
        return self._said(path)

    def title(self) -> str | None:
        if path := self._pick("*.md"):
            lines = path.read_text("utf-8").splitlines(keepends=True)
            lines = [f"title: T{self.number}\n" if line.startswith("title:") else line for line in lines]
            path.write_text("".join(lines), "utf-8")
        return self._said(path)

    def tags(self) -> str | None:
        if path := self._pick("*.md"):
            text = path.read_text("utf-8")
            body = text.partition("---\n")[2].partition("---\n")[2]
            tags = ", ".join(self.rng.sample(["git", "news", "new", "ops"], 2))
            path.write_text(f"---\ntitle: {path.stem} {self.number}\ntags: [{tags}]\n---\n{body}", "utf-8")
        return self._said(path)

    def rename(self) -> str | None:
        if path := self._pick("*.*"):
            path.rename(path.with_name(f"r{self.number}{path.suffix}"))
        return self._said(path)

    def delete(self) -> str | None:
        path = self._pick("*.md") if self.number % 3 else None
        if path:
            path.unlink()
        return self._said(path)

    def add(self) -> str:
        path = self.root / f"content/blog/n{self.number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        day = f"2026-02-{self.rng.randint(1, 28):02}"
        path.write_text(f"---\ntitle: New {self.number}\ndate: {day}\ntags: [news]\n---\n{self._words()}\n", "utf-8")
        return path.name

    def add_recording(self) -> str:
        path = self.root / f"content/git/n{self.number}.cast"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"---\ntitle: N{self.number}\nseries: Tour\n---\n".encode() + cast(f"$ {self._words()}"))
        return path.name

    def edit_recording(self) -> str | None:
        if path := self._pick("*.cast"):
            path.write_bytes(cast(f"$ {self._words()}", self._words(), title=self.rng.choice(["", "Named"])))
        return self._said(path)

    def same_size(self) -> str | None:
        """Change a letter, and let the file look as old as before."""
        if path := self._pick("*.md"):
            before, data = path.stat(), path.read_bytes()
            path.write_bytes(data[:-2] + bytes([97 + self.number % 26]) + data[-1:])
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        return self._said(path)

    def touch(self) -> str | None:
        """Let the clock jump."""
        if path := self._pick("*.*"):
            when = self.rng.choice([0, 1_000_000_000, 4_000_000_000])
            os.utime(path, (when, when))
        return self._said(path)

    def config(self) -> str:
        text = CONFIG.format(self.number)
        changes = [
            ("All of it", self._words()), ("pagination: 4", "pagination: 2"), ("Start", "Begin"), ("x", "x"),
            ("title:", f"site_key: {'k' * 32}{self.number}\ntitle:"),
        ]  # fmt: skip
        old, new = self.rng.choice(changes)
        (self.root / "castsite.yml").write_text(text.replace(old, new), "utf-8")
        return new

    def theme(self) -> str:
        name = self.rng.choice(["default", "paper"])
        text = (self.root / "castsite.yml").read_text("utf-8")
        (self.root / "castsite.yml").write_text(text.replace("name: default", f"name: {name}"), "utf-8")
        return name

    def template(self) -> str:
        """Show all that a template may see, so that a key has to hold it; or what the theme shows, and a bit more."""
        path = self.root / f"templates/{self.rng.choice(ENTRIES)}.html"
        path.parent.mkdir(exist_ok=True)
        kept = f"{{% extends 'parent/{path.name}' %}}{{% block main %}}{{{{ super() }}}}{self.number}{{% endblock %}}"
        path.write_text(self.rng.choice(["{{ page }}", "{{ page }}", kept]), "utf-8")
        return path.name

    def hide(self) -> str | None:
        """Tell nobody of an item, or only that it is gone."""
        if path := self._pick("*.md"):
            text = path.read_text("utf-8")
            how = self.rng.choice(["visibility: unlisted", "expires: 2026-05-31"])
            if text.startswith("---\n") and "visibility" not in text and "expires" not in text:
                path.write_text(text.replace("---\n", f"---\n{how}\n", 1), "utf-8")
        return self._said(path)

    def static(self) -> str:
        path = self.root / f"static/{self.rng.choice(['a.txt', 'robots.txt'])}"
        path.parent.mkdir(exist_ok=True)
        path.write_text(self._words(), "utf-8")
        return path.name

    def turn(self) -> str:
        """Turn round the bytes of a static file, and let it look as old as before."""
        path = self.root / "static/a.txt"
        return rewrite(path, path.read_bytes()[::-1])

    def picture(self) -> str | None:
        """Paint a picture in another colour, and let it look as old as before."""
        path = self._pick("*.png")
        return rewrite(path, png(colour=self.rng.choice([b"abc", b"bca", b"cab"]))) if path else None

    def section(self) -> str:
        path = self.root / "content/git/_index.md"
        extra, below = f"{{n: t{self.number}}}", f"{{tags: [t{self.number}], extra: {{n: c{self.number}}}}}"
        path.write_text(f"---\ntitle: Git {self.number}\nextra: {extra}\ncascade: {below}\n---\n", "utf-8")
        return path.name

    def damage(self) -> str | None:
        found = sorted((self.root / ".castsite").rglob("*"))
        files = [path for path in found if path.is_file() and not path.name.startswith("lock")]
        if not files:
            return None
        path = self.rng.choice([*files, self.root / ".castsite/cache/memory.sqlite3"])
        data = bytearray(path.read_bytes())
        for _ in range(self.rng.choice([1, 50])):
            if data:
                data[self.rng.randrange(len(data))] ^= 255
        path.write_bytes(data[: self.rng.choice([len(data), len(data) // 2])])
        return self._said(path)

    def forget(self) -> str:
        path = self.rng.choice([".castsite/cache", ".castsite"])
        shutil.rmtree(self.root / path, ignore_errors=True)
        return path

    def swap(self) -> str | None:
        """Exchange two files: sizes and times stay, at other places."""
        one, two = self._pick("*.md"), self._pick("*.md")
        if one is None or two is None or one == two:
            return None
        aside = one.with_suffix(".aside")
        one.rename(aside)
        two.rename(one)
        aside.rename(two)
        return self._said(one)

    def broken(self) -> str:
        path = self.root / f"content/broken{self.number % 2}.md"
        path.write_text("---\ntitle: [\n---\n" if self.number % 3 else "---\ntitle: Mended\n---\nText.\n", "utf-8")
        return path.name

    def output(self) -> str | None:
        found = sorted((self.root / "public").rglob("*.html"))
        if not found:
            return None
        path = self.rng.choice(found)
        path.unlink()
        return self._said(path)


def rewrite(path: Path, data: bytes) -> str:
    """Change a file, and let it look as old as before."""
    before = path.stat()
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    return path.name


def published(root: Path) -> dict[str, bytes]:
    public = root / "public"
    return {
        path.relative_to(public).as_posix(): path.read_bytes() for path in sorted(public.rglob("*")) if path.is_file()
    }


def built(
    root: Path, memory: Memory | None = None, standing: Standing | None = None, *, rehash: bool = False
) -> tuple[list[str], dict[str, bytes]]:
    project = load_project(root)
    options = Options(jobs=1, now=datetime(2026, 6, 1, tzinfo=UTC), rehash=rehash)
    if standing:  # as a server does when nobody waits
        standing.is_left_alone(open_folder(target_of(root, project.config, options), DISK))
    found = build(root, project.config, options, memory=memory, standing=standing)
    told = [str(problem) for problem in found.problems if problem.code != "output-edited"]
    return told, published(root)


@contextmanager
def remembering(root: Path, *, long: bool) -> Iterator[Memory | None]:
    """Give the memory of a server that lives through all builds, or none: each build opens its own."""
    memory = Memory(root / ".castsite", code_version()) if long else None
    yield memory
    if memory:
        memory.close()


@pytest.mark.parametrize(("seed", "long"), [(1, False), (2, True), (3, False), (4, True)])
def test_warm_equals_cold_after_random_edits(
    tmp_path: Path, seed: int, long: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("castsite.search.index.SMALL", 100)  # so that there are shards
    monkeypatch.setattr("castsite.search.sharding.SHARD", 300)
    warm, cold = tmp_path / "warm", tmp_path / "cold"
    for name, body in SITE.items():
        path = warm / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body.encode() if isinstance(body, str) else body)
    edits, done = Edits(warm, seed), ["nothing"]
    with remembering(warm, long=long) as memory:
        standing = Standing() if long else None
        for step in range(STEPS):
            found = built(warm, memory, standing)
            keep = cold / ".castsite/cache" if step % 8 else None  # what recordings hold, most of the time
            expected = _cold(warm, cold, keep)
            assert found[0] == expected[0], done
            assert found[1].keys() == expected[1].keys(), done
            assert [name for name in found[1] if found[1][name] != expected[1][name]] == [], done
            done.append(edits.one())


def _cold(warm: Path, cold: Path, keep: Path | None) -> tuple[list[str], dict[str, bytes]]:
    """Build a copy of the sources with nothing remembered but what recordings hold."""
    for name in ("content", "static", "templates", "public", "castsite.yml"):
        path = cold / name
        if path.is_dir():
            shutil.rmtree(path)
        if name != "public" and (warm / name).exists():
            (shutil.copytree if (warm / name).is_dir() else shutil.copy)(warm / name, _made(path))
    shutil.rmtree(cold / ".castsite", ignore_errors=True) if keep is None else None
    (cold / ".castsite/cache/memory.sqlite3").unlink(missing_ok=True)
    return built(cold)


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that were opened, a minute after they were written."""
    names: list[str] = []
    clock, really = time.time_ns, os.open

    def noted(path: Any, *arguments: Any, **more: Any) -> int:
        names.append(Path(path).name)
        return really(path, *arguments, **more)

    monkeypatch.setattr(time, "time_ns", lambda: clock() + 60_000_000_000)
    monkeypatch.setattr(os, "open", noted)
    return names


def test_static_files_and_pictures_are_left_unread_while_their_stamps_are_old_and_the_same(
    tmp_path: Path, opened: list[str]
) -> None:
    project = Project(tmp_path).write(
        {"content/a.md": "![](shot.png)\n", "content/shot.png": png(), "static/a.bin": b"one", "static/b.bin": b"b"}
    )
    read: dict[str, set[str]] = {}

    def build_again(name: str, *, rehash: bool = False) -> dict[str, bytes]:
        opened.clear()
        built(tmp_path, rehash=rehash)
        read[name] = {"shot.png", "a.bin", "b.bin"}.intersection(opened)
        return project.published()

    first = build_again("first")
    assert build_again("again") == first
    rewrite(tmp_path / "static/a.bin", b"two")
    assert build_again("static")["a.bin"] == b"two"
    rewrite(tmp_path / "content/shot.png", png(colour=b"abc"))
    assert len(build_again("picture").keys() - first) == 1
    build_again("rehash", rehash=True)
    assert read == {
        "first": {"shot.png", "a.bin", "b.bin"},
        "again": set(),
        "static": {"a.bin"},
        "picture": {"shot.png"},
        "rehash": {"shot.png", "a.bin", "b.bin"},
    }


def test_young_static_files_and_pictures_are_read_each_time(tmp_path: Path, opened: list[str]) -> None:
    project = Project(tmp_path).write({"content/a.md": "![](shot.png)\n"})
    soon = time.time() + 60
    for name, body in (("content/shot.png", png()), ("static/a.bin", b"one")):
        project.write({name: body})
        os.utime(tmp_path / name, (soon, soon))
    for _ in range(3):
        opened.clear()
        built(tmp_path)
        assert {"shot.png", "a.bin"} <= set(opened)
