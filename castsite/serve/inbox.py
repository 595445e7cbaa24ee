"""Recordings that somebody sent: looked at as a build looks at them, named by castsite, put into the content folder.

    Sent ──_laid_out──▶ a content folder of its own, with the companion ──_look──▶ what a build would say
         ──_names──▶ the first free one ──_put──▶ content/

Nothing there is replaced, removed or fetched, and what was sent is not called as its sender calls it.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import count, islice
from pathlib import Path
from typing import Final, NamedTuple

from msgspec import Struct

from castsite.cache import Cache
from castsite.cast.sniff import compression_of
from castsite.config import SiteConfig
from castsite.errors import Place, Problem, Severity
from castsite.excerpt import said
from castsite.files import link_file
from castsite.limits import UPLOAD_ADDRESS, UPLOAD_DESCRIPTION, Limits
from castsite.research import SILENT, research
from castsite.safety.gate import FOUND
from castsite.schema.block import split
from castsite.schema.characters import visible_line, visible_text
from castsite.schema.emit import quoted
from castsite.schema.values import Visibility
from castsite.site.addresses import Addressing
from castsite.site.allowlist import read_allow_list
from castsite.site.documents import read_documents
from castsite.site.sources import scan
from castsite.site.urls import generated_slug, slugify, unlisted_slug
from castsite.workers import BoundedExecutor

_TRIES: Final = 1000
_ROOM: Final = 5
"""Characters of a name that are left for `-1` and so on."""


class Sent(Struct, frozen=True):
    """A recording and what its sender says of it."""

    recording: bytes
    title: str = ""
    description: str = ""
    visibility: str = ""
    audio_url: str = ""


class Inbox(Struct, frozen=True, kw_only=True):
    """Where recordings go that are received, and how they are looked at."""

    project: Path
    config: SiteConfig
    folder: str
    """relative to the content folder; empty for that itself"""
    publish: bool
    """whether what is received is no draft"""
    executor: BoundedExecutor
    now: datetime
    is_served: Callable[[str], bool] = lambda _slug: False
    """whether the site has something at an address already"""


class Received(NamedTuple):
    """What became of a recording that was received."""

    path: str
    """of the recording, relative to the project"""
    slug: str
    """the address that its page has once it is published, relative to the site; empty where that is secret"""
    title: str
    description: str
    state: Visibility
    draft: bool
    problems: tuple[Problem, ...]
    """warnings, and what holds it back"""

    @property
    def is_held_back(self) -> bool:
        """Whether something in it may not be shown."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)


class NotTakenError(Exception):
    """A recording that is not taken, with the problems that are the reason."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(said(problem).text for problem in problems))
        self.problems = problems


def receive(sent: Sent, inbox: Inbox, scratch: Path) -> Received:
    """Take a recording in; `scratch` is an empty folder for what lives as long as this.

    Raises NotTakenError for what no build could publish, OSError where it cannot be written, and CastsiteError where
    nothing can be looked at.
    """
    _refuse_others(sent.recording, inbox.config.limits)
    draft = not inbox.publish or sent.visibility not in {"", Visibility.PUBLIC, Visibility.UNLISTED}
    companion = _companion(sent, inbox.config.limits, draft=draft)
    stem = f"upload-{inbox.now:%Y%m%d-%H%M%S}"
    looked = _look(scratch, _laid_out(sent.recording, companion, inbox, scratch, stem), inbox)
    errors = [one for one in looked.problems if one.severity is Severity.ERROR and one.code != FOUND]
    if errors or not looked.is_recording:
        text = "the site passes over the folder that uploads go to; change ignore or upload_folder in castsite.yml"
        raise NotTakenError(*errors or [Problem(Severity.ERROR, Place(""), "ignored", text)])
    title = visible_line(sent.title)[0] or looked.title
    if title and not looked.has_findings:  # else it would be read in the name
        stem = title
    beside = looked.file.with_suffix(".md") if companion else None
    name, slug = _put(stem, beside, looked.file, inbox)
    told = tuple(
        _renamed(one, f"{looked.stem}.", f"{name}.") for one in looked.problems if one.severity is not Severity.INFO
    )
    shown = sent.visibility in {Visibility.PUBLIC, Visibility.UNLISTED}  # else it is a draft, and its text says no more
    state = Visibility(sent.visibility) if shown else inbox.config.visibility
    path = "/".join(filter(None, (inbox.config.content, inbox.folder, f"{name}.cast")))
    return Received(path, _address(slug, path, state, inbox), title, sent.description, state, draft, told)


def _refuse_others(recording: bytes, limits: Limits) -> None:
    """Raise NotTakenError for what a build would read, and nobody may send: compressed, or with front matter."""
    text = ""
    if kind := compression_of(recording):
        text = f"compressed by {kind}: send the recording itself"
    elif (block := split(recording, path="", limits=limits)).front is not None or block.problems:
        text = "begins with front matter, which is its owner's to write: send the recording alone"
    elif len(recording) > limits.file_size:
        text = f"larger than {limits.file_size:,} bytes, the limit"
    if text:
        raise NotTakenError(Problem(Severity.ERROR, Place(""), "not-taken", text))


# ---- front matter


def _companion(sent: Sent, limits: Limits, *, draft: bool) -> bytes:
    """Write the front matter, every text of it in ASCII and in quotes; nothing where there is nothing to say."""
    title = visible_line(sent.title)[0][: limits.title].rstrip()
    description = visible_text(sent.description)[0][:UPLOAD_DESCRIPTION].rstrip()
    entries = [("title", title), ("description", description)]
    lines = [f"{key}: {quoted(text)}" for key, text in entries if text]
    if sent.visibility in {Visibility.PUBLIC, Visibility.UNLISTED}:
        lines.append(f"visibility: {sent.visibility}")
    if draft:
        told = "  # sent as private" if sent.visibility == Visibility.PRIVATE else ""
        lines.append(f"draft: true{told}")
    if sound := visible_line(sent.audio_url)[0][:UPLOAD_ADDRESS]:
        lines.append(f"# sound, which is not fetched: {quoted(sound)}")
    return "\n".join(("---", *lines, "---", "")).encode("ascii") if lines else b""


# ---- what a build would say


class _Looked(NamedTuple):
    file: Path
    stem: str
    is_recording: bool
    title: str
    """that its header has"""
    has_findings: bool
    problems: tuple[Problem, ...]


def _laid_out(recording: bytes, companion: bytes, inbox: Inbox, scratch: Path, stem: str) -> Path:
    folder = scratch / "content" / inbox.folder
    folder.mkdir(parents=True)
    if companion:
        _write(folder / f"{stem}.md", companion)
    return _write(folder / f"{stem}.cast", recording)


def _write(file: Path, data: bytes) -> Path:
    with file.open("wb") as target:
        target.write(data)
        target.flush()
        os.fsync(target.fileno())
    return file


def _look(scratch: Path, file: Path, inbox: Inbox) -> _Looked:
    """Look at a recording in a content folder of its own, where it has the path that it would have in the real one."""
    config, content = inbox.config, scratch / "content"
    allowed = read_allow_list(inbox.project, key=config.site_key or "", now=inbox.now)
    found = scan(content, label=config.content, ignore=config.ignore, limits=config.limits)
    read = read_documents(content, found, config, allowed=allowed)
    known = research(
        read.documents,
        content=content,
        config=config,
        cache=Cache(scratch),
        executor=inbox.executor,
        progress=SILENT,
        allowed=allowed,
    )
    problems = tuple(dict.fromkeys((*found.problems, *read.problems, *known.problems)))
    held = any(one.code == FOUND and one.severity is Severity.ERROR for one in problems)
    title = next((fact.summary.title for fact in known.facts.values()), None)
    findings = held or any(one.findings for one in (*read.looked, *known.looked))
    return _Looked(file, file.stem, bool(known.facts) or held, title or "", findings, problems)


def _renamed(problem: Problem, before: str, after: str) -> Problem:
    """Tell a problem of the file that it was put into."""
    return problem._replace(place=problem.place._replace(path=problem.place.path.replace(before, after)))


# ---- name and address


def _names(wanted: str, inbox: Inbox) -> Iterator[tuple[str, str]]:
    """Give names of files, each with the address it leads to, the first one without a number."""
    addressing = Addressing(inbox.config, inbox.now)
    section = addressing.section_slug(inbox.folder)
    length = addressing.rules.length - _ROOM
    base = slugify(wanted, source=wanted, length=length)
    base, _ = generated_slug(base, source=wanted, first=not section, rules=addressing.rules)
    for name in (base, *(f"{base}-{number}" for number in islice(count(1), _TRIES))):
        yield name, f"{section}/{name}" if section else name


def _put(wanted: str, companion: Path | None, recording: Path, inbox: Inbox) -> tuple[str, str]:
    """Put both files into the content folder under the first free name; give it, and the address it leads to.

    The companion, if there is one, comes first: no build may see without it what is to be a draft. Raises OSError.
    """
    folder = _own_folder(inbox)
    taken = _taken(folder)
    for name, slug in _names(wanted, inbox):
        if name in taken or inbox.is_served(slug):
            continue
        beside = folder / f"{name}.md"
        try:
            if companion:
                link_file(companion, beside)
        except FileExistsError:
            continue
        try:
            link_file(recording, folder / f"{name}.cast")
        except BaseException as error:
            if companion:
                beside.unlink()  # ours, made a moment ago
            if isinstance(error, FileExistsError):
                continue
            raise
        return name, slug
    raise OSError(errno.EEXIST, "there are too many recordings of this title", str(folder))


def _taken(folder: Path) -> set[str]:
    """Give the slugs that what is in a folder may lead to, with one, two or no endings taken off."""
    found: set[str] = set()
    for entry in os.scandir(folder):
        name = entry.name
        for _ in range(3):
            found.add(slugify(name, source=name))
            name = name.rpartition(".")[0] or name
    return found


def _own_folder(inbox: Inbox) -> Path:
    """Give the folder that recordings go to; it is made within the content folder, and no link is followed."""
    folder = inbox.project / inbox.config.content
    for part in ("", *filter(None, inbox.folder.split("/"))):
        folder = folder / part
        if part:
            folder.mkdir(exist_ok=True)
        if folder.is_symlink() or not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    return folder


def _address(slug: str, path: str, state: Visibility, inbox: Inbox) -> str:
    """Give the address that a build will choose."""
    if state is Visibility.PRIVATE:
        return ""
    key = inbox.config.site_key
    return unlisted_slug(path, key) if state is Visibility.UNLISTED and key else slug


# ---- files


def clear(work: Path, prefix: str, before: float) -> None:
    """Remove what servers left that were ended: folders of the work folder not touched since `before`, in seconds."""
    for folder in work.glob(f"{prefix}*"):
        with suppress(OSError):
            if folder.stat().st_mtime < before:
                shutil.rmtree(folder, ignore_errors=True)
