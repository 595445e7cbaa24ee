from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from projects import NOW, Project, cast
from tokens import TOKENS

from castsite import __version__
from castsite.cli import COMMANDS

FRONT = "---\ntitle: Rebase\ndate: 2026-03-14\ntags: [Git, Straße]\nsession: ci-1\n---\n"


@pytest.fixture
def site(tmp_path: Path) -> Project:
    return Project(tmp_path).write({
        "content/git/rebase.cast": FRONT.encode() + cast("$ git rebase", "done"),
        "content/git/merge.cast": cast("$ git merge"),
        "content/torn.cast": cast("one", "two")[:-6],
    })  # fmt: skip


def test_check_counts_one_recording_as_one(tmp_path: Path) -> None:
    done = Project(tmp_path).write({"content/a.cast": cast()}).run("check")
    assert "checked 1 recording: 0 errors" in done.stderr


def test_new_makes_a_site_that_builds_at_once(tmp_path: Path) -> None:
    here = Project(tmp_path)
    done = here.run("new", "g")
    assert done.returncode == 0
    site = Project(tmp_path / "g")
    assert "built 3 of 3 recordings in " in site.build("--strict", "--base-url", "https://example.org/").stderr
    workflow = (site.root / ".github/workflows/pages.yml").read_text()
    assert f"pip install castsite=={__version__}" in workflow
    assert f"castsite=={__version__}" in (site.root / "netlify.toml").read_text()
    assert (site.root / ".gitignore").read_text() == "/public/\n/.castsite/\n"
    again = here.run("new", "g")
    assert again.returncode == 2
    assert "fatal: g: not-empty: " in again.stderr


def test_what_is_wrong_is_listed_in_the_order_of_files(site: Project) -> None:
    site.write({f"content/{name}.cast": "" for name in ("z/a", "b", "m", "a")})
    site.write({"content/c.md": "---\nrecording: none\n---\n", "content/k.md": "---\ntitle: [\n---\n"})
    told = [line.split(":")[1] for line in site.run("list").stderr.splitlines()]
    assert told == [f" content/{name}" for name in ("a.cast", "b.cast", "c.md", "k.md", "m.cast", "z/a.cast")]


def test_list_shows_and_filters(site: Project) -> None:
    assert [line.split()[0] for line in site.run("list").stdout.splitlines()] == ["git/merge", "git/rebase", "torn"]
    for flags, expected in {
        ("--tag", "git"): ["git/rebase"],
        ("--tag", "STRASSE"): ["git/rebase"],
        ("--tag", "other"): [],
        ("--status", "cut-off"): ["torn"],
        ("--session", "ci-1"): ["git/rebase"],
        ("--session", "git"): ["git/merge"],
        ("--session", "default"): ["torn"],
        ("--since", "2026-03-14"): ["git/rebase"],
        ("--until", "2026-03-13"): [],
    }.items():
        found = json.loads(site.run("list", "--json", *flags).stdout)
        assert [item["slug"] for item in found] == expected, flags


def test_list_and_show_tell_what_a_build_would_leave_out(site: Project) -> None:
    draft = b"---\ndraft: true\nseries: {name: Basics, part: 2}\nauthors: [Ada, Bob]\nsession: s1\n---\n"
    site.write({"content/d.cast": draft + cast(), "content/2099-01-01-f.cast": cast()})
    site.write({"content/u.cast": b"---\ndraft: true\nvisibility: unlisted\n---\n" + cast()})
    for flags, expected in {
        (): {},
        ("--status", "draft"): {"d": ["draft"], "u": ["unlisted", "draft"]},
        ("--status", "future"): {"2099-01-01-f": ["future"]},
        ("--status", "public", "--drafts"): {"git/merge": ["public"], "git/rebase": ["public"]},
    }.items():
        found = {one["slug"]: one["status"] for one in json.loads(site.run("list", "--json", *flags).stdout)}
        assert {slug: found.get(slug) for slug in expected} == expected, flags
        assert ("d" in found) == ("draft" in flags)
    rows = site.run("list", "--drafts").stdout.splitlines()
    assert [row.endswith("  (draft)") for row in rows if row.startswith("d ")] == [True]
    told = site.run("show", "d").stdout
    for fact in ("series   Basics, part 2", "authors  Ada, Bob", "session  s1", "status   draft"):
        assert f"{fact}\n" in told
    assert "status   public, cut off\n" in site.run("show", "torn").stdout


def test_show_knows_a_recording_by_any_of_its_names(site: Project) -> None:
    for name in ("git/rebase", "/git/rebase/", "rebase", "content/git/rebase.cast"):
        done = site.run("show", name)
        assert done.returncode == 0, done.stderr
        assert "Rebase" in done.stdout
    found = json.loads(site.run("show", "rebase", "--json", "--transcript").stdout)
    assert found["slug"] == "git/rebase"
    assert [line["text"] for line in found["transcript"]] == ["$ git rebase", "done"]
    missing = site.run("show", "rebasse")
    assert missing.returncode == 2
    assert "rebase" in missing.stderr


def test_show_says_that_a_recording_is_held_back_and_why(site: Project) -> None:
    site.write({"content/ops/deploy.cast": cast(f"token {TOKENS['github-token']}"), "content/bad.cast": b"nonsense"})
    for name in ("ops/deploy", "deploy", "content/ops/deploy.cast"):
        done = site.run("show", name)
        assert done.returncode == 2
        assert "fatal: content/ops/deploy.cast: held-back: is held back because of an error" in done.stderr
        assert done.stderr.rstrip().endswith(": secret-found")
        assert "error: content/ops/deploy.cast: secret-found: github-token" in done.stderr
    assert "fatal: content/bad.cast: held-back: " in site.run("show", "bad").stderr
    assert 'no recording "eploy"' in site.run("show", "eploy").stderr
    site.write({"content/text.md": "---\nslug: A B\n---\n", "content/git/merge.md": "---\nslug: A B\n---\n"})
    assert 'no recording "text"' in site.run("show", "text").stderr  # it is held back, too, and none
    assert "fatal: content/git/merge.cast: held-back: " in site.run("show", "merge").stderr


def test_check_tells_what_build_would_and_writes_nothing(site: Project) -> None:
    site.write({"content/bad.cast": b"nonsense", "content/git/merge.md": "[x](nowhere.md)\n"})
    before = sorted(site.root.rglob("*"))
    done = site.run("check")
    assert done.returncode == 1
    assert "checked 4 recordings: 1 error, 3 warnings" in done.stderr
    assert sorted(site.root.rglob("*")) == before
    told = json.loads(site.run("check", "--json").stdout)["problems"]
    assert told == json.loads(site.build("--json").stdout)["problems"]
    (site.root / "content/bad.cast").unlink()
    assert site.run("check").returncode == 0
    assert site.run("check", "--strict").returncode == 1


def test_check_says_what_takes_each_path(site: Project) -> None:
    site.write({"static/robots.txt": "User-agent: *\n", "castsite.yml": "title: S\n"})
    taken = dict(line.split("\t") for line in site.run("check", "--verbose").stdout.splitlines())
    assert taken["git/rebase/index.html"] == taken["git/rebase.svg"] == "content/git/rebase.cast"
    assert taken["robots.txt"] == "static/robots.txt"
    assert site.run("check").stdout == ""
    site.build()
    assert {*site.published()} - {*taken} == {"castsite-manifest.json", "search/index.json"}


def test_one_file_is_told_as_one(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"castsite.yml": "title: S\n", "content/a.cast": cast("hello")})
    site.build()
    site.write({"static/a.css": "a {}\n"})
    assert "public: 1 file written, " in site.build().stderr


def test_check_says_whole_paths_and_none_that_misleads(tmp_path: Path) -> None:
    long = f"{'a' * 110}/{'b' * 110}"
    site = Project(tmp_path).write(
        {
            "castsite.yml": "title: S\n",
            f"static/{long}": "x",
            "static/a\u202eb.txt": "x",
            "content/a.cast": cast("hello"),
        }
    )
    told = site.run("check", "--verbose").stdout.splitlines()
    assert f"{long}\tstatic/{long}" in told
    assert r"a\u{202e}b.txt" + "\t" + r"static/a\u{202e}b.txt" in told
    site.build()
    assert f"new     {long}" in site.run("publish", "--release-dir", "www", "--dry-run").stdout.splitlines()


def test_clean_removes_what_castsite_made(site: Project) -> None:
    site.build()
    site.write({"public/CNAME": "mine"})
    assert site.run("clean").returncode == 0
    assert list(site.published()) == ["CNAME"]
    assert not (site.root / ".castsite/cache").exists()
    (site.root / "public/CNAME").unlink()
    site.build()
    site.run("clean")
    assert not (site.root / "public").exists()
    site.write({".castsite/serve-8000/index.html": "left by castsite serve", ".castsite/audit": "stays"})
    assert site.run("clean").returncode == 0
    assert not (site.root / ".castsite/serve-8000").exists()
    assert (site.root / ".castsite/audit").exists()


def test_clean_leaves_the_cache_where_it_may_not_remove(site: Project) -> None:
    site.build()
    (site.root / "public").rename(site.root / "elsewhere")
    (site.root / "public").symlink_to("elsewhere")
    assert site.run("clean").returncode == 2
    assert (site.root / ".castsite/cache").exists()


def test_check_refuses_the_folder_that_a_build_refuses(site: Project) -> None:
    site.write({"castsite.yml": "output: content/x\n"})
    done = site.run("check")
    assert (done.returncode, "content/x: output-refused" in done.stderr) == (2, True)


def test_output_and_base_url_come_from_flags_before_the_file(site: Project) -> None:
    site.write({"castsite.yml": "output: elsewhere\nbase_url: https://a.example/\n"})
    site.build("--output", "here", "--base-url", "https://b.example/x")
    page = (site.root / "here/git/rebase/index.html").read_text()
    assert 'href="https://b.example/x/git/rebase/"' in page
    assert not (site.root / "elsewhere").exists()
    site.build(CASTSITE_BASE_URL="https://c.example")
    assert 'href="https://c.example/git/rebase/"' in (site.root / "elsewhere/git/rebase/index.html").read_text()


def test_drafts_and_future_items_are_built_when_asked_for(site: Project) -> None:
    site.write({"content/d.cast": b"---\ndraft: true\n---\n" + cast(), "content/2099-01-01-f.cast": cast()})
    assert "built 3 of 5 recordings" in site.build().stderr
    assert "built 4 of 5 recordings" in site.build("--future").stderr
    assert "built 5 of 5 recordings" in site.build("--drafts").stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_for_the_shell(tmp_path: Path, shell: str) -> None:
    done = Project(tmp_path).run("completion", shell)
    assert "_CASTSITE_COMPLETE" in done.stdout


def test_every_command_has_help_and_says_its_version(tmp_path: Path) -> None:
    here = Project(tmp_path)
    assert here.run("--version").stdout == f"castsite {__version__}\n"
    listed = here.run("--help").stdout
    for name, text in COMMANDS.items():
        assert name in listed
        assert text.split()[0] in here.run(name, "--help").stdout


def test_help_imports_no_command_and_costs_little(tmp_path: Path) -> None:
    code = (
        "import sys, time; started = time.process_time()\n"
        "from castsite.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'jinja2', 'yaml', 'markdown_it', 'rich', 'babel', 'avt', 'pebble', 'asyncio', 'msgspec'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert done.stderr == "[]\n"


def test_without_a_site_there_is_a_way_to_one(tmp_path: Path) -> None:
    done = Project(tmp_path).run("build")
    assert done.returncode == 2
    assert "castsite new" in done.stderr
    empty = Project(tmp_path).write({"castsite.yml": "title: x\n"}).run("build")
    assert empty.returncode == 2
    assert "fatal: content: no-content: there is no such folder; make it " in empty.stderr
    occupied = Project(tmp_path).write({"content": "x"}).run("build")
    assert occupied.returncode == 2
    assert "fatal: content: no-content: is no folder; make it " in occupied.stderr


def test_a_site_with_nothing_in_it_builds(tmp_path: Path) -> None:
    site = Project(tmp_path)
    (tmp_path / "content").mkdir()
    assert "built 0 of 0 recordings" in site.build().stderr
    assert "Nothing recorded yet" in site.page("index.html")


def test_H17_a_reader_that_leaves_is_no_error(site: Project) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "castsite", "list"]
    done = subprocess.run(command, cwd=site.root, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_json_is_json_whatever_the_terminal_can_show(site: Project) -> None:
    site.write({"content/cafe.cast": cast("x"), "content/cafe.md": "---\ntitle: Caf\u00e9 \U0001f980\n---\n"})
    done = site.run("list", "--json", PYTHONIOENCODING="ascii")
    assert "Caf\u00e9 \U0001f980" in [one["title"] for one in json.loads(done.stdout)]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_H13_a_signal_ends_a_build_cleanly(tmp_path: Path, name: str, code: int) -> None:
    site = Project(tmp_path).write({f"content/{i}.cast": cast(*["line"] * 300) for i in range(60)})
    env = {**os.environ, "SOURCE_DATE_EPOCH": NOW}
    command = [sys.executable, "-m", "castsite", "build", "--jobs", "1"]
    running = subprocess.Popen(command, cwd=site.root, env=env, stderr=subprocess.PIPE, text=True)
    cache = site.root / ".castsite/cache"
    deadline = time.monotonic() + 60
    while not (cache.is_dir() and any(cache.rglob("*"))) and time.monotonic() < deadline and running.poll() is None:
        pass  # until a worker has kept something: the build is under way
    running.send_signal(getattr(signal, name))
    _, told = running.communicate(timeout=60)
    assert running.returncode == code, told
    assert "Traceback" not in told
    assert not (site.root / "public").exists()
    assert list(site.root.rglob(".cs-*")) == []
    assert re.search("built 60 of 60", site.build().stderr)


EMPTY = [
    ("new", ""), ("build", "-o", ""), ("clean", "-o", ""), ("publish", "-o", ""), ("search", "a", "--site", ""),
    ("edit", "", "-o", "a"), ("edit", "a", "-o", ""), ("redact", "", "-o", "a"), ("concat", "a", "", "-o", "b"),
    ("import", ""), ("publish", "--release-dir", ""), ("publish", "--remote", ""), ("publish", "--branch", ""),
    ("publish", "--endpoint", ""),
]  # fmt: skip


@pytest.mark.parametrize("words", EMPTY, ids=" ".join)
def test_an_empty_name_means_neither_the_folder_here_nor_the_usual_one(tmp_path: Path, words: tuple[str, ...]) -> None:
    here = Project(tmp_path).write({"public/mine.txt": "mine"})
    done = here.run(*words)
    assert (done.returncode, "an empty name; " in done.stderr) == (2, True), done.stderr
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")] == ["public/mine.txt"]


@pytest.mark.parametrize(
    "words", [("build", "--output="), ("clean", "--output="), ("publish", "--release-dir="), ("new", "")]
)
def test_D11_what_a_shell_has_not_expanded_becomes_no_folder(tmp_path: Path, words: tuple[str, str]) -> None:
    here = Project(tmp_path).write({"content/a.cast": cast()})
    done = here.run(words[0], f"{words[1]}~/public")
    assert (done.returncode, "'~/public': ~ is not expanded here; write the whole path" in done.stderr) == (2, True)
    assert not (tmp_path / "~").exists()


@pytest.mark.parametrize("command", ["list", "log", "search"])
@pytest.mark.parametrize("day", ["tomorrow", "2024-02-30", ""])
def test_what_is_no_day_is_refused_with_the_way_to_write_one(site: Project, command: str, day: str) -> None:
    done = site.run(command, "--since", day)
    assert (done.returncode, f"{day!r} is no day; write it as 2027-01-31" in done.stderr) == (2, True), done.stderr


FAILING = [
    ("list",), ("show", "nope"), ("search", "--site", "nope", "a"), ("check",), ("build",), ("theme", "list"), ("log",),
    ("import", "n" * 300),
]  # fmt: skip


@pytest.mark.parametrize("words", FAILING, ids=lambda words: words[0])
def test_json_is_one_document_of_what_went_wrong_where_a_command_cannot_go_on(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    done = Project(tmp_path).run(*words, "--json")
    document = json.loads(done.stdout)
    told = [f"{one['severity']}: " for one in document["problems"]]
    assert [line[: line.index(" ") + 1] for line in done.stderr.splitlines()] == told == ["fatal: "]
    assert all(one["text"] in done.stderr for one in document["problems"])
    assert done.returncode == (5 if words[0] == "import" else 2)
    assert Project(tmp_path).run(*words).stdout == ""


@pytest.mark.skipif(sys.platform == "win32", reason="no pipe can be asked there whether it broke")
def test_where_nobody_reads_the_document_the_code_still_tells(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    run = [sys.executable, "-m", "castsite", "-C", str(tmp_path), "list", "--json"]
    done = subprocess.run(run, stdout=write, stderr=subprocess.PIPE, text=True, timeout=30, check=False)
    os.close(write)
    assert (done.returncode, done.stderr.partition(":")[0]) == (2, "fatal")


@pytest.mark.parametrize("words", [("import", "n" * 300), ("new", "n" * 300)], ids=lambda words: words[0])
def test_a_name_that_is_too_long_is_not_mended_by_room(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = Project(tmp_path).run(*words)
    assert done.returncode == 5
    assert done.stderr.endswith("nnn: input-output: File name too long; choose a shorter name\n")


@pytest.mark.parametrize("command", [("show",), ("export", "--to", "txt", "-o", "-")], ids=lambda words: words[0])
def test_what_is_told_of_a_recording_is_of_no_other(tmp_path: Path, command: tuple[str, ...]) -> None:
    site = Project(tmp_path).write({
        "content/a.cast": cast("one", "two")[:-6],
        "content/ab.cast": "",
        "content/b/a.md": "---\ntitle: [\n---\n",
        "content/b/a.cast": cast(),
    })  # fmt: skip
    for name, paths in {
        "content/a": ["content/a.cast"],
        "ab": ["content/ab.cast"] * 2,
        "b/a": ["content/b/a.md", "content/b/a.cast"],
        ".": [],
        "/": [],
        "c": [],
    }.items():
        lines = site.run(*command, name).stderr.splitlines()
        told = [line.split(": ")[1].split(":")[0] for line in lines if ": content/" in line]
        assert told == paths, (name, lines)


def test_what_cannot_be_read_is_told_once_with_the_cure(site: Project) -> None:
    told = site.run("check", "--against", "nope.xml").stderr
    assert told == (
        "fatal: nope.xml: unreadable: cannot be read: No such file or directory; name a sitemap.xml that is there\n"
    )
    told = site.run("search", "a", "--site", "http://127.0.0.1:9/").stderr
    assert "unreachable: cannot be read: " in told
    assert told.endswith("; look whether it opens in a browser\n")


@pytest.mark.parametrize("name", ["e\x1b[31mx", "n\nb"])
def test_the_name_of_an_output_folder_is_told_on_one_line_without_what_acts(tmp_path: Path, name: str) -> None:
    project = Project(tmp_path).write({"content/a.cast": cast("one")})
    told = project.build("-o", name).stderr + project.run("clean", "-o", name).stderr
    shown = repr(name)[1:-1]
    assert f"\n{shown}: " in told
    assert f" from {shown}, and the cache\n" in told
    assert "\x1b" not in told


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
@pytest.mark.parametrize(("command", "code"), [("build", 5), ("nosuch", 2)])
def test_a_command_that_can_tell_nothing_ends_with_the_code_of_what_happened(
    tmp_path: Path, command: str, code: int
) -> None:
    Project(tmp_path).write({"content/a.cast": cast("one")})
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-m", "castsite", command], cwd=tmp_path, stderr=full, check=False)
    assert done.returncode == code


@pytest.mark.parametrize(("option", "given"), [("--allowed-host", "a b"), ("--allowed-host", ""), ("--host", "")])
def test_what_is_no_host_is_refused(tmp_path: Path, option: str, given: str) -> None:
    done = Project(tmp_path).write({"content/a.cast": cast("one")}).run("serve", option, given)
    assert done.returncode == 2
    assert option in done.stderr
