"""Pictures of the content folder that texts refer to: judged by their bytes, published without their metadata."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from castsite.artifact import Artifact, Order
from castsite.errors import Place, Problem, Severity, StorageError
from castsite.limits import Limits
from castsite.render.links import Missing
from castsite.render.markdown import render_markdown
from castsite.render.shelf import Picture, Pictures
from castsite.safety import Refused
from castsite.safety.address import within
from castsite.safety.raster import check_picture, without_metadata
from castsite.site.model import Page, Recording, Site
from castsite.site.sources import SourceFile, describe_os_error, read_source
from castsite.site.urls import slugify

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".avif", ".svg", ".gif")
FOLDER = "assets/content"


@dataclass(frozen=True, slots=True)
class Album:
    """Pictures by their path in the content folder, refused ones with the reason, and those to publish."""

    pictures: Pictures
    artifacts: tuple[Artifact, ...]


def album(site: Site, files: Iterable[SourceFile], content: Path) -> Album:
    """Find the pictures that descriptions and bodies name; all others stay where they are, unread."""
    candidates = {file.name: file for file in files if file.name.lower().endswith(SUFFIXES)}
    if not candidates:
        return Album({}, ())
    named = sorted({name for text, source in _texts(site) for name in _named(text, source, candidates, site)})
    judged = {name: _judged(content, candidates[name], site.config.limits) for name in named}
    artifacts = tuple(
        Artifact(picture.path, Order.ASSET, candidates[name].path, partial(_clean, content, name, site.config.limits))
        for name, picture in judged.items()
        if isinstance(picture, Picture)
    )
    return Album(judged, artifacts)


def _texts(site: Site) -> Iterator[tuple[str, str]]:
    items: tuple[Recording | Page, ...] = (*site.recordings, *site.pages)
    for item in items:
        yield item.body, item.source
        yield item.meta.description or "", item.source
    for section in site.sections:
        yield section.body, section.body_place.path
        yield section.meta.description or "", section.body_place.path


def _named(text: str, source: str, candidates: Mapping[str, SourceFile], site: Site) -> set[str]:
    """Give those candidates that a text links or shows, as the renderer itself would resolve them."""
    if "](" not in text and "]:" not in text:
        return set()
    folder = source.removeprefix(f"{site.config.content}/").rpartition("/")[0]
    asked: set[str] = set()

    def note(written: str) -> Missing:
        asked.add(within(folder, written) or "")
        return Missing()

    render_markdown(text, place=Place(source), resolve=note, limits=site.config.limits)
    return asked & candidates.keys()


def _judged(content: Path, file: SourceFile, limits: Limits) -> Picture | Refused:
    try:
        data = read_source(content, file.name, limits.image_size)
    except OSError as error:
        return Refused(describe_os_error(error))
    picture = check_picture(data, limits)
    if isinstance(picture, Refused):
        return picture
    digest = hashlib.sha256(without_metadata(data, picture.kind)).hexdigest()[:10]
    name = slugify(file.stem, source=file.path)
    return Picture(f"{FOLDER}/{name}.{digest}{picture.kind.suffix}", picture.width, picture.height)


def _clean(content: Path, name: str, limits: Limits) -> bytes:
    try:
        data = read_source(content, name, limits.image_size)
    except OSError as error:
        raise _changed(name) from error
    picture = check_picture(data, limits)
    if isinstance(picture, Refused):
        raise _changed(name)
    return without_metadata(data, picture.kind)


def _changed(name: str) -> StorageError:
    text = "changed while the site was being built; build again"
    return StorageError(Problem(Severity.FATAL, Place(name), "changed", text))
