"""ttyrec: headers of 12 and of 13 bytes, torn and damaged files, sizes, encodings."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from builders import output, resize
from formats import made
from formats.reading import cast_of, found, played, texts, the_error, told
from formats.recorders import run

from castsite.errors import Severity
from castsite.formats.model import Owner


def test_M01_a_torn_last_frame_keeps_what_there_is_of_it() -> None:
    source = made.ttyrec()
    result = found(source[:-3])
    assert result.cast is not None
    assert result.cast.cut_off
    assert texts(source[:-3]) == texts(source)[:-3]
    (warning,) = told(result)
    assert f"byte {len(source) - 12 - len('$ exit') - 2:,}" in warning


def test_M01_a_torn_first_frame_keeps_what_there_is_of_it_too() -> None:
    source = made.ttyrec()[:14]
    result = found(source, path="demo.ttyrec")
    assert result.cast is not None
    assert result.cast.cut_off
    assert [event.data for event in result.cast.events] == [source[12:].decode()]
    assert "which begins at byte 0" in told(result)[0]
    assert "not one frame of which is whole; get it again" in the_error(source, path="demo").text


def test_M01_a_bad_frame_in_the_middle_ends_it_and_its_place_is_told() -> None:
    source = made.ttyrec() + b"\xff" * 40
    result = found(source)
    assert texts(source) == texts(made.ttyrec())
    assert [f"at byte {len(made.ttyrec()):,}" in text for text in told(result)] == [True]


def test_M01_garbage_is_refused() -> None:
    assert "ttyrec" in the_error(b"\xff" * 100, path="demo.ttyrec").text
    assert "not a recording format castsite knows" in the_error(b"\xff" * 100).text
    assert "git lfs pull" in the_error(b"version https://git-lfs.github.com/spec/v1\n", path="demo.ttyrec").text


def test_M02_a_channel_byte_is_found_and_what_was_typed_is_input() -> None:
    frames = [made.frame(0, b"a\r\n", 0), made.frame(1, b"q", 1), made.frame(2, b"\0\0\0\1", 2), made.frame(3, b"b", 0)]
    assert [(event.code, event.data) for event in played(b"".join(frames))] == [("o", "a\r\n"), ("i", "q"), ("o", "b")]


def test_M03_a_character_split_over_two_frames_is_one() -> None:
    first, second = "ü".encode()[:1], "ü".encode()[1:]
    source = made.frame(0, b"gr" + first) + made.frame(500_000, second + b"n\r\n")
    assert texts(source) == "grün\r\n"
    assert told(found(source)) == []


def test_sizes_that_termrec_writes_are_the_screen_and_its_resizes() -> None:
    source = made.frame(0, b"\x1b%G\x1b[8;30;100t$ \r\n") + made.frame(1_000_000, b"\x1b[8;26;90t")
    source += made.frame(2_000_000, b"ls\r\n")
    cast = cast_of(source)
    assert (cast.header.cols, cast.header.rows) == (100, 30)
    assert cast.events == (output(0, "$ \r\n"), resize(1, 90, 26), output(2, "ls\r\n"))


def test_a_size_is_suggested_where_the_output_needs_a_larger_one() -> None:
    (text,) = told(found(made.frame(0, b"\x1b[40;100Hx")))
    assert "size: 100x40" in text
    assert told(found(made.ttyrec()), Severity.INFO) != []
    owner = Owner(size=(100, 40))
    assert (cast_of(made.ttyrec(), owner=owner).header.cols, found(made.ttyrec(), owner=owner).problems) == (100, ())


def test_another_encoding_is_asked_for_and_suggested() -> None:
    source = made.frame(0, b"\xb3\xb3\xc4\xda and more\r\n")
    assert "encoding: cp437" in told(found(source))[0]
    assert texts(source, owner=Owner(encoding="cp437")) == "││─┌ and more\r\n"
    assert texts(source, owner=Owner(encoding="latin-1")) == "³³ÄÚ and more\r\n"


def test_a_clock_that_goes_back_is_held() -> None:
    source = made.frame(1_000_000, b"a") + made.frame(0, b"b") + made.frame(2_000_000, b"c")
    assert [event.time for event in played(source)] == [0, 0, 1_000_000]


def test_the_moment_of_recording_is_that_of_the_first_frame() -> None:
    assert cast_of(made.ttyrec()).header.timestamp == made.START


def test_a_real_ttyrec_shows_what_its_terminal_showed(tmp_path: Path) -> None:
    if shutil.which("ttyrec") is None:
        pytest.skip("ttyrec is missing")
    command = ["ttyrec", "-e", "sh -c 'echo ready; read x; echo hello $x'", "real.ttyrec"]
    seen = run(command, tmp_path, keys=[(b"ready", b"Ada\r")], size=(80, 24))
    source = (tmp_path / "real.ttyrec").read_bytes()
    assert "hello Ada" in texts(source, path="real.ttyrec")
    assert texts(source) in seen.decode()
    assert found(source).format == "ttyrec"


@pytest.mark.parametrize(("bad", "said"), [(b"\xe9", "1 byte or more"), (b"\xe9" * 3, "3 bytes or more")])
def test_bytes_that_are_no_text_are_counted_as_people_do(bad: bytes, said: str) -> None:
    source = made.frame(0, b"plain " + bad + b" text\r\n")
    assert f"not all of it is UTF-8: {said} replaced by U+FFFD" in told(found(source))[0]
