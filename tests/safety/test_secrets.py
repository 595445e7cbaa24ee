"""Credentials are found wherever they stand, what only looks like one is not, and no message tells one."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from presented import PRESENTED, TOKEN
from projects import Project, cast
from tokens import TOKENS

from castsite.errors import Place
from castsite.excerpt import excerpt
from castsite.safety.secrets import OVERLAP, WINDOW, find, masked, masked_quote, shipped
from tests.timing import soon


def rules_in(text: str) -> list[str]:
    return [hit.rule for hit in find(text)]


@pytest.mark.parametrize("name", TOKENS)
def test_G01_a_token_of_every_rule_is_found(name: str) -> None:
    text = f"first line\nvalue {TOKENS[name]} end\n"
    (hit,) = [hit for hit in find(text) if hit.rule_class == "P"]
    assert (hit.rule, text[hit.start : hit.end]) == (name, TOKENS[name])
    assert len(hit.shown) < len(TOKENS[name]) / 2


def test_there_are_as_many_rules_as_are_told() -> None:
    assert len(TOKENS) >= 48
    assert len({rule.name for rule in shipped()}) == len(shipped())


VALUE = "kG7h2LmQ9wZ4xB1nT6"
LONG = "q7Wd" * 3 + "Zk29xLmP0vTrEa84HsYbNcUfGiJo"
BODY = "MIIEpAIBAAKCAQEAq7WdZk29xLmP0vTrEa84HsYbNcUfGiJo"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("url-credentials", f"psql postgres://ada:{VALUE}@db.host/x", VALUE),
        ("auth-header", f"Authorization: Bearer {VALUE}", VALUE),
        ("auth-header", f'"x-api-key": "{VALUE}"', VALUE),
        ("bearer", f"as bearer {LONG} here", LONG),
        ("curl-user", f"curl -s -u ada:{VALUE} https://a.b", VALUE),
        ("cli-password", f"sshpass -p {VALUE} ssh host", VALUE),
        ("cli-password", f"tool --token={VALUE}", VALUE),
        ("unix-hash", f"root:$6${LONG}:19000", LONG),
        ("netrc", f"machine a.b login ada password {VALUE}\n", VALUE),
        ("azure-connection", f"AccountKey={LONG}==;", f"{LONG}=="),
        ("kube-key-data", f"client-key-data: {LONG}", LONG),
        ("aws-secret-key", f"aws_secret_access_key = {LONG}", LONG),
    ],
)
def test_G02_of_a_construct_the_value_alone_is_marked(name: str, text: str, value: str) -> None:
    assert (name, value) in [(hit.rule, text[hit.start : hit.end]) for hit in find(text)]


@pytest.mark.parametrize(
    "text",
    [
        f"-----BEGIN RSA PRIVATE KEY-----\n{BODY}\n{BODY}\n-----END RSA PRIVATE KEY-----\nnext",
        f"-----BEGIN OPENSSH PRIVATE KEY-----\n{BODY}\n{BODY}\nab==\nnext line of prose",
        f"-----BEGIN PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES\n\n{BODY}\n-----END PRIVATE KEY-----",
        f"  1 -----BEGIN PRIVATE KEY-----\n  2 {BODY}\n  3 {BODY}\n",
        f'{{"key": "-----BEGIN PRIVATE KEY-----\\n{BODY}\\n-----END PRIVATE KEY-----"}}',
    ],
)
def test_a_private_key_is_marked_as_a_whole(text: str) -> None:
    hidden = masked(text)
    assert BODY not in hidden
    assert len(hidden) == len(text)
    assert hidden.count("\n") == text.count("\n")


def test_G09_the_first_line_of_a_key_alone_is_none() -> None:
    assert find("grep -r '-----BEGIN RSA PRIVATE KEY-----' .\nnothing here\n") == []


@pytest.mark.parametrize("text", [f"MY_SERVICE_TOKEN={VALUE}", f'DB_PASSWORD="{VALUE}"', f"PrivateKey = {VALUE}"])
def test_G03_a_random_value_behind_a_word_is_found(text: str) -> None:
    (hit,) = find(text)
    assert (hit.rule_class, text[hit.start : hit.end], hit.shown) == ("C", VALUE, "")


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "gh" + "p_" + "x" * 36,
        "gh" + "p_" + "a1" * 18,
        f"a{TOKEN}",
        f"{TOKEN}_",
        TOKEN[:-10],
        "TOKEN=$TOKEN",
        "https://user:pass@host/",
        "api_key=<your key>",
        "password: changeme",
        f"public_key = {VALUE}",
        "password=/etc/ssl/private",
        "tokens: 12345 of 20000",
        "the password is asked for",
        "Authorization: Bearer $TOKEN",
        "secret = get_secret(name_of_it1)",
    ],
)
def test_G11_what_only_looks_like_one_is_none(text: str) -> None:
    assert find(text) == []


def test_G28_other_letters_move_nothing() -> None:
    text = "İ" * 100 + f" Authorization: Bearer {VALUE} {TOKEN}"
    assert {text[hit.start : hit.end] for hit in find(text)} == {VALUE, TOKEN}


STEPS = (-len(TOKEN) - 1, -len(TOKEN), 1 - len(TOKEN), -len(TOKEN) // 2, -1, 0, 1)


@pytest.mark.parametrize("border", [WINDOW, WINDOW + OVERLAP // 2, WINDOW + OVERLAP])
@pytest.mark.parametrize("step", STEPS)
def test_a_token_at_the_border_of_a_window_is_found_once(border: int, step: int) -> None:
    before = border + step
    text = "." * before + TOKEN + "." * 20_000
    assert [(hit.start, hit.rule) for hit in find(text)] == [(before, "github-token")]


@pytest.mark.parametrize(
    "part",
    [
        *(
            "eyJ",
            ".eyaaaaaaaaaaa",
            "sk-",
            "AKIA",
            "xoxb-",
            "glpat-",
            "hooks.slack.com/services/",
            "ops_eyJ",
            "111111111:AA",
            "1:AA",
            "a.atlasv1.",
        ),
        *(
            "password",
            "password=",
            "x_key=" + "a" * 160,
            "pass" + " " * 16,
            "A_",
            "curl ",
            "mysql ",
            "aws ",
            "://",
            "http://a:",
        ),
        *(
            "-----BEGIN PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\n",
            "bearer ",
            "authorization: ",
            "$6$",
            " --token=",
        ),
        *("machine password ", "a"),
    ],
)
def test_G26_no_text_costs_more_than_seconds_a_megabyte(part: str) -> None:
    text = part * (250_000 // len(part))
    soon(1, lambda: find(text))


KEYS = ("DB_PASSWORD=", "pwd: ", "api-key = ", "my_token:=", "token", "secret", "public_key=")
PIECES = st.sampled_from([*KEYS, " ", "\n", "\t", "x", '"', VALUE])


@given(st.lists(PIECES, max_size=30).map("".join))
def test_an_assignment_is_looked_for_in_its_line(text: str) -> None:
    alone = []
    at = 0
    for line in text.split("\n"):
        alone += [(hit.start + at, hit.end + at) for hit in find(line) if hit.rule_class == "C"]
        at += len(line) + 1
    assert [(hit.start, hit.end) for hit in find(text) if hit.rule_class == "C"] == alone


NOISE = st.binary(min_size=3000, max_size=3000)


@given(NOISE)
def test_G12_noise_holds_no_token(data: bytes) -> None:
    lines = [
        base64.b64encode(data).decode(),
        base64.urlsafe_b64encode(data).decode(),
        data.hex(),
        *(f'integrity "sha512-{base64.b64encode(data[at : at + 64]).decode()}"' for at in range(0, 2900, 100)),
    ]
    assert [hit for hit in find("\n".join(lines)) if hit.rule_class in {"P", "S"}] == []


@pytest.fixture(scope="module")
def presented(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, str]:
    """A site with a recording of each presentation, built; and what was said."""
    site = Project(tmp_path_factory.mktemp("presented"))
    site.write({"castsite.yml": "title: S\n", "content/fine.cast": cast("nothing"), "content/page.md": "# Text\n"})
    site.write({f"content/{name.replace(' ', '-')}.cast": data for name, data in PRESENTED.items()})
    done = site.build(code=3)
    return site, done.stderr


@pytest.mark.parametrize("name", PRESENTED)
def test_G04_G05_a_token_is_found_however_it_is_shown(presented: tuple[Project, str], name: str) -> None:
    site, told = presented
    assert f"error: content/{name.replace(' ', '-')}.cast: secret-found: github-token (P)" in told
    assert not [path for path in site.published() if path.startswith(name.replace(" ", "-"))]


def test_G17_neither_messages_nor_files_nor_the_cache_tell_it(presented: tuple[Project, str]) -> None:
    site, told = presented
    files = [*site.root.rglob("*")]
    secret = TOKEN.removeprefix("ghp_").encode()
    for path in files:
        if path.is_file() and "content" not in path.relative_to(site.root).parts[:1]:
            assert secret not in path.read_bytes(), path
    assert secret.decode() not in told
    assert "fine/index.html" in site.published()
    checked = site.run("check", "--json")
    assert checked.returncode == 3
    assert secret.decode() not in checked.stdout + checked.stderr


@pytest.mark.parametrize(
    ("header", "events", "channel"),
    [
        ({"command": f"tool {TOKEN}"}, [], "header"),
        ({"env": {"KEY": TOKEN}}, [], "header"),
        ({"unheard-of": {"deep": [TOKEN]}}, [], "header"),
        ({"title": f"about {TOKEN}"}, [], "header"),
        ({}, [[2, "m", TOKEN]], "marker"),
        ({}, [[2, "q", TOKEN]], "marker"),
        ({}, [[2, "i", letter] for letter in TOKEN], "input"),
        ({}, [[2, "i", f"{TOKEN[:8]}Q\x7f{TOKEN[8:]}\r"]], "input"),
    ],
)
def test_G06_a_token_beside_the_output_is_found(
    tmp_path: Path, header: dict[str, object], events: list[list[object]], channel: str
) -> None:
    lines = [{"version": 2, "width": 40, "height": 10} | header, [1, "o", "hello"], *events]
    source = "".join(json.dumps(line) + "\n" for line in lines)
    site = Project(tmp_path).write({"castsite.yml": "title: S\n", "content/a.cast": source})
    assert f"content/a.cast: secret-found: github-token (P) in {channel}" in site.build(code=3).stderr


@pytest.mark.parametrize("version", [2, 3])
def test_G06_a_token_in_a_comment_is_found(tmp_path: Path, version: int) -> None:
    lines = {2: '{"version": 2, "width": 40, "height": 10}', 3: '{"version": 3, "term": {"cols": 40, "rows": 10}}'}
    source = f'{lines[version]}\n# made by hand\n[1, "o", "hello"]\n  # with {TOKEN}\r\n[1, "o", "# not {TOKEN[:9]}"]\n'
    site = Project(tmp_path).write({"castsite.yml": "title: S\n", "content/a.cast": source})
    told = site.build(code=3).stderr
    assert "content/a.cast: secret-found: github-token (P) in header" in told
    assert TOKEN[4:] not in told
    masked = site.run("redact", "content/a.cast", "-o", "b.cast")
    assert masked.returncode == 0, masked.stderr
    assert TOKEN[4:] not in (tmp_path / "b.cast").read_text()


def test_G07_a_token_in_texts_is_told_with_its_place(tmp_path: Path) -> None:
    site = Project(tmp_path).write(
        {
            "castsite.yml": "title: S\n",
            "content/a.cast": cast("a"),
            "content/a.md": f"---\ndescription: see {TOKEN}\n---\n",
            "content/b.cast": b"---\ntitle: " + TOKEN.encode() + b"\n---\n" + cast("b"),
            "content/c.md": f"# Text\n\nuse {TOKEN} here\n",
            "content/d.cast": cast("d"),
            "content/d.md": "---\ncaptions: {en: d.vtt}\n---\n",
            "content/d.vtt": f"WEBVTT\n\n00:00.100 --> 00:00.400\nsay {TOKEN}\n",
            f"content/{TOKEN}.cast": cast("e"),
        }
    )
    told = site.build(code=3).stderr
    for place in ("content/a.md:2:18", "content/b.cast:2:8", "content/c.md:3:5", "content/d.vtt"):
        assert f"error: {place}: secret-found: github-token (P)" in told
    assert "secret-found: github-token (P) in the name of a file" in told
    published = site.published()
    assert [path for path in published if path.endswith(".cast")] == ["d.cast"]
    assert not any(TOKEN.encode() in path.encode() + body for path, body in published.items())


def test_G25_what_was_published_before_is_removed(tmp_path: Path) -> None:
    site = Project(tmp_path).write(
        {"castsite.yml": "title: S\n", "content/a.cast": cast("a"), "content/b.cast": cast("b")}
    )
    site.build()
    assert "a/index.html" in site.published()
    site.write({"content/a.cast": cast("a", TOKEN)})
    site.build(code=3)
    assert not [path for path in site.published() if path.startswith(("a/", "a."))]
    site.write({"content/a.cast": cast("a")})
    site.build()
    assert "a/index.html" in site.published()


@pytest.mark.parametrize(
    ("policy", "code", "severity"),
    [
        ("secrets: fail", 3, "error"),
        ("secrets: redact", 0, ""),
        ("secrets: warn", 0, "warning"),
        ("secrets: {rules: {github-token: warn}}", 0, "warning"),
        ("secrets: {policy: warn, rules: {github-token: block}}", 3, "error"),
        ("secrets: {rules: {github-token: off}}", 0, ""),
        ("secrets: {disable: [{rule: github-token, path: a.cast}]}", 0, ""),
        ("secrets: {disable: [{rule: github-token, path: ./content/a.cast}]}", 0, ""),
        ("secrets: {disable: [{rule: github-token, path: t}, {rule: github-token, path: .cast}]}", 3, "error"),
        ("secrets: {disable: [{rule: github-token, path: b/a.cast}]}", 3, "error"),
        ("secrets: off", 0, ""),
    ],
)
def test_the_owner_says_what_a_finding_leads_to(tmp_path: Path, policy: str, code: int, severity: str) -> None:
    site = Project(tmp_path).write({"castsite.yml": policy, "content/a.cast": cast(TOKEN), "content/b.cast": cast("b")})
    told = site.build(code=code).stderr
    assert (f"{severity}: content/a.cast: secret-found" in told) == bool(severity)
    assert ("a.cast" in site.published()) == (code == 0)
    assert ("secrets-off" in told) == (policy == "secrets: off")


def test_an_owner_has_rules_of_their_own(tmp_path: Path) -> None:
    rule = "secrets: {custom: [{id: ours, anchors: [corp_], regex: 'corp_[a-z0-9]{12}', class: P}]}"
    site = Project(tmp_path).write(
        {"castsite.yml": rule, "content/a.cast": cast("corp_a1b2c3d4e5f6"), "content/b.cast": cast()}
    )
    assert "secret-found: ours (P) in output" in site.build(code=3).stderr


@pytest.mark.parametrize("rule_class", ["P", "S", "C"])
def test_a_rule_of_an_owner_may_be_looked_for_by_any_part_of_it(tmp_path: Path, rule_class: str) -> None:
    rule = f"{{id: ours, anchors: [Key-], regex: 'corp-Key-[0-9]{{8}}', class: {rule_class}}}"
    site = Project(tmp_path).write({"castsite.yml": f"secrets: {{custom: [{rule}]}}\n", "content/b.cast": cast()})
    site.write({"content/a.cast": cast("x corp-Key-48201937 y")})
    assert f"secret-found: ours ({rule_class}) in output" in site.run("build").stderr


def test_what_an_owner_should_know_of_the_policy_is_told(tmp_path: Path) -> None:
    policy = (
        "secrets:\n  rules: {jwtt: warn, github-token: off, assignment: off}\n  external: [gitleaks]\n"
        "  disable: [{rule: jwt, path: a.cast}, {rule: zzz, path: a.cast}]\n"
    )
    told = Project(tmp_path).write({"castsite.yml": policy, "content/a.cast": cast()}).build().stderr
    text = "unknown-rule: secrets: there is no rule"
    assert f'castsite.yml:2:11: {text} "jwtt", so that it has no effect, did you mean "jwt"?' in told
    assert f'castsite.yml:4:47: {text} "zzz", so that it has no effect; take it out' in told
    assert "castsite.yml:2:37: rule-off: secrets: github-token is off" in told
    assert "assignment" not in told
    assert "external" not in told


def test_a_name_is_not_told_wherever_the_content_lies(tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {
        "castsite.yml": "content: talks\n",
        "talks/a.cast": cast(),
        f"talks/{TOKEN}.cast": cast(),
    }
    told = Project(tmp_path).write(files).build(code=3).stderr
    assert "error: talks: secret-found: github-token (P) in the name of a file" in told
    assert TOKEN not in told


def test_an_excerpt_of_a_file_shows_none(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"---\nunknown: {TOKEN}\n---\n", encoding="utf-8")
    shown = "\n".join(excerpt(tmp_path, Place("a.md", 2, 1)))
    assert "unknown: ████" in shown
    assert TOKEN[8:] not in shown


def test_real_recordings_hold_no_token_or_construct(corpus: Path, tmp_path: Path) -> None:
    """Labelled by hand: there is none in them."""
    site = Project(tmp_path)
    site.write({f"content/{at}.cast": path.read_bytes() for at, path in enumerate(sorted(corpus.rglob("*.cast")))})
    found = json.loads(site.run("check", "--json").stdout)["problems"]
    assert [one for one in found if one["code"] == "secret-found" and one["severity"] == "error"] == []


def allowance(site: Project, where: str, rule: str = "github-token", **more: str) -> str:
    digest = hashlib.sha256((site.root / "content/a.cast").read_bytes()).hexdigest()
    entry = {"rule": rule, "where": where, "source": f"sha256:{digest}", "reason": "a demo"} | more
    return f"---\nsecrets: {{allow: [{json.dumps(entry)}]}}\n---\n"


def told_where(told: str) -> str:
    found = re.search(r"secret-found: .*? \(([a-z]+:\d+:\d+-\d+)\)", told)
    assert found, told
    return found[1]


def test_G21_an_allowed_finding_comes_back_with_any_edit(tmp_path: Path) -> None:
    site = Project(tmp_path).write(
        {"castsite.yml": "secrets: {inline_allow: all}\n", "content/a.cast": cast("x", TOKEN)}
    )
    site.write({"content/b.cast": cast()})
    where = told_where(site.build(code=3).stderr)
    assert where == f"o:2:0-{len(TOKEN) - 1}"
    site.write({"content/a.md": allowance(site, where)})
    assert "secret-found" not in site.build().stderr
    assert "a.cast" in site.published()
    site.write({"content/a.cast": cast("y", TOKEN)})
    told = site.build(code=3).stderr
    assert "secret-found" in told
    assert "stale-allowance" in told
    assert "a.cast" not in site.published()


def test_G23_who_contributes_may_not_open_the_gate(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"content/a.cast": cast(TOKEN), "content/b.cast": cast()})
    site.write({"content/a.md": allowance(site, told_where(site.build(code=3).stderr))})
    told = site.build(code=3).stderr
    assert "what is allowed here is the owner's to say (inline_allow)" in told
    assert "a.cast" not in site.published()


def test_what_is_found_by_context_may_be_allowed(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"content/a.cast": cast(f"DB_PASSWORD={VALUE}"), "content/b.cast": cast()})
    where = told_where(site.build().stderr)
    site.write({"content/a.md": allowance(site, where, "assignment")})
    assert "secret-found" not in site.build().stderr
    site.write({"castsite.yml": "secrets: {inline_allow: never}\n"})
    assert "secret-found" in site.build().stderr


@pytest.mark.parametrize(
    ("more", "where", "told"),
    [
        ({"until": "2020-01-31"}, "", "stale-allowance: secrets: allow: assignment at {where} ended on 2020-01-31"),
        ({}, "o:9:0-3", "stale-allowance: secrets: allow: nothing is found by assignment at o:9:0-3"),
        ({"reason": ""}, "", "does not count without reason"),
    ],
)
def test_G24_an_entry_that_does_not_count_is_told(tmp_path: Path, more: dict[str, str], where: str, told: str) -> None:
    site = Project(tmp_path).write({"content/a.cast": cast(f"DB_PASSWORD={VALUE}"), "content/b.cast": cast()})
    found = told_where(site.build().stderr)
    page = allowance(site, where or found, "assignment", **more)
    site.write({"content/a.md": page.replace('"reason": "", ', "").replace(', "reason": ""', "")})
    said = site.build().stderr
    assert told.format(where=found) in said
    assert "secret-found" in said


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('expected a date, got "zzz ghp_9fQ2xAAA…"', 'expected a date, got "zzz ████████████…"'),
        ('got "see https://usr:k9Q7z3XwPl…"', 'got "see https://usr:██████████…"'),
        ('got "https://host.example:8080/a/b…"', 'got "https://host.example:████████…"'),
        ('got "a text that goes on and on…"', 'got "a text that goes on and on…"'),
        ("no quote at all", "no quote at all"),
    ],
)
def test_what_a_message_cuts_short_tells_no_beginning(text: str, shown: str) -> None:
    assert masked_quote(text) == shown
