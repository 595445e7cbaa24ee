"""What goes wrong while a whole site is built: it ends early, the disk is full, the clock jumps, memory is damaged."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from disks import small_disk
from output.children import run
from projects import NOW, Project, cast

from castsite.build import Options, build, target_of
from castsite.config import SiteConfig, load_config
from castsite.errors import StorageError
from castsite.output.lock import hold
from castsite.output.manifest import MANIFEST

posix = pytest.mark.skipif(os.name == "nt", reason="not run on Windows")

Files = dict[str, bytes]
BEGUN = datetime.fromtimestamp(int(NOW), UTC)
NAMES = ("a", "b", "git/c", "git/d")


def generation(number: int) -> dict[str, bytes | str]:
    """All files of a site: some in both generations with other bytes, one of each alone, and another theme."""
    names = (*NAMES, f"only-{number}")
    texts: dict[str, bytes | str] = {f"content/{name}.cast": cast(f"$ {name} {number}", "done") for name in names}
    visible = "visibility: unlisted\n" if number else ""
    return texts | {
        f"content/{NAMES[0]}.md": f"---\n{visible}description: d\n---\n",
        "content/about.md": f"# About {number}\n",
        "content/_index.md": f"Number {number}.\n",
        "castsite.yml": f"title: Number {number}\nbase_url: https://example.org/\n",
        "static/own.txt": f"{number}",
    }


def lay(site: Project, files: dict[str, bytes | str]) -> None:
    for folder in ("content", "static"):
        shutil.rmtree(site.root / folder, ignore_errors=True)
    site.write(files)


def config_of(site: Project) -> SiteConfig:
    return load_config((site.root / "castsite.yml").read_text(), environ={}).config


def build_here(site: Project, output: str = "public", now: datetime = BEGUN) -> Files:
    config = load_config((site.root / "castsite.yml").read_text(), environ={}, output=output).config
    build(site.root, config, Options(jobs=1, now=now))
    return site.published(output)


@pytest.fixture
def generations(tmp_path: Path) -> tuple[Project, list[Files]]:
    """A site and what both of its generations are published as; what is found out about recordings is remembered."""
    return both(Project(tmp_path / "site"))


def both(site: Project) -> tuple[Project, list[Files]]:
    made = []
    for number in (0, 1):
        lay(site, generation(number))
        made.append(build_here(site))
    shutil.rmtree(site.root / "public")
    return site, made


def assert_whole(site: Project, made: list[Files]) -> None:
    """Check that every file is of one of the generations, and that no page is without its parts."""
    found = site.published() if (site.root / "public").exists() else {}
    for path, data in found.items():
        if path != MANIFEST and "/.cs-" not in f"/{path}":
            assert data in [files.get(path) for files in made], path
        if path.endswith(".html"):
            for part in re.findall(rb'(?:href|src)="(?:\.\./|\./)*(assets/[^"]+)"', data):
                assert part.decode() in found, path


def assert_tidy(site: Project) -> None:
    assert not [*(site.root / "public").rglob(".cs-*"), *(site.root / ".castsite").glob("stage-*")]


def assert_known(site: Project) -> None:
    """Check that the trail knows every recording that can be seen, as it is."""
    lines = map(json.loads, (site.root / ".castsite/audit.jsonl").read_text("utf-8").splitlines())
    known = {line.get("digest") for line in lines}
    for path, body in site.published().items():
        if path.endswith(".cast"):
            assert f"sha256:{hashlib.sha256(body).hexdigest()}" in known, path


@posix
def test_H01_after_a_whole_build_was_killed_at_any_moment_the_site_is_whole(
    generations: tuple[Project, list[Files]],
) -> None:
    """An alarm that nobody handles ends a process as kill -9 does."""
    site, made = generations
    chance = random.Random(1)  # noqa: S311 - nothing secret
    begun = time.monotonic()
    build_here(site)
    longest = time.monotonic() - begun

    def dying(seconds: float) -> None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        build_here(site)

    killed = 0
    for number in range(50):
        lay(site, generation(number % 2))
        killed += run(partial(dying, chance.uniform(0.3, 1.1) * longest)) == -signal.SIGALRM
        assert_whole(site, made)
        assert_known(site)
    assert killed > 20
    for number in (0, 1):
        lay(site, generation(number))
        assert build_here(site) == made[number]
        assert_tidy(site)


def refused(site: Project) -> StorageError | None:
    try:
        build_here(site)
    except StorageError as fault:
        return fault
    return None


def test_H02_a_whole_build_on_a_full_disk_ends_with_a_message_and_tears_nothing(tmp_path: Path) -> None:
    chance = random.Random(2)  # noqa: S311 - nothing secret
    page = os.sysconf("SC_PAGESIZE") if hasattr(os, "sysconf") else 4096
    full = 0
    with small_disk(tmp_path, 24 << 20) as folder:
        site, made = both(Project(folder))
        build_here(site)
        filler = folder / "filler"
        for number in range(24):
            lay(site, generation(number % 2))
            free = shutil.disk_usage(folder).free // page
            filler.write_bytes(bytes(page * (free - chance.randrange(0, 120))))
            if fault := refused(site):
                full += 1
                assert fault.exit_code == 5
                assert "free some space" in str(fault)
                assert ".castsite" in str(fault) or "public" in str(fault)
                assert_whole(site, made)
                assert_known(site)
                assert_tidy(site)
            filler.unlink()
        lay(site, generation(0))
        assert build_here(site) == made[0]
    assert full > 8


@posix
def test_H02_files_that_may_not_grow_tear_nothing(generations: tuple[Project, list[Files]]) -> None:
    """The same for whoever may not mount a disk: each file is cut off at a length."""
    import resource  # noqa: PLC0415 - not there on Windows

    site, made = generations
    build_here(site)

    def bounded(size: int) -> None:
        sys.dont_write_bytecode = True  # a part of it would be kept, and read ever after
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        fault = refused(site)
        assert fault is None or fault.exit_code == 5
        if fault:
            raise KeyboardInterrupt  # told by its exit code

    codes = []
    for number, size in enumerate((0, 10, 300, 1000, 3000, 5000, 8000, 12_000, 20_000, 100_000, 1 << 24)):
        lay(site, generation(number % 2))
        codes.append(run(partial(bounded, size)))
        assert_whole(site, made)
        assert_known(site)
        assert_tidy(site)
    assert {*codes} == {0, 130}
    lay(site, generation(1))
    assert build_here(site) == made[1]


def test_H04_two_builds_at_once(tmp_path: Path) -> None:
    site = Project(tmp_path).write(generation(0))
    with hold(target_of(site.root, config_of(site), Options())):
        done = site.build(code=4)
        assert f"process {os.getpid()} on" in done.stderr
        assert not (site.root / "public").exists()
        site.build("--output", "other")
    site.build()
    assert site.published() == site.published("other")


def damage(path: Path, other: Path, way: str) -> None:
    data = path.read_bytes()
    match way:
        case "deleted":
            path.unlink()
        case "truncated":
            path.write_bytes(data[: len(data) // 2])
        case "emptied":
            path.write_bytes(b"")
        case "flipped":
            path.write_bytes(data[: len(data) // 2] + bytes(byte ^ 0x55 for byte in data[len(data) // 2 :]))
        case "swapped":
            path.write_bytes(other.read_bytes())
            other.write_bytes(data)
        case "old version":
            path.write_bytes(b"castsite index 1\n" + data[17:])
        case "replaced by a folder":
            path.unlink()
            (path / "in it").mkdir(parents=True)
        case _:
            path.chmod(0)


@pytest.mark.parametrize(
    "way",
    ["deleted", "truncated", "emptied", "flipped", "swapped", "old version", "replaced by a folder", "not readable"],
)
def test_H06_whatever_happened_to_all_that_is_remembered_the_site_is_the_same(tmp_path: Path, way: str) -> None:
    site = Project(tmp_path).write(generation(0))
    expected = build_here(site)
    work = site.root / ".castsite"
    entries = sorted(path for path in [*(work / "cache").rglob("*"), *work.glob("index-*")] if path.is_file())
    assert len(entries) > 10
    for at, path in enumerate(entries):
        if path.is_file() and (way != "swapped" or at % 2 == 0):
            damage(path, entries[at - 1], way)
    assert build_here(site) == expected
    lay(site, generation(1))
    again = build_here(site)
    shutil.rmtree(work)
    shutil.rmtree(site.root / "public")
    assert build_here(site) == again


YEAR = timedelta(days=365)


def test_H08_a_clock_that_jumps_costs_nothing_but_time(
    generations: tuple[Project, list[Files]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that changes keeps its length and gets the times it had."""
    site, _ = generations
    clock, shift = time.time_ns, 0
    monkeypatch.setattr(time, "time_ns", lambda: clock() + shift)
    changed = site.root / "content/a.cast"
    stamp = changed.stat()
    for number, years in enumerate((0, -1, 1, 0, -30, 5, 0)):
        shift = years * 365 * 86_400 * 10**9
        changed.write_bytes(cast(f"$ a {number}", "done"))
        os.utime(changed, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
        found = build_here(site, now=BEGUN + years * YEAR)
        assert f"$ a {number}".encode() in found["a.txt"]
    for moment in (0, 4_000_000_000, time.time() - 86_400):
        for path in [*site.root.glob("content/**/*"), *(site.root / "public").rglob("*")]:
            os.utime(path, (moment, moment))
        assert build_here(site) == found
    shutil.rmtree(site.root / ".castsite")
    shutil.rmtree(site.root / "public")
    assert build_here(site) == found


def test_H08_what_is_dated_after_a_clock_that_was_set_back_waits(tmp_path: Path) -> None:
    dated = b"---\ndate: 2026-01-01\nexpires: 2027-01-01\n---\n" + cast("dated")
    site = Project(tmp_path).write(generation(0) | {"content/dated.cast": dated})
    now = datetime(2026, 6, 1, tzinfo=UTC)
    assert "dated.cast" in (first := build_here(site, now=now))
    assert "dated/index.html" not in build_here(site, now=now - YEAR)
    later = build_here(site, now=now + YEAR)
    assert "dated.cast" not in later
    assert "dated/index.html" in later
    assert build_here(site, now=now) == first


@posix
def test_H11_H18_neither_processes_nor_the_kind_of_disk_get_into_the_bytes(tmp_path: Path) -> None:
    """With a long path of other letters, another user's mask, another order of names, a time zone that there is not."""
    memory = Path("/dev/shm")  # noqa: S108 - another kind of file system
    there = memory if memory.is_dir() else tmp_path
    one = Project(tmp_path / "one").write(generation(0))
    folder = there / f"castsite-ö %20 '{os.getpid()}'"
    other = Project(folder / ("long " * 30).strip() / ('"' * 100)).write(dict(reversed(generation(0).items())))
    assert len(str(other.root)) > 260
    try:
        one.build("--jobs", "1", PYTHONHASHSEED="1", TZ="America/St_Johns", LC_ALL="C", HOME="/nonexistent")
        before = os.umask(0o077)
        try:
            other.build(
                "--jobs", "4", "--durable", PYTHONHASHSEED="4294967295", TZ="Nowhere/At_All", LC_ALL="tr_TR.UTF-8"
            )
        finally:
            os.umask(before)
        assert one.published() == other.published()
    finally:
        shutil.rmtree(folder)


@posix
def test_H15_a_build_killed_between_the_last_removal_and_its_last_manifest_is_completed(
    generations: tuple[Project, list[Files]],
) -> None:
    """The state is `publishing`, both generations are listed, and somebody's own file stands between them."""
    site, made = generations
    for number in (0, 1):
        lay(site, generation(number))
        build_here(site)
        site.write({"public/mine.txt": "mine"})
        lay(site, generation(1 - number))
        assert run(partial(struck, site)) == -signal.SIGKILL
        assert b'"state":"publishing"' in (site.root / "public" / MANIFEST).read_bytes()
        assert not (site.root / f"public/only-{number}.cast").exists()
        assert build_here(site) == made[1 - number] | {"mine.txt": b"mine"}
        assert_tidy(site)
        (site.root / "public/mine.txt").unlink()


def struck(site: Project) -> None:
    """Build, and be killed by the second manifest, which is the last file that is put in its place."""
    replace, seen = os.replace, 0

    def counted(source: str, target: str) -> None:
        nonlocal seen
        seen += str(target).endswith(MANIFEST)
        if seen == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        replace(source, target)

    os.replace = counted  # type: ignore[assignment] # of this process alone
    build_here(site)


BLOCKED = """
import os, sys

def refuse(event, arguments):
    if event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.sendto"} or (
        event in {"socket.connect", "socket.bind"} and not isinstance(arguments[1], (str, bytes))
    ):
        os.write(2, f"network: {event}\\n".encode())
        os._exit(99)

sys.addaudithook(refuse)
"""


def test_H19_neither_a_build_nor_its_workers_ask_the_network(tmp_path: Path) -> None:
    """Any look-up, connection or port ends the process; files as sockets between processes are no network."""
    site = Project(tmp_path / "site").write(generation(0)).write({"content/x.md": "![p](https://a.example/p.png)\n"})
    (tmp_path / "blocked").mkdir()
    (tmp_path / "blocked/sitecustomize.py").write_text(BLOCKED)
    path = os.pathsep.join(filter(None, (str(tmp_path / "blocked"), os.environ.get("PYTHONPATH", ""))))
    asking = "import socket; socket.create_connection(('localhost', 9))"
    control = subprocess.run(
        [sys.executable, "-c", asking], env={**os.environ, "PYTHONPATH": path}, capture_output=True, check=False
    )
    assert (control.returncode, control.stderr) == (99, b"network: socket.getaddrinfo\n")
    done = site.build("--jobs", "2", PYTHONPATH=path)
    assert "network:" not in done.stderr
    assert "built 5 of 5 recordings" in done.stderr


def test_H20_ten_megabytes_of_messages_are_a_page(tmp_path: Path) -> None:
    """5,000 bad files with long names, of two kinds; every one of them is counted."""
    name = "n" * 190
    site = Project(tmp_path).write({f"content/{name}-{number}.cast": b"" for number in range(2500)})
    site.write({f"content/{name}-{number}.cast": b"{}" for number in range(2500, 5000)})
    site.write({"content/good.cast": cast()})
    done = site.build()
    assert "built 1 of 5001 recordings (5000 left out" in done.stderr
    assert len(done.stderr) < 100_000
    assert len(re.findall(r"… and 2450 more; castsite check --json lists all", done.stderr)) == 2


def test_a_new_site_for_which_there_is_no_room_leaves_its_place_empty(tmp_path: Path) -> None:
    with small_disk(tmp_path, 24 << 10) as folder:
        done = Project(folder).run("new", "site")
        assert done.returncode == 5
        assert list((folder / "site").iterdir()) == []
        subprocess.run(["mount", "-o", "remount,size=4m", str(folder)], check=True)
        assert Project(folder).run("new", "site").returncode == 0


def test_H02_clean_makes_room_on_a_disk_that_is_full(tmp_path: Path) -> None:
    with small_disk(tmp_path, 8 << 20) as folder:
        site = Project(folder).write({"content/a.cast": cast("one"), "castsite.yml": "title: S\n"})
        assert site.build().returncode == 0
        used = shutil.disk_usage(folder).used
        subprocess.run(["mount", "-o", f"remount,size={used}", str(folder)], check=True)
        assert shutil.disk_usage(folder).free == 0
        assert site.run("clean").returncode == 0
        assert not (folder / "public").exists()
