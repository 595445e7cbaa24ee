"""What `asciinema upload` sends, over real sockets: who may send it, what becomes of it, what is answered."""

from __future__ import annotations

import email
import gzip
import http.server
import io
import json
import os
import re
import socket
import subprocess
import sys
import threading
import zipfile
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

import pytest
from disks import small_disk
from hypothesis import given
from hypothesis import strategies as st
from projects import Project, cast
from serving import LIMIT, Answer, Host, Served, free_port, hosted, status, until
from tokens import TOKENS

from castsite.config import SiteConfig, load_config
from castsite.errors import Problem
from castsite.limits import KIB, MIB, UPLOAD_PART_HEADER, UPLOAD_ROOM
from castsite.schema.block import split
from castsite.serve.hosts import Entry, Hosts
from castsite.serve.inbox import Received
from castsite.serve.multipart import BadFormError, read_form
from castsite.serve.rebuild import Workers
from castsite.serve.uploads import Patience, Uploads
from castsite.site.frontmatter import read_meta

OLD, NEW = "/api/asciicasts", "/api/v1/recordings"
ROUTES = {OLD: "asciicast", NEW: "file"}
ID = "5d0d4d41-8a4e-4b6c-9d3c-0f1e2d3c4b5a"
BOUNDARY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
ASCIINEMA = [sys.executable, "-m", "asciinema"]


# ---- what is sent


@dataclass(frozen=True)
class Part:
    name: str
    body: bytes
    filename: str | None = None
    more: str = ""

    def written(self) -> bytes:
        file = "" if self.filename is None else f'; filename="{self.filename}"'
        kind = "" if self.filename is None else "content-type: application/octet-stream\r\n"
        head = f'content-disposition: form-data; name="{self.name}"{file}\r\n{kind}{self.more}\r\n'
        return head.encode("utf-8", "surrogateescape") + self.body


def form(*parts: Part, boundary: str = BOUNDARY) -> bytes:
    opened = b"".join(f"--{boundary}\r\n".encode() + part.written() + b"\r\n" for part in parts)
    return opened + f"--{boundary}--\r\n".encode()


def basic(password: str = ID, user: str = "ada") -> str:
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


def headers(**more: str) -> dict[str, str]:
    """Give what version 3 of asciinema sends."""
    found = {
        "User-Agent": "asciinema/3.2.1 target/x86_64-unknown-linux-gnu",
        "Accept": "application/json",
        "Authorization": basic(),
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
    }
    return found | {name.replace("_", "-"): value for name, value in more.items()}


def head(*lines: str) -> bytes:
    """Give the header of a request that is sent as it is."""
    written = (f"{name}: {value}" for name, value in headers().items())
    return "\r\n".join((f"POST {NEW} HTTP/1.1", "Host: localhost", *written, *lines, "", "")).encode()


@dataclass
class Desk:
    """A server that receives, in this process, over a project of its own."""

    host: Host
    uploads: Uploads
    root: Path
    told: list[Received]
    problems: list[Problem]

    def post(self, body: bytes, path: str = NEW, **more: str) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.host.port, timeout=LIMIT)
        try:
            wanted = {name: value for name, value in headers(**more).items() if value}
            connection.request("POST", path, body, wanted)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def send(self, recording: bytes, filename: str = "demo.cast", **fields: str) -> Answer:
        texts = (Part(name, value.encode()) for name, value in fields.items())
        return self.post(form(Part("file", recording, filename), *texts))

    def files(self) -> dict[str, bytes]:
        content = self.root / "content"
        return {
            path.relative_to(content).as_posix(): path.read_bytes() for path in content.rglob("*") if path.is_file()
        }

    def left(self) -> list[str]:
        """Give what uploads left in the work folder."""
        return [path.name for path in (self.root / ".castsite").glob("upload-*")]

    def rested(self) -> None:
        until(lambda: not self.uploads.busy and not self.left(), "the end of the upload")

    def closed(self, connection: socket.socket) -> bytes:
        connection.settimeout(LIMIT)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
        return b"".join(parts)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    found = Workers(1)
    yield found
    found.stop()


@dataclass
class Told:
    received_ones: list[Received] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def received(self, received: Received) -> None:
        self.received_ones.append(received)

    def problem(self, problem: Problem) -> None:
        self.problems.append(problem)


@contextmanager
def receiving(
    root: Path,
    workers: Workers,
    config: str = "serve: {upload_folder: inbox}",
    *,
    base: str = "/",
    entry: Entry | None = None,
    hosts: Hosts | None = None,
    **more: object,
) -> Iterator[Desk]:
    (root / "content").mkdir(parents=True, exist_ok=True)
    (root / "public").mkdir()
    loaded = load_config(config).config
    told = Told()
    uploads = Uploads(
        project=root,
        load=lambda: loaded,
        now=lambda: datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC),
        workers=workers,
        tell=told,
        **more,
    )
    with hosted(root / "public", base=base, entry=entry, hosts=hosts, uploads=uploads) as host:
        uploads.site = f"http://localhost:{host.port}"
        yield Desk(host, uploads, root, told.received_ones, told.problems)


@pytest.fixture
def desk(tmp_path: Path, workers: Workers) -> Iterator[Desk]:
    with receiving(tmp_path, workers) as found:
        yield found


@pytest.fixture
def open_desk(tmp_path: Path, workers: Workers) -> Iterator[Desk]:
    """One that may be asked as often as a test wants to."""
    with receiving(tmp_path, workers, per_minute=1000) as found:
        yield found


# ---- L01, L02: off, and on


def test_L01_nothing_is_received_unless_it_is_switched_on(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "public").mkdir()
    with hosted(tmp_path / "public", base="/casts/") as host:
        host.write({"404.html": "lost"})
        for route, part in ROUTES.items():
            for size in (10, 3 * MIB):  # more than any other request may have
                connection = HTTPConnection("127.0.0.1", host.port, timeout=LIMIT)
                connection.request("POST", route, form(Part(part, b"x" * size, "ascii.cast")), headers())
                answer = connection.getresponse()
                assert (answer.status, answer.read()[:4]) == (404, b"lost")
                connection.close()
            assert host.get(route).status == 404
            assert host.get(f"/casts{route}", "POST").status == 404
        assert host.get("/connect/x").status == 404
        assert host.get("/api/v1/other", "POST").status == 405, "as everywhere"
    assert list((tmp_path / "content").iterdir()) == []
    assert not (tmp_path / ".castsite").exists()


def test_L02_what_version_3_sends_becomes_a_draft_in_the_folder_that_is_configured(desk: Desk) -> None:
    recording = cast("one", "two", title="How it is done")
    answer = desk.send(recording, title="Rebase & squash", description="Two\nlines", visibility="public")
    assert answer.status == 201
    url = f"http://localhost:{desk.host.port}/inbox/rebase-squash/"
    told = json.loads(answer.body)
    assert (told["url"], told["file_url"], answer.headers["Location"]) == (url, f"{url[:-1]}.cast", url)
    assert (told["title"], told["description"], told["visibility"]) == ("Rebase & squash", "Two\nlines", "private")
    assert told["id"] == 1
    assert url in told["message"]
    assert "content/inbox/rebase-squash.md no longer says draft: true" in told["message"]
    assert desk.files() == {
        "inbox/rebase-squash.cast": recording,
        "inbox/rebase-squash.md": (
            b'---\ntitle: "Rebase & squash"\ndescription: "Two\\nlines"\nvisibility: public\ndraft: true\n---\n'
        ),
    }
    assert desk.left() == []
    assert [one.path for one in desk.told] == ["content/inbox/rebase-squash.cast"]


def test_L02_what_version_2_sends_is_named_by_the_title_in_it(desk: Desk) -> None:
    body = form(Part("asciicast", cast("x", title="Grüße, Welt"), "ascii.cast"))
    answer = desk.post(body, OLD, Authorization=basic(user="None"), Connection="close")
    assert answer.status == 201
    assert json.loads(answer.body)["url"].endswith("/inbox/grusse-welt/")
    assert desk.files()["inbox/grusse-welt.md"] == b"---\ndraft: true\n---\n"


def test_L02_what_has_no_title_is_named_by_the_moment(desk: Desk) -> None:
    assert desk.send(cast("x")).status == 201
    assert sorted(desk.files()) == ["inbox/upload-20260314-150926.cast", "inbox/upload-20260314-150926.md"]


def test_addresses_below_the_base_path_are_those_of_version_2_as_well(tmp_path: Path, workers: Workers) -> None:
    with receiving(tmp_path, workers, "{}", base="/casts/", publish=True) as desk:
        answer = desk.post(form(Part("asciicast", cast("x", title="A"), "ascii.cast")), f"/casts{OLD}")
        assert json.loads(answer.body)["url"] == f"http://localhost:{desk.host.port}/casts/a/"
        assert desk.send(cast("x", title="B")).status == 201
        assert sorted(desk.files()) == ["a.cast", "b.cast"], "with nothing to say no companion"
        assert desk.host.get("/connect/5d0d4d41").text.count("No account is needed here") == 1
        assert desk.host.get("/casts/connect/5d0d4d41").status == 200
        assert desk.host.get("/connect/a/b").status == 404


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A site with a key, so that unlisted pages have addresses that nobody can guess."""
    return Project(tmp_path_factory.mktemp("site")).write({
        "castsite.yml": "title: Casts\nbase_url: https://me.example/casts/\nsite_key: 0123456789abcdefghij\n"
        "serve: {uploads: true, upload_folder: inbox}\n",
        "content/about.md": "---\ntitle: About\n---\nwords\n",
    })  # fmt: skip


@pytest.fixture(scope="module")
def one(site: Project) -> Iterator[Served]:
    with Served(site.root, "serve", "--port", str(free_port()), "--publish-uploads") as found:
        yield found.ready()


def uploaded(one: Served, file: Path, *, token: str = ID, base: str = "") -> subprocess.CompletedProcess[str]:
    """Let asciinema's own program send a file."""
    environ = {**os.environ, "ASCIINEMA_API_URL": f"http://127.0.0.1:{one.port}{base}", "ASCIINEMA_INSTALL_ID": token}
    environ["ASCIINEMA_CONFIG_HOME"] = str(file.parent / "config")
    command = [*ASCIINEMA, "upload", str(file)]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=LIMIT, check=False)


@pytest.fixture
def asciinema() -> None:
    pytest.importorskip("asciinema", reason="asciinema's own program is not installed")


@pytest.mark.usefixtures("asciinema")
@pytest.mark.parametrize("base", ["", "/casts"])
def test_L02_asciinema_uploads_and_the_page_is_there(one: Served, tmp_path: Path, base: str) -> None:
    file = tmp_path / "demo.cast"
    file.write_bytes(cast("first words", title=f"From asciinema{base}"))
    done = uploaded(one, file, base=base)
    assert done.returncode == 0, done.stderr
    url = re.search(rf"http://localhost:{one.port}(/casts/\S+)", done.stdout + done.stderr)
    assert url, done.stderr
    assert one.line(r"received (\S+)")[1].startswith("content/inbox/from-asciinema")
    until(lambda: one.get(url[1]).status == 200, "the page")
    assert "first words" in one.get(f"{url[1][:-1]}.txt").text


@pytest.mark.usefixtures("asciinema")
def test_L04_asciinema_sends_the_token_as_its_install_id(tmp_path: Path) -> None:
    site = Project(tmp_path / "site").write({"castsite.yml": "title: T\n", "content/a.md": "words\n"})
    file = tmp_path / "demo.cast"
    file.write_bytes(cast("x", title="Sent"))
    token = "k3J9-long-and-random"  # noqa: S105 - of a test
    arguments = ("serve", "--uploads", "--upload-token", token, "--port", str(free_port()))
    with Served(site.root, *arguments) as served:
        served.ready()
        done = uploaded(served, file)
        assert (done.returncode, "Invalid or revoked install ID" in done.stderr) == (1, True)
        done = uploaded(served, file, token=token)
        assert (done.returncode, "content/sent.cast, a draft" in done.stdout + done.stderr) == (0, True)
    assert (site.root / "content/sent.md").read_text() == "---\ndraft: true\n---\n"


@pytest.mark.usefixtures("asciinema")
def test_asciinema_says_what_is_wrong(one: Served, tmp_path: Path) -> None:
    file = tmp_path / "no.cast"
    file.write_bytes(b"no recording\n" * 20_000)
    done = uploaded(one, file)
    assert done.returncode == 1
    assert "Invalid asciicast" in done.stderr
    assert "not a recording format castsite knows" in done.stderr


def test_L13_an_unlisted_one_is_where_the_site_puts_it(one: Served) -> None:
    body = form(Part("file", cast("hidden words", title="Hush"), "a.cast"), Part("visibility", b"unlisted"))
    connection = HTTPConnection("127.0.0.1", one.port, timeout=LIMIT)
    connection.request("POST", NEW, body, headers())
    told = json.loads(connection.getresponse().read())
    connection.close()
    path = told["url"].removeprefix(f"http://localhost:{one.port}")
    assert re.fullmatch(r"/casts/[a-z2-7]{32}/", path), path
    until(lambda: one.get(path).status == 200, "the page")
    assert "Hush" not in one.get("/casts/").text


def test_L14_what_is_held_back_is_told_and_never_served(one: Served, site: Project) -> None:
    token = TOKENS["github-token"]
    body = form(Part("file", cast(f"export {token}", title="Leak"), "a.cast"))
    connection = HTTPConnection("127.0.0.1", one.port, timeout=LIMIT)
    connection.request("POST", NEW, body, headers())
    response = connection.getresponse()
    told = json.loads(response.read())
    connection.close()
    assert response.status == 201
    assert "held back" in told["message"]
    assert "github-token" in told["message"]
    assert token[6:] not in json.dumps(told)
    name = re.search(r"content/(inbox/upload-\d{8}-\d{6}(-\d+)?)\.cast", told["message"])
    assert name, "a name that says nothing of its title"
    one.line(rf"received content/{name[1]}.cast, held back")
    until(lambda: json.loads(one.get("/casts/__castsite/state.json").body)["problems"], "the build")
    for path in ("", f"{name[1]}/", f"{name[1]}.cast", "search/", "__castsite/state.json"):
        assert token[6:] not in one.get(f"/casts/{path}").text
    assert one.get(f"/casts/{name[1]}/").status == 404
    (site.root / f"content/{name[1]}.cast").unlink()
    until(lambda: not json.loads(one.get("/casts/__castsite/state.json").body)["problems"], "the next build")


def test_L14_a_token_in_the_title_is_in_no_name(desk: Desk) -> None:
    token = TOKENS["github-token"]
    answer = desk.send(cast("x"), title=f"export {token}")
    assert answer.status == 201
    told = json.loads(answer.body)
    assert "held back" in told["message"]
    assert token.lower() not in (answer.text + "".join(desk.files())).lower()
    assert sorted(desk.files()) == ["inbox/upload-20260314-150926.cast", "inbox/upload-20260314-150926.md"]


# ---- L03 to L05: who may send


@pytest.mark.parametrize(
    "header",
    [("Origin", "http://localhost:8000"), ("Origin", "null"), ("Referer", "http://localhost/"), ("Cookie", "a=b"),
     ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "none"), ("Sec-Fetch-Mode", "cors"),
     ("Sec-Fetch-Dest", "x")],
    ids=" ".join,
)  # fmt: skip
@pytest.mark.parametrize("route", ROUTES)
def test_L03_no_page_of_a_browser_gets_through(desk: Desk, route: str, header: tuple[str, str]) -> None:
    answer = desk.post(form(Part(ROUTES[route], cast("x"), "a.cast")), route, **{header[0]: header[1]})
    assert answer.status == 403
    assert json.loads(answer.body)["type"] == "access_denied"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert desk.files() == {}


def test_L03_foreign_hosts_and_other_methods_are_refused(desk: Desk) -> None:
    assert desk.post(form(Part("file", cast("x"), "a.cast")), Host="evil.example").status == 403
    for route in ROUTES:
        for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"):
            answer = desk.host.get(route, method, Authorization=basic())
            assert (answer.status, answer.headers["Allow"]) == (405, "POST"), method
        for method in ("PATCH", "DELETE"):
            assert desk.host.get(f"{route}/1", method).status == 405
    assert status(desk.host.raw(f"FOO {NEW} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")) == 405
    assert desk.files() == {}


@pytest.mark.parametrize(
    ("authorization", "expected"),
    [("", 401), ("Bearer x", 401), ("Basic", 401), ("Basic !!!", 401), (f"Basic {b64encode(b'none').decode()}", 401),
     (basic("wrong"), 401), (basic(""), 401), (basic("ü"), 401), (basic("the right token"), 201),
     (basic("the right token").replace("Basic", "bAsIc"), 201), (basic("the right token", user=""), 201)],
)  # fmt: skip
def test_L04_with_a_token_only_who_has_it_sends(
    tmp_path: Path, workers: Workers, authorization: str, expected: int
) -> None:
    with receiving(tmp_path, workers, token="the right token") as desk:  # noqa: S106 - of a test
        answer = desk.post(form(Part("file", cast("x"), "a.cast")), Authorization=authorization)
        assert answer.status == expected, answer.body
        assert bool(desk.files()) is (expected == 201)
        if expected == 401:
            assert json.loads(answer.body)["type"] == "unauthenticated"
            assert b"token" in answer.body
            assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_L04_without_a_token_there_is_still_an_install_id(desk: Desk) -> None:
    answer = desk.post(form(Part("file", cast("x"), "a.cast")), Authorization="")
    assert (answer.status, b"install id" in answer.body, b"token" in answer.body) == (401, True, False)
    assert desk.files() == {}


def test_L04_where_others_reach_the_server_the_token_is_enough(tmp_path: Path, workers: Workers) -> None:
    with receiving(tmp_path, workers, token="0123456789abcdef", entry=Entry(), hosts=Hosts(addresses=True)) as desk:  # noqa: S106
        assert desk.host.get("/").status == 403
        assert desk.post(form(Part("file", cast("x"), "a.cast"))).status == 401
        body = form(Part("file", cast("x"), "a.cast"))
        assert desk.post(body, Authorization=basic("0123456789abcdef"), Host="10.0.0.1:80").status == 201
        url = json.loads(desk.post(body, Authorization=basic("0123456789abcdef")).body)["url"]
        assert url.startswith(f"http://localhost:{desk.host.port}/"), "the server's own name for itself"


@pytest.mark.parametrize(
    ("arguments", "environ"),
    [
        (["--uploads"], {}),
        (["--uploads", "--upload-token", "short"], {}),
        (["--uploads"], {"CASTSITE_UPLOAD_TOKEN": "short"}),
    ],
    ids=["none", "short", "short-variable"],
)
def test_L05_strangers_need_a_token_that_nobody_guesses(
    tmp_path: Path, arguments: list[str], environ: dict[str, str]
) -> None:
    site = Project(tmp_path).write({"castsite.yml": "title: T\n", "content/a.md": "words\n"})
    done = site.run("serve", "--host", "0.0.0.0", "--port", str(free_port()), *arguments, **environ)  # noqa: S104
    assert done.returncode == 2
    assert "--upload-token has to have 16 characters or more" in done.stderr
    assert "serving at" not in done.stderr


@pytest.mark.parametrize("arguments", [["--upload-token", "0123456789abcdef"], ["--publish-uploads"]])
def test_what_is_said_of_uploads_that_are_not_received_is_refused(tmp_path: Path, arguments: list[str]) -> None:
    site = Project(tmp_path).write({"content/a.md": "words\n"})
    done = site.run("serve", "--port", str(free_port()), *arguments)
    assert (done.returncode, "belong to --uploads; give that too" in done.stderr) == (2, True), done.stderr
    assert "serving at" not in done.stderr


def test_L05_with_one_the_server_starts_and_takes_it_from_the_environment(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"castsite.yml": "title: T\n", "content/a.md": "words\n"})
    token = "a token of the environment"  # noqa: S105
    arguments = ("serve", "--host", "0.0.0.0", "--uploads", "--port", str(free_port()))  # noqa: S104
    with Served(site.root, *arguments, CASTSITE_UPLOAD_TOKEN=token) as served:
        served.line(r"serving at (\S+)")
        port = int(re.search(r":(\d+)/", served.lines[-1])[1])
        for password, expected in ((ID, 401), (token, 201)):
            connection = HTTPConnection("127.0.0.1", port, timeout=LIMIT)
            connection.request(
                "POST", NEW, form(Part("file", cast("x"), "a.cast")), headers(Authorization=basic(password))
            )
            assert connection.getresponse().status == expected
            connection.close()
    assert token not in "\n".join(served.lines)


# ---- L06 to L10: what is sent


@pytest.mark.parametrize(
    "name",
    ["../../x", "C:\\x.cast", "a\0b.cast", "n" * 5000, "", "ü\udcff.cast", '\\"quoted\\".cast', "/etc/passwd",
     ".htaccess"],
    ids=["up", "drive", "nul", "long", "empty", "bytes", "quotes", "absolute", "hidden"],
)  # fmt: skip
def test_L06_the_name_of_the_file_is_never_read(desk: Desk, name: str) -> None:
    before = sorted(path for path in desk.root.parent.rglob("*") if ".castsite" not in path.parts)
    assert desk.send(cast("x"), filename=name).status == 201
    new = {"inbox", "upload-20260314-150926.cast", "upload-20260314-150926.md"}
    after = [path for path in desk.root.parent.rglob("*") if ".castsite" not in path.parts]
    assert {path.name for path in set(after) - set(before)} == new


def test_L07_what_is_too_large_is_refused_before_and_while_it_comes(tmp_path: Path, workers: Workers) -> None:
    with receiving(tmp_path, workers, "limits: {file_size: 100 KiB}") as desk:
        most = 100 * KIB + UPLOAD_ROOM
        # by the header alone: the answer comes before anything was sent
        with socket.create_connection(("127.0.0.1", desk.host.port), timeout=LIMIT) as connection:
            connection.sendall(head(f"Content-Length: {most + 1}"))
            first = connection.recv(65536)
            assert status(first) == 413
            assert b"content_too_large" in first
            assert b"100 KiB" in first or b"0.0977 MiB" in first
            assert b"connection: close" in first.lower()
        # in pieces that say nothing of the whole
        piece = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
        with socket.create_connection(("127.0.0.1", desk.host.port), timeout=LIMIT) as connection:
            connection.sendall(head("Transfer-Encoding: chunked"))
            for _ in range(most // 0x4000 + 1):
                connection.sendall(piece)
            assert status(connection.recv(65536)) == 413
            with pytest.raises(ConnectionError):  # who goes on is cut off
                connection.sendall(piece * 10_000)
        # who sends all of it hears why, and is let go
        answer = desk.post(form(Part("file", b"x" * most, "a.cast")))
        assert (answer.status, json.loads(answer.body)["type"]) == (413, "content_too_large")
        # what just fits is read, and is too large for a recording
        rest = most - len(form(Part("file", b"", "a.cast")))
        assert desk.post(form(Part("file", b"x" * rest, "a.cast"))).status == 422
        desk.rested()
        assert desk.files() == {}


def test_L07_the_limit_of_a_recording_is_that_of_builds(desk: Desk) -> None:
    for size, expected in ((50 * MIB + 65 * KIB, 413), (50 * MIB + 64 * KIB + 1, 413)):
        with socket.create_connection(("127.0.0.1", desk.host.port), timeout=LIMIT) as connection:
            connection.sendall(head(f"Content-Length: {size}", "Expect: 100-continue"))
            answer = desk.closed(connection)
            assert status(answer) == expected
            assert b"100 (Continue)" not in answer


def test_L07_lengths_that_are_not_true(desk: Desk) -> None:
    body = form(Part("file", cast("x"), "a.cast"))

    def said(*lines: str, rest: bytes = body) -> int:
        answer = desk.host.raw(head("Connection: close", *lines) + rest)
        assert answer.count(b"HTTP/1.1 ") == 1, answer
        return status(answer)

    assert said(f"Content-Length: {len(body) - 40}") == 400, "shorter than the body"
    assert said("Content-Length: many") == 400
    assert said(f"Content-Length: {'9' * 5000}") == 400
    assert said("Content-Length: 5", "Content-Length: 6") == 400
    assert said("Content-Length: -1") == 400
    assert said(f"Content-Length: {len(body)}", "Content-Length: 5") == 400
    chunks = b"%x\r\n%s\r\n" % (len(body) - 40, body[:-40])
    assert said("Transfer-Encoding: chunked", rest=chunks + b"0\r\n\r\n") == 400, "a form without an end"
    assert said("Transfer-Encoding: chunked", rest=chunks + b"zz\r\n\r\n") == 400, "no end of the chunks"
    assert said("Transfer-Encoding: chunked", rest=b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)) == 201
    assert said(*[f"Content-Length: {len(body)}"] * 2) == 201, "twice the same"
    desk.rested()
    assert len(desk.files()) == 4


@pytest.mark.parametrize("patience", [Patience(idle=0.2), Patience(idle=60, whole=0.2)], ids=["idle", "whole"])
def test_L07_what_never_ends_is_ended(tmp_path: Path, workers: Workers, patience: Patience) -> None:
    with receiving(tmp_path, workers, patience=patience) as desk:
        with socket.create_connection(("127.0.0.1", desk.host.port), timeout=LIMIT) as connection:
            connection.sendall(head("Transfer-Encoding: chunked") + b"5\r\nhello\r\n")
            until(lambda: desk.uploads.busy, "the upload")
            answer = desk.closed(connection)
        assert status(answer) == 408
        assert b"too_slow" in answer
        desk.rested()
        assert desk.send(cast("x")).status == 201, "the next one is received"
        # neither is anybody heard for ever who was refused
        with socket.create_connection(("127.0.0.1", desk.host.port), timeout=LIMIT) as connection:
            connection.sendall(head("Origin: null", "Content-Length: 100"))
            assert status(desk.closed(connection)) == 403


FILE = Part("file", cast("x"), "a.cast")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (form(FILE, FILE), None),
        (form(FILE, Part("other", b"x", "b")), None),
        (form(), None),
        (b"", None),
        (form(Part("title", b"x")), None),
        (form(Part("file", cast("x"))), None),
        (form(Part("asciicast", cast("x"), "a.cast")), None),
        (form(FILE, Part("title", b"a"), Part("title", b"b")), None),
        (form(FILE), "multipart/form-data"),
        (form(FILE), "multipart/form-data; boundary="),
        (form(FILE), "multipart/form-data; boundary=other"),
        (form(FILE), f"multipart/form-data; boundary={'x' * 71}"),
        (form(FILE), f"multipart/mixed; boundary={BOUNDARY}"),
        (form(FILE), "application/json"),
        (form(Part("file", cast("x"), "a.cast", more=f"x-long: {'y' * MIB}\r\n")), None),
        (form(Part("file", cast("x"), "a.cast", more=f"x-long: {'y' * UPLOAD_PART_HEADER}\r\n")), None),
        (form(FILE, *(Part(f"n{at}", b"x") for at in range(16))), None),
        (form(FILE, Part("title", b"x" * (UPLOAD_ROOM + 1))), None),
        (form(FILE)[:-40], None),
        (b"preamble\r\n" + form(FILE), None),
        (form(FILE).replace(b"form-data; name", b"attachment; name"), None),
        (form(FILE).replace(b'name="file"; ', b""), None),
        (f"--{BOUNDARY}\r\n\r\n\r\nx\r\n--{BOUNDARY}--\r\n".encode(), None),
    ],
    ids=["two-files", "other-file", "nothing", "empty", "no-file", "no-filename", "wrong-name", "two-titles",
         "no-boundary", "empty-boundary", "other-boundary", "long-boundary", "mixed", "json", "1-MB-header", "header",
         "parts", "long-text", "torn", "preamble", "attachment", "nameless", "headless"],
)  # fmt: skip
def test_L08_what_is_no_form_of_one_recording_is_refused(open_desk: Desk, body: bytes, kind: str | None) -> None:
    answer = open_desk.post(body, **({"Content-Type": kind} if kind else {}))
    assert answer.status == 400
    told = json.loads(answer.body)
    assert told["type"] == "bad_request"
    assert told["message"].isascii()
    assert (open_desk.files(), open_desk.left()) == ({}, [])


def zipped(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.cast", data)
    return file.getvalue()


BROKEN = b'{"version": 2, "width": 80, "height": 24}\n' + b'[1.0, "o", "x"]\nlol!\n' * 50


@pytest.mark.parametrize(
    ("recording", "reason"),
    [
        (BROKEN, "too damaged: 49 of 100 events are unreadable"),
        (gzip.compress(cast("x")), "compressed by gzip: send the recording itself"),
        (zipped(cast("x")), "archive without manifest.json"),
        (b"---\nslug: mine\n---\n" + cast("x"), "begins with front matter"),
        (b"+++\nslug = 1\n+++\n" + cast("x"), "begins with front matter"),
        (b'{"version": 2, "width": 80, "height": 24}\n', "no events"),
        (b'{"version": 4, "width": 80, "height": 24}\n[1, "o", "x"]\n', "version"),
        (b"", "empty"),
    ],
    ids=["A07", "gzip", "zip", "front-matter", "toml", "no-events", "version", "empty"],
)
def test_L09_what_no_build_could_publish_is_not_taken(desk: Desk, recording: bytes, reason: str) -> None:
    answer = desk.send(recording)
    assert answer.status == 422
    told = json.loads(answer.body)
    assert told["type"] == "validation_failed"
    assert reason in told["message"]
    assert told["details"][0] == {"field": "file", "message": told["message"].splitlines()[0]}
    assert (desk.files(), desk.left(), desk.told) == ({}, [], [])


def test_L09_a_compressed_body_is_refused_by_its_header(desk: Desk) -> None:
    answer = desk.post(gzip.compress(form(FILE)), Content_Encoding="gzip")
    assert (answer.status, json.loads(answer.body)["message"]) == (422, "the body is compressed: send it as it is")


def test_what_was_repaired_is_told(desk: Desk) -> None:
    answer = desk.send(cast("x", "y", title="Torn") + b'[9.5, "o", "half of a li')
    assert answer.status == 201
    assert re.search(r"warning: content/inbox/torn\.cast:4:1: cast-cut-off: ", json.loads(answer.body)["message"])


def test_what_a_site_passes_over_is_not_taken(tmp_path: Path, workers: Workers) -> None:
    with receiving(tmp_path, workers, "ignore: [inbox]\nserve: {upload_folder: inbox}") as desk:
        answer = desk.send(cast("x"))
        assert answer.status == 422
        assert "change ignore or upload_folder" in json.loads(answer.body)["message"]
        assert desk.files() == {}


TITLES = {
    "yaml": 'a: [b, {c: "d"}] #e &f *g !h | > % @ `',
    "newline": "first\nsecond: third",
    "dashes": "x\n---\ndraft: false\n---\n",
    "bidi": "user\u202egnp.exe\u2066",
    "long": "lang " * 2000,
    "controls": "a\x00b\x1b[31mc\x85d\u2028e",
    "emoji": "👩\u200d🚀 Ünïcödé \U0001f600",
    "null": "null",
    "number": "1.10",
    "tilde": "~",
    "lone": "\udcff".encode("utf-8", "surrogateescape").decode("latin-1"),
}


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_L10_any_title_becomes_front_matter_that_says_it(open_desk: Desk, title: str) -> None:
    answer = open_desk.send(cast("x"), title=title, description=title)
    assert answer.status == 201
    (name,) = [name for name in open_desk.files() if name.endswith(".md")]
    written = open_desk.files()[name]
    assert written.isascii()
    assert written.count(b"\n---\n") == 1
    block = split(written, path=name)
    assert block.front is not None
    read = read_meta(block.front, path=name, line=2, limits=SiteConfig().limits, zone=UTC, kind="recording")
    assert read.problems == ()
    assert read.meta.draft is True
    visible = (char for char in title.replace("\u2028", " ") if char.isprintable() or char in "\u200d\n")
    assert read.meta.title == " ".join("".join(visible).split())[:200].rstrip()
    assert re.fullmatch(r"inbox/[a-z0-9-]{1,80}\.md", name)
    assert json.loads(answer.body)["url"].endswith(f"/{name[:-3]}/")


def test_L10_a_description_is_cut_where_asciinema_org_cuts_it(open_desk: Desk) -> None:
    assert open_desk.send(cast("x"), description="\U0001f600" * 10_000).status == 201
    (written,) = (body for name, body in open_desk.files().items() if name.endswith(".md"))
    assert written.count(b"\\U0001f600") == 4096


# ---- L11 to L16: what becomes of it


def test_L11_nothing_is_ever_overwritten(open_desk: Desk) -> None:
    first, second = cast("first", title="Same"), cast("second", title="Same")
    for recording in (first, second, second):
        assert open_desk.send(recording).status == 201
    files = open_desk.files()
    assert (files["inbox/same.cast"], files["inbox/same-1.cast"], files["inbox/same-2.cast"]) == (first, second, second)
    assert len(files) == 6


def test_L11_what_leads_to_the_same_address_counts_too(open_desk: Desk) -> None:
    inbox = open_desk.root / "content/inbox"
    (inbox / "folder").mkdir(parents=True)
    for name in ("Same Thing.cast", "page.md", "squeezed.cast.gz", "dead.cast"):
        (inbox / name).write_text("mine")
    (inbox / "dead.cast").unlink()
    (inbox / "dead.cast").symlink_to("nowhere")
    open_desk.host.write({"inbox/served/index.html": "an alias"})
    titles = ["same thing", "page", "squeezed", "folder", "dead", "served"]
    for title in titles:
        assert json.loads(open_desk.send(cast("x"), title=title).body)["url"].endswith(f"{title.replace(' ', '-')}-1/")
    assert open_desk.files()["inbox/page.md"] == b"mine"


def test_L11_reserved_names_are_not_used(tmp_path: Path, workers: Workers) -> None:
    with receiving(tmp_path, workers, "{}") as desk:
        for title, name in (("Search", "search-1"), ("Con", "con-1"), ("feed", "feed-1")):
            assert json.loads(desk.send(cast("x"), title=title).body)["url"].endswith(f"/{name}/")


def test_L11_a_folder_that_is_a_link_is_not_followed(desk: Desk) -> None:
    (desk.root / "outside").mkdir()
    (desk.root / "content/inbox").symlink_to(desk.root / "outside")
    answer = desk.send(cast("x"))
    assert (answer.status, json.loads(answer.body)["type"]) == (500, "server_error")
    assert list((desk.root / "outside").iterdir()) == []
    assert [problem.code for problem in desk.problems] == ["upload"]


class _Heard(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.heard.append(self.path)  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_L12_an_address_of_sound_is_written_down_and_never_asked_for(desk: Desk) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Heard) as http_server:
        http_server.heard = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=http_server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{http_server.server_port}/x?a\n---\naudio: y"
        assert desk.send(cast("x", title="Loud"), audio_url=address).status == 201
        http_server.shutdown()
        thread.join()
        assert http_server.heard == []  # type: ignore[attr-defined]
    written = desk.files()["inbox/loud.md"].decode()
    assert f'\n# sound, which is not fetched: "{address.split(chr(10), maxsplit=1)[0]} --- audio: y"\n---\n' in written
    block = split(written.encode(), path="x")
    assert (
        read_meta(block.front, path="x", line=2, limits=SiteConfig().limits, zone=UTC, kind="recording").meta.audio
        is None
    )


PRIVATE = "  # sent as private"


@pytest.mark.parametrize(
    ("sent", "publish", "lines"),
    [
        ("unlisted", True, "visibility: unlisted"),
        ("private", True, f"draft: true{PRIVATE}"),
        ("x", True, "draft: true"),
        ("public", True, "visibility: public"),
        ("public\ndraft: false", True, "draft: true"),
        ("unlisted", False, "visibility: unlisted\ndraft: true"),
        ("private", False, f"draft: true{PRIVATE}"),
    ],
)
def test_L13_visibility_only_ever_hides_more(
    tmp_path: Path, workers: Workers, sent: str, publish: bool, lines: str
) -> None:
    with receiving(tmp_path, workers, "{}", publish=publish) as desk:
        told = json.loads(desk.send(cast("x", title="T"), visibility=sent).body)
        assert desk.files()["t.md"].decode() == f"---\n{lines}\n---\n"
        assert told["visibility"] == ("private" if "draft" in lines else sent)


def test_L13_what_is_sent_as_private_is_told_the_address_that_it_may_get(desk: Desk) -> None:
    told = json.loads(desk.send(cast("x", title="T"), visibility="private").body)
    assert told["url"] == f"http://localhost:{desk.host.port}/inbox/t/"
    assert (told["visibility"], "a draft" in told["message"]) == ("private", True)


def test_L13_what_only_some_may_see_is_told_no_address(tmp_path: Path, workers: Workers) -> None:
    with receiving(tmp_path, workers, "visibility: private", publish=True) as desk:
        told = json.loads(desk.send(cast("x", title="T")).body)
        assert (told["url"], told["file_url"]) == (f"http://localhost:{desk.host.port}/", None)


def test_L15_who_leaves_halfway_leaves_nothing(desk: Desk) -> None:
    body = form(Part("file", cast("x") * 2000, "a.cast"))
    for linger in (False, True):
        with socket.create_connection(("127.0.0.1", desk.host.port), timeout=LIMIT) as connection:
            if linger:  # as a program does that is killed
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.sendall(head(f"Content-Length: {len(body)}") + body[: len(body) // 2])
            until(desk.left, "the body")
        desk.rested()
    assert desk.files() == {}
    assert desk.send(cast("x")).status == 201


def test_L15_who_leaves_before_the_answer_has_sent(desk: Desk) -> None:
    body = form(Part("file", cast("x", title="Sent"), "a.cast"))
    with socket.create_connection(("127.0.0.1", desk.host.port), timeout=LIMIT) as connection:
        connection.sendall(head(f"Content-Length: {len(body)}") + body)
        until(lambda: desk.uploads.busy or desk.told, "the upload")
    until(lambda: desk.told, "the recording")
    desk.rested()
    assert sorted(desk.files()) == ["inbox/sent.cast", "inbox/sent.md"]


def test_L15_a_full_disk_is_told_and_nothing_is_left(tmp_path: Path, workers: Workers) -> None:
    root = tmp_path / "disk"
    root.mkdir()
    with small_disk(root, 512 * KIB), receiving(root, workers, "{}") as desk:
        big = cast(*(f"{at:030}" * 10 for at in range(1500)))  # more than there is room for, twice
        for recording in (big, big[: len(big) // 2]):
            answer = desk.send(recording)
            assert (answer.status, json.loads(answer.body)["type"]) == (507, "insufficient_storage")
            assert desk.files() == {}
            desk.rested()
        assert desk.send(cast("x")).status == 201, "the server is alive, and there is room again"


def test_L15_what_a_killed_server_left_is_removed_by_the_next(tmp_path: Path, workers: Workers) -> None:
    for name, age in (("upload-old", 7200), ("upload-new", 60), ("serve-8000", 7200)):
        folder = tmp_path / ".castsite" / name
        folder.mkdir(parents=True)
        (folder / "body").write_text("x")
        then = datetime.now(UTC).timestamp() - age
        os.utime(folder, (then, then))
    with receiving(tmp_path, workers):
        assert sorted(path.name for path in (tmp_path / ".castsite").iterdir()) == ["serve-8000", "upload-new"]


def test_L16_the_eleventh_in_a_minute_waits(desk: Desk) -> None:
    answers = [desk.post(form()) for _ in range(11)]
    assert [answer.status for answer in answers] == [400] * 10 + [429]
    assert answers[-1].headers["Retry-After"] == "60"
    assert json.loads(answers[-1].body)["type"] == "too_many_requests"
    assert desk.post(form(), Authorization="").status == 401, "who may not send does not count"
    desk.uploads._begun.clear()
    assert desk.post(form()).status == 400, "and a minute later it goes on"


def test_L16_one_is_received_at_a_time(desk: Desk) -> None:
    body = form(FILE)
    with socket.create_connection(("127.0.0.1", desk.host.port), timeout=LIMIT) as connection:
        connection.sendall(head(f"Content-Length: {len(body)}") + body[:100])
        until(lambda: desk.uploads.busy, "the first one")
        answer = desk.send(cast("x"))
        assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
        assert desk.host.get("/connect/x").status == 200, "everything else is answered"
        connection.sendall(body[100:])
        assert status(connection.recv(65536)) == 201
    desk.rested()
    assert len(desk.files()) == 2


def test_a_server_that_ends_lets_go_of_an_upload(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"castsite.yml": "title: T\n", "content/a.md": "words\n"})
    with Served(site.root, "serve", "--uploads", "--port", str(free_port())) as served:
        served.ready()
        long = cast(*(f"{at} " * 40 for at in range(20_000)), step=0.01)
        body = form(Part("file", long, "a.cast"))
        with socket.create_connection(("127.0.0.1", served.port), timeout=LIMIT) as connection:
            connection.sendall(head(f"Content-Length: {len(body)}") + body)
            until(lambda: list(tmp_path.glob(".castsite/upload-*/content")), "the examination")
            assert served.end() == 130
        assert not [line for line in served.lines if "fault" in line]
    assert list((tmp_path / "content").iterdir()) == [tmp_path / "content/a.md"]
    assert list(tmp_path.glob(".castsite/upload-*")) == []


# ---- P14: forms


def test_P14_a_form_is_read_byte_for_byte() -> None:
    data = bytes(range(256)) * 3 + b"\r\n--" + BOUNDARY[:-1].encode() + b"\r\n\r\n"
    found = read_form(form(Part("title", "Grüße".encode()), Part("file", data, "a")), headers()["Content-Type"], "file")
    assert found == (data, {"title": "Grüße"})
    assert read_form(form(Part("file", b"", "a")), headers()["Content-Type"], "file").file == b""


@given(
    st.binary(max_size=300),
    st.dictionaries(st.sampled_from(["title", "description", "other"]), st.text(max_size=40)),
    st.text("0123456789abcdefABC'()+_,-./:=?", min_size=1, max_size=70),
)
def test_P14_what_is_written_as_a_form_is_read_from_it(data: bytes, texts: Mapping[str, str], boundary: str) -> None:
    fields = {name: text.encode("utf-8", "replace") for name, text in texts.items()}
    parts = [Part("file", data, "x"), *(Part(name, text) for name, text in fields.items())]
    if any(f"--{boundary}".encode() in part.body for part in parts):
        return
    found = read_form(form(*parts, boundary=boundary), f'multipart/form-data; boundary="{boundary}"', "file")
    assert found == (data, {name: text.decode() for name, text in fields.items()})


PIECES = [
    *(b"--b", b"--b--", b"--b\r\n", b"\r\n", b"\r\n\r\n", b"x: y", b"\0", b"\xff"),
    *(b"content-disposition: form-data", b'; name="file"', b'; filename="a"', b"; name*0=fi; name*1=le"),
    *(b"; filename*=utf-8''%ff", b"; filename*1*=a", b"; name*=utf-8''file", b"; name*1=x; name*=y"),
]


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=5), max_size=30).map(b"".join), st.text(max_size=30))
def test_P14_whatever_is_no_form_is_told_and_nothing_else(data: bytes, kind: str) -> None:
    for content_type in ("multipart/form-data; boundary=b", f"multipart/form-data; boundary={kind}"):
        for body in (data, b'--b\r\ncontent-disposition: form-data; name="file"' + data + b"\r\n--b--\r\n"):
            with suppress(BadFormError):
                assert read_form(body, content_type, "file").file in body


def test_forms_of_the_real_programs_are_read_as_the_library_of_python_reads_them() -> None:
    """Hold our reader against `email`, on a form with headers in capitals."""
    body = form(Part("file", b"abc\r\ndef", "a"), Part("title", b"t")).replace(b"content-disp", b"Content-Disp")
    message = email.message_from_bytes(f"Content-Type: {headers()['Content-Type']}\r\n\r\n".encode() + body)
    parts = {
        part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
        for part in message.get_payload()
    }
    found = read_form(body, headers()["Content-Type"], "file")
    assert (found.file, found.fields["title"].encode()) == (parts["file"], parts["title"])
