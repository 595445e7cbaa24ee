"""Prompts for passwords, and the keys that answer them."""

from __future__ import annotations

import re
from typing import Final

from castsite.regex import regex
from castsite.safety.scan import SEQUENCE

_SURE: Final = (
    r"(?<![\w/\\~=\[])(?:pass ?(?:word|phrase|code)|passwd|pin|passwort|kennwort|mot de passe|contraseña|contrasena"
    r"|clave|senha|palavra-passe|parola|wachtwoord|lösenord|passord|adgangskode|salasana|heslo|hasło|haslo|jelszó"
    r"|şifre|sifre|пароль)(?!\w)|密码|密碼|口令|パスワード|暗証番号|암호|비밀번호|รหัสผ่าน|mật khẩu|סיסמה"
    r"|كلمة المرور|كلمة السر|κωδικ"
)
_MAYBE: Final = (
    r"(?<![\w/\\~=\[])(?:otp|[2m]fa|(?:\w+[ _-])?token|(?:\w+[ _-])?secret|(?:api|access|private|recovery)[ _-]?key"
    r"|seed phrase|one[- ]time|(?:verification|security|recovery|authenticat\w+|login|backup) code)(?!\w)"
)
_PROMPT: Final = regex(
    rf"(?:(?:{_SURE})(?:[^\n]{{0,300}}(?:[:：?？][^\w\n]{{0,3}}|[\])])|[ \t]{{0,2}}[>›»❯])"
    rf"|(?:{_MAYBE})[^\n]{{0,300}}[:：?？])[ \t_│┃|]*\n?[ \t]*(?:[>›»❯][ \t]*)?\Z",
    re.IGNORECASE,
)
_MOVES: Final = frozenset("ABCDEFGHJdf")
"""Ends of sequences after which what is printed stands elsewhere."""
_SCREEN: Final = regex(r"\x1b\[\?(?:1049|1047|47)([hl])")
_TAIL: Final = 400
"""Characters of what was printed that a prompt is looked for in."""
_ENDS: Final = "\r\n\x03\x04"
"""Keys after which nobody is asked any more."""
_ENOUGH: Final = 2
"""Different characters that are shown as they are typed by somebody who is not asked for a password."""


class Prompts:
    """Knows from what was printed and typed whether a key answers a prompt for a password.

    It does until a line is ended: stars, and what another program prints meanwhile, change nothing. What is shown as it
    is typed is no prompt, and no answer that is to be hidden. Programs of a full screen show texts, and are not asked.
    """

    __slots__ = ("_asked", "_echoed", "_is_full", "_is_new", "_tail", "_typed")

    def __init__(self) -> None:
        self._tail, self._typed, self._echoed = "", "", ""
        self._asked = self._is_full = self._is_new = False

    def printed(self, text: str) -> None:
        """Note what a program has printed."""
        if "\x1b[?" in text and (found := _SCREEN.findall(text)):
            self._is_full = found[-1] == "h"
            self._tail, self._asked = "", False
        text = text[-4 * _TAIL :]
        plain = SEQUENCE.sub(_left, text) if not text.isprintable() else text
        self._tail = (self._tail + plain)[-_TAIL:]
        if plain and self._typed.startswith(plain):
            self._typed = self._typed[len(plain) :]
            self._echoed += plain
            self._asked = self._asked and len({*self._echoed}) < _ENOUGH
        else:
            self._typed, self._is_new = "", True

    def hides(self, key: str) -> bool:
        """Note a key that was typed, and say whether nobody may see it."""
        if key in _ENDS:
            self._tail, self._typed, self._echoed, self._asked = "", "", "", False
            return False
        if self._is_new and not self._asked:
            self._asked = not self._is_full and _PROMPT.search(self._tail) is not None
            self._echoed = ""
        self._is_new = False
        self._typed += key
        return self._asked and key.isprintable()


def _left(sequence: re.Match[str]) -> str:
    """Say what becomes of a sequence: a border between words, or nothing."""
    return "\n" if len(sequence[0]) > 1 and sequence[0][-1] in _MOVES else ""
