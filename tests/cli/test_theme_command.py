"""`castsite theme`."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from projects import Project, cast


@pytest.fixture
def site(tmp_path: Path) -> Project:
    return Project(tmp_path).write({"castsite.yml": "title: Garden\n", "content/a.cast": cast("hello")})


def test_themes_are_listed_with_the_chosen_one(site: Project) -> None:
    site.write({"themes/own/theme.yaml": "version: '2.1'\ndescription: Ours alone\n", "themes/bad/readme": "x"})
    site.write({"castsite.yml": "theme: own\n"})
    done = site.run("theme", "list")
    assert "* own" in done.stdout
    assert "Ours alone" in done.stdout
    assert "  default" in done.stdout
    assert "themes/bad/theme.yaml: no-theme-file" in done.stderr
    listed = {theme["name"]: theme for theme in json.loads(site.run("theme", "list", "--json").stdout)}
    assert (listed["own"]["chosen"], listed["own"]["version"], listed["default"]["chosen"]) == (True, "2.1", False)
    assert [problem["code"] for problem in listed["bad"]["problems"]] == ["no-theme-file"]


def test_a_theme_that_takes_the_place_of_one_that_ships_is_listed_once(site: Project) -> None:
    site.write({"themes/paper/theme.yaml": "extends: paper\n", "castsite.yml": "theme: paper\n"})
    listed = json.loads(site.run("theme", "list", "--json").stdout)
    assert [(one["name"], one["folder"], one["chosen"]) for one in listed] == [
        ("paper", "themes/paper", True),
        ("default", "castsite/themes/default", False),
    ]


def test_a_copied_template_wins_and_builds_the_same(site: Project) -> None:
    site.build()
    before = site.page("a/index.html")
    assert "recording.html" in site.run("theme", "copy").stdout.split("\n")
    assert "wrote templates/recording.html" in site.run("theme", "copy", "recording.html").stderr
    copied = site.root / "templates/recording.html"
    site.build()
    assert site.page("a/index.html") == before
    copied.write_text(copied.read_text().replace("{% block about %}", "{% block about %}<p>Ours</p>"))
    site.build()
    assert "<p>Ours</p>" in site.page("a/index.html")


@pytest.mark.parametrize("name", ["gone.html", "private.html", "player.html", "offline.html"])
def test_check_reads_templates_that_nothing_uses_yet(site: Project, name: str) -> None:
    site.write({f"templates/{name}": "\n{% if %}"})
    assert site.run("build").returncode == 0
    done = site.run("check")
    assert (done.returncode, done.stderr.count(f"fatal: templates/{name}:2: template-error: ")) == (2, 1), done.stderr


def test_check_tells_of_templates_and_blocks_that_nothing_uses(site: Project) -> None:
    site.write({"templates/recordings.html": "x", "templates/side.html": "{% block ours %}{% endblock %}"})
    block = '{% extends "parent/recording.html" %}\n{% block abuot %}{% endblock %}{% block about %}\n'
    site.write(
        {"templates/recording.html": block + '{% include "side.html" %}{% block mine %}{% endblock %}{% endblock %}'}
    )
    site.build("--strict")
    told = [line for line in site.run("check").stderr.split("\n") if line.startswith("warning: templates/")]
    first, second = told
    assert first.startswith("warning: templates/recording.html:2: unknown-block: ")
    assert first.endswith('"abuot", so that it is shown nowhere, did you mean "about"?')
    assert second.startswith("warning: templates/recordings.html: unused-template: ")
    assert second.endswith('did you mean "recording.html"?')


@pytest.mark.parametrize("theme", ["default", "paper"])
def test_copied_texts_are_all_there_and_begin_a_translation(site: Project, theme: str) -> None:
    site.write({"castsite.yml": f"title: Garden\ntheme: {theme}\nlanguage: en\n"}).build("--strict")
    before = site.page("a/index.html")
    assert {"strings/en.yaml", "strings/de.yaml"} <= set(site.run("theme", "copy").stdout.split("\n"))
    for language in ("en", "de"):
        assert f"wrote strings/{language}.yaml" in site.run("theme", "copy", f"strings/{language}.yaml").stderr
    site.build("--strict")
    assert site.page("a/index.html") == before
    english = site.root / "strings/en.yaml"
    english.rename(site.root / "strings/pt.yaml")
    site.write({"castsite.yml": f"title: Garden\ntheme: {theme}\nlanguage: pt\n"}).build("--strict")
    assert 'lang="pt"' in site.page("a/index.html")


def test_a_block_of_a_theme_below_can_be_copied(site: Project) -> None:
    site.write({"castsite.yml": "theme: paper\n", "content/a.cast": cast("one")})
    for name, block in (("base.html", "footer"), ("base.html", "masthead"), ("private.html", "locked")):
        assert site.run("theme", "copy", name, "--block", block).returncode == 0, block
        (site.root / "templates" / name).rename(site.root / "templates" / f"{block}.html")
    told = site.run("theme", "copy", "base.html", "--block", "nope").stderr
    assert "footer" in told
    assert "tools" in told
    site.write({"templates/base.html": b"{% block mine %}\xe9{% endblock %}"})  # which extends nothing, and is no UTF-8
    assert "footer" in site.run("theme", "copy", "base.html", "--block", "nope").stderr
    shutil.rmtree(site.root / "templates")
    site.run("theme", "copy", "base.html", "--block", "footer")
    template = site.root / "templates/base.html"
    template.write_text(template.read_text().replace("{{ super() }}", "<p>mine</p>{{ super() }}"))
    assert site.build().returncode == 0
    assert "<p>mine</p>" in site.page("a/index.html")


def test_blocks_that_a_template_of_its_own_has_left_out_are_not_there(site: Project) -> None:
    site.write({"themes/own/theme.yaml": "name: own\nextends: paper\n", "castsite.yml": "theme: own\n"})
    site.write({"themes/own/templates/base.html": "{% block mine %}{% endblock %}"})
    told = site.run("theme", "copy", "base.html", "--block", "footer").stderr
    assert "no-such-block" in told
    assert "it has mine" in told


def test_one_block_can_be_changed_alone(site: Project) -> None:
    site.run("theme", "copy", "base.html", "--block", "footer")
    written = site.root / "templates/base.html"
    written.write_text(written.read_text().replace("{{ super() }}", "{{ super() }}<p>Imprint</p>"))
    site.build()
    page = site.page("index.html")
    assert "<p>Imprint</p>" in page
    assert "Made with castsite" in page


def test_nothing_is_overwritten_unless_asked(site: Project) -> None:
    site.write({"templates/base.html": "mine"})
    done = site.run("theme", "copy", "base.html")
    assert (done.returncode, "templates/base.html is there already" in done.stderr) == (2, True)
    assert (site.root / "templates/base.html").read_text() == "mine"
    assert site.run("theme", "copy", "base.html", "--force").returncode == 0
    assert "{% block main %}" in (site.root / "templates/base.html").read_text()


def test_nothing_is_written_through_a_link_or_over_a_folder(site: Project) -> None:
    site.write({"elsewhere": "mine"})
    (site.root / "templates").mkdir(exist_ok=True)
    link = site.root / "templates/base.html"
    link.symlink_to(site.root / "elsewhere")
    assert "links are not followed" in site.run("theme", "copy", "base.html", "--force").stderr
    assert (site.root / "elsewhere").read_text() == "mine"
    link.unlink()
    (site.root / "templates/stats.html").mkdir()
    done = site.run("theme", "copy", "stats.html", "--force")
    assert (done.returncode, "templates/stats.html is a folder; remove it" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("copy", "recordin.html"), 'did you mean "recording.html"?'),
        (("copy", "../castsite.yml"), "the theme has no file"),
        (("copy", "templates/base.html"), 'did you mean "base.html"?'),
        (("copy", "themes/default/css/site.css"), 'did you mean "css/site.css"?'),
        (("copy", "strings/../../x"), "the theme has no file"),
        (("copy", "strings/eng.yaml"), 'did you mean "strings/en.yaml"?'),
        (("copy", "strings/en.yaml", "--block", "play"), "it is no template"),
        (("copy", ".."), "the theme has no file"),
        (("copy", "base.html", "--block", "foter"), 'did you mean "footer"?'),
        (("copy", "css/site.css"), "castsite theme new NAME"),
        (("new", "../x"), "is no theme's name"),
        (("new", "Own"), "is no theme's name"),
        (("new", "a--b"), "is no theme's name"),
        (("new", "a-"), "is no theme's name"),
        (("new", "paper"), "ships with castsite"),
        (("new", "default"), "ships with castsite"),
    ],
)
def test_what_cannot_be_is_told_with_the_cure(site: Project, arguments: tuple[str, ...], said: str) -> None:
    before = sorted(path.name for path in site.root.rglob("*"))
    done = site.run("theme", *arguments)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr
    assert sorted(path.name for path in site.root.rglob("*")) == before


@pytest.mark.parametrize("name", ["themes/own/css/a#b?c.css", "static/a?b.css"])
def test_a_file_whose_name_cannot_be_published_is_told_as_it_lies_there(site: Project, name: str) -> None:
    site.write({"castsite.yml": "theme: own\n", "themes/own/theme.yaml": "", name: "p { color: red }"})
    told = next(line for line in site.run("build").stderr.split("\n") if "path-invalid" in line)
    assert told.startswith(f"error: {name}: path-invalid: ")
    assert told.endswith("; rename the file")


def test_what_options_name_and_is_not_there_is_told_where_it_is_written(site: Project) -> None:
    options = 'theme:\n  options:\n    lead: nope/none\n    footer: "[x](gone.md)"\n'
    told = site.write({"castsite.yml": options}).run("build").stderr
    assert 'warning: castsite.yml:3:11: unknown-recording: theme: lead: no recording is at "nope/none"' in told
    assert "warning: castsite.yml:4:13: broken-link: theme: footer: " in told


@pytest.mark.parametrize("name", ["css/looks.css", "css/options.css", "css/code.css"])
def test_a_file_that_the_build_writes_itself_is_told(site: Project, name: str) -> None:
    site.write({"themes/own/theme.yaml": "", f"themes/own/{name}": "p { color: red }", "castsite.yml": "theme: own\n"})
    text = "displaced-asset: is not used: the build writes a file of that name; take another one"
    for command in ("build", "check"):
        assert f"warning: themes/own/{name}: {text}" in site.run(command).stderr


def test_further_files_of_a_theme_are_reached_as_its_docs_say(site: Project) -> None:
    site.write({"castsite.yml": "theme: own\n", "themes/own/theme.yaml": "", "static/paper.png": "x"})
    for name, line in (("css/site.css", '@import "extra.css";\n'), ("js/site.js", 'import "./extra.js";\n')):
        site.run("theme", "copy", name)
        file = site.root / "themes/own" / name
        file.write_text(line + file.read_text())
    site.write({"themes/own/css/extra.css": 'p { background: url("../img/x.png") }', "themes/own/img/x.png": "x"})
    footer = '{% block footer %}<img src="{{ page.site.home }}paper.png" alt="">{% endblock %}'
    site.write(
        {"themes/own/js/extra.js": "1", "themes/own/templates/base.html": '{% extends "parent/base.html" %}' + footer}
    )
    site.build()
    text = {name: body.decode("utf-8", "replace") for name, body in site.published().items()}
    names = {re.sub(r"[.][0-9a-f]{10}[.]", ".", name): name.rpartition("/")[2] for name in text}
    styles, script = (
        text[next(one for one in text if one.startswith(f"assets/{kind}/site."))] for kind in ("css", "js")
    )
    assert f'@import "{names["assets/css/extra.css"]}"' in styles
    assert f'import "./{names["assets/js/extra.js"]}"' in script
    assert any(names["assets/img/x.png"] in body for name, body in text.items() if name.startswith("assets/css/extra."))
    assert 'src="../paper.png"' in site.page("a/index.html")


def test_a_theme_of_ones_own_builds_and_takes_copies(site: Project) -> None:
    site.build()
    before = site.page("a/index.html")
    assert "say theme: plain-paper in castsite.yml" in site.run("theme", "new", "plain-paper").stderr
    site.write({"castsite.yml": "title: Garden\ntheme: plain-paper\n"}).build("--strict")
    assert site.page("a/index.html") == before
    site.run("theme", "copy", "css/site.css")
    style = site.root / "themes/plain-paper/css/site.css"
    style.write_text(style.read_text() + ".ours { color: red; }\n")
    site.build()
    assert any(b".ours" in body for name, body in site.published().items() if name.endswith(".css"))
    assert site.run("theme", "new", "plain-paper").returncode == 2
