"""The process of a recorder: `castsite rec` becomes it once everything is decided, and all else is let go of."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from castsite.errors import Place, Problem, Severity
from castsite.record.journal import SECOND
from castsite.record.order import Order, unpacked
from castsite.record.recorder import LOST, Outcome, record

FAILED: Final = 5
_LIMITS: Final = {"duration": "the longest it may last", "size": "the largest it may be"}


def main() -> int:
    """Record what the one argument says; give the code to exit with."""
    order = unpacked(sys.argv[1])
    for handle in (order.handle, order.held, *([order.ready] if order.ready >= 0 else [])):
        os.set_inheritable(handle, False)  # noqa: FBT003 - its signature
    try:
        outcome = record(order)
    except OSError as error:
        return _failed(order, error.strerror or str(error), 0)
    if outcome.fault:
        return _failed(order, outcome.fault, outcome.duration)
    Path(order.note).unlink(missing_ok=True)
    if not order.quiet:
        _tell(order, outcome)
    return outcome.status


def _failed(order: Order, fault: str, duration: int) -> int:
    """Say what went wrong; where nobody looks, leave it for whoever asks."""
    if fault == LOST:
        text = f"{LOST}: nothing is kept but what was moved; move it once it has ended"
    else:
        text = (
            f"{fault}; recorded up to {_clock(duration)}, what came after is not in it; make room, or make it writable"
        )
    if order.ready >= 0:
        from castsite.underway import Note, written  # noqa: PLC0415 - megabytes that only a fault needs

        Path(order.note).write_bytes(written(Note(order.path, os.getpid(), text)))
    else:
        Path(order.note).unlink(missing_ok=True)
    _say(str(Problem(Severity.FATAL, Place(order.path), "storage", text)))
    return FAILED


def _tell(order: Order, outcome: Outcome) -> None:
    told = f"{order.path}: {_clock(outcome.duration)}, {outcome.size:,} bytes"
    if outcome.limit:
        told += f"; ended at {_LIMITS[outcome.limit]}"
    if not outcome.shows:
        told += "; nothing was shown, and a recording of that is not published: castsite rm removes it"
    _say(told)


def _clock(duration: int) -> str:
    return f"{duration / SECOND:.1f} s"


def _say(line: str) -> None:
    try:
        os.write(2, f"{line}\n".encode("utf-8", "replace"))
    except OSError:  # nobody is there any more
        return


if __name__ == "__main__":
    os._exit(main())  # all that is left to do takes no time, and may fail
