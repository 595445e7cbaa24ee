"""Markdown of descriptions, pages and sections → HTML that may stand on a page.

Three walls, each enough by itself: the parser passes no HTML through, links and pictures are judged and replaced
while they are still tokens, and what comes out is cleaned by an allow-list. Spoken of as "content file" below: the
file the text was written in.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby, zip_longest
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.attrs import attrs_plugin
from mdit_py_plugins.footnote import footnote_plugin
from msgspec import Struct

from castsite.errors import Place, Problem, Severity
from castsite.limits import Limits, moved_by
from castsite.regex import regex
from castsite.render.comments import comments_plugin, is_more, is_unclosed, without_comments
from castsite.render.highlight import CODE_LIMIT, highlight_code
from castsite.render.links import Links, Resolve, alone, text_of
from castsite.render.players import Player
from castsite.safety.markup import clean
from castsite.search.index import Said
from castsite.site.urls import slugify

PLAIN_LIMIT = 200
"""Characters of a description in a page's head and in previews."""


class Heading(NamedTuple):
    """A heading: level 2 to 6 as it stands on the page, the `id` it can be linked by, its text."""

    level: int
    id: str
    title: str


class Rendered(Struct, frozen=True, kw_only=True):
    """Markdown made into HTML."""

    blocks: tuple[Markup | Player, ...] = ()
    """the text in order, cut where a player stands between two of its blocks"""
    problems: tuple[Problem, ...] = ()
    headings: tuple[Heading, ...] = ()
    plain: str = ""
    """one line of plain text: all of a line; of a body what stands before its `<!-- more -->`, at most `PLAIN_LIMIT`

    Headings, code and footnotes are left out."""
    minutes: int = 0
    """that it takes to read a body"""
    said: tuple[Said, ...] = ()
    """what is written in it, block by block, for search"""

    @property
    def players(self) -> tuple[Player, ...]:
        """The players in it, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Player))

    @property
    def html(self) -> Markup:
        """All of it as HTML; where a player stood there is a poster that links."""
        return Markup().join(_linked_poster(block) if isinstance(block, Player) else block for block in self.blocks)


_POSTER = Markup('<p><a href="{}"><img src="{}" alt="{}"></a></p>\n')


def _linked_poster(player: Player) -> Markup:
    return _POSTER.format(player.url, player.film.poster, player.title)


def render_markdown(
    text: str, *, place: Place, resolve: Resolve, limits: Limits, allow_remote_images: bool = False
) -> Rendered:
    """Render a body. `place` is where its first line stands; a body over the limit is an error and gives no HTML."""
    if too_long := _too_long(text, place, limits):
        return Rendered(problems=(too_long,))
    env: dict[str, object] = {}
    tokens = _parser().parse(text, env)
    headings = _name_headings(tokens)
    links = Links(place, resolve, ids=frozenset(heading.id for heading in headings), remote_images=allow_remote_images)
    _tidy_blocks(tokens)
    cut = next((at for at, token in enumerate(tokens) if is_more(token)), None)
    told = _line(tokens[:cut]) if cut else ""
    unclosed = tuple(_unclosed(token, place) for token in tokens if is_unclosed(token))
    tokens = list(_with_players(without_comments(tokens), links))
    for token in tokens:
        links.rewrite(token)
    prose = _line(tokens)
    return Rendered(
        blocks=tuple(_blocks(tokens, env, links)),
        problems=(*links.problems, *unclosed),
        headings=headings,
        plain=plain(told or prose),
        minutes=minutes(prose),
        said=tuple(_said(tokens)),
    )


def render_line(
    text: str, *, place: Place, resolve: Resolve, limits: Limits, allow_remote_images: bool = False
) -> Rendered:
    """Render one paragraph without its `<p>`: emphasis, code and links, no blocks."""
    if too_long := _too_long(text, place, limits):
        return Rendered(problems=(too_long,))
    env: dict[str, object] = {}
    tokens = _parser().parseInline(text, env)
    links = Links(place, resolve, ids=frozenset(), remote_images=allow_remote_images)
    for token in tokens:
        links.rewrite(token)
    told = _line(tokens)
    said = (Said("", told),) if told else ()
    return Rendered(blocks=tuple(_blocks(tokens, env, links)), problems=links.problems, plain=told, said=said)


def outline(text: str) -> tuple[Heading, ...]:
    """Give the headings of a body without rendering it, for links from elsewhere that name one."""
    return _name_headings(_parser().parse(text, {}))


def words(text: str) -> str:
    """Give the prose of Markdown on one line, without headings, code and footnotes; no link of it is looked at."""
    return _line(_parser().parse(text, {}))


def plain(text: Markup | str, limit: int = PLAIN_LIMIT) -> str:
    """Make HTML (as `Markup`) or text into one line of plain text, cut at a word to at most `limit` characters."""
    bare = text.striptags() if isinstance(text, Markup) else text
    line = " ".join(_HIDDEN.sub("", unicodedata.normalize("NFC", bare)).split())
    if len(line) <= limit:
        return line
    words = line[:limit].rpartition(" ")[0]
    return (words or line[: limit - 1]).rstrip(".,:;–— ") + "…"


def minutes(prose: str) -> int:
    """Give how many minutes it takes to read a text, at least one.

    People read about 220 words a minute in languages that put blanks between words (Brysbaert 2019: 238 in English),
    and about 350 signs of Chinese or Japanese.
    """
    signs = 0 if prose.isascii() else len(_SIGN.findall(prose))
    words = len((_SIGN.sub(" ", prose) if signs else prose).split())
    return max(1, round(words / _WORDS + signs / _SIGNS))


_WORDS, _SIGNS = 220, 350
_SIGN = regex("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_PLAYER = "player"
_HIDDEN = regex(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_ALIGNMENT = regex(r"text-align:(left|center|right)")


class _Parser(MarkdownIt):
    """Leaves addresses as they were written: they are judged in one place, as tokens, with a message."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 (the library's signature)
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802 (the library's name)
        return url


@cache
def _parser() -> MarkdownIt:
    options = {"html": False, "linkify": False, "typographer": False, "alerts": True, "tasklists": True}
    parser = _Parser("commonmark", {**options, "highlight": _highlight})
    parser.enable(["table", "strikethrough"])
    return parser.use(attrs_plugin, after=("image",)).use(footnote_plugin, inline=False).use(comments_plugin)


def _highlight(code: str, language: str, _rest: str) -> str:
    return highlight_code(code, language)


def _unclosed(token: Token, place: Place) -> Problem:
    at = Place(place.path, place.line + (token.map[0] if token.map else 0))
    text = "a comment begins here and nothing ends it: what follows is not shown; write --> behind it"
    return Problem(Severity.WARNING, at, "unclosed-comment", text)


def _too_long(text: str, place: Place, limits: Limits) -> Problem | None:
    size = len(text.encode(errors="replace"))
    if size <= limits.body:
        return None
    most = f"{limits.body:,} are allowed {moved_by('body')}"
    told = f"{size:,} bytes of Markdown, at most {most}; split the text into several pages"
    return Problem(Severity.ERROR, place, "body-too-long", told)


def _name_headings(tokens: list[Token]) -> tuple[Heading, ...]:
    """Give every heading its id; the page's own title is the only `h1`."""
    found: list[Heading] = []
    names = _Names()
    for opening, inline, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opening.type == "heading_open":
            if opening.tag == "h1":
                opening.tag = closing.tag = "h2"
            title = text_of(inline.children or [])
            name = names.free(f"h-{slugify(title, source=title)}")
            opening.attrs = {"id": name}
            found.append(Heading(int(opening.tag[1]), name, title))
    return tuple(found)


class _Names:
    """Names given so far; one that is taken gets `-1`, `-2` and so on, each counted on from where it was left."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def free(self, name: str) -> str:
        number = self._next.get(name, 0)
        while (unique := f"{name}-{number}" if number else name) in self._next:
            number += 1
        self._next[name] = number + 1
        self._next.setdefault(unique, 1)
        return unique


def _with_players(tokens: list[Token], links: Links) -> Iterator[Token]:
    """Put a player in the place of each paragraph that is nothing but the picture of a recording."""
    skip = 0
    for opening, inside in zip_longest(tokens, tokens[1:]):
        if skip:
            skip -= 1
        elif opening.type == "paragraph_open" and opening.level == 0 and (player := links.player(inside)):
            skip = 2
            yield Token(_PLAYER, "", 0, meta={_PLAYER: player})
        else:
            yield opening


def _tidy_blocks(tokens: list[Token]) -> None:
    """Bring fences and table cells into the form the allow-list knows: a language's name, a class for alignment."""
    colourable = CODE_LIMIT
    for token in tokens:
        if token.type == "fence":
            colourable -= len(token.content)
            token.info = _language(token.info) if colourable >= 0 else ""
        elif token.type in ("th_open", "td_open"):
            aligned = _ALIGNMENT.fullmatch(str(token.attrs.get("style", "")))
            token.attrs = {"class": f"align-{aligned[1]}"} if aligned else {}


def _language(info: str) -> str:
    return (info.split() or [""])[0].lower()


def _blocks(tokens: list[Token], env: dict[str, object], links: Links) -> Iterator[Markup | Player]:
    parser = _parser()
    for is_player, group in groupby(tokens, key=lambda token: token.type == _PLAYER):
        if is_player:
            yield from (token.meta[_PLAYER] for token in group)
        else:
            html = parser.renderer.render(list(group), parser.options, env)
            yield Markup(clean(html, remote_images=links.remote_images))  # noqa: S704 (cleaned)


def _said(tokens: Iterable[Token]) -> Iterator[Said]:
    """Give everything that is written, code too, with the heading it stands under."""
    anchor, heading = "", False
    for token in tokens:
        if token.type == "heading_open":
            anchor, heading = str(token.attrs.get("id", "")), True
        elif token.type == "inline":
            if text := " ".join(text_of(token.children or []).split()):
                yield Said(anchor, text, heading)
            heading = False
        elif token.type in ("fence", "code_block"):
            yield from (Said(anchor, line.strip()) for line in token.content.splitlines() if line.strip())


def _line(tokens: Iterable[Token]) -> str:
    return " ".join(" ".join(_prose(tokens)).split())


def _prose(tokens: Iterable[Token]) -> Iterator[str]:
    opened = ""
    for token in tokens:
        if token.type == "footnote_block_open":
            return
        if token.type == "inline" and opened not in ("heading_open", "alert_title_open") and not alone(token):
            yield text_of(token.children or [])
        opened = token.type
