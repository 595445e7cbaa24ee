"""A person at a terminal: types at a human pace, waits for the prompt, takes time to read."""

from __future__ import annotations

import random
import re

from terminal import Terminal

ENTER = "\r"
ESC = "\x1b"
TAB = "\t"
UP, DOWN, RIGHT, LEFT = (f"{ESC}[{letter}" for letter in "ABCD")
CTRL = {letter: chr(ord(letter) & 0x1F) for letter in "abcdefghijklmnopqrstuvwxyz"}

SHELL = r"\$ $"
"""The shell's prompt, as the end of what was shown."""

PATIENCE = 60.0
"""Seconds until a prompt that does not come is a fault of the scene."""

_CURSOR_KEYS = re.compile(r"\x1b\[\?1([hl])")
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>]")


class Typist:
    """Performs a scene. All waiting is listening, so nothing that is shown is missed."""

    def __init__(self, terminal: Terminal, seed: str) -> None:
        self.terminal = terminal
        self._random = random.Random(seed)  # noqa: S311 (a rhythm, not a secret)
        self._seen = ""
        self._application_keys = False

    def read(self, seconds: float, quiet: float | None = None) -> None:
        """Look at the screen for a while, or until nothing changed for `quiet` seconds."""
        shown = self.terminal.listen(seconds, quiet)
        self._seen += shown
        for switch in _CURSOR_KEYS.findall(shown):
            self._application_keys = switch == "h"

    def type(self, text: str) -> None:
        """Type a text, key by key."""
        for char in text:
            self.terminal.send(char)
            self.read(self._delay(char))

    def keys(self, keys: str, pause: float = 0.5) -> None:
        """Press keys one after the other, an escape sequence as one key, and look for `pause` seconds."""
        for key in re.findall(r"\x1b\[[A-D]|[\s\S]", keys):
            # a program may ask for arrows in another spelling, and terminals comply
            self.terminal.send(key.replace("[", "O") if len(key) == 3 and self._application_keys else key)
            self.read(self._random.uniform(0.09, 0.16))
        self.read(pause)

    def run(self, command: str, look: float = 1.2, until: str = SHELL) -> None:
        """Type a command, press Enter, wait for the prompt `until`, and read the result for `look` seconds."""
        self.type(command)
        self.read(self._random.uniform(0.2, 0.35))
        self.enter(until)
        self.read(look)

    def enter(self, until: str = SHELL) -> None:
        """Press Enter and wait until what is shown ends like `until`."""
        self._seen = ""
        self.terminal.send(ENTER)
        self.wait_for(until)

    def start(self, command: str, look: float = 1.2) -> None:
        """Start a program that takes over the screen."""
        self.type(command)
        self.read(0.3)
        self.terminal.send(ENTER)
        self.settle()
        self.read(look)

    def settle(self) -> None:
        """Wait until the program has nothing more to show for the moment."""
        self.read(5, quiet=0.25)

    def wait_for(self, pattern: str) -> None:
        """Wait until what was shown since the last Enter ends like `pattern`, escape sequences left out."""
        waited = 0.0
        while not re.search(pattern, _ESCAPES.sub("", self._seen)):
            if waited > PATIENCE:
                message = f"{pattern!r} did not appear; last shown: {self._seen[-300:]!r}"
                raise TimeoutError(message)
            self.read(0.05)
            waited += 0.05

    def leave(self) -> None:
        """End the shell as people do, with Ctrl-D, and see it say so."""
        self.terminal.send(CTRL["d"])
        self.read(2)

    def mark(self, label: str) -> None:
        """Put a marker at this moment."""
        self.terminal.mark(label)

    def resize(self, cols: int, rows: int, look: float = 1.0) -> None:
        """Drag the window to another size."""
        self.terminal.resize((cols, rows))
        self.read(look)

    def _delay(self, char: str) -> float:
        base = self._random.gauss(0.062, 0.018)
        if char in " -|/.":
            base += self._random.uniform(0.0, 0.07)
        return max(0.024, base)
