"""Pictures of the content folder that texts refer to: judged by their bytes, published without their metadata."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path

from msgspec import Struct

from castsite.artifact import Artifact, Order
from castsite.errors import Place
from castsite.limits import Limits
from castsite.memory import Memory
from castsite.regex import regex
from castsite.render.digests import raw_digest
from castsite.render.links import Missing
from castsite.render.markdown import render_markdown
from castsite.render.shelf import Pictures
from castsite.safety.address import within
from castsite.site.model import Page, Picture, Recording, Section, Site
from castsite.site.pictures import Judge, KnownPicture, published
from castsite.site.sources import SourceFile

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".avif", ".svg", ".gif")


class Album(Struct, frozen=True):
    """Pictures by their path in the content folder, refused ones with the reason, and those to publish.

    `cover` reads the one that stands for a recording. It raises StorageError when that has changed meanwhile.
    """

    pictures: Pictures
    artifacts: tuple[Artifact, ...]
    cover: Callable[[Recording], bytes]


def album(  # noqa: PLR0913 - all but the first three are named
    site: Site,
    files: Iterable[SourceFile],
    content: Path,
    *,
    load_frame: Callable[[str], bytes],
    memory: Memory | None = None,
    moment: int = 0,
    rehash: bool = False,
) -> Album:
    """Find the pictures that texts name or that stand for recordings; all others stay where they are, unread.

    What is remembered and has not been touched since is not read again, unless `rehash`. `moment` is when the files
    were looked for, nanoseconds since 1970.
    """
    candidates = {file.name: file for file in files if file.name.lower().endswith(SUFFIXES)}
    memory = memory or Memory()
    named = sorted(candidates.keys() & _named(site, memory)) if candidates else ()
    judge = Judge(content, site.config.limits, memory.store("judged", KnownPicture), moment, rehash)
    judged = {name: judge(candidates[name]) for name in named}
    judge.store.keep(judged)
    limits = site.config.limits
    cover = partial(_cover, content, limits, load_frame)
    shown = [(one.cover, one.source, partial(cover, one)) for one in site.recordings if one.cover and _is_shown(one)]
    shown += [
        (found, candidates[name].path, partial(published, content, limits, found))
        for name, found in judged.items()
        if isinstance(found, Picture)
    ]
    artifacts = {
        picture.path: Artifact(picture.path, Order.ASSET, owner, body, picture.digest) for picture, owner, body in shown
    }
    return Album(judged, tuple(artifacts.values()), cover)


def _is_shown(recording: Recording) -> bool:
    return recording.state != "expired"


def _cover(content: Path, limits: Limits, load_frame: Callable[[str], bytes], recording: Recording) -> bytes:
    """Read the picture that stands for a recording: a file, or a frame of its own."""
    cover = recording.cover
    assert cover is not None  # noqa: S101 - nobody asks for another one
    return published(content, limits, cover) if cover.name else load_frame(recording.key)


_MAY_NAME = regex(r"\.(?:png|jpe?g|webp|avif|svg|gif)|[%&\\]", re.IGNORECASE)
"""What a text holds that names a picture: one of `SUFFIXES`, or what may stand for its letters."""


def _named(site: Site, memory: Memory) -> set[str]:
    """Give all paths below the content folder that texts link or show and that pictures may have."""
    store = memory.store("pictures", tuple[str, ...])
    rules = raw_digest(site.config.limits, site.config.content)
    named: dict[str, tuple[str, ...]] = {}
    for name, text, source in _texts(site):
        if ("](" in text or "]:" in text) and _MAY_NAME.search(text):
            key = raw_digest(text, source, rules)
            found = store.get(name, key)
            if found is None:
                found = tuple(sorted(_asked(text, source, site)))
                store.put(name, key, found)
            named[name] = found
    store.keep(named)
    return set(chain.from_iterable(named.values()))


def _texts(site: Site) -> Iterator[tuple[str, str, str]]:
    """Give every text with a name of its own and the path of its file."""
    items: tuple[Recording | Page | Section, ...] = (*site.recordings, *site.pages, *site.sections)
    for item in items:
        source = item.body_place.path if isinstance(item, Section) else item.source
        yield f"body:{item.slug}", item.body, source
        yield f"description:{item.slug}", item.meta.description or "", source


def _asked(text: str, source: str, site: Site) -> set[str]:
    """Give what a text links or shows and a picture may be called, as the renderer itself would resolve it."""
    folder = source.removeprefix(f"{site.config.content}/").rpartition("/")[0]
    asked: set[str] = set()

    def note(written: str) -> Missing:
        asked.add(within(folder, written) or "")
        return Missing()

    render_markdown(text, place=Place(source), resolve=note, limits=site.config.limits)
    return {path for path in asked if path.lower().endswith(SUFFIXES)}
