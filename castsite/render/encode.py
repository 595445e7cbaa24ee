"""Encoders, one for each place that text goes to.

A value is plain text until one of these turns it into a typed string: `Markup` for HTML and inline SVG, `str` for XML
files, `bytes` for JSON files. HTML text and attributes are escaped by the template engine or by `markupsafe.escape`,
everywhere the same, so that equal text gives equal bytes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from xml.parsers import expat

import msgspec
from markupsafe import Markup, escape

from castsite.limits import SECOND
from castsite.regex import regex
from castsite.schema.characters import visible_line

# XML 1.0, production 2: everything else may not stand in a document, not even escaped
_NOT_XML = regex("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# what the HTML standard calls a parse error in the input stream, and lone surrogates, which cannot be written at all
_NOT_HTML = regex(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
    + "]"
)
_SPECIAL = regex("[&<>\"']")
_SURROGATE = regex("[\ud800-\udfff]")
_BIDI = regex("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# those, and what takes no room: soft hyphen, zero width but for joiners, separators, annotations, tags
_UNSEEN = regex("[\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
_IN_MARKDOWN = regex(r"[\\`*_\[\]<>&!|~#]")
_IN_ASCIIDOC = regex(r"[\"\\\[\]{}<>&`*_#^~+|]")
_FORMULA = frozenset("=+-@\t\r")
_TICKS = regex("`+")
_IN_XML = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;"))
_IN_ADDRESS = str.maketrans({char: f"%{ord(char):02X}" for char in "<> \t\r\n\\"})
_IN_ISLAND = str.maketrans({"&": "\\u0026", "<": "\\u003c", ">": "\\u003e", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def plain(text: str) -> str:
    """Drop what no document may hold: control characters but tab and line feed, noncharacters; U+FFFD for surrogates.

    Bidirectional controls stay: this is for the text of a terminal, which stands isolated and left to right.
    """
    if text.isprintable():  # then it has neither controls, nor noncharacters, nor surrogates
        return text
    return _NOT_HTML.sub("", _SURROGATE.sub("\ufffd", text))


def plain_lines(texts: Sequence[str]) -> Sequence[str]:
    """Do the same with many lines: mostly all of them are harmless, which one look at the whole tells."""
    return texts if "".join(texts).isprintable() else [plain(text) for text in texts]


def html_lines(lines: Sequence[str]) -> Sequence[str]:
    """Make lines plain and escape them as `markupsafe.escape` does, all at once; NUL is none of them."""
    return str.split(escape("\0".join(plain_lines(lines))), "\0")  # a Markup would wrap every piece


def safe_text(text: str, limit: int = 200) -> str:
    """Make a title, tag or label of any text: one line without hidden characters, at most `limit` characters."""
    line, _ = visible_line(plain(text))
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def settled(text: str) -> str:
    """Give what an author wrote for templates: plain, without bidirectional controls, and no line feed at its end."""
    return _BIDI.sub("", plain(text)).rstrip("\n")


def shown_controls(text: str) -> str:
    r"""Make characters that nobody sees visible as `\u{202e}`: what is copied must not read as something else."""
    return _UNSEEN.sub(lambda match: f"\\u{{{ord(match[0]):x}}}", text)


def copied(text: str) -> str:
    """Clean what a copy button hands over: of what nobody sees tab and line feed alone, and that not at its end."""
    return _UNSEEN.sub("", plain(text)).rstrip("\n")


def json_island(value: object) -> Markup:
    """JSON for a data block inside a page; it cannot end the block, open a comment, or start an entity.

    Raises ValueError as `json_file` does.
    """
    return Markup(_json(value).decode().translate(_IN_ISLAND))  # noqa: S704 - this is the encoder


def json_file(value: object) -> bytes:
    """JSON for a published file: UTF-8, one line, a final newline.

    `value` is made of dicts, lists, text and numbers: what JSON gives back. Raises ValueError when it is not, or holds
    what JSON has no word for (NaN, infinities, lone surrogates).
    """
    return _json(value) + b"\n"


def json_list_file(name: str, values: Iterable[object]) -> bytes:
    """JSON for a published file: an object with one list, which may be long, so that its values are encoded one by one.

    Raises as `json_file` does.
    """
    written = io.BytesIO()
    written.write(b"{" + _json(name) + b":[")
    for number, value in enumerate(values):
        written.write((b"," if number else b"") + _json(value))
    written.write(b"]}\n")
    return written.getvalue()


def _json(value: object) -> bytes:
    data = msgspec.json.encode(value)
    if msgspec.json.decode(data) != value:
        raise ValueError("JSON reads back differently: not a number, keys that are not text, or tuples")
    return data


def csv_file(rows: Iterable[Sequence[str | int | float]]) -> bytes:
    """Tables as CSV (RFC 4180), UTF-8: text that a spreadsheet would take for a formula gets a `'` in front."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(map(_cells, rows))
    return written.getvalue().encode()


def _cells(row: Sequence[str | int | float]) -> list[str | int | float]:
    return [_no_formula(plain(cell)) if cell and isinstance(cell, str) else cell for cell in row]


def _no_formula(text: str) -> str:
    return f"'{text}" if text[:1] in _FORMULA else text


def xml_text(text: str) -> str:
    """Text or an attribute's value inside an XML document: impossible characters dropped, the rest escaped."""
    if not text.isprintable():  # then nothing in it is impossible
        text = _NOT_XML.sub("", text)
    if _SPECIAL.search(text):
        for char, written in _IN_XML:  # a tenth of the time that a table takes
            text = text.replace(char, written)
    return text


def xml_element(name: str, content: str = "", **attributes: str) -> str:
    """Write one element with a text in it; `_` in the name of an attribute stands for a colon. Raw names are ours."""
    written = "".join(f' {key.replace("_", ":")}="{xml_text(value)}"' for key, value in attributes.items() if value)
    return f"<{name}{written}>{xml_text(content)}</{name}>" if content else f"<{name}{written}/>"


def checked_xml(document: str) -> str:
    """Return the document once expat has read it. Raises ValueError where it cannot: a fault of ours, not content's."""
    try:
        expat.ParserCreate().Parse(document.encode(), True)  # noqa: FBT003 - expat's own signature: the final piece
    except expat.ExpatError as error:
        raise ValueError(f"XML made by castsite cannot be read: {error}") from error
    return document


def markdown_text(text: str) -> str:
    """One line of text inside a line of Markdown, after a mark of ours: everything that would be markup is escaped."""
    return _IN_MARKDOWN.sub(r"\\\g<0>", " ".join(plain(text).split()))


def markdown_code(text: str) -> str:
    """One line of code inside a line of Markdown; further lines and hidden characters are shown in it."""
    line = " ".join(shown_controls(plain(text)).split("\n")).strip()
    ticks = "`" * (max(map(len, _TICKS.findall(line)), default=0) + 1)
    room = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{room}{line}{room}{ticks}"


def markdown_address(url: str) -> str:
    """Give an http(s) address as a link that shows itself; nothing in it can end it."""
    return f"<{url.translate(_IN_ADDRESS)}>"


def asciidoc_text(text: str) -> str:
    """One line of text between quotation marks in a macro of AsciiDoc: what would be markup is written as numbers."""
    return _IN_ASCIIDOC.sub(lambda found: f"&#{ord(found[0])};", " ".join(plain(text).split()))


def fenced(text: str, language: str = "") -> str:
    """Lines of text as a fenced block of Markdown; no line of it can end the block."""
    ticks = "`" * max(3, max(map(len, _TICKS.findall(text)), default=0) + 1)
    return f"{ticks}{language}\n{text}\n{ticks}"


def number(value: float) -> str:
    """Write a coordinate: at most two decimals, no trailing zeros, never in exponent form.

    >>> number(11.25), number(3.0), number(1 / 3), number(-0.001)
    ('11.25', '3', '0.33', '0')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def seconds(time: int) -> str:
    """Microseconds as seconds for `?t=` and scripts: whole milliseconds, rounded up so that what is meant has happened.

    >>> seconds(6_583_001), seconds(2_000_000), seconds(500_000)
    ('6.584', '2', '0.5')
    """
    whole, thousandths = divmod(milliseconds(time), 1000)
    return f"{whole}.{thousandths:03}".rstrip("0").rstrip(".")


def milliseconds(time: int) -> int:
    """Microseconds as whole milliseconds, rounded up."""
    return -(-time // 1000)


def clock(time: int) -> str:
    """Microseconds as people read them, rounded down: `m:ss`, from an hour on `h:mm:ss`.

    >>> clock(65_999_999), clock(3_661_000_000)
    ('1:05', '1:01:01')
    """
    minutes, rest = divmod(time // SECOND, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
