"""Publishing to a branch, tried with real repositories."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from projects import Project, cast


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@dataclass(frozen=True)
class Published(Project):
    """A site in a repository whose remote is a bare one beside it."""

    bare: Path

    def publish(self, *arguments: str, code: int = 0) -> str:
        done = self.run("publish", *arguments)
        assert done.returncode == code, done.stderr
        return done.stderr

    def tree(self, branch: str = "gh-pages") -> set[str]:
        return set(git(self.bare, "ls-tree", "-r", "--name-only", "-z", branch).rstrip("\0").split("\0"))


@pytest.fixture
def site(tmp_path: Path) -> Published:
    bare = tmp_path / "bare.git"
    git(tmp_path, "init", "-q", "--bare", str(bare))
    root = tmp_path / "site"
    project = Published(root, bare)
    project.write({"castsite.yml": "title: Garden\n", "content/a.cast": cast("hello"), "content/b/c.cast": cast("you")})
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.name", "Ada")
    git(root, "config", "user.email", "ada@example.org")
    git(root, "add", "castsite.yml", "content")
    git(root, "commit", "-q", "-m", "Begin")
    git(root, "remote", "add", "origin", str(bare))
    project.build()
    return project


def test_the_branch_holds_what_castsite_made_and_nothing_else(site: Published) -> None:
    (site.root / "public" / "private.txt").write_text("mine")
    secret = site.root / "secret.txt"
    secret.write_text("secret")
    (site.root / "public" / "link.txt").symlink_to(secret)
    made = {name for name in site.published() if name not in {"private.txt", "link.txt"}}
    assert "pushed" in site.publish()
    assert site.tree() == made
    assert ".nojekyll" in made
    for name, body in site.published().items():
        if name in made:
            shown = subprocess.run(
                ["git", "-C", str(site.bare), "show", f"gh-pages:{name}"], capture_output=True, check=True
            )
            assert shown.stdout == body


def test_nothing_of_the_working_copy_changes(site: Published) -> None:
    before = (
        git(site.root, "status", "--porcelain"),
        git(site.root, "branch", "--list"),
        git(site.root, "rev-parse", "HEAD"),
    )
    site.publish()
    assert before == (
        git(site.root, "status", "--porcelain"),
        git(site.root, "branch", "--list"),
        git(site.root, "rev-parse", "HEAD"),
    )
    assert git(site.root, "for-each-ref", "--format=%(refname)", "refs/castsite") == "refs/castsite/origin/gh-pages"


def test_each_publication_is_one_commit_without_a_history(site: Published) -> None:
    site.publish()
    site.write({"content/d.cast": cast("more")}).build()
    site.publish()
    assert git(site.bare, "rev-list", "--count", "gh-pages") == "1"
    assert "d/index.html" in site.tree()
    assert git(site.bare, "log", "-1", "--format=%an <%ae>: %s", "gh-pages").startswith(
        "Ada <ada@example.org>: Publish from "
    )


def test_the_same_site_is_not_pushed_again(site: Published) -> None:
    site.publish()
    before = git(site.bare, "rev-parse", "gh-pages")
    assert "holds these files already" in site.publish()
    assert git(site.bare, "rev-parse", "gh-pages") == before


def test_a_dry_run_pushes_nothing(site: Published) -> None:
    assert "would push" in site.publish("--dry-run")
    assert git(site.bare, "branch", "--list") == ""
    assert git(site.root, "for-each-ref", "refs/castsite") == ""


def test_a_dry_run_says_what_would_become_of_each_file(site: Published) -> None:
    assert {line.split()[0] for line in site.run("publish", "--dry-run").stdout.splitlines()} == {"new"}
    site.publish()
    (site.root / "content/a.cast").unlink()
    site.write({"content/d.cast": cast("more")}).build()
    words = {line.split()[1]: line.split()[0] for line in site.run("publish", "--dry-run").stdout.splitlines()}
    assert [words[path] for path in ("d.cast", "index.html", "a.cast")] == ["new", "changed", "removed"]
    assert "a.cast" in site.tree()
    assert "b/c.cast" not in words


def test_a_branch_of_somebody_else_is_replaced_by_force_alone(site: Published) -> None:
    git(site.root, "push", "-q", "origin", "main:gh-pages")
    assert "foreign-branch" in site.publish(code=2)
    assert "content/a.cast" in site.tree()
    site.publish("--force")
    assert "content/a.cast" not in site.tree()


def test_a_branch_that_moved_since_is_not_overwritten(site: Published) -> None:
    site.publish()
    git(site.root, "push", "-q", "-f", "origin", "main:gh-pages")
    site.write({"content/d.cast": cast("more")}).build()
    assert "foreign-branch" in site.publish(code=2)


def test_the_own_domain_is_written_and_kept(site: Published) -> None:
    site.write({"castsite.yml": "title: Garden\npublish: {cname: casts.example}\n"}).build()
    site.publish()
    assert git(site.bare, "show", "gh-pages:CNAME") == "casts.example"
    site.write({"castsite.yml": "title: Garden\n", "content/d.cast": cast("more")}).build()
    site.publish()
    assert git(site.bare, "show", "gh-pages:CNAME") == "casts.example"


def _set_at_the_host(site: Published, domain: str, **others: str) -> None:
    """Write a domain, and maybe more, into the branch from elsewhere, as the settings of GitHub do."""
    clone = site.root.parent / domain
    git(site.root.parent, "clone", "-q", "-b", "gh-pages", str(site.bare), str(clone))
    for name, text in {"CNAME": domain, **others}.items():
        (clone / name).write_text(text, "utf-8")
    git(clone, "add", "-A")
    git(clone, "-c", "user.name=Host", "-c", "user.email=host@example.org", "commit", "-q", "-m", "Create CNAME")
    git(clone, "push", "-q")


def test_a_domain_that_was_set_at_the_host_stays(site: Published) -> None:
    site.publish()
    for domain, more in (("first.example", "d"), ("second.example", "e")):
        _set_at_the_host(site, domain)
        site.write({f"content/{more}.cast": cast("more")}).build()
        site.publish()
        assert git(site.bare, "show", "gh-pages:CNAME") == domain
        assert f"{more}.cast" in site.tree()
        assert "seen" not in git(site.root, "for-each-ref")


def test_a_domain_stays_where_all_else_is_replaced_by_force(site: Published) -> None:
    site.publish()
    _set_at_the_host(site, "mine.example", **{"index.html": "by hand"})
    assert "foreign-branch" in site.publish(code=2)
    site.publish("--force")
    assert git(site.bare, "show", "gh-pages:CNAME") == "mine.example"
    assert git(site.bare, "show", "gh-pages:index.html") != "by hand"
    assert "seen" not in git(site.root, "for-each-ref")


def test_another_branch_and_remote_can_be_named(site: Published) -> None:
    git(site.root, "remote", "rename", "origin", "pages")
    site.write({"castsite.yml": "title: Garden\npublish: {remote: pages, branch: site}\n"}).build()
    site.publish()
    assert "index.html" in site.tree("site")
    site.publish("--branch", "other")
    assert "index.html" in site.tree("other")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--remote", "elsewhere"), 'no remote "elsewhere": there are origin'),
        (("--branch", "main"), "is the branch you work on"),
    ],
)
def test_a_destination_that_cannot_be_is_refused(site: Published, arguments: tuple[str, ...], said: str) -> None:
    assert said in site.publish(*arguments, code=2)


@pytest.mark.parametrize(
    "name", ["a..b", "-x", "--force", "a b", "HEAD", "@{-1}", "a.lock", "/a", "refs/heads/pages", "a\nb", "\udcff"]
)
@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_a_name_that_no_branch_can_have_is_refused_before_anything(
    site: Published, name: str, more: tuple[str, ...]
) -> None:
    told = site.publish(f"--branch={name}", *more, code=2)
    assert told.startswith("fatal: bad-branch: ")
    assert told.endswith("can be no name of a branch; write one such as gh-pages\n")
    assert git(site.bare, "branch", "--list") == ""


def test_an_import_that_dies_is_told_in_one_line(site: Published) -> None:
    said = 'echo "fatal: write error: no room" >&2; echo "fast-import: dumping crash report to x" >&2; exit 128'
    stand_in = site.root.parent / "bin/git"
    stand_in.parent.mkdir()
    stand_in.write_text(f'#!/bin/sh\nif [ "$1" = fast-import ]; then {said}; fi\nexec {shutil.which("git")} "$@"\n')
    stand_in.chmod(0o755)
    for more in ((), ("--dry-run",)):
        done = site.run("publish", *more, PATH=f"{stand_in.parent}:{os.environ['PATH']}")
        assert (done.returncode, done.stdout) == (5, "")
        assert done.stderr == "fatal: git: git fast-import failed: write error: no room\n"
    assert git(site.bare, "branch", "--list") == ""


def test_what_is_published_to_two_remotes_is_known_at_both(site: Published) -> None:
    other = site.root.parent / "other.git"
    git(site.root.parent, "init", "-q", "--bare", str(other))
    git(site.root, "remote", "add", "other", str(other))
    for more in ("d", "e"):
        site.write({f"content/{more}.cast": cast("more")}).build()
        for remote in ("origin", "other"):
            assert "pushed" in site.publish("--remote", remote)
    assert git(site.bare, "rev-parse", "gh-pages^{tree}") == git(other, "rev-parse", "gh-pages^{tree}")


@pytest.mark.parametrize("after", ["exit 1", "kill -9 $PPID"], ids=["lost", "killed"])
def test_what_was_pushed_by_a_run_that_did_not_hear_of_it_is_known(site: Published, after: str) -> None:
    git_itself = shutil.which("git")
    stand_in = site.root.parent / "bin/git"
    stand_in.parent.mkdir()
    stand_in.write_text(f'#!/bin/sh\n{git_itself} "$@" || exit\nif [ "$3" = push ]; then {after}; fi\n')
    stand_in.chmod(0o755)
    path = f"{stand_in.parent}:{os.environ['PATH']}"
    for more in ("d", "e"):
        site.write({f"content/{more}.cast": cast("more")}).build()
        assert site.run("publish", PATH=path).returncode != 0
        assert f"{more}.cast" in site.tree()
    assert "holds these files already" in site.publish()
    site.write({"content/f.cast": cast("more")}).build()
    site.publish()
    refs = git(site.root, "for-each-ref", "--format=%(refname)", "refs/castsite")
    assert refs == "refs/castsite/origin/gh-pages"


@pytest.mark.parametrize("folder", [".", "docs/site"])
def test_a_hook_that_publishes_leaves_its_repository_as_it_is(site: Published, folder: str) -> None:
    work = site.root.parent / "work"
    git(site.root, "worktree", "add", "-q", "-b", "work", str(work))
    there = Published(work / folder, site.bare)
    there.write({"castsite.yml": "title: Garden\n", "content/a.cast": cast("hello")}).build()
    common = git(site.root, "rev-parse", "--absolute-git-dir")
    hook = Path(common, "hooks/post-commit")
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f'#!/bin/sh\ncd "{there.root}" && {sys.executable} -m castsite publish\n')
    hook.chmod(0o755)
    before = Path(common, "config").read_text("utf-8")
    git(work, "commit", "-q", "--allow-empty", "-m", "More")
    assert Path(common, "config").read_text("utf-8") == before
    assert git(work, "branch", "--list", "gh-pages") == ""
    assert "a/index.html" in site.tree()


def test_a_site_that_nobody_may_write_to_is_published(site: Published) -> None:
    for path in (site.root / "public").rglob("*"):
        if path.is_file():
            path.chmod(0o444)
    site.publish()
    assert "a/index.html" in site.tree()


def test_a_remote_that_cannot_be_reached_is_told(site: Published) -> None:
    git(site.root, "remote", "set-url", "origin", str(site.root / "gone.git"))
    assert "git ls-remote failed" in site.publish(code=5)


def test_outside_a_repository_it_says_what_to_do(tmp_path: Path) -> None:
    project = Project(tmp_path).write({"content/a.cast": cast("hello")})
    project.build()
    done = project.run("publish", GIT_CEILING_DIRECTORIES=str(tmp_path.parent))
    assert done.returncode == 2
    assert "run git init" in done.stderr


def test_a_repository_that_git_does_not_use_is_told_with_what_git_says_of_it(site: Published) -> None:
    (site.root / ".git/HEAD").unlink()
    assert site.publish(code=5).startswith("fatal: git: git rev-parse failed: fatal: ")


def test_a_repository_of_the_other_kind_of_digests_is_published_from(site: Published) -> None:
    shutil.rmtree(site.root / ".git")
    shutil.rmtree(site.bare)
    for folder, kind in ((site.root, ()), (site.bare, ("--bare",))):
        git(site.root, "init", "-q", "-b", "main", "--object-format=sha256", *kind, str(folder))
    git(site.root, "remote", "add", "origin", str(site.bare))
    site.publish()
    assert "holds these files already" in site.publish()


def test_what_is_no_finished_site_is_not_published(site: Published) -> None:
    site.build("--drafts")
    assert "preview" in site.publish(code=2)
    site.build()
    (site.root / "public" / "a.txt").write_text("edited")
    assert "public/a.txt: edited" in site.publish(code=2)
    (site.root / "public" / "a.txt").unlink()
    assert "lacks 1 file of the site; run castsite build" in site.publish(code=2)
    site.run("clean")
    assert "run castsite build" in site.publish(code=2)
    assert git(site.bare, "branch", "--list") == ""


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:80", "my.localhost"])
def test_a_site_for_this_machine_alone_is_not_published(site: Published, host: str) -> None:
    site.write({"castsite.yml": f"title: Garden\nbase_url: http://{host}/\n"}).build()
    assert "local-address" in site.publish(code=2)
    site.write({"castsite.yml": "title: Garden\n"}).build("--base-url", f"http://{host}/")
    assert "public: local-address" in site.publish(code=2)
    assert git(site.bare, "branch", "--list") == ""
    site.build("--base-url", "https://garden.example/")
    own = b"<loc>http://[\xff</loc>"  # no address at all: nothing is known of it
    site.write({"static/sitemap.xml": own, "castsite.yml": "title: Garden\n"}).build()
    site.publish("--dry-run")
    (site.root / "static/sitemap.xml").unlink()
    site.build("--base-url", "https://garden.example/")
    site.write({"castsite.yml": f"title: Garden\nbase_url: http://{host}/\n"}).publish()  # what was built counts
