"""What hosts are told to run: every build knows where its site will stand."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from projects import Project, cast

ROOT = Path(__file__).parent.parent
SCAFFOLD = ROOT / "castsite" / "scaffold"
ADDRESS = "https://me.example/casts"
NETLIFY = ("URL", "DEPLOY_PRIME_URL")
"""Variables that Netlify sets to the address of a site, and of a preview."""


def of_netlify(path: Path) -> list[str]:
    found = tomllib.loads(path.read_text("utf-8"))
    return [found["build"]["command"], *(context["command"] for context in found["context"].values())]


def steps(path: Path) -> Iterator[Mapping[str, Any]]:
    """Give the steps of a workflow that build."""
    for job in yaml.safe_load(path.read_text("utf-8"))["jobs"].values():
        yield from (step for step in job["steps"] if "castsite build" in step.get("run", ""))


def run(site: Project, command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command of a host as its shell does, with castsite from here."""
    builds = command.rpartition("&& ")[2]
    script = f'castsite() {{ "{sys.executable}" -m castsite "$@"; }}; {builds}'
    env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **environ}
    return subprocess.run(
        ["/bin/sh", "-euc", script], cwd=site.root, env=env, capture_output=True, text=True, check=False
    )


@pytest.fixture
def site(tmp_path: Path) -> Project:
    return Project(tmp_path).write({"content/hello.cast": cast()})


def assert_built_for(site: Project, done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stderr
    assert "no-base-url" not in done.stderr
    assert f'<link rel="canonical" href="{ADDRESS}/hello/">' in site.page("hello/index.html")


@pytest.mark.skipif(sys.platform == "win32", reason="hosts run a shell of POSIX")
@pytest.mark.parametrize("path", [ROOT / "netlify.toml", SCAFFOLD / "netlify.toml"], ids=["own", "scaffold"])
def test_netlify_builds_a_site_and_its_previews_for_their_addresses(path: Path, site: Project) -> None:
    commands = of_netlify(path)
    assert [re.findall(r"\$(\w+)", command) for command in commands] == [[name] for name in NETLIFY]
    for command, name in zip(commands, NETLIFY, strict=True):
        assert_built_for(site, run(site, command, **{name: ADDRESS}))


@pytest.mark.skipif(sys.platform == "win32", reason="hosts run a shell of POSIX")
def test_the_workflow_builds_every_time_for_an_address_that_it_knows(site: Project) -> None:
    found = list(steps(SCAFFOLD / "github" / "pages.yml"))
    assert len(found) == 2
    for step in found:
        assert re.findall(r"\$(\w+)", step["run"]) == list(step["env"])
        assert_built_for(site, run(site, step["run"], **dict.fromkeys(step["env"], ADDRESS)))
