"""What other programs read of a site besides its pages: feeds, sitemap, lists of recordings."""

from __future__ import annotations

from collections.abc import Iterator

from castsite.artifact import Artifact
from castsite.errors import Place, Problem, Severity
from castsite.render.catalogue import catalogue
from castsite.render.channels import Channels
from castsite.render.feeds import feeds
from castsite.render.shelf import Shelf
from castsite.render.sitemap import robots, robots_problems, sitemap
from castsite.render.words import Words


def machine_files(shelf: Shelf, lists: Channels, *, fingerprint: str, words: Words) -> Iterator[Artifact]:
    """Give everything that is for programs. `fingerprint` is a digest of the code."""
    yield from feeds(shelf, lists.values(), fingerprint=fingerprint, words=words)
    yield from sitemap(shelf, fingerprint)
    yield robots(shelf)
    yield from catalogue(shelf, fingerprint=fingerprint)


def machine_problems(shelf: Shelf) -> Iterator[Problem]:
    """Name what cannot be made without the site's own address."""
    yield from robots_problems(shelf)
    config = shelf.site.config
    if config.base_url or not (shelf.listed or shelf.markdown):
        return
    missing = [
        *(["feeds"] if config.feeds else []),
        "the sitemap",
        "canonical links",
        "addresses on preview cards",
        "JSON-LD",
        *(["oEmbed"] if "oembed" in config.outputs else []),
    ]
    text = f"base_url is not set: without it there are no {', '.join(missing[:-1])} and {missing[-1]}"
    yield Problem(Severity.WARNING, Place("castsite.yml"), "no-base-url", f"{text}; set it, or give --base-url")
