"""Real recorders in real pseudo-terminals."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Iterable
from pathlib import Path

LIMIT = 20
"""Seconds that a recorder may take."""


def run(command: list[str], folder: Path, *, keys: Iterable[tuple[bytes, bytes]] = (), size: tuple[int, int]) -> bytes:
    """Run a recorder on a terminal of columns and rows; each text that is seen is answered with keys.

    Gives all that was seen.
    """
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    env = {**os.environ, "SHELL": "/bin/sh", "TERM": "xterm", "LC_ALL": "C.UTF-8"}
    done = subprocess.Popen(
        command, cwd=folder, env=env, stdin=follower, stdout=follower, stderr=follower, start_new_session=True
    )
    os.close(follower)
    seen, answers = b"", list(keys)
    until = time.monotonic() + LIMIT
    try:
        while (left := until - time.monotonic()) > 0:
            if not select.select([leader], [], [], left)[0]:
                break
            try:
                piece = os.read(leader, 65536)
            except OSError:  # the other side has gone: Linux says so with EIO
                break
            if not piece:
                break
            seen += piece
            if answers and answers[0][0] in seen:
                os.write(leader, answers.pop(0)[1])
        done.wait(max(until - time.monotonic(), 1))
    finally:
        done.kill()
        done.wait()
        os.close(leader)
    assert not answers, seen
    return seen
