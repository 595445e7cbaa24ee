"""Passphrases: how castsite makes one, and which ones it refuses. Whoever has the files can guess without limit."""

from __future__ import annotations

import secrets
import unicodedata
from typing import Final

from castsite.regex import regex

LEAST: Final = 14
"""Characters of a passphrase that somebody chose."""

_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is mistaken for something else
_GROUPS, _OF = 4, 4
_FEWEST: Final = 6  # different characters
_NO_LETTER: Final = regex(r"[\W_]+")
_DENIED: Final = frozenset(
    {
        "correcthorsebatterystaple", "passwordpassword", "password123456", "password1234567", "passwordpassword1",
        "letmeinletmein", "letmeinplease", "iloveyouiloveyou", "thisismypassword", "mypasswordisthis",
        "thequickbrownfox", "thequickbrownfoxjumpsoverthelazydog", "tobeornottobe", "maytheforcebewithyou",
        "opensesameopensesame", "administrator", "administrator1", "administrator123", "changemechangeme",
        "changemeplease", "secretsecretsecret", "supersecretpassword", "donotenterhere", "qwertyuiopasdf",
        "qwertyuiopasdfgh", "qwertyuiopasdfghjkl", "qwertzuiopasdf", "azertyuiopqsdf", "1234567890qwerty",
        "qwerty1234567890", "abcdefghijklmn", "abcdefghijklmnop", "abcdefghijklmnopqrstuvwxyz", "12345678901234",
        "123456789012345", "1234567890123456", "01234567890123", "98765432109876", "castsitecastsite",
        "castsitepassphrase", "asciinemaasciinema", "trustno1trustno1", "welcomewelcome", "footballfootball",
    }
)  # fmt: skip


def generate() -> str:
    """Make one: 16 random letters and digits, 79 bits, in groups that can be read out."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_OF)) for _ in range(_GROUPS))
    return "-".join(groups)


def fault(passphrase: str) -> str | None:
    """Say why a passphrase is refused, without repeating it; None when it is not."""
    normal = unicodedata.normalize("NFC", passphrase)
    if not normal.strip():
        return "is empty"
    if len(normal) < LEAST:
        return f"has fewer than {LEAST} characters"
    plain = _NO_LETTER.sub("", unicodedata.normalize("NFKC", normal).casefold())
    if plain in _DENIED or len(set(normal.casefold())) < _FEWEST:
        return "is one of those that are tried first"
    return None
