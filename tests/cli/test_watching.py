"""What is said of builds that follow one another."""

from __future__ import annotations

import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from castsite.build import Options
from castsite.cli import watching
from castsite.cli.exits import Terminated
from castsite.cli.project import load_project
from castsite.cli.watching import LastingTeller
from castsite.serve.outcome import Outcome
from castsite.serve.watch import Watch


class Meeting:
    """A terminal at which who has said a part of a line waits for somebody else to begin."""

    def __init__(self) -> None:
        self.text = ""
        self._both = threading.Barrier(2, timeout=0.3)

    def write(self, text: str) -> None:
        self.text += text
        with suppress(threading.BrokenBarrierError):
            self._both.wait()

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return False


def test_lines_of_threads_that_speak_at_once_stay_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Meeting()
    monkeypatch.setattr(sys, "stderr", terminal)
    teller = LastingTeller(tmp_path)
    other = threading.Thread(target=teller.serving, args=("http://localhost:8000/",))
    other.start()
    teller.built(Outcome())
    other.join()
    lines = sorted(terminal.text.splitlines(), key=len)
    assert lines[0] == "serving at http://localhost:8000/ until Ctrl-C"
    assert lines[1].endswith(" nothing built: the site is as it was, until something changes")
    assert len(lines) == 2


def test_what_ends_it_in_the_midst_of_waiting_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal may come while the lock of the event is taken that is waited for."""

    def waiting(watch: Watch, *_: object) -> None:
        watch._changed._cond.acquire()  # type: ignore[attr-defined] # nobody gives it back
        raise Terminated

    monkeypatch.setattr(watching, "keep_built", waiting)
    (tmp_path / "content").mkdir()
    ended = threading.Event()

    def run() -> None:
        with pytest.raises(Terminated):
            watching.keep_building(lambda: load_project(tmp_path), Options, verbose=False)
        ended.set()

    threading.Thread(target=run, daemon=True).start()
    assert ended.wait(10)
