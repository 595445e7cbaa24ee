"""The wheel, installed and used outside the checkout, on a PATH without Node."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

THEMES = ROOT / "themes"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (found,) = folder.glob("*.whl")
    return found


def test_the_wheel_carries_player_typefaces_themes_and_licences(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "castsite/_assets/player/asciinema-player.min.js",
        "castsite/_assets/player/LICENSE",
        "castsite/_assets/fonts/jetbrains-mono.woff2",
        "castsite/_assets/fonts/jetbrains-mono-LICENSE.txt",
        "castsite/_assets/typefaces/coverage.json",
        "castsite/_assets/typefaces/unifont-latin-400-normal.woff2",
        "castsite/_assets/typefaces/unifont-LICENSE.txt",
        *(f"castsite/_themes/{path.relative_to(THEMES).as_posix()}" for path in THEMES.rglob("*") if path.is_file()),
        "castsite/scaffold/content/hello.cast",
    } <= names
    assert not [name for name in names if name.startswith(("tests/", "content/")) or name.endswith(".pyc")]


def test_what_few_people_need_is_an_extra(wheel: Path) -> None:
    files = zipfile.ZipFile(wheel)
    (name,) = (name for name in files.namelist() if name.endswith(".dist-info/METADATA"))
    needs = [line.partition(": ")[2] for line in files.read(name).decode().splitlines() if line.startswith("Requires-")]
    extras = {need.partition(">=")[0]: need.partition("extra == ")[2].strip("'\"") for need in needs if "extra" in need}
    assert extras == {"boto3": "s3", "distributed": "dask", "zstandard": "zstd"}


def test_an_installed_castsite_needs_neither_checkout_nor_node(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(installed), str(wheel)]
    subprocess.run(command, check=True, capture_output=True)
    env = {**os.environ, "PYTHONPATH": str(installed), "PATH": str(tmp_path / "empty")}

    def castsite(*arguments: str) -> str:
        line = [sys.executable, "-m", "castsite", *arguments]
        done = subprocess.run(line, cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
        return done.stderr

    where = "import castsite; print(castsite.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", where], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    )
    assert found.stdout.startswith(str(installed))
    castsite("new", "g")
    assert "built 3 of 3 recordings" in castsite("-C", "g", "build", "--strict")
    assert (tmp_path / "g/public/hello/index.html").is_file()
    assert list((tmp_path / "g/public/assets/player").glob("asciinema-player.min.*.js"))
