"""The player alone: the page that frames in other people's pages show."""

from __future__ import annotations

from castsite.analysis.activity import levels
from castsite.render import watching
from castsite.render.context import EmbedPage
from castsite.render.encode import clock
from castsite.render.images.trace import SCRUBBED, trace
from castsite.render.looks import LOOKS
from castsite.render.shell import Press, head, page_of, sheet
from castsite.site.model import Recording

STYLES = ("css/recording.css", LOOKS, "css/embed.css")


def embed_path(slug: str) -> str:
    """Output path of the player alone."""
    return page_of(f"embed/{slug}")


def embed_page(press: Press, recording: Recording) -> EmbedPage:
    """Give what the player alone shows: the same stage as the recording's own page, and a link to that."""
    config = press.shelf.site.config
    here = sheet(embed_path(recording.slug), config.base_url)
    analysis = press.load(recording.key)
    chapters = analysis.chapters if analysis.chapters_from == "markers" else ()
    page = page_of(recording.slug)
    return EmbedPage(
        head=head(
            press,
            here,
            title=recording.title,
            styles=STYLES,
            scripts=("js/embed.js",),
            index=False,
            alone=True,
            shown=recording.slug,
            within=page if recording.state == "public" else None,
        ),
        site=config.title,
        title=recording.title,
        href=here.link(page),
        clock=clock(analysis.duration),
        stage=watching.stage(press, here, recording, analysis),
        trace=trace(
            levels(analysis.activity, SCRUBBED),
            chapters=[chapter.time for chapter in chapters],
            duration=analysis.duration,
        ),
    )
