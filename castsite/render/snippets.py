"""Texts to paste elsewhere that lead to a recording, or play it there: HTML, Markdown, reStructuredText and so on.

A snippet is a row of pieces. Three kinds of them may be filled in by a script of the page: the address of the site,
where the build does not know it, and the moments to start and to stop at. Titles are encoded for the language of the
snippet, addresses once for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple
from urllib.parse import quote as percent_encode

from markupsafe import Markup, escape
from msgspec import Struct

from castsite.render.encode import asciidoc_text, markdown_text, number, safe_text
from castsite.render.images.svg import poster_size
from castsite.site.addresses import COMPONENT
from castsite.site.exports import PICTURES, export_path
from castsite.site.model import Recording

FRAME_BAR: Final = 40
"""Height in pixels of the bar below the screen in a frame; `css/embed.css` says the same."""

_SANDBOX = "allow-scripts allow-same-origin allow-popups"
_SAFE = "-._~:/[]"


class Text(NamedTuple):
    """Part of a snippet that is always the same."""

    text: str


class Root(NamedTuple):
    """Absolute address of the site, with a slash at its end; empty where the build does not know it."""

    address: str


class Start(NamedTuple):
    """Where the moment to start at goes, in seconds, between these two; nothing at all when none was chosen."""

    before: str
    after: str = ""


class End(NamedTuple):
    """Where the moment to stop at goes, in the same way; a clip has both ends, so it is nothing without a start."""

    before: str
    after: str = ""


Piece = Text | Root | Start | End


class Snippet(Struct, frozen=True):
    """A text to paste. `kind` names its language or what it is for: `link`, `iframe`, `readme` and so on."""

    kind: str
    pieces: tuple[Piece, ...]

    def text(self, root: str | None = None, start: str = "", end: str = "") -> str:
        """Give the snippet as it is pasted, with another `root` or moments in seconds when these are given."""
        return "".join(_filled(piece, root, start, end) for piece in self.pieces)

    @property
    def html(self) -> Markup:
        """The snippet as text for a page: what a script may fill in stands in elements of its own."""
        return Markup().join(map(_shown, self.pieces))


class Shared(Struct, frozen=True, kw_only=True):
    """A recording as others show it: its addresses below that of the site, the size of its frame in pixels."""

    title: str
    root: str
    slug: str
    width: float
    height: float
    outputs: tuple[str, ...]
    exports: tuple[str, ...]

    @property
    def page(self) -> str:
        """Address of the recording's page."""
        return f"{self.slug}/"

    @property
    def frame(self) -> str:
        """Address of the player alone."""
        return f"embed/{self.slug}/"

    @property
    def poster(self) -> str:
        """Address of the poster."""
        return f"{self.slug}.svg"

    @property
    def moving(self) -> str:
        """Address of the picture that moves in most places; empty where none is made."""
        return next((export_path(self.slug, kind) for kind in PICTURES if kind in self.exports), "")

    @property
    def light(self) -> str:
        """Address of the poster in light colours; empty where it is not made."""
        return export_path(self.slug, "light.svg") if "light.svg" in self.exports else ""

    @property
    def script(self) -> str:
        """Address of the script that puts the frame where it stands."""
        return f"{self.slug}.js"

    @property
    def oembed(self) -> str:
        """Address of what oEmbed says of the recording."""
        return f"{self.slug}/oembed.json"

    @property
    def oembed_xml(self) -> str:
        """Address of the same as XML."""
        return f"{self.slug}/oembed.xml"

    @property
    def ratio(self) -> str:
        """Proportions of the frame, as a style sheet writes them."""
        return f"{number(self.width)}/{number(self.height)}"


def shared(recording: Recording, base_url: str | None) -> Shared:
    """Look at a recording from elsewhere."""
    width, height = poster_size(recording.summary.cols, recording.summary.rows)
    return Shared(
        title=safe_text(recording.title),
        root=percent_encode(base_url or "", safe=f"{_SAFE}%"),
        slug=recording.slug,
        width=width,
        height=height + FRAME_BAR,
        outputs=recording.outputs,
        exports=recording.exports,
    )


def embeds_by_script(recording: Recording) -> bool:
    """Whether it gets a drop-in script, which would be of no use without the page that it shows."""
    return {"embed", "script"} <= set(recording.outputs)


def snippets(of: Shared) -> tuple[Snippet, ...]:
    """Give every snippet whose files are made, the most useful first."""
    return tuple(Snippet(kind, tuple(make(of))) for kind, make in _MAKERS.items() if _works(kind, of))


def player(of: Shared) -> Snippet:
    """Give the one for programs: the frame, which needs no script, else a picture that links."""
    kind = "iframe" if _works("iframe", of) else "html"
    return Snippet(kind, tuple(_MAKERS[kind](of)))


def _works(kind: str, of: Shared) -> bool:
    if not _NEEDED.get(kind, frozenset()) <= set(of.outputs):
        return False
    if kind == "readme":  # the poster alone is what `markdown` gives
        return bool(of.moving or of.light)
    return kind != "oembed" or bool(of.root)


# ---- one for each language


def _link(of: Shared) -> Iterator[Piece]:
    yield from (Root(of.root), Text(of.page), Start("?t="), End("&end="))


def _link_in_html(of: Shared) -> Iterator[Piece]:
    yield from (Text('<a href="'), Root(of.root), Text(of.page), Start("?t="), End("&amp;end="), Text('">'))


def _iframe(of: Shared) -> Iterator[Piece]:
    # a moment after # is shown; after ? it would be played at once, as asciinema.org does
    yield from (Text('<iframe src="'), Root(of.root), Text(of.frame))
    yield from (Start("#t="), End("&amp;end="))
    yield Text(
        f'" title="{_attribute(of.title)}" width="{of.width:.0f}" height="{of.height:.0f}"'
        f' style="width:100%;aspect-ratio:{of.ratio};height:auto;border:0" loading="lazy" allow="fullscreen"'
        f' referrerpolicy="no-referrer" sandbox="{_SANDBOX}"></iframe>'
    )


def _script(of: Shared) -> Iterator[Piece]:
    yield from (Text('<script src="'), Root(of.root), Text(f'{of.script}" id="asciicast-{of.slug.replace("/", "-")}"'))
    yield from (Start(' data-start-at="', '" data-autoplay="0"'), End(' data-end="', '"'), Text(" async></script>"))


def _component(of: Shared) -> Iterator[Piece]:
    yield from (Text('<script src="'), Root(of.root), Text(f'{COMPONENT}" async></script>\n<castsite-player src="'))
    yield from (Root(of.root), Text(f'{of.page}"'), Start(' start-at="', '" autoplay="0"'), End(' end="', '"'))
    yield from (Text('><a href="'), Root(of.root), Text(f'{of.page}">{_attribute(of.title)}</a></castsite-player>'))


def _readme(of: Shared) -> Iterator[Piece]:
    return _picture_in_markdown(of, of.moving) if of.moving else _light_or_dark(of)


def _light_or_dark(of: Shared) -> Iterator[Piece]:
    yield from _link_in_html(of)
    yield from (Text('<picture><source media="(prefers-color-scheme: light)" srcset="'), Root(of.root))
    yield from (Text(f'{of.light}"><img src="'), Root(of.root))
    yield Text(f'{of.poster}" alt="{_attribute(of.title)}"></picture></a>')


def _markdown(of: Shared) -> Iterator[Piece]:
    return _picture_in_markdown(of, of.poster)


def _picture_in_markdown(of: Shared, picture: str) -> Iterator[Piece]:
    yield from (Text(f"[![{markdown_text(of.title)}]("), Root(of.root), Text(f"{picture})]("))
    yield from (*_link(of), Text(")"))


def _html(of: Shared) -> Iterator[Piece]:
    yield from (*_link_in_html(of), Text('<img src="'), Root(of.root))
    yield Text(f'{of.poster}" alt="{_attribute(of.title)}" style="max-width:100%;height:auto"></a>')


def _restructured(of: Shared) -> Iterator[Piece]:
    yield from (Text(".. image:: "), Root(of.root), Text(f"{of.poster}\n   :alt: {of.title}\n   :target: "))
    yield from _link(of)


def _asciidoc(of: Shared) -> Iterator[Piece]:
    yield from (Text("image::"), Root(of.root), Text(f'{of.poster}["{asciidoc_text(of.title)}",link="'))
    yield from (*_link(of), Text('"]'))


def _org(of: Shared) -> Iterator[Piece]:
    yield from (Text("[["), *_link(of), Text("]["), Root(of.root), Text(f"{of.poster}]]"))


def _bbcode(of: Shared) -> Iterator[Piece]:
    yield from (Text("[url="), *_link(of), Text("][img]"), Root(of.root), Text(f"{of.poster}[/img][/url]"))


def _oembed(of: Shared) -> Iterator[Piece]:
    yield from (Root(of.root), Text(of.oembed))


_MAKERS: Final[dict[str, Callable[[Shared], Iterator[Piece]]]] = {
    "iframe": _iframe,
    "link": _link,
    "readme": _readme,
    "script": _script,
    "component": _component,
    "markdown": _markdown,
    "html": _html,
    "rst": _restructured,
    "asciidoc": _asciidoc,
    "org": _org,
    "bbcode": _bbcode,
    "oembed": _oembed,
}


_NEEDED: Final[dict[str, frozenset[str]]] = {
    "iframe": frozenset({"embed"}),
    "script": frozenset({"embed", "script"}),
    "component": frozenset({"embed"}),
    "oembed": frozenset({"oembed"}),
}
"""Outputs without which a snippet would lead nowhere."""


def _attribute(title: str) -> str:
    """Escape for HTML text and attributes, as plain text: it is escaped once more where the snippet is shown."""
    return str(escape(title))


def _filled(piece: Piece, root: str | None, start: str, end: str) -> str:
    match piece:
        case Text(text):
            return text
        case Root(address):
            return address if root is None else root
        case Start(before, after):
            return f"{before}{start}{after}" if start else ""
        case End(before, after):
            return f"{before}{end}{after}" if start and end else ""


_ROOT = Markup("<span data-root>{}</span>")
_START = Markup('<span data-before="{}" data-after="{}"></span>')
_END = Markup('<span data-end data-before="{}" data-after="{}"></span>')


def _shown(piece: Piece) -> Markup:
    match piece:
        case Text(text):
            return escape(text)
        case Root(address):
            return _ROOT.format(address) if not address else escape(address)
        case Start(before, after):
            return _START.format(before, after)
        case End(before, after):
            return _END.format(before, after)
