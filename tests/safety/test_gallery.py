"""The recordings that come with castsite hold nothing of the machine they were made on."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GALLERY = sorted((ROOT / "content").rglob("*.cast"))
SCAFFOLD = sorted((ROOT / "castsite" / "scaffold" / "content").rglob("*.cast"))


def lines_of(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return (text.split("\n---\n", 1)[1] if text.startswith("---\n") else text).splitlines()


def shown(path: Path) -> str:
    """Everything a recording shows, events joined, so that nothing hides on their borders."""
    return "".join(event[2] for event in map(json.loads, lines_of(path)[1:]))


def test_there_are_enough_of_them() -> None:
    assert len(GALLERY) >= 12
    assert len(SCAFFOLD) == 3


@pytest.mark.parametrize("path", [*GALLERY, *SCAFFOLD], ids=lambda path: path.stem)
def test_a_recording_names_no_folder_person_or_machine_but_the_demo_s(path: Path) -> None:
    text = shown(path)
    assert set(re.findall(r"/home/(\w+)", text)) <= {"demo"}
    assert not re.search(r"/(root|tmp|work|Users|mnt|opt)\b", text)
    assert not re.search(r"\w@\w+[:~]", text)  # user@host of a default prompt
    assert set(re.findall(r"[\w.]+@[\w.]+\.\w+", text)) <= {"demo@example.com"}


@pytest.mark.parametrize("path", [*GALLERY, *SCAFFOLD], ids=lambda path: path.stem)
def test_a_header_says_only_what_every_machine_would_say(path: Path) -> None:
    header = json.loads(lines_of(path)[0])
    assert set(header["env"].items()) <= {("SHELL", "/bin/bash"), ("TERM", "xterm-256color")}
    assert "command" not in header


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_a_recording_of_the_gallery_is_small(path: Path) -> None:
    assert path.stat().st_size <= 60_000


@pytest.mark.parametrize("path", SCAFFOLD, ids=lambda path: path.stem)
def test_a_recording_of_a_new_site_is_very_small(path: Path) -> None:
    assert path.stat().st_size <= 6_000
