"""Addresses: http and https, nothing hidden in them; the site's own in its normal form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castsite.schema.addresses import base_url, entry, is_web_address, link, person, web_address
from castsite.schema.reading import Reader, Reading
from castsite.schema.tree import Fields, parse
from castsite.schema.values import Author, Link


def read(reader: Reader[object], yaml: str) -> tuple[object, list[str]]:
    reading = Reading(path="a.md")
    root = parse(f"k: {yaml}", path="a.md").root
    assert isinstance(root, Fields)
    return reader(root.entries[0][1], reading), [problem.text for problem in reading.problems()]


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("https://example.org", "https://example.org/"),
        ("HTTPS://Example.ORG/Casts", "https://example.org/Casts/"),
        ("http://user.github.io/repo/", "http://user.github.io/repo/"),
        ("http://localhost:8000/x", "http://localhost:8000/x/"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4/"),
        ("http://[::1]:80/", "http://[::1]:80/"),
        ("https://example.org/a%20b", "https://example.org/a%20b/"),
    ],
)
def test_a_base_url_has_one_normal_form(written: str, normal: str) -> None:
    assert base_url(written) == normal
    assert base_url(normal) == normal


NOT_BASES = """
example.org
//example.org
ftp://example.org
https://
https://u:p@example.org/
/x/
https://example.org/?a
https://example.org/#a
https://example.org/?
https://a/../b
http://a:0
https://a b/
https://a/\\b
https://a:99999/
https://-a/
https://a..b/
http://a//b
javascript:alert(1)
https://a/<b>
https://a/\u202eb
https://[::1/
""".splitlines()
NOT_BASES += ["https://example.org/a\n", "https://" + "x" * 5000]


@pytest.mark.parametrize("text", NOT_BASES)
def test_what_cannot_be_a_base_url_is_none(text: str) -> None:
    assert base_url(text) is None


@given(st.text("htps:/.@?#[]%aé0-\\ \u200b", max_size=30))
def test_no_text_raises_and_an_address_has_a_host_and_no_blank(text: str) -> None:
    for candidate in (text, f"https://{text}"):
        if (normal := base_url(candidate)) is not None:
            assert normal.isascii()
            assert normal.endswith("/")
            assert base_url(normal) == normal
        if is_web_address(candidate):
            assert " " not in candidate


@pytest.mark.parametrize("text", ["https://git.example/a?b=c#d", "http://a.example"])
def test_a_source_is_a_web_address(text: str) -> None:
    assert read(web_address, f'"{text}"') == (text, [])


@pytest.mark.parametrize(
    "text", ["www.x", "javascript:alert(1)", "java\\tscript:x", "mailto:a@b", "//evil.example", "[]"]
)
def test_a_source_is_nothing_else(text: str) -> None:
    assert read(web_address, text if text == "[]" else f'"{text}"') == (None, ["expected an http(s) address"])


def test_an_author_is_a_name_or_a_name_with_an_address() -> None:
    assert read(person, "Ada") == (Author("Ada"), [])
    assert read(person, "{name: Ada, url: mailto:ada@ada.example}") == (Author("Ada", "mailto:ada@ada.example"), [])
    assert read(person, "{url: https://ada.example}") == (None, ["needs name, such as {name: Ada}"])
    value, told = read(person, "{name: Ada, url: 'javascript:x'}")
    assert (value, told) == (Author("Ada"), ["url: expected an http(s) or mailto address"])
    assert read(person, "{name: Ada, web: x}")[1] == ['unknown key of an author "web"']


def test_a_link_is_an_address_with_or_without_a_title() -> None:
    assert read(link, "https://a.example/") == (Link("", "https://a.example/"), [])
    assert read(link, "{title: A, url: https://a.example/}") == (Link("A", "https://a.example/"), [])
    assert read(link, "foo") == (None, ["expected an http(s) address"])
    assert read(link, "{title: A}")[1] == ["needs url, such as {title: Docs, url: https://docs.example/}"]


@pytest.mark.parametrize("url", ["about/", "/about/", "https://a.example/", "#top", "/", "tags/git/#x"])
def test_navigation_may_lead_inside_the_site(url: str) -> None:
    assert read(entry, f'{{title: A, url: "{url}"}}') == (Link("A", url), [])


@pytest.mark.parametrize("url", ["//evil.example", "javascript:alert(1)", "../x", "a\\\\b", "mailto:a@b.example"])
def test_navigation_leads_nowhere_else(url: str) -> None:
    value, (told,) = read(entry, f'{{title: A, url: "{url}"}}')
    assert value is None
    assert told.startswith("url: expected an http(s) address or a path on this site such as about/")
