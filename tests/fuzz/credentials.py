"""Any bytes as a text in which credentials are looked for.

Bytes of ASCII are themselves. Of two others the pair names a piece: what a rule is looked for by, a token of its shape,
a letter of another script. So no file of a seed, nor of what was found, holds a token.
"""

from __future__ import annotations

from fuzz.promises import LONGEST
from tokens import TOKENS

from castsite.errors import Place, printable
from castsite.safety.gate import Gate
from castsite.safety.secrets import CONTEXT, find, masked, shipped
from castsite.schema.policy import SecretsPolicy
from tests.timing import soon

LENGTH = 2048
PLACE = Place("content/demo.md")
TIMES = 20
"""how often a text is put after itself, so that what costs more than it is long is seen"""
SECONDS = 4.0
"""most that 40 KiB may take, as a processor counts them"""
LETTERS = ("é", "İ", "漢", "👩‍💻", "█", "\ud800", "\u2028", "\x00", "\u212a", "ſ")
WORDS = (
    "password",
    "api_key",
    "token",
    ": ",
    " = ",
    "-----BEGIN RSA PRIVATE KEY-----\n",
    "-----END RSA PRIVATE KEY-----",
)
_RULES = {rule.name: rule.rule_class for rule in shipped()} | {CONTEXT: "C"}


def pieces() -> tuple[str, ...]:
    """Give what pairs of bytes stand for; new ones come last, so that old files keep their meaning."""
    anchors = [anchor for rule in shipped() for anchor in rule.anchors]
    return (*LETTERS, *WORDS, *anchors, *TOKENS.values())


PIECES = pieces()


def text_of(data: bytes) -> str:
    """Spell the text that bytes stand for."""
    rest = iter(data)
    return "".join([chr(byte) if byte < 0x80 else _piece(byte, next(rest, 0)) for byte in rest])


def _piece(first: int, second: int) -> str:
    return PIECES[((first & 0x7F) << 8 | second) % len(PIECES)]


def pair(piece: str) -> bytes:
    """Give the two bytes that stand for a piece."""
    at = PIECES.index(piece)
    return bytes((0x80 | at >> 8, at & 0xFF))


def check(data: bytes) -> None:
    """Check where findings stand, that nothing of them is told, that masks fit, and that time stays in proportion."""
    text = text_of(data)
    hits = find(text)
    assert hits == sorted(hits, key=lambda hit: (hit.start, -hit.end))
    for hit in hits:
        assert 0 <= hit.start < hit.end <= len(text)
        assert hit.rule_class == _RULES[hit.rule]
        assert text[hit.start : hit.end].startswith(hit.shown)
        assert len(hit.shown) < hit.end - hit.start
        assert not hit.shown or hit.rule_class == "P"
    _, told = Gate(SecretsPolicy(), PLACE.path).of_text(text)
    assert len(told) == len(hits)
    for problem, hit in zip(told, hits, strict=True):
        assert 1 <= problem.place.line <= text.count("\n") + 1
        assert problem.text.startswith(f"{hit.rule} ({hit.rule_class}), ")
        assert printable(str(problem), LONGEST) == str(problem)
    hidden = masked(text)
    assert len(hidden) == len(text)
    assert [len(line) for line in hidden.split("\n")] == [len(line) for line in text.split("\n")]
    assert all(hidden[at] in "█\n" for hit in hits for at in range(hit.start, hit.end))
    soon(SECONDS, lambda: find(text * TIMES))
