"""Servers for tests: one in this process over a folder of files, one as people start it; and a page that listens."""

from __future__ import annotations

import asyncio
import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Self, TypeVar

from projects import NOW
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from castsite.serve.hosts import Entry, Hosts
from castsite.serve.listen import listen
from castsite.serve.live import Live, News
from castsite.serve.server import BuildWatcher, DevServer, Setup
from castsite.serve.sources import Sources
from castsite.serve.uploads import Uploads
from castsite.serve.watch import Watch

T = TypeVar("T")

LIMIT = 30.0
"""Seconds that a test waits for what has to come, on a busy machine."""

HELLO = {"command": "hello", "protocols": ["http://livereload.com/protocols/official-7"]}


def until(true: Callable[[], Any], what: str = "it", limit: float = LIMIT) -> Any:
    """Ask until the answer is true, and give it."""
    deadline = time.monotonic() + limit
    pause = threading.Event()
    while not (found := true()):
        assert time.monotonic() < deadline, f"{what} did not come in {limit} s"
        pause.wait(0.01)
    return found


def free_port() -> int:
    """Give a port at which nobody listens, and ten after it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return min(int(probe.getsockname()[1]), 65_000)


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(port: int, path: str, method: str = "GET", *, host: str = "127.0.0.1", **headers: str) -> Answer:
    """Make one request; `_` in the names of headers stands for `-`."""
    connection = HTTPConnection(host, port, timeout=LIMIT)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def raw(port: int, request: bytes, host: str = "127.0.0.1") -> bytes:
    """Send bytes as they are, and give all that comes back until the server closes or has answered."""
    with socket.create_connection((host, port), timeout=LIMIT) as connection:
        parts = []
        with suppress(ConnectionError):  # it may have heard enough
            connection.sendall(request)
        while True:
            try:
                part = connection.recv(65536)
            except ConnectionResetError:
                break
            if not part:
                break
            parts.append(part)
        return b"".join(parts)


def status(answer: bytes) -> int:
    """Give the status of an answer; 0 when there is none."""
    found = re.match(rb"HTTP/1\.1 (\d+)", answer)
    return int(found[1]) if found else 0


@dataclass
class Host:
    """A server in this process, over a folder that a test fills."""

    folder: Path
    port: int
    live: Live
    loop: asyncio.AbstractEventLoop
    server: DevServer
    redeemed: list[str] = field(default_factory=list)

    def write(self, files: Mapping[str, bytes | str]) -> None:
        for name, body in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body.encode() if isinstance(body, str) else body)

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        return ask(self.port, path, method, **headers)

    def raw(self, request: str | bytes) -> bytes:
        return raw(self.port, request.encode("latin-1") if isinstance(request, str) else request)

    def announce(self, *changed: str, problems: tuple[Any, ...] = (), base: str | None = None) -> None:
        """Say that a build ended, and wait until everybody was told."""
        done = threading.Event()

        def tell() -> None:
            self.live.announce(News(changed, problems, base, self.live.rules))
            done.set()

        self.loop.call_soon_threadsafe(tell)
        assert done.wait(LIMIT)


@contextmanager
def hosted(
    folder: Path,
    *,
    base: str = "/",
    hosts: Hosts | None = None,
    entry: Entry | None = None,
    uploads: Uploads | None = None,
) -> Iterator[Host]:
    """Serve a folder without ever building."""
    listening = listen(("127.0.0.1", "::1"), free_port())
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="loop")
    thread.start()
    sources = Sources(folder.parent, (folder.parent / "content",), folder, folder.parent / "content")
    setup = Setup(
        project=folder.parent,
        folder=folder,
        base=base,
        listening=listening,
        host="localhost",
        hosts=hosts or Hosts(),
        entry=entry,
        sources=sources,
        uploads=uploads,
    )
    told: list[str] = []

    async def begin() -> DevServer:
        watcher = BuildWatcher(Watch(lambda _: None), lambda: None, sources, lambda _: None)
        server = DevServer(setup, Live(folder, base), watcher, lambda: told.append("redeemed"))
        server.application(listening.port)
        return server

    server = asyncio.run_coroutine_threadsafe(begin(), loop).result(LIMIT)
    try:
        yield Host(folder, listening.port, server.live, loop, server, told)
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(LIMIT)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: DevServer) -> None:
    await server.end()
    for _ in range(3):  # what was closed takes leave
        await asyncio.sleep(0)
    await _cancelled()


async def _cancelled() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


class Runner:
    """An event loop on a thread of its own: a browser that other tests drive has one on theirs."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="listener")
        self._thread.start()

    def run(self, what: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(2 * LIMIT)

    def close(self) -> None:
        self.run(_cancelled())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Listener:
    """A page that is connected: its messages, one after the other."""

    def __init__(self, port: int, base: str = "/", *, host: str = "localhost", **headers: str) -> None:
        self._closed = self._gone = False
        self._runner = Runner()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = HTTPRequest(f"ws://{host}:{port}{base}__castsite/live", headers=names)
        try:
            self._socket: WebSocketClientConnection = self._runner.run(_connected(request))
        except BaseException:
            self._runner.close()
            raise

    def send(self, message: object) -> None:
        text = message if isinstance(message, str | bytes) else json.dumps(message)
        self._runner.run(self._send(text))

    def read(self) -> dict[str, Any] | None:
        """Give the next message; None when the server hung up."""
        text = self._runner.run(self._read())
        return json.loads(text) if text is not None else None

    def notice(self) -> dict[str, Any]:
        """Give the next notice of castsite's own."""
        while (message := self.read()) is None or message["command"] != "castsite":
            assert message is not None, "the server hung up"
        return message

    def join(self) -> dict[str, Any]:
        """Shake hands; gives the first notice."""
        self.send(HELLO)
        assert self.read()["command"] == "hello"
        self.send({"command": "info", "url": "http://localhost/"})
        return self.notice()

    @property
    def code(self) -> int | None:
        return self._socket.close_code

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._runner.run(self._leave())
            self._runner.close()

    async def _leave(self) -> None:
        self._socket.close()
        while not self._gone:  # until the other side has said goodbye, too
            await self._read()

    async def _read(self) -> str | None:
        text = await _within(self._socket.read_message())
        assert text is None or isinstance(text, str)
        self._gone = text is None
        return text

    async def _send(self, text: str | bytes) -> None:
        await self._socket.write_message(text, binary=isinstance(text, bytes))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


async def _connected(request: HTTPRequest) -> WebSocketClientConnection:
    return await _within(websocket_connect(request))


async def _within(what: Any) -> Any:
    return await asyncio.wait_for(what, LIMIT)


class Served:
    """`castsite serve`, or another command that goes on, as people start it."""

    def __init__(self, root: Path, *arguments: str, wrapper: tuple[str, ...] = (), **environ: str) -> None:
        env = {**os.environ, "SOURCE_DATE_EPOCH": NOW, "PYTHONUTF8": "1"} | environ
        for name in ("CASTSITE_BASE_URL", "CASTSITE_KEY", "CASTSITE_DEBUG", "NO_COLOR"):
            if name not in environ:
                env.pop(name, None)
        command = [*wrapper, sys.executable, "-m", "castsite", *arguments]
        self.process = subprocess.Popen(
            command,
            cwd=root,
            env=env,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self._queue = queue.Queue[str | None]()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.url = ""
        self.port = 0

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self._queue.put(line.rstrip("\n"))
        self._queue.put(None)

    def line(self, pattern: str) -> re.Match[str]:
        """Give the next line in which a pattern stands."""
        deadline = time.monotonic() + LIMIT
        while True:
            try:
                line = self._queue.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                line = None
            assert line is not None, f"no {pattern!r} in:\n" + "\n".join(self.lines)
            self.lines.append(line)
            if found := re.search(pattern, line):
                return found

    def ready(self) -> Served:
        """Wait for the address and the first build."""
        self.url = self.line(r"serving at (\S+)")[1]
        self.port = int(re.search(r":(\d+)/", self.url)[1])
        self.line(r"^\d\d:\d\d:\d\d ")
        return self

    def get(self, path: str, **headers: str) -> Answer:
        return ask(self.port, path, **headers)

    def send(self, number: int = signal.SIGINT) -> None:
        """Send it as a terminal does: to the whole group."""
        os.killpg(self.process.pid, number)

    def heard(self) -> list[str]:
        """Give all lines so far."""
        while (line := self._queue.get_nowait() if not self._queue.empty() else None) is not None:
            self.lines.append(line)
        return self.lines

    def end(self, number: int = signal.SIGINT) -> int:
        """Stop it, and give its exit code; nothing of it is left."""
        if self.process.poll() is None:
            self.send(number)
        code = self.process.wait(LIMIT)
        self._reader.join(LIMIT)
        self.heard()
        assert self.process.stdout
        self.process.stdout.close()
        self.process.stderr.close()
        until(lambda: not alive(self.process.pid), "the end of all children")
        assert not [line for line in self.lines if "Traceback" in line], self.lines
        return code

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.end()
            return
        self._reader.join(LIMIT)


def alive(group: int) -> list[int]:
    """Give the processes of a group that are running."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, own = entry.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(own) == group and state != "Z":
            found.append(int(entry.parent.name))
    return found
