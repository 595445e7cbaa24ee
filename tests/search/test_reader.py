"""The reader of the index, without a page: what it finds, in which order, and what it makes of broken files."""

from __future__ import annotations

import json
import math
import random
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from searching import Cast, Text, cast, javascript, sharded, small

from castsite.search.answers import answers, page_answers
from castsite.search.query import Filters
from castsite.search.ranking import rank
from castsite.search.reader import Index
from castsite.search.shard import DamagedError

SHIP = cast("ops/ship", "$ docker build .", "Step 1: docker", "pushed", date="2026-03-01", tags=("docker", "ci"))
LOGS = cast("ops/logs", "docker logs", "permission denied", "done", date="2026-02-01", seconds=30, authors=("Ada B",))
DENY = cast("deny", "permission was denied", "docker", title="No permission", date="2026-02-01", series="A tour")
LONG = Cast(
    "long",
    "Long",
    (((1.0, "permission x"), (2.0, "denied")), ((3.0, "$ run"), (4.5, "permission denied")), ((9.0, "nothing"),)),
)
CASTS = (SHIP, LOGS, DENY, LONG)
TEXTS = (
    Text("about", "About docker", (("", "We use docker."), ("how", "How\nWe run it.")), date="2026-01-01"),
    Text("blog/first", "First", (("docker", "Docker\nYes."),), date="2026-03-05", tags=("docker",)),
)

PROGRAM = """
import { Reader } from "./reader.js";
const asked = [];
const load = (files) => async (url, cache) => {
  const path = url.replace("https://x.example/", "").replace(/[?]v=.*/, "");
  asked.push(path);
  const found = files[decodeURI(path)];
  if (found === undefined) throw Object.assign(new Error(path), { name: "Missing" });
  return Uint8Array.from(atob(found), (one) => one.charCodeAt(0));
};
const names = ["q", "in", "tag", "series", "author", "from", "to", "min", "max"];
const wish = (given) => ({ ...Object.fromEntries(names.map((name) => [name, ""])), ...given });
const look = async (reader, given, page = 1) => {
  try {
    const ranking = await reader.rank(wish(given));
    const { shown, ...told } = await reader.results(ranking, page);
    const { near, unknown, wide } = ranking;
    return { ...told, near, unknown, wide, scores: ranking.hits.map(({ score }) => score),
      lost: shown.filter(({ lost }) => lost).map(({ entry }) => entry.slug),
      unfinished: shown.filter(({ unfinished }) => unfinished).map(({ entry }) => entry.slug),
      found: shown.map(({ entry, lines }) =>
        [entry.slug, lines.map(({ time, anchor, text }) => [anchor || time, text])]) };
  } catch (error) {
    return { error: `${error.name} ${error.message}` };
  }
};
const answers = [];
for (const [files, wishes] of given) {
  const reader = new Reader("https://x.example/", load(files));
  for (const [one, page] of wishes) {
    const before = asked.length;
    answers.push({ ...(await look(reader, one, page)), asked: asked.slice(before) });
  }
}
tell({ answers });
"""


def encoded(files: dict[str, bytes]) -> dict[str, str]:
    return {path: b64encode(body).decode() for path, body in files.items()}


@pytest.fixture
def ask(tmp_path: Path) -> Any:
    """Answers of one index to several wishes; a wish is a query, or a mapping."""

    def asked(files: dict[str, bytes], *wishes: Any, page: int | Sequence[int] = 1) -> list[Any]:
        pages = [page] if isinstance(page, int) else page
        given = [[{"q": wish} if isinstance(wish, str) else wish, one] for wish in wishes for one in pages]
        answers: list[Any] = javascript(tmp_path, PROGRAM, [[encoded(files), given]])["answers"]
        return answers

    return asked


def opened(files: dict[str, bytes]) -> Index:
    return Index.open(lambda path: files[path.partition("?")[0]])


def slugs(answer: Any) -> list[str]:
    return [slug for slug, _ in answer["found"]]


FORMS = {"small": small(CASTS, TEXTS), "sharded": sharded(CASTS, TEXTS), "many": sharded(CASTS, TEXTS, size=40)}


@pytest.mark.parametrize("form", FORMS)
def test_words_phrases_and_filters_find_what_has_them(ask: Any, form: str) -> None:
    wishes = {
        "docker": ["ops/ship", "ops/logs", "deny", "about", "blog/first"],
        "permission docker": ["deny", "ops/logs"],
        '"permission denied"': ["long", "ops/logs"],
        "docker build": ["ops/ship"],
        "nowhere": [],
    }
    told = ask(FORMS[form], *wishes)
    assert [sorted(slugs(one)) for one in told] == [sorted(found) for found in wishes.values()]
    filtered = {
        ("q", "docker", "tag", "docker"): ["ops/ship", "blog/first"],
        ("tag", "docker"): ["ops/ship", "blog/first"],
        ("q", "docker", "in", "commands"): ["ops/ship"],
        ("q", "permission", "in", "titles"): ["deny"],
        ("q", "docker", "in", "titles"): ["ops/ship", "about"],
        ("series", "A tour"): ["deny"],
        ("author", "Ada B"): ["ops/logs"],
        ("q", "docker", "from", "2026-02-01", "to", "2026-02-28"): ["deny", "ops/logs"],
        ("from", "2026-03-01"): ["ops/ship", "blog/first"],
        ("q", "docker", "max", "30"): ["ops/logs"],
        ("q", "docker", "min", "31"): ["ops/ship", "deny"],
    }
    told = ask(FORMS[form], *(dict(zip(wish[::2], wish[1::2], strict=True)) for wish in filtered))
    assert [sorted(slugs(one)) for one in told] == [sorted(found) for found in filtered.values()]


@pytest.mark.parametrize("form", FORMS)
def test_names_are_found_whatever_their_case_and_accents_and_unknown_ones_are_told(ask: Any, form: str) -> None:
    found = ask(
        FORMS[form], {"tag": "DOCKER"}, {"series": "Á TOUR"}, {"q": "docker", "tag": "Gone", "author": "Nobody"}
    )
    assert [slugs(one) for one in found] == [["ops/ship", "blog/first"], ["deny"], []]
    assert [one["unknown"] for one in found] == [[], [], ["Gone", "Nobody"]]


@pytest.mark.parametrize("form", FORMS)
def test_lines_are_shown_with_their_seconds_and_pages_with_their_anchors(ask: Any, form: str) -> None:
    phrase, pages = ask(FORMS[form], '"permission denied"', {"q": "yes"})
    assert dict(phrase["found"])["long"] == [[4.5, "permission denied"]]
    assert phrase["about"] is False
    assert (phrase["recordings"], phrase["pages"]) == (2, 0)
    assert pages["found"] == [["blog/first", [["docker", "Yes."]]]]


ABOUT = Text("ops/ship", "Ship it", (("", "Rolls back."),), date="2026-03-01", tags=("docker",), about=True)


@pytest.mark.parametrize("write", [small, sharded])
def test_a_page_of_results_is_filled_from_pages_of_the_days_that_are_asked_for(ask: Any, write: Any) -> None:
    texts = [Text(f"p/{at:02}", "Docker", (), date="2026-02-01" if at > 34 else "2026-01-01") for at in range(40)]
    (told,) = ask(write((), texts), {"q": "docker", "from": "2026-02-01"})
    assert slugs(told) == [f"p/{at}" for at in range(35, 40)]
    assert (told["pages"], told["about"], told["next"]) == (5, False, False)


@pytest.mark.parametrize("write", [small, sharded])
def test_a_length_counts_in_whole_seconds_and_a_day_in_those_that_can_be_told(ask: Any, write: Any) -> None:
    casts = (cast("long", "x", seconds=900.7, date="2026-02-01"), cast("short", "x", seconds=1), cast("old", "x"))
    bounds = {
        ("min", "900.9"): ["long"],
        ("max", "59"): ["short"],
        ("from", "1960-01-01"): ["long"],
        ("to", "1960-01-01"): [],
    }
    bounds |= {("min", "0"): ["long", "short", "old"], ("from", "nonsense"): ["long", "short", "old"]}
    told = ask(write(casts), *({"q": "x", name: value} for name, value in bounds))
    assert [sorted(slugs(one)) for one in told] == [sorted(found) for found in bounds.values()]


@pytest.mark.parametrize("write", [small, sharded])
def test_what_is_written_about_a_recording_is_found_beside_it_and_listed_by_its_own_words_alone(
    ask: Any, write: Any
) -> None:
    files = write((cast("ops/ship", "$ go", title="Ship it", tags=("docker",), date="2026-03-01"),), (ABOUT,))
    wishes = {
        ("rolls", ""): ["ops/ship"],
        ("rolls", "docker"): ["ops/ship"],
        ("ship", ""): ["ops/ship"],
        ("docker", ""): ["ops/ship"],
        ("", "docker"): ["ops/ship"],
    }
    told = ask(files, *({"q": query, "tag": tag} for query, tag in wishes), {"from": "2026-01-01"})
    assert [slugs(one) for one in told] == [*wishes.values(), ["ops/ship"]]
    index = opened(files)
    for (query, tag), found in wishes.items():
        filters = Filters(tag=tag)
        ranking = rank(index, query, filters)
        rows = [answer.row.slug for answer in answers(index, ranking, filters)]
        pages = [answer.page.slug for answer in page_answers(index, ranking, filters)]
        assert rows + pages == found, query
        assert bool(pages) == (query == "rolls")


def test_scores_are_those_of_the_formula(ask: Any) -> None:
    (told,) = ask(FORMS["sharded"], "docker")
    # places: one part each but for the long recording with three: 2 + 2 + 2 + 4
    rarity = math.log(1 + 10 / 4)  # the head of one, parts of three
    expected = {
        "ops/ship": 1.5 * rarity * (4 + 2),
        "ops/logs": 1.5 * rarity * 1,
        "deny": 1.5 * rarity * 1,
        "about": math.log(1 + 2 / 2) * 4,
        "blog/first": math.log(1 + 2 / 2) * 2,
    }
    assert slugs(told) == ["ops/ship", "ops/logs", "deny", "about", "blog/first"]
    assert told["scores"] == [math.floor(one * 1e6 + 0.5) for one in expected.values()]


def test_a_beginning_counts_half(ask: Any) -> None:
    casts = [cast("exact", "dock"), cast("longer", "docker"), cast("none", "x")]
    (told,) = ask(sharded(casts), "dock")
    rarity = math.log(1 + 6 / 2)
    assert slugs(told) == ["exact", "longer"]
    assert told["scores"] == [math.floor(1.5 * rarity * factor * 1e6 + 0.5) for factor in (1, 0.5)]


def test_both_forms_of_an_index_rank_alike(ask: Any) -> None:
    rng = random.Random(7)  # noqa: S311 - text to be searched
    vocabulary = ["git", "push", "kubectl", "get", "getPodName", "nginx.conf", "v1.27.3", "配置文件", "Größe", "x"]
    casts = []
    for at in range(40):
        parts = tuple(
            tuple(
                (float(row), ("$ " if rng.random() < 0.3 else "") + " ".join(rng.choices(vocabulary, k=4)))
                for row in range(rng.randint(1, 6))
            )
            for _ in range(rng.randint(1, 4))
        )
        date = rng.choice(["", "2026-01-01", f"2026-02-{at % 28 + 1:02}"])
        casts.append(Cast(f"r/{at}", " ".join(rng.choices(vocabulary, k=2)), parts, date, tags=("git",) * (at % 2)))
    texts = [Text(f"p/{at}", "Git", (("a", "Push\n" + " ".join(rng.choices(vocabulary, k=5))),)) for at in range(10)]
    queries = ["git", "git push", "get pod", '"git push"', "nginx.conf x", "v1.27.3", "配置", "grosse", "user", "kub"]
    wishes = [
        *queries,
        {"q": "git", "in": "commands"},
        {"q": "git", "in": "titles"},
        {"tag": "git"},
        {"q": "push g", "tag": "git"},
    ]
    one, other, third = (
        ask(files, *wishes) for files in (small(casts, texts), sharded(casts, texts), sharded(casts, texts, size=64))
    )
    for answer in (*one, *other):
        del answer["asked"]
    assert one == other
    assert [told["found"] for told in third] == [told["found"] for told in one]


def test_results_come_ten_at_a_time_and_only_checked_ones_are_looked_for_further(ask: Any) -> None:
    casts = [cast(f"r{at:03}", "a b" if at % 4 == 0 else "a c b") for at in range(100)]
    files = sharded(casts)
    (first,), (second,), (last,) = (ask(files, "a b", page=page) for page in (1, 2, 11))
    assert slugs(first) == [f"r{at:03}" for at in range(99, 89, -1)]
    assert slugs(second) == [f"r{at:03}" for at in range(89, 79, -1)]
    assert slugs(last) == []
    assert first["recordings"] == 100
    pages = ask(files, '"a b"', page=(1, 2, 3, 4))
    right = [f"r{at:03}" for at in range(96, -4, -4)]
    assert [slugs(one) for one in pages] == [right[:10], right[10:20], right[20:], []]
    assert [one["recordings"] for one in pages] == [100 - 30, 100 - 60, 25, 25]
    assert [one["about"] for one in pages] == [True, True, False, False]
    assert [one["next"] for one in pages] == [True, True, False, False]
    for number, one in enumerate(pages, start=1):
        (alone,) = ask(files, '"a b"', page=number)
        assert slugs(alone) == slugs(one), "an address of a page of results leads to the same ones"


def test_a_word_is_found_in_whichever_part_it_stands(ask: Any) -> None:
    parts = [((1.0, "see x the"), (2.0, "the")) for _ in range(6)] + [((9.0, "see the"),)]
    casts = [Cast("a", "A", tuple(parts)), cast("b", "see, the")]
    for files in (small(casts), sharded(casts)):
        (told,) = ask(files, '"see the"')
        assert told["found"] == [["b", [[1, "see, the"]]], ["a", [[9, "see the"]]]]
        index = opened(files)
        ranking = rank(index, '"see the"', Filters())
        found = [
            [one.row.slug, [[match.time / 1000, match.text] for match in one.matches]]
            for one in answers(index, ranking, Filters())
        ]
        assert found == told["found"]


def _files_of(told: Any) -> list[str]:
    return [path for path in told["asked"] if not path.startswith("search/")]


def test_a_page_of_results_looks_at_a_bounded_number_of_parts_and_drops_nothing_that_it_did_not_look_at(
    ask: Any,
) -> None:
    many = tuple(((float(at), "all x make"),) for at in range(150))
    casts = [cast(f"r{at:03}", "all x make") for at in range(300)]
    deep, wide = sharded([Cast("a", "A", many), *casts[:5]]), sharded(casts)
    (told,) = ask(deep, '"all make"')
    assert slugs(told) == ["a"]
    assert (told["unfinished"], told["about"], told["recordings"], told["next"]) == (["a"], True, 1, False)
    assert 100 < len(_files_of(told)) <= 120
    first, second, third, fourth = ask(wide, '"all make"', page=(1, 2, 3, 4))
    assert [slugs(one) for one in (first, second, third, fourth)] == [[], [], [], []]
    assert [len(_files_of(one)) for one in (first, second, third, fourth)] == [120, 120, 60, 0]
    assert [one["next"] for one in (first, second, third, fourth)] == [True, True, False, False]
    assert [one["recordings"] for one in (first, second, third)] == [180, 60, 0]
    assert [one["about"] for one in (first, second, third)] == [True, True, False]
    assert first["stale"] is False


def test_an_address_of_a_page_far_away_does_not_fetch_everything(ask: Any) -> None:
    files = sharded([cast(f"r{at:03}", "a b") for at in range(300)])
    (told,) = ask(files, '"a b"', page=1000)
    assert (slugs(told), told["next"]) == ([], False)
    assert len(_files_of(told)) <= 120
    (sure,) = ask(files, "a", page=1000)
    assert _files_of(sure) == []
    titled = sharded([cast(f"r{at:04}", "x", title="b a") for at in range(3000)])
    (told,) = ask(titled, {"q": '"a b"', "in": "titles"})
    assert (slugs(told), told["next"]) == ([], True)
    assert len(told["asked"]) < 12


def test_a_result_whose_part_is_missing_or_damaged_stays_without_its_lines(ask: Any) -> None:
    casts = [*CASTS, Cast("two", "Two", (((1.0, "docker docker docker docker"),), ((2.0, "docker"),)))]
    files = sharded(casts)
    for change in ({"deny.json": b"{}"}, {"deny.json": None}):
        told, phrase, other = ask(
            {path: body for path, body in (files | change).items() if body},
            "docker",
            '"permission denied"',
            '"was denied"',
        )
        assert told["lost"] == ["deny"]
        assert dict(told["found"])["deny"] == []
        assert len(dict(told["found"])["ops/ship"]) == 2
        assert "deny" in slugs(phrase), "it may stand there"
        assert (slugs(other), other["lost"], other["stale"]) == (["deny"], ["deny"], True)
    told = ask({path: body for path, body in files.items() if path != "two.json"}, "docker")[0]
    assert (told["lost"], dict(told["found"])["two"]) == (["two"], [[2, "docker"]]), "another part shows some"


NAMED = (
    cast(
        "one", "x", title="Containers", tags=("docker", "C D"), authors=("Jean-Luc", "Ada Lovelace"), series="In depth"
    ),
    cast("other", "containers x docker, ada x lovelace, jean x luc"),
)
NAMED_TEXTS = (
    Text("page", "Pages", (("", "containers x docker"),), tags=("go on",), authors=("Grace-Ann Hopper",)),
    Text("one", "Containers of all", (("", "all of containers"),), tags=("C D",), about=True),
)


@pytest.mark.parametrize("write", [small, sharded])
def test_title_tags_series_and_authors_are_looked_at_each_alone(ask: Any, write: Any) -> None:
    files = write(NAMED, NAMED_TEXTS)
    wishes = {
        "jean-luc": ["one"],
        '"Ada Lovelace"': ["one"],
        '"in depth"': ["one"],
        '"c d"': ["one"],
        '"containers docker"': [],
        '"lovelace in"': [],
        "grace-ann": ["page"],
        '"go on"': ["page"],
        '"pages go"': [],
        '"containers of"': [],
    }
    told = ask(files, *wishes)
    assert [slugs(one) for one in told] == list(wishes.values())
    index = opened(files)
    for query, found in wishes.items():
        ranking = rank(index, query, Filters())
        rows = [answer.row.slug for answer in answers(index, ranking, Filters())]
        assert rows + [one.page.slug for one in page_answers(index, ranking, Filters())] == found, query


def test_names_that_begin_alike_are_told_apart(ask: Any) -> None:
    tags = ["t" * 48, "t" * 48 + "x", "t" * 48 + "y"]
    casts = [cast(tag[46:], "x", tags=(tag,)) for tag in tags]
    for files in (small(casts), sharded(casts)):
        assert [slugs(one) for one in ask(files, *({"tag": tag} for tag in tags))] == [["tt"], ["ttx"], ["tty"]]
        index = opened(files)
        for tag in tags:
            filters = Filters(tag=tag)
            assert [one.row.slug for one in answers(index, rank(index, "", filters), filters)] == [tag[46:]]


def test_a_beginning_that_is_everywhere_finds_titles(ask: Any) -> None:
    casts = [cast(f"r{at}", f"do{at:03}x", title=f"Do{at:03}x" if at % 50 == 0 else "None") for at in range(200)]
    files = sharded(casts, size=256)
    assert "search/h/646f.bin" in files
    few, whole = ask(files, "do", "do117x")
    assert few["wide"] is True
    assert sorted(slugs(few)) == ["r0", "r100", "r150", "r50"]
    assert (whole["wide"], slugs(whole)) == (False, ["r117"])


@pytest.mark.parametrize("size", [64, 256])
def test_titles_are_found_by_wide_beginnings_of_any_length_and_script(ask: Any, size: int) -> None:
    scripts = ["docu{}x", "配{}置", "дело{}", "ßta{}"]
    casts = [
        cast(f"r{at:03}", " ".join(one.format(chr(0x4E00 + at) if "配" in one else at) for one in scripts))
        for at in range(200)
    ]
    casts += [cast("t1", "x", title="Document"), cast("t2", "x", title="Docking"), cast("t3", "dock", title="配置文件")]
    casts += [cast("t4", "y", title="Дельта"), cast("t5", "docked or not", title="Document")]
    texts = [Text("p1", "Docking", (("", "x"),)), Text("p2", "Dock", (("", "docket"),)), Text("p3", "配置", ())]
    files = sharded(casts, texts, size=size)
    wishes = {
        "dock": ["t2", "t3", "t5", "p1", "p2"],
        "配": ["t3", "p3"],
        "дел": ["t4"],
        "docu": ["t1", "t5"],
        "x do": ["t1", "t2", "p1"],
    }
    told = ask(files, *wishes)
    assert {query: sorted(slugs(one)) for query, one in zip(wishes, told, strict=True)} == {
        query: sorted(found) for query, found in wishes.items()
    }
    assert [one["wide"] for one in told] == [False, True, True, True, True], (
        "few shards have a word that begins with dock"
    )
    for query, theirs in zip(wishes, told, strict=True):
        ranking = rank(opened(files), query, Filters())
        found = [one.row.slug for one in answers(opened(files), ranking, Filters())]
        found += [one.page.slug for one in page_answers(opened(files), ranking, Filters())]
        assert sorted(found) == sorted(slugs(theirs)), query
        assert ranking.partial == theirs["wide"], query


def test_a_word_that_is_nowhere_is_answered_with_near_ones(ask: Any) -> None:
    casts = [cast(f"r{at}", "kubectl get pods", "docker") for at in range(3)]
    for files in (small(casts), sharded(casts)):
        typo, kept, short, phrase = ask(files, "kubctl", "get kubctl pods", "gte", "kubctl.get")
        assert typo["near"] == ["kubectl"]
        assert kept["near"] == ["get kubectl pods"]
        assert short["near"] == []
        assert phrase["near"] == ["kubectl.get"]


def test_no_query_is_offered_in_which_a_word_is_nowhere(ask: Any) -> None:
    casts = [cast(f"r{at}", "unclosed kubectl get pods") for at in range(3)]
    for files in (small(casts), sharded(casts)):
        both, one, path = ask(files, "kubctl gett pods", "kubctl zzyzx", '"kubctl.zzyzx')
        assert both["near"] == ["kubectl get pods"]
        assert one["near"] == path["near"] == []


def test_all_pieces_of_a_long_path_stand_in_the_text(ask: Any) -> None:
    casts = [cast("deep", "/a/b/c/d/e/f/g/h/i/j.txt"), cast("other", "/a/b/c/d/e/f/g/h/i/k.txt", "/a/b/c/d/e/f/g/h")]
    for files in (small(casts), sharded(casts)):
        for query, expected in (("/a/b/c/d/e/f/g/h/i/j.txt", ["deep"]), ('"a b c d e f g h zebra"', [])):
            found = ask(files, query)[0]
            assert slugs(found) == expected, query
            assert not found["stale"]
            ranking = rank(opened(files), query, Filters())
            assert [one.row.slug for one in answers(opened(files), ranking, Filters())] == expected, query


def test_words_of_objects_are_words_like_others(ask: Any) -> None:
    casts = [cast("a", "__proto__ constructor toString hasOwnProperty"), cast("b", "x")]
    for files in (small(casts), sharded(casts)):
        assert [slugs(one) for one in ask(files, "__proto__", "constructor", "tostring", "valueOf")] == [["a"]] * 3 + [
            []
        ]


def test_an_edited_part_is_told_by_what_it_lacks(ask: Any) -> None:
    files = sharded([cast("a", "docker")])
    files["a.json"] = json.dumps({"times": [1], "lines": ["other"], "command_lines": []}).encode()
    assert ask(files, "docker")[0]["stale"] is True
    assert ask(sharded([cast("a", "b docker a")]), '"a b"')[0]["stale"] is False  # it is all there, only elsewhere
    both = sharded([cast("a", "docker"), cast("b", "docker too")])
    assert ask(both, "docker")[0]["stale"] is False
    both["a.json"] = files["a.json"]
    assert ask(both, "docker")[0]["stale"] is True, "one is enough"


ROOT = json.loads(sharded(CASTS)["search/index.json"])


@pytest.mark.parametrize(
    "root",
    [
        b"", b"{", b"null", b"[]", b'{"v": 2}',
        *(json.dumps(ROOT | change).encode() for change in (
            {"counts": [1e308]}, {"counts": [-1]}, {"counts": {}}, {"counts": [2**40]}, {"shards": [1]}, {"titles": {}},
            {"version": 1}, {"records": []}, {"records": [], "parts": [], "pages": []}, {"pages": 1e12},
        )),
    ],
)  # fmt: skip
def test_a_root_of_another_shape_is_damaged(ask: Any, root: bytes) -> None:
    (told,) = ask(sharded(CASTS) | {"search/index.json": root}, "docker")
    assert told["error"].startswith("Damaged")


def test_files_that_are_cut_off_or_missing_are_faults_and_no_empty_answers(ask: Any) -> None:
    files = sharded(CASTS)
    shard = next(path for path in files if path.startswith("search/t/64"))
    for size in (0, 1, len(files[shard]) - 1):
        assert ask(files | {shard: files[shard][:size]}, "docker")[0]["error"].startswith("Damaged"), size
        with pytest.raises(DamagedError):
            rank(opened(files | {shard: files[shard][:size]}), "docker", Filters())
    missing = {path: body for path, body in files.items() if path != shard}
    assert ask(missing, "docker")[0]["error"] == f"Missing {shard}"
    assert ask(files | {"search/d/0.json": b"[]"}, "docker")[0]["error"].startswith("Damaged")
    beyond = files | {"search/index.json": json.dumps(ROOT | {"counts": [1]}).encode()}
    dated = {"from": "2026-01-01"}
    for path in ("search/columns.bin", "search/pages.bin"):
        for size in range(len(files[path])):
            assert ask(files | {path: files[path][:size]}, dated)[0]["error"].startswith("Damaged")
    assert "error" in ask(beyond, "docker")[0] or ask(beyond, "docker")[0]["recordings"] <= 1
