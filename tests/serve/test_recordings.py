"""The addresses of wsh's recordings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import Host, hosted

BASE = "/casts/"


def described(name: str, session: str, status: str = "stopped", **urls: str) -> dict[str, object]:
    return {
        "id": name,
        "session": session,
        "title": name,
        "status": status,
        "urls": {"cast": f"{BASE}git/{name}.cast", "player": f"{BASE}git/{name}/"} | urls,
    }


LIST = [described("torn", "ci", "failed"), described("rebase", "ci"), described("über", "work")]
LIST[2]["urls"] = {"cast": f"{BASE}git/%C3%BCber.cast", "player": f"{BASE}git/%C3%BCber/"}


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    folder: Path = tmp_path_factory.mktemp("site")
    with hosted(folder, base=BASE) as found:
        found.write({
            "recordings/index.json": json.dumps({"recordings": LIST}),
            "git/rebase.cast": '{"version": 2}\n',
            "git/über.cast": "über",
            "git/rebase/index.html": "page",
            "embed/git/rebase/index.html": "embed",
            "recordings/by-session/ci.json": "{}",
            "recordings/torn/player/index.html": "published for wsh",
            "recordings/torn/cast": "torn",
            "recordings/torn/index.html": "a page of the site",
        })  # fmt: skip
        yield found


def names(host: Host, path: str) -> list[str]:
    answer = host.get(path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    return [one["id"] for one in json.loads(answer.body)["recordings"]]


def test_the_list_is_filtered(host: Host) -> None:
    for top in ("/", BASE):
        assert names(host, f"{top}recordings") == names(host, f"{top}recordings/") == ["torn", "rebase", "über"]
        assert names(host, f"{top}recordings?session=ci") == ["torn", "rebase"]
        assert names(host, f"{top}recordings?session=ci&status=failed") == ["torn"]
        assert names(host, f"{top}recordings?status=stopped") == ["rebase", "über"]
        assert names(host, f"{top}recordings?status=recording") == names(host, f"{top}recordings?session=") == []
        assert names(host, f"{top}recordings?other=1") == ["torn", "rebase", "über"]


def test_one_recording_can_be_asked_for(host: Host) -> None:
    assert json.loads(host.get("/recordings/rebase").body) == LIST[1]
    assert json.loads(host.get("/recordings/rebase/").body) == LIST[1]
    assert json.loads(host.get(f"{BASE}recordings/%C3%BCber").body) == LIST[2]
    assert host.get("/recordings/nobody").status == 404
    assert host.get(f"{BASE}recordings/torn/").body.startswith(b"a page of the site")


def test_the_cast_is_sent_with_its_type(host: Host) -> None:
    answer = host.get("/recordings/rebase/cast")
    assert (answer.text, answer.headers["Content-Type"]) == (
        '{"version": 2}\n',
        "application/x-asciicast; charset=utf-8",
    )
    assert host.get("/recordings/rebase/cast", Range="bytes=0-0").body == b"{"
    assert host.get("/recordings/%C3%BCber/cast").text == "über"
    assert host.get("/recordings/torn/cast").status == 404, "the list says that it is elsewhere"


def test_the_pages_are_where_they_are(host: Host) -> None:
    assert host.get("/recordings/rebase/player?t=3").headers["Location"] == f"{BASE}git/rebase/?t=3"
    assert host.get("/recordings/rebase/embed").headers["Location"] == f"{BASE}embed/git/rebase/"
    assert host.get(f"{BASE}recordings/%C3%BCber/embed").status == 404
    moved = host.get("/recordings/torn/player")
    assert moved.headers["Location"] == f"{BASE}recordings/torn/player/"
    assert "published for wsh" in host.get(f"{BASE}recordings/torn/player/").text


def test_files_of_that_folder_are_files(host: Host) -> None:
    assert host.get(f"{BASE}recordings/by-session/ci.json").text == "{}"
    assert host.get(f"{BASE}recordings/index.json").status == 200


def test_a_page_of_the_site_stands_there_and_the_list_without_the_slash(tmp_path: Path) -> None:
    with hosted(tmp_path, base=BASE) as host:
        host.write({"recordings/index.json": json.dumps({"recordings": LIST})})
        host.write({"recordings/index.html": "a section of that name", "recordings/a/index.html": "a page in it"})
        for query in ("", "?t=3"):
            answer = host.get(f"{BASE}recordings/{query}")
            assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
            assert answer.text.startswith("a section of that name<script"), "as every page of the site"
        assert host.get(f"{BASE}recordings/", "HEAD").headers["Content-Length"] == str(len(answer.body))
        assert "a page in it" in host.get(f"{BASE}recordings/a/").text
        assert names(host, f"{BASE}recordings") == ["torn", "rebase", "über"]
        assert names(host, f"{BASE}recordings/?session=ci") == names(host, f"{BASE}recordings?session=ci")
        assert names(host, f"{BASE}recordings/?session=") == []
        assert names(host, "/recordings/") == ["torn", "rebase", "über"], "no page of the site stands beside it"


def test_recordings_cannot_be_changed(host: Host) -> None:
    for method in ("POST", "DELETE", "PATCH"):
        assert host.get("/recordings/rebase", method).status == 405


@pytest.mark.parametrize("written", [None, "not JSON", "[]", '{"recordings": 5}'])
def test_without_a_list_there_are_none(tmp_path: Path, written: str | None) -> None:
    with hosted(tmp_path) as host:
        host.write({"recordings/index.json": written} if written is not None else {})
        assert names(host, "/recordings") == []


@pytest.mark.parametrize("top", ["/", BASE])
def test_what_is_published_for_rexec_is_answered_without_a_page(tmp_path: Path, top: str) -> None:
    with hosted(tmp_path, base=BASE) as host:
        host.write({
            "api/recordings/index.json": "the list",
            "api/recordings/one/index.json": "the object",
            "api/recordings/one/stream": "0123456789",
            "r/token/stream": "0123456789",
            "r/token/index.html": "its page",
        })  # fmt: skip
        for path, body in (("api/recordings", "the list"), ("api/recordings/one", "the object")):
            for slash in ("", "/"):
                answer = host.get(f"{top}{path}{slash}")
                assert (answer.text, answer.headers["Content-Type"]) == (body, "application/json")
                assert host.get(f"{top}{path}{slash}", "HEAD").headers["Content-Length"] == str(len(body))
        for path in ("api/recordings/one/stream", "r/token/stream"):
            answer = host.get(f"{top}{path}", Range="bytes=2-4")
            assert (answer.text, answer.headers["Content-Type"]) == ("234", "application/x-asciicast")
        assert host.get(f"{top}api/recordings/other").status == 404
        assert host.get(f"{top}api/recordings/one", "DELETE").status == 405
        assert host.get(f"{BASE}r/token/").text.startswith("its page")


def test_a_site_of_its_own_has_pages_there(tmp_path: Path) -> None:
    with hosted(tmp_path) as host:
        host.write({"api/recordings/index.html": "mine", "api/recordings/index.json": "{}"})
        assert host.get("/api/recordings/").text.startswith("mine")
        assert host.get("/api/recordings").headers["Location"] == "/api/recordings/"
