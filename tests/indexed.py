"""Collections of made-up recordings with an index of them, and what a scan of all their lines finds."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from castsite.search.index import Library, Record, Said, Text, day_number, in_order, make_index, small_root
from castsite.search.parts import parts
from castsite.search.reader import Index
from castsite.search.terms import Terms, found_by

_STEMS = """
apply pod docker build error warning nginx.conf --no-verify v1.27.3 /etc/hosts ERR_CONNECTION_REFUSED getUserName a b of
x86_64 répertoire Größe 配置文件 データベース сервер git commit main.py 192.168.1.1 test_read_all kube-system:latest c
permission denied snapshot HTTPServer2Go npm-run-all 0x7ffd the do in
"""
STEMS = _STEMS.split()


@dataclass(frozen=True)
class Made:
    """A recording: what the catalogue says, its lines, which of them are commands."""

    record: Record
    lines: tuple[str, ...]
    typed: frozenset[int]

    @property
    def terms(self) -> Terms:
        return found_by(self.lines, self.typed, 200_000)

    @property
    def files(self) -> list[dict[str, Any]]:
        return [
            {
                "times": [1000] * len(part),
                "lines": [self.lines[at] for at in part],
                "command_lines": [at - part.start for at in part if at in self.typed],
            }
            for part in parts(self.lines)
        ]


def recording(slug: str, *lines: str, title: str = "", typed: Sequence[int] = (), **facts: Any) -> Made:
    known: dict[str, Any] = {"date": None, "tags": (), "series": "", "authors": (), "seconds": 60.0} | facts
    known.setdefault("key", slug)
    day = day_number(date.fromisoformat(known["date"])) if known["date"] else 0
    return Made(
        Record(
            slug=slug,
            title=title or slug,
            day=day,
            lines=len(lines),
            trace="0" * 96,
            parts=len(parts(lines)),
            characters=sum(map(len, lines)),
            **known,
        ),
        lines,
        frozenset(typed),
    )


def collection(count: int, seed: int = 1) -> list[Made]:
    """Make recordings whose words grow ever rarer, as in real ones."""
    rng = random.Random(seed)  # noqa: S311 - text to be searched
    rare = [f"{rng.choice('bcdfgklmnprst')}{rng.choice('aeiou')}{rng.randrange(36**3):x}" for _ in range(count * 20)]

    def line() -> str:
        words = [rng.choice(STEMS) if rng.random() < 0.6 else rng.choice(rare) for _ in range(rng.randint(1, 9))]
        return f"{rng.choice(['', '$ ', '[', '  '])}{rng.choice([' ', ': ', ', ', '/']).join(words)}"

    found = []
    for at in range(count):
        lines = [line() for _ in range(min(2000, int(rng.lognormvariate(3.5, 1.1)) + 1))]
        found.append(
            recording(
                f"{rng.choice('abc')}/rec-{at}",
                *lines,
                title=f"{rng.choice(STEMS)} {rng.choice(rare)} {at}",
                typed=[number for number in range(len(lines)) if rng.random() < 0.1],
                date=(date(2024, 1, 1) + timedelta(days=rng.randrange(700))).isoformat(),
                tags=tuple(rng.sample(["docker", "git", "C++", "Größe"], rng.randint(0, 2))),
                series=rng.choice(["", "", "Intro"]),
                seconds=float(rng.randrange(1, 4000)),
            )
        )
    return found


def text(slug: str, *said: tuple[str, str] | tuple[str, str, bool], title: str = "", **facts: Any) -> Text:
    known: dict[str, Any] = {"date": None, "tags": (), "authors": ()} | facts
    lines = tuple(Said(*one) for one in said)
    key = repr(lines)
    _SAID[key] = lines
    characters = sum(len(one.text) for one in lines)
    return Text(slug=slug, title=title or slug, characters=characters, key=key, **known)


_SAID: dict[str, tuple[Said, ...]] = {}


def said_in_text(one: Text) -> tuple[Said, ...]:
    """What a text says that was made here."""
    return _SAID[one.key]


def library(made: Sequence[Made], former: Sequence[Made] = ()) -> Library:
    """Fetches terms and texts; `former` are recordings as they were."""
    by_key = {one.record.key: one for one in (*former, *made)}
    return Library(
        lambda key: by_key[key].terms, said_in_text, lambda key: by_key[key].terms if key in by_key else None
    )


def written(made: Sequence[Made], texts: Sequence[Text], folder: Path, spread: Any = None) -> dict[str, bytes]:
    """Write the sharded form of an index, and the files it leads to."""
    records = in_order(one.record for one in made)
    options = {"spread": spread} if spread else {}
    files = {file.path: file.body() for file in make_index(records, texts, library(made), folder, **options).files}
    return files | _parts(made)


def written_small(made: Sequence[Made], texts: Sequence[Text]) -> dict[str, bytes]:
    """Write the form that is one file."""
    by_slug = {one.record.slug: one for one in made}
    records = in_order(one.record for one in made)
    root = small_root(records, texts, lambda record: by_slug[record.slug].files, said_in_text)
    return {"search/index.json": root}


def _parts(made: Sequence[Made]) -> dict[str, bytes]:
    import json  # noqa: PLC0415 - for this alone

    found = {}
    for one in made:
        for number, part in enumerate(one.files, start=1):
            name = f"{one.record.slug}.json" if number == 1 else f"{one.record.slug}.{number}.json"
            found[name] = json.dumps(part).encode()
    return found


def loader(files: dict[str, bytes]) -> Callable[[str], bytes]:
    def load(path: str) -> bytes:
        try:
            return files[path.partition("?")[0]]
        except KeyError:
            raise FileNotFoundError(path) from None

    return load


def opened(files: dict[str, bytes]) -> Index:
    return Index.open(loader(files))


def day(text: str) -> float:
    return float(day_number(date.fromisoformat(text)))


def words_of(line: str) -> list[str]:
    """Give the runs of letters and digits of a line, as the oracle compares them."""
    return re.findall(r"[^\W_]+", plain(line))


def plain(text: str) -> str:
    """Put case and accents aside, by other means than the index does."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", text) if not "\u0300" <= char <= "\u036f")
    return unicodedata.normalize("NFC", bare).lower().replace("ß", "ss")
