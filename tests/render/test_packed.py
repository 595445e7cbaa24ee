"""Recordings published in gzip, too: for hosts that send `.cast` as it is."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import msgspec
from projects import Project, cast

WHOLE = "outputs: [embed, gzip]\n"
ISLAND = re.compile(rb'<script type="application/json" id="castsite-player">(.*?)</script>')


def _built(folder: Path, **files: str | bytes) -> dict[str, bytes]:
    project = Project(folder).write({"castsite.yml": "title: S\n"} | files)
    assert project.build().returncode == 0
    return project.published()


def _packed(page: bytes) -> object:
    found = ISLAND.search(page)
    assert found
    return msgspec.json.decode(found[1]).get("packed")


def test_it_is_the_published_recording_and_the_player_is_told(tmp_path: Path) -> None:
    files = _built(tmp_path, **{"castsite.yml": f"title: S\n{WHOLE}", "content/git/tour.cast": cast("hello\r\n")})
    assert gzip.decompress(files["git/tour.cast.gz"]) == files["git/tour.cast"]
    assert _packed(files["git/tour/index.html"]) == "../tour.cast.gz"
    assert _packed(files["embed/git/tour/index.html"]) == "../../../git/tour.cast.gz"
    assert b'href="../tour.cast.gz" download="tour.cast.gz"' in files["git/tour/index.html"]
    assert b"/*.cast.gz\n  Access-Control-Allow-Origin: *\n" in files["_headers"]


def test_equal_recordings_give_equal_bytes(tmp_path: Path) -> None:
    files = {"castsite.yml": f"title: S\n{WHOLE}", "content/tour.cast": cast("hello\r\n")}
    one, other = (_built(tmp_path / name, **files)["tour.cast.gz"] for name in ("one", "other"))
    assert one == other


def test_one_recording_can_ask_for_it(tmp_path: Path) -> None:
    files = _built(
        tmp_path,
        **{
            "content/asks.cast": cast("hello\r\n"),
            "content/asks.md": f"---\n{WHOLE}---\n",
            "content/silent.cast": cast("good morning\r\n"),
        },
    )
    assert [name for name in files if name.endswith(".gz")] == ["asks.cast.gz"]
    assert _packed(files["silent/index.html"]) is None
    assert b".cast.gz" not in files["silent/index.html"]
    assert b"/*.cast.gz\n" in files["_headers"]


def test_two_texts_about_one_recording_have_one_each(tmp_path: Path) -> None:
    text = "---\nrecording: raw.cast\ntitle: Tour\n"
    files = _built(
        tmp_path,
        **{
            "content/raw.cast": cast("hello"),
            "content/one.md": f"{text}---\n",
            "content/other.md": f"{text}{WHOLE}---\n",
        },
    )
    assert sorted(name for name in files if name.endswith((".gz", ".cast"))) == ["one.cast", "other.cast.gz"]
    assert gzip.decompress(files["other.cast.gz"]) == files["one.cast"]
