"""A gallery by hand: a site is what a test says it is, and its pages are made of values alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from castsite.analysis.model import TRACE_SLICES, Analysis, Chapter, Command, Line
from castsite.artifact import Publishable
from castsite.config import SiteConfig, ThemeChoice
from castsite.errors import Place
from castsite.render.assets import Assets, make_assets, shipped_files
from castsite.render.choices import choices
from castsite.render.env import Templates, load_templates
from castsite.render.moved import MOVED, Signpost, alias_pages
from castsite.render.pages import pages
from castsite.render.private import Locked
from castsite.render.shelf import shelve
from castsite.render.words import Words
from castsite.schema.values import Day, Part
from castsite.site.model import Alias, Meta, Page, Recording, Section, Site, Summary
from castsite.site.order import DEFAULT_SORT, in_order
from castsite.site.taxonomy import classify, facets
from castsite.site.urls import slugify
from castsite.terminal import Cursor, Run, Snapshot, Style
from castsite.theme import Theme, load_theme

SECOND = 1_000_000


def day(text: str) -> Day:
    return Day(datetime.fromisoformat(text).replace(tzinfo=UTC))


def line(seconds: float, text: str) -> Line:
    return Line(round(seconds * SECOND), round(seconds * SECOND), text)


def command(seconds: float, text: str, **kinds: Any) -> Command:
    about: dict[str, Any] = {"prompt": "$ ", "source": "prompt", "kind": "shell", "confidence": 0.95} | kinds
    return Command(round(seconds * SECOND), round((seconds + 0.5) * SECOND), text, **about)


def chapter(seconds: float, title: str) -> Chapter:
    return Chapter(round(seconds * SECOND), title)


def snapshot(*rows: str, cols: int = 80, height: int = 24) -> Snapshot:
    runs = tuple(
        (Run(0, len(row), row, Style(fg=2 if at % 2 else None)),) if row else () for at, row in enumerate(rows)
    )
    return Snapshot(cols, height, (*runs, *((),) * (height - len(runs))), Cursor(0, min(len(rows), height - 1), True))


def analysis(
    *lines: Line,
    commands: Iterable[Command] = (),
    chapters: Iterable[Chapter] = (),
    seconds: float = 12,
    cols: int = 80,
    rows: int = 24,
    **changes: Any,
) -> Analysis:
    marks = tuple(chapters)
    facts: dict[str, Any] = {
        "duration": round(seconds * SECOND),
        "cols": cols,
        "rows": rows,
        "max_cols": cols,
        "max_rows": rows,
        "resized": False,
        "events": len(lines),
        "lines": lines,
        "commands": tuple(commands),
        "chapters": marks,
        "chapters_from": "markers" if marks else "none",
        "poster": snapshot(*(line.text[:cols] for line in lines[:rows]), cols=cols, height=rows),
        "poster_time": round(seconds * 0.8 * SECOND),
        "activity": tuple(at % 7 for at in range(TRACE_SLICES)),
        "cut_off": False,
    }
    return Analysis(**(facts | changes))


TOUR = analysis(
    line(1, "$ make"),
    line(3, "compiling"),
    line(6, "done"),
    line(8, "$ make test"),
    line(10, "all 12 tests passed"),
    commands=[command(0.5, "make"), command(7.5, "make test")],
    chapters=[chapter(0, "Build"), chapter(7, "Test")],
    seconds=12,
)
"""Two commands, two chapters, and what they print."""


def summary(of: Analysis, **changes: Any) -> Summary:
    shown = [command for command in of.commands if command.kind == "shell"]
    facts: dict[str, Any] = {
        "duration": of.duration,
        "cols": of.cols,
        "rows": of.rows,
        "events": of.events,
        "lines": len(of.lines),
        "commands": len(shown),
        "chapters": len(of.chapters),
        "trace": "01234567" * 12,
        "cut_off": of.cut_off,
        "resized": of.resized,
        "captions": tuple(track.language for track in of.captions),
    }
    return Summary(**(facts | changes))


SMALL = analysis(line(1, "$ echo hi"), line(2, "hi"), commands=[command(0.5, "echo hi")])


def recording(slug: str, of: Analysis = SMALL, *, meta: Meta | None = None, **changes: Any) -> Recording:
    section, _, name = slug.rpartition("/")
    facts: dict[str, Any] = {
        "source": f"content/{slug}.cast",
        "slug": slug,
        "section": section,
        "title": name.replace("-", " ").capitalize(),
        "date": None,
        "meta": meta or Meta(),
        "body": "",
        "body_place": Place(f"content/{slug}.md", 1),
        "summary": summary(of),
        "key": f"key of {slug}",
        "cast": slug,
        "options": (),
    }
    return Recording(**(facts | changes))


def page(slug: str, body: str = "Some words.", **changes: Any) -> Page:
    facts: dict[str, Any] = {
        "source": f"content/{slug}.md",
        "slug": slug,
        "section": slug.rpartition("/")[0],
        "title": slug.rpartition("/")[2].capitalize(),
        "date": None,
        "meta": Meta(),
        "body": body,
        "body_place": Place(f"content/{slug}.md", 1),
    }
    return Page(**(facts | changes))


def site(
    *items: Recording | Page,
    config: SiteConfig | None = None,
    sections: Mapping[str, Mapping[str, Any]] | None = None,
    aliases: Mapping[str, str] | None = None,
) -> Site:
    """Sections and collections follow from the items; `sections` changes single ones.

    `aliases` maps the output paths of former addresses to slugs.
    """
    recordings = tuple(sorted((item for item in items if isinstance(item, Recording)), key=lambda one: one.slug))
    slugs = {""}
    for item in items:
        steps = item.slug.split("/")[:-1]
        slugs |= {"/".join(steps[: depth + 1]) for depth in range(len(steps))}
    pages_of = tuple(sorted((item for item in items if isinstance(item, Page)), key=lambda one: one.slug))
    chosen = config or SiteConfig(title="Scrollback")
    return Site(
        config=chosen,
        now=datetime(2026, 4, 1, tzinfo=UTC),
        recordings=recordings,
        pages=pages_of,
        sections=tuple(
            _section(slug, slugs, (*recordings, *pages_of), (sections or {}).get(slug, {})) for slug in sorted(slugs)
        ),
        collections=classify(recordings, pages_of, chosen).collections,
        aliases=tuple(Alias(path, slug, Place("content/a.md")) for path, slug in (aliases or {}).items()),
    )


def slug_of(name: str) -> str:
    """The segment that a name has in an address."""
    return slugify(name, source=name)


def in_series(name: str, number: int) -> Meta:
    return Meta(series=Part(name, number))


def _section(slug: str, slugs: set[str], items: tuple[Recording | Page, ...], changes: Mapping[str, Any]) -> Section:
    listed = [one for one in items if one.section == slug and one.state == "public"]
    texts = in_order((one for one in listed if isinstance(one, Page)), DEFAULT_SORT, facets)
    facts: dict[str, Any] = {
        "slug": slug,
        "title": slug.rpartition("/")[2].capitalize() or "Scrollback",
        "meta": Meta(),
        "body": "",
        "body_place": Place("content/_index.md", 1),
        "recordings": tuple(one.slug for one in listed if isinstance(one, Recording)),
        "sections": tuple(sorted(other for other in slugs if other and other.rpartition("/")[0] == slug)),
        "pages": tuple(one.slug for one in texts),
    }
    return Section(**(facts | changes))


# ---- made into files


@cache
def shipped_theme(name: str, language: str = "en") -> Theme:
    """A theme that ships, with no options given."""
    return load_theme(ThemeChoice(name=name), site=Path("no-such-site"), language=language)


@cache
def theme_files(name: str = "default", language: str = "en") -> tuple[Templates, Assets]:
    """A shipped theme and the player, as a build has them."""
    theme = shipped_theme(name, language)
    assets = make_assets({**shipped_files(), **theme.read_static()})
    assert assets.problems == ()
    return load_templates(theme.layers, words=Words(theme.strings), variables={"theme": theme.option_values()}), assets


def artifacts(
    of: Site,
    analyses: Mapping[str, Analysis] | None = None,
    *,
    theme: str = "default",
    private: Sequence[Locked] = (),
) -> tuple[Publishable, ...]:
    """Pages of a site; a recording that `analyses` does not name by its slug is the small one."""
    templates, assets = theme_files(theme, of.config.language)
    known = {f"key of {slug}": one for slug, one in (analyses or {}).items()}
    made = pages(
        shelve(of, {}),
        templates=templates,
        assets=assets,
        load=lambda key: known.get(key, SMALL),
        fingerprint="theme",
        choices=choices(shipped_theme(theme)),
        private=private,
    )
    signpost = Signpost(of.config.language, of.config.base_url, templates.words, assets.path(MOVED))
    return (*assets.artifacts(), *made, *alias_pages(of, signpost))


def rendered(
    of: Site,
    analyses: Mapping[str, Analysis] | None = None,
    *,
    theme: str = "default",
    private: Sequence[Locked] = (),
) -> dict[str, str]:
    """The HTML pages of a site by output path."""
    return {
        artifact.path: artifact.body().decode()
        for artifact in artifacts(of, analyses, theme=theme, private=private)
        if artifact.path.endswith(".html")
    }


def cast_file(of: Analysis) -> str:
    """A recording that prints the lines of an analysis when it says they appear."""
    events = [[one.time / SECOND, "o", f"{one.text}\r\n"] for one in of.lines]
    rows = [{"version": 2, "width": of.cols, "height": of.rows}, *events, [of.duration / SECOND, "o", ""]]
    return "".join(json.dumps(row) + "\n" for row in rows)
