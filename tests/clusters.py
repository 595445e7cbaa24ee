"""Dask clusters on this machine, as people start them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from serving import until

ROOT = Path(__file__).parent.parent
QUIET = {
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "10s",
}


@dataclass
class Cluster:
    """A scheduler, and programs that work for it."""

    address: str
    folder: Path
    programs: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def work(self, *options: str, path: Path = ROOT) -> subprocess.Popen[bytes]:
        """Start workers whose castsite is in the folder `path`."""
        places = (str(path), str(ROOT / "tests"))
        program = start("worker", self.address, *options, folder=self.folder, places=places)
        self.programs.append(program)
        return program


def start(*arguments: str, folder: Path, places: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
    """Start a program of Dask, in a folder from which nothing of a site is seen."""
    env = {**os.environ, **QUIET, "PYTHONPATH": os.pathsep.join(places)}
    command = [sys.executable, "-m", "dask", *arguments, "--no-dashboard"]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log, start_new_session=True)


@contextmanager
def cluster(folder: Path, *options: str, path: Path = ROOT) -> Iterator[Cluster]:
    """Run a scheduler at a free port, and with options for them workers."""
    file = folder / "scheduler.json"
    with ExitStack() as stack:
        scheduler = start(
            "scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--scheduler-file",
            str(file),
            folder=folder,
            places=(str(path),),
        )
        stack.callback(end, scheduler)
        running = Cluster(until(lambda: address(file), "the scheduler"), folder, [scheduler])
        stack.callback(lambda: [end(each) for each in running.programs])
        if options:
            running.work(*options)
        yield running


def address(file: Path) -> str:
    try:
        found: str = json.loads(file.read_text("utf-8"))["address"]
    except (OSError, ValueError):
        return ""
    return found


def end(program: subprocess.Popen[bytes]) -> None:
    """End a program and whatever it has started."""
    if program.poll() is None:
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()
