"""Keys that answer a prompt for a password."""

from __future__ import annotations

import pytest

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
    assert hidden(prompts, "d") == "*"
    prompts.printed("d")
    assert hidden(prompts, "emo") == "emo"


@pytest.mark.parametrize(
    "printed", ["$ ", "user@secret-host:~$ ", "passwords: 3 of them\r\n$ ", "the token: abc ", "> "]
)
def test_other_prompts_hide_nothing(printed: str) -> None:
    prompts = Prompts()
    prompts.printed(printed)
    assert hidden(prompts, "ls\r") == "ls\r"
