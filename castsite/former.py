"""What was shown last of files that are broken now: who edits a page sees it until it can be read again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from castsite.config import SiteConfig
from castsite.errors import Problem, Severity
from castsite.examination import Task, recall
from castsite.memory import Memory
from castsite.research import Research
from castsite.safety.gate import FOUND
from castsite.site.addresses import Facts
from castsite.site.model import Document
from castsite.site.sources import SourceFile


class Last(NamedTuple):
    """What the last build of this process has shown; of recordings with what their examinations found."""

    shown: tuple[Document, ...]
    facts: Mapping[str, Facts]
    tasks: Mapping[str, Task]


def with_former(  # noqa: PLR0913 - half of them are named
    shown: Sequence[Document],
    known: Research,
    files: Sequence[SourceFile],
    problems: Iterable[Problem],
    *,
    held_back: Collection[str],
    config: SiteConfig,
    memory: Memory,
) -> tuple[tuple[Document, ...], Research]:
    """Put what was shown before in the place of what has an error now, as long as its file is there.

    An item has the error of its companion, too, and of the recording that it names. Files that are `held_back` are not
    to be shown, whatever is wrong with them; nor is what holds a secret. What the examination of a recording left must
    still be in the cache. Under another configuration nothing is given.
    """
    kept = memory.kept("former", Last, config)
    last, documents = kept.before(""), tuple(shown)
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if last and errors:
        may_stay = _staying(files, errors, held_back)
        former = [old for old in _missing(last, documents, known) if may_stay(old)]
        documents, known = _with(former, last, documents, known, files) if former else (documents, known)
    kept.put("", Last(documents, known.facts, known.archive.tasks))
    return documents, known


def _staying(
    files: Sequence[SourceFile], errors: Sequence[Problem], held_back: Collection[str]
) -> Callable[[Document], bool]:
    """Give what tells whether an item that was shown is broken, and no more than that."""
    items = {file.path: file.recording or file.path for file in files}
    secret = {problem.place.path for problem in errors if problem.code == FOUND}
    hidden = {items.get(path) for path in (*held_back, *secret)}
    broken = {items.get(problem.place.path) for problem in errors}

    def may_stay(old: Document) -> bool:
        paths = {old.path, old.recording_path or old.path}
        return paths <= items.keys() and not paths.isdisjoint(broken) and paths.isdisjoint(hidden)

    return may_stay


def _missing(last: Last, documents: Sequence[Document], known: Research) -> Iterator[Document]:
    """Give what was shown and cannot be shown as it is now, but as it was."""
    now = {one.path for one in documents if one.kind != "recording" or one.path in known.facts}
    for old in last.shown:
        if old.path not in now and (
            old.kind != "recording"
            or (old.path in last.facts and recall(known.archive.cache, last.facts[old.path].key))
        ):
            yield old


def _with(
    former: Sequence[Document],
    last: Last,
    documents: Sequence[Document],
    known: Research,
    files: Sequence[SourceFile],
) -> tuple[tuple[Document, ...], Research]:
    """Put what was shown before among what is shown now, in the order of their files, with what is known about it."""
    order = {file.path: number for number, file in enumerate(files)}
    again = {one.path: one for one in (*documents, *former)}
    facts = {old.path: last.facts[old.path] for old in former if old.path in last.facts}
    tasks = {one.key: last.tasks[one.key] for one in facts.values()}
    archive = replace(known.archive, tasks={**known.archive.tasks, **tasks})
    in_order = sorted(again.values(), key=lambda one: order.get(one.recording_path or one.path, len(order)))
    return tuple(in_order), known._replace(facts={**known.facts, **facts}, archive=archive)
