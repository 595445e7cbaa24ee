"""`castsite play` in a real terminal."""

from __future__ import annotations

import gzip
import json
import os
import select
import shlex
import signal
import sys
import termios
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from formats import made
from hosting import on_the_web
from projects import Project, cast
from serving import until
from terminals import CASTSITE, terminal

from castsite.limits import SECOND
from castsite.record import playback
from castsite.record.deck import Deck, Shown

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="keys are those of Unix terminals")


def recording(*events: list[Any]) -> bytes:
    lines = [{"version": 2, "width": 40, "height": 10}, *events]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


@pytest.fixture
def site(tmp_path: Path) -> Project:
    return Project(tmp_path).write({
        "castsite.yml": "title: Here\n",
        "content/git/long.cast": recording(
            [0.1, "o", "one "], [500, "m", "M"], [500, "o", "two "], [900, "o", "three "]),
        "content/short.cast": cast("hello", step=0.01),
    })  # fmt: skip


def test_N42_keys_pause_step_jump_and_end(site: Project) -> None:
    with terminal(*CASTSITE, "play", "long", cwd=site.root) as here:
        before = here.modes()
        here.expect("one ")
        here.type("]")
        here.expect("two ")
        here.type(" .")
        here.expect("three ")
        assert here.wait() == 0
        assert here.modes() == before
    with terminal(*CASTSITE, "play", "git/long", cwd=site.root) as here:
        here.expect("one ")
        here.type(b"\x03")
        assert here.wait() == 130
        assert here.modes()[3] & termios.ECHO


def test_a_signal_that_comes_just_before_a_wait_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ropes: list[int] = []
    wait = select.select

    def late(ends: list[int], *others: Any) -> Any:
        os.write(ropes[0], b"\x02")  # so it is where Python has looked for signals before, and does again behind it
        ready = wait(ends, *others)
        raise KeyboardInterrupt if ready[0] else AssertionError("it waited to the end")

    monkeypatch.setattr(signal, "set_wakeup_fd", lambda rope, **_: ropes.append(rope) or -1)
    monkeypatch.setattr(select, "select", late)
    with pytest.raises(KeyboardInterrupt):
        playback.play(Deck((Shown(5 * SECOND, "late"),)), list)


def test_what_ctrl_c_takes_away_with_it_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    typist, terminal = os.openpty()
    wait, waited = select.select, list[bool]()

    def taken(ends: list[int], *others: Any) -> Any:
        if waited:
            raise KeyboardInterrupt
        os.write(typist, b".")
        ready = wait(ends, *others)
        termios.tcflush(terminal, termios.TCIFLUSH)
        waited.append(terminal in ready[0])
        return ready

    def late(_signal: int, _frame: object) -> None:
        raise AssertionError("it waits for a key that is gone")

    monkeypatch.setattr(playback, "STDIN", terminal)
    monkeypatch.setattr(select, "select", taken)
    usual = signal.signal(signal.SIGALRM, late)
    signal.alarm(10)
    try:
        with pytest.raises(KeyboardInterrupt):
            playback.play(Deck((Shown(5 * SECOND, "late"),)), list)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, usual)
        os.close(typist)
        os.close(terminal)
    assert waited == [True]


def test_N42_while_it_is_stopped_time_is_and_keys_count_again_afterwards(site: Project) -> None:
    site.write(
        {"content/soon.cast": recording([0.1, "o", "one "], [3, "o", "two "], [500, "m", "M"], [500, "o", "end "])}
    )
    play = f"{shlex.join(CASTSITE)} play soon"
    with terminal("bash", "--norc", "--noprofile", "-i", cwd=site.root) as here:
        here.expect(r"\$ ")
        here.type(f"{play}\r")
        here.expect("one ")
        begun = time.monotonic()
        here.type(b"\x1a")
        here.expect(r"Stopped.*\$ ")
        left = 2.9 - (time.monotonic() - begun)
        until(lambda: time.monotonic() > begun + 3, "the time at which it would be over")
        here.type("fg\r")
        here.expect(r"fg.*play soon\r\n")
        begun = time.monotonic()
        here.expect("two ")
        assert time.monotonic() - begun > left - 0.5
        here.type("]")
        here.expect("end ")
        here.expect(r"\$ ")


def test_N42_a_key_goes_from_command_to_command(site: Project) -> None:
    begun = [[0.01, "o", "ready\r\n"], [400, "o", "$ "], [500, "o", "make\r\n"], [501, "o", "made\r\n$ "]]
    ended = [[900, "o", "run\r\n"], [901, "o", "ran"], [902, "o", "\r\n$ "], [2000, "o", "exit"]]
    site.write({"content/typed.cast": recording(*begun, *ended)})
    with terminal(*CASTSITE, "play", "typed", cwd=site.root) as here:
        here.expect("ready")
        here.type("}")
        here.expect(r"\$ ")
        here.type("}")
        here.expect(r"made\s+\$ ")
        assert b"run" not in here.seen
        here.type(b"\x03")
        assert here.wait() == 130
    site.write({"content/typed.md": '---\ncommands: [["950", look]]\n---\n'})
    with terminal(*CASTSITE, "play", "typed", cwd=site.root) as here:
        here.expect("ready")
        here.type("}")
        here.expect(r"ran\s+\$ ")
        here.type("} ")
        here.type(b"\x03")
        assert here.wait() == 130


def test_recordings_of_the_web_are_played_and_those_that_its_pages_show(site: Project, tmp_path: Path) -> None:
    site.build("--base-url", "https://elsewhere.example/")
    site.write({
        "public/inside.html": "<html><script>AsciinemaPlayer.create('data:text/plain,"
        + quote(cast("inside", step=0.01)) + "', x)</script>",
        "public/none.html": "<!doctype html><p>Nothing",
        "public/file.html": "<html><asciinema-player src='file:///etc/passwd'>",
        "public/odd.html": "<html><asciinema-player src='//['>",
    })  # fmt: skip
    with on_the_web(tmp_path / "public") as address:
        for name in ("short.cast", "short/", "embed/short/", "HTTP"):
            url = f"HTTP{address[4:]}/short.cast" if name == "HTTP" else f"{address}/{name}"
            done = site.run("play", url)
            assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
        assert site.run("play", f"{address}/inside.html").stdout == "inside\n"
        started = time.monotonic()
        for moment in ("?t=899.9", "#t=14:59.9"):
            assert site.run("play", f"{address}/git/long/{moment}").stdout == "one two three "
        assert time.monotonic() - started < 60
        for name, told in {
            "none.html": "no-recording: is a web page that shows no recording; name the recording itself",
            "file.html": 'no-recording: shows "file:///etc/passwd", which is no address of the web',
            "odd.html": 'no-recording: shows "//[", which is no address of the web',
            "gone.cast": "unreachable: cannot be fetched: File not found; look whether it opens in a browser",
            "short.svg": "1: cast-unknown-format: this is an XML or SVG document",
        }.items():
            done = site.run("play", f"{address}/{name}")
            assert (done.returncode, done.stdout) == (2, ""), name
            assert f"{address}/{name}:{' ' * (not told[0].isdigit())}{told}" in done.stderr
    for wrong in ("http://127.0.0.1:9/", "http://[::1/", "http://a b/", "https://"):
        done = site.run("play", wrong)
        assert (done.returncode, "cannot be fetched" in done.stderr) == (2, True), wrong


def test_what_is_larger_than_the_limit_is_not_fetched_to_its_end(site: Project, tmp_path: Path) -> None:
    site.write({"castsite.yml": "limits: {file_size: 100}\n", "large.cast": cast("x" * 200)})
    with on_the_web(tmp_path) as address:
        done = site.run("play", f"{address}/large.cast")
    assert done.returncode == 2
    assert "unreachable: cannot be fetched: it is larger than 100 bytes" in done.stderr


def test_N42_speed_idle_limit_and_start(site: Project) -> None:
    for options in (("--speed", "100", "-i", "5"), ("-i", "0.01"), ("--start", "900")):
        started = time.monotonic()
        done = site.run("play", "long", *options)
        assert (done.returncode, done.stdout) == (0, "one two three ")
        assert time.monotonic() - started < 60


def test_N42_front_matter_counts(site: Project) -> None:
    site.write({"content/git/long.md": '---\nidle_time_limit: 0.01\nend: "500"\n---\n'})
    assert site.run("play", "long").stdout == "one "


def test_N42_a_full_screen_that_is_left_early_is_taken_away(site: Project) -> None:
    site.write({"content/full.cast": recording([0.1, "o", "\x1b[?1049h\x1b[31mfull"], [900, "o", "x"])})
    with terminal(*CASTSITE, "play", "full", cwd=site.root) as here:
        here.expect("full")
        here.type(b"\x03")
        assert here.wait() == 130
        assert here.seen.index(b"\x1b[?1049l") < here.seen.index(b"\x1b[0m\x1b[?25h")


def test_N42_nothing_acts_on_the_terminal(site: Project) -> None:
    acts = '\x1b]52;c;aGk=\x07\x1b]0;title\x07\x1b[c\x1b[21t\x1bP$q"p\x1b\\\x1b[?1000h'
    site.write({"evil.cast": recording([0.01, "o", f"a{acts}b"])})
    assert site.run("play", "evil.cast").stdout == "ab"


def test_N42_any_file_that_castsite_reads_is_played(site: Project) -> None:
    v1 = {"version": 1, "width": 40, "height": 10, "duration": 0.1, "stdout": [[0.01, "old"]]}
    site.write({"x.json": json.dumps(v1), "y.gz": gzip.compress(cast("packed", step=0.01)), "z.cast": b"nonsense"})
    assert site.run("play", "x.json").stdout == "old"
    assert site.run("play", "y.gz").stdout == "packed\n"
    assert site.run("play", "z.cast").returncode == 2
    missing = site.run("play", "shortt")
    assert missing.returncode == 2
    assert 'did you mean "short"' in missing.stderr or "short" in missing.stderr


def test_a_pipe_is_played_and_a_folder_outside_of_any_site(tmp_path: Path) -> None:
    outside = Project(tmp_path).write({"x.rec/manifest.json": made.rec_manifest(), "x.rec/io.jsonl": made.io_rows()})
    assert outside.run("play", "x.rec", "--speed", "100").stdout.rstrip().endswith("exit")
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(cast("piped", step=0.01),), daemon=True)
    writer.start()
    assert outside.run("play", "pipe").stdout == "piped\n"
    writer.join()


def test_N42_a_smaller_terminal_is_told(site: Project) -> None:
    with terminal(*CASTSITE, "play", "short", cwd=site.root, size=(20, 5)) as here:
        here.expect("recorded at 40x10, and this terminal has 20x5")
        assert here.wait() == 0


@pytest.mark.parametrize("name", ["k1", "k1.tty", "s", "s.log", "content/s.log", "chosen"])
def test_what_list_names_is_played_whatever_its_format(site: Project, name: str) -> None:
    site.write({f"content/k1.tty/{member}": data for member, data in made.tty_members().items()})
    site.write({"content/s.log": made.typescript(), "content/s.timing": made.timing()})
    site.write({"content/u.log": made.typescript(), "content/u.md": "---\nslug: chosen\n---\n"})
    done = site.run("play", name, "--speed", "100")
    assert done.returncode == 0, done.stderr
    assert made.EVENTS[0][1].strip() in done.stdout
