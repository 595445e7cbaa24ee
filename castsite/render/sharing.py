"""What the page of a recording tells programs in its head."""

from __future__ import annotations

from castsite.config import SiteConfig
from castsite.render.context import Alternate
from castsite.render.oembed import JSON_TYPE, XML_TYPE
from castsite.render.snippets import Shared, shared
from castsite.site.model import Recording

_CAST_TYPE = "application/x-asciicast"


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
