"""Keys of pages: digests of all that a page is made from, so that nothing is made again that cannot have changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from castsite.render import prose
from castsite.render.digests import digest
from castsite.render.masthead import navigated
from castsite.render.shell import Press
from castsite.site.model import Page, Recording


@dataclass(frozen=True, slots=True)
class Keys:
    """Digests of what pages are made from."""

    base: str
    """of what every page shows, and of all addresses, to which links in Markdown lead"""
    named: str
    """of the titles, headings, sizes and lengths that texts in Markdown may show or name"""

    def text(self, item: prose.Item) -> str:
        """Give what the Markdown of an item depends on besides itself; nothing when it has none."""
        return self.named if item.body or item.meta.description else ""

    def described(self, recordings: Iterable[Recording]) -> str:
        """Give what the descriptions in a list of recordings depend on besides those; nothing when there are none."""
        return self.named if any(one.meta.description for one in recordings) else ""

    def told(self, texts: Iterable[Page]) -> str:
        """Give what the beginnings of texts in a list depend on besides those; nothing when there are none."""
        return self.named if any(self.text(page) for page in texts) else ""

    def of(self, *parts: object) -> str:
        """Give the key of a page made from `parts`."""
        return digest(self.base, *parts)


def keys_of(press: Press, fingerprint: str) -> Keys:
    """Digest what the site is made from. `fingerprint` is a digest of the code, the theme and its options."""
    site, shelf = press.shelf.site, press.shelf
    files = sorted(asset.path for asset in press.assets.values())
    base = digest(
        fingerprint,
        files,
        site.config,
        navigated(shelf),
        [shelf.has(kind) for kind in ("tags", "series")],
        "" in press.channels,
        shelf.sources,
        sorted(shelf.sections),
        sorted(shelf.pictures.items()),
    )
    named = digest(
        [
            (one.slug, one.title, one.summary.duration, one.summary.cols, one.summary.rows, one.outputs, one.state)
            for one in site.recordings
        ],
        [(page.slug, page.title, page.body) for page in site.pages],
        [(section.slug, section.title, section.body) for section in site.sections],
    )
    return Keys(base, named)
