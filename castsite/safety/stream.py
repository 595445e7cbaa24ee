"""What of a recording's output is published: what draws; nothing that acts on a terminal or tells of its owner.

Replies, reports, window and mouse modes, clipboards, titles, paths, marks of shells and whole strings of device control
are left out. The screen is the same after every event: what is read here as a sequence is what the engine reads as one,
state for state (its parser follows P. Williams, "A parser for DEC's ANSI-compatible video terminals").
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from msgspec.structs import replace

from castsite.cast.events import OUTPUT, Cast
from castsite.cast.timeline import without_empty_outputs
from castsite.regex import regex
from castsite.schema.characters import visible_line

_C1: Final = {0x00: None, 0x7F: None} | {code: f"\x1b{chr(code - 0x40)}" for code in range(0x80, 0xA0)}
"""Controls as the two characters that mean the same; NUL and DEL draw nothing."""

# all that may stand in an output as it is; most outputs are no more than that
_DRAWS: Final = "@A-MPSTWXZ`abdefgmrsu"
_MODES: Final = "3|5|6|7|25|45|47|69|1047|1048|1049|2026"
_FINE: Final = regex(
    rf"(?:[^\x00-\x06\x10-\x1f\x7f-\x9f]+|\x1b(?:\[(?:[0-9;:]*[{_DRAWS}]|(?:4|20|\?(?:{_MODES}))[hl])|[()][0-~]|[78DEHMc]))*+"
)
_SPECIAL: Final = regex(r"[\x00\x7f-\x9f]")

_OTHER: Final = regex(r"[\x00-\x06\x10-\x1a\x1c-\x1f]+")
"""Controls that draw nothing; what stands within a sequence is done before it."""
_IN: Final = r"[\x00-\x17\x19\x1c-\x1f]"
_SEQUENCE: Final = regex(
    rf"\x1b(?P<early>{_IN}*+)(?:"
    rf"\[(?P<csi>(?:{_IN}|[ -?])*+)(?P<final>[@-~]|[^\x00-\x9f]|[\x18\x1a]|(?=\x1b)|\Z)"
    r"|\](?P<osc>[^\x07\x18\x1a\x1b]*+)(?P<end>[\x07\x18\x1a]|(?=\x1b)|\Z)"
    r"|(?P<string>[PX^_])[^\x18\x1a\x1b]*+(?P<stop>[\x18\x1a]|(?=\x1b)|\Z)"
    rf"|(?P<escape>(?:{_IN}|[ -/])*+)(?P<last>[0-~]|[^\x00-\x9f]|[\x18\x1a]|(?=\x1b)|\Z))"
)
_LONGEST: Final = 4096
"""Characters that are kept of what has not ended; no longer string passes."""

_PARAMETERS: Final = regex(rf"[0-9;:]*[{_DRAWS}]|[<=>?]?[0-9;:]*[ -/]*!p|(?:\??[0-9;:]*)[hl]")
_ESCAPES: Final = regex(r"[()][0-~]|#8|[78DEHMc]")
_MOST: Final = 32
"""Parameters of a sequence; the digits of more are read as part of the last one."""
_SHOWN_MODES: Final = frozenset(_MODES.split("|"))
_COLOUR: Final = r"(?:rgb:[0-9A-Fa-f]{1,4}(?:/[0-9A-Fa-f]{1,4}){2}|#[0-9A-Fa-f]{3,12}|[A-Za-z][A-Za-z0-9 ]{0,30})"
_COLOURS: Final = regex(rf"4(?:;\d{{1,3}};{_COLOUR})+|1[0-2](?:;{_COLOUR})+|104(?:;\d{{1,3}})*|11[0-2]")
_LINK: Final = regex(r"8;(?P<id>(?:id=[A-Za-z0-9_.-]{1,250})?);(?P<to>(?i:https?://|mailto:)[!-~]{1,2048})")
_LINK_END: Final = "\x1b]8;;\x1b\\"
_TITLE: Final = regex(r"([012]);(.*)", re.DOTALL)


def sequences(text: str) -> Iterator[tuple[int, int, re.Match[str] | None]]:
    """Cut output without C1 controls into sequences, told by their match, and what stands between them, in order."""
    at = 0
    while (begin := text.find("\x1b", at)) >= 0:
        if begin > at:
            yield at, begin, None
        match = _SEQUENCE.match(text, begin)
        if match is None:  # there is an alternative for everything
            raise AssertionError("a sequence that is none")
        at = match.end()
        yield begin, at, match
    if at < len(text):
        yield at, len(text), None


def without_c1(text: str) -> str:
    """Give output whose C1 controls are the two characters that mean the same, and without NUL and DEL."""
    return text.translate(_C1) if _SPECIAL.search(text) else text


class Stream:
    """Goes through the outputs of one recording in order."""

    __slots__ = ("_keep_titles", "_open")

    def __init__(self, *, keep_titles: bool = False) -> None:
        self._keep_titles = keep_titles
        self._open = ""
        """what has begun and not ended"""

    @property
    def is_open(self) -> bool:
        """Whether the next output goes on with what this one began."""
        return bool(self._open)

    def __call__(self, text: str) -> str:
        """Give what is published of an output; a sequence stands where it ends."""
        if not self._open and _FINE.fullmatch(text):
            return text
        return self._filtered(text)

    def _filtered(self, text: str) -> str:
        text, self._open = self._open + without_c1(text), ""
        parts: list[str] = []
        at = 0
        while at < len(text):
            if (fine := _FINE.match(text, at)) and fine.end() > at:
                parts.append(fine[0])
                at = fine.end()
            elif match := _SEQUENCE.match(text, at):
                parts.append(self._sequence(match))
                at = match.end()
            else:
                at += 1  # a control that draws nothing
        return "".join(parts)

    def _sequence(self, match: re.Match[str]) -> str:
        """Give what is published of a sequence, after the controls in it; remember one that has not ended."""
        early, csi, escape, string = match["early"], match["csi"], match["escape"], match["string"]
        within = early + "".join(_only(csi or escape or ""))
        done = _OTHER.sub("", within)
        ends = match["final"] or match["end"] or match["stop"] or match["last"] or ""
        if not ends and match.end() == len(match.string):
            self._open = _head(match)
            return done
        if string is not None or ends in {"\x18", "\x1a"}:
            return done
        if match["osc"] is not None:
            return done + self._command(match["osc"])
        if not ends:  # another one begins in it
            return done
        if csi is not None:
            return done + _control(_bare(csi) + ends)
        sequence = _bare(escape)[-1:] + ends  # of several intermediate characters the last one counts
        return done + (f"\x1b{sequence}" if _ESCAPES.fullmatch(sequence) else "")

    def _command(self, text: str) -> str:
        """Give what is published of a command of the operating system, as others call colours, links and titles."""
        text = _OTHER.sub("", text)
        if _COLOURS.fullmatch(text):
            return f"\x1b]{text}\x1b\\"
        if text.startswith("8;"):
            link = _LINK.fullmatch(text)
            return f"\x1b]8;{link['id']};{link['to']}\x1b\\" if link else _LINK_END
        title = _TITLE.fullmatch(text) if self._keep_titles else None
        return f"\x1b]{title[1]};{visible_line(title[2])[0]}\x1b\\" if title else ""


def _head(match: re.Match[str]) -> str:
    """Give what has to be known of a sequence that has not ended."""
    if match["csi"] is not None:
        text = f"\x1b[{_bare(match['csi'])}"
    elif match["osc"] is not None:
        text = f"\x1b]{match['osc']}"
    else:
        text = f"\x1b{match['string'] or _bare(match['escape'])}"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + text[-1]  # the last one may decide what it does


def _bare(text: str) -> str:
    return "".join([character for character in text if character >= " "])


def _only(text: str) -> list[str]:
    return [character for character in text if character < " "]


def _control(sequence: str) -> str:
    """Give what is published of a control sequence without its introducer."""
    if not _PARAMETERS.fullmatch(sequence):
        return ""
    if sequence.endswith("!p"):
        return "\x1b[!p"
    if sequence[-1] not in "hl":
        return f"\x1b[{sequence}"
    private = sequence.startswith("?")
    known = _SHOWN_MODES if private else {"4", "20"}
    first = sequence[private:-1].split(";", _MOST - 1)
    modes = [mode for mode in map(_mode, (*first[:-1], first[-1].replace(";", ""))) if mode in known]
    return f"\x1b[{'?' if private else ''}{';'.join(modes)}{sequence[-1]}" if modes else ""


def _mode(parameter: str) -> str:
    """Read a mode as the engine does: what follows a colon does not count, and 16 bits are kept of it."""
    return str(int(parameter.partition(":")[0] or "0") & 0xFFFF)


def without_acts(cast: Cast, *, keep_titles: bool = False) -> Cast:
    """Leave out of a cast's outputs what is not published; times stay, and each screen is what it was."""
    stream = Stream(keep_titles=keep_titles)
    events = [*cast.events]
    outputs = [at for at, event in enumerate(events) if event.code == OUTPUT]
    texts = [events[at].data for at in outputs]
    whole = " ".join(texts)  # looked at as one: a blank between two of them is no part of any sequence that is fine
    starts = [*accumulate((len(text) + 1 for text in texts), initial=0)]
    changed = False
    number = 0
    while number < len(texts):
        if not stream.is_open and (fine := _FINE.match(whole, starts[number])):
            if fine.end() == len(whole):
                break
            number = bisect_right(starts, fine.end()) - 1
        at, data = outputs[number], texts[number]
        if (text := stream(data)) is not data:
            events[at] = events[at]._replace(data=text)
            changed = True
        number += 1
    return replace(cast, events=without_empty_outputs(tuple(events))) if changed else cast
