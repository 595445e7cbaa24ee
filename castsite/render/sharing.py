"""How a recording is shared: what its page offers for pasting elsewhere, and what it tells programs in its head."""

from __future__ import annotations

from typing import Final

from castsite.config import SiteConfig
from castsite.render.context import Alternate, Share, Snippet
from castsite.render.oembed import JSON_TYPE, XML_TYPE
from castsite.render.shell import HOME, Sheet, page_of
from castsite.render.snippets import Shared, shared, snippets
from castsite.site.model import Recording

_CAST_TYPE = "application/x-asciicast"

_PREVIEWS: Final = {
    "iframe": "frame",
    "script": "frame",
    "component": "frame",
    "markdown": "picture",
    "html": "picture",
    "rst": "picture",
    "asciidoc": "picture",
    "org": "picture",
    "bbcode": "picture",
}


def share(sheet: Sheet, recording: Recording, config: SiteConfig) -> Share:
    """Give the snippets of a recording, and what previews of them show."""
    of = shared(recording, config.base_url)
    return Share(
        frame=sheet.link(page_of(f"embed/{recording.slug}")) if "embed" in recording.outputs else "",
        poster=sheet.link(of.poster),
        moving=sheet.link(of.moving) if of.moving else "",
        light=sheet.link(of.light) if of.light else "",
        home=sheet.link(HOME),
        complete=bool(of.root),
        snippets=tuple(
            Snippet(kind=made.kind, preview=_preview(made.kind, of), text=made.html) for made in snippets(of)
        ),
    )


def _preview(kind: str, of: Shared) -> str:
    if kind == "readme":
        return "moving" if of.moving else "light"
    return _PREVIEWS.get(kind, "")


def alternates(recording: Recording, config: SiteConfig) -> tuple[Alternate, ...]:
    """Name the recording's file and its oEmbed answer; programs that play an address take the first recording."""
    of = shared(recording, config.base_url)
    if not of.root:
        return ()
    cast = Alternate(type=_CAST_TYPE, href=f"{of.root}{recording.cast}.cast", title=of.title)
    return (cast, *_answers(of))


def _answers(of: Shared) -> tuple[Alternate, ...]:
    wanted = ((JSON_TYPE, of.oembed, "oembed"), (XML_TYPE, of.oembed_xml, "oembed-xml"))
    return tuple(
        Alternate(type=kind, href=of.root + path, title=of.title)
        for kind, path, output in wanted
        if output in of.outputs
    )
