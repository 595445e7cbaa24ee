"""What is said of builds that follow one another."""

from __future__ import annotations

import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from castsite.cli.watching import LastingTeller
from castsite.serve.outcome import Outcome


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
