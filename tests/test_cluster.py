"""Building with a Dask cluster: a scheduler and two workers on this machine, as people start them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from builders import v2
from clusters import ROOT, Cluster, cluster, end
from errands import end_scheduler, family, kill_worker, kill_worker_once, untellable
from formats import made
from projects import Project, cast, png
from serving import until

from castsite.cache import Cache
from castsite.cluster import executor as module
from castsite.cluster.executor import ClusterError, ClusterExecutor, connect
from castsite.errors import ConfigError
from castsite.examination import Edit, Outcome, Sources, Task, entries
from castsite.examiner import examine, examine_far
from castsite.formats.model import ALONE
from castsite.limits import MIB, Limits
from castsite.workers import is_loss

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

LIMIT = 60
"""Seconds that a test waits for an answer."""

QUICK = Limits(seconds_per_recording=4, worker_memory=1024 * MIB)
TWO = ("--nworkers", "2", "--nthreads", "1")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster"), *TWO) as running:
        yield running


@contextmanager
def connected(address: str, limits: Limits = QUICK) -> Iterator[ClusterExecutor]:
    executor = connect(address, limits)
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


@pytest.fixture
def site(tmp_path: Path) -> Project:
    files: dict[str, bytes | str] = {f"content/{n}.cast": cast(f"recording {n}", "done") for n in range(12)}
    files |= {
        "castsite.yml": "title: Garden\nfeeds: false\n",
        "content/bad.cast": b"nonsense",
        "content/edited.cast": b"---\ntitle: Cut\nstart: 0.7\nspeed: 2\n---\n" + cast("one", "two", "three"),
        "content/torn.cast": cast("whole", "torn")[:-4],
        "content/run.rec": made.framed((0, png(30, 20)), (900, png(31, 20))),
        "content/run.md": "---\nposter: frame\n---\n",
    }
    return Project(tmp_path / "site").write(files)


def built(site: Project, *arguments: str, **environ: str) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Build from nothing; give the output, and the report without its times."""
    for folder in ("public", ".castsite"):
        shutil.rmtree(site.root / folder, ignore_errors=True)
    done = site.build("--json", *arguments, **environ)
    report = json.loads(done.stdout)
    return site.published(), {name: report[name] for name in report if name not in {"seconds", "stages"}}


# ---- the command


def test_a_cluster_makes_the_site_that_this_machine_makes(site: Project, two: Cluster) -> None:
    near = built(site)
    far = built(site, "--executor", "dask", "--scheduler", two.address)
    assert far == near
    assert {"11/index.html", "edited.cast", "torn/index.html"} <= far[0].keys()
    assert b'width="31" height="20"' in far[0]["run/index.html"], "a frame of the recording"
    assert [problem["path"] for problem in far[1]["problems"] if problem["severity"] == "error"] == ["content/bad.cast"]
    again = site.build("--executor", "dask", "--scheduler", two.address)
    assert "0 files written" in again.stderr


def test_what_is_private_stays_on_this_machine(site: Project, two: Cluster) -> None:
    for path in (site.root / "content").iterdir():
        path.unlink()
    site.write({"content/p.cast": b"---\nvisibility: private\n---\n" + cast("private")})
    known = {"CASTSITE_PASSPHRASE": "correct horse battery staple nine words long enough"}
    before = tasks(two)
    built(site, "--executor", "dask", "--scheduler", two.address, **known)
    assert tasks(two) == before
    assert len([path for path in site.published() if path.endswith("index.html")]) > 1
    site.write({"content/open.cast": cast("open")}).build("--executor", "dask", "--scheduler", two.address, **known)
    assert tasks(two) > before


def tasks(two: Cluster) -> int:
    """Count what has become of tasks since the scheduler began."""
    from distributed import Client  # noqa: PLC0415 - slow to import

    with Client(two.address, set_as_default=False) as client:
        found: int = client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.transition_counter)
    return found


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--executor", "dask"), "--executor dask and --scheduler ADDRESS go together"),
        (("--scheduler", "tcp://127.0.0.1:9"), "--executor dask and --scheduler ADDRESS go together"),
        (("--executor", "dask", "--scheduler", "tcp://127.0.0.1:9", "--watch"), "does not go with --watch"),
        (("--executor", "ray", "--scheduler", "x"), "'ray' is not one of 'local', 'dask'"),
    ],
)
def test_what_does_not_go_together_is_refused(site: Project, arguments: tuple[str, ...], said: str) -> None:
    assert said in site.build(*arguments, code=2).stderr


def test_an_address_of_nobody_is_told(site: Project) -> None:
    told = site.build("--executor", "dask", "--scheduler", "nonsense://x", code=5).stderr
    assert told == 'fatal: cluster: no scheduler at "nonsense://x"; start one with dask scheduler, or name another\n'
    assert not (site.root / "public").exists()


def test_without_the_extra_it_says_what_to_install(site: Project, tmp_path: Path) -> None:
    (tmp_path / "distributed.py").write_text("raise ModuleNotFoundError('distributed')")
    code = "import sys; sys.path.insert(0, sys.argv.pop(1)); from castsite.__main__ import main; main()"
    options = ("build", "--executor", "dask", "--scheduler", "tcp://127.0.0.1:9")
    command = [sys.executable, "-c", code, str(tmp_path), *options]
    done = subprocess.run(command, cwd=site.root, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'castsite[dask]'" in done.stderr


# ---- each call is bounded, and costs itself alone


def test_calls_are_done_beside_the_workers_by_processes_that_last(two: Cluster) -> None:
    with connected(two.address) as executor:
        assert executor.jobs == 2
        found = [executor.submit(family) for _ in range(8)]
        pairs = {future.result(LIMIT) for future in found}
        executor.rest()
        pairs.add(executor.submit(family).result(LIMIT))
    assert len({own for own, _ in pairs}) <= 2
    assert os.getpid() not in {number for pair in pairs for number in pair}


def test_a_call_that_takes_too_long_costs_itself_alone(two: Cluster) -> None:
    with connected(two.address) as executor:
        late, other = executor.submit(signal.pause), executor.submit(family)
        assert isinstance(late.exception(LIMIT), TimeoutError)
        assert other.result(LIMIT)
        assert executor.submit(int, "1").result(LIMIT) == 1


def test_H14_a_call_that_dies_or_needs_too_much_memory_costs_itself_alone(two: Cluster) -> None:
    with connected(two.address) as executor:
        died, large = executor.submit(signal.raise_signal, signal.SIGKILL), executor.submit(bytearray, 4096 * MIB)
        error = died.exception(LIMIT)
        assert error is not None
        assert is_loss(error)
        assert isinstance(large.exception(LIMIT), MemoryError)
        assert executor.submit(int, "1").result(LIMIT) == 1


def test_what_a_call_raises_comes_back(two: Cluster) -> None:
    with connected(two.address) as executor:
        assert isinstance(executor.submit(int, "x").exception(LIMIT), ValueError)
        error = executor.submit(untellable).exception(LIMIT)
        assert str(error) == "UntellableError: of no use"


def test_what_a_lost_worker_did_is_done_again_and_a_call_nobody_survives_costs_itself(
    two: Cluster, tmp_path: Path
) -> None:
    with connected(two.address) as executor:
        assert executor.submit(kill_worker_once, str(tmp_path / "marker")).result(LIMIT) == "done"
        error = executor.submit(kill_worker).exception(LIMIT)
        assert error is not None
        assert is_loss(error)
        assert executor.submit(int, "1").result(LIMIT) == 1


def test_little_is_under_way_where_recordings_are_large(two: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "UNDER_WAY", 3 * MIB)
    most = 0
    with connected(two.address) as executor:
        found = []
        for _ in range(8):
            found.append(executor.submit(len, b"x" * MIB))
            most = max(most, executor._weight())
        assert [future.result(LIMIT) for future in found] == [MIB] * 8
        assert 2 * MIB < most <= 3 * MIB
        assert executor.submit(len, b"x" * (4 * MIB)).result(LIMIT) == 4 * MIB


# ---- clusters that are of no use


def test_a_cluster_without_a_scheduler_or_workers_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REACHED", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(ClusterError, match="no scheduler at"):
        connect(f"tcp://127.0.0.1:{silent.getsockname()[1]}", QUICK)
    with pytest.raises(ClusterError, match="no scheduler at"):
        connect("tcp://127.0.0.1:9", QUICK)
    with cluster(tmp_path) as empty, pytest.raises(ClusterError, match="has no workers; start some with dask worker"):
        connect(empty.address, QUICK)


def test_workers_with_other_code_are_told(tmp_path: Path) -> None:
    other = tmp_path / "other"  # and not where the programs are started, which is where Python looks first
    shutil.copytree(ROOT / "castsite", other / "castsite", ignore=shutil.ignore_patterns("_assets", "__pycache__"))
    with (other / "castsite/limits.py").open("a", encoding="utf-8") as file:
        file.write("# another version\n")
    with cluster(tmp_path) as running:
        running.work("--nworkers", "1", "--no-nanny", path=other)
        with pytest.raises(ConfigError, match=r"the worker at .* has another version of castsite"):
            connect(running.address, QUICK)


@pytest.mark.parametrize("where", ["scheduler", "worker"])
def test_programs_of_a_cluster_without_castsite_are_told(tmp_path: Path, where: str) -> None:
    empty = tmp_path / "other"
    (empty / "castsite").mkdir(parents=True)
    (empty / "castsite" / "__init__.py").touch()
    with cluster(tmp_path, path=empty if where == "scheduler" else ROOT) as running:
        running.work("--nworkers", "1", path=empty if where == "worker" else ROOT)
        with pytest.raises(ConfigError, match=f"{where} has no castsite, or another one"):
            connect(running.address, QUICK)


def test_a_worker_with_other_code_that_comes_later_ends_the_build(two: Cluster) -> None:
    with connected(two.address) as executor:
        far = executor._executor.submit(module.run, "another", 1, 1, b"")
        error = module._unfit(far.exception(LIMIT))
    assert isinstance(error, ConfigError)


def test_a_build_whose_workers_are_all_gone_is_given_up(tmp_path: Path) -> None:
    with cluster(tmp_path, "--nworkers", "1", "--no-nanny") as running:
        from distributed import Client  # noqa: PLC0415 - slow to import

        client = Client(running.address, set_as_default=False)
        client.wait_for_workers(1, timeout=LIMIT)
        executor = ClusterExecutor(client, address=running.address, limits=QUICK, alone=1)
        error = executor.submit(kill_worker).exception(LIMIT)
        later = executor.submit(family).exception(LIMIT)
        executor.shutdown()
    assert isinstance(error, ClusterError)
    assert error is later
    assert "no worker is left" in str(error)


def test_a_build_whose_scheduler_is_gone_is_given_up(tmp_path: Path) -> None:
    with cluster(tmp_path, "--nworkers", "1") as running, connected(running.address, Limits()) as executor:
        error = executor.submit(end_scheduler, running.programs[0].pid).exception(LIMIT)
    assert isinstance(error, ClusterError)


def test_a_build_that_loses_its_scheduler_says_so_in_one_line(tmp_path: Path) -> None:
    lines = [f"{number} of many lines with a few words" for number in range(300)]
    recordings: dict[str, bytes | str] = {f"content/{number}.cast": cast(*lines, str(number)) for number in range(100)}
    site = Project(tmp_path / "site").write(recordings)
    with cluster(tmp_path, "--nworkers", "1") as running:
        command = [sys.executable, "-m", "castsite", "build", "--executor", "dask", "--scheduler", running.address]
        build = subprocess.Popen(command, cwd=site.root, stderr=subprocess.PIPE, text=True)
        until(lambda: list((site.root / ".castsite" / "cache").glob("*/*")), "the first recording")
        end(running.programs[0])
        _, told = build.communicate(timeout=LIMIT)
    assert build.returncode == 5
    assert told.startswith("fatal: cluster: the scheduler at ")
    assert told.count("\n") == 1
    assert not (site.root / "public").exists()


# ---- an examination far away


def test_an_examination_far_away_leaves_what_one_here_does(tmp_path: Path) -> None:
    source = v2([1.0, "o", "$ make\r\n"], [2.0, "o", "done\r\n"])
    (tmp_path / "a.cast").write_bytes(source)
    task = Task(str(tmp_path), "a.cast", "a.cast", hashlib.sha256(source).hexdigest(), Edit(), Limits())
    outcome = examine(task, task.key(), str(tmp_path / ".castsite"))
    kept = dict(examine_far(task._replace(content=""), task.key(), Sources(source, ALONE)))
    cache = Cache(tmp_path / ".castsite")
    assert isinstance(outcome, Outcome)
    assert kept == {name: value for name in entries(task.key()) if (value := cache.get(name)) is not None}
    assert len(kept) == len(entries(task.key())) - 1, "all but a picture, for which nobody asked"
