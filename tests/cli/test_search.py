"""`castsite search`: what a person types and gets, from a folder and from an address."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hosting import on_the_web
from projects import Project, cast

FILES: dict[str, bytes | str] = {
    "content/git/rebase.cast": cast(
        "one", "permission denied", "two", "three", "last <b>x</b>", title="Rebase in practice"
    ),
    "content/docker/first.cast": cast("docker pull nginx:1.27", "denied once", title="Containers"),
    "content/docker/first.md": "---\ntags: [docker]\ndate: 2026-02-01\n---\n",
    "content/secret.cast": cast("zanzibar"),
    "content/secret.md": "---\nvisibility: unlisted\n---\n",
    "content/notes.md": "---\ntitle: Notes\n---\n\n## Permissions\n\nWho was denied, and why.\n",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = Project(tmp_path_factory.mktemp("site")).write(FILES)
    made.build()
    return made


def _found(site: Project, *arguments: str) -> list[str]:
    done = site.run("search", "--json", *arguments)
    return [one["slug"] for one in json.loads(done.stdout)["recordings"]]


def test_recordings_come_with_the_second_and_the_line_and_pages_below(site: Project) -> None:
    done = site.run("search", "permission denied")

    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "git/rebase Rebase in practice 0:02",
        "     0:01   permission denied",
        "notes Notes",
        "            Permissions",
        "            Who was denied, and why.",
    ]


def test_the_folder_of_a_site_counts_from_the_directory_that_is_named(site: Project) -> None:
    elsewhere, name = Project(site.root.parent), site.root.name
    for where in (("--site", "public"), ("--site", "public/search"), ("--site", str(site.root / "public")), ()):
        done = elsewhere.run("-C", name, "search", *where, "permission denied")
        assert (done.returncode, done.stdout[:10]) == (0, "git/rebase"), done.stderr
    done = elsewhere.run("-C", name, "search", "--site", f"{name}/public", "permission denied")
    assert (done.returncode, "no-search" in done.stderr) == (2, True)


def test_everything_is_said_as_json(site: Project) -> None:
    document = json.loads(site.run("search", "--json", '"permission denied"').stdout)

    (one,) = document["recordings"]
    assert one["lines"] == [
        {
            "t": 1.0,
            "url": "git/rebase/?t=1",
            "text": "permission denied",
            "command": False,
            "marks": [[0, 17]],
        }
    ]
    assert document["count"] == {"recordings": 1, "pages": 0, "about": False}
    assert (one["lost"], document["partial"]) == (None, False)


def test_nothing_is_exit_1_with_what_may_have_been_meant(site: Project) -> None:
    done = site.run("search", "permissoin")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == 'nothing was found; did you mean "permission" or "permissions"?\n'


def test_a_name_that_nothing_has_is_told(site: Project) -> None:
    done = site.run("search", "denied", "--tag", "dokcer")
    assert done.stderr.splitlines() == ["nothing was found", 'no tag, series or author is called "dokcer"']


@pytest.mark.parametrize(
    ("arguments", "slugs"),
    [
        (["denied"], ["docker/first", "git/rebase"]),
        (["denied", "--tag", "docker"], ["docker/first"]),
        (["denied", "--since", "2026-02-02"], []),
        (["denied", "--until", "2026-02-01"], ["docker/first"]),
        (["denied", "--min", "2"], ["git/rebase"]),
        (["containers", "--titles"], ["docker/first"]),
        (["denied", "--titles"], []),
        (["denied", "--limit", "1"], ["docker/first"]),
        (["--tag", "docker"], ["docker/first"]),
        (["denied", "--tag", "DÓCKER"], ["docker/first"]),
        (["zanzibar"], []),
        (["__proto__"], []),
    ],
    ids=" ".join,
)
def test_filters_narrow(site: Project, arguments: list[str], slugs: list[str]) -> None:
    assert _found(site, *arguments) == slugs


@pytest.fixture
def address(site: Project) -> Iterator[str]:
    with on_the_web(site.root) as address:
        yield address


def test_a_site_elsewhere_is_searched_by_its_address(site: Project, address: str) -> None:
    assert _found(site, "denied", "--site", f"{address}/public/") == _found(site, "denied")
    for page in ("index.html", "search/", "search", "search/index.html?q=x"):
        assert _found(site, "denied", "--site", f"{address}/public/{page}") == _found(site, "denied")
    for page in ("index.html", "search", "search/index.html"):
        assert _found(site, "denied", "--site", str(site.root / "public" / page)) == _found(site, "denied")


def test_addresses_lead_to_the_second(site: Project, address: str) -> None:
    here = f"{address}/public/"
    done = site.run("search", '"permission denied"', "--site", here)
    assert done.stdout.splitlines()[0] == f"{here}git/rebase/?t=1 Rebase in practice 0:02"
    for arguments, base in (((), ""), (("--site", f"{here}search/"), here)):
        document = json.loads(site.run("search", "--json", "denied", *arguments).stdout)
        (one,) = [one for one in document["recordings"] if one["slug"] == "git/rebase"]
        assert (one["url"], one["lines"][0]["url"]) == (f"{base}git/rebase/", f"{base}git/rebase/?t=1")
        assert [page["url"] for page in document["pages"]] == [f"{base}notes/"]


def test_what_is_no_site_is_told_with_the_cure(site: Project, address: str, tmp_path: Path) -> None:
    for where in (str(tmp_path), f"{address}/content"):
        done = site.run("search", "denied", "--site", where)
        assert done.returncode == 2
        assert "no search/index.json; run castsite build first" in done.stderr
    done = site.run("search", "denied", "--site", "127.0.0.1:8811/x")
    assert done.stderr == "fatal: 127.0.0.1:8811/x: no-search: is no folder; did you mean http://127.0.0.1:8811/x?\n"
    for where in (
        "http://127.0.0.1:9/",
        "http://127.0.0.1:abc/",
        "http://[::1/",
        "http://a b/",
        "http://\u2100/",
        "http://",
    ):
        done = site.run("search", "denied", "--site", where)
        assert (done.returncode, "cannot be read" in done.stderr) == (2, True), where


def test_what_is_found_first_is_played_from_its_line(site: Project, address: str) -> None:
    for where in ((), ("--site", f"{address}/public/")):
        done = site.run("search", "permission", "denied", "--play", *where)
        assert done.returncode == 0, done.stderr
        found, played = done.stdout.split("    Who was denied, and why.\n")
        assert "git/rebase" in found
        assert played.split("\n") == ["one", "permission denied", "two", "three", "last <b>x</b>", ""]
    started = time.monotonic()
    assert site.run("search", "last", "--play").stdout.endswith("three\nlast <b>x</b>\n")
    assert time.monotonic() - started < 2, "it begins there"


def test_what_cannot_be_played_is_told(site: Project) -> None:
    done = site.run("search", "notes", "--titles", "--play")
    assert (done.returncode, done.stderr) == (1, "of texts, which were found, there is nothing to play\n")
    assert site.run("search", "zanzibar", "--play").returncode == 1
    done = site.run("search", "denied", "--play", "--json")
    assert done.returncode == 2
    assert "--play and --json both want the terminal" in done.stderr


def test_a_published_recording_that_is_missing_is_told(tmp_path: Path) -> None:
    made = Project(tmp_path).write({"content/a.cast": cast("needle")})
    made.build()
    (tmp_path / "public/a.cast").unlink()
    done = made.run("search", "needle", "--play")
    assert done.returncode == 2
    assert "public: search-damaged: there is no a.cast; build the site again" in done.stderr


HAY = [f"{at} hay {'x' * 7000}" for at in range(30)]
"""Lines of a recording that is too large for an index in one file."""


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    made = Project(tmp_path).write({"content/a.cast": cast("needle", *HAY)})
    made.build()
    for path in ("search/d/0.json", "search/t/6e.bin"):
        (made.root / "public" / path).rename(tmp_path / "away")
        done = made.run("search", "needle")
        assert done.returncode == 2
        assert f"there is no {path}; build the site again" in done.stderr
        (tmp_path / "away").rename(made.root / "public" / path)


def test_a_recording_whose_lines_are_missing_stays_with_its_title(tmp_path: Path) -> None:
    made = Project(tmp_path).write({f"content/{at}.cast": cast("needle", *HAY, title="One") for at in "ab"})
    made.build()
    (made.root / "public/a.json").unlink()
    done = made.run("search", "needle")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "b One 0:15", "     0:00   needle", "a One 0:15", "          a.json cannot be read; build the site again"
    ]  # fmt: skip
    (made.root / "public/b.json").write_text("{}")
    found = json.loads(made.run("search", '"needle x"', "--json").stdout)["recordings"]
    assert found == []
    found = json.loads(made.run("search", "needle", "--json").stdout)["recordings"]
    assert [(one["slug"], one["lines"], one["lost"]) for one in found] == [("b", [], "b.json"), ("a", [], "a.json")]


def test_what_the_index_promises_and_the_text_does_not_hold_is_nothing(tmp_path: Path) -> None:
    made = Project(tmp_path).write({"content/a.cast": cast("a x b")})
    made.build()
    done = made.run("search", '"a b"')
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "nothing was found\n")
    document = json.loads(made.run("search", '"a b"', "--json").stdout)
    assert document["count"] == {"recordings": 0, "pages": 0, "about": False}


def test_all_candidates_are_looked_at_for_as_many_as_are_wanted(tmp_path: Path) -> None:
    casts = {f"content/r{at:03}.cast": cast("all x make" if at else "all make") for at in range(60)}
    pages = {
        f"content/p{at:02}.md": f"---\ntitle: P{at}\ndate: 2026-0{1 + at // 35}-01\n---\n\nmake\n" for at in range(40)
    }
    made = Project(tmp_path).write({**casts, **pages})
    made.build()
    found = json.loads(made.run("search", '"all make"', "--json").stdout)
    assert [one["slug"] for one in found["recordings"]] == ["r000"]
    assert found["count"] == {"recordings": 1, "pages": 0, "about": False}
    dated = json.loads(made.run("search", "make", "--since", "2026-02-01", "--json").stdout)
    assert [one["slug"] for one in dated["pages"]] == [f"p{at}" for at in range(35, 40)]
    assert dated["count"]["pages"] == 5
    assert len(json.loads(made.run("search", "make", "--limit", "100", "--json").stdout)["pages"]) == 40
    few = json.loads(made.run("search", '"x make"', "--limit", "5", "--json").stdout)
    assert few["count"] == {"recordings": 59, "pages": 0, "about": True}


def test_lengths_are_times_as_everywhere(site: Project) -> None:
    assert _found(site, "denied", "--min", "0:02") == ["git/rebase"]
    assert _found(site, "denied", "--max", "0:01.5") == ["docker/first"]
    done = site.run("search", "denied", "--min", "1:75")
    assert done.returncode == 2
    assert "Invalid value for '--min': \"1:75\" is no time; write 12.5, 1:05 or 1:02:03.4" in done.stderr
    options = site.run("search", "--help").stdout
    assert "--min TIME" in options
    assert "--since DATE" in options


def test_words_that_look_like_options_are_told_how_to_be_given(site: Project) -> None:
    done = site.run("search", "denied", "--no-verify")
    assert (done.returncode, 'words that begin with "-" stand after "--"' in done.stderr) == (2, True)
    assert _found(site, "--", "denied", "--once") == ["docker/first"]


def test_what_is_not_shown_is_counted(site: Project) -> None:
    done = site.run("search", "denied", "--limit", "1")
    assert done.stderr == "1 of 2 recordings; --limit shows more\n"
    assert site.run("search", "denied").stderr == ""


def test_words_beyond_the_eighth_are_told(site: Project) -> None:
    assert "only the first 8 words count" in site.run("search", *"abcdefghi").stderr
    assert "only" not in site.run("search", *"abcdefgh").stderr


def test_a_name_by_which_a_recording_was_found_is_shown(site: Project) -> None:
    assert site.run("search", "docker").stdout.splitlines()[:2] == [
        "docker/first Containers 0:01",
        "     0:00   docker pull nginx:1.27",
    ]
    assert site.run("search", "--titles", "docker").stdout.splitlines() == [
        "docker/first Containers 0:01",
        "            #docker",
    ]


def test_commands_have_one_prompt(tmp_path: Path) -> None:
    keys = [*"~/garden $ ", *"make all\r\n", *"~/garden $ ", *"make clean\r\n", *"~/garden $ "]
    events = [json.dumps([at / 10, "o", key]) for at, key in enumerate(keys)]
    made = Project(tmp_path).write({"content/a.cast": "\n".join(('{"version": 2, "width": 40, "height": 9}', *events))})
    made.build()
    lines = made.run("search", "make", "--commands").stdout.splitlines()[1:]
    assert [line[9:] for line in lines] == ["   ~/garden $ make all", "   ~/garden $ make clean"]


def test_a_long_line_is_cut_at_a_word(tmp_path: Path) -> None:
    long = f"{'before ' * 20}needle {'after ' * 60}"
    made = Project(tmp_path).write({"content/a.cast": cast(long, width=900)})
    made.build()
    (line,) = made.run("search", "needle").stdout.splitlines()[1:]
    said = line[12:]
    assert said.startswith("…before before")
    assert said.endswith("…")
    assert "needle after" in said


@pytest.mark.parametrize("arguments", [[], [""], ["--", "-?!"], ["*"]])
def test_nothing_to_look_for_is_told(site: Project, arguments: list[str]) -> None:
    done = site.run("search", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "nothing to look for; give words" in done.stderr


@pytest.mark.parametrize("root", ['{"v": 1', '{"v":1,"counts":[1],"records":[["x"]],"parts":[3],"pages":[7]}'])
def test_a_damaged_index_is_told(site: Project, tmp_path: Path, root: str) -> None:
    (tmp_path / "search").mkdir()
    (tmp_path / "search/index.json").write_text(root)
    done = site.run("search", "denied", "--site", str(tmp_path))
    assert done.returncode == 2
    assert "cannot be read; build the site again" in done.stderr


def test_an_index_cannot_lead_out_of_its_folder(tmp_path: Path) -> None:
    secret = {"times": [0], "lines": ["top secret"], "command_lines": []}
    (tmp_path / "secret.json").write_text(json.dumps(secret))
    lines = ["open and secret"] * 9000
    made = Project(tmp_path / "site").write(
        {"content/a.cast": cast(*(f"{line} {at}" for at, line in enumerate(lines)))}
    )
    made.build()
    block = tmp_path / "site/public/search/d/0.json"
    for slug, code in (("../../secret", 2), (str(tmp_path / "secret"), 0), ("a\0b", 2)):
        block.write_text(json.dumps([[slug, *json.loads(block.read_text())[0][1:]]]))
        done = made.run("search", "secret")
        assert "top secret" not in done.stdout
        assert done.returncode == code, done.stderr


def test_a_site_without_search_has_no_index(tmp_path: Path) -> None:
    made = Project(tmp_path).write({"castsite.yml": "search: false\n", "content/a.cast": cast("one")})
    made.build()
    assert not (tmp_path / "public/search").exists()
    done = made.run("search", "one")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "fatal: castsite.yml: no-search: search is off (search: false); leave that out and build again\n"
    )


def test_what_a_recording_says_cannot_control_the_terminal(tmp_path: Path) -> None:
    made = Project(tmp_path).write({"content/a.cast": cast("needle \u202e reversed \u200b x")})
    made.build()
    out = made.run("search", "needle").stdout
    assert "\u202e" not in out
    assert "needle" in out
