"""Keys that answer a prompt for a password."""

from __future__ import annotations

import pytest
from timing import soon

from castsite.safety.prompts import Prompts

PROMPTS = [
    "[sudo] password for ada: ",
    "Password:",
    "Password:  ",
    "Password:\r\n",
    "Passphrase> ",
    "password › ",
    "\x1b[1mPassword\x1b[0m: ",
    "Enter passphrase for key '/home/ada/a/very/long/path/to/where/keys/lie/that/goes/on/and/on/id_ed25519': ",
    "Passwort für ada: ",
    "Mot de passe : ",
    "Contraseña: ",
    "Пароль: ",
    "パスワード：",
    "PIN? ",
    "Verification code: ",
    "One-time code: ",
    "Client secret: ",
    "Paste your API key: ",
    "Token: ",
    "? Password: [input is hidden] ",
    "Password [hidden] ",
    "Password:\r\n> ",
    "Password: ________\x1b[8D",
    "│ Password: │",
    "Enter your PIN (4 digits) ",
    "Private key: ",
    "Seed phrase: ",
    "ada@host.example's password: ",
]


def hidden(prompts: Prompts, keys: str) -> str:
    return "".join("*" if prompts.hides(key) else key for key in keys)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_an_answer_is_hidden_to_the_end_of_its_line(prompt: str) -> None:
    prompts = Prompts()
    prompts.printed(f"$ ssh there\r\n{prompt}")
    assert hidden(prompts, "k9q\rls\r") == "***\rls\r"


@pytest.mark.parametrize("echo", ["*", "•", "\u25cf", "**", "*\x1b[K", "\b* "])
def test_stars_for_keys_change_nothing(echo: str) -> None:
    prompts = Prompts()
    prompts.printed("Password: ")
    for key in "k9q":
        assert prompts.hides(key)
        prompts.printed(echo)


def test_what_others_print_meanwhile_changes_nothing() -> None:
    prompts = Prompts()
    prompts.printed("Password: ")
    assert hidden(prompts, "k9") == "**"
    prompts.printed("\r\n[1]+  Done   make\r\n")
    assert hidden(prompts, "q\x03ls") == "*\x03ls"


def test_an_answer_that_is_shown_is_none() -> None:
    prompts = Prompts()
    prompts.printed("Name of the token: ")
    for key, shown in zip("demo", "**mo", strict=True):
        assert hidden(prompts, key) == shown
        prompts.printed(key)


@pytest.mark.parametrize("mask", "*#x-.")
def test_a_password_may_begin_with_what_it_is_shown_as(mask: str) -> None:
    prompts = Prompts()
    prompts.printed("Password: ")
    for key in f"{mask}{mask}k9":
        assert prompts.hides(key)
        prompts.printed(mask)


SHELLS = [
    "$ ",
    "> ",
    "user@secret-host:~$ ",
    "passwords: 3 of them\r\n$ ",
    "the token: abc ",
    "ada@box:~/secrets> ",
    "~/passwords ❯ ",
    "~/password> ",
    "secrets> ",
    "MariaDB [secrets]> ",
    "MariaDB [password]> ",
    "secrets=> ",
    "ada@token ~> ",
    "PS C:\\secrets> ",
    "api_token: x\x1b[24;1H:",
    "\x1b[?1049h\x1b[Hpassword: ",
]


@pytest.mark.parametrize("printed", SHELLS)
def test_other_prompts_hide_nothing(printed: str) -> None:
    prompts = Prompts()
    prompts.printed(printed)
    assert hidden(prompts, "ls\r") == "ls\r"


def test_a_full_screen_that_has_gone_asks_again() -> None:
    prompts = Prompts()
    prompts.printed("\x1b[?1049hpassword: ")
    assert hidden(prompts, "jj") == "jj"
    prompts.printed("\x1b[?1049l$ sudo -i\r\nPassword: ")
    assert hidden(prompts, "k9") == "**"


def test_what_nobody_answers_takes_no_time() -> None:
    def many() -> None:
        prompts = Prompts()
        for _ in range(200_000):
            prompts.printed("kkkkkkey: value 3:")

    soon(3, many)
