"""A recording in the terminal of a command: made ready, and played until its end."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Literal, NamedTuple

from castsite.analysis.analyse import analyse
from castsite.cast.edit import Edits
from castsite.cast.events import Cast
from castsite.cast.timeline import Prepared, prepare
from castsite.cli.console import show_problems
from castsite.cli.exits import INTERRUPTED
from castsite.errors import ConfigError, printable
from castsite.limits import Limits
from castsite.safety.stream import without_acts
from castsite.site.model import SILENT, Meta
from castsite.terminal import TerminalError


class Ready(NamedTuple):
    """What is played: of its output only what draws. `commands` finds when each was about to be typed (µs)."""

    cast: Cast
    commands: Callable[[], list[int]]


def made_ready(  # noqa: PLR0913  # what a recording is played by
    cast: Cast,
    *,
    meta: Meta = SILENT,
    idle_limit: int | Literal["off"] | None = None,
    limits: Limits,
    path: str,
    root: Path,
) -> Ready:
    """Prepare a cast as builds do, but for what they look for, and tell what is wrong with it.

    Raises ConfigError when it cannot be played.
    """
    prepared = prepare(
        cast,
        markers=None if meta.markers is None else [(one.time, one.title) for one in meta.markers],
        idle_limit=meta.idle_time_limit if idle_limit is None else idle_limit,
        edits=Edits(meta.start, meta.end, meta.cut, meta.speed, meta.places),
        limits=limits,
        path=path,
    )
    if prepared.cast is None:
        raise ConfigError(*prepared.problems)
    show_problems(prepared.problems, root)
    return Ready(without_acts(prepared.cast), cache(partial(_commands, prepared.cast, prepared, meta)))


def _commands(cast: Cast, prepared: Prepared, meta: Meta) -> list[int]:
    given, clock = meta.commands, prepared.clock
    if given:
        given = tuple((clock.played(time), text) for time, text in given if clock.shows(time)) or False
    try:
        return [one.time for one in analyse(cast, commands=given, clock=clock).shown_commands]
    except TerminalError:
        return []


def show(ready: Ready, *, speed: float = 1.0, start: int = 0, stops: bool = False) -> int:
    """Play from a moment on (µs), stopping at markers if wanted; give the code to exit with."""
    from castsite.record.deck import Deck, reel  # noqa: PLC0415 - when there is something to play
    from castsite.record.playback import play  # noqa: PLC0415 - the same

    _warn_of_size(ready.cast)
    deck = Deck(reel(ready.cast), speed=speed, stops=stops)
    sys.stdout.flush()
    try:
        play(deck, ready.commands, start=start)
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _warn_of_size(cast: Cast) -> None:
    if not sys.stdout.isatty():
        return
    cols, rows = os.get_terminal_size(sys.stdout.fileno())  # and not what a variable says
    wanted = cast.header
    if cols < wanted.cols or rows < wanted.rows:
        size = printable(f"{wanted.cols}x{wanted.rows}")
        print(f"recorded at {size}, and this terminal has {cols}x{rows}: it may look wrong", file=sys.stderr)
