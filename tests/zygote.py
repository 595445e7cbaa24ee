"""A castsite that has started, and commands that are copies of it: most tests' sites take less time than a start.

A copy is a process: it has a folder, an environment, outputs and an exit code of its own. It begins with what
`castsite serve` has after its first build: modules are imported, the shipped theme is compiled, the process runs from
which workers are forked. What Python itself is told when it starts is for a process that does start.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from multiprocessing import forkserver, get_context
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from castsite.__main__ import main
from castsite.build import Options, build, check
from castsite.cli import COMMANDS
from castsite.config import SiteConfig

SECONDS = 120
"""Time that a command has."""
_SIZE = 1 << 17  # of a message
_CODE = "import sys; sys.path.append({!r}); import zygote; zygote.wait({})"
_CAST = '{"version": 2, "width": 40, "height": 10}\n[0.5, "o", "hello\\r\\n"]\n'


def run(
    *arguments: str, folder: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run `castsite` in a folder; `env` is all of its environment. What comes of it is what `subprocess.run` gives."""
    known = dict(os.environ if env is None else env)
    if sys.platform == "linux" and _of_python(known) == _of_python(_environment()):
        return _zygote().run(arguments, folder or Path.cwd(), known)
    command = [sys.executable, "-m", "castsite", *arguments]
    return subprocess.run(command, cwd=folder, env=known, capture_output=True, timeout=SECONDS, check=False)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONUTF8": "1"}


def _of_python(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith("PYTHON")}


class Zygote:
    """The process that waits, as its one user sees it."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._ours.settimeout(SECONDS)
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _CODE.format(str(Path(__file__).parent), theirs.fileno())],
            env=_environment(),
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
        theirs.close()
        atexit.register(self.end)

    def run(self, arguments: Sequence[str], folder: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[bytes]:
        """Have a copy made, and wait for its end."""
        message = json.dumps([arguments, str(folder), env]).encode()
        with self._lock, TemporaryFile() as out, TemporaryFile() as err:
            try:
                socket.send_fds(self._ours, [message], [out.fileno(), err.fileno()])
                answer = self._ours.recv(_SIZE)
            except TimeoutError:
                self.end()
                raise
            assert answer, "the zygote is gone"
            said = [os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0) for file in (out, err)]
        return subprocess.CompletedProcess(list(arguments), int(answer), *said)

    def end(self) -> None:
        """End it, with the copy that it waits for."""
        self._ours.close()
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


@cache
def _zygote() -> Zygote:
    return Zygote()


# ---- the process itself


def wait(number: int) -> None:
    """Get everything ready, then become each command that is asked for."""
    _prepare()
    context = get_context("fork")
    with socket.socket(fileno=number) as asked:
        while (received := socket.recv_fds(asked, _SIZE, 2))[0]:
            message, files = received[:2]
            copy = context.Process(target=_become, args=(*json.loads(message), files))
            copy.start()
            for file in files:
                os.close(file)
            copy.join()
            asked.send(str(copy.exitcode).encode())
            copy.close()


def _prepare() -> None:
    """Do what a server does first, and what others do before their work."""
    for name in ("castsite.export.kinds", "castsite.export.offline", *(f"castsite.cli.{name}" for name in COMMANDS)):
        import_module(name)
    with TemporaryDirectory() as folder:
        site = Path(folder)
        (site / "content").mkdir()
        (site / "content" / "a.cast").write_text(_CAST)
        assert build(site, SiteConfig(), Options(jobs=1)).report
        check(site, SiteConfig(), Options(jobs=1))
    gc.collect()
    gc.freeze()


def _become(arguments: list[str], folder: str, env: dict[str, str], files: Sequence[int]) -> None:
    for file, number in zip(files, (1, 2), strict=True):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    os.chdir(folder)
    sys.argv = ["castsite", *arguments]
    # the fork server is no child of this process, which need not look after it
    forkserver.ensure_running = forkserver._forkserver.ensure_running = lambda: None
    main()
