"""Exports of a site: made once, published, told, and the rest is built whatever happens."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
import zygote
from builders import v2

from castsite.config import EXPORTS
from castsite.export import kinds
from castsite.site.exports import ENDINGS, PICTURES, export_path

DEMO = v2(
    [0.1, "o", "$ make\r\n"], [1.0, "o", "\x1b[32mdone\x1b[0m\r\n"], [2.0, "o", "$ "], width=40, height=8, title="Demo"
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "demo.cast").write_bytes(DEMO)
    (tmp_path / "content" / "about.md").write_text("# About\n\n![Demo](demo.cast)\n")
    (tmp_path / "castsite.yml").write_text("title: T\nbase_url: https://e.example/\n")
    return tmp_path


def castsite(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    done = zygote.run("-C", str(folder), *words, env={**os.environ, "PYTHONUTF8": "1"} | environment)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def built(folder: Path, **environment: str) -> dict[str, object]:
    done = castsite(folder, "build", "--json", **environment)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def asked(folder: Path, kinds_: str) -> None:
    (folder / "content" / "demo.cast").write_bytes(f"---\nexport: {kinds_}\n---\n".encode() + DEMO)


def test_exports_are_published_and_made_once(project: Path) -> None:
    asked(project, "[gif, webp, apng, anim.svg, light.svg, png, vtt, html]")
    built(project)
    for kind in ("gif", "webp", "apng", "anim.svg", "light.svg", "png", "vtt", "html"):
        assert (project / "public" / export_path("demo", kind)).stat().st_size > 50, kind
    page = (project / "public" / "demo" / "index.html").read_text()
    assert "demo.gif" in page
    again = built(project)
    assert again["files"]["written"] == []  # type: ignore[index]
    asked(project, "[gif]")
    later = built(project)
    assert set(later["files"]["removed"]) >= {export_path("demo", "html"), "demo.webp"}  # type: ignore[index]
    assert (project / "public" / "demo.gif").exists()


CONFIG = "title: T\nbase_url: https://e.example/\n"
CHANGES = [
    "language: de\n",
    "player: {theme: nord}\n",
    "theme: {options: {density: log}}\n",
    "theme: paper\n",
    "description: D\n",
]


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "public").iterdir() if path.is_file()}


@pytest.mark.parametrize("change", CHANGES)
def test_a_warm_build_has_the_bytes_of_a_cold_one(project: Path, change: str) -> None:
    asked(project, "[gif, anim.svg, html, light.svg]")
    built(project)
    (project / "public" / "demo.gif").unlink()
    (project / "castsite.yml").write_text(CONFIG + change)
    built(project)
    warm = files(project)
    castsite(project, "clean")
    built(project)
    assert warm == files(project)


def test_what_is_written_beside_a_recording_does_not_film_it_again(project: Path) -> None:
    asked(project, "[gif, anim.svg]")
    built(project)
    (project / "content" / "demo.md").write_text("---\nexport: [gif, anim.svg]\n---\nOther words.\n")
    written = built(project)["files"]["written"]  # type: ignore[index]
    assert "demo/index.html" in written
    assert not {"demo.gif", "demo.anim.svg"} & set(written)


def test_a_failure_that_passes_is_not_remembered(project: Path) -> None:
    asked(project, "[mp4]")
    tools = project / "tools"
    tools.mkdir()
    program = tools / "ffmpeg"
    program.write_text("#!/bin/sh\necho broken >&2\nexit 1\n")
    program.chmod(0o755)
    path = f"{tools}:{os.environ['PATH']}"
    assert "ffmpeg-failed" in {problem["code"] for problem in built(project, PATH=path)["problems"]}  # type: ignore[attr-defined]
    assert "demo.mp4" not in (project / "public" / "demo" / "index.html").read_text()
    program.write_text('#!/bin/sh\nfor last; do :; done\nprintf half > "$last"\nexit 1\n')
    assert "ffmpeg-failed" in {problem["code"] for problem in built(project, PATH=path)["problems"]}  # type: ignore[attr-defined]
    program.write_text('#!/bin/sh\ncat > /dev/null\nfor last; do :; done\nprintf film > "$last"\n')
    assert built(project, PATH=path)["problems"] == []
    assert (project / "public" / "demo.mp4").read_bytes() == b"film"
    (project / "public" / "demo.mp4").unlink()
    program.write_text("#!/bin/sh\nexit 1\n")
    built(project, PATH=path)
    assert not (project / "public" / "demo.mp4").exists()


def test_what_cannot_be_made_is_told_each_time_and_the_rest_is_built(project: Path) -> None:
    asked(project, "[mp4, gif]")
    empty = str(project / "empty")
    for _ in range(2):
        found = built(project, PATH=empty)
        told = [problem for problem in found["problems"] if problem["code"] == "no-ffmpeg"]  # type: ignore[attr-defined]
        assert [problem["severity"] for problem in told] == ["error"]
        assert (project / "public" / "demo.gif").exists()
        assert not (project / "public" / "demo.mp4").exists()
        assert "demo.mp4" not in (project / "public" / "demo" / "index.html").read_text()


def test_a_still_that_is_too_large_is_told_and_the_rest_is_built(project: Path) -> None:
    wide = v2([0.1, "o", "x"], width=1000, height=200)
    (project / "content" / "wide.cast").write_bytes(b"---\nexport: [png, light.svg]\n---\n" + wide)
    problems = built(project)["problems"]
    assert [problem["code"] for problem in problems] == ["export-too-large"]  # type: ignore[attr-defined]
    assert (project / "public" / "wide.light.svg").exists()
    assert "wide.still.png" not in (project / "public" / "wide" / "index.html").read_text()


def test_check_says_what_a_build_would(project: Path) -> None:
    asked(project, "[mp4]")
    done = castsite(project, "check", PATH=str(project / "empty"))
    assert done.returncode == 1
    assert "no-ffmpeg" in done.stderr


def test_a_kind_that_is_not_there_is_told_with_its_place(project: Path) -> None:
    asked(project, "[gfi]")
    done = castsite(project, "build")
    assert "content/demo.cast:2:10" in done.stderr
    assert "gif" in done.stderr


def test_others_are_shown_cards(project: Path) -> None:
    built(project)
    assert (project / "public" / "demo.png").read_bytes().startswith(b"\x89PNG")
    pages = {name: (project / "public" / name / "index.html").read_text() for name in ("", "demo", "about")}
    assert 'content="https://e.example/demo.png"' in pages["demo"]
    assert 'content="https://e.example/demo.png"' in pages["about"], "of the recording that is in it"
    assert 'content="https://e.example/index.png"' in pages[""]
    assert 'property="og:image:width" content="1200"' in pages[""]
    (project / "castsite.yml").write_text("title: T\n")
    built(project)
    assert not (project / "public" / "demo.png").exists()
    assert not (project / "public" / "index.png").exists()


def test_every_kind_has_a_maker_and_a_place() -> None:
    assert {*kinds.MAKERS, "html"} == set(EXPORTS)
    assert set(ENDINGS) == set(EXPORTS) - {"svg", "txt", "cast", "json"}
    assert set(PICTURES) <= set(ENDINGS)
    assert len(set(ENDINGS.values()) | {".png", ".svg", ".txt", ".json", ".cast"}) == len(ENDINGS) + 5
