"""What wakes a build, and what becomes of its outcome: real files, real events, a build that notes what it sees."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
from serving import LIMIT, until

from castsite.errors import ConfigError, Place, Problem, Severity, StorageError
from castsite.serve.keep import keep_built
from castsite.serve.outcome import Outcome
from castsite.serve.sources import Sources
from castsite.serve.watch import Pace, Watch

BY_EVENTS = Pace(pause=3600)
"""Only events can wake a build."""

BY_SWEEP = Pace(pause=0.02, share=1)


@dataclass
class Kept:
    """A folder that is kept built: `seen` are the texts that each build found in it."""

    root: Path
    watch: Watch
    seen: list[dict[str, str]] = field(default_factory=list)
    outcomes: queue.Queue[Outcome] = field(default_factory=queue.Queue)
    build: Callable[[], Outcome] = Outcome

    def look(self) -> Outcome:
        files = [path for path in (self.root / "content").rglob("*") if path.is_file()]
        self.seen.append({path.relative_to(self.root).as_posix(): path.read_text("utf-8") for path in files})
        return self.build()

    def next(self) -> Outcome:
        return self.outcomes.get(timeout=LIMIT)

    def sees(self, name: str, text: str | None) -> None:
        """Wait for a build that sees a file as it is to be."""
        while self.seen[-1].get(name) != text:
            self.next()

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text, "utf-8")


@contextmanager
def keeping(
    root: Path,
    pace: Pace = BY_EVENTS,
    *,
    events: bool = True,
    build: Callable[[], Outcome] = Outcome,
    intact: Callable[[], bool] = lambda: True,
    rest: Callable[[], None] = lambda: None,
) -> Iterator[Kept]:
    folders = tuple(root / name for name in ("content", "templates"))
    watch = Watch(lambda _: None, pace, intact, rest)
    kept = Kept(root, watch, build=build)
    if events:
        watch.start()
    sources = Sources(root, folders, root / ".castsite/serve-1", folders[0])
    thread = threading.Thread(target=keep_built, args=(watch, kept.look, sources, kept.outcomes.put))
    thread.start()
    try:
        kept.next()
        yield kept
    finally:
        watch.stop()
        thread.join(LIMIT)
        watch.close()
        assert not thread.is_alive()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    site = tmp_path / "site"
    (site / "content" / "deep").mkdir(parents=True)
    (site / ".castsite/serve-1").mkdir(parents=True)
    (site / "content/a.md").write_text("old")
    return site


# ---- how programs save


def in_place(file: Path) -> None:
    file.write_text("new")


def appended(file: Path) -> None:
    file.write_text("")
    with file.open("a") as handle:
        handle.write("n")
        handle.flush()
        handle.write("ew")


def temporary_and_rename(file: Path) -> None:
    beside = file.with_name(f"{file.name}.tmp")
    beside.write_text("new")
    beside.replace(file)


def renamed_from_outside(file: Path) -> None:
    outside = file.parents[2] / "outside"
    outside.write_text("new")
    outside.replace(file)


def deleted_and_created(file: Path) -> None:
    file.unlink()
    file.write_text("new")


def backup_moved_out(file: Path) -> None:
    file.replace(file.parents[2] / "backup")
    file.write_text("new")


def copied_over(file: Path) -> None:
    """As rsync does: a hidden name, then the right one, with the times of the source."""
    hidden = file.with_name(".a.md.Xy12Zw")
    hidden.write_text("new")
    os.utime(hidden, (1_000_000_000, 1_000_000_000))
    hidden.replace(file)


def by_sed(file: Path) -> None:
    subprocess.run(["sed", "-i", "s/old/new/", str(file)], check=True)


def by_vim(file: Path) -> None:
    commands = ["-c", "%s/old/new/", "-c", "wq"]
    subprocess.run(
        ["vim", "-u", "NONE", "-N", "-es", *commands, str(file)], check=True, stdin=subprocess.DEVNULL, timeout=LIMIT
    )
    assert file.read_text().strip() == "new"
    file.write_text("new")  # vim ends the line


def by_git(file: Path) -> None:
    folder = file.parent
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["add", "."], ["commit", "-qm", "old"], ["switch", "-qc", "new"]):
        subprocess.run([*git, *words], check=True)
    file.write_text("new")
    for words in (["commit", "-qam", "new"], ["switch", "-q", "-"], ["switch", "-q", "new"]):
        subprocess.run([*git, *words], check=True)


SAVES = [
    in_place,
    appended,
    temporary_and_rename,
    renamed_from_outside,
    deleted_and_created,
    backup_moved_out,
    copied_over,
]
PROGRAMS = {"sed": by_sed, "vim": by_vim, "git": by_git}


@pytest.mark.parametrize("save", SAVES, ids=lambda save: save.__name__)
def test_I16_a_save_is_seen_and_is_one_build(root: Path, save: Callable[[Path], None]) -> None:
    with keeping(root) as kept:
        save(root / "content/a.md")
        kept.sees("content/a.md", "new")
        builds = len(kept.seen)
        kept.write("content/b.md", "after")
        kept.sees("content/b.md", "after")
        assert len(kept.seen) <= builds + 1
        assert builds <= 3


@pytest.mark.parametrize("program", PROGRAMS)
def test_I16_a_save_by_a_program_is_seen(root: Path, program: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is missing")
    if program == "git":
        subprocess.run(["git", "init", "-q", str(root / "content")], check=True)
    with keeping(root) as kept:
        PROGRAMS[program](root / "content/a.md")
        until(lambda: kept.seen[-1].get("content/a.md", "").strip() == "new" or kept.next())


def test_I16_five_hundred_saves_in_a_second_are_few_builds_and_the_last_one_wins(root: Path) -> None:
    pace = Pace(pause=3600, quiet=0.1)  # a machine that is busy with other things pauses, too
    with keeping(root, pace) as kept:
        before = len(kept.seen)
        times = [time.monotonic()]
        for number in range(500):
            kept.write("content/a.md", f"save {number}")
            times.append(time.monotonic())
        kept.sees("content/a.md", "save 499")
        builds = len(kept.seen) - before
        kept.write("content/b.md", "after")
        kept.sees("content/b.md", "after")
        pauses = sum(later - earlier > pace.quiet / 2 for earlier, later in pairwise(times))
        assert builds <= 3 * max(1, times[-1] - times[0]) + pauses


def test_a_file_that_grows_is_built_when_its_writer_is_done(root: Path) -> None:
    with keeping(root) as kept, (root / "content/a.md").open("w") as file:
        builds = len(kept.seen)
        for _ in range(100):
            file.write("x")
            file.flush()
        kept.write("templates.txt", "of no interest")
        assert kept.outcomes.empty()
        file.close()
        kept.sees("content/a.md", "x" * 100)
        assert len(kept.seen) == builds + 1


def test_I16_noise_reading_and_other_files_wake_nothing(root: Path) -> None:
    with keeping(root) as kept:
        builds = len(kept.seen)
        for name in (".a.md.swp", "a.md~", "4913", "#a.md#", ".DS_Store"):
            kept.write(f"content/{name}", "noise")
        (root / "content/.git").mkdir()
        kept.write("content/.git/index", "x")
        kept.write("README.md", "not of the site")
        kept.write(".castsite/serve-1/index.html", "our own")
        (root / "content/a.md").read_text()
        assert list((root / "content").rglob("*"))
        (root / "content/a.md").stat()
        kept.write("content/b.md", "after")
        kept.sees("content/b.md", "after")
        assert len(kept.seen) == builds + 1


def test_files_come_in_whole_trees_and_go_again(root: Path, tmp_path: Path) -> None:
    (tmp_path / "tree/x/y").mkdir(parents=True)
    (tmp_path / "tree/x/y/z.md").write_text("deep")
    with keeping(root) as kept:
        shutil.copytree(tmp_path / "tree", root / "content/copied")
        kept.sees("content/copied/x/y/z.md", "deep")
        (tmp_path / "tree").rename(root / "content/moved")
        kept.sees("content/moved/x/y/z.md", "deep")
        (root / "content/moved/x").rename(root / "content/renamed")
        kept.sees("content/renamed/y/z.md", "deep")
        kept.write("content/renamed/y/z.md", "changed")
        kept.sees("content/renamed/y/z.md", "changed")
        shutil.rmtree(root / "content/renamed")
        kept.sees("content/renamed/y/z.md", None)


def test_a_folder_that_was_moved_away_wakes_nothing_any_more(root: Path, tmp_path: Path) -> None:
    (root / "content/deep/b.md").write_text("old")
    with keeping(root) as kept:
        (root / "content/deep").rename(tmp_path / "away")
        kept.sees("content/deep/b.md", None)
        (tmp_path / "away/b.md").write_text("new")
        with pytest.raises(queue.Empty):
            kept.outcomes.get(timeout=0.5)
        kept.write("content/a.md", "new")
        kept.sees("content/a.md", "new")


# ---- folders that are replaced


def test_a_root_that_is_renamed_away_comes_back_to_life(root: Path) -> None:
    with keeping(root) as kept:
        (root / "content").rename(root / "old")
        kept.sees("content/a.md", None)
        (root / "content").mkdir()
        kept.write("content/a.md", "anew")
        kept.sees("content/a.md", "anew")
        kept.write("content/a.md", "and on")
        kept.sees("content/a.md", "and on")


def test_a_root_that_is_removed_and_made_anew_is_watched(root: Path) -> None:
    with keeping(root) as kept:
        for text in ("one", "two"):
            shutil.rmtree(root / "content")
            kept.sees("content/a.md", None)
            (root / "content/deep").mkdir(parents=True)
            kept.write("content/a.md", "old")
            kept.sees("content/a.md", "old")
            kept.write("content/deep/b.md", text)
            kept.sees("content/deep/b.md", text)


def test_roots_that_are_swapped_are_watched(root: Path) -> None:
    (root / "other").mkdir()
    (root / "other/a.md").write_text("other")
    with keeping(root) as kept:
        (root / "content").rename(root / "old")
        (root / "other").rename(root / "content")
        kept.sees("content/a.md", "other")
        kept.write("content/a.md", "changed")
        kept.sees("content/a.md", "changed")


def test_a_root_may_become_a_file_and_a_folder_again(root: Path) -> None:
    with keeping(root) as kept:
        shutil.rmtree(root / "content")
        (root / "content").write_text("a file")
        kept.sees("content/a.md", None)
        (root / "content").unlink()
        (root / "content").mkdir()
        kept.write("content/a.md", "a folder")
        kept.sees("content/a.md", "a folder")


def test_a_root_that_is_a_link_to_itself_stops_nothing(root: Path) -> None:
    with keeping(root) as kept:
        (root / "templates").symlink_to("templates")
        kept.next()
        kept.write("content/a.md", "new")
        kept.sees("content/a.md", "new")
        (root / "templates").unlink()
        (root / "templates").mkdir()
        kept.next()
        builds = len(kept.seen)
        kept.write("templates/base.html", "x")
        until(lambda: len(kept.seen) > builds, "an event")


def test_a_folder_that_comes_later_is_watched(root: Path) -> None:
    with keeping(root) as kept:
        (root / "templates").mkdir()
        kept.next()
        builds = len(kept.seen)
        kept.write("templates/base.html", "x")
        until(lambda: len(kept.seen) > builds)


def test_an_output_folder_that_is_deleted_is_made_again(root: Path) -> None:
    output = root / ".castsite/serve-1"
    with keeping(root) as kept:
        for _ in range(2):
            builds = len(kept.seen)
            shutil.rmtree(output)
            until(lambda before=builds: len(kept.seen) > before)
            output.mkdir()
            kept.write("content/b.md", str(builds))
            kept.sees("content/b.md", str(builds))


# ---- without events


def test_the_sweep_finds_everything_alone(root: Path) -> None:
    with keeping(root, BY_SWEEP, events=False) as kept:
        kept.write("content/a.md", "new")
        kept.sees("content/a.md", "new")
        shutil.rmtree(root / "content")
        kept.sees("content/a.md", None)
        (root / "content").mkdir()
        kept.write("content/c.md", "anew")
        kept.sees("content/c.md", "anew")
        builds = len(kept.seen)
        shutil.rmtree(root / ".castsite/serve-1")
        until(lambda: len(kept.seen) > builds)


def test_the_sweep_finds_an_output_folder_that_is_not_as_it_was_left(root: Path) -> None:
    intact = [True]
    with keeping(root, BY_SWEEP, events=False, intact=lambda: intact[0]) as kept:
        builds = len(kept.seen)
        intact[0] = False
        until(lambda: len(kept.seen) > builds)


def test_what_can_wait_is_done_once_when_nothing_has_changed_for_a_pause(root: Path) -> None:
    sweeps, rests = list[None](), list[None]()

    def intact() -> bool:
        sweeps.append(None)
        return True

    with keeping(root, BY_SWEEP, events=False, intact=intact, rest=lambda: rests.append(None)) as kept:
        for saved in (1, 2):
            until(lambda: len(sweeps) > 3)
            assert saved <= len(rests) <= len(kept.seen)  # a save that is met half done is two
            kept.write("content/a.md", f"saved {saved}")
            kept.sees("content/a.md", f"saved {saved}")
            sweeps.clear()


def test_the_sweep_finds_an_output_folder_gone_that_was_deleted_during_a_build(root: Path) -> None:
    output = root / ".castsite/serve-1"

    def build() -> Outcome:
        if kept and output.is_dir():
            output.rmdir()
        return Outcome()

    kept: list[Kept] = []
    with keeping(root, BY_SWEEP, events=False, build=build) as found:
        kept.append(found)
        found.write("content/a.md", "new")
        found.sees("content/a.md", "new")
        builds = len(found.seen)
        until(lambda: len(found.seen) > builds)


def test_the_sweep_builds_once_for_each_state_of_a_file(root: Path) -> None:
    with keeping(root, BY_SWEEP, events=False) as kept:
        for number in range(5):
            kept.write("content/a.md", f"text {number}")
            kept.sees("content/a.md", f"text {number}")
        assert len(kept.seen) <= 1 + 5 * 2, "emptied and written are two"


def test_of_a_full_system_is_told_with_the_cure() -> None:
    told: list[Problem] = []
    watch = Watch(told.append)
    watch._without_events(OSError(28, "inotify watch limit reached"))
    assert [problem.code for problem in told] == ["no-events"]
    assert "looked at every second instead; raise fs.inotify.max_user_watches" in told[0].text


def test_what_watchdog_says_of_its_own_work_reaches_nobody(root: Path) -> None:
    """A folder that it finds twice, by an event and by looking, would end the thread that hears events."""
    with keeping(root) as kept:
        told = "Callback with id '1' already exists for watch x"
        warnings.warn_explicit(told, RuntimeWarning, "inotify.py", 365, module="watchdog.observers.inotify")
        kept.write("content/a.md", "new")
        kept.sees("content/a.md", "new")


# ---- the thread that builds


def problem(text: str) -> Problem:
    return Problem(Severity.ERROR, Place("content/a.md"), "bad", text)


def test_whatever_a_build_raises_is_an_outcome(root: Path) -> None:
    raised: list[BaseException] = [
        ConfigError(problem("config")),
        StorageError(problem("disk full")),
        OSError(28, "No space left on device", "public/x"),
        ValueError("<odd>"),
        SystemExit(3),
    ]

    def build() -> Outcome:
        if not raised:
            return Outcome()
        raise raised.pop(0)

    with keeping(root, Pace(pause=3600, second_look=0), build=build) as kept:
        found = []
        for number in range(5):
            kept.write("content/a.md", str(number))
            found.append(kept.next())
    assert [outcome.problems[0].code if outcome.problems else "" for outcome in found] == [
        "bad",
        "input-output",
        "unexpected",
        "unexpected",
        "",
    ]
    assert "No space left on device" in found[1].problems[0].text
    assert isinstance(found[2].fault, ValueError)


def test_saves_during_a_build_are_one_more_build(root: Path) -> None:
    began, go_on = threading.Event(), threading.Event()
    go_on.set()

    def build() -> Outcome:
        began.set()
        assert go_on.wait(LIMIT)
        return Outcome()

    with keeping(root, build=build) as kept:
        began.clear()
        go_on.clear()
        kept.write("content/a.md", "0")
        assert began.wait(LIMIT)
        for number in (1, 2, 3):
            kept.write("content/a.md", str(number))
        go_on.set()
        kept.sees("content/a.md", "3")
        assert [seen["content/a.md"] for seen in kept.seen] == ["old", "0", "3"]


def test_new_errors_are_told_only_when_nothing_follows_at_once(root: Path) -> None:
    """A file that is removed and written anew: the build between the two sees it missing."""
    problems: list[tuple[Problem, ...]] = [(), (problem("missing"),), (), (problem("stays"),), (problem("stays"),)]
    changed = [(), ("gone.html",), ("back.html",), (), ()]
    inside = threading.Event()

    def build() -> Outcome:
        inside.set()
        return Outcome(changed.pop(0), problems.pop(0))

    with keeping(root, Pace(pause=3600, second_look=1), build=build) as kept:
        inside.clear()
        kept.write("content/a.md", "1")
        assert inside.wait(LIMIT)
        kept.write("content/a.md", "2")
        told = kept.next()
        assert (told.problems, told.changed) == ((), ("gone.html", "back.html"))
        kept.write("content/a.md", "3")
        assert kept.next().problems == (problem("stays"),)
        kept.write("content/a.md", "4")
        assert kept.next().problems == (problem("stays"),)


def test_a_folder_that_the_build_names_for_the_first_time_is_watched(root: Path) -> None:
    other = Sources(root, (root / "elsewhere",), root / ".castsite/serve-1", root / "elsewhere")
    (root / "elsewhere").mkdir()
    with keeping(root, build=lambda: Outcome(sources=other)) as kept:
        kept.next()  # what happened in there meanwhile
        builds = len(kept.seen)
        kept.write("elsewhere/a.md", "x")
        until(lambda: len(kept.seen) > builds)


def test_nothing_is_told_once_it_is_stopped(root: Path) -> None:
    stop: list[Watch] = []

    def build() -> Outcome:
        for watch in stop:
            watch.stop()
        return Outcome()

    with keeping(root, build=build) as kept:
        stop.append(kept.watch)
        kept.write("content/a.md", "x")
        until(lambda: len(kept.seen) == 2)
    assert kept.outcomes.empty()
