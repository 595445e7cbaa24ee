"""Answers: what the index promises, looked for again in the text, with the lines to show. `answers.js` looks alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from castsite.search.catalogue import Page, Row
from castsite.search.index import Said, folded
from castsite.search.query import Filters, Word
from castsite.search.ranking import Hit, Ranking
from castsite.search.reader import Index, LostError
from castsite.search.spans import Match, found_in, matches

Item = TypeVar("Item")

PER_PAGE = 10
"""Recordings on a page of results."""


class Answer(NamedTuple):
    """A recording that was found; `matches` are the lines of the part that is shown, best first.

    `lost` names a file of its transcript that is missing or damaged. What may stand in it stays among the answers.
    """

    row: Row
    matches: tuple[Match, ...]
    lost: str = ""


class PageAnswer(NamedTuple):
    """A page of Markdown that was found, and what of it matches."""

    page: Page
    said: tuple[Said, ...]


class Count(NamedTuple):
    """How much was found; `about`: there are others that were not looked at, of which some may not hold."""

    recordings: int
    pages: int
    about: bool


class Found(NamedTuple):
    """The best answers, and how many there are in all."""

    recordings: tuple[Answer, ...]
    pages: tuple[PageAnswer, ...]
    counts: Count


def look(index: Index, ranking: Ranking, filters: Filters, limit: int) -> Found:
    """Look for the best recordings and pages, at most `limit` of each, among all that the index promises.

    Raises DamagedError and OSError.
    """
    recordings, lost = _first(limit, (_answer(index, hit, ranking, filters) for hit in ranking.hits))
    pages, lost_pages = _first(limit, (_page_answer(index, hit, ranking, filters) for hit in ranking.pages))
    counts = len(ranking.hits) - lost, len(ranking.pages) - lost_pages
    about = not ranking.sure and counts != (len(recordings), len(pages))
    return Found(tuple(recordings), tuple(pages), Count(*counts, about))


def _first(limit: int, looked: Iterator[Item | None]) -> tuple[list[Item], int]:
    """Take what is there, and count what is not."""
    found, missing = list[Item](), 0
    for one in looked:
        if one is None:
            missing += 1
            continue
        found.append(one)
        if len(found) == limit:
            break
    return found, missing


def answers(index: Index, ranking: Ranking, filters: Filters) -> Iterator[Answer]:
    """Give the recordings that hold what the index promised, best first. Raises DamagedError and OSError."""
    return (found for hit in ranking.hits if (found := _answer(index, hit, ranking, filters)))


def page_answers(index: Index, ranking: Ranking, filters: Filters) -> Iterator[PageAnswer]:
    """Give the pages of Markdown that hold what the index promised, best first. Raises DamagedError and OSError."""
    return (found for hit in ranking.pages if (found := _page_answer(index, hit, ranking, filters)))


def _answer(index: Index, hit: Hit, ranking: Ranking, filters: Filters) -> Answer | None:
    """Look through parts, the best first, until all words are confirmed; of those the first that confirms is shown."""
    row = index.row(hit.record)
    if not _is_named(row.tags, row.authors, filters) or not _has((row.series,), filters.series):
        return None
    only_typed = filters.where == "commands"
    open_ones = _missing(ranking.checked, () if only_typed else (row.title, *row.tags, row.series, *row.authors))
    shown, proves = Answer(row, ()), False
    for place in hit.places:
        try:
            part = index.part(hit.record, place, row.slug)
        except LostError as error:
            shown = shown._replace(lost=shown.lost or error.name)
            continue
        found = matches(part, ranking.words, commands_only=only_typed)
        proved = {word for word in open_ones if any(found_in(match.text, word) for match in found)}
        if not shown.matches or (proved and not proves):
            shown, proves = shown._replace(matches=tuple(found)), bool(proved)
        open_ones -= proved
        if not open_ones and (shown.matches or not shown.lost):
            break
    return shown if shown.lost or not open_ones else None


def _page_answer(index: Index, hit: Hit, ranking: Ranking, filters: Filters) -> PageAnswer | None:
    page = index.page(hit.record)
    if not _is_named(page.tags, page.authors, filters):
        return None
    in_titles = filters.where == "titles"
    named = () if page.about else (page.title,) if in_titles else (page.title, *page.tags, *page.authors)
    lines = () if in_titles else page.said
    said = [one for one in lines if any(found_in(one.text, word) for word in ranking.words)]
    if _missing(ranking.checked, (*named, *(one.text for one in said))):
        return None
    said.sort(key=lambda one: -sum(found_in(one.text, word) for word in ranking.words))
    return PageAnswer(page, tuple(said))


def _is_named(tags: Sequence[str], authors: Sequence[str], filters: Filters) -> bool:
    """Whether something has the names that are asked for: long ones share their terms."""
    return _has(tags, filters.tag) and _has(authors, filters.author)


def _has(names: Iterable[str], name: str) -> bool:
    return not name or folded(name) in map(folded, names)


def _missing(words: Sequence[Word], texts: Sequence[str]) -> set[Word]:
    """Give the words that stand in none of some texts, each text looked at alone."""
    return {word for word in words if not any(found_in(text, word) for text in texts)}
