"""Find a theme's folder, those of its parents, and at the end the default theme's."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from castsite.errors import ConfigError, Place, Problem, Severity, quote
from castsite.files import describe_os_error
from castsite.regex import regex
from castsite.schema.nearest import did_you_mean, nearest
from castsite.schema.texts import THEME_LETTERS, THEME_NAME
from castsite.theme.layer import Layer, is_no_part
from castsite.theme.manifest import Manifest, read_manifest

DEFAULT = "default"
"""The shipped theme that every other one falls back to."""

PARENTS = 5
"""At most this many themes may stand above one another."""


TEMPLATES = "templates"
"""Folder of a theme, and of a site, that holds templates."""

_FILE = "theme.yaml"
_KEEP = "put it there, or take its name out"
_NAME = regex(THEME_NAME)


class Folder(Struct, frozen=True):
    """One theme's own folder."""

    layer: Layer
    manifest: Manifest


def shipped_themes() -> Path:
    """Folder of the themes that come with castsite: in the package when installed, else the checkout's."""
    package = Path(__file__).parent.parent
    return package / "_themes" if (package / "_themes").is_dir() else package.parent / "themes"


def find_chain(name: str, *, asked_by: Place, site: Path, shipped: Path) -> tuple[Folder, ...]:
    """Give a theme, its parents, and at the end the default theme. Raises ConfigError when one is missing or circular.

    The site's own themes come before the shipped ones; one of the same name may extend the shipped one.
    """
    places = _Places(site, shipped)
    chain: list[Folder] = []
    wanted = name
    while True:
        chain.append(read_folder(places.find(wanted, asked_by, chain)))
        parent = chain[-1].manifest.extends
        if parent is None:
            break
        wanted, asked_by = parent
        if len(chain) > PARENTS:
            raise _refusal(asked_by, "theme-too-deep", f"more than {PARENTS} themes above one another; leave some out")
    default = shipped_folder(shipped, DEFAULT)
    if all(folder.layer.folder != default.folder for folder in chain):
        chain.append(read_folder(default))
    return tuple(chain)


class _Places(Struct, frozen=True):
    """Where themes are looked for."""

    site: Path
    shipped: Path

    def find(self, name: str, asked_by: Place, chain: list[Folder]) -> Layer:
        """Find the folder of a theme that is not in the chain yet."""
        if not is_name(name):
            text = f"theme: {quote(name)} is no theme's name; use {THEME_LETTERS}"
            raise _refusal(asked_by, "bad-value", text)
        candidates = (own_folder(self.site, name, self.shipped), shipped_folder(self.shipped, name))
        there = [candidate for candidate in candidates if candidate.folder.is_dir()]
        if not there:
            hint = did_you_mean(name, self.names()) or f"; put it into themes/{name}/"
            raise _refusal(asked_by, "unknown-theme", f"no theme is called {quote(name)}{hint}")
        used = [folder.layer.folder for folder in chain]
        fresh = next((candidate for candidate in there if candidate.folder not in used), None)
        if fresh is None:
            circle = " → ".join([*(folder.layer.folder.name for folder in chain), name])
            raise _refusal(
                asked_by, "theme-circle", f"themes extend one another in a circle: {circle}; leave one extends: out"
            )
        return fresh

    def names(self) -> set[str]:
        """Name the themes that there are."""
        folders = [folder for folder in (self.site / "themes", self.shipped) if folder.is_dir()]
        return {path.name for folder in folders for path in folder.iterdir() if path.is_dir()}


def is_name(text: str) -> bool:
    """Whether a text can name a theme."""
    return _NAME.fullmatch(text) is not None


def own_folder(site: Path, name: str, shipped: Path) -> Layer:
    """Give the folder of a site's own theme, there or not. In castsite's own project these are the shipped ones."""
    themes = site / "themes"
    return Layer(themes / name, f"themes/{name}", themes.resolve() == shipped.resolve())


def shipped_folder(shipped: Path, name: str) -> Layer:
    """Give the folder of a theme that comes with castsite, there or not."""
    return Layer(shipped / name, f"castsite/themes/{name}", shipped=True)


def read_folder(layer: Layer) -> Folder:
    """Read one theme's own folder. Raises ConfigError without a readable `theme.yaml`."""
    place = Place(f"{layer.shown}/{_FILE}")
    if linked := [part for part in (layer.folder.parent, layer.folder) if part.is_symlink() and not layer.shipped]:
        at = Place(layer.shown if linked == [layer.folder] else layer.shown.rpartition("/")[0])
        raise _refusal(at, "link", "links are not followed; put the folder itself here")
    try:
        source = layer.read(_FILE).decode("utf-8")
    except FileNotFoundError as error:
        near = nearest(_FILE, (path.name for path in layer.folder.iterdir() if not is_no_part(path.name)))
        text = f"call {quote(near)} so, which is there" if near else "it may be empty"
        raise _refusal(place, "no-theme-file", f"a theme needs this file; {text}") from error
    except UnicodeDecodeError as error:
        raise _refusal(place, "bad-theme-file", "is not UTF-8; save it as UTF-8 text") from error
    except OSError as error:
        raise _refusal(place, "bad-theme-file", describe_os_error(error)) from error
    manifest = read_manifest(source, path=place.path)
    missing = tuple(
        Problem(Severity.ERROR, at, "bad-value", f"templates: {quote(name)} is not in {TEMPLATES}/; {_KEEP}")
        for name, at in manifest.templates
        if not (layer.folder / TEMPLATES / name).is_file()
    )
    return Folder(layer, replace(manifest, problems=manifest.problems + missing))


def _refusal(place: Place, code: str, text: str) -> ConfigError:
    return ConfigError(Problem(Severity.FATAL, place, code, text))
