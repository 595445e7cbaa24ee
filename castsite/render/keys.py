"""Keys of pages: digests of all that a page is made from, so that nothing is made again that cannot have changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from castsite.memory import Kept
from castsite.render import prose
from castsite.render.digests import digest
from castsite.render.masthead import site_view
from castsite.render.shelf import Shelf
from castsite.render.shell import HOME, Press
from castsite.render.texts import Told


@dataclass(frozen=True, slots=True)
class Keys:
    """Digests of what pages are made from."""

    shelf: Shelf
    base: str
    """of what every page shows"""
    _gists: Kept[str]
    _of_items: Kept[str]
    _told: dict[str, str] = field(default_factory=dict)
    """gists of this build: an item stands in the lists of its section, its tags, its authors"""

    def gists(self, *items: prose.Item) -> list[str]:
        """Digest what lists show of descriptions and bodies."""
        return [self._told.get(item.slug) or self._gist(item) for item in items]

    def _gist(self, item: prose.Item) -> str:
        self._told[item.slug] = found = self._kept_gist(item, prose.told(self.shelf, item))
        return found

    def _kept_gist(self, item: prose.Item, texts: tuple[Told, ...]) -> str:
        if found := self._gists.get(item.slug, *texts):
            return found
        return self._gists.put(item.slug, digest(prose.gist(self.shelf, item)), *texts)

    def of(self, *parts: object) -> str:
        """Give the key of a page made from `parts`."""
        return digest(self.base, *parts)

    def of_item(self, item: prose.Item, say: Callable[[], object], *parts: object) -> str:
        """Give the key of an item's own page, made from its texts and what `say` says, which follows from `parts`.

        It is that of the last build as long as they all are the very same objects.
        """
        made_from = (item, *prose.told(self.shelf, item), *parts)
        if found := self._of_items.get(item.slug, *made_from):
            return found
        key = self.of(self.shelf.digests[item.slug], prose.fingerprint(self.shelf, item), say())
        return self._of_items.put(item.slug, key, *made_from)


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
    return Keys(shelf, base, shelf.memory.kept("gists", str), shelf.memory.kept("keys", str, base))
