"""Recordings at the addresses of wsh and Rexec."""

from __future__ import annotations

import json

import gallery
from gallery import day, recording
from msgspec.structs import replace

from castsite.config import SiteConfig
from castsite.render.catalogue import INDEX, catalogue
from castsite.render.foreign import foreign_files, foreign_problems, token
from castsite.render.moved import Signpost
from castsite.render.shelf import shelve
from castsite.site.model import Meta, Recording, Site


def of(*items: Recording) -> Site:
    return gallery.site(*items, config=SiteConfig(title="S", base_url="https://example.org/casts/"))


SIGNPOST = Signpost("en", "https://example.org/casts/", gallery.theme_files()[0].words, "assets/js/moved.js")


def made(site: Site) -> dict[str, bytes]:
    shelf = shelve(site, {})
    files = foreign_files(shelf, load_cast=lambda key: key.encode(), fingerprint="code", signpost=SIGNPOST)
    return {one.path: one.body() for one in files}


ONE = recording("ci/build", outputs=("wsh",), date=day("2026-03-01"), meta=Meta(id="ci-42", session="Nightly"))
TWO = recording("ci/test", outputs=("wsh", "rexec"))


def test_wsh_finds_recordings_at_its_own_paths() -> None:
    files = made(of(ONE, recording("other"), recording("secret", outputs=("wsh",), state="unlisted")))
    assert sorted(files) == [
        "recordings/by-session/nightly.json",
        "recordings/by-status/failed.json",
        "recordings/by-status/recording.json",
        "recordings/by-status/stopped.json",
        "recordings/ci-42.cast",
        "recordings/ci-42/cast",
        "recordings/ci-42/embed.txt",
        "recordings/ci-42/embed/index.html",
        "recordings/ci-42/index.json",
        "recordings/ci-42/player/index.html",
    ]
    assert files["recordings/ci-42/cast"] == files["recordings/ci-42.cast"] == b"key of ci/build"
    found = json.loads(files["recordings/ci-42/index.json"])
    folder = "/casts/recordings/ci-42"
    assert found["urls"] == {"cast": f"{folder}/cast", "player": f"{folder}/player/", "embed": f"{folder}/embed/"}
    assert json.loads(files["recordings/by-status/stopped.json"]) == {"recordings": [found]}
    for state in ("failed", "recording"):
        assert json.loads(files[f"recordings/by-status/{state}.json"]) == {"recordings": []}
    assert b'href="../../../ci/build/"' in files["recordings/ci-42/player/index.html"]
    assert b'src="../../../assets/js/moved.js"' in files["recordings/ci-42/player/index.html"]


def test_a_site_for_wsh_answers_for_every_state_before_there_is_a_recording() -> None:
    files = made(gallery.site(config=SiteConfig(outputs=("wsh",))))
    assert sorted(files) == [f"recordings/by-status/{state}.json" for state in ("failed", "recording", "stopped")]
    assert made(of()) == {}


def test_wsh_gets_the_player_as_a_fragment_for_pages_of_any_site_and_encoding() -> None:
    files = made(of(replace(ONE, title="Prüfung", outputs=("wsh", "embed"))))
    fragment = files["recordings/ci-42/embed/index.html"]
    assert fragment.startswith(b'<iframe src="https://example.org/casts/embed/ci/build/" title="Pr&#252;fung" ')
    assert b"<html" not in fragment
    frame, markdown, picture = files["recordings/ci-42/embed.txt"].decode().split("\n\n")
    assert frame.startswith('<iframe src="https://example.org/casts/embed/ci/build/" title="Prüfung" ')
    assert picture.startswith('<a href="https://example.org/casts/ci/build/"><img ')
    assert markdown == "[![Prüfung](https://example.org/casts/ci/build.svg)](https://example.org/casts/ci/build/)"


def test_a_fragment_without_a_player_alone_is_a_picture_that_links() -> None:
    files = made(of(ONE))
    assert files["recordings/ci-42/embed/index.html"].startswith(b'<a href="https://example.org/casts/ci/build/"><img ')
    assert b"<iframe" not in files["recordings/ci-42/embed.txt"]


def test_a_site_that_does_not_know_its_address_has_nothing_to_embed() -> None:
    files = made(gallery.site(ONE))
    assert [path for path in files if "embed" in path] == []
    urls = json.loads(files["recordings/ci-42/index.json"])["urls"]
    assert urls == {"cast": "/recordings/ci-42/cast", "player": "/recordings/ci-42/player/"}


def test_two_recordings_with_one_id_are_told_and_the_first_has_it() -> None:
    again = recording("a/other", outputs=("wsh",), meta=Meta(id="CI-42"))
    site = of(ONE, again)
    assert [problem.code for problem in foreign_problems(shelve(site, {}))] == ["id-taken"]
    assert "recordings/CI-42/cast" in made(site)
    assert "recordings/ci-42/cast" not in made(site)
    (listed,) = (one for one in catalogue(shelve(site, {}), fingerprint="code") if one.path == INDEX)
    casts = {one["title"]: one["urls"]["cast"] for one in json.loads(listed.body())["recordings"]}
    assert casts == {again.title: "/casts/recordings/CI-42/cast", ONE.title: f"/casts/{ONE.slug}.cast"}


def test_rexec_finds_its_list_and_shared_links() -> None:
    files = made(of(TWO))
    (found,) = json.loads(files["api/recordings/index.json"])["recordings"]
    assert found == {
        "id": "ci-test",
        "title": "Test",
        "duration_ms": 12000,
        "duration": "12s",
        "size_bytes": 0,
        "is_public": True,
        "share_token": token(TWO),
        "share_url": f"/casts/r/{token(TWO)}",
        "storage_type": "static",
    }
    assert len(token(TWO)) == 22
    assert b'href="../../ci/test/"' in files[f"r/{token(TWO)}/index.html"]
    assert json.loads(files["api/recordings/ci-test/index.json"]) == found
    assert files["api/recordings/ci-test/stream"] == files[f"r/{token(TWO)}/stream"] == b"key of ci/test"


def test_two_recordings_with_one_id_are_told_once_for_all_programs() -> None:
    both = ("wsh", "rexec")
    site = of(*(recording(slug, outputs=both, meta=Meta(id="same")) for slug in ("a", "b")))
    assert [problem.code for problem in foreign_problems(shelve(site, {}))] == ["id-taken"]
    assert len(json.loads(made(site)["api/recordings/index.json"])["recordings"]) == 1


def test_who_asks_for_nothing_gets_nothing() -> None:
    assert made(of(recording("x"))) == {}
