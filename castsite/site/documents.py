"""Content files as documents: front matter read and merged, Markdown bodies cut off, recordings weighed by digest."""

from __future__ import annotations

import hashlib
import posixpath
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import UTC
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from castsite.analysis.model import Captions
from castsite.cast.compressed import inflate
from castsite.config import SiteConfig
from castsite.errors import Place, Problem, Severity, discreet, printable, quote, quote_path
from castsite.formats.blocks import cut
from castsite.limits import moved_by, size_text
from castsite.memory import Kept, Memory, Store
from castsite.safety import Refused
from castsite.safety.gate import Gate, Looked, Told
from castsite.safety.secrets import masked
from castsite.schema.block import Block, split
from castsite.schema.nearest import nearest
from castsite.schema.values import FrameAt, Visibility
from castsite.schema.zones import find_zone
from castsite.site.allowlist import NOBODY, AllowList
from castsite.site.bundles import read_any
from castsite.site.captions import read_captions
from castsite.site.frontmatter import Kind as MetaKind
from castsite.site.frontmatter import cascade, merge, read_meta
from castsite.site.model import SILENT, Document, Meta, Picture, Side, Sound
from castsite.site.pictures import Judge, KnownPicture
from castsite.site.sounds import KnownSound, Listener
from castsite.site.sources import (
    TEXT_ENDINGS,
    Kind,
    Scan,
    SourceFile,
    Stamp,
    describe_os_error,
    is_of_section,
    read_source,
)
from castsite.site.withheld import (
    deciding,
    decoded,
    holds_back,
    in_place_of_texts,
    is_private,
    is_unsure,
    may_hold_back,
    misplaced,
    nearly_called,
    place_of,
    strange,
)
from castsite.spread import Spread, serially


class Documents(Struct, frozen=True):
    """What was read. `recordings` counts the recordings there are, those with errors included."""

    documents: tuple[Document, ...]
    recordings: int
    problems: tuple[Problem, ...]
    looked: tuple[Looked, ...] = ()
    private: frozenset[str] = frozenset()
    """files that say of themselves, or of which is said, that they are private; those with errors included"""
    failed: tuple[Document, ...] = ()
    """items that were left out because of an error, of which is known who may see them, and little else"""
    unsure: frozenset[str] = frozenset()
    """files with an error that may hold something back in a way that was not understood"""


def read_documents(  # noqa: PLR0913 - all but the first three are named, or can be done without
    content: Path,
    found: Scan,
    config: SiteConfig,
    memory: Memory | None = None,
    *,
    rehash: bool = False,
    allowed: AllowList = NOBODY,
    spread: Spread = serially,
    on_new: Callable[[], None] = lambda: None,
) -> Documents:
    """Read every content file once, or not at all where it is remembered and has not been touched since.

    With `rehash` all are read. A file with an error is left out, with the item it belongs to. `on_new` is called for
    each recording that nothing is known of.
    """
    memory = memory or Memory()
    store, sounds = memory.store("sources", _Known, dated=True), memory.store("sounds", KnownSound)
    covers = memory.store("covers", KnownPicture)
    listen = Listener(content, config.limits, sounds, found.moment, rehash)
    judge = Judge(content, config.limits, covers, found.moment, rehash)
    files = {file.path: file for file in found.files}
    rules = repr((config.limits, config.timezone, config.secrets, config.visibility, allowed))
    # an allow list does not show the key that it is read by
    kept = _Last(memory.kept("texts", _Written, (rules, allowed)), memory.kept("documents", Document))
    frames = memory.store("frames", _KnownFrames)
    reader = _Reader(
        content, config, files, store, frames, kept, listen, judge, found.moment, rehash, rules, allowed, spread, on_new
    )
    documents = tuple(reader.documents(found))
    private = reader.private
    store.keep(reader.files.keys() - private)  # of what is private nothing is remembered
    kept.written.forget(private)
    kept.documents.forget(private)
    sounds.keep({one.sound.name for one in documents if one.sound and one.path not in private})
    covers.keep(reader.covers)
    frames.keep({one.recording_path for one in documents if one.frames and one.recording_path})
    problems = (discreet(one) if one.place.path in private else one for one in reader.problems)
    looked, failed = tuple(reader.looked), tuple(reader.failed)
    unsure = frozenset(reader.unsure)
    return Documents(documents, reader.recordings, tuple(problems), looked, frozenset(private), failed, unsure)


class _Known(Struct, frozen=True):
    """What is remembered of a file. `moment` is when it was looked for, nanoseconds since 1970."""

    stamp: Stamp
    moment: int
    digest: str
    """SHA-256 of its bytes"""
    meta: Meta
    """of a file with an error what `deciding` leaves of it"""
    body: str
    body_place: Place
    problems: tuple[Problem, ...]
    findings: tuple[Told, ...] = ()
    broken: bool = False
    """whether it has an error"""
    unsure: bool = False
    """whether for that error nobody knows what it holds back"""


class _Written(Struct, frozen=True):
    """A file of Markdown as it was read; `broken`: it has an error, `unsure`: in what it may hold back."""

    meta: Meta
    body: str
    body_place: Place
    broken: bool
    digest: str = ""
    """SHA-256 of its bytes"""
    problems: tuple[Problem, ...] = ()
    looked: Looked | None = None
    unsure: bool = False

    @property
    def may_hold_back(self) -> bool:
        """Whether it says, or may say, that something of its recording is not to be shown."""
        return self.broken or holds_back(self.meta)


class _First(NamedTuple):
    """What was learned of a file when it was read, or why it cannot be."""

    known: _Known | Problem
    private: bool = False
    """whether nothing of it may be remembered; a companion or a section above may say so too, which is known later"""


class _KnownFrames(NamedTuple):
    """What is remembered of a folder that is a recording: SHA-256 of it with all its pictures."""

    stamp: Stamp
    moment: int
    digest: str


class _Last(NamedTuple):
    """What the last build made."""

    written: Kept[_Written]
    documents: Kept[Document]


_ReadFile = Callable[[bytes, SourceFile, list[Problem]], tuple[Block | None, str, Place]]
"""Cuts a file into the block of its front matter, its body, and where that begins."""


class _Reader(Struct, dict=True):
    """Reads one content folder."""

    content: Path
    config: SiteConfig
    files: dict[str, SourceFile]
    store: Store[_Known]
    frames: Store[_KnownFrames]
    kept: _Last
    listen: Listener
    judge: Judge
    moment: int
    rehash: bool
    rules: str
    """what reading any file depends on besides its bytes"""
    allowed: AllowList
    spread: Spread
    on_new: Callable[[], None]
    recordings: int = 0
    looked: list[Looked] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    sections: dict[str, Meta] = field(default_factory=dict)
    """folder → what its section's front matter says"""
    above: dict[str, tuple[Meta, ...]] = field(default_factory=dict)
    """folder → what it and those around it say, once all sections are read"""
    beside: set[str] = field(default_factory=set)
    """timing files and logs that belong to a recording"""
    covers: set[str] = field(default_factory=set)
    """pictures that were asked for as posters, by their names"""
    ahead: dict[str, _First] = field(default_factory=dict)
    """files of Markdown that were read before it is their turn"""
    private: set[str] = field(default_factory=set)
    """files of which nothing may be remembered, or quoted"""
    unsure: set[str] = field(default_factory=set)
    """files with an error of which nobody knows what they hold back"""
    closed: dict[str, int] = field(default_factory=dict)
    """paths of sections of which nobody knows that → how many items below were left out for it"""
    guarded: dict[tuple[str, str], SourceFile] = field(default_factory=dict)
    """folders and stems of recordings → the text beside them, where it holds something back"""
    hidden: dict[tuple[str, str], str] = field(default_factory=dict)
    """folders and stems of recordings → what stands in the place of their text and is no file"""
    nearly: frozenset[str] = frozenset()
    """those of them that are files, called nearly as the text is"""
    failed: list[Document] = field(default_factory=list)

    def documents(self, found: Scan) -> Iterator[Document]:
        texts = [file for file in found.files if file.kind in _TEXTS]
        kept = {file.path: self._kept(file) for file in texts}
        new = [file for file in texts if kept[file.path] is None and self._remembered(file) is None]
        self.ahead = dict(zip([file.path for file in new], self.spread(self._first_text, new), strict=True))
        written = {file.path: self._markdown(file, kept[file.path]) for file in texts}
        for file in found.files:
            if file.kind is Kind.SECTION:
                self.sections.setdefault(file.folder, written[file.path].meta)
        self.closed = dict.fromkeys(self._closed(found, written), 0)
        self.hidden = dict(in_place_of_texts(found))
        alike = nearly_called(found, (file.path for file in found.files if _may_be_text(file)))
        nearly = dict(self._nearly_texts(found, written, alike))
        self.nearly = frozenset(nearly)
        self.closed |= {path: 0 for path, place in nearly.items() if place is None}
        self.hidden |= {place: path for path, place in nearly.items() if place}
        companions = {file.recording: file for file in found.files if file.kind is Kind.COMPANION}
        by_place = {place_of(file.path): file for file in companions.values()}  # of recordings that have one name
        self.guarded = {place: file for place, file in by_place.items() if written[file.path].may_hold_back}
        metas = [(file, written[file.path].meta) for file in texts]
        pages = ((file, meta.recording) for file, meta in metas if file.kind is Kind.PAGE)
        logs = ((file, meta.input) for file, meta in metas)  # they look like outputs themselves
        named = {_resolved(file.path, name) for file, name in (*pages, *logs) if name is not None}
        self.problems += _nearly_companions((file for file, meta in metas if meta.recording is None), alike)
        for file in found.files:
            if file.kind is Kind.RECORDING and file.path not in named:
                companion = companions.get(file.path) or by_place.get(place_of(file.path))
                self.recordings += 1
                yield from self._recording(file, file, companion, written[companion.path] if companion else None)
            elif file.kind is Kind.PAGE or file.kind is Kind.SECTION:
                yield from self._page(file, written[file.path])
        yield from self._lonely(found)
        for path, count in self.closed.items():
            text = f"what it holds back cannot be read: all that lies below, {count}, is left out until it is mended"
            self.problems.append(Problem(Severity.ERROR, Place(path), "unsure", text))

    def _closed(self, found: Scan, written: Mapping[str, _Written]) -> Iterator[str]:
        """Give the paths of sections of which nobody knows what their items are to hold back."""
        for file in found.files:
            if file.kind is Kind.SECTION and written[file.path].unsure:
                yield file.path
        yield from filter(is_of_section, strange(found))

    def _nearly_texts(
        self, found: Scan, written: Mapping[str, _Written], alike: Mapping[str, SourceFile]
    ) -> Iterator[tuple[str, tuple[str, str] | None]]:
        """Give what is called nearly as a text, is none, and may hold back what that would; None: a section.

        The other ones come with the place of their recording.
        """
        for file in filter(_may_be_text, found.files):
            recording, page = alike.get(file.path), written.get(file.path)
            if (recording or is_of_section(file.path)) and not (page and page.meta.recording):
                source = self._source(file, "body")
                if (page and page.may_hold_back) or isinstance(source, Problem) or may_hold_back(decoded(source)):
                    yield file.path, place_of(recording.path) if recording else None

    def _kept(self, file: SourceFile) -> _Written | None:
        """Give a file of Markdown as the last build of this process has read it."""
        return None if self.rehash else self.kept.written.get(file.path, file)

    def _remembered(self, file: SourceFile) -> _Known | None:
        """Give what an earlier build knew of a file of Markdown."""
        return self.store.get(file.path, self._keys[_KINDS[file.kind]])

    def _lonely(self, found: Scan) -> Iterator[Document]:
        """Tell of timing files that nothing belongs to; there is no document of them."""
        for file in found.files:
            if file.kind is Kind.TIMING and file.path not in self.beside:
                text = (
                    "the timing file of script(1), with no output that belongs to it: call both the same,"
                    " or name this one with timing: in the front matter of the output"
                )
                self.problems.append(Problem(Severity.ERROR, Place(file.path), "not-a-recording", text))
        yield from ()

    def _page(self, file: SourceFile, text: _Written) -> Iterator[Document]:
        if text.meta.recording is not None and file.kind is Kind.PAGE:
            self.recordings += 1
            recording = self._find_recording(file, text.meta)
            if recording:
                yield from self._recording(recording, file, file, text)
            else:
                self._fail(file, self._with_defaults(text.meta, file.folder))
            return
        above = self._above(file.folder) if file.kind is Kind.PAGE and self.sections else ()
        document = self.kept.documents.get(file.path, text, *above)
        if document is None:
            document = Document(
                path=file.path,
                folder=file.folder,
                stem=file.stem,
                kind="section" if file.kind is Kind.SECTION else "page",
                meta=_under(above, text.meta),
                body=text.body,
                body_place=text.body_place,
                digest=text.digest,
            )
            self.kept.documents.put(file.path, document, text, *above)
        if file.kind is Kind.PAGE and is_private(document.meta, self.config):
            self.private.add(file.path)
        if text.broken or (file.kind is Kind.PAGE and self._is_closed(file.folder)):
            self.failed.append(document)
        else:
            yield document

    def _recording(
        self, recording: SourceFile, item: SourceFile, companion: SourceFile | None, text: _Written | None
    ) -> Iterator[Document]:
        """Yield the document of `item`: the recording itself, or a page that names it."""
        known = self._known(recording, "recording", "file_size", self._own_front_matter)
        merged = merge(known.meta if known else SILENT, text.meta if text else SILENT)
        own = merged.meta
        meta = self._with_defaults(own, item.folder)
        if is_private(meta, self.config):
            self.private.update((recording.path, item.path, *([companion.path] if companion else [])))
        closed = self._is_closed(item.folder) or self._is_hidden(item, recording)
        if known is None or known.broken or (text and text.broken) or closed:
            self._fail(item, meta, recording)
            return
        self.problems.extend(merged.problems)
        document = Document(
            path=companion.path if companion and companion is item else recording.path,
            folder=item.folder,
            stem=item.stem,
            kind="recording",
            meta=meta,
            body=text.body if text else "",
            body_place=text.body_place if text else Place(recording.path),
            recording=recording.name,
            recording_path=recording.path,
            digest=known.digest,
            frames=self._frames(recording, known.digest, meta, item),
            captions=tuple(self._captions(own, item)),
            sound=self._sound(own, item),
            cover=self._cover(meta, item),
            timing=self._side(own, item, "timing", own.timing, recording.timing),
            input=self._side(own, item, "input", own.input, recording.input),
        )
        parts = known, text, *self._above(item.folder)
        last = self.kept.documents.get(document.path, *parts)
        # of the same front matter; what else there is is text, and equal only where it is the same
        same = last is not None and replace(last, meta=meta) == document
        yield last if last and same else self.kept.documents.put(document.path, document, *parts)

    def _is_closed(self, folder: str) -> bool:
        """Count an item below a section of which nobody knows what its items are to hold back."""
        path = f"{self.config.content}/{folder}/"
        above = next((one for one in self.closed if path.startswith(f"{posixpath.dirname(one)}/")), None)
        if above is not None:
            self.closed[above] += 1
        return above is not None

    def _is_hidden(self, item: SourceFile, recording: SourceFile) -> bool:
        """Tell of an item in the place of whose text stands what cannot be read, and may hold it back."""
        if not (self.hidden or self.guarded):
            return False
        path = self.hidden.get(place_of(item.path)) or self.hidden.get(place_of(recording.path))
        what, cure = "is no file", "one"
        if path in self.nearly:
            what, cure = "is not its text", printable(f"called {recording.stem}.md")
        text = f"may hold it back and {what}: it is left out until that is {cure}, or is removed"
        if path is None and item is not recording and (beside := self.guarded.get(place_of(recording.path))):
            path = beside.path if beside.path != item.path else None
            text = "beside its recording holds something back: put into one of them what both say"
        if path is not None:
            self.problems.append(Problem(Severity.ERROR, Place(item.path), "unsure", f"{quote_path(path)} {text}"))
            self.unsure.add(item.path)
        return path is not None

    def _fail(self, item: SourceFile, meta: Meta, recording: SourceFile | None = None) -> None:
        """Remember of an item with an error who may see it."""
        if is_private(meta, self.config):
            self.private.add(item.path)
        self.beside.update(filter(None, (recording.timing, recording.input) if recording else ()))
        self.failed.append(
            Document(
                path=item.path,
                folder=item.folder,
                stem=item.stem,
                kind="recording",
                meta=meta,
                body="",
                body_place=Place(item.path),
                recording_path=recording.path if recording else None,
            )
        )

    def _side(self, meta: Meta, item: SourceFile, key: str, named: str | None, found: str | None) -> Side | None:
        """Find a file that belongs to an output of script(1): the one that is named, else the one that was found."""
        place = meta.place(key, item.path)
        if named == SYNTHETIC and key == "timing":
            if found:
                self.beside.add(found)
            return None
        path = found if named is None else _resolved(place.path, named)
        if path is None:
            return None
        file = self.files.get(path)
        if file is None or file.kind in {Kind.PAGE, Kind.COMPANION, Kind.SECTION}:
            near = self._near(path, place, _SIDES)
            text = f"{key}: there is no file {quote_path(path)}{near}"
            self.problems.append(Problem(Severity.WARNING, place, f"no-{key}", text))
            return None
        self.beside.add(path)
        if item.path in self.private:
            self.private.add(path)
        source = self._read(file, "file_size")
        return None if source is None else Side(file.name, path, hashlib.sha256(source).hexdigest())

    def _sound(self, meta: Meta, item: SourceFile) -> Sound | None:
        """Find the file of sound; one that cannot be played is told and left out."""
        key = "audio" if meta.audio else "player"
        name = meta.audio or dict(meta.player).get("audioUrl")
        if not isinstance(name, str):
            return None
        place = meta.place(key, item.path)
        file = self._other(name, place, "audio", "no-audio")
        if file is None:
            return None
        found = self.listen(file, place)
        if isinstance(found, Problem):
            self.problems.append(found)
            return None
        return found

    def _frames(self, recording: SourceFile, digest: str, meta: Meta, item: SourceFile) -> str:
        """Give the digest of a recording with all pictures that it holds, where one stands for it; else nothing."""
        if not isinstance(meta.poster, FrameAt) or is_private(meta, self.config):
            return ""
        if not (self.content / recording.name).is_dir():
            return digest
        key = repr(self.config.limits).encode()
        known = self.frames.get(recording.path, key)
        if known and recording.stamp.is_that_of(known.stamp, known.moment) and not self.rehash:
            return known.digest
        try:
            source = read_any(self.content, recording.name, self.config.limits.file_size, frames=True)
        except OSError as error:
            text = f"poster: the pictures cannot be taken: {describe_os_error(error)}; the screen is drawn instead"
            self.problems.append(Problem(Severity.WARNING, meta.place("poster", item.path), "no-frame", text))
            return ""
        known = _KnownFrames(recording.stamp, self.moment, hashlib.sha256(source).hexdigest())
        self.frames.put(recording.path, key, known)
        return known.digest

    def _cover(self, meta: Meta, item: SourceFile) -> Picture | None:
        """Find the picture that stands for a recording; one that may not be published is told and left out."""
        name, place = meta.poster, meta.place("poster", item.path)
        if not isinstance(name, str) or name == "auto" or is_private(meta, self.config):
            return None
        file = self._other(name, place, "poster", "no-poster")
        if file is None:
            return None
        self.covers.add(file.name)
        found = self.judge(file)
        if isinstance(found, Picture) and found.moves:
            found = Refused("it is animated; save it as a still picture")
        if isinstance(found, Picture):
            return found
        text = f"poster: picture {quote(name)} is refused: {found.reason}; the screen is shown instead"
        self.problems.append(Problem(Severity.ERROR, place, "refused-picture", text))
        return None

    def _other(self, name: str, place: Place, key: str, code: str) -> SourceFile | None:
        """Find a file of the content folder that is named, counted from the folder of the file that says so."""
        path = _resolved(place.path, name)
        file = self.files.get(path)
        if file is not None and file.kind is Kind.OTHER:
            return file
        near = self._near(path, place, {Kind.OTHER})
        text = f"{key}: there is no file {quote_path(path)}{near}"
        self.problems.append(Problem(Severity.WARNING, place, code, text))
        return None

    def _captions(self, meta: Meta, item: SourceFile) -> Iterator[Captions]:
        """Read the files of captions; one that cannot be read is told and left out."""
        place, limits = meta.place("captions", item.path), self.config.limits
        for language, name in meta.captions:
            file = self._other(name, place, "captions", "no-captions")
            if file and (source := self._read(file, "captions_size", Severity.WARNING)) is not None:
                if item.path in self.private:
                    self.private.add(file.path)
                found = read_captions(source, path=file.path, limits=limits)
                digest = hashlib.sha256(source).hexdigest()
                findings, told = self._gate(file, digest).of_text("\n".join(cue.text for cue in found.cues))
                self.looked.append(Looked(file.path, digest, tuple(findings)))
                self.problems.extend((*found.problems, *(one._replace(place=Place(file.path)) for one in told)))
                if any(one.severity is Severity.ERROR for one in told):
                    continue
                if found.cues:
                    yield Captions(language, found.cues)

    def _find_recording(self, file: SourceFile, meta: Meta) -> SourceFile | None:
        path = _resolved(file.path, meta.recording or "")
        found = self.files.get(path)
        if found and (found.kind is Kind.RECORDING or (meta.timing is not None and found.kind is Kind.OTHER)):
            return found
        place = meta.place("recording", file.path)
        if not place.line:  # taken from a text of which an error is told already
            return None
        near = self._near(path, place, {Kind.RECORDING})
        cure = near or "; write the path from this file's folder, such as demo.cast"
        text = f"{quote(meta.recording)} is no recording in the content folder{cure}"
        self.problems.append(Problem(Severity.ERROR, place, "no-recording", text))
        return None

    def _near(self, path: str, place: Place, kinds: Container[Kind]) -> str:
        """End a message about a file that is not there with the one that is meant, as it is written at that place.

        It lies deeper, or is called nearly the same; what lies elsewhere cannot be named there.
        """
        folder, name = f"{posixpath.dirname(place.path)}/", posixpath.basename(path)
        below = (file.path for file in self.files.values() if file.kind in kinds and file.path.startswith(folder))
        written = [one.removeprefix(folder) for one in below]
        alone = {posixpath.basename(one): one for one in written}
        near = alone.get(name) or nearest(path.removeprefix(folder), written) or alone.get(nearest(name, alone) or "")
        return f", did you mean {quote(near)}?" if near else ""

    def _with_defaults(self, meta: Meta, folder: str) -> Meta:
        """Put the `cascade` of the sections above under an item's own front matter."""
        return _under(self._above(folder), meta)

    def _above(self, folder: str) -> tuple[Meta, ...]:
        """Give the front matter of the sections a folder lies in, the nearest first."""
        if folder not in self.above:
            own = (self.sections[folder],) if folder in self.sections else ()
            self.above[folder] = own + self._above(folder.rpartition("/")[0]) if folder else own
        return self.above[folder]

    def _markdown(self, file: SourceFile, kept: _Written | None) -> _Written:
        if kept and kept.looked:
            if kept.unsure:
                self.unsure.add(file.path)
            self.problems.extend(kept.problems)
            self.looked.append(kept.looked)
            return kept
        known = self._known(file, _KINDS[file.kind], "body", self._text)
        if known is None:
            return _Written(deciding(SILENT, self._head(file)), "", Place(file.path), broken=True, unsure=True)
        looked = Looked(file.path, known.digest, known.findings)
        written = _Written(
            known.meta, known.body, known.body_place, known.broken, known.digest, known.problems, looked, known.unsure
        )
        if known.stamp.is_older(known.moment) and file.stamp == known.stamp:
            self.kept.written.put(file.path, written, file)
        return written

    def _most(self, bound: str) -> int:
        """Give how many bytes a file may have, by the bound that is about it."""
        limits = self.config.limits
        return limits.front_matter + limits.body + 64 if bound == "body" else limits.of(bound)

    def _head(self, file: SourceFile) -> str:
        """Give the beginning of a page that is too large: it may name a recording, which it then holds back."""
        try:
            head = read_source(self.content, file.name, self._most("body")) if file.kind is Kind.PAGE else b""
        except OSError:
            return ""
        return decoded(head)

    def _first_text(self, file: SourceFile) -> _First:
        """Read a file of Markdown of which nothing is known, maybe in a copy of this process."""
        source = self._source(file, "body")
        if isinstance(source, Problem):
            return _First(source)
        return self._learned(file, _KINDS[file.kind], self._text, source, hashlib.sha256(source).hexdigest())

    def _known(self, file: SourceFile, kind: MetaKind, bound: str, read: _ReadFile) -> _Known | None:
        """Give what there is to know of a file; None when it cannot be read. Its problems are told."""
        key = self._keys[kind]
        known = self.store.get(file.path, key)
        trusted = known and file.stamp.is_that_of(known.stamp, known.moment)
        if known is None or not trusted or self.rehash:
            first = self.ahead.pop(file.path, None) or self._again(file, kind, bound, read, known)
            if isinstance(first.known, Problem):
                self.problems.append(first.known)
                self.unsure.add(file.path)
                return None
            known = first.known
            if first.private:
                self.private.add(file.path)
            below = known.meta.cascade or SILENT
            if not (known.findings or known.meta.redact or below.redact):  # nor what is to be masked
                self.store.put(file.path, key, known)
        if known.unsure:
            self.unsure.add(file.path)
        self.problems.extend(known.problems)
        self.looked.append(Looked(file.path, known.digest, known.findings))
        return known

    def _again(self, file: SourceFile, kind: MetaKind, bound: str, read: _ReadFile, known: _Known | None) -> _First:
        """Read a file that may be what it was."""
        source = self._source(file, bound)
        if isinstance(source, Problem):
            return _First(source)
        digest = hashlib.sha256(source).hexdigest()
        if known and known.digest == digest:
            return _First(replace(known, stamp=file.stamp, moment=self.moment))
        if file.kind is Kind.RECORDING:
            self.on_new()
        return self._learned(file, kind, read, source, digest)

    @cached_property
    def _keys(self) -> dict[MetaKind, bytes]:
        """What reading a file of each kind depends on besides its bytes."""
        kinds: tuple[MetaKind, ...] = ("recording", "page", "section")
        return {kind: f"{kind} {self.rules}".encode() for kind in kinds}

    def _gate(self, file: SourceFile, digest: str) -> Gate:
        return Gate(self.config.secrets, file.path, digest, self.allowed.of(digest))

    def _learned(self, file: SourceFile, kind: MetaKind, read: _ReadFile, source: bytes, digest: str) -> _First:
        problems: list[Problem] = []
        block, body, place = read(source, file, problems)
        meta = self._meta(block, file.path, kind, problems) if block else SILENT
        gate = self._gate(file, digest)  # what an author wrote is published, or may be
        findings, told_of = gate.of_name()
        problems += told_of
        texts = ((block.front, block.front_line, meta.texts()),) if block and block.front else ()
        for text, first_line, values in (*texts, (body, place.line or 1, ())):
            found, told_of = gate.of_text(text, first_line, values)
            findings += found
            problems += told_of
        broken = any(problem.severity is Severity.ERROR for problem in problems)
        told = tuple(problems)
        private = meta.visibility is Visibility.PRIVATE or (broken and is_private(meta, self.config))
        unsure = False
        if broken:
            head = (block and block.front) or decoded(source[: self._most("body")])
            unsure = is_unsure(head, problems, kind)
            meta, body = deciding(meta, head if kind == "page" else ""), ""  # what is not published is not remembered
        known = _Known(file.stamp, self.moment, digest, meta, body, place, told, tuple(findings), broken, unsure)
        return _First(known, private=private and kind != "section")

    def _text(self, source: bytes, file: SourceFile, problems: list[Problem]) -> tuple[Block, str, Place]:
        """Cut a file of Markdown into front matter and body."""
        limits = self.config.limits
        block = split(source, path=file.path, limits=limits)
        place = Place(file.path, block.rest_line)
        if len(block.rest) > limits.body:
            most = f"the limit is {limits.body:,} {moved_by('body')}"
            text = f"text of {len(block.rest):,} bytes; {most}; split it into several pages"
            problems.append(Problem(Severity.ERROR, place, "text-too-long", text))
            return block, "", place
        body = block.rest.decode("utf-8", "replace").replace("\r\n", "\n")
        if source.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            text = "is UTF-16, and front matter in it is not read; save the file as UTF-8"
            problems.append(Problem(Severity.ERROR, Place(file.path, 1), "not-utf-8", text))
        elif found := misplaced(body):
            number, key = found
            where = Place(file.path, (place.line or 1) + number)
            text = f"{quote(key)} has no effect here: front matter is one block that begins with --- in the first line"
            problems.append(Problem(Severity.ERROR, where, "bad-front-matter", text))
        if "\ufffd" in body and b"\xef\xbf\xbd" not in block.rest:
            text = "bytes that are not UTF-8, replaced; save the file as UTF-8"
            problems.append(Problem(Severity.WARNING, place, "not-utf-8", text))
        return block, body, place

    def _own_front_matter(
        self, source: bytes, file: SourceFile, _problems: list[Problem]
    ) -> tuple[Block | None, str, Place]:
        """Cut the block of a recording off, expanding it first where it is compressed; None where there is none."""
        inflated = inflate(source, path=file.path, limits=self.config.limits)
        if inflated.failed or not inflated.data[:6].lstrip(b"\xef\xbb\xbf").startswith((b"---", b"+++")):
            return None, "", Place(file.path)  # what is wrong with it is found again, and told, when it is examined
        return cut(inflated.data, path=file.path, limits=self.config.limits), "", Place(file.path)

    def _meta(self, block: Block, path: str, kind: MetaKind, problems: list[Problem]) -> Meta:
        zone = find_zone(self.config.timezone) or UTC
        read = read_meta(block.front, path=path, line=block.front_line, limits=self.config.limits, zone=zone, kind=kind)
        problems += (one._replace(text=masked(one.text)) for one in (*block.problems, *read.problems))
        return read.meta

    def _read(self, file: SourceFile, bound: str, severity: Severity = Severity.ERROR) -> bytes | None:
        source = self._source(file, bound)
        if isinstance(source, Problem):
            self.problems.append(source._replace(severity=severity))
            return None
        return source

    def _source(self, file: SourceFile, bound: str) -> bytes | Problem:
        limit = self._most(bound)
        try:
            read = read_any if file.kind is Kind.RECORDING else read_source
            source = read(self.content, file.name, limit)
        except OSError as error:
            return Problem(Severity.ERROR, Place(file.path), "unreadable", describe_os_error(error))
        if len(source) > limit:
            text = f"larger than {size_text(limit)}, the limit {moved_by(bound)}"
            return Problem(Severity.ERROR, Place(file.path), "too-large", text)
        return source


_KINDS: Final[Mapping[Kind, MetaKind]] = {
    Kind.SECTION: "section",
    Kind.COMPANION: "recording",
    Kind.PAGE: "page",
}
"""Which front matter a file of Markdown has."""
_TEXTS: Final = frozenset(_KINDS)
_NO_TEXTS: Final = frozenset({Kind.PAGE, Kind.OTHER})
SYNTHETIC: Final = "synthetic"
"""What `timing` says where nobody wrote down when the output came, so that its times are made up."""
_SIDES: Final = frozenset((Kind.TIMING, Kind.LOG, Kind.OTHER, Kind.RECORDING))


def _may_be_text(file: SourceFile) -> bool:
    """Whether a file could have been meant for the text of a recording, or of a section, and is none."""
    return file.kind in _NO_TEXTS and file.path.lower().endswith(TEXT_ENDINGS)


def _nearly_companions(texts: Iterable[SourceFile], alike: Mapping[str, SourceFile]) -> Iterator[Problem]:
    """Tell of pages that are called nearly as a recording: what they say does not count there."""
    for page in texts:
        recording = alike.get(page.path) if page.kind is Kind.PAGE else None
        if recording is not None:
            file, own = posixpath.basename(recording.path), f"{recording.stem}.md"
            text = printable(f"is a page of its own: to speak for {file}, call it {own}", 600)
            yield Problem(Severity.WARNING, Place(page.path), "no-companion", text)


def _under(above: Iterable[Meta], meta: Meta) -> Meta:
    """Put the `cascade` of sections under an item's own front matter, the nearest first."""
    for section in above:
        meta = cascade(section, meta)
    return meta


def _resolved(path: str, named: str) -> str:
    """Resolve what a file names, which counts from the folder of the file that says so."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), named))
