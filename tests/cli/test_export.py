"""`castsite export`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from io import BytesIO
from pathlib import Path

import pytest
import zygote
from builders import v2
from formats import made
from PIL import Image

EVENTS: tuple[list[object], ...] = ([0.1, "o", "$ make\r\n"], [1.0, "o", "done\r\n"], [20.0, "o", "$ end"])
DEMO = v2(*EVENTS, width=40, height=8, title="Demo")
ALL = "gif,webp,apng,svg,anim.svg,light.svg,png,txt,vtt,cast,json,html,rec"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "demo.cast").write_bytes(DEMO)
    return tmp_path


def castsite(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return zygote.run("-C", str(folder), *words, env={**os.environ, "PYTHONUTF8": "1"} | environment)


def told(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stderr.decode()


def seconds(data: bytes) -> float:
    with Image.open(BytesIO(data)) as film:
        total = 0
        for number in range(film.n_frames):  # type: ignore[attr-defined]
            film.seek(number)
            total += film.info["duration"]
    return total / 1000


def test_every_kind_comes_of_any_recording(folder: Path) -> None:
    done = castsite(folder, "export", "demo.cast", "--to", ALL, "-o", "out")
    assert done.returncode == 0, told(done)
    found = {path.name: path.read_bytes() for path in (folder / "out").iterdir()}
    assert {name.removeprefix("demo.") for name in found} == set(ALL.split(","))
    assert f"demo.txt: {len(found['demo.txt'])} bytes\n" in told(done)
    assert found["demo.gif"].startswith(b"GIF89a")
    assert found["demo.vtt"].startswith(b"WEBVTT\n")
    assert json.loads(found["demo.json"])["lines"][:2] == ["$ make", "done"]
    assert found["demo.txt"].decode().splitlines()[1] == "done"
    assert (folder / "demo.cast").read_bytes() == DEMO


def test_the_name_of_the_output_says_what_is_wanted_and_a_pipe_gets_it(folder: Path) -> None:
    assert castsite(folder, "export", "demo.cast", "-o", "x.anim.svg").returncode == 0
    assert "<animateTransform" in (folder / "x.anim.svg").read_text()
    done = castsite(folder, "export", "demo.cast", "--to", "cast", "-o", "-")
    assert json.loads(done.stdout.splitlines()[0])["title"] == "Demo"
    assert done.stderr == b""


def test_a_part_at_another_pace_and_without_pauses(folder: Path) -> None:
    whole = castsite(folder, "export", "demo.cast", "--to", "gif", "-o", "-").stdout
    assert seconds(whole) == pytest.approx(0.1 + 0.9 + 2 + 2, abs=0.02)
    every = castsite(folder, "export", "demo.cast", "--to", "gif", "-o", "-", "--idle-time-limit", "off").stdout
    assert seconds(every) == pytest.approx(22, abs=0.02)
    changed = ("--select", "0:19..0:20.5", "--speed", "2", "--last-frame-duration", "0")
    part = castsite(folder, "export", "demo.cast", "--to", "gif", "-o", "-", *changed).stdout
    assert seconds(part) < 1.2


@pytest.mark.parametrize(("part", "says"), [("0:19..0:30", 1), ("0:19..0:20", 0), ("0:01..0:02", 0)])
def test_a_part_that_ends_beyond_the_end_is_told_once_for_all_kinds(folder: Path, part: str, says: int) -> None:
    done = castsite(folder, "export", "demo.cast", "--to", "txt,vtt", "-o", "out", "--select", part)
    said = "warning: demo.cast: beyond-the-end: select: 30 s is beyond the end (20 s); the end stays"
    assert (done.returncode, told(done).count("beyond-the-end"), told(done).count(said)) == (0, says, says)


def test_size_and_colours_are_those_that_are_asked_for(folder: Path) -> None:
    wanted = ("--cols", "20", "--rows", "3", "--font-size", "30", "--theme", "dracula")
    done = castsite(folder, "export", "demo.cast", "-o", "-", "--to", "png", *wanted)
    with Image.open(BytesIO(done.stdout)) as picture:
        assert picture.size == (20 * 18 + 44, 3 * 40 + 44)
        assert picture.convert("RGB").getpixel((359, 119)) == (0x28, 0x2A, 0x36)
    said = "smaller: was recorded on 40x8: on 20x3 lines break elsewhere, and what was drawn beyond it is lost"
    assert said in told(done)
    assert "smaller" not in told(castsite(folder, "export", "demo.cast", "-o", "-", "--to", "png", "--cols", "40"))
    own = ",".join(["112233", "ffffff"] + ["808080"] * 8)
    done = castsite(folder, "export", "demo.cast", "-o", "-", "--to", "svg", "--theme", own)
    assert b'fill="#112233"' in done.stdout


def test_commands_can_be_the_captions(folder: Path) -> None:
    (folder / "typed.cast").write_bytes(b"---\ncommands: [[0.1, make]]\n---\n" + DEMO)
    done = castsite(folder, "export", "typed.cast", "-o", "-", "--to", "vtt", "--cues", "commands")
    assert b"make" in done.stdout
    assert b"done" not in done.stdout


def test_a_recording_of_the_site_is_exported_as_the_site_shows_it(tmp_path: Path) -> None:
    (tmp_path / "content" / "git").mkdir(parents=True)
    (tmp_path / "content" / "git" / "demo.cast").write_bytes(b"---\nend: 0:02\n---\n" + DEMO)
    (tmp_path / "castsite.yml").write_text("title: T\nbase_url: https://e.example/\nplayer: {theme: nord}\n")
    for name in ("git/demo", "content/git/demo.cast"):
        done = castsite(tmp_path, "export", name, "--to", "svg", "-o", "-")
        assert b"#2e3440" in done.stdout, told(done)
        assert b"end" not in castsite(tmp_path, "export", name, "--to", "txt", "-o", "-").stdout
    over = castsite(tmp_path, "export", "git/demo", "--to", "cast", "-o", "content/git/demo.cast", "--overwrite")
    assert (over.returncode, "same-file" in told(over)) == (2, True)
    page = castsite(tmp_path, "export", "git/demo", "--to", "html", "-o", "-").stdout
    assert b"https://e.example/git/demo/" in page


WRONG = [
    (["demo.cast", "--to", "xyz"], 2, "there are gif, webp"),
    (["demo.cast", "--to", "gfi"], 2, 'did you mean "gif"?'),
    (["demo.cast"], 2, "--to"),
    (["demo.cast", "-o", "x.unknown"], 2, "--to"),
    (["demo.cast", "--to", "gif,svg", "-o", "-"], 2, "one kind"),
    (["nope", "--to", "gif"], 2, "no such file"),
    (["demo.cast", "--to", "gif", "-o", ""], 2, "-o"),
    (["demo.cast", "--to", "gif", "--font-size", "nan"], 2, "no number"),
    (["demo.cast", "--to", "png", "--cols", "1000", "--rows", "500"], 2, "cells"),
    (["demo.cast", "--to", "png", "--cols", "400", "--rows", "300", "--font-size", "64"], 1, "export-too-large"),
    (["demo.cast", "--to", "gif", "-o", "/dev/null", "--overwrite"], 2, "no file"),
    (["demo.cast", "--to", "gif", "--select", "5:00..6:00"], 2, "select: 300 s is beyond the end (20 s)"),
    (["demo.cast", "--to", "gif", "--select", "0:09..0:03"], 2, "does not run forward"),
    (["demo.cast", "--to", "gif", "--speed", "0"], 2, "0.001"),
    (["demo.cast", "--to", "gif", "--theme", "drakula"], 2, 'did you mean "dracula"'),
    (["demo.cast", "--to", "gif", "--theme", "1,2,3"], 2, "or 10 or 18 colours such as 1e1e2e"),
    (["demo.cast", "--to", "gif", "-o", "/proc/no.gif"], 5, "cannot be written"),
    (["demo.cast", "--to", "gif,svg", "-o", "demo.cast"], 5, "folder"),
    (["demo.cast", "--to", "cast", "-o", "demo.cast"], 2, "same-file"),
    (["text.cast", "--to", "gif"], 2, "text.cast"),
]


@pytest.mark.parametrize(("words", "code", "text"), WRONG)
def test_what_is_wrong_is_named_with_the_cure(folder: Path, words: list[str], code: int, text: str) -> None:
    (folder / "text.cast").write_text("no recording at all\n")
    done = castsite(folder, "export", *words)
    assert (done.returncode, text in told(done)) == (code, True), told(done)
    assert "Traceback" not in told(done)
    assert (folder / "demo.cast").read_bytes() == DEMO


def test_what_is_there_is_not_replaced_unless_asked(folder: Path) -> None:
    (folder / "demo.txt").write_text("mine")
    done = castsite(folder, "export", "demo.cast", "--to", "txt")
    assert (done.returncode, (folder / "demo.txt").read_text()) == (2, "mine")
    assert castsite(folder, "export", "demo.cast", "--to", "txt", "--overwrite").returncode == 0
    assert (folder / "demo.txt").read_text() != "mine"


def test_without_ffmpeg_the_other_kinds_are_made(folder: Path) -> None:
    done = castsite(folder, "export", "demo.cast", "--to", "mp4,txt", "-o", "out", PATH=str(folder))
    assert done.returncode == 1
    assert "no-ffmpeg" in told(done)
    assert [path.name for path in (folder / "out").iterdir()] == ["demo.txt"]


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is missing")
def test_with_ffmpeg_there_are_films(folder: Path) -> None:
    done = castsite(folder, "export", "demo.cast", "--to", "mp4,webm", "-o", "out")
    assert done.returncode == 0, told(done)
    assert b"ftyp" in (folder / "out" / "demo.mp4").read_bytes()[:12]
    assert (folder / "out" / "demo.webm").read_bytes().startswith(b"\x1a\x45\xdf\xa3")


def pictures(film: Path) -> list[tuple[float, float]]:
    """When each picture of a film comes, and when it goes."""
    asked = ["ffprobe", "-v", "error", "-show_entries", "packet=pts_time,duration_time", "-of", "csv=p=0", str(film)]
    rows = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
    began = sorted((float(row.split(",")[0]), float(row.split(",")[1])) for row in rows)
    return [(round(at, 2), round(at + stays, 2)) for at, stays in began]


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is missing")
@pytest.mark.parametrize("kind", ["mp4", "webm"])
@pytest.mark.parametrize(("last", "end"), [(2, 3.7), (0.5, 2.2), (0, 1.8)])
def test_a_film_lasts_as_long_as_its_last_picture_is_to_stay(folder: Path, kind: str, last: float, end: float) -> None:
    """At letters this small the first column lies where what leaves out equal pictures does not look."""
    spinner = v2([0, "o", "-"], [0.4, "o", "\r|"], [0.9, "o", "\r/"], [1.7, "o", "\r-"], width=20, height=3)
    (folder / "spinner.cast").write_bytes(spinner)
    small = ("--font-size", "6", "--last-frame-duration", str(last))
    done = castsite(folder, "export", "spinner.cast", "--to", kind, *small, "-o", "film")
    assert done.returncode == 0, told(done)
    shown = pictures(folder / "film")
    assert {0, 0.4, 0.9, 1.7} <= {at for at, _ in shown}
    assert shown[-1][1] == pytest.approx(end, abs=0.05)


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is missing")
@pytest.mark.parametrize("kind", ["mp4", "webm"])
@pytest.mark.parametrize("pace", [(), ("--fps-cap", "1")])
def test_a_film_has_a_picture_however_short_it_is(folder: Path, kind: str, pace: tuple[str, ...]) -> None:
    (folder / "short.cast").write_bytes(v2([0.01, "o", "hi"], width=20, height=3))
    words = ("export", "short.cast", "--to", kind, "--last-frame-duration", "0", *pace, "-o", "film")
    assert castsite(folder, *words).returncode == 0
    assert len(pictures(folder / "film")) == 1


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is missing")
@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_a_film_says_how_its_colours_are_meant_and_means_them_so(folder: Path, kind: str) -> None:
    (folder / "red.cast").write_bytes(v2([0, "o", "\x1b[?25l\x1b[48;2;200;0;0m" + " " * 400], width=40, height=10))
    done = castsite(folder, "export", "red.cast", "--to", kind, "-o", "film")
    assert done.returncode == 0, told(done)
    said = ["ffprobe", "-v", "error", "-show_entries", "stream=color_space,color_range", "-of", "csv=p=0"]
    colours = subprocess.run([*said, "film"], cwd=folder, capture_output=True, text=True, check=True).stdout
    assert colours.strip() == "tv,bt709"
    asked = ["ffmpeg", "-v", "error", "-i", "film", "-frames:v", "1", "-vf", "format=yuv444p"]
    raw = subprocess.run([*asked, "-f", "rawvideo", "-"], cwd=folder, capture_output=True, check=True).stdout
    plane = len(raw) // 3
    middle = 382 * 111 + 191  # of 382x222 pixels
    luma, blue, red = (raw[at * plane + middle] for at in range(3))
    assert (luma, blue, red) == (pytest.approx(52.5, abs=3), pytest.approx(108, abs=3), pytest.approx(215.8, abs=3))


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such pipes")
def test_a_pipe_is_exported(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    writer = threading.Thread(target=(folder / "pipe").write_bytes, args=(DEMO,), daemon=True)
    writer.start()
    done = castsite(folder, "export", "pipe", "--to", "txt")
    writer.join()
    assert (done.returncode, told(done).startswith("pipe.txt: ")) == (0, True), told(done)
    assert (folder / "pipe.txt").read_text().splitlines()[1] == "done"


def test_recordings_of_other_formats_are_exported_too(tmp_path: Path) -> None:
    files = {"a.ttyrec": made.ttyrec(), "s.log": made.typescript(), "s.tm": made.timing(), "out": made.typescript()}
    files |= {"when.tm": made.advanced(output="out")}
    files |= {f"open.tty/{name}": data for name, data in made.tty_members().items()}
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    for name in ("a.ttyrec", "s.log", "out", "open.tty"):
        done = castsite(tmp_path, "export", name, "--to", "cast", "-o", "-")
        assert done.returncode == 0, told(done)
        assert b'[0.5,"o","gr' in done.stdout, name
