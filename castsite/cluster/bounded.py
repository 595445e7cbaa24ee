"""The process beside a worker of a cluster: it does one call after the other, as it is asked for them.

python -m castsite.cluster.bounded BYTES
"""

from __future__ import annotations

import importlib
import os
import pickle
import sys
import threading

from castsite.cluster.helper import READY, receive, send
from castsite.workers import begin

IDLE = 120
"""Seconds after which it ends where nobody asks."""


def main(memory: int) -> None:
    """Answer calls on standard input until there are no more; what a library prints goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    begin(memory)
    importlib.import_module("castsite.examiner")  # takes longer than most calls
    answers.write(READY)
    answers.flush()
    while call := _next():
        try:
            send(answers, answer(call))
        except BrokenPipeError:
            return


def answer(call: bytes) -> bytes:
    """Do a call, `(module, function, arguments)`, and give `(its value, None)` or `(None, what it raised)`."""
    module, name, arguments = pickle.loads(call)  # noqa: S301 - from whoever started this process
    try:
        return pickle.dumps((getattr(importlib.import_module(module), name)(*arguments), None))
    except Exception as error:  # noqa: BLE001 - it is raised where the call came from
        return _told(error)


def _told(error: Exception) -> bytes:
    try:
        told = pickle.dumps((None, error))
        pickle.loads(told)  # noqa: S301 - what was just written
    except Exception:  # noqa: BLE001 - an exception that does not travel, whatever hinders it
        return pickle.dumps((None, RuntimeError(f"{type(error).__name__}: {error}")))
    return told


def _next() -> bytes | None:
    timer = threading.Timer(IDLE, os._exit, (0,))
    timer.daemon = True
    timer.start()
    try:
        return receive(sys.stdin.buffer)
    finally:
        timer.cancel()


if __name__ == "__main__":
    main(int(sys.argv[1]))
