"""Readers of text, words, numbers, lists and paths: each wrong value has its message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castsite.errors import Severity
from castsite.limits import Limits
from castsite.schema.characters import visible_line, visible_text
from castsite.schema.edits import redaction
from castsite.schema.extra import extra
from castsite.schema.lists import list_of
from castsite.schema.numbers import byte_size, parse_real, parse_whole, real_above_zero, screen_size, whole
from castsite.schema.paths import content_path, folder, path_fault
from castsite.schema.reading import Reader, Reading
from castsite.schema.texts import flag, identifier, kind_of, language, line, member, prose, word_of
from castsite.schema.tree import Fields, parse
from castsite.schema.values import List, Table, Visibility

PATH = content_path("a.cast")


def read(reader: Reader[object], yaml: str, limits: Limits | None = None) -> tuple[object, list[str]]:
    """What a reader makes of the value written as `k: …`, and what it says, by its severity's first letter."""
    reading = Reading(path="a.md", limits=limits or Limits())
    root = parse(f"k: {yaml}", path="a.md").root
    assert isinstance(root, Fields)
    value = reader(root.entries[0][1], reading)
    return value, [f"{problem.severity[0]}: {problem.text}" for problem in reading.problems()]


def refused(reader: Reader[object], yaml: str) -> str:
    value, (told,) = read(reader, yaml)
    assert value is None
    assert told.startswith("e: ")
    return told[3:]


def test_a_line_is_one_line_in_its_composed_form() -> None:
    assert read(line(), '"  a\\n  b\\tc  "') == ("a b c", [])
    assert read(line(), "e\u0301a") == ("\u00e9a", [])
    assert read(line(), "|\n  a\n  b\n") == ("a b", [])
    assert refused(line(), "[a]") == "expected text, got a list"
    assert refused(line(), "{a: b}") == "expected text, got a mapping"


@pytest.mark.parametrize(
    "char", ["\u202e", "\u2066", "\u200f", "\u061c", "\u200b", "\ufeff", "\u2060", "\x1b", "\x9b", "\x00"]
)
def test_B20_hidden_characters_go_with_a_warning(char: str) -> None:
    escape = f"\\U{ord(char):08x}"
    value, told = read(line(), f'"ab{escape}cd"')
    assert value == "abcd"
    assert told == [f"w: hidden characters removed: U+{ord(char):04X}"]


def test_B20_a_separator_in_a_title_is_a_space() -> None:
    assert read(line(), '"a\\u2028b"') == ("a b", ["w: hidden characters removed: U+2028"])


def test_joiners_stay_where_they_mean_something() -> None:
    for text in ("👩\u200d💻", "می\u200cخواهم", "क्\u200dष", "❤\ufe0f\u200d🔥"):
        assert visible_line(text) == (text, "")
    for text in ("a\u200db", "\u200da", "a\u200c", "é\u200dé", "👩\u200d", "\u200d💻"):
        assert "\u200d" not in visible_line(text)[0]
        assert "\u200c" not in visible_line(text)[0]


def test_many_kinds_of_hidden_characters_are_named_up_to_five() -> None:
    assert visible_line("\x01\x02\x03\x04\x05\x06\x07")[1] == "U+0001, U+0002, U+0003, U+0004, U+0005 and 2 more"


def test_a_text_of_several_lines_keeps_them() -> None:
    assert read(prose, "|\n  a\n\n    b\n") == ("a\n\n  b", [])
    assert visible_text("\r\na\r\n\tb\u202e\r") == ("a\n\tb", "U+202E")


def test_B21_a_long_title_is_cut_and_one_of_blanks_is_missing() -> None:
    assert read(line(), "x" * 10_000) == ("x" * 200, ["w: cut to 200 characters (limits: title), had 10000"])
    assert read(line(), "x" * 200) == ("x" * 200, [])
    assert read(line(), '"   "') == (None, [])
    assert read(line(), "x" * 30, Limits(title=20))[0] == "x" * 20


@given(st.text(max_size=80))
def test_a_clean_line_is_clean_and_stays_so(text: str) -> None:
    clean, _ = visible_line(text)
    assert visible_line(clean) == (clean, "")
    assert not any(char in clean for char in "\n\r\t\x00\x1b\x7f\x85\u200b\u202e\u2028\ufeff")


@pytest.mark.parametrize("text", ["true", "yes", "on", "True", "YES", '"true"'])
def test_a_switch_is_on(text: str) -> None:
    assert read(flag, text) == (True, [])


@pytest.mark.parametrize("text", ["false", "no", "off", "False", "NO"])
def test_a_switch_is_off(text: str) -> None:
    assert read(flag, text) == (False, [])


@pytest.mark.parametrize(("text", "got"), [("maybe", '"maybe"'), ("1", '"1"'), ("[]", "a list"), ("~", "nothing")])
def test_a_switch_is_nothing_else(text: str, got: str) -> None:
    assert refused(flag, text) == f"expected true or false, got {got}"


def test_words_are_listed_or_the_near_one_is_named() -> None:
    assert read(member(Visibility), "unlisted") == (Visibility.UNLISTED, [])
    told = "expected public, unlisted or private"
    assert refused(member(Visibility), "unlistd") == f'{told}; did you mean "unlisted"?'
    assert refused(member(Visibility), "x") == f'{told}, got "x"'
    assert refused(word_of(("one",)), "[]") == "expected one, got a list"


def test_kinds_are_named_by_their_noun() -> None:
    reader = kind_of(("gif", "svg"), "kind")
    assert read(reader, "gif") == ("gif", [])
    assert refused(reader, "giff") == 'unknown kind "giff", did you mean "gif"?'
    assert refused(reader, "avi") == 'unknown kind "avi"; known are gif, svg'


@pytest.mark.parametrize("text", ["ci-42", "a_b", "A", "x" * 64])
def test_an_identifier_is_one_word(text: str) -> None:
    assert read(identifier, text) == (text, [])


@pytest.mark.parametrize("text", ["a b", "a/b", "é", "x" * 65, '"a\\nb"', "[]", '""'])
def test_an_identifier_is_nothing_else(text: str) -> None:
    assert refused(identifier, text) == "expected letters, digits, - and _, such as ci-42"


@pytest.mark.parametrize("text", ["en", "pt-BR", "zh-Hant-TW", "de-1996", "yue", "es-419", "sr-Latn"])
def test_a_language_tag_is_read(text: str) -> None:
    assert read(language, text) == (text, [])


@pytest.mark.parametrize("text", ["english", "e", "en_US", "en-", "deutsch", "🎬"])
def test_a_language_by_its_name_is_no_tag(text: str) -> None:
    assert refused(language, text) == f'"{text}" is not a language tag, such as en or pt-BR'


@pytest.mark.parametrize(("text", "value"), [("5", 5), ("-5", -5), ("+7", 7), ("010", 10), ("0", 0)])
def test_a_whole_number_is_read(text: str, value: int) -> None:
    assert read(whole(), text) == (value, [])


@pytest.mark.parametrize("text", ["1.5", "1e3", "0x10", "1_000", "five", "9" * 5000, "٣", ""])
def test_a_whole_number_is_nothing_else(text: str) -> None:
    assert refused(whole(), f'"{text}"').startswith('expected a whole number, got "')
    assert parse_whole(text) is None


def test_bounds_of_a_number_are_told() -> None:
    assert refused(whole(1, 65_535), "0") == 'expected a whole number from 1 to 65535, got "0"'
    assert refused(whole(0), "-1") == 'expected a whole number, 0 or more, got "-1"'
    assert refused(whole(most=9), "10") == 'expected a whole number, at most 9, got "10"'
    assert refused(real_above_zero(), "0") == 'expected a number above 0, got "0"'
    assert refused(real_above_zero(10), "11") == 'expected a number above 0, at most 10, got "11"'


@pytest.mark.parametrize(("text", "value"), [("1e3", 1000.0), ("1.5", 1.5), (".5", 0.5), ("2.", 2.0), ("-1", -1.0)])
def test_a_number_is_read(text: str, value: float) -> None:
    assert parse_real(text) == value


@pytest.mark.parametrize(
    "text", ["nan", ".nan", "inf", "Infinity", "1e999", "-1e999", "0x10", "1_0", "", "e3", ".", "1" * 400]
)
def test_a_number_is_finite_and_plain(text: str) -> None:
    assert parse_real(text) is None


@pytest.mark.parametrize(
    ("text", "size"), [("20 MiB", 20 * 2**20), ("20MB", 20_000_000), ("4096", 4096), ("1.5 KiB", 1536), ("2 B", 2)]
)
def test_a_size_has_a_unit_or_none(text: str, size: int) -> None:
    assert read(byte_size, text) == (size, [])


@pytest.mark.parametrize("text", ["0", "-1", "20 mib", "lots", "1e6", "0.1 B"])
def test_a_size_is_nothing_else(text: str) -> None:
    assert refused(byte_size, text) == f'expected a size such as 20 MiB, got "{text}"'


def test_a_screen_is_columns_by_rows_within_the_limits() -> None:
    assert read(screen_size, "80x24") == ((80, 24), [])
    assert read(screen_size, "1000x200") == ((1000, 200), [])
    most = "at most 1000 columns, 500 rows and 200000 cells (limits: cols, rows, cells)"
    for text in ("1001x10", "10x501", "1000x201"):
        assert refused(screen_size, text) == f"{text} is too large; {most}"
    for text in ("80", "80X24", "0x24", "80x", "-1x2", "80 x 24", "100000x100000"):
        assert refused(screen_size, text) == f'expected COLSxROWS such as 80x24, got "{text}"'


def test_B14_a_lone_text_is_a_list_of_one_with_a_warning() -> None:
    reader = list_of(line())
    assert read(reader, "one") == (("one",), ["w: one text where a list is expected; write [one]"])
    for written, cure in (
        ("git, demo", '[git, demo], or for one ["git, demo"]'),
        ("'x]'", '["x]"]'),
        ("'#c'", '["#c"]'),
        ("'- a'", '["- a"]'),
        ("'it''s: x'", '["it\'s: x"]'),
        (r"""'a\"b'""", r"""["a\\\"b"]"""),
    ):
        values, told = read(reader, written)
        assert told == [f"w: one text where a list is expected; write {cure}"]
        assert read(reader, cure.rpartition("one ")[2]) == (values, [])
    assert refused(reader, "{a: b}") == "expected a list, got a mapping"
    assert refused(list_of(line(), lone=False), "one") == 'expected a list, got "one"'


def test_an_empty_entry_is_named_by_its_number() -> None:
    assert read(list_of(line()), "[a, b, ~, '']") == (("a", "b"), ["e: entry 3 is empty", "e: entry 4 is empty"])


def test_equal_entries_are_kept_once_and_in_order() -> None:
    assert read(list_of(line()), "[b, a, ' b ']")[0] == ("b", "a")


@pytest.mark.parametrize("text", ["a.cast", "a/b.cast", "./a.cast", "a b.cast", "é.cast", "..a/b", "a/..b"])
def test_a_path_lies_beside_the_file_that_names_it(text: str) -> None:
    assert read(PATH, f'"{text}"') == (text.removeprefix("./"), [])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("../x", "leaves its folder"),
        ("../../../etc/passwd", "leaves its folder"),
        ("a/../b", "leaves its folder"),
        ("/etc/passwd", "is absolute"),
        ("//host/x", "is absolute"),
        ("C:\\\\x", "is an address or a drive, not a file of this site"),
        ("c:x", "is an address or a drive, not a file of this site"),
        ("a\\\\b", "has a backslash"),
        ("\\\\\\\\host\\\\x", "has a backslash"),
        ("https://e.example/a.cast", "is an address or a drive, not a file of this site"),
        ("file:a", "is an address or a drive, not a file of this site"),
        ("a\\0b", "holds control characters"),
        ("a\\u202eb", "holds control characters"),
        ("a/", "names a folder"),
        (".", "names a folder"),
        ("a//b", "has an empty part"),
        ("", "is empty"),
    ],
)
def test_B26_and_D03_any_other_path_is_refused_with_the_reason(text: str, reason: str) -> None:
    assert f" {reason}; write the path from this file's folder" in refused(PATH, f'"{text}"')


@given(st.text("./\\a:~\x00é", max_size=12))
def test_P4_an_accepted_path_never_leaves_its_folder(text: str) -> None:
    if path_fault(text) is None:
        assert not text.startswith("/")
        assert ".." not in text.split("/")
        assert "\\" not in text


def test_a_folder_is_one_of_the_project() -> None:
    assert read(folder("content"), "a/b/") == ("a/b", [])
    assert refused(folder("content"), "../x") == '"../x" leaves its folder; expected a folder such as content'


def test_extra_stays_what_was_written() -> None:
    value, told = read(extra, "{a: 1.10, b: [x, {c: no}], d: ~, e: {}}")
    assert value == (("a", "1.10"), ("b", List(("x", Table((("c", "no"),))))), ("e", Table(())))
    assert told == []
    assert refused(extra, "[a]") == "expected a mapping such as {colour: red}, got a list"


def test_a_list_of_pairs_is_not_taken_for_a_mapping() -> None:
    assert read(extra, "{a: [[b, c]]}")[0] != read(extra, "{a: {b: c}}")[0]


def test_B25_a_redaction_is_a_text_or_a_pattern_that_compiles() -> None:
    assert read(redaction, "host") == ("host", [])
    assert read(redaction, "/(a+)+$/") == ("/(a+)+$/", [])
    assert refused(redaction, "/abc") == "unclosed /…/"
    assert refused(redaction, "//") == "unclosed /…/"
    assert refused(redaction, "/(/").startswith("not a regular expression: missing )")
    assert refused(redaction, f"/{'a' * 1001}/") == "not a regular expression: 1001 characters; at most 1000"
    assert refused(redaction, f"'/{'(' * 500}{')' * 500}/'").startswith("not a regular expression")
    assert read(redaction, "'/[[a]/'") == ("/[[a]/", []), "a warning of the compiler is not the user's concern"


def test_a_problem_has_the_place_of_the_value() -> None:
    reading = Reading(path="a.md")
    root = parse("k: [x, yy, {}]", path="a.md", line=5).root
    assert isinstance(root, Fields)
    list_of(flag)(root.entries[0][1], reading.under("k"))
    assert [str(problem) for problem in reading.problems()] == [
        'error: a.md:5:5: bad-value: k: expected true or false, got "x"',
        'error: a.md:5:8: bad-value: k: expected true or false, got "yy"',
        "error: a.md:5:12: bad-value: k: expected true or false, got a mapping",
    ]
    assert reading.problems()[0].severity is Severity.ERROR


@pytest.mark.parametrize("code", [0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1FFFE, 0x10FFFF])
def test_C02_and_C09_code_points_that_are_no_characters_are_removed_from_titles(code: int) -> None:
    assert visible_line(f"a{chr(code)}b") == ("ab", f"U+{code:04X}")
    assert visible_text(f"a{chr(code)}\nb")[0] == "a\nb"
