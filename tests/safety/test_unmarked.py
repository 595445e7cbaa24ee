"""What stands in Markdown and YAML, however it is spelled."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from projects import Project, cast
from tokens import TOKENS

from castsite.errors import Place
from castsite.excerpt import excerpt
from castsite.safety.unmarked import decoded, readings, unmarked
from tests.timing import soon

TOKEN = TOKENS["github-token"]
HEAD, TAIL = TOKEN[:4], TOKEN[4:]

MARKDOWN = [
    f"ghp\\_{TAIL}",
    f"ghp&#95;{TAIL}",
    f"ghp&lowbar;{TAIL}",
    f"{HEAD}**{TAIL[:4]}**{TAIL[4:]}",
    f"*{HEAD}*{TAIL}",
    f"{HEAD}~~{TAIL[:9]}~~{TAIL[9:]}",
    f"{HEAD}`{TAIL}`",
    f"ghp\\\n_{TAIL}",
    f"<https://e.example/gh%70_{TAIL}>",
    f"![ghp\\_{TAIL}](a.png)",
    f"{HEAD}[{TAIL[:9]}](https://e.example){TAIL[9:]}",
    f"{HEAD}[{TAIL[:9]}][there]{TAIL[9:]}",
    f"gh\u200ep_{TAIL}",
    f"gh\u200bp_{TAIL}",
    f"a | b\n--|--\nghp\\_{TAIL} | x",
    f"{HEAD}[{TAIL[:9]}](https://e.example/(y)){TAIL[9:]}",
    f'{HEAD}[{TAIL[:9]}](https://e.example "a (b) c"){TAIL[9:]}',
    f"{HEAD}[{TAIL[:9]}](<https://e.example/(y>){TAIL[9:]}",
    f"{HEAD}[{TAIL[:9]}](\nhttps://e.example){TAIL[9:]}",
    f"{HEAD}{TAIL[:9]}[^1]{TAIL[9:]}\n\n[^1]: foo",
    f"{HEAD}<!-- -->{TAIL}",
    f'[see](https://e.example "&#103;hp_{TAIL}")',
    f'[see](https://e.example "ghp\\_{TAIL}")',
    f"[see](https://e.example/?t=&#103;hp_{TAIL})",
    f"[see](https://e.example/?t=ghp\\_{TAIL})",
    f"-----BEGIN&#32;PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC{TAIL}{TAIL}\n-----END PRIVATE KEY-----",
]
YAML = [
    f'title: "gh\\u0070_{TAIL}"',
    f'title: "gh\\x70_{TAIL}"',
    f'title: "{HEAD}\\\n  {TAIL}"',
    f"description: 'see ghp\\_{TAIL}'",
    f"extra: {{deep: [{{name: ghp&#95;{TAIL}}}]}}",
]


def page(head: str, body: str = "x") -> str:
    return f"---\n{head}\n---\n{body}\n"


@pytest.mark.parametrize("text", MARKDOWN)
def test_a_token_is_found_as_it_is_read(tmp_path: Path, text: str) -> None:
    site = Project(tmp_path).write({"content/a.cast": cast(), "content/b.cast": cast()})
    site.write({"content/p.md": page("title: P", f"first\n\n{text}"), "content/b.md": page("title: B", text)})
    told = site.build(code=3).stderr
    line = 8 if "--|--" in text else 7 if "BEGIN" in text else 6
    assert f"content/p.md:{line}:" in told
    assert "content/b.md" in told
    assert {path for path in site.published() if path.endswith(".cast")} == {"a.cast"}
    assert "p/index.html" not in site.published()
    assert TAIL[9:] not in told


@pytest.mark.parametrize("text", YAML)
def test_a_token_is_found_as_yaml_reads_it(tmp_path: Path, text: str) -> None:
    site = Project(tmp_path).write(
        {"content/a.cast": cast(), "content/b.cast": page(text).removesuffix("x\n").encode() + cast()}
    )
    site.write({"content/p.md": page(text), "content/c/_index.md": page(text)})
    told = site.build(code=3).stderr
    assert [name for name in ("b.cast", "p.md", "c/_index.md") if f"content/{name}:2:" not in told] == []
    assert TAIL not in told
    assert not [path for path in site.published() if TAIL.encode() in (tmp_path / "public" / path).read_bytes()]


@pytest.mark.parametrize("text", ["On corp-*host*", "On corp\\-host", "On corp&#45;host", "![corp**-host**](a.png)"])
def test_what_is_masked_may_not_stand_in_a_text_as_it_is_read(tmp_path: Path, text: str) -> None:
    site = Project(tmp_path).write({"content/b.cast": cast(), "content/a.cast": cast("on corp-host")})
    site.write({"content/a.md": page("redact: [corp-host]", text)})
    assert "held back" in site.build(code=3).stderr
    assert not [path for path in site.published() if path.startswith(("a.", "a/"))]


@pytest.mark.parametrize("text", [*MARKDOWN, *YAML])
def test_an_excerpt_shows_none_of_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.md").write_text(f"---\n---\n{text}\n", encoding="utf-8")
    shown = "\n".join(excerpt(tmp_path, Place("a.md", 3, 1), after=3))
    assert TAIL[9:] not in shown
    assert "█" in shown or "see" in shown


def test_plain_text_is_read_as_it_is_written() -> None:
    text = "Plain text, 5 < 6 & more; 100 % of _it_ – naïve.\n\nAnd so on.\n"
    assert (decoded(text), unmarked(text), readings(text)) == (text, text, (text, ""))
    assert readings("a *bold* word, `code`.") == ("a *bold* word, `code`.", "bold\ncode.")
    assert readings("a&#98; *c*") == ("a&#98; *c*", "ab *c*", "c")


@given(st.text())
def test_lines_stay_where_they_are(text: str) -> None:
    assert decoded(text).count("\n") >= text.count("\n")


@pytest.mark.parametrize("part", ["[", "](", "[a](", "<!--", "\\", "&#", "%", "[^", "](<", "((", "[a](b", "\\\n"])
def test_no_text_costs_more_than_seconds_a_megabyte(part: str) -> None:
    soon(1, lambda: readings(part * (200_000 // len(part))))
