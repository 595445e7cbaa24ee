from __future__ import annotations

import posixpath
import re
import unicodedata
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castsite.errors import Place, Severity
from castsite.site.urls import (
    RESERVED_ANYWHERE,
    RESERVED_FIRST,
    RESERVED_FOR,
    Claim,
    SlugRules,
    alias_path,
    check_slug,
    chosen_slug,
    clash_problems,
    clashes,
    collision_key,
    generated_slug,
    path_fault,
    relative,
    slugify,
    unlisted_slug,
)

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
HERE = Place("content/x.cast", 3, 7)
slugs = st.from_regex(r"[a-z0-9]{1,3}(-[a-z0-9]{1,2})?", fullmatch=True)
paths = st.lists(slugs, min_size=0, max_size=4).map(lambda parts: "/".join([*parts, "index.html"])) | st.lists(
    slugs, min_size=1, max_size=4
).map(lambda parts: "/".join(parts) + ".cast")


def generated(name: str, *, first: bool = True, rules: SlugRules | None = None) -> str:
    return generated_slug(name, source=f"content/{name}.cast", first=first, rules=rules or SlugRules())[0]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Demo 1", "demo-1"),
        ("C++", "c"),
        ("straße", "strasse"),
        ("STRAẞE", "strasse"),
        ("İstanbul", "istanbul"),
        ("Łódź, ørsted & đà", "lodz-orsted-da"),
        ("Æsir œuvre ıssız", "aesir-oeuvre-issiz"),
        ("--a__b..c--", "a-b-c"),
        ("½ ﬁle", "1-2-file"),
        ("a\u200bb\u202ec", "a-b-c"),
    ],
)
def test_D02_file_names_become_slugs(name: str, slug: str) -> None:
    assert slugify(name, source=name) == slug


def test_D02_a_name_without_any_letter_of_ours_is_addressed_by_its_source() -> None:
    first, second = slugify("全角", source="content/全角.md"), slugify("全角", source="content/b/全角.md")
    assert re.fullmatch(r"r-[0-9a-f]{8}", first)
    assert first != second
    assert slugify("", source="cafe\u0301") == slugify("", source="caf\u00e9")


def test_a_long_name_is_cut_to_eighty_characters_and_never_ends_in_a_hyphen() -> None:
    assert slugify("a" * 79 + " b" * 9, source="x") == "a" * 79
    assert len(slugify("a" * 300, source="x")) == 80


@given(st.text(max_size=120), st.integers(1, 90))
def test_P4_every_text_becomes_a_slug_and_a_slug_stays_what_it_is(text: str, length: int) -> None:
    slug = slugify(text, source="s", length=max(length, 10))
    assert SLUG.fullmatch(slug)
    assert len(slug) <= max(length, 10)
    assert slugify(slug, source="other") == slug
    assert check_slug(slug, source="s") is None or len(slug) > 80


@given(st.text(st.sampled_from("aÉé\u0301ﬁ/.\\: "), max_size=30))
def test_P4_joined_slugs_stay_inside_their_folder(text: str) -> None:
    folder = Path("/site/public")
    path = folder / "/".join(slugify(part, source=text) for part in text.split("/"))
    assert path.resolve().is_relative_to(folder)


@pytest.mark.parametrize("written", ["../../x", "/etc/x", "C:\\x", "a\\b", "a/b", "a%2fb", ".", "a" * 300, "Ab", "x\n"])
def test_D01_an_explicit_slug_of_another_form_is_an_error_with_a_suggestion(written: str) -> None:
    suggested, problem = chosen_slug(written, place=HERE, first=False)
    assert problem is not None
    assert problem.severity is Severity.ERROR
    assert problem.place == HERE
    assert SLUG.fullmatch(suggested)
    assert suggested in problem.text
    assert "\n" not in problem.text


@pytest.mark.parametrize("name", ["CON", "nul", "aux", "COM1", "LPT²", "prn"])
def test_D07_names_of_windows_devices_get_a_suffix_and_a_warning(name: str) -> None:
    slug, problem = generated_slug(name, source=f"content/{name}.cast", first=False)
    assert slug == f"{slugify(name, source=name)}-1"
    assert problem is not None
    assert problem.severity is Severity.WARNING


@pytest.mark.parametrize("name", ["index", "feed", "assets", "recordings", "404", "tags", "embed", "page"])
def test_D08_reserved_names_get_a_suffix_when_generated_and_are_refused_when_written(name: str) -> None:
    rules = SlugRules(RESERVED_FIRST | {"recordings"})
    slug, warning = generated_slug(name, source="content/x.cast", first=True, rules=rules)
    _, error = chosen_slug(name, place=HERE, first=True, rules=rules)
    assert slug == f"{name}-1"
    assert warning is not None
    assert warning.severity is Severity.WARNING
    assert error is not None
    assert error.severity is Severity.ERROR


def test_first_segments_are_free_deeper_down_and_while_their_feature_is_off() -> None:
    assert generated("tags", first=False) == "tags"
    assert generated("index", first=False) == "index-1"
    assert generated("api") == "api"
    assert generated("api", rules=SlugRules(RESERVED_FIRST | RESERVED_FOR["rexec"])) == "api-1"
    assert generated("page", first=False) == "page-1"
    assert set(RESERVED_ANYWHERE) == {"index", "feed", "page"}


def test_a_written_slug_that_is_fine_is_taken_as_it_is() -> None:
    assert chosen_slug("git-rebase-2", place=HERE, first=True) == ("git-rebase-2", None)


def test_an_unlisted_address_depends_on_key_and_path_and_has_160_bits() -> None:
    slug = unlisted_slug("content/a.cast", "k")
    assert re.fullmatch(r"[a-z2-7]{32}", slug)
    assert slug == unlisted_slug("content/a.cast", "k")
    assert len({slug, unlisted_slug("content/b.cast", "k"), unlisted_slug("content/a.cast", "l")}) == 3
    assert unlisted_slug("cafe\u0301", "k") == unlisted_slug("caf\u00e9", "k")
    assert check_slug(slug, source="x") is None


@pytest.mark.parametrize(
    "alias",
    [
        "//evil",
        "https://e",
        "javascript:x",
        "/../x",
        "/",
        "",
        "old/",
        "/a//b",
        "/x\n",
        "/a?b",
        "/a#b",
        "/Ä/",
        "/con/x/",
        "/.well-known/x",
        "/a/.html",
        "/a./",
    ],
)
def test_D10_an_alias_that_is_no_path_of_this_site_is_refused(alias: str) -> None:
    assert alias_path(alias) is None


def test_D10_an_alias_is_a_folder_of_the_site() -> None:
    assert alias_path("/old/name/") == alias_path("/old/name") == "old/name/index.html"


def test_D10_an_alias_may_be_the_address_that_another_program_gave() -> None:
    assert alias_path("/a/bJMOlPe5F4mFLY0Rl6fiJSOp3") == "a/bJMOlPe5F4mFLY0Rl6fiJSOp3/index.html"
    assert alias_path("/2019/03/my_post.html") == "2019/03/my_post.html"
    assert alias_path("/v1.2/") == "v1.2/index.html"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Demo", "demo"),
        ("café", "cafe\u0301"),
        ("straße", "strasse"),
        ("ﬁle", "file"),
        ("a.", "a"),
        ("a. .", "a"),
        ("a./b", "a/b"),
        ("İ", "i\u0307"),
    ],
)
def test_paths_that_are_one_file_on_some_system_have_one_key(one: str, other: str) -> None:
    assert collision_key(one) == collision_key(other)


def test_look_alikes_of_another_alphabet_have_another_key() -> None:
    assert collision_key("а") != collision_key("a")


@given(st.text(max_size=20))
def test_P4_the_key_ignores_case_and_composition_and_is_its_own_key(text: str) -> None:
    key = collision_key(text)
    assert collision_key(key) == key
    assert collision_key(unicodedata.normalize("NFD", text)) == key
    assert collision_key(text.casefold()) == key


def test_D06_the_later_source_loses_everything_and_both_are_named() -> None:
    claims = [
        Claim("demo/index.html", "content/demo.cast"),
        Claim("demo.cast", "content/demo.cast"),
        Claim("demo/index.html", "content/Demo.md"),
        Claim("about/index.html", "content/Demo.md"),
        Claim("about/index.html", "content/zoo.md"),
    ]
    found = clashes(claims)
    assert found == clashes(reversed(claims))
    assert {clash.lost.owner for clash in found} == {"content/demo.cast", "content/zoo.md"}
    problems = clash_problems(found)
    assert [(p.severity, p.place.path) for p in problems] == [
        (Severity.ERROR, "content/demo.cast"),
        (Severity.ERROR, "content/zoo.md"),
    ]
    assert str(problems[0]).endswith(
        'is taken: "content/Demo.md" is published as "demo/index.html"; '
        "rename one of them, or give one another slug in its front matter"
    )


def test_D06_what_a_loser_claimed_is_free_for_others() -> None:
    found = clashes(
        [Claim("a", "1"), Claim("a", "2"), Claim("b/c", "2"), Claim("b", "3"), Claim("d", "2"), Claim("d", "4")]
    )
    assert [clash.lost.owner for clash in found] == ["2"]


@pytest.mark.parametrize(
    ("one", "other"), [("café/x", "cafe\u0301/x"), ("ﬁle", "file"), ("x", "x/index.html"), ("X/y", "x"), ("a/b", "A/B")]
)
def test_D06_files_that_cannot_stand_beside_each_other_clash(one: str, other: str) -> None:
    for claims in ([Claim(one, "1"), Claim(other, "2")], [Claim(other, "1"), Claim(one, "2")]):
        assert [(c.lost.owner, c.to.owner) for c in clashes(claims)] == [("2", "1")]


def test_D06_the_same_clash_on_many_files_is_told_once_with_a_count() -> None:
    names = ("x/index.html", "x.cast", "x.txt")
    problems = clash_problems(clashes([Claim(name, owner) for name in names for owner in ("content/a", "content/b")]))
    assert [problem.times for problem in problems] == [3]


def test_D08_a_recording_beside_a_section_of_its_name_is_an_error() -> None:
    found = clashes([Claim("x/index.html", "content/x.cast"), Claim("x/index.html", "content/x/_index.md")])
    assert [clash.lost.owner for clash in found] == ["content/x/_index.md"]


def test_D10_an_alias_gives_way_to_pages_and_costs_only_itself() -> None:
    page = [Claim("a/index.html", "content/a.cast"), Claim("b/index.html", "content/b.cast")]
    wanted = [Claim(f"{name}/index.html", "content/a.cast", alias=True) for name in ("b", "a", "old")]
    again = Claim("old/index.html", "content/b.cast", alias=True)
    found = clashes([*wanted, again, *page])
    assert [(c.lost.path, c.lost.owner) for c in found] == [
        ("a/index.html", "content/a.cast"),
        ("b/index.html", "content/a.cast"),
        ("old/index.html", "content/b.cast"),
    ]
    assert all("alias" in problem.text for problem in clash_problems(found))


@pytest.mark.parametrize(
    "path",
    [
        "",
        "a//b",
        "/a",
        "../a",
        "a/./b",
        "a\\b",
        "a:b",
        "a\nb",
        "a.",
        "a /b",
        "con",
        "x/NUL.txt",
        "x/nul.txt",
        "com1/x",
        "lpt².cast",
        "x\udcff",
        "a" * 121,
        "é" * 61,
    ],
)
def test_a_path_some_system_cannot_hold_is_refused(path: str) -> None:
    assert path_fault(path)


def test_D18_a_path_of_250_bytes_is_refused_and_one_of_240_is_not() -> None:
    assert path_fault("/".join(["a" * 59] * 4 + ["b" * 9]))
    assert path_fault("/".join(["a" * 59] * 4)) is None
    assert len("/".join(["a" * 59] * 4)) == 239


def test_an_ordinary_path_is_accepted() -> None:
    assert path_fault(".well-known/security.txt") is None
    assert path_fault("bilder/größe 1.png") is None


@pytest.mark.parametrize(
    ("source", "target", "link"),
    [
        ("index.html", "index.html", "./"),
        ("git/rebase/index.html", "git/rebase/index.html", "./"),
        ("git/rebase/index.html", "git/rebase.cast", "../rebase.cast"),
        ("git/rebase/index.html", "git/index.html", "../"),
        ("git/rebase/index.html", "index.html", "../../"),
        ("index.html", "git/rebase/index.html", "git/rebase/"),
        ("page/2/index.html", "assets/x.css", "../../assets/x.css"),
        ("a/index.html", "b/größe 1?#%.png", "../b/gr%C3%B6%C3%9Fe%201%3F%23%25.png"),
        ("index.html", "a:b", "a%3Ab"),
    ],
)
def test_links_are_relative_and_encoded(source: str, target: str, link: str) -> None:
    assert relative(source, target) == link


@given(paths, paths)
def test_a_link_leads_to_its_target_from_anywhere(source: str, target: str) -> None:
    link = relative(source, target)
    joined = posixpath.normpath(posixpath.join("/", posixpath.dirname(source), unquote(link)))
    reached = joined + ("/" if link.endswith("/") and joined != "/" else "")
    assert reached == f"/{target.removesuffix('index.html')}"
    assert not link.startswith("/")


def test_two_long_names_that_differ_at_their_end_are_told_apart() -> None:
    names = [f"content/{folders}{'x' * 200}{end}.cast" for folders in ("", "y" * 200 + "/") for end in "ab"]
    for one, other in (names[:2], names[2:]):
        told = str(clash_problems(clashes([Claim("x.txt", one), Claim("x.txt", other)]))[0])
        assert one[-100:] in told
        assert other[-100:] in told
        assert len(told) < 1000
    assert str(Place(names[0])) == names[0]
    assert len(str(Place(names[2]))) == 300
