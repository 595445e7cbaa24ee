"""Which prompts are real: what was found on the screen, cleaned up once the whole recording is known.

A prompt seen several times, or ending as prompts do, is a good one. It helps to split a line that was caught in the
middle of typing, to join the continuation lines of a quoted argument or here-document, and to tell a shell from the
line input of another program.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from castsite.analysis.model import Command
from castsite.limits import SECOND
from castsite.regex import regex

Source = Literal["exact", "marks", "editor", "editor-", "prompt"]

CONFIDENCE: Final[dict[Source, float]] = {"exact": 1.0, "marks": 0.99, "prompt": 0.95, "editor": 0.9, "editor-": 0.7}
REPAIRED: Final = 0.1
"""What a command loses whose prompt had to be split off again."""
RIGHT: Final = regex(r"(?<!\s)\s{4,}+(\S.{0,60})$")
"""A right prompt, if the row reaches the last columns. Each run of blanks is looked at once, from its start."""

_QUICK: Final = 250_000  # microseconds after Enter within which `>` is the shell asking for more
_MORE: Final = 60 * SECOND  # the same where the line begins as continuation lines do

_GOOD: Final = regex("(?:.*\\S\\s*)?(?:[$#%>❯➜λ»›▶±⇒✗✔⚡\ue0b0\ue0b4\ue0bc\ue0b8]|:|\\)|─)\\s{0,3}$")
_THEMED: Final = regex("[➜❯λ\ue000-\uf8ff]")
_STRONG: Final = regex("[$#%❯➜λ▶±\ue0b0]\\s*$|[➜❯]")
_SHELL: Final = regex("^(.{0,100}?(?:(?<=\\S)[$#%>]|[$#%>❯➜λ»›▶±⇒\ue0b0])\\s)(?=\\S)")
_ENDING: Final = regex(r"(\S{1,2}\s*)$")
_CONTINUES: Final = regex(r"^(> |\.\.\. |\s*\.\.\.: |\w*quote> |heredoc> |for> )")
_CONTINUATION: Final = regex(r"^(\S*> |\s*\.\.\.:? )")
_REPL: Final = regex(
    r"^(?:>>> |\.\.\. |In \[\d+\]: |\.\.\.: |>> ?|> ?|irb\S*> |\(Pdb\) |\w*=[#>] |\s*\.\.\.> |\(gdb\) |iex\S*> |λ> |"
    r"MariaDB \[[^\]]{0,64}\]> |[\w.-]{1,64}:\d{1,5}(?:\[\d+\])?> |"  # a database, a host with its port
    r"(?:mysql|sqlite|redis|cqlsh\S{0,32}|s?ftp|scala|jshell|julia|ghci|php|lua) ?> )$"
)
# nothing was typed, or it was cancelled
_NOTHING: Final = regex(r"[\s❯➜$#>%^C]*|.*\^C", re.DOTALL)


class Typed(NamedTuple):
    """What stood behind a prompt when Enter was pressed. `full`: its whole first row, `rest`: the rows below."""

    time: int
    accepted: int
    text: str
    prompt: str
    source: Source
    full: str = ""
    rest: tuple[str, ...] = ()
    repaired: bool = False


class _Prompts:
    """All that can be learned from the prompts of one recording."""

    def __init__(self, found: Sequence[Typed]) -> None:
        self._seen = Counter(typed.prompt for typed in found)
        good = [prompt for prompt in self._seen if self.good(prompt)]
        # in a recording with such prompts `>` is never the shell's own: it asks for more, or belongs to a chat
        self.strong = bool(found) and found[0].prompt.strip() != ">" and any(map(_STRONG.search, good))
        known = [prompt for prompt in good if not (self.strong and prompt.strip() == ">")]
        self.known = tuple(sorted(known, key=len, reverse=True))
        self._ends = sorted({match[1] for prompt in known if (match := _ENDING.search(prompt))})

    def good(self, prompt: str) -> bool:
        """Whether it ends like a prompt, or in a blank and was seen twice or has a glyph of a theme."""
        if not prompt.strip():
            return False
        return bool(
            _GOOD.match(prompt) or (prompt[-1].isspace() and (self._seen[prompt] >= 2 or _THEMED.search(prompt)))
        )

    def split(self, full: str) -> int | None:
        """Where typing begins in a row: behind a known prompt, a known ending, or what looks like a shell's."""
        for prompt in self.known:
            if full.startswith(prompt):
                return len(prompt)
        places = [full.find(end) + len(end) for end in self._ends if end in full]
        if places:
            return min(places)
        match = _SHELL.match(full)
        return match.end() if match else None


def clean(found: Sequence[Typed], cols: int) -> tuple[Command, ...]:
    """Drop what is no command, join continuation lines, split again what was caught mid-typing, tag line input."""
    prompts = _Prompts(found)
    shell: list[Typed] = []
    chat: list[Typed] = []
    for typed in found:
        if prompts.strong and typed.prompt.strip() == ">":
            if shell and typed.time - shell[-1].accepted < _QUICK:
                shell[-1] = _join(shell[-1], typed.text, typed.accepted)
            else:
                chat.append(typed)
        elif typed.source == "editor" and typed.full and not prompts.good(typed.prompt):
            if shell and _continues(typed, shell[-1], prompts):
                shell[-1] = _join(shell[-1], _CONTINUATION.sub("", typed.full, count=1), typed.accepted)
            elif (repaired := _repair(typed, prompts, cols)) and not _NOTHING.fullmatch(repaired.text):
                shell.append(repaired)
        elif not (_is_output(typed) or _NOTHING.fullmatch(typed.text)):
            shell.append(typed)
    made = [_command(typed, _kind(typed, prompts)) for typed in shell] + [_command(typed, "repl") for typed in chat]
    some = (command for command in made if not _NOTHING.fullmatch(command.text))
    return tuple(sorted(some, key=lambda command: command.accepted))


def _is_output(typed: Typed) -> bool:
    """Whether it was no prompt at all: a resting cursor behind `50%`, without a blank."""
    return typed.source == "prompt" and typed.prompt[-1:] in "#>%"


def _continues(typed: Typed, before: Typed, prompts: _Prompts) -> bool:
    soon = typed.time - before.accepted < _MORE
    return soon and bool(_CONTINUES.match(typed.full)) and not typed.full.startswith(prompts.known)


def _join(typed: Typed, line: str, accepted: int) -> Typed:
    return typed._replace(text=f"{typed.text}\n{line}".rstrip(), accepted=accepted)


def _repair(typed: Typed, prompts: _Prompts, cols: int) -> Typed | None:
    cut = prompts.split(typed.full)
    if cut is None:
        return None
    body = typed.full[cut:]
    if len(typed.full) >= cols - 2 and (right := RIGHT.search(body)):
        body = body[: right.start()]
    text = "\n".join([body.strip(), *typed.rest]).strip()
    return typed._replace(text=text, prompt=typed.full[:cut], repaired=True)


def _kind(typed: Typed, prompts: _Prompts) -> Literal["shell", "repl"]:
    asks = _REPL.match(typed.prompt) and (prompts.strong or typed.prompt.strip() != ">")
    return "repl" if asks else "shell"


def _command(typed: Typed, kind: Literal["shell", "repl"]) -> Command:
    confidence = round(CONFIDENCE[typed.source] - REPAIRED * typed.repaired, 2)
    return Command(typed.time, typed.accepted, typed.text, typed.prompt, typed.source, kind, confidence)
