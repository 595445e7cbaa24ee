"""What is masked can be seen nowhere any more, nothing else changes, and what cannot be masked is not published."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from builders import v2
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from presented import PRESENTED, TOKEN, events, presented
from projects import Project, cast
from tokens import TOKENS

from castsite import redaction
from castsite.analysis.analyse import analyse
from castsite.cast.events import INPUT, OUTPUT, Cast
from castsite.cast.read import read
from castsite.errors import Severity
from castsite.limits import Limits
from castsite.safety import origins
from castsite.safety.gate import Gate
from castsite.safety.orders import Orders, Region
from castsite.safety.redact import Redacted, is_clean, looks_alike, redact, without_passwords
from castsite.safety.values import BLOCK, KEY, WIDE, Values
from castsite.schema.policy import SecretsPolicy
from castsite.terminal import Screen

EVERYTHING = "outputs: [embed, script, oembed, markdown, filmstrip, wsh, rexec]\nexport: [anim.svg, html, vtt]\n"


def loaded(source: bytes) -> Cast:
    found = read(source, path="x").cast
    assert found
    return found


def longest(text: str, value: str = TOKEN) -> int:
    """Count the characters of the longest part of a value in a text."""
    sizes = range(len(value), 0, -1)
    return next(
        (size for size in sizes if any(value[at : at + size] in text for at in range(len(value) - size + 1))), 0
    )


def screens(cast: Cast) -> Iterator[list[str]]:
    """Give what stands on the screen before and after everything that may change it."""
    screen = Screen(cast.header.cols, cast.header.rows)
    for event in cast.events:
        for part in re.split("(?=[\x1b\r\b])", event.data) if event.code == OUTPUT else ():
            screen.feed(part)
            yield [screen.bare(row) for row in range(screen.rows)]


@pytest.mark.parametrize("name", PRESENTED)
def test_G04_however_it_is_shown_nothing_is_left_of_it(name: str) -> None:
    before, values = loaded(PRESENTED[name]), Values([TOKEN])
    masked = redact(before, values)
    words = set("".join(re.findall(r"hello|here|left|prompt|more|token|say", str(before.events))))
    for rows in screens(masked.cast):
        for row in rows:
            assert longest(row) == 0 or (longest(row) == 1 and words & set(row))
    assert longest("".join(event.data for event in masked.cast.events)) <= 2
    assert looks_alike(before, masked.cast)
    assert [(event.time, event.code) for event in masked.cast.events] == [(e.time, e.code) for e in before.events]
    assert is_clean(masked.cast, values, masked.starts)


@pytest.mark.parametrize(("at", "rule"), [*enumerate(TOKENS)])
def test_G01_G04_tokens_of_all_rules_are_found_and_masked_in_turn(at: int, rule: str) -> None:
    """All of them in all presentations were tried once; here each is in one."""
    token = TOKENS[rule]
    (how, source), *_ = [*presented(token).items()][at % len(PRESENTED) :]
    found = outcome(source)
    assert "P" in {one.rule_class for one in found.findings}, how
    assert found.analysis is not None, how
    assert max(longest(row, token) for rows in screens(found.cast) for row in rows) <= 2, how


@pytest.mark.parametrize("name", PRESENTED)
def test_G19_what_is_masked_twice_stays_as_it_is(name: str) -> None:
    masked = redact(loaded(PRESENTED[name]), Values([TOKEN])).cast
    assert redact(masked, Values([TOKEN])).cast == masked


def unfolded(data: bytes) -> Iterator[bytes]:
    """Give bytes as they are and as whoever reads them makes them."""
    if data[:3] == b"\x1f\x8b\x08":
        data = gzip.decompress(data)
    yield data
    text = data.decode("utf-8", "replace")
    yield html.unescape(text).encode()
    yield unquote(text).encode()
    yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text).encode("utf-8", "replace")
    for match in re.finditer(r"[A-Za-z0-9+/_-]{16,}", text):
        coded = match[0].replace("-", "+").replace("_", "/")
        for start in range(4):
            part = coded[start:]
            yield base64.b64decode(part[: len(part) // 4 * 4])


def assert_absent(site: Project, *values: str) -> None:
    """Look through every byte of all that a build wrote, but for what the author did."""
    for path in site.root.rglob("*"):
        if path.is_file() and path.relative_to(site.root).parts[0] not in {"content", "castsite.yml"}:
            assert not any(value in str(path.relative_to(site.root)) for value in values)
            for body in unfolded(path.read_bytes()):
                for value in values:
                    assert value.encode() not in body, path
                    assert value.encode()[4:16] not in body, path


def test_G04_a_site_publishes_redacted_recordings(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"castsite.yml": f"secrets: redact\n{EVERYTHING}"})
    site.write({f"content/{name.replace(' ', '-')}.cast": data for name, data in PRESENTED.items()})
    told = site.build("--base-url", "https://a.b/").stderr
    assert told.count("redacted: masked and looked for again: ") == len(PRESENTED)
    assert "the file and its history still hold them" in told
    assert TOKEN[4:16] not in told
    assert_absent(site, TOKEN)
    assert BLOCK * len(TOKEN) in site.page("one-event.txt")


CANARY = "canary-of-the-mine"


def test_G16_a_literal_is_gone_from_every_channel_and_every_byte(tmp_path: Path) -> None:
    coded = base64.b64encode(f"x{CANARY}".encode()).decode()
    header = {
        "version": 2,
        "width": 60,
        "height": 10,
        "title": f"about {CANARY}",
        "command": f"run {CANARY}",
        "env": {"A": CANARY},
        "other": {"deep": [CANARY]},
    }
    lines = [
        header,
        [1, "o", f"$ say {CANARY}\r\n"],
        [1.5, "o", f"\x1b]0;{CANARY}\x07\x1b]2;{CANARY}\x1b\\"],
        [2, "o", f"\x1b]8;;https://a.b/{CANARY}\x1b\\link\x1b]8;;\x1b\\"],
        [2.1, "o", f"\x1b]52;c;{coded}\x07\x1bP{CANARY}\x1b\\\x1b_{CANARY}\x1b\\\x1b]1337;SetUserVar=a={coded}\x07"],
        [2.2, "o", f"curl https://a.b/{CANARY.replace('-', '%2D')} {coded}\r\n"],
        [
            2.3,
            "o",
            " ".join(CANARY.replace("-", sign) for sign in ("&#45;", "&#x2d;", "\\u002d")) + "\r\n",
        ],
        *([3, "i", key] for key in f"{CANARY[:5]}Q\x7f{CANARY[5:]}\r"),
        [4, "m", f"chapter {CANARY}"],
        [4.5, "q", CANARY],
        [5, "o", "".join(f"\x1b[5;{10 + at}H{key}" for at, key in reversed([*enumerate(CANARY)]))],
        [6, "o", "\x1b[?1049h\x1b[H" + CANARY],
        [7, "o", "\x1b[?1049ldone\r\n"],
    ]
    site = Project(tmp_path).write(
        {
            "castsite.yml": f"publish_input: true\nkeep_titles: true\n{EVERYTHING}",
            "content/a.cast": "".join(json.dumps(line) + "\n" for line in lines),
            "content/a.md": f"---\ndescription: fine\nredact: [{CANARY}]\n---\n",
        }
    )
    told = site.build("--base-url", "https://a.b/").stderr
    assert CANARY not in told
    assert_absent(site, CANARY)
    assert '"title": "about ██' in site.page("a.cast")


def test_C_and_S_are_masked_where_they_are_redacted(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"castsite.yml": "secrets: redact\n"})
    site.write(
        {
            "content/a.cast": cast(
                "export DB_PASSWORD=kG7h2LmQ9wZ", "psql postgres://ada:zT7h2LmQ9w@h.b/x", "kG7h2LmQ9wZ"
            )
        }
    )
    site.build()
    assert site.page("a.txt").count(BLOCK) == 2 * 11 + 10
    assert "postgres://ada:██████████@h.b/x" in site.page("a.txt")
    assert_absent(site, "kG7h2LmQ9wZ", "zT7h2LmQ9w")


def test_a_rule_may_hold_back_or_warn_where_others_redact(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"content/a.cast": cast(TOKEN), "content/b.cast": cast("b")})
    site.write({"castsite.yml": "secrets: {policy: redact, rules: {github-token: block}}\n"}).build(code=3)
    assert "a.cast" not in site.published()
    site.write({"castsite.yml": "secrets: {policy: redact, rules: {github-token: warn}}\n"}).build()
    assert TOKEN in site.page("a.txt")


def test_what_an_author_masks_needs_no_policy(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"castsite.yml": "title: S\n", "content/a.cast": cast("see", TOKEN, "x")})
    site.write({"content/a.md": "---\nredact: ['/gh[a-z]_\\w+/']\n---\n"})
    site.build()
    assert_absent(site, TOKEN)


BODY = "MIIEpAIBAAKCAQEAq7WdZk29xLmP0vTrEa84HsYbNcUfGiJoMIIEpAIBAAKCAQEA"
KEYS = {
    "one event": [
        f"-----BEGIN RSA PRIVATE KEY-----\r\n{BODY}\r\n{BODY[::-1]}\r\nab4=\r\n-----END RSA PRIVATE KEY-----\r\n"
    ],
    "many events": [
        *("-----BEGIN PRIVATE ", "KEY-----\r\n"),
        *(part for at in range(0, len(BODY), 8) for part in (BODY[at : at + 8],)),
        *("\r\n", BODY[::-1], "\r\n-----END PRIVATE KEY-----\r\n"),
    ],
    "no end": [f"-----BEGIN OPENSSH PRIVATE KEY-----\r\n{BODY}\r\n{BODY[::-1]}\r\nab4=\r\n$ next line of prose\r\n"],
    "encrypted": [
        "-----BEGIN RSA PRIVATE KEY-----\r\nProc-Type: 4,ENCRYPTED\r\nDEK-Info: AES-128-CBC,0123\r\n\r\n",
        f"{BODY}\r\n{BODY[::-1]}\r\n-----END RSA PRIVATE KEY-----\r\n",
    ],
    "editor": [
        "\x1b[?1049h\x1b[H"
        + "".join(
            f"\x1b[{row};1H{row:3} {line}\x1b[K"
            for row, line in enumerate(
                ["-----BEGIN PRIVATE KEY-----", BODY, BODY[::-1], "-----END PRIVATE KEY-----", "text"], 1
            )
        )
    ],
    "JSON": [f'{{"key": "-----BEGIN PRIVATE KEY-----\\n{BODY}\\n{BODY[::-1]}\\n-----END PRIVATE KEY-----"}}\r\n'],
}


def test_G08_a_private_key_is_masked_as_a_whole(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"castsite.yml": "secrets: redact\n"})
    for name, texts in KEYS.items():
        source = v2(*([0.1 * (at + 1), "o", text] for at, text in enumerate(texts)), width=120, height=12)
        site.write({f"content/{name.lower().replace(' ', '-')}.cast": source})
    site.build()
    assert_absent(site, BODY, BODY[::-1])
    for name in KEYS:
        assert "ab4=" not in site.page(f"{name.lower().replace(' ', '-')}.cast"), name
        assert "PRIVATE KEY-----" in site.page(f"{name.lower().replace(' ', '-')}.txt"), name


@pytest.mark.parametrize("prompt", ["[sudo] password for ada: ", "Enter passphrase:", "PIN? "])
def test_G10_what_is_typed_at_a_prompt_for_a_password_is_hidden(prompt: str) -> None:
    keys = ["w", "r", "o", "n", "g", "\r", "\n", "r", "ight", "\r", "l", "s", "\r"]
    said = {0: prompt, 7: f"\r\nSorry, try again.\r\n{prompt}", 10: "\r\n$ "}
    lines: list[list[object]] = []
    for at, key in enumerate(keys):
        lines += [[at, "o", said[at]]] if at in said else []
        lines += [[at, "i", key]]
    typed = [event.data for event in without_passwords(loaded(v2(*lines))).events if event.code == INPUT]
    assert typed == [*KEY * 5, "\r", "\n", KEY, KEY * 4, "\r", "l", "s", "\r"]


def test_G29_keys_that_are_published_show_none(tmp_path: Path) -> None:
    lines = [[0.5, "o", "$ "], *([1, "i", key] for key in TOKEN), [2, "i", "\r"], [3, "o", "ok\r\n"]]
    site = Project(tmp_path).write(
        {"castsite.yml": "publish_input: true\nsecrets: redact\n", "content/a.cast": v2(*lines)}
    )
    site.build()
    assert site.page("a.cast").count(KEY) == len(TOKEN)
    assert '"i","\\r"' in site.page("a.cast")
    assert_absent(site, TOKEN)


def test_G13_wide_characters_of_a_value_keep_their_columns() -> None:
    value = "日本語の秘密の言葉です"
    before = loaded(events((1, "a" * 49 + value + "\r\nnext"), (2, f"\x1b[5;58H{value}")))
    after = redact(before, Values([value])).cast
    assert looks_alike(before, after)
    assert after.events[0].data == "a" * 49 + WIDE * len(value) + "\r\nnext"


def test_G14_short_values_are_masked_as_words_and_what_stands_nowhere_is_told(tmp_path: Path) -> None:
    site = Project(tmp_path).write(
        {
            "castsite.yml": "title: S\n",
            "content/a.cast": cast("ada4x and xada4xx, (ada4x)"),
            "content/a.md": "---\nredact: [ada4x, nowhere-at-all, /also-nowhere/]\n---\n",
        }
    )
    told = site.build().stderr
    assert "█████ and xada4xx, (█████)" in site.page("a.txt")
    assert "content/a.md:2:9: redact-short: redact: entry 1 is shorter than 6 characters" in told
    assert "content/a.md:2:9: redact-nothing: redact: entry 2 stands nowhere" in told
    assert "redact-nothing: redact: entry 3 stands nowhere" in told
    assert "nowhere-at-all" not in told


@pytest.mark.parametrize(
    "text",
    [
        "title: see corp-host",
        "description: on corp-host",
        "tags: [corp-host]",
        "markers: [{at: 0, label: on corp-host}]",
        "commands: [[0, ssh corp-host]]",
    ],
)
def test_what_its_author_says_is_never_rewritten(tmp_path: Path, text: str) -> None:
    site = Project(tmp_path).write({"content/b.cast": cast(), "content/a.cast": cast("on corp-host")})
    site.write({"castsite.yml": "title: S\n", "content/a.md": f"---\n{text}\nredact: [corp-host]\n---\n"})
    assert "held back" in site.build(code=3).stderr
    assert not [path for path in site.published() if path.startswith(("a.", "a/"))]


def test_B25_an_expression_that_never_ends_holds_back_its_recording_alone(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"castsite.yml": "limits: {seconds_per_recording: 2}\n", "content/b.cast": cast()})
    site.write({"content/a.cast": cast("a" * 50_000), "content/a.md": "---\nredact: ['/(a+)+b$/']\n---\n"})
    assert "content/a.cast: took-too-long" in site.build(code=3).stderr
    assert [path for path in site.published() if path.endswith(".cast")] == ["b.cast"]


def test_a_region_is_masked_while_it_lasts() -> None:
    source = events(
        (1, "\x1b[2;5Hbefore"), (2, "\x1b[2;5Hduring"), (3, "\x1b[2;5Hafter!"), (4, "\x1b[4;5Hbelow"), (5, "\x1b[9;1H")
    )
    region = Region(range(1, 2), range(4, 8), 1_500_000, 2_500_000)
    rows = [shown[1].rstrip() for shown in screens(redact(loaded(source), Values([]), [region]).cast)]
    assert [row for at, row in enumerate(rows) if row and (at == 0 or rows[at - 1] != row)][-1] == "    after!"
    assert "    ████re" in rows, "what stands there when its time comes"
    assert "    ████ng" in rows
    assert not any("befo" in row or "duri" in row for row in rows)


def test_a_region_in_front_matter_counts_on_the_source_and_from_one(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"castsite.yml": "title: S\nplayer: {idle_time_limit: 1}\n"})
    site.write({"content/a.cast": events((10, "\x1b[2;5Hsecret"), (20, "\x1b[3;5Hpublic"), (30, "\x1b[9;1H"))})
    site.write({"content/a.md": "---\nmask_region: {rows: [2, 2], cols: [5, 40], from: 10, to: 15}\n---\n"})
    site.build()
    assert "    ██████\n    public" in site.page("a.txt")


@pytest.mark.parametrize(
    "cut",
    ["cut: [[4.5, 5.5]]", "start: 5.5", "start: 4.5", "cut: [[3.5, 6]]", "end: 9.5", "start: 4.5\nend: 9.5\nspeed: 2"],
)
@pytest.mark.parametrize("after", ["\r\n", "\x1b[24;1H\n", "\x1b[2J\x1b[HTOPSEC", "\x1b[3;1H\x1b[L"])
def test_a_region_stays_masked_where_something_is_left_out(tmp_path: Path, cut: str, after: str) -> None:
    head = f"---\nmask_region: {{rows: [3, 3], cols: [1, 80], from: 3, to: 5}}\n{cut}\n---\n"
    lines = [[1, "o", "a\r\nb\r\n"], [4, "o", "TOPSECRET"], [5.2, "o", after], [9, "o", "more"], [11, "o", "end"]]
    site = Project(tmp_path).write({"content/a.cast": head.encode() + v2(*lines, width=80, height=24)})
    site.build()
    assert "more" in site.page("a.txt")
    if "TOPSEC" not in after:
        assert_absent(site, "TOPSECRET")
    assert "TOPSECRET" not in site.page("a.txt")


@pytest.mark.parametrize(
    ("cut", "left"),
    [
        ("end: 5.45", True),
        ("cut: [[5.45, 8.5]]", True),
        ("start: 3", True),
        ("cut: [[3, 3.5]]", True),
        ("cut: [[1.5, 8.5]]", False),
        ("start: 8.5", False),
        ("end: 2.65", False),
    ],
)
@pytest.mark.parametrize("policy", ["fail", "redact", "redact: ['/gh[ps]_[A-Za-z0-9]{36,}/']"])
def test_a_part_of_what_was_cut_off_is_held_back_or_masked(tmp_path: Path, policy: str, cut: str, left: bool) -> None:
    orders = policy if policy.startswith("redact: ") else ""
    lines = [[1, "o", "T="], *([2 + at / 10, "o", letter] for at, letter in enumerate(TOKEN))]
    lines += [[7, "o", "\r\n\x1b[2J\x1b[H"], [9, "o", "end"]]
    site = Project(tmp_path).write(
        {
            "castsite.yml": f"secrets: {'off' if orders else policy}\n",
            "content/a.cast": f"---\n{cut}\n{orders}\n---\n".encode() + v2(*lines, width=80, height=24),
            "content/b.cast": v2([1, "o", "b"]),
        }
    )
    told = site.build(code=3 if left and policy == "fail" else 0).stderr
    assert ("a.cast" in site.published()) == (not left or policy != "fail")
    assert ("secret-found: github" in told) == (left and policy == "fail")
    assert_absent(site, TOKEN)


JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (f"{JWT}.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkphbmUifQ.q7Zp2Lx9Vb4Nn8Rt1Ws6Yd3Kf5Hg0Jm2Qc8Xz4Ta7Be", JWT),
        (
            "https://hooks.slack.com/services/T0ABCDEFG/B0ABCDEFG/aZ9kQ2mW7xR4tY8pL3vB6nC1",
            "https://hooks.slack.com/services/... is the form",
        ),
        ("API_TOKEN=development-token-99af37c1", "a development-token"),
    ],
)
def test_what_anybody_may_say_is_no_part_of_what_was_cut_off(tmp_path: Path, value: str, said: str) -> None:
    lines = [[0.5, "o", "hi"], [1, "o", f"$ {value}\r\n"], [2, "o", "\x1b[2J\x1b[H"], [3, "o", said], [4, "o", "x"]]
    source = b"---\ncut: [[0.9, 2.5]]\n---\n" + v2(*lines, width=120, height=24)
    site = Project(tmp_path).write({"content/a.cast": source})
    assert "secret-found" not in site.build().stderr
    assert said in site.page("a.txt")


def test_many_values_that_were_cut_off_cost_one_more_look(tmp_path: Path) -> None:
    lines: list[list[object]] = [[at / 100, "o", f"line {at} of a long build\r\n"] for at in range(6000)]
    lines += [[61 + at / 100, "o", f"token {TOKEN[:-4]}{at:04}\r\n"] for at in range(60)]
    lines += [[62, "o", "\x1b[2J\x1b[H"], [63, "o", "done"]]
    source = b"---\ncut: [[60.5, 62.5]]\n---\n" + v2(*lines, width=80, height=24)
    site = Project(tmp_path).write({"castsite.yml": "limits: {seconds_per_recording: 15}\n", "content/a.cast": source})
    assert "took-too-long" not in site.build().stderr
    assert "done" in site.page("a.txt")


@pytest.mark.parametrize(
    ("regions", "said"),
    [
        ("{rows: [11, 12], cols: [1, 5]}", "rectangle 1 lies outside of the screen, 40 columns by 10 rows: it masks"),
        ("[{rows: [1, 2], cols: [1, 5]}, {rows: [1, 2], cols: [41, 50]}]", "rectangle 2 lies outside of the screen"),
        ("{rows: [10, 12], cols: [40, 50]}", ""),
    ],
)
def test_a_region_outside_of_the_screen_is_told(tmp_path: Path, regions: str, said: str) -> None:
    site = Project(tmp_path).write({"content/a.cast": cast("words", width=40, height=10)})
    told = site.write({"content/a.md": f"---\nmask_region: {regions}\n---\n"}).build().stderr
    assert said in told
    assert ("content/a.md:2:" in told) == ("mask-nothing" in told) == bool(said)
    site.write({"content/a.md": "", "content/_index.md": f"---\ncascade: {{mask_region: {regions}}}\n---\n"})
    assert "mask-nothing" not in site.build().stderr


def outcome(source: bytes) -> redaction.Publishable:
    found = loaded(source)
    return redaction.publishable(
        found,
        redaction.Source(found, source.partition(b"\n")[0], hashlib.sha256(source).hexdigest()),
        gate=Gate(SecretsPolicy(policy="redact"), "a.cast"),
        orders=Orders(),
        look=lambda cast, witness: analyse(cast, witness=witness),
        limits=Limits(),
    )


def unmasked(cast: Cast) -> Cast:
    return with_data(cast, lambda data: data.replace(BLOCK * len(TOKEN), TOKEN))


def with_data(cast: Cast, change: Callable[[str], str]) -> Cast:
    return replace(cast, events=tuple(event._replace(data=change(event.data)) for event in cast.events))


@pytest.mark.parametrize(
    "sabotage",
    [
        unmasked,
        lambda cast: with_data(cast, lambda data: data.replace(BLOCK * 9, TOKEN[:9], 1)),
        lambda cast: with_data(cast, lambda data: data.replace("fine", "fume")),
        lambda cast: with_data(cast, lambda data: data.replace("fine", "fin")),
        lambda cast: replace(cast, events=cast.events[:-1]),
        lambda cast: replace(cast, events=tuple(event._replace(time=event.time + 1) for event in cast.events)),
        lambda cast: replace(cast, header=replace(cast.header, title=TOKEN)),
    ],
)
def test_G20_what_is_not_masked_for_certain_is_not_published(
    monkeypatch: pytest.MonkeyPatch, sabotage: Callable[[Cast], Cast]
) -> None:
    source = events((1, f"fine {TOKEN}\r\n"), (2, "more\r\n"))
    assert outcome(source).analysis is not None

    def careless(*arguments: Any) -> Any:
        done = redact(*arguments)
        return done._replace(cast=sabotage(done.cast))

    monkeypatch.setattr(redaction, "redact", careless)
    found = outcome(source)
    assert found.analysis is None
    (problem,) = found.problems
    assert (problem.code, problem.severity) == ("secret-found", Severity.ERROR)


def test_G27_nothing_that_is_published_tells_the_digest_of_the_source(tmp_path: Path) -> None:
    source = cast("x", TOKEN)
    digest = hashlib.sha256(source)
    site = Project(tmp_path).write({"castsite.yml": "secrets: redact\n", "content/a.cast": source})
    site.build("--base-url", "https://a.b/")
    signs = (digest.hexdigest()[:10].encode(), base64.b64encode(digest.digest())[:10], str(len(source)).encode())
    for path, body in site.published().items():
        assert not any(sign in path.encode() + body for sign in signs[:2]), path
    assert len(site.published()["a.cast"]) != len(source)


@given(
    st.lists(
        st.sampled_from([*"abc \r\n\b", "\x1b[K", "\x1b[2;2H", "\x1b[4h", "\x1b[P", "\x1b[@", "\x1b[3b", "日"]),
        max_size=60,
    ),
    st.data(),
)
def test_nothing_but_what_is_masked_changes_whatever_is_drawn(parts: list[str], data: st.DataObject) -> None:
    value = data.draw(st.sampled_from(["abcabcab", "abcabc", "a b c a ", "aaaaaaaa", "日日日日日日"]))
    parts.insert(data.draw(st.integers(0, len(parts))), value)
    cuts = data.draw(st.lists(st.integers(0, len(parts)), max_size=5).map(sorted))
    texts = ["".join(parts[a:b]) for a, b in pairwise([0, *cuts, len(parts)])]
    before = loaded(v2(*([0.1 * (at + 1), "o", text] for at, text in enumerate(texts)), width=12, height=4))
    masked = redact(before, Values([value]))
    assert looks_alike(before, masked.cast)
    assert is_clean(masked.cast, Values([value]), masked.starts)


VALUES = ("SECRETVALUE12", "pässwort-秘密の鍵です", "ab%cd\\e&f")
DRAWN = (
    *VALUES, *(part for value in VALUES for part in (value[:5], value[5:], value[3:11])),
    "%53%45CRE", "%4", "\\u00", "&am", "│", "x│", "│  ", "|", "漢字", "ab c", " ", "x" * 7,
    "\t\t", "a\tb" * 5, "\x1b[3g", "\r\n", "\r\n", "\r\n", "\n\n\n", "\na\nb\nc", "\r", "\b", "\x1b[3b",
    "\x1b[K", "\x1b[2J", "\x1b[H", "\x1b[2;3H", "\x1b[9;1H", "\x1b[L", "\x1b[M", "\x1b[2S", "\x1b[T", "\x1bM",
    "\x1b[1;3r", "\x1b[2;4r", "\x1b[r", "\x1b[?1049h", "\x1b[?1049l",
    "\x1b[48;5;3L",
)  # fmt: skip


@given(
    st.lists(st.lists(st.sampled_from(DRAWN), max_size=8), min_size=1, max_size=12),
    st.sampled_from([(2, 3), (8, 4), (9, 5), (13, 5), (20, 6), (34, 7)]),
    st.lists(st.sampled_from(VALUES), min_size=1, unique=True),
)
def test_looking_at_few_rows_finds_what_looking_at_all_does(
    parts: list[list[str]], size: tuple[int, int], values: list[str]
) -> None:
    few, every = in_few_and_all_rows(["".join(part) for part in parts], size, values)
    assert few.cast == every.cast
    assert {*few.starts} == {*every.starts}


ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


@pytest.mark.parametrize(
    ("size", "texts", "value"),
    [
        ((16, 10), ["\x1b[3;8Hhijklmn\x1b[3;1H", "abcdefg\t\tx" + "a\t\tb" * 9], ALPHABET),
        ((16, 10), ["\x1b[3;5Hefghijk\x1b[3;1H", "abcd\t\tx" + "a\t\tb" * 9, "\x1b[8A"], ALPHABET),
        ((80, 10), ["\x1b[3gtop\x1b[3;5HETVALUE12\x1b[3;1H", "SECR\tx" + "a\tb" * 8 + "\x1b[2C"], VALUES[0]),
        ((20, 8), ["\x1b[3;1HVALUE12\x1b[2;1HVALUE12\x1b[1;15HSECRET\x1b[2;7r\x1b[7;1H", "\n"], VALUES[0]),
        ((30, 24), ["\x1b[1;5HETVALUE12\x1b[24;1H", "\x1b[1;1HSECR" + "\na" * 24 + "\n"], VALUES[0]),
    ],
    ids=["tabs", "tabs over a part", "no tabs set", "an equal row moves there", "far above the cursor"],
)
def test_few_characters_that_go_over_many_rows_are_looked_at(
    size: tuple[int, int], texts: list[str], value: str
) -> None:
    few, every = in_few_and_all_rows(texts, size, [value])
    assert few.cast == every.cast
    assert few.characters >= len(value) // 2


def in_few_and_all_rows(
    texts: Iterable[str], size: tuple[int, int], values: Sequence[str]
) -> tuple[Redacted, Redacted]:
    """Redact once as it is done, and once with every row that may have changed looked at."""
    timed = ([0.1 * (at + 1), "o", text] for at, text in enumerate(texts))
    shown = loaded(v2(*timed, width=size[0], height=size[1]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(origins._View, "suspects", lambda view: view.fresh)
        patch.setattr(origins, "_reach", lambda _longest, _width: 1000)
        every = redact(shown, Values(values))
    return redact(shown, Values(values)), every


def test_real_recordings_can_be_redacted(corpus: Path) -> None:
    """Of each a word is masked that was on its screen: it is gone, and nothing else is."""
    done = 0
    for path in sorted(corpus.rglob("*.cast"))[::9]:
        found = read(path.read_bytes(), path=path.name).cast if path.stat().st_size < 40_000 else None
        if found is None:
            continue
        words = Counter(re.findall(r"[A-Za-z]{8,14}", "".join(event.data for event in found.events)))
        if not words:
            continue
        values = Values([min(words, key=lambda word: (-words[word], word))])
        masked = redact(found, values)
        assert looks_alike(found, masked.cast), path
        assert is_clean(masked.cast, values, masked.starts), path
        done += 1
    assert done > 8


def test_a_redacted_copy_of_a_file(tmp_path: Path) -> None:
    header = {
        "version": 2,
        "width": 40,
        "height": 10,
        "idle_time_limit": 2.5,
        "env": {"A": TOKEN},
        "timestamp": 1700000000,
    }
    lines = [
        header,
        [1, "o", "Password: "],
        [2, "i", "hu7"],
        [2.5, "i", "\r"],
        [3, "o", f"on corp-host {TOKEN}"],
        [4, "x", "0"],
    ]
    source = "---\ntitle: Demo\n---\n" + "".join(json.dumps(line) + "\n" for line in lines)
    site = Project(tmp_path).write({"a.cast": source})
    done = site.run("redact", "a.cast", "-o", "b.cast", "--text", "corp-host", "--format", "v3")
    assert (done.returncode, done.stdout) == (0, "")
    assert "redacted: masked and looked for again: 2 values" in done.stderr
    written = (tmp_path / "b.cast").read_text("utf-8")
    assert written.startswith("---\ntitle: Demo\n---\n{")
    found = loaded(written.split("---\n")[2].encode())
    assert (found.header.idle_limit, found.header.timestamp) == (2_500_000, 1_700_000_000)
    assert [event.data for event in found.events] == [
        "Password: ",
        KEY * 3,
        "\r",
        f"on {BLOCK * 9} {BLOCK * len(TOKEN)}",
        "0",
    ]
    assert (tmp_path / "a.cast").read_text("utf-8") == source
    assert_absent(Project(tmp_path / "none"), TOKEN)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["a.cast", "-o", "a.cast"], 2, "same-file"),
        (["a.cast", "-o", "b.cast"], 2, "exists"),
        (["a.cast", "-o", "c.cast", "--text", "/(/"], 2, "not a regular expression"),
        (["a.cast", "-o", "c.cast", "--text", "Demo one"], 3, "held back"),
        (["a.cast", "-o", "c.cast", "--text", "nowhere"], 0, "nothing to mask"),
        (["nothing.cast", "-o", "c.cast"], 2, "cannot be read"),
    ],
)
def test_a_copy_is_refused_where_it_would_not_be_one(
    tmp_path: Path, arguments: list[str], code: int, told: str
) -> None:
    site = Project(tmp_path).write({"a.cast": b"---\ntitle: Demo one\n---\n" + cast("hello"), "b.cast": "there"})
    done = site.run("redact", *arguments)
    assert done.returncode == code, done.stderr
    assert told in done.stderr
    assert (tmp_path / "c.cast").exists() == (code == 0)


def test_rules_of_a_site_count_for_a_copy(tmp_path: Path) -> None:
    rule = "secrets: {custom: [{id: ours, anchors: [corp_], regex: 'corp_[a-z0-9]{12}', class: P}]}\n"
    site = Project(tmp_path).write({"castsite.yml": rule, "a.cast": cast("corp_a1b2c3d4e5f6")})
    assert site.run("redact", "a.cast", "-o", "-").stdout.count(BLOCK) == 17
