"""YAML → tree: texts as written, with their places, by either of PyYAML's parsers; what is hostile is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from castsite.errors import Problem, Severity
from castsite.schema.tree import At, Fields, Items, Loader, Node, SlowLoader, Text, describe, is_missing, parse
from tests.timing import soon

LOADERS: list[Loader] = [SlowLoader]
if hasattr(yaml, "CSafeLoader"):
    LOADERS.append(yaml.CSafeLoader)

both = pytest.mark.parametrize("loader", LOADERS, ids=lambda loader: loader.__name__)


def texts(node: Node | None) -> object:
    match node:
        case Fields():
            return {name.value: texts(value) for name, value in node.entries}
        case Items():
            return [texts(item) for item in node.items]
        case Text():
            return node.value
    return None


def the_problem(text: str, loader: Loader | None = None, line: int = 1) -> Problem:
    tree = parse(text, path="a.md", line=line, loader=loader)
    assert len(tree.problems) == 1, tree
    return tree.problems[0]


AS_WRITTEN = ["1.10", "010", "0x10", "1_000", ".nan", "12:30:45", "no", "yes", "2024-01-01", "1e3", "=", "<<"]
AS_WRITTEN += ["a#b", "C# x", "🎬 x", "http://x/y"]


@both
@pytest.mark.parametrize("value", AS_WRITTEN)
def test_B08_a_title_is_the_text_that_was_written(value: str, loader: Loader) -> None:
    tree = parse(f"title: {value}\n", path="a.md", loader=loader)
    assert texts(tree.root) == {"title": value}
    assert tree.problems == ()


@both
def test_B09_null_tilde_and_nothing_are_missing_unless_quoted(loader: Loader) -> None:
    tree = parse("a: null\nb: ~\nc:\nd: 'null'\ne: \"~\"\nf: ''\ng: |\n  null\n", path="a.md", loader=loader)
    assert isinstance(tree.root, Fields)
    assert [name.value for name, node in tree.root.entries if is_missing(node)] == ["a", "b", "c"]


@both
def test_places_are_lines_and_columns_of_the_file_in_characters(loader: Loader) -> None:
    tree = parse("🎬: [é, {k: v}]\n\nlast: x\n", path="a.md", line=7, loader=loader)
    assert isinstance(tree.root, Fields)
    (movie, items), (last, value) = tree.root.entries
    assert (movie.at, items.at, last.at, value.at) == (At(7, 1), At(7, 4), At(9, 1), At(9, 7))
    assert isinstance(items, Items)
    assert [item.at for item in items.items] == [At(7, 5), At(7, 8)]


@both
def test_a_comment_is_not_part_of_a_text(loader: Loader) -> None:
    assert texts(parse("a: x #y\nb: x#y\n", path="a.md", loader=loader).root) == {"a": "x", "b": "x#y"}


@both
def test_nothing_has_no_root_and_no_problem(loader: Loader) -> None:
    for text in ("", "\n", "# only a comment\n"):
        assert parse(text, path="a.md", loader=loader) == parse("", path="a.md")
    assert parse("", path="a.md").root is None


# what PyYAML refuses → the line, and what our own text has to say
FAULTS = [
    ("title: Git: the guide", 1, 'title: "Git: the guide"'),
    ("a: 1\ntitle: @x", 2, 'title: "@x"'),
    ("title: `x`", 1, 'title: "`x`"'),
    ("title: %x", 1, 'title: "%x"'),
    ("title: [a", 1, 'title: "[a"'),
    ("title: [a\nb: c", 1, 'title: "[a"'),
    ("title: - x", 1, 'title: "- x"'),
    ("title: ? x", 1, 'title: "? x"'),
    ("a: 1\n\tb: 2", 2, "tab"),
    ('title: "C:\\d"', 1, "title: 'C:\\d'"),
    ('redact: ["/10\\.0\\.\\d+/", "b"]', 1, "redact: ['/10\\.0\\.\\d+/', \"b\"]"),
    ('cascade: {redact: ["it\'s \\d"]}', 1, "cascade: {redact: ['it''s \\d']}"),
    ('a: "\\d" b', 1, "use single quotes"),
    ('redact: ["a\\\\.b", "c\\d", "e\\"f\\g"]', 1, "redact: ['a\\.b', 'c\\d', 'e\"f\\g']"),
    ("title: {{ x }}", 1, 'expected text, got a mapping; put the text in quotes: title: "{{ x }}"'),
    ("title:x\ndate: 2020-01-01", 1, "no space after the colon; write title: x"),
    ("title:\u00a0x\ndate: 2020-01-01", 1, "U+00A0"),
    ("a: b\u0085c", 1, "U+0085"),
    ("a: 1\nb: c\x00d", 2, "U+0000"),
    ('title: "abc\nb: 1\n', 1, "never closed"),
    ("title: 'abc\nb: 1\n", 1, "never closed"),
    ('a: 1\ntitle: "abc\nb: "c d"\n', 2, "not closed before line 3"),
    ("title: 'abc\n\nb: 'c'\n", 1, "not closed before line 3"),
    ('a: "b\n  c"\nd: "e" f\n', 3, "put the text in quotes"),
    ("a:\n  b: 1\n c: 2", 3, "indentation"),
    ("a: 1\n  b: 2", 2, "indentation"),
    ("title: *bold* x", 1, 'title: "*bold* x"'),
    ('title: "a" b', 1, "title: '\"a\" b'"),
    ("title: 'it's'", 1, "title: \"'it's'\""),
    ("[1, 2\nb:", 1, "not closed"),
    ("a: 1\n---\nb: 2", 2, "second document"),
    ("a: 1\n...\nb: 2", 3, "indentation"),
    ("? [a, b]\n: c", 1, "a key has to be text, got a list"),
    ("<<: {a: 1}", 1, "merging"),
]


@both
@pytest.mark.parametrize(("text", "line", "says"), FAULTS)
def test_a_fault_is_told_with_its_line_and_the_cure(text: str, line: int, says: str, loader: Loader) -> None:
    problem = the_problem(text, loader, line=10)
    assert (problem.severity, problem.place.line) == (Severity.ERROR, line + 9)
    assert says in problem.text


@both
@pytest.mark.parametrize(
    "text", ["a: &x 1", "a: *x", "a: !!binary x", "a: !custom x", "a: ! x", "&x a: 1", "!t {a: 1}"]
)
def test_B04_anchors_aliases_and_tags_are_refused(text: str, loader: Loader) -> None:
    problem = the_problem(text, loader)
    assert problem.place.line == 1
    assert "are not allowed" in problem.text


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@both
def test_B01_a_billion_laughs_are_refused_at_once(loader: Loader) -> None:
    problem = soon(0.1, lambda: the_problem(LAUGHS, loader))
    assert problem.text.startswith("anchors are not allowed")
    assert problem.place.line == 1


@both
def test_B02_a_pile_of_merges_is_refused_at_once(loader: Loader) -> None:
    problem = soon(0.1, lambda: the_problem("a: 1\n" + "<<: [*a,*a]\n" * 25, loader))
    assert problem.place.line == 2


@both
def test_B03_a_python_object_is_refused_and_runs_nothing(loader: Loader, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    problem = the_problem(f'!!python/object/apply:os.system ["touch {canary}"]', loader)
    assert problem.text.startswith("tags are not allowed")
    assert not canary.exists()


@both
def test_B05_a_hundred_thousand_brackets_are_refused_at_once(loader: Loader) -> None:
    problem = soon(0.1, lambda: the_problem("[" * 100_000, loader))
    assert "too deep" in problem.text


@both
def test_B05_twenty_levels_are_read_and_twenty_one_are_not(loader: Loader) -> None:
    assert parse("[" * 20 + "]" * 20, path="a.md", loader=loader).problems == ()
    assert the_problem("[" * 21 + "]" * 21, loader).text == "nested too deep; at most 20 levels are read"
    assert parse("[" * 30 + "]" * 30, path="a.md", depth=30, loader=loader).problems == ()
    nested = "".join("  " * level + "a:\n" for level in range(21))
    assert "too deep" in the_problem(nested, loader).text


@both
def test_B06_a_key_given_twice_names_both_lines_and_the_first_stays(loader: Loader) -> None:
    tree = parse("a: 1\nb: 2\na: 3\n", path="a.md", line=2, loader=loader)
    assert str(tree.problems[0]) == 'error: a.md:4:1: duplicate-key: "a" is given twice, in line 2 and in line 4'
    assert texts(tree.root) == {"a": "1", "b": "2"}


@both
def test_B11_a_tab_that_indents_is_told_with_its_line(loader: Loader) -> None:
    assert the_problem("a:\n\tb: 1\n", loader).place.line == 2


@both
def test_B13_half_a_character_is_replaced_and_a_pair_is_whole(loader: Loader) -> None:
    tree = parse('a: "x\\uD800y"\n', path="a.md", loader=loader)
    assert texts(tree.root) == {"a": "x\ufffdy"}
    assert [problem.severity for problem in tree.problems] == [Severity.WARNING]
    assert texts(parse('a: "\\ud83d\\ude00"\n', path="a.md", loader=loader).root) == {"a": "😀"}


@both
def test_B20_a_line_separator_becomes_a_space_and_moves_nothing(loader: Loader) -> None:
    tree = parse("title: a\u2028b\nc: d\n", path="a.md", loader=loader)
    assert texts(tree.root) == {"title": "a b", "c": "d"}
    assert tree.problems[0].severity is Severity.WARNING
    assert (tree.problems[0].place.line, tree.problems[0].place.column) == (1, 9)


@both
def test_a_lone_carriage_return_becomes_a_space_and_moves_nothing(loader: Loader) -> None:
    tree = parse("title: a\rb\r\r\nc: [\n", path="a.md", loader=loader)
    assert [(one.severity, one.place.line) for one in tree.problems] == [(Severity.WARNING, 1), (Severity.ERROR, 2)]
    assert texts(parse("title: a\r\nc: d\r\n", path="a.md", loader=loader).root) == {"title": "a", "c": "d"}


def test_messages_stay_one_printable_line() -> None:
    problem = the_problem(f"title: \u202e@{'x' * 5000}: y")
    assert len(str(problem)) < 400
    assert "\u202e" not in str(problem)


def test_values_are_described_by_what_they_are() -> None:
    tree = parse("[x, [], {}, ~]", path="a.md")
    assert isinstance(tree.root, Items)
    assert [describe(item) for item in tree.root.items] == ['"x"', "a list", "a mapping", "nothing"]


# pieces of which most combinations are nearly YAML
PIECES = ["a", "b: ", ": ", "- ", "\n", "  ", "[", "]", "{", "}", ", ", '"', "'", "|", ">", "#", "&x", "*x", "!t", "?"]
PIECES += ["\\u00e9", "\\ud800", "é", "🎬", "---", "...", "%", "@", "~", "null", "\r\n", "\u2028", "<<", "=", "0:12"]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join), st.integers(2, 9))
def test_P2_both_parsers_read_the_same_tree_or_refuse(text: str, line: int) -> None:
    trees = [parse(text, path="a.md", line=line, loader=loader) for loader in LOADERS]
    for tree in trees:
        assert all(problem.place.line >= line for problem in tree.problems)
        assert (tree.root is None) or all(isinstance(value, str) for value in strings(tree.root))
    if all(tree.root is not None for tree in trees):
        assert placed(trees[0].root) == placed(trees[-1].root)


@given(st.text(max_size=200))
def test_P2_any_text_gives_a_tree_or_a_problem_with_a_line(text: str) -> None:
    tree = soon(0.5, lambda: parse(text, path="a.md", line=2))
    assert all(problem.place.line >= 2 for problem in tree.problems)


HEAVY = [
    "[" * 65_536,
    "{" * 65_536,
    "- " * 32_768,
    "a: " * 21_845,
    "? " * 32_768,
    "'" * 65_536,
    '"' * 65_535,
    "\n" * 65_536,
    "a\n" * 32_768,
    "a: b\n" * 13_000,
    "[a, " * 16_000,
    "&a " * 20_000,
    "a: x" + " " * 65_000 + "y: z",
    "# " * 32_768,
    "{a: " * 16_000,
    "\\u" * 30_000,
    "x" * 65_536,
    "a:" * 32_000,
    "|\n" * 32_000,
    "a: |\n" + " \n" * 30_000,
    'a: "\\ud800"\n' + "[a, b]: c\n" * 6000,
    "[" * 19 + "a," * 30_000,
]


@both
@pytest.mark.parametrize("text", HEAVY, ids=lambda text: repr(text[:6]))
def test_P2_64_kib_of_anything_end_soon_with_either_parser(text: str, loader: Loader) -> None:
    if loader is SlowLoader:  # PyYAML's own scanner needs ten times as long, and gets a quarter of the text
        soon(3, lambda: parse(text[:16_384], path="a.md", loader=loader))
    else:
        soon(0.5, lambda: parse(text, path="a.md", loader=loader))


def placed(node: Node | None) -> object:
    """The tree with its places, but those of values that are not there: after `?` the parsers put them elsewhere."""
    match node:
        case Fields():
            return node.at, [(placed(name), placed(value)) for name, value in node.entries]
        case Items():
            return node.at, [placed(item) for item in node.items]
        case Text():
            return node.value, node.plain, node.at if node.value else None
    return None


def strings(node: Node) -> Iterator[object]:
    match node:
        case Text():
            yield node.value
        case Items():
            for item in node.items:
                yield from strings(item)
        case Fields():
            for name, value in node.entries:
                yield name.value
                yield from strings(value)


def test_a_cure_that_would_be_no_yaml_is_not_shown() -> None:
    (problem,) = parse('redact: ["it\'s \\d", \'x "y\\z"\']', path="a").problems
    assert problem.text.endswith("use single quotes")
