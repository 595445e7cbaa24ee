"""Other programs that look for secrets, of an owner: they are given transcripts, and say yes or no."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from castsite.errors import Place, Problem, Severity, quote

SCANNED: Final = "external-scan"
"""Code of what is said of them."""
PATIENCE: Final = 600
"""Seconds for one of them."""


def scanned(programs: Iterable[str], transcripts: Iterable[tuple[str, str]], place: Place) -> Iterator[Problem]:
    """Run programs over transcripts, which are given by path, and tell of those that do not end with status 0.

    Each is a line of words as in a shell; a folder that holds the transcripts is added as the last one. What they print
    is not shown, since it may hold what they found. `place` is where they are named.
    """
    with TemporaryDirectory(prefix="castsite-") as name:
        folder = Path(name)
        for path, text in transcripts:
            target = folder / f"{path}.txt"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8", errors="replace")
        for program in programs:
            if text := _told(program, folder):
                yield Problem(Severity.WARNING, place, SCANNED, f"secrets: external: {quote(program)} {text}")


def _told(program: str, folder: Path) -> str:
    try:
        words = shlex.split(program)
    except ValueError as error:
        return f"is no command ({error})"
    try:
        done = subprocess.run(  # noqa: S603 - the owner's own commands, without a shell
            [*words, str(folder)],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"took more than {PATIENCE} seconds, and was ended"
    except (OSError, ValueError) as error:
        return f"cannot be run ({getattr(error, 'strerror', None) or error}); install it, or take it out of the list"
    if done.returncode:
        return (
            f"ended with status {done.returncode} over the transcripts: it found something, or failed; run it yourself"
        )
    return ""
