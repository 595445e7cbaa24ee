"""The connection over which pages hear of builds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from serving import HELLO, Host, Listener, hosted, until
from tornado.httpclient import HTTPClientError

from castsite.serve.hosts import Entry
from castsite.serve.live import MOST_CHANGES, Shown

BAD = Shown("error", "content/a.md:1:2", "bad", "<b>")


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with hosted(tmp_path) as found:
        yield found


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://127.0.0.1:{port}", "http://localhost", "http://localhost.evil.example:{port}",
     "https://localhost:{port}x", "file://", "http://[", "http://[::1"],
)  # fmt: skip
def test_I04_pages_of_other_sites_cannot_connect(host: Host, origin: str) -> None:
    with pytest.raises(HTTPClientError) as refused:
        Listener(host.port, Origin=origin.format(port=host.port))
    assert refused.value.code == 403


def test_I04_own_pages_and_programs_can_connect(host: Host) -> None:
    with Listener(host.port, Origin=f"http://localhost:{host.port}") as page:
        assert page.join()["build"] == host.live.mark
    with Listener(host.port) as program:
        assert program.join()["problems"] == 0


def test_I01_the_host_counts_for_connections_too(host: Host) -> None:
    for headers in ({"Host": "evil.example"}, {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "websocket"}):
        with pytest.raises(HTTPClientError) as refused:
            Listener(host.port, **headers)
        assert refused.value.code == 403


def test_I15_a_connection_needs_the_cookie_where_pages_do(tmp_path: Path) -> None:
    entry = Entry()
    with hosted(tmp_path, entry=entry) as host:
        with pytest.raises(HTTPClientError) as refused:
            Listener(host.port)
        assert refused.value.code == 403
        with Listener(host.port, Cookie=f"castsite-{host.port}={entry.cookie}") as page:
            page.join()


def test_a_page_hears_what_changed_and_what_is_wrong(host: Host) -> None:
    with Listener(host.port) as page, Listener(host.port) as silent:
        first = page.join()
        assert first == {"command": "castsite", "build": host.live.mark, "changed": None, "problems": 0}
        host.announce("git/index.html", "css/a.css")
        assert page.read() == {"command": "reload", "path": "*", "liveCSS": None, "liveImg": True}
        told = page.notice()
        assert told["changed"] == ["git/index.html", "css/a.css"]
        assert told["build"] == host.live.mark != first["build"]
        host.announce(problems=(BAD,))
        told = page.notice()
        assert (told["changed"], told["problems"], told["build"]) == ([], 1, host.live.mark)
        state = host.get("/__castsite/state.json")
        assert state.headers["Content-Type"].startswith("application/json")
        assert '"where": "content/a.md:1:2"' in state.text
        host.announce(problems=(BAD,))
        host.announce()
        assert page.notice()["problems"] == 0, "equal problems are not told again"
        silent.send(HELLO)
        assert silent.read()["command"] == "hello", "who never said where it is hears nothing"


def test_a_page_that_missed_a_build_learns_it_from_the_mark(host: Host) -> None:
    mark = host.live.mark
    host.announce("index.html")
    with Listener(host.port) as page:
        told = page.join()
    assert told["changed"] is None
    assert told["build"] != mark


def test_too_many_changes_and_another_base_path_make_every_page_compare(host: Host) -> None:
    with Listener(host.port) as page:
        page.join()
        host.announce(*map(str, range(MOST_CHANGES + 1)))
        assert page.notice()["changed"] is None
        host.announce("x", base="/new/")
        assert page.notice()["changed"] is None


@pytest.mark.parametrize(
    "message",
    ["junk", "[]", "null", '{"command": 1}', "{}", '{"command": "info"}', '{"command": "info", "url": 5}', b"\x00\xff",
     b"\x00binary", "[" * 10_000],
)  # fmt: skip
def test_what_is_not_understood_ends_that_connection_alone(
    host: Host, message: str | bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with Listener(host.port) as page, Listener(host.port) as other:
        other.join()
        page.send(message)
        assert page.read() is None
        assert page.code == 1003
        host.announce("index.html")
        assert other.notice()["changed"] == ["index.html"]
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


def test_a_message_that_is_too_large_ends_the_connection(host: Host) -> None:
    with Listener(host.port) as page:
        page.send("x" * (1 << 20))
        assert page.read() is None
        assert page.code == 1009
    assert host.get("/__castsite/state.json").status == 200


def test_pages_come_and_go(host: Host, caplog: pytest.LogCaptureFixture) -> None:
    with ExitStack() as stack:
        pages = [stack.enter_context(Listener(host.port)) for _ in range(50)]
        for page in pages:
            page.join()
        for page in pages[:25]:
            page.close()
        host.announce("index.html")
        assert [page.notice()["changed"] for page in pages[25:]] == [["index.html"]] * 25
        until(lambda: len(host.live.waiters()) == 25)
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


def test_when_the_server_ends_pages_are_let_go(tmp_path: Path) -> None:
    with hosted(tmp_path) as host:
        page = Listener(host.port)
        page.join()
    assert page.read() is None
    page.close()
