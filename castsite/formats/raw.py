"""Output without times, as `asciinema rec --raw` writes it: the size of the screen first, and whenever it changes."""

from __future__ import annotations

from typing import Final

from castsite.cast.task import Task
from castsite.formats.draft import lines_apart
from castsite.formats.model import Draft, Owner
from castsite.formats.script import warn_of_synthesis
from castsite.formats.text import Stream, opening_size, resized
from castsite.regex import regex

_OPENING: Final = regex(rb"(?:\x1b%G)?\x1b\[8;[0-9]{1,5};[0-9]{1,5}t")


def is_raw(source: bytes) -> bool:
    """Whether a file begins with the size of its screen."""
    return _OPENING.match(source) is not None


def read_raw(source: bytes, task: Task, owner: Owner) -> Draft:
    """Read the output, one line after the other."""
    stream = Stream(owner.encoding)
    text, fields = opening_size(stream.text(source, last=True))
    stream.tell(task.findings, hint=owner.encoding == "utf-8")
    warn_of_synthesis(task, owner)
    events = resized(lines_apart(text, owner.cps, task), lambda _data, _match: True)
    return Draft(fields, events, synthetic=True)
