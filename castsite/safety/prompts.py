"""Prompts for passwords, and the keys that answer them."""

from __future__ import annotations

import re
from typing import Final

from castsite.regex import regex
from castsite.safety.scan import SEQUENCE

_WORDS: Final = (
    r"pass ?(?:word|phrase|code)|passwd|\bpin\b|\botp\b|\b[2m]fa\b|token|secret|api[ _-]?key|access[ _-]?key"
    r"|one[- ]time|(?:verification|security|recovery|authenticat\w+|login|backup) code"
    r"|passwort|kennwort|passphrase|mot de passe|contraseña|contrasena|\bclave\b|\bsenha\b|palavra-passe|\bparola\b"
    r"|wachtwoord|lösenord|passord|adgangskode|salasana|\bheslo\b|hasło|\bhaslo\b|jelszó|\bşifre|\bsifre|пароль|κωδικ"
    r"|密码|密碼|口令|パスワード|暗証番号|암호|비밀번호|รหัสผ่าน|mật khẩu|סיסמה|كلمة المرور|كلمة السر"
)
_PROMPT: Final = regex(
    rf"(?:{_WORDS})(?:[^\n]{{0,300}}[:：?？]|[^\n]{{0,3}}[>›»❯])[ \t]*\n?[ \t]*\Z",
    re.IGNORECASE,
)
_LAST: Final = frozenset(":：?？>›»❯")
_STARS: Final = regex(r"[*•●∙·○◦▪■█]+")
_TAIL: Final = 400
"""Characters of what was printed that a prompt is looked for in."""
_ENDS: Final = "\r\n\x03\x04"
"""Keys after which nobody is asked any more."""


class Prompts:
    """Knows from what was printed and typed whether a key answers a prompt for a password.

    It does until a line is ended: stars, and what another program prints meanwhile, change nothing. What is shown as it
    is typed is no prompt, and no answer that is to be hidden.
    """

    __slots__ = ("_asked", "_tail", "_typed")

    def __init__(self) -> None:
        self._tail, self._typed, self._asked = "", "", False

    def printed(self, text: str) -> None:
        """Note what a program has printed."""
        plain = SEQUENCE.sub("", text)
        self._tail = (self._tail + plain)[-_TAIL:]
        if plain and self._typed.startswith(plain) and not _STARS.fullmatch(plain):
            self._typed, self._asked = self._typed[len(plain) :], False
            return
        self._typed = ""
        self._asked = self._asked or (self._tail.rstrip()[-1:] in _LAST and _PROMPT.search(self._tail) is not None)

    def hides(self, key: str) -> bool:
        """Note a key that was typed, and say whether nobody may see it."""
        if key in _ENDS:
            self._tail, self._typed, self._asked = "", "", False
            return False
        self._typed += key
        return self._asked and key.isprintable()
