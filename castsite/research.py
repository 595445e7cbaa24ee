"""Examining all recordings of a site: those that are not remembered, in worker processes, the largest first."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import msgspec

from castsite.analysis.model import Analysis
from castsite.analysis.uses import Uses
from castsite.cache import Cache
from castsite.cast.edit import UNCHANGED, Edits
from castsite.cast.times import seconds_text
from castsite.config import SiteConfig
from castsite.errors import CastsiteError, Place, Problem, Severity, StorageError, printable
from castsite.examination import (
    Edit,
    Outcome,
    Task,
    entries,
    recall,
    recall_analysis,
    recall_cast,
    recall_frame,
    recall_prints,
    recall_terms,
    recall_uses,
    source_of,
)
from castsite.memory import Memory, Store
from castsite.safety.gate import FOUND, Looked
from castsite.safety.prints import recognised
from castsite.safety.secrets import masked
from castsite.safety.unmarked import decoded, unmarked
from castsite.schema.times import parse_time
from castsite.search.terms import Terms
from castsite.site.addresses import Facts
from castsite.site.allowlist import NOBODY, AllowList
from castsite.site.documents import SYNTHETIC
from castsite.site.model import Document, Meta, Summary
from castsite.terminal import TerminalError
from castsite.workers import Errand, Parcel, WorkerExecutor, in_window, is_loss

IN_FLIGHT = 4
"""Tasks submitted ahead for each worker: enough to keep it busy, few enough to keep memory flat."""


class Progress(msgspec.Struct, frozen=True):
    """Tells how far a stage is: its name, what is done, what there is. Does nothing unless it is given something."""

    advance: Callable[[str, int, int], None] = lambda _stage, _done, _total: None

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Report."""
        self.advance(stage, done, total)


UNFINISHED: Final = {
    "took-too-long": "budget",
    "too-much-memory": "budget",
    "terminal-failed": "crash",
    "worker-died": "crash",
    "not-examined": "crash",
}
"""Codes of recordings that were not looked through to their end, and why; nobody knows what is in them."""

SILENT = Progress()
T = TypeVar("T")


class Archive(msgspec.Struct, frozen=True):
    """What examinations left in the cache. An entry that was damaged meanwhile is made anew, in a worker as before."""

    cache: Cache
    executor: WorkerExecutor
    tasks: Mapping[str, Task]
    """by key"""
    examined: int
    """how many recordings were not remembered"""
    used: Store[Uses]

    def analysis(self, key: str) -> Analysis:
        """Fetch what is known about a recording."""
        return recall_analysis(self.cache, key) or self._again(recall_analysis, key)

    def cast(self, key: str) -> bytes:
        """Fetch the published cast."""
        return recall_cast(self.cache, key) or self._again(recall_cast, key)

    def frame(self, key: str) -> bytes:
        """Fetch the picture that was taken for the poster."""
        return recall_frame(self.cache, key) or self._again(recall_frame, key)

    def terms(self, key: str) -> Terms:
        """Fetch what a recording is found by."""
        return recall_terms(self.cache, key) or self._again(recall_terms, key)

    def former_terms(self, key: str) -> Terms | None:
        """Fetch what a recording was found by that may have changed or gone, if it is still there."""
        return recall_terms(self.cache, key)

    def uses(self, keys: Sequence[str]) -> Iterator[Uses]:
        """Fetch what was used in each of some recordings."""
        known = self.used.each(keys, b"")  # a page tells of them all: it would open thousands of files
        for key, one in zip(keys, known, strict=True):
            yield one or recall_uses(self.cache, key) or self._again(recall_uses, key)

    def prints(self, key: str) -> bytes:
        """Fetch by what words of a recording are known again."""
        kept = recall_prints(self.cache, key)
        return self._again(recall_prints, key) if kept is None else kept

    def entries(self) -> Iterator[str]:
        """Name what it keeps in the cache."""
        return (self.cache.named(name) for key in self.tasks for name in entries(key))

    def _again(self, recall_one: Callable[[Cache, str], T | None], key: str) -> T:
        task = self.tasks[key]
        _examined({key: task}, self.cache, self.executor)
        self.executor.rest()  # a copy of this process that has started workers would never end
        found = recall_one(self.cache, key)
        if found is None:
            text = "changed or vanished while the site was being built; build again"
            raise StorageError(Problem(Severity.FATAL, Place(task.path), "changed", text))
        return found


class Research(NamedTuple):
    """Facts by document path, for the recordings that are published, and all problems found in recordings."""

    facts: Mapping[str, Facts]
    problems: tuple[Problem, ...]
    archive: Archive
    looked: tuple[Looked, ...] = ()


def research(  # noqa: PLR0913 - all but the first are named
    documents: Iterable[Document],
    *,
    content: Path,
    config: SiteConfig,
    cache: Cache,
    executor: WorkerExecutor,
    progress: Progress,
    memory: Memory | None = None,
    allowed: AllowList = NOBODY,
    meanwhile: Callable[[], None] = lambda: None,
) -> Research:
    """Examine every recording once, however many pages show it; `meanwhile` is called when workers have all of them."""
    lasting, memory = memory is not None, memory or Memory()
    # what was used is the larger the longer a recording is: it is not held
    store, used = memory.store("outcomes", Outcome), memory.store("uses", Uses, held=False)
    folder, edits = str(content), dict[Edit, Edit]()  # most recordings ask for nothing, and share that
    tasks = {item.path: task_of(item, folder, config, edits, allowed) for item in documents if item.kind == "recording"}
    keys = {path: task.key() for path, task in tasks.items()}
    outcomes: dict[str, Outcome] = {}
    new: list[str] = []
    for path, key in keys.items():
        found = store.get(path, bytes.fromhex(key))
        if found is None:
            new.append(path)
            found = outcomes.get(key) or recall(cache, key)
        if found:
            outcomes[key] = found
        else:
            executor.awaken()
    missing = {key: tasks[path] for path in new if (key := keys[path]) not in outcomes}
    outcomes |= _examined(missing, cache, executor, progress, meanwhile)
    for path in new:
        key = keys[path]
        if outcomes[key].summary:  # what a worker died of may not happen again
            store.put(path, bytes.fromhex(key), outcomes[key])
            if lasting and (found_in := recall_uses(cache, key)):
                used.put(key, b"", found_in)
    store.keep(keys)
    used.keep({*keys.values()})
    facts = {path: Facts(key, _sharing(summary)) for path, key in keys.items() if (summary := outcomes[key].summary)}
    problems = [problem for key in sorted(set(keys.values())) for problem in outcomes[key].problems]
    archive = Archive(cache, executor, {keys[path]: task for path, task in tasks.items()}, len(missing), used)
    looked = tuple(_looked(task, outcomes[keys[path]]) for path, task in tasks.items())
    problems += late_starts(documents, facts)
    problems += _known_again(looked, {tasks[path].path: fact.key for path, fact in facts.items()}, archive, memory)
    return Research(facts, tuple(dict.fromkeys(problems)), archive, looked)


def task_of(
    document: Document, content: str, config: SiteConfig, edits: dict[Edit, Edit], allowed: AllowList = NOBODY
) -> Task:
    """Give what has to be known to examine a recording; equal edits become one object."""
    meta = document.meta
    edit = Edit(
        title=meta.title,
        markers=None if meta.markers is None else tuple((chapter.time, chapter.title) for chapter in meta.markers),
        idle_limit=config.idle_time_limit if meta.idle_time_limit is None else meta.idle_time_limit,
        commands=meta.commands,
        poster=meta.poster_time,
        frame=bool(document.frames),
        poster_place=None if meta.poster is None else meta.place("poster", document.path),
        times=meta.times,
        size=meta.size,
        keep_input=config.publish_input,
        keep_titles=config.keep_titles,
        timestamp=config.publish_timestamp,
        captions=document.captions,
        secrets=config.secrets,
        allowed=allowed.of(document.digest, meta.secrets),
        edits=_edits(meta),
        redact=meta.redact,
        masks=meta.mask_region,
        texts=_written(document) if meta.redact or config.secrets.policy == "redact" else (),
        redact_place=_own_place(document, "redact"),
        masks_place=_own_place(document, "mask_region"),
        paced=document.sound is not None,
        encoding=meta.encoding or "utf-8",
        cps=meta.cps,
        synthetic=meta.timing == SYNTHETIC,
    )
    path = document.recording_path or document.path
    return Task(
        content,
        document.recording or "",
        path,
        document.digest,
        edits.setdefault(edit, edit),
        config.limits,
        document.timing,
        document.input,
        document.frames,
    )


def _written(document: Document) -> tuple[str, ...]:
    """Give all that an author wrote about a recording, but for what is masked; as it is written, and as it is read."""
    texts = (document.path, document.body, *document.meta.texts())
    return tuple(dict.fromkeys((*texts, *map(decoded, texts), *map(unmarked, texts))))


def _looked(task: Task, outcome: Outcome) -> Looked:
    refused = outcome.summary is None and not outcome.findings
    codes = [problem.code for problem in outcome.problems if problem.severity is Severity.ERROR] if refused else []
    reason = next((UNFINISHED[code] for code in codes if code in UNFINISHED), "unreadable" if refused else "")
    return Looked(task.path, task.digest, outcome.findings, reason, outcome.recording)


def _known_again(
    looked: tuple[Looked, ...], keys: Mapping[str, str], archive: Archive, memory: Memory
) -> Iterator[Problem]:
    """Tell where the value of an assignment stands without one, so that no rule finds it; `keys` by path."""
    open_ones = [(one, file) for file in looked for one in file.findings if one.print and one.action != "allowed"]
    first = {one.print: (one.id, file.path) for one, file in reversed(open_ones)}
    wanted = {bytes.fromhex(each): each for each in first}
    own = {file.path: {one.print for one in file.findings} for file in looked}
    store = memory.store("known_again", tuple[str, ...])
    store.keep(keys if first else ())
    for path, key in keys.items() if first else ():
        name = hashlib.blake2b("".join((key, *sorted(first))).encode(), digest_size=16).digest()
        found = store.get(path, name)
        if found is None:
            found = tuple(sorted(wanted[each] for each in recognised(archive.prints(key), wanted)))
            store.put(path, name, found)
        for each in found:
            if each not in own.get(path, ()):
                finding, other = first[each]
                text = f"holds the value of finding {finding} of {masked(other)}: published all the same; look at it"
                yield Problem(Severity.WARNING, Place(masked(path)), FOUND, text)


def late_starts(documents: Iterable[Document], facts: Mapping[str, Facts]) -> Iterator[Problem]:
    """Tell of options of the player that name a moment of the played recording beyond its end."""
    for item in documents:
        fact, options = facts.get(item.path), dict(item.meta.player)
        if fact is None or not options.keys() & _MOMENTS.keys():
            continue
        end, place = fact.summary.duration, item.meta.place("player", item.path)
        for name, effect in _MOMENTS.items():
            text = str(options.get(name, "")).removeprefix("npt:")
            if (time := parse_time(text)) is not None and time > end:
                text = f"player: {name}: {seconds_text(time)} is beyond the end ({seconds_text(end)}); {effect}"
                yield Problem(Severity.WARNING, place, "beyond-the-end", text)


_MOMENTS: Final = {"startAt": "it starts at the end", "poster": "the end is shown"}
"""Options of the player that are moments, and what it does where there is no such moment."""


def _own_place(document: Document, key: str) -> Place | None:
    """Give where a recording's own front matter says something, and not that of its section."""
    place = next((place for written, place in document.meta.places if written == key), None)
    own = {document.path, document.recording_path, document.body_place.path}
    return place if place and place.path in own else None


def _edits(meta: Meta) -> Edits:
    """Give what front matter changes of a recording's time."""
    places = tuple((key, place) for key, place in meta.places if key in _TIMED)
    if not places:
        return UNCHANGED
    return Edits(meta.start, meta.end, meta.cut, meta.speed, places)


_TIMED: Final = frozenset((*Edits._fields, "captions", "commands", "markers"))
"""Keys with times on the recording's own timeline that messages name the place of."""


def _sharing(summary: Summary) -> Summary:
    """Keep equal texts once: nearly all films that have 24 stills are the same, and programs are few."""
    return summary._replace(film=sys.intern(summary.film), programs=tuple(map(sys.intern, summary.programs)))


def _examined(
    tasks: Mapping[str, Task],
    cache: Cache,
    executor: WorkerExecutor,
    progress: Progress = SILENT,
    meanwhile: Callable[[], None] = lambda: None,
) -> dict[str, Outcome]:
    """Examine in worker processes, in any case: no recording can take the build down or hold it up."""
    ordered = sorted(tasks.items(), key=lambda pair: (-_size(pair[1]), pair[1].path))
    executor.expect(len(ordered))
    found: dict[str, Outcome] = {}
    call, given = _Examine(str(cache.work), cache.seal), _and_then(ordered, meanwhile) if ordered else iter(())
    try:
        for (key, task), future in in_window(executor, call, given, size=IN_FLIGHT * executor.jobs):
            found[key] = _outcome(task, future, executor.seconds)
            progress("recordings", len(found), len(ordered))
    except RuntimeError as error:  # a pool that broke as a whole
        text = f"worker processes cannot be started ({printable(str(error))}); raise limits: worker_memory"
        raise StorageError(Problem(Severity.FATAL, Place(""), "no-workers", text)) from error
    return found


def _and_then(items: Iterable[T], what: Callable[[], None]) -> Iterator[T]:
    """Go through all of them, and do something before the end is told."""
    yield from items
    what()


@dataclass(frozen=True, slots=True)
class _Examine(Errand[tuple[str, Task], Outcome]):
    """`examine`, as something that can be sent to a worker."""

    work: str
    seal: bytes | None = field(repr=False)

    def __call__(self, item: tuple[str, Task]) -> Outcome:
        try:
            from castsite.examiner import examine  # noqa: PLC0415 - a worker has it at hand, others do without

            return examine(item[1], item[0], self.work, self.seal)
        except (Exception, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - a panic of the terminal engine, which cannot be pickled
            raise TerminalError(str(error)) from None

    def packed(self, item: tuple[str, Task]) -> Parcel | Outcome:
        """Send the bytes of the recording along."""
        key, task = item
        source = source_of(task)
        if isinstance(source, Outcome):
            return source
        return Parcel("castsite.examiner", "examine_far", (task._replace(content=""), key, source))

    def unpacked(self, item: tuple[str, Task], value: tuple[tuple[str, bytes], ...]) -> Outcome:
        """Put what came back into the cache."""
        cache = Cache(Path(self.work), seal=self.seal)
        for name, data in value:
            cache.put(name, data)
        outcome = recall(cache, item[0])
        if outcome is None:
            text = "vanished from the cache while the site was being built; build again"
            raise StorageError(Problem(Severity.FATAL, Place(item[1].path), "changed", text))
        return outcome


def _outcome(task: Task, future: Future[Outcome], seconds: int) -> Outcome:
    """Turn whatever became of a task into an outcome: the one fence around a worker."""
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, BrokenExecutor):
        raise error  # no worker is left for any recording
    # both are OSErrors that the recording is to blame for
    if isinstance(error, CastsiteError | OSError) and not (isinstance(error, TimeoutError) or is_loss(error)):
        raise error  # the cache cannot be written: the disk's fault, not the recording's
    return Outcome((Problem(Severity.ERROR, Place(task.path), *_told(error, seconds)),))


def _told(error: BaseException, seconds: int) -> tuple[str, str]:
    if isinstance(error, TimeoutError):
        return (
            "took-too-long",
            f"took more than {seconds} seconds; cut the recording, or raise limits: seconds_per_recording",
        )
    if isinstance(error, MemoryError):
        return (
            "too-much-memory",
            "needs more memory than a worker may have; cut the recording, or raise limits: worker_memory",
        )
    if isinstance(error, TerminalError):
        return (
            "terminal-failed",
            "the terminal engine failed on it; cut the recording, or raise limits: worker_memory",
        )
    if is_loss(error):
        return (
            "worker-died",
            "the process that examined it died; build with --jobs 1, which needs less memory, or cut the recording",
        )
    name = type(error).__name__
    return "not-examined", f"could not be examined ({name}: {printable(str(error), 120)}); please report this"


def _size(task: Task) -> int:
    try:
        return (Path(task.content) / task.name).lstat().st_size
    except OSError:
        return 0
