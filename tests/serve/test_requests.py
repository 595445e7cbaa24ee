"""What the server answers, over real sockets: to browsers, to programs, and to those who should not ask."""

from __future__ import annotations

import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

import pytest
from serving import LIMIT, Host, ask, hosted, raw, status, until

from castsite.render.headers import headers_file, policy, rules
from castsite.serve.connections import MOST_IDLE
from castsite.serve.hosts import Entry, Hosts

FILES: dict[str, bytes | str] = {
    "index.html": "<!doctype html><title>home</title><p>home</p>\n",
    "404.html": "<!doctype html><title>lost</title>\n",
    "git/index.html": "<!doctype html><title>git</title>\n",
    "git/rebase.cast.gz": b"\x1f\x8b",
    "git/rebase.cast": b'{"version": 2, "width": 80, "height": 24}\n' + b'[1.0, "o", "x"]\n' * 10,
    "git/.secret/index.html": "hidden",
    "empty/deep/page.txt": "grüße\n",
    "a b/ü.txt": "blank",
    ".env": "SECRET=1",
    ".git/config": "[core]",
    ".well-known/security.txt": "Contact: x",
    "castsite-manifest.json": "{}",
    ".cs-ab.tmp": "x",
    "big.bin": bytes(range(256)) * 4096,
    "_headers": headers_file(rules()),
}


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    folder = tmp_path_factory.mktemp("site") / "public"
    folder.mkdir()
    (folder.parent / "outside.txt").write_text("outside")
    with hosted(folder) as found:
        found.write(FILES)
        (folder / "link.txt").symlink_to(folder / "empty/deep/page.txt")
        (folder / "out.txt").symlink_to(folder.parent / "outside.txt")
        (folder / "folder").symlink_to(folder.parent)
        yield found


@pytest.fixture(scope="module")
def below(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A site that is published below `/a/ü/`."""
    folder = tmp_path_factory.mktemp("site") / "public"
    folder.mkdir()
    with hosted(folder, base="/a/%C3%BC/") as found:
        found.write(FILES)
        yield found


def get(path: str, *lines: str, method: str = "GET") -> str:
    head = "\r\n".join([f"{method} {path} HTTP/1.1", *(lines or ("Host: localhost",)), "Connection: close"])
    return f"{head}\r\n\r\n"


# ---- who may ask


@pytest.mark.parametrize(
    "name",
    ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil-localhost", "127.0.0.2", "[::2]",
     "10.0.0.1:8000", "localhost.", "xlocalhost", ""],
)  # fmt: skip
def test_I01_foreign_hosts_are_refused(host: Host, name: str) -> None:
    answer = host.raw(get("/", f"Host: {name}"))
    assert status(answer) == 403
    assert b"home" not in answer
    assert b"__castsite" not in answer


def test_I02_the_host_is_said_once_and_that_of_the_request_line_counts(host: Host) -> None:
    assert status(host.raw("GET / HTTP/1.1\r\n\r\n")) == 400
    assert status(host.raw("GET / HTTP/1.0\r\n\r\n")) == 400
    assert status(host.raw(get("/", "Host: localhost", "Host: localhost"))) == 400
    assert status(host.raw(get("/", "Host: localhost", "Host: evil.example"))) == 400
    assert status(host.raw(get("http://evil.example/", "Host: localhost"))) == 403
    assert status(host.raw(get("http://localhost.evil.example:80/git/", "Host: localhost"))) == 403
    for address in ("http://localhost", "http://localhost:80/", "HTTP://LOCALHOST/git/?t=1", "http://127.0.0.1?x"):
        assert status(host.raw(get(address, "Host: localhost"))) == 200, address


@pytest.mark.parametrize(
    "name", ["localhost:8000", "localhost", "LOCALHOST:8000", "127.0.0.1", "127.0.0.1:9", "[::1]", "[::1]:8000",
             "a.localhost", "a.b.localhost:8000"]
)  # fmt: skip
def test_I03_names_of_this_machine_are_answered(host: Host, name: str) -> None:
    assert status(host.raw(get("/", f"Host: {name}"))) == 200


def test_I03_both_loopback_addresses_are_listened_at(host: Host) -> None:
    assert status(raw(host.port, get("/").encode(), "127.0.0.1")) == 200
    if socket.has_ipv6:
        assert status(raw(host.port, get("/", "Host: [::1]").encode(), "::1")) == 200


def test_further_names_are_answered_when_they_are_allowed(tmp_path: Path) -> None:
    with hosted(tmp_path, hosts=Hosts(frozenset({"box.local"}))) as host:
        host.write(FILES)
        assert status(host.raw(get("/", "Host: box.local:8000"))) == 200
        assert status(host.raw(get("/", "Host: other.local"))) == 403
        assert status(host.raw(get("/", "Host: 10.0.0.1"))) == 403


@pytest.mark.parametrize(
    ("site", "mode", "expected"),
    [
        ("cross-site", "no-cors", 403),
        ("cross-site", "cors", 403),
        ("cross-site", "websocket", 403),
        ("cross-site", "navigate", 200),
        ("same-origin", "no-cors", 200),
        ("same-site", "cors", 200),
        ("none", "navigate", 200),
    ],
)
def test_other_sites_may_link_and_frame_and_load_nothing(host: Host, site: str, mode: str, expected: int) -> None:
    assert host.get("/", Sec_Fetch_Site=site, Sec_Fetch_Mode=mode).status == expected


def test_I15_who_is_not_on_this_machine_needs_a_token_once(tmp_path: Path) -> None:
    entry = Entry()
    with hosted(tmp_path, hosts=Hosts(addresses=True), entry=entry) as host:
        host.write(FILES)
        token = entry.token
        assert len(token) >= 22
        for path in ("/", "/__castsite/state.json", "/recordings", "/?token=", "/?token=x", f"/?token={token}x"):
            assert host.get(path).status == 403, path
        assert host.get(f"/?token={token}", "HEAD").status == 403
        let_in = host.get(f"/git/?a=1&token={token}&b=%C3%BC")
        assert (let_in.status, let_in.headers["Location"]) == (303, "/git/?a=1&b=%C3%BC")
        cookie = let_in.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert token not in cookie
        assert host.get("/git/", Cookie=cookie.partition(";")[0]).status == 200
        assert host.get("/git/", Cookie=f"castsite-{host.port}=x").status == 403
        assert host.get(f"/?token={token}").status == 403, "it was good once"
        assert host.redeemed == ["redeemed"]
        other = host.get(f"//evil.example/?token={entry.token}")
        assert (other.status, other.headers["Location"]) == (303, "/evil.example/")


# ---- paths


@pytest.mark.parametrize(
    "path",
    ["/../outside.txt", "/%2e%2e/outside.txt", "/..%2foutside.txt", "/..%5coutside.txt", "/....//outside.txt",
     "//evil.example/..", "//evil.example/git", "/git/../../outside.txt", "/git//", "//git", "/%2e/index.html",
     "/a/..;/x", "/folder/outside.txt", "/C:/x", "/%252e%252e/outside.txt"],
)  # fmt: skip
def test_I05_nothing_outside_is_given_and_nobody_is_sent_elsewhere(host: Host, path: str) -> None:
    answer = host.raw(get(path))
    assert status(answer) in {400, 404}
    assert b"outside" not in answer.replace(path.encode(), b"")
    assert b"Location" not in answer


@pytest.mark.parametrize("path", ["/%00", "/%ff", "/a\\b", "/a%5Cb", "/%0a", "/%7f", "/index.html%00.txt"])
def test_I06_what_no_link_has_in_it_is_a_bad_request(host: Host, path: str) -> None:
    assert status(host.raw(get(path))) == 400


def test_more_headers_than_anybody_sends_are_refused(host: Host) -> None:
    for count, expected in ((99, 200), (100, 431)):
        more = [f"X-{number}: 1" for number in range(count - 1)]
        assert status(host.raw(get("/", "Host: localhost", *more))) == expected


def test_I06_an_address_that_is_too_long_is_refused(host: Host) -> None:
    assert status(host.raw(get("/" + "a" * 9000))) == 414
    assert status(host.raw(get("/?" + "a" * 9000))) == 414
    assert status(host.raw(get("/?" + "a" * 8000))) == 200
    assert status(host.raw(get("/" + "a" * 300))) == 404


@pytest.mark.parametrize("path", ["/link.txt", "/out.txt", "/folder/", "/folder", "/folder/public/index.html"])
def test_I07_links_are_not_followed(host: Host, path: str) -> None:
    assert host.get(path).status == 404


@pytest.mark.parametrize(
    "path",
    ["/.env", "/.git/config", "/.git/", "/castsite-manifest.json", "/.cs-ab.tmp", "/git/.secret/", "/.", "/git/."],
)
def test_I08_what_is_hidden_is_not_there(host: Host, path: str) -> None:
    assert host.get(path).status == 404


def test_the_one_folder_with_a_dot_that_is_published_is_given(host: Host) -> None:
    assert host.get("/.well-known/security.txt").text == "Contact: x"
    assert host.get("/git/.well-known/security.txt").status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "FOO"])
@pytest.mark.parametrize("path", ["/", "/git/rebase.cast", "/recordings", "/__castsite/state.json", "/nowhere"])
def test_I09_only_get_and_head_are_answered(host: Host, method: str, path: str) -> None:
    answer = host.get(path, method)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_I09_a_body_changes_nothing(host: Host) -> None:
    lines = ("Host: localhost", "Content-Length: 5", "Content-Type: text/plain")
    assert status(host.raw(get("/", *lines, method="POST") + "hello")) == 405


def test_I10_folders_are_their_page_or_nothing(host: Host) -> None:
    assert "git" in host.get("/git/").text
    assert host.get("/empty/").status == host.get("/empty").status == host.get("/empty/deep/").status == 404
    moved = host.get("/git?t=30&u=%20")
    assert (moved.status, moved.headers["Location"]) == (302, "/git/?t=30&u=%20")
    assert host.get("/index.html/").status == 404
    assert host.get("/a%20b/%C3%BC.txt").text == "blank"


# ---- answers


def test_I11_headers_are_those_of_production_and_nothing_is_kept_or_shared(host: Host) -> None:
    for path in ("/", "/git/rebase.cast", "/nowhere", "/__castsite/live.js", "/__castsite/state.json", "/recordings"):
        headers = host.get(path).headers
        assert headers["Content-Security-Policy"] == policy()
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Permissions-Policy"].startswith("camera=()")
        assert headers["Cache-Control"] == "no-store"
        unwanted = ("access-control-", "cross-origin-", "etag", "last-modified", "expires", "server", "set-cookie")
        assert [name for name in headers if name.lower().startswith(unwanted)] == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/git/rebase.cast", "application/x-asciicast"),
        ("/git/rebase.cast.gz", "application/gzip"),
        ("/empty/deep/page.txt", "text/plain; charset=utf-8"),
        ("/big.bin", "application/octet-stream"),
        ("/__castsite/live.js", "text/javascript; charset=utf-8"),
        ("/__castsite/overlay.css", "text/css; charset=utf-8"),
        ("/__castsite/state.json", "application/json; charset=UTF-8"),
    ],
)
def test_types_are_right(host: Host, path: str, expected: str) -> None:
    assert host.get(path).headers["Content-Type"] == expected


def test_html_has_the_script_at_its_end_and_the_file_is_as_it_was(host: Host) -> None:
    answer = host.get("/")
    assert answer.body.startswith((host.folder / "index.html").read_bytes())
    tag = f'<script type="module" src="/__castsite/live.js" data-build="{host.live.mark}"></script>\n'
    assert answer.text.endswith(tag)
    assert b"__castsite" not in (host.folder / "index.html").read_bytes()
    assert int(answer.headers["Content-Length"]) == len(answer.body)


def test_I14_what_is_missing_is_the_sites_own_page_with_the_script(host: Host, tmp_path: Path) -> None:
    answer = host.get("/nowhere/")
    assert answer.status == 404
    assert "<title>lost</title>" in answer.text
    assert "__castsite/live.js" in answer.text
    with hosted(tmp_path / "nothing") as empty:
        answer = empty.get("/")
        assert answer.status == 404
        assert "There is no site here yet" in answer.text
        assert "__castsite/live.js" in answer.text


def test_I18_parts_of_a_file_can_be_asked_for(host: Host) -> None:
    whole = FILES["big.bin"]
    assert isinstance(whole, bytes)
    for asked, expected, span in [
        ("bytes=0-4", whole[:5], f"bytes 0-4/{len(whole)}"),
        ("bytes=1000-1999", whole[1000:2000], f"bytes 1000-1999/{len(whole)}"),
        ("bytes=-5", whole[-5:], f"bytes {len(whole) - 5}-{len(whole) - 1}/{len(whole)}"),
        (f"bytes={len(whole) - 3}-", whole[-3:], f"bytes {len(whole) - 3}-{len(whole) - 1}/{len(whole)}"),
    ]:
        answer = host.get("/big.bin", Range=asked)
        assert (answer.status, answer.body, answer.headers["Content-Range"]) == (206, expected, span)
    beyond = host.get("/big.bin", Range=f"bytes={len(whole)}-")
    assert (beyond.status, beyond.headers["Content-Range"]) == (416, f"bytes */{len(whole)}")
    assert host.get("/big.bin", Range="lines=1-2").body == whole
    assert host.get("/big.bin").headers["Accept-Ranges"] == "bytes"
    assert host.get("/", Range="bytes=0-4").status == 200


def test_I18_what_a_build_replaces_meanwhile_is_sent_as_a_whole(host: Host) -> None:
    file, versions, ended = host.folder / "kept.json", (b"old", b"new" * 100_000), threading.Event()
    file.write_bytes(versions[0])

    def build() -> None:
        while not ended.is_set():
            for version in versions:
                (host.folder / "next").write_bytes(version)
                (host.folder / "next").replace(file)

    builder = threading.Thread(target=build)
    builder.start()
    try:
        for _ in range(400):
            assert ask(host.port, "/kept.json").body in versions
    finally:
        ended.set()
        builder.join()


def test_I18_head_is_get_without_a_body_and_nothing_is_compared(host: Host) -> None:
    for path in ("/", "/git/rebase.cast", "/big.bin", "/recordings", "/nowhere", "/__castsite/state.json"):
        got, head = host.get(path), host.get(path, "HEAD")
        assert head.body == b""
        assert head.status == got.status
        assert head.headers["Content-Length"] == got.headers["Content-Length"] == str(len(got.body))
    again = host.get("/git/rebase.cast", If_None_Match="*", If_Modified_Since="Fri, 01 Jan 2100 00:00:00 GMT")
    assert again.status == 200


def test_I18_who_hangs_up_in_the_middle_disturbs_nobody(host: Host, caplog: pytest.LogCaptureFixture) -> None:
    for path in ("/big.bin", "/"):
        for _ in range(5):
            with socket.create_connection(("127.0.0.1", host.port), timeout=LIMIT) as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
                connection.sendall(get(path).encode())
                connection.recv(10)
    assert host.get("/").status == 200
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


# ---- below a base path


def test_the_site_stands_below_its_base_path_alone(below: Host) -> None:
    assert "home" in below.get("/a/%C3%BC/").text
    assert "home" in below.get("/a/%c3%bc/").text
    assert 'src="/a/%C3%BC/__castsite/live.js"' in below.get("/a/%C3%BC/").text
    assert below.get("/a/%C3%BC/__castsite/live.js").status == 200
    for path in ("/", "/a/%C3%BC", "/?x=1"):
        answer = below.get(path)
        assert (answer.status, answer.headers["Location"].partition("?")[0]) == (302, "/a/%C3%BC/")
    for path in ("/git/", "/a/", "/a/b/", "/__castsite/live.js", "/a/%C3%BCx/"):
        answer = below.get(path)
        assert answer.status == 404, path
        assert "__castsite/live.js" in answer.text
    moved = below.get("/a/%C3%BC/git?t=1")
    assert (moved.status, moved.headers["Location"]) == (302, "/a/%C3%BC/git/?t=1")


def test_rules_about_paths_count_from_the_base_path(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "public/_headers").write_bytes(headers_file(rules(["/", "/git/*"])))
    with hosted(tmp_path / "public", base="/sub/") as host:
        policies = [
            host.get(path).headers["Content-Security-Policy"] for path in ("/sub/", "/sub/git/", "/sub/big.bin")
        ]
        assert [found.removeprefix(policy()) for found in policies] == [*[", frame-ancestors 'self'"] * 2, ""]
        assert host.get("/git/").headers["Content-Security-Policy"].startswith(policy())


def test_the_base_path_may_change_while_it_is_served(tmp_path: Path) -> None:
    with hosted(tmp_path) as host:
        host.write(FILES)
        host.announce(base="/new/")
        assert host.get("/git/").status == 404
        assert "home" in host.get("/new/").text
        assert host.get("/").headers["Location"] == "/new/"


# ---- what would keep others out


def test_I12_a_thousand_idle_connections_keep_nobody_out(host: Host) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    with ExitStack() as stack:
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        address = ("127.0.0.1", host.port)
        opened = [stack.enter_context(socket.create_connection(address, timeout=LIMIT)) for _ in range(1000)]
        for connection in opened[-20:]:
            connection.sendall(b"GET / HTTP/1.1\r\nX: ")  # and nothing more
        answer = ask(host.port, "/")
        assert answer.status == 200
        until(lambda: len(host.server.connections._idle) <= MOST_IDLE)
        assert opened[0].recv(1) == b"", "the oldest was closed"


def test_I12_a_header_that_is_too_large_is_refused(host: Host) -> None:
    answer = host.raw(get("/", "Host: localhost", "X: " + "a" * (1 << 20)))
    assert status(answer) in {0, 400, 431}
    assert host.get("/").status == 200


def test_answers_on_one_connection_follow_each_other_without_delay(host: Host) -> None:
    """Nagle's algorithm and a delayed acknowledgement together would cost 40 ms for each answer."""
    connection = HTTPConnection("127.0.0.1", host.port, timeout=LIMIT)
    times = []
    for path in ["/", "/git/rebase.cast", "/empty/deep/page.txt", "/nowhere"] * 10:
        begun = time.perf_counter()
        connection.request("GET", path)
        connection.getresponse().read()
        times.append(time.perf_counter() - begun)
    connection.close()
    assert sorted(times)[len(times) // 2] < 0.03
