"""Record the scenes of the gallery: `python3 content/_studio/record.py [NAME…]`, each name the beginning of a path."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import cast
from scenes import SCENES
from scenes.scene import Scene
from terminal import Terminal
from typist import SHELL, Typist

STUDIO = Path(__file__).resolve().parent
CONTENT = STUDIO.parent
SCAFFOLD = CONTENT.parent / "castsite" / "scaffold" / "content"
USER = "demo"
HOME = Path("/home") / USER
MADE = 1772355600
"""2026-03-01 09:00 UTC: when every file on the stage was last changed, and what git believes."""

ENV = {
    "HOME": str(HOME),
    "USER": USER,
    "LOGNAME": USER,
    "SHELL": "/bin/bash",
    "PATH": f"{HOME}/.local/bin:/usr/local/bin:/usr/bin:/bin",
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
    "LANG": "C.UTF-8",
    "HISTFILE": "/dev/null",
    "LESSHISTFILE": "-",
    "PYTHONDONTWRITEBYTECODE": "1",
    "SOURCE_DATE_EPOCH": str(MADE),
    "GIT_AUTHOR_NAME": "Demo",
    "GIT_AUTHOR_EMAIL": "demo@example.com",
    "GIT_COMMITTER_NAME": "Demo",
    "GIT_COMMITTER_EMAIL": "demo@example.com",
    "GIT_AUTHOR_DATE": f"{MADE} +0000",
    "GIT_COMMITTER_DATE": f"{MADE} +0000",
    "GIT_CONFIG_GLOBAL": str(HOME / ".gitconfig"),
}


def main(names: list[str]) -> None:
    """Record every scene whose path begins with one of the names, or all of them."""
    for scene in SCENES:
        if not names or any(scene.path.startswith(name) for name in names):
            target = (SCAFFOLD if scene.scaffold else CONTENT) / f"{scene.path}.cast"
            target.parent.mkdir(parents=True, exist_ok=True)
            text = record(scene)
            target.write_text(text, encoding="utf-8")
            sys.stderr.write(f"{scene.path}: {len(text):,} bytes\n")


def record(scene: Scene) -> str:
    """Set the stage, let the typist perform, and give the recording."""
    folder = _stage(scene)
    argv = ["bash", "--noprofile", "--rcfile", str(HOME / ".demorc"), "-i"]
    terminal = Terminal(argv, size=scene.size, folder=folder, env=ENV, user=USER)
    typist = Typist(terminal, seed=scene.path)
    try:
        typist.wait_for(SHELL)
        typist.read(0.8)
        scene.play(typist)
        typist.leave()
    finally:
        terminal.close()
    return cast.write(
        [event for event in terminal.events if event.code != "x" or scene.version == 3],
        version=scene.version,
        size=scene.size,
        title=scene.title,
        timestamp=scene.timestamp,
        idle_limit=scene.idle_limit,
        env=ENV,
        front_matter=scene.front_matter,
    )


def _stage(scene: Scene) -> Path:
    """Make the folder a scene begins in, with its props, all of the same age."""
    for name in ("demorc", "vimrc", "gitconfig"):
        _place(STUDIO / "props" / f"{name}.prop", HOME / f".{name}")
    shutil.rmtree(HOME / ".config", ignore_errors=True)
    folder = HOME / scene.folder
    if folder == HOME:
        message = f"{scene.path}: a scene needs a folder of its own; it is emptied first"
        raise ValueError(message)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    source = STUDIO / "props" / scene.props if scene.props else None
    for prop in sorted(source.rglob("*.prop")) if source else ():
        _place(prop, folder / prop.relative_to(source).with_suffix(""))
    for path in (*sorted(folder.rglob("*")), folder):
        _age(path)
    if scene.setup:
        _prepare(scene.setup, folder)
    return folder


def _prepare(script: str, folder: Path) -> None:
    """Have a shell do what happened before, as the user who will be seen."""
    command = ["bash", "-euo", "pipefail", "-c", script]
    subprocess.run(command, cwd=folder, env=ENV, user=USER, group=USER, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 (our own scenes)


def _place(prop: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(prop.read_bytes())
    if prop.read_bytes().startswith(b"#!"):
        target.chmod(0o755)
    _age(target)


def _age(path: Path) -> None:
    shutil.chown(path, USER, USER)
    os.utime(path, (MADE, MADE))


if __name__ == "__main__":
    main(sys.argv[1:])
