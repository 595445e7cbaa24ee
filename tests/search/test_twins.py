"""The reader in Python and the one in the theme give the same answers from the same index."""

from __future__ import annotations

import base64
import math
import random
from itertools import islice
from pathlib import Path
from typing import Any

import indexed as made
import pytest
from searching import javascript

from castsite.search.answers import PER_PAGE, answers, look, page_answers
from castsite.search.query import Filters
from castsite.search.ranking import Ranking, rank
from castsite.search.reader import Index
from castsite.search.sharding import SHARD
from castsite.search.spans import marks_of

PROGRAM = """
import { Reader } from "./reader.js";
const { files, wishes } = given;
const load = async (url) => {
  const path = new URL(url).pathname.slice(1).split("/").map(decodeURIComponent).join("/");
  if (!(path in files)) throw Object.assign(new Error(path), { name: "Missing" });
  return new Uint8Array(Buffer.from(files[path], "base64"));
};
const reader = new Reader("https://site.example/", load);
const nothing = { q: "", in: "", tag: "", series: "", author: "", from: "", to: "", min: "", max: "" };
const answers = [];
for (const wish of wishes) {
  const ranking = await reader.rank({ ...nothing, ...wish });
  const { shown, recordings, pages, about } = await reader.results(ranking, 1);
  answers.push({
    hits: ranking.hits.map(({ kind, number, score }) => [kind, number, score]),
    wide: ranking.wide,
    near: ranking.near,
    counts: [recordings, pages],
    about,
    unknown: ranking.unknown,
    shown: shown.map(({ entry, lines }) => {
      const place = ({ time, anchor }) => entry.kind === "page" ? anchor : Math.round(time * 1000);
      const told = lines.map((line) => [place(line), line.text, ...line.marks]);
      return [entry.kind, entry.slug, told];
    }),
  });
}
tell(answers);
"""


LONG = "t" * 50
QUERIES = (
    "", "docker", "git commit", "v1.27.3", '"permission denied"', "配置", "配*", "件", "répertoire", "a", "do", "*",
    "dock*", '"dock*"', "no-verify/foobar", "--no-verify/get", "jean-luc", '"ada lovelace"', '"lovelace ada"', "dokcer",
    "gti comit", "permissoin.denied", "ﾃﾞｰﾀﾍﾞｰｽ", "データベース", "ge x", "docu", "дел", "t5", "zzyzx", '"git docker"',
    '"a of"', "配置-文件",
)  # fmt: skip
TITLED = ('"ab cd"', '"heading 1"', "v1.27.3", '"git push"', "jean-luc")


def _wishes(found: list[made.Made]) -> list[dict[str, str]]:
    rng = random.Random(3)  # noqa: S311 - queries
    lines = [line for one in found for line in one.lines]
    wishes = [{"q": query} for query in QUERIES]
    wishes += [{"q": "", "tag": "c++"}, {"q": "", "series": "ÍNTRO"}, {"q": "git", "tag": "Gone", "series": "intro"}]
    wishes += [{"q": query, "in": where} for query in (*QUERIES, *TITLED) for where in ("titles", "commands")]
    wishes += [
        {"author": "Ada Lovelace"},
        {"q": "git", "author": "Jean-Luc"},
        {"tag": LONG},
        {"q": "git", "tag": LONG[:-1]},
    ]
    wishes += [
        {"q": query} | bound
        for query in ("", "docker", "heading")
        for bound in (
            {"from": "1960-01-01"}, {"to": "1960-01-01"}, {"from": "2024-03-01", "to": "2025-01-31"}, {"min": "0"},
            {"min": "0.9"}, {"min": "900.5"}, {"max": "0"}, {"max": "900.5"}, {"from": "2024-03-01", "tag": "git"},
        )
    ]  # fmt: skip
    for _ in range(150):
        words = rng.choice(lines).split() or ["git"]
        start = rng.randrange(len(words))
        query = " ".join(words[start : start + rng.randint(1, 3)])
        query = query[: rng.randint(2, 40)] if rng.random() < 0.3 else f'"{query}"' if rng.random() < 0.2 else query
        wish = {"q": query}
        if rng.random() < 0.3:
            wish |= rng.choice(
                [{"in": "commands"}, {"in": "titles"}, {"tag": "C++"}, {"series": "Intro"}, {"from": "2024-06-01"},
                 {"to": "2024-12-24"}, {"min": "100"}, {"max": "900.5"}, {"tag": "git", "in": "commands"}]
            )  # fmt: skip
        wishes.append(wish)
    return wishes


def _filters(wish: dict[str, str]) -> Filters:
    days = tuple(
        made.day(wish[name]) if name in wish else other for name, other in (("from", -math.inf), ("to", math.inf))
    )
    seconds = tuple(float(wish.get(name, other)) for name, other in (("min", "0"), ("max", "inf")))
    named: dict[str, Any] = {name: wish[name] for name in ("tag", "series", "author") if name in wish}
    return Filters(where=wish.get("in", ""), days=days, seconds=seconds, **named)  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["small", "sharded", "many"])
def test_both_readers_answer_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    monkeypatch.setattr("castsite.search.sharding.SHARD", 256 if form == "many" else SHARD)
    found = made.collection(6 if form == "small" else 120)
    found += [
        made.recording(
            "n/one", "ﾃﾞｰﾀﾍﾞｰｽ ok", "дело", title="Document", authors=("Jean-Luc", "Ada Lovelace"), tags=(LONG,)
        ),
        made.recording("n/two", "git --no-verify/get", "jean x luc", title="ab x cd", tags=("ab", "cd", LONG[:-1])),
    ]
    texts = [
        made.text(
            f"blog/{at}",
            ("", line),
            ("h-a", f"Heading {at}", True),
            ("h-a", found[at].lines[0]),
            tags=("git",),
            date=f"2024-0{at + 1}-09" if at % 3 else None,
            about=at % 2 > 0,
        )
        for at, line in enumerate(one.lines[0] for one in found[:6])
    ]
    texts.append(made.text("n/page", ("", "ab cd heading 1"), title="Ab x cd", authors=("Jean-Luc",), tags=("ab cd",)))
    index = tmp_path / "index"
    files = made.written_small(found, texts) if form == "small" else made.written(found, texts, index)
    wishes = _wishes(found)
    given = {"files": {path: base64.b64encode(data).decode() for path, data in files.items()}, "wishes": wishes}

    told = javascript(tmp_path, PROGRAM, given)

    reader = made.opened(files)
    for wish, theirs in zip(wishes, told, strict=True):
        ranking = rank(reader, wish.get("q", ""), _filters(wish))
        ours = [["recording", hit.record, hit.score] for hit in ranking.hits]
        ours += [["page", hit.record, hit.score] for hit in ranking.pages]
        assert [one[:2] for one in theirs["hits"]] == [one[:2] for one in ours], wish
        assert [one[2] for one in theirs["hits"]] == pytest.approx([one[2] * 1e6 for one in ours], abs=1.5), wish
        assert theirs["wide"] == ranking.partial, wish
        shown = [[kind, slug, sorted(lines)] for kind, slug, lines in theirs["shown"]]
        assert shown == _answered(reader, ranking, _filters(wish)), wish
        assert theirs["near"] == list(ranking.near), wish
        assert theirs["unknown"] == list(ranking.unknown), wish
        if not theirs["about"]:
            counts = look(reader, ranking, _filters(wish), len(ours) + 1).counts
            assert theirs["counts"] == [counts.recordings, counts.pages], wish
    assert any(one["wide"] for one in told) == (form == "many")
    assert any(one["near"] for one in told)


def _answered(reader: Index, ranking: Ranking, filters: Filters) -> list[Any]:
    """Give what the first page of results shows, in the form of the program."""
    found: list[Any] = [
        ["recording", one.row.slug, sorted([match.time, match.text, *map(list, match.marks)] for match in one.matches)]
        for one in islice(answers(reader, ranking, filters), PER_PAGE)
    ]
    pages = (
        [
            "page",
            one.page.slug,
            sorted([said.anchor, said.text, *map(list, marks_of(said.text, ranking.words))] for said in one.said),
        ]
        for one in page_answers(reader, ranking, filters)
    )
    return [*found, *islice(pages, PER_PAGE - len(found))]


def test_both_readers_look_at_all_candidates_and_keep_what_is_lost(tmp_path: Path) -> None:
    casts = [
        made.recording(f"r{at:03}", "all make" if at % 9 == 0 else "all x make", *["x" * 5000] * 4) for at in range(60)
    ]
    files = made.written(casts, (), tmp_path / "index")
    for lost in ("r009.json", "r010.json"):
        del files[lost]
    wishes = [{"q": '"all make"'}, {"q": "make"}]
    given = {"files": {path: base64.b64encode(data).decode() for path, data in files.items()}, "wishes": wishes}
    told = javascript(tmp_path, PROGRAM, given)
    reader = made.opened(files)
    for wish, theirs in zip(wishes, told, strict=True):
        ranking = rank(reader, wish["q"], Filters())
        assert theirs["shown"] == _answered(reader, ranking, Filters())
    assert [slug for _, slug, _ in told[0]["shown"]] == ["r054", "r045", "r036", "r027", "r018", "r010", "r009", "r000"]
    assert told[0]["counts"] == [8, 0]
