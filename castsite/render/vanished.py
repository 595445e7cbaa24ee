"""Addresses that were published and are there no more: those of a sitemap, held against a site that is laid out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.parsers import expat

from castsite.errors import ConfigError, Place, Problem, Severity, quote
from castsite.render.shell import page_of
from castsite.schema.nearest import did_you_mean


class Published(NamedTuple):
    """An address of a sitemap, and where it stands there."""

    address: str
    place: Place


def published(source: bytes, path: str) -> tuple[Published, ...]:
    """Read the addresses of a sitemap. Raises ConfigError where it is none."""
    parser, found, within = expat.ParserCreate(), list[Published](), list[str]()
    parser.buffer_text = True

    def fault(text: str) -> None:
        raise ConfigError(Problem(Severity.FATAL, Place(path, parser.CurrentLineNumber), "bad-sitemap", text))

    def begin(name: str, _: object) -> None:
        within.append(name.rpartition(":")[2])
        if within == ["sitemapindex"]:
            fault("lists other sitemaps; give each of those")
        if within[0] != "urlset":
            fault("is no sitemap; give the sitemap.xml that was published")

    def take(text: str) -> None:
        if within == ["urlset", "url", "loc"] and text.strip():
            found.append(Published(text.strip(), Place(path, parser.CurrentLineNumber)))

    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _: within.pop()
    parser.CharacterDataHandler = take
    # what it declares could grow without end
    parser.StartDoctypeDeclHandler = lambda *_: fault("has a document type, as no sitemap does")
    try:
        parser.Parse(source, True)  # noqa: FBT003 - expat's own signature: the final piece
    except expat.ExpatError as error:
        text = f"is no XML: {expat.errors.messages[error.code]}; give the sitemap.xml that was published"
        raise ConfigError(Problem(Severity.FATAL, Place(path, error.lineno), "bad-sitemap", text)) from error
    return tuple(found)


def vanished(former: Iterable[Published], base_path: str, paths: Collection[str]) -> Iterator[Problem]:
    """Name addresses at which nothing stands any more. `paths` are all output paths of the site below `base_path`."""
    pages = [path.removesuffix("index.html").rstrip("/") for path in paths if path.endswith("/index.html")]
    for address, place in former:
        try:
            path = urlsplit(address).path
        except ValueError:
            yield Problem(
                Severity.ERROR, place, "bad-sitemap", f"{quote(address)} is no address; correct it, or remove it"
            )
            continue
        own = path.removeprefix(base_path)
        if not path.startswith(base_path):
            text = f"{quote(address)} is not below {quote(base_path)}, the path of base_url"
            yield Problem(Severity.ERROR, place, "vanished", text)
        elif own not in paths and page_of(own.rstrip("/")) not in paths:
            near = did_you_mean(own.rstrip("/"), pages)
            text = (
                f"{quote(own)} leads nowhere any more{near}; a recording or page in its place needs aliases: [/{own}]"
            )
            yield Problem(Severity.ERROR, place, "vanished", text)
