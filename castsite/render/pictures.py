"""Pictures of the content folder that texts refer to: judged by their bytes, published without their metadata."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from castsite.artifact import Artifact, Order
from castsite.errors import Place, Problem, Severity, StorageError
from castsite.limits import Limits
from castsite.memory import Memory, Store
from castsite.render.digests import raw_digest
from castsite.render.links import Missing
from castsite.render.markdown import render_markdown
from castsite.render.shelf import Picture, Pictures
from castsite.safety import Refused
from castsite.safety.address import within
from castsite.safety.raster import check_picture, without_metadata
from castsite.site.model import Page, Recording, Section, Site
from castsite.site.sources import SourceFile, Stamp, describe_os_error, read_source
from castsite.site.urls import slugify

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".avif", ".svg", ".gif")
FOLDER = "assets/content"


@dataclass(frozen=True, slots=True)
class Album:
    """Pictures by their path in the content folder, refused ones with the reason, and those to publish."""

    pictures: Pictures
    artifacts: tuple[Artifact, ...]


def album(  # noqa: PLR0913 - all but the first three are named
    site: Site,
    files: Iterable[SourceFile],
    content: Path,
    *,
    memory: Memory | None = None,
    moment: int = 0,
    rehash: bool = False,
) -> Album:
    """Find the pictures that descriptions and bodies name; all others stay where they are, unread.

    What is remembered and has not been touched since is not read again, unless `rehash`. `moment` is when the files
    were looked for, nanoseconds since 1970.
    """
    candidates = {file.name: file for file in files if file.name.lower().endswith(SUFFIXES)}
    if not candidates:
        return Album({}, ())
    memory = memory or Memory()
    named = sorted(candidates.keys() & _named(site, memory))
    judge = _Judge(content, site.config.limits, memory.store("judged", _Known), moment, rehash)
    judged = {name: judge(candidates[name]) for name in named}
    judge.store.keep(judged)
    artifacts = tuple(
        Artifact(
            known.found.path,
            Order.ASSET,
            candidates[name].path,
            partial(_published, content, name, site.config.limits, known.digest),
            known.digest,
        )
        for name, known in judged.items()
        if isinstance(known.found, Picture)
    )
    return Album({name: known.found for name, known in judged.items()}, artifacts)


_MAY_NAME = re.compile(r"\.(?:png|jpe?g|webp|avif|svg|gif)|[%&\\]", re.IGNORECASE)
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


class _Known(NamedTuple):
    """What is remembered of a picture. `moment` is when it was looked for, nanoseconds since 1970."""

    stamp: Stamp
    moment: int
    found: Picture | Refused
    digest: str
    """SHA-256 of the bytes that are published"""


@dataclass(frozen=True, slots=True)
class _Judge:
    """Says what a picture is: what is remembered of it, as long as it has not been touched since."""

    content: Path
    limits: Limits
    store: Store[_Known]
    moment: int
    rehash: bool

    def __call__(self, file: SourceFile) -> _Known:
        key = raw_digest(self.limits, file.path)
        known = self.store.get(file.name, key)
        if known and file.stamp.is_that_of(known.stamp, known.moment) and not self.rehash:
            return known
        try:
            data = read_source(self.content, file.name, self.limits.image_size)
        except OSError as error:
            return _Known(file.stamp, self.moment, Refused(describe_os_error(error)), "")
        known = _Known(file.stamp, self.moment, *_judged(data, file, self.limits))
        self.store.put(file.name, key, known)
        return known


def _judged(data: bytes, file: SourceFile, limits: Limits) -> tuple[Picture | Refused, str]:
    picture = check_picture(data, limits)
    if isinstance(picture, Refused):
        return picture, ""
    digest = hashlib.sha256(without_metadata(data, picture.kind)).hexdigest()
    name = slugify(file.stem, source=file.path)
    path = f"{FOLDER}/{name}.{digest[:10]}{picture.kind.suffix}"
    return Picture(path, picture.width, picture.height), digest


def _published(content: Path, name: str, limits: Limits, digest: str) -> bytes:
    """Read a picture again. Raises StorageError when it is not what it was: its address would lie."""
    try:
        data = read_source(content, name, limits.image_size)
    except OSError as error:
        raise _changed(name) from error
    picture = check_picture(data, limits)
    if isinstance(picture, Refused):
        raise _changed(name)
    clean = without_metadata(data, picture.kind)
    if hashlib.sha256(clean).hexdigest() != digest:
        raise _changed(name)
    return clean


def _changed(name: str) -> StorageError:
    text = "changed while the site was being built; build again"
    return StorageError(Problem(Severity.FATAL, Place(name), "changed", text))
