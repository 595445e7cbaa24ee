"""What tells of the person who recorded, and is no secret: told once for each file and kind, and published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from castsite.regex import regex
from castsite.safety.scan import Finding

_AT: Final = regex("@")
# a name, what stands wherever something is found, and what is looked for
_RULES: Final = (
    ("home", regex(r"/(?:home|Users)/"), regex(r"(?:/home/|/Users/)[A-Za-z0-9._-]{2,32}")),
    ("home", regex(r"C:\\Users"), regex(r"C:\\Users\\[A-Za-z0-9._-]{2,32}")),
    ("user-host", _AT, regex(r"\b[a-z_][a-z0-9_-]{1,31}@[A-Za-z0-9-]{2,63}[:\s~]")),
    ("email", _AT, regex(r"\b[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[a-z]{2,10}\b")),
    (
        "public-ipv4",
        regex(r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]"),
        regex(
            r"(?<![\w.-])(?!10\.|127\.|192\.168\.|0\.|172\.(?:1[6-9]|2\d|3[01])\.|255\.|169\.254\.)"
            r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.-])"
        ),
    ),
)


def personal(lines: Sequence[tuple[int, str]]) -> Iterator[Finding]:
    """Give of each kind the first place in a transcript, with how many there are; `lines` are times (µs) and texts."""
    whole = "\n".join([text for _, text in lines])
    rules = [rule for rule in _RULES if rule[1].search(whole)]
    found: dict[str, Finding] = {}
    for number, (time, text) in enumerate(lines, 1) if rules else ():
        for rule, sign, pattern in rules:
            for match in pattern.finditer(text) if sign.search(text) else ():
                where = f"line:{number}:{match.start()}-{match.end() - 1}"
                first = found.setdefault(rule, Finding(rule, "I", "transcript", time, len(match[0]), "", where, 0))
                found[rule] = first._replace(places=first.places + 1)
    yield from found.values()
