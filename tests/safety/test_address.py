from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castsite.safety import Refused
from castsite.safety.address import Address, Kind, encode, read_address, within


def url(written: str) -> str:
    address = read_address(written)
    assert isinstance(address, Address), address
    return address.url


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("HTTPS://example.org/", "https://example.org/"),
        ("//example.org/x", "https://example.org/x"),
        (r"\\example.org\x", "https://example.org/x"),
        (r"/\example.org", "https://example.org"),
        ("https:example.org", "https://example.org"),
        (r"http:\/\/example.org", "http://example.org"),
        ("ht\ttps://exam\nple.org", "https://example.org"),
        (" \x01https://example.org ", "https://example.org"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("https://example.org/é 'x' <y> \"z\"", "https://example.org/%C3%A9%20%27x%27%20%3Cy%3E%20%22z%22"),
        ("https://example.org/%C3%A9", "https://example.org/%C3%A9"),
    ],
)
def test_an_external_address_takes_the_form_all_browsers_read_alike(written: str, expected: str) -> None:
    assert url(written) == expected
    assert read_address(written).kind is Kind.EXTERNAL  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "written",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "  javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "C:\\x",
        "blob:https://example.org/x",
        "https://example.org/\x1bx",
        "https://example.org/\u202ex",
        "a\x7fb",
        "a%00b",
        "a%1bb",
        "a%5cb",
        "a%ff",
        "https:",
        "//",
        "mailto:",
        "",
        "   ",
        "#",
    ],
)
def test_an_address_that_could_do_harm_is_refused_with_a_reason(written: str) -> None:
    refused = read_address(written)
    assert isinstance(refused, Refused), refused
    assert refused.reason
    assert refused.reason.isprintable()


def test_a_local_address_comes_apart_decoded() -> None:
    address = read_address("../caf%C3%A9/a%20b.cast?t=5#t=1:05")
    assert address == Address(
        Kind.LOCAL, "../caf%C3%A9/a%20b.cast?t=5#t=1:05", path="../café/a b.cast", query="t=5", fragment="t=1:05"
    )


def test_a_fragment_stays_on_its_page() -> None:
    assert read_address("#t=5") == Address(Kind.FRAGMENT, "#t=5", fragment="t=5")


@pytest.mark.parametrize(
    ("folder", "path", "expected"),
    [
        ("", "a.md", "a.md"),
        ("git", "a.md", "git/a.md"),
        ("git", "./a/../b.md", "git/b.md"),
        ("git", "../a.md", "a.md"),
        ("git/deep", "/a.md", "a.md"),
        ("git", "/", ""),
        ("git", "../../a.md", None),
        ("", "../etc/passwd", None),
        ("git", "/../etc/passwd", None),
        ("git", "a//b", "git/a/b"),
    ],
)
def test_D03_a_path_never_leaves_the_content_folder(folder: str, path: str, expected: str | None) -> None:
    assert within(folder, path) == expected


@given(st.text())
def test_every_text_is_an_address_of_an_allowed_kind_or_refused(written: str) -> None:
    address = read_address(written)
    if isinstance(address, Refused):
        return
    assert address.url.isascii()
    assert address.url.isprintable()
    assert not set(address.url) & set(" \"'<>\\`{}|^[]")
    if address.kind is Kind.EXTERNAL:
        assert address.url.startswith(("http://", "https://", "mailto:"))
    else:
        assert not address.url.startswith("//")


@given(st.text())
def test_reading_an_address_again_changes_nothing(written: str) -> None:
    address = read_address(written)
    if isinstance(address, Address):
        again = read_address(address.url)
        assert isinstance(again, Refused) or again.url == address.url


@given(st.text())
def test_encoding_is_idempotent(text: str) -> None:
    assert encode(encode(text)) == encode(text)
