"""Keys of pages: digests of all that a page is made from, so that nothing is made again that cannot have changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from castsite.render import prose
from castsite.render.digests import digest
from castsite.render.masthead import site_view
from castsite.render.shelf import Shelf
from castsite.render.shell import HOME, Press


@dataclass(frozen=True, slots=True)
class Keys:
    """Digests of what pages are made from."""

    shelf: Shelf
    base: str
    """of what every page shows"""
    _gists: dict[str, str] = field(default_factory=dict)

    def texts(self, *items: prose.Item) -> str:
        """Digest what descriptions and bodies become, which depends on what they link to."""
        return digest([prose.fingerprint(self.shelf, item) for item in items])

    def gists(self, *items: prose.Item) -> str:
        """Digest what lists show of descriptions and bodies."""
        return digest([self._gist(item) for item in items])

    def _gist(self, item: prose.Item) -> str:
        """Digest them once: an item stands in the lists of its section, its tags, its authors."""
        if item.slug not in self._gists:
            self._gists[item.slug] = digest(prose.gist(self.shelf, item))
        return self._gists[item.slug]

    def of(self, *parts: object) -> str:
        """Give the key of a page made from `parts`."""
        return digest(self.base, *parts)


def keys_of(press: Press, fingerprint: str) -> Keys:
    """Digest what every page is made from. `fingerprint` is a digest of the code, the theme and its options."""
    shelf = press.shelf
    files = sorted(asset.path for asset in press.assets.values())
    base = digest(
        fingerprint,
        files,
        shelf.site.config,
        site_view(press, press.sheet(HOME)),
        [shelf.has(kind) for kind in ("tags", "series")],
    )
    return Keys(shelf, base)
