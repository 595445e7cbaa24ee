from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from safety.payloads import PAYLOADS, faults

from castsite.safety.markup import REL, TAGS, clean

FRAGMENTS = (
    *(
        "<p>",
        "</p>",
        "<table><tr><td>",
        "</table>",
        "<ul><li>",
        "</ul>",
        "<a href='",
        "'>",
        '">',
        "<b>",
        "</b>",
        "<!--",
    ),
    *(
        "<div class='markdown-alert x'>",
        "<h2 id='h-a'>",
        "<h2 id='config'>",
        "<pre><code class='language-js x'>",
        "&amp;",
    ),
    *(
        "<input type=text>",
        "<img src='a.png' width=3 height=x>",
        "<span style='color:red' class='hl-k'>",
        "<td align=left>",
    ),
)


def test_the_list_holds_no_element_that_runs_loads_or_reparses() -> None:
    dangerous = {
        "script",
        "style",
        "svg",
        "math",
        "iframe",
        "object",
        "embed",
        "form",
        "base",
        "link",
        "meta",
        "template",
    }
    assert not TAGS & (dangerous | {"video", "audio", "source", "textarea", "select", "button", "noscript", "title"})


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("context", ["{}", "x {}", "<p>{}</p>", "<table><tr><td>{}", '<a href="x">{}', "<pre><code>{}"])
def test_B16_html_that_reached_the_second_wall_is_stopped_there(payload: str, context: str) -> None:
    assert faults(clean(context.format(payload))) == []


def test_the_contents_of_scripts_and_their_like_are_dropped_with_them() -> None:
    assert clean("a<script>b</script><style>c</style><svg>d</svg><iframe>e</iframe>f") == "af"


def test_comments_are_dropped() -> None:
    assert clean("a<!-- b -->c") == "ac"


def test_only_classes_the_renderer_makes_survive() -> None:
    assert clean('<p class="markdown-alert-title nav hl-x9999">a</p>') == '<p class="markdown-alert-title">a</p>'
    assert clean('<p class="nav">a</p>') == "<p>a</p>"


def test_B22_only_ids_the_renderer_makes_survive() -> None:
    html = '<h2 id="config">a</h2><h2 id="h-config">b</h2><li id="fn12">c</li><a id="fnref1:2">d</a>'
    assert clean(html) == '<h2>a</h2><h2 id="h-config">b</h2><li id="fn12">c</li><a id="fnref1:2">d</a>'


def test_every_input_leaves_as_a_box() -> None:
    assert clean("<input type=text value=x autofocus>") == '<input type="checkbox">'
    assert clean("<input disabled>") == '<input disabled="" type="checkbox">'


def test_B18_pictures_of_other_sites_are_the_owner_s_decision() -> None:
    html = '<img src="https://evil.example/x.png" alt="a">'
    assert clean(html) == '<img alt="a">'
    assert clean(html, remote_images=True) == html


def test_B18_an_address_without_a_scheme_cannot_hide_that_it_leads_to_another_site() -> None:
    html = '<img src="//evil.example/x.png"><a href="/\\evil.example">b</a>'
    assert clean(html) == '<img><a href="https://evil.example">b</a>'
    assert clean(html, remote_images=True) == (
        '<img src="https://evil.example/x.png"><a href="https://evil.example">b</a>'
    )


def test_rel_is_ours_or_none() -> None:
    assert clean('<a href="x" rel="opener">a</a>') == '<a href="x">a</a>'
    assert clean(f'<a href="https://x.example" rel="{REL}">a</a>') == f'<a href="https://x.example" rel="{REL}">a</a>'


@given(st.lists(st.one_of(st.sampled_from(PAYLOADS), st.sampled_from(FRAGMENTS), st.text(max_size=8)), max_size=12))
def test_P6_cleaning_again_changes_nothing_and_nothing_gets_through(parts: list[str]) -> None:
    html = clean("".join(parts))
    assert faults(html) == []
    assert clean(html) == html
