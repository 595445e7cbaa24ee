"""Laws of a whole build, tried through the program itself."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from projects import Project, cast, png

from castsite.build import OF_NEW
from castsite.cli.project import load_project
from castsite.errors import ConfigError
from castsite.schema.bounds import LEAST
from castsite.serve.headers import headers_for, read_rules

SITE = {
    "castsite.yml": "title: Test site\nbase_url: https://example.org/\n",
    "content/hello.cast": cast("hello", "world"),
    "content/git/_index.md": "---\ntitle: Git\n---\nAll about *git*.\n",
    "content/git/rebase.cast": b"---\ntitle: Rebase\ntags: [git]\n---\n" + cast("$ git rebase", "Successfully rebased"),
    "content/git/merge.cast": cast("$ git merge", "Already up to date."),
    "content/git/merge.md": "---\ntitle: Merge\ndate: 2026-01-02\n---\nMerging, see [rebase](rebase.cast).\n",
    "content/about.md": "---\ntitle: About\n---\nHello.\n",
}
build_module = import_module("castsite.build")  # the package has a function of that name
TORN = cast("one", "two")[:-6]


@pytest.fixture
def site(tmp_path: Path) -> Project:
    return Project(tmp_path).write(SITE)


def test_every_recording_gets_its_files(site: Project) -> None:
    site.build()
    files = site.published()
    for slug in ("hello", "git/rebase", "git/merge"):
        for form in ("{}/index.html", "{}.cast", "{}.txt", "{}.svg", "{}.json"):
            assert form.format(slug) in files
    assert {"index.html", "git/index.html", "404.html", "about/index.html", "_headers", ".nojekyll"} <= files.keys()
    assert files["git/rebase.txt"].decode().splitlines() == ["$ git rebase", "Successfully rebased"]
    assert json.loads(files["git/rebase.json"])["title"] == "Rebase"
    assert json.loads(files["git/rebase.cast"].splitlines()[0]) == {
        "version": 2, "width": 40, "height": 10, "title": "Rebase",
    }  # fmt: skip


def test_a_second_build_writes_nothing(site: Project) -> None:
    site.build()
    report = json.loads(site.build("--json").stdout)
    assert report["files"]["written"] == []
    assert report["files"]["removed"] == []
    assert report["files"]["unchanged"] == len(site.published()) - 1  # the manifest lists, and is not listed


def test_warm_builds_say_what_cold_ones_say(site: Project) -> None:
    site.write({"content/torn.cast": TORN, "content/x.md": "[nowhere](nowhere.md)\n"})
    cold = json.loads(site.build("--json").stdout)["problems"]
    warm = json.loads(site.build("--json").stdout)["problems"]
    assert cold == warm
    assert {"cast-cut-off", "broken-link"} <= {problem["code"] for problem in cold}


def test_H09_one_bad_recording_of_many_costs_itself_alone(site: Project) -> None:
    site.write({f"content/many/{i}.cast": cast(f"number {i}") for i in range(20)})
    site.write({"content/many/bad.cast": b"not a recording\n"})
    done = site.build()
    assert "built 23 of 24 recordings and 1 page (1 left out) in " in done.stderr
    assert re.search(r"^error: content/many/bad\.cast:1: cast-unknown-format: ", done.stderr, re.MULTILINE)
    before = site.digest()
    site.write({"content/new.cast": cast("new")})
    refused = site.build("--strict", code=1)
    assert "nothing published" in refused.stderr
    assert site.digest() == before


def test_H10_a_configuration_error_stops_before_anything_is_written(site: Project) -> None:
    site.build()
    before = site.digest()
    site.write({"castsite.yml": "titel: x\npagination: many\n"})
    done = site.build(code=2)
    assert "castsite.yml:1:1" in done.stderr
    assert 'did you mean "title"?' in done.stderr
    assert "castsite.yml:2:13" in done.stderr
    assert site.digest() == before


def test_H11_same_input_gives_the_same_bytes_everywhere(tmp_path: Path) -> None:
    one = Project(tmp_path / "one").write(SITE)
    two = Project(tmp_path / "another folder").write(dict(reversed(SITE.items())))
    one.build("--jobs", "1", TZ="UTC", LC_ALL="C.UTF-8", PYTHONHASHSEED="0")
    old = os.umask(0o077)
    try:
        two.build("--jobs", "3", TZ="Pacific/Kiritimati", LC_ALL="C", PYTHONHASHSEED="99", LANG="de_DE.UTF-8")
    finally:
        os.umask(old)
    assert one.published() == two.published()


def test_H11_folders_of_one_address_give_the_same_bytes_everywhere(tmp_path: Path) -> None:
    site = Project(tmp_path).write(
        {f"content/{name}/{number}.cast": cast() for number, name in enumerate(("b", "B", "ß", "SS"))}
    )
    found = set()
    for seed in ("1", "2", "3", "4"):
        shutil.rmtree(tmp_path / "public", ignore_errors=True)
        shutil.rmtree(tmp_path / ".castsite", ignore_errors=True)
        site.build(PYTHONHASHSEED=seed)
        found.add(site.digest())
    assert len(found) == 1


def test_H12_what_is_removed_renamed_or_made_a_draft_leaves_the_output(site: Project) -> None:
    site.build()
    (site.root / "content/hello.cast").rename(site.root / "content/bye.cast")
    (site.root / "content/git/rebase.cast").unlink()
    site.write({"content/git/merge.md": "---\ndraft: true\n---\n"})
    site.build()
    files = site.published()
    assert [name for name in files if name.startswith(("hello", "git"))] == []
    assert "bye/index.html" in files
    assert not (site.root / "public/git").exists()


def test_H16_a_first_build_without_one_good_recording_fails(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"content/a.cast": b"nonsense", "content/b.cast": b""})
    done = site.build(code=1)
    assert "nothing published: 0 of 2 recordings (2 left out)" in done.stderr


def test_H08_times_of_files_do_not_matter(site: Project) -> None:
    site.build()
    before = site.digest()
    for stamp in (0, 4_000_000_000, time.time() - 365 * 86_400):
        for path in site.root.glob("content/**/*"):
            os.utime(path, (stamp, stamp))
        site.build()
        assert site.digest() == before
    path = site.root / "content/hello.cast"
    status = path.stat()
    path.write_bytes(cast("jello", "world"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    site.build()
    assert b"jello" in site.published()["hello.txt"]


def test_H06_a_damaged_cache_gives_the_same_site(site: Project) -> None:
    site.build()
    expected = site.published()
    entries = [path for path in (site.root / ".castsite/cache").rglob("*") if path.is_file()]
    for number, path in enumerate(sorted(entries)):
        match number % 4:
            case 0:
                path.unlink()
            case 1:
                path.write_bytes(path.read_bytes()[:-3])
            case 2:
                body = bytearray(path.read_bytes())
                body[-1] ^= 1
                path.write_bytes(body)
            case _:
                path.unlink()
                path.mkdir()
    shutil.rmtree(site.root / "public")
    site.build()
    assert site.published() == expected


@pytest.mark.skipif(sys.platform == "win32", reason="a small address space needs setrlimit")
def test_H14_F18_F36_a_recording_that_needs_too_much_memory_costs_itself_alone(site: Project) -> None:
    site.write({"castsite.yml": "limits: {worker_memory: 200 MiB, event_size: 64000000, line_size: 64 MiB}\n"})
    site.write({"content/huge.cast": cast(*["x" * 20_000_000] * 2)})
    done = site.build(code=3)  # nobody knows what it holds
    assert re.search(
        r"^error: content/huge\.cast: (too-much-memory|worker-died|terminal-failed): ", done.stderr, re.MULTILINE
    )
    assert "hello/index.html" in site.published()


def test_H14_F16_F34_a_recording_that_takes_too_long_costs_itself_alone(site: Project) -> None:
    site.write({"castsite.yml": "limits: {seconds_per_recording: 1}\n"})
    header, event = cast("x", width=200, height=200).splitlines()
    frame = json.dumps([1.0, "o", "\x1b[H\x1b[2J" + "\r\n".join(["wide " * 39] * 199)])
    site.write({"content/slow.cast": b"\n".join([header, event, *[frame.encode()] * 900])})
    done = site.build(code=3)
    assert re.search(r"^error: content/slow\.cast: took-too-long: ", done.stderr, re.MULTILINE)
    assert "hello/index.html" in site.published()


def test_H14_workers_that_cannot_start_are_told_once_with_the_cure(site: Project) -> None:
    site.write({"castsite.yml": "limits: {worker_memory: 1000000}\n"})
    (told,) = site.build(code=5).stderr.splitlines()
    assert told.startswith("fatal: ")
    assert "worker processes cannot be started" in told
    assert "worker_memory" in told


def test_H17_output_survives_a_poor_terminal(site: Project) -> None:
    site.write({"content/naïve-日本.cast": b"nonsense"})
    done = site.build(TERM="dumb", LC_ALL="C", PYTHONIOENCODING="ascii")
    assert done.stderr.isascii()
    assert "\\u65e5" in done.stderr
    assert "\x1b" not in done.stderr


def test_H19_a_build_needs_no_network(site: Project) -> None:
    site.write({"sitecustomize.py": "import socket\ndef refuse(*a, **k): raise OSError('no network')\n"
                "socket.create_connection = refuse\nsocket.getaddrinfo = refuse\n"})  # fmt: skip
    site.build(PYTHONPATH=str(site.root))


def test_H20_messages_of_thousands_of_bad_files_are_capped(tmp_path: Path) -> None:
    site = Project(tmp_path).write({f"content/{i}.cast": b"" for i in range(300)})
    site.write({"content/good.cast": cast()})
    done = site.build()
    lines = done.stderr.splitlines()
    assert len(lines) < 60
    assert "error: cast-empty: … and 250 more; castsite check --json lists all" in lines
    assert "built 1 of 301 recordings (300 left out, 1 warning)" in done.stderr
    assert len(json.loads(site.build("--json").stdout)["problems"]) == 301  # and base_url is not set


def test_F38_the_owner_raises_a_limit_front_matter_cannot(tmp_path: Path) -> None:
    wide = cast("x", width=1200)
    site = Project(tmp_path).write({"content/wide.cast": wide, "content/ok.cast": cast()})
    assert "cast-size" in site.build().stderr or "1200" in site.build().stderr
    site.write({"castsite.yml": "limits: {cols: 1200}\n"})
    assert "built 2 of 2 recordings (1 warning) in" in site.build().stderr  # base_url is not set
    site.write({"content/wide.md": "---\nlimits: {cols: 2000}\n---\n"})
    assert "owner" in site.build().stderr


def test_a_page_that_is_left_out_is_counted(site: Project) -> None:
    site.write({"content/broken.md": "---\ntitle: [\n---\n"})
    assert "built 3 of 3 recordings and 1 of 2 pages (1 left out) in " in site.build().stderr


def test_a_profile_says_where_the_time_went(site: Project) -> None:
    told = site.build("--profile").stderr
    table = re.findall(r"^(\w[\w ]+?) +(\d+\.\d\d) +(\d+)%$", told, re.MULTILINE)
    names = [
        *("content", "recordings", "site", "exports", "pictures", "texts", "search", "plan", "memory", "files"),
        "the rest",
    ]
    assert [name for name, _, _ in table] == names
    assert 95 <= sum(int(share) for _, _, share in table) <= 105
    stages = json.loads(site.build("--json").stdout)["stages"]
    assert {one["name"] for one in stages} == set(names) - {"the rest"}


def test_a_site_too_large_for_hosts_is_told(site: Project) -> None:
    site.write({"castsite.yml": "limits: {site_size: 10000}\n"})
    told = site.build().stderr
    assert re.search(
        r"warning: public: site-large: the site has [\d.]+ [KM]iB; hosts .* 9.766 KiB \(limits: site_size\)", told
    )


def test_check_tells_of_a_site_that_is_nearly_too_large_for_hosts(site: Project) -> None:
    site.build()
    before = site.digest()
    manifest = len((site.root / "public/castsite-manifest.json").read_bytes())
    size = sum(map(len, site.published().values())) - manifest
    for share, by_check, by_build in ((0.9, True, True), (1.1, True, False), (1.3, False, False)):
        site.write({"castsite.yml": f"limits: {{site_size: {int(size * share)}, output_file_size: 5000}}\n"})
        told = [line for line in site.run("check").stderr.splitlines() if "-large: " in line]
        assert [line.partition(" the site has ")[0] for line in told[1:]] == by_check * ["warning: public: site-large:"]
        assert site.digest() == before
        built = [line for line in site.build("-o", "elsewhere").stderr.splitlines() if "-large: " in line]
        assert len(built) == 1 + by_build
        assert built[0].replace("elsewhere", "public") == told[0], "files that are too large by themselves"


def test_published_files_too_large_for_hosts_are_told_the_largest_first(site: Project) -> None:
    site.build()
    sizes = {name: len(data) for name, data in site.published().items()}
    by_size = sorted(sizes, key=lambda name: (-sizes[name], name))
    site.write({"castsite.yml": f"limits: {{output_file_size: {sizes[by_size[1]]}}}\n"})
    said = f'warning: public: file-large: "{by_size[0]}" has '
    for _ in range(2):  # whether it was made now, or is as it was
        told = site.build().stderr
        assert said in told
        assert by_size[1] not in told
    site.write({"castsite.yml": f"limits: {{output_file_size: {sizes[by_size[5]]}}}\n"})
    told = site.build().stderr
    assert [name for name in by_size if f'"{name}" has ' in told] == by_size[:3]
    assert " and 2 more are larger; hosts like GitHub take files of " in told
    assert "(limits: output_file_size)" in told
    assert "file-large" not in site.write({"castsite.yml": "title: S\n"}).build().stderr


def test_C08_C15_the_page_names_its_cast_by_a_relative_address(tmp_path: Path) -> None:
    names = ("random", "clock", "ws", "benchmark")
    site = Project(tmp_path).write({f"content/{name}.cast": cast(name) for name in names})
    site.build()
    for name in names:
        assert f"../{name}.cast" in site.page(f"{name}/index.html")


def test_C18_a_former_address_leads_on(tmp_path: Path) -> None:
    text = b"---\naliases: [/old/place/, /other]\n---\n"
    site = Project(tmp_path).write({"content/git/a.cast": text + cast()})
    site.build("--base-url", "https://me.example/casts")
    page = site.page("old/place/index.html")
    assert '<noscript><meta http-equiv="refresh" content="0; url=../../git/a/"></noscript>' in page
    (script,) = (path for path in site.published() if path.startswith("assets/js/moved."))
    assert f'<script src="../../{script}" data-to="../../git/a/"></script>' in page
    assert '<a href="../../git/a/">' in page
    assert "noindex" in page
    assert 'rel="canonical" href="https://me.example/casts/git/a/"' in page
    assert "/old/place/ /casts/git/a/ 301" in site.page("_redirects").splitlines()
    assert "other/index.html" in site.published()


def test_a_recording_has_at_its_address_of_asciinema_org_what_it_had_there(site: Project) -> None:
    site.write(
        {
            "content/git/merge.md": "---\naliases: [/a/14/, /old/14/, /a/b/15/]\n---\n",
            "content/git/rebase.md": "---\naliases: [/a/xYz9/]\noutputs: []\n---\n",
            "static/a/14.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        }
    )
    site.build("--base-url", "https://me.example/casts")
    files = site.published()
    found = {path.removeprefix("a/") for path in files if path.startswith("a/")}
    whole = {f"14{ending}" for ending in (".js", ".cast", ".txt", ".svg", ".png", "/index.html", "/iframe/index.html")}
    assert found == whole | {"xYz9.cast", "xYz9.txt", "xYz9.svg", "xYz9.png", "xYz9/index.html", "b/15/index.html"}
    for ending in (".cast", ".txt", ".png"):
        assert files[f"a/14{ending}"] == files[f"git/merge{ending}"]
    assert files["a/14.svg"] == b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    assert '{"embed":"../embed/git/merge/","script":"14.js","title"' in site.page("a/14.js")
    assert 'data-to="../../../embed/git/merge/"' in site.page("a/14/iframe/index.html")
    assert " 0 removed" in site.build("--base-url", "https://me.example/casts").stderr
    site.write({"content/git/merge.md": "---\ntitle: Merge\n---\n"})
    site.build("--base-url", "https://me.example/casts")
    assert "a/14.cast" not in site.published()


def test_pages_that_nobody_else_may_frame_are_all_but_the_players_alone(site: Project) -> None:
    site.write(
        {
            "castsite.yml": "base_url: https://me.example/casts/\nframe_ancestors: true\npagination: 1\n",
            "content/hidden.cast": b"---\nvisibility: unlisted\n---\n" + cast(),
            "content/git/merge.md": "---\ntags: [demo]\nauthors: [Ada]\nseries: Git\n---\n",
            "content/git/rebase.md": "---\nseries: Git\naliases: [/old/]\n---\n",
        }
    )
    site.build()
    rules = read_rules(site.root / "public")
    pages = {path.removesuffix("index.html") for path in site.published() if path.endswith("/index.html")} | {""}
    framed = {
        path for path in pages if "frame-ancestors" not in headers_for(f"/{path}", rules)["Content-Security-Policy"]
    }
    assert {
        "git/page/2/",
        "page/2/",
        "git/merge/",
        "tags/demo/",
        "series/",
        "search/",
        "stats/",
        "about/",
    } <= pages - framed
    assert framed == {"hidden/", "old/"} | {path for path in pages if path.startswith("embed/")}
    assert "hidden" not in site.page("_headers")


def test_B15_tags_of_any_letters_have_safe_addresses(tmp_path: Path) -> None:
    tags = '["../x", CON, "<b>", A, a, 全角]'
    site = Project(tmp_path).write({
        "content/one.cast": f"---\ntags: {tags}\n---\n".encode() + cast("one"),
        "content/two.cast": b"---\ntags: [a]\n---\n" + cast("two"),
    })  # fmt: skip
    site.build()
    slugs = {path.parent.name for path in (site.root / "public/tags").glob("*/index.html")}
    (odd,) = [slug for slug in slugs if slug.startswith("r-")]
    assert slugs == {"x", "con-1", "b", "a", odd}
    page = site.page("one/index.html")
    assert "&lt;b&gt;" in page
    assert f'href="../tags/{odd}/" rel="tag" dir="auto">全角' in page
    assert all(f'href="../../{name}/"' in site.page("tags/a/index.html") for name in ("one", "two"))
    assert not re.search(r"<b>\s*<|tags/\.\./", page)


def test_C20_titles_of_any_script(tmp_path: Path) -> None:
    titles = {"a": "🎬🎬", "b": "מדריך לגיט", "c": "x"}
    site = Project(tmp_path).write(
        {f"content/{slug}.cast": f"---\ntitle: {title}\n---\n".encode() + cast() for slug, title in titles.items()}
    )
    site.build()
    for slug, title in titles.items():
        assert title in site.page(f"{slug}/index.html")
    assert '<h1 dir="auto">מדריך לגיט</h1>' in site.page("b/index.html")


def test_static_files_are_published_as_they_are(site: Project) -> None:
    site.write({"static/CNAME": "me.example\n", "static/.well-known/x.txt": "x", "static/.hidden": "no"})
    site.build()
    files = site.published()
    assert files["CNAME"] == b"me.example\n"
    assert files[".well-known/x.txt"] == b"x"
    assert ".hidden" not in files


def test_a_site_template_overrides_and_extends_the_themes(site: Project) -> None:
    site.write({"templates/404.html": '{% extends "parent/404.html" %}{% block title %}Nope{% endblock %}'})
    site.build()
    site.write({"templates/404.html": "{{ page.titel }}"})
    done = site.build(code=2)
    assert "templates/404.html:1" in done.stderr


def test_check_names_every_broken_template_once_and_trusts_none(site: Project) -> None:
    site.write(
        {
            "templates/404.html": "{{ page.__class__.__mro__ }}",
            "templates/recording.html": "\n{{ page.titel }}",
        }
    )
    done = site.run("check")
    assert done.returncode == 2
    assert "fatal: templates/404.html:1: " in done.stderr
    assert 'did you mean "title"? (and 2 more)' in done.stderr
    assert done.stderr.count("recording.html") == 1


def test_unknown_words_in_a_command_get_the_near_one(site: Project) -> None:
    done = site.run("bild")
    assert done.returncode == 2
    assert "did you mean build?" in done.stderr


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the base's
        self.found += [value for name, value in attrs if name in {"href", "src"} and value]


def test_J09_every_link_resolves_under_any_sub_path(site: Project) -> None:
    site.build()
    files = site.published()
    for base in ("https://h.example/", "https://h.example/a/b/"):
        for name, body in files.items():
            if not name.endswith(".html") or name == "404.html":
                continue
            parser = _Links()
            parser.feed(body.decode())
            assert parser.found, name
            for link in parser.found:
                if link.startswith("https://example.org/"):  # canonical links and feeds are absolute
                    path = unquote(urlsplit(link).path.removeprefix("/"))
                    assert (f"{path}index.html" if not path or path.endswith("/") else path) in files, (name, link)
                    continue
                target = urlsplit(urljoin(f"{base}{name.removesuffix('index.html')}", link))
                assert target.netloc == "h.example", (name, link)
                assert target.path.startswith(urlsplit(base).path), (name, link)
                path = unquote(target.path.removeprefix(urlsplit(base).path))
                assert (f"{path}index.html" if not path or path.endswith("/") else path) in files, (name, link)


def test_pictures_of_other_sites_are_links_unless_the_owner_lets_them_in(site: Project) -> None:
    site.write({"content/git/merge.md": "![far](https://far.example/x.png)\n"})
    site.build()
    assert "<img" not in site.page("git/merge/index.html").partition("<main")[2].replace('loading="lazy"', "")
    assert "https:;" not in site.page("_headers")
    site.write({"castsite.yml": "allow_remote_images: true\n"})
    site.build()
    page = site.page("git/merge/index.html")
    assert 'src="https://far.example/x.png"' in page
    for text in (page, site.page("_headers")):
        assert "img-src &#39;self&#39; data: https:;" in text or "img-src 'self' data: https:;" in text


def test_captions_are_published_on_the_played_timeline(site: Project) -> None:
    site.write(
        {
            "content/git/told.cast": cast("one", "two", "three", step=10),
            "content/git/told.md": "---\ncaptions: {en: told.en.vtt, de: told.de.vtt, fr: tolt.vtt}\n---\n",
            "content/git/told.en.vtt": "WEBVTT\n\n00:01.000 --> 00:21.000\nfirst\n\n00:40.000 --> 00:50.000\nlate\n",
            "content/git/told.de.vtt": "WEBVTT\n\n00:09.000 --> 00:09.500\nin a pause\n\n00:10.000 --> 00:11.000\nso\n",
            "castsite.yml": "player: {idle_time_limit: 2}\n",
        }
    )
    done = site.build()
    files = site.published()
    assert files["git/told.en.vtt"] == b"WEBVTT\n\n00:00:01.000 --> 00:00:05.000\nfirst\n\n"
    assert files["git/told.de.vtt"] == b"WEBVTT\n\n00:00:02.000 --> 00:00:03.000\nso\n\n"
    assert "lost-captions: captions: 2 of them stand where nothing is played" in done.stderr
    assert "content/git/told.md:2:11: no-captions" in done.stderr
    assert "told.en.vtt" in done.stderr  # what may have been meant
    assert 'data-src="../told.de.vtt" lang="de">Deutsch' in site.page("git/told/index.html")


def test_what_waits_is_counted_and_nothing_else(site: Project) -> None:
    site.write(
        {
            "content/git/later.md": "---\ndate: 2999-01-01\n---\n",
            "content/git/draft.cast": cast("one"),
            "content/git/draft.md": "---\ndraft: true\n---\n",
        }
    )
    said = site.build().stderr
    assert "2 held back as draft, private or future" in said
    assert "left out" not in said.partition("built ")[2]


@pytest.mark.parametrize(("saves", "told"), [(1, False), (9, True)])
def test_H07_what_is_saved_during_a_build_is_read_again_once(
    site: Project, monkeypatch: pytest.MonkeyPatch, saves: int, told: bool
) -> None:
    really, left = build_module.research, iter(range(saves))

    def saved_meanwhile(*arguments: Any, **options: Any) -> Any:
        if (number := next(left, None)) is not None:
            site.write({"content/hello.cast": cast(f"saved {number}")})
        return really(*arguments, **options)

    monkeypatch.setattr(build_module, "research", saved_meanwhile)
    built = build_module.build(site.root, load_project(site.root).config, build_module.Options(jobs=1))
    assert any(problem.code == "changed" for problem in built.problems) is told
    assert ("hello.cast" in site.published()) is not told


def test_pages_that_are_left_out_are_counted(site: Project) -> None:
    site.write({"content/a.cast": cast("one"), "content/e.cast": b"", "content/good.md": "text"})
    site.write({"content/bad.md": "---\ndate: tomorrow\n---\n", "content/later.md": "---\ndraft: true\n---\n"})
    done = site.run("build", "--json")
    assert (
        "built 4 of 5 recordings and 2 of 3 pages (2 left out, 1 held back as draft, private or future" in done.stderr
    )
    told = json.loads(done.stdout)
    assert (told["pages"], told["pages_found"]) == (2, 4)


def test_options_of_the_player_beyond_the_end_are_told(site: Project) -> None:
    options = "{startAt: 5000, poster: 'npt:1:00:00'}"
    site.write(
        {
            "content/git/late.cast": cast("one", "two", step=10),
            "content/git/late.md": f"---\nplayer: {options}\n---\n",
            "content/git/fits.cast": cast("one", "two", step=10),
            "content/git/fits.md": "---\nplayer: {startAt: 20}\n---\n",
        }
    )
    done = site.build()
    said = "warning: content/git/late.md:2:9: beyond-the-end: player: {}"
    assert said.format("startAt: 5000 s is beyond the end (20 s); it starts at the end") in done.stderr
    assert said.format("poster: 3600 s is beyond the end (20 s); the end is shown") in done.stderr
    assert "fits.md" not in done.stderr


def test_navigation_that_leads_nowhere_is_told_with_its_place(site: Project) -> None:
    site.write({"castsite.yml": "navigation: [{title: Nowhere, url: abuot/}, {title: Git, url: /git/}]\n"})
    told = site.build().stderr
    assert 'warning: castsite.yml:1:36: broken-link: navigation: "abuot/" leads nowhere, did you mean "about"?' in told


def test_templates_of_the_owner_show_what_stands_under_extra(site: Project) -> None:
    shown = "[{{ page.extra.level }} {{ page.site.extra.colour }}]"
    more = "{{ page.extra.more[0] ~ page.extra.more[1].b if 'more' in page.extra }}"
    listed = "{% for one in page.groups[0].frames %}[{{ one.extra.level | default('none') }}]{% endfor %}"
    files = {
        "castsite.yml": "extra: {colour: <b>teal</b>}\n",
        "content/_index.md": "---\nextra: {level: home}\n---\n",
        "content/git/_index.md": "---\nextra: {level: section}\ncascade: {extra: {level: easy, more: [a, b: c]}}\n---",
        "content/git/merge.md": "---\nextra: {level: hard}\n---\n",
        "content/post.md": "---\ndate: 2026-01-01\nextra: {level: post}\n---\nText.\n",
        "templates/gallery.html": _over("gallery", "lede", f"{shown}{{{{ page.posts[0].extra.level }}}}"),
        "templates/section.html": _over("section", "recordings", f"{shown}{listed}"),
        "templates/recording.html": _over("recording", "about", f"{{% if page.extra %}}{shown}{more}{{% endif %}}"),
        "templates/page.html": _over("page", "main", f"{{% if page.extra %}}{shown}{{% endif %}}"),
    }
    site.write(files)
    site.build()
    assert "[home &lt;b&gt;teal&lt;/b&gt;]post" in site.page("index.html")
    assert "[section &lt;b&gt;teal&lt;/b&gt;]" in (section := site.page("git/index.html"))
    assert sorted(re.findall(r"\[(easy|hard|none)\]", section)) == ["easy", "hard"]
    assert "[hard &lt;b&gt;teal&lt;/b&gt;]" in site.page("git/merge/index.html")
    assert "[easy &lt;b&gt;teal&lt;/b&gt;]ac" in site.page("git/rebase/index.html")
    assert "[post &lt;b&gt;teal&lt;/b&gt;]" in site.page("post/index.html")
    site.write({"content/git/merge.md": "---\nextra: {level: easy}\n---\n", "castsite.yml": "extra: {colour: red}\n"})
    site.build()
    assert "[easy red]" in site.page("git/merge/index.html")
    assert site.page("git/index.html").count("[easy]") == 2
    site.write({"templates/page.html": _over("page", "main", "{% if page.extra %}{{ page.extra.levle }}{% endif %}")})
    told = site.build(code=2).stderr
    said = 'page.extra has no "levle", did you mean "level"?; so it is on the page of content/post.md'
    assert f"templates/page.html:1: template-error: {said}" in told
    site.write({"templates/section.html": _over("section", "lede", "{{ page.extra.colour }}")})
    told = site.build(code=2).stderr
    cure = '; put {% if "colour" in page.extra %} … {% endif %} around what needs it'
    assert f'templates/section.html:1: template-error: page.extra has no "colour"{cure}' in told


def _over(name: str, block: str, text: str) -> str:
    return f'{{% extends "parent/{name}.html" %}}{{% block {block} %}}{text}{{% endblock %}}'


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="a small disk needs Linux and root")
def test_H02_a_full_disk_under_the_cache_is_no_recordings_fault(site: Project) -> None:
    site.write({f"content/many/{i}.cast": cast(*[f"line {j} of {i}" for j in range(400)]) for i in range(20)})
    work = site.root / ".castsite"
    work.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(work)], check=True)
    try:
        done = site.build(code=5)
    finally:
        subprocess.run(["umount", str(work)], check=True)
    assert "No space left" in done.stderr
    assert not (site.root / "public").exists()


def test_the_public_names_are_there_and_stay() -> None:
    code = (
        "import castsite\n"
        "for _ in range(2):\n"
        "    assert castsite.build.__name__ == 'build'\n"
        "    assert castsite.load_config('title: x').config.title == 'x'\n"
        "    assert issubclass(castsite.CastsiteError, Exception)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_F39_memory_does_not_grow_with_the_number_of_recordings(tmp_path: Path) -> None:
    peaks = []
    for count in (40, 400):
        site = Project(tmp_path / str(count)).write(
            {f"content/{i % 10}/{i}.cast": cast(*[f"line {j} of {i}" for j in range(20)]) for i in range(count)}
        )
        code = (
            "import sys; from castsite.cli import main; main(['build'], standalone_mode=False)\n"
            "print([line for line in open('/proc/self/status') if line.startswith('VmHWM')][0].split()[1])"
        )
        done = subprocess.run([sys.executable, "-c", code], cwd=site.root, capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout))
    assert peaks[1] <= 1.2 * peaks[0], peaks


COUNTING = """
import collections, json, sys
from castsite.cli import main
from markdown_it import MarkdownIt
parsed = collections.Counter()
parse = MarkdownIt.parse
def counted(self, src, env=None):
    parsed[src] += 1
    return parse(self, src, env)
MarkdownIt.parse = counted
main(sys.argv[1:], standalone_mode=False)
print(json.dumps(parsed))
"""


def test_a_text_is_parsed_once_whichever_files_show_it(tmp_path: Path) -> None:
    front = "---\ndate: 2026-01-02\ntags: [git]\n---\n"
    site = Project(tmp_path).write(
        {
            "castsite.yml": SITE["castsite.yml"],
            "content/git/_index.md": "The section.\n",
            "content/git/one.md": f"{front}The one, see [two](two.md) and [nothing](none.md).\n",
            "content/git/two.md": f"{front}The two, see [one](one.md).\n",
        }
    )
    command = [sys.executable, "-c", COUNTING, "build"]
    done = subprocess.run(command, cwd=site.root, capture_output=True, text=True, check=True)
    assert done.stderr.count("broken-link") == 1
    parsed = json.loads(done.stdout.splitlines()[-1])
    assert sorted(parsed.values()) == [1, 1, 1], parsed


COMPILING = """
import sys
from castsite.cli import main
from jinja2 import Environment
compile = Environment.compile
def told(self, source, name=None, *rest, **more):
    print("compiled", name.partition("/")[2])
    return compile(self, source, name, *rest, **more)
Environment.compile = told
main(sys.argv[1:], standalone_mode=False)
"""


def test_what_a_new_recording_needs_is_compiled_while_it_is_examined(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"castsite.yml": "title: One\n", "content/one.cast": cast("$ ls\r\n")})
    site.build()
    site.write({"content/one.cast": cast("$ pwd\r\n")})
    command = [sys.executable, "-c", COMPILING, "build"]
    done = subprocess.run(command, cwd=site.root, capture_output=True, text=True, check=True)
    compiled = [line.removeprefix("compiled ") for line in done.stdout.splitlines() if line.startswith("compiled ")]
    assert sorted(compiled) == sorted(OF_NEW)


def test_F37_a_recording_at_all_limits_together_ends_by_itself(tmp_path: Path) -> None:
    limits = "limits: {events: 20000, file_size: 3 MiB, cells: 200000, line_size: 400 KiB, event_size: 200000}\n"
    header = {"version": 2, "width": 1000, "height": 200, "title": "x" * 200}
    marks = [[i / 100, "m", "y" * 200] for i in range(1000)]
    prints = [[10 + i / 1000, "o", "\x1b[H" + "z" * 90] for i in range(18_000)]
    large = [[30.0, "o", "w" * 200_000]]
    lines = [header, *marks, *prints, *large]
    site = Project(tmp_path).write(
        {
            "castsite.yml": limits,
            "content/most.cast": "".join(json.dumps(line) + "\n" for line in lines),
            "content/other.cast": cast(),
        }
    )
    told = site.build().stderr
    assert "built 2 of 2" in told or re.search(r"^error: content/most\.cast: took-too-long", told, re.MULTILINE)


def test_a_former_address_at_which_something_stands_leads_nowhere_and_takes_nothing_along(tmp_path: Path) -> None:
    taken = ["/stats/", "/Search/", "/robots.txt/x/", "/404.html", "/page.atom/", "/b/"]
    front = f"---\ntitle: A\naliases: {json.dumps(['/good/', *taken])}\n---\n"
    feed = "title: S\nbase_url: https://example.org/\n"
    site = Project(tmp_path).write({"castsite.yml": feed, "content/a.cast": cast(), "content/b.cast": cast()})
    before = site.write({"content/a.md": "---\ntitle: A\n---\n"}).build() and site.published()
    done = site.write({"content/a.md": front}).build()
    after = site.published()
    assert after.keys() - before.keys() == {"good/index.html", "page.atom/index.html", "_redirects"}
    assert after["_redirects"] == b"/good/ /a/ 301\n/page.atom/ /a/ 301\n"
    assert after["stats/index.html"] == before["stats/index.html"]
    told = [line for line in done.stderr.splitlines() if line.startswith("error")]
    assert [line.partition(": path-taken: ")[0] for line in told] == ["error: content/a.md:3:10"] * 3


def test_names_may_be_as_short_as_those_of_castsite_s_own_files(tmp_path: Path) -> None:
    limits = ", ".join(f"{name}: {least}" for name, least in LEAST.items())
    site = Project(tmp_path).write({"castsite.yml": f"limits: {{{limits}}}\n", "content/a.cast": cast()})
    assert "error" not in site.build().stderr


@pytest.mark.parametrize("output", ["~", "~/x", ".git", ".castsite/x", "content/x"])
def test_D11_an_output_folder_that_could_do_harm_is_refused(tmp_path: Path, output: str) -> None:
    site = Project(tmp_path).write({"content/a.cast": cast(), "castsite.yml": f"output: {json.dumps(output)}\n"})
    site.build(code=2)
    assert not (tmp_path / output).exists()


def test_an_output_path_through_a_folder_that_is_not_there_is_the_plain_one(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"content/a.cast": cast(), "castsite.yml": "output: docs/../public\n"})
    site.build()
    assert "a/index.html" in site.published()
    assert not (tmp_path / "docs").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="links of POSIX")
def test_D04_a_content_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"real/a.cast": cast(), "castsite.yml": ""})
    (tmp_path / "content").symlink_to("real")
    assert "links are not followed" in site.build(code=2).stderr


def test_a_moment_at_the_end_of_time_is_no_fault(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"content/a.cast": cast(), "castsite.yml": "retention_days: 90\n"})
    site.build(SOURCE_DATE_EPOCH="253402300799")


def test_H10_a_configuration_that_is_no_file_is_an_error(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"content/a.cast": cast(), "castsite.yml/x": ""})
    assert "fatal: castsite.yml: not-a-file" in site.build(code=2).stderr


def test_every_list_and_feed_is_published_once_and_the_owners_robots_txt_wins(site: Project) -> None:
    site.write({"static/robots.txt": "User-agent: *\nDisallow: /\n"})
    site.build("--strict")
    files = site.published()
    assert {"tags/git/index.html", "tags/index.html", "catalogue.csv", "llms.txt", "sitemap.xml"} <= files.keys()
    assert {f"{of}feed.{kind}" for of in ("", "git/") for kind in ("atom", "rss", "json")} <= files.keys()
    assert files["robots.txt"] == b"User-agent: *\nDisallow: /\n"
    sizes = {one["id"]: one["bytes_written"] for one in json.loads(files["recordings/index.json"])["recordings"]}
    assert sizes == {
        slug.replace("/", "-"): len(files[f"{slug}.cast"]) for slug in ("hello", "git/rebase", "git/merge")
    }
    (attachment,) = json.loads(files["feed.json"])["items"][0]["attachments"]
    assert attachment["size_in_bytes"] == len(files["git/merge.cast"])


def test_D06_an_alias_gives_way_to_the_page_of_a_tag(site: Project) -> None:
    site.write({"content/about.md": "---\ntitle: About\naliases: [/tags/git/, /tags/]\n---\nHello.\n"})
    told = site.build().stderr
    assert told.count("error: content/about.md:3:10: path-taken: the alias ") == 2
    assert "tags: git" in told
    assert b"#" in site.published()["tags/git/index.html"]


def test_a_build_leaves_alone_what_one_of_another_folder_is_making(site: Project) -> None:
    theirs = site.root / ".castsite/index-00000000-1/shard"
    site.write({".castsite/index-00000000-1/shard": "half made"})
    site.build()
    assert theirs.read_text() == "half made"


def test_the_cache_is_looked_through_when_enough_was_examined_however_builds_end(tmp_path: Path) -> None:
    site = Project(tmp_path).write({f"content/r{at:02}.cast": cast(f"word{at}") for at in range(100)})
    site.build()
    litter = ".castsite/cache/00/.cs-0123456789abcdef.tmp"
    site.write({litter: "torn", "content/r00.cast": cast("other")}).build()
    assert (tmp_path / litter).exists(), "one was examined"
    site.write({"content/r01.cast": cast("other"), "content/bad.cast": "no recording"}).build("--strict", code=1)
    assert (tmp_path / litter).exists(), "nothing is published"
    (tmp_path / "content/bad.cast").unlink()
    site.build()
    assert not (tmp_path / litter).exists()
    site.write({litter: "torn"}).build()
    assert (tmp_path / litter).exists(), "nothing was examined"


@pytest.mark.parametrize("ending", ["cast", "md"])
def test_what_came_before_and_comes_after_now_is_seen(tmp_path: Path, ending: str) -> None:
    def dated(day: str) -> bytes:
        front = f"---\ntitle: One\ndate: {day}\n---\n".encode()
        return front + (cast("words") if ending == "cast" else b"words\n")

    site = Project(tmp_path).write({
        f"content/blog/x.{ending}": dated("2026-03-03"),
        f"content/blog/y.{ending}": dated("2026-02-02"),
    })  # fmt: skip
    site.build()
    assert ('rel="prev"' in site.page("blog/y/index.html")) != ('rel="next"' in site.page("blog/y/index.html"))
    before = site.page("blog/y/index.html")
    site.write({f"content/blog/x.{ending}": dated("2026-01-01")}).build()
    site.build("-o", "cold")
    assert site.page("blog/y/index.html") != before
    assert site.page("blog/y/index.html") == (tmp_path / "cold/blog/y/index.html").read_text()


def test_a_content_folder_that_cannot_be_read_leaves_what_is_published(
    site: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = os.scandir

    def listing(folder: object) -> object:
        if Path(str(folder)).name == "content":
            raise PermissionError(13, "Permission denied", str(folder))
        return really(folder)  # type: ignore[call-overload] # whatever it was

    monkeypatch.setattr(os, "scandir", listing)
    project = load_project(site.root)
    with pytest.raises(ConfigError, match="content: unreadable: cannot be read: Permission denied"):
        build_module.build(site.root, project.config, build_module.Options(jobs=1))


def test_a_picture_that_is_too_large_is_told_with_its_own_size(site: Project) -> None:
    site.write({"content/big.png": png() + bytes(6 * 1024 * 1024), "content/big.cast": cast("one")})
    site.write({"content/big.md": "---\nposter: big.png\n---\n"})
    assert "it has 6 MiB, at most 5 MiB are allowed (limits: image_size)" in site.build().stderr
