"""Credentials in texts as they are read, where nobody foresaw how they are spelled: the net below the first look."""

from __future__ import annotations

from pathlib import Path

import pytest
from projects import Project, cast
from tokens import token

from castsite.errors import Place, Severity
from castsite.render.markdown import Rendered
from castsite.render.shown import secrets_shown
from castsite.safety.gate import Gate
from castsite.safety.secrets import shipped
from castsite.schema.policy import SecretsPolicy

(RULE,) = (rule for rule in shipped() if rule.name == "github-token")
TOKEN = next(made for seed in range(99) if "K" in (made := token(RULE, seed))[4:])
KELVIN = "\u212a"
A, B, C = TOKEN[:10], TOKEN[10:20], TOKEN[20:]
ACCOUNT = "usr:k9Q7z3XwPl@host.example"

SPELLINGS = {
    "an annotation": f"see {A}\ufff9{B}{C} there",
    "a sign for kelvin": f"see {TOKEN.replace('K', KELVIN)} there",
    "the title of a link, with a parenthesis": f'{A}[{B}](u "x)y"){C}',
    "the title of a link, with many": f'{A}[{B}](u "(((("){C}',
    "the title of a link, escaped": f"{A}[{B}](u 'a\\)b'){C}",
    "a picture within a link": f"{A}[![{B}](x.png)](y){C}",
    "a label over two lines": f"{A}[{B}][foo\nbar]{C}\n\n[foo bar]: https://e.example/",
    "a label with a bracket": f"{A}[{B}][a\\]b]{C}\n\n[a\\]b]: https://e.example/",
    "a tab in an address": f"[x](<https://e.example/?t={A}&Tab;{B}{C}>)",
    "a line end in an address": f"[x](<https://e.example/?t={A}&NewLine;{B}{C}>)",
    "an address without its scheme": f"[x](<//{ACCOUNT}/>)",
    "an address without slashes": f"[x](<https:{ACCOUNT}/>)",
    "an address with one slash": f"[x](<https:/{ACCOUNT}/>)",
    "an address with backslashes": f"[x](<https:\\\\\\\\{ACCOUNT}/>)",
}


@pytest.mark.parametrize(
    ("spelling", "where"),
    [
        (spelling, where)
        for spelling in SPELLINGS.values()
        for where in ("page", "description")
        if where == "page" or "]: " not in spelling  # a description has no references
    ],
)
def test_nothing_is_published_that_reads_as_a_secret(tmp_path: Path, spelling: str, where: str) -> None:
    site = Project(tmp_path).write({"castsite.yml": "title: T\n", "content/a.cast": cast("x"), "content/b.md": "b\n"})
    site.build()
    before = site.published()
    if where == "page":
        site.write({"content/t.md": f"Some words.\n\n{spelling}\n"})
    else:
        lines = "\n  ".join(spelling.split("\n"))
        site.write({"content/a.md": f"---\ndescription: |\n  {lines}\n---\n"})
    done = site.run("build")
    published = site.published()
    assert done.returncode == 3, done.stderr
    for path, body in published.items():
        assert TOKEN.encode() not in body, path
        assert b"k9Q7z3" not in body, path
    assert published == before or "held back" in done.stderr
    assert B not in done.stderr
    again = site.run("build")
    told = [[line for line in one.stderr.splitlines() if line.startswith("error")] for one in (done, again)]
    assert (again.returncode, told[1]) == (3, told[0]), "a warm one, too"
    assert told[0]


def test_what_was_judged_in_the_source_is_not_told_again(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"castsite.yml": "title: T\nsecrets: warn\n", "content/t.md": f"see *{TOKEN}*\n"})
    done = site.build()
    assert done.stderr.count("secret-found") == 1
    assert "secret-shown" not in done.stderr


def test_a_word_that_is_read_as_it_is_written_is_not_looked_at() -> None:
    text = Rendered(blocks=(f"<p>{TOKEN}</p>",))
    assert list(secrets_shown(text, TOKEN, Place("t.md"), SecretsPolicy())) == []
    (problem,) = secrets_shown(text, "other\\-words", Place("t.md"), SecretsPolicy())
    assert (problem.code, problem.place.path) == ("secret-shown", "t.md")
    assert list(secrets_shown(text, "other\\-words", Place("t.md"), SecretsPolicy(policy="off"))) == []


@pytest.mark.parametrize("rules", [(), (("assignment", "block"), ("github-token", "warn")), (("github-token", "off"),)])
@pytest.mark.parametrize("policy", ["fail", "redact", "warn"])
def test_the_policy_decides_as_it_does_of_what_is_written(policy: str, rules: tuple[tuple[str, str], ...]) -> None:
    gate = Gate(SecretsPolicy(policy=policy, rules=rules), "t.md")
    for text in (TOKEN, "PASSWORD=k9Q7z3XwPl", "from ada@host.example"):
        judged = [problem.severity for problem in gate.of_text(text)[1] if problem.severity is not Severity.INFO]
        assert [found for hit in gate.find(text) if (found := gate.severity(hit))] == judged
