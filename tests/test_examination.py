from __future__ import annotations

import hashlib
import os
import signal
import sys
import time
from concurrent.futures import CancelledError, ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from builders import v2

from castsite.analysis.model import Captions, Cue
from castsite.analysis.uses import Use, Uses
from castsite.cache import Cache
from castsite.cast.edit import Edits
from castsite.cast.read import read
from castsite.errors import Place, Severity
from castsite.examination import (
    ANALYSIS,
    CAST,
    FRAME,
    OUTCOME,
    PRINTS,
    TERMS,
    USES,
    Edit,
    Outcome,
    Task,
    entries,
    entry,
    recall,
    recall_analysis,
    recall_cast,
    recall_uses,
)
from castsite.examiner import examine
from castsite.limits import SECOND, Limits
from castsite.research import _outcome
from castsite.schema.values import Mask, Stretch
from castsite.workers import BoundedExecutor

TYPED = v2([1.0, "o", "$ "], *[[2.0 + i / 10, "o", c] for i, c in enumerate("make")], [3.0, "o", "\r\ndone\r\n$ "])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "content").mkdir()
    return tmp_path


def task(folder: Path, source: bytes, **edit: object) -> Task:
    (folder / "content/a.cast").write_bytes(source)
    digest = hashlib.sha256(source).hexdigest()
    return Task(str(folder / "content"), "a.cast", "content/a.cast", digest, Edit(**edit), Limits())  # type: ignore[arg-type]


def examined(folder: Path, source: bytes, **edit: object) -> tuple[Outcome, str, Cache]:
    job = task(folder, source, **edit)
    return examine(job, job.key(), str(folder / ".castsite")), job.key(), Cache(folder / ".castsite")


def test_everything_found_is_kept_under_the_key(folder: Path) -> None:
    outcome, key, cache = examined(folder, TYPED)
    assert recall(cache, key) == outcome
    analysis = recall_analysis(cache, key)
    assert analysis is not None
    assert [line.text for line in analysis.lines] == ["$ make", "done", "$"]
    assert outcome.summary is not None
    assert outcome.summary.lines == 3
    assert len(outcome.summary.trace) == 96
    published = recall_cast(cache, key)
    assert published is not None
    assert read(published, path="x").problems == ()


def test_a_refused_recording_is_remembered_as_refused(folder: Path) -> None:
    outcome, key, cache = examined(folder, b"nonsense")
    assert outcome.summary is None
    assert recall(cache, key) == outcome
    assert recall_cast(cache, key) is None


def test_H07_what_changed_since_it_was_weighed_is_left_out_and_not_remembered(folder: Path) -> None:
    job = task(folder, TYPED)
    (folder / "content/a.cast").write_bytes(TYPED.replace(b"done", b"gone"))
    outcome = examine(job, job.key(), str(folder / ".castsite"))
    (problem,) = outcome.problems
    assert (problem.severity, problem.code) == (Severity.ERROR, "changed")
    assert recall(Cache(folder / ".castsite"), job.key()) is None


def test_times_of_front_matter_count_on_the_sources_own_timeline(folder: Path) -> None:
    source = v2([1.0, "o", "one\r\n"], [101.0, "o", "two\r\n"], [102.0, "o", "three\r\n"])
    outcome, key, cache = examined(
        folder, source, idle_limit=2 * SECOND, commands=((101 * SECOND, "second"),), markers=((102 * SECOND, "end"),)
    )
    analysis = recall_analysis(cache, key)
    assert outcome.problems == ()
    assert analysis is not None
    assert analysis.duration == 4 * SECOND
    assert [(command.time, command.text) for command in analysis.commands] == [(3 * SECOND, "second")]
    assert [tuple(chapter) for chapter in analysis.chapters] == [(4 * SECOND, "end")]


def test_everything_an_author_wrote_moves_along_when_a_recording_is_cut(folder: Path) -> None:
    source = v2([1.0, "o", "one\r\n"], [4.0, "o", "two\r\n"], [6.0, "o", "three\r\n"], [10.0, "o", "four\r\n"])
    cues = (Cue(0, SECOND, "gone"), Cue(5 * SECOND, 7 * SECOND, "kept"))
    outcome, key, cache = examined(
        folder,
        source,
        edits=Edits(start=2 * SECOND, cut=(Stretch(3 * SECOND, 5 * SECOND),), speed=2.0),
        commands=((4 * SECOND, "gone"), (6 * SECOND, "kept")),
        markers=((10 * SECOND, "end"),),
        poster=6 * SECOND,
        captions=(Captions("en", cues),),
    )
    analysis, published = recall_analysis(cache, key), recall_cast(cache, key)
    assert analysis is not None
    assert published is not None
    assert [problem.code for problem in outcome.problems] == ["cut-command", "lost-captions"]
    assert analysis.duration == 3 * SECOND
    assert [(line.time / SECOND, line.text) for line in analysis.lines] == [
        (0, "one"), (0.5, "two"), (1, "three"), (3, "four"),
    ]  # fmt: skip
    assert [(command.time / SECOND, command.text) for command in analysis.commands] == [(1, "kept")]
    assert [tuple(chapter) for chapter in analysis.chapters] == [(3 * SECOND, "end")]
    assert analysis.poster_time == SECOND
    assert analysis.captions[0].cues == (Cue(SECOND // 2, 3 * SECOND // 2, "kept"),)
    cast = read(published, path="x").cast
    assert cast is not None
    assert cast.duration == 3 * SECOND


def test_what_was_cut_is_not_found_unless_it_is_on_the_screen_afterwards(folder: Path) -> None:
    source = v2(
        [1.0, "o", "secret\x1b[2J\x1b[H"], [2.0, "o", "secret\r\n"], [3.0, "o", "\x1b[2J\x1b[Hopen"], [9.0, "o", "!"]
    )
    _, key, cache = examined(folder, source, edits=Edits(cut=(Stretch(0, 4 * SECOND),)))
    analysis, published = recall_analysis(cache, key), recall_cast(cache, key)
    assert analysis is not None
    assert published is not None
    assert [line.text for line in analysis.lines] == ["open!"]
    assert b"secret" not in published


def test_a_poster_beyond_the_end_is_warned_of(folder: Path) -> None:
    outcome, _, _ = examined(folder, TYPED, poster=60 * SECOND)
    assert [problem.code for problem in outcome.problems] == ["beyond-the-end"]
    assert outcome.summary is not None


def test_commands_that_are_not_played_are_told_where_they_are_written(folder: Path) -> None:
    source = v2(*[[float(at), "o", f"{at}\r\n"] for at in range(1, 11)])
    typed = ((SECOND, "kept"), (4 * SECOND, "gone"), (5 * SECOND, "too"), (99 * SECOND, "late"))
    here = Place("content/a.md", 3, 11)
    edits = Edits(cut=(Stretch(3 * SECOND, 7 * SECOND),), places=(("commands", here),))
    outcome, key, cache = examined(folder, source, edits=edits, commands=typed)
    analysis = recall_analysis(cache, key)
    assert analysis is not None
    assert [command.text for command in analysis.commands] == ["kept"]
    cut, late = map(str, outcome.problems)
    assert cut.startswith('warning: content/a.md:3:11: cut-command: commands: "gone" at 4 s is where nothing is played')
    assert cut.endswith("in what is cut or in a pause that was shortened; left out (and 1 more)")
    said = 'beyond-the-end: commands: "late" at 99 s is beyond the end (10 s); left out'
    assert late == f"warning: content/a.md:3:11: {said}"


def test_a_command_is_no_place_to_show_a_credential(folder: Path) -> None:
    token = "ghp_" + "Aq3Zr8Tk1Vw6Yb9Nc4Md7Pf2Sg5Hj0Lx3QeR"
    outcome, _, _ = examined(folder, TYPED, commands=((99 * SECOND, f"login {token}"),))
    assert token not in "".join(map(str, outcome.problems))


def test_commands_that_a_recording_brings_are_told_in_one_line_when_they_are_cut(folder: Path) -> None:
    source, typed = v2([1.0, "o", "a"], [9.0, "o", "b"]), tuple((at * SECOND, f"echo {at}") for at in range(3, 10))
    edits = Edits(cut=(Stretch(2 * SECOND, 6 * SECOND),))
    outcome, _, _ = examined(folder, source, edits=edits, commands=typed, commands_found=True)
    assert [(one.severity, one.code) for one in outcome.problems] == [(Severity.INFO, "cut-command")]
    assert outcome.problems[0].text.endswith("are left out: at 3 s, 4 s, 5 s")


def test_a_region_that_begins_beyond_the_end_is_told_and_masks_the_last_screen(folder: Path) -> None:
    here = Place("content/a.md", 2, 14)
    mask = Mask((1, 1), (1, 6), 60 * SECOND)
    outcome, key, cache = examined(folder, TYPED, masks=(mask,), masks_place=here)
    (told,) = (one for one in outcome.problems if one.code == "beyond-the-end")
    assert (told.severity, told.place) == (Severity.WARNING, here)
    assert told.text == "mask_region: from: 60 s is beyond the end (3 s); the last screen is masked"
    assert outcome.summary is not None
    assert b"make" not in (recall_cast(cache, key) or b"make")
    just = mask._replace(start=3 * SECOND)
    outcome, _, _ = examined(folder, TYPED, masks=(just,), masks_place=here)
    assert not any(one.code == "beyond-the-end" for one in outcome.problems)


def test_the_key_depends_on_source_edit_and_limits(folder: Path) -> None:
    one = task(folder, TYPED)
    keys = {
        one.key(),
        task(folder, TYPED + b"\n").key(),
        one._replace(edit=Edit(idle_limit=1)).key(),
        one._replace(limits=Limits(cols=10)).key(),
    }
    assert len(keys) == 4
    assert one.key() == one._replace(content="/elsewhere").key()


def test_A59_colours_without_a_word_give_a_blank_poster(folder: Path) -> None:
    source = v2(*[[i / 100, "o", "\x1b[1m" * 50_000] for i in range(1, 21)])  # 4 MB of sequences, 9 MB of file
    outcome, key, cache = examined(folder, source)
    analysis = recall_analysis(cache, key)
    assert outcome.summary is not None
    assert analysis is not None
    assert analysis.lines == ()
    assert all(not run.text.strip() for row in analysis.poster.runs for run in row)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_H14_a_worker_that_is_killed_costs_its_recording_alone(folder: Path) -> None:
    executor = BoundedExecutor(1, seconds=60, memory=Limits().worker_memory)
    killed = executor.submit(signal.raise_signal, signal.SIGKILL)
    (problem,) = _outcome(task(folder, TYPED), killed, 60).problems  # type: ignore[arg-type] # it has no result
    assert str(problem).startswith("error: content/a.cast: worker-died: ")
    assert executor.submit(int, "1").result() == 1
    executor.shutdown()


def test_workers_that_last_are_the_same_after_a_rest_and_whatever_is_expected() -> None:
    executor = BoundedExecutor(2, seconds=60, memory=Limits().worker_memory, lasting=True)
    executor.expect(1)
    assert executor.jobs == 2
    before = {executor.submit(os.getpid).result() for _ in range(20)}
    executor.rest()
    after = {executor.submit(os.getpid).result() for _ in range(20)}
    executor.shutdown()
    assert len(before | after) <= 2


def test_what_is_given_up_is_cancelled_for_whoever_waits_for_it() -> None:
    executor = BoundedExecutor(1, seconds=60, memory=Limits().worker_memory, lasting=True)
    under_way, next_one = executor.submit(time.sleep, 60), executor.submit(time.sleep, 60)
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(wait, [under_way, next_one], timeout=30)
        executor.shutdown(cancel_futures=True)
        assert waiting.result().not_done == set()
    assert under_way.cancelled()
    assert next_one.cancelled()
    with pytest.raises(CancelledError):
        executor.submit(int, "1")


def test_nothing_is_begun_once_all_is_given_up() -> None:
    executor = BoundedExecutor(1, seconds=60, memory=Limits().worker_memory)
    executor.shutdown(cancel_futures=True)
    with pytest.raises(CancelledError):
        executor.submit(int, "1")


def test_what_was_used_is_kept_beside_the_analysis(folder: Path) -> None:
    _, key, cache = examined(folder, TYPED)
    analysis = recall_analysis(cache, key)
    assert analysis is not None
    (typed,) = analysis.shown_commands
    assert recall_uses(cache, key) == Uses((Use("make", 1, typed.accepted),), (Use("make", 1, typed.accepted),))
    assert {entry(key, kind) for kind in (OUTCOME, ANALYSIS, CAST, TERMS, USES, PRINTS, FRAME)} == set(entries(key))
    cache.put(entry(key, USES), b"nonsense")
    assert recall_uses(cache, key) is None
