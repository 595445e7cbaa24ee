"""Credentials in a text: what they are looked for by, and where they stand.

No expression runs over a whole text: a literal of each rule is looked for first, and the rule tried where it stands
(measured: 6 MB/s for all of them, against 0.3 to 1.9). Only bounded quantifiers, so that no text costs more than
seconds a megabyte.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from itertools import chain
from math import log2
from typing import Final, Literal, NamedTuple

from castsite.regex import regex

Class = Literal["P", "S", "C", "I", "R"]
"""Shape of a provider's token; construct that carries a credential; value that looks random behind a word for one; what
tells of a person; what an author wants masked.
"""

WINDOW: Final = 1_000_000
"""Characters that are looked through at once."""
OVERLAP: Final = 8192
"""Of these windows, and the longest value that is surely found."""

_BEFORE, _BEHIND = 300, 2200
"""Characters around what a rule of class S is looked for by."""
_WHOLE: Final = 16
"""Characters that a line of a private key has at least, but for its last one."""
_KEY: Final = 16_384
"""Characters in which a private key ends that says where."""


class Hit(NamedTuple):
    """Where a credential stands: the value's first character and the one after its last."""

    start: int
    end: int
    rule: str
    rule_class: Class
    shown: str
    """what may be told of the value: of class P the literal that it was found by, of others nothing"""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as data."""

    name: str
    rule_class: Class
    anchors: tuple[str, ...]
    pattern: str
    anywhere: bool = False
    """whether what it is looked for by may stand anywhere in it, as in rules of an owner"""
    compiled: list[re.Pattern[str]] = field(default_factory=list, compare=False)

    @property
    def regex(self) -> re.Pattern[str]:
        """The expression, compiled when it is first needed."""
        if not self.compiled:
            bare = self.rule_class == "P"
            text = rf"(?<![A-Za-z0-9_])(?:{self.pattern})(?![A-Za-z0-9_])" if bare else self.pattern
            self.compiled.append(re.compile(text))
        return self.compiled[0]


def _table() -> dict[str, list[tuple[str, tuple[str, ...], str]]]:
    """Read the table of rules."""
    sections: dict[str, list[tuple[str, tuple[str, ...], str]]] = {}
    name = ""
    for line in (files(__package__) / "secrets.rules").read_text("utf-8").splitlines():
        if line.startswith("["):
            name = line[1]
            sections[name] = []
        elif line and not line.startswith("#"):
            rule, anchors, pattern = line.split(" :: ", 2)
            sections[name].append((rule, tuple(anchors.split(" ")), pattern))
    return sections


_MULTIWORD: Final = {"private-key-block": ("private key",)}


@lru_cache(maxsize=1)
def shipped() -> tuple[Rule, ...]:
    """Give the rules that castsite brings."""
    table = _table()
    tokens = [Rule(name, "P", anchors, pattern) for name, anchors, pattern in table["P"]]
    constructs = [Rule(name, "S", _MULTIWORD.get(name, anchors), pattern) for name, anchors, pattern in table["S"]]
    return (*tokens, *constructs)


def prepare() -> None:
    """Compile all of them now, and not when each is needed first."""
    for rule in shipped():
        _ = rule.regex


CONTEXT: Final = "assignment"
"""Name of the rule of class C."""

_NEVER: Final = regex(r"(?i)EXAMPLE|x{8,}|\*{4,}|0{12,}|1234567890|abcdefghij|placeholder|redacted")
_PLACEHOLDER: Final = regex(
    r"(?is)\$.*|%.*%|.*\.\.\.+.*|[x*•.#_-]{3,}.*|your[_-].*|(.)\1{5,}.*"
    r"|.*(?:example|changeme|placeholder|redacted|dummy).*|true|false|null|none|undefined"
    r"|(?:user|test|pass|passw[o0]rd|pwd|secret|token|admin|root|foo|bar|hunter2|postgres)\d{0,4}"
    r"|\w+\(.*|https?:.*|0x.*|~.*"
)
_PATH: Final = regex(r"\.{0,2}/.*|[\w.-]{1,24}(?:/[\w.-]{1,24}){2,}", re.DOTALL)
_SURE: Final = frozenset({"private-key-block", "unix-hash", "azure-connection", "kube-key-data"})
_OF_BASE64: Final = frozenset({"auth-header", "bearer", "aws-secret-key"})
_INSIDE: Final = {".ey": 2012, ".ew": 2012, ".atlasv1.": 14, ":AA": 10, "api/webhooks/": 30}
"""What a rule is looked for by and does not begin with: how far behind the beginning it may stand."""
_NEEDED: Final = {
    "netrc": regex("machine"),
    "url-credentials": regex(r"://[^\s:/@'\"<>]{0,64}:[^\s:/@'\"<>$*{}]{3,128}@"),
}
"""What stands, in small letters, wherever a rule finds something: cheap to look for, and not there in most texts."""
_JWT: Final = regex(r"[A-Za-z0-9_-]")
_RUN: Final = 12
RUN: Final = regex(rf"[A-Za-z0-9_./:+=-]{{{_RUN},}}")
"""All of a token of class P lies in one."""

_CUT_SHORT: Final = regex(r"[^\s\"]{8,}(?=…)")
_ACCOUNT: Final = regex(r"://[^\s:/@]{0,64}:")

_BODY: Final = regex(r"\s*\d{0,6}\s*[│|>]?\s*(?:(?P<base>[A-Za-z0-9+/=]+)|[A-Za-z-]+: .*|)\s*")
_ASSIGNED: Final = regex(
    r"(?:pass(?:word|wd|phrase)|pwd|secret|api[_-]?key|(?:access|auth|private|master)[_-]?key|_key"
    r"|(?:(?<![a-z0-9])|api|auth|access)token)"
    r"[\"']?[ \t]{0,16}(?::=|=|:)[ \t]{0,3}[\"'`]?(?P<s>[^\s\"'`<>,;(){}\[\]]{8,200})"
)
_WORDS: Final = ("pass", "pwd", "secret", "key", "token")
"""One of them is in each that an assignment is looked for by: finding them is far faster."""
_NAME: Final = regex(r"[a-z0-9_.-]{0,40}\Z")
_PASSES: Final = regex(r"[0-9!@#%^&+]")


def entropy(text: str) -> float:
    """Give Shannon's entropy of the characters of a text, in bits each."""
    if not text:
        return 0.0
    counts = [text.count(character) for character in set(text)]
    return -sum(count / len(text) * log2(count / len(text)) for count in counts)


def find(text: str, rules: Iterable[Rule] | None = None) -> list[Hit]:
    """Give the credentials in a text in order, each place once; where rules overlap, the first one's."""
    chosen = [*(shipped() if rules is None else rules)]
    found: dict[tuple[int, int], Hit] = {}
    for begin in range(0, max(len(text), 1), WINDOW):
        window = text[begin : begin + WINDOW + OVERLAP]
        for hit in _in_window(window, chosen):
            moved = hit._replace(start=hit.start + begin, end=hit.end + begin)
            found.setdefault((moved.start, moved.end), moved)
    return _apart(sorted(found.values(), key=lambda hit: (hit.start, -hit.end)))


def masked(text: str) -> str:
    """Give a text of which no credential can be read; its lines and their lengths stay."""
    for hit in reversed(find(text)):
        hidden = re.sub(r"[^\n]", "█", text[hit.start : hit.end])
        text = text[: hit.start] + hidden + text[hit.end :]
    return text


def masked_quote(text: str) -> str:
    """Give the same of a text that quotes others, of which a credential may be cut short: `ghp_9fQ2x…`."""
    return _CUT_SHORT.sub(lambda found: _without_beginning(found[0]), masked(text))


def _without_beginning(cut: str) -> str:
    """Mask what may begin a token, or the password in an address."""
    places = [cut.find(anchor) for rule in shipped() if rule.rule_class == "P" for anchor in rule.anchors]
    places += [found.end() for found in (_ACCOUNT.search(cut),) if found]
    begin = min((at for at in places if at >= 0), default=len(cut))
    return cut[:begin] + "█" * (len(cut) - begin)


def _apart(hits: list[Hit]) -> list[Hit]:
    """Leave out hits that lie within another of a class that is as sure."""
    kept: list[Hit] = []
    for hit in hits:
        if not any(other.start <= hit.start and hit.end <= other.end for other in kept[-8:]):
            kept.append(hit)
    return kept


def _in_window(text: str, rules: list[Rule]) -> Iterator[Hit]:
    lower = _lowered(text)
    runs = "\n".join({piece for piece in text.split() if len(piece) >= _RUN})  # in which few of the literals stand
    runs = "\n".join(RUN.findall(runs))
    for rule in rules:
        if rule.rule_class == "P" and not rule.anywhere:
            yield from _tokens(text, runs, rule)
        elif rule.name == "private-key-block":
            yield from _private_keys(text, lower, rule)
        else:
            yield from _constructs(text, lower, rule)
    yield from _assignments(text, lower)


def _lowered(text: str) -> str:
    """Give the text with small ASCII letters, each in its place: what `str.lower` makes of others may be longer.

    Bytes know ASCII alone, and no letter of another script becomes one: of its four bytes one more is not zero.
    """
    if text.isascii():
        return text.lower()
    return text.encode("utf-32-le", "surrogatepass").lower().decode("utf-32-le", "surrogatepass")


def _tokens(text: str, runs: str, rule: Rule) -> Iterator[Hit]:
    for anchor in rule.anchors:
        at = text.find(anchor) if anchor in runs else -1
        while at >= 0:
            match = _token_at(text, at, anchor, rule)
            if match is not None and not (_NEVER.search(match[0]) or entropy(match[0]) < 2.5):
                yield Hit(match.start(), match.end(), rule.name, "P", anchor if match[0].startswith(anchor) else "")
            at = text.find(anchor, max(at + 1, match.end() if match else 0))


def _token_at(text: str, at: int, anchor: str, rule: Rule) -> re.Match[str] | None:
    back = _INSIDE.get(anchor)
    if back is None:
        return rule.regex.match(text, at)
    if rule.name == "jwt":
        begin = at
        while begin > max(0, at - back) and _JWT.match(text, begin - 1):
            begin -= 1
        return rule.regex.match(text, begin)
    starts = range(max(0, at - back), at + 1)
    return next((found for start in starts if (found := rule.regex.match(text, start)) and at < found.end()), None)


def _constructs(text: str, lower: str, rule: Rule) -> Iterator[Hit]:
    needed = _NEEDED.get(rule.name)
    if needed and not needed.search(lower):
        return
    for anchor in map(_lowered, rule.anchors):
        done = 0
        at = lower.find(anchor)
        while at >= 0:
            begin, end = max(at - _BEFORE, done), min(at + len(anchor) + _BEHIND, len(text))
            for found in rule.regex.finditer(text, begin, end):
                match = found
                if found.end() == end < len(text):  # it may go on
                    match = rule.regex.match(text, found.start()) or found
                done = match.end()
                group = "s" if "s" in rule.regex.groupindex else 0
                if not _is_placeholder(match[group], rule.name):
                    yield Hit(match.start(group), match.end(group), rule.name, rule.rule_class, "")
            done = max(done, at + 1)
            at = lower.find(anchor, max(end - _BEFORE, at + 1) if end < len(text) else max(done, at + len(anchor)))


def _is_placeholder(value: str, rule: str) -> bool:
    if rule in _SURE:
        return False
    if rule == "aws-secret-key" and (_NEVER.search(value) or entropy(value) < 2.5):
        return True
    return bool(_PLACEHOLDER.fullmatch(value) or (rule not in _OF_BASE64 and _PATH.fullmatch(value)))


def _private_keys(text: str, lower: str, rule: Rule) -> Iterator[Hit]:
    at, done = lower.find("private key"), 0
    while at >= 0:
        match = rule.regex.search(text, max(done, at - 64), at + 64)
        if match is None:
            at = lower.find("private key", at + 1)
            continue
        another = text.find("-----BEGIN", match.end(), match.end() + _KEY)
        most = another if another >= 0 else min(match.end() + _KEY, len(text))
        end = text.find("-----END", match.end(), most)
        if end < 0:
            end = _key_end(text, match.end(), most)
        if _holds_base64(text[match.end() : end]):
            yield Hit(match.end(), end, rule.name, "S", "")
        done = max(end, match.end())
        at = lower.find("private key", max(done, at + 1))


def _key_end(text: str, begin: int, most: int) -> int:
    """Give where the lines end that may belong to a key without an end."""
    at = begin
    for number, line in enumerate(text[begin:most].split("\n")):
        match = _BODY.fullmatch(line.replace("\\n", " ").strip())
        if number and match is None:
            break
        at += len(line) + 1
        if match and match["base"] and len(match["base"]) < _WHOLE:  # the last line
            break
    return min(at - 1, len(text))


def _holds_base64(text: str) -> bool:
    return re.search(r"[A-Za-z0-9+/=]{16}", text) is not None


def _lines_with(text: str, words: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Give where lines begin and end that hold one of these words, in order."""
    begins: set[int] = set()
    for word in words:
        at = text.find(word)
        while at >= 0:
            begins.add(text.rfind("\n", 0, at) + 1)
            end = text.find("\n", at)
            at = text.find(word, end) if end >= 0 else -1
    for begin in sorted(begins):
        end = text.find("\n", begin)
        yield begin, end if end >= 0 else len(text)


def _assignments(text: str, lower: str) -> Iterator[Hit]:
    for match in chain.from_iterable(_ASSIGNED.finditer(lower, *line) for line in _lines_with(lower, _WORDS)):
        start, end = match.span("s")
        value = text[start:end]
        left = lower[max(0, match.start() - 40) : match.start()]
        before = _NAME.search(left)
        word = re.match(r"[a-z0-9_.-]*", match[0])
        key = (before[0] if before else "") + (word[0] if word else "")
        if "public" in key or _PLACEHOLDER.fullmatch(value) or _PATH.fullmatch(value):
            continue
        if "pass" in key or "pwd" in key:
            random = entropy(value) >= 2.5 and _PASSES.search(value) is not None
        else:
            random = (
                len(value) >= 16
                and entropy(value) >= 3.2
                and any(map(str.isdigit, value))
                and any(map(str.isalpha, value))
            )
        if random:
            yield Hit(start, end, CONTEXT, "C", "")
