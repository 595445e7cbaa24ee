"""Options of the default theme: each has an effect, and a wrong one is told with its cure."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import gallery
import pytest
from gallery import analysis, day, recording, site
from hypothesis import given
from hypothesis import strategies as st

from castsite.cast.events import TerminalTheme
from castsite.config import SiteConfig, load_config
from castsite.errors import ConfigError, Place
from castsite.render.assets import make_assets, shipped_files
from castsite.render.choices import Choices, choices
from castsite.render.env import load_templates
from castsite.render.images.palette import PALETTES
from castsite.render.listing import lead_problems
from castsite.render.looks import palette_of, terminal_sheet
from castsite.render.masthead import footer_problems
from castsite.render.pages import pages
from castsite.render.shelf import shelve
from castsite.render.words import Words
from castsite.site.model import Site
from castsite.theme import Theme, load_theme, shipped_themes
from castsite.theme.accent import TEXT, Accent, Pair, accent_rules
from castsite.theme.colour import contrast

CSS = {name: (shipped_themes() / name / "css" / "site.css").read_text() for name in ("default", "paper")}
ACCENT = '{now: ["#0b6272", "#5fd3e6"], ink: ["#0b6272", "#7fe0f0"], wash: ["#d9f3f7", "#06282e"]}'
COLOURS = ", ".join(['"#101010"'] * 8)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 30"><path d="M0 0h9"/></svg>'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "brand.svg").write_text(SVG)
    return tmp_path


def themed(project: Path, options: str, name: str = "default") -> Theme:
    config = load_config(f"theme:\n  name: {name}\n  options: {{{options}}}\n").config
    return load_theme(config.theme, site=project)


def told(project: Path, options: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        themed(project, options)
    return [str(problem._replace(place=Place(problem.place.path))) for problem in caught.value.problems]


def test_what_is_wrong_is_told_with_its_place(project: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        themed(project, "logo: gone.svg, density: compct")
    assert [(one.place.line, one.place.column) for one in caught.value.problems] == [(3, 38), (3, 19)]


def built(project: Path, options: str, of: Site, name: str = "default") -> dict[str, str]:
    theme = themed(project, options, name)
    assets = make_assets({**shipped_files(), **theme.read_static()})
    templates = load_templates(theme.layers, words=Words(theme.strings), variables={"theme": theme.option_values()})
    made = pages(
        shelve(of, {}),
        templates=templates,
        assets=assets,
        load=lambda _: gallery.SMALL,
        fingerprint="",
        choices=choices(theme),
    )
    return {artifact.path: artifact.body().decode() for artifact in made}


def home(project: Path, options: str, name: str = "default", **config: Any) -> str:
    dates = (day("2026-01-01"), day("2026-03-01"), day("2026-02-01"))
    of = site(
        *(recording(f"demo/r{at}", date=date) for at, date in enumerate(dates)),
        *(recording(f"more/r{at}", analysis(seconds=30)) for at in range(4)),
        config=SiteConfig(title="Scrollback", **config),
    )
    return built(project, options, of, name)["index.html"]


def root(html: str) -> str:
    found = re.search(r"<html[^>]*>", html)
    assert found
    return found[0]


# ---- accent


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")
    assert contrast("#123456", "#123456") == 1


@given(st.text("0123456789abcdef", min_size=6, max_size=6))
def test_text_over_any_mark_can_be_read(digits: str) -> None:
    pair = Pair(f"#{digits}", f"#{digits}")
    rules = accent_rules(Accent(pair, pair, pair))
    over = re.search(r"--over-now: light-dark\((#\w+),", rules)[1]
    assert contrast(over, f"#{digits}") >= TEXT


def test_an_accent_sets_the_three_tokens_in_both_schemes(project: Path) -> None:
    assert themed(project, f"accent: {ACCENT}").style_sheet().decode() == (
        ":root {\n"
        "  --now: light-dark(#0b6272, #5fd3e6);\n"
        "  --now-ink: light-dark(#0b6272, #7fe0f0);\n"
        "  --now-wash: light-dark(#d9f3f7, #06282e);\n"
        "  --over-now: light-dark(#ffffff, #101213);\n"
        "}\n"
    )


@pytest.mark.parametrize("name", CSS)
def test_the_themes_own_accent_would_be_accepted(project: Path, name: str) -> None:
    pairs = dict(re.findall(r"--(now|now-ink|now-wash): light-dark\((#\w{6}, #\w{6})\);", CSS[name]))
    written = {key: '["{}", "{}"]'.format(*pairs[name].split(", ")) for key, name in TOKENS.items()}
    themed(project, "accent: {" + ", ".join(f"{key}: {pair}" for key, pair in written.items()) + "}", name)


TOKENS = {"now": "now", "ink": "now-ink", "wash": "now-wash"}


@pytest.mark.parametrize("name", CSS)
def test_it_is_measured_on_the_papers_of_the_style_sheet(project: Path, name: str) -> None:
    paper = re.search(r"--paper: light-dark\((#\w+), (#\w+)\)", CSS[name])
    (accent,) = [option for option in themed(project, "", name).declared if option.key == "accent"]
    assert paper
    assert accent.papers == paper.groups()


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (
            'now: ["#0b6272"',
            'now: ["#f0c000"',
            "now: #f0c000 on the light page #fafaf7 has a contrast of 1.6, needs 3; take a darker one",
        ),
        (
            '"#5fd3e6"',
            '"#202020"',
            "now: #202020 on the dark page #0b0c0d has a contrast of 1.2, needs 3; take a lighter one",
        ),
        (
            'ink: ["#0b6272"',
            'ink: ["#d07800"',
            "ink: #d07800 on the light page #fafaf7 has a contrast of 3.2, needs 4.5; take a darker one",
        ),
        (
            '"#06282e"',
            '"#d0f0f0"',
            "ink: #7fe0f0 on its dark wash #d0f0f0 has a contrast of 1.3, needs 4.5; take a darker one",
        ),
    ],
)
def test_an_accent_that_could_not_be_seen_is_refused(project: Path, old: str, new: str, text: str) -> None:
    assert f"error: castsite.yml: bad-value: theme: accent: {text}" in told(
        project, f"accent: {ACCENT.replace(old, new)}"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("teal", "accent: expected {now: "),
        ('{now: ["#0b6272", "#5fd3e6"]}', "accent: needs ink and wash, such as {now: "),
        (ACCENT.replace('"#5fd3e6"', '"blue"'), "accent: now: expected a colour such as #d07800"),
        (ACCENT.replace('["#0b6272", "#5fd3e6"]', '"#0b6272"'), "accent: now: expected a light and a dark colour"),
        (ACCENT.replace("wash", "wsah"), 'accent: unknown key of an accent "wsah", did you mean "wash"?'),
    ],
)
def test_an_accent_is_three_pairs_of_colours(project: Path, value: str, text: str) -> None:
    assert any(f"theme: {text}" in problem for problem in told(project, f"accent: {value}"))


# ---- scheme, density, reel, lead


def test_without_options_the_reader_decides(project: Path) -> None:
    assert root(home(project, "")) == '<html lang="en" dir="ltr">'


@pytest.mark.parametrize(
    ("options", "attribute"),
    [
        ("scheme: dark", 'data-scheme="dark"'),
        ("scheme: light", 'data-scheme="light"'),
        ("density: log", 'data-view="log"'),
        ("density: compact", 'data-density="compact"'),
    ],
)
def test_scheme_and_density_stand_on_the_root(project: Path, options: str, attribute: str) -> None:
    assert root(home(project, options)) == f'<html lang="en" dir="ltr" {attribute}>'


def test_the_reel_can_be_left_out(project: Path) -> None:
    assert "data-reel" in home(project, "")
    assert "data-reel" not in home(project, "reel: no")


def lead(html: str) -> str | None:
    found = re.search(r'<h2 id="lead"[^>]*><a href="([^"]+)"', html)
    return found and found[1]


@pytest.mark.parametrize(
    ("options", "href"),
    [
        ("", "demo/r1/"),
        ("lead: newest", "demo/r1/"),
        ("lead: none", None),
        ("lead: more/r2", "more/r2/"),
        ("lead: /demo/r0/", "demo/r0/"),
        ("lead: demo/r9", None),
    ],
)
def test_the_lead_is_the_newest_or_a_chosen_one(project: Path, options: str, href: str | None) -> None:
    html = home(project, options)
    assert lead(html) == href
    assert ("Newest, " in html) == (href == "demo/r1/")


def test_a_lead_that_is_not_there_is_told_with_a_near_one() -> None:
    shelf = shelve(site(recording("demo/tour"), recording("demo/secret", state="unlisted")), {})
    assert [list(lead_problems(shelf, name)) for name in ("newest", "none", "demo/tour", "/demo/tour/")] == [[]] * 4
    found = [str(problem) for name in ("demo/tuor", "zzz", "demo/secret") for problem in lead_problems(shelf, name)]
    where, what = found[0].split("theme: ")
    assert where == "warning: castsite.yml: unknown-recording: "
    assert what == 'lead: no recording is at "demo/tuor", did you mean "demo/tour"?'
    assert found[1].endswith('is at "zzz"; write newest, none or the address of a listed one')
    assert len(found) == 3


# ---- font


def test_own_typefaces_come_before_those_of_the_system(project: Path) -> None:
    theme = themed(project, "font: {sans: 'Inter, Noto Sans', mono: Fira Code}")
    css = theme.style_sheet().decode()
    assert '  --sans: "Inter", "Noto Sans", system-ui, ' in css
    assert '  --mono: "Fira Code", ui-monospace, ' in css
    assert choices(theme).typefaces == ()


@pytest.mark.parametrize(
    ("value", "preloaded"),
    [("default", 2), ("system", 0), ("{mono: Fira Code}", 1), ("{sans: Inter}", 1)],
)
def test_only_typefaces_that_are_used_are_fetched_early(project: Path, value: str, preloaded: int) -> None:
    assert home(project, f"font: {value}").count('rel="preload"') == preloaded
    css = themed(project, f"font: {value}").style_sheet().decode()
    assert css.count("--sans") + css.count("--mono") == 2 - preloaded


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("sytem", 'font: expected default, system or {sans, serif, mono}; did you mean "system"?'),
        ("{sans: 'a;}b{'}", 'font: sans: "a;}b{" is no typeface\'s name; use letters, digits, blanks, - and _'),
        ("{snas: Inter}", 'font: unknown kind of typeface "snas", did you mean "sans"?'),
    ],
)
def test_a_wrong_typeface_is_told(project: Path, value: str, text: str) -> None:
    assert [problem.partition("theme: ")[2] for problem in told(project, f"font: {value}")] == [text]


def test_a_theme_fetches_only_the_typefaces_early_that_it_is_set_in(project: Path) -> None:
    (found,) = re.findall(r'rel="preload" href="([^"]+)"', home(project, "", "paper"))
    assert "jetbrains-mono" in found
    assert "preload" not in home(project, "font: system", "paper")
    assert '  --serif: "Charter", ' in themed(project, "font: {serif: Charter}", "paper").style_sheet().decode()


# ---- the paper theme


def test_the_paper_theme_has_a_line_of_all_recordings_only_when_asked(project: Path) -> None:
    assert "data-reel" not in home(project, "", "paper")
    assert "data-reel" in home(project, "reel: yes", "paper")


def test_the_paper_theme_takes_what_the_default_one_takes(project: Path) -> None:
    html = home(project, "scheme: dark, density: compact, lead: none, footer: '*Ours*', logo: brand.svg", "paper")
    assert root(html) == '<html lang="en" dir="ltr" data-scheme="dark" data-density="compact">'
    assert lead(html) is None
    assert "<em>Ours</em>" in html
    assert 'class="logo"' in html
    assert lead(home(project, "", "paper")) == "demo/r1/"
    with pytest.raises(ConfigError, match="density: expected roomy or compact"):
        themed(project, "density: log", "paper")


# ---- terminal


def test_a_terminal_theme_by_name_colours_posters_and_player(project: Path) -> None:
    terminal = choices(themed(project, "terminal: dracula")).terminal
    plain, own = recording("a"), recording("b", options=(("theme", "nord"),))
    assert palette_of(plain, terminal) == PALETTES["dracula"]
    assert palette_of(own, terminal) == PALETTES["nord"]
    assert b"--term-color-background:#282a36" in terminal_sheet(terminal)
    assert terminal_sheet(Choices().terminal) == b""
    made = built(project, "terminal: dracula", site(plain, own))
    assert '"theme":"auto/dracula"' in made["a/index.html"]
    assert '"theme":"nord"' in made["b/index.html"]


def test_a_terminal_theme_of_ones_own_is_one_the_player_finds(project: Path) -> None:
    written = f'terminal: {{foreground: "#eee", background: "#101010", palette: [{COLOURS}]}}'
    terminal = choices(themed(project, written)).terminal
    assert palette_of(recording("a"), terminal).foreground == "#eeeeee"
    assert terminal_sheet(terminal).startswith(
        b":root, .asciinema-player-theme-castsite {--term-color-foreground:#eeeeee;"
    )
    recorded = TerminalTheme("#ffffff", "#000000", ("#123456",) * 8)
    shown = recording("b", summary=gallery.summary(gallery.SMALL, theme=recorded))
    assert palette_of(shown, terminal).colours[0] == "#123456"
    assert '"theme":"auto/castsite"' in built(project, written, site(recording("a")))["a/index.html"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("dracla", 'terminal: unknown terminal theme "dracla", did you mean "dracula"?'),
        ('{foreground: "#fff"}', "terminal: needs background and palette, such as {foreground: "),
        (
            '{foreground: "#fff", background: "#000", palette: ["#fff"]}',
            "terminal: palette: expected a list of 8 or 16 colours, got 1 of them",
        ),
        (
            f'{{foreground: white, background: "#000", palette: [{COLOURS}]}}',
            "terminal: foreground: expected a colour such as #d07800",
        ),
    ],
)
def test_a_wrong_terminal_theme_is_told(project: Path, value: str, text: str) -> None:
    (problem,) = told(project, f"terminal: {value}")
    assert problem.startswith(f"error: castsite.yml: bad-value: theme: {text}")


# ---- logo, footer, credits

NO_PICTURE = "logo: expected a picture in the folder of castsite.yml, .svg, .png, .webp, .avif or .jpg"


def test_a_logo_stands_in_the_place_of_the_mark_at_its_own_size(project: Path) -> None:
    found = re.search(
        r'<img class="logo" src="(assets/icons/logo\.\w+\.svg)" alt="" width="120" height="30">',
        html := home(project, "logo: brand.svg"),
    )
    assert found
    assert '<path class="cursor"' not in html
    assert '<path class="cursor"' in home(project, "")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("gone.svg", 'logo: there is no file "gone.svg" beside castsite.yml'),
        (
            "../brand.svg",
            f'{NO_PICTURE}, got "../brand.svg"',
        ),
        (
            "castsite.yml",
            f'{NO_PICTURE}, got "castsite.yml"',
        ),
        ("flat.svg", 'logo: "flat.svg" has no usable viewBox; write one such as viewBox="0 0 120 40" into its <svg>'),
        ("fake.png", 'logo: "fake.png" cannot be shown: '),
    ],
)
def test_a_logo_that_cannot_be_shown_is_told(project: Path, value: str, text: str) -> None:
    (project / "flat.svg").write_text("<svg></svg>")
    (project / "fake.png").write_text("no picture")
    (problem,) = told(project, f"logo: {value}")
    assert problem.startswith(f"error: castsite.yml: bad-value: theme: {text}")


def test_the_footer_is_a_line_of_markdown_and_never_markup(project: Path) -> None:
    html = home(project, "footer: 'Kept by *us*, <b>see</b> [a tour](demo/r0.cast)'")
    assert '<span>Kept by <em>us</em>, &lt;b&gt;see&lt;/b&gt; <a href="demo/r0/">a tour</a></span>' in html


def test_a_footers_broken_link_is_told() -> None:
    shelf = shelve(site(recording("demo/tour")), {})
    assert list(footer_problems(shelf, "")) == []
    (problem,) = footer_problems(shelf, "[x](demo/gone.cast)")
    assert str(problem).startswith("warning: castsite.yml")


def test_the_footer_leads_to_the_licences_of_all_that_is_shipped(project: Path) -> None:
    made = built(project, "", site(recording("a")))
    (path,) = [path for path in made if path.startswith("assets/credits.")]
    assert f'<a href="../{path}">Licences</a>' in made["a/index.html"]
    for text in ("SIL OPEN FONT LICENSE", "Apache License", "Instrument Sans", "JetBrains Mono", "asciinema-player"):
        assert text in made[path]


# ---- all of them


def test_every_option_is_documented_and_has_a_doc(project: Path) -> None:
    text = (Path(__file__).parents[1] / "docs" / "themes.md").read_text()
    table = re.findall(
        r"^\| `(\w+)` \|.*\|$", text.partition("## Options of the default theme")[2].partition("\n## ")[0], re.MULTILINE
    )
    declared = themed(project, "").declared
    assert sorted(table) == [option.key for option in declared]
    assert all(option.doc.endswith(".") for option in declared)


def test_every_option_of_the_paper_theme_is_documented() -> None:
    docs = (Path(__file__).parents[1] / "docs" / "themes.md").read_text()
    section = docs.partition("## Options of the paper theme")[2].partition("\n## ")[0]
    manifest = (shipped_themes() / "paper" / "theme.yaml").read_text()
    own = re.findall(r"^  (\w+):$", manifest.partition("\noptions:")[2], re.MULTILINE)
    assert own
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == own


def test_an_unknown_option_names_the_near_one(project: Path) -> None:
    assert told(project, "acent: x") == [
        'error: castsite.yml: unknown-key: theme: unknown option "acent", did you mean "accent"?'
    ]
