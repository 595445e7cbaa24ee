"""`castsite mark LABEL`: a marker from inside a recording."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from castsite.cli.console import show_problems
from castsite.errors import ConfigError, Place, Problem, Severity

OUTSIDE = 1
VARIABLE = "CASTSITE_REC"


@click.command("mark")
@click.argument("label")
def command(label: str) -> int:
    """Set a marker with LABEL from inside a recording, where players then show a chapter.

    Outside of one it does nothing, says so, and exits with 1.
    """
    from castsite.record.marks import sequence  # noqa: PLC0415 - when it is asked for

    terminal = os.environ.get(VARIABLE)
    try:
        written = sequence(label.encode("utf-8", "replace").decode())  # of bytes that are no text
    except ValueError as error:
        raise ConfigError(Problem(Severity.FATAL, Place(""), "marker-label", f"{error}; write less")) from error
    if not (terminal and sys.platform != "win32" and _is_written(terminal, written)):
        text = "this is no recording, so nothing was marked; call it inside of castsite rec"
        show_problems([Problem(Severity.ERROR, Place(""), "not-recording", text)], Path())
        return OUTSIDE
    return 0


def _is_written(terminal: str, data: bytes) -> bool:
    """Write to the terminal of the recording, which a program inside of another one (tmux) does not see."""
    try:
        handle = os.open(terminal if terminal.startswith("/dev/") else "/dev/tty", os.O_WRONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.isatty(handle) and os.write(handle, data) == len(data)
    except OSError:
        return False
    finally:
        os.close(handle)
