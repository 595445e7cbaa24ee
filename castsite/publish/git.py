"""git, as far as publishing needs it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Final

from msgspec import Struct

from castsite.errors import CastsiteError, Place, Problem, Severity, printable

_ELSEWHERE: Final = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_CONFIG", "GIT_DIR", "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_NAMESPACE", "GIT_NO_REPLACE_OBJECTS", "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX", "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE", "GIT_WORK_TREE",
    }
)  # fmt: skip
"""Variables by which git says to hooks, and to what it runs, which repository it is at work in."""


def surroundings() -> dict[str, str]:
    """Give the environment, but for what would make git work in another repository than that of its folder."""
    return {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}


class GitError(CastsiteError):
    """git refused, or is not there (exit 5)."""

    exit_code = 5


class Git(Struct, frozen=True):
    """git in one repository."""

    repository: Path

    def __call__(self, *arguments: str) -> str:
        """Run a command and give what it prints, without the last line end. Raises GitError with what git says."""
        done = self._run(arguments)
        if done.returncode:
            said = printable(" ".join(done.stderr.split()) or f"exit code {done.returncode}", 300)
            text = f"git {arguments[0]} failed: {said}"
            raise GitError(Problem(Severity.FATAL, Place(""), "git", text))
        return done.stdout.rstrip("\n")

    def ask(self, *arguments: str) -> str:
        """Run a command that may have no answer; "" then."""
        done = self._run(arguments)
        return "" if done.returncode else done.stdout.rstrip("\n")

    def _run(self, arguments: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
        command = ["git", "-C", str(self.repository), *arguments]
        try:
            return subprocess.run(  # noqa: S603 - no shell, and the words are ours or checked by the schema
                command,
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                check=False,
                env=surroundings(),
            )
        except FileNotFoundError as error:
            text = "git is not installed; install it, or publish in another way (docs/publishing.md)"
            raise GitError(Problem(Severity.FATAL, Place(""), "no-git", text)) from error
