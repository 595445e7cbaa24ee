"""Ways in which values were once left: what was found by trying, each as it was found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from builders import v2
from presented import TOKEN
from projects import Project, cast

VALUE = "hunter-7qz9xK"


def drawn(*texts: str, width: int = 40, height: int = 5) -> bytes:
    return v2(*([at + 1.0, "o", text] for at, text in enumerate(texts)), width=width, height=height)


SHOWN = {
    "drawn out of order and scrolled off at once": (
        drawn(f"\x1b[5;8H{VALUE[7:]}\x1b[5;1H{VALUE[:7]}\n\n\n\n\n\n\n\ndone"),
        VALUE,
    ),
    "wrapped at a blank of its own": (
        drawn("x" * 37, "\r" + "z" * 42, "\x1b[2;1Hgolf xx", "\x1b[1;35Halpha ", "\x1b[H"),
        "alpha golf xx",
    ),
    "in a pane beside wide characters": (
        drawn("\x1b[1;1Hplain left text ok  │ pw hunter-\x1b[2;1H日本語日本語日本語  │7qz9xK", width=32),
        VALUE,
    ),
    "with a backslash and an n": (drawn("log in as CORP\\nadia5 now"), "CORP\\nadia5"),
}


ESCAPED = (r"curl -u bob:k9\nQ7\nz3 https://h.example.org/", r"export DB_PASSWORD=a1\nb2!\nc3\nd4#")
PINS = (["482913", "77123456abcd"], ["98765x9876598765y", "1234567890123456"])
RESIZED = (
    [0.1, "o", "first\r\nTOPSECRETTEXT\r\nthird"],
    [1, "r", "80x2"],
    [2, "o", "x"],
    [3, "r", "80x24"],
    [4, "o", "y"],
)
SAYING = (
    "description: log in with Tr0ub4dor&3",
    "tags: [Tr0ub4dor&3]",
    "links: [{title: x, url: 'https://a.b/?p=Tr0ub4dor%263'}]",
    "authors: [{name: A, url: 'https://a.b/Tr0ub4dor&3'}]",
    "extra: {x: [Tr0ub4dor&3]}",
    "description: about Tr0ub4dor%263 there",
)
ADDRESSES = ("slug: corp-77zz88qq", "aliases: [/old/corp-77zz88qq/]", "source: https://a.b/corp-77zz88q")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A site with all of them: one build is enough."""
    site = Project(tmp_path_factory.mktemp("leaks")).write({"castsite.yml": "secrets: redact\n"})
    cases: dict[str, tuple[bytes, str]] = {
        **{
            f"shown{at}": (source, f"redact: [{json.dumps(value)}]")
            for at, (source, value) in enumerate(SHOWN.values())
        },
        **{f"escaped{at}": (cast(line), "draft: false") for at, line in enumerate(ESCAPED)},
        **{
            f"pins{at}": (drawn("PINS:\r\n" + "\r\n".join(lines) + "\r\nend\r\n"), "redact: ['/PINS:(?s:.*?)end/']")
            for at, lines in enumerate(PINS)
        },
        "matched": (cast("code=x1234y pin5678z"), "redact: ['/[0-9]{4}/']"),
        "short": (cast("mysql -u root -pabc12 db"), "draft: false"),
        "region": (v2(*RESIZED, width=80, height=3), "mask_region: {rows: [1, 1], cols: [1, 40], from: 0.5, to: 5}"),
        **{f"saying{at}": (cast("PASSWORD=Tr0ub4dor&3"), front) for at, front in enumerate(SAYING)},
        **{
            f"address{at}": (cast("on corp-77zz88qq"), f"redact: [corp-77zz88qq]\n{front}")
            for at, front in enumerate(ADDRESSES)
        },
        "word": (cast("as root here"), "description: About cartroots\nredact: [root]"),
    }
    for name, (source, front) in cases.items():
        site.write({f"content/{name}.cast": source, f"content/{name}.md": f"---\n{front}\n---\n"})
    site.build(code=3)
    return site


@pytest.mark.parametrize(("at", "how"), [*enumerate(SHOWN)])
def test_a_literal_is_masked_however_it_came_there(built: Project, at: int, how: str) -> None:
    value, transcript = SHOWN[how][1], built.page(f"shown{at}.txt")
    assert not any(value[begin : begin + 6] in transcript for begin in range(len(value) - 5)), transcript
    assert "█" in transcript


@pytest.mark.parametrize("at", range(len(ESCAPED)))
def test_a_value_with_backslashes_is_masked_as_others(built: Project, at: int) -> None:
    assert "█" in built.page(f"escaped{at}.txt")
    assert_published_nowhere(built, ESCAPED[at].partition("=")[2] or r"k9\nQ7\nz3")


def assert_published_nowhere(site: Project, value: str) -> None:
    for path, body in site.published().items():
        assert value.encode() not in body, path
        assert json.dumps(value)[1:-1].encode() not in body, path


@pytest.mark.parametrize("at", range(len(PINS)))
def test_numbers_that_begin_a_line_are_its_own(built: Project, at: int) -> None:
    for line in PINS[at]:
        assert line[:5] not in built.page(f"pins{at}.txt")
        assert line[-5:] not in built.page(f"pins{at}.txt")


def test_what_an_expression_matches_is_masked_within_words(built: Project) -> None:
    assert "code=x████y pin████z" in built.page("matched.txt")


def test_a_short_password_is_masked_where_a_rule_finds_it(built: Project) -> None:
    assert "-p█████ db" in built.page("short.txt")


def test_a_region_holds_over_a_change_of_size(built: Project) -> None:
    assert "TOPSECRET" not in built.page("region.cast")


def test_what_is_masked_may_not_stand_in_what_its_author_wrote(built: Project) -> None:
    assert not [path for path in built.published() if path.startswith(("saying", "address")) or "77zz88" in path]
    assert_published_nowhere(built, "Tr0ub4dor&3")


def test_a_short_word_may_be_part_of_others(built: Project) -> None:
    assert "as ████ here" in built.page("word.txt")


def test_an_expression_that_never_ends_on_a_description_ends_with_its_worker(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"castsite.yml": "limits: {seconds_per_recording: 2}\n", "content/b.cast": cast()})
    site.write(
        {"content/a.cast": cast("a"), "content/a.md": f"---\ndescription: {'a' * 60}b\nredact: ['/(a|a)*$/']\n---\n"}
    )
    site.build(code=3)
    assert "b.cast" in site.published()


def test_no_message_and_no_memory_holds_a_token_of_front_matter(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"castsite.yml": "title: S\n", "content/b.cast": cast()})
    site.write({"content/a.md": f"---\ndate: {TOKEN}\n---\ntext\n", f"content/{TOKEN}.cast": cast()})
    told = site.build(code=3).stderr
    assert TOKEN[4:30] not in told
    for path in (site.root / ".castsite").rglob("*"):
        if path.is_file():
            assert TOKEN[4:30].encode() not in path.read_bytes(), path
    allow = site.write({"secrets-allow.json": json.dumps([{TOKEN: 1}])}).build(code=2).stderr
    assert TOKEN[4:30] not in allow


def test_a_typed_token_is_found_once(tmp_path: Path) -> None:
    keys = [f"\r\x1b[K$ export GITHUB_TOKEN={TOKEN[:at]}" for at in range(len(TOKEN) + 1)]
    site = Project(tmp_path).write({"content/a.cast": drawn(*keys, width=100), "content/b.cast": cast()})
    found = json.loads(site.run("check", "--secrets", "--json").stdout)["files"]
    assert [one["rule"] for file in found for one in file["findings"]] == ["github-token"]


def test_an_entry_may_stand_in_the_recording_itself(tmp_path: Path) -> None:
    site = Project(tmp_path).write({"castsite.yml": "secrets: {inline_allow: all}\n", "content/a.cast": cast(TOKEN)})
    (file,) = json.loads(site.run("check", "--secrets", "--json").stdout)["files"]
    entry = {"rule": "github-token", "where": file["findings"][0]["where"], "source": file["recording"], "reason": "x"}
    site.write({"content/a.cast": f"---\nsecrets: {{allow: [{json.dumps(entry)}]}}\n---\n".encode() + cast(TOKEN)})
    assert "stale" not in site.build().stderr
    site.write({"content/a.cast": f"---\nsecrets: {{allow: [{json.dumps(entry)}]}}\n---\n".encode() + cast("x", TOKEN)})
    assert "was allowed in another state of the recording" in site.build(code=3).stderr
