"""The page of a private recording: what opens it, what does not, and that nothing tells these from one another."""

from __future__ import annotations

import base64
import json
import re
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect
from projects import Project, cast

from castsite.safety.encrypt import Envelope, Sealed, decrypt, derive, encrypt, new_salt, pack, unpack

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]

PASSPHRASE = "Zoë’s violet anchor 42"  # noqa: S105 - made up
REFUSED = "It did not open: the passphrase is wrong, or a file of this page is damaged."
FRONT = """---
title: The {0} plan
description: What we *mean* to do.
visibility: private
tags: [plans]
markers: [{{at: 1, label: The turn}}]
---
"""
CONFIG = "title: Site\ntheme: {}\nlanguage: {}\n"
SPY = """
globalThis.derived = 0;
for (const name of ["deriveKey", "deriveBits"]) {
  const before = SubtleCrypto.prototype[name];
  SubtleCrypto.prototype[name] = function (...all) { globalThis.derived += 1; return before.apply(this, all); };
}
"""


def _site(root: Any, theme: str, language: str = "en") -> dict[str, bytes]:
    project = Project(root).write(
        {
            "castsite.yml": CONFIG.format(theme, language),
            "content/one.cast": FRONT.format("first").encode() + cast("$ make", "first secret", "done", width=60),
            "content/one.md": "More in `make`.\n\n<script>alert(1)</script> ![x](javascript:alert(1))\n",
            "content/two.cast": FRONT.format("second").encode() + cast("second secret"),
            "content/open.cast": cast("open"),
        }
    )
    project.build(CASTSITE_PASSPHRASE=PASSPHRASE, CASTSITE_KEY="k" * 20)
    return project.published()


def _slugs(files: dict[str, bytes]) -> list[str]:
    """The private pages, the one of `one.cast` first: it has the longer transcript, and a file of the same size."""
    return sorted({name.partition("/")[0] for name in files if name.endswith(".bin")})


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    made = {theme: _site(tmp_path_factory.mktemp(theme), theme) for theme in ("default", "paper")}
    return made | {"de": _site(tmp_path_factory.mktemp("de"), "default", "de")}


@pytest.fixture
def server(request: pytest.FixtureRequest, sites: dict[str, dict[str, bytes]], serve: Any) -> Iterator[Any]:
    """What `visit` opens pages of; tests may change its files."""
    with serve(dict(sites[getattr(request, "param", "default")])) as serving:
        yield serving


def unlock(page: Page, passphrase: str = PASSPHRASE) -> None:
    page.get_by_label("Passphrase").fill(passphrase)
    page.get_by_role("button", name="Open").click()


def until(page: Page, script: str) -> None:
    """Wait for something that a page knows: its policy forbids Playwright's own way."""
    end = time.monotonic() + 15
    while not page.evaluate(script):
        assert time.monotonic() < end, script
        page.wait_for_timeout(50)


def opened(visit: Visit, server: Any, **options: Any) -> Page:
    page: Page = visit(f"{_first(server)}/", **options).page
    unlock(page)
    expect(page.locator(".log")).to_have_count(2)
    return page


def _first(server: Any) -> str:
    """Slug of `one.cast`: its page, opened, has two lists of lines."""
    return next(slug for slug in _slugs(server.files) if _title(server, slug).startswith("The first"))


def _second(server: Any) -> str:
    return next(slug for slug in _slugs(server.files) if slug != _first(server))


def _title(server: Any, slug: str) -> str:
    envelope = Envelope.read(_lock(server, slug))
    assert envelope
    salt = envelope.salt(slug)
    assert salt
    plain = decrypt(Sealed(envelope, server.files[_file(server, slug)]), derive(PASSPHRASE, salt), slug)
    data = unpack(plain or b"")
    assert data
    return str(json.loads(data)["title"])


def _page(server: Any, slug: str) -> str:
    return str(server.files[f"{slug}/index.html"].decode())


def _lock(server: Any, slug: str) -> str:
    found = re.search(r'data-lock="[^"]*">(.*?)</script>', _page(server, slug))
    assert found
    return found[1]


def _file(server: Any, slug: str) -> str:
    return next(name for name in server.files if name.startswith(f"{slug}/") and name.endswith(".bin"))


def _put_lock(server: Any, slug: str, written: str) -> None:
    server.files[f"{slug}/index.html"] = _page(server, slug).replace(_lock(server, slug), written).encode()


AT_ONCE = """
new MutationObserver((_, observer) => {
  const play = document.querySelector("[data-play]");
  if (play) {
    observer.disconnect();
    play.click();
  }
}).observe(document.documentElement, { childList: true, subtree: true })
"""


def test_K01_who_presses_play_before_its_scripts_are_there_is_heard(visit: Visit, server: Any) -> None:
    page = visit(f"{_first(server)}/").page
    page.evaluate(AT_ONCE)
    unlock(page)
    until(page, "document.querySelector('.ap-player')")


@pytest.mark.parametrize("server", ["default", "paper"], indirect=True)
def test_K01_the_passphrase_opens_what_castsite_encrypted_and_it_plays(visit: Visit, server: Any) -> None:
    page = opened(visit, server, reduced_motion="reduce")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("The first plan")
    expect(heading).to_be_focused()
    expect(page.locator("[data-fill=description] em")).to_have_text("mean")
    expect(page.locator("[data-fill=tags]")).to_have_text("plans")
    expect(page.locator(".notes code")).to_have_text("make")
    assert page.locator(".notes script, .notes img").count() == 0
    poster = page.locator("[data-stage] svg.poster")
    expect(poster).to_be_visible()
    expect(page.locator(".log samp, .log kbd")).to_contain_text(["first secret"])
    assert page.locator("h3", has_text="The turn").count() == 1
    ratio = page.evaluate("getComputedStyle(document.querySelector('[data-screening]')).getPropertyValue('--ar')")
    assert float(ratio) > 1
    page.locator("[data-play]").click()
    until(page, "document.querySelector('.ap-player')")
    expect(page.locator(".log [aria-current]")).to_have_count(1)
    until(page, "Number(document.querySelector('[data-scrub] input').value) > 0.4")
    expect(page.locator("[data-stage] .fault")).to_have_count(0)


def test_a_time_of_the_transcript_and_of_the_address_leads_there(visit: Visit, server: Any) -> None:
    page = visit(f"{_first(server)}/?t=1.5", reduced_motion="reduce").page
    unlock(page)
    expect(page.locator("[data-now]")).to_have_text("0:01")
    page.locator(".log a.tc").first.click()
    expect(page.locator("[data-now]")).to_have_text("0:00")
    assert page.get_by_role("heading", level=1).inner_text() == "The first plan"  # it was not loaded anew


def test_the_transcript_can_be_searched(visit: Visit, server: Any) -> None:
    page = opened(visit, server)
    page.keyboard.press("/")
    page.keyboard.type("secret")
    expect(page.locator("[data-count]")).not_to_be_empty()
    expect(page.locator("mark")).to_have_text(["secret"])


def _wrong_passphrase(server: Any, slug: str) -> str:
    return PASSPHRASE + "!"


def _header_changed(server: Any, slug: str) -> str:
    lock = json.loads(_lock(server, slug))
    header = base64.b64decode(lock["h"]).replace(b'"v":1', b'"v":1 ')
    _put_lock(server, slug, json.dumps(lock | {"h": base64.b64encode(header).decode()}, separators=(",", ":")))
    return PASSPHRASE


def _header_broken(server: Any, slug: str) -> str:
    lock = json.loads(_lock(server, slug))
    header = b"[" + base64.b64decode(lock["h"])[1:]
    _put_lock(server, slug, json.dumps(lock | {"h": base64.b64encode(header).decode()}, separators=(",", ":")))
    return PASSPHRASE


def _ciphertext_changed(server: Any, slug: str) -> str:
    name = _file(server, slug)
    body = server.files[name]
    server.files[name] = body[:100] + bytes([body[100] ^ 1]) + body[101:]
    return PASSPHRASE


def _ciphertext_gone(server: Any, slug: str) -> str:
    server.files[_file(server, slug)] = b""
    return PASSPHRASE


def _key_of_another(server: Any, slug: str) -> str:
    lock, other = json.loads(_lock(server, slug)), json.loads(_lock(server, _second(server)))
    _put_lock(server, slug, json.dumps(lock | {"wk": other["wk"], "wiv": other["wiv"]}, separators=(",", ":")))
    return PASSPHRASE


@pytest.mark.parametrize(
    "damage",
    [_wrong_passphrase, _header_changed, _header_broken, _ciphertext_changed, _ciphertext_gone, _key_of_another],
)
def test_K02_whatever_keeps_it_closed_is_told_in_the_same_words(
    visit: Visit, server: Any, damage: Callable[[Any, str], str]
) -> None:
    slug = _first(server)
    passphrase = damage(server, slug)
    page = visit(f"{slug}/").page
    unlock(page, passphrase)
    alert = page.locator("[data-refusal][role=alert]")
    expect(alert).to_have_text(REFUSED)
    expect(page.get_by_label("Passphrase")).to_be_focused()
    expect(page.get_by_label("Passphrase")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("heading", level=1)).to_have_text("Private recording")
    assert page.locator(".log, svg.poster").count() == 0


def test_K02_what_could_not_be_loaded_is_no_wrong_passphrase(visit: Visit, server: Any) -> None:
    watched = visit(f"{_first(server)}/")
    watched.meant += ["failed: ", "console: Failed to load resource"]
    page = watched.page
    page.route("**/*.bin", lambda route: route.abort())
    unlock(page)
    told = "It did not open: a file of this page could not be loaded. Try again."
    expect(page.locator("[data-refusal][role=alert]")).to_have_text(told)
    page.unroute("**/*.bin")
    name = _file(server, _first(server))
    body = server.files.pop(name)
    unlock(page)
    expect(page.get_by_label("Passphrase")).to_be_focused()
    expect(page.locator("[data-refusal][role=alert]")).to_have_text(told)
    expect(page.get_by_label("Passphrase")).to_have_attribute("aria-invalid", "false")
    server.files[name] = body
    unlock(page)
    expect(page.locator(".log")).to_have_count(2)


@pytest.mark.parametrize("rounds", ["1", "599999", "10000001", "1e9", '"x"', "600000.5", "null"])
def test_K03_rounds_that_nobody_would_write_are_refused_before_deriving(visit: Visit, server: Any, rounds: str) -> None:
    slug = _first(server)
    lock = json.loads(_lock(server, slug))
    header = re.sub(rb'"iter":\d+', f'"iter":{rounds}'.encode(), base64.b64decode(lock["h"]))
    _put_lock(server, slug, json.dumps(lock | {"h": base64.b64encode(header).decode()}, separators=(",", ":")))
    watched = visit("404.html")
    watched.page.add_init_script(SPY)
    watched.page.goto(server.url(f"{slug}/"))
    unlock(watched.page)
    expect(watched.page.locator("[data-refusal]")).to_have_text(REFUSED)
    assert watched.page.evaluate("derived") == 0


def test_K03_rounds_within_the_bounds_are_done(visit: Visit, server: Any) -> None:
    watched = visit("404.html")
    watched.page.add_init_script(SPY)
    watched.page.goto(server.url(f"{_first(server)}/"))
    unlock(watched.page)
    expect(watched.page.locator(".log")).to_have_count(2)
    assert watched.page.evaluate("derived") == 1


def test_K08_where_browsers_do_not_decrypt_the_page_says_so(browser: Browser, server: Any) -> None:
    context = browser.new_context()
    page = context.new_page()

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix("http://plain.example/")
        name = f"{path}index.html" if path.endswith("/") else path
        kind = {"js": "text/javascript", "html": "text/html", "css": "text/css"}.get(name.rpartition(".")[2], "")
        route.fulfill(body=server.files[name], content_type=kind or "application/octet-stream")

    page.route("http://plain.example/**", answer)
    page.goto(f"http://plain.example/{_first(server)}/")
    assert page.evaluate("isSecureContext") is False
    expect(page.get_by_role("alert").filter(has_text="secure connection")).to_be_visible()
    expect(page.get_by_label("Passphrase")).to_be_hidden()
    context.close()


def test_opened_as_a_file_the_page_says_what_it_needs(browser: Browser, server: Any, tmp_path: Path) -> None:
    for path, body in server.files.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    page = browser.new_page()
    page.goto((tmp_path / _first(server) / "index.html").as_uri())
    expect(page.get_by_text("Opening it needs a web server.")).to_be_visible()
    expect(page.get_by_text("Opening it needs JavaScript.")).to_be_hidden()
    expect(page.get_by_label("Passphrase")).to_be_hidden()
    page.close()


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_K09_the_passphrase_opens_in_any_form_of_unicode(visit: Visit, server: Any, form: Any) -> None:
    typed = unicodedata.normalize(form, PASSPHRASE)
    page = visit(f"{_first(server)}/").page
    unlock(page, typed)
    expect(page.locator(".log")).to_have_count(2)


def test_K11_the_ciphertext_of_another_page_is_refused(visit: Visit, server: Any) -> None:
    one, two = _file(server, _first(server)), _file(server, _second(server))
    server.files[one], server.files[two] = server.files[two], server.files[one]
    for slug in _slugs(server.files):
        page = visit(f"{slug}/").page
        unlock(page)
        expect(page.locator("[data-refusal]")).to_have_text(REFUSED)


def test_K11_a_page_in_the_place_of_another_is_refused_with_all_its_files(visit: Visit, server: Any) -> None:
    one, two = _first(server), _second(server)
    for name in [name for name in server.files if name.startswith(f"{two}/")]:
        server.files[f"{one}/{name.partition('/')[2]}"] = server.files[name]
    page = visit(f"{one}/").page
    unlock(page)
    expect(page.locator("[data-refusal]")).to_have_text(REFUSED)


def test_it_works_by_keyboard_and_says_what_it_does(visit: Visit, server: Any) -> None:
    page = visit(f"{_first(server)}/").page
    field = page.get_by_label("Passphrase")
    for _ in range(12):
        page.keyboard.press("Tab")
        if field.evaluate("node => node === document.activeElement"):
            break
    expect(field).to_be_focused()
    page.keyboard.type("wrong passphrase")
    page.keyboard.press("Enter")
    expect(page.locator("[data-refusal]")).to_have_text(REFUSED)
    expect(field).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(PASSPHRASE)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Open")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_have_text("The first plan")


def test_nothing_is_stored_and_the_history_does_not_know_the_title(visit: Visit, server: Any) -> None:
    page = opened(visit, server)
    assert page.title() == "Private recording · Site"
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert page.evaluate("indexedDB.databases()") == []
    page.reload()
    expect(page.get_by_label("Passphrase")).to_have_value("")
    assert page.locator(".log").count() == 0


def test_without_scripts_the_page_says_what_it_needs(visit: Visit, server: Any) -> None:
    page = visit(f"{_first(server)}/", java_script_enabled=False).page
    expect(page.get_by_text("Opening it needs JavaScript.")).to_be_visible()
    expect(page.locator("form[data-unlock]")).to_be_hidden()


@pytest.mark.parametrize("server", ["de"], indirect=True)
def test_it_speaks_the_language_of_the_site(visit: Visit, server: Any) -> None:
    page = visit(f"{_slugs(server.files)[0]}/").page
    page.get_by_label("Passphrase").fill("falsch falsch falsch")
    page.get_by_role("button", name="Öffnen").click()
    expect(page.locator("[data-refusal]")).to_contain_text("Die Passphrase ist falsch")


@pytest.mark.parametrize("server", ["default", "paper"], indirect=True)
@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 320)])
def test_axe_finds_nothing_closed_refused_and_open(visit: Visit, server: Any, scheme: str, width: int) -> None:
    page = visit(f"{_first(server)}/", color_scheme=scheme, viewport={"width": width, "height": 900}).page
    options = {"rules": {"target-size": {"enabled": True}}}
    assert Axe().run(page, options=options).response["violations"] == []
    unlock(page, "not the passphrase")
    expect(page.locator("[data-refusal]")).to_have_text(REFUSED)
    assert Axe().run(page, options=options).response["violations"] == []
    unlock(page)
    expect(page.locator(".log")).to_have_count(2)
    assert Axe().run(page, options=options).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_long_recording_opens(visit: Visit, server: Any) -> None:
    """Sizes that no block of 16 KiB holds, through the browser's own way of unpacking."""
    slug = _first(server)
    lines = "".join(f'<li data-from="{at}"><span class="tc"></span><samp>line {at}</samp></li>' for at in range(20_000))
    data = {
        "title": "Long", "description": "", "text": "", "facts": ["0:01"], "tags": [], "clock": "0:01", "duration": 1,
        "poster": '<svg class="poster"></svg>', "trace": "", "transcript": f'<ol class="log">{lines}</ol>',
        "markers": [], "screening": "--ar:1.6", "stage": "", "options": {}, "cast": "",
    }  # fmt: skip
    salt = new_salt()
    sealed = encrypt(pack(json.dumps(data).encode()), derive(PASSPHRASE, salt), slug)
    assert len(sealed.ciphertext) > 3 * 16_384
    _put_lock(server, slug, sealed.envelope.write())
    server.files[_file(server, slug)] = sealed.ciphertext
    page = visit(f"{slug}/").page
    unlock(page)
    expect(page.locator(".log > li").last).to_have_text("line 19999")
    expect(page.locator(".notes, [data-fill=description], [data-fill=tags]")).to_have_count(0)
