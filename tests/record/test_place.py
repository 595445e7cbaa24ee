"""Where a recording goes, while others are at work in the same folders."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from meanwhile import just_before

from castsite.errors import ConfigError, StorageError
from castsite.limits import Limits

if sys.platform == "win32":
    pytest.skip("there is no recorder on Windows", allow_module_level=True)

from castsite.record.place import create, refuse_taken, spot, take_away

HEADER = b'{"version": 3}\n'


def test_a_folder_that_another_recorder_makes_first_is_used_and_stays(tmp_path: Path) -> None:
    place, folder = spot(tmp_path, "content", "new/a", limits=Limits()), tmp_path / "content/new"
    refuse_taken(place)
    with just_before("os.mkdir", folder, folder.mkdir):
        handle, made = create(place, HEADER)
    os.close(handle)
    assert place.file.read_bytes() == HEADER
    assert made == [tmp_path / "content", place.file]
    take_away(made)
    assert [path.name for path in tmp_path.rglob("*")] == ["content", "new"]


def test_a_folder_that_another_recorder_takes_away_first_is_made_again(tmp_path: Path) -> None:
    place, folder = spot(tmp_path, "content", "new/a", limits=Limits()), tmp_path / "content/new"
    folder.mkdir(parents=True)
    with just_before("open", place.file, folder.rmdir):
        handle, made = create(place, HEADER)
    os.close(handle)
    assert (place.file.read_bytes(), made) == (HEADER, [folder, place.file])


def test_a_file_that_another_recorder_makes_first_is_left_alone(tmp_path: Path) -> None:
    place = spot(tmp_path, "content", "new/a", limits=Limits())
    with (
        just_before("open", place.file, lambda: place.file.write_bytes(b"theirs")),
        pytest.raises(ConfigError, match=r"content/new/a\.cast: exists: is there already"),
    ):
        create(place, HEADER)
    assert place.file.read_bytes() == b"theirs"


def test_nothing_is_left_of_what_could_not_be_made(tmp_path: Path) -> None:
    place = spot(tmp_path, "my/casts", "new/a", limits=Limits())
    handle, made = create(place, HEADER)
    os.close(handle)
    take_away(made)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "my").write_bytes(b"")
    with pytest.raises(StorageError, match=r"my/casts/new/a\.cast: storage: cannot be written: Not a directory"):
        create(place, HEADER)
