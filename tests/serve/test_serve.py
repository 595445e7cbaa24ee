"""`castsite serve` and `castsite build --watch` as people start them: a process, its terminal, its site."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path

import pytest
from projects import Project, cast
from serving import LIMIT, Listener, Served, ask, free_port, until
from tokens import TOKENS

CONFIG = "title: Casts\nbase_url: https://me.example/casts/\n"
OUTPUT = ".castsite/serve-{}"


def text(words: str, title: str = "About") -> str:
    return f"---\ntitle: {title}\n---\n{words}\n"


@pytest.fixture
def site(tmp_path: Path) -> Project:
    """A site that is built quickly, since nothing in it needs a worker."""
    return Project(tmp_path).write({"castsite.yml": "title: Words\n", "content/about.md": text("first words")})


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("site")).write({
        "castsite.yml": CONFIG,
        "content/hello.cast": b"---\nsession: ci\n---\n" + cast("hello"),
        "content/about.md": text("first words"),
    })  # fmt: skip


@pytest.fixture(scope="module")
def one(project: Project) -> Iterator[Served]:
    """One server for the tests that do not end it; each leaves the project as it was."""
    with served(project) as found:
        yield found.ready()


def served(site: Project, *arguments: str, **environ: str) -> Served:
    return Served(site.root, "serve", "--port", str(free_port()), *arguments, **environ)


def shows(one: Served, path: str, words: str) -> None:
    until(lambda: words in one.get(path).text, f"{words!r} at {path}")


def problems(one: Served, base: str = "/") -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(one.get(f"{base}__castsite/state.json").body)["problems"]
    return found


# ---- one server, many changes


def test_a_site_is_built_served_and_kept_as_its_sources_are(project: Project, one: Served) -> None:
    assert one.url == f"http://localhost:{one.port}/casts/"
    assert "first words" in one.get("/casts/about/").text
    assert one.get("/casts/hello.cast").headers["Content-Type"] == "application/x-asciicast"
    assert not (project.root / "public").exists()
    assert (project.root / OUTPUT.format(one.port) / "index.html").is_file()
    with Listener(one.port, "/casts/") as page:
        page.join()
        project.write({"content/about.md": text("other words")})
        assert "about/index.html" in page.notice()["changed"]
        assert "other words" in one.get("/casts/about/").text
        project.write({"content/new.cast": cast("brand new")})
        assert "new/index.html" in page.notice()["changed"]
        (project.root / "content/new.cast").unlink()
        assert "new.cast" in page.notice()["changed"]
        assert one.get("/casts/new/").status == 404
    assert one.line(r"built \d of \d recordings? .* in [\d.]+ s: \d+ written, \d+ removed|built 2 of 2")


def test_everything_a_site_is_made_from_counts(project: Project, one: Served) -> None:
    project.write({"castsite.yml": CONFIG.replace("Casts", "Renamed")})
    shows(one, "/casts/", "Renamed")
    project.write({"static/mine.txt": "mine"})
    shows(one, "/casts/mine.txt", "mine")
    project.write({"templates/page.html": '{% extends "parent/page.html" %}{% block main %}my own{% endblock %}'})
    shows(one, "/casts/about/", "my own")
    shutil.rmtree(project.root / "templates")
    shows(one, "/casts/about/", "words")
    project.write(
        {"themes/own/theme.yaml": "", "themes/own/css/mine.css": "b{}", "castsite.yml": CONFIG + "theme: own\n"}
    )
    assets = project.root / OUTPUT.format(one.port) / "assets/css"
    until(lambda: list(assets.glob("mine.*.css")))
    project.write({"castsite.yml": CONFIG + "theme: {options: {logo: brand.svg}}\n"})
    one.line('there is no file "brand.svg" beside castsite.yml')
    for width in (120, 90):
        project.write({"brand.svg": f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 40"/>'})
        shows(one, "/casts/", f'width="{width}"')
    project.write({"castsite.yml": CONFIG + "content: words\n", "words/other.md": text("elsewhere", "Other")})
    shows(one, "/casts/other/", "elsewhere")
    project.write({"words/other.md": text("and changed", "Other")})
    shows(one, "/casts/other/", "and changed")
    project.write({"castsite.yml": CONFIG})
    shows(one, "/casts/about/", "words")


def test_I14_a_configuration_that_breaks_leaves_the_site_as_it_was(project: Project, one: Served) -> None:
    with Listener(one.port, "/casts/") as page:
        page.join()
        project.write({"castsite.yml": f"{CONFIG}titel: x\npagination: many\n"})
        until(lambda: page.notice()["problems"] == 2)
        first, _ = problems(one, "/casts/")
        assert (first["severity"], first["where"]) == ("error", "castsite.yml:3:1")
        assert 'did you mean "title"?' in first["text"]
        assert "\n  3 | titel: x\n    | ^\n  4 | pagination: many" in first["excerpt"]
        assert "words" in one.get("/casts/about/").text
        project.write({"castsite.yml": CONFIG})
        until(lambda: page.notice()["problems"] == 0)


def test_I20_what_is_held_back_is_told_and_never_served(project: Project, one: Served) -> None:
    token = TOKENS["github-token"]
    with Listener(one.port, "/casts/") as page:
        page.join()
        project.write({"content/leak.cast": cast("before")})
        until(lambda: one.get("/casts/leak/").status == 200)
        project.write({"content/leak.cast": cast(f"export {token}")})
        until(lambda: page.notice()["problems"] == 1)
        (told,) = problems(one, "/casts/")
        assert "held back" in told["text"]
        assert told["where"] == "content/leak.cast"
        seen = [one.get(f"/casts/{path}") for path in ("", "leak/", "leak.cast", "leak.txt", "about/", "search/")]
        seen += [one.get("/casts/__castsite/state.json")]
        assert [answer.status for answer in seen] == [200, 404, 404, 404, 200, 200, 200]
        assert not [answer for answer in seen if token in answer.text or token[10:] in answer.text]
        assert token not in (project.root / f".castsite/serve-{one.port}/index.html").read_text()
        (project.root / "content/leak.cast").unlink()
        until(lambda: page.notice()["problems"] == 0)


def test_I14_content_that_vanishes_leaves_the_site_as_it_was(project: Project, one: Served) -> None:
    (project.root / "content").rename(project.root / "away")
    one.line("there is no such folder; make it")
    one.line("nothing built: the site is as it was, until something changes")
    assert "words" in one.get("/casts/about/").text
    (project.root / "away").rename(project.root / "content")
    one.line("built 1 of 1")
    shutil.rmtree(project.root / OUTPUT.format(one.port))
    shows(one, "/casts/about/", "words")
    (project.root / OUTPUT.format(one.port) / "castsite-manifest.json").write_text("damaged")
    project.write({"content/about.md": text("after the damage")})
    shows(one, "/casts/about/", "after the damage")


def test_the_base_path_follows_the_configuration(project: Project, one: Served) -> None:
    assert one.get("/about/").status == 404
    assert json.loads(one.get("/recordings?session=ci").body)["recordings"][0]["id"] == "hello"
    assert one.get("/recordings/hello/cast").headers["Content-Type"].startswith("application/x-asciicast")
    project.write({"castsite.yml": CONFIG.replace("/casts/", "/other/")})
    one.line(rf"serving at http://localhost:{one.port}/other/ ")
    shows(one, "/other/about/", "words")
    project.write({"castsite.yml": CONFIG})
    one.line(rf"serving at http://localhost:{one.port}/casts/ ")


def test_drafts_follow_the_configuration(project: Project, one: Served) -> None:
    project.write({"content/sketch.md": "---\ntitle: Sketch\ndraft: true\n---\nnot yet\n"})
    assert one.get("/casts/sketch/").status == 404
    project.write({"castsite.yml": CONFIG + "serve: {drafts: true}\n"})
    shows(one, "/casts/sketch/", "not yet")
    (project.root / "content/sketch.md").unlink()
    project.write({"castsite.yml": CONFIG})
    until(lambda: one.get("/casts/sketch/").status == 404)


def test_I16_many_saves_are_few_builds_and_the_last_one_is_served(project: Project, one: Served) -> None:
    for number in range(500):
        project.write({"content/about.md": text(f"save {number}")})
    shows(one, "/casts/about/", "save 499")
    project.write({"content/about.md": text("afterwards")})
    shows(one, "/casts/about/", "afterwards")
    one.line("built")


def test_I18_who_hangs_up_leaves_no_trace(one: Served) -> None:
    before = len([*one.heard()])
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", one.port), timeout=LIMIT) as connection:
            connection.sendall(b"GET /casts/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    assert one.get("/casts/%1b[31m").status == 400
    told = [*one.heard()][before:]
    assert not [line for line in told if "error" in line.lower() and "castsite.yml" not in line]


def test_I19_ctrl_c_ends_it_and_the_port_is_free(site: Project) -> None:
    with served(site) as one:  # of its own: no other test has just changed something
        with Listener(one.ready().port, "/") as page:
            page.join()
            assert one.end() == 130
            assert page.read() is None
        socket.create_server(("127.0.0.1", one.port)).close()


def _shows(port: int, words: str) -> bool:
    return words in ask(port, "/about/").text


def test_whom_nobody_reads_any_more_keeps_the_site_built(site: Project) -> None:
    port = free_port()
    command = [sys.executable, "-m", "castsite", "serve", "-p", str(port)]
    with subprocess.Popen(command, cwd=site.root, stderr=subprocess.PIPE) as process:
        assert process.stderr
        process.stderr.readline()
        process.stderr.close()
        for words in ("other words", "and more words"):
            site.write({"content/about.md": text(words)})
            until(partial(_shows, port, words))
        process.send_signal(signal.SIGINT)
        assert process.wait(LIMIT) == 130


def test_a_site_that_is_moved_away_leaves_nothing_behind_and_comes_back(site: Project) -> None:
    moved = site.root.with_name("moved")
    with served(site) as one:
        one.ready()
        site.root.rename(moved)
        one.line("no-site: no castsite.yml and no content folder here")
        one.line("nothing built")
        assert not site.root.exists()
        moved.rename(site.root)
        site.write({"content/about.md": text("words of a traveller")})
        shows(one, "/about/", "words of a traveller")


def test_a_file_in_the_place_of_the_work_folder_can_be_taken_away_again(site: Project) -> None:
    work = site.root / ".castsite"
    with served(site) as one:
        one.ready()
        shutil.rmtree(work)
        work.write_bytes(b"")
        one.line("work-folder: the work folder cannot be written: File exists")
        work.unlink()
        shows(one, "/about/", "first words")


# ---- how it begins


def test_I14_a_configuration_that_is_broken_at_the_beginning_can_be_mended(site: Project) -> None:
    site.write({"castsite.yml": "pagination: many\n"})
    with served(site) as one:
        one.ready()
        answer = one.get("/")
        assert (answer.status, "There is no site here yet" in answer.text) == (404, True)
        assert [problem["where"] for problem in problems(one)] == ["castsite.yml:1:13"]
        site.write({"castsite.yml": "title: Mended\n"})
        shows(one, "/", "Mended")
        until(lambda: problems(one) == [])
        assert one.end(signal.SIGTERM) == 143


def test_the_last_good_page_of_what_is_broken_stays_until_it_is_mended(site: Project) -> None:
    site.write({"content/hello.cast": cast("first output"), "content/other.md": text("other words", "Other")})
    with served(site) as one:
        one.ready()
        shows(one, "/hello/", "first output")
        site.write({"content/about.md": "---\ntitle: [About\n---\nsecond words\n", "content/hello.cast": b"{}"})
        until(
            lambda: (
                {each["where"].partition(":")[0] for each in problems(one)}
                == {"content/about.md", "content/hello.cast"}
            )
        )
        site.write({"content/other.md": text("new words", "Other")})  # what is right goes on
        shows(one, "/other/", "new words")
        shows(one, "/about/", "first words")
        shows(one, "/hello/", "first output")
        assert "first output" in one.get("/hello.txt").text
        site.write({"content/about.md": text("second words"), "content/hello.cast": cast("second output")})
        shows(one, "/about/", "second words")
        shows(one, "/hello/", "second output")
        until(lambda: problems(one) == [])
        (site.root / "content/hello.cast").unlink()
        until(lambda: one.get("/hello/").status == 404)


def test_what_a_broken_configuration_names_may_come_later(site: Project) -> None:
    with served(site) as one:
        one.ready()
        site.write({"castsite.yml": "content: words\n"})
        one.line("there is no such folder")
        (site.root / "words").mkdir()
        site.write({"words/other.md": text("elsewhere", "Other")})
        shows(one, "/other/", "elsewhere")


def test_I15_of_taken_ports_the_next_free_one_is_chosen_and_said(site: Project) -> None:
    port = free_port()
    site.write({"content/later.md": "---\ntitle: Later\ndate: 2099-01-01\n---\nsoon\n"})
    arguments = ("serve", "--port", str(port), "--future", "--base-url", "http://x.example/y")
    with socket.create_server(("127.0.0.1", port)), Served(site.root, *arguments) as one:
        one.line(f"warning: port-taken: port {port} is taken")
        one.ready()
        assert port < one.port < port + 10
        assert one.url == f"http://localhost:{one.port}/y/"
        assert "soon" in one.get("/y/later/").text


def test_when_all_ports_are_taken_that_is_one_line(site: Project) -> None:
    port, held = free_port(), []
    for number in range(port, port + 10):
        try:
            held.append(socket.create_server(("127.0.0.1", number)))
        except OSError:
            continue  # somebody else holds it
    done = site.run("serve", "--port", str(port))
    for one in held:
        one.close()
    assert done.returncode == 5
    assert done.stderr == f"fatal: ports-taken: ports {port} to {port + 9} are taken; try another with --port\n"


@pytest.mark.parametrize(
    ("arguments", "expected", "code"),
    [
        (("--host", "no.such.host.invalid"), "no such host", 2),
        (("--base-url", "nonsense"), "--base-url: expected", 2),
        (("--port", "0"), "0 is not in the range", 2),
    ],
)
def test_what_is_wrong_with_the_command_line_ends_it(
    site: Project, arguments: tuple[str, ...], expected: str, code: int
) -> None:
    done = site.run("serve", *arguments)
    assert (done.returncode, expected in done.stderr) == (code, True), done.stderr


def test_without_a_site_or_a_place_to_write_there_is_nothing_to_serve(site: Project, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = Project(tmp_path / "empty").run("serve")
    assert (done.returncode, "no-site" in done.stderr) == (2, True)
    site.write({".castsite": "not a folder"})
    done = site.run("serve", "--port", str(free_port()))
    assert (done.returncode, "work-folder" in done.stderr) == (5, True)


def test_I15_who_can_be_reached_by_others_says_so_and_asks_for_a_token(site: Project, tmp_path: Path) -> None:
    opened, browser = tmp_path / "opened", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{opened}"\n')
    browser.chmod(0o755)
    host = ("--host", "0.0.0.0", "--allowed-host", "box.local")  # noqa: S104 - what is tested
    with served(site, *host, "--open", BROWSER=str(browser)) as one:
        one.line("warning: not-local: others can reach port")
        one.ready()
        until(lambda: opened.exists() and opened.read_text().strip() == one.url, "the browser")
        path = one.url[one.url.index("/", 8) :]
        assert path.startswith("/?token=")
        assert ask(one.port, "/about/").status == 403
        let_in = ask(one.port, path)
        assert let_in.status == 303
        cookie = let_in.headers["Set-Cookie"].partition(";")[0]
        assert ask(one.port, "/about/", Cookie=cookie).status == 200
        assert ask(one.port, "/about/", Cookie=cookie, Host="box.local").status == 200
        assert ask(one.port, "/about/", Cookie=cookie, Host="10.1.2.3").status == 200
        assert ask(one.port, "/about/", Cookie=cookie, Host="evil.example").status == 403
        assert one.line(r"serving at \S+token=(\S+) ")[1] not in path


# ---- how it ends


@pytest.mark.parametrize("times", [1, 2])
def test_I19_ctrl_c_during_a_build_leaves_nothing_behind(site: Project, times: int) -> None:
    site.write({f"content/many/{number}.cast": cast(*["x" * 30] * 50) for number in range(40)})
    with served(site, "--jobs", "2") as one:
        one.line("serving at")
        until(lambda: list((site.root / ".castsite/cache").glob("*/*")), "the first results")
        for _ in range(times):
            one.send()
        assert one.end() == 130
        assert not [line for line in one.lines if "error:" in line]


def test_I19_ctrl_c_at_the_beginning_is_clean(site: Project) -> None:
    with served(site) as one:
        until((site.root / ".castsite").exists)
        assert one.end() == 130


# ---- systems that are full


def unshared(*commands: str) -> tuple[str, ...]:
    """Give what runs something in namespaces of its own, with limits of its own; skip where there are none."""
    wrapper = ("unshare", "-Urm", "sh", "-c", f'{"; ".join(commands)}; exec "$@"', "sh")
    if (
        shutil.which("unshare") is None
        or subprocess.run([*wrapper, "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("there are no user namespaces")
    return wrapper


@pytest.mark.parametrize(("limit", "most"), [("watches", 4), ("instances", 0)])
def test_without_events_every_folder_is_noticed_all_the_same(site: Project, limit: str, most: int) -> None:
    names = [f"content/{number}/words.md" for number in range(6)]
    site.write(dict.fromkeys(names, text("first")))
    wrapper = unshared(f"echo {most} > /proc/sys/user/max_inotify_{limit}")
    with Served(site.root, "serve", "--port", str(free_port()), wrapper=wrapper) as one:
        one.ready()
        said = [line for line in one.lines if "no-events" in line]
        assert bool(said) is (most == 0)
        assert all("raise fs.inotify.max_user_instances" in line for line in said)
        site.write(dict.fromkeys(names, text("second")))
        for number in range(6):
            shows(one, f"/{number}/words/", "second")


def test_I12_who_knocks_where_no_more_files_can_be_opened_is_turned_away(site: Project) -> None:
    wrapper = ("sh", "-c", 'ulimit -n 60; exec "$@"', "sh")
    with Served(site.root, "serve", "--port", str(free_port()), wrapper=wrapper) as one, ExitStack() as stack:
        one.ready()
        knocking = [
            stack.enter_context(socket.create_connection(("127.0.0.1", one.port), timeout=LIMIT)) for _ in range(60)
        ]
        assert knocking[-1].recv(1) == b"", "the last one is let go of at once"
        assert not [line for line in one.heard() if "fault" in line]
        stack.close()
        until(lambda: _answers(one.port), "an answer")


def _answers(port: int) -> bool:
    try:
        return ask(port, "/about/").status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False


def test_I17_a_full_disk_is_told_and_survived(site: Project) -> None:
    work = site.root / ".castsite"
    work.mkdir()
    wrapper = unshared(f"mount -t tmpfs -o size=4m tmpfs '{work}'")
    with Served(site.root, "serve", "--port", str(free_port()), wrapper=wrapper) as one:
        one.ready()
        filler = Path(f"/proc/{one.process.pid}/root{work}/filler")
        with Listener(one.port) as page:
            page.join()
            with filler.open("wb") as file, pytest.raises(OSError, match="No space"):
                file.write(bytes(8 << 20))
            site.write({"content/about.md": text("many words " * 5000)})
            until(lambda: page.notice()["problems"] > 0)
            assert "first words" in one.get("/about/").text
            filler.unlink()
            site.write({"content/about.md": text("room again")})
            shows(one, "/about/", "room again")
            until(lambda: page.notice()["problems"] == 0)


# ---- build --watch


def test_build_watch_builds_again_and_says_one_line_each_time(site: Project) -> None:
    with Served(site.root, "build", "--watch") as one:
        one.line(r"^\d\d:\d\d:\d\d built 0 of 0 recordings and 1 page .*: [1-9]\d* written, 0 removed$")
        site.write({"content/about.md": text("other words")})
        one.line(r"built 0 of 0 .*: [1-9]\d* written, 0 removed")
        assert "other words" in site.page("about/index.html")
        site.write({"castsite.yml": "pagination: many\n"})
        one.line("nothing built")
        site.write({"castsite.yml": "title: x\n"})
        one.line("built 0 of 0")
        shutil.rmtree(site.root / "public")
        until((site.root / "public/about/index.html").is_file)
        assert one.end() == 130


def test_build_watch_ends_by_sigterm_and_does_not_go_with_json(site: Project) -> None:
    with Served(site.root, "build", "--watch", "--output", "out") as one:
        one.line("built 0 of 0")
        assert one.end(signal.SIGTERM) == 143
    assert (site.root / "out/index.html").is_file()
    done = site.run("build", "--watch", "--json")
    assert (done.returncode, "--json is one document" in done.stderr) == (2, True)


def test_build_watch_ends_where_it_may_not_write(site: Project) -> None:
    with Served(site.root, "build", "--watch", "--output", "content") as one:
        one.line('fatal: content: output-refused: "content" cannot be the output folder')
        one.process.wait(LIMIT)
        assert one.end() == 2


def test_other_commands_do_not_load_the_server() -> None:
    code = (
        "import sys, castsite.cli.build\n"
        "found = {name.partition('.')[0] for name in sys.modules} & {'tornado', 'livereload', 'watchdog'}\n"
        "assert not found, found\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=LIMIT)
