"""Answers: what the index promises, looked for again in the text, with the lines to show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from castsite.search.catalogue import Page, Row
from castsite.search.index import Said
from castsite.search.query import Filters, Word
from castsite.search.ranking import Hit, Ranking
from castsite.search.reader import Index
from castsite.search.spans import Match, found_in, matches
from castsite.search.terms import LONGEST

CANDIDATES = 30
"""Hits that are looked at for ten that hold."""

PARTS = 4
"""Parts of a recording that are looked through for one answer."""

PER_PAGE = 10
"""Recordings on a page of results."""


class Answer(NamedTuple):
    """A recording that was found; `matches` are the lines of the part that is shown, best first."""

    row: Row
    matches: tuple[Match, ...]


class PageAnswer(NamedTuple):
    """A page of Markdown that was found, and what of it matches."""

    page: Page
    said: tuple[Said, ...]


def answers(index: Index, ranking: Ranking, filters: Filters) -> Iterator[Answer]:
    """Give the recordings that hold what the index promised, best first.

    At most `CANDIDATES` that do not hold it are looked at in a row. Raises DamagedError and OSError.
    """
    failed = 0
    for hit in ranking.hits:
        answer = _answer(index, hit, ranking.words, filters)
        if answer is None:
            failed += 1
            if failed >= CANDIDATES:
                return
            continue
        failed = 0
        yield answer


def page_answers(index: Index, ranking: Ranking) -> Iterator[PageAnswer]:
    """Give the pages of Markdown that hold what the index promised, best first."""
    for hit in islice(ranking.pages, CANDIDATES):
        page = index.page(hit.record)
        head = " ".join((page.title, *page.tags, *page.authors))
        said = [one for one in page.said if any(found_in(one.text, word) for word in ranking.words)]
        if all(_is_sure(word) or found_in(head, word) or _is_said(said, word) for word in ranking.words):
            said.sort(key=lambda one: -sum(found_in(one.text, word) for word in ranking.words))
            yield PageAnswer(page, tuple(said))


def _answer(index: Index, hit: Hit, words: Sequence[Word], filters: Filters) -> Answer | None:
    """Look through parts, the best first, until all words are confirmed; of those the first that confirms is shown."""
    row = index.row(hit.record)
    only_typed = filters.where == "commands"
    names = () if only_typed else (row.title, *row.tags, row.series)
    open_ones = {word for word in words if not _is_sure(word) and not any(found_in(name, word) for name in names)}
    shown, proves = Answer(row, ()), False
    for place in hit.places[:PARTS]:
        part = index.part(hit.record, place, row.slug)
        found = matches(part, words, commands_only=only_typed)
        proved = {word for word in open_ones if any(found_in(match.text, word) for match in found)}
        if not shown.matches or (proved and not proves):
            shown, proves = Answer(row, tuple(found)), bool(proved)
        open_ones -= proved
        if not open_ones:
            return shown
    return None if open_ones else shown


def _is_sure(word: Word) -> bool:
    """Whether the index alone tells that a word is there: it has one piece, and no more than a term holds."""
    return len(word.atoms) == 1 and len(word.atoms[0].text) <= LONGEST


def _is_said(said: Sequence[Said], word: Word) -> bool:
    return any(found_in(one.text, word) for one in said)
