"""What HTML may pass: an allow-list, applied to everything that comes out of the Markdown renderer.

The renderer makes no HTML out of content's own tags in the first place; this is the second wall. `svg`, `math` and
`style` are never allowed, because their parsing rules let markup change its meaning on the way to the page.
"""

from __future__ import annotations

from functools import cache

import nh3

from castsite.regex import regex
from castsite.safety import Refused
from castsite.safety.address import SCHEMES, Kind, read_address

REL = "noopener noreferrer nofollow ugc"
"""`rel` of a link to another site: the site's owner vouches for nothing a contributor linked."""

_TAGS = (
    "a abbr b blockquote br code dd del details div dl dt em h2 h3 h4 h5 h6 hr i img input ins kbd li ol p pre s samp "
    "section span strong sub summary sup table tbody td th thead tr ul"
)
TAGS = frozenset(_TAGS.split())
"""Elements that may stand in rendered Markdown."""

ATTRIBUTES: dict[str, frozenset[str]] = {
    "a": frozenset({"href", "title", "rel", "id", "class"}),
    "img": frozenset({"src", "alt", "title", "width", "height"}),
    "ol": frozenset({"start", "class"}),
    "input": frozenset({"checked", "class", "disabled"}),
    **{tag: frozenset({"id", "class"}) for tag in ("h2", "h3", "h4", "h5", "h6", "li")},
    **{tag: frozenset({"class"}) for tag in ("code", "div", "hr", "p", "section", "span", "sup", "td", "th", "ul")},
}
"""Attributes that may stand on them; `class`, `id`, `rel` and sizes are looked at more closely still."""

_DROPPED_WHOLE = {"script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "math"}
_CLASS = regex(
    r"language-[a-z0-9+-]{1,20}|hl-[a-z0-9]{1,4}|align-(left|center|right)|footnotes?(-[a-z]+)?"
    r"|contains-task-list|task-list-item(-checkbox)?|markdown-alert(-[a-z]+)?"
)
_ID = regex(r"h-[a-z0-9-]+|fn(ref)?[0-9]+(:[0-9]+)?")
_NUMBER = regex(r"[0-9]{1,9}")


def clean(html: str, *, remote_images: bool = False) -> str:
    """Keep the allowed part of an HTML fragment. Cleaning again changes nothing.

    `remote_images` lets pictures be loaded from other sites, which only the site's owner can ask for.
    """
    return _cleaner(remote_images=remote_images).clean(html)


@cache
def _cleaner(*, remote_images: bool) -> nh3.Cleaner:
    def attribute(tag: str, name: str, value: str) -> str | None:
        if name in ("href", "src"):
            return _address(value, external=remote_images or tag != "img")
        return _kept(name, value)

    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=_DROPPED_WHOLE,
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=attribute,
        # whatever an input was, it leaves as a box; a second value here would come out in random order
        set_tag_attribute_values={"input": {"type": "checkbox"}},
        link_rel=None,
        url_schemes=set(SCHEMES),
    )


def _address(written: str, *, external: bool) -> str | None:
    address = read_address(written)
    if isinstance(address, Refused) or (address.kind is Kind.EXTERNAL and not external):
        return None
    return address.url


def _kept(name: str, value: str) -> str | None:
    if name == "class":
        return " ".join(word for word in value.split() if _CLASS.fullmatch(word)) or None
    if name == "id":
        return value if _ID.fullmatch(value) else None
    if name == "rel":
        return REL if value == REL else None
    if name in ("width", "height", "start"):
        return value if _NUMBER.fullmatch(value) else None
    return value
