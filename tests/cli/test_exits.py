"""How a command ends."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from types import SimpleNamespace

import click
import pytest

from castsite.__main__ import main
from castsite.cli import exits
from castsite.cli.exits import Terminated, guarded


@pytest.mark.parametrize(("number", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Terminated)])
def test_a_signal_ends_nothing_while_a_lock_is_being_taken_and_comes_again(
    number: int, raised: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: queue.Queue[tuple[int, int]] = queue.Queue()
    monkeypatch.setattr(os, "kill", lambda *given: sent.put(given))
    for name in ("__enter__", "__exit__", "_acquire_restore", "_release_save"):
        exits._end(number, SimpleNamespace(f_code=getattr(threading.Condition, name).__code__))
        assert sent.get(timeout=10) == (os.getpid(), number)
    with pytest.raises(raised):
        exits._end(number, SimpleNamespace(f_code=threading.Condition.wait.__code__))


@pytest.mark.parametrize(("interruption", "code"), [(KeyboardInterrupt, 130), (Terminated, 143)])
def test_what_interrupts_the_making_of_a_class_ends_a_command_as_ever(
    interruption: type[BaseException], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted:
        def __set_name__(self, _owner: type, _name: str) -> None:
            raise interruption

    @click.command()
    def command() -> None:
        type("Made", (), {"name": Interrupted()})

    monkeypatch.setattr("sys.argv", ["castsite"])
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        guarded(command)
    assert ended.value.code == code


SILENT = """
import signal, time, click
from castsite.cli.exits import guarded

class Slow:
    def __del__(self):  # where an exception ends nothing
        signal.raise_signal(signal.{})
        sum(range(1000))

@click.command()
def command():
    Slow()
    time.sleep(30)

guarded(command)
"""


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_that_comes_while_something_is_taken_away_is_not_lost(name: str, code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SILENT.format(name)], capture_output=True, text=True, timeout=20, check=False
    )
    assert (done.returncode, done.stderr.strip()) == (code, "")


@pytest.mark.parametrize("wrapped", [False, True])
def test_ctrl_c_before_there_is_a_command_line_ends_as_after(wrapped: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        if wrapped:  # as Python before 3.12 does while a class is made
            raise RuntimeError from KeyboardInterrupt()
        raise KeyboardInterrupt

    monkeypatch.setattr("castsite.cli.run", interrupted)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130


def test_a_fault_is_no_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty() -> None:
        raise RuntimeError

    monkeypatch.setattr("castsite.cli.run", faulty)
    with pytest.raises(RuntimeError):
        main()


PIPES = """
import os, click
from castsite.cli.exits import guarded

@click.command()
@click.argument("kind")
def command(kind):
    if kind == "own":
        while True:
            print("line " * 1000)
    read, write = os.pipe()
    os.close(read)
    os.write(write, b"to another program")

guarded(command)
"""


def ended(kind: str, *, out: int, err: int = subprocess.PIPE) -> tuple[int, str | None]:
    with subprocess.Popen([sys.executable, "-c", PIPES, kind], stdout=out, stderr=err, text=True) as run:
        if kind == "own" and run.stdout:
            run.stdout.read(9)
            run.stdout.close()
            run.stdout = None
        told = run.communicate(timeout=20)[1]
    return run.returncode, told


def test_a_reader_who_leaves_is_no_failure() -> None:
    assert ended("own", out=subprocess.PIPE) == (0, "")


ASKED = pytest.mark.skipif(sys.platform == "win32", reason="no pipe can be asked there whether it broke")


@pytest.mark.parametrize("out", [pytest.param(subprocess.PIPE, marks=ASKED), subprocess.DEVNULL])
def test_a_pipe_to_another_program_that_breaks_is_a_failure(out: int) -> None:
    code, told = ended("other", out=out)
    assert code == 5
    assert (told or "").startswith("fatal: input-output: a program that castsite was writing to has ended")


def test_where_nobody_reads_messages_any_more_the_code_still_tells() -> None:
    read, write = os.pipe()
    os.close(read)
    assert ended("other", out=subprocess.DEVNULL, err=write) == (5, None)
    os.close(write)


OPENS = """
import os, sys, click
from castsite.cli.exits import guarded

@click.command()
def command():
    print("said")
    print("told", file=sys.stderr)
    return os.open(os.devnull, os.O_RDONLY)

guarded(command)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no sh")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_no_file_takes_the_place_of_a_stream_that_is_closed(closed: str) -> None:
    run = ["sh", "-c", f'exec "$0" -c "$1" {closed}', sys.executable, OPENS]
    done = subprocess.run(run, capture_output=True, stdin=subprocess.DEVNULL, text=True, timeout=20, check=False)
    assert done.returncode > 2
    assert done.stdout == ("" if ">&-" in closed.split() else "said\n")
    assert done.stderr == ("" if "2>&-" in closed else "told\n")
