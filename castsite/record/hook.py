"""Lines for the start of a shell that record every new session."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Final

SHELLS: Final = ("bash", "zsh", "fish")
_LIMITS: Final = "--max-duration 8h --max-size 40M"
_BOURNE: Final = """\
# castsite records every new session of this shell as a draft; remove these lines to end that
if [ -t 0 ] && [ -t 1 ] && [ -z "${{CASTSITE_REC-}}${{ASCIINEMA_REC-}}${{ASCIINEMA_SESSION-}}" ] \\
  && command -v castsite >/dev/null; then
  _castsite="sessions/$(date +%Y-%m-%d-%H%M%S)-$$"
  castsite -C {site} rec "$_castsite" --title "$(date '+%Y-%m-%d %H:%M')" --draft --quiet {limits}
  _castsite_status=$?
  if [ -e {content}/"$_castsite.cast" ]; then exit "$_castsite_status"; fi
  unset _castsite _castsite_status
fi
"""
_FISH: Final = """\
# castsite records every new session of this shell as a draft; remove these lines to end that
if status is-interactive; and test -t 0; and test -t 1; and command -q castsite
    and test -z "$CASTSITE_REC$ASCIINEMA_REC$ASCIINEMA_SESSION"
    set -l name sessions/(date +%Y-%m-%d-%H%M%S)-$fish_pid
    castsite -C {site} rec $name --title (date '+%Y-%m-%d %H:%M') --draft --quiet {limits}
    set -l code $status
    test -e {content}/$name.cast; and exec sh -c "exit $code" # exit alone ends no fish that is starting
end
"""


def hook(shell: str, *, project: Path, content: str) -> str:
    """Give the lines for one of `SHELLS`; a session that could not be recorded goes on without that."""
    text = _FISH if shell == "fish" else _BOURNE
    folder = shlex.quote(str(project / content))
    return text.format(site=shlex.quote(str(project)), content=folder, limits=_LIMITS)
