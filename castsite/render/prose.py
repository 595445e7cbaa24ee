"""Markdown of a site's items on their pages: where its links lead, and what is wrong with them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from itertools import chain
from typing import NamedTuple

from markupsafe import Markup, escape
from msgspec import Struct, field
from msgspec.structs import replace

from castsite.config import SiteConfig
from castsite.errors import Place, Problem
from castsite.memory import Kept
from castsite.regex import regex
from castsite.render.context import Embedded
from castsite.render.covers import cover_path
from castsite.render.digests import raw_digest
from castsite.render.links import Missing, Resolve, Target, TargetKind
from castsite.render.looks import size_class
from castsite.render.markdown import Rendered, outline, render_line, render_markdown
from castsite.render.pictures import SUFFIXES
from castsite.render.players import Film, Player
from castsite.render.published import published
from castsite.render.shelf import Shelf
from castsite.render.shell import Press, Sheet, page_of, sheet
from castsite.render.shown import secrets_shown
from castsite.render.texts import Made, Question, Told, made
from castsite.render.words import Words
from castsite.safety import Refused
from castsite.safety.address import within
from castsite.search.index import Said
from castsite.site.model import Page, Recording, Section
from castsite.spread import Spread, serially

Item = Recording | Page | Section

_HEADING = regex(r'<h([2-6]) id="(h-[a-z0-9-]+)">.*?(?=</h\1>)', re.DOTALL)
_ALERT = regex(r'(<div class="markdown-alert markdown-alert-(\w+)">\s*<p class="markdown-alert-title">)\w+')
_TASK = regex(r'<input class="task-list-item-checkbox" ')
_WIDE = regex(r"<(pre|table)>")


def body(press: Press, here: Sheet, item: Item) -> Markup:
    """Render the Markdown body of an item as its page shows it."""
    return drawn(press, rendered(press.shelf, here, item))


def rendered(shelf: Shelf, here: Sheet, item: Item) -> Rendered:
    """Render the Markdown body of an item; what is wrong in it is told by `problems`."""
    return _on(shelf, here, _body(item)) if item.body else Rendered()


def fingerprint(shelf: Shelf, item: Item) -> str:
    """Give a digest of all that description and body of an item become; nothing when it has neither."""
    return "".join(text.digest.hex() for text in told(shelf, item))


def gist(shelf: Shelf, item: Item) -> tuple[object, ...]:
    """Give all that lists show of an item's texts: its description, one line of its body, the minutes to read it."""
    texts = told(shelf, item)
    description = texts[0].digest if item.meta.description else b""
    return (description, texts[-1].plain, texts[-1].minutes) if item.body else (description,)


def told(shelf: Shelf, item: Item) -> tuple[Told, ...]:
    """Give what is known of description and body of an item, of those that it has; the same as before while it is."""
    known = shelf.written.of_items
    if item.slug not in known:
        known[item.slug] = tuple(_told(shelf, text, key) for text, key in _keyed(shelf, item))
    return known[item.slug]


def drawn(press: Press, text: Rendered) -> Markup:
    """Put a text together for its page: the theme draws players, headings can be linked, callouts are translated."""
    return Markup().join(
        _drawn(press, block) if isinstance(block, Player) else dressed(press.words, block) for block in text.blocks
    )


def dressed(words: Words, html: Markup) -> Markup:
    """Give headings a link to themselves, for the pointer alone, and callouts and tasks a name in words of the site.

    What is wider than the page can be reached by keyboard, which scrolls it: not every browser does that by itself.
    """
    linked = _HEADING.sub(r'\g<0> <a class="anchor" href="#\g<2>" tabindex="-1" aria-hidden="true">#</a>', str(html))
    titled = _ALERT.sub(lambda match: match[1] + str(escape(words[f"alert_{match[2]}"])), linked)
    named = _TASK.sub(lambda match: f'{match[0]}aria-label="{escape(words.task)}" ', titled)
    return Markup(_WIDE.sub(r'<\1 tabindex="0">', named))  # noqa: S704 - of what was sanitised


def still_body(shelf: Shelf, here: Sheet, item: Item) -> Markup:
    """Render the same for readers that play nothing: posters stand for players, and lead to the recordings' pages."""
    return rendered(shelf, here, item).html


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
    return _on(shelf, here, _description(item)).html if item.meta.description else Markup()


def plain_description(shelf: Shelf, item: Item) -> str:
    """Give one line of plain text about an item: its description, else the beginning of its body, else nothing."""
    return next((text.plain for text in told(shelf, item)), "")


def characters(shelf: Shelf, item: Item) -> int:
    """Give how many characters about an item are found by search."""
    return sum(text.characters for text in told(shelf, item))


def said(shelf: Shelf, here: Sheet, item: Item) -> tuple[Said, ...]:
    """Give what is written about an item, for search."""
    return tuple(chain.from_iterable(_on(shelf, here, text).said for text in _texts(item)))


def minutes(shelf: Shelf, item: Item) -> int:
    """Give how many minutes it takes to read an item's body, 0 without one."""
    return told(shelf, item)[-1].minutes if item.body else 0


def problems(shelf: Shelf, spread: Spread = serially) -> Iterator[Problem]:
    """Render every description and body of the site that is not remembered, and give what is wrong in them all."""
    site, texts = shelf.site, shelf.written
    items: tuple[Item, ...] = (*site.recordings, *site.pages, *site.sections)
    written = [(item, _keyed(shelf, item)) for item in items]
    missing = [(text, key) for _, pairs in written for text, key in pairs if _recalled(shelf, text, key) is None]
    for (text, key), found in zip(missing, spread(partial(_made, shelf), [text for text, _ in missing]), strict=True):
        texts.learn(text.name, key, found)
        shelf.guesses.learn(found.guesses)
    for item, pairs in written:
        found_of_item = texts.of_items[item.slug] = tuple([texts.asked[text.name] for text, _ in pairs])
        for told_of in found_of_item:
            yield from told_of.problems
    texts.settle()


def apart(shelf: Shelf, here: Sheet, recording: Recording) -> tuple[Rendered, Rendered]:
    """Render description and body of a recording that the site does not know, and remember neither."""

    def made(text: _Text) -> Rendered:
        if not text.written:
            return Rendered()
        return text.render(shelf.site.config, _Resolver(shelf, here, text.place.path))

    return made(_description(recording)), made(_body(recording))


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


# ---- one text


class _Text(NamedTuple):
    """Something that is written about an item. `name` is its own in the whole site."""

    item: Item
    name: str
    written: str
    place: Place
    renderer: Callable[..., Rendered]

    def key(self, rules: bytes) -> bytes:
        """Digest what it becomes from, but for what the site answers."""
        return raw_digest(self.written, self.place, self.item.slug, rules)

    def render(self, config: SiteConfig, resolve: Resolve) -> Rendered:
        return self.renderer(
            self.written,
            place=self.place,
            resolve=resolve,
            limits=config.limits,
            allow_remote_images=config.allow_remote_images,
        )


def _body(item: Item) -> _Text:
    return _Text(item, f"body:{item.slug}", item.body, item.body_place, render_markdown)


def _description(item: Item) -> _Text:
    place = item.meta.place("description", item.body_place.path)
    return _Text(item, f"description:{item.slug}", item.meta.description or "", place, render_line)


def _texts(item: Item) -> Iterator[_Text]:
    """Give what is written about an item, the shortest first."""
    if item.meta.description:
        yield _description(item)
    if item.body:
        yield _body(item)


def _keyed(shelf: Shelf, item: Item) -> tuple[tuple[_Text, bytes], ...]:
    """Give what is written about an item, each with its key; the same as before while the item is the same."""
    kept: Kept[tuple[tuple[_Text, bytes], ...]] = shelf.written.keyed
    if found := kept.get(item.slug, item):
        return found
    return kept.put(item.slug, tuple((text, text.key(shelf.written.rules)) for text in _texts(item)), item)


def _told(shelf: Shelf, text: _Text, key: bytes) -> Told:
    """Give what is known of a text on its own page, rendering it where it is not remembered."""
    return _recalled(shelf, text, key) or shelf.written.learn(text.name, key, _made(shelf, text))


def _recalled(shelf: Shelf, text: _Text, key: bytes) -> Told | None:
    return shelf.written.recall(text.name, key, lambda question: _answer(shelf, text, question))


def _answer(shelf: Shelf, text: _Text, question: Question) -> bytes:
    resolve = _Resolver(shelf, _own_page(shelf, text), text.place.path)
    return _answered(resolve(question.path), of_ids=question.of_ids)


def _made(shelf: Shelf, text: _Text) -> Made:
    listening = _Listening(_Resolver(shelf, _own_page(shelf, text), text.place.path))
    rendered = text.render(shelf.site.config, listening)
    if shown := tuple(secrets_shown(rendered, text.written, text.place, shelf.site.config.secrets)):
        rendered = replace(rendered, problems=(*rendered.problems, *shown))
    return made(rendered, tuple(listening.questions()), tuple(listening.guesses()))


def _on(shelf: Shelf, here: Sheet, text: _Text) -> Rendered:
    """Give a text for a page, on which it may stand more than once."""
    config, texts, name = shelf.site.config, shelf.written, text.name
    if here.path == _own_page(shelf, text).path:
        told(shelf, text.item)
        if found := texts.fetch(name):
            return found
    return texts.beside(here.path, name, lambda: text.render(config, _Resolver(shelf, here, text.place.path)))


def _own_page(shelf: Shelf, text: _Text) -> Sheet:
    return sheet(page_of(text.item.slug), shelf.site.config.base_url)


class _Listening(Struct):
    """Hears what a text asks, and what it is answered."""

    resolve: _Resolver
    answers: dict[str, Target | Missing] = field(default_factory=dict)
    of_ids: set[str] = field(default_factory=set)

    def __call__(self, written: str) -> Target | Missing:
        found = self.answers[written] = self.resolve(written)
        if isinstance(found, Missing) or found.ids is None:
            return found
        return replace(found, ids=partial(self._ids, written, found.ids))

    def _ids(self, written: str, ids: Callable[[], frozenset[str]]) -> frozenset[str]:
        self.of_ids.add(written)
        return ids()

    def questions(self) -> Iterator[Question]:
        """Give what was asked."""
        for path, found in self.answers.items():
            yield Question(path, path in self.of_ids, _answered(found, of_ids=path in self.of_ids))

    def guesses(self) -> Iterator[tuple[str, str]]:
        """Give what leads nowhere, and what was guessed."""
        for written, found in self.answers.items():
            path = self.resolve.path(written)
            if isinstance(found, Missing) and path is not None and not found.refused and not found.expected:
                yield path, self.resolve.shelf.guesses.near(path)


def _answered(found: Target | Missing, *, of_ids: bool) -> bytes:
    if isinstance(found, Missing):
        return raw_digest(found)
    return raw_digest(replace(found, ids=None), found.ids if of_ids else None)


class _Resolver(Struct, frozen=True):
    """Finds what a path in the file `source` leads to, and how the page links there."""

    shelf: Shelf
    here: Sheet
    source: str

    def __call__(self, written: str) -> Target | Missing:
        path = self.path(written)
        if path is None:
            return Missing(refused="it leads out of the content folder")
        picture = self.shelf.pictures.get(path)
        if isinstance(picture, Refused):
            return Missing(refused=picture.reason)
        if picture:
            url = self.here.link(picture.path)
            return Target(url=url, kind=TargetKind.PICTURE, width=picture.width, height=picture.height)
        slug = self.shelf.find(path)
        if slug is not None:
            return self._item(slug)
        if output := published(self.shelf, path):
            kind = TargetKind.PICTURE if output.lower().endswith(SUFFIXES) else TargetKind.FILE
            return Target(url=self.here.link(output), kind=kind)
        expected = self.shelf.expected(path)
        return Missing(expected=expected) if expected else Missing(near=self._near(written, path))

    def path(self, written: str) -> str | None:
        """Give the path below the content folder; None when it leaves that."""
        return within(self._folder(), written)

    def _folder(self) -> str:
        return self.source.removeprefix(f"{self.shelf.site.config.content}/").rpartition("/")[0]

    def _near(self, written: str, path: str) -> str:
        """Give what may be meant as it is written in this file."""
        near = self.shelf.guesses.near(path)
        if not near:
            return ""
        return f"/{near}" if written.startswith("/") else posixpath.relpath(near, self._folder() or ".")

    def _item(self, slug: str) -> Target:
        url = self.here.link(page_of(slug))
        if recording := self.shelf.known.get(slug):
            return Target(url=url, kind=TargetKind.RECORDING, title=recording.title, film=self._film(recording))
        page = self.shelf.markdown.get(slug) or self.shelf.sections[slug]
        return Target(url=url, kind=TargetKind.PAGE, title=page.title, ids=_Headings(page.body))

    def _film(self, recording: Recording) -> Film | None:
        if recording.state == "expired":
            return None
        frame = self.here.link(page_of(f"embed/{recording.slug}")) if "embed" in recording.outputs else ""
        return Film(
            frame=frame,
            poster=self.here.link(cover_path(recording)),
            size=size_class(recording),
            duration=recording.summary.duration,
            slug=recording.slug if recording.state == "public" else "",
        )


class _Headings(Struct, frozen=True):
    """The ids of a text's headings, which are looked for when somebody asks."""

    text: str

    def __call__(self) -> frozenset[str]:
        return _ids(self.text)


@lru_cache(maxsize=1024)
def _ids(text: str) -> frozenset[str]:
    return frozenset(heading.id for heading in outline(text))
