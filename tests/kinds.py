"""One page of every kind that castsite makes, in any theme."""

from __future__ import annotations

from pathlib import Path

from gallery import analysis, chapter, command, day, in_series, line, page, recording, site

from castsite.config import SiteConfig
from castsite.render.private import Locked
from castsite.safety.encrypt import Envelope
from castsite.schema.values import Author
from castsite.site.model import Meta, Site

THEMES = ("default", "paper")

TEMPLATES = {
    "gallery.html": ("index.html", "page/2/index.html"),
    "section.html": ("git/index.html", "blog/index.html"),
    "collection.html": ("tags/git/index.html", "authors/ada/index.html"),
    "series.html": ("series/first-steps/index.html",),
    "overview.html": ("tags/index.html",),
    "search.html": ("search/index.html",),
    "stats.html": ("stats/index.html",),
    "recording.html": ("git/rebase/index.html",),
    "embed.html": ("embed/git/rebase/index.html",),
    "player.html": ("blog/first/index.html",),
    "page.html": ("about/index.html", "blog/second/index.html"),
    "gone.html": ("old/index.html",),
    "private.html": ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/index.html",),
    "404.html": ("404.html",),
}
"""Entry template → output paths of pages that it makes, or stands in."""
ALIAS = "a/14/index.html"
"""The page that no template makes: a former address."""
ALIAS_THAT_STAYS = "a/14/stays.html"
"""Where a test of a browser looks at it."""
PATHS = (*(path for paths in TEMPLATES.values() for path in paths), ALIAS)

REBASE = analysis(
    line(1, "$ git rebase main"),
    line(3, "Rebasing (1/2)"),
    line(6, "done"),
    commands=[command(0.5, "git rebase main"), command(6.5, "git rebase main")],
    chapters=[chapter(0, "Start"), chapter(4, "End")],
)
PRIVATE = Locked("content/x.cast", "a" * 32, Envelope(b"{}", b"1", b"2", b"3"), f"{0:032x}.bin", Path(__file__))
"""A private recording that nobody can open."""
ANALYSES = {"git/rebase": REBASE}

POST = """\
What a *post* shows[^1].

![So it goes](../git/rebase.cast){start=2}

## First

> [!NOTE]
> Names stay.

| a | b |
|---|--:|
| 1 | 2 |

## Second

- [x] done

```python
print(1)
```

## Third

[^1]: A note.
"""


def every_kind(base_url: str | None = None) -> Site:
    """Give the site that has them all."""
    tags = Meta(tags=("Git",), authors=(Author("Ada", "https://ada.example/"),), description="In *short*.")
    parts = [in_series("First steps", number) for number in (1, 2)]
    return site(
        recording("git/rebase", REBASE, meta=parts[0], date=day("2026-03-01"), body="A `note`.\n\n## Why\n\nBecause."),
        recording("git/merge", meta=parts[1], date=day("2026-02-01")),
        recording("tagged", meta=tags, date=day("2026-01-01")),
        recording("other", meta=Meta(tags=("tui",))),
        recording("old", state="expired"),
        page("about", "Words, and [the merge](git/merge.cast)."),
        page("blog/first", POST, meta=tags, date=day("2026-03-14")),
        page("blog/second", "Short.", date=day("2026-03-15")),
        config=SiteConfig(title="Scrollback", description="Terminal work", pagination=2, base_url=base_url),
        aliases={ALIAS: "git/rebase"},
    )
