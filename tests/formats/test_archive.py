"""Archives by strangers: every trick is refused, in bounded time and memory, and nothing is ever unpacked."""

from __future__ import annotations

import io
import os
import struct
import sys
import tracemalloc
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from formats import made
from formats.reading import found, texts, the_error, told
from projects import Project, png

from castsite.errors import Severity
from castsite.formats.archive import pack
from castsite.limits import MIB, Limits
from tests.timing import soon

posix = pytest.mark.skipif(sys.platform == "win32", reason="links of POSIX")
REC = made.rec_members()


def patched(source: bytes, *, at: bytes, offset: int, value: bytes) -> bytes:
    """Overwrite a field of every header of a kind."""
    data = bytearray(source)
    start = data.find(at)
    while start >= 0:
        data[start + offset : start + offset + len(value)] = value
        start = data.find(at, start + 4)
    return bytes(data)


def both(source: bytes, *, local: int, central: int, value: bytes) -> bytes:
    """Overwrite a field in local and central headers."""
    return patched(
        patched(source, at=b"PK\x03\x04", offset=local, value=value), at=b"PK\x01\x02", offset=central, value=value
    )


@pytest.mark.parametrize(
    "name",
    ["../../evil", "/etc/x", "..\\..\\x", "a/../../b", "x" * 300, "C:x", "a//b", "./x", "é", "a b", "a/", "-/../x"],
)
def test_E01_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    source = made.zipped({**REC, name: b"evil"})
    if name == "a/":  # a folder, as many programs write one
        assert "echo" in texts(source)
        return
    assert "could lead elsewhere" in the_error(source).text


def test_E01_nothing_is_written_outside(tmp_path: Path) -> None:
    source = made.zipped({**REC, "../../evil": b"evil", "/etc/evil": b"evil"})
    project = Project(tmp_path / "site").write({"content/a.cast": made.asciicast(), "content/demo.rec": source})
    assert "could lead elsewhere" in project.build().stderr
    assert not [path for path in tmp_path.rglob("*") if "evil" in path.name]


def test_E01_a_name_with_a_nul_is_refused() -> None:
    source = made.zipped({**REC, "io.jsonlXevil": b"evil"}).replace(b"io.jsonlXevil", b"io.jsonl\0evil")
    assert "could lead elsewhere" in the_error(source).text


def test_E01_a_manifest_may_not_name_anything_else_either() -> None:
    members = made.tty_members() | {
        "manifest.json": made.tty_manifest({"path": "../x", "type": "io", "encoding": "hts1"})
    }
    assert "could lead elsewhere" in the_error(made.zipped(members)).text


def bomb() -> bytes:
    return made.zipped({"manifest.json": made.rec_manifest(), "io.jsonl": b"0" * (500 * 1_000_000)})


def overlapping() -> bytes:
    """Make an archive of two entries of which the second is the first one again."""
    source = bytearray(made.zipped({"manifest.json": made.rec_manifest(), "io.jsonl": made.io_rows(), "x": b"1"}))
    last = source.rfind(b"PK\x01\x02")
    first = source.find(b"PK\x01\x02")
    offset = bytes(source[first + 42 : first + 46])
    source[last + 42 : last + 46] = offset
    return bytes(source)


def lying(declared: int = 10, real: int = MIB) -> bytes:
    """Make an archive whose last member is longer than its headers say."""
    source = bytearray(made.zipped({"manifest.json": made.rec_manifest(), "io.jsonl": b"0" * real}))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = source.rfind(mark) + offset
        source[at : at + 4] = struct.pack("<I", declared)
    return bytes(source)


@pytest.mark.parametrize("make", [bomb, overlapping, lying], ids=["bomb", "overlapping", "lying"])
def test_E02_what_would_expand_without_end_is_stopped_at_once(make: object) -> None:
    source = make()  # type: ignore[operator]
    assert len(source) < MIB
    tracemalloc.start()
    try:
        error = soon(3, lambda: the_error(source))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert error.code in {"cast-limit", "cast-archive"}
    assert peak < 100 * MIB


def test_E02_what_comes_out_is_counted_over_all_members() -> None:
    listed = [{"path": f"io/{number}", "type": "io", "encoding": "jsonl"} for number in range(4)]
    data = os.urandom(300_000).hex().encode()
    members = {"manifest.json": made.tty_manifest(*listed), **{f"io/{number}": data for number in range(4)}}
    assert (
        "archive expands to more than 1 MiB"
        in the_error(made.zipped(members), limits=replace(Limits(), archive_total=MIB)).text
    )
    assert (
        "more than 512 KiB" in the_error(made.zipped(members), limits=replace(Limits(), archive_member=MIB // 2)).text
    )


def test_E03_a_link_is_refused() -> None:
    assert "is a link" in the_error(made.with_link(REC, "io.jsonl")).text


def test_E03_an_encrypted_member_is_refused() -> None:
    assert "encrypted" in the_error(both(made.zipped(REC), local=6, central=8, value=b"\x01\x00")).text


def test_E03_another_method_is_refused() -> None:
    assert "method 93" in the_error(both(made.zipped(REC), local=8, central=10, value=b"\x5d\x00")).text


def test_E03_a_name_that_is_there_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        source = made.zipped([*REC.items(), ("manifest.json", made.rec_manifest(cols=90))])
    assert "there twice" in the_error(source).text


def test_E03_an_archive_in_an_archive_is_refused() -> None:
    inner = made.zipped(REC)
    assert "archive itself" in the_error(made.zipped({**REC, "inner.zip": inner})).text
    assert "archive itself" in the_error(made.zipped({**REC, "io.jsonl": inner})).text


def test_E04_too_many_entries_are_counted_before_they_are_read() -> None:
    entry = b"PK\x01\x02" + bytes(24) + struct.pack("<H", 1) + bytes(16) + b"x"
    directory = entry * 100_000
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(directory), 4, 0)
    assert "10,000 entries" in soon(1, lambda: the_error(b"PK\x03\x04" + directory + end)).text


@pytest.mark.parametrize("cut", [10, 50])
def test_E04_a_truncated_archive_is_refused(cut: int) -> None:
    assert "cut off or damaged" in the_error(made.zipped(REC)[:-cut]).text
    assert the_error(made.zipped(REC)[:cut]).code == "cast-archive"


def test_E04_a_bad_checksum_is_refused() -> None:
    source = both(made.zipped(REC), local=14, central=16, value=struct.pack("<I", zlib.crc32(b"other")))
    assert "damaged" in the_error(source).text


def test_E04_what_is_no_archive_is_refused_whatever_it_is_called(tmp_path: Path) -> None:
    project = Project(tmp_path).write({"content/a.cast": made.asciicast(), "content/demo.rec": b"no archive\n"})
    assert "content/demo.rec:1: cast-unknown-format: this is not a recording format" in project.build().stderr


@pytest.mark.parametrize(
    ("manifest", "word"),
    [
        (None, "without manifest.json"),
        (b"{", "not JSON"),
        (b"[]", "no object"),
        (b"{}", "neither ttyVersion nor recVersion"),
        (b'{"recVersion": 1, "recVersion": 1}', 'key "recVersion" stands twice'),
        (made.rec_manifest(recVersion=2), "recVersion 2"),
        (made.rec_manifest(recVersion=True), "recVersion"),
        (made.rec_manifest(recordingVersion="1"), "recordingVersion"),
        (made.tty_manifest(ttyVersion=9), "ttyVersion 9"),
        (made.rec_manifest(cols=5000), "the limit is"),
        (made.rec_manifest(rows=-1), "no size of a terminal"),
        (made.rec_manifest(cols=1.5), "no size of a terminal"),
        (b'{"recVersion": 1, "x": ' + b"[" * 50 + b"]" * 50 + b"}", "nested more than"),
        (b'{"recVersion": 1, "x": "' + os.urandom(6 * MIB).hex().encode()[: 10 * MIB] + b'"}', "more than 1 MiB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_E05_a_manifest_that_is_none_is_refused(manifest: bytes | None, word: str) -> None:
    members = {"io.jsonl": made.io_rows()} | ({} if manifest is None else {"manifest.json": manifest})
    assert word in the_error(made.zipped(members)).text


def test_E05_a_size_of_nothing_is_that_of_the_first_frame() -> None:
    frames = made.rows({"seq": 1, "ts": 0, "hash": "frame-1", "buffer": {"cols": 100, "rows": 30}})
    members = {
        "io.jsonl": made.io_rows(),
        "frames/index.jsonl": frames,
        "manifest.json": made.rec_manifest(cols=0, rows=0),
    }
    cast = found(made.zipped(members)).cast
    assert cast is not None
    assert (cast.header.cols, cast.header.rows) == (100, 30)


def live(data: bytes, **manifest: object) -> bytes:
    return made.zipped(made.hts1_members(data, **manifest))


@pytest.mark.parametrize("cut", [1, 5, 12, 13, 20, 40])
def test_E06_a_torn_tail_is_kept_up_to_there(cut: int) -> None:
    result = found(live(made.hts1()[:-cut]))
    assert result.cast is not None
    assert result.cast.cut_off
    assert "ends inside of a frame" in told(result)[0]
    assert "grün" in texts(live(made.hts1()[:-cut]))


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (made.hts1() + b"HTS2" + bytes(20), "does not begin with HTS1"),
        (made.hts1() + b"x", "does not begin with HTS1"),
        (b"HTS1\x02" + made.hts1()[5:], "does not begin with HTS1 and 1"),
        (b"HTS1\x01" + struct.pack(">II", 1 << 31, 1) + bytes(20), "2,147,483,648"),
        (b"HTS1\x01" + struct.pack(">II", 2, 1 << 25) + b"{}", "33,554,432"),
        (b"HTS1\x01" + struct.pack(">II", 2, 0) + b"[]", "no object of JSON"),
        (made.hts1() + made.hts1_frame(0, b"early"), "before the start"),
        (b"HTS1\x01" + struct.pack(">II", 2, 0) + b"{}", "has no time"),
    ],
)
def test_E06_a_bad_frame_is_refused(data: bytes, word: str) -> None:
    assert word in the_error(live(data)).text


def test_E06_a_frame_before_the_origin_is_refused() -> None:
    assert "before the start" in the_error(live(made.hts1(), originWallMs=made.START * 1000 + 1)).text


def test_what_went_through_a_terminal_keeps_its_order_whatever_its_clock_says() -> None:
    at = made.START * 1000
    data = made.hts1_frame(at, b"a") + made.hts1_frame(at + 900, b"b") + made.hts1_frame(at + 100, b"c")
    data += made.hts1_frame(at + 900, b"", "resize", size={"cols": 90, "rows": 26}) + made.hts1_frame(at + 900, b"d")
    result = found(live(data))
    assert result.cast is not None
    assert [(event.time, event.data) for event in result.cast.events] == [
        *((0, "a"), (900_000, "b"), (900_000, "c"), (900_000, "90x26"), (900_000, "d"))
    ]
    assert '"io/0.hts1": time goes back from 0.9 s to 0.1 s; moved up, order kept' in told(result)[0]
    rows = made.zipped(REC | {"io.jsonl": made.io_rows([(0, "a"), (5_000_000, "b"), (1_000_000, "c")])})
    assert texts(rows) == "abc"
    assert "5 s to 1 s" in told(found(rows))[0]


def test_frames_of_all_kinds_are_read() -> None:
    at = made.START * 1000
    data = made.hts1_frame(at, b"", "truncation", retainedFromOffset=100) + made.hts1_frame(at, b"$ \xc3")
    data += made.hts1_frame(at + 1, b"q", "input") + made.hts1_frame(
        at + 2, b"", "resize", size={"cols": 90, "rows": 26}
    )
    data += made.hts1_frame(at + 3, b"", "lifecycle", state="exited") + made.hts1_frame(at + 4.5, b"\xbc\r\n")
    result = found(live(data))
    assert result.cast is not None
    assert [(event.time, event.code, event.data) for event in result.cast.events] == [
        (0, "o", "$ "),
        (1000, "i", "q"),
        (2000, "r", "90x26"),
        (4500, "o", "ü\r\n"),
    ]
    assert "start of the session is missing" in told(result)[0]


def test_E07_a_named_member_that_is_missing_is_refused() -> None:
    assert "not there" in the_error(made.zipped({"manifest.json": made.rec_manifest()})).text


@pytest.mark.parametrize("kind", ["io", "commands", "frames", "facts"])
def test_E07_an_encoding_that_is_not_read_is_never_skipped(kind: str) -> None:
    member = {"path": "x", "type": kind, "encoding": "zstd-seekable"}
    members = made.tty_members() | {"x": b"1"}
    listed = {"path": "io/0.jsonl", "type": "io", "encoding": "jsonl"}
    members["manifest.json"] = made.tty_manifest(listed, member)
    assert "not supported" in the_error(made.zipped(members)).text


def test_E08_journals_are_not_read_and_in_no_output(tmp_path: Path) -> None:
    canary = "canary-of-the-journal"
    listed = [
        {"path": "io/0.jsonl", "type": "io", "encoding": "jsonl"},
        {"path": "facts.jsonl", "type": "facts", "encoding": "jsonl"},
        {"path": "check.json", "type": "checkpoint", "encoding": "json"},
        {"path": "h.jsonl", "type": "habcp", "encoding": "jsonl"},
    ]
    journals = {name: canary.encode() for name in ("facts.jsonl", "check.json", "h.jsonl")}
    members = {"manifest.json": made.tty_manifest(*listed), "io/0.jsonl": made.io_rows(), **journals}
    project = Project(tmp_path).write({"content/packed.ttyz": made.zipped(members)})
    project.write({f"content/open.tty/{name}": data for name, data in members.items()}).build()
    published = project.published()
    assert {"packed.txt", "open.txt"} <= published.keys()
    assert not [name for name, body in published.items() if canary.encode() in body]


def shots(*colours: bytes) -> dict[str, bytes]:
    found = {f"frames/{number:05}.png": png(8, 6, colour) for number, colour in enumerate(colours, 1)}
    rows = [
        {"seq": number, "ts": 1000 * number, "hash": f"frame-{number}", "png": f"{number:05}.png"}
        for number in range(1, len(colours) + 1)
    ]
    return found | {"frames/index.jsonl": made.rows(*rows)}


def frames_only(**members: bytes) -> dict[str, bytes]:
    tracks = {"commands": False, "io": False, "frames": True}
    return {
        "manifest.json": made.rec_manifest(tracks=tracks, durationMicros=0),
        **shots(b"\xff\0\0", b"\0\xff\0"),
        **members,
    }


def test_E09_frames_alone_are_slides_at_their_times() -> None:
    result = found(made.zipped(frames_only()))
    assert result.cast is not None
    assert [event.time for event in result.cast.events] == [0, 1_000_000, 1_000_000]
    assert (result.cast.header.cols, result.cast.header.rows) == (8, 3)
    assert "\x1b[38;2;255;0;0;48;2;255;0;0m▀▀▀▀▀▀▀▀" in result.cast.events[0].data
    assert "\x1b[38;2;0;255;0" in result.cast.events[1].data
    assert "shown as slides" in told(result)[0]


def test_E09_a_folder_with_a_bare_trace_is_a_recording(tmp_path: Path) -> None:
    members = {name.removeprefix("frames/"): data for name, data in shots(b"\xff\0\0", b"\0\0\xff").items()}
    project = Project(tmp_path).write({f"content/trace/{name}": data for name, data in members.items()})
    project.build()
    assert (tmp_path / "public/trace.cast").is_file()


@pytest.mark.parametrize(
    ("picture", "word"),
    [
        (b"GIF89a", "is no PNG"),
        (png()[:40], "damaged"),
        (png()[:8] + os.urandom(6 * MIB), "MiB"),
        (struct.pack(">8sI4sII", png()[:8], 13, b"IHDR", 5000, 5000), "damaged"),
        (png(5000, 1), "4096"),
    ],
)
def test_E09_a_picture_that_is_none_is_refused(picture: bytes, word: str) -> None:
    members = frames_only() | {"frames/00002.png": picture}
    assert word in the_error(made.zipped(members)).text


def test_E09_frames_without_pictures_are_refused() -> None:
    rows = made.rows({"seq": 1, "ts": 0, "hash": "frame-1", "png": None})
    assert "without pictures" in the_error(made.zipped(frames_only(**{"frames/index.jsonl": rows}))).text


def test_E09_commands_alone_are_refused_with_what_to_do() -> None:
    tracks = {"commands": True, "io": False, "frames": False}
    commands = made.rows({"at": 0, "kind": "type", "text": "ls"}, {"at": 1, "kind": "key", "key": "enter"})
    for given in (commands, commands.partition(b"\n")[0], made.rows({"at": 0, "kind": "sleep", "durationMicros": 5})):
        members = {"manifest.json": made.rec_manifest(tracks=tracks), "commands.jsonl": given}
        assert "run termless play to record it" in the_error(made.zipped(members)).text


@posix
def test_E11_a_folder_with_a_link_in_it_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path).write({"content/a.cast": made.asciicast(), "secret.jsonl": made.io_rows()})
    project.write({"content/demo.tty/manifest.json": made.tty_members()["manifest.json"]})
    (tmp_path / "content/demo.tty/io").mkdir()
    (tmp_path / "content/demo.tty/io/0.jsonl").symlink_to(tmp_path / "secret.jsonl")
    done = project.build()
    assert "error: content/demo.tty: unreadable: links are not followed" in done.stderr
    assert not (tmp_path / "public/demo.cast").exists()


COMMANDS = made.rows(
    {"at": 100_000, "kind": "type", "text": "git"},
    {"at": 150_000, "kind": "key", "key": "space"},
    {"at": 200_000, "kind": "type", "text": "statusx"},
    {"at": 250_000, "kind": "key", "key": "backspace"},
    {"at": 300_000, "kind": "key", "key": "enter"},
    {"at": 400_000, "kind": "type", "text": "oops"},
    {"at": 450_000, "kind": "ctrl", "key": "c"},
    {"at": 500_000, "kind": "key", "key": "enter"},
    {"at": 600_000, "kind": "resize", "cols": 100, "rows": 30},
    {"at": 700_000, "kind": "screenshot", "path": "shots/end.png"},
    {"at": 800_000, "kind": "type", "text": "hunter2"},
    {"at": 900_000, "kind": "key", "key": "enter"},
    {"at": 950_000, "kind": "set", "key": "x", "value": 1},
)
STREAM = made.rows(
    *(
        {"at": at, "direction": "out", "data": data}
        for at, data in ((0, "$ "), (200_000, "git status"), (300_000, "\r\n"))
    ),
    {"at": 600_000, "direction": "out", "data": "clean\r\n$ "},
    {"at": 650_000, "direction": "in", "data": "q"},
    {"at": 800_000, "direction": "out", "data": "\x1b[?25l"},
    {"at": 901_000, "direction": "out", "data": "\r\nok\r\n"},
)


def tracked() -> bytes:
    tracks = {"commands": True, "io": True, "frames": False}
    manifest = made.rec_manifest(tracks=tracks, durationMicros=2_000_000)
    return made.zipped({"manifest.json": manifest, "io.jsonl": STREAM, "commands.jsonl": COMMANDS})


def test_commands_become_chapters_and_the_list_of_commands() -> None:
    result = found(tracked())
    assert result.cast is not None
    marks = [(event.time, event.code, event.data) for event in result.cast.events if event.code in "mr"]
    assert marks == [(100_000, "m", "git status"), (600_000, "r", "100x30"), (700_000, "m", "screenshot end.png")]
    assert result.commands == ((100_000, "git status"),)
    assert result.cast.duration == 2_000_000


def test_what_was_typed_without_an_echo_is_left_out() -> None:
    result = found(tracked())
    assert "hunter2" not in repr(result.cast)
    assert any("may be a password" in text for text in told(result, Severity.INFO))


def test_the_list_of_commands_is_published(tmp_path: Path) -> None:
    project = Project(tmp_path).write({"content/demo.rec": tracked()})
    project.build()
    done = project.run("show", "demo", "--json")
    assert '"git status"' in done.stdout


def test_torn_and_bad_rows_are_left_out() -> None:
    members = {**REC, "io.jsonl": made.io_rows() + b'\n{"at": "soon"}\n[]\n{"at": 12, "dir'}
    result = found(made.zipped(members))
    assert result.cast is not None
    assert result.cast.cut_off
    assert len(result.cast.events) == 3
    words = ("is no {at, direction, data}", "is no object", "torn")
    assert [[word in text for word in words].count(True) for text in told(result)] == [1, 1, 1]


def test_packing_gives_the_same_bytes_for_the_same_members() -> None:
    members = list(REC.items())
    assert pack(members) == pack(reversed(members))
    assert zipfile.ZipFile(io.BytesIO(pack(members, deflate=True))).testzip() is None


def test_M10_an_archive_behind_a_cast_is_no_second_reading() -> None:
    result = found(made.asciicast() + made.zipped(REC))
    assert result.format == "asciicast"
    if result.cast is not None:
        assert [event.data for event in result.cast.events] == [text for _, text in made.EVENTS]
    assert result.problems


def test_M10_a_cast_in_the_comment_of_an_archive_is_not_read() -> None:
    source = bytearray(made.zipped(REC))
    comment = made.asciicast().replace(b"exit", b"evil")
    source[-2:] = struct.pack("<H", len(comment))
    result = found(bytes(source) + comment)
    assert result.format == "termless"
    assert "evil" not in repr(result.cast)


BINARY = {
    "ttyrec": made.ttyrec(),
    "ttyrec of 13 bytes": made.ttyrec(0),
    "rec": made.zipped(REC),
    "ttyz": made.zipped(made.tty_members()),
    "live": made.zipped(made.hts1_members()),
}


@pytest.mark.parametrize("name", BINARY)
def test_M09_cut_at_every_byte_of_its_beginning_it_is_told(name: str) -> None:
    for cut in range(65):
        for path in ("demo", "demo.ttyrec", "demo.rec"):
            result = found(BINARY[name][:cut], path=path)
            assert result.problems, (cut, path)


def test_M09_a_stream_of_frames_cut_at_every_byte() -> None:
    for cut in range(65):
        assert found(live(made.hts1()[:cut])).problems
