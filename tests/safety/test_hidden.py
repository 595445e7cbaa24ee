"""Credentials that stood where nobody looked: each as it was found, all of one site, which holds them back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from projects import Project, cast
from tokens import token

from castsite.safety.secrets import shipped

RULES = {rule.name: rule for rule in shipped()}
AWS = token(RULES["aws-access-key-id"])
GITHUB = next(made for seed in range(99) if "K" in (made := token(RULES["github-token"], seed))[4:])
FIRST, LAST = GITHUB[:12], GITHUB[12:]
BACK = "\b"
KELVIN = GITHUB.replace("K", "\u212a")
HEADER = '{"version": 2, "width": 80, "height": 24'
EVENT = '[1, "o", "x"]'


def printed(*texts: str) -> str:
    return "\n".join((f"{HEADER}}}", *(json.dumps([at + 1, "o", text]) for at, text in enumerate(texts)), ""))


def marked(label: str) -> str:
    return f"{printed('$ ls')}{json.dumps([2, 'm', label])}\n"


def boxed(width: int) -> tuple[str, str]:
    """Wrap a token as boxes do."""
    text = f"token {GITHUB}"
    return text[:width], f"{text[width:]:{width}}"


def titled(beside: str) -> str:
    """Make one with a title that only a patient reader reads."""
    return f'{HEADER}, {beside}, "title": "{escaped(GITHUB)}"}}\n{EVENT}\n'


def escaped(text: str) -> str:
    return f"\\u{ord(text[0]):04x}{text[1:]}"


FIRST_VERSION = titled('"duration": NaN').replace('n": 2', 'n": 1').replace(f"}}\n{EVENT}", ', "stdout": [[1, "x"]]}')

RECORDINGS = {
    "what follows a carriage return": printed(f"Using key {AWS}\rUploading 10%"),
    "what follows a cleared screen": printed(f"{AWS}\x1b[2J\x1b[Hdone"),
    "what follows a cleared line": printed(f"key {AWS}\x1b[2K\x1b[Gnext"),
    "what stands before it": printed(f"user\x1b[2;1H{GITHUB}\x1b[2J$ "),
    "a control character in the address of a link": printed(
        f"\x1b]8;;https://x.example/?t={FIRST}\x01{LAST}\x1b\\x\x1b]8;;\x1b\\"
    ),
    "DEL in an address": printed(f"\x1b]8;;https://x.example/?t={FIRST}\x7f{LAST}\x1b\\x\x1b]8;;\x1b\\"),
    "what backspaces go back over": printed(f"$ {GITHUB}{BACK * 10}wiped out\r\n"),
    "what a backspace ends": printed(f"$ {GITHUB}{BACK} {BACK}\r\n"),
    "colours between what moves": printed(f"x\x1b[3C{FIRST}\x1b[1m{LAST}\x1b[0m\x1b[3Cword\x1b[2J\x1b[H"),
    "an annotation in a label": marked(f"{FIRST}\ufff9{LAST}"),
    "a vertical tab in a label": marked(f"{FIRST}\x0b{LAST}"),
    "a sign for kelvin in a label": marked(KELVIN),
    "an annotation in a title": titled('"command": "x"').replace(escaped(GITHUB), f"{FIRST}\ufff9{LAST}"),
    "a sign for kelvin in a title": titled('"command": "x"').replace(escaped(GITHUB), KELVIN),
    **{
        f"the padding of a box, {left} and {right}": printed(
            f"┌{'─' * 38}┐\r\n" + "".join(f"│{' ' * left}{line}{' ' * right}│\r\n" for line in boxed(38 - left - right))
        )
        for left, right in ((1, 1), (2, 2), (3, 3), (1, 0), (0, 2))
    },
    "a control character in a label": marked(f"{FIRST}\x01{LAST}"),
    "what shows nothing in a label": marked(f"{FIRST}\u200b{LAST}"),
    "an escape beside a number that is none": titled('"idle_time_limit": NaN'),
    "an escape beside half a pair": titled('"command": "\\ud800"'),
    "an escape beside a number without end": titled('"idle_time_limit": 1e999'),
    "an escape in version 1": FIRST_VERSION,
}


@pytest.fixture(scope="module", params=["fail", "redact"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, str]:
    site = Project(tmp_path_factory.mktemp("hidden")).write({"castsite.yml": f"title: T\nsecrets: {request.param}\n"})
    site.write({f"content/r{at}.cast": text for at, text in enumerate(RECORDINGS.values())})
    site.write({"content/fine.cast": cast("nothing")})
    done = site.run("build")
    return site, done.stderr


@pytest.mark.parametrize("at", range(len(RECORDINGS)), ids=list(RECORDINGS))
def test_it_is_told_and_published_nowhere(built: tuple[Project, str], at: int) -> None:
    site, told = built
    if "held back" in told:
        assert f"content/r{at}.cast: secret-found" in told
    for path, body in site.published().items():
        for secret in (AWS, GITHUB):
            assert secret.encode() not in body, path
            assert escaped(secret).encode() not in body, path
    assert "fine/index.html" in site.published()


def test_what_is_masked_is_found_behind_what_shows_nothing(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"castsite.yml": "title: T\n", "content/b.cast": cast("nothing")})
    site.write({"content/a.cast": marked("pr0j\x01ect-x"), "content/a.md": "---\nredact: [pr0ject-x]\n---\n"}).build()
    assert "█" in site.page("a.json")
    assert not any(b"pr0j" in body for path, body in site.published().items() if path.startswith("a"))


WITHHELD = {
    "a token": ({"content/a.cast": cast(GITHUB)}, 3),
    "privacy": ({"content/a.md": "---\nvisibility: private\n---\n"}, 1),
    "privacy of all": ({"castsite.yml": "title: T\nvisibility: private\n"}, 1),
    "what may be privacy": ({"content/a.md": "---\nvisibility: privat\n---\n"}, 1),
    "what is to be cut": ({"content/a.md": "---\ncut: x\n---\n"}, 1),
    "a draft": ({"content/a.md": "---\ndraft: true\n---\n"}, 0),
}


@pytest.mark.parametrize("why", WITHHELD)
def test_the_only_recording_is_removed_when_it_is_held_back(tmp_path: Path, why: str) -> None:
    site = Project(tmp_path).write({"castsite.yml": "title: T\n", "content/a.cast": cast("what was said")})
    site.build()
    assert "a/index.html" in site.published()
    changed, code = WITHHELD[why]
    site.write(changed).build(code=code)
    files = site.published()
    assert "index.html" in files
    assert not [path for path, body in files.items() if path.startswith(("a/", "a.")) or b"what was said" in body]


@pytest.mark.parametrize(
    "changed",
    [
        {"content/a.cast": b"nonsense"},
        {"content/a.cast": b"nonsense", "content/b.md": "---\nweight: nonsense\n---\n"},
        {"content/a.md": "---\nslug: search\n---\n"},
    ],
)
def test_the_only_recording_stays_when_it_is_only_wrong(tmp_path: Path, changed: dict[str, str | bytes]) -> None:
    site = Project(tmp_path).write({"castsite.yml": "title: T\n", "content/a.cast": cast("what was said")})
    site.build()
    before = site.published()
    site.write(changed).build(code=1)
    assert site.published() == before


@pytest.mark.parametrize(
    "line",
    [
        f'[2, "{GITHUB}", "x"]',
        f'[2, "r", "{GITHUB}"]',
        f'["{GITHUB}", "o", "x"]',
        f'[2, "r", "size {"of this " * 4}{GITHUB}"]',
        f'[2, "r", "size {"of this " * 6}{GITHUB}"]',
        f'{{"{GITHUB}": 1, "{GITHUB}": 2}}',
    ],
)
def test_messages_about_recordings_tell_none(tmp_path: Path, line: str) -> None:
    site = Project(tmp_path).write({"castsite.yml": "title: T\n", "content/b.cast": cast("nothing")})
    site.write({"content/a.cast": f"{printed('x')}{line}\n"})
    for done in (site.run("build", "--verbose"), site.run("check", "--json"), site.run("list")):
        assert GITHUB[:8] not in done.stdout + done.stderr
        assert GITHUB[-12:] not in done.stdout + done.stderr


@pytest.mark.parametrize("key", ["width", "version", "timestamp", "idle_time_limit", "env", "theme"])
def test_messages_about_headers_tell_none(tmp_path: Path, key: str) -> None:
    site = Project(tmp_path).write({"castsite.yml": "title: T\n", "content/b.cast": cast("nothing")})
    header = {"version": 2, "width": 80, "height": 24, key: GITHUB}
    site.write({"content/a.cast": f'{json.dumps(header)}\n[1, "o", "x"]\n'})
    for done in (site.run("build", "--verbose"), site.run("check", "--json"), site.run("list")):
        assert GITHUB[:16] not in done.stdout + done.stderr


def test_a_region_masks_the_address_of_a_link_in_it(tmp_path: Path) -> None:
    def link(text: str) -> str:
        return f"\x1b]8;;https://{text}.example/\x1b\\{text}\x1b]8;;\x1b\\"

    site = Project(tmp_path).write({"castsite.yml": "title: T\n", "content/b.cast": cast("nothing")})
    site.write({"content/a.cast": printed(f"{link('corp-internal')}\r\n{link('public')}\r\n")})
    site.write({"content/a.md": "---\nmask_region: {rows: [1, 1], cols: [1, 60]}\n---\n"}).build()
    assert "https://public.example/" in site.page("a.cast")
    assert not any(b"corp-internal" in body for body in site.published().values())


@pytest.mark.parametrize("escaped_ones", [1, 2])
def test_two_in_one_line_are_two_however_they_are_spelled(tmp_path: Path, escaped_ones: int) -> None:
    made = [token(RULES["github-token"], seed) for seed in range(99, 999)]
    other = next(one for one in made if len(one) == len(GITHUB))
    spelled = f" {GITHUB} {other}"[::-1].replace("_", "_\\", escaped_ones)[::-1]
    site = Project(tmp_path).write({"castsite.yml": "title: T\n", "content/a.md": f"# A\n\n{spelled}\n"})
    (file,) = [one for one in json.loads(site.run("check", "--secrets", "--json").stdout)["files"] if one["findings"]]
    first, second = (one["id"] for one in file["findings"])
    assert first != second
    assert site.run("check", "--allow", first, "--reason", "made up").returncode == 0
    assert second in site.build(code=3).stderr
    assert site.run("check", "--allow", second, "--reason", "made up").returncode == 0
    site.build()
