"""Characters that a reader cannot see and a writer of titles did not mean."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from castsite.regex import regex

# code points that are no characters, and not valid in HTML
_NONE: Final = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17)
)
# controls but TAB and LF, bidi controls, zero width, line and paragraph separators, byte order mark, annotations
_HIDDEN: Final = regex(
    f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb{_NONE}]"
)
_NEVER_SHOWN: Final = regex(
    f"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb{_NONE}]"
)
# joiners mean something inside an emoji and between letters of Arabic, Indic and Mongolian scripts only
_JOINED: Final = "\u0600-\u109f\u1780-\u18af\u200d\u2190-\u27bf\ufe0f\U0001f000-\U0001faff"
_JOINER: Final = regex(f"(?<![{_JOINED}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINED}])")
_SEPARATORS: Final = "\u2028\u2029"
_NAMED: Final = 5


def visible_line(text: str) -> tuple[str, str]:
    """Give the text as one line: NFC, no hidden characters, blanks collapsed; and the names of what was removed."""
    clean, removed = _without_hidden(text)
    return " ".join(unicodedata.normalize("NFC", clean).split()), removed


def visible_text(text: str) -> tuple[str, str]:
    """Give a text of several lines without hidden characters and outer blank lines; and what was removed."""
    clean, removed = _without_hidden(text.replace("\r\n", "\n").replace("\r", "\n"))
    return clean.strip(), removed


def without_hidden(text: str) -> str:
    """Give the text in NFC, without hidden characters; its blanks stay."""
    return text if _is_plain(text) else unicodedata.normalize("NFC", _without_hidden(text)[0])


def bare(text: str) -> str:
    """Give what is left of a text when everything goes that anything written of it may lack, in NFC.

    It is for looking whether something stands in it: more is taken out than anybody takes out who shows it.
    """
    if _is_plain(text):
        return text
    return unicodedata.normalize("NFC", _NEVER_SHOWN.sub("", text))


def _without_hidden(text: str) -> tuple[str, str]:
    if _is_plain(text):
        return text, ""
    removed: dict[str, None] = {}

    def drop(match: re.Match[str]) -> str:
        removed[f"U+{ord(match[0]):04X}"] = None
        return " " if match[0] in _SEPARATORS else ""

    clean = _JOINER.sub(drop, _HIDDEN.sub(drop, text))
    names = list(removed)
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return clean, ", ".join(names[:_NAMED]) + more


def _is_plain(text: str) -> bool:
    """Whether a text is of what ASCII shows, of blanks, tabs and ends of lines, as nearly all are."""
    return text.isascii() and (text.isprintable() or text.replace("\n", "").replace("\t", "").isprintable())
