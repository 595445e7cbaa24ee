"""The site while it is written, in a real browser: what a page does when its sources change."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from projects import Project, cast
from serving import Served, free_port, until

pytestmark = pytest.mark.browser

CONFIG = "title: Casts\nbase_url: https://me.example/casts/\n"
LONG = "".join(f"Paragraph {number}.\n\n" for number in range(200))


def text(words: str, title: str = "About") -> str:
    return f"---\ntitle: {title}\n---\n{words}\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("site")).write({
        "castsite.yml": CONFIG,
        "content/hello.cast": cast("hello"),
        "content/about.md": text(LONG),
        "content/other.md": text("of no interest", "Other"),
        "static/own.css": "",
    })  # fmt: skip


@pytest.fixture(scope="module")
def one(project: Project) -> Iterator[Served]:
    with Served(project.root, "serve", "--port", str(free_port())) as found:
        yield found.ready()


class Shown:
    """A page, and whether it was loaded anew: a mark on its window is gone then."""

    def __init__(self, page: Page, port: int) -> None:
        self.page, self.port = page, port
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda told: self.faults.append(told.text) if told.type == "error" else None)

    def open(self, path: str) -> Shown:
        self.page.goto(f"http://localhost:{self.port}/casts/{path}")
        self.page.evaluate("window.mark = 1")
        return self

    def ready(self) -> Shown:
        """Wait until it is connected: what it says in its first moments is lost otherwise."""
        self.does("!!window.castsiteLive || performance.getEntriesByName(location.href).length > 0")
        self.mark()
        return self

    def mark(self) -> None:
        self.page.evaluate("window.mark = 1")

    def ask(self, script: str) -> Any:
        """Evaluate; a page that is just loading anew is asked again."""
        try:
            return self.page.evaluate(script)
        except Exception as error:  # playwright has one for everything
            if "context was destroyed" in str(error) or "navigation" in str(error):
                return None
            raise

    def does(self, script: str) -> None:
        """Wait for a truth; `wait_for_function` needs eval, which the policy forbids."""
        until(lambda: self.ask(script), script)

    @property
    def is_marked(self) -> bool:
        return bool(self.ask("window.mark === 1"))

    def problems(self) -> list[str]:
        items = "document.getElementById('castsite-problems')?.shadowRoot.querySelectorAll('li') ?? []"
        found: list[str] = self.ask(f"[...{items}].map((item) => item.innerText)") or []
        return found


@pytest.fixture
def show(browser: Browser, one: Served, project: Project) -> Iterator[Callable[[str], Shown]]:
    context = browser.new_context()
    context.set_default_timeout(20_000)
    shown: list[Shown] = []

    def open_page(path: str) -> Shown:
        shown.append(Shown(context.new_page(), one.port).open(path))
        until(lambda: connected(one) >= len(shown), "the connection")
        return shown[-1]

    yield open_page
    context.close()
    assert [fault for one in shown for fault in one.faults] == []


def connected(one: Served) -> int:
    """Count the pages that are connected, by the sockets of the server's process."""
    table = Path(f"/proc/{one.process.pid}/net/tcp").read_text() + Path(f"/proc/{one.process.pid}/net/tcp6").read_text()
    ends = (line.split()[1:4] for line in table.splitlines() if ":" in line)
    return sum(local.endswith(f":{one.port:04X}") and state == "01" for local, _, state in ends)


def test_a_page_that_changed_loads_anew_and_keeps_its_place(show: Callable[[str], Shown], project: Project) -> None:
    shown = show("about/")
    shown.page.evaluate("window.scrollTo(0, 1500)")
    project.write({"content/about.md": text(LONG + "The end.")})
    shown.does("document.body?.innerText.includes('The end.')")
    assert not shown.is_marked
    shown.does("Math.abs(window.scrollY - 1500) < 5")


def test_a_page_that_did_not_change_goes_on(show: Callable[[str], Shown], project: Project) -> None:
    shown, other = show("about/"), show("other/")
    project.write({"content/other.md": text("now it is", "Other")})
    other.does("document.body?.innerText.includes('now it is')")
    assert shown.is_marked
    assert not other.is_marked


def test_a_recording_that_changed_is_played_anew(show: Callable[[str], Shown], project: Project) -> None:
    shown = show("hello/")
    project.write({"content/hello.cast": cast("hello again")})
    shown.does("document.body?.innerText.includes('hello again')")
    assert not shown.is_marked


def test_a_player_goes_on_where_it_was_when_its_page_loads_anew(show: Callable[[str], Shown], project: Project) -> None:
    shown = show("hello/?t=0.4")
    shown.does("document.querySelector('.ap-player') !== null")
    project.write({"content/hello.md": text("What it does.", "Hello")})
    shown.does("document.body?.innerText.includes('What it does.')")
    assert not shown.is_marked
    shown.does("document.querySelector('.ap-player') !== null")
    assert "t=0.4" in shown.page.url
    assert "autoplay" not in shown.page.url


def test_style_sheets_are_swapped_in_place(show: Callable[[str], Shown], project: Project) -> None:
    shown = show("about/")
    shown.page.evaluate("window.scrollTo(0, 700)")
    sheets = "document.head.querySelectorAll('link[rel~=stylesheet]').length"
    before = shown.page.evaluate(sheets)
    original = Path("themes/default/css/site.css").read_text("utf-8")
    try:
        for colour in ("rgb(1, 2, 3)", "rgb(4, 5, 6)"):
            project.write({
                "themes/own/theme.yaml": "",
                "themes/own/css/site.css": f"{original}\nbody {{ background: {colour} !important; }}\n",
                "castsite.yml": CONFIG + "theme: own\n",
            })  # fmt: skip
            shown.does(f"getComputedStyle(document.body).backgroundColor === '{colour}'")
            shown.does(f"{sheets} === {before}")
        assert shown.is_marked, "the page was loaded anew"
        assert shown.page.evaluate("window.scrollY") == 700
    finally:
        project.write({"castsite.yml": CONFIG})
        shown.does("getComputedStyle(document.body).backgroundColor !== 'rgb(4, 5, 6)'")


def test_I13_what_is_wrong_is_shown_as_text_until_it_is_mended(show: Callable[[str], Shown], project: Project) -> None:
    shown = show("about/")
    name = "content/<img src=x onerror=alert(1)>.md"
    alerts: list[str] = []
    shown.page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    project.write({name: "---\ntitle: <b>bold</b>\ndate: never\n---\n"})
    until(shown.problems, "the problem")
    told = shown.problems()[0]
    assert told.startswith(f"{name}:3:7: ")
    assert "  2 | title: <b>bold</b>" in told
    assert "  3 | date: never\n    |       ^" in told
    root = "document.getElementById('castsite-problems').shadowRoot"
    assert shown.page.evaluate(f"{root}.querySelectorAll('img, b').length") == 0
    assert shown.page.title().startswith("\U0001f534 ")
    assert shown.is_marked, "the last good page stays"
    assert shown.page.evaluate(f"{root}.querySelector('dialog').open")
    shown.page.keyboard.press("Escape")
    assert not shown.page.evaluate(f"{root}.querySelector('dialog').open")
    (project.root / name).unlink()
    shown.does("document.getElementById('castsite-problems') === null")
    assert not shown.page.title().startswith("\U0001f534")
    assert alerts == []


def test_the_overlay_can_be_closed_and_read_by_everybody(show: Callable[[str], Shown], project: Project) -> None:
    project.write({"castsite.yml": CONFIG + "pagination: many\n"})
    shown = show("about/")
    until(shown.problems, "the problem")
    dialog = shown.page.get_by_role("dialog", name="What is wrong with the site")
    expect(dialog).to_be_visible()
    shown.page.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    project.write({"castsite.yml": CONFIG})
    shown.does("document.getElementById('castsite-problems') === null")


def test_the_overlay_moves_no_reader_and_gives_the_focus_back(show: Callable[[str], Shown], project: Project) -> None:
    shown = show("about/")
    shown.page.evaluate("window.scrollTo(0, 700)")
    shown.page.evaluate("document.querySelector('.brand').focus({preventScroll: true})")
    project.write({"castsite.yml": CONFIG + "pagination: many\n"})
    until(shown.problems, "the problem")
    expect(shown.page.get_by_role("button", name="Close")).to_be_focused()
    assert shown.page.evaluate("scrollY") == 700
    project.write({"castsite.yml": CONFIG + "pagination: some\n"})
    until(lambda: any("some" in told for told in shown.problems()), "another problem")
    project.write({"castsite.yml": CONFIG})
    shown.does("document.getElementById('castsite-problems') === null")
    assert shown.is_marked
    expect(shown.page.locator(".brand")).to_be_focused()
    assert shown.page.evaluate("scrollY") == 700


def test_closing_the_overlay_gives_the_focus_back(show: Callable[[str], Shown], project: Project) -> None:
    shown = show("about/")
    shown.page.locator(".brand").focus()
    project.write({"castsite.yml": CONFIG + "pagination: many\n"})
    until(shown.problems, "the problem")
    shown.page.keyboard.press("Escape")
    expect(shown.page.locator(".brand")).to_be_focused()
    project.write({"castsite.yml": CONFIG})
    shown.does("document.getElementById('castsite-problems') === null")


def test_a_page_of_an_earlier_run_catches_up(browser: Browser, tmp_path: Path) -> None:
    site = Project(tmp_path).write({"castsite.yml": "title: One\n", "content/about.md": text("first words")})
    port = free_port()
    page = browser.new_page()
    with Served(site.root, "serve", "--port", str(port)) as one:
        one.ready()
        port = one.port
        page.goto(f"http://localhost:{port}/about/")
        one.end()
    site.write({"content/about.md": text("second words")})
    with Served(site.root, "serve", "--port", str(port)) as one:
        assert one.ready().port == port
        shown = Shown(page, port)
        shown.does("document.body?.innerText.includes('second words')")
    page.close()


def test_a_player_in_a_frame_shows_no_overlay_of_its_own(show: Callable[[str], Shown], project: Project) -> None:
    project.write({"castsite.yml": CONFIG + "pagination: many\n"})
    shown = show("about/")
    until(shown.problems, "the problem")
    shown.page.evaluate(
        "document.body.append(Object.assign(document.createElement('iframe'), {src: '/casts/embed/hello/'}))"
    )
    frame = shown.page.locator("iframe").last.element_handle().content_frame()
    assert frame
    frame.wait_for_url("**/embed/hello/")
    assert frame.evaluate("document.getElementById('castsite-problems')") is None
    project.write({"castsite.yml": CONFIG})
    shown.does("document.getElementById('castsite-problems') === null")


def test_a_page_that_is_not_there_yet_comes_by_itself(browser: Browser, tmp_path: Path) -> None:
    site = Project(tmp_path).write({"castsite.yml": "pagination: many\n", "content/about.md": text("first words")})
    page = browser.new_page()
    with Served(site.root, "serve", "--port", str(free_port())) as one:
        one.ready()
        page.goto(f"http://localhost:{one.port}/about/")
        shown = Shown(page, one.port)
        until(shown.problems, "the problem")
        assert json.dumps(shown.problems()[0]).startswith('"castsite.yml:1:13: ')
        site.write({"castsite.yml": "title: Mended\n"})
        shown.does("document.body?.innerText.includes('first words')")
    page.close()
