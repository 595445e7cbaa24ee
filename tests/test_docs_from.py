"""The pages for users of wsh and of Rexec: every address, key and program on them is tried."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from projects import Project, cast
from serving import Host, hosted

from castsite.config import CONFIG, SiteConfig, load_config
from castsite.schema.reading import Key, Reading
from castsite.schema.tree import parse
from castsite.site.keys import FRONT_MATTER

DOCS = Path(__file__).parent.parent / "docs"
PAGES = ["from-wsh.md", "from-rexec.md"]
BASE = "https://casts.example/casts/"
PROGRAMS = {"from-wsh.md": "wsh", "from-rexec.md": "rexec"}


def fences(page: str, kind: str) -> list[str]:
    text = (DOCS / page).read_text("utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def spans(page: str) -> list[str]:
    text = re.sub(r"^```.*?^```", "", (DOCS / page).read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", text)]


def rows(page: str) -> list[list[str]]:
    """Give the tables' rows in cells, but for their heads."""
    lines = (DOCS / page).read_text("utf-8").splitlines()
    found = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| ")]
    return [row for row in found if row[0] not in {"wsh", "Rexec", "field"}]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A site that publishes for both."""
    torn = cast("one", "two", title="Torn") + b'[9.5, "o", "half of a li'
    project = Project(tmp_path_factory.mktemp("site")).write({
        "castsite.yml": f"base_url: {BASE}\noutputs: [embed, script, oembed, markdown, filmstrip, wsh, rexec]\n",
        "content/git/rebase.cast": cast("$ git rebase", 'said "so"', title='Re"base" — 🎬', width=90),
        "content/git/rebase.md": "---\nid: one-1\nsession: nightly\ndate: 2026-03-01\n---\nHow it is done.\n",
        "content/torn.cast": torn,
    })  # fmt: skip
    project.build()
    return project


@pytest.fixture(scope="module")
def host(site: Project) -> Iterator[Host]:
    with hosted(site.root / "public", base="/casts/") as found:
        yield found


@pytest.fixture(scope="module")
def names(site: Project) -> dict[str, str]:
    """What the words in capitals stand for."""
    listed = json.loads((site.root / "public/api/recordings/index.json").read_text())["recordings"]
    token = next(one["share_token"] for one in listed if one["id"] == "one-1")
    return {"ID": "one-1", "TOKEN": token, "NAME": "nightly", "SLUG": "git/rebase"}


def filled(text: str, names: dict[str, str]) -> str:
    return re.sub(r"\b(ID|TOKEN|NAME|SLUG)\b", lambda found: names[found[0]], text)


# ---- addresses


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_the_page_names_is_published(site: Project, names: dict[str, str], page: str) -> None:
    paths = {span for span in spans(page) if re.match(r"(recordings|api|r|embed)/[A-Za-z-]|SLUG[./]", span)}
    assert len(paths) > 8 - 3 * (page == "from-rexec.md")
    for path in sorted(paths):
        found = site.root / "public" / filled(path, names)
        assert (found / "index.html" if path.endswith("/") else found).is_file(), path


@pytest.mark.parametrize("page", PAGES)
def test_every_address_of_the_server_is_answered(host: Host, names: dict[str, str], page: str) -> None:
    tried = 0
    for asked, *_, served in (row for row in rows(page) if len(row) == 3):
        for path in re.findall(r"`(/[^`]+)`", served):
            wanted = filled(path, names)
            top = "/casts" if wanted.startswith("/r/") and wanted.endswith("/") else ""
            answer = host.get(top + wanted)
            assert answer.status in {200, 302}, (path, answer.status)
            if answer.status == 302:
                answer = host.get(answer.headers["Location"])
                assert answer.status == 200, path
            tried += 1
        if served == "405":
            for method in re.findall(r"\b(POST|DELETE|PATCH)\b", asked):
                for path in ("/recordings/one-1", "/recordings", "/api/recordings/one-1"):
                    assert host.get(path, method).status == 405, (method, path)
                    tried += 1
    assert tried > 6


def test_the_answers_have_the_fields_that_the_pages_name(host: Host) -> None:
    for page, path, may_lack in (
        ("from-wsh.md", "/recordings", set()),
        ("from-rexec.md", "/api/recordings", set()),
    ):
        listed = json.loads(host.get(path).body)["recordings"]
        text = (DOCS / page).read_text("utf-8").partition("| field | in castsite |")[2].partition("\n\n")[0]
        told = set(re.findall(r"`([a-z_]+)`", "".join(line.split("|")[1] for line in text.splitlines()[2:])))
        assert told == set(listed[0]) - {"is_public"} - may_lack, page
        assert set(listed[0]) - set(listed[1]) <= {"started_at", "stopped_at", "created_at"}, "what has no date"


def test_filters_of_wsh_give_what_its_files_give(host: Host, site: Project) -> None:
    public = site.root / "public/recordings"
    assert json.loads(host.get("/recordings?session=nightly").body) == json.loads(
        (public / "by-session/nightly.json").read_text()
    )
    failed = json.loads(host.get("/recordings?status=failed").body)
    assert failed == json.loads((public / "by-status/failed.json").read_text())
    assert [one["id"] for one in failed["recordings"]] == ["torn"]
    assert host.get("/recordings?session=nightly&status=failed").text == '{"recordings":[]}'
    assert host.get("/sessions/nightly/recording").status == 404


def test_headers_give_recordings_without_an_ending_their_type(site: Project) -> None:
    headers = (site.root / "public/_headers").read_text()
    for path in ("/recordings/*/cast", "/api/recordings/*/stream", "/r/*/stream"):
        assert re.search(
            rf"^{re.escape(path)}\n(  .*\n)*  Content-Type: application/x-asciicast$", headers, re.MULTILINE
        )


# ---- keys


def is_read(text: str, keys: dict[str, Key]) -> bool:
    reading = Reading(path="example")
    tree = parse(text, path="example")
    assert tree.root is not None, text
    ((name, node),) = tree.root.entries
    key = keys.get(name.value)
    return key is not None and key.read(node, reading) is not None and not (tree.problems + reading.problems())


@pytest.mark.parametrize("page", PAGES)
def test_every_key_that_the_page_names_is_read_as_it_stands_there(page: str) -> None:
    of_item = {key.name: key for _, key in FRONT_MATTER}
    of_site = {key.name: key for key in CONFIG.keys}
    own = [span for span in spans(page) if re.fullmatch(r"[a-z_]+:( .+)?", span) and "http" not in span]
    assert len(own) > 3
    for span in own:
        name, _, value = span.partition(":")
        if value:
            assert is_read(span, of_item) or is_read(span, of_site), span
        else:
            assert name in of_item.keys() | of_site.keys(), span


@pytest.mark.parametrize("page", PAGES)
def test_the_configuration_of_the_page_publishes_for_its_program(page: str) -> None:
    config = load_config(fences(page, "yaml")[0]).config
    assert set(config.outputs) == {*SiteConfig().outputs, PROGRAMS[page]}


# ---- taking recordings along


def taken(page: str, host: Host, content: Path, **environ: str) -> None:
    """Run the program of the page against a server that answers as the other system does."""
    (program,) = fences(page, "python")
    content.mkdir(parents=True)
    command = [sys.executable, "-c", program, f"http://127.0.0.1:{host.port}", str(content)]
    environ = {**os.environ, "PYTHONUTF8": "1", **environ}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_recordings_of_wsh_keep_id_session_and_title(host: Host, tmp_path: Path) -> None:
    taken("from-wsh.md", host, tmp_path / "content")
    new = Project(tmp_path).write({"castsite.yml": fences("from-wsh.md", "yaml")[0]})
    new.build()
    # what is torn is mended when it is published: taken from there it is whole
    kept = ("id", "session", "title", "width", "height", "duration_secs")
    before, after = (
        {one["id"]: [one[name] for name in kept] for one in json.loads(text)["recordings"]}
        for text in (host.get("/recordings").text, (tmp_path / "public/recordings/index.json").read_text())
    )
    assert before == after
    assert before["one-1"][1:3] == ["nightly", 'Re"base" — 🎬']
    for name in before:
        assert (tmp_path / f"public/recordings/{name}/cast").is_file()


def test_recordings_of_wsh_are_copied_from_where_it_keeps_them(site: Project, tmp_path: Path) -> None:
    folder, name = tmp_path / ".local/share/wsh/recordings", "a3f2b1c4-0000-4000-8000-5d0d4d418a4e"
    new = Project(tmp_path / "site").write(
        {"castsite.yml": fences("from-wsh.md", "yaml")[0], "content/about.md": "x\n"}
    )
    Project(folder).write({f"{name}.cast": cast("x", title="CI Build")})
    lines = [line.removeprefix("$ ") for line in fences("from-wsh.md", "console")[0].splitlines()]
    done = subprocess.run(
        ["bash", "-ec", lines[0]], cwd=new.root, env={**os.environ, "HOME": str(tmp_path)}, check=False
    )
    assert done.returncode == 0
    assert lines[1] == "castsite build"
    new.build()
    found = json.loads((new.root / f"public/recordings/{name}/index.json").read_text())
    assert (found["id"], found["session"], found["title"]) == (name, "default", "CI Build")


def test_recordings_of_rexec_keep_id_title_and_links(host: Host, names: dict[str, str], tmp_path: Path) -> None:
    taken("from-rexec.md", host, tmp_path / "content", REXEC_TOKEN="secret")  # noqa: S106 - of a test
    new = Project(tmp_path).write({"castsite.yml": fences("from-rexec.md", "yaml")[0]})
    new.build()
    listed = json.loads((tmp_path / "public/api/recordings/index.json").read_text())["recordings"]
    assert {one["id"]: one["title"] for one in listed} == {"one-1": 'Re"base" — 🎬', "torn": "Torn"}
    if names["TOKEN"][0].isalnum():
        assert "one-1/" in (tmp_path / f"public/r/{names['TOKEN']}/index.html").read_text()


def test_a_recording_of_rexec_that_was_not_public_becomes_a_draft(tmp_path: Path) -> None:
    public = tmp_path / "rexec"
    one = {"id": "x", "title": "T", "is_public": False, "share_token": "-oops"}
    with hosted(public.parent / "served") as host:
        host.write({
            "api/recordings/index.json": json.dumps({"recordings": [one]}),
            "api/recordings/x/stream": cast("x"),
        })  # fmt: skip
        taken("from-rexec.md", host, tmp_path / "content")
    assert (tmp_path / "content/x.md").read_text() == '---\nid: x\ntitle: "T"\ndraft: true\n---\n'


def test_the_size_that_rexec_does_not_write_down_is_found_or_said(tmp_path: Path) -> None:
    header = {"version": 2, "width": 120, "height": 30, "timestamp": "2026-03-14T15:09:26.535897932Z"}
    header |= {"duration": 2, "title": "R"}
    events = [[0.5, "o", "\x1b[45;180Hx"], [0.7, "i", "secret keys"], [1.0, "r", ""], [2.0, "o", "y"]]
    data = "".join(json.dumps(line) + "\n" for line in (header, *events)).encode()
    site = Project(tmp_path).write(
        {"content/found.cast": data, "content/said.cast": b"---\nsize: 200x50\n---\n" + data}
    )
    site.build()
    listed = json.loads((tmp_path / "public/recordings/index.json").read_text())["recordings"]
    assert {one["id"]: (one["width"], one["height"]) for one in listed} == {"found": (180, 45), "said": (200, 50)}
    assert {one["started_at"] for one in listed} == {1773500966}
    assert "secret keys" not in (tmp_path / "public/found.cast").read_text()
