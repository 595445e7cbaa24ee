"""All scenes, in the order of their sections."""

from __future__ import annotations

from scenes import code, git, scaffold, shell, terminal

SCENES = (*shell.REEL.scenes, *git.REEL.scenes, *code.REEL.scenes, *terminal.REEL.scenes, *scaffold.REEL.scenes)
