"""Credentials in a text as its readers get it, where its source shows none: a net below the look at all sources.

The first look takes Markdown for text, in the few ways in which it can be spelled; what it becomes here is what a
browser shows and follows. What is found now has been foreseen by nobody: the site is left as it is.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import unquote

from castsite.errors import Place, Problem, Severity
from castsite.regex import regex
from castsite.render.markdown import Rendered
from castsite.safety.gate import FOUND, Gate
from castsite.safety.scan import APART
from castsite.safety.unmarked import readings
from castsite.schema.policy import SecretsPolicy

SHOWN: Final = "secret-shown"
"""Code of the message; as an error it keeps the site from being published."""

_TOUCHED: Final = regex(
    r"[!\[<)\]>&\\](?:(?<=[\w-][!\[<])|(?<=[)\]>])(?=[\w-])|(?<=<)(?=\S)|(?<=&)(?=[\w#])|(?<=\\)(?=\S))"
)
"""Where markup stands between parts of a word, or an address is spelled otherwise than it is read: in few texts."""
_IMAGE: Final = regex(r'<img\b[^>]*?\balt="([^"]*)"[^>]*>')
_INLINE: Final = regex(r"</?(?:a|abbr|code|del|em|ins|kbd|mark|s|span|strong|sub|sup|wbr)\b[^>]*>")
_TAG: Final = regex(r"<[^>]*>")
_ADDRESS: Final = regex(r'\b(?:href|src|title)="([^"]*)"')


def secrets_shown(text: Rendered, written: str, place: Place, policy: SecretsPolicy) -> Iterator[Problem]:
    """Tell what rules find in a text that was made, and not in what was written."""
    if not _TOUCHED.search(written) or (gate := Gate(policy, place.path)).is_open:
        return
    looked = APART.join(_unforeseen(text, written))
    hits = [(hit, looked[hit.start : hit.end]) for hit in gate.find(looked)] if looked else []
    if not hits:
        return
    source = APART.join(readings(written))
    known = {(hit.rule, source[hit.start : hit.end]) for hit in gate.find(source)}
    for hit, value in hits:
        if (hit.rule, value) in known or (word := gate.severity(hit)) is None:
            continue
        told = f"{hit.rule} ({hit.rule_class}), {len(value)} characters, is read where markup is taken away"
        cure = "nothing is published; revoke it and take it out; if it is no secret, write it without markup"
        yield Problem(word, place, SHOWN if word is Severity.ERROR else FOUND, f"{told}: {cure}")


def _unforeseen(text: Rendered, written: str) -> Iterable[str]:
    """Give the lines in which words are read, and the addresses, that do not stand so in what was written."""
    words = {*written.split()}
    made = [block for block in text.blocks if isinstance(block, str)]
    lines = [line for block in made for line in _lines(block)]
    lines += [text.plain, *(one.text for one in text.said)]
    addresses = (html.unescape(found) for block in made for found in _ADDRESS.findall(block))
    forms = (form for address in addresses for form in (address, unquote(address)) if form not in written)
    return dict.fromkeys((*(line for line in lines if not words.issuperset(line.split())), *forms))


def _lines(block: str) -> list[str]:
    """Give what is read of HTML, line by line; of a picture what stands for it."""
    inline = _INLINE.sub("", _IMAGE.sub(r"\1", block))
    return html.unescape(_TAG.sub("\n", inline)).split("\n")
