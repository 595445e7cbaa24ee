"""What asciinema.org has at the address of a recording, for recordings that had one there.

So in pages that show such recordings only the name of the host has to be replaced, once for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Final

from msgspec import Struct

from castsite.artifact import Artifact, Order, Publishable
from castsite.regex import regex
from castsite.render.drop_in import drop_in
from castsite.render.moved import Signpost
from castsite.render.snippets import embeds_by_script, shared
from castsite.site.model import Recording, Site
from castsite.site.urls import collision_key

_HOSTED: Final = regex(r"(a/[A-Za-z0-9]+)/index\.html")
_ENDINGS: Final = (".txt", ".svg", ".png")


class _Again(Struct, frozen=True):
    """A file of the site at another path, too."""

    path: str
    file: Publishable

    @property
    def order(self) -> Order:
        return self.file.order

    @property
    def owner(self) -> str:
        return self.file.owner

    @property
    def key(self) -> str:
        return self.file.key

    def body(self) -> bytes:
        return self.file.body()


def hosted_files(site: Site, others: Iterable[Publishable], signpost: Signpost) -> Iterator[Publishable]:
    """Give `a/ID.js`, `.cast` and so on for every former address `/a/ID/`; what stands there already stays."""
    known = {recording.slug: recording for recording in site.recordings}
    former = [(match[1], known.get(alias.slug)) for alias in site.aliases if (match := _HOSTED.fullmatch(alias.path))]
    if not former:
        return
    files = {one.path: one for one in others}
    taken = {collision_key(path) for path in (*files, *(alias.path for alias in site.aliases))}
    for address, recording in former:
        found = _files(address, recording, files, signpost) if recording else ()
        yield from (one for one in found if collision_key(one.path) not in taken)


def _files(
    address: str, recording: Recording, files: Mapping[str, Publishable], signpost: Signpost
) -> Iterator[Publishable]:
    own = {".cast": f"{recording.cast}.cast", **{ending: f"{recording.slug}{ending}" for ending in _ENDINGS}}
    yield from (_Again(f"{address}{ending}", files[path]) for ending, path in own.items() if path in files)
    if embeds_by_script(recording):
        script = f"{address}.js"
        yield Artifact(script, Order.FILE, recording.source, partial(drop_in, shared(recording, None), script))
    if "embed" in recording.outputs:
        yield signpost.page(f"{address}/iframe/index.html", f"embed/{recording.slug}", owner=recording.source)
