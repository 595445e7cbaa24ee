"""Markdown of a site's items on their pages: where its links lead, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache, partial

from markupsafe import Markup, escape

from castsite.errors import Place, Problem
from castsite.render.context import Embedded
from castsite.render.links import Missing, Target, TargetKind
from castsite.render.looks import size_class
from castsite.render.markdown import Rendered, outline, render_line, render_markdown
from castsite.render.players import Film, Player
from castsite.render.shelf import Shelf
from castsite.render.shell import Press, Sheet, page_of, sheet
from castsite.render.words import Words
from castsite.safety import Refused
from castsite.safety.address import within
from castsite.site.model import Page, Recording, Section
from castsite.spread import Spread, serially

Item = Recording | Page | Section

_HEADING = re.compile(r'<h([2-6]) id="(h-[a-z0-9-]+)">.*?(?=</h\1>)', re.DOTALL)
_ALERT = re.compile(r'(<div class="markdown-alert markdown-alert-(\w+)">\s*<p class="markdown-alert-title">)\w+')
_TASK = re.compile(r'<input class="task-list-item-checkbox" ')


def body(press: Press, here: Sheet, item: Item) -> Markup:
    """Render the Markdown body of an item as its page shows it."""
    return drawn(press, rendered(press.shelf, here, item))


def rendered(shelf: Shelf, here: Sheet, item: Item) -> Rendered:
    """Render the Markdown body of an item; what is wrong in it is told by `problems`."""
    return _body(shelf, here, item) if item.body else Rendered()


def drawn(press: Press, text: Rendered) -> Markup:
    """Put a text together for its page: the theme draws players, headings can be linked, callouts are translated."""
    return Markup().join(
        _drawn(press, block) if isinstance(block, Player) else _dressed(press.words, block) for block in text.blocks
    )


def _dressed(words: Words, html: Markup) -> Markup:
    """Give headings a link to themselves, for the pointer alone, and callouts and tasks a name in words of the site."""
    linked = _HEADING.sub(r'\g<0> <a class="anchor" href="#\g<2>" tabindex="-1" aria-hidden="true">#</a>', str(html))
    titled = _ALERT.sub(lambda match: match[1] + str(escape(words[f"alert_{match[2]}"])), linked)
    return Markup(_TASK.sub(lambda match: f'{match[0]}aria-label="{escape(words.task)}" ', titled))  # noqa: S704


def still_body(shelf: Shelf, here: Sheet, item: Item) -> Markup:
    """Render the same for readers that play nothing: posters stand for players, and lead to the recordings' pages."""
    return _body(shelf, here, item).html if item.body else Markup()


def _drawn(press: Press, player: Player) -> Markup:
    view = Embedded(
        title=player.title,
        href=player.url,
        frame=player.film.frame,
        poster=player.film.poster,
        size=player.film.size,
    )
    return Markup(press.templates.render("player.html", page=view).decode())  # noqa: S704 - a template escapes


def description(shelf: Shelf, here: Sheet, item: Item) -> Markup:
    """Render the description of an item, one paragraph without its `<p>`; empty when it has none."""
    return _description(shelf, here, item).html if item.meta.description else Markup()


def plain_description(shelf: Shelf, here: Sheet, item: Item) -> str:
    """Give one line of plain text about an item: its description, else the beginning of its body, else nothing."""
    if item.meta.description:
        return _description(shelf, here, item).plain
    return _body(shelf, here, item).plain if item.body else ""


def problems(shelf: Shelf, spread: Spread = serially) -> Iterator[Problem]:
    """Render every description and body of the site for what is wrong in them; bodies are kept for their pages."""
    site = shelf.site
    items: tuple[Item, ...] = (*site.recordings, *site.pages, *site.sections)
    written = [item for item in items if item.body]
    for item, text in zip(written, spread(partial(_rendered, shelf), written), strict=True):
        shelf.bodies[page_of(item.slug), item.body_place.path] = text
        yield from text.problems
    for item in items:
        if item.meta.description:
            yield from _description(shelf, sheet(page_of(item.slug), site.config.base_url), item).problems


def line(shelf: Shelf, here: Sheet, text: str, path: str) -> Rendered:
    """Render one line of Markdown that stands in the file called `path`, whose links begin in the content folder."""
    config = shelf.site.config
    return render_line(
        text,
        place=Place(path),
        resolve=_Resolver(shelf, here, f"{config.content}/"),
        limits=config.limits,
        allow_remote_images=config.allow_remote_images,
    )


def _body(shelf: Shelf, here: Sheet, item: Item) -> Rendered:
    """Render a body once for all that show it, and for its problems."""
    key = here.path, item.body_place.path
    if key not in shelf.bodies:
        shelf.bodies[key] = _rendered(shelf, item, here)
    return shelf.bodies[key]


def _rendered(shelf: Shelf, item: Item, on: Sheet | None = None) -> Rendered:
    """Render a body for a page, its own unless it is said."""
    config = shelf.site.config
    return render_markdown(
        item.body,
        place=item.body_place,
        resolve=_Resolver(shelf, on or sheet(page_of(item.slug), config.base_url), item.body_place.path),
        limits=config.limits,
        allow_remote_images=config.allow_remote_images,
    )


def _description(shelf: Shelf, here: Sheet, item: Item) -> Rendered:
    config = shelf.site.config
    place = _described_at(item)
    return render_line(
        item.meta.description or "",
        place=place,
        resolve=_Resolver(shelf, here, place.path),
        limits=config.limits,
        allow_remote_images=config.allow_remote_images,
    )


def _described_at(item: Item) -> Place:
    return item.meta.place("description", item.body_place.path)


@dataclass(frozen=True, slots=True)
class _Resolver:
    """Finds what a path in the file `source` leads to, and how the page links there."""

    shelf: Shelf
    here: Sheet
    source: str

    def __call__(self, written: str) -> Target | Missing:
        content = f"{self.shelf.site.config.content}/"
        folder = self.source.removeprefix(content).rpartition("/")[0]
        path = within(folder, written)
        if path is None:
            return Missing(refused="it leads out of the content folder")
        picture = self.shelf.pictures.get(path)
        if isinstance(picture, Refused):
            return Missing(refused=picture.reason)
        if picture:
            url = self.here.link(picture.path)
            return Target(url=url, kind=TargetKind.PICTURE, width=picture.width, height=picture.height)
        slug = self.shelf.find(path)
        return self._item(slug) if slug is not None else Missing(near=self._near(path))

    def _item(self, slug: str) -> Target:
        url = self.here.link(page_of(slug))
        if recording := self.shelf.known.get(slug):
            return Target(url=url, kind=TargetKind.RECORDING, title=recording.title, film=self._film(recording))
        page = self.shelf.markdown.get(slug) or self.shelf.sections[slug]
        return Target(url=url, kind=TargetKind.PAGE, title=page.title, ids=partial(_ids, page.body))

    def _film(self, recording: Recording) -> Film | None:
        if recording.state == "expired":
            return None
        frame = self.here.link(page_of(f"embed/{recording.slug}")) if "embed" in recording.outputs else ""
        return Film(
            frame=frame,
            poster=self.here.link(f"{recording.slug}.svg"),
            size=size_class(recording),
            duration=recording.summary.duration,
        )

    def _near(self, path: str) -> str:
        near = get_close_matches(path, self.shelf.spellings(), 1, 0.7)  # below that all that ends in .cast is near
        return (f"/{near[0]}" if near[0] == path else near[0]) if near else ""


@lru_cache(maxsize=1024)
def _ids(text: str) -> frozenset[str]:
    return frozenset(heading.id for heading in outline(text))
