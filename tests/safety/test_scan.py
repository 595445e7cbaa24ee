"""What was printed, put together from escape sequences, borders of events and backspaces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, pairwise
from re import _parser as re_parser  # type: ignore[attr-defined] # the only one that knows what an expression may take
from string import digits
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castsite.safety.scan import SEQUENCE, Sights, located, printed, told
from castsite.safety.secrets import _NEEDED, RUN, Rule, _lowered, shipped
from tests.timing import soon

TOKENS = [rule for rule in shipped() if rule.rule_class == "P"]


@pytest.mark.parametrize(
    ("whole", "text"),
    [
        ("ab\x1b[31mcd", "abcd"),
        ("ab\bc", "ac"),
        ("abc\b\b\bd", "d"),
        ("ab\x1b[1m\b\x1b[m\bc", "c"),
        ("a\n\b\bb", "a\nb"),
        ("\b\bb", "b"),
        ("ab\b \b\bx", "x"),
    ],
)
def test_backspaces_take_what_stood_before_them_on_the_line(whole: str, text: str) -> None:
    assert told(SEQUENCE.split(whole))[0] == text


@given(st.lists(st.sampled_from(["ab", "\b", "\n", "\x1b[1m", "\x1b]0;t\x07", "c", "\x1b", "\x9b"])).map("".join))
def test_both_ways_give_one_text_and_places_lead_to_it(whole: str) -> None:
    pieces, begins = printed(whole)
    text = "".join(pieces)
    assert told(SEQUENCE.split(whole))[0] == text
    places = [*located(pieces, begins, range(len(text)))]
    assert "".join(whole[place] for place in places) == text
    assert all(one < other for one, other in pairwise(places))


def test_backspaces_cost_no_more_than_they_are_many() -> None:
    text, _ = soon(5, lambda: told(SEQUENCE.split("x" * 500_000 + "\b\by" * 400_000)))
    assert text == "x" * 99_999 + "y"


def test_control_strings_are_told_once() -> None:
    assert told(SEQUENCE.split("\x1b]0;one\x07a\x1b]0;two\x1b\\\x1b]0;one\x07"))[1] == ["0;one", "0;two"]


def characters(parsed: Iterable[tuple[Any, Any]]) -> Iterator[str]:
    """Give what an expression may take, of ASCII; fail at what is not known here."""
    for kind, what in parsed:
        match str(kind):
            case "LITERAL":
                yield chr(what)
            case "RANGE":
                yield from map(chr, range(what[0], what[1] + 1))
            case "CATEGORY":
                assert str(what) == "CATEGORY_DIGIT"
                yield from digits
            case "IN":
                yield from characters(what)
            case "MAX_REPEAT" | "SUBPATTERN":
                yield from characters(what[-1])
            case "BRANCH":
                yield from chain.from_iterable(map(characters, what[1]))
            case _:
                raise AssertionError(kind)


@pytest.mark.parametrize("rule", TOKENS, ids=lambda rule: rule.name)
def test_every_token_lies_in_one_run(rule: Rule) -> None:
    parsed = re_parser.parse(rule.pattern)
    taken = set(characters(parsed))
    shortest, _ = parsed.getwidth()
    assert len(taken) > 10
    assert [one for one in taken if not RUN.fullmatch(one * shortest)] == []


ROWS = st.sampled_from(
    ["", "a", "|a|b", "│pane of text│x", "f" * 20, "g" * 40, "h" * 19, "-----BEGIN PRIVATE KEY-----", "q|" + "w" * 18]
)
SCREENS = st.lists(
    st.tuples(st.sampled_from([20, 20, 20, 19]), st.lists(ROWS, min_size=5, max_size=5), st.lists(ROWS, max_size=2)),
    max_size=8,
)


URL = next(rule for rule in shipped() if rule.name == "url-credentials")


@given(st.from_regex(URL.regex))
def test_what_is_looked_for_at_once_stands_in_every_credential_of_an_address(text: str) -> None:
    assert _NEEDED[URL.name].search(_lowered(text))


def seen(*screens: tuple[int, list[str], list[str]]) -> set[str]:
    texts: list[str] = []
    sights = Sights(lambda text: [*map(texts.append, text.split("\n\n\n\n\0\n\n\n\n"))] and [])
    for time, (cols, rows, gone) in enumerate(screens):
        sights.consider(time, cols, rows, gone)
    sights.look()
    return {*texts}


@given(SCREENS)
def test_what_was_seen_before_hides_nothing(screens: list[tuple[int, list[str], list[str]]]) -> None:
    every = seen(*screens)
    for before, now in pairwise(screens):
        assert seen(before, now) - seen(before) <= every
