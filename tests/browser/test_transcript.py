"""The transcript of a recording: search in it, lines that are selected, commands that are taken along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gallery
import pytest
from axe_playwright_python.sync_playwright import Axe
from gallery import analysis, chapter, command, line, recording, site
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]

HEREDOC = "cat > a.txt <<EOF\none & two\nEOF"
DECOMPOSED = "cafe\u0301 au lait"

TALK = analysis(
    line(1, "$ make <all>"),
    line(2.5, "a < b && c > d"),
    line(3, DECOMPOSED),
    line(3, "Straße"),
    line(4, "שלום עולם, make"),
    line(6, "$ cat > a.txt <<EOF"),
    line(6.5, "> one & two"),
    line(7, "Make it so"),
    line(9, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"),
    line(9, "done"),
    commands=[
        command(0.5, "make <all>"),
        command(5.5, HEREDOC),
        command(8, "import os", prompt=">>> ", kind="repl"),
    ],
    chapters=[chapter(0, "Build"), chapter(5, "Write")],
    seconds=12,
)  # fmt: skip
REPL = analysis(
    line(1, ">>> 1 + 1"),
    line(2, "2"),
    commands=[command(0.5, "1 + 1", prompt=">>> ", kind="repl")],
    chapters=[chapter(0, "Sums")],
)
MANY = analysis(*(line(1 + at / 100, f"line {at} of many") for at in range(1000)), seconds=12)

KNOWN = {"talk/it": TALK, "talk/repl": REPL, "talk/many": MANY}


@pytest.fixture(scope="module", autouse=True)
def _more(server: Any) -> None:
    """Put recordings for these tests beside those of the others."""
    of = site(*(recording(slug, known) for slug, known in KNOWN.items()))
    for artifact in gallery.artifacts(of, KNOWN):
        if artifact.path.startswith(("talk/", "assets/")):
            server.files.setdefault(artifact.path, artifact.body())
    server.files |= {f"{slug}.cast": gallery.cast_file(known).encode() for slug, known in KNOWN.items()}


@pytest.fixture
def talk(visit: Visit, server: Any) -> Callable[..., Page]:
    def opened(path: str = "talk/it/", **options: Any) -> Page:
        page = visit(path, **options).page
        page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.origin)
        return page

    return opened


def field(page: Page) -> Any:
    return page.get_by_role("searchbox", name="Search inside")


def count(page: Page) -> Any:
    return page.locator("[data-count]")


def shown(page: Page) -> list[str]:
    """Texts of the rows that can be seen, once they have settled."""
    expect(page.locator("[data-transcript]")).not_to_have_attribute("aria-busy", "true")
    rows = page.locator(".log > li:visible")
    return rows.evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('samp, kbd')].map(cell => cell.textContent).join(''))"
    )


def expect_marks(page: Page, texts: list[str]) -> None:
    expect(page.locator(".log mark:visible")).to_have_text(texts)


def clipboard(page: Page) -> str:
    return page.evaluate("navigator.clipboard.readText()")


# ---- search


def test_a_search_hides_other_lines_marks_and_counts(talk: Callable[..., Page]) -> None:
    page = talk()
    field(page).fill("make")
    expect(count(page)).to_have_text("3 lines")
    assert shown(page) == ["$ make <all>", "שלום עולם, make", "Make it so"]
    expect_marks(page, ["make", "make", "Make"])
    assert [h.inner_text() for h in page.locator(".chapter > h3 span:visible").all()] == ["Build", "Write"]
    field(page).fill("lait")
    expect(count(page)).to_have_text("1 line")
    assert [h.inner_text() for h in page.locator(".chapter > h3 span:visible").all()] == ["Build"]
    field(page).press("Escape")
    expect(count(page)).to_have_text("")
    expect(field(page)).to_have_value("")
    expect(page.locator(".log > li:visible")).to_have_count(10)
    assert len(shown(page)) == 10
    expect_marks(page, [])


def test_nothing_found_is_said(talk: Callable[..., Page]) -> None:
    page = talk()
    field(page).fill("kubctl")
    expect(page.locator("[data-note]")).to_have_text("“kubctl” is on none of the lines listed here.")
    expect(count(page)).to_have_text("0 lines")
    assert shown(page) == []
    field(page).fill("")
    expect(page.locator("[data-note]")).to_be_hidden()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("a < b && c", ["a < b && c"]),
        ("$ make <", ["$ ", "make <"]),
        ("e", ["e", "e\u0301", "e", "e", "E", "e", "e", "e"]),
        ("café", ["cafe\u0301"]),
        ("cafe\u0301", ["cafe\u0301"]),
        ("STRASSE", []),
        ("straße", ["Straße"]),
        ("ם,", ["ם,"]),
        (".*", []),
        ("&amp;", []),
    ],
)
def test_hits_are_exact_across_cells_and_signs(talk: Callable[..., Page], query: str, found: list[str]) -> None:
    page = talk()
    before = shown(page)
    field(page).fill(query)
    expect(count(page)).not_to_have_text("")
    expect_marks(page, found)
    assert set(shown(page)) <= set(before)
    assert bool(shown(page)) == bool(found)


def test_case_matters_when_asked(talk: Callable[..., Page]) -> None:
    page = talk()
    field(page).fill("Make")
    expect(count(page)).to_have_text("3 lines")
    page.get_by_role("button", name="Match case").click()
    expect(count(page)).to_have_text("1 line")
    expect(page.get_by_role("button", name="Match case")).to_have_attribute("aria-pressed", "true")
    assert shown(page) == ["Make it so"]


def test_expressions_find_and_faulty_ones_say_so(talk: Callable[..., Page]) -> None:
    page = talk()
    page.get_by_role("button", name="Regular expression").click()
    field(page).fill("^[a-z]+ (it|<)")
    expect(count(page)).to_have_text("2 lines")
    expect_marks(page, ["a <", "Make it"])
    field(page).fill("(make")
    expect(page.locator("[data-note]")).to_have_text("This is not a regular expression yet.")
    expect(field(page)).to_have_attribute("aria-invalid", "true")
    field(page).fill("(make)")
    expect(count(page)).to_have_text("3 lines")
    expect(page.locator("[data-note]")).to_be_hidden()
    field(page).fill("x*")
    expect(count(page)).to_have_text("1 line")  # nothing is no hit: only "a.txt" has one


def test_an_expression_that_takes_for_ever_is_ended_and_the_next_one_works(talk: Callable[..., Page]) -> None:
    page = talk()
    page.get_by_role("button", name="Regular expression").click()
    page.evaluate("window.beats = 0; setInterval(() => { beats += 1 }, 50)")
    field(page).fill("(a+)+$")
    expect(page.locator("[data-note]")).to_have_text("This expression takes too long. Try a simpler one.")
    assert page.evaluate("beats") >= 5  # the page lived on
    field(page).fill("a+!")
    expect(count(page)).to_have_text("1 line")


def test_commands_only(talk: Callable[..., Page]) -> None:
    page = talk()
    page.get_by_role("button", name="Commands only").click()
    expect(count(page)).to_have_text("2 commands")
    assert shown(page) == ["$ make <all>", "$ cat > a.txt <<EOF"]
    field(page).fill("make")
    expect(count(page)).to_have_text("1 command")
    field(page).fill("$")  # is in prompts, which are not part of commands
    expect(count(page)).to_have_text("0 commands")
    field(page).press("Escape")
    field(page).press("Escape")
    expect(page.get_by_role("button", name="Commands only")).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".log > li:visible")).to_have_count(10)


def test_hits_are_walked_by_key_and_button_in_a_ring(talk: Callable[..., Page]) -> None:
    page = talk()
    page.keyboard.press("/")
    expect(field(page)).to_be_focused()
    page.keyboard.type("make")
    expect(count(page)).to_have_text("3 lines")
    here = page.locator(".log > [data-here] mark")
    for press, place, text in (
        ("Enter", "1 of 3", "make"), ("Enter", "2 of 3", "make"), ("Enter", "3 of 3", "Make"),
        ("Enter", "1 of 3", "make"), ("Shift+Enter", "3 of 3", "Make"),
    ):  # fmt: skip
        page.keyboard.press(press)
        expect(count(page)).to_contain_text(place)
        expect(here).to_have_text(text)
        expect(here).to_be_in_viewport()
    page.get_by_role("button", name="Previous line found").click()
    expect(count(page)).to_contain_text("2 of 3: 0:04")
    page.get_by_role("button", name="Next line found").click()
    expect(count(page)).to_contain_text("3 of 3")


def test_a_step_that_is_asked_for_before_the_answer_is_taken_with_it(talk: Callable[..., Page]) -> None:
    page = talk()
    page.keyboard.press("/")
    page.keyboard.type("one")
    expect(count(page)).to_have_text("2 lines")
    field(page).evaluate(
        """field => {
            field.value = "make";
            field.dispatchEvent(new Event("input", { bubbles: true }));
            field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
        }"""
    )
    expect(count(page)).to_contain_text("1 of 3")
    expect(page.locator(".log > [data-here] mark")).to_have_text("make")


@pytest.mark.parametrize("address", ["?q=make", "#q=make"])
def test_an_address_can_carry_a_query(talk: Callable[..., Page], address: str) -> None:
    page = talk(f"talk/it/{address}")
    expect(field(page)).to_have_value("make")
    expect(count(page)).to_have_text("3 lines")


def test_an_address_can_carry_a_query_and_a_moment_whose_line_is_then_the_current_one(
    talk: Callable[..., Page],
) -> None:
    page = talk("talk/it/?t=4&q=make")
    expect(field(page)).to_have_value("make")
    expect(count(page)).to_contain_text("2 of 3: 0:04")
    expect(page.locator("[data-here] mark")).to_have_text("make")
    page.get_by_role("button", name="Next line found").click()
    expect(count(page)).to_contain_text("3 of 3")


def test_hits_stand_on_the_trace_at_their_time(talk: Callable[..., Page]) -> None:
    page = talk()
    field(page).fill("make")
    expect(count(page)).to_have_text("3 lines")
    ticks = page.locator(".trace .hit").first
    assert ticks.get_attribute("d") == "M20 0v16M80 0v16M140 0v16"  # 1, 4 and 7 of 12 seconds, of 240 units
    field(page).press("Enter")
    expect(page.locator(".trace .hit.here")).to_have_attribute("d", "M20 -3V16")
    colour = ticks.evaluate("e => getComputedStyle(e).stroke")
    assert colour == "rgb(208, 120, 0)"
    field(page).press("Escape")
    expect(ticks).to_have_attribute("d", "")


def test_many_lines_are_found_and_come_back(talk: Callable[..., Page]) -> None:
    page = talk("talk/many/")
    field(page).fill("7 of")
    expect(count(page)).to_have_text("100 lines")
    expect(page.locator(".log > li:visible")).to_have_count(100)
    field(page).press("Shift+Enter")
    expect(page.locator("[data-here] mark")).to_have_text("7 of")
    expect(page.locator("[data-here]")).to_contain_text("line 997")
    expect(page.locator("[data-here]")).to_be_in_viewport()
    field(page).fill("line")
    expect(page.locator(".log > li:visible")).to_have_count(1000)
    field(page).fill("")
    expect(page.locator(".log > li:visible")).to_have_count(1000)
    expect(page.locator(".log mark")).to_have_count(0)


# ---- selecting


def times(page: Page) -> Any:
    return page.locator(".log a.tc")


def bar(page: Page) -> Any:
    return page.get_by_role("toolbar", name="Selected lines")


def take(page: Page, name: str, said: str) -> str:
    bar(page).get_by_role("button", name=name).click()
    expect(page.locator("[data-toast]")).to_have_text(said)
    return clipboard(page)


def pick(page: Page, first: str, last: str) -> None:
    times(page).get_by_text(first, exact=True).click(modifiers=["Shift"])
    expect(bar(page)).to_be_visible()
    times(page).get_by_text(last, exact=True).click(modifiers=["Shift"])


@pytest.mark.parametrize(
    ("first", "last", "span", "query"),
    [
        ("0:02", "0:04", "0:02 to 0:06, 4 lines", "?t=2.5&end=6"),
        ("0:04", "0:02", "0:02 to 0:06, 4 lines", "?t=2.5&end=6"),
        ("0:03", "0:03", "0:03 to 0:04, 1 line", "?t=3&end=4"),  # another line has the same moment
        ("0:07", "0:09", "0:07 to 0:12, 2 lines", "?t=7&end=12"),  # to the end of the recording
    ],
)
def test_selected_lines_are_that_clip(
    talk: Callable[..., Page], server: Any, *, first: str, last: str, span: str, query: str
) -> None:
    page = talk()
    pick(page, first, last)
    expect(bar(page).get_by_role("status")).to_have_text(span)
    assert take(page, "Copy link to this clip", "Link copied") == f"{server.origin}/talk/it/{query}"
    bar(page).get_by_role("button", name="Let the lines go").click()
    expect(bar(page)).to_be_hidden()
    expect(page.locator("[data-picked]")).to_have_count(0)


def test_a_clip_ends_where_the_rest_of_the_transcript_goes_on(talk: Callable[..., Page]) -> None:
    page = talk()
    page.evaluate(
        "document.querySelector('[data-transcript]').append(Object.assign(document.createElement('p'), {id: 'f'}));"
        "document.querySelector('#f').dataset.following = '10.5'"
    )
    pick(page, "0:09", "0:09")
    page.keyboard.press("Shift+ArrowDown")
    assert take(page, "Copy link to this clip", "Link copied").endswith("?t=9&end=10.5")


def test_quotes_carry_title_time_and_link(talk: Callable[..., Page], server: Any) -> None:
    page = talk()
    pick(page, "0:01", "0:02")
    clip = f"{server.origin}/talk/it/?t=1&end=3"
    assert take(page, "Quote with time", "Quote copied") == f"$ make <all>\na < b && c > d\n\nIt, 0:01\n{clip}\n"
    assert take(page, "Quote as Markdown", "Quote copied") == (
        f"> ```\n> $ make <all>\n> a < b && c > d\n> ```\n>\n> [It, 0:01](<{clip}>)\n"
    )


def test_play_this_asks_for_the_clip(talk: Callable[..., Page]) -> None:
    page = talk()
    page.evaluate("window.asked = []; document.addEventListener('castsite:seek', e => asked.push(e.detail))")
    pick(page, "0:02", "0:04")
    bar(page).get_by_role("button", name="Play this").click()
    assert page.evaluate("asked") == [{"time": 2.5, "end": 6, "play": True}]


def test_dragging_over_lines_selects_them(talk: Callable[..., Page]) -> None:
    page = talk()
    rows = page.locator(".log > li samp")
    rows.get_by_text("a < b").scroll_into_view_if_needed()
    start, end = rows.get_by_text("a < b").bounding_box(), rows.get_by_text("Straße").bounding_box()
    page.mouse.move(start["x"] + 2, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + 30, end["y"] + 8, steps=4)
    page.mouse.up()
    expect(bar(page).get_by_role("status")).to_have_text("0:02 to 0:04, 3 lines")
    assert take(page, "Copy link to this clip", "Link copied").endswith("?t=2.5&end=4")
    expect(bar(page)).to_be_visible()
    page.mouse.click(5, 5)
    expect(bar(page)).to_be_hidden()


def test_a_click_on_a_line_leads_there_and_the_page_stays_where_it_is(talk: Callable[..., Page]) -> None:
    page = talk()
    page.locator("samp", has_text="Make it so").scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    page.locator("samp", has_text="Make it so").click()
    expect(page.locator("[data-now]")).to_have_text("0:07")
    expect(page.locator(".log > li[aria-current]")).to_contain_text("Make it so")
    assert (page.evaluate("scrollY"), page.url.endswith("/talk/it/")) == (before, True)
    expect(bar(page)).to_be_hidden()


def test_letters_that_are_selected_and_buttons_of_a_line_lead_nowhere(talk: Callable[..., Page]) -> None:
    page = talk()
    page.locator("samp", has_text="a < b").click()
    expect(page.locator("[data-now]")).to_have_text("0:02")
    start, end = (page.locator("samp", has_text=text).bounding_box() for text in ("Straße", "Make it so"))
    page.mouse.move(end["x"] + 2, end["y"] + 8)
    page.mouse.down()
    page.mouse.move(start["x"] + 30, start["y"] + 8, steps=4)
    page.mouse.up()
    expect(bar(page)).to_be_visible()
    page.keyboard.press("Escape")
    row = page.locator(".log > li", has_text="cat > a.txt")
    row.hover()
    row.get_by_role("button", name="Copy command").click()
    expect(page.locator("[data-now]")).to_have_text("0:02")


@pytest.mark.parametrize("line", ["a < b && c > d", "שלום עולם, make", "done"])
def test_three_clicks_select_that_line_alone(talk: Callable[..., Page], line: str) -> None:
    page = talk("talk/it/")
    page.locator("samp", has_text=line).click(click_count=3)
    expect(bar(page).locator("[data-span]")).to_contain_text(", 1 line")
    expect(page.locator("[data-picked]")).to_have_count(1)
    expect(page.locator("[data-picked]")).to_contain_text(line)


def test_a_selection_from_a_heading_takes_the_lines_under_it(talk: Callable[..., Page]) -> None:
    page = talk("talk/it/")
    page.evaluate("""() => {
      const heading = document.querySelector("#c2 h3 span"), line = document.querySelectorAll("#c2 li samp")[0];
      getSelection().setBaseAndExtent(heading.firstChild, 1, line.firstChild, 1);
    }""")
    expect(bar(page).locator("[data-span]")).to_contain_text(", 1 line")


def test_what_is_copied_of_a_transcript_has_no_times_and_no_words_of_its_controls(talk: Callable[..., Page]) -> None:
    page = talk("talk/it/")
    page.evaluate("""() => {
      const to = document.querySelector("#c2 h3");
      getSelection().setBaseAndExtent(document.querySelector("#transcript"), 0, to, to.childNodes.length);
    }""")
    page.keyboard.press("Control+c")
    copied = [line for line in clipboard(page).split("\n") if line]
    assert copied == ["Build", "$ make <all>", "a < b && c > d", DECOMPOSED, "Straße", "שלום עולם, make", "Write"]


def test_a_fault_in_an_expression_outlasts_earlier_answers(talk: Callable[..., Page]) -> None:
    page = talk("talk/many/")
    page.get_by_label("Regular expression").click()
    field(page).fill("line")
    expect(count(page)).to_contain_text("lines")
    field(page).evaluate("""field => {
      for (const text of ["line 1", "line 1("]) {
        field.value = text;
        field.dispatchEvent(new Event("input"));
      }
    }""")
    page.wait_for_timeout(300)
    expect(page.locator("[data-note]")).to_contain_text("not a regular expression")
    expect(field(page)).to_have_attribute("aria-invalid", "true")
    expect(count(page)).to_have_text("")


def test_the_keyboard_alone_selects_copies_and_leaves(talk: Callable[..., Page]) -> None:
    page = talk()
    times(page).get_by_text("0:02", exact=True).focus()
    page.keyboard.press("Shift+ArrowDown")
    expect(bar(page).get_by_role("status")).to_have_text("0:02 to 0:03, 1 line")
    page.keyboard.press("Shift+ArrowDown")
    expect(bar(page).get_by_role("status")).to_have_text("0:02 to 0:04, 2 lines")
    page.keyboard.press("Tab")
    expect(bar(page).get_by_role("button", name="Copy link to this clip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-toast]")).to_have_text("Link copied")
    assert clipboard(page).endswith("/talk/it/?t=2.5&end=4")
    page.keyboard.press("Escape")
    expect(bar(page)).to_be_hidden()
    expect(times(page).get_by_text("0:02", exact=True)).to_be_focused()
    page.keyboard.press("Shift+Enter")
    expect(bar(page).get_by_role("status")).to_have_text("0:02 to 0:03, 1 line")
    assert len(page.context.pages) == 1


def test_the_moment_that_is_shown_can_be_linked_to(talk: Callable[..., Page], server: Any) -> None:
    page = talk()
    page.evaluate("document.dispatchEvent(new CustomEvent('castsite:time', {detail: {time: 6.5821}}))")
    page.get_by_role("button", name="Copy link at 0:06").click()
    expect(page.locator("[data-toast]")).to_have_text("Link copied")
    assert clipboard(page) == f"{server.origin}/talk/it/?t=6.59"


# ---- commands


def test_a_command_is_copied_from_its_line(talk: Callable[..., Page]) -> None:
    page = talk()
    row = page.locator(".log > li").filter(has_text="cat > a.txt")
    button = row.get_by_role("button", name="Copy command: cat > a.txt")
    page.locator(".log > li").filter(has_text="one & two").hover()
    assert button.evaluate("e => getComputedStyle(e).opacity") == "0"
    row.hover()
    assert button.evaluate("e => getComputedStyle(e).opacity") == "1"
    button.click()
    expect(page.locator("[data-toast]")).to_have_text("Copied")
    assert clipboard(page) == HEREDOC
    page.get_by_role("button", name="Copy all").click()
    expect(page.get_by_role("button", name="Copy all")).to_have_attribute("data-done", "")
    assert clipboard(page) == f"make <all>\n{HEREDOC}"


def test_touch_shows_every_copy_button(talk: Callable[..., Page]) -> None:
    page = talk(has_touch=True, is_mobile=True, viewport={"width": 360, "height": 740})
    for typed in ("make <all>", "cat > a.txt"):
        page.locator(".log > li").filter(has_text=typed).locator("kbd").tap()
    expect(page.locator(".log .copy")).to_have_count(2)
    assert page.locator(".log .copy").evaluate_all("all => all.map(e => getComputedStyle(e).opacity)") == ["1", "1"]


def test_all_commands_are_a_script(talk: Callable[..., Page], server: Any) -> None:
    page = talk()
    with page.expect_download() as loading:
        page.get_by_role("button", name="Download as script (.sh)").click()
    assert loading.value.suggested_filename == "it.sh"
    head = f"# It\n# {server.origin}/talk/it/\n# Commands as they were typed. Read them before you run them.\n\n"
    assert loading.value.path().read_text() == f"{head}make <all>\n{HEREDOC}\n"


def test_input_of_other_programs_is_no_script(talk: Callable[..., Page]) -> None:
    page = talk("talk/repl/")
    expect(page.locator(".outline .cmd")).to_have_count(1)
    expect(page.locator("[data-script], [data-copy-all]")).to_have_count(0)


# ---- everywhere


def busy(page: Page) -> None:
    field(page).fill("a")
    expect(count(page)).not_to_have_text("")
    field(page).press("Enter")
    pick(page, "0:02", "0:06")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 1440), ("light", 360), ("dark", 360)])
def test_axe_finds_nothing_while_searching_and_selecting(talk: Callable[..., Page], scheme: str, width: int) -> None:
    page = talk(color_scheme=scheme, viewport={"width": width, "height": 900})
    field(page).fill("a")
    expect(count(page)).not_to_have_text("")
    found = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}})
    assert found.response["violations"] == [], found.generate_report()
    busy(page)  # now the bar floats over some targets, wherever the page is scrolled to
    found = Axe().run(page, options={"rules": {"target-size": {"enabled": False}}})
    assert found.response["violations"] == [], found.generate_report()


@pytest.mark.parametrize("width", [320, 360, 768, 1440])
def test_nothing_scrolls_sideways_while_searching_and_selecting(talk: Callable[..., Page], width: int) -> None:
    page = talk(viewport={"width": width, "height": 800})
    busy(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_rows_stand_left_to_right_whatever_is_in_them(talk: Callable[..., Page]) -> None:
    page = talk()
    page.evaluate("document.documentElement.dir = 'rtl'")
    field(page).fill("עולם")
    expect(count(page)).to_have_text("1 line")
    row = page.locator(".log > li:visible")
    assert row.evaluate("e => getComputedStyle(e).direction") == "ltr"
    time, text = row.locator(".tc").bounding_box(), row.locator("samp").bounding_box()
    assert time["x"] < text["x"]


def test_without_scripts_the_transcript_is_whole_and_has_no_controls(talk: Callable[..., Page]) -> None:
    page = talk(java_script_enabled=False)
    expect(page.locator(".log > li:visible")).to_have_count(10)
    controls = page.locator(".transcript :is(input, button), .side button")
    assert [one for one in controls.all() if one.is_visible()] == []


def test_paper_shows_all_lines_while_searching_and_no_controls(talk: Callable[..., Page]) -> None:
    page = talk()
    busy(page)
    page.emulate_media(media="print")
    expect(page.locator(".log > li:visible")).to_have_count(10)
    assert [one for one in page.locator(".transcript :is(input, button)").all() if one.is_visible()] == []


def test_without_a_thread_search_says_so(visit: Visit, server: Any) -> None:
    watched = visit("about/")
    watched.meant = ["failed:", "console: Failed to load resource"]
    watched.page.route("**/match.*.js", lambda route: once(route, watched))
    watched.page.goto(server.url("talk/it/"))
    field(watched.page).fill("make")
    expect(watched.page.locator("[data-note]")).to_have_text(
        "Search is not available here. The transcript is complete."
    )
    assert len(shown(watched.page)) == 10


def test_a_search_that_is_not_fetched_says_so_until_it_is(visit: Visit) -> None:
    watched = visit("talk/it/")
    watched.meant = ["failed:", "console: Failed to load resource"]
    page = watched.page
    page.route("**/find.*.js", lambda route: route.abort())
    field(page).focus()
    note = page.locator("[data-note]")
    field(page).press_sequentially("m")
    expect(note).to_have_text("Search is not available here. The transcript is complete.")
    page.unroute("**/find.*.js")
    field(page).press_sequentially("ake")
    expect(count(page)).to_contain_text("line")
    expect(note).to_be_hidden()


def once(route: Route, watched: Any) -> None:
    """Serve the module to the page, not to the thread."""
    if route.request.resource_type == "script" and not getattr(watched, "served", False):
        watched.served = True
        route.continue_()
    else:
        route.fulfill(status=404, body="no")
