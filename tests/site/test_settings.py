"""Credentials in `castsite.yml`: every page would tell them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from projects import Project
from tokens import token

from castsite.safety.secrets import shipped

(RULE,) = (rule for rule in shipped() if rule.name == "github-token")
TOKEN = next(made for seed in range(99) if "K" in (made := token(RULE, seed))[4:])
KELVIN = TOKEN.replace("K", "\u212a")


@pytest.mark.parametrize(
    ("written", "place"),
    [
        (f"title: Of {TOKEN}\n", "1:11"),
        (f"title: T\ndescription: >\n  Ask for\n  {TOKEN}\n", "2:22"),
        (f"author: {{name: Ada, url: 'https://ada.example/{TOKEN}'}}\n", "1:46"),
        (f"navigation:\n  - {{title: Home, url: /?{TOKEN}}}\n", "2:26"),
        (f"theme: {{options: {{footer: '{TOKEN}'}}}}\n", "1:27"),
        (f'title: "{TOKEN[:9]}\\uFFF9{TOKEN[9:]}"\n', "1"),
        (f"title: {KELVIN}\n", "1"),
        (f"extra:\n  {TOKEN}: 1\n", "2:3"),
        (f"extra:\n  a:\n    - [b, {TOKEN}]\n", "3:11"),
    ],
)
def test_nothing_is_published_while_the_configuration_tells_a_secret(tmp_path: Path, written: str, place: str) -> None:
    site = Project(tmp_path).write({"castsite.yml": "title: T\n", "content/a.md": "words\n"})
    site.build()
    before = site.published()
    done = site.write({"castsite.yml": written, "content/b.md": "more\n"}).build(code=3)
    assert f"error: castsite.yml:{place}: secret-found: github-token (P)" in done.stderr
    assert TOKEN not in done.stderr
    assert site.published() == before


@pytest.mark.parametrize("written", [f"site_key: {TOKEN}\n", f"# {TOKEN}\n", f"ignore: [{TOKEN}]\n"])
def test_what_no_page_shows_may_be_secret(tmp_path: Path, written: str) -> None:
    site = Project(tmp_path).write({"castsite.yml": f"title: T\n{written}", "content/a.md": "words\n"})
    site.build()


def test_it_is_listed_and_may_be_allowed(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"castsite.yaml": f"title: {TOKEN}\n", "content/a.md": "words\n"})
    listed = json.loads(site.run("check", "--secrets", "--json").stdout)
    (file,) = listed["files"]
    (finding,) = file["findings"]
    assert file["path"] == "castsite.yaml"
    assert site.run("check", "--allow", finding["id"], "--reason", "made up").returncode == 0
    site.build()
    assert TOKEN.encode() in site.published()["index.html"]
    done = site.write({"castsite.yaml": f"# changed\ntitle: {TOKEN}\n"}).build(code=3)
    assert "stale-allowance" in done.stderr


@pytest.mark.parametrize(("policy", "code"), [("warn", 0), ("off", 0), ("redact", 3)])
def test_the_policy_decides(tmp_path: Path, policy: str, code: int) -> None:
    site = Project(tmp_path).write({"castsite.yml": f"title: {TOKEN}\nsecrets: {policy}\n", "content/a.md": "words\n"})
    site.build(code=code)
