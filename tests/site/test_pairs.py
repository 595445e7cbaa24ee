"""Outputs of script(1) and the files that belong to them; folders that are recordings."""

from __future__ import annotations

import bz2
import gzip
import lzma
from pathlib import Path

import pytest
from formats import made
from projects import Project

from castsite.site.sources import Kind, scan


def kinds(folder: Path) -> dict[str, Kind]:
    return {file.name: file.kind for file in scan(folder, label="content").files}


def put(folder: Path, **files: bytes) -> None:
    for name, data in files.items():
        (folder / name.replace("__", ".")).write_bytes(data)


def packed(name: str, data: bytes) -> bytes:
    """Compress as the ending of a name says."""
    how = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}
    return how.get(Path(name).suffix, bytes)(data)


@pytest.mark.parametrize(
    ("output", "timing"),
    [("demo.log", "demo.timing"), ("demo.log", "demo.log.tm"), ("demo", "demo.time"), ("typescript", "timing")],
)
def test_a_timing_file_belongs_to_what_is_called_the_same(tmp_path: Path, output: str, timing: str) -> None:
    put(tmp_path, **{output: made.typescript(), timing: made.timing()})
    (file,) = [file for file in scan(tmp_path, label="content").files if file.kind is Kind.RECORDING]
    assert (file.name, file.timing) == (output, f"content/{timing}")


@pytest.mark.parametrize(
    ("output", "timing"),
    [
        ("a.log.gz", "a.timing.gz"),
        ("a.log.gz", "a.log.timing.gz"),
        ("a.log.gz", "a.timing"),
        ("a.log", "a.tm.bz2"),
        ("typescript.xz", "timing.xz"),
        ("a.log.gz", "a.log.gz.tm"),
    ],
)
def test_a_compressed_timing_belongs_to_what_is_called_the_same(tmp_path: Path, output: str, timing: str) -> None:
    put(tmp_path, **{output: packed(output, made.typescript()), timing: packed(timing, made.timing())})
    (file,) = [file for file in scan(tmp_path, label="content").files if file.kind is Kind.RECORDING]
    assert (file.name, file.timing) == (output, f"content/{timing}")


def test_of_outputs_packed_and_not_each_has_its_own_timing(tmp_path: Path) -> None:
    for name in ("a.log", "a.log.gz", "a.timing", "a.timing.gz"):
        put(tmp_path, **{name: packed(name, made.timing() if "timing" in name else made.typescript())})
    found = {file.name: file.timing for file in scan(tmp_path, label="c").files if file.kind is Kind.RECORDING}
    assert found == {"a.log": "c/a.timing", "a.log.gz": "c/a.timing.gz"}


def test_a_timing_file_names_partners_that_were_compressed_since(tmp_path: Path) -> None:
    typed = made.OPENING + b"x"
    timing = made.advanced(output="b", typed="a")
    for name, data in {"a.gz": typed, "b.gz": made.typescript(), "when.gz": timing}.items():
        put(tmp_path, **{name: packed(name, data)})
    assert kinds(tmp_path) == {"a.gz": Kind.LOG, "b.gz": Kind.RECORDING, "when.gz": Kind.TIMING}


def test_compressed_pairs_are_played_with_their_times(tmp_path: Path) -> None:
    project = Project(tmp_path)
    for name, data in {"a.log.gz": made.typescript(), "a.timing.gz": made.timing()}.items():
        project.write({f"content/{name}": packed(name, data)})
    assert "no-timing" not in project.build("--strict").stderr
    assert b"[0.5," in project.published()["a.cast"]
    done = project.run("import", "content/a.timing.gz", "-o", "out")
    assert (done.returncode, done.stderr.count("no-timing")) == (0, 0)
    assert b"[0.5," in (tmp_path / "out/a.cast").read_bytes()


def test_an_output_without_a_first_line_is_known_by_its_timing(tmp_path: Path) -> None:
    headless = made.typescript().removeprefix(made.OPENING)
    others = {"x__md": b"text", "x__html": b"<p>", "x__json": b"{}", "x__gif": b"GIF89a", "x__jar": b"PK\3\4"}
    put(tmp_path, x__out=headless, x__timing=made.timing(), y__log=headless, **others)
    (file,) = [file for file in scan(tmp_path, label="content").files if file.kind is Kind.RECORDING]
    assert (file.name, file.timing) == ("x.out", "content/x.timing")
    put(tmp_path, x__session=made.typescript())  # what is known to be an output goes before what could be one
    assert [name for name, kind in kinds(tmp_path).items() if kind is Kind.RECORDING] == ["x.session"]


def test_an_advanced_timing_file_names_its_partners(tmp_path: Path) -> None:
    put(tmp_path, a=made.OPENING + b"x", b=made.typescript(), when=made.advanced(output="b", typed="a"))
    assert kinds(tmp_path) == {"a": Kind.LOG, "b": Kind.RECORDING, "when": Kind.TIMING}
    file = next(file for file in scan(tmp_path, label="content").files if file.name == "b")
    assert (file.timing, file.input) == ("content/when", "content/a")


def test_front_matter_names_the_files_that_have_other_names(tmp_path: Path) -> None:
    project = Project(tmp_path).write(
        {
            "content/a.cast": made.asciicast(),
            "content/raw/session.log": made.typescript().removeprefix(made.OPENING),
            "content/raw/when": made.timing(),
            "content/raw/typed": made.OPENING + b"x",
            "content/shown.md": "---\nrecording: raw/session.log\ntiming: raw/when\ninput: raw/typed\n---\n",
        }
    )
    done = project.build()
    assert "error" not in done.stderr, done.stderr
    published = project.published()
    events = published["a.cast"].partition(b"\n")[2]
    assert published["shown.cast"].partition(b"\n")[2] == events
    assert "raw/typed.cast" not in published


def test_a_change_of_the_timing_alone_is_seen(tmp_path: Path) -> None:
    project = Project(tmp_path).write({"content/d.log": made.typescript(), "content/d.tm": made.timing()})
    project.build()
    before = project.published()["d.cast"]
    project.write({"content/d.tm": made.timing().replace(b"0.500000", b"0.750000")}).build()
    assert b"[0.75," in project.published()["d.cast"]
    assert b"[0.75," not in before


def test_files_that_belong_to_nothing_are_told(tmp_path: Path) -> None:
    project = Project(tmp_path).write({"content/a.cast": made.asciicast(), "content/lost.tm": made.timing()})
    project.write({"content/b.log": made.typescript(), "content/b.md": "---\ntiming: b.timng\n---\n"})
    told = project.build().stderr
    assert "error: content/lost.tm: not-a-recording: the timing file of script(1)" in told
    assert 'content/b.md:2:9: no-timing: timing: there is no file "content/b.timng"' in told


def test_a_manifest_of_something_else_makes_no_recording(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app/manifest.json").write_bytes(b'{"name": "an app", "icons": []}')
    (tmp_path / "app/demo.cast").write_bytes(made.asciicast())
    assert kinds(tmp_path) == {"app/demo.cast": Kind.RECORDING, "app/manifest.json": Kind.OTHER}


def test_texts_that_only_look_like_recordings_stay_what_they_are(tmp_path: Path) -> None:
    rule = "─" * 80
    put(tmp_path, notes__txt=f"A list\n{rule}\nof things\n".encode(), data__yml=b"config: 1\n", x__bin=bytes(40))
    assert set(kinds(tmp_path).values()) == {Kind.OTHER}
