"""What another program does at the very moment before this one does something."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def just_before(event: str, path: Path, act: Callable[[], object]) -> Iterator[None]:
    """Act once, just before this process does something to a path; `event` is as `sys.addaudithook` calls it."""
    waiting = [act]

    def hook(seen: str, arguments: tuple[object, ...]) -> None:
        if waiting and seen == event and str(arguments[0]) == str(path):
            waiting.pop()()

    sys.addaudithook(hook)
    yield
    assert not waiting, f"nobody did {event} to {path}"
