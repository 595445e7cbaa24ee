"""What was shown last of files that are broken now: who edits a page sees it until it can be read again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

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
    held_back: frozenset[str],
    config: SiteConfig,
    memory: Memory,
) -> tuple[tuple[Document, ...], Research]:
    """Put what was shown before in the place of what has an error now, as long as its file is there.

    Files that are `held_back` are not to be shown, whatever is wrong with them; nor is what holds a secret. What the
    examination of a recording left must still be in the cache. Under another configuration nothing is given.
    """
    kept = memory.kept("former", Last, config)
    last = kept.before("")
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    documents = tuple(shown)
    if last and errors:
        documents, known = _with(last, documents, known, files, errors, held_back)
    kept.put("", Last(documents, known.facts, known.archive.tasks))
    return documents, known


def _with(  # noqa: PLR0913, PLR0917 - the second half of the same
    last: Last,
    shown: tuple[Document, ...],
    known: Research,
    files: Sequence[SourceFile],
    errors: Sequence[Problem],
    held_back: frozenset[str],
) -> tuple[tuple[Document, ...], Research]:
    archive = known.archive
    order = {file.path: number for number, file in enumerate(files)}
    now = {one.path: one for one in shown if one.kind != "recording" or one.path in known.facts}
    broken = {problem.place.path for problem in errors} - {one.place.path for one in errors if one.code == FOUND}
    former = [
        old
        for old in last.shown
        if old.path not in now
        and old.path in order
        and not _paths(old).isdisjoint(broken & order.keys())
        and _paths(old).isdisjoint(held_back)
        and (old.kind != "recording" or (old.path in last.facts and recall(archive.cache, last.facts[old.path].key)))
    ]
    if not former:
        return shown, known
    again = sorted([*now.values(), *former], key=lambda one: order.get(one.recording_path or one.path, len(order)))
    facts = {old.path: last.facts[old.path] for old in former if old.path in last.facts}
    tasks = {one.key: last.tasks[one.key] for one in facts.values()}
    archive = replace(archive, tasks={**archive.tasks, **tasks})
    return tuple(again), known._replace(facts={**known.facts, **facts}, archive=archive)


def _paths(document: Document) -> set[str]:
    """Give the files of an item that can be broken."""
    return {document.path, document.recording_path or document.path, document.body_place.path}
