from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from playwright.sync_api import Browser, Dialog, Page, Route
from safety.payloads import PAYLOADS, addresses, faults
from safety.pictures import CANARY, chunk, png

from castsite.errors import Place, Severity
from castsite.limits import SECOND, Limits
from castsite.render.highlight import CODE_LIMIT, LANGUAGES, highlight_code, highlight_css
from castsite.render.links import Missing, Target, TargetKind
from castsite.render.markdown import Heading, Rendered, outline, plain, render_line, render_markdown
from castsite.render.players import Film, Player
from castsite.safety import Refused
from castsite.safety.address import within
from castsite.safety.markup import REL, clean
from castsite.safety.raster import check_picture
from tests.timing import soon

PLACE = Place("content/git/rebase.md", 5)
LIMITS = Limits()
FILES = {
    "git/shot.png": png(3, 2, chunk(b"tEXt", CANARY)),
    "git/x.svg": b"<svg onload=alert(1)>",
    "git/page.png": b"<!doctype html><script>alert(1)</script>",
}
PAGES = {
    "about.md": Target(url="../../about/", kind=TargetKind.PAGE, title="About", ids=lambda: frozenset({"h-setup"})),
    "git/merge.cast": Target(url="../merge/", kind=TargetKind.RECORDING, title="Merging"),
    "git/undo.cast": Target(
        url="../undo/",
        kind=TargetKind.RECORDING,
        title="Four ways back",
        film=Film(frame="../../embed/git/undo/", poster="../undo.svg", size="z80x24", duration=3600 * SECOND),
    ),
    "git/notes é.md": Target(url="../notes/", kind=TargetKind.PAGE, title="Notes"),
}


def resolve(path: str) -> Target | Missing:
    """A content folder seen from content/git/."""
    inside = within("git", path)
    if inside is None:
        return Missing(refused="it is outside of the content folder")
    if inside in FILES:
        return _picture(inside)
    return PAGES.get(inside, Missing(near="merge.cast" if inside == "git/mrege.cast" else ""))


def _picture(path: str) -> Target | Missing:
    picture = check_picture(FILES[path], LIMITS)
    if isinstance(picture, Refused):
        return Missing(refused=picture.reason)
    return Target(url="shot.png", kind=TargetKind.PICTURE, width=picture.width, height=picture.height)


def rendered(text: str, *, allow_remote_images: bool = False, limits: Limits = LIMITS) -> Rendered:
    return render_markdown(text, place=PLACE, resolve=resolve, limits=limits, allow_remote_images=allow_remote_images)


def html(text: str, **options: bool) -> str:
    return str(rendered(text, **options).html).strip()  # type: ignore[arg-type]


def told(text: str) -> list[str]:
    return [str(problem) for problem in rendered(text).problems]


# ---- what Markdown becomes


def test_tables_strikethrough_tasks_alerts_and_footnotes_are_understood() -> None:
    assert "<s>a</s>" in html("~~a~~")
    assert '<td class="align-right">1</td>' in html("|a|\n|-:|\n|1|")
    assert '<input class="task-list-item-checkbox" disabled="" checked="" type="checkbox"> a' in html("- [x] a")
    assert '<div class="markdown-alert markdown-alert-note">' in html("> [!NOTE]\n> a")
    note = html("a[^1]\n\n[^1]: b")
    assert '<a href="#fn1" id="fnref1">' in note
    assert '<li id="fn1" class="footnote-item">' in note


def test_no_element_carries_a_style() -> None:
    text = "|a|b|\n|:-|-:|\n|1|2|\n\n```python\nprint('x')\n```\n"
    assert "style" not in html(text)


def test_text_that_looks_like_an_address_is_left_alone() -> None:
    assert html("https://example.org") == "<p>https://example.org</p>"


def test_tags_in_the_text_are_text() -> None:
    assert html("a <b>c</b>") == "<p>a &lt;b&gt;c&lt;/b&gt;</p>"


def test_an_ordered_list_keeps_its_first_number() -> None:
    assert html("7. a").startswith('<ol start="7">')


def test_the_page_has_one_title_so_h1_becomes_h2() -> None:
    assert html("# A") == '<h2 id="h-a">A</h2>'
    assert html("###### B") == '<h6 id="h-b">B</h6>'


def test_B22_heading_ids_have_a_prefix_and_are_unique() -> None:
    headings = rendered("# config\n# castsite\n## castsite\n# castsite 1\n# `a` *b*\n").headings
    assert headings == (
        Heading(2, "h-config", "config"),
        Heading(2, "h-castsite", "castsite"),
        Heading(2, "h-castsite-1", "castsite"),
        Heading(2, "h-castsite-1-1", "castsite 1"),
        Heading(2, "h-a-b", "a b"),
    )


def test_B22_many_headings_of_one_name_all_get_their_own_id() -> None:
    headings = outline("# a\n" * 500 + "# a-7\n" * 3)
    assert len({heading.id for heading in headings}) == 503


def test_a_heading_in_another_script_has_an_id_that_stays() -> None:
    assert outline("# 全角")[0].id == outline("text\n\n## 全角")[0].id
    assert re.fullmatch(r"h-r-[0-9a-f]{8}", outline("# 全角")[0].id)


def test_a_line_is_rendered_without_blocks() -> None:
    line = render_line("**a** [m](merge.cast)\n# b", place=PLACE, resolve=resolve, limits=LIMITS)
    assert line.html == '<strong>a</strong> <a href="../merge/">m</a>\n# b'
    assert line.plain == "a m # b"


# ---- code


def test_code_is_coloured_by_classes() -> None:
    assert html("```console\n$ ls\na\n```") == (
        '<pre><code class="language-console"><span class="hl-gp">$ </span>ls\n'
        '<span class="hl-go">a</span>\n</code></pre>'
    )


def test_code_in_a_language_that_is_not_coloured_is_plain_and_still_named() -> None:
    assert html("```mermaid\na < b\n```") == '<pre><code class="language-mermaid">a &lt; b\n</code></pre>'


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ('"><script>', ""),
        ("js onload=x", ' class="language-js"'),
        ("JS", ' class="language-js"'),
        ("c++", ' class="language-c++"'),
        ("a" * 60_000, ""),
        ("js\x00", ""),
    ],
)
def test_B23_the_name_of_a_language_is_a_class_or_nothing(info: str, expected: str) -> None:
    assert html(f"```{info}\nx\n```").startswith(f"<pre><code{expected}>")


def test_only_so_much_code_is_coloured() -> None:
    block = "```python\n" + "x = 1\n" * (CODE_LIMIT // 12) + "```\n"
    assert html(block * 2).count('class="language-python"') == 2
    assert html(block * 3).count('class="language-python"') == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "pattern"),
    [
        ("c", "\n"),
        ("go", "&/*"),
        ("html", "<?"),
        ("javascript", "*a/"),
        ("javascript", '"a\\'),
        ("lua", "[[1_"),
        ("make", "1_"),
        ("ocaml", "0"),
        ("perl", "<<a\n"),
        ("python", " \n"),
        ("rust", 'r#"'),
        ("typescript", "a."),
    ],
)
def test_B17_no_language_takes_long_over_code_that_was_written_to_hurt(language: str, pattern: str) -> None:
    text = (pattern * CODE_LIMIT)[:CODE_LIMIT]
    broken = text if "\n" in pattern else "\n".join(text[at : at + 390] for at in range(0, CODE_LIMIT, 390))
    soon(5, lambda: highlight_code(broken, language))


def test_every_language_named_exists() -> None:
    assert all(highlight_code("x = 1\n", language) for language in LANGUAGES)


def test_B17_long_lines_and_long_blanks_are_shown_plain() -> None:
    assert highlight_code("x = " + "1" * 400, "python") == ""
    assert highlight_code("x" + " " * 60 + "y", "python") == ""
    assert highlight_code("x = 1", "python")


def test_the_style_sheet_fits_and_covers_both_schemes() -> None:
    css = highlight_css()
    assert len(css.encode()) <= 4600
    assert css.count("{") == css.count("}") > 5
    assert all("light-dark(" in rule or "font-" in rule for rule in css.splitlines())
    assert ".hl-kd" in css


def _contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_coloured_code_can_be_read_on_the_theme_s_ground() -> None:
    pairs = re.findall(r"light-dark\((#\w{6}),(#\w{6})\)", highlight_css())
    assert pairs
    assert all(_contrast(light, "#f0f0eb") >= 4.5 and _contrast(dark, "#141617") >= 4.5 for light, dark in pairs)


# ---- links


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("[a](merge.cast)", "../merge/"),
        ("[a](../git/merge.cast?t=5)", "../merge/?t=5"),
        ("[a](/git/merge.cast#t=1:05)", "../merge/#t=1:05"),
        ("[a](/about.md#setup)", "../../about/#h-setup"),
        ("[a](/about.md#h-setup)", "../../about/#h-setup"),
        ("[a](<notes é.md>)", "../notes/"),
        ("[a](notes%20%C3%A9.md)", "../notes/"),
        ("[a]\n\n[a]: /about.md", "../../about/"),
        ("[a](#t=5)", "#t=5"),
        ("[a](#b)\n\n# B", "#h-b"),
    ],
)
def test_a_link_leads_to_where_its_target_is_published(written: str, expected: str) -> None:
    assert addresses(html(written))[0] == ("a", expected)
    assert told(written) == []


def test_a_link_to_another_site_says_that_nobody_vouches_for_it() -> None:
    assert html("[a](https://example.org/é 'b\"c')") == (
        f'<p><a href="https://example.org/%C3%A9" title="b&quot;c" rel="{REL}">a</a></p>'
    )
    assert "rel=" not in html("[a](merge.cast)")


def test_a_broken_link_leaves_its_text_and_a_message_with_its_line() -> None:
    text = "first\n\nsecond\n**[the *merge*](mrege.cast)**\n"
    assert html(text) == "<p>first</p>\n<p>second\n<strong>the <em>merge</em></strong></p>"
    (problem,) = told(text)
    assert problem == (
        'warning: content/git/rebase.md:8: broken-link: link "mrege.cast" leads to nothing that is published, '
        'did you mean "merge.cast"?'
    )


def test_a_fault_repeated_is_told_once_with_its_count() -> None:
    cure = "link to a file of content/ or static/ that is not private, by its path from here, or from / on"
    said = f'broken-link: link "x.md" leads to nothing that is published; {cure} (and 2 more)'
    assert told("[a](x.md)\n\n[b](x.md) [c](x.md)") == [f"warning: content/git/rebase.md:5: {said}"]


def test_a_heading_that_does_not_exist_is_told() -> None:
    assert told("[a](/about.md#setpu)") == [
        'warning: content/git/rebase.md:5: broken-link: no heading is named "#setpu", did you mean "#setup"?'
    ]
    assert told("[a](#nowhere)") == ['warning: content/git/rebase.md:5: broken-link: no heading is named "#nowhere"']
    assert told("[a](merge.cast#anything)") == []


def test_a_refused_link_leaves_its_text_and_a_reason() -> None:
    assert html("[a](javascript:alert(1))") == "<p>a</p>"
    (problem,) = told("|b|\n|-|\n|[a](javascript:alert)|")
    assert problem == (
        'warning: content/git/rebase.md:7: refused-link: link "javascript:alert" is refused: '
        'scheme "javascript" is not allowed; use http, https or mailto'
    )


# ---- pictures


def test_B19_a_picture_of_the_content_folder_is_shown_with_its_size() -> None:
    assert html('![a b](shot.png "c")') == '<p><img src="shot.png" alt="a b" title="c" width="3" height="2"></p>'
    assert html("![a](shot.png){width=300}") == '<p><img src="shot.png" alt="a" width="300"></p>'
    assert told("![a](shot.png)") == []


@pytest.mark.parametrize(
    ("written", "severity", "reason"),
    [
        ("x.svg", Severity.ERROR, "it is an SVG"),
        ("page.png", Severity.ERROR, "it is a text with markup"),
        ("../../etc/passwd", Severity.ERROR, "it is outside of the content folder"),
        ("%2e%2e/%2e%2e/etc/passwd", Severity.ERROR, "it is outside of the content folder"),
        (
            "gone.png",
            Severity.WARNING,
            "leads to nothing that is published; put the picture, or a recording that is not private, into",
        ),
    ],
)
def test_B19_other_files_are_not_shown_as_pictures(written: str, severity: Severity, reason: str) -> None:
    result = rendered(f"![alt]({written})")
    assert result.html.strip() == "<p>alt</p>"
    (problem,) = result.problems
    assert problem.severity is severity
    assert reason in problem.text


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("https://evil.example/x.png", [("a", "https://evil.example/x.png")]),
        ("http://evil.example/x.png", [("a", "http://evil.example/x.png")]),
        ("//evil.example/x.png", [("a", "https://evil.example/x.png")]),
        (r"\\\\evil.example/x.png", [("a", "https://evil.example/x.png")]),
        ("data:image/png;base64,AAAA", []),
        ("mailto:a@example.org", []),
        ("#x", []),
        ("", []),
    ],
)
def test_B18_a_picture_of_another_site_becomes_a_link_or_its_words(
    written: str, expected: list[tuple[str, str]]
) -> None:
    result = rendered(f"![alt](<{written}>)")
    assert addresses(result.html) == expected
    assert result.html.striptags() == "alt"
    assert [problem.severity for problem in result.problems] == [Severity.WARNING]


def test_B18_the_owner_can_allow_pictures_of_other_sites() -> None:
    text = "![a](//img.example/x.png){width=20 height=10}"
    assert html(text, allow_remote_images=True) == (
        '<p><img src="https://img.example/x.png" alt="a" width="20" height="10"></p>'
    )
    assert addresses(html("![a](data:image/png;base64,AAAA)", allow_remote_images=True)) == []
    plain = rendered("![a](http://img.example/x.png)", allow_remote_images=True)  # which the policy of pages stops
    assert addresses(plain.html) == [("a", "http://img.example/x.png")]
    assert "remote-image" in str(plain.problems[0])
    assert "not at https:" in str(plain.problems[0])


def test_a_recording_written_as_a_picture_becomes_a_link_to_its_page() -> None:
    assert html("![](merge.cast){speed=2}") == '<p><a href="../merge/">Merging</a></p>'
    assert html("![see *this*](merge.cast)") == '<p><a href="../merge/">see this</a></p>'
    assert told("![](merge.cast)") == []


PLAYED = Film(frame="../../embed/git/undo/", poster="../undo.svg", size="z80x24", duration=3600 * SECOND)


def players(text: str) -> list[Player]:
    return [block for block in rendered(text).blocks if isinstance(block, Player)]


def test_a_recording_alone_in_its_paragraph_is_played() -> None:
    (player,) = players("![Undo *it*](undo.cast){speed=2 start=1:05 loop=true theme=nord end=70}")
    assert (player.title, player.url) == ("Undo it", "../undo/?t=65&end=70")
    assert player.film.frame == "../../embed/git/undo/?speed=2&loop=1&theme=nord#t=65&end=70"
    assert told("![Undo](undo.cast){speed=2}") == []


def test_players_stand_between_the_blocks_of_their_text() -> None:
    blocks = rendered("One.\n\n![](undo.cast)\n\n![](undo.cast){autoplay=1}\n\nTwo.[^1]\n\n[^1]: Note.").blocks
    assert [isinstance(block, Player) for block in blocks] == [False, True, True, False]
    assert blocks[0] == "<p>One.</p>\n"
    assert players("![](undo.cast)")[0].title == "Four ways back"
    assert "footnotes" in str(blocks[-1])


def test_where_no_player_can_stand_there_is_a_poster_that_links() -> None:
    assert html("![A <b>](undo.cast)") == '<p><a href="../undo/"><img src="../undo.svg" alt="A &lt;b&gt;"></a></p>'


@pytest.mark.parametrize(
    "text", ["See ![Undo](undo.cast).", "- ![Undo](undo.cast)", "![Undo](undo.cast) ![Undo](undo.cast)"]
)
def test_a_recording_in_a_sentence_is_a_link_with_a_warning(text: str) -> None:
    assert players(text) == []
    assert '<a href="../undo/">Undo</a>' in html(text)
    assert "player-in-text" in told(text)[0]


@pytest.mark.parametrize(
    ("option", "fault"),
    [
        ("speeed=2", 'did you mean "speed"?'),
        ("speed=fast", "a number such as 1.5"),
        ('theme="../x"', "one of asciinema"),
        ("start=1:99", "a time such as 1:05"),
        ("poster=x", "unknown option"),
    ],
)
def test_options_that_a_player_does_not_have_are_told_and_dropped(option: str, fault: str) -> None:
    text = f"![Undo](undo.cast){{{option}}}"
    assert fault in told(text)[0]
    assert players(text)[0].film.frame == PLAYED.frame


def test_a_moment_beyond_the_end_of_a_recording_is_told_with_its_line() -> None:
    (said,) = told("Text.\n\n![Undo](undo.cast){start=9999 end=1:00:00}")
    assert said.startswith("warning: ")
    assert ":7: beyond-the-end: start=9999 is beyond the end of the recording (3600 s)" in said


@pytest.mark.parametrize(
    ("written", "quoted", "cast"),
    [
        ("<script>AsciinemaPlayer.create('/casts/demo.cast', el);</script>", "AsciinemaPlayer.create", "demo.cast"),
        ('<asciinema-player src="demo.cast" cols="80"></asciinema-player>', "<asciinema-player", "demo.cast"),
        ('<script src="https://asciinema.org/a/14.js" async></script>', "asciinema.org/a/14.js", "name.cast"),
        ('{{< asciinema key="demo" >}}', "{{< asciinema", "name.cast"),
        ("{{% asciicast 14 %}}", "{{% asciicast", "name.cast"),
        ("{% asciicast demo.cast %}", "{% asciicast", "demo.cast"),
        ("{% include asciinema.html cast='demo.cast' %}", "{% include asciinema", "demo.cast"),
    ],
)
def test_a_player_of_another_generator_is_told_with_the_line_that_replaces_it(
    written: str, quoted: str, cast: str
) -> None:
    (problem,) = rendered(f"Look:\n\n{written}").problems
    assert (problem.code, problem.place.line) == ("player-by-hand", 7)
    assert problem.text == (
        f'"{quoted}" is shown as text; put the recording into the content folder and write ![title]({cast}) '
        "on a line of its own"
    )


def test_a_player_of_another_generator_may_be_written_about() -> None:
    assert rendered("`AsciinemaPlayer.create`\n\n```html\n<asciinema-player>\n```").problems == ()


def test_a_page_written_as_a_picture_becomes_a_link_with_a_warning() -> None:
    assert html("![](/about.md)") == '<p><a href="../../about/">About</a></p>'
    assert "not-a-picture" in told("![](/about.md)")[0]


def test_a_link_never_stands_inside_a_link() -> None:
    text = "[![badge](https://img.example/x.svg) ![m](merge.cast)](/about.md)"
    assert html(text) == '<p><a href="../../about/">badge m</a></p>'


@pytest.mark.parametrize("group", ["{speed=2 loop=true speed=3}", '{speed="2"}{speed=3}', "{speed=2\nspeed=3}"])
def test_an_attribute_that_is_given_twice_is_told_and_the_last_one_counts(group: str) -> None:
    assert "speed=3" in players(f"![](undo.cast){group}")[0].film.frame
    (problem,) = told(f"![](undo.cast){group}")
    assert "bad-player-option: speed= is given twice, and the last one counts; leave one out" in problem


def test_a_player_that_would_end_before_it_starts_plays_on() -> None:
    text = "![](undo.cast){start=0:03 end=0:01}"
    assert players(text)[0].film.frame.endswith("#t=3")
    (problem,) = told(text)
    assert "bad-player-option: end is not after where it starts" in problem


@pytest.mark.parametrize("group", ["{autoplay}", " {speed=2}", "{speed='2'}", "{cut=[1]}"])
def test_attributes_that_stayed_visible_are_told(group: str) -> None:
    (problem,) = told(f"![a](shot.png){group}")
    assert "bad-attributes" in problem
    assert "{speed=2 start=1:05} right after the picture" in problem


def test_attributes_of_a_picture_cannot_add_others() -> None:
    text = '![a](shot.png){onerror="alert(1)" id=config .nav style="x" srcset=x}'
    assert html(text) == '<p><img src="shot.png" alt="a" width="3" height="2"></p>'


# ---- injection

CONTEXTS: dict[str, Callable[[str], str]] = {
    "alone": lambda text: text,
    "after text": lambda text: f"x {text}",
    "in strong": lambda text: f"**{text}**",
    "in a heading": lambda text: f"## {text}",
    "in a list": lambda text: f"- [ ] {text}",
    "in a table": lambda text: f"|a|\n|-|\n|{text}|",
    "in a quote": lambda text: f"> [!NOTE]\n> {text}",
    "in a link": lambda text: f"[{text}](merge.cast)",
    "in a picture": lambda text: f'![{text}](shot.png "{text}")',
    "in a footnote": lambda text: f"a[^1]\n\n[^1]: {text}",
    "in code": lambda text: f"``` html\n{text}\n```",
    "as a language": lambda text: f"```{text}\nx\n```",
}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_B16_only_allowed_elements_attributes_and_addresses_reach_the_page(payload: str) -> None:
    for wrap in CONTEXTS.values():
        result = html(wrap(payload))
        assert faults(result) == []
        assert all(tag == "a" or "//" not in address for tag, address in addresses(result))
        assert faults(html(wrap(payload), allow_remote_images=True)) == []


@pytest.fixture
def browser_page(browser: Browser) -> Iterator[Page]:
    with browser.new_page() as page:
        yield page


def _dismiss(dialog: Dialog, seen: list[str]) -> None:
    seen.append(dialog.message)
    dialog.dismiss()


def _serve(route: Route, page: str, asked: list[str]) -> None:
    asked.append(route.request.url)
    if route.request.is_navigation_request():
        route.fulfill(body=page, content_type="text/html; charset=utf-8")
    else:
        route.fulfill(body="")


@pytest.mark.browser
def test_B16_B18_a_browser_runs_and_loads_nothing_of_all_payloads(browser_page: Page) -> None:
    bodies = [html(wrap(payload)) for payload in PAYLOADS for wrap in CONTEXTS.values()]
    page = "<!doctype html><title>x</title>" + "".join(f"<div>{body}</div>" for body in bodies)
    asked: list[str] = []
    dialogs: list[str] = []
    browser_page.on("dialog", lambda dialog: _dismiss(dialog, dialogs))
    browser_page.route("**/*", lambda route: _serve(route, page, asked))
    browser_page.goto("https://gallery.example/git/rebase/")
    events = "for (const e of document.querySelectorAll('body *')) for (const name of ['mouseover', 'toggle', 'load'])"
    browser_page.evaluate(f"() => {{ {events} e.dispatchEvent(new Event(name)) }}")
    handlers = "[...document.querySelectorAll('body *')].flatMap(e => e.getAttributeNames()).filter(n => /^on/.test(n))"
    assert browser_page.evaluate(handlers) == []
    assert browser_page.evaluate("typeof window.castsite + typeof window.config") == "undefinedundefined"
    schemes = set(browser_page.evaluate("[...document.links].map(link => link.protocol)"))
    assert schemes == {"https:"}
    assert dialogs == []
    assert {url.split("/")[2] for url in asked} == {"gallery.example"}


PIECES = (
    *PAYLOADS,
    *(
        "# ",
        "\n\n",
        "\n",
        "- ",
        "> ",
        "|a|\n|-|\n",
        "```html\n",
        "```\n",
        "**",
        "_",
        "[^1]",
        "\n[^1]: ",
        "![",
        "[",
        "]",
    ),
    *("](", ")", "<", ">", "{a=b}", "    ", "`", "&#x6a;", "\\", "merge.cast", "shot.png", "javascript:", "https:"),
)


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=16))
def test_P6_whatever_is_written_the_page_stays_ours(parts: list[str]) -> None:
    result = rendered("".join(parts))
    assert faults(result.html) == []
    assert clean(result.html) == result.html
    assert all("\n" not in str(problem) for problem in result.problems)


# ---- size


def test_B17_a_body_at_the_limit_is_rendered_and_one_byte_more_is_an_error() -> None:
    at_limit = "é" * (LIMITS.body // 2)
    assert rendered(at_limit).problems == ()
    result = rendered(at_limit + "a")
    assert result.html == ""
    (problem,) = result.problems
    assert str(problem) == (
        "error: content/git/rebase.md:5: body-too-long: 65,537 bytes of Markdown, at most 65,536 are allowed"
        " (limits: body); split the text into several pages"
    )


def _filled(pattern: str) -> str:
    return pattern * (LIMITS.body // len(pattern.encode()))


def _quoted_lists() -> str:
    return "".join("> - " * (depth % 60) + "x\n" for depth in range(480))


def _wide_table() -> str:
    row = "|" + "a|" * 3000 + "\n"
    return row + "|" + "-|" * 3000 + "\n" + row * 7


PATHOLOGICAL = {
    "quotes": _filled("> "),
    "brackets": _filled("["),
    "strong": _filled("**a "),
    "links": _filled("[a]("),
    "code spans": "".join("`" * n + " " for n in range(1, 350)),
    "underlines": _filled("_a__"),
    "comments": _filled("<!--"),
    "pictures": "![" * 16_000 + "]" * 32_000,
    "lists": _filled("* "),
    "entities": _filled("&amp"),
    "wide table": _wide_table(),
    "tags": _filled("<b>"),
    "questions": _filled("?c_"),
    "quoted brackets": _filled("['*"),
    "quotes in lists": _quoted_lists(),
    "headings of one name": _filled("# a\n"),
    "headings without a name": _filled("#\n"),
    "attributes": "![](a){" + 'a="b" ' * 10_000,
    "groups": "![](a)" + "{a=b}" * 12_000,
    "tasks": _filled("- [ ] a\n"),
    "alerts": _filled("> [!NOTE]\n> a\n\n"),
    "footnotes": "[^1]" * 16_000 + "\n\n[^1]: x",
    "emphasis": _filled("*a"),
    "code": _filled("```js\n" + "a(" * 190 + "\n```\n"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PATHOLOGICAL)
def test_B17_pathological_markdown_takes_no_time(name: str) -> None:
    text = PATHOLOGICAL[name]
    assert len(text) <= LIMITS.body
    result = soon(5, lambda: rendered(text))
    assert not any(problem.severity is Severity.ERROR for problem in result.problems)


@pytest.mark.parametrize("text", ["[](b)" * 13_000, "[a](merge.cast)" * 4_300, "|a|b|\n|-|-|\n" + "|c|d|\n" * 5_000])
def test_B28_many_links_and_many_rows_take_no_time(text: str) -> None:
    assert soon(5, lambda: rendered(text)).html


# ---- plain text


def test_C17_a_description_is_plain_text() -> None:
    prose = 'An "<b>exact</b>" *idea* & `code`,\nsee [there](merge.cast) ![pic](shot.png)[^1].'
    text = f"# Title\n\n{prose}\n\n```\nno\n```\n\n[^1]: no\n"
    result = rendered(text)
    assert result.plain == 'An "<b>exact</b>" idea & code, see there pic.'
    assert plain(result.plain) == result.plain
    assert html5lib.parseFragment(str(Markup('<meta content="{}">').format(result.plain)))[0].attrib == {
        "content": result.plain
    }


def test_C17_a_description_is_cut_at_a_word() -> None:
    text = plain("word " * 100)
    assert len(text) <= 200
    assert text.endswith("word…")
    assert len(plain("x" * 1000)) == 200
    assert plain("x" * 200) == "x" * 200


def test_C17_html_loses_its_tags_and_everything_that_does_not_show() -> None:
    assert plain(Markup("<p>a &amp; b<br>c</p>\n<p>d&#x202e;e\x00\x1b</p>")) == "a & bc de"
    assert plain("a\u202e\nb\ufeff\u0000 c") == "a b c"


@given(st.text())
def test_C17_every_text_becomes_one_short_line(text: str) -> None:
    line = plain(text)
    assert len(line) <= 200
    assert line == " ".join(line.split())
    assert plain(line) == line


def test_a_moment_in_a_text_is_one_of_its_own_page() -> None:
    found = rendered("See [the merge](?t=1:05) and [this](#t=5).")
    assert 'href="?t=1:05"' in found.html
    assert 'href="#t=5"' in found.html
    assert found.problems == ()


# ---- comments


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n\n<!-- x -->\n\nb", "<p>a</p>\n<p>b</p>\n"),
        ("a\n\n<!--\n\nprivate\n\n-->\n\nb", "<p>a</p>\n<p>b</p>\n"),
        ("a\n<!--more-->\nb", "<p>a</p>\n<p>b</p>\n"),
        ("a <!-- c --> b", "<p>a  b</p>\n"),
        ("<!-- a --> tail", "<p> tail</p>\n"),
        ("<!-- a\nb --> *tail*", "<p><em>tail</em></p>\n"),
        ("- a\n  <!-- x -->\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("> a\n> <!-- x -->\n\nb", "<blockquote>\n<p>a</p>\n</blockquote>\n<p>b</p>\n"),
        ("`<!-- code -->`", "<p><code>&lt;!-- code --&gt;</code></p>\n"),
        ("    <!-- code -->", "<pre><code>&lt;!-- code --&gt;\n</code></pre>\n"),
        ("a <!-- b", "<p>a &lt;!-- b</p>\n"),
        ("<!---->a", "<p>a</p>\n"),
        ("[a <!-- ] --> b](https://e.example)", None),
    ],
)
def test_a_comment_is_left_out_wherever_commonmark_sees_one(text: str, expected: str | None) -> None:
    made = html(text)
    assert "<!--" not in made
    if expected is not None:
        assert made == expected.strip()


def test_a_comment_that_nothing_ends_is_told_with_its_line() -> None:
    made = rendered("a\n\n<!-- b\n\nc")
    assert made.html == "<p>a</p>\n"
    (problem,) = made.problems
    assert (problem.code, problem.place.line) == ("unclosed-comment", 7)


def test_a_comment_that_nothing_ends_goes_no_further_than_its_list_item() -> None:
    made = rendered("- a\n  <!-- b\n\nafter")
    assert made.html.endswith("<p>after</p>\n")
    assert [problem.code for problem in made.problems] == ["unclosed-comment"]


def test_a_text_ends_its_beginning_at_its_own_level_only() -> None:
    assert rendered("a\n<!-- More -->\nb").plain == "a"
    assert rendered("> a\n> <!-- more -->\n\nb").plain == "a b"
    assert rendered("a\n\n<!-- more or less -->\n\nb").plain == "a b"


@pytest.mark.parametrize(
    ("written", "quoted"),
    [
        ('Look: <div id="demo"></div>', '"<div id="demo">"'),
        ('<script src="player.js"></script>', '"<script src="player.js">"'),
        ("one<br/>two", '"<br/>"'),
        ("{% highlight bash %}", '"{% highlight bash %}"'),
        ('{{< figure src="x" >}}', '"{{< figure src="x" >}}"'),
        ("{{ site.title }}", '"{{ site.title }}"'),
        ("text\n{: .note}", '"{: .note}"'),
    ],
)
def test_what_other_generators_would_have_acted_on_is_told(written: str, quoted: str) -> None:
    (problem,) = rendered(written).problems
    assert (problem.severity, problem.code) == (Severity.WARNING, "shown-as-text")
    assert problem.text.startswith(f"{quoted} is shown as text")


@pytest.mark.parametrize(
    "text", ["a < b > c", "`<div>`", "```\n<div>\n```", "x {y} z", "{{}}", "List<String>", "<T>", "1 <2>"]
)
def test_what_only_looks_like_markup_is_no_problem(text: str) -> None:
    assert rendered(text).problems == ()
