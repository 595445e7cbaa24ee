"""`castsite rec` in real terminals, with real programs."""

from __future__ import annotations

import json
import os
import re
import resource
import select
import shutil
import signal
import subprocess
import sys
import termios
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from formats import made
from projects import Project
from serving import until
from terminals import CASTSITE, LIMIT, MARK, codes, events, headless, recorded, terminal, text

from castsite.cast.read import read
from castsite.record.child import Echo, echo_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no recorder on Windows")

PROMPT = r"[$#] "
BASH = ("-c", "bash --norc --noprofile -i")


@pytest.fixture
def site(tmp_path: Path) -> Project:
    return Project(tmp_path).write({"castsite.yml": "title: Here\n", "content/.keep": ""})


def rec(site: Project, *arguments: str, code: int = 0, **environ: str) -> subprocess.CompletedProcess[str]:
    """Record without a terminal."""
    done = site.run("rec", *arguments, **headless(**environ))
    assert done.returncode == code, done.stderr
    return done


def at(site: Project, name: str = "demo") -> Path:
    return site.root / "content" / f"{name}.cast"


def header(file: Path) -> dict[str, Any]:
    found = json.loads(file.read_bytes().split(b"\n", 1)[0])
    assert isinstance(found, dict)
    return found


# ---- the loop


def test_N01_a_shell_is_recorded_until_it_ends_and_its_screen_is_what_it_was(site: Project) -> None:
    with recorded(site.root, "demo", size=(90, 30)) as here:
        here.expect("recording to content/demo.cast; exit or ctrl-d ends it, ctrl-. pauses")
        here.expect(PROMPT)
        here.type("echo one-$((1+1)) grüße; stty size; exit 7\r")
        here.expect("one-2 grüße")
        assert here.wait() == 7
        assert b"content/demo.cast: " in here.seen
    head = header(at(site))
    assert (head["version"], head["term"]) == (3, {"cols": 90, "rows": 30, "type": "xterm-256color"})
    assert head["env"] == {"TERM": "xterm-256color", "SHELL": "/bin/bash", "CASTSITE_REC": "1"}
    assert "one-2 grüße\r\n30 90\r\n" in text(at(site))
    assert text(at(site)).encode() in here.seen
    assert text(at(site), "x") == "7"
    assert codes(at(site)) == "ox"


def test_N02_what_is_written_is_whole_lines_that_any_reader_takes(site: Project) -> None:
    rec(site, "demo", "-q", "-c", r"printf 'a\tb\033[1m\200\377 \342\202\254 \\ \000\177'; exit 3", code=3)
    assert at(site).read_bytes().endswith(b"\n")
    assert text(at(site)) == "a\tb\x1b[1m\ufffd\ufffd € \\ \x00\x7f"
    for line in at(site).read_text().splitlines()[1:]:
        assert re.match(r'\[\d+\.\d{6}, "[ox]", "', line)
    result = read(at(site).read_bytes(), path="demo.cast")
    assert result.cast is not None
    assert not result.cast.cut_off
    assert result.problems == ()


def test_N02_a_character_that_is_split_over_writes_is_one(site: Project) -> None:
    split = r"import os, time; [(os.write(1, bytes([b])), time.sleep(0.02)) for b in '€😀'.encode()]"
    rec(site, "demo", "-c", f'{sys.executable} -c "{split}"')
    assert text(at(site)) == "€😀"
    assert [data for _, code, data in events(at(site)) if code == "o"] == ["€", "😀"]


def test_N03_programs_in_the_background_of_the_terminal_do_not_keep_a_recording_open(site: Project) -> None:
    done = rec(
        site, "demo", "-c", "(trap '' HUP; touch up; sleep 60) & while [ ! -e up ]; do sleep 0.01; done; echo done"
    )
    assert "done" in done.stdout
    assert text(at(site), "x") == "0"


def test_N03_what_they_still_say_is_recorded(site: Project) -> None:
    says = "(trap '' HUP; touch up; for i in 1 2 3 4 5; do sleep 0.02; echo later; done; sleep 60) &"
    rec(site, "demo", "-c", f"{says} while [ ! -e up ]; do sleep 0.01; done; echo first")
    assert text(at(site)).count("later") == 5
    assert text(at(site), "x") == "0"


def test_N04_a_slow_screen_loses_nothing(site: Project) -> None:
    many = "i=0; while [ $i -lt 3000 ]; do echo line-$i-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; i=$((i+1)); done"
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    with subprocess.Popen(
        [*CASTSITE, "rec", "demo", "-q", "-c", f"{many}; : "],
        cwd=site.root,
        env={**os.environ, **headless()},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    ) as quiet:
        assert quiet.wait(60) == 0
    with subprocess.Popen(
        [*CASTSITE, "rec", "slow", "-c", many],
        cwd=site.root,
        env={**os.environ, **headless()},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    ) as slow:
        os.close(theirs)
        seen = os.read(ours, 1)
        while select.select([ours], [], [], LIMIT)[0] and (part := os.read(ours, 512)):
            seen += part
        assert slow.wait(60) == 0
    os.close(ours)
    assert seen.count(b"line-") == 3000
    assert text(at(site, "slow")) == text(at(site)) == seen.decode()


def test_N05_whoever_stops_looking_does_not_end_a_recording(site: Project) -> None:
    ours, theirs = os.pipe()
    command = "echo first; while [ ! -e go ]; do sleep 0.02; done; echo last; exit 4"
    with subprocess.Popen(
        [*CASTSITE, "rec", "demo", "-c", command],
        cwd=site.root,
        env={**os.environ, **headless()},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    ) as run:
        os.close(theirs)
        assert os.read(ours, 100) == b"first\r\n"
        os.close(ours)
        (site.root / "go").touch()
        assert run.wait(30) == 4
    assert text(at(site)) == "first\r\nlast\r\n"


def test_N06_a_large_paste_reaches_a_program_that_writes_while_it_reads(site: Project) -> None:
    pasted = b"".join(b"%06d " % number for number in range(40_000))
    reads = f"import os, sys; n = 0\nwhile n < {len(pasted)}:\n  d = os.read(0, 999); n += len(d); os.write(1, d)"
    (site.root / "reads.py").write_text(reads)
    with recorded(site.root, "demo", "-c", f"stty raw -echo; echo ready; {sys.executable} reads.py") as here:
        here.expect("ready")
        at_once, seen = memoryview(pasted), 0
        os.set_blocking(here.handle, False)  # it may take less than is given, and nobody would read meanwhile
        while seen < len(pasted):  # as a terminal does: it shows while it sends
            ready, free, _ = select.select([here.handle], [here.handle] if at_once else [], [], 30)
            assert ready or free
            if ready:
                seen += len(os.read(here.handle, 65_536))
            if free:
                with suppress(BlockingIOError):
                    at_once = at_once[os.write(here.handle, at_once[:4096]) :]
        os.set_blocking(here.handle, True)
        assert here.wait() == 0
    assert pasted.decode() in text(at(site))


# ---- signals


def test_N10_a_window_that_changes_its_size_is_recorded_once(site: Project) -> None:
    with recorded(site.root, "demo", *BASH) as here:
        here.expect(PROMPT)
        here.resize(100, 40)
        here.send(signal.SIGWINCH)
        here.type("stty size\r")
        here.expect("40 100")
        here.send(signal.SIGWINCH)
        here.type("exit\r")
        assert here.wait() == 0
    assert [data for _, code, data in events(at(site)) if code == "r"] == ["100x40"]


def test_N11_keys_that_mean_signals_are_for_the_program(site: Project) -> None:
    with recorded(site.root, "demo", "--pause-key", "off", *BASH) as here:
        here.expect(PROMPT)
        here.type("sh -c 'echo up; exec cat'\r")
        here.expect("up\r\n")
        here.type("x\r")
        here.expect("x\r\nx\r\n")
        here.type(b"\x1a")
        here.expect("Stopped.*" + PROMPT)
        here.type("sh -c 'echo up; exec cat'\r")
        here.expect("up\r\n")
        here.type(b"\x03")
        here.expect(r"\^C.*" + PROMPT)
        here.type("sh -c 'echo up; exec cat'\r")
        here.expect("up\r\n")
        here.type(b"\x1c")
        here.expect(r"\^\\Quit")
        here.type("disown %1; exit 5\r")
        assert here.wait() == 5


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_N12_a_recorder_that_is_asked_to_end_writes_the_end_and_gives_the_terminal_back(
    site: Project, number: int, code: int
) -> None:
    program = "trap 'echo bye; exit 9' TERM HUP; echo ready; while :; do sleep 0.05; done"
    with recorded(site.root, "demo", "-c", program) as here:
        before = here.modes()
        here.expect("ready")
        here.send(number)
        assert here.wait() == code
        assert here.modes()[3] & termios.ECHO
        assert here.modes()[:4] == before[:4] or before[3] & termios.ECHO == 0
    assert text(at(site)).startswith("ready\r\n")
    assert text(at(site)).endswith("bye\r\n")
    assert text(at(site), "x") == "9"
    assert not list((site.root / ".castsite" / "recording").iterdir())


def test_N12_a_program_that_does_not_listen_is_ended_with_its_terminal(site: Project) -> None:
    with recorded(site.root, "demo", "-c", "trap '' TERM; echo $$ ready; while :; do sleep 0.05; done") as here:
        child = int(here.expect(r"(\d+) ready")[1])
        here.send(signal.SIGTERM)
        assert here.wait() == 143
    until(lambda: not Path(f"/proc/{child}").exists() or not Path(f"/proc/{child}/cmdline").read_bytes(), "its end")
    assert text(at(site), "x") == "143"


def test_N13_after_a_stop_keys_come_one_by_one_again_and_the_size_is_read(site: Project) -> None:
    with recorded(site.root, "demo", *BASH) as here:
        here.expect(PROMPT)
        here.send(signal.SIGSTOP)
        until(lambda: "T" in Path(f"/proc/{here.process}/stat").read_text().rpartition(")")[2].split()[0], "a stop")
        modes = here.modes()
        modes[3] |= termios.ICANON | termios.ECHO
        termios.tcsetattr(here.theirs, termios.TCSANOW, modes)
        termios.tcsetwinsize(here.theirs, (33, 77))
        here.send(signal.SIGCONT)
        until(lambda: not here.modes()[3] & termios.ICANON, "raw mode")
        here.type("stty size\r")
        here.expect("33 77")
        here.type("exit\r")
        assert here.wait() == 0
    assert "77x33" in text(at(site), "r")


def test_a_terminal_that_says_no_size_has_the_usual_one(site: Project) -> None:
    with recorded(site.root, "demo", *BASH, size=(0, 0)) as here:
        here.expect(PROMPT)
        here.type("stty size\r")
        here.expect("24 80")
        here.type("exit\r")
        assert here.wait() == 0


def test_what_may_not_be_said_of_a_recording_is_told_without_a_file(site: Project) -> None:
    done = site.run("rec", "demo", "-c", "true", "--session", "bad x", **headless())
    assert done.returncode == 2
    assert "session" in done.stderr
    assert "demo.md" not in done.stderr
    assert not list((site.root / "content").glob("demo*"))


def test_N14_an_interrupt_without_a_terminal_is_for_the_program(site: Project) -> None:
    program = "trap 'echo caught; exit 6' INT; echo ready; while :; do sleep 0.05; done"
    with subprocess.Popen(
        [*CASTSITE, "rec", "demo", "-c", program],
        cwd=site.root,
        env={**os.environ, **headless()},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"ready\r\n"
        run.send_signal(signal.SIGINT)
        assert run.wait(30) == 6
    assert text(at(site)).endswith("caught\r\n")


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_N14_a_signal_while_the_recorder_starts_ends_its_program(site: Project, name: str, code: int) -> None:
    early = f"import os, signal, sys\nif 'castsite.record' in sys.orig_argv:\n    os.kill(os.getpid(), signal.{name})\n"
    site.write({"early/sitecustomize.py": early})
    path = os.pathsep.join([str(site.root / "early"), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = rec(site, "demo", "-c", "sleep 60", code=code, PYTHONPATH=path)
    assert re.fullmatch(r"recording to content/demo.cast\ncontent/demo.cast: [^\n]*\n", done.stderr)
    assert codes(at(site)) == "x"
    assert text(at(site), "x") == str(code)


# ---- features and defaults


def test_N20_header_and_companion_say_what_is_known(site: Project) -> None:
    rec(site, "git/rebase", "-c", "echo hi", "-i", "2", "--title", 'Re: "base" é', "--tag", "git", "--tag", "ci: 1",
        "--session", "ci-42")  # fmt: skip
    head = header(at(site, "git/rebase"))
    assert (head["title"], head["command"], head["idle_time_limit"]) == ('Re: "base" é', "echo hi", 2.0)
    assert head["timestamp"] == 1780000000
    site.build("--strict")
    (shown,) = json.loads(site.run("list", "--json").stdout)
    assert shown["title"] == 'Re: "base" é'
    assert shown["date"] == "2026-05-28"
    assert shown["tags"] == ["git", "ci: 1"]
    assert shown["session"] == "ci-42"
    assert "status" in shown
    assert shown["status"] == ["public"]


def test_N20_no_idle_limit_is_said_in_the_text_beside_it_and_holds(site: Project) -> None:
    site.write({"castsite.yml": "player: {idle_time_limit: 0.01}\n"})
    for name, limit in (("free", ("-i", "off")), ("plain", ())):
        rec(site, name, "-c", "echo a; sleep 0.2; echo b", *limit)
        assert "idle_time_limit" not in header(at(site, name))
    site.build("--strict")
    free, plain = (json.loads(site.page(f"{name}.json"))["duration"] for name in ("free", "plain"))
    assert plain < 0.2 <= free


@pytest.mark.parametrize("limit", ["0", "-1", "never"])
def test_N20_an_idle_limit_is_above_0_or_off(site: Project, limit: str) -> None:
    assert "expected seconds above 0, or off" in rec(site, "demo", "-c", "true", "-i", limit, code=2).stderr
    assert not at(site).exists()


@pytest.mark.parametrize("option", [("-i", "2"), ("-i", "off"), ("--title", "T")])
def test_what_is_said_about_a_recording_that_is_gone_on_with_is_refused(site: Project, option: tuple[str, ...]) -> None:
    site.write({"content/demo.cast": V3})
    told = rec(site, "demo", "--append", "-c", "true", *option, code=2).stderr
    assert "--append leaves what is said about a recording as it is; change its front matter" in told


def test_N20_the_environment_is_not_recorded(site: Project) -> None:
    rec(site, "demo", "-c", "true", MY_TOKEN="verysecret")  # noqa: S106 - it is looked for
    assert b"verysecret" not in at(site).read_bytes()


def test_N21_a_recording_that_is_there_is_not_overwritten(site: Project) -> None:
    site.write({"content/there.cast.gz": b"x", "content/text.md": "---\ntitle: Mine\n---\nAbout it.\n"})
    rec(site, "demo", "-c", "echo one")
    before = at(site).read_bytes()
    assert "fatal: content/demo.cast: exists: " in rec(site, "demo", "-c", "echo two", code=2).stderr
    assert at(site).read_bytes() == before
    assert "fatal: content/there.cast.gz: exists: " in rec(site, "there", "-c", "echo two", code=2).stderr
    rec(site, "text", "-c", "echo hi", "--title", "Other")
    assert (site.root / "content/text.md").read_text() == "---\ntitle: Mine\n---\nAbout it.\n"


def test_a_terminal_that_is_too_large_is_told_what_to_do(site: Project) -> None:
    told = rec(site, "demo", "--cols", "1000", "--rows", "500", "-c", "true", code=2).stderr
    assert told.endswith("(limits: cells); give it less with --cols and --rows\n")
    with recorded(site.root, "demo", "-c", "true", size=(1200, 40)) as here:
        here.expect("terminal of 1200x40: the limit is 1000x500 .*; give it less with --cols and --rows")
        assert here.wait() == 2


@pytest.mark.parametrize("there", ["git/demo.cast.gz", "git/demo.ttyrec", "git/demo.ttyrec.xz", "git/demo.tty/x"])
def test_a_name_that_another_recording_has_is_refused(site: Project, there: str) -> None:
    site.write({f"content/{there}": made.ttyrec(), "content/git/demo2.ttyrec": b"", "content/git/demo.txt": b""})
    path = f"content/{there.removesuffix('/x')}"
    told = rec(site, "git/demo", "-c", "true", code=2).stderr
    assert (
        told
        == f"fatal: {path}: exists: is there already, and its page would be that of the new one; choose another name\n"
    )
    assert (
        f"fatal: {path}: other-format: is compressed or of "
        in rec(site, "git/demo", "--append", "-c", "true", code=2).stderr
    )
    assert not at(site, "git/demo").exists()


@pytest.mark.parametrize("option", [("--draft",), ("--tag", "git"), ("--session", "ci"), ("-i", "off")])
def test_what_only_a_text_can_say_is_refused_where_one_is_there(site: Project, option: tuple[str, ...]) -> None:
    site.write({"content/text.md": "About it.\n"})
    told = rec(site, "text", "-c", "echo hi", *option, code=2).stderr
    name = "--idle-time-limit" if option[0] == "-i" else option[0]
    assert f"fatal: content/text.md: exists: is there already and stays as it is; leave {name} out" in told
    assert not at(site, "text").exists()
    rec(site, "text", "-c", "echo hi", "-i", "2", "--title", "Mine")
    assert header(at(site, "text"))["idle_time_limit"] == 2


@pytest.mark.parametrize(
    "name", ["../out", "/out", ".hidden", "a/.b/c", "_part", "index", "a//b", "", "README", "x\ny", "a/"]
)
def test_N21_names_that_no_site_would_show_are_refused(site: Project, name: str) -> None:
    outside = set(site.root.parent.iterdir())
    assert "fatal: " in rec(site, "-c", "true", "--", name, code=2).stderr
    assert not list(site.root.rglob("*.cast"))
    assert set(site.root.parent.iterdir()) == outside


def test_N21_links_are_not_followed(site: Project) -> None:
    (site.root / "content/demo.cast").symlink_to(site.root / "elsewhere")
    for more in ((), ("--append",)):
        told = rec(site, "demo", "-c", "true", *more, code=2).stderr
        assert told == "fatal: content/demo.cast: link: is a link, and builds follow none; choose another name\n"
    assert not (site.root / "elsewhere").exists()


@pytest.mark.parametrize("more", [(), ("--append",), ("--background",)])
@pytest.mark.parametrize("name", ["ln/x", "ln/a/x", "a/ln/x", "sessions/x"])
def test_N21_folders_that_are_links_are_not_followed(site: Project, name: str, more: tuple[str, ...]) -> None:
    outside = site.root / "outside"
    site.write({"outside/x.cast": V3, "outside/a/x.cast": V3, "content/a/.keep": ""})
    before = sorted(outside.rglob("*"))
    for link in ("content/ln", "content/a/ln", "content/sessions"):
        (site.root / link).symlink_to(outside)
    told = rec(site, name, "-c", "echo x", *more, code=2).stderr
    assert re.match(r"fatal: content/(a/)?(ln|sessions): link: is a link, and builds follow none", told)
    assert sorted(outside.rglob("*")) == before
    assert (outside / "x.cast").read_bytes() == V3


def test_N21_a_link_to_nowhere_is_called_one(site: Project) -> None:
    (site.root / "content/ln").symlink_to(site.root / "nowhere")
    assert rec(site, "ln/x", "-c", "echo x", code=2).stderr.startswith("fatal: content/ln: link: ")
    assert not (site.root / "nowhere").exists()


@pytest.mark.parametrize("more", [(), ("--append",), ("--background",)])
def test_N21_a_content_folder_that_is_a_link_itself_is_refused_as_by_builds(
    site: Project, more: tuple[str, ...]
) -> None:
    (site.root / "content").rename(site.root / "elsewhere")
    site.write({"elsewhere/demo.cast": V3} if "--append" in more else {})
    (site.root / "content").symlink_to("elsewhere")
    before = {path: path.stat().st_size for path in (site.root / "elsewhere").iterdir()}
    told = rec(site, "demo", "-c", "echo x", *more, code=2).stderr
    assert told.startswith("fatal: content: link: is a link, and builds follow none; put the folder itself there")
    assert {path: path.stat().st_size for path in (site.root / "elsewhere").iterdir()} == before
    assert site.build(code=2).stderr.startswith("fatal: content: link: ")


def test_N21_what_is_no_folder_and_what_is_no_file_is_told_at_once(site: Project) -> None:
    site.write({"content/a.txt": "x", "content/folder.cast/.keep": ""})
    os.mkfifo(site.root / "content/pipe.cast")
    assert "content/a.txt: not-a-folder: " in rec(site, "a.txt/x", "-c", "true", code=2).stderr
    for name in ("folder", "pipe"):
        told = rec(site, name, "--append", "-c", "true", code=2).stderr
        assert told == f"fatal: content/{name}.cast: not-a-file: is not a regular file; choose another name\n"
    assert "bad-name: has a part of more than 246 bytes" in rec(site, "x" * 255, "-c", "true", code=2).stderr


@pytest.mark.parametrize("name", ["content/git/demo", "content/git/demo.cast"])
def test_N21_a_path_as_messages_show_it_is_a_name(site: Project, name: str) -> None:
    assert "recording to content/git/demo.cast" in rec(site, name, "-c", "echo x").stderr
    rec(site, name, "--append", "-c", "echo x")
    assert site.run("stop", name).stderr == "content/git/demo.cast: had ended before\n"
    assert sorted(path.name for path in (site.root / "content").rglob("*")) == [".keep", "demo.cast", "demo.md", "git"]


def test_N21_what_front_matter_refuses_is_refused_before_anything_is_made(site: Project) -> None:
    rec(site, "demo", "-c", "true", "--session", "two words", code=2)
    assert sorted(path.name for path in (site.root / "content").iterdir()) == [".keep"]


@pytest.mark.parametrize(
    ("name", "title", "kept"),
    [
        ("demo", ("--title", "x" * 300), "x" * 200),
        ("demo", ("--title", "a\u200bb"), "ab"),
        ("y" * 240, (), "Y" + "y" * 199),
        ("a\u202eb", (), "Ab"),
    ],
)
def test_N21_what_builds_would_repair_is_repaired_and_recorded(
    site: Project, name: str, title: tuple[str, ...], kept: str
) -> None:
    done = rec(site, name, "-c", "echo hi", *title)
    assert "value-repaired: title: " in done.stderr
    assert "hi\r\n" in text(at(site, name))
    assert header(at(site, name)).get("title") == (kept if title else None)
    assert f"title: {kept}\n" in at(site, name).with_suffix(".md").read_text("utf-8")
    assert "value-repaired" not in site.run("list").stderr


@pytest.mark.parametrize("variable", ["CASTSITE_REC", "ASCIINEMA_REC", "ASCIINEMA_SESSION"])
def test_N22_a_recording_within_a_recording_is_refused(site: Project, variable: str) -> None:
    done = rec(site, "demo", "-c", "true", code=2, **{variable: "1"})
    assert f"fatal: nested: this is being recorded already ({variable} is set)" in done.stderr
    assert not at(site).exists()


def test_N22_it_is_so_in_a_real_one(site: Project) -> None:
    rec(site, "demo", "-c", f"{sys.executable} -m castsite rec inner -c true; echo code $?")
    assert "code 2\r\n" in text(at(site))
    assert not at(site, "inner").exists()


def test_N23_without_a_terminal_there_has_to_be_a_command(site: Project) -> None:
    assert "say what to record: -c COMMAND" in rec(site, "demo", code=2).stderr
    assert "goes behind -c: castsite rec demo -c 'ls -la'" in rec(site, "demo", "--", "ls", "-la", code=2).stderr
    done = rec(site, "demo", "-c", "stty size; tty; test -t 0; echo $TERM $?", TERM="dumb")
    assert re.fullmatch("24 80\n/dev/pts/[0-9]+\nxterm-256color 0\n", done.stdout)
    assert header(at(site))["term"] == {"cols": 80, "rows": 24, "type": "xterm-256color"}
    done = rec(site, "wide", "-q", "-c", "stty size", "--cols", "132", "--rows", "43")
    assert (done.stdout, done.stderr) == ("", "")
    assert text(at(site, "wide")) == "43 132\r\n"
    assert header(at(site, "wide"))["term"]["cols"] == 132


def test_N25_the_pause_key_stops_capture_and_clock(site: Project) -> None:
    with recorded(site.root, "demo", "-c", "stty -echo; echo up; while read x; do echo got-$x; done") as here:
        here.expect("up\r\n")
        here.type("one\r")
        here.expect("got-one")
        here.type(b"\x1c")
        here.expect("\a")
        here.type("secret\r")
        here.expect("got-secret")
        stopped = os.times().elapsed
        here.resize(70, 20)
        here.send(signal.SIGWINCH)
        until(lambda: os.times().elapsed - stopped > 1.0, "a second")
        here.type(b"\x1c")
        here.expect("\a")
        here.type("two\r")
        here.expect("got-two")
        here.type(b"\x04")
        assert here.wait() == 0
    assert "got-one" in text(at(site))
    assert "got-two" in text(at(site))
    assert "secret" not in at(site).read_text()
    assert text(at(site), "r") == "70x20"
    sizes = [index for index, (_, code, _) in enumerate(events(at(site))) if code == "r"]
    before, after = events(at(site))[sizes[0] - 1], events(at(site))[sizes[0] + 1]
    assert after[0] - before[0] < 1.0


def test_N25_the_marker_key_marks_and_is_not_typed(site: Project) -> None:
    with recorded(site.root, "demo", "--mark-key", "ctrl-g", *BASH) as here:
        here.expect(PROMPT)
        here.type(b"echo a\x07b\r")
        here.expect("\rab\r\n")
        here.type(b"\x1b[103;5u")  # as kitty spells it
        here.type("exit\r")
        assert here.wait() == 0
    assert [data for _, code, data in events(at(site)) if code == "m"] == ["", ""]


def test_N25_with_a_prefix_the_key_itself_can_be_typed(site: Project) -> None:
    with recorded(site.root, "demo", "--mark-key", "m", "--prefix-key", "^b", "--pause-key", "off", *BASH) as here:
        here.expect(PROMPT)
        here.type("sh -c 'echo up; exec cat -v'\r")
        here.expect("up\r\n")
        here.type(b"m-\x02m-\x02\x02-\x02x\r")
        here.expect(r"m--\^B-\^Bx\r\nm--\^B-\^Bx")
        here.type(b"\x04exit\r")
        assert here.wait() == 0
    assert codes(at(site)).count("m") == 1


@pytest.mark.parametrize(
    "wrong", [("--mark-key", "m"), ("--mark-key", "^\\"), ("--pause-key", "ctrl-ö"), ("--mark-key", "f1")]
)
def test_N25_keys_that_cannot_be_are_refused(site: Project, wrong: tuple[str, str]) -> None:
    rec(site, "demo", "-c", "true", *wrong, code=2)
    assert not at(site).exists()


def test_N26_markers_come_from_scripts_and_nobody_sees_them(site: Project) -> None:
    done = rec(site, "demo", "-c", f"echo a; {MARK} 'Build: 50 % «ü»; x'; echo b; {MARK} two")
    assert done.stdout == "a\nb\n"
    assert [data for _, code, data in events(at(site)) if code == "m"] == ["Build: 50 % «ü»; x", "two"]
    assert text(at(site)) == "a\r\nb\r\n"
    site.build("--strict")
    page = (site.root / "public/demo/index.html").read_text()
    assert "Build: 50 % «ü»; x" in page


def test_N26_a_marker_is_found_however_it_is_split(site: Project) -> None:
    (site.root / "split.py").write_text(
        "import os, time\n"
        "from castsite.record.marks import sequence\n"
        "for byte in b'<' + sequence('Split') + b'>':\n"
        "    os.write(1, bytes([byte])); time.sleep(0.002)\n"
    )
    done = rec(site, "demo", "-c", f"{sys.executable} split.py")
    assert done.stdout == "<>"
    assert text(at(site)) == "<>"
    assert text(at(site), "m") == "Split"


def test_N26_outside_of_a_recording_nothing_is_marked(site: Project) -> None:
    done = site.run("mark", "x", **headless())
    assert (done.returncode, done.stdout) == (1, "")
    assert "error: not-recording: this is no recording" in done.stderr
    long = site.run("mark", "é" * 400, **headless())
    assert long.returncode == 2
    assert "the limit is 1,024" in long.stderr


@pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed")
def test_N26_it_is_found_from_within_tmux(site: Project) -> None:
    socket = site.root / "socket"
    run = f"tmux -S {socket} -f /dev/null new-session '{MARK} inside; echo shown'"
    rec(site, "demo", "-c", run, TMUX="")
    assert text(at(site), "m") == "inside"


STARS = (
    'import os, tty; before = tty.setcbreak(0) or 0; os.write(1, b"Secret: ");'
    ' [os.write(1, b"*") for _ in range(8) if os.read(0, 1)]; os.system("stty sane")'
)
PROMPTS = {
    "getpass": f"""{sys.executable} -c 'import getpass; getpass.getpass("Secret: ")'""",
    "bash": "bash -c 'read -s -p \"Secret: \" x'",
    "stty": "stty -echo; printf 'Secret: '; read x; stty echo",
    "bash, key by key": "bash -c 'read -s -n 8 -p \"Secret: \" x'",
    "bash, to a null": "bash -c 'read -s -n 7 -p \"Secret: \" x; read -s y'",
    "stty, key by key": "stty -echo -icanon; printf 'Secret: '; head -c 8 > /dev/null; stty echo icanon",
    "stars": f"{sys.executable} -c '{STARS}'",
}


@pytest.mark.parametrize("prompt", PROMPTS)
def test_N27_passwords_are_never_recorded(site: Project, prompt: str) -> None:
    with recorded(site.root, "demo", "--input", "--pause-key", "off", *BASH) as here:
        here.expect(PROMPT)
        here.type("(sleep 0)\r")
        here.expect(PROMPT)
        here.type(PROMPTS[prompt] + "; echo after\r")
        here.expect("\r\n.*Secret: ")
        until(lambda: hides(here.process), "the echo to be off")
        here.type("hunter2\r")
        here.expect("after\r\n")
        here.expect(PROMPT)
        here.type("exit\r")
        assert here.wait() == 0
    assert "hunter2" not in at(site).read_text()
    typed = text(at(site), "i")
    assert typed.startswith("(sleep 0)\r")
    assert typed.endswith("exit\r")


def hides(recorder: int) -> bool:
    """Whether the terminal of what a recorder records hides what is typed."""
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                if int((process / "stat").read_text().rpartition(")")[2].split()[1]) == recorder:
                    handle = os.open(process / "fd/0", os.O_RDONLY | os.O_NOCTTY)
                    try:
                        return echo_of(handle) is not Echo.SHOWN
                    finally:
                        os.close(handle)
            except OSError:
                continue
    return False


def test_N27_line_editors_and_plain_readers_are_recorded(site: Project) -> None:
    python = f"{sys.executable} -q -i -c ''"
    with recorded(site.root, "demo", "--input", *BASH, PYTHON_BASIC_REPL="1") as here:
        here.expect(PROMPT)
        here.type(f"{python}\r")
        here.expect(">>> ")
        here.type("1+1\r")
        here.expect("\n2\r\n")
        here.type("exit()\r")
        here.expect(PROMPT)
        here.type("echo go; cat\r")
        here.expect("[\r\n]go\r\n")  # the terminal is cat's by now
        here.type("plain\r")
        here.expect("plain\r\n.*plain|plain\r\n")
        here.type(b"\x04exit\r")
        assert here.wait() == 0
    assert text(at(site), "i") == f"{python}\r1+1\rexit()\recho go; cat\rplain\r\x04exit\r"


def test_N27_without_being_asked_nothing_typed_is_recorded(site: Project) -> None:
    with recorded(site.root, "demo", *BASH) as here:
        here.expect(PROMPT)
        here.type("exit\r")
        assert here.wait() == 0
    assert text(at(site), "i") == ""


@pytest.mark.skipif(not shutil.which("vim"), reason="vim is not installed")
def test_N27_a_full_screen_program_is_recorded_with_its_keys(site: Project) -> None:
    with recorded(site.root, "demo", "--input", "-c", "vim -u NONE -i NONE") as here:
        here.expect(r"\x1b\[\?1049h.*~")
        here.type("ihello vim")
        here.expect("hello vim")
        here.type(b"\x1b:q!\r")
        assert here.wait() == 0
    assert "ihello vim" in text(at(site), "i")
    assert "\x1b[?1049h" in text(at(site))
    site.build("--strict")
    assert "hello vim" in (site.root / "public/demo.txt").read_text()


def test_N28_without_a_terminal_the_longest_time_ends_the_program(site: Project) -> None:
    rec(site, "demo", "-c", "trap 'echo bye; exit 8' HUP; echo hi; while :; do sleep 0.02; done",
        "--max-duration", "0.4", code=8)  # fmt: skip
    assert text(at(site)).startswith("hi\r\n")
    assert text(at(site)).endswith("bye\r\n")
    assert text(at(site), "x") == "8"
    assert 0.4 <= events(at(site))[-1][0] < 20


def test_N28_the_largest_size_is_kept_and_ends_with_a_status(site: Project) -> None:
    done = rec(site, "demo", "-q", "-c", "yes", "--max-size", "20K", code=129)
    assert done.stderr == ""
    assert 10_000 < at(site).stat().st_size <= 20_480
    assert text(at(site), "x") == "129"
    assert "cut-off" not in site.run("list").stdout


def test_N28_in_a_terminal_a_limit_ends_the_recording_and_not_the_session(site: Project) -> None:
    with recorded(site.root, "demo", "--max-size", "2K", *BASH) as here:
        here.expect(PROMPT)
        here.type("seq 1000\r")
        here.expect("\n1000\r\n")
        here.type("echo still-$((40+2))\r")
        here.expect("still-42")
        here.type("exit 3\r")
        assert here.wait() == 3
        assert b"ended at the largest it may be" in here.seen
    assert at(site).stat().st_size <= 2048
    assert text(at(site), "x") == "0"
    assert "still" not in text(at(site))


def test_N28_what_ended_at_a_limit_may_be_taken_away_while_the_session_goes_on(site: Project) -> None:
    with recorded(site.root, "demo", "--max-duration", "0.4", *BASH) as here:
        here.expect(PROMPT)
        until(lambda: b'"x", "0"' in at(site).read_bytes(), "its end")
        at(site).unlink()
        here.type("sleep 2.5; exit 3\r")  # longer than from one look at its name to the next
        assert here.wait() == 3
        assert b"ended at the longest it may last" in here.seen
        assert b"fatal: " not in here.seen


def test_N29_a_program_that_a_signal_ends_counts_as_shells_count(site: Project) -> None:
    rec(site, "demo", "-c", "kill -KILL $$", code=137)
    assert text(at(site), "x") == "137"


def test_N29_a_shell_that_is_not_there_is_said(site: Project) -> None:
    with recorded(site.root, "demo", SHELL="/nowhere/sh") as here:
        here.expect("castsite: /nowhere/sh: No such file")
        assert here.wait() == 127


# ---- safety


def test_N30_header_first_then_one_line_a_write(site: Project) -> None:
    strace = shutil.which("strace")
    rec(site, "demo", "-c", f"head -c 200 {at(site)}; wc -l < {at(site)}")
    assert '{"version": 3, ' in text(at(site))  # it was there before the program began
    if strace:
        log = site.root / "log"  # a file for each thread: in one, what one writes is cut in two by another
        command = [strace, "-ff", "-o", str(log), "-e", "trace=write", *CASTSITE, "rec", "two", "-q", "-c", "echo hi"]
        subprocess.run(command, cwd=site.root, env={**os.environ, **headless()}, check=True, stdin=subprocess.DEVNULL)
        threads = "".join(path.read_text() for path in site.root.glob("log.*"))
        writes = re.findall(r'write\(\d+, "(\[\d.*?\\n)"\.*, (\d+)\) = (\d+)', threads)
        assert [asked == wrote for _, asked, wrote in writes] == [True, True]


def test_N31_killed_at_any_moment_it_stays_playable_and_is_said_to_have_failed(site: Project) -> None:
    with recorded(site.root, "demo", "-c", "while :; do echo tick; sleep 0.01; done") as here:
        until(lambda: at(site).exists() and at(site).read_bytes().count(b"tick") > 5, "ticks")
        here.send(signal.SIGKILL)
        assert here.wait() == -signal.SIGKILL
    site.build("--strict")
    (shown,) = json.loads(site.run("list", "--json", "--status", "failed").stdout)
    assert shown["slug"] == "demo"
    assert shown["lines"] >= 1
    page = (site.root / "public/demo/index.html").read_text()
    assert '<strong class="status">failed</strong>' in page
    assert site.run("list", "--status", "recording").stdout == ""
    assert "had been killed; what was written until then is kept" in site.run("stop", "demo").stderr


def test_N32_torn_at_any_byte_it_plays_up_to_the_tear(site: Project) -> None:
    rec(site, "demo", "-c", 'for i in 1 2 3 4 5 6 7 8 9; do printf "%s €😀\\033[1m\\n" $i; sleep 0.002; done')
    whole = at(site).read_bytes()
    kept = [data for _, code, data in events(at(site)) if code == "o"]
    first = whole.index(b"\n", whole.index(b"\n") + 1)  # where all came at once, there is nothing to play before it
    for end in range(max(first, len(whole) - 200), len(whole)):
        result = read(whole[:end], path="demo.cast")
        assert result.cast is not None, end
        lines = whole[:end].split(b"\n")[1:]
        complete = [line for line in lines if line.endswith(b"]")]
        assert [event.data for event in result.cast.events if event.code == "o"] == kept[: len(complete)][
            : sum(b', "o", ' in line for line in complete)
        ]
        finished = b', "x", "0"]' in whole[:end]
        assert result.cast.cut_off is not finished, end


@pytest.mark.slow
def test_N32_torn_at_any_byte_it_is_built(site: Project) -> None:
    rec(site, "demo", "-c", "for i in 1 2 3 4 5 6 7 8 9; do echo line $i; sleep 0.002; done")
    whole = at(site).read_bytes()
    at(site).unlink()
    for end in range(len(whole) - 200, len(whole) + 1):
        (site.root / "content" / f"t{end}.cast").write_bytes(whole[:end])
    site.build("--strict")
    shown = json.loads(site.run("list", "--json").stdout)
    assert len(shown) == 201 + len(list((site.root / "content").glob("demo.cast")))
    assert [one["slug"] for one in shown if one["status"] == ["public"]] == [
        f"t{len(whole) - 1}",  # only the last line end is missing
        f"t{len(whole)}",
    ]


def _bounded() -> dict[str, str]:
    """Python would keep of what it compiles then as much as a file may hold, and read that ever after."""
    return {**os.environ, **headless(), "PYTHONDONTWRITEBYTECODE": "1"}


def _small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def test_N33_a_full_disk_ends_the_recording_and_not_the_program(site: Project) -> None:
    with subprocess.Popen(
        [*CASTSITE, "rec", "demo", "-c", "for i in $(seq 300); do echo $i; sleep 0.001; done; echo survived; exit 3"],
        cwd=site.root,
        env=_bounded(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=_small_files,  # noqa: PLW1509 - before anything else
    ) as run:
        out, told = run.communicate(timeout=60)
    assert run.returncode == 5
    assert b"1\r\n2\r\n" in out
    assert out.endswith(b"survived\r\n")
    assert b"fatal: content/demo.cast: storage: File too large; recorded up to " in told
    assert at(site).stat().st_size == 4000
    assert json.loads(site.run("list", "--json").stdout)[0]["status"] == ["public", "cut-off"]


def test_N33_a_disk_that_is_full_from_the_beginning_leaves_nothing_behind(site: Project) -> None:
    with subprocess.Popen(
        [*CASTSITE, "rec", "demo", "-c", "echo hi", "--title", "x" * 190, "--tag", "y"],
        cwd=site.root,
        env=_bounded(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)),  # noqa: PLW1509
    ) as run:
        _, told = run.communicate(timeout=60)
    assert run.returncode == 5
    assert b"cannot be written: File too large" in told
    assert not at(site).exists()


def test_N33_nor_one_that_is_full_a_little_later(site: Project) -> None:
    tags = [word for number in range(20) for word in ("--tag", f"tag-of-{number}")]
    with subprocess.Popen(
        [*CASTSITE, "rec", "git/more/demo", "-c", "echo hi", *tags],
        cwd=site.root,
        env=_bounded(),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (250, 250)),  # noqa: PLW1509
    ) as run:
        _, told = run.communicate(timeout=60)
    assert run.returncode == 5
    assert b"content/git/more/demo.md: storage: cannot be written: File too large" in told
    assert [path.name for path in (site.root / "content").rglob("*")] == [".keep"]


@pytest.mark.parametrize("more", [(), ("--background",)])
def test_N33_nothing_is_left_where_the_recorder_cannot_begin(site: Project, more: tuple[str, ...]) -> None:
    site.write({".castsite/recording": "in the way", "content/text.md": "Mine.\n"})
    assert "work-folder" in rec(site, "git/demo", "-c", "echo hi", *more, code=5).stderr
    rec(site, "text", "-c", "echo hi", *more, code=5)
    assert sorted(path.name for path in (site.root / "content").rglob("*")) == [".keep", "text.md"]
    (site.root / ".castsite/recording").unlink()
    rec(site, "git/demo", "-c", "echo hi")


def test_N34_durable_recordings_are_recorded_as_others(site: Project) -> None:
    rec(site, "demo", "--durable", "-c", "echo hi")
    assert text(at(site)) == "hi\r\n"


# ---- going on with a recording


def appended(site: Project, before: bytes, *arguments: str) -> bytes:
    site.write({"content/demo.cast": before})
    rec(site, "demo", "--append", "-c", "echo more; exit 3", *arguments, code=3)
    return at(site).read_bytes()


V2 = b'{"version": 2, "width": 80, "height": 24}\n[0.5, "o", "one\\r\\n"]\n[2.0, "o", "two\\r\\n"]\n'
V3 = b'{"version": 3, "term": {"cols": 80, "rows": 24}}\n[0.5, "o", "one\\r\\n"]\n[1.5, "o", "two\\r\\n"]\n'


def test_N24_version_3_is_gone_on_with_at_once(site: Project) -> None:
    after = appended(site, V3)
    assert after.startswith(V3)
    assert after[len(V3) :].startswith(b'[0.000000, "o", "more\\r\\n"]\n[')
    assert after.endswith(b'"x", "3"]\n')


def test_N24_version_2_goes_on_from_its_last_time(site: Project) -> None:
    after = appended(site, V2)
    assert after.startswith(V2)
    assert after[len(V2) :] == b'[2.000000, "o", "more\\r\\n"]\n'
    result = read(after, path="demo.cast")
    assert result.cast is not None
    assert result.problems == ()


@pytest.mark.parametrize("whole", [V2, V3])
@pytest.mark.parametrize("torn", [b"[0.1", b'[3.1, "o", "th', b'[3.1, "o", "three"', b"\xff\xfe"])
def test_N24_a_torn_last_line_is_cut_off_first(site: Project, whole: bytes, torn: bytes) -> None:
    after = appended(site, whole + torn)
    assert after.startswith(whole + b"[")
    assert torn not in after[len(whole) :]
    result = read(after, path="demo.cast")
    assert result.cast is not None
    assert not result.cast.cut_off
    assert [event.data for event in result.cast.events if event.code == "o"] == ["one\r\n", "two\r\n", "more\r\n"]


def test_N24_a_line_that_lacks_nothing_but_its_end_gets_that(site: Project) -> None:
    assert appended(site, V3[:-1]).startswith(V3 + b"[0.000000,")


def test_N24_another_size_is_written_down(site: Project) -> None:
    after = appended(site, V3, "--cols", "100")
    assert after[len(V3) :].startswith(b'[0.000000, "r", "100x24"]\n')


def test_N24_a_recording_of_ours_is_gone_on_with_and_again(site: Project) -> None:
    rec(site, "demo", "-c", "echo one", "--cols", "60")
    for _ in range(2):
        rec(site, "demo", "--append", "-c", "stty size")
    assert text(at(site)) == "one\r\n24 60\r\n24 60\r\n"
    assert codes(at(site)) == "oxoxox"
    assert json.loads(site.run("list", "--json").stdout)[0]["status"] == ["public"]


def test_N24_front_matter_stays(site: Project) -> None:
    front = b"---\ntitle: Mine\n---\n"
    assert appended(site, front + V3).startswith(front + V3)


@pytest.mark.parametrize(
    ("before", "code"),
    [
        (None, "no-recording"),
        (b"nonsense", "cast-unknown-format"),
        (b'{"version": 1, "width": 80, "height": 24, "duration": 1, "stdout": [[1, "x"]]}', "version-1"),
        (b"\x1f\x8b\x08\x00", "compressed"),
        (made.ttyrec(), "other-format: is compressed or of another format; castsite import makes a .cast of it"),
        (made.typescript(), "other-format"),
    ],
)
def test_N24_what_cannot_be_gone_on_with_is_left_as_it_is(site: Project, before: bytes | None, code: str) -> None:
    if before is not None:
        site.write({"content/demo.cast": before})
    assert code in rec(site, "demo", "--append", "-c", "true", code=2).stderr
    assert at(site).exists() == (before is not None)
    assert before is None or at(site).read_bytes() == before


def test_N24_one_recorder_at_a_time(site: Project) -> None:
    with recorded(site.root, "demo", *BASH) as here:
        here.expect(PROMPT)
        assert "is being recorded" in rec(site, "demo", "--append", "-c", "true", code=4).stderr
        assert "is being recorded" in site.run("rm", "demo", "--yes").stderr
        here.type("exit\r")
        assert here.wait() == 0


# ---- in the background


def test_N40_a_recording_in_the_background_is_ended_by_its_name(site: Project) -> None:
    done = rec(
        site, "ci/build", "--background", "-c", "trap 'echo bye; exit 0' TERM; while :; do echo tick; sleep 0.02; done"
    )
    assert (done.stdout, done.stderr) == ("", "recording to content/ci/build.cast; castsite stop ci/build ends it\n")
    file = at(site, "ci/build")
    until(lambda: b"tick" in file.read_bytes(), "a tick")
    (shown,) = json.loads(site.run("list", "--json", "--status", "recording").stdout)
    assert shown["status"] == ["public", "recording"]
    stopped = site.run("stop", "ci/build")
    assert (stopped.returncode, stopped.stderr) == (0, "content/ci/build.cast: stopped\n")
    assert text(file).endswith("bye\r\n")
    assert text(file, "x") == "0"
    again = site.run("stop", "ci/build")
    assert (again.returncode, again.stderr) == (0, "content/ci/build.cast: had ended before\n")
    assert site.run("stop", "nothing").returncode == 2
    assert not list((site.root / ".castsite" / "recording").iterdir())


def test_N40_it_can_be_ended_at_once(site: Project) -> None:
    for number in range(5):
        name = f"n{number}"
        rec(site, name, "--background", "-q", "-c", "sleep 60")
        assert site.run("stop", name).returncode == 0
        assert text(at(site, name), "x") == "143"


def test_N40_a_command_is_needed(site: Project) -> None:
    assert "-c COMMAND" in rec(site, "demo", "--background", code=2).stderr


def test_N40_a_number_that_another_process_has_got_is_not_signalled(site: Project) -> None:
    with subprocess.Popen(["sleep", "60"]) as other:
        site.write({"content/demo.cast": V3})
        note = {"path": "content/demo.cast", "process": other.pid, "fault": ""}
        from castsite.underway import note_path  # noqa: PLC0415 - here alone

        file = note_path(site.root, "content/demo.cast")
        site.write({file.relative_to(site.root).as_posix(): json.dumps(note)})
        done = site.run("stop", "demo")
        assert "had been killed" in done.stderr
        assert other.poll() is None
        other.kill()


def test_a_recording_that_shows_nothing_is_told_with_what_can_be_done(site: Project) -> None:
    said = "nothing was shown, and a recording of that is not published: castsite rm removes it"
    assert said in rec(site, "quiet", "-c", "true").stderr
    assert rec(site, "silent", "-c", "true", "--quiet").stderr == ""
    for name, program in (("loud", "echo hi"), ("short", "printf x")):
        assert said not in rec(site, name, "-c", program).stderr
    told = site.build("--strict", code=1).stderr
    cure = "record it again so that something is shown, or remove it: castsite rm does"
    assert f"error: content/quiet.cast: cast-no-events: no events: the recording holds no output; {cure}" in told
    for name in ("quiet", "silent"):
        assert site.run("rm", name, "--yes").returncode == 0
    site.build("--strict")


def test_N40_one_that_has_shown_nothing_yet_is_listed_and_named(site: Project) -> None:
    rec(site, "bg", "--background", "--tag", "ci", "-c", "sleep 600")
    known = {"slug": None, "source": "content/bg.cast", "title": "Bg", "status": ["recording"]}
    for filters in ((), ("--status", "recording"), ("--tag", "CI")):
        assert json.loads(site.run("list", "--json", *filters).stdout) == [known]
        assert site.run("list", *filters).stdout == "content/bg.cast  (recording)\n"
    for filters in (("--status", "public"), ("--tag", "other"), ("--until", "2000-01-01")):
        assert site.run("list", *filters).stdout == ""
    done = site.run("show", "bg")
    assert (done.returncode, "is being recorded, and has shown nothing yet" in done.stderr) == (2, True)
    site.run("stop", "bg")
    assert site.run("list", "--status", "recording").stdout == ""


def test_N40_what_went_wrong_in_the_background_is_told_by_stop(site: Project) -> None:
    with subprocess.Popen(
        [*CASTSITE, "rec", "demo", "--background", "-q", "-c", "while :; do seq 100; sleep 0.02; done"],
        cwd=site.root,
        env={**os.environ, **headless()},
        stdin=subprocess.DEVNULL,
        preexec_fn=_small_files,  # noqa: PLW1509 - before anything else
    ) as run:
        assert run.wait(60) == 0
    until(lambda: at(site).stat().st_size == 4000, "a full file")
    done = site.run("stop", "demo")
    assert done.returncode == 5
    assert "File too large; recorded up to" in done.stderr


TICKS = "while :; do echo tick; sleep 0.02; done"
REMOVED = (
    "its file was removed, or moved to another disk, while it was being recorded: "
    "nothing is kept but what was moved; move it once it has ended"
)


def recorder(site: Project) -> int:
    (note,) = (site.root / ".castsite/recording").iterdir()
    found = json.loads(note.read_text())["process"]
    assert isinstance(found, int)
    return found


def is_gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def test_N40_one_whose_file_was_removed_can_be_ended(site: Project) -> None:
    rec(site, "demo", "--background", "-q", "-c", TICKS)
    process = recorder(site)
    at(site).unlink()
    assert "is still being recorded" in rec(site, "demo", "--background", "-q", "-c", TICKS, code=5).stderr
    assert not at(site).exists()
    done = site.run("stop", "demo")
    assert (done.returncode, done.stderr) == (5, f"fatal: content/demo.cast: storage: {REMOVED}\n")
    assert is_gone(process)
    assert not list((site.root / ".castsite/recording").iterdir())
    assert "no such recording" in site.run("stop", "demo").stderr


@pytest.mark.parametrize("program", [TICKS, "sleep 60"])
def test_N40_one_whose_file_was_removed_ends_by_itself(site: Project, program: str) -> None:
    rec(site, "demo", "--background", "-q", "-c", program)
    process = recorder(site)
    at(site).unlink()
    until(lambda: is_gone(process), "its end")
    assert REMOVED in site.run("stop", "demo").stderr
    rec(site, "demo", "-q", "-c", "true")


@pytest.mark.parametrize("times", [1, 2])
def test_N40_ctrl_c_before_it_is_told_to_run_leaves_nothing(site: Project, times: int) -> None:
    notes = site.root / ".castsite/recording"
    with subprocess.Popen(
        [*CASTSITE, "rec", "new/demo", "--background", "-c", f"echo $$ > pid; {TICKS}"],
        cwd=site.root,
        env={**os.environ, **headless()},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as run:
        deadline = time.monotonic() + LIMIT
        while not (notes.is_dir() and any(notes.iterdir())) and time.monotonic() < deadline:
            pass  # it takes longer than that until the program runs
        for _ in range(times):
            run.send_signal(signal.SIGINT)
        assert run.wait(LIMIT) == 130
        assert run.stderr is not None
        assert run.stderr.read() == b"\n"  # behind the ^C; there is no more once the recorder has ended as well
    assert [path.name for path in (site.root / "content").iterdir()] == [".keep"]
    assert not list(notes.iterdir())
    assert not (site.root / "pid").exists() or is_gone(int((site.root / "pid").read_text()))


def test_N40_in_the_foreground_that_is_told(site: Project) -> None:
    done = rec(site, "demo", "-c", "rm content/demo.cast; sleep 60", code=5)
    assert f"fatal: content/demo.cast: storage: {REMOVED}\n" in done.stderr


@pytest.mark.parametrize("name", ["demo", "git/moved"])
def test_N40_one_whose_file_was_moved_is_ended_by_either_name(site: Project, name: str) -> None:
    rec(site, "other", "--background", "-q", "-c", TICKS)
    rec(site, "demo", "--background", "-q", "-c", TICKS)
    (site.root / "content/git").mkdir()
    moved = at(site).rename(at(site, "git/moved"))
    until(lambda: b"tick" in moved.read_bytes(), "a tick")
    shown = json.loads(site.run("list", "--json", "--status", "recording").stdout)
    assert [one["source"] for one in shown] == ["content/git/moved.cast", "content/other.cast"]
    assert "content/git/moved.cast: recording: is being recorded: left out" in site.run("build").stderr
    assert not list(site.root.glob("public/**/*.cast"))
    done = site.run("stop", name)
    told = "stopped; its file has another name by now" if name == "demo" else "stopped"
    assert (done.returncode, done.stderr) == (0, f"content/{name}.cast: {told}\n")
    assert text(moved, "x") == "143"
    assert len(list((site.root / ".castsite/recording").iterdir())) == 1
    assert site.run("stop", "other").stderr == "content/other.cast: stopped\n"


# ---- other commands


def test_rm_asks_and_removes_what_belongs_together(site: Project) -> None:
    rec(site, "git/demo", "-c", "true")
    site.write({"content/git/demo.vtt": "x", "content/other.cast": V3})
    assert site.run("rm", "git/demo").returncode == 2
    with terminal(*CASTSITE, "rm", "demo", cwd=site.root) as here:
        here.expect(r"Remove content/git/demo.cast and content/git/demo.md\? \[y/N\]")
        here.type("n\r")
        assert here.wait() == 130
    assert at(site, "git/demo").exists()
    with terminal(*CASTSITE, "rm", "demo", cwd=site.root) as here:
        here.expect("y/N")
        here.type("y\r")
        assert here.wait() == 0
    assert sorted(path.name for path in (site.root / "content").rglob("*.*")) == [".keep", "demo.vtt", "other.cast"]
    assert site.run("rm", "other", "--yes").returncode == 0
    assert site.run("rm", "other", "--yes").returncode == 2


def test_rm_removes_the_pages_that_name_the_recording(site: Project) -> None:
    shown = "---\nrecording: %s\n---\n"
    site.write({"content/b.cast": V3, "content/b.md": "x", "content/else.md": "[b](b.cast)\n"})
    site.write({"content/pg.md": shown % "b.cast", "content/sub/other.md": shown % "../b.cast"})
    site.write({"content/broken.md": shown % "b.cast\ndate: never"})
    files = "content/b.cast, content/b.md, content/broken.md, content/pg.md and content/sub/other.md"
    assert f"whether to remove {files}; give --yes" in site.run("rm", "pg").stderr
    assert site.run("rm", "pg", "--yes").stderr == f"removed {files}\n"
    assert [path.name for path in (site.root / "content").rglob("*.*")] == [".keep", "else.md"]


FOLDER = {f"content/k1.tty/{name}": data for name, data in made.tty_members().items()}


@pytest.mark.parametrize("name", ["k1", "k1.tty", "content/k1.tty", "content/k1", "chosen"])
def test_rm_removes_a_recording_that_is_a_folder_with_what_belongs_to_it(site: Project, name: str) -> None:
    site.write(FOLDER).write({"content/k1.md": "---\nslug: chosen\n---\n", "content/k.cast": V3})
    assert "remove content/k1.tty (2 files) and content/k1.md; give" in site.run("rm", name).stderr
    done = site.run("rm", name, "-y")
    assert (done.returncode, done.stderr) == (0, "removed content/k1.tty (2 files) and content/k1.md\n")
    assert sorted(path.name for path in (site.root / "content").iterdir()) == [".keep", "k.cast"]


def test_rm_removes_nothing_in_a_folder_but_the_recording(site: Project) -> None:
    site.write(FOLDER).write({"content/k1.tty/mine.txt": "mine", "outside/io/1.jsonl": "x", "outside/x": "x"})
    (site.root / "content/k1.tty/io/1.jsonl").symlink_to(site.root / "outside/io/1.jsonl")
    (site.root / "content/k1.tty/more").symlink_to(site.root / "outside")
    done = site.run("rm", "k1", "-y")
    assert done.returncode == 0
    assert "warning: content/k1.tty: not-empty: holds files that are not the recording's; they stay" in done.stderr
    left = {path.relative_to(site.root / "content/k1.tty").as_posix() for path in site.root.glob("content/k1.tty/**/*")}
    assert left >= {"mine.txt", "io/1.jsonl", "more"}
    assert not {"manifest.json", "io/0.jsonl"} & left
    assert (site.root / "outside/io/1.jsonl").read_text() == (site.root / "outside/x").read_text() == "x"


@pytest.mark.parametrize(
    "manifest", [b"", b"{", b"[]", b"{}", b'{"ttyVersion": 2}', b'{"recVersion": 1, "cols": "x"}', None]
)
def test_rm_refuses_a_folder_that_does_not_tell_what_is_the_recordings(site: Project, manifest: bytes | None) -> None:
    site.write(FOLDER).write({"content/k1.tty/frames/mine.png": "x", "content/k1.tty/manifest.json": manifest or b""})
    if manifest is None:
        (site.root / "content/k1.tty/manifest.json").unlink()
    before = site.published("content")
    done = site.run("rm", "k1", "-y")
    told = "fatal: content/k1.tty: cast-manifest: has no manifest.json that can be read and tells what of it is the rec"
    assert done.returncode == 2
    assert done.stderr.startswith(told)
    assert site.published("content") == before


def test_rm_takes_the_timing_with_the_output_of_script(site: Project) -> None:
    site.write({"content/s.log": made.typescript(), "content/s.timing": made.timing(), "content/s.md": "About it.\n"})
    site.write({"content/t.log": made.raw(), "content/s.txt": "mine"})
    assert "content/s.log, content/s.timing and content/s.md" in site.run("rm", "s", "--yes").stderr
    assert sorted(path.name for path in (site.root / "content").iterdir()) == [".keep", "s.txt", "t.log"]


def test_rm_means_the_file_that_is_named_and_asks_for_more_where_there_are_two(site: Project) -> None:
    site.write({"content/a.cast": V3, "content/a.ttyrec": made.ttyrec(), "content/b.ttyrec": made.ttyrec()})
    assert '"a" could be a.cast, a.ttyrec; write more of it' in site.run("rm", "a", "-y").stderr
    assert "no recording" in site.run("rm", "b.cast", "-y").stderr
    assert site.run("rm", "a.cast", "-y").returncode == 0
    assert (site.root / "content/a.ttyrec").exists()
    assert site.run("rm", "A Talk", "-y").returncode == 2
    site.write({"content/2026-01-02-A Talk.cast": V3})
    assert "A Talk.cast" in site.run("rm", "2026-01-02-a-talk", "-y").stderr


@pytest.mark.parametrize(("first", "last"), [("a.cast", "a.ttyrec"), ("a.ttyrec", "a.cast")])
def test_rm_leaves_the_text_to_the_other_recording_of_its_name(site: Project, first: str, last: str) -> None:
    site.write({"content/a.cast": V3, "content/a.ttyrec": made.ttyrec(), "content/a.md": "About both.\n"})
    assert site.run("rm", first, "-y").stderr == f"removed content/{first}\n"
    assert site.run("rm", last, "-y").stderr == f"removed content/{last} and content/a.md\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_lines_for_the_start_of_a_shell_are_printed(site: Project, shell: str) -> None:
    done = rec(site, "--auto", shell)
    assert f"castsite -C {site.root} rec " in done.stdout
    assert rec(site, "--auto", SHELL=f"/usr/bin/{shell}").stdout == done.stdout
    assert "--auto: " in rec(site, "--auto", SHELL="/bin/csh", code=2).stderr
    assert 'one shell; leave "zsh fish" out' in rec(site, "--auto", shell, "zsh", "fish", code=2).stderr
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=done.stdout, text=True, check=True)


@pytest.mark.parametrize(
    ("shell", "start", "options"),
    [
        ("bash", "home/.bashrc", ("--rcfile", "home/.bashrc", "-i")),
        ("zsh", "home/.zshrc", ("-i",)),
        ("fish", "home/fish/config.fish", ("-i",)),
    ],
)
def test_a_shell_that_starts_with_them_is_recorded_as_a_draft(
    site: Project, shell: str, start: str, options: tuple[str, ...]
) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell}")
    called, home = site.root / "bin/castsite", str(site.root / "home")
    site.write(
        {
            start: rec(site, "--auto", shell).stdout,
            "bin/castsite": f'#!/bin/sh\nexec {sys.executable} -m castsite "$@"\n',
        }
    )
    called.chmod(0o755)
    path = f"{called.parent}:{os.environ['PATH']}"
    begun = {"cwd": site.root, "PATH": path, "SHELL": program, "ZDOTDIR": home, "XDG_CONFIG_HOME": home}
    with terminal(shell, *options, **begun) as here:
        here.expect(r"[$#%>] ")
        here.type("echo in-'2'; exit 6\r")
        here.expect("in-2")
        assert here.wait() == 6
    (made,) = site.root.glob("content/sessions/*.cast")
    assert "in-2" in text(made)
    about = made.with_suffix(".md").read_text()
    assert "draft: true" in about
    assert re.search(r"^title: '?\d{4}-\d\d-\d\d \d\d:\d\d'?$", about, re.MULTILINE)
    with terminal(shell, *options, **begun, ASCIINEMA_REC="1") as here:
        here.expect(r"[$#%>] ")
        here.type("exit 4\r")
        assert here.wait() == 4
    assert len(list(site.root.glob("content/sessions/*.cast"))) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("edit", "content/busy.cast", "-o", "-"),
        ("redact", "content/busy.cast", "-o", "-"),
        ("concat", "content/busy.cast", "-o", "-"),
        ("import", "content/busy.cast", "-o", "out", "--overwrite"),
    ],
)
def test_a_copy_of_what_is_being_recorded_says_so(site: Project, words: tuple[str, ...]) -> None:
    rec(site, "busy", "--background", "-q", "-c", "echo begun; sleep 60")
    until(lambda: b"begun" in at(site, "busy").read_bytes(), "its beginning")
    told = "warning: content/busy.cast: recording: is being recorded; what there is of it until now is taken"
    done = site.run(*words)
    assert (done.returncode, told in done.stderr, "cut-off" in done.stderr) == (0, True, False)
    assert site.run("export", "busy", "--to", "txt", "-o", "-").stdout == "begun\n"
    os.kill(recorder(site), signal.SIGKILL)
    until(lambda: "recorder was ended before its program" in site.run(*words).stderr, "its end")


def test_a_build_leaves_out_what_is_being_recorded(site: Project) -> None:
    rec(site, "done", "-c", "echo done")
    rec(site, "busy", "--background", "-q", "-c", "echo begun; sleep 60")
    until(lambda: b"begun" in at(site, "busy").read_bytes(), "its beginning")
    done = site.build("--strict")
    assert "warning: content/busy.cast: recording: is being recorded: left out until it has ended" in done.stderr
    assert not (site.root / "public/busy.cast").exists()
    assert "being recorded" in site.run("show", "busy").stdout
    site.run("stop", "busy")
    site.build("--strict")
    assert (site.root / "public/busy.cast").exists()
    assert 'class="status"' not in (site.root / "public/busy/index.html").read_text()
