from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castsite.errors import ConfigError, Place
from castsite.render.headers import (
    CSP,
    Redirect,
    Rule,
    headers_file,
    host_limits,
    redirects_file,
    rules,
    usable_redirects,
)
from castsite.serve.headers import headers_for

LISTS = "/recordings/index.json"

PATH_CHARACTERS = "abzAZ09._~/%:-"
paths = st.text(PATH_CHARACTERS, max_size=12).map("/".__add__)
names = st.text("abzAZ09-", min_size=1, max_size=20)
values = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=60).map(str.strip)
written_rules = st.lists(st.builds(Rule, paths, st.lists(st.tuples(names, values), max_size=4).map(tuple)), max_size=6)


def read(data: bytes) -> list[Rule]:
    """Read `_headers` as hosts do: a line without indentation begins a rule, `Name: value` lines belong to it."""
    found: list[Rule] = []
    for line in data.decode("ascii").split("\n"):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line.startswith((" ", "\t")):
            found.append(Rule(line, ()))
            continue
        name, _, value = line.strip().partition(":")
        found[-1] = Rule(found[-1].path, (*found[-1].headers, (name, value.strip())))
    return found


@given(written_rules)
def test_P11_headers_read_back_as_exactly_the_rules_put_in(written: list[Rule]) -> None:
    assert read(headers_file(written)) == written


@given(st.builds(Rule, st.text(max_size=20), st.lists(st.tuples(st.text(max_size=8), st.text(max_size=20))).map(tuple)))
def test_P11_any_rule_is_written_as_itself_or_refused(rule: Rule) -> None:
    try:
        data = headers_file([rule])
    except ConfigError:
        return
    assert read(data) == [rule]


@pytest.mark.parametrize(
    "path",
    ["/x\n/*\n  Access-Control-Allow-Origin: *", "/a#b", "/é", "x", "/a b", "/*/embed/*", "", "/x\n", "//\\evil"],
)
def test_C06_rule_with_such_a_path_stops_the_build(path: str) -> None:
    with pytest.raises(ConfigError, match="cannot be the path of a rule"):
        headers_file([Rule(path, (("X", "y"),))])


@pytest.mark.parametrize(
    ("name", "value"),
    [("X", "a\r\nY: b"), ("X", "é"), ("X: Y", "a"), ("", "a"), ("X", "a\x00"), ("X", " a"), ("X", "a" * 2000)],
)
def test_C06_header_with_such_a_value_stops_the_build(name: str, value: str) -> None:
    with pytest.raises(ConfigError) as caught:
        headers_file([Rule("/*", ((name, value),))])
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "source",
    ["/x\n/*\n  Access-Control-Allow-Origin: *", "/a#b", "/é", "/*", "/:a", "//evil.example", "/a b", "x", "/a\r"],
)
def test_C06_alias_that_cannot_be_written_is_an_error_of_its_item_alone(source: str) -> None:
    good = Redirect("/old/", "/new/", Place("a.md", 3, 1))
    bad = Redirect(source, "/new/", Place("b.md", 4, 10))
    kept, (problem,) = usable_redirects([bad, good])
    assert kept == (good,)
    assert str(problem).startswith("error: b.md:4:10: bad-alias: ")
    with pytest.raises(ConfigError):
        redirects_file([bad])


def test_redirects_are_permanent_and_sorted() -> None:
    found = [Redirect("/z/", "/new/", Place("a")), Redirect("/a/", "/git/rebase/", Place("a"))]
    assert redirects_file(found) == b"/a/ /git/rebase/ 301\n/z/ /new/ 301\n"


def test_policy_is_strict() -> None:
    assert "unsafe-inline" not in CSP
    assert "'unsafe-eval'" not in CSP
    directives = dict(part.split(" ", 1) for part in CSP.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert "frame-ancestors" not in directives
    assert not re.search(r"https?:|blob:|[*]", CSP)


def test_no_header_stands_in_two_rules_that_one_request_may_match() -> None:
    found = rules()
    everywhere = next(rule for rule in found if rule.path == "/*")
    for rule in found:
        assert rule is everywhere or not dict(rule.headers).keys() & dict(everywhere.headers).keys()
    paths = ["/*", "/assets/*", "/embed/*", "/castsite-player.js", "/*.cast", "/*.segment.json", LISTS]
    assert [rule.path for rule in found] == paths
    cast = dict(found[4].headers)
    assert cast["Content-Type"] == "application/x-asciicast"
    assert cast["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("path", "outputs"),
    [
        ("recordings/big/segments/4.segment.json", ()),
        ("recordings/index.json", ()),
        ("recordings/ci-42/index.json", ("wsh",)),
        ("recordings/ci-42.cast", ("wsh",)),
        ("a.cast.gz", ("gzip",)),
        ("api/recordings/x/index.json", ("rexec",)),
        ("embed/a/index.html", ()),
    ],
)
def test_what_others_may_fetch_says_so_once(path: str, outputs: tuple[str, ...]) -> None:
    assert headers_for(f"/{path}", rules(outputs=outputs))["Access-Control-Allow-Origin"] == "*"


def test_recordings_without_an_ending_get_their_type_where_there_are_some() -> None:
    found = rules(outputs=["embed", "wsh", "rexec"])[len(rules()) :]
    assert [rule.path for rule in found[:-1]] == ["/recordings/*/cast", "/api/recordings/*/stream", "/r/*/stream"]
    assert {rule.headers for rule in found[:-1]} == {rules()[4].headers}
    assert rules(outputs=["embed", "script"]) == rules()


def test_pages_elsewhere_may_read_what_programs_are_told_of_recordings() -> None:
    for path in ("recordings/index.json", "recordings/ci-42/index.json", "api/recordings/ci-42/index.json"):
        headers = headers_for(f"/{path}", rules(outputs=["wsh", "rexec"]))
        assert (headers["Access-Control-Allow-Origin"], "Content-Type" in headers) == ("*", False)
    assert "Access-Control-Allow-Origin" not in headers_for("/recordings/index.html", rules())


def test_framing_is_restricted_on_the_named_pages_only() -> None:
    found = read(headers_file(rules(["/", "/demos/intro/"])))
    restricted = [rule.path for rule in found if ("Content-Security-Policy", "frame-ancestors 'self'") in rule.headers]
    assert restricted == ["/", "/demos/intro/"]


def test_more_rules_than_cloudflare_reads_are_reported() -> None:
    assert host_limits(rules()) == ()
    (problem,) = host_limits(rules(f"/{number}/" for number in range(200)))
    assert (problem.severity, problem.code) == ("warning", "too-many-header-rules")
