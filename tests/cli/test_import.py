"""`castsite import`: recordings of any format, and those that pages show, as `.cast` and `.md`."""

from __future__ import annotations

import base64
import gzip
import json
import os
import threading
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import IO, Any

import pytest
from formats import made
from projects import Project, cast, png

from castsite.formats.page import beside, embedded, former, is_page


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path).write(
        {
            "demo.ttyrec": made.ttyrec(),
            "session.log": made.typescript(),
            "session.timing": made.timing(),
            "alone.typescript": made.typescript(),
            "open.rec/manifest.json": made.rec_manifest(),
            "open.rec/io.jsonl": made.io_rows(),
        }
    )


def imported(project: Project, *arguments: str, code: int = 0) -> str:
    done = project.run("import", *arguments)
    assert done.returncode == code, done.stderr
    return done.stderr


def test_a_recording_becomes_a_cast_and_a_text_beside_it(project: Project) -> None:
    imported(project, "demo.ttyrec", "session.log", "open.rec", "-o", "out")
    events = made.asciicast().decode().splitlines()[1:]
    for name in ("demo", "session", "open"):
        lines = (project.root / f"out/{name}.cast").read_text("utf-8").splitlines()
        assert json.loads(lines[0])["version"] == 2
        assert [json.loads(line) for line in lines[1:]] == [json.loads(line) for line in events]
    assert (project.root / "out/demo.md").read_text("utf-8") == (
        '---\ntitle: "Demo"\ndate: 2026-02-02T02:40:00Z\n---\n'
    )


def test_what_is_imported_is_what_is_built_of_the_source(project: Project) -> None:
    project.write({"castsite.yml": "title: x\n", "content/here/demo.ttyrec": made.ttyrec()})
    imported(project, "demo.ttyrec", "alone.typescript")
    assert (project.root / "content/demo.cast").is_file()
    assert "timing: synthetic\n" in (project.root / "content/alone.md").read_text("utf-8")
    project.build("--strict")
    public = project.root / "public"
    assert (public / "demo.txt").read_bytes() == (public / "here/demo.txt").read_bytes()
    assert "synthetic" in project.page("alone/index.html")
    assert '"timing":"synthetic"' in (public / "alone.json").read_text("utf-8").replace(" ", "")


def test_nothing_is_replaced_unless_it_is_said(project: Project) -> None:
    imported(project, "demo.ttyrec", "-o", "out")
    (project.root / "out/demo.cast").write_text("mine")
    assert "is there already" in imported(project, "demo.ttyrec", "-o", "out", code=1)
    assert (project.root / "out/demo.cast").read_text() == "mine"
    imported(project, "demo.ttyrec", "-o", "out", "--force")
    assert (project.root / "out/demo.cast").read_text() != "mine"
    project.write({"own.cast": cast("mine")})
    assert "is what is read" in imported(project, "own.cast", "--overwrite", code=1)


def test_pages_of_a_folder_give_what_they_show_and_lies_nowhere_else(project: Project) -> None:
    whole = cast("in the page").decode()
    shown = f"<!doctype html><script>createPlayer({json.dumps(whole)})</script>"
    project.write({"many/sub/x.html": shown, "many/in.cast": cast("beside"), "many/y.htm": "<p>in.cast</p>"})
    project.write({"many/z.html": '<!doctype html><asciinema-player src="in.cast"></asciinema-player>'})
    told = imported(project, "many", "-o", "out")
    assert "y.htm" not in told
    found = sorted(path.relative_to(project.root / "out").as_posix() for path in (project.root / "out").rglob("*.cast"))
    assert found == ["in.cast", "sub/x.cast"]
    assert "in the page" in (project.root / "out/sub/x.cast").read_text()
    project.write({"none/page.html": "<!doctype html><p>Nothing."})
    assert "error: none: no-recording: holds no recording" in imported(project, "none", "-o", "out", code=1)


def test_no_import_replaces_a_text_that_somebody_has_written_on(project: Project) -> None:
    imported(project, "demo.ttyrec", "session.log", "-o", "out")
    project.write({"out/demo.md": "---\ntitle: Mine\n---\nAbout it.\n", "out/demo.cast": "old"})
    told = imported(project, "demo.ttyrec", "session.log", "-o", "out", "--overwrite")
    assert "warning: out/demo.md: text-kept: says something else and stays as it is; remove it to" in told
    assert "session.md" not in told
    assert (project.root / "out/demo.md").read_text() == "---\ntitle: Mine\n---\nAbout it.\n"
    assert (project.root / "out/demo.cast").read_text() != "old"


def test_a_text_that_is_there_keeps_the_cast_from_being_written(project: Project) -> None:
    project.write({"out/demo.md": "mine"})
    assert "out/demo.md: exists" in imported(project, "demo.ttyrec", "-o", "out", code=1)
    assert not (project.root / "out/demo.cast").exists()


def test_versions_options_and_input(project: Project) -> None:
    project.write({"nle.ttyrec": made.frame(0, b"\xb3\r\n", 0) + made.frame(1, b"q", 1) + made.frame(2, b"x", 0)})
    options = ["--encoding", "cp437", "--size", "100x30", "--format", "v3"]
    imported(project, "nle.ttyrec", "-o", "a.cast", *options)
    lines = [json.loads(line) for line in (project.root / "a.cast").read_text("utf-8").splitlines()]
    assert (lines[0]["version"], lines[0]["term"]) == (3, {"cols": 100, "rows": 30})
    assert [line[1:] for line in lines[1:]] == [["o", "│\r\n"], ["o", "x"]]
    imported(project, "nle.ttyrec", "-o", "b.cast", *options, "--keep-input")
    assert '"i","q"' in (project.root / "b.cast").read_text("utf-8")
    assert "expected" in project.run("import", "nle.ttyrec", "--size", "wide").stderr


def test_a_timing_file_leads_to_its_output(project: Project) -> None:
    imported(project, "session.timing", "-o", "out")
    assert '[0.5,"o"' in (project.root / "out/session.cast").read_text("utf-8")
    project.write({"elsewhere/when": made.timing(), "lost/lost.tm": made.timing()})
    imported(project, "alone.typescript", "--timing", "elsewhere/when", "-o", "out")
    assert '[0.5,"o"' in (project.root / "out/alone.cast").read_text("utf-8")
    assert "its output is not beside it" in imported(project, "lost/lost.tm", code=1)


PAIR = {"both.log": made.typescript(), "when": made.advanced(output="both.log", typed="both.log")}
APART = {
    "a.log": made.typescript(),
    "keys": made.OPENING + b"exit",
    "when": made.advanced(output="a.log", typed="keys"),
}


@pytest.mark.parametrize("sources", [["both.log"], ["when"], ["when", "both.log"], ["both.log", "when"], ["."]])
def test_a_timing_file_that_names_its_output_is_found_as_in_the_content_folder(
    tmp_path: Path, sources: list[str]
) -> None:
    project = Project(tmp_path).write(PAIR)
    assert "no-timing" not in imported(project, *sources, "-o", "out")
    assert [path.name for path in (tmp_path / "out").glob("*.cast")] == ["both.cast"]
    assert '[0.5,"o"' in (tmp_path / "out/both.cast").read_text("utf-8")


@pytest.mark.parametrize("sources", [["a.log"], ["when"], ["keys"], ["a.log", "keys", "when"], ["keys", "when"], ["."]])
def test_a_log_of_what_was_typed_is_no_recording_of_its_own(tmp_path: Path, sources: list[str]) -> None:
    imported(Project(tmp_path).write(APART), *sources, "-o", "out")
    assert [path.name for path in (tmp_path / "out").glob("*.cast")] == ["a.cast"]
    assert '[0.5,"o"' in (tmp_path / "out/a.cast").read_text("utf-8")


HEADLESS = made.typescript().removeprefix(made.OPENING)


@pytest.mark.parametrize("source", ["x.out", "x.timing", "."])
@pytest.mark.parametrize("output", [made.typescript(), HEADLESS], ids=["whole", "without a first line"])
def test_what_else_is_called_the_same_is_no_output(tmp_path: Path, source: str, output: bytes) -> None:
    beside = {"content/x.md": "---\ntitle: X\n---\n", "content/x.html": "<p>x", "content/x.png": png()}
    project = Project(tmp_path).write(beside | {"content/x.out": output, "content/x.timing": made.timing()})
    edited = project.run("edit", "content/x.out", "-o", "-")
    told = [imported(project, f"content/{source}", "-o", "out"), edited.stderr, project.build().stderr]
    assert not any("no-timing" in each for each in told)
    published = project.published()["x.cast"].decode()
    assert all('[0.5,"o"' in each for each in (Path(tmp_path / "out/x.cast").read_text("utf-8"), edited.stdout))
    assert "[0.5," in published


def test_a_folder_is_looked_at_once_and_no_recording_read_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs, timings = ([f"{at}.{ending}" for at in range(20)] for ending in ("typescript", "timing"))
    project = Project(tmp_path).write(dict.fromkeys(outputs, made.typescript()) | {"demo.ttyrec": made.ttyrec()})
    project.write(dict.fromkeys(timings, made.timing()))
    opened: Counter[str] = Counter()
    opening = Path.open

    def counted(path: Path, mode: str = "r", **options: Any) -> IO[Any]:
        opened[path.name] += mode == "rb"
        return opening(path, mode, **options)

    monkeypatch.setattr(Path, "open", counted)
    arguments = [*outputs, *timings, "demo.ttyrec", "-o", "out"]
    assert import_module("castsite.cli.import").command.main(arguments, standalone_mode=False, obj=tmp_path) == 0
    assert +opened == dict.fromkeys((*outputs, "demo.ttyrec"), 1) | dict.fromkeys(timings, 2)  # looked into, and read


def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    """Who reads a pipe again waits for ever, or finds nothing in it."""
    project = Project(tmp_path)
    for name, data in (("f.cast", cast("through a pipe")), ("session", made.typescript())):
        os.mkfifo(tmp_path / name)
        writer = threading.Thread(target=(tmp_path / name).write_bytes, args=(data,), daemon=True)
        writer.start()
        imported(project, name, "-o", "out")
        writer.join()
    assert "through a pipe" in (tmp_path / "out/f.cast").read_text("utf-8")
    assert "exit" in (tmp_path / "out/session.cast").read_text("utf-8")


def test_an_output_without_its_timing_says_how_to_name_it(project: Project) -> None:
    assert "--timing" in imported(project, "alone.typescript", "-o", "out")


def test_a_folder_of_recordings_is_imported_as_it_is_laid_out(project: Project) -> None:
    project.write({"many/git/a.ttyrec": made.ttyrec(), "many/b.rec": made.zipped(made.rec_members())})
    project.write({"many/x.tape": "Output x.gif\n", "none/readme.txt": "nothing"})
    assert "x.tape" in imported(project, "many", "-o", "out", code=1)
    assert (project.root / "out/git/a.cast").is_file()
    assert (project.root / "out/b.cast").is_file()
    assert "holds no recording" in imported(project, "none", code=1)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        (".cast", "is no name of a recording"),
        ("_index.cast", "is passed over by builds"),
        ("_u.cast", "is passed over by builds"),
        ("index.cast", "would have index.md beside it"),
        ("a\nb.cast", "holds characters"),
        ("b\udcff.cast", "holds characters"),
        ("mine.cast", "as ignore says"),
    ],
)
def test_what_builds_would_not_find_is_not_imported(project: Project, name: str, word: str) -> None:
    text = {"castsite.yml": "title: x\nignore: [mine.*]\n", "content/_index.md": "mine"}
    project.write({f"src/{name}": cast("hello"), **text})
    for output in ([], ["-o", f"content/{name}"], ["-o", "content/sub"]):
        told = imported(project, f"src/{name}", "--overwrite", *output, code=1)
        assert word in told
        assert "give -o NAME.cast" in told
    assert [path.name for path in project.root.rglob("content*")] == ["content"]
    assert [path.name for path in (project.root / "content").iterdir()] == ["_index.md"]
    assert (project.root / "content/_index.md").read_text() == "mine"
    imported(project, f"src/{name}", "-o", "content/good.cast")
    imported(project, f"src/{name}", "-o", "_away/_x.cast")


@pytest.mark.parametrize("source", ["many", "many/a.ttyrec"])
def test_a_text_beside_the_source_is_told_to_stay_there(project: Project, source: str) -> None:
    project.write({"many/a.ttyrec": made.ttyrec(), "many/a.md": "---\ntitle: Mine\n---\n", "many/b.md": "A page.\n"})
    told = imported(project, source, "-o", "out")
    left = "warning: many/a.md: text-left: is not taken along; write what it says of the recording into out/a.md\n"
    assert told.count("text-left") == told.count(left) == 1
    assert "text-left" not in imported(project, "many/a.ttyrec", "-o", "many", "--overwrite")
    assert 'title: "A"' in (project.root / "out/a.md").read_text()


def test_what_of_a_folder_cannot_be_read_keeps_none_of_the_others(project: Project) -> None:
    project.write({"castsite.yml": "title: x\nlimits: {file_size: 2000}\n"})
    project.write({"many/a.cast": cast("one"), "many/b.cast": cast("x" * 2000), "many/c.cast": cast("three")})
    assert "many/b.cast: too-large" in imported(project, "many", code=1)
    assert sorted(path.name for path in (project.root / "content").glob("*.cast")) == ["a.cast", "c.cast"]


def test_a_timing_file_of_a_folder_that_belongs_to_nothing_is_told(project: Project) -> None:
    project.write({"many/lost.tm": made.timing(), "many/sub/x.tm.gz": gzip.compress(made.timing())})
    project.write({"many/a.log": made.typescript(), "many/a.tm": made.timing()})
    told = imported(project, "many", "-o", "out", code=1)
    for name in ("many/lost.tm", "many/sub/x.tm.gz"):
        assert f"error: {name}: no-recording: is the timing file of script(1), and its output is not beside it" in told
    assert "a.tm" not in told
    assert [path.name for path in (project.root / "out").rglob("*.cast")] == ["a.cast"]


def test_of_a_site_its_own_folders_are_passed_over(project: Project) -> None:
    project.write({"castsite.yml": "title: x\n", "content/a.cast": cast("one"), "public/a.cast": cast("one")})
    project.write({"sub/content/b.cast": cast("two"), "content/l.cast": ""})
    told = imported(project, ".", "-o", "out")
    assert "l.cast" not in told
    found = sorted(path.relative_to(project.root / "out").as_posix() for path in (project.root / "out").rglob("*.cast"))
    assert found == ["alone.cast", "demo.cast", "open.cast", "session.cast", "sub/content/b.cast"]
    imported(project, "content/a.cast", "content", "-o", "again", code=1)
    assert (project.root / "again/a.cast").is_file()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([""], "an empty name; name a file"),
        (["alone.typescript", "session.log", "--timing", "session.timing"], "--timing belongs to one output"),
        ([".", "--typed", "session.log"], "--typed belongs to one output"),
        (["alone.typescript", "--timing", "open.rec"], '--timing: "open.rec" is a folder; name a file'),
        (["demo.ttyrec", "--output="], "-o: name a folder, or a .cast"),
        (["demo.ttyrec", "--output=-"], "castsite edit IN -o - writes to the terminal's output"),
    ],
)
def test_what_can_mean_nothing_is_refused(project: Project, arguments: list[str], word: str) -> None:
    output = [] if any(one.startswith("--output") for one in arguments) else ["-o", "out"]
    before = set(project.root.rglob("*"))
    assert word in imported(project, *arguments, *output, code=2)
    assert set(project.root.rglob("*")) == before


def test_one_file_is_no_place_for_several_recordings(project: Project) -> None:
    for sources in (["demo.ttyrec", "session.log"], ["."]):
        told = imported(project, *sources, "-o", "out/x.cast", code=2)
        assert '"out/x.cast" is one recording, and there are several; name a folder, such as "out"' in told
        assert not (project.root / "out").exists()
    imported(project, "session.log", "session.timing", "-o", "out/x.cast")  # these are one
    assert {one.name for one in (project.root / "out").iterdir()} == {"x.cast", "x.md"}


def test_commands_of_termless_are_kept_in_the_text(project: Project) -> None:
    rows = made.rows({"at": 500_000, "kind": "type", "text": "make"}, {"at": 500_001, "kind": "key", "key": "enter"})
    tracks = {"commands": True, "io": True, "frames": False}
    members = made.rec_members(tracks=tracks) | {"commands.jsonl": rows}
    project.write({"castsite.yml": "title: x\n", "typed.rec": made.zipped(members)})
    imported(project, "typed.rec")
    assert 'commands:\n  - [0.500000, "make"]\n' in (project.root / "content/typed.md").read_text("utf-8")
    project.build("--strict")


def test_front_matter_of_a_cast_goes_into_the_text(project: Project) -> None:
    project.write({"own.cast": b"---\ntitle: Mine\ntags: [git]\n---\n" + cast("hello")})
    imported(project, "own.cast", "-o", "out")
    assert (project.root / "out/own.md").read_text("utf-8") == "---\ntitle: Mine\ntags: [git]\n---\n"
    assert (project.root / "out/own.cast").read_bytes().startswith(b'{"version": 2')


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("a.cast", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "git lfs pull"),
        ("a.cast", b"<!DOCTYPE html><title>404</title>", "it may be an error page"),
        ("a.cast", b"\x89PNG\r\n\x1a\n", "PNG picture"),
        ("a.cast", b"GIF89a", "GIF picture"),
        ("a.mp4", b"\0\0\0\x20ftypisom", "MP4 video"),
        ("a.tape", b"Output x.gif\n", "tape script"),
        ("a.sh", b"#doitlive shell: bash\nls\n", "doitlive"),
        ("a.sh", b". demo-magic.sh\npe ls\n", "demo-magic"),
        ("a.txt", b"hello\n", "not a recording format castsite knows"),
    ],
)
def test_what_is_no_recording_is_named(project: Project, name: str, data: bytes, word: str) -> None:
    project.write({name: data})
    assert word in imported(project, name, "-o", "out", code=1)
    assert not (project.root / "out").exists()


CAST = made.asciicast()
PAGE = f"""<!DOCTYPE html>
<html><head><link rel="alternate" type="application/x-asciicast" href="/casts/linked.cast"></head><body>
<script>
AsciinemaPlayer.create("casts/made.cast", document.getElementById("a"), {{speed: 2}});
AsciinemaPlayer.create({{ data: {json.dumps(CAST.decode().replace("exit", "one"))} }}, document.body);
AsciinemaPlayer.create({{ url: './casts/named.cast?x=1' }}, document.body);
AsciinemaPlayer.create('data:text/plain;base64,{base64.b64encode(CAST.replace(b"exit", b"two")).decode()}', e);
</script>
<asciinema-player src="casts/element.cast"></asciinema-player>
<a href="casts/anchor.cast">download</a> <a href="../../outside.cast">no</a> <a href="about.html">about</a>
<script src="https://asciinema.org/a/14.js" id="asciicast-14" async></script>
<script type="application/x-asciicast">{CAST.decode().replace("exit", "three")}</script>
</body></html>
"""


def test_a_page_gives_what_it_shows_and_what_lies_beside_it(project: Project) -> None:
    names = ("linked", "made", "named", "element", "anchor")
    project.write({f"web/casts/{name}.cast": cast(name) for name in names} | {"outside.cast": cast("outside")})
    project.write({"web/page.html": PAGE, "web/page_files/14.cast": cast("hosted")})
    told = imported(project, "web/page.html", "-o", "out", code=1)
    assert 'web/page.html:10: no-recording: "../../outside.cast" is not beside the page' in told
    made_of = {path.stem: path.read_text("utf-8") for path in (project.root / "out").glob("*.cast")}
    assert made_of.keys() == {*names, "14", "page", "page-2", "page-3"}
    assert all(name in made_of[name] for name in names)
    assert "hosted" in made_of["14"]
    assert "\naliases: [/a/14/]\n" in (project.root / "out/14.md").read_text("utf-8")
    assert "aliases" not in (project.root / "out/linked.md").read_text("utf-8")
    assert [word in made_of[name] for word, name in (("one", "page"), ("two", "page-2"), ("three", "page-3"))] == [
        True
    ] * 3


def test_a_page_of_castsite_gives_back_its_recording(project: Project) -> None:
    project.write({"castsite.yml": "title: x\nsecrets: off\n", "content/here.cast": CAST})
    done = project.run("export", "here", "--to", "html", "-o", "here.html")
    assert done.returncode == 0, done.stderr
    imported(project, "here.html", "-o", "out")
    lines = (project.root / "out/here.cast").read_text("utf-8").splitlines()[1:]
    assert [json.loads(line) for line in lines] == [json.loads(line) for line in CAST.splitlines()[1:]]


def test_what_json_says(project: Project) -> None:
    done = project.run("import", "demo.ttyrec", "nowhere", "-o", "out", "--json")
    assert done.returncode == 1
    first, second = json.loads(done.stdout)
    assert (first["format"], first["cast"], first["companion"]) == ("ttyrec", "out/demo.cast", "out/demo.md")
    assert (first["duration"], first["events"]) == (1.25, 3)
    assert (second["cast"], second["problems"][0]["code"]) == (None, "unreadable")


@pytest.mark.parametrize(
    "address",
    ["../x.cast", "a/../../x.cast", "..\\x.cast", "%2e%2e/x.cast", "c:/x.cast", "", "?x", "x\0.cast", "//host"],
)
def test_no_address_leads_out_of_the_folder_of_a_page(address: str) -> None:
    assert list(beside(address, "page.html")) == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://asciinema.org/a/14.cast?dl=1", "/a/14/"),
        ("//casts.example/a/bJMOlPe5F4mFLY0Rl6fiJSOp3.json", "/a/bJMOlPe5F4mFLY0Rl6fiJSOp3/"),
        ("/a/14.cast", "/a/14/"),
        ("/x/a/14.cast", ""),
        ("/a/14.gif", ""),
        ("/a/1-4.cast", ""),
        ("a/14.cast", ""),
    ],
)
def test_only_a_whole_path_of_asciinema_orgs_kind_is_a_former_address(address: str, expected: str) -> None:
    assert former(address) == expected


def test_an_address_is_looked_for_where_browsers_save_it() -> None:
    assert list(beside("https://asciinema.org/a/14.cast?dl=1", "page.html"))[:3] == [
        "a/14.cast",
        "14.cast",
        "page_files/14.cast",
    ]


def test_only_pages_are_pages() -> None:
    assert is_page(b"\n<!-- saved -->\n<!DOCTYPE html>")
    assert not is_page(CAST)
    assert embedded(b"<p>no recording</p>") == ()


def test_a_site_without_configuration_is_a_site(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"x.cast": cast("x"), "content/there.cast": cast("there")})
    done = site.run("import", "x.cast")
    assert done.returncode == 0, done.stderr
    assert (site.root / "content/x.cast").is_file()


@pytest.mark.parametrize("command", ["edit", "concat"])
def test_a_timing_file_stands_for_its_output_in_other_commands(tmp_path: Path, command: str) -> None:
    project = Project(tmp_path).write({"s.log": made.typescript(), "s.timing": made.timing()})
    wanted, given = ((one, one) if command == "concat" else (one,) for one in ("s.log", "s.timing"))
    first, second = (
        project.run(command, *words, "-o", f"{number}.cast") for number, words in enumerate((wanted, given))
    )
    assert (first.returncode, second.returncode) == (0, 0), second.stderr
    assert (tmp_path / "0.cast").read_bytes() == (tmp_path / "1.cast").read_bytes()
    for name in ("s.log", "s.timing"):
        kept = project.run(command, *given, "-o", name, "--overwrite")
        assert (kept.returncode, "same-file" in kept.stderr) == (2, True)
