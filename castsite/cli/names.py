"""Which recording somebody means: one rule for every command that takes the name of one."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from castsite.cli.project import now
from castsite.config import SiteConfig
from castsite.errors import ConfigError, Place, Problem, Severity, quote
from castsite.formats.names import RECORDING, unpacked, without_ending
from castsite.schema.nearest import did_you_mean
from castsite.site.addresses import Addressing
from castsite.site.model import Document
from castsite.site.sources import Kind, SourceFile


class Called(Struct, frozen=True):
    """A recording with all that it is called. Paths are NFC, relative to the project."""

    item: str
    """path of what shows it: that of its own file, or of a page that names it"""
    recording: str
    """path of its file"""
    slug: str = ""
    """its address; empty where it cannot have one"""


def called(files: Iterable[SourceFile], documents: Iterable[Document], config: SiteConfig) -> list[Called]:
    """Give every recording of the content folder with its names, those that are held back, too.

    Two that ask for one address are both called by it: nobody can tell which of them is meant.
    """
    found = [
        Called(item.document.path, item.document.recording_path, item.slug)
        for item in Addressing(config, now()).asked(documents, {})
        if item.document.recording_path
    ]
    known = {one.recording for one in found}
    others = (file.path for file in files if file.kind is Kind.RECORDING and file.path not in known)
    return [*found, *(Called(path, path) for path in others)]


def meant(name: str, among: list[Called], config: SiteConfig, of: Callable[[Called], str]) -> str:
    """Find the one recording that a name means, and give `of` it: the path of its file, or of what shows it.

    Whatever is called exactly so comes before all that only ends so: its path, its name in the content folder with or
    without an ending, and its address count the same. Raises ConfigError for none, and for several.
    """
    wanted, above = unicodedata.normalize("NFC", name.strip("/")), f"{config.content}/"
    exact = [one for one in among if wanted in _exact(one, above)] if wanted else []
    found = exact or [one for one in among if wanted and any(map(_ends(wanted), _all(one, above)))]
    chosen = list(dict.fromkeys(map(of, found)))
    if len(chosen) == 1:
        return chosen[0]
    if chosen:
        names = [path.removeprefix(above) for path in chosen]
        text = f"{quote(name)} could be {', '.join(names[:5])}{' …' if len(names) > 5 else ''}; write more of it"
    else:
        lasts = (last.rpartition("/")[2] for one in among for last in (without_ending(of(one)), one.slug))
        near = did_you_mean(RECORDING.sub("", wanted.rpartition("/")[2]), filter(None, lasts))
        text = f"no recording {quote(name)}{near or '; castsite list names them all'}"
    raise ConfigError(Problem(Severity.FATAL, Place(""), "no-recording", text))


def _exact(one: Called, above: str) -> Iterator[str]:
    yield one.slug
    for path in (one.item, one.recording):
        own = path.removeprefix(above)
        yield from (path, own, without_ending(own))


def _all(one: Called, above: str) -> Iterator[str]:
    yield from _exact(one, above)
    for path in (one.item, one.recording):
        yield from (without_ending(path), unpacked(path))


def _ends(wanted: str) -> Callable[[str], bool]:
    return lambda called: f"/{called}".endswith(f"/{wanted}")
