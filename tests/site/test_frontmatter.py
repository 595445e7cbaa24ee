"""Front matter: every key with its wrong value and exact message, both files of a recording, defaults of sections."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castsite.analysis.model import Chapter
from castsite.config import CONFIG
from castsite.errors import Place, Severity
from castsite.limits import Limits
from castsite.schema.block import split
from castsite.schema.emit import emit
from castsite.schema.values import Author, Day, Link, List, Part, Stretch, Table, Visibility
from castsite.site.frontmatter import Kind, Read, cascade, merge, read_meta
from castsite.site.keys import FRONT_MATTER, NAMING, SCHEMAS
from castsite.site.model import Meta
from tests.timing import soon

S = 1_000_000
PATH = "content/a.cast"


def read(front: str, kind: Kind = "recording", path: str = PATH) -> Read:
    return read_meta(front, path=path, kind=kind)


def meta(front: str, kind: Kind = "recording", path: str = PATH) -> Meta:
    found = read(front, kind, path)
    assert found.problems == ()
    return found.meta


def told(front: str, kind: Kind = "recording") -> list[str]:
    return [str(problem).removeprefix(f"error: {PATH}:2:") for problem in read(front, kind).problems]


FULL = """
title: 1.10
description: |
  Two
  lines
date: 2026-03-01
updated: 2026-03-02T09:05:00Z
tags: [git, demo]
series: {name: Git basics, part: 2}
weight: -5
authors: [Ada, {name: Bo, url: https://bo.example/}]
draft: yes
visibility: unlisted
expires: 90d
slug: rebase-2
aliases: [/old/, /very/old]
poster: 1:05
player: {speed: 2, idle_time_limit: 3}
start: 0:05
end: 1:02:03.4
cut: [[3, 1:05]]
speed: [[0, 10, 2]]
markers: [{at: 0:12, label: Build}]
redact: [secret, /a+/]
mask_region: {rows: [1, 2], cols: [3, 4]}
secrets: {allow: []}
captions: {en: a.vtt, pt-BR: b.vtt}
audio: a.mp3
export: [gif, anim.svg]
outputs: [embed, filmstrip]
commands: [[12.5, make test]]
id: ci-42
session: night
license: CC-BY-4.0
source: https://git.example/
links: [https://a.example/, {title: B, url: https://b.example/}]
related: [git/merge]
extra: {level: easy, more: [a, {b: c}]}
size: 90x26
encoding: cp437
timing: a.timing
input: a.input
cps: 1e2
times: relative
"""


def test_every_key_of_a_recording_is_read_into_its_field() -> None:
    found = meta(FULL)
    assert found == Meta(
        title="1.10",
        description="Two\nlines",
        date=Day(datetime(2026, 3, 1, tzinfo=UTC)),
        updated=Day(datetime(2026, 3, 2, 9, 5, tzinfo=UTC), whole_day=False),
        tags=("git", "demo"),
        series=Part("Git basics", 2),
        weight=-5,
        authors=(Author("Ada"), Author("Bo", "https://bo.example/")),
        draft=True,
        visibility=Visibility.UNLISTED,
        expires=90,
        slug="rebase-2",
        aliases=("/old/", "/very/old/"),
        poster=65 * S,
        player=(("speed", 2.0),),
        start=5 * S,
        end=3_723_400_000,
        cut=(Stretch(3 * S, 65 * S),),
        speed=(Stretch(0, 10 * S, 2.0),),
        idle_time_limit=3 * S,
        markers=(Chapter(12 * S, "Build"),),
        redact=("secret", "/a+/"),
        mask_region=found.mask_region,
        secrets=(),
        captions=(("en", "a.vtt"), ("pt-BR", "b.vtt")),
        audio="a.mp3",
        export=("gif", "anim.svg"),
        outputs=("embed", "filmstrip"),
        commands=((12_500_000, "make test"),),
        id="ci-42",
        session="night",
        license="CC-BY-4.0",
        source="https://git.example/",
        links=(Link("", "https://a.example/"), Link("B", "https://b.example/")),
        related=("git/merge",),
        extra=(("level", "easy"), ("more", List(("a", Table((("b", "c"),)))))),
        size=(90, 26),
        encoding="cp437",
        timing="a.timing",
        input="a.input",
        cps=100.0,
        times="relative",
        places=found.places,
    )
    assert found.mask_region[0].rows == (1, 2)


def test_every_key_but_those_of_sections_is_in_the_full_example() -> None:
    keys = {key.name for kinds, key in FRONT_MATTER if "r" in kinds}
    assert {key for key, _ in meta(FULL).places} == keys | {"idle_time_limit"}


def test_the_fields_of_meta_are_the_keys() -> None:
    fields = {*Meta.__struct_fields__} - {"places"}
    assert fields == {key.name for _, key in FRONT_MATTER}


def test_each_key_has_the_place_of_its_value() -> None:
    found = meta("title: x\n\nplayer:\n  speed: 2\n  idleTimeLimit: 2\n")
    assert found.place("title", PATH) == Place(PATH, 2, 8)
    assert found.place("player", PATH) == found.place("idle_time_limit", PATH) == Place(PATH, 5, 3)
    assert found.place("date", PATH) == Place(PATH)


def test_lines_count_from_where_the_block_begins() -> None:
    block = split(b"\xef\xbb\xbf---\r\ntitle: x\r\ndraft: perhaps\r\n---\r\n{}\n", path=PATH)
    found = read_meta(block.front, path=PATH, line=block.front_line)
    assert [problem.place for problem in found.problems] == [Place(PATH, 3, 8)]


def test_no_front_matter_says_nothing() -> None:
    assert read_meta(None, path=PATH) == read("") == read("# x\n") == Read(Meta())


# key → wrong value, and the message after the place: the table of fields of the reference
WRONG = [
    ("title: [a]", "8: bad-value: title: expected text, got a list"),
    (
        "date: tomorrow",
        '7: bad-value: date: expected a date such as 2026-03-01 or 2026-03-01T09:05:00Z, got "tomorrow"',
    ),
    (
        "updated: 2024-13-45",
        '10: bad-value: updated: expected a date such as 2026-03-01 or 2026-03-01T09:05:00Z, got "2024-13-45"',
    ),
    ("tags: [a, b, ~]", "14: bad-value: tags: entry 3 is empty"),
    ("authors: [a, b, '']", "17: bad-value: authors: entry 3 is empty"),
    ("series: {name: x, part: two}", "25: bad-value: series: part: expected a whole number"),
    ("weight: 1.5", '9: bad-value: weight: expected a whole number, got "1.5"'),
    ("draft: maybe", '8: bad-value: draft: expected true or false, got "maybe"'),
    (
        "visibility: unlistd",
        '13: bad-value: visibility: expected public, unlisted or private; did you mean "unlisted"?',
    ),
    ("slug: Rebase 2", '7: bad-value: slug: not usable in a URL; use "rebase-2"'),
    ("aliases: [old]", "11: bad-value: aliases: must start with /"),
    ("start: 0:90", '8: bad-value: start: expected a time such as 12.5, 1:05 or 1:02:03.4, got "0:90"; write 1:30'),
    ("cut: [[1, 2], [3]]", "15: bad-value: cut: pair 2: expected [from, to]"),
    ("speed: fast", '8: bad-value: speed: expected a number above 0 or [[from, to, factor], …], got "fast"'),
    ("idle_time_limit: -2", "18: bad-value: idle_time_limit: expected seconds above 0, or off"),
    ("redact: [/abc]", "10: bad-value: redact: unclosed /…/"),
    ("commands: [[1, a], [2]]", "20: bad-value: commands: entry 2: expected [time, text]"),
    ("export: [giff]", '10: bad-value: export: unknown kind "giff", did you mean "gif"?'),
    ("id: a b", "5: bad-value: id: expected letters, digits, - and _, such as ci-42"),
    ("session: a/b", "10: bad-value: session: expected letters, digits, - and _, such as ci-42"),
    ("captions: {english: a.vtt}", '12: bad-value: captions: "english" is not a language tag, such as en or pt-BR'),
    ("source: www.x", "9: bad-value: source: expected an http(s) address"),
    ("expires: 2020-01-01\ndate: 2021-01-01", "10: bad-value: expires: is before date"),
    ("end: 1\nstart: 2", "6: bad-value: end: end is not after start"),
    (
        "poster: x.pdf",
        'poster: expected a time, auto, frame or a picture (.png, .jpg, .webp, .avif), got "x.pdf"',
    ),
    ("poster: 1:5", 'poster: expected a time such as 12.5, 1:05 or 1:02:03.4, got "1:5"; write 1:05'),
    ("links: [foo]", "links: expected an http(s) address"),
    ("extra: x", 'extra: expected a mapping such as {colour: red}, got "x"'),
    ("size: 5", 'size: expected COLSxROWS such as 80x24, got "5"'),
    ("encoding: ebcdic", 'encoding: expected utf-8, cp437 or latin-1, got "ebcdic"'),
    ("cps: -1", 'cps: expected a number above 0, at most 100000, got "-1"'),
    ("times: abs", 'times: expected absolute or relative, got "abs"'),
    ("player: fast", 'player: expected options such as {speed: 2}, got "fast"'),
    ("captions: a.vtt", 'captions: expected languages and files such as {en: demo.en.vtt}, got "a.vtt"'),
    ("series: {part: 2}", "series: needs name, such as {name: Git basics, part: 2}"),
    ("license: [x]", "license: expected text, got a list"),
]


LISTS = {"tags", "authors", "aliases", "redact", "captions", "links", "export", "series"}
"""Values of which the parts that could be read are kept."""


@pytest.mark.parametrize(("front", "says"), WRONG, ids=lambda value: value[:20])
def test_a_wrong_value_has_its_message_and_is_left_out(front: str, says: str) -> None:
    (message,) = told(front)
    assert message == says if says[0].isdigit() else message.endswith(f": bad-value: {says}")
    key = front.partition(":")[0]
    if "\n" not in front and key not in LISTS:
        assert getattr(read(front).meta, key) == getattr(Meta(), key)


def test_the_message_has_severity_place_code_and_key() -> None:
    (problem,) = read_meta("a: 1\nb: 2\nspeed: fast", path=PATH).problems[-1:]
    message = 'speed: expected a number above 0 or [[from, to, factor], …], got "fast"'
    assert str(problem) == f"error: {PATH}:4:8: bad-value: {message}"


def test_B07_an_unknown_key_is_a_warning_that_names_the_near_one() -> None:
    (problem,) = read("titel: x").problems
    assert str(problem) == f'warning: {PATH}:2:1: unknown-key: unknown key "titel", did you mean "title"?'
    (problem,) = read("desc: x").problems
    assert problem.text == 'unknown key "desc", did you mean "description"?'
    (problem,) = read("player: {speeed: 2}").problems
    assert (problem.severity, problem.text) == (
        Severity.WARNING,
        'player: unknown option "speeed", did you mean "speed"?',
    )


@pytest.mark.parametrize("text", ["1.10", "no", "12:30:45", "2024-01-01", "0x10", "010", "1e3", ".nan"])
def test_B08_a_title_stays_what_was_written(text: str) -> None:
    assert meta(f"title: {text}").title == text


@pytest.mark.parametrize("text", ["null", "~", ""])
def test_B09_a_title_of_nothing_is_as_if_missing(text: str) -> None:
    assert meta(f"title: {text}") == Meta()


def test_B10_a_date_that_is_none_is_an_error_and_a_far_one_is_a_date() -> None:
    assert len(told("date: 2024-13-45\nupdated: tomorrow")) == 2
    found = meta("date: 2099-01-01")
    assert found.date == Day(datetime(2099, 1, 1, tzinfo=UTC))


def test_B12_a_list_or_a_text_instead_of_a_mapping_is_an_error() -> None:
    assert told("- a") == ["1: bad-yaml: expected keys such as title: Rebase, got a list"]
    assert told("just words") == ["1: bad-yaml: expected keys such as title: Rebase, got a text"]
    assert told("? [a, b]\n: c") == ["3: bad-yaml: a key has to be text, got a list"]


def test_B13_half_a_character_is_replaced_and_5000_digits_stay_a_text() -> None:
    found = read('title: "a\\uD800"')
    assert found.meta.title == "a\ufffd"
    assert [problem.severity for problem in found.problems] == [Severity.WARNING]
    assert read_meta(f"title: {'7' * 150}", path=PATH).meta.title == "7" * 150
    long = read_meta(f"license: {'7' * 5000}", path=PATH, limits=Limits(title=6000))
    assert (long.meta.license, long.problems) == ("7" * 5000, ())


def test_B14_tags_that_are_one_text_too_many_or_too_long_are_warnings() -> None:
    for front, tags in (
        ("tags: one", ("one",)),
        (f"tags: [{', '.join(f't{number}' for number in range(33))}]", tuple(f"t{number}" for number in range(32))),
        (f"tags: [{'x' * 51}]", ("x" * 50,)),
    ):
        found = read(front)
        assert found.meta.tags == tags
        assert [problem.severity for problem in found.problems] == [Severity.WARNING]


def test_B20_hidden_characters_in_a_title_go_with_a_warning() -> None:
    for char in ("\u202e", "\u200b", "\u2028"):
        found = read(f"title: a{char}b")
        assert found.meta.title in {"ab", "a b"}
        assert [problem.severity for problem in found.problems] == [Severity.WARNING]


def test_B21_a_long_title_is_cut_and_one_of_blanks_is_as_if_missing() -> None:
    found = read(f"title: {'x' * 10_000}")
    assert found.meta.title == "x" * 200
    assert [problem.severity for problem in found.problems] == [Severity.WARNING]
    assert meta("title: '   '") == Meta()


OWNERS = ["limits: {cols: 9999}", "secrets: off", "allow_remote_images: true", "theme: ../../x", "strict: false"]
OWNERS += ["publish_input: yes", "base_url: https://evil.example/", "keep_titles: yes", "site_key: x", "outputs: [wsh]"]


@pytest.mark.parametrize("front", OWNERS)
@pytest.mark.parametrize("kind", ["recording", "page", "section"])
def test_B24_what_is_the_owners_is_an_error_that_says_so(front: str, kind: Kind) -> None:
    (problem,) = read(front, kind).problems
    if front.startswith(("secrets", "outputs")) and kind != "recording":
        assert problem.code == "no-effect"
        return
    assert problem.severity is Severity.ERROR
    assert "owner's configuration only" in problem.text
    assert ("use player.theme" in problem.text) == front.startswith("theme")


def test_B24_every_key_of_the_configuration_is_ours_or_the_owners() -> None:
    harmless = {"author", "language"}
    for schema in (*SCHEMAS.values(), NAMING):
        assert {key.name for key in CONFIG.keys} - harmless <= set(schema.index) | set(schema.refused)


@pytest.mark.parametrize(
    "text", ["folder/", "https://e.example/a.cast", "../../../etc/passwd", "/abs", "a\\\\b", "C:/x"]
)
def test_B26_and_D03_a_recording_is_a_file_beside_the_page(text: str) -> None:
    (problem,) = read(f'recording: "{text}"', "page").problems
    assert problem.severity is Severity.ERROR
    assert "write the path from this file's folder, such as demo.cast" in problem.text


def test_D01_a_slug_in_another_form_is_an_error_with_a_suggestion() -> None:
    for text in ("../../x", "/etc/x", "C:\\\\x", "a\\\\b", "a/b", "a%2fb", ".", "x" * 300, "Ä", "-a", "a--b", "全角"):
        (message,) = told(f'slug: "{text}"')
        assert message.startswith('7: bad-value: slug: not usable in a URL; use "')
    assert meta("slug: 1-a").slug == "1-a"


@pytest.mark.parametrize(
    "text", ["//evil", "https://e", "javascript:x", "/../x", "/a b/", "/a\\n/*", "/ä/", "/", "/.git/"]
)
def test_D10_and_C06_an_alias_is_an_address_of_this_site(text: str) -> None:
    found = read(f'aliases: ["{text}"]')
    assert found.meta.aliases == ()
    assert [problem.severity for problem in found.problems] == [Severity.ERROR]


def test_all_problems_of_a_file_are_told_at_once_and_in_order() -> None:
    found = read("titel: x\ndraft: maybe\nfoo: [\n  {a: b}\n]\nspeed: fast\nlimits: {}\ntags: one\ndraft: no\n")
    assert [problem.place.line for problem in found.problems] == [2, 3, 4, 7, 8, 9, 10]


def test_too_many_redactions_are_an_error_and_never_dropped() -> None:
    assert told(f"redact: [{', '.join(f'r{number}' for number in range(101))}]") == [
        "9: bad-value: redact: 101 entries; at most 100"
    ]


def test_both_spellings_of_the_idle_limit_at_once_are_an_error() -> None:
    assert told("idle_time_limit: 2\nplayer: {idleTimeLimit: 3}") == [
        "18: bad-value: idle_time_limit: also given as player.idleTimeLimit in line 3; keep one"
    ]


def test_a_date_without_a_zone_is_in_the_sites_zone() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    found = read_meta("date: 2026-07-01 12:00", path=PATH, zone=berlin).meta
    assert found.date == Day(datetime(2026, 7, 1, 12, tzinfo=berlin), whole_day=False)


def test_a_page_with_a_recording_has_the_keys_of_a_recording() -> None:
    assert meta("recording: git/a.cast\nspeed: 2\n", "page").speed == 2.0


def test_a_key_of_another_kind_of_item_is_told_to_have_no_effect() -> None:
    for kind, front, says in (
        ("page", "speed: 2", "speed: has no effect on a page"),
        ("recording", "sort: date", "sort: has no effect on a recording"),
        ("recording", "recording: nope.cast", "recording: has no effect on a recording"),
        ("page", "{recording: a.cast, sort: date}", "sort: has no effect on a recording"),
        ("section", "tags: [a]", "tags: has no effect on a section; defaults for the items below go under cascade"),
    ):
        (problem,) = read(front, kind).problems  # type: ignore[arg-type]
        assert (problem.severity, problem.code, problem.text) == (Severity.WARNING, "no-effect", says)


def test_a_section_has_an_order_pages_and_defaults() -> None:
    found = meta(
        "title: Git\nsort: -date\npagination: 0\nrecursive: yes\nweight: 3\ncascade: {tags: [git]}\n", "section"
    )
    assert (found.title, found.sort, found.pagination, found.recursive, found.weight) == ("Git", "-date", 0, True, 3)
    assert found.cascade is not None
    assert found.cascade.tags == ("git",)
    (problem,) = read("sort: rank", "section").problems
    words = "date, weight, title, duration, size, path, -date, -weight, -title, -duration, -size or -path"
    assert problem.text == f'sort: expected {words}, got "rank"'


def test_a_cascade_is_checked_where_it_stands() -> None:
    found = read("cascade:\n  draft: fast\n  titel: x\n  slug: a\n  limits: {}\n", "section")
    assert [str(problem) for problem in found.problems] == [
        f'error: {PATH}:3:10: bad-value: cascade: draft: expected true or false, got "fast"',
        f'warning: {PATH}:4:3: unknown-key: cascade: unknown key "titel"; data of your own goes under extra',
        f"warning: {PATH}:5:3: no-effect: cascade: slug: cannot be a default for other items",
        f"error: {PATH}:6:3: owner-only: cascade: limits: belongs in the owner's configuration only, castsite.yml",
    ]
    assert told("cascade: [x]", "section") == [
        "10: bad-value: cascade: expected defaults such as {tags: [git]}, got a list"
    ]


def test_the_companion_wins_key_by_key_and_says_where_they_differ() -> None:
    own = meta("title: own\ntags: [a]\ndraft: yes\nplayer: {speed: 2, loop: yes}\n")
    companion = meta("title: other\ntags: [a]\ndate: 2026-03-01\nplayer: {speed: 3}\n", path="content/a.md")
    merged, problems = merge(own, companion)
    assert (merged.title, merged.tags, merged.draft) == ("other", ("a",), True)
    assert merged.player == (("loop", True), ("speed", 3.0))
    assert [str(problem) for problem in problems] == [
        'info: content/a.md:2:8: companion-wins: title: "content/a.cast" says otherwise'
    ]
    assert merged.place("title", "") == Place("content/a.md", 2, 8)
    assert merged.place("draft", "") == Place(PATH, 4, 8)


def test_an_empty_value_of_the_companion_wins_too() -> None:
    merged, _ = merge(meta("tags: [a]\ncommands: [[1, x]]"), meta("tags: []\ncommands: no", path="content/a.md"))
    assert (merged.tags, merged.commands) == ((), False)


def test_a_contradiction_between_the_two_files_is_an_error() -> None:
    _, problems = merge(meta("start: 10"), meta("end: 5", path="content/a.md"))
    assert [str(problem) for problem in problems] == ["error: content/a.md:2:6: bad-value: end: end is not after start"]
    own = read("start: 10\nend: 5").meta
    assert merge(own, meta("title: x", path="content/a.md")).problems == (), "told when its file was read"


def test_merging_with_silence_changes_nothing() -> None:
    own = meta(FULL)
    assert merge(own, Meta()).meta == own
    assert merge(Meta(), own).meta == own


def test_a_cascade_supplies_what_the_item_does_not_say_and_the_nearest_wins() -> None:
    near = meta("cascade: {tags: [near], speed: 2, player: {loop: 2}}", "section", "content/git/_index.md")
    far = meta("cascade: {tags: [far], license: MIT, player: {loop: 3, fit: both}}", "section", "content/_index.md")
    item = meta("title: x\nspeed: 3\nplayer: {speed: 2}\n")
    found = cascade(far, cascade(near, item))
    assert (found.title, found.tags, found.speed, found.license) == ("x", ("near",), 3.0, "MIT")
    assert found.player == (("fit", "both"), ("loop", 2), ("speed", 2.0))
    assert found.place("license", "") == Place("content/_index.md", 2, 33)
    assert cascade(Meta(), item) == item


def test_an_item_may_take_back_a_default() -> None:
    section = meta("cascade: {draft: yes, tags: [a], idle_time_limit: 2}", "section")
    found = cascade(section, meta("draft: no\ntags: []\nidle_time_limit: off\n"))
    assert (found.draft, found.tags, found.idle_time_limit) == (False, (), "off")


def test_what_is_masked_is_what_all_say_and_an_empty_list_takes_back() -> None:
    section = meta("cascade: {redact: [far, both]}", "section")
    own = meta("redact: [own, both]\nmask_region: {rows: [1, 1], cols: [1, 9]}\n")
    companion = meta("redact: [other]\nmask_region: {rows: [2, 2], cols: [1, 9]}\n", path="content/a.md")
    merged, problems = merge(own, companion)
    assert problems == ()
    assert cascade(section, merged).redact == ("other", "own", "both", "far")
    assert [mask.rows for mask in merged.mask_region] == [(2, 2), (1, 1)]
    assert merge(own, meta("redact: []\n", path="content/a.md")).meta.redact == ()
    assert cascade(section, meta("redact: []\n")).redact == ()


FRAGMENTS = [f"{key.name}: {key.example}" for _, key in FRONT_MATTER] + ["title:", ": x", "[", "{", "foo: 1", "- a"]
FRAGMENTS += ["title: &a x", "x: *a", "\t", "  a: b", '"', "'", "draft: \\", "player: {idleTimeLimit: 2}", "<<: {}"]


@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=20), max_size=30), st.sampled_from(["\n", "\r\n", " "]))
def test_P2_any_front_matter_is_read_or_refused_with_lines(lines: list[str], end: str) -> None:
    front = end.join(lines)
    found = soon(0.5, lambda: read_meta(front, path=PATH))
    assert all(problem.place.line >= 2 for problem in found.problems)
    assert [problem.place.line for problem in found.problems] == sorted(p.place.line for p in found.problems)
    assert len(found.problems) <= 50 * 8


@given(st.binary(max_size=400))
def test_P2_any_bytes_go_through_both_steps(source: bytes) -> None:
    block = split(b"---\n" + source + b"\n---\n", path=PATH)
    found = read_meta(block.front, path=PATH, line=block.front_line)
    assert all(problem.place.line for problem in (*block.problems, *found.problems))


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=50))
def test_P2_a_title_that_is_written_is_read_back(title: str) -> None:
    assert meta(emit([("title", title)])).title == meta(f"title: '{title.replace(chr(39), chr(39) * 2)}'").title


@pytest.mark.parametrize(
    "front",
    [
        "tags: [" + ", ".join(f"t{n}" for n in range(10_000)) + "]",
        "".join(f"k{n}: [1, 2]\n" for n in range(4000)),
        "markers: [" + "{at: 1, labl: x}, " * 3500 + "]",
        "links: [" + "{titel: x}, " * 5000 + "]",
        "cut: [" + "[1], " * 10_000 + "]",
        "redact: [" + "/(/, " * 10_000 + "]",
        "extra: {" + ", ".join(f"k{n}: v" for n in range(6000)) + "}",
        f"title: {'a' * 65_000}",
        f"slug: {'ﷺ' * 20_000}",
        f"poster: {'1' * 65_000}",
        f"date: {'1' * 65_000}",
        f"aliases: [/{'a/' * 30_000}]",
        f"source: https://{'a.' * 30_000}",
        f"authors: [{{name: x, url: 'mailto:{'a' * 60_000}@'}}]",
    ],
    ids=lambda front: front[:12],
)
def test_P2_64_kib_of_one_kind_are_read_in_half_a_second(front: str) -> None:
    found = soon(0.5, lambda: read_meta(front, path=PATH))
    assert all(len(str(problem)) < 1000 for problem in found.problems)
