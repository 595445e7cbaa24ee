"""`castsite edit` and `castsite concat`."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from pathlib import Path

import pytest
import zygote
from builders import v2

from castsite.limits import Limits

DEMO = v2([1.0, "o", "one\r\n"], [2.0, "o", "\x1b[31mtwo\r\n"], [3.0, "i", "x"], [10.0, "o", "three\r\n"], title="Demo")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "demo.cast").write_bytes(DEMO)
    return tmp_path


def castsite(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    done = zygote.run("-C", str(folder), *words, env={**os.environ, "PYTHONUTF8": "1"})
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def rows(text: str) -> tuple[dict[str, object], list[list[object]]]:
    header, *events = map(json.loads, text.splitlines())
    return header, events


def test_an_edited_copy_is_written_and_its_source_stays(folder: Path) -> None:
    done = castsite(
        folder, "edit", "demo.cast", "-o", "new.cast", "--cut", "1.5..0:05", "--speed", "2", "--marker", "0:09=End"
    )
    assert (done.returncode, done.stderr) == (0, "new.cast: 3.2 s\n")
    header, events = rows((folder / "new.cast").read_text("utf-8"))
    assert header == {"version": 2, "width": 80, "height": 24, "title": "Demo"}
    assert [(time, code) for time, code, _ in events] == [(0.5, "o"), (0.75, "o"), (2.75, "m"), (3.25, "o")]
    assert (folder / "demo.cast").read_bytes() == DEMO


def test_input_stays_in_a_copy_and_the_output_may_be_a_pipe(folder: Path) -> None:
    (folder / "demo.cast.gz").write_bytes(gzip.compress(DEMO))
    done = castsite(folder, "edit", "demo.cast.gz", "-o", "-", "--end", "0:04", "--format", "v3", "--title", "Other")
    header, events = rows(done.stdout)
    assert done.stderr == ""
    assert header["title"] == "Other"
    assert events == [[1.0, "o", "one\r\n"], [1.0, "o", "\x1b[31mtwo\r\n"], [1.0, "i", "x"], [1.0, "o", ""]]


@pytest.mark.parametrize("command", ["edit", "concat"])
def test_a_title_and_a_label_are_one_line_of_text_whatever_was_given(folder: Path, command: str) -> None:
    marker = ("--marker", "1=e\udcffnd\x1b") if command == "edit" else ()
    done = castsite(folder, command, "demo.cast", "-o", "-", "--title", "a\udcff\nb\u202e", *marker)
    assert done.returncode == 0, done.stderr
    header, events = rows(done.stdout)
    assert header["title"] == "a\ufffd b"
    assert [data for _, code, data in events if code == "m"] == (["e\ufffdnd"] if marker else [])
    assert done.stderr.splitlines() == [
        f"warning: value-repaired: {option}: {text}"
        for option, hidden in (("--title", "U+202E"), ("--marker", "U+001B"))[: 1 + bool(marker)]
        for text in ("what is not UTF-8 replaced by U+FFFD", f"hidden characters removed: {hidden}")
    ]


def test_what_was_typed_can_be_left_out_of_a_copy(folder: Path) -> None:
    done = castsite(folder, "edit", "demo.cast", "-o", "-", "--no-input", "--idle-time-limit", "3")
    assert done.stderr == ""
    assert [(time, code) for time, code, _ in rows(done.stdout)[1]] == [(1, "o"), (2, "o"), (5, "o")]


def test_a_copy_may_have_a_terminal_of_another_size_that_does_not_change(folder: Path) -> None:
    wide = v2([1.0, "o", "12345678"], [2.0, "r", "100x30"], [3.0, "o", "\x1b[10;90Hx"], [4.0, "o", "\r\n"])
    (folder / "wide.cast").write_bytes(wide)
    done = castsite(folder, "edit", "wide.cast", "-o", "small.cast", "--cols", "6", "--rows", "4", "--start", "3.5")
    lost = "was recorded on 100x30: on 6x4 lines break elsewhere, and what was drawn beyond it is lost"
    assert done.stderr.startswith(f"warning: wide.cast: smaller: {lost}\n")
    header, events = rows((folder / "small.cast").read_text("utf-8"))
    assert (header["width"], header["height"]) == (6, 4)
    assert {code for _, code, _ in events} == {"o"}
    assert "123456" in str(events[0][2])
    assert "x" in str(events[0][2])
    larger = castsite(folder, "edit", "wide.cast", "-o", "-", "--cols", "100", "--rows", "30")
    assert (larger.stderr, rows(larger.stdout)[0]["width"]) == ("", 100)
    kept = castsite(folder, "edit", "wide.cast", "-o", "-", "--speed", "2")
    assert (kept.stderr, "100x30" in kept.stdout) == ("", True)
    assert "smaller" in castsite(folder, "edit", "wide.cast", "-o", "-", "--cols", "80").stderr


@pytest.mark.parametrize("letter", ["n", "\u65e5"])
def test_a_copy_may_be_called_as_long_as_files_can_be(folder: Path, letter: str) -> None:
    name = f"{letter * (250 // len(letter.encode()))}.cast"
    done = castsite(folder, "edit", "demo.cast", "-o", name)
    assert (done.returncode, done.stderr[-9:]) == (0, ": 10.0 s\n")
    assert sorted(path.name for path in folder.iterdir()) == ["demo.cast", name]


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("no/new.cast", "No such file or directory; make its folder first"),
        ("demo.cast/new.cast", "Not a directory; choose another name, below a folder"),
        (f"{'n' * 260}.cast", "File name too long; choose a shorter name"),
    ],
)
def test_what_cannot_be_written_is_told_with_its_own_cure(folder: Path, name: str, cure: str) -> None:
    done = castsite(folder, "edit", "demo.cast", "-o", name)
    assert (done.returncode, done.stderr[:12]) == (5, f"fatal: {name[:5]}")
    assert done.stderr.endswith(f": storage: cannot be written: {cure}\n")
    assert [path.name for path in folder.iterdir()] == ["demo.cast"]


def test_recordings_are_put_one_after_the_other(folder: Path) -> None:
    done = castsite(folder, "concat", "demo.cast", "demo.cast", "-o", "both.cast", "--title", "Both")
    assert (done.returncode, done.stderr) == (0, "both.cast: 2 recordings, 20.0 s\n")
    header, events = rows((folder / "both.cast").read_text("utf-8"))
    assert header["title"] == "Both"
    assert [event[0] for event in events] == [1, 2, 3, 10, 10, 11, 12, 13, 20]
    assert castsite(folder, "concat", "demo.cast", "-o", "a\nb").stderr == "a\\nb: 1 recording, 10.0 s\n"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("edit", "demo.cast", "-o", "demo.cast", "--overwrite"), 2, "fatal: demo.cast: same-file: is what is read"),
        (("edit", "demo.cast", "-o", "there"), 2, "fatal: there: exists: is there already; choose another name, or"),
        (("edit", "gone.cast", "-o", "-"), 2, "fatal: gone.cast: unreadable: cannot be read: No such file"),
        (("edit", "there", "-o", "-"), 2, "error: there:"),
        (("edit", "demo.cast", "-o", "no/where.cast"), 5, "fatal: no/where.cast: storage: cannot be written: No such"),
        (("edit", "demo.cast", "-o", "-", "--start", "10"), 2, "nothing-left: start: nothing of the recording is left"),
        (("edit", "demo.cast", "-o", "-", "--cut", "5..3"), 2, "'5..3' does not run forward"),
        (("edit", "demo.cast", "-o", "-", "--cut", "5"), 2, "'5' is no stretch"),
        (("edit", "demo.cast", "-o", "-", "--end", "1:99"), 2, "'1:99' is no time; write it as 12.5, 1:05"),
        (("edit", "demo.cast", "-o", "-", "--speed", "0"), 2, "'0': expected a factor from 0.001 to 1000"),
        (("edit", "demo.cast", "-o", "-", "--speed", "nan"), 2, "'nan': expected a factor"),
        (("edit", "demo.cast", "-o", "-", "--speed", "2", "--speed", "1..2=3"), 2, "one factor for everything, or"),
        (("edit", "demo.cast", "-o", "-", "--speed", "1..3=2", "--speed", "2..4=3"), 2, "stretches overlap"),
        (("edit", "demo.cast", "-o", "-", "--idle-time-limit", "0"), 2, "'0': expected seconds above 0, or off"),
        (("edit", "demo.cast", "-o", "-", "--cols", "1000", "--rows", "500"), 2, "cast-limit: 500,000 cells are more"),
        (("edit", "demo.cast", "-o", "-", "--cols", "1"), 2, "1 is not in the range 2<=x<=1000"),
        (("concat", "demo.cast", "there", "-o", "-"), 2, "error: there:"),
        (
            ("edit", ".", "-o", "-"),
            2,
            "fatal: .: no-recording: is a folder, and no recording itself; name one that is in",
        ),
        (("concat", "demo.cast", "demo.cast", "-o", "demo.cast", "--overwrite"), 2, "same-file"),
    ],
)
def test_what_cannot_be_done_is_told_and_writes_nothing(
    folder: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    (folder / "there").write_text("precious", "utf-8")
    done = castsite(folder, *words)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["demo.cast", "there"]
    assert (folder / "there").read_text("utf-8") == "precious"
    assert (folder / "demo.cast").read_bytes() == DEMO


def test_a_page_is_told_to_be_imported(folder: Path) -> None:
    (folder / "page.html").write_text("<!doctype html><title>Casts</title>", "utf-8")
    told = castsite(folder, "edit", "page.html", "-o", "-").stderr
    assert told.startswith("error: page.html:1: cast-unknown-format: this is an HTML page")
    assert "castsite import takes out what a page shows" in told


def test_what_is_beyond_the_end_is_told_and_the_copy_written(folder: Path) -> None:
    done = castsite(folder, "edit", "demo.cast", "-o", "new.cast", "--cut", "20..30")
    assert done.returncode == 0
    assert "warning: demo.cast: beyond-the-end: cut: 20 s is beyond the end (10 s); it cuts nothing" in done.stderr
    assert (folder / "new.cast").exists()


def test_together_longer_than_a_recording_may_be_is_refused(folder: Path) -> None:
    hour = Limits().gap // 1_000_000 // 2
    (folder / "long.cast").write_bytes(v2(*[[hour * at, "o", "x"] for at in range(1, 3)]))
    words = ["long.cast"] * (Limits().duration // Limits().gap + 1)
    done = castsite(folder, "concat", *words, "-o", "all.cast")
    assert done.returncode == 2
    assert "fatal: all.cast: cast-limit: together they last" in done.stderr
    assert not (folder / "all.cast").exists()


def test_in_a_site_its_limits_count(folder: Path) -> None:
    commands = (("edit", "demo.cast"), ("concat", "demo.cast", "demo.cast"), ("redact", "demo.cast"))
    for words in commands:
        assert castsite(folder, *words, "-o", f"{words[0]}.cast").returncode == 0
    (folder / "castsite.yml").write_text("limits: {events: 1}\n")
    for words in commands:
        done = castsite(folder, *words, "-o", "never.cast")
        assert (done.returncode, "more than 1 events (limits: events)" in done.stderr) == (2, True), done.stderr
    assert not (folder / "never.cast").exists()
