"""Keys of pages: digests of all that a page is made from, so that nothing is made again that cannot have changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from castsite.memory import Kept
from castsite.render import prose
from castsite.render.digests import digest
from castsite.render.masthead import site_view
from castsite.render.shelf import Shelf
from castsite.render.shell import HOME, Press


class Keys(Struct, frozen=True):
    """Digests of what pages are made from."""

    shelf: Shelf
    base: str
    """of what every page shows"""
    structure: object
    """the same one as long as all that lists show of items is the same"""
    _gists: Mapping[str, str]
    _kept: Kept[str]

    def gists(self, *items: prose.Item) -> list[str]:
        """Digest what lists show of descriptions and bodies."""
        return [self._gists[item.slug] for item in items]

    def of(self, *parts: object) -> str:
        """Give the key of a page made from `parts`."""
        return digest(self.base, *parts)

    def of_list(self, path: str, say: Callable[[], object], *parts: object) -> str:
        """Give the key of a page that shows many items, made from what `say` says.

        That follows from `parts` and from what lists show of items, and of their texts.
        """
        parts = (self.structure, *parts)
        return self._kept.get(path, *parts) or self._kept.put(path, self.of(say()), *parts)

    def of_item(self, item: prose.Item, say: Callable[[], object], *parts: object) -> str:
        """Give the key of an item's own page, made from its texts and what `say` says, which follows from `parts`."""
        parts = (item, *prose.told(self.shelf, item), *parts)
        if found := self._kept.get(item.slug, *parts):
            return found
        key = self.of(self.shelf.digests[item.slug], prose.fingerprint(self.shelf, item), say())
        return self._kept.put(item.slug, key, *parts)


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
    gists, all_kept = _gists(shelf)
    states = shelf.memory.kept("structure", object, base)
    state = states.get("", shelf.site.structure) if all_kept else None
    state = state or states.put("", object(), shelf.site.structure)
    return Keys(shelf, base, state, gists, shelf.memory.kept("keys", str, base))


def _gists(shelf: Shelf) -> tuple[dict[str, str], bool]:
    """Digest what lists show of the texts of each item, and tell whether that is what it was in the last build.

    Of a build that ended midway only some are known; the others count as changed.
    """
    kept, gists = shelf.memory.kept("gists", str), {}
    all_kept = True
    items: tuple[prose.Item, ...] = (*shelf.site.recordings, *shelf.site.pages, *shelf.site.sections)
    for item in items:
        texts = prose.told(shelf, item)
        found = kept.get(item.slug, *texts)
        if found is None:
            found = digest(prose.gist(shelf, item))
            all_kept = all_kept and kept.before(item.slug) == found
            kept.put(item.slug, found, *texts)
        gists[item.slug] = found
    return gists, all_kept
