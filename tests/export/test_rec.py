"""`castsite export --to rec`: an archive that termless and castsite itself can read."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from builders import cast, output, resize, v2
from filming import take
from formats.reading import found
from projects import Project

from castsite.export.rec import rec

CAST = v2(
    [0.0, "o", "$ "],
    *[[0.5 + step / 10, "o", char] for step, char in enumerate("echo hi")],
    [1.5, "o", "\r\nhi\r\n$ "],
    [2.0, "r", "100x30"],
    [3.0, "m", "A marker"],
    [3.5, "o", "exit\r\n"],
    width=90,
    height=26,
)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    project = Project(tmp_path_factory.mktemp("rec")).write({"demo.cast": CAST})
    done = project.run("export", "demo.cast", "--to", "rec", "-o", "demo.rec")
    assert done.returncode == 0, done.stderr
    data = (project.root / "demo.rec").read_bytes()
    project.run("export", "demo.cast", "--to", "rec", "-o", "again.rec")
    assert (project.root / "again.rec").read_bytes() == data
    return data


def test_the_archive_is_one_of_version_1(exported: bytes) -> None:
    archive = zipfile.ZipFile(io.BytesIO(exported))
    assert archive.testzip() is None
    assert archive.namelist() == sorted(archive.namelist()) == ["commands.jsonl", "io.jsonl", "manifest.json"]
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_DEFLATED}
    assert json.loads(archive.read("manifest.json")) == {
        "recVersion": 1,
        "recordingVersion": 1,
        "cols": 90,
        "rows": 26,
        "durationMicros": 3_500_000,
        "reproducible": False,
        "tracks": {"commands": True, "io": True, "frames": False},
    }
    rows = [json.loads(line) for line in archive.read("io.jsonl").splitlines()]
    assert rows[0] == {"at": 0, "direction": "out", "data": "$ "}
    assert {row["direction"] for row in rows} == {"out"}
    commands = [json.loads(line) for line in archive.read("commands.jsonl").splitlines()]
    assert {"at": 2_000_000, "kind": "resize", "cols": 100, "rows": 30} in commands
    assert [row["text"] for row in commands if row["kind"] == "type"] == ["echo hi", "exit"]


def test_it_is_read_back_as_it_was(exported: bytes) -> None:
    result = found(exported)
    assert result.problems == ()
    assert result.cast is not None
    assert (result.cast.header.cols, result.cast.header.rows) == (90, 26)
    again = [(event.time, event.code, event.data) for event in result.cast.events if event.code in "or"]
    events = map(json.loads, CAST.splitlines()[1:])
    before = [(round(time * 1e6), code, data) for time, code, data in events if code in "or"]
    assert again == before
    assert [text for _, text in result.commands or ()] == ["echo hi", "exit"]


def test_a_site_offers_it(tmp_path: Path) -> None:
    project = Project(tmp_path).write({"content/demo.cast": CAST, "content/demo.md": "---\nexport: [rec]\n---\n"})
    project.build()
    assert zipfile.is_zipfile(tmp_path / "public/demo.rec")
    assert 'href="../demo.rec"' in project.page("demo/index.html")
    assert "recording for termless" in project.page("demo/index.html")


def test_outputs_and_resizes_at_one_time_keep_their_order() -> None:
    mixed = cast(output(1, "a"), resize(1, 90, 26), output(1, "b"), resize(1, 80, 24), output(1, "c"), cols=80, rows=24)
    made = rec(take(mixed)).data
    assert made is not None
    result = found(made)
    assert result.cast is not None
    assert [event.data for event in result.cast.events] == ["a", "90x26", "b", "80x24", "c"]
    assert [event.time for event in result.cast.events] == [1_000_000, *[1_000_001] * 2, *[1_000_002] * 2]


def test_a_long_command_is_a_chapter_without_a_warning_that_nobody_could_heed() -> None:
    typed = "echo " + "a" * 300
    made = rec(take(cast(output(0, "$ "), output(1, typed), output(2, "\r\n$ "), cols=400))).data
    assert made is not None
    result = found(made)
    assert result.problems == ()
    assert result.cast is not None
    assert [event.data for event in result.cast.events if event.code == "m"] == [typed[:199] + "…"]
    assert result.commands is not None
    assert [text for _, text in result.commands] == [typed]
