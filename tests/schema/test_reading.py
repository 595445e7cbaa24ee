"""One table, one reading: unknown keys, double spellings, and many problems told in few lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castsite.errors import Place, Problem, Severity
from castsite.schema.emit import emit
from castsite.schema.extra import extra
from castsite.schema.reading import SHOWN, Key, Reading, Refusal, Schema, fold, into, root_fields
from castsite.schema.texts import line
from castsite.schema.tree import Fields, SlowLoader, parse
from castsite.schema.values import Extra, List, Table
from tests.timing import soon

SCHEMA = Schema(
    noun="thing",
    keys=(
        Key("title", line(), "text", "x", "A title."),
        Key("size", line(), "text", "x", "A size.", spellings=("width",)),
    ),
    hint="see the list",
    habits={"name": "title"},
    refused={"limits": Refusal(Severity.ERROR, "owner-only", "is the owner's")},
)


def read(text: str, severity: Severity = Severity.ERROR) -> tuple[dict[str, object], list[str]]:
    reading = Reading(path="a.yml", unknown=severity)
    root = root_fields(parse(text, path="a.yml"), reading)
    values = SCHEMA.read(root, reading).values if root else {}
    return values, [str(problem) for problem in reading.problems()]


def test_values_and_places_are_by_key_whatever_the_spelling() -> None:
    reading = Reading(path="a.yml")
    root = parse("title: a\nwidth: b\n", path="a.yml").root
    assert isinstance(root, Fields)
    assert SCHEMA.read(root, reading) == (
        {"title": "a", "size": "b"},
        (("title", Place("a.yml", 1, 8)), ("size", Place("a.yml", 2, 8))),
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("titel: x", 'error: a.yml:1:1: unknown-key: unknown thing "titel", did you mean "title"?'),
        ("name: x", 'error: a.yml:1:1: unknown-key: unknown thing "name", did you mean "title"?'),
        ("foo: x", 'error: a.yml:1:1: unknown-key: unknown thing "foo"; see the list'),
        ("limits: x", "error: a.yml:1:1: owner-only: limits: is the owner's"),
        ("size: 1\nwidth: 2", 'error: a.yml:2:1: bad-value: "size" in line 1 and "width" are the same; keep one'),
        ("title: [x]", "error: a.yml:1:8: bad-value: title: expected text, got a list"),
    ],
)
def test_each_wrong_entry_is_told(text: str, says: str) -> None:
    assert read(text)[1] == [says]


def test_B07_how_bad_an_unknown_key_is_depends_on_the_file() -> None:
    assert read("titel: x", Severity.WARNING)[1][0].startswith("warning: a.yml:1:1: unknown-key:")


def test_B12_a_file_is_a_mapping() -> None:
    assert read("- a\n- b")[1] == ["error: a.yml:1:1: bad-yaml: expected keys such as title: Rebase, got a list"]
    assert read("just words")[1] == ["error: a.yml:1:1: bad-yaml: expected keys such as title: Rebase, got a text"]
    assert read("title:x")[1] == ["error: a.yml:1:1: bad-yaml: no space after the colon; write title: x"]
    assert read('"title"')[1] == ["error: a.yml:1:1: bad-yaml: expected keys such as title: Rebase, got a text"]
    assert read("~") == read("") == read("{}") == ({}, [])


def test_B09_a_key_without_a_value_is_not_there() -> None:
    assert read("title: null\nsize: ~\n") == ({}, [])
    assert read("title:\n") == ({}, [])


def test_problems_come_in_the_order_of_the_file() -> None:
    _, told = read("foo: 1\ntitle: [x]\nbar: 2\nsize: {}\n")
    assert [line.split(":")[2] for line in told] == ["1", "2", "3", "4"]


def test_many_problems_of_one_code_are_counted_in_the_last_one_shown() -> None:
    _, told = read("".join(f"k{number}: x\n" for number in range(1000)))
    assert len(told) == SHOWN
    assert told[-1].endswith(f"(and {1000 - SHOWN} more)")


def test_counting_keeps_the_severities_and_codes_apart() -> None:
    place = Place("a", 1)
    problems = [Problem(severity, place, "x", "t") for severity in (Severity.ERROR, Severity.WARNING)] * SHOWN
    assert fold(problems) == tuple(problems)
    assert sum(problem.times for problem in fold(problems * 2)) == 4 * SHOWN


def test_P2_a_file_of_nothing_but_unknown_keys_is_read_in_half_a_second() -> None:
    text = "".join(f"title{number}: x\n" for number in range(4500))
    soon(0.5, lambda: read(text))


def test_a_mapping_becomes_a_dataclass() -> None:
    reader = into(SCHEMA, Problem, "{title: x}")
    reading = Reading(path="a.yml")
    root = parse("k: word", path="a.yml").root
    assert isinstance(root, Fields)
    assert reader(root.entries[0][1], reading) is None
    assert reading.problems()[0].text == 'expected a mapping such as {title: x}, got "word"'


KEYS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
VALUES: st.SearchStrategy[Extra] = st.recursive(
    st.text(st.characters(codec="utf-8"), max_size=40),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: List(tuple(items)))
        | st.dictionaries(KEYS, inner, max_size=4).map(lambda pairs: Table(tuple(pairs.items())))
    ),
    max_leaves=5,
)


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_P2_what_is_written_is_read_back_the_same(pairs: dict[str, Extra]) -> None:
    reading = Reading(path="a.yml")
    text = emit(pairs.items())
    tree = parse(text, path="a.yml")
    assert tree.problems == ()
    assert text.isascii()
    assert parse(text, path="a.yml", loader=SlowLoader) == tree
    assert (extra(tree.root, reading) if tree.root else ()) == tuple(pairs.items())


def test_an_emitted_text_is_a_text_whatever_it_looks_like() -> None:
    assert emit([("title", "no"), ("a", List(("~", "1: 2"))), ("b", Table((("c", "é\x7f🎬"),)))]) == (
        '"title": "no"\n"a": ["~", "1: 2"]\n"b": {"c": "\\u00e9\\u007f\\U0001f3ac"}\n'
    )
