"""Output of script(1): what scriptreplay(1) writes of it, byte for byte, and what is wrong with it, told."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from formats import made
from formats.reading import cast_of, found, played, texts, the_error, told
from formats.recorders import run

from castsite.formats.model import Beside, Owner

COMMAND = "printf 'gr\\303\\274n\\n'; echo name?; read x; stty cols 100 rows 30; echo hi $x; exit 3"
KEYS = [(b"name?", b"Ada\r")]
WAYS = {
    "classic": (["-T", "when", "-O", "out"], ["-T", "when", "-O", "out"]),
    "advanced": (["-m", "advanced", "-T", "when", "-O", "out"], ["-T", "when", "-O", "out"]),
    "input apart": (["-T", "when", "-O", "out", "-I", "in"], ["-T", "when", "-O", "out"]),
    "input within": (["-T", "when", "-B", "out"], ["-T", "when", "-B", "out"]),
}


def recorded(folder: Path, options: list[str]) -> Beside:
    if shutil.which("script") is None or shutil.which("scriptreplay") is None:
        pytest.skip("util-linux is missing")
    run(["script", "-q", *options, "-c", COMMAND], folder, keys=KEYS, size=(90, 26))
    typed = folder / "in"
    return Beside(timing=(folder / "when").read_bytes(), input=typed.read_bytes() if typed.exists() else None)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_played_is_what_scriptreplay_writes(tmp_path: Path, way: str) -> None:
    record, replay = WAYS[way]
    beside = recorded(tmp_path, record)
    command = ["scriptreplay", "-d", "1000", *replay]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=30, check=True)
    source = (tmp_path / "out").read_bytes()
    assert texts(source, beside=beside).encode() == done.stdout.removesuffix(b"\n")  # which it ends with by itself
    cast = cast_of(source, beside=beside)
    assert (cast.header.cols, cast.header.rows) == (90, 26)
    assert [event.data for event in cast.events if event.code == "x"] == ["3"]
    assert told(found(source, beside=beside)) == []
    typed = [event.data for event in cast.events if event.code == "i"]
    assert typed == (["Ada\r"] if way.startswith("input") else [])


def test_a_real_resize_is_one(tmp_path: Path) -> None:
    recorded(tmp_path, ["-T", "when", "-B", "out"])
    lines = (tmp_path / "when").read_bytes() + b"S 0.500000 SIGWINCH ROWS=30 COLS=100\n"
    events = played((tmp_path / "out").read_bytes(), beside=Beside(timing=lines))
    assert ("r", "100x30") in [(event.code, event.data) for event in events]


def test_the_header_says_size_moment_command_and_terminal() -> None:
    header = cast_of(made.typescript()).header
    assert (header.cols, header.rows, header.command, header.env) == (80, 24, "sh", (("TERM", "xterm"),))
    assert header.timestamp == 1_773_998_132


def test_dates_of_other_systems_are_read() -> None:
    source = b"Script started on Fri Mar 20 09:15:32 2026\n$ ls\r\n\nScript done on Fri Mar 20 09:15:40 2026\n"
    assert cast_of(source).header.timestamp == 1_773_998_132
    assert texts(source) == "$ ls\r\n"


def test_M04_timing_that_is_longer_than_the_output() -> None:
    result = found(made.typescript(), beside=Beside(timing=made.timing() + b"1.0 1000\n", timing_path="when"))
    assert [text for text in told(result) if "the output ends before its timing does (line 4 of when)" in text]
    assert texts(made.typescript(), beside=Beside(timing=made.timing() + b"1.0 1000\n")).startswith("$ echo grün")


def test_M04_output_that_is_longer_than_the_timing() -> None:
    timing = b"".join(made.timing().splitlines(keepends=True)[:2])
    (warning,) = told(found(made.typescript(), beside=Beside(timing=timing)))
    assert "without its last 8 bytes" in warning
    assert texts(made.typescript(), beside=Beside(timing=timing)) == "$ echo grün\r\ngrün\r\n"


def test_M04_no_timing_at_all_has_times_that_are_made_up() -> None:
    result = found(made.typescript())
    assert result.synthetic
    assert "made up" in told(result)[0]
    assert [event.time for event in played(made.typescript()) if event.code == "o"] == [60_000, 120_000, 180_000]
    slow = played(made.typescript(), owner=Owner(cps=10))
    assert [event.time for event in slow if event.code == "o"] == [1_300_000, 1_900_000, 2_700_000]
    assert told(found(made.typescript(), owner=Owner(synthetic=True))) == []


def test_M05_a_log_of_input_that_is_missing_moves_nothing() -> None:
    lines = made.advanced(typed="demo.in").splitlines(keepends=True)
    timing = b"".join((*lines[:-2], b"I 0.1 500\n", *lines[-2:]))
    assert texts(made.typescript(), beside=Beside(timing=timing)) == texts(made.typescript())
    times = [event.time for event in played(made.typescript(), beside=Beside(timing=timing)) if event.code == "o"]
    assert times == [0, 600_000, 1_350_000]  # its delay counts


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (b"1e999 5", "beyond all reason"),
        (b"-1 5", "negative delay"),
        (b"0.1 -5", "left out"),
        (b"nan 5", "beyond all reason"),
        (b"O 0.1 99999999999999999999", "number of bytes"),
        (b"\xff\xfe", "left out"),
    ],
)
def test_M06_a_line_that_is_none_is_left_out_or_clamped(line: bytes, word: str) -> None:
    beside = Beside(timing=line + b"\n" + made.timing(), timing_path="content/when")
    result = found(made.typescript(), beside=beside)
    (problem,) = [one for one in result.problems if one.place.path == "content/when"]
    assert word in problem.text
    assert problem.place.line == 1
    assert "echo" in texts(made.typescript(), beside=beside)


@pytest.mark.parametrize(
    ("line", "times"),
    [
        (b"soon 12", [0, 0, 750_000]),
        (b"0,5 12", [0, 0, 750_000]),
        (b"1e999 12", [0, 0, 750_000]),
        (b"-3 12", [0, 0, 750_000]),
        (b"O 0.25 many\n0.25 12", [0, 500_000, 1_250_000]),
    ],
)
def test_M06_what_is_readable_of_a_line_counts_so_that_nothing_else_moves(line: bytes, times: list[int]) -> None:
    output = made.OPENING + b"$ echo\r\nhello, you\r\n$ exit\r\n" + made.CLOSING
    beside = Beside(timing=b"0.0 8\n" + line + b"\n0.75 8\n")
    events = [event for event in played(output, beside=beside) if event.code == "o" and event.data]
    assert [event.data for event in events] == ["$ echo\r\n", "hello, you\r\n", "$ exit\r\n"]
    assert [event.time for event in events] == times
    assert len(told(found(output, beside=beside))) == 1


def test_M06_more_bytes_than_there_are_ends_it() -> None:
    beside = Beside(timing=b"0.1 99999999999\n")
    assert "before its timing does" in told(found(made.typescript(), beside=beside))[0]


def test_the_timing_file_itself_is_named() -> None:
    for timing in (made.timing(), made.advanced()):
        assert "timing file of script(1)" in the_error(timing).text


def test_output_without_a_first_line_is_read_where_there_is_a_timing_file() -> None:
    source = made.typescript().removeprefix(made.OPENING)
    assert texts(source, beside=Beside(timing=made.timing())) == texts(made.typescript())
