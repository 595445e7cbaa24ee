"""The page of statistics: what is counted, what it leads to, and when it is made again."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Mapping, Sequence

import gallery
import html5lib
import pytest
from gallery import analysis, command, day, line, page, recording, rendered, site, summary
from msgspec.structs import replace

from castsite.analysis.model import Analysis
from castsite.analysis.uses import LENGTH, MOST_COMMANDS, MOST_PROGRAMS, Use, uses
from castsite.config import SiteConfig
from castsite.render.images.bars import Tick, bars
from castsite.render.periods import MOST, spans
from castsite.render.usage import Ledger
from castsite.site.model import Meta, Recording, Site

STATS = "stats/index.html"


def parsed(html: str) -> object:
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


def text(html: str, path: str) -> list[str]:
    return [" ".join("".join(node.itertext()).split()) for node in parsed(html).iterfind(path)]  # type: ignore[attr-defined]


def links(html: str, path: str) -> list[str]:
    return [node.get("href") for node in parsed(html).iterfind(path)]  # type: ignore[attr-defined]


def typed(*commands: tuple[float, str], seconds: float = 60) -> Analysis:
    """Give a recording of commands with the seconds at which each was entered, a quarter after its prompt stood."""
    found = [command(at - 0.25, said)._replace(accepted=round(at * 1_000_000)) for at, said in commands]
    return analysis(line(1, "x"), commands=found, seconds=seconds)


def made(analyses: Mapping[str, Analysis], dates: Mapping[str, str] | None = None, **changes: object) -> Site:
    given = dates or {}
    return site(
        *(
            recording(slug, of, date=day(given[slug]) if slug in given else None, **changes)
            for slug, of in analyses.items()
        )
    )


def shown(analyses: Mapping[str, Analysis], dates: Mapping[str, str] | None = None) -> str:
    return rendered(made(analyses, dates), analyses)[STATS]


def rows(html: str, table: str) -> list[list[str]]:
    """Read a table as it is where there is room for columns."""
    html = re.sub('<span class="told">[^<]*</span>', "", html)
    found = parsed(html).iterfind(f".//table[@class='figures{table}']/tbody/tr")  # type: ignore[attr-defined]
    return [[" ".join("".join(cell.itertext()).split()) for cell in row] for row in found]


# ---- what is counted


def test_everything_that_is_listed_is_counted() -> None:
    of = typed((1, "make"), (2, "make test"), seconds=3700)
    html = rendered(site(recording("a", of), recording("b/c"), page("about"), page("blog/post")))[STATS]
    assert text(html, ".//dl[@class='sums']/div/dd") == ["2", "1:01:52", "3", "3", "2"]
    assert text(html, ".//dl[@class='sums']/div/dt") == ["Recordings", "Length", "Lines", "Commands", "Pages"]


def test_C19_what_is_not_listed_is_nowhere_on_it() -> None:
    told = {slug: typed((1, f"{slug}-tool run"), (2, f"{slug}-tool run")) for slug in ("seen", "secret", "gone")}
    of = site(
        recording("seen", told["seen"], date=day("2026-01-01")),
        recording("secret", told["secret"], date=day("2024-01-01"), state="unlisted"),
        recording("gone", told["gone"], date=day("2025-01-01"), state="expired"),
        page("hidden", state="unlisted"),
    )
    html = rendered(of, told)[STATS]
    assert "seen-tool" in html
    assert "secret" not in html.lower()
    assert "gone" not in html
    assert "2024" not in html
    assert text(html, ".//dl[@class='sums']/div/dd") == ["1", "1:00", "1", "2"]


@pytest.mark.parametrize("items", [(), (page("about"),), (recording("a", state="unlisted"),)])
def test_without_recordings_there_is_no_page_and_no_link_to_it(items: tuple[Recording, ...]) -> None:
    pages = rendered(site(*items))
    assert STATS not in pages
    assert "stats/" not in pages["index.html"]


def test_the_home_page_leads_to_it_and_it_leads_home() -> None:
    for theme in ("default", "paper"):
        pages = rendered(site(recording("a")), theme=theme)
        assert "stats/" in links(pages["index.html"], ".//div[@class='bar']/p/a")
        assert "../" in links(pages[STATS], ".//nav/ol/li/a")


# ---- by month


def test_months_without_recordings_are_there_and_what_has_no_date_comes_last() -> None:
    dates = {"a": "2025-11-30", "b": "2026-02-01", "c": "2026-02-28"}
    html = shown({slug: typed(seconds=60) for slug in ("a", "b", "c", "d")}, dates)
    assert rows(html, "") == [
        ["Nov 2025", "1", "1:00"],
        ["Dec 2025", "0", "0:00"],
        ["Jan 2026", "0", "0:00"],
        ["Feb 2026", "2", "2:00"],
        ["Undated", "1", "1:00"],
    ]
    assert [one.get("datetime") for one in parsed(html).iterfind(".//tbody/tr/th/time")] == [  # type: ignore[attr-defined]
        "2025-11", "2025-12", "2026-01", "2026-02",
    ]  # fmt: skip
    assert text(html, ".//figure/figcaption") == [
        "Recordings most in Feb 2026: 2 recordings",
        "Length most in Feb 2026: 2:00",
    ]
    assert text(html, ".//h2")[0] == "By month"


def test_the_first_and_the_last_of_what_is_drawn_are_named() -> None:
    def named(*dates: str) -> list[str]:
        found = (recording(f"r{number}", date=day(date)) for number, date in enumerate(dates))
        return re.findall(r"<text[^>]*>([^<]*)", rendered(site(*found))[STATS].partition("</figure>")[0])

    assert "2026" in named("2017-05-01", "2026-02-01")
    assert "2026" in named("2009-05-01", "2026-02-01")
    assert "Apr 2026" in named("2026-02-01", "2026-04-01")


def test_a_highest_value_that_several_months_have_is_told_of_none() -> None:
    html = shown({"a": typed(), "b": typed(seconds=90)}, {"a": "2026-01-01", "b": "2026-02-01"})
    assert text(html, ".//figure/figcaption") == ["Recordings at most 1 recording", "Length most in Feb 2026: 1:30"]


def test_one_month_is_not_drawn() -> None:
    html = shown({"a": typed(), "b": typed()}, {"a": "2026-02-01", "b": "2026-02-02"})
    assert "By month" not in html
    assert "<figure>" not in html


def test_beyond_120_months_years_are_counted_and_beyond_120_years_tens_of_them() -> None:
    def at(*dates: str) -> tuple[Recording, ...]:
        return tuple(recording(f"r{number}", date=day(date)) for number, date in enumerate(dates))

    assert len(spans(at("2016-01-01", "2025-12-31"))) == MOST
    years = spans(at("2016-01-01", "2016-12-31", "2026-01-01"))
    assert [span.recordings for span in years] == [2, *[0] * 9, 1]
    assert (years[0].first.isoformat(), years[0].last.isoformat()) == ("2016-01-01", "2016-12-01")
    tens = spans(at("1900-01-01", "2026-01-01"))
    assert (len(tens), tens[0].last.isoformat()) == (13, "1909-12-01")
    assert len(spans(at("0001-01-01", "9999-12-31"))) == 100
    html = rendered(site(*at("1900-01-01", "2026-01-01")))[STATS]
    assert rows(html, "")[-1] == ["2020–2029", "1", "0:12"]
    assert text(html, ".//h2")[0] == "By year"


def test_a_bar_is_as_tall_as_its_value_and_nothing_is_drawn_where_there_is_none() -> None:
    drawn = bars([4, 0, 1, 1000], ["a", "b", "<c>", "d"], [Tick(0, "2025")])
    assert drawn.count('class="bars"') == 3
    assert drawn.count("<title>") == 4
    assert "<title>&lt;c&gt;</title>" in drawn
    assert 'd="M96 64v-64h31v64z"' in drawn
    assert 'd="M0 64v-2h31v2z"' in drawn  # too small to be seen, and yet there


def test_labels_below_a_drawing_do_not_touch() -> None:
    months = [Tick(0, "Nov 2020"), *(Tick(at, str(2021 + at // 12)) for at in range(2, 62, 12))]
    drawn = bars([1] * 62, ["x"] * 62, months)
    assert "Nov 2020" not in drawn  # 2021 stands two bars away
    assert [f">{year}<" in drawn for year in range(2021, 2026)] == [True] * 5
    assert 'x="100%" text-anchor="end" y="81">2026<' in bars([1] * 62, ["x"] * 62, [*months, Tick(61, "2026")])
    assert ">Feb 2026<" in bars([1, 1], ["x", "y"], [Tick(0, "Feb 2026")])


# ---- what was used


def test_tools_are_told_with_the_seconds_of_their_first_use_in_the_newest_recordings() -> None:
    told = {
        "a": typed((1.5, "git status"), (20, "git add . && git commit")),
        "b/c": typed((61.25, "sudo git log | less")),
        "d": typed((3, "git push"), (4, "make")),
        "e": typed((5, "git pull")),
        "f": typed((0, "cd /tmp"), (1, "ls")),
    }
    dates = {"a": "2026-01-01", "b/c": "2026-03-01", "d": "2026-02-01"}
    html = shown(told, dates)
    assert rows(html, " used tools") == [
        ["git", "6", "4", "1:01 C0:03 D0:01 A"],
        ["less", "1", "1", "1:01 C"],
        ["make", "1", "1", "0:04 D"],
    ]
    assert links(html, ".//table[@class='figures used tools']//a") == [
        "../b/c/?t=61.25", "../d/?t=3", "../a/?t=1.5", "../b/c/?t=61.25", "../d/?t=4",
    ]  # fmt: skip


def test_command_lines_are_told_that_were_used_twice() -> None:
    told = {
        "a": typed((1, "make  test"), (2, "make\ttest"), (3, "once")),
        "b": typed((4, "for f in *\ndo\n  ls\ndone"), (5, "make test ")),
        "c": typed((6, "for f in * do ls done")),
    }
    html = shown(told)
    assert [row[:3] for row in rows(html, " used lines")] == [
        ["make test", "3", "2"],
        ["for f in * do ls done", "2", "2"],
    ]
    assert links(html, ".//table[@class='figures used lines']//a") == [
        "../a/?t=1",
        "../b/?t=5",
        "../b/?t=4",
        "../c/?t=6",
    ]


def test_equals_stand_by_the_number_of_recordings_then_by_name() -> None:
    told = {
        "a": typed((1, "zeta"), (2, "beta"), (3, "beta"), (4, "alpha"), (5, "alpha")),
        "b": typed((1, "zeta")),
    }
    assert [row[0] for row in rows(shown(told), " used tools")] == ["zeta", "alpha", "beta"]


def test_at_most_twenty_are_named() -> None:
    told = {"a": typed(*((at, f"tool{chr(97 + at % 25)} x") for at in range(50)))}
    html = shown(told)
    assert len(rows(html, " used tools")) == len(rows(html, " used lines")) == 20


def test_what_was_typed_into_other_programs_is_no_command_of_the_gallery() -> None:
    of = analysis(commands=[command(1, "select 1", kind="repl"), command(2, "select 1", kind="repl")])
    html = shown({"a": of})
    assert "select" not in html
    assert "used" not in html.partition("</head>")[2]


def test_hostile_commands_are_shown_and_do_nothing() -> None:
    hostile = ["<script>alert(1)</script>", "echo \u202egnp.exe", "x" * 5000, "a\x00b\ud800 \x1b[31m", '" onclick="x']
    told = {"a": typed(*((at, said) for at, said in enumerate(hostile * 2)))}
    html = rendered(made(told), told)[STATS]
    parsed(html)
    assert "<script>alert" not in html
    assert "\u202e" not in html
    shown_lines = {row[0] for row in rows(html, " used lines")}
    assert shown_lines == {
        "<script>alert(1)</script>",
        "echo \\u{202e}gnp.exe",
        f"{'x' * (LENGTH - 1)}…",
        "ab\ufffd [31m",
        '" onclick="x',
    }


def test_comments_are_no_commands() -> None:
    told = {
        slug: typed((1, "# Deploy the pods"), (2, "  # and wait"), (3, "make # all"), (4, "make # all"))
        for slug in ("a", "b")
    }
    html = shown(told)
    assert [row[0] for row in rows(html, " used lines")] == ["make # all"]
    assert [row[0] for row in rows(html, " used tools")] == ["make"]


@pytest.mark.parametrize(("language", "number"), [("en", "1,200"), ("de", "1.200"), ("fr", "1\u202f200")])
def test_digits_are_grouped_as_in_the_language_of_the_site(language: str, number: str) -> None:
    told = {slug: typed(*((at, "make") for at in range(600)), seconds=700) for slug in ("a", "b")}
    of = made(told)
    pages = rendered(replace(of, config=replace(of.config, language=language)), told)
    assert f"<dd>{number}</dd>" in pages[STATS]
    assert f'<span class="bare">{number}</span><span class="told">{number} ' in pages[STATS]


def test_uses_of_one_recording_are_bounded() -> None:
    many = [command(at, f"tool{chr(97 + at % 26)}{chr(97 + at // 26)} {at}") for at in range(500)]
    found = uses([*many, many[0], many[-1]])
    assert (len(found.programs), len(found.commands)) == (MOST_PROGRAMS, MOST_COMMANDS)
    assert found.commands[0] == Use("toolaa 0", 2, 500_000)
    assert {use.time for use in found.commands} == {at * 1_000_000 + 500_000 for at in range(MOST_COMMANDS)}


def test_the_rarest_are_forgotten_where_there_are_too_many() -> None:
    ledger, one = Ledger(most=4), recording("a")
    ledger.add(one, [Use("often", 3, 0), Use("b", 1, 0), Use("a", 1, 0), Use("twice", 2, 0)])
    assert [entry.text for entry in ledger.top(9)] == ["often", "twice", "a", "b"]
    ledger.add(one, [Use("c", 1, 0)])
    assert [entry.text for entry in ledger.top(9)] == ["often", "twice"]
    ledger.add(one, [Use("c", 1, 7)])
    assert [(entry.text, entry.count) for entry in ledger.top(9, least=1)] == [("often", 3), ("twice", 2), ("c", 1)]


# ---- the longest and the newest


def test_five_are_the_longest_and_five_with_a_date_the_newest() -> None:
    told = {f"r{at}": typed(seconds=10 + at % 3) for at in range(7)}
    html = shown(told, {f"r{at}": f"2026-01-{1 + at // 2:02}" for at in range(6)})
    longest, newest = (
        [" ".join("".join(one.itertext()).split()) for one in each.iterfind("li/a")]
        for each in parsed(html).iterfind(".//ol[@class='rows']")  # type: ignore[attr-defined]
    )
    assert longest == ["R2", "R5", "R1", "R4", "R0"]
    assert newest == ["R4", "R5", "R2", "R3", "R0"]


# ---- when it is made again


def key(of: Site) -> str:
    (found,) = [artifact.key for artifact in gallery.artifacts(of) if artifact.path == STATS]
    return found


def test_its_key_changes_with_what_it_shows_and_with_nothing_else() -> None:
    # six that are longer and newer than those that change, so that these are on no list of a few
    others = [
        recording(f"o{at}", date=day("2026-03-01"), summary=summary(gallery.SMALL, duration=90_000_000))
        for at in range(6)
    ]
    one = recording("z/one", date=day("2026-01-01"))
    before = key(site(*others, one, page("about")))

    def after(*items: object) -> bool:
        return key(site(*others, *items)) != before

    assert not after(one, page("about"))
    newest = replace(others[0], meta=Meta(description="See ![](../z/one.cast)"))
    assert key(site(newest, *others[1:], one, page("about"))) == before
    assert not after(replace(one, body="Other words.", options=(("speed", 2.0),)), page("about", "Other words."))
    assert after(replace(one, title="Other"), page("about"))
    assert after(replace(one, key="other"), page("about"))
    assert after(replace(one, date=day("2026-02-01")), page("about"))
    assert after(replace(one, state="unlisted"), page("about"))
    assert after(replace(one, summary=summary(gallery.SMALL, lines=3)), page("about"))
    assert after(replace(one, summary=summary(gallery.SMALL, duration=3)), page("about"))
    assert after(one, page("about", state="unlisted"))
    assert after(one, page("about"), page("more"))


def test_nothing_is_read_before_it_is_made_and_then_one_recording_after_the_other() -> None:
    templates, assets = gallery.theme_files()
    read: list[str] = []

    def load_uses(keys: Sequence[str]) -> Iterator[object]:
        for key in keys:
            read.append(key)
            yield uses(gallery.SMALL.shown_commands)

    silent = recording("silent", analysis())
    found = gallery.pages(
        gallery.shelve(site(recording("b", date=day("2026-01-01")), recording("a"), silent), {}),
        templates=templates,
        assets=assets,
        load=lambda _: gallery.SMALL,
        load_uses=load_uses,
        fingerprint="f",
    )
    (stats,) = [one for one in found if one.path == STATS]
    assert stats.key
    assert read == []
    stats.body()
    assert read == ["key of b", "key of a"]


# ---- how much it is


@pytest.mark.parametrize("theme", ["default", "paper"])
def test_the_largest_page_is_no_heavier_than(theme: str) -> None:
    told = {
        f"folder/recording-{at}": typed(*((n * 7.31, f"tool{chr(97 + (n + at) % 26)} {'w' * 100}") for n in range(9)))
        for at in range(240)
    }
    dates = {slug: f"{2016 + at // 24}-{1 + at // 2 % 12:02}-15" for at, slug in enumerate(told)}
    of = made(told, dates, title="A rather long title of a recording, as people write them")
    html = rendered(of, told, theme=theme)[STATS]
    assert html.count("<g><title>") == 2 * MOST
    assert len(gzip.compress(html.encode())) <= 20 * 1024


def test_it_speaks_the_language_of_the_site() -> None:
    of = site(
        recording("a", date=day("2026-03-01")),
        recording("b", date=day("2026-01-01")),
        config=SiteConfig(title="S", language="de"),
    )
    html = rendered(of)[STATS]
    assert rows(html, "")[-1][0] == "März 2026"
    assert text(html, ".//h1") == ["Statistik"]
