"""Real recordings: how much of what they showed is found, and that sharing one pass changes nothing."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest
from analysis.oracle import Score, casts, score, shown

from castsite.analysis.analyse import analyse
from castsite.analysis.commands import Detector, signals
from castsite.analysis.frames import _ENTER, _LEAVE, FOREVER, _pieces
from castsite.analysis.model import Analysis, Command
from castsite.analysis.transcript import transcript
from castsite.cast.events import OUTPUT, RESIZE, Cast
from castsite.terminal import Screen

pytestmark = pytest.mark.corpus


@lru_cache(maxsize=1)
def analyses(corpus: Path) -> dict[str, Analysis]:
    return {name: analyse(cast) for name, cast in casts(corpus)}


@pytest.mark.slow
def test_the_transcripts_keep_what_could_be_read_and_invent_nothing(corpus: Path) -> None:
    total = sum((score(transcript(cast), shown(cast)) for _, cast in casts(corpus)), Score())
    assert total.legible > 100_000
    assert total.covered >= 0.995 * total.legible, total
    assert total.found >= 0.995 * total.words, total
    assert total.junk <= 0.035 * total.lines, total
    assert total.false == 0, total


def test_lines_are_in_order_clean_and_inside_the_recording(corpus: Path) -> None:
    for name, analysis in analyses(corpus).items():
        times = [line.time for line in analysis.lines]
        assert times == sorted(times), name
        for line in analysis.lines:
            assert 0 <= line.since <= line.time <= analysis.duration, (name, line)
            assert line.text == line.text.rstrip() != "", (name, line)
            assert not any(char < " " or "\x7f" <= char < "\xa0" for char in line.text), (name, line)


def test_one_pass_finds_the_lines_that_the_transcript_alone_finds(corpus: Path) -> None:
    found = analyses(corpus)
    assert all(transcript(cast) == found[name].lines for name, cast in casts(corpus))


def test_one_pass_finds_the_commands_that_are_found_piece_by_piece(corpus: Path) -> None:
    found = analyses(corpus)
    for name, cast in casts(corpus):
        assert alone(cast) == found[name].commands, name


def alone(cast: Cast) -> tuple[Command, ...]:
    """Find commands with every piece of output fed and heard by itself."""
    screen = Screen(cast.header.cols, cast.header.rows)
    detector = Detector(screen, signals(cast.events))
    pieces: list[tuple[int, int | None, str]] = []
    carried, size = "", (screen.cols, screen.rows)
    for event in cast.events:
        if event.code == OUTPUT:
            made, carried = _pieces([event], carried)
            pieces += made
        elif event.code == RESIZE and event.size != size:
            size = event.size
            pieces.append((event.time, None, event.data))
    for (time, kind, data), upcoming in zip(pieces, [*(piece[0] for piece in pieces[1:]), FOREVER], strict=False):
        if kind is None:
            screen.resize(*map(int, data.split("x")))
            continue
        if kind in {_ENTER, _LEAVE}:
            detector.swap(alternate=kind == _ENTER)
        detector.hear(time, data, screen.feed)
        detector.rest(time, upcoming - time)
    return detector.commands()


def test_commands_of_every_source_are_found_and_stand_in_the_transcript(corpus: Path) -> None:
    sources: Counter[str] = Counter()
    missing = total = 0
    for analysis in analyses(corpus).values():
        text = "".join("".join(line.text.split()) for line in analysis.lines)
        for command in analysis.commands:
            sources[command.source] += 1
            total += 1
            missing += any("".join(part.split()) not in text for part in command.text.split("\n"))
            assert 0 <= command.time <= command.accepted <= analysis.duration
    assert sources["prompt"] >= 400
    assert sources["editor"] >= 150
    assert sources["exact"] >= 15
    assert missing <= 0.03 * total


def test_no_poster_is_nearly_empty_where_there_was_a_fuller_screen(corpus: Path) -> None:
    for name, analysis in analyses(corpus).items():
        assert 0 <= analysis.poster_time <= analysis.duration
        ink = sum(len(run.text) - run.text.count(" ") for row in analysis.poster.runs for run in row)
        late = [line for line in analysis.lines if line.time >= 0.4 * analysis.duration and not line.alternate]
        assert ink or not late, name


def test_activity_counts_no_more_than_was_printed(corpus: Path) -> None:
    found = analyses(corpus)
    for name, cast in casts(corpus):
        printed = sum(len(event.data) for event in cast.events if event.code == OUTPUT)
        assert sum(found[name].activity) <= printed


def test_the_same_recording_gives_the_same_analysis(corpus: Path) -> None:
    found = analyses(corpus)
    assert all(analyse(cast) == found[name] for name, cast in casts(corpus)[:60])
