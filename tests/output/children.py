"""What a test lets another process do."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Callable
from pathlib import Path

from output.ramdisk import Counting
from output.sites import Files, planned

from castsite.output.files import DISK
from castsite.output.lock import hold
from castsite.output.target import Target
from castsite.output.write import publish


def target(project: Path) -> Target:
    return Target(root=project / "public", work=project / ".castsite", project=project)


def build(project: Path, files: Files, at: int, number: signal.Signals) -> None:
    """Build with the lock held, and send oneself a signal at one of the operations."""

    def strike(_operation: str, _path: str) -> BaseException:
        os.kill(os.getpid(), number)
        return AssertionError()  # the signal came first

    with hold(target(project)):
        publish(target(project), planned(files), files=Counting(DISK, at, strike))


def run(task: Callable[[], None]) -> int:
    """Let a forked process do something; its exit code, negative for the signal that ended it.

    A process that is started anew would import pytest first, a hundred times in these tests.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # a test runner's threads have nothing to do with the task
        pid = os.fork()
    if not pid:
        code = 99
        try:
            task()
            code = 0
        except KeyboardInterrupt:
            code = 130
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
