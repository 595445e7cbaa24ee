"""What is on a line is found: the index against a scan of all lines of seeded collections."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import indexed as made
import pytest

from castsite.search.answers import answers
from castsite.search.query import Filters, parse
from castsite.search.ranking import rank
from castsite.search.reader import Index

ANY = Filters()


@pytest.fixture(scope="module", params=[5, 60, 250])
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[made.Made], Index]:
    found = made.collection(request.param)
    return found, made.opened(made.written(found, (), tmp_path_factory.mktemp("index") / "index"))


def _slugs(index: Index, query: str, filters: Filters = ANY) -> set[str]:
    return {index.row(hit.record).slug for hit in rank(index, query, filters).hits}


def _sampled(found: list[made.Made], seed: int, count: int) -> Iterator[str]:
    rng = random.Random(seed)  # noqa: S311 - a sample
    lines = [line for one in found for line in one.lines]
    for _ in range(count):
        yield rng.choice(lines)


def test_every_word_of_every_line_finds_all_recordings_that_have_it(library: tuple[list[made.Made], Index]) -> None:
    found, index = library
    texts = {one.record.slug: set(made.words_of("\n".join((*one.lines, one.record.title)))) for one in found}
    rng = random.Random(2)  # noqa: S311 - a sample
    for line in _sampled(found, 3, 100):
        word = rng.choice(made.words_of(line) or ["git"])
        if any("\u3041" <= char <= "\u9fff" for char in word):
            continue  # found by any stretch: below
        wanted = {slug for slug, words in texts.items() if word in words}
        assert wanted <= _slugs(index, f'"{word}"'), word


def test_every_chunk_between_blanks_finds_all_recordings_that_have_it(library: tuple[list[made.Made], Index]) -> None:
    found, index = library
    asked = missed = 0
    rng = random.Random(4)  # noqa: S311 - a sample
    for line in _sampled(found, 5, 40):
        chunk = rng.choice(line.split() or ["git"])
        if not parse(f'"{chunk}"'):
            continue
        wanted = {one.record.slug for one in found if any(chunk in line.split() for line in one.lines)}
        got = {answer.row.slug for answer in answers(index, rank(index, f'"{chunk}"', ANY), ANY)}
        asked += len(wanted)
        missed += len(wanted - got)
    assert asked > 20
    assert missed == 0


def test_a_beginning_finds_what_longer_ones_find(library: tuple[list[made.Made], Index]) -> None:
    found, index = library
    rng = random.Random(6)  # noqa: S311 - a sample
    for line in _sampled(found, 7, 60):
        word = rng.choice(made.words_of(line) or ["commit"])
        if len(word) < 4 or not word.isascii():
            continue
        whole, shorter = rank(index, word, ANY), rank(index, word[:-1], ANY)
        if not shorter.partial:
            assert {hit.record for hit in whole.hits} <= {hit.record for hit in shorter.hits}, word


def test_every_stretch_of_chinese_is_found(library: tuple[list[made.Made], Index]) -> None:
    found, index = library
    for stretch in ("配置文件", "配置", "文件", "置文", "件", "データ"):
        wanted = {one.record.slug for one in found if stretch in "\n".join((*one.lines, one.record.title))}
        assert wanted <= _slugs(index, stretch), stretch


def test_what_is_shown_has_the_words(library: tuple[list[made.Made], Index]) -> None:
    found, index = library
    titles = {one.record.slug: made.plain(one.record.title) for one in found}
    for query in ("docker build", "v1.27.3", '"permission denied"', "--no-verify", "getuser", "répertoire"):
        for answer in islice(answers(index, rank(index, query, ANY), ANY), 10):
            assert answer.matches or any(word.atoms[0].text in titles[answer.row.slug] for word in parse(query))
            for match in answer.matches:
                assert match.marks
                assert all(0 <= start < end <= len(match.text) for start, end in match.marks)


@pytest.mark.parametrize("query", ["REPERTOIRE", "re\u0301pertoire", "répertoire", "ｒépertoire"])
def test_case_accents_and_forms_are_the_same(library: tuple[list[made.Made], Index], query: str) -> None:
    _, index = library
    assert _slugs(index, f'"{query}"') == _slugs(index, '"repertoire"')


def test_filters_leave_what_they_say(library: tuple[list[made.Made], Index]) -> None:
    found, index = library
    by_slug = {one.record.slug: one.record for one in found}
    for filters, holds in (
        (Filters(tag="C++"), lambda record: "C++" in record.tags),
        (Filters(series="Intro"), lambda record: record.series == "Intro"),
        (Filters(days=(19_800, 20_000)), lambda record: 19_800 <= record.day <= 20_000),
        (Filters(seconds=(100, 900)), lambda record: 100 <= int(record.seconds) <= 900),
    ):
        got = _slugs(index, "git", filters)
        assert got == {slug for slug in _slugs(index, "git") if holds(by_slug[slug])}


def test_commands_and_titles_alone(library: tuple[list[made.Made], Index]) -> None:
    found, index = library
    typed = {one.record.slug for one in found if any("docker" in made.words_of(one.lines[line]) for line in one.typed)}
    titled = {
        one.record.slug for one in found if "docker" in made.words_of(f"{one.record.title} {' '.join(one.record.tags)}")
    }
    assert _slugs(index, '"docker"', Filters(where="commands")) == typed
    assert _slugs(index, '"docker"', Filters(where="titles")) == titled


def test_both_forms_answer_alike(tmp_path: Path) -> None:
    found, texts = made.collection(12), [made.text("blog/a", ("", "docker build"), ("h-x", "Größe", True))]
    sharded = made.opened(made.written(found, texts, tmp_path / "index"))
    small = made.opened(made.written_small(found, texts))
    for query in ("docker", "git commit", "grosse", '"permission denied"', "do", "v1.27.3", "kub"):
        for filters in (ANY, Filters(where="commands"), Filters(tag="git")):
            one, other = rank(sharded, query, filters), rank(small, query, filters)
            assert (one.hits, one.pages) == (other.hits, other.pages), (query, filters)
