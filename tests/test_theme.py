from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest

from castsite.config import ThemeChoice, load_config
from castsite.errors import ConfigError, Place
from castsite.theme import Theme, load_theme, shipped_themes
from castsite.theme.catalogue import all_themes, new_theme
from castsite.theme.strings import Entry


def folder(root: Path, name: str, manifest: str = "", **files: str) -> Path:
    """One theme; `css__a_css="…"` for `css/a.css`."""
    path = root / "themes" / name
    path.mkdir(parents=True)
    (path / "theme.yaml").write_text(manifest)
    for key, text in files.items():
        file = path / key.replace("__", "/").replace("_", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return path


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    folder(tmp_path / "castsite", "default", "name: Default", templates__page_html="default", css__site_css="default")
    return tmp_path / "castsite" / "themes"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site"
    path.mkdir()
    return path


def load(site: Path, shipped: Path, name: str = "default", **options: object) -> Theme:
    written = json.dumps({"theme": {"options": options}})  # JSON is YAML
    given = load_config(written).config.theme.options
    return load_theme(ThemeChoice(name=name, options=given), site=site, shipped=shipped)


def faults(site: Path, shipped: Path, name: str = "own", **options: object) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(site, shipped, name, **options)
    assert caught.value.exit_code == 2
    return [
        str(one._replace(place=Place("castsite.yml")) if one.place.path == "castsite.yml" else one)
        for one in caught.value.problems
    ]


# ---- layers


def test_layers_are_the_sites_templates_its_theme_the_parents_and_the_default_theme(site: Path, shipped: Path) -> None:
    (site / "templates").mkdir()
    folder(site, "own", "extends: base", templates__page_html="own")
    folder(site, "base", templates__page_html="base")
    assert [layer.shown for layer in load(site, shipped, "own").layers] == [
        "templates",
        "themes/own/templates",
        "themes/base/templates",
        "castsite/themes/default/templates",
    ]


def test_static_file_is_taken_from_the_first_theme_that_has_it(site: Path, shipped: Path) -> None:
    folder(site, "own", css__site_css="own", js__own_js="x", README_md="not published", templates__a_html="")
    theme = load(site, shipped, "own")
    assert theme.read_static() == {"css/site.css": b"own", "js/own.js": b"x"}
    assert dict(theme.sources)["css/site.css"] == "themes/own/css/site.css"


def test_hidden_files_and_editors_copies_are_no_part_of_a_theme(site: Path, shipped: Path) -> None:
    own = folder(site, "own", css__a_css="a")
    before = load(site, shipped, "own")
    (own / "css" / ".a.css.swp").write_text("x")
    (own / "css" / "a.css~").write_text("x")
    assert load(site, shipped, "own") == before


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no text")
def test_template_whose_name_is_no_text_is_none_that_anybody_asks_for(site: Path, shipped: Path) -> None:
    before = load(site, shipped).fingerprint
    (site / "templates").mkdir(exist_ok=True)
    (site / "templates" / os.fsdecode(b"\xff.html")).write_text("x")
    assert load(site, shipped).fingerprint != before


def test_sites_theme_may_extend_the_shipped_one_of_its_own_name(site: Path, shipped: Path) -> None:
    folder(site, "default", "extends: default", css__site_css="own", templates__a_html="")
    theme = load(site, shipped)
    assert [layer.shown for layer in theme.layers] == ["themes/default/templates", "castsite/themes/default/templates"]
    assert theme.read_static()["css/site.css"] == b"own"


def test_circle_of_themes_is_refused_with_its_members(site: Path, shipped: Path) -> None:
    folder(site, "own", "extends: other")
    folder(site, "other", "extends: own")
    text = "themes extend one another in a circle: own → other → own; leave one extends: out"
    assert faults(site, shipped) == [f"fatal: themes/other/theme.yaml:1:10: theme-circle: {text}"]


def test_at_most_five_parents(site: Path, shipped: Path) -> None:
    for number in range(6):
        folder(site, f"t{number}", f"extends: t{number + 1}" if number < 5 else "")
    load(site, shipped, "t0")
    (site / "themes" / "t5" / "theme.yaml").write_text("extends: default")
    assert faults(site, shipped, "t0") == [
        "fatal: themes/t5/theme.yaml:1:10: theme-too-deep: more than 5 themes above one another; leave some out"
    ]


def test_unknown_theme_is_answered_with_a_near_name(site: Path, shipped: Path) -> None:
    assert faults(site, shipped, "defualt") == [
        'fatal: castsite.yml: unknown-theme: no theme is called "defualt", did you mean "default"?'
    ]
    (problem,) = faults(site, shipped, "zzz")
    assert problem.endswith('no theme is called "zzz"; put it into themes/zzz/')


@pytest.mark.parametrize("name", ["a", "a-b_c", "2026", "a" * 64])
def test_what_can_name_a_theme_can_be_chosen_extended_and_begun(site: Path, shipped: Path, name: str) -> None:
    folder(site, name)
    folder(site, "own", f"extends: {name}")
    assert load_config(f"theme: {name!r}").config.theme.name == name
    assert load(site, shipped, "own").name == "own"
    assert new_theme(name)


@pytest.mark.parametrize("name", ["a--b", "a-", "-a", "a.b", "a" * 65, "Own"])
def test_what_can_name_no_theme_is_refused_wherever_it_is_named(site: Path, shipped: Path, name: str) -> None:
    folder(site, "own", f"extends: {name!r}")
    assert faults(site, shipped)[0].startswith(
        "error: themes/own/theme.yaml:1:10: bad-value: extends: expected the name"
    )
    for read in (load_config, new_theme):
        with pytest.raises(ConfigError):
            read(name if read is new_theme else f"theme: {name!r}")


def test_unknown_parent_is_reported_in_the_theme_that_asks_for_it(site: Path, shipped: Path) -> None:
    folder(site, "own", "extends: gone")
    assert faults(site, shipped)[0].startswith("fatal: themes/own/theme.yaml:1:10: unknown-theme: ")


@pytest.mark.parametrize("name", ["../../x", "/etc", "", "a/b", ".", "Own", "a\n", "a" * 65, "a--b", "-a", "a_", "a.b"])
def test_B24_theme_is_a_name_and_no_path(site: Path, shipped: Path, name: str) -> None:
    (problem,) = faults(site, shipped, name)
    assert problem.startswith("fatal: castsite.yml: bad-value: theme: ")


def test_folder_without_its_file_is_no_theme(site: Path, shipped: Path) -> None:
    (site / "themes" / "own").mkdir(parents=True)
    assert faults(site, shipped) == [
        "fatal: themes/own/theme.yaml: no-theme-file: a theme needs this file; it may be empty"
    ]


@pytest.mark.parametrize("name", ["theme.yml", "Theme.yaml", "themes.yaml"])
def test_a_file_that_should_be_the_themes_own_is_named(site: Path, shipped: Path, name: str) -> None:
    (folder(site, "own") / "theme.yaml").rename(site / "themes/own" / name)
    (site / "themes/own/theme.yaml~").touch()
    text = f'a theme needs this file; call "{name}" so, which is there'
    assert faults(site, shipped) == [f"fatal: themes/own/theme.yaml: no-theme-file: {text}"]


# ---- links, and what is no file

LINKS = "links are not followed; put the file itself here"
NO_FILE = "not a regular file; put a file itself here"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("themes/own/css/secret.css", "error: themes/own/css/secret.css: link: "),
        ("themes/own/templates/page.html", "error: themes/own/templates/page.html: link: "),
        ("themes/own/strings/en.yaml", "error: themes/own/strings/en.yaml: bad-strings: "),
        ("themes/own/theme.yaml", "fatal: themes/own/theme.yaml: bad-theme-file: "),
        ("templates/page.html", "error: templates/page.html: link: "),
        ("strings/en.yaml", "error: strings/en.yaml: bad-strings: "),
    ],
)
def test_a_link_in_what_a_site_gives_is_refused_and_not_quoted(
    site: Path, shipped: Path, name: str, message: str
) -> None:
    folder(site, "own", css__a_css="a")
    secret = site.parent / "secret"
    secret.write_text("hidden: treasure")
    for target in (secret, site.parent / "nowhere"):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).unlink(missing_ok=True)
        (site / name).symlink_to(target)
        assert faults(site, shipped) == [message + LINKS]


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("themes", "fatal"),
        ("themes/own", "fatal"),
        ("themes/own/css", "error"),
        ("templates", "error"),
        ("strings", "error"),
    ],
)
def test_a_linked_folder_is_refused_where_a_site_has_it(site: Path, shipped: Path, name: str, severity: str) -> None:
    folder(site, "own", css__a_css="a")
    (site / "templates").mkdir()
    (site / "strings").mkdir()
    (site / name).rename(site.parent / "moved")
    (site / name).symlink_to(site.parent / "moved")
    assert faults(site, shipped) == [f"{severity}: {name}: link: links are not followed; put the folder itself here"]


@pytest.mark.parametrize("name", ["templates", "strings", "themes/own/templates", "themes/own/strings"])
def test_a_file_in_the_place_of_a_folder_is_told(site: Path, shipped: Path, name: str) -> None:
    folder(site, "own", css__a_css="a")
    (site / name).write_text("x")
    text = "is no folder; put it into a folder of that name, or remove it"
    assert faults(site, shipped) == [f"error: {name}: not-a-folder: {text}"]


def test_a_link_that_nothing_is_read_from_is_let_be(site: Path, shipped: Path) -> None:
    own = folder(site, "own", css__a_css="a")
    before = load(site, shipped, "own")
    (own / "LICENCE").symlink_to(own / "css" / "a.css")
    (own / "css" / ".#a.css").symlink_to("somebody@somewhere.1234")
    assert load(site, shipped, "own") == before


def test_links_of_an_installer_are_followed_in_what_ships(site: Path, shipped: Path) -> None:
    before = load(site, shipped)
    for number, path in enumerate(sorted(path for path in shipped.rglob("*") if path.is_file())):
        there = path.rename(site.parent / f"cached{number}")
        path.symlink_to(there)
    assert load(site, shipped) == before
    assert load(site, shipped).read_static() == {"css/site.css": b"default"}


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes with names")
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("themes/own/theme.yaml", "fatal: themes/own/theme.yaml: bad-theme-file: "),
        ("themes/own/css/b.css", "error: themes/own/css/b.css: not-a-file: "),
        ("themes/own/templates/page.html", "error: themes/own/templates/page.html: not-a-file: "),
        ("templates/page.html", "error: templates/page.html: not-a-file: "),
        ("strings/en.yaml", "error: strings/en.yaml: bad-strings: "),
    ],
)
def test_what_is_no_regular_file_is_told_and_not_waited_for(site: Path, shipped: Path, name: str, message: str) -> None:
    folder(site, "own", css__a_css="a")
    (site / name).parent.mkdir(parents=True, exist_ok=True)
    (site / name).unlink(missing_ok=True)
    os.mkfifo(site / name)
    assert faults(site, shipped) == [message + NO_FILE]


# ---- theme.yaml

OPTIONS = """
options:
  accent: {type: colour, default: "#D70", doc: Colour of a moment}
  density: {type: choice, choices: [sheet, compact, log], default: sheet}
  reel: {type: bool, default: yes}
  width: {type: number, default: 84}
  logo: {type: text}
  fonts: {type: list, default: [a, b]}
"""


def test_options_have_defaults_of_their_type(site: Path, shipped: Path) -> None:
    folder(site, "own", OPTIONS)
    theme = load(site, shipped, "own")
    assert dict(theme.options) == {
        "accent": "#dd7700",
        "density": "sheet",
        "fonts": ("a", "b"),
        "logo": None,
        "reel": True,
        "width": 84.0,
    }
    assert theme.declared[0].doc == "Colour of a moment"


def test_site_gives_options_and_templates_see_them_as_attributes_that_cannot_change(site: Path, shipped: Path) -> None:
    folder(site, "own", OPTIONS)
    theme = load(
        site, shipped, "own", density="log", reel="off", width="1e2", logo="x.svg", fonts=("c",), accent="#0aF"
    )
    values = theme.option_values()
    assert [getattr(values, key) for key in ("density", "reel", "width", "logo", "fonts", "accent")] == [
        "log",
        False,
        100.0,
        "x.svg",
        ("c",),
        "#00aaff",
    ]
    with pytest.raises(AttributeError):
        values.density = "sheet"  # type: ignore[attr-defined]


def test_child_inherits_and_redeclares_options_and_texts(site: Path, shipped: Path) -> None:
    folder(site, "base", OPTIONS, strings__en_yaml="{play: Play, stop: Stop}")
    manifest = "extends: base\noptions: {width: {type: number, default: 60}}"
    folder(site, "own", manifest, strings__en_yaml="play: Go")
    theme = load(site, shipped, "own", reel="no")
    assert (dict(theme.options)["width"], dict(theme.options)["reel"]) == (60.0, False)
    assert theme.strings == (("play", Entry("en", (("other", "Go"),))), ("stop", Entry("en", (("other", "Stop"),))))


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("accent", "red;background:url(//evil.example)", "expected a colour such as #d07800"),
        ("accent", "#12", "expected a colour such as #d07800"),
        ("density", "compct", 'expected sheet, compact or log; did you mean "compact"?'),
        ("reel", "maybe", 'expected true or false, got "maybe"'),
        ("width", "wide", 'expected a number, got "wide"'),
        ("width", ("1",), "expected a number, got a list"),
        ("logo", {"a": "b"}, "expected text, got a mapping"),
        ("fonts", {}, "expected a list, got a mapping"),
    ],
)
def test_option_of_the_wrong_type_is_refused(site: Path, shipped: Path, key: str, value: object, text: str) -> None:
    folder(site, "own", OPTIONS)
    assert faults(site, shipped, **{key: value}) == [f"error: castsite.yml: bad-value: theme: {key}: {text}"]


def test_unknown_options_are_all_reported_with_near_names(site: Path, shipped: Path) -> None:
    folder(site, "own", OPTIONS)
    first, second = faults(site, shipped, acent="#fff", zzz="1")
    assert first == 'error: castsite.yml: unknown-key: theme: unknown option "acent", did you mean "accent"?'
    assert second == 'error: castsite.yml: unknown-key: theme: unknown option "zzz"'


@pytest.mark.parametrize(
    ("manifest", "text"),
    [
        ("nmae: x", ':1:1: unknown-key: unknown key of a theme "nmae", did you mean "name"?'),
        ("options: [a]", ":1:10: bad-value: options: expected a mapping of options, got a list"),
        (
            "options:\n  accent: red",
            ':2:11: bad-value: options: accent: expected a mapping such as {type: text}, got "red"',
        ),
        (
            "options:\n  a: {type: color}",
            ":2:13: bad-value: options: a: type: expected text, number, bool, colour, list, font, palette,",
        ),
        ("options:\n  a: {type: choice}", ":2:6: bad-value: options: a: choices are missing"),
        (
            "options:\n  a: {type: number, default: x}",
            ':2:30: bad-value: options: a: default: expected a number, got "x"',
        ),
        (
            "options:\n  a: {tpye: text}",
            ':2:7: unknown-key: options: a: unknown key of an option "tpye", did you mean "type"?',
        ),
        (
            "options:\n  class: {}",
            ':2:3: bad-value: options: "class" is no option\'s name; use small letters, digits and _',
        ),
        ("options:\n  _a: {}", ':2:3: bad-value: options: "_a" is no option\'s name; use small letters, digits and _'),
        ("castsite: '99.1'", ":1:11: bad-value: castsite: this theme needs castsite 99.1 or newer; this is "),
        ("castsite: new", ":1:11: bad-value: castsite: expected the oldest version it works with, such as 0.1"),
        (
            "templates: [page.html, gone.html]",
            ':1:24: bad-value: templates: "gone.html" is not in templates/; put it there, or take its name out',
        ),
        ("a: *b", ":1:"),
    ],
)
def test_fault_in_theme_yaml_stops_the_build_with_its_place(
    site: Path, shipped: Path, manifest: str, text: str
) -> None:
    folder(site, "own", manifest, templates__page_html="x")
    (problem,) = faults(site, shipped)
    assert problem.startswith(f"error: themes/own/theme.yaml{text}")


def test_all_faults_are_reported_together(site: Path, shipped: Path) -> None:
    folder(site, "own", OPTIONS + "nmae: x\ntemplates: {}")
    assert len(faults(site, shipped, acent="x", width="y")) == 4


def test_only_checked_colours_become_custom_properties(site: Path, shipped: Path) -> None:
    folder(site, "own", OPTIONS.replace("accent", "now_ink"))
    assert load(site, shipped, "own").style_sheet() == b":root {\n  --now-ink: #dd7700;\n}\n"
    assert load(site, shipped).style_sheet() == b""


# ---- fingerprint


def test_fingerprint_is_that_of_files_and_options_wherever_they_lie(tmp_path: Path, shipped: Path) -> None:
    found = []
    for name in ("one", "two"):
        place = tmp_path / name
        folder(place, "own", OPTIONS, css__a_css="a", templates__page_html="p")
        found.append(load(place, shipped, "own").fingerprint)
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "change", ["template", "static", "new file", "site template", "default theme", "option", "text"]
)
def test_fingerprint_changes_with_everything_that_a_page_can_show(site: Path, shipped: Path, change: str) -> None:
    own = folder(site, "own", OPTIONS, css__a_css="a", templates__page_html="p")
    before = load(site, shipped, "own").fingerprint
    options: dict[str, object] = {}
    if change == "template":
        (own / "templates" / "page.html").write_text("q")
    elif change == "static":
        (own / "css" / "a.css").write_text("b")
    elif change == "new file":
        (own / "templates" / "new.html").write_text("")
    elif change == "site template":
        (site / "templates").mkdir()
        (site / "templates" / "page.html").write_text("p")
    elif change == "default theme":
        (shipped / "default" / "templates" / "page.html").write_text("x")
    elif change == "option":
        options["width"] = "85"
    else:
        (own / "strings").mkdir()
        (own / "strings" / "en.yaml").write_text("a: b")
    assert load(site, shipped, "own", **options).fingerprint != before


# ---- shipped themes


def templates() -> list[Path]:
    return sorted(shipped_themes().rglob("templates/**/*.html"))


SHIPPED = sorted(path.name for path in shipped_themes().iterdir() if path.is_dir())


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "ja"])
def test_shipped_themes_load_without_a_warning(tmp_path: Path, name: str, language: str) -> None:
    theme = load_theme(ThemeChoice(name=name), site=tmp_path, language=language)
    assert theme.problems == ()
    assert theme.static
    assert theme.version


@pytest.mark.parametrize("name", SHIPPED)
def test_style_sheets_of_a_shipped_theme_declare_the_same_layers(tmp_path: Path, name: str) -> None:
    """Those of the default theme come in where another one has none."""
    theme = load_theme(ThemeChoice(name=name), site=tmp_path)
    css = theme.read_static()["css/site.css"].decode()
    assert "@layer tokens, base, layout, components, states, print;" in css
    assert "!important" not in css


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_theme_has_every_property_that_its_style_sheets_ask_for(tmp_path: Path, name: str) -> None:
    theme = load_theme(ThemeChoice(name=name), site=tmp_path)
    sheets = "\n".join(body.decode() for path, body in theme.read_static().items() if path.endswith(".css"))
    asked = set(re.findall(r"var\((--[\w-]+)\)", sheets))  # those with a value to fall back to may be missing
    assert asked - set(re.findall(r"(--[\w-]+):", sheets)) - {"--ratio"} == set()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_sites_theme_may_build_on_any_shipped_one(tmp_path: Path, name: str) -> None:
    folder(tmp_path, "own", f"extends: {name}")
    theme = load_theme(ThemeChoice(name="own"), site=tmp_path)
    below = dict.fromkeys((name, "default"))
    assert [layer.shown for layer in theme.layers] == [f"castsite/themes/{one}/templates" for one in below]
    assert theme.problems == ()


def test_a_theme_is_listed_once_where_castsite_itself_is_the_site() -> None:
    listed = all_themes(shipped_themes().parent)
    assert [(theme.name, theme.problems) for theme in listed] == [(name, ()) for name in SHIPPED]
    assert all(len(theme.description) <= 100 for theme in listed)


LINT = {
    "attribute without quotes": r"=\s*\{[{%]",
    "text passed off as markup": r"\|\s*safe\b",
    "escaping switched off": r"\bautoescape\b",
    "event handler": r"<[^>]*\son[a-z]+\s*=",
    "inline style": r"<[^>]*\sstyle\s*=",
    "inline style sheet": r"<style\b",
    "inline script": r"""<script\b(?![^>]*\ssrc=)(?![^>]*type="application/)""",
    "script in an address": r"javascript:",
    "address of another site": r"""(?:src|href)="(?:https?:)?//""",
}
BAD = {
    "attribute without quotes": "<a href={{ page.href }}>",
    "text passed off as markup": "{{ page.text | safe }}",
    "escaping switched off": "{% autoescape false %}",
    "event handler": '<a href="x" onclick="y()">',
    "inline style": '<p class="a"\n style="color: red">',
    "inline style sheet": "<style>",
    "inline script": "<script type=module>let x</script>",
    "script in an address": '<a href="javascript:x">',
    "address of another site": '<link href="//fonts.example/x.css">',
}


@pytest.mark.parametrize("fault", LINT)
def test_C09_shipped_templates_are_free_of(fault: str) -> None:
    sources = {path: path.read_text() for path in templates()}
    assert len(sources) > 3
    assert [
        f"{path.name}: {match[0]}" for path, text in sources.items() for match in re.finditer(LINT[fault], text)
    ] == []


@pytest.mark.parametrize("fault", LINT)
def test_lint_of_templates_finds_what_it_looks_for(fault: str) -> None:
    assert re.search(LINT[fault], BAD[fault])
    good = '<script type="module" src="{{ a }}"></script><script type="application/json">{{ b }}</script><p class="on">'
    assert not re.search(LINT[fault], good)
