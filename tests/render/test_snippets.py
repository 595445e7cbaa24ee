"""Snippets, read back by readers of their languages: whatever a title says, it stays a title."""

from __future__ import annotations

import re

import gallery
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pasted import HOSTILE, Elements

from castsite.config import OUTPUTS
from castsite.render.snippets import Shared, player, shared, snippets
from castsite.site.exports import ENDINGS

ROOT = "https://gallery.example/casts/"


def of(title: str = "Rebase", **changes: object) -> Shared:
    facts = {"title": title, "outputs": OUTPUTS} | changes
    return shared(gallery.recording("git/rebase", **facts), ROOT)


def made(title: str = "Rebase", start: str = "", end: str = "", **changes: object) -> dict[str, str]:
    return {snippet.kind: snippet.text(start=start, end=end) for snippet in snippets(of(title, **changes))}


@pytest.mark.parametrize("title", HOSTILE)
def test_C04_pasted_html_is_what_it_should_be_and_nothing_else(title: str) -> None:
    shown = of(title).title
    texts = made(title)
    ((tag, frame),) = Elements(texts["iframe"]).found
    assert (tag, frame["title"], frame["src"]) == ("iframe", shown, f"{ROOT}embed/git/rebase/")
    (link, picture) = Elements(texts["html"]).found
    assert link == ("a", {"href": f"{ROOT}git/rebase/"})
    assert picture == ("img", {"src": f"{ROOT}git/rebase.svg", "alt": shown, "style": "max-width:100%;height:auto"})
    component = Elements(texts["component"])
    assert [tag for tag, _ in component.found] == ["script", "castsite-player", "a"]
    assert component.words.strip() == shown
    assert [tag for tag, _ in Elements(texts["script"]).found] == ["script"]


@pytest.mark.parametrize("title", HOSTILE)
def test_C04_a_readme_shows_a_picture_that_links_and_nothing_else(title: str) -> None:
    shown = of(title).title
    moving = made(title, exports=("gif", "light.svg"))["readme"]
    assert markdown_pictures(moving) == [(f"{ROOT}git/rebase/", f"{ROOT}git/rebase.gif", words(shown))]
    still = made(title, exports=("light.svg",))["readme"]
    assert Elements(still).found == [
        ("a", {"href": f"{ROOT}git/rebase/"}),
        ("picture", {}),
        ("source", {"media": "(prefers-color-scheme: light)", "srcset": f"{ROOT}git/rebase.light.svg"}),
        ("img", {"src": f"{ROOT}git/rebase.svg", "alt": shown}),
    ]
    read = MarkdownIt("commonmark").parseInline(f"{still}, *then* more")[0].children or []
    tags = [token.content for token in read if token.type == "html_inline"]
    assert "".join(tags) == still  # whatever looks like Markdown is inside a tag


def test_a_readme_moves_where_it_can_and_offers_nothing_twice() -> None:
    for pictures, shown in {
        ("gif", "webp", "apng", "anim.svg"): "git/rebase.gif",
        ("webp", "anim.svg", "light.svg"): "git/rebase.webp",
        ("anim.svg",): "git/rebase.anim.svg",
        ("light.svg", "mp4"): "git/rebase.light.svg",
    }.items():
        assert f"{ROOT}{shown}" in made(exports=pictures)["readme"]
    for others in ((), ("png", "mp4", "webm", "vtt", "html")):
        assert "readme" not in made(exports=others)


def test_all_but_a_readme_keep_the_poster() -> None:
    plain, rich = made(), made(exports=tuple(ENDINGS))
    assert plain == {kind: text for kind, text in rich.items() if kind != "readme"}


@given(st.text(min_size=1, max_size=60))
def test_any_title_stays_a_title(title: str) -> None:
    shown = of(title).title
    if not shown.strip():
        return
    texts = made(title)
    ((_, frame),) = Elements(texts["iframe"]).found
    assert frame["title"] == shown
    assert markdown_pictures(texts["markdown"]) == [(f"{ROOT}git/rebase/", f"{ROOT}git/rebase.svg", words(shown))]


def markdown_pictures(text: str) -> list[tuple[str, str, str]]:
    """Address, picture and words of every linked picture; anything beside them is a fault."""
    inline = MarkdownIt("commonmark").enable(["strikethrough", "table"]).parseInline(text)[0].children or []
    assert [token.type for token in inline] == ["link_open", "image", "link_close"]
    link, picture, _ = inline
    assert {token.type for token in picture.children or []} <= {"text"}
    alt = "".join(one.content for one in picture.children or [])
    return [(str(link.attrs["href"]), str(picture.attrs["src"]), words(alt))]


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("title", HOSTILE)
def test_titles_end_no_snippet_of_a_text_language(title: str) -> None:
    texts = made(title)
    assert texts["rst"].splitlines() == [
        f".. image:: {ROOT}git/rebase.svg", f"   :alt: {of(title).title}", f"   :target: {ROOT}git/rebase/",
    ]  # fmt: skip
    alt = re.fullmatch(
        rf'image::{ROOT}git/rebase\.svg\["([^"\]{{}}<>`*_+]*)",link="{ROOT}git/rebase/"\]', texts["asciidoc"]
    )
    assert alt
    assert re.sub(r"&#(\d+);", lambda found: chr(int(found[1])), alt[1]) == of(title).title
    assert texts["org"] == f"[[{ROOT}git/rebase/][{ROOT}git/rebase.svg]]"
    assert texts["bbcode"] == f"[url={ROOT}git/rebase/][img]{ROOT}git/rebase.svg[/img][/url]"


def test_the_box_holds_the_snippet_escaped_once_more() -> None:
    for snippet in (*snippets(of(HOSTILE[0], exports=("gif",))), *snippets(of(HOSTILE[0], exports=("light.svg",)))):
        shown = Elements(str(snippet.html))
        assert shown.words == snippet.text()
        assert {tag for tag, _ in shown.found} <= {"span"}


def test_a_moment_goes_where_each_language_has_it() -> None:
    texts = made(start="65.5")
    assert texts["link"] == f"{ROOT}git/rebase/?t=65.5"
    assert f'src="{ROOT}embed/git/rebase/#t=65.5"' in texts["iframe"]
    assert ' data-start-at="65.5" data-autoplay="0" async' in texts["script"]
    assert ' start-at="65.5" autoplay="0">' in texts["component"]
    for kind in ("markdown", "html", "rst", "asciidoc", "org", "bbcode"):
        assert f"{ROOT}git/rebase/?t=65.5" in texts[kind]
    assert texts["oembed"] == made()["oembed"]


CLIP = {
    "link": "git/rebase/?t=65.5&end=70",
    "iframe": 'embed/git/rebase/#t=65.5&amp;end=70" title=',
    "script": ' data-start-at="65.5" data-autoplay="0" data-end="70" async',
    "component": ' start-at="65.5" autoplay="0" end="70">',
    "html": 'git/rebase/?t=65.5&amp;end=70">',
}
"""How a clip is written where that is not as in the addresses of other languages."""


def test_a_clip_goes_where_each_language_has_its_ends() -> None:
    for exports in (("gif",), ("light.svg",)):
        texts = made(start="65.5", end="70", exports=exports)
        assert texts.pop("oembed") == made()["oembed"]
        forms = CLIP | ({"readme": CLIP["html"]} if exports == ("light.svg",) else {})
        for kind, text in texts.items():
            assert forms.get(kind, f"{ROOT}git/rebase/?t=65.5&end=70") in text
    (address,) = [tag["href"] for name, tag in Elements(texts["html"]).found if name == "a"]
    assert address == f"{ROOT}git/rebase/?t=65.5&end=70"


def test_an_end_without_a_start_is_nothing() -> None:
    assert made(end="70", exports=("gif",)) == made(exports=("gif",))


def test_a_script_finds_both_ends_of_a_clip() -> None:
    (link,) = [snippet for snippet in snippets(of()) if snippet.kind == "link"]
    holes = [attributes for _, attributes in Elements(str(link.html)).found]
    assert holes == [
        {"data-before": "?t=", "data-after": ""},
        {"data-end": None, "data-before": "&end=", "data-after": ""},
    ]


def test_what_is_not_made_is_not_offered() -> None:
    kinds = [snippet.kind for snippet in snippets(of(outputs=("script", "oembed")))]
    assert not {"iframe", "script", "component"} & set(kinds)
    assert "oembed" in kinds
    first, *others = [snippet.kind for snippet in snippets(of(outputs=("embed",)))]
    assert first == "iframe"
    assert "script" not in others
    assert player(of(outputs=())).kind == "html"


def test_without_a_base_url_a_script_can_fill_in_where_the_site_is() -> None:
    unknown = shared(gallery.recording("git/rebase"), None)
    texts = {snippet.kind: snippet for snippet in snippets(unknown)}
    assert "oembed" not in texts
    assert "<span data-root></span>embed/git/rebase/" in texts["iframe"].html
    assert texts["link"].text(root=ROOT) == f"{ROOT}git/rebase/"


def test_no_character_of_a_base_url_means_anything_in_a_snippet() -> None:
    odd = shared(gallery.recording("git/rebase"), "https://gallery.example/a&b(c)'d*e/")
    assert odd.root == "https://gallery.example/a%26b%28c%29%27d%2Ae/"


def test_the_frame_has_the_proportions_of_the_player_and_its_bar() -> None:
    (tag, frame) = Elements(made()["iframe"]).found[0]
    assert (frame["width"], frame["height"]) == ("742", "542")
    assert "aspect-ratio:742.5/542.5;" in (frame["style"] or "")
    assert tag == "iframe"
