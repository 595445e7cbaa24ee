"""Links and pictures of a Markdown text: judged and replaced while they are tokens, every fault told with its line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from enum import StrEnum
from typing import NamedTuple

from markdown_it.token import Token
from msgspec import Struct
from msgspec.structs import replace

from castsite.cast.times import seconds_text
from castsite.errors import Place, Problem, Severity, printable, quote
from castsite.regex import regex
from castsite.render.players import Film, Player, asked
from castsite.safety import Refused
from castsite.safety.address import Address, Kind, encode, read_address
from castsite.safety.markup import REL
from castsite.site.model import Waiting


class TargetKind(StrEnum):
    """What a local address leads to."""

    PAGE = "page"
    RECORDING = "recording"
    PICTURE = "picture"
    FILE = "file"


class Target(Struct, frozen=True, kw_only=True):
    """Something of this site. `url` is relative to the page that is being made, `width` and `height` are pixels."""

    url: str
    kind: TargetKind
    title: str = ""
    width: int | None = None
    height: int | None = None
    film: Film | None = None
    """how a recording is shown in a text, if it can be"""
    ids: Callable[[], frozenset[str]] | None = None
    """finds the ids that may be linked on it, for a link that names one; None when they are not known"""


class Missing(NamedTuple):
    """Nothing is published there. `near` is offered instead; `refused` says why the file may not be published.

    `expected` will be.
    """

    near: str = ""
    refused: str = ""
    expected: Waiting | None = None

    @property
    def title(self) -> str:
        """What stands for it where nothing else was written."""
        return self.expected.title if self.expected else ""


Resolve = Callable[[str], Target | Missing]
"""From a path as written in the content file, decoded, to what it leads to; a leading `/` is the content folder."""


class Links:
    """Works through the tokens of one body, and collects what was wrong on the way, once per cause."""

    def __init__(self, place: Place, resolve: Resolve, *, ids: frozenset[str], remote_images: bool) -> None:
        self.remote_images = remote_images
        self._place = place
        self._resolve = resolve
        self._ids = ids
        self._line = place.line
        self._problems: dict[tuple[str, str], Problem] = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was found so far, in order."""
        return tuple(self._problems.values())

    def rewrite(self, token: Token) -> None:
        """Replace the links and pictures in a block's text; tokens of other kinds are left alone."""
        if token.type == "inline" and token.children and _SUSPECT.search(token.content):
            self._line = self._place.line + (token.map[0] if token.map else 0)
            token.children = list(self._inline(token.children))

    def player(self, token: Token) -> Player | None:
        """Make a player of a picture that is all there is in a paragraph; None when it is not that of a recording."""
        picture = alone(token)
        address = read_address(str(picture.attrs.get("src", ""))) if picture else None
        if picture is None or address is None or isinstance(address, Refused) or address.kind is not Kind.LOCAL:
            return None
        target = self._resolve(address.path) if address.path else None
        if not isinstance(target, Target) or target.film is None:
            return None
        self._line = self._place.line + (token.map[0] if token.map else 0)
        wanted = asked({name: str(value) for name, value in picture.attrs.items() if name not in _OF_PICTURES})
        twice = (f"{name}= is given twice, and the last one counts; leave one out" for name in _repeated(token.content))
        for fault in (*twice, *wanted.faults):
            self._tell("bad-player-option", fault)
        film = target.film
        beyond = [said for said, time in wanted.times if time > film.duration]
        for said in beyond:
            end = seconds_text(film.duration)
            self._tell("beyond-the-end", f"{printable(said)} is beyond the end of the recording ({end})")
        if wanted.backwards and not beyond:
            self._tell("bad-player-option", "end is not after where it starts, and left out; write a later time")
        if film.frame:
            query = f"?{wanted.query}" if wanted.query else ""
            film = replace(film, frame=film.frame + query + (f"#{wanted.fragment}" if wanted.fragment else ""))
        words = text_of([picture]) or target.title or address.path
        return Player(title=words, url=target.url + wanted.moment, film=film)

    def _inline(self, children: Iterable[Token]) -> Iterator[Token]:
        linked = after_picture = False
        for child in children:
            if child.type == "link_open":
                linked = self._link(child)
                if linked:
                    yield child
            elif child.type == "link_close":
                if linked:
                    yield child
                linked = False
            elif child.type == "image":
                yield from self._picture(child, linked=linked)
            else:
                self._pass(child, after_picture=after_picture)
                yield child
            after_picture = child.type == "image"

    def _pass(self, token: Token, *, after_picture: bool) -> None:
        if token.type in BREAKS:
            self._line += 1
        if token.type != "text" or not _SUSPECT.search(token.content):
            return
        if by_hand := _BY_HAND.search(token.content):
            cast = _CAST.search(token.content)
            told = f"{quote(by_hand[0])} is shown as text; put the recording into the content folder and write "
            self._tell("player-by-hand", f"{told}![title]({cast[0] if cast else 'name.cast'}) on a line of its own")
        elif foreign := _FOREIGN.search(token.content):
            told = f"{quote(foreign[0])} is shown as text: pages are Markdown without HTML, and have no template tags"
            self._tell("shown-as-text", f"{told}; put it between backticks if that is meant")
        elif after_picture and (group := _GROUP.match(token.content)):
            told = f"{quote(group[1])} was not understood; write it as {{speed=2 start=1:05}} right after the picture"
            self._tell("bad-attributes", told)

    def _link(self, token: Token) -> bool:
        """Give a link the address it may have; False when only its text may stay."""
        written = str(token.attrs.get("href", ""))
        address = read_address(written)
        if isinstance(address, Refused):
            self._tell("refused-link", f"link {quote(written)} is refused: {address.reason}")
            return False
        url = self._url(address)
        if url is None:
            return False
        rel = {"rel": REL} if address.kind is Kind.EXTERNAL else {}
        token.attrs = {"href": url, **_title(token), **rel}
        return True

    def _url(self, address: Address) -> str | None:
        if address.kind is Kind.EXTERNAL:
            return address.url
        if address.kind is Kind.FRAGMENT:
            return f"#{self._fragment(address.fragment, self._ids)}"
        if not address.path:  # `?t=1:05` is a moment of the page itself
            fragment = f"#{self._fragment(address.fragment, self._ids)}" if address.fragment else ""
            return encode(f"?{address.query}{fragment}")
        target = self._resolve(address.path)
        if isinstance(target, Missing):
            self._miss("link", address.path, target)
            return None
        return self._local(address, target)

    def _local(self, address: Address, target: Target) -> str:
        query = f"?{address.query}" if address.query else ""
        ids = target.ids() if address.fragment and target.ids else None
        fragment = f"#{self._fragment(address.fragment, ids)}" if address.fragment else ""
        return encode(target.url + query + fragment)

    def _fragment(self, written: str, ids: frozenset[str] | None) -> str:
        """Find the id that is meant: a heading may be named with or without its `h-`; `t=1:05` is a moment."""
        if ids is None or written in ids or written.startswith("t="):
            return written
        if (heading := f"h-{written}") in ids:
            return heading
        near = _near(written.removeprefix("h-"), [name.removeprefix("h-") for name in sorted(ids)])
        self._tell("broken-link", f"no heading is named {quote('#' + written)}{near}")
        return written

    def _picture(self, token: Token, *, linked: bool) -> Iterator[Token]:
        """Give what stands in the place of a picture: itself, a link, or what it would have said."""
        written = str(token.attrs.get("src", ""))
        address = read_address(written)
        if isinstance(address, Refused) or address.kind is Kind.FRAGMENT or address.url.startswith("mailto:"):
            reason = address.reason if isinstance(address, Refused) else "it is not a picture"
            self._tell("refused-picture", f"picture {quote(written)} is refused: {reason}")
            yield _text(text_of([token]))
        elif address.kind is Kind.EXTERNAL:
            yield from self._remote(token, address, linked=linked)
        else:
            yield from self._local_picture(token, address, linked=linked)

    def _remote(self, token: Token, address: Address, *, linked: bool) -> Iterator[Token]:
        if self.remote_images and address.url.lower().startswith("https:"):
            token.attrs = {"src": address.url, "alt": "", **_title(token), **_size(token, None)}
            yield token
            return
        why = "is not at https:, as pictures have to be," if self.remote_images else "is on another site"
        told = f"picture {quote(address.url)} {why} and became a link; copy it into the content folder"
        self._tell("remote-image", told)
        yield from _linked(text_of([token]) or address.url, address.url, inside=linked, rel=REL)

    def _local_picture(self, token: Token, address: Address, *, linked: bool) -> Iterator[Token]:
        target = self._resolve(address.path)
        words = text_of([token])
        if isinstance(target, Missing):
            self._miss("picture", address.path, target)
            yield _text(words or target.title)
        elif target.kind is TargetKind.PICTURE:
            token.attrs = {"src": encode(target.url), "alt": "", **_title(token), **_size(token, target)}
            yield token
        else:
            if target.kind is not TargetKind.RECORDING:
                told = f"{quote(address.path)} is no picture and became a link; write it without !"
                self._tell("not-a-picture", told)
            elif target.film:
                told = f"{quote(address.path)} stands in a sentence and became a link; a player needs its own paragraph"
                self._tell("player-in-text", told)
            words = words or target.title or address.path.rpartition("/")[2]
            yield from _linked(words, self._local(address, target), inside=linked)

    def _miss(self, what: str, path: str, missing: Missing) -> None:
        if missing.refused:
            told = f"{what} {quote(path)} is refused: {missing.refused}"
            self._tell(f"refused-{what}", told, Severity.ERROR)
        elif missing.expected:
            told = f"{what} {quote(path)} leads to {quote(missing.title)}, which is {missing.expected.because}"
            self._tell("not-yet-published", f"{told}; until it is published, words stand in its place")
        else:
            near = f", did you mean {quote(missing.near)}?" if missing.near else _CURE[what]
            self._tell(_MISSING[what], f"{what} {quote(path)} leads to nothing that is published{near}")

    def _tell(self, code: str, text: str, severity: Severity = Severity.WARNING) -> None:
        known = self._problems.get((code, text))
        place = Place(self._place.path, self._line)
        again = known._replace(times=known.times + 1) if known else Problem(severity, place, code, text)
        self._problems[code, text] = again


def alone(token: Token) -> Token | None:
    """Give the picture of a block's text that holds nothing else."""
    if "![" not in token.content:
        return None
    kept = [
        child for child in token.children or [] if child.type not in BREAKS and (child.type != "text" or child.content)
    ]
    return kept[0] if len(kept) == 1 and kept[0].type == "image" else None


def text_of(children: Iterable[Token]) -> str:
    """Give the words of inline tokens: no markup, a blank for a line's end, of a picture what stands for it."""
    return "".join([_words(child) for child in children])


BREAKS = frozenset({"softbreak", "hardbreak"})
"""Inline tokens that end a line of the source."""

_OF_PICTURES = frozenset({"src", "alt", "title"})
# what a text without any of it holds is neither a link nor a picture, nor anything that the patterns below find
_SUSPECT = regex(r"[\[<{]|sciinema", re.IGNORECASE)
# players of other generators: of the player's own script, of asciinema.org's, of shortcodes and template tags
_BY_HAND = regex(
    r"AsciinemaPlayer\.create|<asciinema-player|asciinema\.org/a/\w+\.js|(?:\{\{[<%]|\{%)\s*(?:include\s+)?ascii(?:nema|cast)",
    re.IGNORECASE,
)
# elements that people write into Markdown, and what Jekyll, Hugo and kramdown would have acted on
_FOREIGN = regex(
    r"</?(?:a|b|br|center|details|div|figure|h[1-6]|i|iframe|img|kbd|li|link|ol|p|pre|script|span|style|sub|summary|sup"
    r"|table|td|tr|ul|video)(?:\s[^<>]{0,200})?/?>|\{%-?\s*\w[^%]{0,100}%\}|\{\{[<%]?\s*[\w.$][^{}]{0,100}\}\}"
    r"|\{:\s*[.#\w][^{}]{0,100}\}",
    re.IGNORECASE,
)
_CAST = regex(r"[\w.-]+\.cast\b")
_GROUP = regex(r"\s*(\{[^{}]*\})")
_GIVEN = regex(r"[\s{]([A-Za-z_-]+)=")
_SIZE = regex(r"[1-9][0-9]{0,4}")
_CURE = {
    "link": "; link to a file of content/ or static/ that is not private, by its path from here, or from / on",
    "picture": (
        "; put the picture, or a recording that is not private, into the content folder, and write its path from here, "
        "or from / on"
    ),
}
_MISSING = {"link": "broken-link", "picture": "missing-picture"}


def _repeated(content: str) -> Iterator[str]:
    """Give the attributes behind a picture, as it is written, that stand there more than once."""
    names = Counter(_GIVEN.findall("{" + content.partition("){")[2]))
    return (name for name, times in names.items() if times > 1)


def _words(token: Token) -> str:
    if token.type == "image":
        return text_of(token.children or [])
    if token.type in BREAKS:
        return " "
    return token.content if token.type in ("text", "code_inline") else ""


def _near(name: str, names: list[str]) -> str:
    found = get_close_matches(name, names, 1, 0.7)
    return f", did you mean {quote('#' + found[0])}?" if found else ""


def _title(token: Token) -> dict[str, str | int | float]:
    return {"title": token.attrs["title"]} if token.attrs.get("title") else {}


def _size(token: Token, target: Target | None) -> dict[str, str | int | float]:
    """Give the size the author asked for, else the picture's own, so that nothing moves while it loads."""
    asked = {name: str(token.attrs.get(name, "")) for name in ("width", "height")}
    wanted: dict[str, str | int | float] = {name: value for name, value in asked.items() if _SIZE.fullmatch(value)}
    if wanted or target is None or target.width is None or target.height is None:
        return wanted
    return {"width": str(target.width), "height": str(target.height)}


def _text(words: str) -> Token:
    return Token("text", "", 0, content=words)


def _linked(words: str, url: str, *, inside: bool, rel: str = "") -> Iterator[Token]:
    """Give a link, or its words alone where it would stand inside another one."""
    if inside:
        yield _text(words)
        return
    yield Token("link_open", "a", 1, attrs={"href": url, "rel": rel} if rel else {"href": url})
    yield _text(words)
    yield Token("link_close", "a", -1)
