"""What `asciinema upload` sends: the addresses it knows, who may use them, and the answers it understands.

`POST /api/asciicasts` is that of version 2, `POST /api/v1/recordings` that of version 3. Version 3 knows no path before
them, so they are at the top, and below the site's base path as well. No page of a browser gets through: what a browser
sends by itself is refused, and what is asked for (`Authorization`) it sends to no other site without being asked first.
"""

from __future__ import annotations

import asyncio
import errno
import hmac
import json
import secrets
import shutil
import time
from base64 import b64decode
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

from msgspec import Struct
from tornado.web import HTTPError, stream_request_body

from castsite.config import SiteConfig
from castsite.errors import CastsiteError, Place, Problem, Severity, StorageError, printable
from castsite.excerpt import said
from castsite.limits import MIB, UPLOAD_ROOM, UPLOADS_PER_MINUTE
from castsite.schema.values import Visibility
from castsite.serve.inbox import Inbox, NotTakenError, Received, Sent, clear, receive
from castsite.serve.live import Live
from castsite.serve.multipart import BadFormError, read_form
from castsite.serve.paths import INDEX, BadPathError, below, locate, segments
from castsite.serve.rebuild import Stopped, Workers
from castsite.serve.requests import Guarded
from castsite.workfolder import WORK_FOLDER, prepare

PARTS: Final = {("api", "asciicasts"): "asciicast", ("api", "v1", "recordings"): "file"}
"""The name of the part that holds the recording, by path."""

_CONNECT: Final = "connect"
_PREFIX: Final = "upload-"
_STALE: Final = 3600  # seconds after which what an upload left is nobody's any more
_MINUTE: Final = 60.0
_DIGITS: Final = 18  # of a length in bytes; with more it is nonsense
_ENDLESS: Final = 1 << 62  # of what tornado counts; more than that is counted here, and told
_OF_BROWSERS: Final = ("Origin", "Referer", "Cookie")
_FETCH: Final = "Sec-Fetch-"
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_TYPES: Final = {
    HTTPStatus.BAD_REQUEST: "bad_request",
    HTTPStatus.UNAUTHORIZED: "unauthenticated",
    HTTPStatus.FORBIDDEN: "access_denied",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_TIMEOUT: "too_slow",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "content_too_large",
    HTTPStatus.UNPROCESSABLE_ENTITY: "validation_failed",
    HTTPStatus.TOO_MANY_REQUESTS: "too_many_requests",
    HTTPStatus.INSUFFICIENT_STORAGE: "insufficient_storage",
}


class Tell(Protocol):
    """Says things to a person."""

    def received(self, received: Received) -> None:
        """Say what was received."""

    def problem(self, problem: Problem) -> None:
        """Say what is wrong beside a build."""


class Patience(Struct, frozen=True):
    """How long to wait for a body, in seconds."""

    idle: float = 10
    """without a byte"""
    whole: float = 300
    """for all of it"""


@dataclass(slots=True, kw_only=True)
class Uploads:
    """The uploads of one server: how they are taken, and which were taken of late."""

    project: Path
    load: Callable[[], SiteConfig]
    """reads the configuration as it is now"""
    now: Callable[[], datetime]
    workers: Workers
    tell: Tell
    token: str | None = field(default=None, repr=False)
    """secret: what a sender's install id has to be; None for any"""
    publish: bool = False
    drafts: bool = False
    """whether this server shows drafts"""
    site: str = "http://localhost:8000"
    """where it is, without a path"""
    patience: Patience = field(default_factory=Patience)
    per_minute: int = UPLOADS_PER_MINUTE
    busy: bool = False
    taken: int = 0
    _begun: deque[float] = field(default_factory=deque)

    def __post_init__(self) -> None:
        clear(self.project / WORK_FOLDER, _PREFIX, time.time() - _STALE)

    def knows(self, authorization: str) -> bool:
        """Tell whether somebody may send; a password is told apart from the token in constant time."""
        kind, _, told = authorization.partition(" ")
        if kind.lower() != "basic":
            return False
        try:
            _, colon, password = b64decode(told.strip(), validate=True).partition(b":")
        except ValueError:
            return False
        if not colon:
            return False
        return self.token is None or hmac.compare_digest(password, self.token.encode("utf-8", "surrogatepass"))

    def too_many(self) -> bool:
        """Tell whether there were too many in the last minute; else count one more."""
        now = time.monotonic()
        while self._begun and self._begun[0] <= now - _MINUTE:
            self._begun.popleft()
        if len(self._begun) >= self.per_minute:
            return True
        self._begun.append(now)
        return False

    def scratch(self) -> Path:
        """Make a folder for one upload. Raises StorageError, OSError."""
        folder = prepare(self.project / WORK_FOLDER) / f"{_PREFIX}{secrets.token_hex(8)}"
        folder.mkdir(mode=0o700)
        return folder

    def take(self, body: Path, content_type: str, part: str, is_served: Callable[[str], bool]) -> Received:
        """Take in what lies in a file, beside which there is room. Raises what reading and receiving raise."""
        with _mapped(body) as data:
            form = read_form(data, content_type, part)
        body.unlink()
        texts = {name: form.fields.get(name, "") for name in ("title", "description", "visibility", "audio_url")}
        config = self.load()
        try:
            inbox = Inbox(
                project=self.project,
                config=config,
                folder=config.serve.upload_folder,
                publish=self.publish or config.serve.publish_uploads,
                executor=self.workers.executor(config.limits),
                now=self.now(),
                is_served=is_served,
            )
            return receive(Sent(form.file, **texts), inbox, body.parent)
        except (Stopped, CancelledError) as error:  # its workers were stopped
            raise _EndedError from error


@contextmanager
def _mapped(path: Path) -> Iterator[bytes | mmap]:
    """Give the bytes of a file without reading all of them at once; nothing can be mapped of an empty one."""
    with path.open("rb") as file:
        if not path.stat().st_size:
            yield b""
            return
        with mmap(file.fileno(), 0, access=ACCESS_READ) as mapped:
            yield mapped


def handler_of(
    path: str, method: str, live: Live, uploads: Uploads | None
) -> tuple[type[Guarded], dict[str, Any]] | None:
    """Say who answers at the addresses of uploads; None for all others. Where none are received they do not exist."""
    try:
        wanted = segments(path)
    except BadPathError:
        return None
    for parts in (wanted, below(wanted, live.base_segments)):
        if parts in PARTS and (uploads or method == "POST"):
            return Upload, {"uploads": uploads, "part": PARTS[parts]}
        if uploads and parts and parts[0] == _CONNECT and len(parts) == 2:
            return Connect, {}
    return None


class _EndedError(Exception):
    """The server ends."""


class _RefusedError(Exception):
    """An upload that is answered with an error, and why."""

    def __init__(self, status: HTTPStatus, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


@stream_request_body
class Upload(Guarded):
    """Receives one recording. Who is refused is told at once, and may send to the end: else nobody would hear it."""

    def initialize(self, uploads: Uploads | None, part: str) -> None:
        """`part`: the name of the part that holds the recording."""
        self.uploads, self.part = uploads, part
        self.folder: Path | None = None
        self.body: BinaryIO | None = None
        self.most = self.size = 0
        self.refused = self.is_taking = False
        self.begun = self.heard = time.monotonic()
        self._alarm: asyncio.TimerHandle | None = None

    def prepare(self) -> None:
        """Decide by the header alone, in the order in which an answer could tell something."""
        super().prepare()
        if self.request.method != "POST":
            raise HTTPError(HTTPStatus.METHOD_NOT_ALLOWED)
        connection: Any = self.request.connection
        connection.set_max_body_size(_ENDLESS)
        self._wait()
        try:
            self._admit()
        except _RefusedError as refusal:
            self._refuse(refusal)

    def _let_in(self, _entry: object) -> None:
        """Ask for no cookie: who sends has a token."""

    def _admit(self) -> None:
        uploads, asked = self.uploads, self.request.headers
        if uploads is None:
            raise _RefusedError(HTTPStatus.NOT_FOUND, "")
        if any(name in asked for name in _OF_BROWSERS) or any(name.startswith(_FETCH) for name in asked):
            raise _RefusedError(HTTPStatus.FORBIDDEN, "browsers cannot upload here; use asciinema upload")
        if not uploads.knows(asked.get("Authorization", "")):
            self.set_header("WWW-Authenticate", 'Basic realm="uploads"')
            text = "expected an install id, as basic authorization; asciinema has one of its own"
            if uploads.token is not None:
                text = "expected the token of this server as install id; set ASCIINEMA_INSTALL_ID"
            raise _RefusedError(HTTPStatus.UNAUTHORIZED, text)
        if asked.get("Content-Encoding", "identity").lower() != "identity":
            raise _RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "the body is compressed: send it as it is")
        if uploads.busy:
            self.set_header("Retry-After", "1")
            raise _RefusedError(HTTPStatus.TOO_MANY_REQUESTS, "another upload is being received; send it again")
        if uploads.too_many():
            self.set_header("Retry-After", str(int(_MINUTE)))
            text = f"more than {uploads.per_minute} uploads in a minute; send it again later"
            raise _RefusedError(HTTPStatus.TOO_MANY_REQUESTS, text)
        self._begin(uploads)

    def _begin(self, uploads: Uploads) -> None:
        length = self.request.headers.get("Content-Length", "0").partition(",")[0]  # equal ones count as one
        if not length.isdecimal() or len(length) > _DIGITS:
            return  # tornado refuses it next, before anything of the body is read
        try:
            self.most = uploads.load().limits.file_size + UPLOAD_ROOM
            if int(length) > self.most:
                raise _too_large(self.most)
            self.folder = uploads.scratch()
            self.body = (self.folder / "body").open("wb")
        except (CastsiteError, OSError) as error:
            raise self._told(error) from error
        uploads.busy = True

    def data_received(self, chunk: bytes) -> None:
        """Keep a piece of the body, as long as there is room for it."""
        self.heard = time.monotonic()
        self.size += len(chunk)
        if self.refused:
            if self.size > 2 * max(self.most, MIB):  # nobody has to be heard for ever
                self._hang_up()
            return
        try:
            if self.size > self.most:
                raise _too_large(self.most)
            if self.body:
                self.body.write(chunk)
        except _RefusedError as refusal:
            self._refuse(refusal)
        except OSError as error:
            self._refuse(self._told(error))

    async def post(self) -> None:
        """Take in what was received, and answer."""
        self._rest()
        if self.refused or self.uploads is None or self.folder is None or self.body is None:
            self.finish()
            return
        self.is_taking = True
        try:
            self.body.close()
            received = await asyncio.to_thread(
                self.uploads.take,
                self.folder / "body",
                self.request.headers.get("Content-Type", ""),
                self.part,
                self._is_served,
            )
        except BadFormError as error:
            self._say(HTTPStatus.BAD_REQUEST, _fault(HTTPStatus.BAD_REQUEST, str(error)))
        except NotTakenError as error:
            document = _fault(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
            details = [{"field": "file", "message": one.text} for one in error.problems]
            self._say(HTTPStatus.UNPROCESSABLE_ENTITY, document | {"details": details})
        except _EndedError:
            self._hang_up()
        except (CastsiteError, OSError) as error:
            refusal = self._told(error)
            self._say(refusal.status, _fault(refusal.status, refusal.text))
        else:
            self.uploads.taken += 1
            self._say(HTTPStatus.CREATED, self._described(received, self.uploads))
            self.uploads.tell.received(received)
        finally:
            self.is_taking = False
            self._leave()
        self.finish()

    def on_connection_close(self) -> None:
        """Forget what came so far of a body that ended in its midst."""
        super().on_connection_close()
        if not self.is_taking:  # what is being looked at is seen through
            self._leave()

    def on_finish(self) -> None:
        """Close the connection of who was refused: the rest of a body may be on its way."""
        super().on_finish()
        self._leave()
        if self.refused:
            self._hang_up()

    def write_error(self, status_code: int, **details: object) -> None:
        """Answer as the protocol has it; but where nothing is received as everywhere."""
        if self.uploads is None:
            super().write_error(status_code, **details)
            return
        status = HTTPStatus(status_code)
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            self.set_header("Allow", "POST")
        self._say(status, _fault(status, status.phrase.lower()))
        self.finish()

    # ---- answers

    def _say(self, status: HTTPStatus, document: dict[str, Any]) -> None:
        self._write(status, "application/json", json.dumps(document, allow_nan=False).encode())

    def _write(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.set_status(status)
        self.set_header("Content-Type", kind)
        self.set_header("Content-Length", str(len(body)))
        self.write(body)

    def _refuse(self, refusal: _RefusedError) -> None:
        """Answer now, and let the rest of the body come to nothing: a sender who is cut off reads no answer."""
        self.refused = True
        self._leave(waiting=True)
        self.set_header("Connection", "close")
        if self.uploads is None:
            self._write(refusal.status, "text/html; charset=utf-8", self._not_found() + self.live.tag())
        else:
            self._say(refusal.status, _fault(refusal.status, refusal.text))
        if "Expect" in self.request.headers:  # nothing was sent yet
            self.finish()
            return
        self.flush()

    def _told(self, error: CastsiteError | OSError) -> _RefusedError:
        """Tell the owner what is wrong; the sender hears that it is not the recording."""
        if self.uploads:
            for problem in error.problems if isinstance(error, CastsiteError) else _problems(error):
                self.uploads.tell.problem(problem)
        return _unwritable(error)

    def _described(self, received: Received, uploads: Uploads) -> dict[str, Any]:
        top = f"{uploads.site}{self.live.base}"
        url = f"{top}{received.slug}/" if received.slug else top
        self.set_header("Location", url)
        return {
            "id": uploads.taken,
            "url": url,
            "file_url": f"{top}{received.slug}.cast" if received.slug else None,
            "audio_url": None,
            "title": None if received.is_held_back else received.title or None,
            "description": None if received.is_held_back else received.description or None,
            "visibility": str(Visibility.PRIVATE if received.draft else received.state),
            "message": message(received, url, drafts=uploads.drafts),
        }

    def _is_served(self, slug: str) -> bool:
        files = (f"{slug}/{INDEX}", f"{slug}.cast")
        return any(locate(self.live.folder, tuple(file.split("/"))) for file in files)

    # ---- waiting, and an end to it

    def _wait(self) -> None:
        patience = self.uploads.patience if self.uploads else Patience()
        now = time.monotonic()
        left = min(self.heard + patience.idle, self.begun + patience.whole) - now
        if left > 0:
            self._alarm = asyncio.get_running_loop().call_later(left, self._wait)
            return
        self._alarm = None
        if not self.refused and self.uploads:
            self.refused = True
            status = HTTPStatus.REQUEST_TIMEOUT
            self._leave()
            self._say(status, _fault(status, "nothing more came in time; send it again"))
            self.finish()
        else:
            self._hang_up()

    def _rest(self) -> None:
        if self._alarm:
            self._alarm.cancel()
        self._alarm = None

    def _leave(self, *, waiting: bool = False) -> None:
        """Remove what was kept of the body, and let others send."""
        if not waiting:
            self._rest()
        if self.folder is None:
            return
        if self.body:
            with suppress(OSError):  # what a full disk did not take
                self.body.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder = self.body = None
        if self.uploads:
            self.uploads.busy = False

    def _hang_up(self) -> None:
        connection: Any = self.request.connection
        if connection and getattr(connection, "stream", None):
            connection.stream.close()


class Connect(Guarded):
    """What `asciinema auth` asks its user to open."""

    def get(self) -> None:
        """Say that there is nothing to do."""
        text = "No account is needed here: asciinema upload sends recordings to this server as it is."
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(
            f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>castsite</title>\n<p>{text}</p>\n'
        )


def message(received: Received, url: str, *, drafts: bool) -> str:
    """Say what became of a recording, for the terminal of who sent it."""
    companion = received.path.removesuffix(".cast") + ".md"
    if received.is_held_back:
        lines = [f"Received as {received.path}, and held back: nothing of it is shown at", "", f"    {url}", ""]
    elif received.draft and not drafts:
        lines = [f"Received as {received.path}, a draft. View the recording at:", "", f"    {url}", ""]
        lines += [f"as soon as {companion} no longer says draft: true.", ""]
    else:
        lines = ["View the recording at:", "", f"    {url}", ""]
    told = [str(said(problem)) for problem in received.problems]
    return "\n".join([*lines, *told, *([""] if told else [])])


def _fault(status: HTTPStatus, text: str) -> dict[str, Any]:
    return {"type": _TYPES.get(status, "server_error"), "message": text}


def _too_large(most: int) -> _RefusedError:
    text = f"larger than {(most - UPLOAD_ROOM) / MIB:.3g} MiB, the limit of a recording"
    return _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text)


def _problems(error: OSError) -> tuple[Problem, ...]:
    text = f"an upload cannot be kept: {error.strerror or error}; make room, or make the content folder writable"
    return (Problem(Severity.ERROR, Place(""), "upload", printable(text)),)


def _unwritable(error: Exception) -> _RefusedError:
    """Say what keeps anything from being received: the server's fault, and nothing of its disk."""
    if isinstance(error, StorageError) or (isinstance(error, OSError) and error.errno in _FULL):
        return _RefusedError(HTTPStatus.INSUFFICIENT_STORAGE, "the disk of the server is full, or cannot be written")
    return _RefusedError(HTTPStatus.INTERNAL_SERVER_ERROR, "it cannot be kept: the server's terminal says why")
