"""What was shown last of files that are broken now: who edits a page sees it until it can be read again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


class Shown(NamedTuple):
    """An item that the last build of this process has shown; of a recording with what its examination found."""

    document: Document
    facts: Facts | None
    task: Task | None


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
    kept = memory.kept("former", Shown, config)
    archive = known.archive
    now = {one.path: one for one in shown if one.kind != "recording" or one.path in known.facts}
    there = {file.path for file in files}
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    secret = {problem.place.path for problem in errors if problem.code == FOUND}
    broken = {problem.place.path for problem in errors} - secret
    lost = {old.document.path: old for path in sorted(broken & there) if (old := kept.before(path))}
    former = [
        old
        for path, old in lost.items()
        if path in there - now.keys()
        and held_back.isdisjoint(_paths(old.document))
        and (old.facts is None or recall(archive.cache, old.facts.key))
    ]
    for one in (*(_shown(known, document) for document in now.values()), *former):
        for path in _paths(one.document):
            kept.put(path, one)
    if not former:
        return tuple(shown), known
    order = {file.path: number for number, file in enumerate(files)}
    again = [*now.values(), *(old.document for old in former)]
    again.sort(key=lambda one: order.get(one.recording_path or one.path, len(order)))
    facts = {old.document.path: old.facts for old in former if old.facts}
    tasks = {old.facts.key: old.task for old in former if old.facts and old.task}
    known = known._replace(facts={**known.facts, **facts}, archive=replace(archive, tasks={**archive.tasks, **tasks}))
    return tuple(again), known


def _paths(document: Document) -> set[str]:
    """Give the files of an item that can be broken."""
    return {document.path, document.recording_path or document.path, document.body_place.path}


def _shown(known: Research, document: Document) -> Shown:
    facts = known.facts.get(document.path)
    return Shown(document, facts, known.archive.tasks[facts.key] if facts else None)
