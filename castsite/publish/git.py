"""git, as far as publishing needs it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from msgspec import Struct

from castsite.errors import CastsiteError, Place, Problem, Severity, printable


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
                command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False
            )
        except FileNotFoundError as error:
            text = "git is not installed; install it, or publish in another way (docs/publishing.md)"
            raise GitError(Problem(Severity.FATAL, Place(""), "no-git", text)) from error
