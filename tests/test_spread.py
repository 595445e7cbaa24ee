"""Work spread over copies of the process: the same results as without them, whatever happens to a copy."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest
from projects import Project, cast
from serving import until

from castsite.spread import LEAST, ahead, copies

ITEMS = range(LEAST * 4)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="copies are made on Linux only")


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let copies be made although the test runner has threads; what the tests do has no use for those."""
    monkeypatch.setattr("castsite.spread._is_safe", lambda: True)


def _pids(items: range, *, jobs: int = 2) -> set[int]:
    return {pid for _, pid in copies(jobs)(lambda item: (item, os.getpid()), items)}


@pytest.mark.usefixtures("alone")
def test_results_come_in_order_from_processes_that_have_everything_at_hand() -> None:
    table = {item: f"number {item}" for item in ITEMS}

    found = list(copies(2)(lambda item: (table[item], os.getpid()), ITEMS))

    assert [text for text, _ in found] == [f"number {item}" for item in ITEMS]
    assert os.getpid() not in {pid for _, pid in found}


@pytest.mark.parametrize(
    ("items", "jobs"), [(range(LEAST - 1), 2), (ITEMS, 1), (range(0), 2)], ids=["little work", "one job", "none"]
)
@pytest.mark.usefixtures("alone")
def test_no_copy_is_made_where_it_does_not_pay(items: range, jobs: int) -> None:
    assert _pids(items, jobs=jobs) <= {os.getpid()}


_COUNTED = """
import os, threading
from castsite.spread import copies
def processes():
    return len({pid for pid in copies(2)(lambda _: os.getpid(), range(256))} - {os.getpid()})
before, end = processes(), threading.Event()
thread = threading.Thread(target=end.wait)
thread.start()
beside = processes()
end.set()
thread.join()
print(before, beside, processes())
"""


def test_no_copy_is_made_beside_another_thread() -> None:
    done = subprocess.run([sys.executable, "-c", _COUNTED], capture_output=True, text=True, check=True)

    before, beside, after = map(int, done.stdout.split())
    assert before in {1, 2}, "a copy may be done before the other one begins"
    assert beside == 0
    assert after in {1, 2}


def _failing(first: int) -> Callable[[int], int]:
    def function(item: int) -> int:
        if item >= first:
            raise ValueError(item)
        return item

    return function


@pytest.mark.usefixtures("alone")
def test_an_error_is_raised_here_at_its_item() -> None:
    results = copies(2)(_failing(100), ITEMS)

    assert [next(results) for _ in range(100)] == list(range(100))
    with pytest.raises(ValueError, match=r"^100$"):
        next(results)


@pytest.mark.usefixtures("alone")
def test_what_a_copy_that_is_killed_had_to_do_is_done_here() -> None:
    here = os.getpid()

    def function(item: int) -> int:
        if item == 150 and os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return item * 2

    assert list(copies(2)(function, ITEMS)) == [item * 2 for item in ITEMS]


@pytest.mark.usefixtures("alone")
def test_copies_that_die_while_work_is_given_away_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    here = os.getpid()
    submit = ProcessPoolExecutor.submit

    def slowly(pool: ProcessPoolExecutor, *work: Any) -> Any:
        given = submit(pool, *work)
        wait([given], timeout=10)  # until the copies are gone
        return given

    monkeypatch.setattr(ProcessPoolExecutor, "submit", slowly)

    def function(item: int) -> int:
        if os.getpid() != here:
            os._exit(1)
        return item * 2

    assert list(copies(2)(function, ITEMS)) == [item * 2 for item in ITEMS]


@pytest.mark.usefixtures("alone")
def test_nothing_is_left_running_when_somebody_has_seen_enough() -> None:
    results = copies(2)(lambda _: os.getpid(), ITEMS)
    pid = next(results)
    results.close()  # type: ignore[attr-defined] # an iterator in general, a generator here

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


_WAITING = """
import os, sys, time
from castsite.spread import copies
def begun(number):
    with open(f"{sys.argv[1]}/{os.getpid()}", "w"):
        time.sleep(0.05 if number else 600)
list(copies(2)(begun, range(128)))
"""


def test_copies_end_with_the_process_that_they_are_of_however_it_ends(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", _WAITING, str(tmp_path)]) as process:
        until(lambda: len(list(tmp_path.iterdir())) == 2, "a copy, and another one")
        process.kill()

    until(lambda: not any(Path(f"/proc/{copy.name}").exists() for copy in tmp_path.iterdir()), "their end")


@pytest.mark.usefixtures("alone")
def test_all_is_done_here_where_the_system_makes_no_more_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    fork, made = os.fork, list[int]()

    def one_more() -> int:
        if made:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        if copy := fork():
            made.append(copy)
        return copy

    monkeypatch.setattr(os, "fork", one_more)

    assert list(copies(2)(lambda item: (item, os.getpid()), ITEMS)) == [(item, os.getpid()) for item in ITEMS]
    with ahead(lambda: b"x", 2) as found:
        assert found() == b""


# ---- whole sites


def _site(folder: Path) -> Project:
    files: dict[str, bytes | str] = {"castsite.yml": "title: Many\nbase_url: https://many.example/\n"}
    for number in range(LEAST * 2):
        link = f"[next](/posts/{number + 1:03}.md)" if number % 3 else "[lost](nowhere.md)"
        about = f"---\ndate: 2026-01-{number % 28 + 1:02}\ntags: [t{number % 5}]\n---\n"
        files[f"content/posts/{number:03}.md"] = f"{about}# Post {number}\n\nSome *words* and {link}.\n"
    for number in range(6):
        files[f"content/casts/{number}.cast"] = cast(f"say {number}", title=f"Cast {number}")
    return Project(folder).write(files)


def test_copies_publish_what_one_process_publishes(tmp_path: Path) -> None:
    site = _site(tmp_path)

    alone, together = (site.build("--jobs", jobs, "-o", jobs) for jobs in ("1", "3"))

    assert site.digest("1") == site.digest("3")
    assert len(site.published("1")) > LEAST * 2
    told = [[line for line in done.stderr.splitlines() if "broken-link" in line] for done in (alone, together)]
    assert told[0] == told[1] != []


def test_a_template_that_fails_in_a_copy_is_told_as_without(tmp_path: Path) -> None:
    site = _site(tmp_path).write({"templates/page.html": "{{ 'x' if page.title != '090' else page.nothing }}"})

    alone, together = (site.build("--jobs", jobs, "-o", jobs, code=2) for jobs in ("1", "3"))

    assert "templates/page.html:1" in alone.stderr
    assert together.stderr == alone.stderr
    assert not (tmp_path / "3").exists()


@pytest.mark.usefixtures("alone")
def test_something_is_begun_in_a_copy_and_fetched_later() -> None:
    with ahead(lambda: str(os.getpid()).encode(), 2) as found:
        assert int(found()) != os.getpid()


@pytest.mark.usefixtures("alone")
def test_what_fails_or_is_never_fetched_leaves_nothing(tmp_path: Path) -> None:
    with ahead(lambda: bytes(1 // 0), 2) as found:
        assert found() == b""

    def work() -> bytes:
        (tmp_path / "begun").write_text(str(os.getpid()))
        time.sleep(600)
        return b"never"

    with ahead(work, 2):
        until(lambda: (tmp_path / "begun").is_file() and (tmp_path / "begun").read_text() != "")
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "begun").read_text()), 0)


def test_nothing_is_begun_by_a_process_that_has_threads_or_but_one_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fork", None)
    monkeypatch.setattr("castsite.spread._is_safe", lambda: False)
    with ahead(lambda: b"x", 2) as found:
        assert found() == b""
    monkeypatch.setattr("castsite.spread._is_safe", lambda: True)
    with ahead(lambda: b"x", 1) as found:
        assert found() == b""
