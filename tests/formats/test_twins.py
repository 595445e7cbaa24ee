"""Every format gives the same transcript as the asciicast of the same events."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from formats import made
from formats.reading import cast_of, found, transcript
from projects import Project

from castsite.formats.model import ALONE, Beside

TIMED: dict[str, tuple[bytes, Beside]] = {
    "ttyrec": (made.ttyrec(), ALONE),
    "ttyrec of 13 bytes": (made.ttyrec(0), ALONE),
    "script": (made.typescript(), Beside(timing=made.timing())),
    "script, advanced": (made.typescript(), Beside(timing=made.advanced())),
    "Terminalizer": (made.terminalizer(), ALONE),
    "rec": (made.zipped(made.rec_members()), ALONE),
    "ttyz": (made.zipped(made.tty_members()), ALONE),
    "ttyz of hts1": (made.zipped(made.hts1_members()), ALONE),
}
UNTIMED = {"typescript": made.typescript(), "raw": made.raw(), "VHS": made.vhs()}
TWIN = transcript(cast_of(made.asciicast()))


@pytest.mark.parametrize("name", TIMED)
def test_a_recording_of_any_format_has_the_transcript_of_its_twin(name: str) -> None:
    source, beside = TIMED[name]
    assert [text for _, text in TWIN] == ["$ echo grün", "grün", "$ exit"]
    assert transcript(cast_of(source, beside=beside)) == TWIN
    assert not found(source, beside=beside).synthetic


@pytest.mark.parametrize("name", UNTIMED)
def test_a_recording_without_times_has_the_texts_of_its_twin(name: str) -> None:
    source = UNTIMED[name]
    assert [text for _, text in transcript(cast_of(source))] == [text for _, text in TWIN]
    assert found(source).synthetic


MARK = b"\xef\xbb\xbf"


@pytest.mark.parametrize("name", TIMED)
def test_a_byte_order_mark_before_anything_means_nothing(name: str) -> None:
    source, beside = TIMED[name]
    marked = source
    if name in {"rec", "ttyz"}:
        members = made.rec_members() if name == "rec" else made.tty_members()
        marked = made.zipped({path: MARK + data for path, data in members.items()})
    timing = None if beside.timing is None else MARK + beside.timing
    assert transcript(cast_of(marked, beside=Beside(timing=timing))) == TWIN
    if "ttyrec" not in name:
        assert transcript(cast_of(MARK + marked, beside=Beside(timing=timing))) == TWIN


@pytest.mark.parametrize("name", UNTIMED)
def test_a_byte_order_mark_before_output_means_nothing(name: str) -> None:
    assert transcript(cast_of(MARK + UNTIMED[name])) == transcript(cast_of(UNTIMED[name]))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstandard.compress])
def test_a_compressed_one_is_the_same(pack: Callable[[bytes], bytes]) -> None:
    assert transcript(cast_of(pack(made.ttyrec()))) == TWIN
    assert transcript(cast_of(pack(made.terminalizer()))) == TWIN


@pytest.mark.parametrize("first", range(256))
def test_a_ttyrec_is_known_whatever_its_first_byte(first: int) -> None:
    source = bytes([first]) + made.ttyrec()[1:]
    assert found(source).format == "ttyrec"


@pytest.mark.parametrize("head", [b"{\0", b"\0{", b"\xff\xfe", b"\xfe\xff", b"BZ", b"{\0\0\0", b"\0\0\xfe\xff"])
def test_a_ttyrec_is_known_in_seconds_that_look_like_marks_of_other_files(head: bytes) -> None:
    source = head + made.ttyrec()[len(head) :]
    assert found(source).format == "ttyrec"
    assert transcript(cast_of(source))[0][1] == "$ echo grün"


FILES: dict[str, bytes] = {
    "ttyrec/demo.ttyrec.bz2": bz2.compress(made.ttyrec()),
    "nethack/demo.ttyrec2": made.ttyrec(0),
    "classic/demo.log": made.typescript(),
    "classic/demo.timing": made.timing(),
    "marked/demo.log": MARK + made.typescript(),
    "marked/demo.timing": MARK + made.timing(),
    "markedyml/demo.yml": MARK + made.terminalizer(),
    "bare/typescript": made.typescript(),
    "bare/timing": made.timing(),
    "advanced/out": made.typescript(),
    "advanced/when.txt": made.advanced(output="out", typed="in"),
    "advanced/in": made.OPENING + b"secret\n",
    "alone/demo.typescript.gz": gzip.compress(made.typescript()),
    "raw/demo.raw": made.raw(),
    "terminalizer/demo.yml": made.terminalizer(),
    "vhs/demo.ascii": made.vhs(),
    "rec/demo.rec": made.zipped(made.rec_members()),
    "ttyz/demo.ttyz": made.zipped(made.tty_members()),
    "live/demo.ttyz": made.zipped(made.hts1_members()),
    **{f"recfolder/demo.rec/{name}": data for name, data in made.rec_members().items()},
    **{f"ttyfolder/demo.tty/{name}": data for name, data in made.tty_members().items()},
    **{f"unnamed/session/{name}": data for name, data in made.hts1_members().items()},
}
ADDRESSES = {
    "bare": "bare/typescript",
    "advanced": "advanced/out",
    "unnamed": "unnamed/session",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("twins"))
    project.write({"castsite.yml": "title: Twins\n", "content/twin.cast": made.asciicast()})
    project.write({f"content/{name}": data for name, data in FILES.items()})
    project.write({"content/alone/demo.md": "---\ntitle: From a companion\ncps: 100\n---\nWords about it.\n"})
    project.build()
    return project


FOLDERS = sorted({name.partition("/")[0] for name in FILES})


@pytest.mark.parametrize("folder", FOLDERS)
def test_E10_recordings_of_all_formats_build_where_they_lie(site: Project, folder: str) -> None:
    address = ADDRESSES.get(folder, f"{folder}/demo")
    public = site.root / "public"
    assert (public / f"{address}.txt").read_bytes() == (public / "twin.txt").read_bytes()
    assert (public / address / "index.html").is_file()
    assert (public / f"{address}.cast").read_bytes().startswith(b'{"version": 2, ')
    assert not [path for path in public.rglob("*") if b"secret" in path.name.encode()]


def test_what_was_timed_has_the_times_of_its_twin(site: Project) -> None:
    public = site.root / "public"
    events = (public / "twin.cast").read_bytes().partition(b"\n")[2]
    for folder in set(FOLDERS) - {"alone", "raw", "vhs"}:
        cast = public / f"{ADDRESSES.get(folder, f'{folder}/demo')}.cast"
        assert cast.read_bytes().partition(b"\n")[2] == events, folder


def test_a_companion_goes_with_any_format(site: Project) -> None:
    page = site.page("alone/demo/index.html")
    assert "From a companion" in page
    assert "Words about it." in page


def test_a_page_says_when_times_are_made_up(site: Project) -> None:
    for folder in FOLDERS:
        page = site.page(f"{ADDRESSES.get(folder, f'{folder}/demo')}/index.html")
        assert ("synthetic" in page) == (folder in {"alone", "raw", "vhs"}), folder


def test_a_second_build_writes_nothing_and_one_file_of_a_folder_is_enough_to_change_it(site: Project) -> None:
    assert "0 files written" in site.build().stderr
    member = site.root / "content/ttyfolder/demo.tty/io/0.jsonl"
    before = member.read_bytes()
    try:
        member.write_bytes(made.io_rows([(0, "$ echo new\r\n"), (500_000, "new\r\n")]))
        site.build()
        assert b"new" in (site.root / "public/ttyfolder/demo.txt").read_bytes()
    finally:
        member.write_bytes(before)
        site.build()


def test_a_recording_that_was_made_elsewhere_is_edited_too(site: Project, tmp_path: Path) -> None:
    done = site.run("edit", "content/ttyrec/demo.ttyrec.bz2", "-o", str(tmp_path / "cut.cast"), "--end", "0.6")
    assert done.returncode == 0, done.stderr
    assert "exit" not in (tmp_path / "cut.cast").read_text("utf-8")
    done = site.run("edit", "content/classic/demo.log", "-o", str(tmp_path / "timed.cast"))
    assert '[0.5,"o","gr' in (tmp_path / "timed.cast").read_text("utf-8"), done.stderr
