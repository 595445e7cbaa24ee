"""Texts of items on pages: their own and those of others."""

from __future__ import annotations

import difflib
import gc
from pathlib import Path

import pytest
from gallery import page, recording, site
from markupsafe import Markup

from castsite.errors import Problem
from castsite.memory import Memory
from castsite.render import prose
from castsite.render.markdown import Rendered
from castsite.render.shelf import Shelf, shelve
from castsite.render.shell import sheet
from castsite.render.texts import Texts, made
from castsite.site.model import Meta, Page
from castsite.spread import Spread, copies, serially


def described(count: int) -> Shelf:
    """Shelve recordings whose descriptions link to the first of them."""
    meta = Meta(description="After [the first](/demo/0).")
    return shelve(site(*(recording(f"demo/{number}", meta=meta) for number in range(count))), {})


def alive() -> int:
    return sum(isinstance(one, Rendered) for one in gc.get_objects())


def test_texts_on_a_page_of_something_else_are_kept_for_that_page_alone() -> None:
    shelf = described(3)
    before = alive()
    for path in ("index.html", "demo/index.html", "tags/git/index.html"):
        here = sheet(path, None)
        shown = [prose.description(shelf, here, one) for one in shelf.site.recordings * 2]
        assert all(f'href="{here.link("demo/0/index.html")}"' in html for html in shown)
        assert alive() - before == 3


def broken(count: int, *others: Page) -> tuple[Page, ...]:
    """Make pages that each link to nothing, and others."""
    return (*(page(f"demo/{number}", f"To [it](gone-{number}.md)") for number in range(count)), *others)


def told(pages: tuple[Page, ...], memory: Memory, spread: Spread = serially) -> list[Problem]:
    """Say what is wrong as one build does."""
    shelf = shelve(site(*pages), {}, memory)
    found = list(prose.problems(shelf, spread))
    shelf.guesses.settle()
    return found


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names that were compared with a path to guess what was meant."""
    names: list[str] = []
    compare = difflib.SequenceMatcher.set_seq1

    def noted(self: difflib.SequenceMatcher[str], name: str) -> None:
        names.append(name)
        compare(self, name)

    monkeypatch.setattr(difflib.SequenceMatcher, "set_seq1", noted)
    return names


@pytest.mark.parametrize("spread", [serially, copies(2)])
def test_what_was_meant_is_guessed_once_while_no_name_changes(spread: Spread, compared: list[str]) -> None:
    memory, pages = Memory(), broken(70, page("demo/gone-7x"))
    first = told(pages, memory, spread)
    assert len(first) == 70
    assert sum("did you mean" in problem.text for problem in first) > 1
    compared.clear()
    assert told(pages, memory, spread) == first
    assert compared == []


def test_a_new_name_is_offered_as_if_nothing_were_remembered(compared: list[str]) -> None:
    memory, one = Memory(), page("one", "To [it](kubernetes.md).")
    for name, offered in (("two", ""), ("kubernet", "kubernet.md"), ("kubernete", "kubernete.md"), ("two", "")):
        pages, compared[:] = (one, page(name)), []
        (problem,) = told(pages, memory)
        assert problem.text.partition("did you mean ")[2] == (offered and f'"{offered}"?')
        assert name in compared
        assert told(pages, memory) == told(pages, Memory()) == [problem]


@pytest.mark.parametrize("spread", [serially, copies(2)])
def test_what_is_offered_leads_there_from_the_file_that_says_so(spread: Spread) -> None:
    meant = {"tow.cast": "two.cast", "git/two.cast": "two.cast", "/git/tow.cast": "/git/two.cast"}
    meant |= {"../git/tow.cast": "two.cast", "tow": "two", "../abuot.md": "../about.md"}
    below = tuple(page(f"git/x{at}", f"[a]({written}) ![b]({written})") for at, written in enumerate(meant))
    others = (page("about"), page("top", "[it](gti/two.cast)"))
    pages, memory = site(recording("git/two"), *below, *others), Memory()
    for _ in range(2):  # the second time from memory
        shelf = shelve(pages, {}, memory)
        found = [problem.text.partition("did you mean ")[2] for problem in prose.problems(shelf, spread)]
        assert found == [f'"{offered}"?' for offered in meant.values() for _ in "ab"] + ['"git/two.cast"?']
        shelf.guesses.settle()
    right = tuple(page(f"git/x{at}", f"[a]({offered})") for at, offered in enumerate(meant.values()))
    assert list(prose.problems(shelve(site(recording("git/two"), *right, *others[:1]), {}), spread)) == []


def test_html_of_another_answer_is_never_given(tmp_path: Path) -> None:
    """Two builds may have been answered otherwise; what one has told and what the other has kept do not go together."""
    one = made(Rendered(blocks=(Markup("<p>one"),)), (), ())
    other = made(Rendered(blocks=(Markup("<p>other"),)), (), ())
    memory = Memory(tmp_path, "1")
    texts = Texts.of(memory, b"rules")
    texts.learn("body:a", b"key", one)
    texts.kept.put_encoded("body:a", other.told.digest, other.data)
    memory.save()
    again = Texts.of(Memory(tmp_path, "1"), b"rules")
    assert again.recall("body:a", b"key", lambda question: question.answer) is not None
    assert again.fetch("body:a") is None
    texts.learn("body:a", b"key", one)
    assert texts.fetch("body:a") == Rendered(blocks=(Markup("<p>one"),))
